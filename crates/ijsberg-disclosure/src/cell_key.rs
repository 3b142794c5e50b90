//! Cell keys: every person has a record key, and the noise of a cell follows from the sum of the keys of the persons in it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::perturbation::Perturbation;
use crate::protected::Protected;

/// The record key of a person, or the sum of several, modulo 2^64.
///
/// The key of a person must not depend on the layout of a table: it is derived from the pseudonym in a register or, without a
/// pseudonym, from values that stay the same if columns are moved, left out or spelled differently. Persons who cannot be distinguished
/// then share a key, and a cell of three of them has three times that key; [`CellKey::share`] scatters the sums, so that the noise of one
/// cell discloses nothing about the noise of another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CellKey(u64);

impl CellKey {
    /// The key of a person, derived with a secret that is the same for all releases. `person` identifies the person and must not be
    /// guessable from published data.
    ///
    /// ```
    /// use ijsberg_disclosure::cell_key::CellKey;
    ///
    /// let number = |person: &str| CellKey::from_secret(b"a secret that is kept", person.as_bytes());
    /// assert_eq!(number("a1"), number("a1"));
    /// assert_ne!(number("a1"), number("b2"));
    /// // The key of a cell does not depend on the order in which people are counted.
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

    /// The key of the persons of both cells together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }

    /// The key of a number of persons who share this key.
    #[must_use]
    pub fn times(self, persons: u64) -> Self {
        Self(self.0.wrapping_mul(persons))
    }

    /// The sum, for storage with the persons.
    pub fn get(self) -> u64 {
        self.0
    }

    /// A key from a stored sum.
    pub fn kept(sum: u64) -> Self {
        Self(sum)
    }

    /// A number between 0 and 1, scattered by the finaliser of `SplitMix64` (Steele, Lea and Flood 2014, OOPSLA, 453): multiples of one
    /// key lie on a line, and their noise must not.
    pub fn share(self) -> f64 {
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Adds the noise that depends on the persons in a cell.
///
/// ```
/// use ijsberg_disclosure::cell_key::{CellKey, protect};
/// use ijsberg_disclosure::perturbation::{Noise, Perturbation};
///
/// let table = Perturbation::new(Noise::default())?;
/// let cell = (0..7_u8).fold(CellKey::default(), |cell, i| cell.and(CellKey::from_secret(b"a secret that is kept", &[i])));
/// let published = protect(&table, 7, cell).get();
/// // The noise is at most 5 in either direction, and 1 and 2 are never published.
/// assert!((3..=12).contains(&published));
/// // The same people have the same noise in every table, and zero stays zero.
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

    /// The first numbers of `SplitMix64` from seed zero, as published by its authors and computed by other programs.
    #[test]
    fn numbers_are_scattered_as_the_paper_scatters_them() {
        let step = 0x9e37_79b9_7f4a_7c15_u64;
        for (k, z) in [(1, 0xe220_a839_7b1d_cdaf_u64), (2, 0x6e78_9e6a_a1b9_65f4), (3, 0x06c4_5d18_8009_454f)]
        {
            let share = CellKey::kept(step.wrapping_mul(k)).share();
            assert_eq!(share.to_bits(), ((z >> 11) as f64 / (1_u64 << 53) as f64).to_bits(), "{k}");
        }
    }

    /// One, two or three persons who share a key: their noise is as unrelated as that of other persons.
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
