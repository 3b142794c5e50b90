//! Chances of the histories of a world, and the draws that make them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::special::normal_quantile;

/// A number between two others, uniform on the logarithm.
pub(super) fn between(low: f64, high: f64, rng: &mut ChaCha8Rng) -> f64 {
    (low.ln() + rng.random::<f64>() * (high / low).ln()).exp()
}

pub(super) fn chances(t: usize, low: f64, high: f64, rng: &mut ChaCha8Rng) -> Vec<f64> {
    (0..t).map(|_| between(low, high, rng)).collect()
}

pub(super) fn standard_normal(rng: &mut ChaCha8Rng) -> f64 {
    normal_quantile(rng.random::<f64>().clamp(1e-9, 1.0 - 1e-9))
}

/// Cells of persons for whom the lists are independent.
pub(super) fn product(p: &[f64]) -> Vec<f64> {
    (0..1_usize << p.len())
        .map(|w| p.iter().enumerate().map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p }).product())
        .collect()
}

pub(super) fn mixture(parts: &[(f64, Vec<f64>)]) -> Vec<f64> {
    let mut cells = vec![0.0; 1 << parts[0].1.len()];
    for (weight, p) in parts {
        for (cell, x) in cells.iter_mut().zip(product(p)) {
            *cell += weight * x;
        }
    }
    cells
}

/// Persons whose log odds are shifted, all lists alike, by the quantiles of a distribution.
pub(super) fn shifted(p: &[f64], shifts: &[f64]) -> Vec<f64> {
    let at = |shift: f64| -> Vec<f64> {
        p.iter().map(|p| 1.0 / (1.0 + (1.0 / p - 1.0) * (-shift).exp())).collect()
    };
    mixture(&shifts.iter().map(|s| (1.0 / shifts.len() as f64, at(*s))).collect::<Vec<_>>())
}

/// Multiplies the cells of everybody on all lists of `term`.
pub(super) fn tilt(cells: &mut [f64], term: usize, factor: f64) {
    for (w, cell) in cells.iter_mut().enumerate() {
        if w & term == term {
            *cell *= factor;
        }
    }
}

pub(super) fn quantiles(f: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..99).map(|i| f((f64::from(i) + 0.5) / 99.0)).collect()
}

/// A number of lists from `low` to `high`.
pub(super) fn lists(low: usize, high: usize, rng: &mut ChaCha8Rng) -> usize {
    rng.random_range(low..=high)
}

/// Moves everybody on list `inner` and not on `outer` off `inner`.
pub(super) fn inside(cells: &mut [f64], inner: usize, outer: usize) {
    for w in 0..cells.len() {
        if w >> inner & 1 == 1 && w >> outer & 1 == 0 {
            let moved = std::mem::take(&mut cells[w]);
            cells[w & !(1 << inner)] += moved;
        }
    }
}

/// Chance of each history when a person's chance, the same on all lists, has a beta distribution.
pub(super) fn beta_cells(t: usize, a: f64, b: f64) -> Vec<f64> {
    // prod (a + i) prod (b + i) / prod (a + b + i)
    let rising = |x: f64, k: usize| (0..k).map(|i| x + i as f64).product::<f64>();
    (0..1_usize << t)
        .map(|w: usize| {
            let k = w.count_ones() as usize;
            rising(a, k) * rising(b, t - k) / rising(a + b, t)
        })
        .collect()
}

/// Quantiles of a gamma distribution with a whole shape and mean equal to it, by bisection on its closed form.
pub(super) fn erlang_quantiles(shape: u32) -> Vec<f64> {
    let below = |x: f64| {
        let mut term = 1.0;
        let mut sum = 1.0;
        for k in 1..shape {
            term *= x / f64::from(k);
            sum += term;
        }
        1.0 - sum * (-x).exp()
    };
    quantiles(|q| {
        let (mut low, mut high) = (0.0, 60.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if below(middle) < q { low = middle } else { high = middle }
        }
        low
    })
}
