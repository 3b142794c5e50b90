-- A lane is open only with a basis that somebody recorded.
CREATE TABLE lane (
    name TEXT PRIMARY KEY CHECK (name IN ('help', 'statistics')),
    basis TEXT NOT NULL,
    assessed TEXT NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TEXT NOT NULL
);

CREATE TABLE organisation (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    list TEXT NOT NULL,
    synthetic BIGINT NOT NULL
);

-- A person is a pseudonym; who it is stands in the vault, if anywhere.
CREATE TABLE person (
    id BYTES PRIMARY KEY,
    created_at TEXT NOT NULL,
    synthetic BIGINT NOT NULL,
    erased_at TEXT
) CLUSTERED;

-- One person on one list by one organisation: the row of the estimator. Never overwritten by linking.
CREATE TABLE registration (
    id BYTES PRIMARY KEY,
    person BYTES NOT NULL,
    list TEXT NOT NULL,
    organisation TEXT NOT NULL,
    local_key BYTES NOT NULL,
    happened_on TEXT NOT NULL,
    lane TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    sex TEXT NOT NULL,
    birth_year BIGINT,
    minor TEXT NOT NULL,
    nationality TEXT NOT NULL,
    form TEXT NOT NULL,
    sector TEXT NOT NULL,
    region TEXT NOT NULL,
    -- The stamp of the code lists that this row is of.
    codes TEXT NOT NULL,
    synthetic BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (organisation, local_key)
) CLUSTERED;
CREATE INDEX registration_person ON registration (person);
CREATE INDEX registration_year ON registration (happened_on);

-- A keyed code by which the same person may be known on another list.
CREATE TABLE link_token (
    registration BYTES NOT NULL,
    scheme TEXT NOT NULL,
    token BYTES NOT NULL,
    PRIMARY KEY (registration, scheme)
) CLUSTERED;
CREATE INDEX link_token_token ON link_token (scheme, token);

-- Same, different or undecided; undone, never deleted.
CREATE TABLE link_decision (
    id BYTES PRIMARY KEY,
    a BYTES NOT NULL,
    b BYTES NOT NULL,
    decision TEXT NOT NULL,
    probability TEXT NOT NULL,
    method TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    undone_by TEXT,
    undone_at TEXT
);
CREATE INDEX link_decision_a ON link_decision (a);
CREATE INDEX link_decision_b ON link_decision (b);

-- Everything else that is known of a case, sealed, with all its versions.
CREATE TABLE record (
    kind TEXT NOT NULL,
    id BYTES NOT NULL,
    person BYTES,
    organisation TEXT NOT NULL,
    lane TEXT NOT NULL,
    purpose TEXT NOT NULL,
    basis TEXT NOT NULL,
    class TEXT NOT NULL,
    body BYTES NOT NULL,
    key_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE INDEX record_person ON record (person);
CREATE TABLE record_version (
    kind TEXT NOT NULL,
    id BYTES NOT NULL,
    version BIGINT NOT NULL,
    body BYTES NOT NULL,
    key_id TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    PRIMARY KEY (kind, id, version)
);

-- Keys of records, wrapped under the key ring that is kept apart.
CREATE TABLE wrapped_key (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    wrapped BYTES NOT NULL,
    created_at TEXT NOT NULL,
    retired_at TEXT
);

-- The vault: each field sealed under the key of its person, each such key wrapped under the vault's key. Without its key a
-- person's identity is gone.
CREATE TABLE person_key (
    person BYTES PRIMARY KEY,
    wrapped BYTES NOT NULL,
    under TEXT NOT NULL
);
CREATE TABLE identity (
    person BYTES NOT NULL,
    field TEXT NOT NULL,
    value BYTES NOT NULL,
    PRIMARY KEY (person, field)
);

CREATE TABLE app_user (
    name TEXT PRIMARY KEY,
    password TEXT NOT NULL,
    second_factor BYTES,
    last_code BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    locked_until TEXT NOT NULL,
    disabled BIGINT NOT NULL
);
CREATE TABLE app_role (
    user_name TEXT NOT NULL,
    role TEXT NOT NULL,
    organisation TEXT NOT NULL,
    PRIMARY KEY (user_name, role, organisation)
);

CREATE TABLE break_glass (
    id BYTES PRIMARY KEY,
    user_name TEXT NOT NULL,
    person BYTES NOT NULL,
    reason BYTES NOT NULL,
    key_id TEXT NOT NULL,
    from_time TEXT NOT NULL,
    until_time TEXT NOT NULL,
    notified TEXT NOT NULL,
    reviewed_by TEXT,
    reviewed_at TEXT
);

CREATE TABLE retention (
    purpose TEXT PRIMARY KEY,
    months BIGINT NOT NULL
);
CREATE TABLE legal_hold (
    person BYTES PRIMARY KEY,
    owner TEXT NOT NULL,
    until_day TEXT NOT NULL
);

CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    at_time TEXT NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous BYTES NOT NULL,
    hash BYTES NOT NULL
);
