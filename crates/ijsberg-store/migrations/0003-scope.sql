-- Of which organisations an entry of the log is: of none where it is of all together. So their auditors find it.
CREATE TABLE audit_organisation (
    seq BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    PRIMARY KEY (seq, organisation)
) CLUSTERED;

-- The organisation of an account, `*` for none alone: whose administrators look after it.
ALTER TABLE app_user ADD COLUMN organisation TEXT NOT NULL DEFAULT '*';

CREATE INDEX record_organisation ON record (organisation);
