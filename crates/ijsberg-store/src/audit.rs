//! The log of who did what, the organisations that its entries concern, and the sums of the tables that its last entry vouches for.

use crate::ask::{all, each, finds, one, value};
use crate::row::row;
use crate::{Driver, StoreError, Value, Within};

row! {
    /// An entry, with all that is under its hash.
    pub struct ChainedEntry {
        /// Its number, from 1.
        pub seq: i64,
        /// When.
        pub at_time: String,
        /// Who.
        pub actor: String,
        /// What.
        pub operation: String,
        /// Of what.
        pub subject: String,
        /// How it ended.
        pub outcome: String,
        /// Counts and names of fields.
        pub detail: String,
        /// Keyed hash of the entry before it.
        pub previous: Vec<u8>,
        /// Keyed hash of this one.
        pub hash: Vec<u8>,
        /// The key of that hash; none in a log that was written before keys had names.
        pub key_name: Option<String>,
        /// What vouches for the rows of all tables; none there either.
        pub state: Option<Vec<u8>>,
    }

    /// An entry to be read.
    pub struct Entry {
        /// Its number, from 1.
        pub seq: i64,
        /// When.
        pub at_time: String,
        /// Who.
        pub actor: String,
        /// What.
        pub operation: String,
        /// Of what.
        pub subject: String,
        /// How it ended.
        pub outcome: String,
        /// Counts and names of fields.
        pub detail: String,
        /// Keyed hash of the entry before it.
        pub previous: Vec<u8>,
        /// Keyed hash of this one.
        pub hash: Vec<u8>,
    }

    /// The last entry.
    pub struct LastEntry {
        /// Its number.
        pub seq: i64,
        /// Its keyed hash.
        pub hash: Vec<u8>,
        /// What vouches for the rows of all tables; none in a log that was written before.
        pub state: Option<Vec<u8>>,
    }
}

/// A part of the log.
#[derive(Debug, Clone, Copy)]
pub enum Part {
    /// From an entry on.
    From(i64),
    /// The last ones before an entry.
    Before(i64),
}

/// Appends an entry.
///
/// # Errors
/// If the storage fails, or an entry of that number is there.
pub fn append(driver: &mut dyn Driver, entry: &ChainedEntry) -> Result<(), StoreError> {
    driver.execute(
        "INSERT INTO audit (seq, at_time, actor, operation, subject, outcome, detail, previous, hash, key_name, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &[
            entry.seq.into(),
            entry.at_time.as_str().into(),
            entry.actor.as_str().into(),
            entry.operation.as_str().into(),
            entry.subject.as_str().into(),
            entry.outcome.as_str().into(),
            entry.detail.as_str().into(),
            entry.previous.as_slice().into(),
            entry.hash.as_slice().into(),
            entry.key_name.as_deref().into(),
            entry.state.as_deref().into(),
        ],
    )?;
    Ok(())
}

/// Notes that an entry concerns an organisation. One that is not there may be anything that somebody typed, and is not noted.
///
/// # Errors
/// If the storage fails.
pub fn note_organisation(driver: &mut dyn Driver, seq: i64, organisation: &str) -> Result<(), StoreError> {
    if finds(driver, "SELECT 1 FROM organisation WHERE id = $1", &[organisation.into()])? {
        let row = vec![seq.into(), organisation.into()];
        driver.insert_new("audit_organisation", &["seq", "organisation"], &mut std::iter::once(row))?;
    }
    Ok(())
}

/// Hands over each entry, from the first to the last.
///
/// # Errors
/// If the storage fails, or an entry cannot be read.
pub fn each_entry(driver: &mut dyn Driver, entry: &mut dyn FnMut(ChainedEntry)) -> Result<(), StoreError> {
    each(driver, "FROM audit ORDER BY seq", &[], entry)
}

/// At most so many entries of a part, oldest first: of those that concern organisations within reach, and no other.
///
/// # Errors
/// If the storage fails.
pub fn entries(
    driver: &mut dyn Driver,
    within: Within<'_>,
    part: Part,
    most: u32,
) -> Result<Vec<Entry>, StoreError> {
    let (from, compared, order) = match part {
        Part::From(seq) => (seq, ">=", "ASC"),
        Part::Before(seq) => (seq, "<", "DESC"),
    };
    let mut values: Vec<Value> = vec![from.into(), i64::from(most).into()];
    let own = within.of_entry(&mut values);
    let rest = format!("FROM audit a WHERE seq {compared} $1 AND {own} ORDER BY seq {order} LIMIT $2");
    let mut entries: Vec<Entry> = all(driver, &rest, &values)?;
    entries.sort_by_key(|e| e.seq);
    Ok(entries)
}

/// The last entry.
///
/// # Errors
/// If the storage fails.
pub fn last(driver: &mut dyn Driver) -> Result<Option<LastEntry>, StoreError> {
    one(driver, "FROM audit ORDER BY seq DESC LIMIT 1", &[])
}

/// Whether there is any entry.
///
/// # Errors
/// If the storage fails.
pub fn any_entry(driver: &mut dyn Driver) -> Result<bool, StoreError> {
    finds(driver, "SELECT 1 FROM audit LIMIT 1", &[])
}

/// The keyed hash of an entry.
///
/// # Errors
/// If the storage fails.
pub fn hash_of_entry(driver: &mut dyn Driver, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    value(driver, "SELECT hash FROM audit WHERE seq = $1", &[seq.into()])
}

/// When an entry was written.
///
/// # Errors
/// If the storage fails.
pub fn time_of_entry(driver: &mut dyn Driver, seq: i64) -> Result<Option<String>, StoreError> {
    value(driver, "SELECT at_time FROM audit WHERE seq = $1", &[seq.into()])
}

/// The sums of the tables, as they were sealed.
///
/// # Errors
/// If the storage fails.
pub fn sealed_sums(driver: &mut dyn Driver) -> Result<Option<Vec<u8>>, StoreError> {
    value(driver, "SELECT sums FROM guard WHERE id = 1", &[])
}

/// Keeps the sealed sums of the tables in place of those before.
///
/// # Errors
/// If the storage fails.
pub fn keep_sealed_sums(driver: &mut dyn Driver, sums: &[u8]) -> Result<(), StoreError> {
    let sql = "INSERT INTO guard (id, sums) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET sums = $1";
    driver.execute(sql, &[sums.into()])?;
    Ok(())
}
