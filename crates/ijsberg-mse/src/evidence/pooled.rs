//! Heterogeneity of estimates, and their mean with random effects.

use serde::Serialize;

use crate::special::{chi_squared_upper, student_quantile};

/// How different estimates are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Heterogeneity {
    /// Cochran's `Q`: squared deviations from the mean weighted by precision.
    pub q: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The chance of a `Q` as large where all estimate the same.
    pub p: f64,
    /// The share of the variation that is not chance, from 0 to 1: `(Q - degrees) / Q`.
    pub i_squared: f64,
    /// The variance between estimates on the logarithm (Paule and Mandel 1982).
    pub tau_squared: f64,
}

/// One number of all.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pooled {
    /// Estimated persons.
    pub estimate: f64,
    /// Lower limit (Hartung and Knapp 2001).
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Standard error of the logarithm.
    pub log_se: f64,
    /// Estimates that it is made of.
    pub of: usize,
}

/// The mean with weights `1 / (v + tau^2)`, the sum of the weights, and the weighted squares around it.
fn weighted(logs: &[f64], variances: &[f64], tau_squared: f64) -> (f64, f64, f64) {
    let weights: Vec<f64> = variances.iter().map(|v| 1.0 / (v + tau_squared)).collect();
    let sum: f64 = weights.iter().sum();
    let mean = weights.iter().zip(logs).map(|(w, y)| w * y).sum::<f64>() / sum;
    let squares = weights.iter().zip(logs).map(|(w, y)| w * (y - mean).powi(2)).sum();
    (mean, sum, squares)
}

/// `Q`, `I^2` and `tau^2` of estimates with their variances, on the logarithm. `None` with fewer than two.
///
/// `tau^2` makes the weighted squares equal to their degrees of freedom: nil where they are below at nil.
pub fn heterogeneity(logs: &[f64], variances: &[f64]) -> Option<Heterogeneity> {
    let degrees = logs.len().checked_sub(1).filter(|d| *d > 0)?;
    let squares = |tau: f64| weighted(logs, variances, tau).2;
    let q = squares(0.0);
    let tau_squared = if q <= degrees as f64 {
        0.0
    } else {
        let (mut low, mut high) = (0.0, 1e-6);
        while squares(high) > degrees as f64 && high < 1e12 {
            high *= 2.0;
        }
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if squares(middle) > degrees as f64 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    Some(Heterogeneity {
        q,
        degrees,
        p: chi_squared_upper(q, degrees),
        i_squared: if q > 0.0 { ((q - degrees as f64) / q).max(0.0) } else { 0.0 },
        tau_squared,
    })
}

/// The mean of a random-effects model with the interval of Hartung and Knapp: the standard error times `sqrt(max(1, squares / (k - 1)))`
/// and the quantile of Student with `k - 1` degrees of freedom. With the `tau^2` of Paule and Mandel the factor is 1 wherever that is above nil.
pub fn pooled(logs: &[f64], variances: &[f64], tau_squared: f64, level: f64) -> Pooled {
    let (mean, sum, squares) = weighted(logs, variances, tau_squared);
    let degrees = logs.len() as f64 - 1.0;
    let log_se = ((squares / degrees).max(1.0) / sum).sqrt();
    let half = student_quantile(level, degrees) * log_se;
    Pooled {
        estimate: mean.exp(),
        lower: (mean - half).exp(),
        upper: (mean + half).exp(),
        log_se,
        of: logs.len(),
    }
}
