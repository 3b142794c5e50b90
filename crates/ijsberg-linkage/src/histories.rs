//! What a partition says of the lists: a capture history for each person.

use rand::RngExt;
use rand_distr::{Distribution, Poisson};

use crate::generate::stream;
use crate::resolve::Totals;

/// Persons by capture history of the lists, from the group and the list of each record. Bit `j` of a history is list `j`.
pub fn histories(groups: &[u32], lists: &[usize]) -> Vec<(u32, u64)> {
    tally(persons(groups, lists).into_iter())
}

/// What is missing from a grouping.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Missing {
    /// A share of the links between two lists; how many persons that joins is not known.
    Links(f64),
    /// Persons and overlaps of two lists as they should be; see [`crate::resolve`].
    Totals(Totals),
}

/// The same with links put back that were never compared or not recognised.
///
/// Which they are is unknown; here they are taken to lie between pairs of lists as the links that were found do. Persons on
/// one list of such a pair and not on the other are joined at random until as many overlaps are made as are missing, their
/// number drawn as Poisson; or until there are as many persons as there should be, joining larger or smaller ones so that
/// the overlaps come out too. Used on every draw of a linkage this carries the doubt on.
pub fn restored(groups: &[u32], lists: &[usize], missing: Missing, seed: u64, draw: u64) -> Vec<(u32, u64)> {
    let mut rng = stream(seed ^ 0x9e57, draw);
    let mut all = persons(groups, lists);
    // Pairs of lists by how often a person is on both.
    let between: Vec<(usize, usize)> = all
        .iter()
        .flat_map(|mask| {
            let on: Vec<usize> = (0..32).filter(|l| mask >> l & 1 == 1).collect();
            (0..on.len())
                .flat_map(|a| (a + 1..on.len()).map(|b| (on[a], on[b])).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .collect();
    let found = between.len() as f64;
    let (mut joins, mut links) = match missing {
        Missing::Links(loss) => {
            let expected = found * loss / (1.0 - loss).max(0.05);
            (f64::INFINITY, Poisson::new(expected.max(1e-9)).map_or(0.0, |p| p.sample(&mut rng)))
        }
        Missing::Totals(t) => (all.len() as f64 - t.persons, t.overlaps - found),
    };
    // The links still due, shared over the joins or partings still to make, say whether small ones or large ones are next;
    // too small ones are let pass now and then, for there may be no others.
    let fits = |made: f64, joins: f64, links: f64, luck: f64| {
        let due = links / joins;
        made < (due + 1.0).max(1.5) && (made > due - 1.0 || luck < 0.05)
    };
    let tries = 100 * groups.len();
    let more = |joins: f64, links: f64| joins >= 0.5 && (links > 0.0 || joins.is_finite());
    for _ in 0..tries {
        if !more(joins, links) || between.is_empty() {
            break;
        }
        let (a, b) = between[rng.random_range(0..between.len())];
        let (i, j) = (rng.random_range(0..all.len()), rng.random_range(0..all.len()));
        let (x, y) = (all[i], all[j]);
        let made = f64::from(x.count_ones() * y.count_ones());
        let apart = x >> a & 1 == 1 && y >> b & 1 == 1 && x & y == 0;
        if i != j && apart && (joins.is_infinite() || fits(made, joins, links, rng.random())) {
            all[i] = x | y;
            all.swap_remove(j);
            joins -= 1.0;
            links -= made;
        }
    }
    // More were put together than belong so: lists are parted from persons, else errors could only be undone one way.
    for _ in 0..tries {
        if joins > -0.5 || !joins.is_finite() {
            break;
        }
        let (i, list) = (rng.random_range(0..all.len()), rng.random_range(0..32));
        let (x, one) = (all[i], 1 << list);
        let made = f64::from(x.count_ones()) - 1.0;
        if x & one != 0 && x != one && fits(made, joins, links, rng.random()) {
            all[i] = x & !one;
            all.push(one);
            joins += 1.0;
            links += made;
        }
    }
    tally(all.into_iter())
}

/// The history of each person.
fn persons(groups: &[u32], lists: &[usize]) -> Vec<u32> {
    let mut all = vec![0; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| all[*g as usize] |= 1 << l);
    all.retain(|p| *p > 0);
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

    /// Whatever was joined or parted wrongly, persons and overlaps come out as they should be.
    #[test]
    fn totals_are_met_from_both_sides() {
        let groups: Vec<u32> = (0..3000).map(|i| i / 3).collect();
        let lists: Vec<usize> = (0..3000).map(|i| i % 3).collect();
        for (persons, overlaps) in [(1000.0, 3000.0), (1200.0, 2600.0), (1500.0, 2000.0)] {
            let totals = Totals { persons, overlaps, precision: 1.0, recall: 1.0 };
            let parted = restored(&groups, &lists, Missing::Totals(totals), 3, 0);
            let count: u64 = parted.iter().map(|c| c.1).sum();
            let met: f64 = parted
                .iter()
                .map(|c| f64::from(c.0.count_ones()))
                .map(|n| n * (n - 1.0) / 2.0)
                .zip(parted.iter().map(|c| c.1 as f64))
                .map(|(p, c)| p * c)
                .sum();
            assert!((count as f64 - persons).abs() < 1.0, "{count} {persons}");
            assert!((met - overlaps).abs() < 0.01 * overlaps, "{met} {overlaps}");
        }
        let apart: Vec<u32> = (0..3000).collect();
        let totals = Totals { persons: 2500.0, overlaps: 500.0, precision: 1.0, recall: 1.0 };
        // Nobody is on two lists, so nothing says between which lists persons should be joined.
        assert_eq!(restored(&apart, &lists, Missing::Totals(totals), 3, 0), histories(&apart, &lists));
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
        let back = restored(&groups, &lists, Missing::Links(loss), 1, 0);
        assert!(at(&back).abs_diff(u64::from(both)) < 120, "{back:?}");
        let persons: u64 = back.iter().map(|c| c.1).sum();
        assert!(persons.abs_diff(u64::from(both + 2 * alone)) < 120);
        assert_eq!(restored(&groups, &lists, Missing::Links(0.0), 1, 0), histories(&groups, &lists));
    }
}
