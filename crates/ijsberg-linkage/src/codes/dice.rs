//! How alike two codes are: Dice's coefficient `2 |A and B| / (|A| + |B|)`.

use ijsberg_bits::{LANES, Rows};

/// Codes of one group, one after the other.
#[derive(Debug, Clone, Default)]
pub struct Packed {
    rows: Rows,
    /// Bits set by code; 0 where the code is of nothing.
    counts: Vec<u32>,
    /// Bits of a code.
    bits: f64,
}

/// Levels of likeness beside "missing", which is 0; the highest is equality.
pub const LEVELS: usize = 14;

/// The least Dice coefficient of level 2, two fifths; each further level takes 0.05 more, up to the highest, which takes 1.
const FROM: f64 = 0.40;
const STEP: f64 = 0.05;

/// How noise changes counts: `q` is the chance that a bit is the other one.
#[derive(Debug, Clone, Copy)]
pub struct Noise {
    q: f64,
    l: f64,
}

impl Noise {
    /// From the chance that a bit is drawn anew, and the bits of a code.
    pub fn new(flip: f64, l: usize) -> Self {
        Self { q: flip / 2.0, l: l as f64 }
    }

    /// Bits that a code of nothing has at most, by noise alone.
    fn of_nothing(self) -> f64 {
        let mean = self.l * self.q;
        mean + 4.0 * (mean * (1.0 - self.q)).sqrt()
    }

    /// The coefficient as it was before the noise, in expectation: with `I* = (1-2q)^2 I + q(1-2q)(a+b) + l q^2` and
    /// `a* = a(1-2q) + l q`.
    fn dice(self, both: u32, a: u32, b: u32) -> f64 {
        let (both, a, b) = (f64::from(both), f64::from(a), f64::from(b));
        if self.q == 0.0 {
            return 2.0 * both / (a + b);
        }
        let s = 1.0 - 2.0 * self.q;
        let (a, b) = ((a - self.l * self.q) / s, (b - self.l * self.q) / s);
        let both = (both - self.q * s * (a + b) - self.l * self.q * self.q) / (s * s);
        (2.0 * both / (a + b).max(1.0)).clamp(0.0, 1.0)
    }
}

/// The level of a coefficient.
pub fn level(dice: f64) -> u32 {
    if dice >= 1.0 - 1e-9 {
        return LEVELS as u32;
    }
    // The last but one is whatever is not quite the same.
    ((((dice - FROM) / STEP + 1e-9).floor() + 2.0).max(1.0) as u32).min(LEVELS as u32 - 1)
}

impl Packed {
    /// From codes of the same length; those with no more bits than noise sets are of nothing.
    pub fn new<'a>(codes: impl Iterator<Item = &'a Vec<u64>> + Clone, noise: Noise) -> Self {
        let width = codes.clone().next().map_or(0, Vec::len);
        let counts = codes
            .clone()
            .map(|code| {
                let count = code.iter().map(|w| w.count_ones()).sum();
                if f64::from(count) <= noise.of_nothing() { 0 } else { count }
            })
            .collect();
        Self { rows: Rows::new(width, codes.map(Vec::as_slice)), counts, bits: noise.l }
    }

    /// The share of bits that are set, on average over those of some codes that are of something.
    pub fn fill(&self, codes: std::ops::Range<usize>) -> f64 {
        let some = self.counts[codes].iter().filter(|c| **c > 0);
        let (sum, n) = some.fold((0.0, 0_u32), |(sum, n), c| (sum + f64::from(*c), n + 1));
        if n > 0 { sum / (f64::from(n) * self.bits.max(1.0)) } else { 0.0 }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The levels of code `i` with codes `from..to`, one a place in `out`.
    pub fn levels(&self, i: usize, from: usize, to: usize, noise: Noise, out: &mut [u32]) {
        let (first, last) = (from / LANES, to.div_ceil(LANES));
        let mut shared = vec![0; (last - first) * LANES];
        let row: Vec<u64> = self.rows.row(i).collect();
        self.rows.shared(&row, first, last, &mut shared);
        let a = self.counts[i];
        if a == 0 {
            return out.fill(0);
        }
        let shared = &shared[from - first * LANES..];
        let counts = &self.counts[from..to];
        // Nearly all pairs are of the lowest level, which is seen in whole numbers: below FROM, 5 both < a + b. Noise makes codes
        // share more or less than they did, so with it every pair is worked out.
        let bare = noise.q == 0.0;
        for ((both, b), out) in shared.iter().zip(counts).zip(out) {
            *out = if *b == 0 {
                0
            } else if bare && 5 * both < a + b {
                1
            } else {
                level(noise.dice(*both, a, *b))
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::stream;
    use rand::RngExt;

    fn random(n: usize, seed: u64) -> Vec<Vec<u64>> {
        let mut rng = stream(seed, 0);
        (0..n).map(|_| (0..16).map(|_| rng.random::<u64>() & rng.random::<u64>()).collect()).collect()
    }

    #[test]
    fn levels_are_those_of_one_pair_at_a_time() {
        let mut codes = random(120, 1);
        for i in (60..120).step_by(2) {
            codes[i] = codes[i - 60].clone();
            (0..i % 16).for_each(|w| codes[i][w] &= 0xffff_ffff);
        }
        codes[7] = vec![0; 16];
        for noise in [Noise::new(0.0, 1024), Noise::new(0.04, 1024)] {
            let packed = Packed::new(codes.iter(), noise);
            for (i, from) in [(0, 1), (3, 64), (7, 9), (20, 80)] {
                let mut levels = vec![0; 120 - from];
                packed.levels(i, from, 120, noise, &mut levels);
                for (j, found) in (from..120).zip(levels) {
                    let both: u32 = codes[i].iter().zip(&codes[j]).map(|(p, q)| (p & q).count_ones()).sum();
                    let (a, b) = (packed.counts[i], packed.counts[j]);
                    let one = if a == 0 || b == 0 { 0 } else { level(noise.dice(both, a, b)) };
                    assert_eq!(found, one, "{i} {j}");
                }
            }
        }
    }

    #[test]
    fn levels_and_noise() {
        assert_eq!((level(0.0), level(0.399), level(0.40), level(0.45)), (1, 1, 2, 3));
        assert_eq!((level(0.949), level(0.95), level(0.999), level(1.0)), (12, 13, 13, 14));
        // Noise on two codes that are the same: the estimate stays near one.
        let noise = Noise::new(0.1, 1024);
        let codes = random(1, 3);
        let mut rng = stream(4, 0);
        let blurred: Vec<Vec<u64>> = (0..40)
            .map(|_| {
                let mut code = codes[0].clone();
                (0..1024).filter(|_| rng.random::<f64>() < 0.05).for_each(|b| code[b / 64] ^= 1 << (b % 64));
                code
            })
            .collect();
        let packed = Packed::new(blurred.iter(), noise);
        let mut sum = 0.0;
        for k in 1..40 {
            let both = packed.rows.row(0).zip(packed.rows.row(k)).map(|(a, b)| (a & b).count_ones()).sum();
            sum += noise.dice(both, packed.counts[0], packed.counts[k]);
        }
        assert!((sum / 39.0 - 1.0).abs() < 0.04, "{}", sum / 39.0);
        let nothing = Packed::new([vec![0; 16]].iter(), noise);
        assert_eq!(nothing.counts, [0]);
    }
}
