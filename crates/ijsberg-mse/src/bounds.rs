//! Two lists, lower bounds and sample coverage: estimators in closed form.

use crate::chance::{binomial, multinomial, stream};
use crate::histories::Histories;
use crate::special::normal_quantile;

/// A point estimate with a standard error and the limits that go with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simple {
    /// Estimated population, seen and unseen.
    pub n_hat: f64,
    /// Standard error of `n_hat`.
    pub se: f64,
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Simple {
    /// Log-normal limits on the unseen (Burnham; Chao 1987): `n + f0 / C` and `n + f0 C`,
    /// with `C = exp(z sqrt(log(1 + se^2 / f0^2)))`.
    pub fn log_normal(n: f64, n_hat: f64, se: f64, level: f64) -> Self {
        let unseen = n_hat - n;
        if unseen <= 0.0 {
            return Self { n_hat, se, lower: n, upper: n };
        }
        let z = normal_quantile(0.5 + 0.5 * level);
        let c = (z * (1.0 + (se / unseen).powi(2)).ln().sqrt()).exp();
        Self { n_hat, se, lower: n + unseen / c, upper: n + unseen * c }
    }
}

/// Lincoln-Petersen for two lists of sizes `a` and `b` that share `m`: `ab / m`. `None` when `m = 0`.
///
/// ```
/// use ijsberg_mse::bounds::lincoln_petersen;
///
/// let found = lincoln_petersen(40, 30, 10, 0.95).unwrap();
/// assert_eq!(found.n_hat, 120.0);
/// assert!(60.0 < found.lower && found.lower < 120.0 && found.upper > 120.0);
/// assert!(lincoln_petersen(40, 30, 0, 0.95).is_none());
/// ```
pub fn lincoln_petersen(a: u64, b: u64, m: u64, level: f64) -> Option<Simple> {
    if m == 0 {
        return None;
    }
    let (a, b, m) = (a as f64, b as f64, m as f64);
    let se = (a * b * (a - m) * (b - m) / m.powi(3)).sqrt();
    Some(Simple::log_normal(a + b - m, a * b / m, se, level))
}

/// Chapman (1951): `(a + 1)(b + 1) / (m + 1) - 1`, with the variance of Seber (1970).
///
/// ```
/// use ijsberg_mse::bounds::chapman;
///
/// // (40 + 1)(30 + 1) / (10 + 1) - 1; it exists without overlap too.
/// assert!((chapman(40, 30, 10, 0.95).n_hat - 114.545_454).abs() < 1e-5);
/// assert_eq!(chapman(40, 30, 0, 0.95).n_hat, 1270.0);
/// ```
pub fn chapman(a: u64, b: u64, m: u64, level: f64) -> Simple {
    chapman_expected(a as f64, b as f64, m as f64, level)
}

/// The same for numbers that are expected and need not be whole.
pub(crate) fn chapman_expected(a: f64, b: f64, m: f64, level: f64) -> Simple {
    let n_hat = (a + 1.0) * (b + 1.0) / (m + 1.0) - 1.0;
    let var = (a + 1.0) * (b + 1.0) * (a - m) * (b - m) / ((m + 1.0).powi(2) * (m + 2.0));
    Simple::log_normal(a + b - m, n_hat, var.sqrt(), level)
}

/// Chao's (1987) lower bound from `f1` and `f2`: unseen at least `(t - 1)/t f1^2 / (2 f2)`. `None` when `f2 = 0`.
///
/// ```
/// use ijsberg_mse::bounds::chao;
/// use ijsberg_mse::histories::Histories;
///
/// let names = ["a", "b", "c"].map(String::from).to_vec();
/// let cells = [(0b001, 10), (0b010, 8), (0b100, 6), (0b011, 4), (0b101, 2), (0b110, 2), (0b111, 1)];
/// let table = Histories::new(names, cells)?;
/// // 33 people are on a list; 24 of them on one and 8 on two: 2/3 * 24^2 / (2 * 8) more, at least.
/// assert!((chao(&table, 0.95).unwrap().n_hat - 57.0).abs() < 1e-9);
/// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
/// ```
pub fn chao(h: &Histories, level: f64) -> Option<Simple> {
    let (n, t) = (h.n() as f64, h.t() as f64);
    let f = h.frequencies();
    let (f1, f2) = (f[0] as f64, f[1] as f64);
    if f2 == 0.0 {
        return None;
    }
    let (k, r) = ((t - 1.0) / t, f1 / f2);
    let var = f2 * (0.5 * k * r.powi(2) + k.powi(2) * r.powi(3) + 0.25 * k.powi(2) * r.powi(4));
    Some(Simple::log_normal(n, n + k * f1 * f1 / (2.0 * f2), var.sqrt(), level))
}

/// The bias-corrected form, which exists for any table: unseen at least `(t - 1)/t f1 (f1 - 1) / (2 (f2 + 1))`.
///
/// The standard error is that of Rivest and Levesque (2001), as Rcapture computes it.
///
/// ```
/// use ijsberg_mse::bounds::chao_corrected;
/// use ijsberg_mse::histories::Histories;
///
/// let names = ["a", "b", "c"].map(String::from).to_vec();
/// let cells = [(0b001, 10), (0b010, 8), (0b100, 6), (0b011, 4), (0b101, 2), (0b110, 2), (0b111, 1)];
/// let table = Histories::new(names, cells)?;
/// // 2/3 * 24 * 23 / (2 * 9) beside the 33 on a list.
/// assert!((chao_corrected(&table, 0.95).n_hat - 53.444_444).abs() < 1e-5);
/// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
/// ```
pub fn chao_corrected(h: &Histories, level: f64) -> Simple {
    let t = h.t() as f64;
    let f = h.frequencies();
    chao_from_frequencies(h.n(), f[0], f[1], (t - 1.0) / t, level)
}

/// The same from the `f1` persons seen once and the `f2` seen twice; `k` is `(t - 1) / t`, and 1 when there is no limit to
/// how often a person may be seen.
pub fn chao_from_frequencies(n: u64, f1: u64, f2: u64, k: f64, level: f64) -> Simple {
    let (n, f1, f2) = (n as f64, f1 as f64, f2 as f64);
    let unseen = k * f1 * (f1 - 1.0) / (2.0 * (f2 + 1.0));
    let spread = f1 * f1 + 4.0 * f1 * f2 + 3.0 * f1 - 6.0 * f2 - 6.0;
    let var = unseen + k * k * f1 * (f1 - 1.0) * spread / (4.0 * (f2 + 1.0).powi(2) * (f2 + 2.0));
    Simple::log_normal(n, n + unseen, var.max(0.0).sqrt(), level)
}

/// Chao's bound that allows lists of different size: unseen at least `S / f2`, with `S` the sum over pairs of lists of
/// the products of the numbers seen on one list only. `None` when nobody is on exactly two lists.
pub fn chao_pairs(h: &Histories, level: f64) -> Option<Simple> {
    let n = h.n() as f64;
    let f2 = h.frequencies()[1] as f64;
    if f2 == 0.0 {
        return None;
    }
    let single: Vec<f64> = (0..h.t()).map(|j| h.count(1 << j) as f64).collect();
    let f1: f64 = single.iter().sum();
    let s = 0.5 * (f1 * f1 - single.iter().map(|a| a * a).sum::<f64>());
    // Delta method with independent Poisson counts.
    let from_singles: f64 = single.iter().map(|a| a * ((f1 - a) / f2).powi(2)).sum();
    let var = from_singles + s * s / f2.powi(3);
    Some(Simple::log_normal(n, n + s / f2, var.sqrt(), level))
}

/// Zelterman (1988): `n / (1 - exp(-2 f2 / f1))`, variance of Boehning (2008). `None` when `f1` or `f2` is 0.
///
/// ```
/// use ijsberg_mse::bounds::zelterman;
/// use ijsberg_mse::histories::Histories;
///
/// let names = ["a", "b", "c"].map(String::from).to_vec();
/// let cells = [(0b001, 10), (0b010, 8), (0b100, 6), (0b011, 4), (0b101, 2), (0b110, 2), (0b111, 1)];
/// let table = Histories::new(names, cells)?;
/// // 33 / (1 - exp(-2 * 8 / 24)).
/// assert!((zelterman(&table, 0.95).unwrap().n_hat - 33.0 / (1.0 - (-2.0_f64 / 3.0).exp())).abs() < 1e-9);
/// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
/// ```
pub fn zelterman(h: &Histories, level: f64) -> Option<Simple> {
    let n = h.n() as f64;
    let f = h.frequencies();
    let (f1, f2) = (f[0] as f64, f[1] as f64);
    if f1 == 0.0 || f2 == 0.0 {
        return None;
    }
    let rate = 2.0 * f2 / f1;
    let g = (-rate).exp() / (1.0 - (-rate).exp()).powi(2);
    let var = n * g * (1.0 + n * g * rate * rate * (1.0 / f1 + 1.0 / f2));
    Some(Simple::log_normal(n, n / (1.0 - (-rate).exp()), var.sqrt(), level))
}

/// Which sample coverage estimator (Chao and Tsay 1998).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// For overlap that is high enough to estimate dependence.
    High,
    /// For low overlap: one step from independence, a lower bound when dependence is positive.
    Low,
}

/// The point estimate; `None` where the formula has no positive denominator or falls below the number seen.
pub fn coverage_point(h: &Histories, which: Coverage) -> Option<f64> {
    let (t, n) = (h.t() as f64, h.n() as f64);
    let size: Vec<f64> = (0..h.t()).map(|j| h.list_size(j) as f64).collect();
    let single: Vec<f64> = (0..h.t()).map(|j| h.count(1 << j) as f64).collect();
    let d = n - single.iter().sum::<f64>() / t;
    let c = 1.0 - single.iter().zip(&size).map(|(s, m)| s / m).sum::<f64>() / t;
    let (mut pairs, mut numerator, mut denominator) = (Vec::new(), 0.0, 0.0);
    for i in 0..h.t() {
        for j in i + 1..h.t() {
            let share = h.on_all(1 << i | 1 << j) as f64 / (size[i] * size[j]);
            // On list i, or on list j, and on no third list; who is on both counts twice.
            let a = single[i] + single[j] + 2.0 * h.count(1 << i | 1 << j) as f64;
            pairs.push((a, share));
            numerator += a;
            denominator += a * share;
        }
    }
    // Dependence between two lists at population size `size`, spread over the persons it concerns.
    let corrected =
        |size: f64| d / c + pairs.iter().map(|(a, share)| a * (size * share - 1.0)).sum::<f64>() / (t * c);
    let n_hat = match which {
        Coverage::Low => corrected(corrected(d / c)),
        Coverage::High => (t * d - numerator) / (t * c - denominator),
    };
    (c > 0.0 && n_hat.is_finite() && n_hat >= n).then_some(n_hat)
}

/// The estimate with a bootstrap standard error from `replicates` tables drawn at the estimate.
pub fn coverage(h: &Histories, which: Coverage, level: f64, replicates: usize, seed: u64) -> Option<Simple> {
    let n_hat = coverage_point(h, which)?;
    let n = h.n();
    let weights: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
    let draws: Vec<f64> = (0..replicates)
        .filter_map(|b| {
            let mut rng = stream(seed, b as u64);
            let seen = binomial(n_hat.round() as u64, (n as f64 / n_hat).clamp(0.0, 1.0), &mut rng);
            let counts = multinomial(seen, &weights, &mut rng);
            let cells = h.cells().iter().zip(counts).map(|(c, count)| (c.0, count));
            coverage_point(&Histories::new(h.lists().to_vec(), cells).ok()?, which)
        })
        .collect();
    let m = draws.len() as f64;
    let mean = draws.iter().sum::<f64>() / m;
    let var = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (m - 1.0);
    Some(Simple::log_normal(n as f64, n_hat, var.sqrt(), level))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hepatitis A in Taiwan 1995, lists P, Q, E (Chao, Tsay and others 2001, Statistics in Medicine 20).
    fn hepatitis() -> Histories {
        let names = ["P", "Q", "E"].map(String::from).to_vec();
        Histories::new(names, [(7, 28), (3, 21), (5, 17), (1, 69), (6, 18), (2, 55), (4, 63)]).unwrap()
    }

    #[test]
    fn sample_coverage_as_published() {
        let h = hepatitis();
        assert_eq!(coverage_point(&h, Coverage::High).unwrap().round(), 971.0);
        assert_eq!(coverage_point(&h, Coverage::Low).unwrap().round(), 508.0);
    }

    #[test]
    fn two_lists() {
        let c = chapman(303, 126, 92, 0.95);
        assert!((c.n_hat - (304.0 * 127.0 / 93.0 - 1.0)).abs() < 1e-12);
        assert!(c.lower < c.n_hat && c.n_hat < c.upper && c.lower > 337.0);
        assert_eq!(lincoln_petersen(5, 5, 0, 0.95), None);
    }
}
