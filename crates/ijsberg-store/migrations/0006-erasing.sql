-- What somebody put up for erasing: a person, or a record whose purpose has a time of its own. Somebody else confirms it after a
-- while, and then it is gone from here too; the log keeps who did what.
CREATE TABLE erasing (
    kind TEXT NOT NULL,
    id BYTES NOT NULL,
    -- Why: its time is over, or the person asked for it.
    ground TEXT NOT NULL,
    -- The day from which its time counted. Another day is another case, and is put up anew.
    since TEXT NOT NULL,
    listed_by TEXT NOT NULL,
    listed_at TEXT NOT NULL,
    -- Before this day nothing is erased.
    not_before TEXT NOT NULL,
    mac BYTES,
    PRIMARY KEY (kind, id)
);
