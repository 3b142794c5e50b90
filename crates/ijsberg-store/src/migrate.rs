//! The history of the tables. A migration that was shipped is never changed; a new one follows it.

use crate::{Dialect, Driver, Row, StoreError, Value};

/// What was done.
const KNOWN: &str = "SELECT number, name FROM migration ORDER BY number";

/// Name and statements of each migration. `BYTES` stands for the type of bytes, `CLUSTERED` for rows that lie in the order
/// of their key.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("register", include_str!("../migrations/0001-register.sql")),
    ("tokens", include_str!("../migrations/0002-tokens.sql")),
    ("scope", include_str!("../migrations/0003-scope.sql")),
    ("keys", include_str!("../migrations/0004-keys.sql")),
    ("notices", include_str!("../migrations/0005-notices.sql")),
    ("erasing", include_str!("../migrations/0006-erasing.sql")),
    ("recovery", include_str!("../migrations/0007-recovery.sql")),
    ("alarm", include_str!("../migrations/0008-alarm.sql")),
    ("pairs", include_str!("../migrations/0009-pairs.sql")),
    ("in-force", include_str!("../migrations/0010-inforce.sql")),
    ("views", include_str!("../migrations/0011-views.sql")),
    ("alike", include_str!("../migrations/0012-alike.sql")),
    ("restriction", include_str!("../migrations/0013-restriction.sql")),
    ("article-part", include_str!("../migrations/0014-article-part.sql")),
    ("citizenships", include_str!("../migrations/0015-citizenships.sql")),
];

/// Brings the tables up to date, all or nothing.
///
/// # Errors
/// If the register was made by a later version, or see [`StoreError`].
pub fn migrate(driver: &mut dyn Driver) -> Result<(), StoreError> {
    if done(driver)? {
        return Ok(());
    }
    driver.begin()?;
    let result = run(driver);
    match result {
        Ok(()) => driver.commit(),
        Err(error) => {
            driver.rollback()?;
            Err(error)
        }
    }
}

/// Whether there is nothing to do, which is so each time but the first: then nobody who writes is waited for.
fn done(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    let there = match driver.dialect() {
        Dialect::Sqlite => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migration'",
        Dialect::Postgres => "SELECT 1 WHERE to_regclass('migration') IS NOT NULL",
    };
    driver.begin_looking()?;
    let looked = driver.first(there, &[]).and_then(|row| match row {
        Some(_) => driver.query(KNOWN, &[]),
        None => Ok(Vec::new()),
    });
    driver.rollback()?;
    let known = looked?;
    fits(&known)?;
    Ok(known.len() == MIGRATIONS.len())
}

/// Whether what was done is what this version knows.
fn fits(done: &[Row]) -> Result<(), StoreError> {
    for (i, row) in done.iter().enumerate() {
        let (number, named): (i64, String) = (row.get(0)?, row.get(1)?);
        match MIGRATIONS.get(i) {
            Some((name, _)) if number == i as i64 + 1 && named == *name => {}
            Some(_) => {
                return Err(StoreError::OtherMigration(i + 1));
            }
            None => {
                return Err(StoreError::Later);
            }
        }
    }
    Ok(())
}

fn run(driver: &mut dyn Driver) -> Result<(), StoreError> {
    driver.execute(
        "CREATE TABLE IF NOT EXISTS migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL)",
        &[],
    )?;
    let done = driver.query(KNOWN, &[])?;
    fits(&done)?;
    for (i, (name, sql)) in MIGRATIONS.iter().enumerate().skip(done.len()) {
        let bytes = if driver.dialect() == Dialect::Sqlite { "BLOB" } else { "BYTEA" };
        // Rows lie in the order of their key where the back end can do that.
        let clustered = if driver.dialect() == Dialect::Sqlite { "WITHOUT ROWID" } else { "" };
        driver.batch(&sql.replace("BYTES", bytes).replace("CLUSTERED", clustered))?;
        let values: [Value; 2] = [(i as i64 + 1).into(), (*name).into()];
        driver.execute("INSERT INTO migration (number, name) VALUES ($1, $2)", &values)?;
    }
    Ok(())
}
