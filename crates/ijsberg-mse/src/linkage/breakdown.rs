//! Sizes by level of covariates over draws of a linkage or of suppressed counts: as [`super::average`], for each part of the population.
//!
//! The size of a part is log-normal on its unseen in each draw, its share of all logit-normal, and the answer is the mixture over the
//! draws. So the interval of a part includes the uncertainty about links, missing levels, the choice of the model, and sampling.

use std::collections::BTreeMap;

use super::mixture::{Part, quantile};
use crate::estimate::not_below;
use crate::strata::breakdown::{Breakdown, Size};
use crate::strata::table::StratifiedTable;

/// Averages breakdowns over draws. The persons seen of each part, the path of the search and the order of parts are those of the draw
/// `middle`; a draw that lacks a level is left out for it. A part without an estimate in half or more of the draws that have it has none.
///
/// # Panics
/// If `middle` is not the place of a draw.
pub fn average_breakdowns(draws: &[(StratifiedTable, Breakdown)], middle: usize, level: f64) -> Breakdown {
    let (table, own) = &draws[middle];
    let by_name: Vec<BTreeMap<Vec<(&str, &str)>, &Size>> =
        draws.iter().map(|(t, b)| b.sizes.iter().map(|s| (named(t, s), s)).collect()).collect();
    let sizes = own.sizes.iter().map(|size| {
        let name = named(table, size);
        averaged(size, &by_name.iter().filter_map(|d| d.get(&name).copied()).collect::<Vec<_>>(), level)
    });
    let mut chosen = BTreeMap::new();
    // Terms refer to covariates by number, so draws in which a covariate has a single level are left out.
    let names = |t: &StratifiedTable| t.covariates().iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    let alike: Vec<&Breakdown> = draws.iter().filter(|d| names(&d.0) == names(table)).map(|d| &d.1).collect();
    for (term, share) in alike.iter().flat_map(|b| &b.chosen) {
        *chosen.entry(*term).or_insert(0.0) += share / alike.len() as f64;
    }
    Breakdown {
        path: own.path.clone(),
        sizes: sizes.collect(),
        without_estimate: draws.iter().map(|d| d.1.without_estimate).sum(),
        chosen: chosen.into_iter().collect(),
    }
}

/// A part by the names of its covariates and levels, which each draw numbers for itself.
fn named<'a>(table: &'a StratifiedTable, size: &Size) -> Vec<(&'a str, &'a str)> {
    let name = |(c, l): &(usize, usize)| {
        let covariate = &table.covariates()[*c];
        (covariate.name.as_str(), covariate.levels[*l].as_str())
    };
    size.part.iter().map(name).collect()
}

/// One part over the draws that have it.
fn averaged(own: &Size, draws: &[&Size], level: f64) -> Size {
    let parts: Vec<Part> = draws
        .iter()
        .filter(|s| s.n_hat.is_finite())
        .filter_map(|s| Some(Part::new(s.observed, s.n_hat, s.limits?, level)))
        .collect();
    let odds = |share: f64| share / (1.0 - share).max(1e-9);
    let shares: Vec<Part> = draws
        .iter()
        .filter(|s| s.share.is_finite() && s.share < 1.0)
        .filter_map(|s| {
            Some(Part::of_odds(odds(s.share), s.share_limits.map(|l| (odds(l.0), odds(l.1)))?, level))
        })
        .collect();
    let tail = 0.5 * (1.0 - level);
    let mixed = |parts: &[Part], without: f64| {
        let enough = 2 * parts.len() > draws.len();
        let at = |share: f64| quantile(parts, draws.len(), share);
        if enough { (at(0.5), Some((at(tail), at(1.0 - tail)))) } else { (without, None) }
    };
    // Without replicates there are no intervals, and the middle of what the draws say stands alone.
    let mut plain: Vec<f64> = draws.iter().map(|s| s.n_hat).collect();
    plain.sort_by(f64::total_cmp);
    let (n_hat, limits) =
        mixed(&parts, if parts.is_empty() { plain[plain.len() / 2] } else { f64::INFINITY });
    let share = |odds: f64| if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
    let (middle, share_limits) = mixed(&shares, f64::INFINITY);
    Size {
        part: own.part.clone(),
        observed: own.observed,
        overlap: own.overlap,
        n_hat: n_hat.max(own.observed),
        limits: limits.map(|l| not_below(own.observed, l)),
        // Of everybody it is all.
        share: if shares.is_empty() { own.share } else { share(middle) },
        share_limits: if shares.is_empty() {
            own.share_limits
        } else {
            share_limits.map(|(l, u)| (share(l), share(u)))
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loglinear::Criterion;
    use crate::strata::breakdown::{BreakdownSettings, breakdown};
    use crate::strata::model::Order;
    use crate::strata::search::SearchRule;
    use crate::strata::table::{Covariate, Scale};

    /// Three lists and two groups, of which a share of the persons on two lists was taken for two.
    fn table(missed: u64, names: [&str; 2]) -> StratifiedTable {
        let mut rows = Vec::new();
        for (level, scale) in [(0, 2), (1, 1)] {
            for history in 1..8_u32 {
                let count = scale * [60, 50, 25, 40, 20, 15, 8][history as usize - 1];
                let lost = if history.count_ones() > 1 { missed * count / 100 } else { 0 };
                rows.push((history, level, count - lost));
                (0..3).filter(|j| history >> j & 1 == 1).for_each(|j| rows.push((1 << j, level, lost)));
            }
        }
        let rows =
            rows.into_iter().filter(|r| r.2 > 0).map(|(history, level, n)| (history, vec![Some(level)], n));
        let levels = names.map(String::from).to_vec();
        let covariate = Covariate { name: "group".to_owned(), levels, scale: Scale::Factor };
        let lists = ["a", "b", "c"].map(String::from).to_vec();
        StratifiedTable::new(lists, vec![covariate], rows, Vec::new()).unwrap()
    }

    fn broken_down(table: StratifiedTable) -> (StratifiedTable, Breakdown) {
        let rule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };
        let settings = BreakdownSettings { rule, replicates: 60, level: 0.95, seed: 1 };
        let found = breakdown(&table, &settings, &|| {});
        (table, found)
    }

    #[test]
    fn draws_that_are_alike_change_little_and_those_that_differ_widen_every_part() {
        let one = broken_down(table(0, ["x", "y"]));
        let same = average_breakdowns(&[one.clone(), one.clone(), one.clone()], 1, 0.95);
        for (a, b) in same.sizes.iter().zip(&one.1.sizes) {
            assert!((a.n_hat / b.n_hat - 1.0).abs() < 1e-6 && (a.share - b.share).abs() < 1e-6);
            let (own, all) = (b.limits.unwrap(), a.limits.unwrap());
            assert!(
                (all.0 / own.0 - 1.0).abs() < 0.06 && (all.1 / own.1 - 1.0).abs() < 0.06,
                "{all:?} {own:?}"
            );
        }
        // Levels are found by their names, in whatever order a draw has them.
        let turned = table(0, ["y", "x"]);
        let rows =
            turned.rows().iter().map(|r| (r.history, vec![r.levels[0].map(|l| 1 - l)], r.count as u64));
        let lists = turned.lists().to_vec();
        let turned = StratifiedTable::new(lists, turned.covariates().to_vec(), rows, Vec::new()).unwrap();
        let turned = broken_down(turned);
        let mixed = average_breakdowns(&[one.clone(), turned], 0, 0.95);
        for (a, b) in mixed.sizes.iter().zip(&one.1.sizes) {
            assert!((a.n_hat / b.n_hat - 1.0).abs() < 0.02, "{a:?} {b:?}");
        }
        let draws: Vec<_> = [0, 10, 20, 30].into_iter().map(|m| broken_down(table(m, ["x", "y"]))).collect();
        let wide = average_breakdowns(&draws, 1, 0.95);
        for (k, size) in wide.sizes.iter().enumerate() {
            let (low, high) = size.limits.unwrap();
            let width = |s: &Size| s.limits.map_or(0.0, |l| (l.1 / l.0).ln());
            assert!(draws.iter().all(|d| (high / low).ln() > width(&d.1.sizes[k])), "{size:?}");
            assert!(low < draws[0].1.sizes[k].n_hat && high > draws[3].1.sizes[k].n_hat, "{size:?}");
        }
        assert_eq!(wide.sizes[0].share, 1.0);
    }
}
