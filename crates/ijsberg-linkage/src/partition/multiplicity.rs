//! How many records a list holds of one person: Poisson beyond the first, with a mean that is learned for each list.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The mean before anything is learned.
const START: f64 = 0.15;

/// The prior of the mean: a gamma distribution with this shape and rate. Most lists hold a person once, some many times.
const PRIOR: [f64; 2] = [0.5, 0.5];

/// Means that are tried, evenly on a scale of logarithms between these.
const GRID: usize = 80;
const BETWEEN: [f64; 2] = [0.002, 40.0];

/// What a list holds of persons.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Held {
    /// Persons on the list.
    pub(super) persons: u32,
    /// Records beyond the first of each.
    pub(super) more: u32,
}

/// The numbers of records of one person on one list.
#[derive(Debug, Clone)]
pub(super) struct Multiplicity {
    /// `ln p(c)` for `c` from 1 to the cap; index 0 is unused.
    pub(super) ln: Vec<f64>,
    /// By mean of the grid: the mean's logarithm, and that of the sum of all `mean^(c-1) / c!`.
    grid: Vec<[f64; 2]>,
}

impl Multiplicity {
    pub(super) fn new(cap: usize) -> Self {
        let [low, high] = BETWEEN.map(f64::ln);
        let at = |k: usize| low + (high - low) * k as f64 / (GRID - 1) as f64;
        let grid = (0..GRID).map(|k| [at(k), ln_sum(at(k), cap)]).collect();
        let mut all = Self { ln: vec![f64::NEG_INFINITY; cap + 1], grid };
        all.set(START.ln());
        all
    }

    fn set(&mut self, ln_mean: f64) {
        let cap = self.ln.len() - 1;
        let sum = ln_sum(ln_mean, cap);
        let mut ln_factorial = 0.0;
        for c in 1..=cap {
            ln_factorial += (c as f64).ln();
            self.ln[c] = (c as f64 - 1.0) * ln_mean - ln_factorial - sum;
        }
    }

    /// Draws the mean from its posterior, given what the list holds.
    pub(super) fn draw(&mut self, held: Held, rng: &mut ChaCha8Rng) {
        let (persons, more) = (f64::from(held.persons), f64::from(held.more));
        let logs: Vec<f64> = self
            .grid
            .iter()
            .map(|[ln_mean, sum]| (PRIOR[0] + more) * ln_mean - PRIOR[1] * ln_mean.exp() - persons * sum)
            .collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logs.iter().map(|x| (x - top).exp()).sum();
        let mut left = rng.random::<f64>() * total;
        let chosen = logs.iter().position(|x| {
            left -= (x - top).exp();
            left <= 0.0
        });
        self.set(self.grid[chosen.unwrap_or(GRID - 1)][0]);
    }
}

/// The logarithm of the sum of `mean^(c-1) / c!` for `c` from 1 to a cap.
fn ln_sum(ln_mean: f64, cap: usize) -> f64 {
    let (mut term, mut sum) = (1.0_f64, 0.0);
    for c in 1..=cap {
        if c > 1 {
            term *= ln_mean.exp() / c as f64;
        }
        sum += term;
    }
    sum.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::stream;

    #[test]
    fn the_mean_is_found_again_and_chances_add_up() {
        let mut rng = stream(3, 0);
        for (mean, cap) in [(0.05_f64, 4), (1.0, 10), (9.0, 60)] {
            let mut p = Multiplicity::new(cap);
            p.set(mean.ln());
            let sum: f64 = p.ln[1..].iter().map(|l| l.exp()).sum();
            assert!((sum - 1.0).abs() < 1e-9);
            // So many more records as there are on average.
            let more: f64 = (1..=cap).map(|c| p.ln[c].exp() * (c as f64 - 1.0)).sum();
            let held = Held { persons: 2000, more: (2000.0 * more).round() as u32 };
            let mut learned = 0.0;
            for _ in 0..50 {
                p.draw(held, &mut rng);
                learned += (p.ln[2] - p.ln[1]).exp() * 2.0 / 50.0;
            }
            assert!((learned / mean - 1.0).abs() < 0.1, "{learned} {mean}");
        }
    }
}
