//! A one-sided lower bound, under the assumed quality of the lists.
//!
//! The bound is the smallest of three limits with one-sided level [`LEVEL`]: the quantile of the model space, which knows of lists that
//! avoid one another; Chao's lower limit, which holds however persons differ (Chao 1987, Biometrics 43); and the limits given the
//! two-list models that most studies would publish, the best by AIC and by BIC. Models of the space have their weight by the criterion
//! alone: with Akaike's penalty, or with a share of the weight for each family, models near saturation explain a sparse table with
//! hardly anybody unseen, and the bound is of no use. None of the three accounts for persons who do not belong, or for missed links: both
//! add persons on one list only and push every estimate up. The allowance for them is taken out of the table first.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::anchor::Anchor;
use crate::bounds::chao_corrected;
use crate::histories::{Histories, Mask};
use crate::loglinear::{Criterion, Engine};
use crate::model::{Model, bits};

/// One-sided level of the bound.
pub const LEVEL: f64 = 0.95;

/// The assumed quality of the lists, both shares from 0 to below 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, Default)]
pub struct Allowance {
    /// Share of the entries of each list that are of persons who do not belong to the population. They are taken to be on
    /// that list alone.
    pub over_coverage: f64,
    /// Share of the links between a person's entries that were missed.
    pub missed_links: f64,
}

/// A lower bound under an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bound {
    /// The allowance.
    pub allowance: Allowance,
    /// Persons on the lists who are left after it.
    pub seen: f64,
    /// The lower bound on all persons, seen and unseen; never below the seen.
    pub at_least: f64,
}

/// The best models by Akaike's and Schwarz's criteria among those with terms of two lists, which most studies choose from, and
/// what they estimate. From three lists up to six.
pub(super) fn common_practice(engine: &Engine) -> Vec<(Model, f64)> {
    let criteria = [Criterion::Aic, Criterion::Bic].into_iter().filter(|_| engine.histories().t() > 2);
    criteria.filter_map(|c| engine.best_two_list(c)).collect()
}

/// The bound for a table, from that without an allowance.
///
/// An allowance never raises it: both errors push every estimate up. On the table that is left, other models may be the likely ones, and
/// the limits given them may lie higher.
pub(crate) fn bound(h: &Histories, plain: Bound, allowance: Allowance) -> Bound {
    allowing(h, plain, allowance, |table| {
        let engine = Engine::new(table);
        of_table(&engine, &common_practice(&engine))
    })
}

/// The same from a list drawn at random: the lower limit of its estimate.
pub(crate) fn of_anchor(h: &Histories, anchor: &Anchor, allowance: Allowance, seed: u64) -> Bound {
    let limit = |h: &Histories| {
        let found = anchor.estimate(h, anchor.method(), TWO_SIDED, seed).and_then(|e| e.interval);
        at_least(h, found.map(|i| i.lower).into_iter())
    };
    allowing(h, limit(h), allowance, limit)
}

/// The bound under an allowance, from that without one and how to work it out for another table.
fn allowing(h: &Histories, plain: Bound, allowance: Allowance, of: impl Fn(&Histories) -> Bound) -> Bound {
    if allowance == Allowance::default() {
        return plain;
    }
    let Some(table) = adjusted(h, allowance) else {
        return Bound { allowance, seen: 0.0, at_least: 0.0 };
    };
    let found = of(&table);
    Bound { allowance, seen: found.seen, at_least: found.at_least.min(plain.at_least) }
}

/// The bounds for a tenth of each kind of error, and of both, which is the least of the three.
pub(crate) fn what_if(bound: &(dyn Fn(Allowance) -> Bound + Sync), given: Allowance) -> Vec<Bound> {
    let mut all: Vec<Bound> = [(0.1, 0.0), (0.0, 0.1), (0.1, 0.1)]
        .into_par_iter()
        .map(|(over_coverage, missed_links)| bound(Allowance { over_coverage, missed_links }))
        .filter(|b| b.seen > 0.0)
        .collect();
    for i in 1..all.len() {
        let less = |a: Allowance, b: Allowance| {
            a.over_coverage <= b.over_coverage && a.missed_links <= b.missed_links
        };
        let before = all[..i].iter().filter(|b| less(b.allowance, all[i].allowance));
        all[i].at_least = before.fold(all[i].at_least, |least, b| least.min(b.at_least));
    }
    all.retain(|b| b.allowance != given);
    all
}

/// As wide as a one-sided limit of [`LEVEL`] is on its side.
const TWO_SIDED: f64 = 2.0 * LEVEL - 1.0;

/// The bound without an allowance; `practice` holds the models that most studies would publish.
pub(crate) fn of_table(engine: &Engine, practice: &[(Model, f64)]) -> Bound {
    let h = engine.histories();
    let chao = chao_corrected(h, TWO_SIDED).lower;
    let two_list = practice.iter().map(|(model, _)| engine.profile(model, TWO_SIDED).0);
    at_least(h, two_list.chain([engine.space().quantile_for_bound(1.0 - LEVEL), chao]))
}

/// The smallest of limits, and not below the number seen.
fn at_least(h: &Histories, limits: impl Iterator<Item = f64>) -> Bound {
    let seen = h.n() as f64;
    let least = limits.filter(|x| x.is_finite()).fold(f64::INFINITY, f64::min);
    let at_least = if least.is_finite() { least.max(seen) } else { seen };
    Bound { allowance: Allowance::default(), seen, at_least }
}

/// The table as it would be without the errors allowed for, in expectation; `None` where fewer than two lists are left.
///
/// A person on `k` lists keeps all entries together with chance `(1 - m)^(k - 1)`; what is split off is on one list. The
/// histories are put right from the longest down. Then a share of each list's entries is taken from those on that list
/// alone.
pub(crate) fn adjusted(h: &Histories, allowance: Allowance) -> Option<Histories> {
    let mut counts = h.dense();
    let missed = allowance.missed_links.clamp(0.0, 0.99);
    if missed > 0.0 {
        let mut by_length: Vec<usize> = (1..counts.len()).filter(|w| w.count_ones() > 1).collect();
        by_length.sort_by_key(|w| std::cmp::Reverse(w.count_ones()));
        for w in by_length {
            if counts[w] <= 0.0 {
                continue;
            }
            let whole = counts[w] / (1.0 - missed).powi(w.count_ones() as i32 - 1);
            spill(&mut counts, w, whole, missed);
            counts[w] = whole;
        }
    }
    for j in 0..h.t() {
        let foreign = allowance.over_coverage.clamp(0.0, 0.99) * h.list_size(j) as f64;
        counts[1 << j] -= foreign;
    }
    let cells = counts.iter().enumerate().skip(1).map(|(w, c)| (w as Mask, c.max(0.0).round() as u64));
    let cells: Vec<(Mask, u64)> = cells.collect();
    let (lists, cells, _) = Histories::drop_empty_lists(h.lists().to_vec(), &cells);
    Histories::new(lists, cells).ok()
}

/// Takes away what `whole` persons of a history leave in others when links are missed. The first entry is kept, each other is
/// split off on its own.
fn spill(counts: &mut [f64], w: usize, whole: f64, missed: f64) {
    let first = w & w.wrapping_neg();
    let rest = w & !first;
    for j in bits(rest as Mask) {
        counts[1 << j] -= whole * missed;
    }
    // Every proper subset of the rest that stays with the first entry.
    let mut kept = rest;
    while kept != 0 {
        kept = (kept - 1) & rest;
        let lost = (rest.count_ones() - (kept as u32).count_ones()) as i32;
        let chance = missed.powi(lost) * (1.0 - missed).powi((kept as u32).count_ones() as i32);
        counts[first | kept] -= whole * chance;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What missed links make of whole persons, in expectation.
    fn broken(whole: &[f64], missed: f64) -> Vec<f64> {
        let mut out = vec![0.0; whole.len()];
        for (w, persons) in whole.iter().enumerate().skip(1) {
            let mut negative = vec![0.0; whole.len()];
            spill(&mut negative, w, *persons, missed);
            out[w] += persons * (1.0 - missed).powi(w.count_ones() as i32 - 1);
            out.iter_mut().zip(negative).for_each(|(o, n)| *o -= n);
        }
        out
    }

    #[test]
    fn what_missed_links_did_is_undone() {
        let whole: Vec<f64> = [0.0, 400.0, 300.0, 120.0, 500.0, 80.0, 60.0, 40.0].to_vec();
        let seen = broken(&whole, 0.1);
        let entries =
            |c: &[f64]| c.iter().enumerate().map(|(w, n)| f64::from(w.count_ones()) * n).sum::<f64>();
        assert!((entries(&seen) - entries(&whole)).abs() < 1e-9);
        let cells = seen.iter().enumerate().skip(1).map(|(w, c)| (w as Mask, (c * 1000.0).round() as u64));
        let h = Histories::new(["a", "b", "c"].map(String::from).to_vec(), cells).unwrap();
        let again = adjusted(&h, Allowance { missed_links: 0.1, over_coverage: 0.0 }).unwrap();
        for (w, expected) in whole.iter().enumerate().skip(1) {
            let found = again.count(w as Mask) as f64 / 1000.0;
            assert!((found - expected).abs() < 0.1, "{w}: {found} {expected}");
        }
    }

    /// A table of three lists of which the bound rose from 4,644 to 5,763 when errors were allowed for.
    #[test]
    fn errors_that_are_allowed_for_never_raise_the_bound() {
        for cells in
            [[138, 583, 57, 823, 47, 4, 16], [900, 700, 3, 400, 2, 1, 0], [50, 40, 30, 60, 20, 25, 10]]
        {
            let cells = cells.into_iter().enumerate().map(|(w, n)| (w as Mask + 1, n));
            let h = Histories::new(["a", "b", "c"].map(String::from).to_vec(), cells).unwrap();
            let engine = Engine::new(&h);
            let plain = of_table(&engine, &common_practice(&engine));
            let all = what_if(&|a| bound(&h, plain, a), Allowance::default());
            let plain = plain.at_least;
            assert_eq!(all.len(), 3);
            assert!(all.iter().all(|b| b.at_least <= plain && b.at_least >= b.seen), "{plain} {all:?}");
            assert!(all[..2].iter().all(|b| all[2].at_least <= b.at_least), "{all:?}");
        }
    }

    #[test]
    fn strangers_are_taken_from_those_on_one_list() {
        let h = Histories::new(["a", "b"].map(String::from).to_vec(), [(1, 90), (2, 50), (3, 10)]).unwrap();
        let again = adjusted(&h, Allowance { over_coverage: 0.1, missed_links: 0.0 }).unwrap();
        assert_eq!(again.cells(), [(1, 80), (2, 44), (3, 10)]);
        let all = adjusted(&h, Allowance { over_coverage: 0.9, missed_links: 0.0 }).unwrap();
        assert_eq!(all.cells(), [(3, 10)]);
    }
}
