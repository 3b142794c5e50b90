//! Tokens by which a program acts for a user.

use crate::ask::all;
use crate::row::row;
use crate::{Driver, StoreError, Value};

row! {
    /// A token, as it is looked up when somebody uses it.
    pub struct Token {
        /// The keyed hash of it.
        pub secret: [u8; 32],
        /// Whose it is.
        pub user_name: String,
        /// What it allows: names of operations with spaces between them.
        pub operations: String,
        /// Its last day.
        pub expires_on: String,
        /// When it was revoked, if it was.
        pub revoked_at: Option<String>,
    }

    /// A token that was not revoked, as its owner sees it.
    pub struct OwnToken {
        /// Its name.
        pub id: [u8; 16],
        /// What it is for.
        pub label: String,
        /// What it allows: names of operations with spaces between them.
        pub operations: String,
        /// Its last day.
        pub expires_on: String,
    }
}

/// A token that is made.
#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    /// Its name.
    pub id: &'a [u8; 16],
    /// The keyed hash of it.
    pub secret: &'a [u8; 32],
    /// Whose it is.
    pub user_name: &'a str,
    /// What it is for.
    pub label: &'a str,
    /// What it allows: names of operations with spaces between them.
    pub operations: &'a str,
    /// Its last day.
    pub expires_on: &'a str,
    /// When it is made.
    pub created_at: &'a str,
}

impl NewToken<'_> {
    const COLUMNS: [&'static str; 7] =
        ["id", "secret", "user_name", "label", "operations", "expires_on", "created_at"];

    fn values(&self) -> Vec<Value> {
        vec![
            self.id.as_slice().into(),
            self.secret.as_slice().into(),
            self.user_name.into(),
            self.label.into(),
            self.operations.into(),
            self.expires_on.into(),
            self.created_at.into(),
        ]
    }
}

/// Adds a token.
///
/// # Errors
/// If the storage fails.
pub fn add(driver: &mut dyn Driver, token: &NewToken<'_>) -> Result<(), StoreError> {
    driver.insert_new("api_token", &NewToken::COLUMNS, &mut std::iter::once(token.values()))?;
    Ok(())
}

/// Tokens of a user that were not revoked, oldest first.
///
/// # Errors
/// If the storage fails.
pub fn own(driver: &mut dyn Driver, user: &str) -> Result<Vec<OwnToken>, StoreError> {
    let rest = "FROM api_token WHERE user_name = $1 AND revoked_at IS NULL ORDER BY created_at, id";
    all(driver, rest, &[user.into()])
}

/// Revokes a token of a user; how many that were.
///
/// # Errors
/// If the storage fails.
pub fn revoke(driver: &mut dyn Driver, id: &[u8; 16], user: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND user_name = $3 AND revoked_at IS NULL";
    driver.execute(sql, &[at.into(), id.as_slice().into(), user.into()])
}

/// Revokes all tokens of a user; how many that were.
///
/// # Errors
/// If the storage fails.
pub fn revoke_all(driver: &mut dyn Driver, user: &str, at: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE api_token SET revoked_at = $1 WHERE user_name = $2 AND revoked_at IS NULL";
    driver.execute(sql, &[at.into(), user.into()])
}
