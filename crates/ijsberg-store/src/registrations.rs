//! Registrations: found by pseudonym, by person and by case reference, and corrected.

use crate::ask::{all, column, each, finds, one, places, value};
use crate::row::row;
use crate::{Driver, StoreError, Value};

/// Case references that are looked up by one statement.
const AT_ONCE: usize = 200;

row! {
    /// A registration as it is kept.
    pub struct StoredRegistration {
        /// Its pseudonym.
        pub id: [u8; 16],
        /// The list.
        pub list: String,
        /// The organisation.
        pub organisation: String,
        /// Day, month or year.
        pub happened_on: String,
        /// Lane.
        pub lane: String,
        /// Basis.
        pub basis: String,
        /// Sex.
        pub sex: String,
        /// Year of birth.
        pub birth_year: Option<i64>,
        /// Under 18.
        pub minor: String,
        /// All citizenships.
        pub nationality: String,
        /// Form.
        pub form: String,
        /// Sector.
        pub sector: String,
        /// Region.
        pub region: String,
        /// Version, from 1.
        pub version: i64,
        /// The stamp of its code lists.
        pub codes: String,
        /// The pseudonym of the person.
        pub person: [u8; 16],
        /// When it was recorded.
        pub recorded_at: String,
        /// Parts of article 273f(1) that it rests on.
        pub article_part: String,
    }

    /// The person reported under a case reference.
    pub struct CaseKeyOwner {
        /// The person.
        pub person: [u8; 16],
        /// The registration.
        pub id: [u8; 16],
    }

    /// By whom a registration is.
    pub struct NotifierOfRegistration {
        /// The registration.
        pub id: [u8; 16],
        /// The organisation that notified.
        pub organisation: String,
    }

    /// What stands under a case reference, in codes.
    pub struct CodesOfCase {
        /// What is kept of the case reference.
        pub local_key: Vec<u8>,
        /// Day, month or year.
        pub happened_on: String,
        /// Lane.
        pub lane: String,
        /// Basis.
        pub basis: String,
        /// Sex.
        pub sex: String,
        /// Year of birth.
        pub birth_year: Option<i64>,
        /// Under 18.
        pub minor: String,
        /// All citizenships.
        pub nationality: String,
        /// Form.
        pub form: String,
        /// Sector.
        pub sector: String,
        /// Region.
        pub region: String,
        /// Parts of article 273f(1) that it rests on.
        pub article_part: String,
    }

    /// How often a registration was corrected, and by which code lists it is.
    pub struct VersionAndCodes {
        /// Its version, from 1.
        pub version: i64,
        /// The stamp of its code lists.
        pub codes: String,
    }

    /// What a registration says of a person's age.
    pub struct AgeOfRegistration {
        /// Day, month or year.
        pub happened_on: String,
        /// Year of birth.
        pub birth_year: Option<i64>,
        /// Under 18.
        pub minor: String,
    }
}

/// A text of a registration that can be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// When it happened.
    HappenedOn,
    /// The sex.
    Sex,
    /// Whether the person was under 18.
    Minor,
    /// All citizenships.
    Nationality,
    /// The form of exploitation.
    Form,
    /// The sector.
    Sector,
    /// The region.
    Region,
    /// The parts of article 273f(1).
    ArticlePart,
}

impl TextField {
    fn column(self) -> &'static str {
        match self {
            Self::HappenedOn => "happened_on",
            Self::Sex => "sex",
            Self::Minor => "minor",
            Self::Nationality => "nationality",
            Self::Form => "form",
            Self::Sector => "sector",
            Self::Region => "region",
            Self::ArticlePart => "article_part",
        }
    }
}

/// A value in place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// Of a text.
    Text(TextField, &'a str),
    /// Of the year of birth, which need not be known.
    BirthYear(Option<i64>),
}

/// The registration of a pseudonym.
///
/// # Errors
/// If the storage fails.
pub fn registration(
    driver: &mut dyn Driver,
    id: &[u8; 16],
) -> Result<Option<StoredRegistration>, StoreError> {
    one(driver, "FROM registration WHERE id = $1", &[id.as_slice().into()])
}

/// The registrations of a person, by when it happened.
///
/// # Errors
/// If the storage fails.
pub fn of_person(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<StoredRegistration>, StoreError> {
    all(driver, "FROM registration WHERE person = $1 ORDER BY happened_on", &[person.as_slice().into()])
}

/// The registration that an organisation has under a case reference.
///
/// # Errors
/// If the storage fails.
pub fn under_case_key(
    driver: &mut dyn Driver,
    organisation: &str,
    local_key: &[u8],
) -> Result<Option<StoredRegistration>, StoreError> {
    let rest = "FROM registration WHERE organisation = $1 AND local_key = $2";
    one(driver, rest, &[organisation.into(), local_key.into()])
}

/// The person whom an organisation reported under a case reference.
///
/// # Errors
/// If the storage fails.
pub fn owner_of_case_key(
    driver: &mut dyn Driver,
    organisation: &str,
    local_key: &[u8],
) -> Result<Option<CaseKeyOwner>, StoreError> {
    let rest = "FROM registration WHERE organisation = $1 AND local_key = $2";
    one(driver, rest, &[organisation.into(), local_key.into()])
}

/// Whether an organisation reported a person under a case reference.
///
/// # Errors
/// If the storage fails.
pub fn has_case_key(
    driver: &mut dyn Driver,
    organisation: &str,
    local_key: &[u8],
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM registration WHERE organisation = $1 AND local_key = $2";
    finds(driver, sql, &[organisation.into(), local_key.into()])
}

/// The coded fields of an organisation's registrations under these case references.
///
/// # Errors
/// If the storage fails.
pub fn codes_of_cases<'a>(
    driver: &mut dyn Driver,
    organisation: &str,
    local_keys: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<CodesOfCase>, StoreError> {
    let keys: Vec<Value> = local_keys.map(Value::from).collect();
    let mut cases = Vec::new();
    for part in keys.chunks(AT_ONCE) {
        let rest =
            format!("FROM registration WHERE organisation = $1 AND local_key IN ({})", places(2, part.len()));
        let mut values: Vec<Value> = vec![organisation.into()];
        values.extend_from_slice(part);
        cases.extend(all::<CodesOfCase>(driver, &rest, &values)?);
    }
    Ok(cases)
}

/// Organisations that reported a person.
///
/// # Errors
/// If the storage fails.
pub fn notifiers_of(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT organisation FROM registration WHERE person = $1";
    column(driver, sql, &[person.as_slice().into()])
}

/// Organisations that reported a person or wrote a record about them; one that did both is listed twice.
///
/// # Errors
/// If the storage fails.
pub fn writers_about(driver: &mut dyn Driver, person: &[u8; 16]) -> Result<Vec<String>, StoreError> {
    let mut writers = notifiers_of(driver, person)?;
    let sql = "SELECT DISTINCT organisation FROM record WHERE person = $1";
    writers.extend(column::<String>(driver, sql, &[person.as_slice().into()])?);
    Ok(writers)
}

/// The organisation by which a registration is.
///
/// # Errors
/// If the storage fails.
pub fn notifier(driver: &mut dyn Driver, id: &[u8; 16]) -> Result<Option<String>, StoreError> {
    value(driver, "SELECT organisation FROM registration WHERE id = $1", &[id.as_slice().into()])
}

/// Hands over each registration with the organisation by which it is.
///
/// # Errors
/// If the storage fails.
pub fn each_notifier(
    driver: &mut dyn Driver,
    row: &mut dyn FnMut(NotifierOfRegistration),
) -> Result<(), StoreError> {
    each(driver, "FROM registration", &[], row)
}

/// What a field of a registration says, and the organisation by which it is.
///
/// # Errors
/// If the storage fails.
pub fn text_and_notifier(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    field: TextField,
) -> Result<Option<(String, String)>, StoreError> {
    let sql = format!("SELECT {}, organisation FROM registration WHERE id = $1", field.column());
    let Some(row) = driver.first(&sql, &[id.as_slice().into()])? else { return Ok(None) };
    Ok(Some((row.get(0)?, row.get(1)?)))
}

/// The version of a registration and its code lists.
///
/// # Errors
/// If the storage fails.
pub fn version_and_codes(
    driver: &mut dyn Driver,
    id: &[u8; 16],
) -> Result<Option<VersionAndCodes>, StoreError> {
    one(driver, "FROM registration WHERE id = $1", &[id.as_slice().into()])
}

/// What a registration says of a person's age.
///
/// # Errors
/// If the storage fails.
pub fn age(driver: &mut dyn Driver, id: &[u8; 16]) -> Result<Option<AgeOfRegistration>, StoreError> {
    one(driver, "FROM registration WHERE id = $1", &[id.as_slice().into()])
}

/// Changes a field of a registration.
///
/// # Errors
/// If the storage fails.
pub fn change(driver: &mut dyn Driver, id: &[u8; 16], change: Change<'_>) -> Result<(), StoreError> {
    let (column, value): (&str, Value) = match change {
        Change::Text(field, text) => (field.column(), text.into()),
        Change::BirthYear(year) => ("birth_year", year.into()),
    };
    let sql = format!("UPDATE registration SET {column} = $1 WHERE id = $2");
    driver.execute(&sql, &[value, id.as_slice().into()])?;
    Ok(())
}

/// Gives a registration a version and the stamp of its code lists.
///
/// # Errors
/// If the storage fails.
pub fn set_version(
    driver: &mut dyn Driver,
    id: &[u8; 16],
    version: i64,
    codes: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE registration SET version = $1, codes = $2 WHERE id = $3";
    driver.execute(sql, &[version.into(), codes.into(), id.as_slice().into()])?;
    Ok(())
}
