//! Capture histories from a partition, one for each person.

mod person;
mod put_back;

use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::covariates::{Covariates, NONE};
use crate::generate::stream;
use crate::histories::person::{Person, persons};
pub use crate::histories::put_back::Missing;
use crate::histories::put_back::put_back;

/// Persons by capture history of the lists, from the group and the list of each record. Bit `j` of a history is list `j`.
///
/// ```
/// use ijsberg_linkage::histories::histories;
///
/// // Four records of three people: one on both lists, one on each alone.
/// assert_eq!(histories(&[0, 0, 1, 2], &[0, 1, 0, 1]), [(0b01, 1), (0b10, 1), (0b11, 1)]);
/// ```
pub fn histories(groups: &[u32], lists: &[usize]) -> Vec<(u32, u64)> {
    tally(persons(groups, lists, &NONE).into_iter().map(|p| p.on))
}

/// The same by covariates.
pub fn histories_by(groups: &[u32], lists: &[usize], covariates: &Covariates) -> Vec<Cell> {
    cells(persons(groups, lists, covariates))
}

/// Persons with one history and the same values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The history.
    pub history: u32,
    /// By covariate the value; `None` where it is not known.
    pub values: Vec<Option<u32>>,
    /// Persons.
    pub persons: u64,
}

/// The same with links put back that were never compared or not recognised.
///
/// Which they are is unknown; here they are taken to lie between pairs of lists as the links that were found do. Persons on
/// one list of such a pair and not on the other are joined at random until as many overlaps are made as are missing, their
/// number drawn as Poisson; or until there are as many persons as there should be, joining larger or smaller ones so that
/// the overlaps come out too. Where people have several records on a list, those who share a list are joined too, as often as
/// people were found to have several records there. Used on every draw of a linkage, this carries the uncertainty of the linkage forward.
pub fn restored(groups: &[u32], lists: &[usize], missing: Missing, seed: u64, draw: u64) -> Vec<(u32, u64)> {
    tally(put_back((groups, lists), &NONE, missing, (seed, draw)).into_iter().map(|p| p.on))
}

/// The same by covariates: persons who are joined agree on every covariate known for both, unless no such persons are left.
pub fn restored_by(
    (groups, lists): (&[u32], &[usize]),
    covariates: &Covariates,
    missing: Missing,
    seed: u64,
    draw: u64,
) -> Vec<Cell> {
    cells(put_back((groups, lists), covariates, missing, (seed, draw)))
}

/// How many pairs of records of two lists belong together, and the standard deviation of that number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Between {
    /// The lists.
    pub lists: (usize, usize),
    /// Pairs of records.
    pub pairs: f64,
    /// The standard deviation of that number.
    pub doubt: f64,
}

/// Histories with links put back until as many pairs of records of each two lists belong together as a model of their
/// agreement says: which pairs they are is not known, but their number is. Persons who hold records of
/// two lists that lack links are joined at random. The numbers are drawn again for every draw, from their uncertainty.
pub fn restored_between(
    groups: &[u32],
    lists: &[usize],
    between: &[Between],
    seed: u64,
    draw: u64,
) -> Vec<(u32, u64)> {
    let mut rng = stream(seed ^ 0xbe77, draw);
    let most = lists.iter().max().map_or(1, |l| l + 1);
    let mut all = vec![vec![0_u32; most]; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| all[*g as usize][*l] += 1);
    let mut lacking: Vec<f64> = between
        .iter()
        .map(|b| {
            let (k, l) = b.lists;
            let found: f64 = all.iter().map(|p| f64::from(p[k] * p[l])).sum();
            let z: f64 = StandardNormal.sample(&mut rng);
            b.pairs + b.doubt * z - found
        })
        .collect();
    let mut failures = 0;
    while failures < 500 {
        failures += 1;
        let left: f64 = lacking.iter().map(|d| d.max(0.0)).sum();
        if left < 0.5 {
            break;
        }
        // Two lists, the likelier the more they lack, and a person on each who is not on the other.
        let mut at = rng.random::<f64>() * left;
        let chosen = lacking.iter().position(|d| {
            at -= d.max(0.0);
            at <= 0.0
        });
        let (k, l) = between[chosen.unwrap_or(0)].lists;
        let on_one = |x: usize, y: usize| -> Vec<usize> {
            (0..all.len()).filter(|i| all[*i][x] > 0 && all[*i][y] == 0).collect()
        };
        let (first, second) = (on_one(k, l), on_one(l, k));
        if first.is_empty() || second.is_empty() {
            continue;
        }
        let i = first[rng.random_range(0..first.len())];
        let j = second[rng.random_range(0..second.len())];
        if (0..most).any(|x| all[i][x] > 0 && all[j][x] > 0) {
            continue;
        }
        let made = |b: &Between| {
            let (k, l) = b.lists;
            f64::from(all[i][k] * all[j][l] + all[i][l] * all[j][k])
        };
        let made: Vec<f64> = between.iter().map(made).collect();
        // Joining must not put more between other lists than they lack, on the whole.
        let (good, bad) = made.iter().zip(&lacking).fold((0.0, 0.0), |(g, b), (m, d)| {
            let fits = m.min(d.max(0.0));
            (g + fits, b + m - fits)
        });
        if good <= bad {
            continue;
        }
        failures = 0;
        lacking.iter_mut().zip(&made).for_each(|(d, m)| *d -= m);
        let other = all.swap_remove(j);
        // The last has moved to where the other was.
        let i = if i == all.len() { j } else { i };
        all[i].iter_mut().zip(&other).for_each(|(x, y)| *x += y);
    }
    let mask = |p: &Vec<u32>| p.iter().enumerate().filter(|c| *c.1 > 0).fold(0, |m, c| m | 1 << c.0);
    tally(all.iter().map(mask).filter(|m| *m > 0))
}

fn cells(persons: Vec<Person>) -> Vec<Cell> {
    let mut counts = std::collections::BTreeMap::new();
    persons.into_iter().for_each(|p| *counts.entry((p.on, p.values)).or_insert(0) += 1);
    counts.into_iter().map(|((history, values), persons)| Cell { history, values, persons }).collect()
}

fn tally(masks: impl Iterator<Item = u32>) -> Vec<(u32, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    masks.for_each(|m| *counts.entry(m).or_insert(0) += 1);
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::totals::Totals;

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
        // No person is on two lists, so it is not known between which lists persons should be joined.
        assert_eq!(restored(&apart, &lists, Missing::Totals(totals), 3, 0), histories(&apart, &lists));
    }

    /// Links that were cut between two lists come back in number, and nothing is joined beyond that.
    #[test]
    fn pairs_between_lists_come_back_in_number() {
        let (mut groups, mut lists) = (Vec::new(), Vec::new());
        for i in 0..1500_u32 {
            // Everybody is on lists 0 and 1, every third also on 2; a fifth lost the link to list 1.
            groups.extend([3 * i, if i % 5 == 0 { 3 * i + 1 } else { 3 * i }]);
            lists.extend([0, 1]);
            if i % 3 == 0 {
                groups.push(3 * i);
                lists.push(2);
            }
        }
        let known = |lists, pairs| Between { lists, pairs, doubt: 0.0 };
        let all = [known((0, 1), 1500.0), known((0, 2), 500.0), known((1, 2), 500.0)];
        let back = restored_between(&groups, &lists, &all, 1, 0);
        let on = |mask: u32| back.iter().filter(|h| h.0 & mask == mask).map(|h| h.1).sum::<u64>();
        assert!(on(3).abs_diff(1500) <= 5 && on(5) == 500 && on(6).abs_diff(500) <= 25, "{back:?}");
        assert_eq!(restored_between(&groups, &lists, &[], 1, 0), histories(&groups, &lists));
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
