//! People whose data are stored and not used.

use crate::ask::{all, column, one};
use crate::row::row;
use crate::{Driver, StoreError, Within};

row! {
    /// A person whose data are only stored.
    pub struct Restriction {
        /// Their pseudonym.
        pub person: [u8; 16],
        /// Why.
        pub cause: String,
        /// Who restricted it.
        pub restricted_by: String,
        /// When.
        pub restricted_at: String,
    }
}

/// The restriction of a person's data, where they are restricted.
///
/// # Errors
/// If the storage fails.
pub fn restriction(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Option<Restriction>, StoreError> {
    one(driver, "FROM restriction WHERE person = $1", &[person.as_slice().into()])
}

/// People of these organisations whose data are restricted, the first one first.
///
/// # Errors
/// If the storage fails.
pub fn restrictions(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<Restriction>, StoreError> {
    let mut values = Vec::new();
    let own = within.of_person("person", &mut values);
    all(driver, &format!("FROM restriction WHERE {own} ORDER BY restricted_at, person"), &values)
}

/// Pseudonyms of people of these organisations whose data are restricted.
///
/// # Errors
/// If the storage fails.
pub fn people(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<[u8; 16]>, StoreError> {
    let mut values = Vec::new();
    let own = within.of_person("person", &mut values);
    column(driver, &format!("SELECT person FROM restriction WHERE {own}"), &values)
}

/// Registrations of people whose data are restricted.
///
/// # Errors
/// If the storage fails.
pub fn registrations(driver: &mut dyn Driver) -> Result<Vec<[u8; 16]>, StoreError> {
    let sql = "SELECT id FROM registration WHERE person IN (SELECT person FROM restriction)";
    column(driver, sql, &[])
}

/// Restricts a person's data.
///
/// # Errors
/// If the storage fails.
pub fn restrict(driver: &mut dyn Driver, restriction: &Restriction) -> Result<(), StoreError> {
    let Restriction { person, cause, restricted_by, restricted_at } = restriction;
    let sql = "INSERT INTO restriction (person, cause, restricted_by, restricted_at) VALUES ($1, $2, $3, $4)";
    let values = [
        person.as_slice().into(),
        cause.as_str().into(),
        restricted_by.as_str().into(),
        restricted_at.as_str().into(),
    ];
    driver.execute(sql, &values)?;
    Ok(())
}

/// Lifts the restriction of a person's data; whether there was one.
///
/// # Errors
/// If the storage fails.
pub fn lift(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<bool, StoreError> {
    let sql = "DELETE FROM restriction WHERE person = $1";
    Ok(driver.execute(sql, &[person.as_slice().into()])? > 0)
}
