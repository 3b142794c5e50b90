//! The vault: wrapped keys of persons and the sealed fields of their identities.

use crate::ask::{all, column, finds, one};
use crate::row::row;
use crate::{Driver, StoreError};

row! {
    /// The wrapped key of a person.
    pub struct PersonKey {
        /// The pseudonym of the person.
        pub person: [u8; 16],
        /// The key, wrapped.
        pub wrapped: Vec<u8>,
        /// The name of the key that it is wrapped under.
        pub under: String,
    }

    /// A field of an identity.
    pub struct SealedField {
        /// The field.
        pub field: String,
        /// Its value, sealed.
        pub value: Vec<u8>,
    }

    /// Whether somebody was erased, or named.
    pub struct NamedPerson {
        /// When the identity was erased, if it was.
        pub erased_at: Option<String>,
        /// How many keys there are: none for who was never named.
        pub keys: i64 = "(SELECT count(*) FROM person_key k WHERE k.person = p.id)",
    }
}

/// Whether somebody was erased, or named.
///
/// # Errors
/// If the storage fails.
pub fn named_person(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Option<NamedPerson>, StoreError> {
    one(driver, "FROM person p WHERE id = $1", &[person.as_slice().into()])
}

/// The tracks on which a person is registered.
///
/// # Errors
/// If the storage fails.
pub fn lanes_of(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT lane FROM registration WHERE person = $1";
    column(driver, sql, &[person.as_slice().into()])
}

/// Whether there is a key of a person.
///
/// # Errors
/// If the storage fails.
pub fn has_key(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM person_key WHERE person = $1", &[person.as_slice().into()])
}

/// The key of a person.
///
/// # Errors
/// If the storage fails.
pub fn key(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Option<PersonKey>, StoreError> {
    one(driver, "FROM person_key WHERE person = $1", &[person.as_slice().into()])
}

/// At most so many keys of persons after the pseudonym of one, in their order.
///
/// # Errors
/// If the storage fails.
pub fn keys_after(driver: &mut dyn Driver, last: &[u8], most: i64) -> Result<Vec<PersonKey>, StoreError> {
    let rest = "FROM person_key WHERE person > $1 ORDER BY person LIMIT $2";
    all(driver, rest, &[last.into(), most.into()])
}

/// Puts a key of a person in the place of the same one wrapped under another.
///
/// # Errors
/// If the storage fails.
pub fn rewrap(
    driver: &mut dyn Driver,
    person: &[u8; 16],
    wrapped: Vec<u8>,
    under: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE person_key SET wrapped = $1, under = $2 WHERE person = $3";
    driver.execute(sql, &[wrapped.into(), under.into(), person.as_slice().into()])?;
    Ok(())
}

/// The fields of a person's identity.
///
/// # Errors
/// If the storage fails.
pub fn fields(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<SealedField>, StoreError> {
    all(driver, "FROM identity WHERE person = $1", &[person.as_slice().into()])
}

/// Takes a field out of a person's identity.
///
/// # Errors
/// If the storage fails.
pub fn delete_field(driver: &mut dyn Driver, person: &[u8; 16], field: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM identity WHERE person = $1 AND field = $2";
    driver.execute(sql, &[person.as_slice().into(), field.into()])?;
    Ok(())
}
