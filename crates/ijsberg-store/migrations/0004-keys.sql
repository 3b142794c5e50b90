-- Which key of each domain is in use, how often it was changed, and a text sealed under it: who writes compares, within the
-- transaction, and a copy counts when each text opens.
CREATE TABLE key_epoch (
    domain TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    key_name TEXT NOT NULL,
    canary BYTES NOT NULL
);
