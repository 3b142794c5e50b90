//! Sessions that somebody comes back to.

use crate::ask::{all, value};
use crate::row::row;
use crate::{Driver, StoreError, Unguarded};

row! {
    /// A session, but for when it was last used, which is under no keyed hash.
    pub struct Session {
        /// Its name.
        pub id: [u8; 16],
        /// The keyed hash of its secret.
        pub secret: [u8; 32],
        /// Whose it is.
        pub user_name: String,
        /// When it began.
        pub began_at: String,
        /// When it was ended, if it was.
        pub ended_at: Option<String>,
    }

    /// A session that was not ended.
    pub struct OpenSession {
        /// Its name.
        pub id: [u8; 16],
        /// When it began.
        pub began_at: String,
        /// When it was last used, which is under no keyed hash.
        pub seen_at: Unguarded<String>,
    }

    /// When a session began and was last used.
    pub struct Times {
        /// When it began.
        pub began_at: String,
        /// When it was last used, which is under no keyed hash.
        pub seen_at: Unguarded<String>,
    }
}

/// Forgets sessions that began before a moment.
///
/// # Errors
/// If the storage fails.
pub fn forget_before(driver: &mut dyn Driver, moment: &str) -> Result<(), StoreError> {
    driver.execute("DELETE FROM app_session WHERE began_at < $1", &[moment.into()])?;
    Ok(())
}

/// Begins a session at a moment.
///
/// # Errors
/// If the storage fails.
pub fn begin(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    secret: &[u8; 32],
    user: &str,
    at: &str,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO app_session (id, secret, user_name, began_at, seen_at) VALUES ($1, $2, $3, $4, $5)";
    let values = [id.as_slice().into(), secret.as_slice().into(), user.into(), at.into(), at.into()];
    driver.execute(sql, &values)?;
    Ok(())
}

/// When a session was last used.
///
/// # Errors
/// If the storage fails.
pub fn seen_at(driver: &mut dyn Driver, id: &[u8; 16]) -> Result<Option<Unguarded<String>>, StoreError> {
    value(driver, "SELECT seen_at FROM app_session WHERE id = $1", &[id.as_slice().into()])
}

/// Notes that a session was used, if nobody who writes is in the way; whether it was noted.
///
/// # Errors
/// If the storage fails.
pub fn note_use(driver: &mut dyn Driver, id: &[u8; 16], at: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE app_session SET seen_at = $1 WHERE id = $2 AND ended_at IS NULL";
    driver.execute_if_free(sql, &[at.into(), id.as_slice().into()])
}

/// Whose session it is that a keyed hash of its secret opens.
///
/// # Errors
/// If the storage fails.
pub fn user_of(driver: &mut dyn Driver, secret: &[u8; 32]) -> Result<Option<String>, StoreError> {
    let sql = "SELECT user_name FROM app_session WHERE secret = $1 AND ended_at IS NULL";
    value(driver, sql, &[secret.as_slice().into()])
}

/// Sessions of a user that were not ended, newest first.
///
/// # Errors
/// If the storage fails.
pub fn open_of(driver: &mut dyn Driver, user: &str) -> Result<Vec<OpenSession>, StoreError> {
    let rest = "FROM app_session WHERE user_name = $1 AND ended_at IS NULL ORDER BY began_at DESC, id DESC";
    all(driver, rest, &[user.into()])
}

/// When the sessions of all users that were not ended began and were last used.
///
/// # Errors
/// If the storage fails.
pub fn times_of_open(driver: &mut dyn Driver) -> Result<Vec<Times>, StoreError> {
    all(driver, "FROM app_session WHERE ended_at IS NULL", &[])
}

/// Ends a session of a user; how many it ended.
///
/// # Errors
/// If the storage fails.
pub fn end(driver: &mut dyn Driver, id: &[u8; 16], user: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE app_session SET ended_at = $1 WHERE id = $2 AND user_name = $3 AND ended_at IS NULL";
    driver.execute(sql, &[at.into(), id.as_slice().into(), user.into()])
}

/// Ends the session that a keyed hash of its secret opens.
///
/// # Errors
/// If the storage fails.
pub fn end_by_secret(driver: &mut dyn Driver, secret: &[u8; 32], at: &str) -> Result<(), StoreError> {
    let sql = "UPDATE app_session SET ended_at = $1 WHERE secret = $2 AND ended_at IS NULL";
    driver.execute(sql, &[at.into(), secret.as_slice().into()])?;
    Ok(())
}

/// Ends all sessions of a user but one, if one is to stay; how many it ended.
///
/// # Errors
/// If the storage fails.
pub fn end_all_but(
    driver: &mut dyn Driver,
    user: &str,
    kept: Option<&[u8; 16]>,
    at: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE app_session SET ended_at = $1 WHERE user_name = $2 AND ended_at IS NULL AND id <> $3";
    // No session has a name without bytes.
    let kept = kept.map(<[u8; 16]>::as_slice).unwrap_or_default();
    driver.execute(sql, &[at.into(), user.into(), kept.into()])
}
