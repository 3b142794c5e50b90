//! Pairs of registrations to review, how many have been reviewed, and how often reviewers agree.

use std::collections::{BTreeMap, HashSet};

use ijsberg_crypto::hex;
use ijsberg_store::review;

use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::{self, Id, Register};
use crate::scope::Reach;
use crate::worklist::{BY_HAND, Pair};

/// Why a pair waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitReason {
    /// Nobody could decide on it.
    Undecided,
    /// Both share a code, and nobody decided on it.
    Code,
    /// Linkage found one person, with a probability below the threshold.
    Linkage,
    /// Another user decided on it and the current user has not: a second opinion.
    Second,
    /// People decided on it differently.
    Disagreement,
}

impl WaitReason {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Undecided, Self::Code, Self::Linkage, Self::Second, Self::Disagreement];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Code => "code",
            Self::Linkage => "linkage",
            Self::Second => "second",
            Self::Disagreement => "disagreement",
        }
    }

    /// The reason of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.name() == name)
    }
}

/// Which pairs of those that wait.
#[derive(Debug, Clone, PartialEq)]
pub struct PairFilter {
    /// What linkage found waits below this probability.
    pub below: f64,
    /// Of pairs of which one registration is on this list; of all if empty.
    pub list: String,
    /// For this reason; if there is none, for every reason of pairs that nobody decided on.
    pub why: Option<WaitReason>,
}

impl PairFilter {
    /// All that wait.
    pub fn below(below: f64) -> Self {
        Self { below, list: String::new(), why: None }
    }
}

/// Pairs that wait, and how far people are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Review {
    /// The first of them.
    pub pairs: Vec<Pair>,
    /// How many there are.
    pub waiting: usize,
    /// Pairs of that list that somebody decided on, for whatever reason they wait.
    pub judged: usize,
    /// Pairs that two people or more decided on, each by their last decision.
    pub twice: usize,
    /// Of those, pairs on which all decided the same.
    pub agreed: usize,
}

/// A pair, whichever registration came first.
type Key = (Id, Id);

fn unordered(a: Id, b: Id) -> Key {
    (a.min(b), a.max(b))
}

/// The last decision of each person on a pair.
type Judges = BTreeMap<String, String>;

/// When it was decided, whether it is in force, and what was decided.
type Opinion = (String, bool, String);

/// Whether all decided the same.
fn agree(judges: &Judges) -> bool {
    judges.values().collect::<HashSet<_>>().len() < 2
}

impl Register {
    /// Pairs within reach that wait for a person: first the undecided ones, then those that share a code and have no decision, then those
    /// that linkage holds for the same, the least certain first. A pair that a person decided does not return, unless a second opinion or a
    /// disagreement is requested.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn to_review(&mut self, which: &PairFilter, most: usize) -> Result<Review, RegisterError> {
        self.read_within(Operation::Link, "review", |r, reach| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let judges = r.judges(reach)?;
            let listed = r.on_list(&which.list)?;
            let mut decided = HashSet::new();
            let (mut open, mut unsure, mut second, mut apart) =
                (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            review::each_in_force(r.driver.as_mut(), reach.within(), &mut |row| {
                let pair = || Pair {
                    a: hex(&row.a),
                    b: hex(&row.b),
                    decision: Some(row.decision.clone()),
                    id: Some(hex(&row.id)),
                    probability: Some(row.probability),
                    method: row.method.clone(),
                };
                let by_hand = row.method == BY_HAND;
                match row.decision.as_str() {
                    "undecided" => open.push(pair()),
                    "same" if !by_hand && row.probability < which.below => unsure.push(pair()),
                    _ => {}
                }
                if by_hand && row.decision != "undecided" {
                    let key = unordered(row.a, row.b);
                    if let Some(judges) = judges.get(&key) {
                        if !judges.contains_key(&user) {
                            second.push(pair());
                        }
                        if !agree(judges) {
                            apart.push(pair());
                        }
                    }
                    decided.insert(key);
                }
            })?;
            let of = |p: &Pair| p.probability.unwrap_or(0.0);
            unsure.sort_by(|x, y| of(x).total_cmp(&of(y)).then_with(|| x.a.cmp(&y.a)));
            let by_code = r.pairs_by_code(reach)?;
            let mut waiting: Vec<Pair> = match which.why {
                None => open.into_iter().chain(by_code).chain(unsure).collect(),
                Some(WaitReason::Undecided) => open,
                Some(WaitReason::Code) => by_code,
                Some(WaitReason::Linkage) => unsure,
                Some(WaitReason::Second) => second,
                Some(WaitReason::Disagreement) => apart,
            };
            let key = |p: &Pair| Some(unordered(register::id(&p.a).ok()?, register::id(&p.b).ok()?));
            let on_it =
                |key: &Key| listed.as_ref().is_none_or(|on| on.contains(&key.0) || on.contains(&key.1));
            let again = matches!(which.why, Some(WaitReason::Second | WaitReason::Disagreement));
            // A pair waits once, though it may do so for several reasons.
            let mut seen = HashSet::new();
            waiting.retain(|p| {
                let Some(key) = key(p) else { return false };
                (again || !decided.contains(&key)) && on_it(&key) && seen.insert(key)
            });
            let judged = judges.iter().filter(|(key, judges)| on_it(key) && !judges.is_empty());
            let twice = judged.clone().filter(|j| j.1.len() > 1);
            let agreed = twice.clone().filter(|j| agree(j.1)).count();
            let (waits, judged, twice) = (waiting.len(), judged.count(), twice.count());
            waiting.truncate(most);
            let detail = format!("{} pairs", waiting.len());
            Ok((Review { pairs: waiting, waiting: waits, judged, twice, agreed }, detail))
        })
    }

    /// By pair, the last decision of each person who decided on it and did not undo it. One that was replaced by another person's decision
    /// is still an opinion.
    fn judges(&mut self, reach: &Reach) -> Result<BTreeMap<Key, Judges>, RegisterError> {
        let mut all: BTreeMap<Key, BTreeMap<String, Opinion>> = BTreeMap::new();
        review::each_opinion(self.driver.as_mut(), BY_HAND, reach.within(), &mut |row| {
            if row.undone_by.as_ref() != Some(&row.decided_by) {
                let opinion = (row.decided_at, row.undone_by.is_none(), row.decision);
                let judges = all.entry(unordered(row.a, row.b)).or_default();
                let last = judges.entry(row.decided_by).or_insert_with(|| opinion.clone());
                if *last < opinion {
                    *last = opinion;
                }
            }
        })?;
        let decided = |(user, (_, _, decision)): (String, Opinion)| {
            (decision != "undecided").then_some((user, decision))
        };
        Ok(all.into_iter().map(|(pair, of)| (pair, of.into_iter().filter_map(decided).collect())).collect())
    }

    /// Registrations on a list; nothing where none is named.
    fn on_list(&mut self, list: &str) -> Result<Option<HashSet<Id>>, RegisterError> {
        if list.is_empty() {
            return Ok(None);
        }
        Ok(Some(review::on_list(self.driver.as_mut(), list)?))
    }

    /// Pairs within reach that people decided on by hand, and whether they are one person: used to calibrate the probabilities of linkage.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn judged(&mut self) -> Result<Vec<(Id, Id, bool)>, RegisterError> {
        self.read_within(Operation::Link, "judged pairs", |r, reach| {
            let pairs = review::judged(r.driver.as_mut(), BY_HAND, reach.within())?;
            let all: Vec<_> = pairs.into_iter().map(|p| (p.a, p.b, p.decision == "same")).collect();
            let detail = format!("{} pairs", all.len());
            Ok((all, detail))
        })
    }

    /// Pairs that share a code and that no decision in force joins.
    fn pairs_by_code(&mut self, reach: &Reach) -> Result<Vec<Pair>, RegisterError> {
        let groups = self.groups(reach)?;
        let mut all = Vec::new();
        review::each_by_code(self.driver.as_mut(), reach.within(), &mut |row| {
            if groups.root(row.a) != groups.root(row.b) {
                let method = format!("code {}", row.scheme);
                all.push(Pair {
                    a: hex(&row.a),
                    b: hex(&row.b),
                    decision: None,
                    id: None,
                    probability: None,
                    method,
                });
            }
        })?;
        Ok(all)
    }
}
