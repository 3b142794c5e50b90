//! Copying a register row by row, also from one back end to the other: both hold the same tables.

use crate::ask::column;
use crate::{Dialect, Driver, Row, StoreError};

/// Rows that are written at once.
const AT_ONCE: usize = 1000;

fn list(driver: &mut dyn Driver, sqlite: &str, postgres: &str) -> Result<Vec<String>, StoreError> {
    let sql = if driver.dialect() == Dialect::Sqlite { sqlite } else { postgres };
    column(driver, sql, &[])
}

/// Tables that are there.
///
/// # Errors
/// See [`StoreError`].
pub fn tables(driver: &mut dyn Driver) -> Result<Vec<String>, StoreError> {
    list(
        driver,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        "SELECT table_name::text FROM information_schema.tables \
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY table_name",
    )
}

/// Columns of a table, in their order.
///
/// # Errors
/// See [`StoreError`].
pub fn columns(driver: &mut dyn Driver, table: &str) -> Result<Vec<String>, StoreError> {
    // The name comes from the storage.
    list(
        driver,
        &format!("SELECT name FROM pragma_table_info('{table}') ORDER BY cid"),
        &format!(
            "SELECT column_name::text FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = '{table}' ORDER BY ordinal_position"
        ),
    )
}

/// Copies all rows of all tables into a register that was just made, in a transaction there. The source must be read in one snapshot.
///
/// # Errors
/// If the tables differ, or rows are there already.
pub fn copy(from: &mut dyn Driver, to: &mut dyn Driver) -> Result<(), StoreError> {
    to.begin()?;
    let done = run(from, to);
    match done {
        Ok(()) => to.commit(),
        Err(error) => {
            to.rollback()?;
            Err(error)
        }
    }
}

fn run(from: &mut dyn Driver, to: &mut dyn Driver) -> Result<(), StoreError> {
    let all = tables(from)?;
    if tables(to)? != all {
        return Err(StoreError::OtherVersion);
    }
    for table in all.iter().filter(|t| *t != "migration") {
        let columns = columns(to, table)?;
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let (mut waiting, mut failed): (Vec<Row>, Option<StoreError>) = (Vec::new(), None);
        let mut write = |rows: &mut Vec<Row>, failed: &mut Option<StoreError>| {
            let count = rows.len() as u64;
            match to.insert_new(table, &names, &mut rows.drain(..).map(|r| r.0)) {
                Ok(new) if new == count => {}
                Ok(_) => *failed = Some(StoreError::Rule(table.clone())),
                Err(error) => *failed = Some(error),
            }
        };
        from.each(&format!("SELECT {} FROM {table}", names.join(", ")), &[], &mut |row| {
            if failed.is_some() {
                return;
            }
            waiting.push(row);
            if waiting.len() == AT_ONCE {
                write(&mut waiting, &mut failed);
            }
        })?;
        if failed.is_none() && !waiting.is_empty() {
            write(&mut waiting, &mut failed);
        }
        failed.map_or(Ok(()), Err)?;
    }
    Ok(())
}
