//! Levels of a covariate that are the sum of its other levels, such as a country beside its regions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use ijsberg_mse::histories::Mask;

use crate::Note;
use crate::missing::is_missing;
use crate::numbers::Count;

/// Histories that a sum must be a sum for, so that it is none by chance.
const ENOUGH: usize = 3;

/// Persons whom a sum must hold in all: three small counts add up by chance.
const MANY: u64 = 20;

/// Levels that a covariate may have and still be looked at.
const MOST_LEVELS: usize = 200;

/// A row of the table: its line, its history and what its count says.
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    pub(crate) history: Mask,
    pub(crate) count: Option<Count>,
    pub(crate) cells: &'a [String],
}

/// Which rows hold the sum of others, and the notes on them. `covariates` are columns with their names.
///
/// A level is the sum of the others when for every history, and every combination of the other covariates, its count is that of
/// all other levels together. At least two other levels must have persons: of two levels with the same counts nothing shows which
/// is the sum.
pub(crate) fn sums(rows: &[Row<'_>], covariates: &[(usize, String)]) -> (HashSet<usize>, Vec<Note>) {
    let (mut gone, mut notes) = (HashSet::new(), Vec::new());
    loop {
        let found =
            covariates.iter().find_map(|(at, name)| Some((at, name, sum(rows, &gone, *at, covariates)?)));
        let Some((at, name, level)) = found else { return (gone, notes) };
        let of_level = |i: &usize| !gone.contains(i) && rows[*i].cells[*at] == level;
        let apart: Vec<usize> = (0..rows.len()).filter(of_level).collect();
        let line = apart.first().map_or(0, |i| rows[*i].line);
        gone.extend(apart);
        notes.push(Note::Sum { column: name.clone(), level, line });
    }
}

/// The level of a covariate that is the sum of its others.
fn sum(rows: &[Row<'_>], gone: &HashSet<usize>, at: usize, covariates: &[(usize, String)]) -> Option<String> {
    let mut groups = HashMap::<(Mask, Vec<&str>), BTreeMap<&str, Option<u64>>>::new();
    let mut levels = BTreeSet::new();
    for (_, row) in rows.iter().enumerate().filter(|(i, r)| !gone.contains(i) && r.history != 0) {
        let level = row.cells[at].as_str();
        levels.insert(level);
        if is_missing(level) || levels.len() > MOST_LEVELS {
            return None;
        }
        let others = covariates.iter().filter(|c| c.0 != at).map(|c| row.cells[c.0].as_str()).collect();
        let group = groups.entry((row.history, others)).or_default();
        let exact = match row.count {
            Some(Count::Exact(n)) => Some(n),
            _ => None,
        };
        let said = group.entry(level).or_insert(Some(0));
        *said = said.zip(exact).and_then(|(a, b)| a.checked_add(b));
    }
    // A group of which a count is hidden shows nothing.
    let known: Vec<BTreeMap<&str, u64>> = groups
        .into_values()
        .filter_map(|g| g.into_iter().map(|(level, n)| Some((level, n?))).collect::<Option<_>>())
        .filter(|g: &BTreeMap<&str, u64>| g.values().any(|n| *n > 0))
        .collect();
    let largest = |g: &BTreeMap<&str, u64>| g.values().copied().max().unwrap_or(0);
    let is_sum = |level: &&&str| {
        let half = |g: &BTreeMap<&str, u64>| {
            let together = g.values().try_fold(0_u64, |s, n| s.checked_add(*n));
            g.get(**level) == Some(&largest(g)) && together == largest(g).checked_mul(2)
        };
        let others: HashSet<&str> = known
            .iter()
            .flat_map(|g| g.iter().filter(|(l, n)| *l != *level && **n > 0).map(|(l, _)| *l))
            .collect();
        let all = known.iter().map(largest).fold(0_u64, u64::saturating_add);
        others.len() >= 2 && all >= MANY && known.iter().all(half)
    };
    (known.len() >= ENOUGH).then(|| levels.iter().find(is_sum).map(|l| (*l).to_owned()))?
}
