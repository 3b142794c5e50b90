//! Bayesian average over hierarchical log-linear models, each by Laplace's method: all models of up to five lists, or all
//! models with two-list terms of up to six.
//!
//! The prior is the unit information prior of Overstall and King (2014, Journal of Statistical Software 58): with
//! sum-to-zero coding on the complete table every parameter but the intercept is standard normal, the intercept flat;
//! all models equally probable. Given a model, the unseen are Poisson with a log-normal mean. For tables whose cells
//! are not all empty the error of Laplace's method is far below the differences between models; `tests` compare it
//! with sampled posteriors.

use rayon::prelude::*;

use super::grid::Distribution;
use super::laplace::{Coding, laplace};
use crate::histories::{Histories, Mask};
use crate::loglinear::lattice::{Lattice, terms_of};
use crate::model::Model;
use crate::special::{ln_gamma, normal_cdf, normal_quantile};

/// Points of a distribution that are worked out together.
const CHUNK: usize = 100;

/// Standard deviations beyond which nothing is left.
const FAR: f64 = 8.5;

/// The average.
#[derive(Debug, Clone)]
pub struct HierarchicalPosterior {
    /// The population size.
    pub size: Distribution,
    /// Models with their posterior probabilities, largest first, as far as they matter.
    pub models: Vec<(Model, f64)>,
}

/// Averages over all hierarchical models with terms of at most `max_order` lists. `None` when there are fewer than
/// three lists or more than there is time for (five, or six with `max_order` 2), or no model has a posterior.
pub fn average(h: &Histories, max_order: u32) -> Option<HierarchicalPosterior> {
    let most = if max_order == 2 { 6 } else { 5 };
    if !(3..=most).contains(&h.t()) {
        return None;
    }
    let lattice = Lattice::new(h.t())?;
    let counts = h.dense();
    let main = main_effects(h.t());
    let precision: Vec<f64> = main.iter().map(|a| f64::from(*a != 0)).collect();
    let alone = laplace(&counts, Coding::SumToZero, &main, &precision, &[]);
    let start: Vec<(Mask, f64)> = main.into_iter().zip(alone.map_or_else(Vec::new, |l| l.mode)).collect();
    let fits: Vec<(u64, f64, (f64, f64))> = lattice
        .sets(max_order)
        .into_par_iter()
        .filter_map(|set| {
            let terms = terms_of(set);
            let mut precision = vec![1.0; terms.len()];
            precision[0] = 0.0;
            let fit = laplace(&counts, Coding::SumToZero, &terms, &precision, &start)?;
            Some((set, fit.log_evidence, fit.log_dark))
        })
        .collect();
    let top = fits.iter().map(|f| f.1).fold(f64::NEG_INFINITY, f64::max);
    let mut weighted: Vec<(u64, f64, (f64, f64))> = fits
        .into_iter()
        .map(|(set, evidence, dark)| (set, (evidence - top).exp(), dark))
        .filter(|f| f.1 > 1e-12)
        .collect();
    let total: f64 = weighted.iter().map(|f| f.1).sum();
    weighted.iter_mut().for_each(|f| f.1 /= total);
    weighted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let size = mixture(
        h.n() as f64,
        &weighted.iter().map(|(_, w, (mean, variance))| (*w, *mean, *variance)).collect::<Vec<_>>(),
    )?;
    let models = weighted.iter().map(|(set, w, _)| (lattice.model(*set), *w)).collect();
    Some(HierarchicalPosterior { size, models })
}

/// The distribution of `n + Poisson(exp(z))`, `z` from a mixture of normals `(weight, mean, variance)`.
///
/// The Poisson step is taken as normal on the logarithm too, with variance `1 / mean`, unless few are unseen.
pub(crate) fn mixture(n: f64, parts: &[(f64, f64, f64)]) -> Option<Distribution> {
    let spread = |m: f64, v: f64| (v + (-m).exp()).sqrt();
    let low = parts.iter().map(|(_, m, v)| m - 8.0 * spread(*m, *v)).fold(f64::INFINITY, f64::min);
    let high = parts.iter().map(|(_, m, v)| m + 8.0 * spread(*m, *v)).fold(f64::NEG_INFINITY, f64::max);
    if !low.is_finite() || !high.is_finite() || high > 40.0 {
        return None;
    }
    if high < 7.0 {
        return Some(few_unseen(n, parts, high.exp()));
    }
    let points = 4000;
    let h = (high - low) / f64::from(points);
    let mut probability = vec![0.0; points as usize];
    let edge = |i: usize| low + h * i as f64;
    probability.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, probability)| {
        let first = chunk * CHUNK;
        for (weight, m, v) in parts {
            let sd = spread(*m, *v);
            // Beyond this a normal distribution has nothing that a number could hold.
            if edge(first) > m + FAR * sd || edge(first + probability.len()) < m - FAR * sd {
                continue;
            }
            let mut below = normal_cdf((edge(first) - m) / sd);
            for (i, p) in probability.iter_mut().enumerate() {
                let next = normal_cdf((edge(first + i + 1) - m) / sd);
                *p += weight * (next - below);
                below = next;
            }
        }
    });
    let total: f64 = probability.iter().sum();
    probability.iter_mut().for_each(|p| *p /= total);
    let size = (0..points).map(|i| n + (low + h * (f64::from(i) + 0.5)).exp()).collect();
    Some(Distribution { n: size, probability, has_mean: true })
}

/// As [`mixture`] with every number of unseen as a point of its own: Poisson averaged over 41 quantiles of its mean.
fn few_unseen(n: f64, parts: &[(f64, f64, f64)], most: f64) -> Distribution {
    let last = (most + 8.0 * most.sqrt() + 10.0).ceil() as usize;
    let mut probability = vec![0.0; last + 1];
    for (weight, m, v) in parts {
        for q in 0..41 {
            let mean = (m + v.sqrt() * normal_quantile((f64::from(q) + 0.5) / 41.0)).exp();
            for (k, p) in probability.iter_mut().enumerate() {
                let log = k as f64 * mean.ln() - mean - ln_gamma(k as f64 + 1.0);
                *p += weight / 41.0 * log.exp();
            }
        }
    }
    let total: f64 = probability.iter().sum();
    probability.iter_mut().for_each(|p| *p /= total);
    Distribution { n: (0..=last).map(|k| n + k as f64).collect(), probability, has_mean: true }
}

/// Intercept and main effects, the terms of every model.
pub(crate) fn main_effects(t: usize) -> Vec<Mask> {
    std::iter::once(0).chain((0..t).map(|j| 1 << j)).collect()
}
