//! Distributions of the unseen from likelihood curves, and quantiles of their mixture.

/// How far below its peak a curve still matters, in log-likelihood.
const DEPTH: f64 = 14.0;

/// The prior on `r`, the number of unseen persons for each one seen.
///
/// The density on the logarithm of `r` is proportional to `x^few / (1 + x)^(few + many)` with `x = r / scale`: `x / (1 + x)` has a
/// beta distribution. The defaults were chosen on the worlds of [`crate::simulate::worlds::Use::Learn`], with the example `prior`.
/// A flat density leaves weight on a thousand unseen for each one seen wherever the likelihood levels off, as it does on sparse
/// tables when persons may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prior {
    /// Power with which the density rises where few are unseen; 0.5 is that of Jeffreys for a small rate.
    pub few: f64,
    /// Power with which it falls where nearly everybody is.
    pub many: f64,
    /// Unseen for each one seen between the two.
    pub scale: f64,
}

impl Default for Prior {
    fn default() -> Self {
        Self { few: 0.5, many: 4.0, scale: 20.0 }
    }
}

impl Prior {
    /// Logarithm of the density on the logarithm of the ratio, up to a constant.
    fn log_density(self, ratio: f64) -> f64 {
        let x = ratio / self.scale;
        self.few * x.ln() - (self.few + self.many) * x.ln_1p()
    }
}

/// A distribution on the logarithm of the unseen: ascending points with the share below each.
#[derive(Debug, Clone)]
pub(super) struct Part {
    log_unseen: Vec<f64>,
    log_likelihood: Vec<f64>,
    below: Vec<f64>,
}

impl Part {
    /// Normalises a curve; `None` for a curve without a number.
    pub(super) fn new(grid: &[f64], log_likelihood: &[f64], n: f64, prior: Prior) -> Option<Self> {
        let part = Self {
            log_unseen: grid.iter().map(|u| u.ln()).collect(),
            log_likelihood: log_likelihood.to_vec(),
            below: Vec::new(),
        };
        part.under(n, prior)
    }

    /// The same curve under another prior.
    pub(super) fn under(&self, n: f64, prior: Prior) -> Option<Self> {
        let points = self.log_unseen.iter().zip(&self.log_likelihood);
        let density: Vec<f64> = points.map(|(x, l)| l + prior.log_density(x.exp() / n)).collect();
        let peak = density.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !peak.is_finite() {
            return None;
        }
        let mut below = vec![0.0];
        for i in 1..density.len() {
            let (a, b) = (density[i - 1] - peak, density[i] - peak);
            // The logarithm of the density is taken as straight between points.
            let mean = if (a - b).abs() < 1e-9 { a.exp() } else { (a.exp() - b.exp()) / (a - b) };
            let mean = if mean.is_finite() { mean } else { 0.0 };
            below.push(below[i - 1] + mean * (self.log_unseen[i] - self.log_unseen[i - 1]));
        }
        let total = below[density.len() - 1];
        (total > 0.0).then(|| {
            below.iter_mut().for_each(|b| *b /= total);
            Self { below, ..self.clone() }
        })
    }

    /// The number of unseen with this share of the distribution below it, the inverse of [`Part::share_below`].
    pub(super) fn unseen_at(&self, share: f64) -> f64 {
        let last = self.below.len() - 1;
        let i = self.below.partition_point(|b| *b <= share).clamp(1, last);
        let (b0, b1) = (self.below[i - 1], self.below[i]);
        let within = if b1 > b0 { ((share - b0) / (b1 - b0)).clamp(0.0, 1.0) } else { 0.0 };
        (self.log_unseen[i - 1] + within * (self.log_unseen[i] - self.log_unseen[i - 1])).exp()
    }

    fn share_below(&self, x: f64) -> f64 {
        let i = self.log_unseen.partition_point(|p| *p <= x);
        if i == 0 {
            return 0.0;
        }
        if i == self.log_unseen.len() {
            return 1.0;
        }
        let (x0, x1) = (self.log_unseen[i - 1], self.log_unseen[i]);
        self.below[i - 1] + (self.below[i] - self.below[i - 1]) * (x - x0) / (x1 - x0)
    }
}

/// Where the curve is within [`DEPTH`] of its peak, with one point of the grid to either side.
pub(super) fn support(grid: &[f64], log_likelihood: &[f64], unseen: f64, peak: f64) -> (f64, f64) {
    let inside: Vec<usize> = (0..grid.len()).filter(|i| log_likelihood[*i] > peak - DEPTH).collect();
    let near = grid.partition_point(|u| *u < unseen);
    let first = inside.first().copied().unwrap_or(near).min(near);
    let last = inside.last().copied().unwrap_or(near).max(near);
    (grid[first.saturating_sub(1)], grid[(last + 1).min(grid.len() - 1)])
}

/// Points of a curve that matter.
pub(super) fn inside(log_likelihood: &[f64], peak: f64) -> usize {
    log_likelihood.iter().filter(|l| **l > peak - DEPTH).count()
}

/// Quantile of a mixture whose weights add up to 1; infinite at the end of what its parts reach.
pub(super) fn quantile(parts: &[(f64, &Part)], share: f64) -> f64 {
    let ends = parts.iter().map(|p| (p.1.log_unseen[0], p.1.log_unseen[p.1.log_unseen.len() - 1]));
    let (mut low, mut high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |a, e| (a.0.min(e.0), a.1.max(e.1)));
    if low > high {
        return f64::NAN;
    }
    let end = high;
    for _ in 0..80 {
        let middle = 0.5 * (low + high);
        let below: f64 = parts.iter().map(|(weight, p)| weight * p.share_below(middle)).sum();
        if below < share { low = middle } else { high = middle }
    }
    if high > end - 1e-6 { f64::INFINITY } else { high.exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without data a curve is the prior: `x / (1 + x)` has a beta distribution with parameters `few` and `many`.
    #[test]
    fn a_level_curve_is_the_prior() {
        let grid: Vec<f64> = (0..2_001).map(|i| (-16.0 + 0.016 * f64::from(i)).exp() * 50.0).collect();
        let level = vec![-3.0; grid.len()];
        // Beta(1/2, 3): the share below `y` is `sqrt(y) (15 - 10 y + 3 y^2) / 8`, here at 0.04, 0.25 and 0.5.
        let prior = Prior { few: 0.5, many: 3.0, scale: 10.0 };
        let part = Part::new(&grid, &level, 50.0, prior).unwrap();
        for (share, ratio) in [(0.365_12, 10.0 / 24.0), (0.792_968_75, 10.0 / 3.0), (0.950_174_7, 10.0)] {
            assert!((part.share_below((ratio * 50.0_f64).ln()) - share).abs() < 2e-3, "{share}");
        }
        // Beta(1, 1): any share seen is as likely.
        let even = part.under(50.0, Prior { few: 1.0, many: 1.0, scale: 1.0 }).unwrap();
        for seen in [0.1, 0.5, 0.8] {
            let unseen: f64 = 50.0 * (1.0 - seen) / seen;
            assert!((even.share_below(unseen.ln()) - (1.0 - seen)).abs() < 1e-3, "{seen}");
        }
    }
    /// A bound takes the prior without its rise, which is lower at every share.
    #[test]
    fn without_the_rise_every_quantile_is_lower() {
        let grid: Vec<f64> = (0..41).map(|i| (0.25 * f64::from(i)).exp()).collect();
        let curve: Vec<f64> = grid.iter().map(|u| -0.5 * (u / 60.0).ln().powi(2)).collect();
        let part = Part::new(&grid, &curve, 50.0, Prior::default()).unwrap();
        let level = part.under(50.0, Prior { few: 0.0, ..Prior::default() }).unwrap();
        for share in [0.05, 0.5, 0.95] {
            assert!(level.unseen_at(share) < part.unseen_at(share), "{share}");
        }
    }
}
