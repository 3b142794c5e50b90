//! Who did what, as a chain: each entry carries a keyed hash over itself and the one before it.
//!
//! Nobody without the audit key can change, insert or take out an entry unseen. That entries at the end were cut off is seen by
//! comparing with a checkpoint that was kept elsewhere. Entries name pseudonyms and counts, never values.

use ijsberg_crypto::{Key, hex};
use ijsberg_store::{Driver, Row, Value};
use serde::Serialize;

use crate::error::RegisterError;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The policy did not allow it.
    Denied,
    /// It failed and was taken back.
    Failed,
}

impl Outcome {
    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What.
    pub operation: String,
    /// Of what: a kind and a pseudonym.
    pub subject: String,
    /// How it ended.
    pub outcome: String,
    /// Counts and names of fields.
    pub detail: String,
    /// Keyed hash of the entry before it, in hexadecimal.
    pub previous: String,
    /// Keyed hash of this one.
    pub hash: String,
}

/// The end of the chain, to be kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// Entries.
    pub entries: i64,
    /// Hash of the last.
    pub hash: String,
}

pub(crate) struct New<'a> {
    pub(crate) at: String,
    pub(crate) actor: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) detail: &'a str,
}

fn mac(key: &Key, seq: i64, parts: [&str; 6], previous: &[u8]) -> [u8; 32] {
    let seq = seq.to_le_bytes();
    let mut all: Vec<&[u8]> = vec![&seq];
    all.extend(parts.iter().map(|p| p.as_bytes()));
    all.push(previous);
    key.mac(&all)
}

/// Appends within the transaction of what it is about.
pub(crate) fn append(driver: &mut dyn Driver, key: &Key, new: &New<'_>) -> Result<(), RegisterError> {
    let last = driver.first("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1", &[])?;
    let (seq, previous) = last.map_or((1, vec![0; 32]), |r| (r.int(0) + 1, r.bytes(1).to_vec()));
    let outcome = new.outcome.name();
    let hash =
        mac(key, seq, [&new.at, new.actor, new.operation, new.subject, outcome, new.detail], &previous);
    let values: [Value; 9] = [
        seq.into(),
        new.at.as_str().into(),
        new.actor.into(),
        new.operation.into(),
        new.subject.into(),
        outcome.into(),
        new.detail.into(),
        previous.into(),
        hash.to_vec().into(),
    ];
    driver.execute(
        "INSERT INTO audit (seq, at_time, actor, operation, subject, outcome, detail, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &values,
    )?;
    Ok(())
}

/// Follows the whole chain.
pub(crate) fn verify(driver: &mut dyn Driver, key: &Key) -> Result<Checkpoint, RegisterError> {
    let (mut next, mut previous, mut wrong) = (1, vec![0; 32], None);
    let sql = "SELECT seq, at_time, actor, operation, subject, outcome, detail, previous, hash FROM audit ORDER BY seq";
    driver.each(sql, &[], &mut |r: Row| {
        if wrong.is_some() {
            return;
        }
        let parts = [1, 2, 3, 4, 5, 6].map(|c| r.text(c).to_owned());
        let expected = mac(key, r.int(0), parts.each_ref().map(String::as_str), &previous);
        if r.int(0) != next {
            wrong = Some((next, "an entry is missing"));
        } else if r.bytes(7) != previous {
            wrong = Some((next, "it does not follow the one before it"));
        } else if r.bytes(8) != expected {
            wrong = Some((next, "it was changed"));
        }
        next += 1;
        previous = r.bytes(8).to_vec();
    })?;
    match wrong {
        Some((seq, what)) => Err(RegisterError::Audit { seq, what }),
        None => Ok(Checkpoint { entries: next - 1, hash: hex(&previous) }),
    }
}

/// At most so many entries from one on.
pub(crate) fn entries(driver: &mut dyn Driver, from: i64, most: u32) -> Result<Vec<Entry>, RegisterError> {
    let sql = "SELECT seq, at_time, actor, operation, subject, outcome, detail, previous, hash FROM audit \
               WHERE seq >= $1 ORDER BY seq LIMIT $2";
    let of = |r: Row| Entry {
        seq: r.int(0),
        at: r.text(1).to_owned(),
        actor: r.text(2).to_owned(),
        operation: r.text(3).to_owned(),
        subject: r.text(4).to_owned(),
        outcome: r.text(5).to_owned(),
        detail: r.text(6).to_owned(),
        previous: hex(r.bytes(7)),
        hash: hex(r.bytes(8)),
    };
    Ok(driver.query(sql, &[from.into(), i64::from(most).into()])?.into_iter().map(of).collect())
}
