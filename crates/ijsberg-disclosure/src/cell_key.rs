//! Cell keys: every person has a number, and the noise of a cell comes from the sum of the numbers of those in it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::perturbation::Perturbation;
use crate::protected::Protected;

/// A person's number, or the sum of several: addition goes around.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CellKey(u64);

impl CellKey {
    /// The number of a person, by a secret that is kept from release to release. `person` tells persons apart and is not to be
    /// guessed from what is published.
    pub fn of(secret: &[u8], person: &[u8]) -> Self {
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

    /// Between 0 and 1.
    fn share(self) -> f64 {
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Adds the noise that belongs to the persons in a cell.
pub fn protect(table: &Perturbation, count: u64, key: CellKey) -> Protected {
    Protected::new(count.saturating_add_signed(table.noise(count, key.share())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perturbation::Noise;

    fn cell(secret: &[u8], persons: std::ops::Range<u32>) -> CellKey {
        persons.fold(CellKey::default(), |k, p| k.and(CellKey::of(secret, &p.to_le_bytes())))
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

    #[test]
    fn over_many_cells_the_noise_is_that_of_the_table() {
        let table = Perturbation::new(Noise::default()).unwrap();
        for count in [1_u64, 3, 50] {
            let n = 40_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for c in 0..n {
                let key = CellKey::of(b"secret", &[c.to_string().as_bytes(), &count.to_le_bytes()].concat());
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
