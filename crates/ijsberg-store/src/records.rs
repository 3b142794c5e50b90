//! Records of a case, sealed, with all their versions.

use crate::ask::{all, finds, one};
use crate::kinds::Kinds;
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

row! {
    /// A record as it is kept.
    pub struct SealedRecord {
        /// Its kind.
        pub kind: String,
        /// Its pseudonym.
        pub id: [u8; 16],
        /// The person it is about, if it is about one.
        pub person: Option<[u8; 16]>,
        /// The organisation that wrote it.
        pub organisation: String,
        /// Lane.
        pub lane: String,
        /// What for.
        pub purpose: String,
        /// On what basis.
        pub basis: String,
        /// How carefully it is kept.
        pub class: String,
        /// What it says, sealed.
        pub body: Vec<u8>,
        /// The key that it is sealed under.
        pub key_id: String,
        /// Its version, from 1.
        pub version: i64,
    }

    /// Whose a record is.
    pub struct RecordOwner {
        /// The organisation that wrote it.
        pub organisation: String,
        /// The person it is about, if it is about one.
        pub person: Option<[u8; 16]>,
    }

    /// A version of a record as it is kept.
    pub struct SealedVersion {
        /// What it says, sealed.
        pub body: Vec<u8>,
        /// The key that it is sealed under.
        pub key_id: String,
    }

    /// Decisions on status.
    pub struct Decisions {
        /// How many there are.
        pub count: i64 = "count(*)",
        /// When the last was recorded, if there is one.
        pub last: Option<String> = "max(recorded_at)",
    }

    /// What a record or a version of it says, sealed, and what that belongs to.
    pub struct SealedBody {
        /// The kind of the record.
        pub kind: String = "t.kind",
        /// Its pseudonym.
        pub id: [u8; 16] = "t.id",
        /// The version, from 1.
        pub version: i64 = "t.version",
        /// What it says, sealed.
        pub body: Vec<u8> = "t.body",
        /// The key that it is sealed under.
        pub key_id: String = "t.key_id",
        /// The person the record is about, if it is about one.
        pub person: Option<[u8; 16]> = "r.person",
        /// The organisation that wrote it.
        pub organisation: String = "r.organisation",
    }
}

/// A record that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// Its kind.
    pub kind: String,
    /// Its pseudonym.
    pub id: [u8; 16],
    /// The person it is about, if it is about one.
    pub person: Option<[u8; 16]>,
    /// The organisation that writes it.
    pub organisation: String,
    /// Lane.
    pub lane: String,
    /// What for.
    pub purpose: String,
    /// On what basis.
    pub basis: String,
    /// How carefully it is kept.
    pub class: String,
    /// What it says, sealed.
    pub body: Vec<u8>,
    /// The key that it is sealed under.
    pub key_id: String,
    /// Its version, from 1.
    pub version: i64,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: String,
}

impl NewRecord {
    const COLUMNS: [&'static str; 13] = [
        "kind",
        "id",
        "person",
        "organisation",
        "lane",
        "purpose",
        "basis",
        "class",
        "body",
        "key_id",
        "version",
        "recorded_by",
        "recorded_at",
    ];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![
            self.kind.into(),
            self.id.as_slice().into(),
            self.person.as_ref().map(<[u8; 16]>::as_slice).into(),
            self.organisation.into(),
            self.lane.into(),
            self.purpose.into(),
            self.basis.into(),
            self.class.into(),
            self.body.into(),
            self.key_id.into(),
            self.version.into(),
            self.recorded_by.into(),
            self.recorded_at.into(),
        ]
    }
}

/// A version of a record that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// The kind of the record.
    pub kind: String,
    /// Its pseudonym.
    pub id: [u8; 16],
    /// The version, from 1.
    pub version: i64,
    /// What it says, sealed.
    pub body: Vec<u8>,
    /// The key that it is sealed under.
    pub key_id: String,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: String,
}

impl NewVersion {
    const COLUMNS: [&'static str; 7] =
        ["kind", "id", "version", "body", "key_id", "recorded_by", "recorded_at"];

    /// Its values in the order of the columns.
    pub fn into_row(self) -> Vec<Value> {
        vec![
            self.kind.into(),
            self.id.as_slice().into(),
            self.version.into(),
            self.body.into(),
            self.key_id.into(),
            self.recorded_by.into(),
            self.recorded_at.into(),
        ]
    }
}

/// Whether the support track is open, the only one with records.
///
/// # Errors
/// If the storage fails.
pub fn may_be_written(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM lane WHERE name = 'help'", &[])
}

/// The record of a kind and a pseudonym.
///
/// # Errors
/// If the storage fails.
pub fn record(
    driver: &mut dyn Driver,
    kind: &str,
    id: &[u8; 16],
) -> Result<Option<SealedRecord>, StoreError> {
    one(driver, "FROM record WHERE kind = $1 AND id = $2", &[kind.into(), id.as_slice().into()])
}

/// Whose it is.
///
/// # Errors
/// If the storage fails.
pub fn owner(driver: &mut dyn Driver, kind: &str, id: &[u8; 16]) -> Result<Option<RecordOwner>, StoreError> {
    one(driver, "FROM record WHERE kind = $1 AND id = $2", &[kind.into(), id.as_slice().into()])
}

/// One of its versions.
///
/// # Errors
/// If the storage fails.
pub fn version(
    driver: &mut dyn Driver,
    kind: &str,
    id: &[u8; 16],
    version: i64,
) -> Result<Option<SealedVersion>, StoreError> {
    let values = [kind.into(), id.as_slice().into(), version.into()];
    one(driver, "FROM record_version WHERE kind = $1 AND id = $2 AND version = $3", &values)
}

/// Records of these kinds about a person, of these organisations, the oldest first.
///
/// # Errors
/// If the storage fails.
pub fn about_person(
    driver: &mut dyn Driver,
    person: &[u8; 16],
    kinds: Kinds,
    within: Within<'_>,
) -> Result<Vec<SealedRecord>, StoreError> {
    let mut values = vec![person.as_slice().into()];
    let (own, kinds) = (within.condition("organisation", &mut values), kinds.condition());
    let rest = format!("FROM record WHERE person = $1 AND {kinds} AND {own} ORDER BY recorded_at, kind, id");
    all(driver, &rest, &values)
}

/// All records of these kinds, of these organisations, the oldest first.
///
/// # Errors
/// If the storage fails.
pub fn of_kinds(
    driver: &mut dyn Driver,
    kinds: Kinds,
    within: Within<'_>,
) -> Result<Vec<SealedRecord>, StoreError> {
    let mut values = Vec::new();
    let (own, kinds) = (within.condition("organisation", &mut values), kinds.condition());
    all(driver, &format!("FROM record WHERE {kinds} AND {own} ORDER BY recorded_at, kind, id"), &values)
}

/// All disclosures, the oldest first.
///
/// # Errors
/// If the storage fails.
pub fn disclosures(driver: &mut dyn Driver) -> Result<Vec<SealedRecord>, StoreError> {
    all(driver, "FROM record WHERE kind = 'disclosure' ORDER BY recorded_at", &[])
}

/// How many decisions on status there are, and when the last was recorded.
///
/// # Errors
/// If the storage fails.
pub fn decisions(driver: &mut dyn Driver) -> Result<Option<Decisions>, StoreError> {
    one(driver, "FROM record WHERE kind = 'status'", &[])
}

/// Decisions on the status of people, of these organisations, the oldest first.
///
/// # Errors
/// If the storage fails.
pub fn statuses(driver: &mut dyn Driver, within: Within<'_>) -> Result<Vec<SealedRecord>, StoreError> {
    let mut values = Vec::new();
    let own = within.condition("organisation", &mut values);
    let rest = format!(
        "FROM record WHERE kind = 'status' AND person IS NOT NULL AND {own} ORDER BY recorded_at, id"
    );
    all(driver, &rest, &values)
}

/// Inserts records; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_records(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewRecord>,
) -> Result<u64, StoreError> {
    driver.insert_new("record", &NewRecord::COLUMNS, &mut rows.map(NewRecord::into_row))
}

/// Inserts versions of records; returns how many are new.
///
/// # Errors
/// If the storage fails.
pub fn insert_versions(
    driver: &mut dyn Driver,
    rows: &mut dyn Iterator<Item = NewVersion>,
) -> Result<u64, StoreError> {
    driver.insert_new("record_version", &NewVersion::COLUMNS, &mut rows.map(NewVersion::into_row))
}

/// Puts a new version in the place of a record, if it is at that version still.
///
/// # Errors
/// If the storage fails.
pub fn replace(driver: &mut dyn Driver, new: &NewVersion, version: i64) -> Result<(), StoreError> {
    let sql = "UPDATE record SET body = $1, key_id = $2, version = $3, recorded_by = $4, recorded_at = $5 \
               WHERE kind = $6 AND id = $7 AND version = $8";
    let values = [
        new.body.as_slice().into(),
        new.key_id.as_str().into(),
        new.version.into(),
        new.recorded_by.as_str().into(),
        new.recorded_at.as_str().into(),
        new.kind.as_str().into(),
        new.id.as_slice().into(),
        version.into(),
    ];
    driver.execute(sql, &values)?;
    Ok(())
}

/// Where it stands, sealed, what records say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// With the records, as they are now.
    Records,
    /// With their versions.
    Versions,
}

impl Bodies {
    /// All places.
    pub const ALL: [Self; 2] = [Self::Records, Self::Versions];

    fn table(self) -> &'static str {
        match self {
            Self::Records => "record",
            Self::Versions => "record_version",
        }
    }
}

/// All that is sealed there.
///
/// # Errors
/// If the storage fails.
pub fn sealed_bodies(driver: &mut dyn Driver, place: Bodies) -> Result<Vec<SealedBody>, StoreError> {
    let table = place.table();
    all(driver, &format!("FROM {table} t JOIN record r ON r.kind = t.kind AND r.id = t.id"), &[])
}

/// Puts what was sealed anew in the place of what was sealed under another key.
///
/// # Errors
/// If the storage fails.
pub fn reseal(
    driver: &mut dyn Driver,
    place: Bodies,
    old: &SealedBody,
    body: Vec<u8>,
    key_id: &str,
) -> Result<(), StoreError> {
    let table = place.table();
    let sql =
        format!("UPDATE {table} SET body = $1, key_id = $2 WHERE kind = $3 AND id = $4 AND version = $5");
    let values =
        [body.into(), key_id.into(), old.kind.as_str().into(), old.id.as_slice().into(), old.version.into()];
    driver.execute(&sql, &values)?;
    Ok(())
}
