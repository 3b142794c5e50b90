//! Distributions of the unseen from likelihood curves, and quantiles of their mixture.

/// How far below its peak a curve still matters, in log-likelihood.
const DEPTH: f64 = 14.0;

/// A distribution on the logarithm of the unseen: ascending points with the share below each.
#[derive(Debug, Clone)]
pub(super) struct Part {
    log_unseen: Vec<f64>,
    below: Vec<f64>,
}

impl Part {
    /// Normalises a curve; `None` for a curve without a number.
    ///
    /// The prior density on the logarithm of the unseen `u` is the square root of the share that was seen, `n / (n + u)`: flat where
    /// few are unseen, falling where nearly everybody is. A flat one leaves weight on a thousand unseen for each one seen wherever
    /// the likelihood levels off, as it does on sparse tables when persons may differ; lists taken as the truth say that it is too
    /// much (`docs/verdict.md`).
    pub(super) fn new(grid: &[f64], log_likelihood: &[f64], n: f64) -> Option<Self> {
        let with_prior = |(u, l): (&f64, &f64)| l - 0.5 * (u / n).ln_1p();
        let log_likelihood: Vec<f64> = grid.iter().zip(log_likelihood).map(with_prior).collect();
        let peak = log_likelihood.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !peak.is_finite() {
            return None;
        }
        let log_unseen: Vec<f64> = grid.iter().map(|u| u.ln()).collect();
        let mut below = vec![0.0];
        for i in 1..grid.len() {
            let (a, b) = (log_likelihood[i - 1] - peak, log_likelihood[i] - peak);
            // The logarithm of the density is taken as straight between points.
            let mean = if (a - b).abs() < 1e-9 { a.exp() } else { (a.exp() - b.exp()) / (a - b) };
            let mean = if mean.is_finite() { mean } else { 0.0 };
            below.push(below[i - 1] + mean * (log_unseen[i] - log_unseen[i - 1]));
        }
        let total = below[grid.len() - 1];
        (total > 0.0).then(|| {
            below.iter_mut().for_each(|b| *b /= total);
            Self { log_unseen, below }
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
