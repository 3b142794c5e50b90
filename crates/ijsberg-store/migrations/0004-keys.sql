-- Which key of each domain is in use, how often it was changed, and a text sealed under it: who writes compares, within the
-- transaction, and a copy counts when each text opens.
CREATE TABLE key_epoch (
    domain TEXT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    key_name TEXT NOT NULL,
    canary BYTES NOT NULL
);

-- How many rows each table has and the sums of their keyed hashes, sealed. Each entry of the log vouches for them.
CREATE TABLE guard (
    id BIGINT PRIMARY KEY,
    sums BYTES NOT NULL
);
ALTER TABLE audit ADD COLUMN key_name TEXT;
ALTER TABLE audit ADD COLUMN state BYTES;

ALTER TABLE app_user ADD COLUMN mac BYTES;
ALTER TABLE app_role ADD COLUMN mac BYTES;
ALTER TABLE api_token ADD COLUMN mac BYTES;
ALTER TABLE organisation ADD COLUMN mac BYTES;
ALTER TABLE lane ADD COLUMN mac BYTES;
ALTER TABLE person ADD COLUMN mac BYTES;
ALTER TABLE registration ADD COLUMN mac BYTES;
ALTER TABLE link_token ADD COLUMN mac BYTES;
ALTER TABLE link_decision ADD COLUMN mac BYTES;
ALTER TABLE record ADD COLUMN mac BYTES;
ALTER TABLE record_version ADD COLUMN mac BYTES;
ALTER TABLE person_key ADD COLUMN mac BYTES;
ALTER TABLE identity ADD COLUMN mac BYTES;
ALTER TABLE break_glass ADD COLUMN mac BYTES;
ALTER TABLE retention ADD COLUMN mac BYTES;
ALTER TABLE legal_hold ADD COLUMN mac BYTES;
ALTER TABLE app_session ADD COLUMN mac BYTES;
ALTER TABLE audit_organisation ADD COLUMN mac BYTES;

-- Pseudonyms tell no order; the moment of recording does.
CREATE INDEX registration_recorded ON registration (recorded_at);
