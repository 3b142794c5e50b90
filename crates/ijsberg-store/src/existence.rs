//! Whether persons and organisations are real or synthetic.

use crate::ask::column;
use crate::{Driver, StoreError};

/// Whether persons and organisations are synthetic: both where some are and some are not, nothing where there are none.
///
/// # Errors
/// If the storage fails.
pub fn made_up(driver: &mut dyn Driver) -> Result<Vec<bool>, StoreError> {
    column(driver, "SELECT synthetic FROM person UNION SELECT synthetic FROM organisation", &[])
}
