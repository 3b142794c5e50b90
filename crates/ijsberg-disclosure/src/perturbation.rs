//! The perturbation table: for each count, noise that is unbiased and bounded, with a given variance and otherwise maximum entropy.
//!
//! For each count, the distribution has the largest entropy among those with mean 0, the requested variance, no noise beyond the
//! largest, and no result that is negative or one of the excluded small counts (Marley and Leaver 2011, Proc. 58th World Statistical
//! Congress of the ISI; Giessing 2016, PSD, LNCS 9867). Zero stays zero.

/// The parameters of the noise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// The variance of the noise.
    pub variance: f64,
    /// The largest noise in either direction.
    pub largest: i64,
    /// Counts from 1 to this number are never published.
    pub hidden: i64,
}

impl Default for Noise {
    /// Variance 2.5, noise of at most 5, and never a count of 1 or 2.
    fn default() -> Self {
        Self { variance: 2.5, largest: 5, hidden: 2 }
    }
}

/// A reason why no such noise exists.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum NoiseError {
    /// For this count, no distribution has mean 0 and the requested variance.
    #[error(
        "a variance of {variance} is not possible: no noise with that variance is unbiased for a count of {count}; the default is 2.5"
    )]
    Impossible {
        /// The count.
        count: i64,
        /// The variance.
        variance: f64,
    },
}

/// The noise for each count, as cumulative probabilities.
#[derive(Debug, Clone)]
pub struct Perturbation {
    /// For each count from 0, the noise values in ascending order with their cumulative probability; the last row is for all larger counts.
    rows: Vec<Vec<(i64, f64)>>,
}

impl Perturbation {
    /// Computes the table.
    ///
    /// # Errors
    /// If no such noise exists for some count.
    pub fn new(noise: Noise) -> Result<Self, NoiseError> {
        let mut rows = vec![vec![(0, 1.0)]];
        // For larger counts the noise leads to no excluded result.
        for count in 1..=noise.largest + noise.hidden + 1 {
            rows.push(row(count, noise)?);
        }
        Ok(Self { rows })
    }

    fn row_of(&self, count: u64) -> &[(i64, f64)] {
        let at = usize::try_from(count).unwrap_or(usize::MAX).min(self.rows.len() - 1);
        &self.rows[at]
    }

    /// The noise for a count, given a number between 0 and 1 that depends on the cell.
    pub fn noise(&self, count: u64, key: f64) -> i64 {
        let row = self.row_of(count);
        row.iter().find(|(_, below)| key < *below).or(row.last()).map_or(0, |r| r.0)
    }

    /// The probability that an attacker guesses a count from 1 to `below` - 1 who has seen it `draws` times with independent noise. The
    /// attacker knows the perturbation table, has a uniform prior over the counts below four times `below`, and names the most
    /// probable count. The result is the average over the counts, because an attacker who always names one number is always right about
    /// that number.
    pub fn guessed(&self, draws: u32, below: u64) -> f64 {
        let counts: Vec<u64> = (0..4 * below).collect();
        // The published values of a count, with their probabilities.
        let seen = |count: u64| -> Vec<(i64, f64)> {
            self.distribution(count).into_iter().map(|(d, p)| (count as i64 + d, p)).collect()
        };
        let tables: Vec<Vec<(i64, f64)>> = counts.iter().map(|c| seen(*c)).collect();
        let chance = |count: u64, value: i64| {
            tables[count as usize].iter().find(|s| s.0 == value).map_or(0.0, |s| s.1)
        };
        let mut all = 0.0;
        for truth in 1..below {
            // All sequences that the attacker may see; for few draws there are few.
            let mut ways: Vec<(Vec<i64>, f64)> = vec![(Vec::new(), 1.0)];
            for _ in 0..draws {
                ways = ways
                    .iter()
                    .flat_map(|(way, p)| {
                        tables[truth as usize].iter().map(move |(value, q)| {
                            let mut longer = way.clone();
                            longer.push(*value);
                            (longer, p * q)
                        })
                    })
                    .collect();
            }
            let right = |way: &[i64]| {
                let of = |count: u64| way.iter().map(|v| chance(count, *v)).product::<f64>();
                let own = of(truth);
                let (mut better, mut equal) = (false, 0.0);
                for other in &counts {
                    let p = of(*other);
                    better |= p > own * (1.0 + 1e-9);
                    equal += f64::from(u8::from((p - own).abs() <= own * 1e-9));
                }
                if better { 0.0 } else { 1.0 / equal }
            };
            all += ways.iter().map(|(way, p)| p * right(way)).sum::<f64>();
        }
        all / (below - 1) as f64
    }

    /// The noise values for a count, with their probabilities.
    ///
    /// ```
    /// use ijsberg_disclosure::perturbation::{Noise, Perturbation};
    ///
    /// let table = Perturbation::new(Noise::default())?;
    /// let chances = table.distribution(7);
    /// let mean: f64 = chances.iter().map(|(noise, chance)| *noise as f64 * chance).sum();
    /// let variance: f64 = chances.iter().map(|(noise, chance)| (noise * noise) as f64 * chance).sum();
    /// assert!(mean.abs() < 1e-6 && (variance - 2.5).abs() < 1e-6);
    /// # Ok::<(), ijsberg_disclosure::perturbation::NoiseError>(())
    /// ```
    pub fn distribution(&self, count: u64) -> Vec<(i64, f64)> {
        let row = self.row_of(count);
        let before = std::iter::once(0.0).chain(row.iter().map(|r| r.1));
        row.iter().zip(before).map(|((d, upto), before)| (*d, upto - before)).collect()
    }
}

/// One row of the table. Probabilities are proportional to `exp(a d + b d^2)`; mean and variance determine `a` and `b` (Newton's method on
/// the two moments).
fn row(count: i64, noise: Noise) -> Result<Vec<(i64, f64)>, NoiseError> {
    let allowed = |d: &i64| count + d >= 0 && !(1..=noise.hidden).contains(&(count + d));
    let support: Vec<i64> = (-noise.largest..=noise.largest).filter(allowed).collect();
    let impossible = NoiseError::Impossible { count, variance: noise.variance };
    let (mut a, mut b) = (0.0_f64, -0.5 / noise.variance);
    let chances = |a: f64, b: f64| -> Vec<f64> {
        let logs: Vec<f64> = support.iter().map(|d| a * *d as f64 + b * (*d * *d) as f64).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|w| w / sum).collect()
    };
    let moments = |p: &[f64]| -> [f64; 4] {
        std::array::from_fn(|k| support.iter().zip(p).map(|(d, p)| p * (*d as f64).powi(k as i32 + 1)).sum())
    };
    for _ in 0..500 {
        let [m1, m2, m3, m4] = moments(&chances(a, b));
        let (r1, r2) = (m1, m2 - noise.variance);
        if r1.abs() < 1e-12 && r2.abs() < 1e-12 {
            let mut below = 0.0;
            let p = chances(a, b);
            let upto = p.iter().map(|p| {
                below += p;
                below
            });
            let mut rows: Vec<(i64, f64)> = support.iter().copied().zip(upto).collect();
            if let Some(last) = rows.last_mut() {
                last.1 = 1.0;
            }
            return Ok(rows);
        }
        // The derivatives are the covariances of d and d^2.
        let (c11, c12, c22) = (m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2);
        let det = c11 * c22 - c12 * c12;
        if !det.is_finite() || det < 1e-14 {
            return Err(impossible);
        }
        let (da, db) = ((c22 * r1 - c12 * r2) / det, (c11 * r2 - c12 * r1) / det);
        // Damped, because the start may be far from the solution.
        let step = (1.0 / da.abs().max(db.abs())).min(1.0);
        a -= step * da;
        b -= step * db;
        if a.abs().max(b.abs()) > 60.0 {
            return Err(impossible);
        }
    }
    Err(impossible)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_unbiased_of_the_variance_asked_for_and_hides_small_counts() {
        let noise = Noise::default();
        let table = Perturbation::new(noise).unwrap();
        assert_eq!(table.distribution(0), [(0, 1.0)]);
        for count in 1..40_u64 {
            let d = table.distribution(count);
            let moment = |k: i32| d.iter().map(|(d, p)| p * (*d as f64).powi(k)).sum::<f64>();
            assert!((moment(0) - 1.0).abs() < 1e-12 && moment(1).abs() < 1e-9, "{count}");
            assert!((moment(2) - noise.variance).abs() < 1e-9, "{count}");
            for (noise, p) in d {
                let result = count as i64 + noise;
                assert!(p > 0.0 && result >= 0 && result != 1 && result != 2 && noise.abs() <= 5);
            }
        }
        // Large counts share one symmetric distribution.
        let d = table.distribution(1000);
        assert!(d.len() == 11 && (d[0].1 - d[10].1).abs() < 1e-12);
    }

    /// No distribution with these moments on these five results has a larger entropy: moving along a direction that keeps the moments
    /// lowers it.
    #[test]
    fn the_entropy_is_the_largest() {
        let d = Perturbation::new(Noise::default()).unwrap().distribution(1);
        let entropy = |p: &[f64]| -p.iter().map(|p| p * p.ln()).sum::<f64>();
        let p: Vec<f64> = d.iter().map(|x| x.1).collect();
        let support: Vec<f64> = d.iter().map(|x| x.0 as f64).collect();
        assert_eq!(support, [-1.0, 2.0, 3.0, 4.0, 5.0]);
        // Third differences over 2, 3, 4, 5 keep sum, mean and second moment.
        for eps in [1e-4, -1e-4] {
            let moved: Vec<f64> =
                p.iter().zip([0.0, 1.0, -3.0, 3.0, -1.0]).map(|(p, k)| p + eps * k).collect();
            assert!(entropy(&moved) < entropy(&p));
        }
    }

    #[test]
    fn more_numbers_of_one_count_let_it_be_guessed_more_often() {
        let usual = Perturbation::new(Noise::default()).unwrap();
        let of = [1, 2, 3].map(|draws| usual.guessed(draws, 10));
        assert!(of[0] < of[1] && of[1] < of[2], "{of:?}");
        // The probabilities in the book.
        assert!((of[0] - 0.23).abs() < 0.005 && (of[2] - 0.43).abs() < 0.005, "{of:?}");
        // All ways of two numbers, enumerated by another program over counts up to 59: in a tie, one of the likeliest is named at random.
        assert!((of[0] - 0.226_002).abs() < 1e-6 && (of[1] - 0.335_488).abs() < 1e-6, "{of:?}");
        let much = Perturbation::new(Noise { variance: 9.0, largest: 12, hidden: 2 }).unwrap();
        assert!((much.guessed(1, 10) - 0.111_230).abs() < 1e-6);
    }

    #[test]
    fn a_key_at_a_cumulative_chance_belongs_to_the_next_noise() {
        let table = Perturbation::new(Noise::default()).unwrap();
        let row = table.row_of(7).to_vec();
        for pair in row.windows(2) {
            assert_eq!(table.noise(7, pair[0].1), pair[1].0);
            assert_eq!(table.noise(7, pair[0].1.next_down()), pair[0].0);
        }
        assert_eq!((table.noise(7, 0.0), table.noise(7, 1.0)), (row[0].0, row[row.len() - 1].0));
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        // A count of 1 that may become 0 or at least 3 has a variance of at least 2.
        let noise = Noise { variance: 1.9, ..Noise::default() };
        assert_eq!(Perturbation::new(noise).unwrap_err(), NoiseError::Impossible { count: 1, variance: 1.9 });
        assert!(Perturbation::new(Noise { variance: 100.0, ..Noise::default() }).is_err());
    }
}
