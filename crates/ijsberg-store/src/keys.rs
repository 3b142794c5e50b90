//! The wrapped keys of records, and what changes with keys: second factors and keyed codes.

use crate::ask::{all, finds, value};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// A key, wrapped.
    pub struct WrappedKey {
        /// Its name.
        pub id: String,
        /// The key, wrapped.
        pub wrapped: Vec<u8>,
    }
}

/// Whether there is a key to seal records under.
///
/// # Errors
/// If the storage fails.
pub fn has_record_key(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM wrapped_key WHERE purpose = 'records' AND retired_at IS NULL LIMIT 1";
    finds(driver, sql, &[])
}

/// The name of the key that new records are sealed under.
///
/// # Errors
/// If the storage fails.
pub fn record_key_in_use(driver: &mut dyn Driver) -> Result<Option<String>, StoreError> {
    let sql = "SELECT id FROM wrapped_key WHERE purpose = 'records' AND retired_at IS NULL \
               ORDER BY created_at DESC, id LIMIT 1";
    value(driver, sql, &[])
}

/// The key of that name, wrapped.
///
/// # Errors
/// If the storage fails.
pub fn wrapped(driver: &mut dyn Driver, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
    value(driver, "SELECT wrapped FROM wrapped_key WHERE id = $1", &[id.into()])
}

/// All keys, wrapped.
///
/// # Errors
/// If the storage fails.
pub fn all_wrapped(driver: &mut dyn Driver) -> Result<Vec<WrappedKey>, StoreError> {
    all(driver, "FROM wrapped_key", &[])
}

/// All keys of records, wrapped.
///
/// # Errors
/// If the storage fails.
pub fn wrapped_record_keys(driver: &mut dyn Driver) -> Result<Vec<WrappedKey>, StoreError> {
    all(driver, "FROM wrapped_key WHERE purpose = 'records'", &[])
}

/// Inserts a key of records.
///
/// # Errors
/// If the storage fails.
pub fn insert_record_key(
    driver: &mut dyn Driver,
    id: &str,
    wrapped: Vec<u8>,
    at: &str,
) -> Result<(), StoreError> {
    let row = vec![id.into(), "records".into(), wrapped.into(), at.into()];
    let columns = ["id", "purpose", "wrapped", "created_at"];
    driver.insert_new("wrapped_key", &columns, &mut std::iter::once(row))?;
    Ok(())
}

/// Deletes all keys of records but one.
///
/// # Errors
/// If the storage fails.
pub fn delete_record_keys_but(driver: &mut dyn Driver, id: &str) -> Result<(), StoreError> {
    driver.execute("DELETE FROM wrapped_key WHERE purpose = 'records' AND id <> $1", &[id.into()])?;
    Ok(())
}

/// Which second factor of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// The one in use.
    InUse,
    /// One of which no code was seen yet.
    Unconfirmed,
}

impl Factor {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::InUse, Self::Unconfirmed];

    fn column(self) -> &'static str {
        match self {
            Self::InUse => "second_factor",
            Self::Unconfirmed => "new_factor",
        }
    }
}

/// A second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFactor {
    /// The account.
    pub account: String,
    /// The factor, sealed.
    pub factor: Vec<u8>,
}

/// The second factors of all accounts that have one.
///
/// # Errors
/// If the storage fails.
pub fn second_factors(driver: &mut dyn Driver, which: Factor) -> Result<Vec<SealedFactor>, StoreError> {
    let column = which.column();
    let rows =
        driver.query(&format!("SELECT name, {column} FROM app_user WHERE {column} IS NOT NULL"), &[])?;
    rows.iter().map(|row| Ok(SealedFactor { account: row.get(0)?, factor: row.get(1)? })).collect()
}

/// Puts a second factor that was sealed anew in the place of the one under another key.
///
/// # Errors
/// If the storage fails.
pub fn reseal_second_factor(
    driver: &mut dyn Driver,
    which: Factor,
    account: &str,
    sealed: Vec<u8>,
) -> Result<(), StoreError> {
    let sql = format!("UPDATE app_user SET {} = $1 WHERE name = $2", which.column());
    driver.execute(&sql, &[sealed.into(), account.into()])?;
    Ok(())
}

/// Of what there are keyed codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coded {
    /// Registrations, by the organisation's own case reference.
    Registrations,
    /// Tokens for programs, by their secret.
    Tokens,
    /// Sessions, by their secret.
    Sessions,
    /// Recovery codes.
    RecoveryCodes,
}

impl Coded {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Registrations, Self::Tokens, Self::Sessions, Self::RecoveryCodes];

    /// The table, and its column with codes. Its rows have an `id`.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::Registrations => ("registration", "local_key"),
            Self::Tokens => ("api_token", "secret"),
            Self::Sessions => ("app_session", "secret"),
            Self::RecoveryCodes => ("recovery_code", "code"),
        }
    }
}

/// A keyed code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedCode {
    /// The pseudonym of what has it.
    pub id: [u8; 16],
    /// The code.
    pub code: Vec<u8>,
}

/// At most so many keyed codes after the pseudonym of one, in the order of the pseudonyms.
///
/// # Errors
/// If the storage fails.
pub fn codes_after(
    driver: &mut dyn Driver,
    of: Coded,
    last: &[u8],
    most: i64,
) -> Result<Vec<KeyedCode>, StoreError> {
    let (table, column) = of.place();
    let sql = format!("SELECT id, {column} FROM {table} WHERE id > $1 ORDER BY id LIMIT $2");
    let rows = driver.query(&sql, &[last.into(), most.into()])?;
    rows.iter().map(|row| Ok(KeyedCode { id: row.get(0)?, code: row.get(1)? })).collect()
}

/// Puts another keyed code in the place of one.
///
/// # Errors
/// If the storage fails.
pub fn set_code(
    driver: &mut dyn Driver,
    of: Coded,
    id: &[u8; 16],
    code: &[u8; 32],
) -> Result<(), StoreError> {
    let (table, column) = of.place();
    let sql = format!("UPDATE {table} SET {column} = $1 WHERE id = $2");
    driver.execute(&sql, &[code.as_slice().into(), id.as_slice().into()])?;
    Ok(())
}

/// Deletes all attempts to log in, which are counted by a keyed code of the name.
///
/// # Errors
/// If the storage fails.
pub fn delete_attempts(driver: &mut dyn Driver) -> Result<(), StoreError> {
    driver.execute("DELETE FROM login_attempt", &[])?;
    Ok(())
}

/// Opens an account with another password and without a second factor; how many accounts that changed.
///
/// # Errors
/// If the storage fails.
pub fn give_account_back(driver: &mut dyn Driver, name: &str, password: &str) -> Result<u64, StoreError> {
    let sql = "UPDATE app_user SET password = $1, second_factor = NULL, new_factor = NULL, last_code = 0, \
               must_change = 0, good_until = '', disabled = 0 WHERE name = $2";
    driver.execute(sql, &[password.into(), name.into()])
}
