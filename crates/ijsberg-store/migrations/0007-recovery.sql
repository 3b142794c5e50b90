-- Codes that take the place of a phone that was lost, each once. Only a keyed hash of each is kept.
CREATE TABLE recovery_code (
    id BYTES PRIMARY KEY,
    code BYTES NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT,
    -- The session that it began, if it began one to come back to.
    session BYTES,
    -- When its owner said that they have seen that it was used.
    seen_at TEXT,
    mac BYTES
);
CREATE INDEX recovery_code_user ON recovery_code (user_name);
CREATE INDEX recovery_code_session ON recovery_code (session);
