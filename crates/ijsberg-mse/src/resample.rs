//! Bootstrap and jackknife with the whole selection rule repeated on every replicate.
//!
//! Each replicate draws from its own stream of one seeded generator, so the result is the same for any number of
//! threads and a replicate can be run again alone.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution};
use rayon::prelude::*;
use serde::Serialize;

use crate::loglinear::Engine;
use crate::loglinear::newton::{Counts, Newton};
use crate::loglinear::selection::{Replicator, Reselect, Selection};
use crate::special::{ln_gamma, normal_cdf, normal_quantile, quantile_type8};

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

/// The random stream of one replicate.
pub(crate) fn stream(seed: u64, index: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index);
    rng
}

/// A multinomial draw by successive binomials; `weights` need not add up to one.
pub(crate) fn multinomial(n: u64, weights: &[f64], rng: &mut ChaCha8Rng) -> Vec<u64> {
    let mut left = n;
    let mut weight_left: f64 = weights.iter().sum();
    let last = weights.iter().rposition(|w| *w > 0.0);
    weights
        .iter()
        .enumerate()
        .map(|(i, w)| {
            if Some(i) == last {
                return std::mem::take(&mut left);
            }
            let p = if weight_left > 0.0 { (w / weight_left).clamp(0.0, 1.0) } else { 0.0 };
            weight_left -= w;
            let draw = binomial(left, p, rng);
            left -= draw;
            draw
        })
        .collect()
}

pub(crate) fn binomial(n: u64, p: f64, rng: &mut ChaCha8Rng) -> u64 {
    // `p` is clamped to [0, 1] by every caller, the only condition of the constructor.
    Binomial::new(n, p).map_or(0, |d| d.sample(rng))
}

/// How many of `drawn` persons are marked, drawn without replacement from `total` of whom `marked` are.
///
/// By inversion outwards from the mode, in as many steps as the standard deviation is wide. The sampler of `rand_distr` 0.6 gives nil where
/// the mode is below ten and the population large.
pub(crate) fn hypergeometric(total: u64, marked: u64, drawn: u64, rng: &mut ChaCha8Rng) -> u64 {
    let (marked, drawn) = (marked.min(total), drawn.min(total));
    let (least, most) = ((marked + drawn).saturating_sub(total), marked.min(drawn));
    let mode = ((drawn + 1) as f64 * (marked + 1) as f64 / (total + 2) as f64) as u64;
    let mode = mode.clamp(least, most);
    let choose =
        |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let at_mode = (choose(marked, mode) + choose(total - marked, drawn - mode) - choose(total, drawn)).exp();
    // Not drawn and not marked is what is left of the table.
    let neither = |x: u64| (total + x - marked - drawn) as f64;
    let above =
        |x: u64, p: f64| p * (marked - x) as f64 * (drawn - x) as f64 / ((x + 1) as f64 * neither(x + 1));
    let below =
        |x: u64, p: f64| p * x as f64 * neither(x) / ((marked - x + 1) as f64 * (drawn - x + 1) as f64);
    let step_up = |x: u64, p: f64| if x < most { above(x, p) } else { 0.0 };
    let step_down = |x: u64, p: f64| if x > least { below(x, p) } else { 0.0 };
    let (mut up, mut down) = (mode, mode);
    let (mut next_up, mut next_down) = (step_up(mode, at_mode), step_down(mode, at_mode));
    let mut left = rng.random::<f64>() - at_mode;
    let mut last = mode;
    // What rounding leaves over goes to the mode.
    while left > 0.0 {
        if next_up <= 0.0 && next_down <= 0.0 {
            return mode;
        }
        if next_up >= next_down {
            (up, left, last) = (up + 1, left - next_up, up + 1);
            next_up = step_up(up, next_up);
        } else {
            (down, left, last) = (down - 1, left - next_down, down - 1);
            next_down = step_down(down, next_down);
        }
    }
    last
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_without_replacement_have_their_mean_and_spread() {
        for (total, marked, drawn) in [
            (136_000, 8234, 142),
            (136_000, 8234, 10),
            (10, 4, 7),
            (50_000_000, 30, 2_000_000),
            (1000, 990, 500),
            (40_000, 20_000, 10_000),
        ] {
            let mut rng = stream(1, 0);
            let all: Vec<f64> =
                (0..20_000).map(|_| hypergeometric(total, marked, drawn, &mut rng) as f64).collect();
            let (n, k, d) = (total as f64, marked as f64, drawn as f64);
            let mean = d * k / n;
            let variance = mean * (1.0 - k / n) * (n - d) / (n - 1.0);
            let found = all.iter().sum::<f64>() / 20_000.0;
            let spread = all.iter().map(|x| (x - found).powi(2)).sum::<f64>() / 20_000.0;
            // Five standard errors.
            assert!((found - mean).abs() < 5.0 * (variance / 20_000.0).sqrt(), "{total} {found} {mean}");
            assert!((spread / variance - 1.0).abs() < 0.06, "{total} {spread} {variance}");
        }
        let mut rng = stream(2, 0);
        assert_eq!(hypergeometric(20, 20, 7, &mut rng), 7);
        assert_eq!(hypergeometric(20, 0, 7, &mut rng), 0);
        assert_eq!(hypergeometric(20, 5, 30, &mut rng), 5);
    }
}
