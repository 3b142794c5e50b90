//! Which key of each domain is in use.

use crate::ask::{all, finds};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// The key in use of a domain.
    pub struct KeyEpoch {
        /// The domain.
        pub domain: String,
        /// How often its key was changed, from 1.
        pub epoch: i64,
        /// The name of the key.
        pub key_name: String,
        /// A text sealed under it, to tell whether a key is this one.
        pub canary: Vec<u8>,
    }
}

/// The key in use of every domain.
///
/// # Errors
/// If the storage fails.
pub fn epochs(driver: &mut dyn Driver) -> Result<Vec<KeyEpoch>, StoreError> {
    all(driver, "FROM key_epoch", &[])
}

/// Makes a key the one in use of its domain.
///
/// # Errors
/// If the storage fails.
pub fn set_epoch(driver: &mut dyn Driver, epoch: &KeyEpoch) -> Result<(), StoreError> {
    driver.execute(
        "INSERT INTO key_epoch (domain, epoch, key_name, canary) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (domain) DO UPDATE SET epoch = $2, key_name = $3, canary = $4",
        &[
            epoch.domain.as_str().into(),
            epoch.epoch.into(),
            epoch.key_name.as_str().into(),
            epoch.canary.as_slice().into(),
        ],
    )?;
    Ok(())
}

/// Whether the key of any person is there, which a key of the vault seals.
///
/// # Errors
/// If the storage fails.
pub fn any_person_key(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM person_key LIMIT 1", &[])
}

/// Whether any account is there: before the first, nothing is under keys of the work.
///
/// # Errors
/// If the storage fails.
pub fn any_account(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM app_user LIMIT 1", &[])
}
