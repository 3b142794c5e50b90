-- A token lets a program act for a user, for some operations, until a day. Only a hash of it is kept.
CREATE TABLE api_token (
    id BYTES PRIMARY KEY,
    secret BYTES NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    label TEXT NOT NULL,
    operations TEXT NOT NULL,
    expires_on TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revoked_at TEXT
);
