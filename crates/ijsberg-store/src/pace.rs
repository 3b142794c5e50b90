//! How fast somebody reads, by the audit log: the last of the entries that count, however many others were written since.

use crate::ask::column;
use crate::{Driver, StoreError};

/// The operations that open who somebody is. Their names stand in the statement as in the index that finds the entries.
pub const OPENS_IDENTITIES: [&str; 2] = ["read_identity", "break_glass"];

/// The operation that opens pairs; its name is in the statement and in the index too.
pub const OPENS_PAIRS: &str = "link";

/// When somebody last opened who somebody is, at most so many times, the last one first.
///
/// # Errors
/// If the storage fails.
pub fn identities_opened(driver: &mut dyn Driver, actor: &str, most: i64) -> Result<Vec<String>, StoreError> {
    let [read, broken] = OPENS_IDENTITIES;
    let sql = format!(
        "SELECT at_time FROM audit WHERE actor = $1 AND operation IN ('{read}', '{broken}') \
         ORDER BY seq DESC LIMIT $2"
    );
    column(driver, &sql, &[actor.into(), most.into()])
}

/// When somebody last looked at a pair of which the entry ends so, at most so many times, the last one first.
///
/// # Errors
/// If the storage fails.
pub fn pairs_opened(
    driver: &mut dyn Driver,
    actor: &str,
    ending: &str,
    most: i64,
) -> Result<Vec<String>, StoreError> {
    let sql = format!(
        "SELECT at_time FROM audit WHERE actor = $1 AND operation = '{OPENS_PAIRS}' AND detail LIKE $2 \
         ORDER BY seq DESC LIMIT $3"
    );
    column(driver, &sql, &[actor.into(), format!("%{ending}").into(), most.into()])
}
