//! Who did what, as a chain: each entry carries a keyed hash over itself and the one before it.
//!
//! Nobody without the audit key can change, insert or take out an entry unseen. That entries at the end were cut off is seen by
//! comparing with a checkpoint that was kept elsewhere. Entries name pseudonyms and counts, never values.

use std::collections::BTreeSet;

use ijsberg_crypto::{Key, hex};
use ijsberg_store::{Driver, Row, Value};
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

/// Appends after the last entry, within the transaction of what it is about. `state` vouches for the rows of all tables.
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
    let hash = mac(key, seq, parts, state, &previous);
    let values: [Value; 11] = [
        seq.into(),
        new.at.as_str().into(),
        new.actor.into(),
        new.operation.into(),
        new.subject.into(),
        outcome.into(),
        new.detail.into(),
        previous.into(),
        hash.to_vec().into(),
        name.into(),
        state.into(),
    ];
    driver.execute(
        "INSERT INTO audit (seq, at_time, actor, operation, subject, outcome, detail, previous, hash, key_name, state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &values,
    )?;
    Ok(End { seq, hash: hash.to_vec() })
}

/// Notes of which organisations an entry will be; of none where it is of all together.
pub(crate) fn append_organisations(
    driver: &mut dyn Driver,
    seq: i64,
    organisations: &BTreeSet<String>,
) -> Result<(), RegisterError> {
    for organisation in organisations {
        // One that is not there may be anything that somebody typed.
        let there =
            driver.first("SELECT 1 FROM organisation WHERE id = $1", &[organisation.as_str().into()])?;
        if there.is_some() {
            let row = vec![seq.into(), organisation.as_str().into()];
            driver.insert_new("audit_organisation", &["seq", "organisation"], &mut std::iter::once(row))?;
        }
    }
    Ok(())
}

/// Follows the whole chain. Keys of entries only grow newer: whoever knows one that was changed cannot write on with it.
pub(crate) fn verify(driver: &mut dyn Driver, ring: &Ring) -> Result<Checkpoint, RegisterError> {
    let (mut next, mut previous, mut wrong) = (1, vec![0; 32], None);
    let (mut place, mut latest, mut backwards) = (0, Timestamp::MIN, Vec::new());
    let sql = "SELECT seq, at_time, actor, operation, subject, outcome, detail, previous, hash, key_name, state \
               FROM audit ORDER BY seq";
    driver.each(sql, &[], &mut |r: Row| {
        if wrong.is_some() {
            return;
        }
        let parts = [1, 2, 3, 4, 5, 6, 9].map(|c| r.text(c).to_owned());
        let key = ring.get(r.text(9)).filter(|_| ring.place(r.text(9)) >= Some(place));
        let expected =
            key.map(|k| mac(k, r.int(0), parts.each_ref().map(String::as_str), r.bytes(10), &previous));
        place = ring.place(r.text(9)).unwrap_or(place);
        // Entries stand in the order in which they were written; each has the time at which its request began.
        let at = parts[0].parse().unwrap_or(latest);
        if latest != Timestamp::MIN && latest.duration_since(at) > BEHIND {
            backwards.push(r.int(0));
            latest = at;
        }
        latest = latest.max(at);
        if r.int(0) != next {
            wrong = Some((next, Break::Missing));
        } else if r.bytes(7) != previous {
            wrong = Some((next, Break::DoesNotFollow));
        } else if expected.is_none_or(|e| r.bytes(8) != e) {
            wrong = Some((next, Break::Changed));
        }
        next += 1;
        previous = r.bytes(8).to_vec();
    })?;
    match wrong {
        Some((seq, what)) => Err(RegisterError::Audit { seq, what }),
        None => Ok(Checkpoint { entries: next - 1, hash: hex(&previous), backwards }),
    }
}

/// A part of the log.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// From an entry on.
    From(i64),
    /// The last ones before an entry.
    Before(i64),
}

/// A condition on entries `a`: they concern organisations within reach, and no other.
pub(crate) fn within(reach: &Reach, values: &mut Vec<Value>) -> String {
    match reach {
        Reach::Everywhere => "1 = 1".to_owned(),
        Reach::Only(_) => {
            let own = reach.condition("o.organisation", values);
            let of = "SELECT 1 FROM audit_organisation o WHERE o.seq = a.seq";
            format!("EXISTS ({of} AND {own}) AND NOT EXISTS ({of} AND NOT ({own}))")
        }
    }
}

/// At most so many entries of a part, oldest first: of those that are of organisations within reach and of no other.
pub(crate) fn entries(
    driver: &mut dyn Driver,
    reach: &Reach,
    part: Part,
    most: u32,
) -> Result<Vec<Entry>, RegisterError> {
    let (from, compared, order) = match part {
        Part::From(seq) => (seq, ">=", "ASC"),
        Part::Before(seq) => (seq, "<", "DESC"),
    };
    let mut values: Vec<Value> = vec![from.into(), i64::from(most).into()];
    let own = within(reach, &mut values);
    let sql = format!(
        "SELECT seq, at_time, actor, operation, subject, outcome, detail, previous, hash FROM audit a \
         WHERE seq {compared} $1 AND {own} ORDER BY seq {order} LIMIT $2"
    );
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
    let mut all: Vec<Entry> = driver.query(&sql, &values)?.into_iter().map(of).collect();
    all.sort_by_key(|e| e.seq);
    Ok(all)
}
