//! What a register holds, in counts.

use crate::ask::{all, value};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// Records of a kind.
    pub struct KindCount {
        /// The kind.
        pub kind: String,
        /// How many there are.
        pub records: i64 = "count(*)",
    }

    /// An operation that was done, as the log has it.
    pub struct OperationCount {
        /// The operation.
        pub operation: String,
        /// How often it was done.
        pub times: i64 = "count(*)",
        /// When it was done last.
        pub last: String = "max(at_time)",
    }
}

/// People, in counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeopleCount {
    /// Pseudonyms that were not erased.
    pub registered: i64,
    /// Those that were erased.
    pub erased: i64,
    /// Those with a key in the identity vault.
    pub named: i64,
    /// People and records that are listed for erasure.
    pub listed: i64,
    /// Those whose data are only stored.
    pub restricted: i64,
}

/// Records by kind.
///
/// # Errors
/// If the storage fails.
pub fn records(driver: &mut dyn Driver) -> Result<Vec<KindCount>, StoreError> {
    all(driver, "FROM record GROUP BY kind ORDER BY kind", &[])
}

/// What was done.
///
/// # Errors
/// If the storage fails.
pub fn operations(driver: &mut dyn Driver) -> Result<Vec<OperationCount>, StoreError> {
    all(driver, "FROM audit WHERE outcome = 'done' GROUP BY operation ORDER BY operation", &[])
}

/// How many people there are.
///
/// # Errors
/// If the storage fails.
pub fn people(driver: &mut dyn Driver) -> Result<PeopleCount, StoreError> {
    let mut number = |sql: &str| -> Result<i64, StoreError> { Ok(value(driver, sql, &[])?.unwrap_or(0)) };
    Ok(PeopleCount {
        registered: number("SELECT count(*) FROM person WHERE erased_at IS NULL")?,
        erased: number("SELECT count(*) FROM person WHERE erased_at IS NOT NULL")?,
        named: number("SELECT count(*) FROM person_key")?,
        listed: number("SELECT count(*) FROM erasing")?,
        restricted: number("SELECT count(*) FROM restriction")?,
    })
}
