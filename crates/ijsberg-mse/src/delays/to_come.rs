//! Late registrations of each month, simulated.

use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};
use rayon::prelude::*;

use super::ladder::{Ladder, shares};
use crate::chance::stream;
use crate::special::quantile_type8;

/// Simulated late registrations: by replicate, for each row from the first that is not final.
pub(super) struct Simulated {
    /// The first row that is not final.
    pub(super) from: usize,
    /// Draws.
    pub(super) draws: Vec<Vec<f64>>,
}

/// A count with this mean and with a variance of `dispersion` times the mean; infinite where the mean is.
fn count(mean: f64, dispersion: f64, rng: &mut ChaCha8Rng) -> f64 {
    if !mean.is_finite() {
        return f64::INFINITY;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let over = dispersion - 1.0;
    let rate = if over > 1e-9 { Gamma::new(mean / over, over).map_or(mean, |g| g.sample(rng)) } else { mean };
    if rate > 0.0 { Poisson::new(rate).map_or(rate, |p| p.sample(rng)) } else { 0.0 }
}

/// Draws what is still to come of each row: tables like the one that was seen give other shares, what is registered so far leaves the level of its
/// month uncertain, and what is to come spreads around its mean.
pub(super) fn simulate(
    rows: &[Vec<f64>],
    ladder: &Ladder,
    dispersion: f64,
    (replicates, seed): (usize, u64),
) -> Simulated {
    let delays = ladder.share.len();
    let from = rows.iter().position(|r| r.len() < delays).unwrap_or(rows.len());
    let draw = |replicate: usize| -> Vec<f64> {
        let mut rng = stream(seed, replicate as u64);
        let mut like = rows.to_vec();
        for (i, row) in like.iter_mut().enumerate().filter(|(i, _)| ladder.finals[*i].is_finite()) {
            for (d, n) in row.iter_mut().enumerate() {
                *n = count(ladder.expected(i, d), dispersion, &mut rng);
            }
        }
        let share = shares(&like, delays);
        let to_come = |row: &Vec<f64>| {
            let part = share[row.len() - 1];
            let so_far: f64 = row.iter().sum();
            // The level of the month, given what is registered of it; half a count keeps a month of nothing uncertain.
            let level = Gamma::new(so_far / dispersion + 0.5, dispersion);
            let level = level.map_or(so_far, |g| g.sample(&mut rng));
            if part >= 1.0 { 0.0 } else { count(level / part * (1.0 - part), dispersion, &mut rng) }
        };
        rows[from..].iter().map(to_come).collect()
    };
    Simulated { from, draws: (0..replicates).into_par_iter().map(draw).collect() }
}

/// Limits of what is registered and what is to come.
pub(super) fn limits(so_far: f64, mut to_come: Vec<f64>, level: f64) -> (f64, f64) {
    to_come.sort_by(f64::total_cmp);
    let tail = 0.5 * (1.0 - level);
    (so_far + quantile_type8(&to_come, tail), so_far + quantile_type8(&to_come, 1.0 - tail))
}

/// The dispersion that is reckoned with: counts are never taken to spread less than by chance.
pub(super) fn dispersion(ladder: &Ladder, rows: &[Vec<f64>]) -> f64 {
    ladder.dispersion(rows).filter(|d| d.is_finite()).unwrap_or(1.0).max(1.0)
}
