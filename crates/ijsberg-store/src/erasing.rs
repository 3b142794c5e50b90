//! What is listed for erasure, and erasing itself.

use crate::ask::{all, column, finds, one, value};
use crate::row::row;
use crate::{Driver, StoreError, Within};

row! {
    /// Something listed for erasure.
    pub struct Proposal {
        /// `person`, or the kind of a record.
        pub kind: String,
        /// Its pseudonym.
        pub id: [u8; 16],
        /// Why.
        pub ground: String,
        /// The day on which its retention period began.
        pub since: String,
        /// Who put it up.
        pub listed_by: String,
        /// When.
        pub listed_at: String,
        /// The first day on which somebody else can confirm it.
        pub not_before: String,
    }

    /// Whether a person was erased.
    pub struct PersonErasure {
        /// When; nothing where they were not.
        pub erased_at: Option<String>,
    }

    /// What a record is found by.
    pub struct RecordKey {
        /// Its kind.
        pub kind: String,
        /// Its pseudonym.
        pub id: [u8; 16],
    }
}

/// What is listed for erasure, of these organisations, the first day first.
///
/// # Errors
/// If the storage fails.
pub fn listed(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<Proposal>, StoreError> {
    let mut values = Vec::new();
    let own = within.of_listed(&mut values);
    all(driver, &format!("FROM erasing WHERE {own} ORDER BY not_before, kind, id"), &values)
}

/// Whether something is listed for erasure.
///
/// # Errors
/// If the storage fails.
pub fn is_listed(driver: &mut dyn Driver, kind: &str, id: &[u8; 16]) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM erasing WHERE kind = $1 AND id = $2";
    finds(driver, sql, &[kind.into(), id.as_slice().into()])
}

/// Puts something up, or puts it up anew.
///
/// # Errors
/// If the storage fails.
pub fn put_up(driver: &mut dyn Driver, proposal: &Proposal) -> Result<(), StoreError> {
    let Proposal { kind, id, ground, since, listed_by, listed_at, not_before } = proposal;
    driver.execute(
        "INSERT INTO erasing (kind, id, ground, since, listed_by, listed_at, not_before) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, id) DO UPDATE SET ground = $3, since = $4, \
         listed_by = $5, listed_at = $6, not_before = $7",
        &[
            kind.as_str().into(),
            id.as_slice().into(),
            ground.as_str().into(),
            since.as_str().into(),
            listed_by.as_str().into(),
            listed_at.as_str().into(),
            not_before.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Removes something from the list, if it is on it.
///
/// # Errors
/// If the storage fails.
pub fn take_off(driver: &mut dyn Driver, kind: &str, id: &[u8; 16]) -> Result<(), StoreError> {
    let values = [kind.into(), id.as_slice().into()];
    driver.execute("DELETE FROM erasing WHERE kind = $1 AND id = $2", &values)?;
    Ok(())
}

/// People who were erased.
///
/// # Errors
/// If the storage fails.
pub fn erased_people(driver: &mut dyn Driver) -> Result<Vec<[u8; 16]>, StoreError> {
    column(driver, "SELECT id FROM person WHERE erased_at IS NOT NULL", &[])
}

/// Whether a person was erased; nothing where there is no such person.
///
/// # Errors
/// If the storage fails.
pub fn person_erasure(
    driver: &mut dyn Driver,
    person: &[u8; 16],
) -> Result<Option<PersonErasure>, StoreError> {
    one(driver, "FROM person WHERE id = $1", &[person.as_slice().into()])
}

/// The organisation that a record is of.
///
/// # Errors
/// If the storage fails.
pub fn record_organisation(
    driver: &mut dyn Driver,
    kind: &str,
    id: &[u8; 16],
) -> Result<Option<String>, StoreError> {
    let sql = "SELECT organisation FROM record WHERE kind = $1 AND id = $2";
    value(driver, sql, &[kind.into(), id.as_slice().into()])
}

/// Erases a record with all its versions.
///
/// # Errors
/// If the storage fails.
pub fn erase_record(driver: &mut dyn Driver, kind: &str, id: &[u8; 16]) -> Result<(), StoreError> {
    for table in ["record_version", "record"] {
        let sql = format!("DELETE FROM {table} WHERE kind = $1 AND id = $2");
        driver.execute(&sql, &[kind.into(), id.as_slice().into()])?;
    }
    Ok(())
}

/// Records of a person.
///
/// # Errors
/// If the storage fails.
pub fn records_of(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<RecordKey>, StoreError> {
    all(driver, "FROM record WHERE person = $1", &[person.as_slice().into()])
}

/// Registrations of a person.
///
/// # Errors
/// If the storage fails.
pub fn registrations_of(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<[u8; 16]>, StoreError> {
    column(driver, "SELECT id FROM registration WHERE person = $1", &[person.as_slice().into()])
}

/// Erases who a person is: their identity, and its key.
///
/// # Errors
/// If the storage fails.
pub fn erase_identity(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<(), StoreError> {
    driver.execute("DELETE FROM person_key WHERE person = $1", &[person.as_slice().into()])?;
    driver.execute("DELETE FROM identity WHERE person = $1", &[person.as_slice().into()])?;
    Ok(())
}

/// Erases the records of a person with all their versions; those listed for erasure are removed from the list.
///
/// # Errors
/// If the storage fails.
pub fn erase_records_of(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<(), StoreError> {
    for record in records_of(driver, person)? {
        for table in ["record_version", "erasing"] {
            let sql = format!("DELETE FROM {table} WHERE kind = $1 AND id = $2");
            driver.execute(&sql, &[record.kind.as_str().into(), record.id.as_slice().into()])?;
        }
    }
    driver.execute("DELETE FROM record WHERE person = $1", &[person.as_slice().into()])?;
    Ok(())
}

/// Leaves a registration in the count and nothing that leads to it: another key stands in place of the organisation's own for the
/// case, and its codes for linkage go.
///
/// # Errors
/// If the storage fails.
pub fn forget_case(
    driver: &mut dyn Driver,
    registration: &[u8; 16],
    in_place_of_key: &[u8],
) -> Result<(), StoreError> {
    let values = [in_place_of_key.into(), registration.as_slice().into()];
    driver.execute("UPDATE registration SET local_key = $1 WHERE id = $2", &values)?;
    driver.execute("DELETE FROM link_token WHERE registration = $1", &[registration.as_slice().into()])?;
    Ok(())
}

/// Keeps when a person was erased.
///
/// # Errors
/// If the storage fails.
pub fn mark_erased(driver: &mut dyn Driver, person: &[u8; 16], at: &str) -> Result<(), StoreError> {
    let values = [at.into(), person.as_slice().into()];
    driver.execute("UPDATE person SET erased_at = $1 WHERE id = $2", &values)?;
    Ok(())
}
