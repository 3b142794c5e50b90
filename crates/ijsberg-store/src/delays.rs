//! How long after something happened it was registered.

use crate::ask::each;
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// When something happened and when it was registered.
    pub struct Delay {
        /// The day, month or year of what happened.
        pub happened_on: String,
        /// When it was registered.
        pub recorded_at: String,
    }
}

/// Hands over the delay of each registration.
///
/// # Errors
/// If the storage fails.
pub fn each_registration(driver: &mut dyn Driver, row: &mut dyn FnMut(Delay)) -> Result<(), StoreError> {
    each(driver, "FROM registration", &[], row)
}
