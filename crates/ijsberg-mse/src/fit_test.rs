//! Does a model fit the table at all? A parametric bootstrap of the deviance.
//!
//! Criteria compare models with each other, so the best of them can be far from the data. Here tables are drawn from the fitted
//! cells, given the number of persons seen, the model is fitted to each, and the p-value is the share of tables, the data
//! counted as one of them, whose deviance is at least that of the data (Davison and Hinkley 1997, section 4.2). It holds for
//! sparse tables, where the deviance is far from chi-squared. The model is taken for granted: after a choice among many the
//! p-value is too large, never too small.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::chance::{multinomial, stream};
use crate::histories::Mask;
use crate::loglinear::Engine;
use crate::loglinear::newton::{Counts, Fit, Newton};
use crate::model::Model;
use crate::strata::fit::Fitter;
use crate::strata::model::StratifiedModel;
use crate::strata::table::{Row, StratifiedTable};

/// Deviances that differ by less, relative to one plus the deviance, are the same.
const TIE: f64 = 1e-6;

/// An absolute test of fit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FitTest {
    /// Deviance of the data from the saturated model.
    pub deviance: f64,
    /// Cells that can be positive under the model, less the parameters that they determine.
    pub degrees_of_freedom: usize,
    /// Share of tables drawn from the model that fit no better than the data. One where the model fits exactly.
    pub p_value: f64,
    /// Tables drawn that could be fitted.
    pub replicates: usize,
}

/// The test for any model: `draw` draws a table from the fitted one and gives the deviance of the model fitted to it, or `None`
/// where that could not be fitted; such tables are left out. Each has a random stream of its own, so that the result does
/// not depend on the number of threads.
pub fn by_bootstrap(
    deviance: f64,
    degrees_of_freedom: usize,
    replicates: usize,
    seed: u64,
    draw: impl Fn(&mut ChaCha8Rng) -> Option<f64> + Sync,
) -> FitTest {
    let drawn: Vec<f64> = (0..replicates as u64)
        .into_par_iter()
        .filter_map(|b| draw(&mut stream(seed, b)))
        .filter(|d| !d.is_nan())
        .collect();
    let least = deviance - TIE * (1.0 + deviance.abs());
    let as_far = drawn.iter().filter(|d| **d >= least).count();
    let p_value = (1 + as_far) as f64 / (1 + drawn.len()) as f64;
    FitTest { deviance, degrees_of_freedom, p_value, replicates: drawn.len() }
}

/// The test for a model given by its cells: `fitted` holds numbers proportional to the chances of the histories by mask, that of
/// the unseen at index 0, which is not used. `refit` gives the deviance of the model fitted to other counts by mask.
pub fn of_cells(
    counts: &[f64],
    fitted: &[f64],
    degrees_of_freedom: usize,
    replicates: usize,
    seed: u64,
    refit: impl Fn(&[f64]) -> Option<f64> + Sync,
) -> FitTest {
    let n = counts[1..].iter().sum::<f64>().round() as u64;
    let chances = [&[0.0], &fitted[1..]].concat();
    by_bootstrap(deviance(counts, fitted), degrees_of_freedom, replicates, seed, |rng| {
        let drawn: Vec<f64> = multinomial(n, &chances, rng).into_iter().map(|c| c as f64).collect();
        refit(&drawn)
    })
}

/// Deviance of counts by mask from numbers proportional to the chances of the histories: `2 sum n log(n / (N p))`, over the
/// histories seen. Infinite where somebody has a history without a chance.
pub fn deviance(counts: &[f64], fitted: &[f64]) -> f64 {
    let (n, all): (f64, f64) = (counts[1..].iter().sum(), fitted[1..].iter().sum());
    let terms = counts[1..].iter().zip(&fitted[1..]).filter(|c| *c.0 > 0.0);
    (2.0 * terms.map(|(c, m)| c * (c * all / (n * m)).ln()).sum::<f64>()).max(0.0)
}

/// The test for a log-linear model, whether or not it determines the number of unseen: its fitted cells always are.
pub fn goodness_of_fit(engine: &Engine, model: &Model, replicates: usize, seed: u64) -> FitTest {
    let (counts, terms) = (&engine.counts, model.terms());
    let mut newton = Newton::default();
    let mut fit = newton.fit(counts, terms, None);
    let finite = terms.iter().filter(|a| counts.sufficient[**a as usize] > 0.0).count();
    let (outside, rank): (Vec<Mask>, usize) = if fit.regular {
        (Vec::new(), finite)
    } else {
        let face = engine.face(model);
        newton.refit_on(counts, terms, &face.outside, false, &mut fit);
        (face.outside, face.rank)
    };
    let cells = fit.mu[1..].iter().filter(|m| **m > 0.0).count();
    // A table drawn from the face lies on it, or on a face of it.
    of_cells(&counts.cell, &fit.mu, cells.saturating_sub(rank), replicates, seed, |drawn| {
        let mut again: Fit = fit.clone();
        let (mut newton, counts) = (Newton::default(), Counts::new(drawn.to_vec()));
        newton.refit_on(&counts, terms, &outside, true, &mut again);
        if !again.deviance.is_finite() {
            newton.refit_on(&counts, terms, &outside, false, &mut again);
        }
        again.deviance.is_finite().then_some(again.deviance)
    })
}

/// The test for a log-linear model with covariates, given the persons seen in each stratum; rows with missing levels are left
/// out. `None` where the model has no estimate.
pub fn goodness_of_fit_stratified(
    table: &StratifiedTable,
    model: &StratifiedModel,
    replicates: usize,
    seed: u64,
) -> Option<FitTest> {
    let fitter = Fitter::new(table);
    let mut fit = fitter.fit(model, None);
    if !fit.regular {
        return None;
    }
    fitter.fill_relative(&mut fit);
    let possible: usize = fit.relative.iter().map(|r| r[1..].iter().filter(|p| **p > 0.0).count() - 1).sum();
    let degrees_of_freedom = possible.saturating_sub(fit.determined);
    Some(by_bootstrap(fit.deviance, degrees_of_freedom, replicates, seed, |rng| {
        let rows = fitter.strata.iter().zip(&fit.relative).flat_map(|(s, chances)| {
            let drawn = multinomial(s.n.round() as u64, &[&[0.0], &chances[1..]].concat(), rng);
            let levels: Vec<Option<usize>> = s.levels.iter().copied().map(Some).collect();
            let row =
                |(w, c): (usize, u64)| Row { history: w as Mask, levels: levels.clone(), count: c as f64 };
            drawn.into_iter().enumerate().filter(|c| c.1 > 0).map(row).collect::<Vec<Row>>()
        });
        let drawn = table.with_rows(rows.collect());
        let again = Fitter::new(&drawn).fit(model, Some(&fit));
        again.regular.then_some(again.deviance)
    }))
}
