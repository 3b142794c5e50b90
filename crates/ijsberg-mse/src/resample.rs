//! Bootstrap and jackknife with the whole selection rule repeated on every replicate.
//!
//! Each replicate draws from its own stream of one seeded generator, so the result is the same for any number of
//! threads and a replicate can be run again alone.

use rayon::prelude::*;
use serde::Serialize;

use crate::chance::{binomial, multinomial, stream};
use crate::loglinear::Engine;
use crate::loglinear::newton::{Counts, Newton};
use crate::loglinear::selection::{Replicator, Reselect, Selection};
use crate::special::{normal_cdf, normal_quantile, quantile_type8};

/// From what replicates are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Multinomial over the observed cells, given the number seen (Chan, Silverman and Vincent 2021).
    Nonparametric,
    /// The number seen from `Binomial(N, n / N)`, then multinomial over the cells fitted by the chosen model.
    Parametric,
}

/// The replicates of one selection rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Replicates {
    /// Estimates in ascending order; infinite where no estimate existed.
    pub sorted: Vec<f64>,
    /// How many replicates had no estimate. They count as unbounded, so they widen the interval upwards.
    pub without_estimate: usize,
}

/// How a `BCa` interval came about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bca {
    /// Bias correction; infinite when all replicates lie on one side of the estimate.
    pub z0: f64,
    /// Acceleration.
    pub acceleration: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
    /// Whether a limit is the smallest or largest replicate, so that more replicates would move it.
    pub saturated: bool,
    /// Whether the correction could not be worked out and the limits are plain percentiles.
    pub fell_back: bool,
}

/// Runs the bootstrap: one vector of replicates per selection rule. `tick` is called once a replicate.
#[expect(clippy::too_many_arguments, reason = "each is an independent choice of the caller")]
pub fn bootstrap(
    engine: &Engine,
    selections: &[Selection],
    reselect: Reselect,
    scheme: Scheme,
    fitted: Option<&[f64]>,
    replicates: usize,
    seed: u64,
    tick: &(dyn Fn() + Sync),
) -> Vec<Replicates> {
    let replicator = Replicator::new(engine, selections, reselect);
    let cells = engine.histories.cells();
    let n = engine.histories.n();
    let draws: Vec<Vec<f64>> = (0..replicates)
        .into_par_iter()
        .map_init(Newton::default, |newton, b| {
            let mut rng = stream(seed, b as u64);
            let counts = if let (Scheme::Parametric, Some(mu)) = (scheme, fitted) {
                let total: f64 = mu.iter().sum();
                let seen = 1.0 - mu[0] / total;
                let seen = binomial(total.round() as u64, seen.clamp(0.0, 1.0), &mut rng);
                let drawn = multinomial(seen, &[&[0.0], &mu[1..]].concat(), &mut rng);
                drawn.into_iter().map(|c| c as f64).collect()
            } else {
                let weights: Vec<f64> = cells.iter().map(|c| c.1 as f64).collect();
                engine.histories.dense_with(&multinomial(n, &weights, &mut rng))
            };
            let estimates = replicator.estimate(&Counts::new(counts), newton);
            tick();
            estimates
        })
        .collect();
    (0..selections.len())
        .map(|s| {
            let mut sorted: Vec<f64> = draws.iter().map(|d| d[s]).collect();
            sorted.sort_by(f64::total_cmp);
            let without_estimate = sorted.iter().filter(|x| !x.is_finite()).count();
            Replicates { sorted, without_estimate }
        })
        .collect()
}

/// Jackknife over distinct histories: the estimate of each rule with one person taken from each occupied cell.
pub fn jackknife(engine: &Engine, selections: &[Selection], reselect: Reselect) -> Vec<Vec<f64>> {
    let replicator = Replicator::new(engine, selections, reselect);
    let cells = engine.histories.cells();
    let rows: Vec<Vec<f64>> = (0..cells.len())
        .into_par_iter()
        .map_init(Newton::default, |newton, i| {
            let mut counts: Vec<u64> = cells.iter().map(|c| c.1).collect();
            counts[i] -= 1;
            replicator.estimate(&Counts::new(engine.histories.dense_with(&counts)), newton)
        })
        .collect();
    (0..selections.len()).map(|s| rows.iter().map(|r| r[s]).collect()).collect()
}

/// Acceleration from a jackknife weighted by counts: `sum n d^3 / (6 (sum n d^2)^(3/2))`, `d` from the mean.
///
/// `None` when taking one person away leaves no estimate, or when nothing varies.
pub fn acceleration(counts: &[u64], jackknife: &[f64]) -> Option<f64> {
    let weighted = |f: &dyn Fn(f64) -> f64| -> f64 {
        counts.iter().zip(jackknife).filter(|x| *x.0 > 0).map(|(c, theta)| *c as f64 * f(*theta)).sum()
    };
    let mean = weighted(&|x| x) / weighted(&|_| 1.0);
    let squares = weighted(&|x| (mean - x).powi(2));
    let cubes = weighted(&|x| (mean - x).powi(3));
    let a = cubes / (6.0 * squares.powf(1.5));
    a.is_finite().then_some(a)
}

/// Bias-corrected and accelerated limits (Efron 1987); ties with the estimate count as not below.
///
/// When every replicate lies on one side of the estimate, or the acceleration makes the map fold over, the limits are
/// plain percentiles and `fell_back` says so.
pub fn bca(estimate: f64, sorted: &[f64], acceleration: f64, level: f64) -> Bca {
    let below = sorted.iter().filter(|x| **x < estimate).count() as f64 / sorted.len() as f64;
    let z0 = normal_quantile(below);
    let tail = 0.5 * (1.0 - level);
    let limit = |alpha: f64| {
        let w = z0 + normal_quantile(alpha);
        let scale = 1.0 - acceleration * w;
        (z0.is_finite() && scale > 0.0).then(|| normal_cdf(z0 + w / scale))
    };
    let m = sorted.len() as f64;
    let at_edge = |p: f64| {
        let h = m * p + (p + 1.0) / 3.0;
        h <= 1.0 || h >= m
    };
    let (low, high, fell_back) = match (limit(tail), limit(1.0 - tail)) {
        (Some(low), Some(high)) => (low, high, false),
        _ => (tail, 1.0 - tail, true),
    };
    Bca {
        z0,
        acceleration,
        lower: quantile_type8(sorted, low),
        upper: quantile_type8(sorted, high),
        saturated: at_edge(low) || at_edge(high),
        fell_back,
    }
}
