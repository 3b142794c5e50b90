//! Rows that a file of notifications puts in. They are made into values one by one as they are written, so that a large file is not
//! held twice.

use std::collections::HashSet;

use crate::ask::{column, places};
use crate::{Driver, StoreError, Value};

/// Rows that are looked up by one statement.
const AT_ONCE: usize = 500;

/// A registration that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRegistration {
    /// Its pseudonym.
    pub id: [u8; 16],
    /// The pseudonym of the person.
    pub person: [u8; 16],
    /// The list.
    pub list: String,
    /// The organisation.
    pub organisation: String,
    /// The keyed code of the organisation's own case reference.
    pub local_key: [u8; 32],
    /// Day, month or year.
    pub happened_on: String,
    /// Lane.
    pub lane: String,
    /// Purpose.
    pub purpose: String,
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
    /// Form of exploitation.
    pub form: String,
    /// Sector.
    pub sector: String,
    /// Region.
    pub region: String,
    /// The stamp of the code lists.
    pub codes: String,
    /// Synthetic.
    pub synthetic: bool,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: String,
    /// Version, from 1.
    pub version: i64,
    /// Parts of the article that it rests on.
    pub article_part: String,
}

impl NewRegistration {
    const COLUMNS: [&'static str; 22] = [
        "id",
        "person",
        "list",
        "organisation",
        "local_key",
        "happened_on",
        "lane",
        "purpose",
        "basis",
        "sex",
        "birth_year",
        "minor",
        "nationality",
        "form",
        "sector",
        "region",
        "codes",
        "synthetic",
        "recorded_by",
        "recorded_at",
        "version",
        "article_part",
    ];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![
            self.id.as_slice().into(),
            self.person.as_slice().into(),
            self.list.into(),
            self.organisation.into(),
            self.local_key.as_slice().into(),
            self.happened_on.into(),
            self.lane.into(),
            self.purpose.into(),
            self.basis.into(),
            self.sex.into(),
            self.birth_year.into(),
            self.minor.into(),
            self.nationality.into(),
            self.form.into(),
            self.sector.into(),
            self.region.into(),
            self.codes.into(),
            self.synthetic.into(),
            self.recorded_by.into(),
            self.recorded_at.into(),
            self.version.into(),
            self.article_part.into(),
        ]
    }
}

/// A person that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// The pseudonym.
    pub id: [u8; 16],
    /// When it was made.
    pub created_at: String,
    /// Synthetic.
    pub synthetic: bool,
}

impl NewPerson {
    const COLUMNS: [&'static str; 4] = ["id", "created_at", "synthetic", "erased_at"];

    /// Its values in the order of the columns: nobody is erased yet.
    pub fn into_row(self) -> Vec<Value> {
        vec![self.id.as_slice().into(), self.created_at.into(), self.synthetic.into(), Value::Null]
    }
}

/// A keyed code of a registration that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLinkToken {
    /// The pseudonym of the registration.
    pub registration: [u8; 16],
    /// The scheme of the code.
    pub scheme: String,
    /// The code.
    pub token: Vec<u8>,
}

impl NewLinkToken {
    const COLUMNS: [&'static str; 3] = ["registration", "scheme", "token"];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![self.registration.as_slice().into(), self.scheme.into(), self.token.into()]
    }
}

/// The wrapped key of a person that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPersonKey {
    /// The pseudonym of the person.
    pub person: [u8; 16],
    /// The key, wrapped.
    pub wrapped: Vec<u8>,
    /// The name of the key that it is wrapped under.
    pub under: String,
}

impl NewPersonKey {
    const COLUMNS: [&'static str; 3] = ["person", "wrapped", "under"];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![self.person.as_slice().into(), self.wrapped.into(), self.under.into()]
    }
}

/// A sealed field of an identity that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// The pseudonym of the person.
    pub person: [u8; 16],
    /// The field.
    pub field: String,
    /// Its value, sealed.
    pub value: Vec<u8>,
}

impl NewIdentity {
    const COLUMNS: [&'static str; 3] = ["person", "field", "value"];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![self.person.as_slice().into(), self.field.into(), self.value.into()]
    }
}

/// Inserts registrations and leaves out those whose case reference is there already; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_registrations(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewRegistration>,
) -> Result<u64, StoreError> {
    let columns = &NewRegistration::COLUMNS;
    driver.insert_new("registration", columns, &mut rows.map(NewRegistration::into_row))
}

/// Inserts persons; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_persons(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewPerson>,
) -> Result<u64, StoreError> {
    driver.insert_new("person", &NewPerson::COLUMNS, &mut rows.map(NewPerson::into_row))
}

/// Inserts keyed codes of registrations; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_link_tokens(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewLinkToken>,
) -> Result<u64, StoreError> {
    driver.insert_new("link_token", &NewLinkToken::COLUMNS, &mut rows.map(NewLinkToken::into_row))
}

/// Inserts wrapped keys of persons; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_person_keys(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewPersonKey>,
) -> Result<u64, StoreError> {
    driver.insert_new("person_key", &NewPersonKey::COLUMNS, &mut rows.map(NewPersonKey::into_row))
}

/// Inserts sealed fields of identities; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_identities(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewIdentity>,
) -> Result<u64, StoreError> {
    driver.insert_new("identity", &NewIdentity::COLUMNS, &mut rows.map(NewIdentity::into_row))
}

/// Which of these registrations are stored.
///
/// # Errors
/// If the storage fails.
pub fn stored_registrations(
    driver: &mut dyn Driver,
    ids: &[[u8; 16]],
) -> Result<HashSet<[u8; 16]>, StoreError> {
    let mut there = HashSet::new();
    for part in ids.chunks(AT_ONCE) {
        let sql = format!("SELECT id FROM registration WHERE id IN ({})", places(1, part.len()));
        let values: Vec<Value> = part.iter().map(|id| id.as_slice().into()).collect();
        there.extend(column::<[u8; 16]>(driver, &sql, &values)?);
    }
    Ok(there)
}
