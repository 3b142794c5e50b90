//! Sizes in all and by level of every covariate and pair of covariates, with intervals.
//!
//! Intervals are bias-corrected percentiles (Efron 1987, without acceleration) of a bootstrap of the persons seen in which
//! missing levels are shared out again and the whole search is repeated. Shares of the total (the 21% of the Dutch study) come from the same replicates, so that
//! their intervals know that part and whole move together.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::fit::{Fitter, StratifiedFit};
use super::missing::complete;
use super::model::StratifiedModel;
use super::search::{SearchRule, Step, averaged, search};
use super::table::{Row, StratifiedTable};
use crate::chance::{multinomial, stream};
use crate::estimate::{Basis, Estimate, Interval, IntervalKind, Note, Outcome, not_below};
use crate::fitness::{LEAST_OVERLAP, Verdict, of_part};
use crate::method::Method;
use crate::resample::bca;

/// Replicates and level of the intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BreakdownSettings {
    /// How the model is chosen.
    pub rule: SearchRule,
    /// Bootstrap replicates, each of which chooses again; 0 for none.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed.
    pub seed: u64,
}

/// A part of the population: the levels that define it, by covariate and level; empty for all.
pub type Part = Vec<(usize, usize)>;

/// Observed and estimated size of a part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Size {
    /// The part.
    pub part: Part,
    /// Persons seen; a fraction where levels were missing.
    pub observed: f64,
    /// Those of them who are surely in the part and on more than one list.
    pub overlap: f64,
    /// Estimated persons, seen and unseen.
    pub n_hat: f64,
    /// Interval of `n_hat`, never below those seen; infinite where replicates had no estimate.
    pub limits: Option<(f64, f64)>,
    /// `n_hat` as a share of all.
    pub share: f64,
    /// Interval of the share.
    pub share_limits: Option<(f64, f64)>,
}

impl Size {
    /// Whether enough people of the part are on more than one list for an estimate of it to rest on them.
    pub fn rests_on_overlap(&self) -> bool {
        self.overlap >= LEAST_OVERLAP as f64
    }

    /// How far this part may be published on its own, given the verdict on the whole table. See [`of_part`].
    pub fn verdict(&self, whole: Verdict) -> Verdict {
        of_part(whole, self.overlap, self.limits)
    }
}

/// The result of a search with covariates.
#[derive(Debug, Clone)]
pub struct Breakdown {
    /// The path of the search; the last step is the model.
    pub path: Vec<Step>,
    /// All, then each level of each covariate, then each pair of levels of two covariates.
    pub sizes: Vec<Size>,
    /// Replicates without an estimate. They count as unbounded.
    pub without_estimate: usize,
    /// Share of the replicates in which each term of the model, or another one, was chosen.
    pub chosen: Vec<(super::model::Term, f64)>,
}

impl Breakdown {
    /// The total as an estimate beside those of other methods.
    pub fn estimate(&self, table: &StratifiedTable, level: f64) -> Estimate {
        let n = table.n().round() as u64;
        let id = Method::LogLinearCovariates;
        let Some(fit) = self.path.last().map(|s| &s.fit) else {
            return Estimate::none(id, n, Outcome::Degenerate);
        };
        if !fit.regular {
            return Estimate::none(id, n, Outcome::NotIdentifiable);
        }
        let limits = self.sizes.first().and_then(|s| s.limits);
        let interval =
            limits.map(|limits| Interval::new(n as f64, limits, level, IntervalKind::BiasCorrected));
        let mut e = Estimate::from_n_hat(id, n, self.sizes.first().map_or(f64::NAN, |s| s.n_hat), interval);
        e.model = Some(Basis::Model(fit.model.formula(table.lists(), table.covariates())));
        e.parameters = Some(fit.parameters);
        e.deviance = Some(fit.deviance);
        if self.without_estimate > 0 {
            e.notes.push(Note::ReplicatesWithoutEstimate);
        }
        e
    }
}

/// Searches, estimates and resamples. `tick` is called once a replicate.
pub fn breakdown(
    table: &StratifiedTable,
    settings: &BreakdownSettings,
    tick: &(dyn Fn() + Sync),
) -> Breakdown {
    let parts = parts(table);
    let (path, observed, n_hat) = once(table, settings.rule, &parts);
    let again = |drawn: &StratifiedTable, _: &mut ChaCha8Rng| searched(drawn, settings.rule, &parts);
    resampled(table, (path, observed, n_hat), settings, &again, tick)
}

/// What is found in a draw: sizes by part, infinite where there is no estimate, and the model. It may draw on.
pub(crate) type DrawEstimator<'a> =
    &'a (dyn Fn(&StratifiedTable, &mut ChaCha8Rng) -> (Vec<f64>, StratifiedModel) + Sync);

/// Sizes with intervals around an estimate: persons are drawn from the rows of `table`, and each draw is estimated `again`.
pub(crate) fn resampled(
    table: &StratifiedTable,
    (path, observed, n_hat): (Vec<Step>, Vec<f64>, Vec<f64>),
    settings: &BreakdownSettings,
    again: DrawEstimator<'_>,
    tick: &(dyn Fn() + Sync),
) -> Breakdown {
    let parts = parts(table);
    let weights: Vec<f64> = table.rows().iter().map(|r| r.count).collect();
    let n = weights.iter().sum::<f64>().round() as u64;
    let replicates: Vec<(Vec<f64>, StratifiedModel)> = (0..settings.replicates)
        .into_par_iter()
        .map(|b| {
            let mut random = stream(settings.seed, b as u64);
            let drawn = multinomial(n, &weights, &mut random);
            let table = table.with_counts(drawn.into_iter().map(|c| c as f64));
            let found = again(&table, &mut random);
            tick();
            found
        })
        .collect();
    let limits = |estimate: f64, value: &dyn Fn(&[f64]) -> f64| {
        (settings.replicates > 1 && estimate.is_finite()).then(|| {
            let mut sorted: Vec<f64> = replicates
                .iter()
                .map(|r| value(&r.0))
                .map(|v| if v.is_nan() { f64::INFINITY } else { v })
                .collect();
            sorted.sort_by(f64::total_cmp);
            let limits = bca(estimate, &sorted, 0.0, settings.level);
            (limits.lower, limits.upper)
        })
    };
    let sizes = parts
        .iter()
        .enumerate()
        .map(|(i, part)| Size {
            part: part.clone(),
            observed: observed[i],
            overlap: overlap(table, part),
            n_hat: n_hat[i],
            // Draws see fewer of a part now and then; the part is not smaller for that.
            limits: limits(n_hat[i], &|r| r[i]).map(|l| not_below(observed[i], l)),
            share: n_hat[i] / n_hat[0],
            // An unbounded total has no share.
            share_limits: limits(n_hat[i] / n_hat[0], &|r| {
                if r[0].is_finite() { r[i] / r[0] } else { f64::NAN }
            })
            .map(|(l, u)| (l.min(1.0), u.min(1.0))),
        })
        .collect();
    let mut counts = BTreeMap::new();
    for term in replicates.iter().flat_map(|r| &r.1.terms) {
        *counts.entry(*term).or_insert(0.0) += 1.0 / replicates.len() as f64;
    }
    Breakdown {
        path,
        sizes,
        without_estimate: replicates.iter().filter(|r| !r.0[0].is_finite()).count(),
        chosen: counts.into_iter().collect(),
    }
}

/// The search on a table: missing levels are shared out under the model chosen on the complete rows, then the search is repeated.
/// Gives the table without missing levels, and the path; its last step is the model chosen.
pub fn chosen(table: &StratifiedTable, rule: SearchRule) -> (StratifiedTable, Vec<Step>) {
    let covariates = table.covariates().len();
    let path = search(&Fitter::new(table), covariates, rule);
    if table.is_complete() {
        return (table.clone(), path);
    }
    let model = path.last().map(|s| s.fit.model.clone()).unwrap_or_default();
    let completed = complete(table, &model);
    let path = search(&Fitter::new(&completed), covariates, rule);
    (completed, path)
}

/// The search on a draw: sizes by part, and the model.
pub(crate) fn searched(
    table: &StratifiedTable,
    rule: SearchRule,
    parts: &[Part],
) -> (Vec<f64>, StratifiedModel) {
    let (path, _, sizes) = once(table, rule, parts);
    (sizes, path.last().map(|s| s.fit.model.clone()).unwrap_or_default())
}

/// The search on one table, and observed and estimated persons by part.
fn once(table: &StratifiedTable, rule: SearchRule, parts: &[Part]) -> (Vec<Step>, Vec<f64>, Vec<f64>) {
    let covariates = table.covariates().len();
    let (completed, path) = chosen(table, rule);
    let fitter = Fitter::new(&completed);
    let fit: Option<&StratifiedFit> = path.last().map(|s| &s.fit);
    let unseen = if rule.averaged {
        averaged(&fitter, covariates, rule, &path)
    } else {
        fit.filter(|f| f.regular).map(|f| f.unseen.clone())
    };
    let (observed, sizes) = sums(&fitter, unseen.as_deref(), parts);
    (path, observed, sizes)
}

/// Observed and estimated persons by part.
pub(crate) fn sums(fitter: &Fitter, unseen: Option<&[f64]>, parts: &[Part]) -> (Vec<f64>, Vec<f64>) {
    let sum = |part: &Part, value: &dyn Fn(usize) -> f64| -> f64 {
        let inside = |x: &usize| part.iter().all(|(c, l)| fitter.strata[*x].levels[*c] == *l);
        (0..fitter.strata.len()).filter(inside).map(value).sum()
    };
    let observed = parts.iter().map(|p| sum(p, &|x| fitter.strata[x].n)).collect();
    let all = |p| unseen.map_or(f64::INFINITY, |u| sum(p, &|x| fitter.strata[x].n + u[x]));
    (observed, parts.iter().map(all).collect())
}

/// Persons of a part on more than one list; whose level is missing is not known to be in it.
fn overlap(table: &StratifiedTable, part: &Part) -> f64 {
    let inside = |r: &&Row| r.history.count_ones() > 1 && part.iter().all(|(c, l)| r.levels[*c] == Some(*l));
    table.rows().iter().filter(inside).map(|r| r.count).sum()
}

/// All, each level of each covariate, and each pair of levels of two covariates.
pub(crate) fn parts(table: &StratifiedTable) -> Vec<Part> {
    let levels = |c: usize| (0..table.covariates()[c].levels.len()).map(move |l| (c, l));
    let k = table.covariates().len();
    let mut parts: Vec<Part> = vec![Vec::new()];
    for c in 0..k {
        parts.extend(levels(c).map(|x| vec![x]));
    }
    for c in 0..k {
        for d in c + 1..k {
            parts.extend(levels(c).flat_map(|x| levels(d).map(move |y| vec![x, y])));
        }
    }
    parts
}
