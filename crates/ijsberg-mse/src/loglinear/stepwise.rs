//! Forward stepwise choice of two-list terms by the published rule.
//!
//! Chan, Silverman and Vincent (2021, JASA 116, section 4): start from independence; for every pair not in the model
//! compare its overlap with the fitted one by the smaller Poisson tail; a pair whose model has no unique estimate is
//! not a candidate; add the pair with the smallest tail while it is below the threshold.

use super::existence::{Existence, VerdictCache};
use super::newton::{Counts, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};
use crate::special::poisson_smaller_tail;

/// The published threshold, which minimised the error over 28 simulation scenarios.
pub const STEPWISE_THRESHOLD: f64 = 0.02;

/// Runs the rule and returns the chosen model.
pub(crate) fn stepwise(counts: &Counts, threshold: f64, cache: &VerdictCache, newton: &mut Newton) -> Model {
    let t = counts.t;
    if t < 3 {
        return Model::independence(t);
    }
    let overlap = |a: Mask| counts.sufficient[a as usize];
    let overlapping: Vec<Mask> = pairs(t).filter(|a| overlap(*a) > 0.0).collect();
    let mut chosen: Vec<Mask> = Vec::new();
    loop {
        let model = Model::from_generators(t, &chosen);
        let fit = newton.fit(counts, model.terms(), None);
        let mut tails: Vec<(f64, Mask)> = pairs(t)
            .filter(|a| !chosen.contains(a))
            .map(|a| {
                let expected: f64 =
                    (0..fit.mu.len()).filter(|w| *w as Mask & a == a).map(|w| fit.mu[w]).sum();
                (poisson_smaller_tail(overlap(a) as u64, expected), a)
            })
            .filter(|x| x.0 < threshold)
            .collect();
        // A stable sort keeps the published order of pairs among ties.
        tails.sort_by(|x, y| x.0.total_cmp(&y.0));
        let admissible = |a: Mask| {
            let with = |extra: &[Mask]| Model::from_generators(t, &[&chosen[..], &[a], extra].concat());
            // Dropping an overlapping pair cannot destroy existence, so the largest such model usually settles it.
            cache.verdict(counts, with(&overlapping).terms()) == Existence::Exists
                || cache.verdict(counts, with(&[]).terms()) == Existence::Exists
        };
        match tails.iter().find(|x| admissible(x.1)) {
            Some((_, a)) => chosen.push(*a),
            None => return model,
        }
    }
}
