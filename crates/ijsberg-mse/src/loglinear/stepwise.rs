//! Forward stepwise choice of two-list terms by the published rule.
//!
//! Chan, Silverman and Vincent (2021, JASA 116, section 4): start from independence; for every pair not in the model
//! compare its overlap with the fitted one by the smaller Poisson tail; a pair whose model has no unique estimate is
//! not a candidate; add the pair with the smallest tail while it is below the threshold.

use super::RANKED_ABOVE;
use super::existence::{Existence, VerdictCache, surely_exists};
use super::newton::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};
use crate::special::poisson_smaller_tail;
use crate::subsets::superset_sums;

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
    let many = t > RANKED_ABOVE;
    // With many lists the largest model is asked once, and in the quick way.
    let largest = || Model::from_generators(t, &overlapping);
    let roomy = many && surely_exists(counts, largest().terms());
    let mut chosen: Vec<Mask> = Vec::new();
    let mut last: Option<Fit> = None;
    loop {
        let model = Model::from_generators(t, &chosen);
        let fit = newton.fit(counts, model.terms(), last.as_ref().filter(|_| many));
        let mut sums = fit.mu.clone();
        superset_sums(&mut sums);
        let mut tails: Vec<(f64, Mask)> = pairs(t)
            .filter(|a| !chosen.contains(a))
            .map(|a| (poisson_smaller_tail(overlap(a) as u64, sums[a as usize]), a))
            .filter(|x| x.0 < threshold)
            .collect();
        // A stable sort keeps the published order of pairs among ties.
        tails.sort_by(|x, y| x.0.total_cmp(&y.0));
        let admissible = |a: Mask| {
            let with = |extra: &[Mask]| Model::from_generators(t, &[&chosen[..], &[a], extra].concat());
            if many {
                return roomy && overlap(a) > 0.0
                    || cache.verdict(counts, with(&[]).terms()) == Existence::Exists;
            }
            // Dropping an overlapping pair cannot destroy existence, so the largest such model usually settles it.
            cache.verdict(counts, with(&overlapping).terms()) == Existence::Exists
                || cache.verdict(counts, with(&[]).terms()) == Existence::Exists
        };
        match tails.iter().find(|x| admissible(x.1)) {
            Some((_, a)) => chosen.push(*a),
            None => return model,
        }
        last = Some(fit);
    }
}
