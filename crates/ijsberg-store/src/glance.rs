//! Frequent queries that return nothing about people but pseudonyms: the last entry, restrictions, and whether the storage answers.

use crate::ask::{all, finds, value};
use crate::row::row;
use crate::{Driver, StoreError};

/// Tables that every use case needs.
const NEEDED: [&str; 6] = ["app_user", "organisation", "person", "registration", "record", "audit"];

row! {
    /// Since when a person's data are only stored.
    pub struct RestrictionStart {
        /// The pseudonym.
        pub person: [u8; 16],
        /// When it began.
        pub restricted_at: String,
    }
}

/// The number of the last entry of the log, if there is one.
///
/// # Errors
/// If the storage fails.
pub fn last_entry(driver: &mut dyn Driver) -> Result<Option<i64>, StoreError> {
    value(driver, "SELECT seq FROM audit ORDER BY seq DESC LIMIT 1", &[])
}

/// Whose data are only stored, and since when, in the order of their pseudonyms.
///
/// # Errors
/// If the storage fails.
pub fn restricted(driver: &mut dyn Driver) -> Result<Vec<RestrictionStart>, StoreError> {
    all(driver, "FROM restriction ORDER BY person", &[])
}

/// Whether the storage answers: a row is read of each table that every use case needs.
///
/// # Errors
/// If it does not.
pub fn answers(driver: &mut dyn Driver) -> Result<(), StoreError> {
    for table in NEEDED {
        finds(driver, &format!("SELECT 1 FROM {table} LIMIT 1"), &[])?;
    }
    Ok(())
}
