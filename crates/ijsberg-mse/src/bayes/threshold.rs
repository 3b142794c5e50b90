//! Bayesian thresholding (Silverman 2020, Journal of the Royal Statistical Society A 183, section 6).
//!
//! The model with all two-list terms gets independent normal priors on its terms. Terms whose posterior mean is at
//! least `threshold` posterior standard deviations from zero are kept, the others dropped, and the model is fitted
//! again; the interval is that of the second fit and takes the kept terms for granted. Posteriors are approximated by
//! Laplace's method, where the original samples them.

use super::grid::Distribution;
use super::hierarchical::{main_effects, mixture};
use super::laplace::{Coding, laplace};
use crate::histories::{Histories, Mask};
use crate::model::{Model, pairs};

/// Standard deviations from zero at which a term is kept.
pub const THRESHOLD: f64 = 2.0;

/// Prior variance of a two-list term.
pub const PRIOR_VARIANCE: f64 = 1.0;

/// The posterior and the model that was kept.
#[derive(Debug, Clone)]
pub struct ThresholdPosterior {
    /// The population size.
    pub size: Distribution,
    /// The model of the second fit.
    pub model: Model,
}

/// Runs the rule; `None` with fewer than three lists or when a posterior has no mode within reach.
pub fn threshold(h: &Histories, variance: f64, threshold: f64) -> Option<ThresholdPosterior> {
    let t = h.t();
    if t < 3 {
        return None;
    }
    let counts = h.dense();
    let fit = |chosen: &[Mask]| {
        let terms: Vec<Mask> = main_effects(t).into_iter().chain(chosen.iter().copied()).collect();
        let precision: Vec<f64> =
            terms.iter().map(|a| if a.count_ones() > 1 { 1.0 / variance } else { 0.0 }).collect();
        laplace(&counts, Coding::Corner, &terms, &precision, &[])
    };
    let all: Vec<Mask> = pairs(t).collect();
    let first = fit(&all)?;
    let kept: Vec<Mask> = all
        .iter()
        .enumerate()
        .filter(|(i, _)| {
            let (mean, sd) = (first.mode[t + 1 + i], first.variance(t + 1 + i).sqrt());
            mean.abs() > threshold * sd
        })
        .map(|(_, a)| *a)
        .collect();
    let (mean, variance) = fit(&kept)?.log_dark;
    Some(ThresholdPosterior {
        size: mixture(h.n() as f64, &[(1.0, mean, variance)])?,
        model: Model::from_generators(t, &kept),
    })
}
