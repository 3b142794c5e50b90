//! What is asked of a plan, and the changes that are tried out for it.

use serde::Serialize;

use super::change::Change;
use crate::histories::Histories;
use crate::methods::Settings;

/// Pairs that are joined and separated.
const PAIRS: usize = 2;

/// What is asked of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSettings {
    /// Shares of the population that one list more reaches, above 0 and below 1.
    pub reaches: Vec<f64>,
    /// What the odds of being on one list more are multiplied by for persons on a list, above 0; each is tried with the middle of the shares above.
    pub known: Vec<f64>,
    /// What the odds of being on each list are multiplied by, above 1.
    pub odds: Vec<f64>,
    /// Persons in a random sample.
    pub samples: Vec<u64>,
    /// Shares of the uncertain links that are resolved, for a table from draws of a linkage.
    pub resolved: Vec<f64>,
    /// Tables that are made and judged for each change.
    pub simulations: u64,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Default for PlanSettings {
    fn default() -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self {
            reaches: vec![0.05, 0.1, 0.2],
            known: vec![3.0],
            odds: vec![1.5, 2.0],
            samples: vec![50, 100, 200, 500, 1000, 2000],
            resolved: vec![0.5, 1.0],
            simulations: 20,
            level,
            seed,
        }
    }
}

/// Two lists that depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Dependent {
    /// Their places among the lists.
    pub lists: [usize; 2],
    /// The weight of the models in which they do, from 0 to 1.
    pub weight: f64,
}

/// The changes that make a table.
pub(super) fn changes(h: &Histories, dependent: &[Dependent], asked: &PlanSettings) -> Vec<Change> {
    let lists = asked.reaches.iter().map(|reach| Change::AddList { reach: *reach });
    let mut sorted = asked.reaches.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.get(sorted.len() / 2).copied();
    let known = asked
        .known
        .iter()
        .filter_map(|odds| middle.map(|reach| Change::AddDependentList { reach, odds: *odds }));
    let largest = (0..h.t()).max_by_key(|j| (h.list_size(*j), std::cmp::Reverse(*j)));
    let split = largest.map(|list| Change::Split { list });
    let wider = asked.odds.iter().map(|odds| Change::WidenLists { odds: *odds });
    let pairs = || dependent.iter().take(if h.t() > 2 { PAIRS } else { 0 }).map(|d| d.lists);
    let separate = pairs().map(|lists| Change::Separate { lists });
    let join = pairs().map(|lists| Change::Join { lists });
    // What is new comes last: the draws of a change depend on its place, and those of the others stay what they were.
    lists.chain(wider).chain(separate).chain(join).chain(split).chain(known).collect()
}
