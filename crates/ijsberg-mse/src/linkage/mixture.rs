//! The mixture over draws, each a log-normal distribution of the unseen.

use crate::estimate::Estimate;
use crate::special::{normal_cdf, normal_quantile};

/// One draw's estimate as a log-normal distribution of the unseen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) seen: f64,
    /// Mean and standard deviation of the logarithm of the unseen.
    pub(super) mean: f64,
    sd: f64,
}

impl Part {
    pub(super) fn from_estimate(e: &Estimate) -> Option<Self> {
        let (n_hat, i) = (e.n_hat?, e.interval?);
        Some(Self::new(e.n_observed as f64, n_hat, (i.lower, i.upper), i.level))
    }

    /// Of persons, with the limits of an interval.
    pub(super) fn new(seen: f64, n_hat: f64, limits: (f64, f64), level: f64) -> Self {
        let unseen = |x: f64| (x - seen).max(0.5).ln();
        Self { seen, ..Self::of_logs(unseen(n_hat), (unseen(limits.0), unseen(limits.1)), level) }
    }

    /// Of odds, with the limits of an interval.
    pub(super) fn of_odds(odds: f64, limits: (f64, f64), level: f64) -> Self {
        let log = |x: f64| x.max(1e-9).ln();
        Self::of_logs(log(odds), (log(limits.0), log(limits.1)), level)
    }

    fn of_logs(mean: f64, (lower, upper): (f64, f64), level: f64) -> Self {
        // An unbounded interval is as wide above as below.
        let z = normal_quantile(0.5 + 0.5 * level);
        let low = mean - lower;
        let high = if upper.is_finite() { upper - mean } else { 4.0 * low };
        let sd = f64::midpoint(low.powi(2), high.powi(2)).sqrt() / z;
        Self { seen: 0.0, mean, sd: sd.max(1e-6) }
    }

    fn below(&self, n: f64) -> f64 {
        if n <= self.seen { 0.0 } else { normal_cdf(((n - self.seen).ln() - self.mean) / self.sd) }
    }

    pub(super) fn variance_of_log(&self) -> f64 {
        let unseen = self.mean.exp();
        // By the delta method.
        (self.sd * unseen / (self.seen + unseen)).powi(2)
    }
}

/// Quantile of the mixture, where draws without an estimate lie beyond every number.
pub(super) fn quantile(parts: &[Part], draws: usize, share: f64) -> f64 {
    let below = |n: f64| parts.iter().map(|p| p.below(n)).sum::<f64>() / draws as f64;
    if parts.len() as f64 <= share * draws as f64 {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    while below(high) < share && high < 1e15 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if below(middle) < share { low = middle } else { high = middle }
    }
    if high < 1e15 { high } else { f64::INFINITY }
}
