-- Of which organisations an entry of the log is: of none where it is of all together. So their auditors find it.
CREATE TABLE audit_organisation (
    seq BIGINT NOT NULL,
    organisation TEXT NOT NULL,
    PRIMARY KEY (seq, organisation)
) CLUSTERED;

-- The organisation of an account, `*` for none alone: whose administrators look after it.
ALTER TABLE app_user ADD COLUMN organisation TEXT NOT NULL DEFAULT '*';

CREATE INDEX record_organisation ON record (organisation);

-- A password that an administrator gave is for one time and a while; a second factor counts once a code of it was seen.
ALTER TABLE app_user ADD COLUMN must_change BIGINT NOT NULL DEFAULT 0;
ALTER TABLE app_user ADD COLUMN good_until TEXT NOT NULL DEFAULT '';
ALTER TABLE app_user ADD COLUMN new_factor BYTES;

-- Failures by the keyed hash of a name, whether somebody has it or not. The columns of the same meaning in app_user are of no more use.
CREATE TABLE login_attempt (
    name BYTES PRIMARY KEY,
    failures BIGINT NOT NULL,
    locked_until TEXT NOT NULL,
    last_at BIGINT NOT NULL
);

-- Who logged in and comes back. Only a keyed hash of the secret is kept; a session that was ended stays so.
CREATE TABLE app_session (
    id BYTES PRIMARY KEY,
    secret BYTES NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX app_session_user ON app_session (user_name);
