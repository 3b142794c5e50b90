//! Cell keys: every person has a number, and the noise of a cell comes from the sum of the numbers of those in it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::perturbation::Perturbation;
use crate::protected::Protected;

/// A person's number, or the sum of several: addition goes around.
///
/// Whom the number is of must not depend on how a table is laid out: the pseudonym of a register, or, where there is none, what stays
/// when columns are moved, left out or written otherwise. Persons who then cannot be told apart share a number, and a cell of three
/// of them has three times that; [`CellKey::share`] scatters sums, so that the noise of one cell tells nothing of that of another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CellKey(u64);

impl CellKey {
    /// The number of a person, by a secret that is kept from release to release. `person` tells persons apart and is not to be
    /// guessed from what is published.
    ///
    /// ```
    /// use ijsberg_disclosure::cell_key::CellKey;
    ///
    /// let number = |person: &str| CellKey::from_secret(b"a secret that is kept", person.as_bytes());
    /// assert_eq!(number("a1"), number("a1"));
    /// assert_ne!(number("a1"), number("b2"));
    /// // In whatever order people are counted, a cell has one number.
    /// assert_eq!(number("a1").and(number("b2")), number("b2").and(number("a1")));
    /// ```
    pub fn from_secret(secret: &[u8], person: &[u8]) -> Self {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(secret).expect("HMAC takes keys of any length");
        mac.update(person);
        let bytes = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&bytes[..8]);
        Self(u64::from_le_bytes(first))
    }

    /// Those in both cells.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// So many persons who share this number.
    #[must_use]
    pub fn times(self, persons: u64) -> Self {
        Self(self.0.wrapping_mul(persons))
    }

    /// The sum, to be kept with the persons whom it is of.
    pub fn get(self) -> u64 {
        self.0
    }

    /// A sum that was kept.
    pub fn kept(sum: u64) -> Self {
        Self(sum)
    }

    /// Between 0 and 1, scattered (the finaliser of `SplitMix64`, Steele, Lea and Flood 2014, OOPSLA, 453): sums of equal numbers lie
    /// on a line, and their noise must not.
    pub fn share(self) -> f64 {
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Adds the noise that belongs to the persons in a cell.
///
/// ```
/// use ijsberg_disclosure::cell_key::{CellKey, protect};
/// use ijsberg_disclosure::perturbation::{Noise, Perturbation};
///
/// let table = Perturbation::new(Noise::default())?;
/// let cell = (0..7_u8).fold(CellKey::default(), |cell, i| cell.and(CellKey::from_secret(b"a secret that is kept", &[i])));
/// let published = protect(&table, 7, cell).get();
/// // At most 5 more or fewer, and never 1 or 2.
/// assert!((3..=12).contains(&published));
/// // The same people have the same noise in every table, and nobody stays nobody.
/// assert_eq!(protect(&table, 7, cell).get(), published);
/// assert_eq!(protect(&table, 0, CellKey::default()).get(), 0);
/// # Ok::<(), ijsberg_disclosure::perturbation::NoiseError>(())
/// ```
pub fn protect(table: &Perturbation, count: u64, key: CellKey) -> Protected {
    Protected::new(count.saturating_add_signed(table.noise(count, key.share())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturbation::Noise;

    fn cell(secret: &[u8], persons: std::ops::Range<u32>) -> CellKey {
        persons.fold(CellKey::default(), |k, p| k.and(CellKey::from_secret(secret, &p.to_le_bytes())))
    }

    #[test]
    fn the_same_persons_get_the_same_noise_in_every_table() {
        let table = Perturbation::new(Noise::default()).unwrap();
        let (left, right) = (cell(b"secret", 0..7), cell(b"secret", 7..19));
        assert_eq!(left.and(right), cell(b"secret", 0..19));
        assert_eq!(right.and(left), left.and(right));
        let of = |secret: &[u8]| protect(&table, 7, cell(secret, 0..7));
        assert_eq!(of(b"secret"), of(b"secret"));
        assert!((0..20_u8).any(|s| of(&[s]) != of(b"secret")));
    }

    /// The first numbers of `SplitMix64` from a seed of zero, as its authors and other programs give them.
    #[test]
    fn numbers_are_scattered_as_the_paper_scatters_them() {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        for (k, z) in [(1, 0xe220_a839_7b1d_cdaf_u64), (2, 0x6e78_9e6a_a1b9_65f4), (3, 0x06c4_5d18_8009_454f)]
        {
            let share = CellKey::kept(step.wrapping_mul(k)).share();
            assert_eq!(share.to_bits(), ((z >> 11) as f64 / (1_u64 << 53) as f64).to_bits(), "{k}");
        }
    }

    /// One, two, three persons who share a number: their noise is as unlike as that of strangers.
    #[test]
    fn sums_of_one_number_are_scattered() {
        let n = 20_000_u64;
        let one = CellKey::from_secret(b"secret", b"alike");
        assert_eq!(one.times(3), one.and(one).and(one));
        assert_eq!(CellKey::kept(one.get()), one);
        let shares: Vec<f64> = (1..=n).map(|k| one.times(k).share()).collect();
        assert!(shares.iter().all(|s| (0.0..1.0).contains(s)));
        let mean = shares.iter().sum::<f64>() / n as f64;
        let together = shares.windows(2).map(|w| (w[0] - 0.5) * (w[1] - 0.5)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 0.01 && together.abs() < 0.003, "{mean} {together}");
    }

    #[test]
    fn over_many_cells_the_noise_is_that_of_the_table() {
        let table = Perturbation::new(Noise::default()).unwrap();
        for count in [1_u64, 3, 50] {
            let n = 40_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for c in 0..n {
                let key = CellKey::from_secret(
                    b"secret",
                    &[c.to_string().as_bytes(), &count.to_le_bytes()].concat(),
                );
                let d = protect(&table, count, key).get() as f64 - count as f64;
                sum += d;
                squares += d * d;
            }
            let n = f64::from(n);
            assert!((sum / n).abs() < 0.03 && (squares / n - 2.5).abs() < 0.1, "{count}: {sum} {squares}");
        }
        assert_eq!(protect(&table, 0, cell(b"secret", 0..3)).get(), 0);
    }
}
