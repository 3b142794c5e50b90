//! How much the register holds.

use crate::ask::value;
use crate::{Driver, StoreError};

/// Tables whose rows say how much that is.
const TABLES: [&str; 8] =
    ["organisation", "person", "registration", "link_token", "link_decision", "record", "identity", "audit"];

/// How many rows each table has of those that say how much the register holds.
///
/// # Errors
/// If the storage fails.
pub fn rows_of_tables(driver: &mut dyn Driver) -> Result<Vec<(&'static str, i64)>, StoreError> {
    let mut counted = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let rows = value::<i64>(driver, &format!("SELECT count(*) FROM {table}"), &[])?.unwrap_or(0);
        counted.push((table, rows));
    }
    Ok(counted)
}
