//! Registrations that decisions in force hold for one person, with every decision between them: shown to a linkage specialist before
//! joining two.

use std::collections::BTreeMap;

use ijsberg_store::links::{self as store, FullDecision};
use ijsberg_store::registrations::registration;

use crate::error::RegisterError;
use crate::register::{Id, Register};
use crate::registrations::Registration;
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
    /// How it was reached.
    pub method: String,
}

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
        let mut decided: BTreeMap<Id, FullDecision> = BTreeMap::new();
        while at < members.len() {
            for link in store::in_force_on(self.driver.as_mut(), &members[at], reach.within())? {
                let other = if link.a == members[at] { link.b } else { link.a };
                if link.decision == "same" && !places.contains_key(&other) {
                    if members.len() == MOST_MEMBERS {
                        more = true;
                        continue;
                    }
                    places.insert(other, members.len());
                    members.push(other);
                }
                decided.insert(link.id, link);
            }
            at += 1;
        }
        let mut links: Vec<MemberDecision> = decided
            .into_values()
            .filter_map(|link| {
                let (a, b) = (*places.get(&link.a)?, *places.get(&link.b)?);
                let FullDecision { decision, probability, method, .. } = link;
                Some(MemberDecision { a: a.min(b), b: a.max(b), decision, probability, method })
            })
            .collect();
        links.sort_by_key(|l| (l.a, l.b));
        let mut shown = Vec::new();
        for id in &members {
            shown.extend(registration(self.driver.as_mut(), id)?.map(Registration::from));
        }
        Ok(Group { members: shown, links, more })
    }
}
