//! The audit log as a chain: each entry carries a keyed hash of itself and of the one before it.
//!
//! Without the audit key no entry can be changed, inserted or deleted unnoticed. Truncation at the end is detected by comparison with a
//! checkpoint that was kept elsewhere. Entries contain pseudonyms and counts, never values.

use std::collections::BTreeSet;

use ijsberg_crypto::{Key, hex};
use ijsberg_store::audit::{self as stored, ChainedEntry, Part};
use ijsberg_store::{Driver, StoreError};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::error::RegisterError;
use crate::expected::Break;
use crate::keys::Ring;
use crate::scope::Reach;

/// Clocks of two machines differ by as much.
pub(crate) const BEHIND: SignedDuration = SignedDuration::from_mins(5);

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// The policy did not allow it.
    Denied,
    /// It failed and was rolled back.
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
    /// Entries that are older than those before them by more than clocks differ and requests last: the clock was set back.
    pub backwards: Vec<i64>,
}

/// The last entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
}

impl End {
    /// Before the first entry.
    pub(crate) fn none() -> Self {
        Self { seq: 0, hash: vec![0; 32] }
    }
}

pub(crate) struct New<'a> {
    pub(crate) at: String,
    pub(crate) actor: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) outcome: Outcome,
    pub(crate) detail: &'a str,
}

fn mac(key: &Key, seq: i64, parts: [&str; 7], state: &[u8], previous: &[u8]) -> [u8; 32] {
    let seq = seq.to_le_bytes();
    let mut all: Vec<&[u8]> = vec![&seq];
    all.extend(parts.iter().map(|p| p.as_bytes()));
    all.extend([state, previous]);
    key.mac(&all)
}

/// Appends an entry after the last one, within the transaction that it records. `state` authenticates the rows of all tables.
pub(crate) fn append(
    driver: &mut dyn Driver,
    (name, key): (&str, &Key),
    last: &End,
    state: &[u8],
    new: &New<'_>,
) -> Result<End, RegisterError> {
    let (seq, previous) = (last.seq + 1, last.hash.clone());
    let outcome = new.outcome.name();
    let parts = [&new.at, new.actor, new.operation, new.subject, outcome, new.detail, name];
    let hash = mac(key, seq, parts, state, &previous).to_vec();
    let entry = ChainedEntry {
        seq,
        at_time: new.at.clone(),
        actor: new.actor.to_owned(),
        operation: new.operation.to_owned(),
        subject: new.subject.to_owned(),
        outcome: outcome.to_owned(),
        detail: new.detail.to_owned(),
        previous,
        hash,
        key_name: Some(name.to_owned()),
        state: Some(state.to_vec()),
    };
    stored::append(driver, &entry)?;
    Ok(End { seq, hash: entry.hash })
}

/// Records which organisations an entry concerns; none if it concerns all together.
pub(crate) fn append_organisations(
    driver: &mut dyn Driver,
    seq: i64,
    organisations: &BTreeSet<String>,
) -> Result<(), RegisterError> {
    for organisation in organisations {
        stored::note_organisation(driver, seq, organisation)?;
    }
    Ok(())
}

/// Verifies the whole chain. No entry uses an older key than the entry before it, so that nobody can append with a key that was replaced.
pub(crate) fn verify(driver: &mut dyn Driver, ring: &Ring) -> Result<Checkpoint, RegisterError> {
    let (mut next, mut previous, mut wrong) = (1, vec![0; 32], None);
    let (mut place, mut latest, mut backwards) = (0, Timestamp::MIN, Vec::new());
    let read = stored::each_entry(driver, &mut |e| {
        if wrong.is_some() {
            return;
        }
        // What was written before keys had names is under none that is known.
        let name = e.key_name.as_deref().unwrap_or_default();
        let state = e.state.as_deref().unwrap_or_default();
        let parts: [&str; 7] = [&e.at_time, &e.actor, &e.operation, &e.subject, &e.outcome, &e.detail, name];
        let key = ring.get(name).filter(|_| ring.place(name) >= Some(place));
        let expected = key.map(|k| mac(k, e.seq, parts, state, &previous));
        place = ring.place(name).unwrap_or(place);
        // Entries stand in the order in which they were written; each has the time at which its request began.
        let at = e.at_time.parse().unwrap_or(latest);
        if latest != Timestamp::MIN && latest.duration_since(at) > BEHIND {
            backwards.push(e.seq);
            latest = at;
        }
        latest = latest.max(at);
        if e.seq != next {
            wrong = Some((next, Break::Missing));
        } else if e.previous != previous {
            wrong = Some((next, Break::DoesNotFollow));
        } else if expected.is_none_or(|x| e.hash != x) {
            wrong = Some((next, Break::Changed));
        }
        next += 1;
        previous = e.hash;
    });
    // A broken entry is reported, whatever comes after it.
    if let Some((seq, what)) = wrong {
        return Err(RegisterError::Audit { seq, what });
    }
    match read {
        // A value of another type than the one written: it was changed, and the chain breaks here.
        Err(StoreError::Unreadable { .. }) => Err(RegisterError::Audit { seq: next, what: Break::Changed }),
        Err(other) => Err(other.into()),
        Ok(()) => Ok(Checkpoint { entries: next - 1, hash: hex(&previous), backwards }),
    }
}

/// At most `most` entries of a part, oldest first: those that concern organisations within reach and no others.
pub(crate) fn entries(
    driver: &mut dyn Driver,
    reach: &Reach,
    part: Part,
    most: u32,
) -> Result<Vec<Entry>, RegisterError> {
    let read = |e: stored::Entry| Entry {
        seq: e.seq,
        at: e.at_time,
        actor: e.actor,
        operation: e.operation,
        subject: e.subject,
        outcome: e.outcome,
        detail: e.detail,
        previous: hex(&e.previous),
        hash: hex(&e.hash),
    };
    Ok(stored::entries(driver, reach.within(), part, most)?.into_iter().map(read).collect())
}
