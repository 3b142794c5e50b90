//! Tables whose rows carry a keyed hash, with all their columns.

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// What a row is found by.
    pub(crate) key: &'static [&'static str],
    /// All columns but that of the keyed hash, in the order in which they are hashed.
    pub(crate) columns: &'static [&'static str],
}

const fn table(name: &'static str, key: &'static [&'static str], columns: &'static [&'static str]) -> Table {
    Table { name, key, columns }
}

/// All of them. Their places are those of their sums; a new one comes last.
pub(crate) static TABLES: [Table; 22] = [
    table(
        "app_user",
        &["name"],
        &[
            "name",
            "password",
            "second_factor",
            "last_code",
            "failures",
            "locked_until",
            "disabled",
            "organisation",
            "must_change",
            "good_until",
            "new_factor",
        ],
    ),
    table("app_role", &["user_name", "role", "organisation"], &["user_name", "role", "organisation"]),
    table(
        "api_token",
        &["id"],
        &["id", "secret", "user_name", "label", "operations", "expires_on", "created_at", "revoked_at"],
    ),
    table("organisation", &["id"], &["id", "name", "kind", "list", "synthetic"]),
    table("lane", &["name"], &["name", "basis", "assessed", "opened_by", "opened_at"]),
    table("person", &["id"], &["id", "created_at", "synthetic", "erased_at"]),
    table(
        "registration",
        &["id"],
        &[
            "id",
            "person",
            "list",
            "organisation",
            "local_key",
            "happened_on",
            "lane",
            "purpose",
            "basis",
            "sex",
            "birth_year",
            "minor",
            "nationality",
            "form",
            "sector",
            "region",
            "codes",
            "synthetic",
            "recorded_by",
            "recorded_at",
            "version",
            "article_part",
        ],
    ),
    table("link_token", &["registration", "scheme"], &["registration", "scheme", "token"]),
    table(
        "link_decision",
        &["id"],
        &[
            "id",
            "a",
            "b",
            "decision",
            "probability",
            "method",
            "decided_by",
            "decided_at",
            "undone_by",
            "undone_at",
        ],
    ),
    table(
        "record",
        &["kind", "id"],
        &[
            "kind",
            "id",
            "person",
            "organisation",
            "lane",
            "purpose",
            "basis",
            "class",
            "body",
            "key_id",
            "version",
            "recorded_by",
            "recorded_at",
        ],
    ),
    table(
        "record_version",
        &["kind", "id", "version"],
        &["kind", "id", "version", "body", "key_id", "recorded_by", "recorded_at"],
    ),
    table("person_key", &["person"], &["person", "wrapped", "under"]),
    table("identity", &["person", "field"], &["person", "field", "value"]),
    table(
        "break_glass",
        &["id"],
        &[
            "id",
            "user_name",
            "person",
            "reason",
            "key_id",
            "from_time",
            "until_time",
            "notified",
            "reviewed_by",
            "reviewed_at",
            "acknowledged_at",
        ],
    ),
    table("retention", &["purpose"], &["purpose", "months"]),
    table("legal_hold", &["person"], &["person", "owner", "until_day"]),
    table("app_session", &["id"], &["id", "secret", "user_name", "began_at", "ended_at"]),
    table("audit_organisation", &["seq", "organisation"], &["seq", "organisation"]),
    table(
        "erasing",
        &["kind", "id"],
        &["kind", "id", "ground", "since", "listed_by", "listed_at", "not_before"],
    ),
    table("recovery_code", &["id"], &["id", "code", "user_name", "made_at", "used_at", "session", "seen_at"]),
    table("saved_view", &["user_name", "name"], &["user_name", "name", "filter"]),
    table("restriction", &["person"], &["person", "cause", "restricted_by", "restricted_at"]),
];

/// Columns that are under no hash, since they change without an action: when a session was last used. An attacker who sets it keeps a
/// session from expiring, but no longer than until the day after it began.
pub(crate) const LOOSE: [(&str, &str); 1] = [("app_session", "seen_at")];

/// Columns at the end of their table that came when rows had a hash already: an empty text in them adds nothing to it.
pub(crate) const LATE: [(&str, &str); 1] = [("registration", "article_part")];

/// Tables that control access and restriction: few rows, so that all of them are verified whenever a user connects.
pub(crate) const OF_ACCESS: [&str; 8] = [
    "app_user",
    "app_role",
    "api_token",
    "app_session",
    "recovery_code",
    "organisation",
    "lane",
    "restriction",
];

/// The place of a table.
pub(crate) fn place(name: &str) -> Option<usize> {
    TABLES.iter().position(|t| t.name == name)
}
