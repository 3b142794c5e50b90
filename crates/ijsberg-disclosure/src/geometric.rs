//! Differentially private counts: two-sided geometric noise, drawn exactly.
//!
//! The cells of one table are a partition: a person who arrives or leaves changes one count by one, so with noise of
//! `P(d) = (1 - a) / (1 + a) a^|d|`, `a = e^-epsilon`, the table is epsilon-differentially private (Ghosh, Roughgarden and Sundararajan
//! 2012, SIAM Journal on Computing 41, 1673). Counts are not clipped at zero: clipping would create overlaps where there are none, and
//! bias estimates downwards. Draws use integers only, so that no rounding of floating point discloses anything about a person (Canonne,
//! Kamath and Steinke 2020, "The discrete Gaussian for differential privacy", algorithms 1 and 2).

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use sha2::Sha256;

/// The privacy loss of a table, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Epsilon(u32);

impl Epsilon {
    /// From a number between 0.001 and 20, rounded to thousandths.
    pub fn new(epsilon: f64) -> Option<Self> {
        let thousandths = (epsilon * 1000.0).round();
        (1.0..=20_000.0).contains(&thousandths).then_some(Self(thousandths as u32))
    }

    /// Epsilon as a number.
    pub fn get(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// Epsilon in thousandths.
    pub fn thousandths(self) -> u32 {
        self.0
    }

    /// An equal share for each of several tables of the same persons; `None` if a share would be below a thousandth.
    pub fn shared(self, tables: u32) -> Option<Self> {
        self.0.checked_div(tables).filter(|each| *each > 0).map(Self)
    }

    /// The variance of the noise, `2 a / (1 - a)^2`.
    pub fn variance(self) -> f64 {
        let a = (-self.get()).exp();
        2.0 * a / (1.0 - a).powi(2)
    }
}

/// The counts of a partition with noise. The noise is derived from the key, the name of the table and the counts: another table has
/// independent noise, so the difference of two tables discloses neither. The same table always has the same noise, which would disclose
/// that nobody arrived or left; therefore the counts of one name are drawn once ([`crate::accountant::Account::counts`]).
///
/// ```
/// use ijsberg_disclosure::geometric::{Epsilon, private};
///
/// let epsilon = Epsilon::new(1.0).unwrap();
/// let table = |name: &str| private(&[40, 3, 0, 12], epsilon, b"a key that is kept", name);
/// assert_eq!(table("2026").len(), 4);
/// // The same table always has the same noise.
/// assert_eq!(table("2026"), table("2026"));
/// ```
pub fn private(counts: &[u64], epsilon: Epsilon, key: &[u8], name: &str) -> Vec<i64> {
    let mut rng = ChaCha20Rng::from_seed(hash("noise", counts, epsilon, key, name));
    counts
        .iter()
        .map(|c| i64::try_from(*c).unwrap_or(i64::MAX).saturating_add(noise(epsilon, &mut rng)))
        .collect()
}

/// The identifier in the account of the counts that [`private`] draws for a table of that name, whoever is in the table.
pub fn release(epsilon: Epsilon, key: &[u8], name: &str) -> String {
    let hash = hash("release", &[], epsilon, key, name);
    hash[..16].iter().fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

fn hash(what: &str, counts: &[u64], epsilon: Epsilon, key: &[u8], name: &str) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    let head = format!("differentially private {what}\u{1f}{name}\u{1f}{}\u{1f}", epsilon.0);
    mac.update(head.as_bytes());
    counts.iter().for_each(|c| mac.update(&c.to_le_bytes()));
    mac.finalize().into_bytes().into()
}

/// One exact draw of the noise.
fn noise(epsilon: Epsilon, rng: &mut impl Rng) -> i64 {
    let (s, t) = (u64::from(epsilon.0), 1000);
    loop {
        let u = rng.random_range(0..t);
        if !bernoulli_exp(u, t, rng) {
            continue;
        }
        let mut v = 0;
        while bernoulli_exp(1, 1, rng) {
            v += 1;
        }
        let size = ((u + t * v) / s) as i64;
        match (rng.random::<bool>(), size) {
            // Zero would be drawn twice as often.
            (true, 0) => {}
            (true, _) => return -size,
            (false, _) => return size,
        }
    }
}

/// True with probability `e^-(n/d)`, for `n <= d`.
fn bernoulli_exp(n: u64, d: u64, rng: &mut impl Rng) -> bool {
    let mut k = 1;
    while rng.random_range(0..d * k) < n {
        k += 1;
    }
    k % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_has_the_distribution_of_the_formula() {
        for epsilon in [0.5, 1.0, 2.5] {
            let epsilon = Epsilon::new(epsilon).unwrap();
            let a = (-epsilon.get()).exp();
            let n = 200_000;
            let draws = private(&vec![1000; n], epsilon, b"a key for the test", "test");
            let share = |d: i64| draws.iter().filter(|x| **x - 1000 == d).count() as f64 / n as f64;
            for d in -4_i64..=4 {
                let p = (1.0 - a) / (1.0 + a) * a.powi(d.abs() as i32);
                let four_errors = 4.0 * (p * (1.0 - p) / n as f64).sqrt();
                assert!((share(d) - p).abs() < four_errors, "{epsilon:?} {d}: {} {p}", share(d));
            }
            let variance = draws.iter().map(|x| (*x - 1000).pow(2) as f64).sum::<f64>() / n as f64;
            assert!((variance / epsilon.variance() - 1.0).abs() < 0.05, "{variance}");
        }
    }

    #[test]
    fn the_same_table_has_the_same_noise_and_another_its_own() {
        let one = Epsilon::new(1.0).unwrap();
        let of = |counts: &[u64], name: &str| private(counts, one, b"a key for the test", name);
        let counts = [5_u64; 40];
        assert_eq!(of(&counts, "a"), of(&counts, "a"));
        assert_ne!(of(&counts, "a"), of(&counts, "b"));
        let mut other = counts;
        other[0] += 1;
        let name = |name: &str| release(one, b"a key for the test", name);
        assert_eq!(name("a"), name("a"));
        assert_ne!(name("a"), name("b"));
        assert_ne!(name("a"), release(one, b"another key", "a"));
        assert_ne!(name("a"), release(Epsilon::new(2.0).unwrap(), b"a key for the test", "a"));
        assert_eq!(name("a").len(), 32);
        assert_eq!(Epsilon::new(0.001).unwrap().shared(2), None);
        assert_eq!(Epsilon::new(0.003).unwrap().shared(2).unwrap().thousandths(), 1);
        assert_eq!(Epsilon::new(0.003).unwrap().shared(3).unwrap().thousandths(), 1);
        assert_eq!(Epsilon::new(1.0).unwrap().shared(0), None);
        let differ = of(&counts, "a").iter().zip(of(&other, "a")).skip(1).filter(|(x, y)| *x != y).count();
        assert!(differ > 10, "{differ}");
        assert!(of(&[0; 200], "a").iter().any(|x| *x < 0), "not clipped");
        assert_eq!([0.0, 0.0004, 21.0, f64::NAN].map(Epsilon::new), [None; 4]);
    }
}
