//! Registrations that decisions in force hold for one person, with every decision between them: what a linker sees before joining two.

use std::collections::BTreeMap;

use ijsberg_store::{Row, Value};

use crate::error::RegisterError;
use crate::links::both;
use crate::register::{Id, Register};
use crate::registrations::{COLUMNS, Registration};
use crate::scope::Reach;

/// Registrations of a group that are shown; of a larger one, nobody knows how many there are.
pub const MOST_MEMBERS: usize = 16;

/// Registrations around a pair, and what was decided about them.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Group {
    /// The registrations, those of the pair first.
    pub members: Vec<Registration>,
    /// Decisions in force between two of them.
    pub links: Vec<MemberDecision>,
    /// There are more than [`MOST_MEMBERS`].
    pub more: bool,
}

/// A decision in force between two members of a group.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MemberDecision {
    /// The place of one in the group.
    pub a: usize,
    /// That of the other, which comes later.
    pub b: usize,
    /// `same`, `different` or `undecided`.
    pub decision: String,
    /// How sure, 0 to 1.
    pub probability: f64,
    /// How it was come by.
    pub method: String,
}

/// A decision in force, with its name: both registrations, what was decided, how sure, and how it was come by.
type InForce = (Id, (Id, Id, String, f64, String));

impl Register {
    /// The registrations within reach that decisions in force join with those of a pair.
    pub(crate) fn group_of(&mut self, pair: [Id; 2], reach: &Reach) -> Result<Group, RegisterError> {
        let mut places: BTreeMap<Id, usize> = BTreeMap::new();
        let mut members: Vec<Id> = Vec::new();
        for id in pair {
            if places.insert(id, members.len()).is_none() {
                members.push(id);
            }
        }
        let (mut at, mut more) = (0, false);
        let mut decided: BTreeMap<Id, (Id, Id, String, f64, String)> = BTreeMap::new();
        while at < members.len() {
            for (id, link) in self.decisions_on(&members[at], reach)? {
                let other = if link.0 == members[at] { link.1 } else { link.0 };
                if link.2 == "same" && !places.contains_key(&other) {
                    if members.len() == MOST_MEMBERS {
                        more = true;
                        continue;
                    }
                    places.insert(other, members.len());
                    members.push(other);
                }
                decided.insert(id, link);
            }
            at += 1;
        }
        let mut links: Vec<MemberDecision> = decided
            .into_values()
            .filter_map(|(a, b, decision, probability, method)| {
                let (a, b) = (*places.get(&a)?, *places.get(&b)?);
                Some(MemberDecision { a: a.min(b), b: a.max(b), decision, probability, method })
            })
            .collect();
        links.sort_by_key(|l| (l.a, l.b));
        let mut shown = Vec::new();
        for id in &members {
            let sql = format!("SELECT {COLUMNS} FROM registration WHERE id = $1");
            shown
                .extend(self.driver.query(&sql, &[id.as_slice().into()])?.iter().map(Registration::from_row));
        }
        Ok(Group { members: shown, links, more })
    }

    /// Decisions in force on a registration, of which both are within reach.
    fn decisions_on(&mut self, id: &Id, reach: &Reach) -> Result<Vec<InForce>, RegisterError> {
        let mut values: Vec<Value> = vec![id.as_slice().into()];
        let sql = format!(
            "SELECT id, a, b, decision, probability, method FROM link_decision \
             WHERE undone_at IS NULL AND (a = $1 OR b = $1) AND {}",
            both(reach, &mut values)
        );
        let of = |row: &Row| {
            let [id, a, b] = [0, 1, 2].map(|at| row.bytes(at).try_into().ok());
            let probability = row.text(4).parse().unwrap_or(0.0);
            Some((id?, (a?, b?, row.text(3).to_owned(), probability, row.text(5).to_owned())))
        };
        Ok(self.driver.query(&sql, &values)?.iter().filter_map(of).collect())
    }
}
