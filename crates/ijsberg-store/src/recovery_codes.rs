//! Recovery codes, which take the place of a second factor that was lost.

use crate::ask::{all, column, finds, value};
use crate::row::row;
use crate::{Driver, StoreError, Value};

row! {
    /// How far a code is used.
    pub struct CodeUse {
        /// When it was used, if it was.
        pub used_at: Option<String>,
        /// When its owner said that they have seen that it was used, if they did.
        pub seen_at: Option<String>,
    }
}

/// A code that is made.
#[derive(Debug, Clone, Copy)]
pub struct NewCode {
    /// Its name.
    pub id: [u8; 16],
    /// The keyed hash of it.
    pub code: [u8; 32],
}

impl NewCode {
    fn values(&self, user: &str, made_at: &str) -> Vec<Value> {
        vec![self.id.as_slice().into(), self.code.as_slice().into(), user.into(), made_at.into()]
    }
}

/// The name of a code of a user that was not used, by its keyed hash.
///
/// # Errors
/// If the storage fails.
pub fn unused(driver: &mut dyn Driver, code: &[u8; 32], user: &str) -> Result<Option<[u8; 16]>, StoreError> {
    let sql = "SELECT id FROM recovery_code WHERE code = $1 AND user_name = $2 AND used_at IS NULL";
    value(driver, sql, &[code.as_slice().into(), user.into()])
}

/// Uses up a code, for a session that it begins if it begins one; how many it used up: none where it was used before.
///
/// # Errors
/// If the storage fails.
pub fn use_up(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    session: Option<&[u8; 16]>,
    at: &str,
) -> Result<u64, StoreError> {
    let sql = "UPDATE recovery_code SET used_at = $1, session = $2 WHERE id = $3 AND used_at IS NULL";
    let session = session.map(<[u8; 16]>::as_slice);
    driver.execute(sql, &[at.into(), session.into(), id.as_slice().into()])
}

/// How many codes of a user were not used.
///
/// # Errors
/// If the storage fails.
pub fn left(driver: &mut dyn Driver, user: &str) -> Result<usize, StoreError> {
    let sql = "SELECT id FROM recovery_code WHERE user_name = $1 AND used_at IS NULL";
    Ok(column::<[u8; 16]>(driver, sql, &[user.into()])?.len())
}

/// Adds codes of a user, made at a moment.
///
/// # Errors
/// If the storage fails.
pub fn add(driver: &mut dyn Driver, user: &str, made_at: &str, codes: &[NewCode]) -> Result<(), StoreError> {
    let mut rows = codes.iter().map(|new| new.values(user, made_at));
    driver.insert_new("recovery_code", &["id", "code", "user_name", "made_at"], &mut rows)?;
    Ok(())
}

/// Takes away all codes of a user.
///
/// # Errors
/// If the storage fails.
pub fn drop_all(driver: &mut dyn Driver, user: &str) -> Result<(), StoreError> {
    driver.execute("DELETE FROM recovery_code WHERE user_name = $1", &[user.into()])?;
    Ok(())
}

/// Whether a session began with a code that is still there.
///
/// # Errors
/// If the storage fails.
pub fn began(driver: &mut dyn Driver, session: &[u8; 16]) -> Result<bool, StoreError> {
    finds(driver, "SELECT id FROM recovery_code WHERE session = $1", &[session.as_slice().into()])
}

/// How far the codes of a user are used, those that were used in the order of time.
///
/// # Errors
/// If the storage fails.
pub fn uses(driver: &mut dyn Driver, user: &str) -> Result<Vec<CodeUse>, StoreError> {
    all(driver, "FROM recovery_code WHERE user_name = $1 ORDER BY used_at", &[user.into()])
}

/// A user has seen that codes of theirs were used; how many of them they had not seen before.
///
/// # Errors
/// If the storage fails.
pub fn note_seen(driver: &mut dyn Driver, user: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE recovery_code SET seen_at = $1 \
               WHERE user_name = $2 AND used_at IS NOT NULL AND seen_at IS NULL";
    driver.execute(sql, &[at.into(), user.into()])
}
