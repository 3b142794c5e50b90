//! Attempts to log in that failed, by the keyed hash of a name, whether somebody has it or not.

use crate::ask::one;
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// Attempts by a name.
    pub struct Attempts {
        /// How many there were.
        pub failures: i64,
        /// Until when the name is held up; empty if it is not.
        pub locked_until: String,
    }
}

/// Attempts by a name, if there were any.
///
/// # Errors
/// If the storage fails.
pub fn by_name(driver: &mut dyn Driver, name: &[u8; 32]) -> Result<Option<Attempts>, StoreError> {
    one(driver, "FROM login_attempt WHERE name = $1", &[name.as_slice().into()])
}

/// Keeps the attempts by a name, the last of them in a second.
///
/// # Errors
/// If the storage fails.
pub fn keep(
    driver: &mut dyn Driver,
    name: &[u8; 32],
    attempts: &Attempts,
    last_at: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO login_attempt (name, failures, locked_until, last_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (name) DO UPDATE SET failures = $2, locked_until = $3, last_at = $4";
    let values = [
        name.as_slice().into(),
        attempts.failures.into(),
        attempts.locked_until.as_str().into(),
        last_at.into(),
    ];
    driver.execute(sql, &values)?;
    Ok(())
}

/// Forgets the attempts by a name.
///
/// # Errors
/// If the storage fails.
pub fn forget(driver: &mut dyn Driver, name: &[u8; 32]) -> Result<(), StoreError> {
    driver.execute("DELETE FROM login_attempt WHERE name = $1", &[name.as_slice().into()])?;
    Ok(())
}

/// Forgets the attempts by names whose last one was before a second.
///
/// # Errors
/// If the storage fails.
pub fn forget_before(driver: &mut dyn Driver, second: i64) -> Result<(), StoreError> {
    driver.execute("DELETE FROM login_attempt WHERE last_at < $1", &[second.into()])?;
    Ok(())
}
