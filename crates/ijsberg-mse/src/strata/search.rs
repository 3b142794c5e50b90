//! Stepwise search by BIC and on by AIC, with the estimate at every step.
//!
//! At each step the terms that may enter are ranked by Rao's score test, which needs no fit of its own; the best is
//! fitted and enters if the criterion falls. After each entry terms that have become superfluous leave. A term whose
//! model has no estimate that the data determine is passed over.

use serde::Serialize;

use super::fit::{Fitter, StratifiedFit};
use super::model::{Order, StratifiedModel, Term, candidates};
use crate::loglinear::Criterion;
use crate::loglinear::selection::AVERAGING_WINDOW;

/// How many of the best-ranked terms are fitted before a step is given up.
const TRIES: usize = 4;

/// Rules of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SearchRule {
    /// How large terms may get.
    pub order: Order,
    /// Where the search ends: at the best BIC found, or on to the best AIC.
    pub criterion: Criterion,
    /// Average over the models near the one chosen, instead of taking it for granted.
    pub averaged: bool,
}

/// How many terms that might have entered are tried in averaging.
const NEIGHBOURS: usize = 12;

/// One step of a search.
#[derive(Debug, Clone)]
pub struct Step {
    /// What entered (`true`) or left.
    pub change: Option<(Term, bool)>,
    /// The criterion that decided.
    pub by: Criterion,
    /// The fit after the step.
    pub fit: StratifiedFit,
}

impl Step {
    /// Estimated persons, seen and unseen.
    pub fn n_hat(&self, n: f64) -> f64 {
        n + self.fit.unseen.iter().sum::<f64>()
    }
}

/// Searches from independence of the lists without covariates. The last step is the model chosen.
pub fn search(fitter: &Fitter, covariates: usize, rule: SearchRule) -> Vec<Step> {
    let all = candidates(fitter.t, covariates, rule.order);
    let start = fitter.fit(&StratifiedModel::default(), None);
    let mut steps = vec![Step { change: None, by: Criterion::Bic, fit: start }];
    climb(fitter, &all, Criterion::Bic, &mut steps);
    if rule.criterion == Criterion::Aic {
        climb(fitter, &all, Criterion::Aic, &mut steps);
    }
    steps
}

fn climb(fitter: &Fitter, all: &[Term], by: Criterion, steps: &mut Vec<Step>) {
    let penalty = by.penalty(fitter.n);
    while let Some(current) = steps.last().map(|s| s.fit.clone()) {
        let open: Vec<Term> =
            all.iter().copied().filter(|t| !current.model.contains(*t) && current.model.allows(*t)).collect();
        let gains = fitter.scores(&current, &open);
        let mut ranked: Vec<(f64, Term)> = gains
            .iter()
            .zip(&open)
            .map(|(g, t)| (g - penalty * fitter.width(*t) as f64, *t))
            .filter(|r| r.0 > 0.0)
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let before = current.criterion(penalty);
        let entered = ranked.iter().take(TRIES).find_map(|(_, term)| {
            let fit = fitter.fit(&current.model.with(*term), Some(&current));
            (fit.regular && fit.criterion(penalty) < before - 1e-6).then_some((*term, fit))
        });
        let Some((term, fit)) = entered else { return };
        steps.push(Step { change: Some((term, true)), by, fit });
        prune(fitter, term, by, penalty, steps);
    }
}

/// Lets terms leave, other than the one that has just entered, as long as the criterion falls.
fn prune(fitter: &Fitter, just: Term, by: Criterion, penalty: f64, steps: &mut Vec<Step>) {
    // A term can only have become superfluous where it shares a list with the new one.
    while let Some(current) = steps.last().map(|s| s.fit.clone()) {
        let before = current.criterion(penalty);
        let leaving = current
            .model
            .removable()
            .filter(|t| *t != just && t.lists & just.lists != 0)
            .map(|t| (t, fitter.fit(&current.model.without(t), Some(&current))))
            .filter(|(_, f)| f.regular && f.criterion(penalty) < before - 1e-6)
            .min_by(|a, b| a.1.criterion(penalty).total_cmp(&b.1.criterion(penalty)));
        let Some((term, fit)) = leaving else { return };
        steps.push(Step { change: Some((term, false)), by, fit });
    }
}

/// Unseen persons by stratum, averaged over the steps of a search and the models one term away from its end, with weights
/// `exp(-criterion / 2)`. Models without an estimate that the data determine have no weight.
pub fn averaged(fitter: &Fitter, covariates: usize, rule: SearchRule, path: &[Step]) -> Option<Vec<f64>> {
    let end = &path.last()?.fit;
    let penalty = rule.criterion.penalty(fitter.n);
    let mut fits: Vec<StratifiedFit> = path.iter().map(|s| s.fit.clone()).collect();
    fits.extend(end.model.removable().map(|t| fitter.fit(&end.model.without(t), Some(end))));
    let open: Vec<Term> = candidates(fitter.t, covariates, rule.order)
        .into_iter()
        .filter(|t| !end.model.contains(*t) && end.model.allows(*t))
        .collect();
    let mut ranked: Vec<(f64, Term)> = fitter
        .scores(end, &open)
        .into_iter()
        .zip(&open)
        .map(|(gain, t)| (gain - penalty * fitter.width(*t) as f64, *t))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    fits.extend(ranked.iter().take(NEIGHBOURS).map(|(_, t)| fitter.fit(&end.model.with(*t), Some(end))));
    let mut seen: Vec<&StratifiedModel> = Vec::new();
    let distinct: Vec<&StratifiedFit> = fits
        .iter()
        .filter(|f| f.regular)
        .filter(|f| {
            let new = !seen.contains(&&f.model);
            seen.push(&f.model);
            new
        })
        .collect();
    let least = distinct.iter().map(|f| f.criterion(penalty)).fold(f64::INFINITY, f64::min);
    let mut sum = vec![0.0; end.unseen.len()];
    let mut total = 0.0;
    for f in distinct.iter().filter(|f| f.criterion(penalty) <= least + AVERAGING_WINDOW) {
        let weight = (-0.5 * (f.criterion(penalty) - least)).exp();
        total += weight;
        sum.iter_mut().zip(&f.unseen).for_each(|(s, u)| *s += weight * u);
    }
    sum.iter_mut().for_each(|s| *s /= total);
    (total > 0.0).then_some(sum)
}
