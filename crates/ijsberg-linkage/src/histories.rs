//! What a partition says of the lists: a capture history for each person.

use rand::RngExt;
use rand_distr::{Distribution, Poisson};

use crate::generate::stream;

/// Persons by capture history of the lists, from the group and the list of each record. Bit `j` of a history is list `j`.
pub fn histories(groups: &[u32], lists: &[usize]) -> Vec<(u32, u64)> {
    tally(persons(groups, lists).into_iter().map(|p| p.0))
}

/// The same with the links put back that no rule could find.
///
/// A share `loss` of the pairs of records that belong together was never compared. Which they are is unknown; here they are
/// taken to lie between pairs of lists as the links that were found do. Persons on one list of such a pair and not on the
/// other are joined at random until as many pairs are made as are missing, their number drawn as Poisson. Used on every draw
/// of a linkage this carries the doubt on.
pub fn restored(groups: &[u32], lists: &[usize], loss: f64, seed: u64, draw: u64) -> Vec<(u32, u64)> {
    let mut rng = stream(seed ^ 0x9e57, draw);
    let mut all = persons(groups, lists);
    // Pairs of lists by how often a person is on both.
    let between: Vec<(usize, usize)> = all
        .iter()
        .flat_map(|(mask, _)| {
            let on: Vec<usize> = (0..32).filter(|l| mask >> l & 1 == 1).collect();
            (0..on.len())
                .flat_map(|a| (a + 1..on.len()).map(|b| (on[a], on[b])).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .collect();
    let found: f64 = all.iter().map(|(_, size)| f64::from(*size) * (f64::from(*size) - 1.0) / 2.0).sum();
    let expected = found * loss / (1.0 - loss).max(0.05);
    let mut missing = Poisson::new(expected.max(1e-9)).map_or(0.0, |p| p.sample(&mut rng));
    let mut tries = 0;
    while missing > 0.0 && !between.is_empty() && tries < 100 * groups.len() {
        tries += 1;
        let (a, b) = between[rng.random_range(0..between.len())];
        let (i, j) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
        let (x, y) = (all[i], all[j]);
        let apart = x.0 >> a & 1 == 1 && y.0 >> b & 1 == 1 && x.0 & y.0 == 0;
        if i != j && apart {
            all[i] = (x.0 | y.0, x.1 + y.1);
            all.swap_remove(j);
            missing -= f64::from(x.1) * f64::from(y.1);
        }
    }
    tally(all.into_iter().map(|p| p.0))
}

/// History and number of records of each person.
fn persons(groups: &[u32], lists: &[usize]) -> Vec<(u32, u32)> {
    let most = groups.iter().max().map_or(0, |g| *g as usize + 1);
    let mut all = vec![(0, 0); most];
    for (g, l) in groups.iter().zip(lists) {
        let p = &mut all[*g as usize];
        p.0 |= 1 << l;
        p.1 += 1;
    }
    all.retain(|p| p.0 > 0);
    all
}

fn tally(masks: impl Iterator<Item = u32>) -> Vec<(u32, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    masks.for_each(|m| *counts.entry(m).or_insert(0) += 1);
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_on_every_list_that_holds_a_record() {
        assert_eq!(histories(&[0, 0, 1, 1, 3], &[0, 1, 1, 1, 2]), [(2, 1), (3, 1), (4, 1)]);
    }

    /// Two lists whose links were cut at random: putting back what was cut gives the overlap again.
    #[test]
    fn links_cut_at_random_come_back_in_number() {
        let (both, alone, cut) = (4000_u32, 1000_u32, 800_u32);
        let mut groups = Vec::new();
        let mut lists = Vec::new();
        let mut next = 0;
        for i in 0..both {
            groups.extend(if i < cut { [next, next + 1] } else { [next, next] });
            lists.extend([0, 1]);
            next += 2;
        }
        for _ in 0..alone {
            groups.extend([next, next + 1]);
            lists.extend([0, 1]);
            next += 2;
        }
        let loss = f64::from(cut) / f64::from(both);
        let at = |h: &[(u32, u64)]| h.iter().find(|c| c.0 == 3).map_or(0, |c| c.1);
        assert_eq!(at(&histories(&groups, &lists)), u64::from(both - cut));
        let back = restored(&groups, &lists, loss, 1, 0);
        assert!(at(&back).abs_diff(u64::from(both)) < 120, "{back:?}");
        let persons: u64 = back.iter().map(|c| c.1).sum();
        assert!(persons.abs_diff(u64::from(both + 2 * alone)) < 120);
        assert_eq!(restored(&groups, &lists, 0.0, 1, 0), histories(&groups, &lists));
    }
}
