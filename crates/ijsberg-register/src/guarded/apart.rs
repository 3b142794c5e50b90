//! Rows of people whose processing is restricted are kept apart: a query is rewritten so that it finds none of them, in every table and at
//! every depth. So a new use case need not consider them.

use std::fmt::Write as _;

use ijsberg_store::{StoreError, Value};

use super::Guarded;
use crate::guarded::tables::Table;

/// Whose rows queries find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finds {
    /// Not those of people whose data are only stored.
    Unrestricted,
    /// Everybody's.
    Everybody,
}

/// Tables with rows about a person, and the condition that their processing is not restricted.
///
/// Emergency access is not among them: its review goes on.
const ABOUT_PEOPLE: [(&str, &str); 10] = [
    ("person", "id NOT IN (SELECT person FROM restriction)"),
    ("registration", "person NOT IN (SELECT person FROM restriction)"),
    ("record", "(person IS NULL OR person NOT IN (SELECT person FROM restriction))"),
    ("record_version", "id NOT IN (SELECT id FROM record WHERE person IN (SELECT person FROM restriction))"),
    ("person_key", "person NOT IN (SELECT person FROM restriction)"),
    ("identity", "person NOT IN (SELECT person FROM restriction)"),
    ("legal_hold", "person NOT IN (SELECT person FROM restriction)"),
    (
        "link_token",
        "registration NOT IN (SELECT id FROM registration WHERE person IN (SELECT person FROM restriction))",
    ),
    (
        "link_decision",
        "a NOT IN (SELECT id FROM registration WHERE person IN (SELECT person FROM restriction)) \
         AND b NOT IN (SELECT id FROM registration WHERE person IN (SELECT person FROM restriction))",
    ),
    (
        "erasing",
        "id NOT IN (SELECT person FROM restriction) \
         AND id NOT IN (SELECT id FROM record WHERE person IN (SELECT person FROM restriction))",
    ),
];

/// Keywords that can follow a table without an alias in a query.
const FOLLOW: [&str; 9] = ["WHERE", "ORDER", "GROUP", "HAVING", "LIMIT", "UNION", "JOIN", "ON", "LEFT"];

/// The text before the next table that a query reads, its name, and what follows. The name is empty for a subquery.
fn next_table(sql: &str) -> Option<(&str, &str, &str)> {
    let word = ["FROM ", "JOIN "].into_iter().filter_map(|word| sql.find(word)).min()?;
    let (before, rest) = sql.split_at(word + "FROM ".len());
    let end = rest.find(|c: char| !is_of_a_name(c)).unwrap_or(rest.len());
    let (table, after) = rest.split_at(end);
    Some((before, table, after))
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a table has an alias in the query, by what follows it.
fn has_another_name(after: &str) -> bool {
    let word = after.trim_start().split(|c: char| !is_of_a_name(c)).next().unwrap_or_default();
    !word.is_empty() && !FOLLOW.contains(&word)
}

/// The query without the rows of people whose data are only stored.
fn without_the_restricted(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 256);
    let mut rest = sql;
    while let Some((before, table, after)) = next_table(rest) {
        out.push_str(before);
        match ABOUT_PEOPLE.iter().find(|(name, _)| *name == table) {
            Some((_, condition)) => {
                // Writing to memory cannot fail.
                let _ = write!(out, "(SELECT * FROM {table} WHERE {condition})");
                if !has_another_name(after) {
                    let _ = write!(out, " AS {table}");
                }
            }
            None => out.push_str(table),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

impl Guarded {
    /// The query as it is put to the storage.
    pub(super) fn put(&self, sql: &str) -> String {
        match self.finds {
            Finds::Unrestricted => without_the_restricted(sql),
            Finds::Everybody => sql.to_owned(),
        }
    }

    /// Whether a query finds all of so many rows: rows that it would not find are not written either.
    pub(super) fn finds_all(
        &mut self,
        table: &Table,
        condition: &str,
        values: &[Value],
        rows: usize,
    ) -> Result<bool, StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE {condition}", table.key.join(", "), table.name);
        let sql = self.put(&sql);
        Ok(self.inner.query(&sql, values)?.len() == rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guarded::tables::TABLES;

    #[test]
    fn every_table_of_a_query_is_without_them() {
        let nobody = "(SELECT * FROM identity WHERE person NOT IN (SELECT person FROM restriction))";
        for (written, put) in [
            (
                "SELECT field FROM identity WHERE person = $1",
                format!("SELECT field FROM {nobody} AS identity WHERE person = $1"),
            ),
            ("SELECT count(*) FROM identity", format!("SELECT count(*) FROM {nobody} AS identity")),
            (
                "SELECT 1 FROM (SELECT a FROM identity) x",
                format!("SELECT 1 FROM (SELECT a FROM {nobody} AS identity) x"),
            ),
            (
                "SELECT k.a FROM identity k JOIN lane l ON l.a IN (SELECT b FROM identity)",
                format!(
                    "SELECT k.a FROM {nobody} k JOIN lane l ON l.a IN (SELECT b FROM {nobody} AS identity)"
                ),
            ),
            (
                "SELECT a FROM identity UNION SELECT b FROM lane",
                format!("SELECT a FROM {nobody} AS identity UNION SELECT b FROM lane"),
            ),
        ] {
            assert_eq!(without_the_restricted(written), put);
        }
        assert_eq!(without_the_restricted("SELECT name FROM app_user"), "SELECT name FROM app_user");
    }

    /// A table that is about a person is kept apart, or stands here with a reason.
    #[test]
    fn no_table_about_people_is_forgotten() {
        let others = [
            "app_user",
            "app_role",
            "api_token",
            "organisation",
            "lane",
            // Who used emergency access is reviewed whatever becomes of the person.
            "break_glass",
            "retention",
            "app_session",
            "audit_organisation",
            "recovery_code",
            "saved_view",
            // It says who is kept apart.
            "restriction",
        ];
        for table in &TABLES {
            let kept = ABOUT_PEOPLE.iter().any(|(name, _)| *name == table.name);
            assert_ne!(kept, others.contains(&table.name), "{}", table.name);
        }
    }
}
