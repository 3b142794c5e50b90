//! A distribution of the unseen on a grid that adapts to it.
//!
//! Small numbers of unseen are taken one by one. Larger ones are a smooth function of their logarithm, for which the
//! trapezoid rule converges faster than any power of the step.

/// Up to here every number of unseen is a point of its own.
const SINGLE: f64 = 256.0;

/// Density below the largest by this much in logarithm counts as nothing.
pub(crate) const NEGLIGIBLE: f64 = 40.0;

/// A tail that has fallen this far at [`FARTHEST`] holds less than a millionth.
const TAIL: f64 = 16.0;

/// Beyond this many unseen a posterior that has not fallen off is called unbounded.
pub(crate) const FARTHEST: f64 = 1e13;

/// Points with the logarithm of the number of unseen that each stands for.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    /// Numbers of unseen, ascending.
    pub(crate) unseen: Vec<f64>,
    /// `log` of the width of each point.
    pub(crate) log_width: Vec<f64>,
}

impl Grid {
    /// A coarse grid over everything from no unseen to [`FARTHEST`].
    pub(crate) fn coarse() -> Self {
        let mut unseen: Vec<f64> = (0..8).map(|i| f64::from(i * i)).collect();
        let step = 0.15_f64;
        let mut x = 64.0;
        while x < FARTHEST {
            unseen.push(x);
            x *= step.exp();
        }
        // Widths matter only to a factor: each point stands for about its distance to the next.
        let log_width = unseen.iter().map(|x| (1.0 + step * x).ln()).collect();
        Self { unseen, log_width }
    }

    /// A fine grid from `low` to `high` unseen.
    pub(crate) fn fine(low: f64, high: f64) -> Self {
        let mut unseen = Vec::new();
        let mut log_width = Vec::new();
        let mut x = low.floor().max(0.0);
        while x <= SINGLE && x <= high.ceil() {
            unseen.push(x);
            log_width.push(0.0);
            x += 1.0;
        }
        let start = low.max(SINGLE + 0.5);
        if high > start {
            let range = (high / start).ln();
            let steps = ((range / 0.01).ceil()).clamp(400.0, 2400.0);
            let h = range / steps;
            for i in 0..=steps as usize {
                let x = start * (h * i as f64).exp();
                let ends = if i == 0 || i == steps as usize { 0.5 } else { 1.0 };
                unseen.push(x);
                log_width.push((x * h * ends).ln());
            }
        }
        Self { unseen, log_width }
    }

    /// The part of a coarse grid that matters, given the log density with widths at every point; `None` when the
    /// density has not fallen off at the far end.
    pub(crate) fn relevant(&self, log_mass: &[f64]) -> Option<(f64, f64)> {
        let top = log_mass.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let matters: Vec<usize> = (0..log_mass.len()).filter(|i| log_mass[*i] > top - NEGLIGIBLE).collect();
        let (first, last) = (*matters.first()?, *matters.last()?);
        let end = log_mass.len() - 1;
        if last < end {
            return Some((self.unseen[first.saturating_sub(1)], self.unseen[last + 1]));
        }
        // A graph without independence has a tail that falls by less than a power of the size. What lies beyond the
        // end is of the order of the mass at the end, if that is falling.
        let fallen = log_mass[end] < top - TAIL && log_mass[end] < log_mass[end - 4] - 0.1;
        fallen.then(|| (self.unseen[first.saturating_sub(1)], self.unseen[end]))
    }
}

/// A posterior distribution of the population size.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// Sizes, seen and unseen, ascending.
    pub n: Vec<f64>,
    /// Their probabilities; they sum to one.
    pub probability: Vec<f64>,
    /// Whether the mean exists: whether the tail falls faster than the square of the size.
    pub has_mean: bool,
}

impl Distribution {
    /// From the log of the mass at each point of a grid.
    pub(crate) fn new(seen: f64, grid: &Grid, log_mass: &[f64]) -> Self {
        let top = log_mass.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mass: Vec<f64> = log_mass.iter().map(|x| (x - top).exp()).collect();
        let total: f64 = mass.iter().sum();
        let last = grid.unseen.len() - 1;
        let slope = if last > 8 && grid.unseen[last - 1] > grid.unseen[last - 8] {
            let rise =
                log_mass[last - 1] - grid.log_width[last - 1] - log_mass[last - 8] + grid.log_width[last - 8];
            rise / (grid.unseen[last - 1] / grid.unseen[last - 8].max(0.5)).ln()
        } else {
            f64::NEG_INFINITY
        };
        Self {
            n: grid.unseen.iter().map(|u| seen + u).collect(),
            probability: mass.into_iter().map(|m| m / total).collect(),
            has_mean: slope < -2.0,
        }
    }

    /// The mean, if there is one.
    pub fn mean(&self) -> Option<f64> {
        self.has_mean.then(|| self.n.iter().zip(&self.probability).map(|(n, p)| n * p).sum())
    }

    /// The standard deviation about the mean of the grid.
    pub fn sd(&self) -> f64 {
        let mean: f64 = self.n.iter().zip(&self.probability).map(|(n, p)| n * p).sum();
        self.n.iter().zip(&self.probability).map(|(n, p)| p * (n - mean).powi(2)).sum::<f64>().sqrt()
    }

    /// The size below which a share `p` of the distribution lies.
    pub fn quantile(&self, p: f64) -> f64 {
        let mut below = 0.0;
        for (i, mass) in self.probability.iter().enumerate() {
            if below + mass >= p {
                // A point stands for what lies around it: half its mass is below.
                let share = ((p - below) / mass - 0.5).clamp(-0.5, 0.5);
                let neighbour = if share < 0.0 { i.checked_sub(1) } else { Some(i + 1) };
                let step =
                    neighbour.and_then(|j| self.n.get(j)).map_or(0.0, |other| (other - self.n[i]).abs());
                return self.n[i] + share * step;
            }
            below += mass;
        }
        self.n.last().copied().unwrap_or(f64::NAN)
    }
}
