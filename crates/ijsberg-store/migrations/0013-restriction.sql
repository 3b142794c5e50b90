-- People whose data are stored and not used (article 18 GDPR): no query finds a row about them, but for the uses that the article
-- leaves. Who lifts a restriction takes its row out; the log keeps who did what.
CREATE TABLE restriction (
    person BYTES NOT NULL PRIMARY KEY REFERENCES person (id),
    -- Which of the four causes of the article it is.
    cause TEXT NOT NULL,
    restricted_by TEXT NOT NULL,
    restricted_at TEXT NOT NULL,
    mac BYTES
) CLUSTERED;
