//! Filters of the list of cases that somebody saved under names.

use crate::ask::{all, column};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// A view: a filter under a name.
    pub struct StoredView {
        /// The name.
        pub name: String,
        /// The filter, as its parts in JSON.
        pub filter: String,
    }
}

/// The views of a user, by name.
///
/// # Errors
/// If the storage fails.
pub fn views_of(driver: &mut dyn Driver, user: &str) -> Result<Vec<StoredView>, StoreError> {
    all(driver, "FROM saved_view WHERE user_name = $1 ORDER BY name", &[user.into()])
}

/// How many views a user has beside the one of that name.
///
/// # Errors
/// If the storage fails.
pub fn other_views(driver: &mut dyn Driver, user: &str, name: &str) -> Result<usize, StoreError> {
    let sql = "SELECT name FROM saved_view WHERE user_name = $1 AND name <> $2";
    Ok(column::<String>(driver, sql, &[user.into(), name.into()])?.len())
}

/// Saves a view of a user, in place of one of that name.
///
/// # Errors
/// If the storage fails.
pub fn save(driver: &mut dyn Driver, user: &str, name: &str, filter: &str) -> Result<u64, StoreError> {
    let sql = "INSERT INTO saved_view (user_name, name, filter) VALUES ($1, $2, $3) \
               ON CONFLICT (user_name, name) DO UPDATE SET filter = $3";
    driver.execute(sql, &[user.into(), name.into(), filter.into()])
}

/// Removes a view of a user; how many that were.
///
/// # Errors
/// If the storage fails.
pub fn remove(driver: &mut dyn Driver, user: &str, name: &str) -> Result<u64, StoreError> {
    let sql = "DELETE FROM saved_view WHERE user_name = $1 AND name = $2";
    driver.execute(sql, &[user.into(), name.into()])
}
