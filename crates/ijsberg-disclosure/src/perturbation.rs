//! The table of noise by count: unbiased, of a given variance, bounded, and otherwise as unknowable as can be.
//!
//! For each count the distribution of largest entropy among those with mean 0, the variance asked for, no noise beyond the
//! largest, and no result that is negative or one of the small ones (Marley and Leaver 2011, Proc. 58th World Statistical Congress
//! of the ISI; Giessing 2016, PSD, LNCS 9867). Zero stays zero.

/// What noise to add.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// Variance.
    pub variance: f64,
    /// No noise is larger than this, either way.
    pub largest: i64,
    /// Results from 1 to this never appear.
    pub hidden: i64,
}

impl Default for Noise {
    /// Variance 2.5, at most 5, and never 1 or 2.
    fn default() -> Self {
        Self { variance: 2.5, largest: 5, hidden: 2 }
    }
}

/// Why there is no such noise.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum NoiseError {
    /// For this count no distribution has mean 0 and that variance.
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

/// Noise by count, as cumulative chances.
#[derive(Debug, Clone)]
pub struct Perturbation {
    /// For each count from 0, noise in order and the chance of at most that; the last is for all larger counts.
    rows: Vec<Vec<(i64, f64)>>,
}

impl Perturbation {
    /// Makes the table.
    ///
    /// # Errors
    /// If the noise cannot be had for some count.
    pub fn new(noise: Noise) -> Result<Self, NoiseError> {
        let mut rows = vec![vec![(0, 1.0)]];
        // From here on nothing that the noise leads to is forbidden.
        for count in 1..=noise.largest + noise.hidden + 1 {
            rows.push(row(count, noise)?);
        }
        Ok(Self { rows })
    }

    fn row_of(&self, count: u64) -> &[(i64, f64)] {
        let at = usize::try_from(count).unwrap_or(usize::MAX).min(self.rows.len() - 1);
        &self.rows[at]
    }

    /// The noise for a count, by a number between 0 and 1 that belongs to the cell.
    pub fn noise(&self, count: u64, key: f64) -> i64 {
        let row = self.row_of(count);
        row.iter().find(|(_, below)| key < *below).or(row.last()).map_or(0, |r| r.0)
    }

    /// How often whoever sees so many numbers with noise of their own, all of one count from 1 to `below` - 1, guesses it: knowing the
    /// table of noise, taking all counts up to four times that for equally likely at first, and naming the likeliest. On average over
    /// the counts, for whoever always names one number is always right about that one.
    pub fn guessed(&self, draws: u32, below: u64) -> f64 {
        let counts: Vec<u64> = (0..4 * below).collect();
        // What is seen so far, with the logarithm-free chance of each count.
        let seen = |count: u64| -> Vec<(i64, f64)> {
            self.distribution(count).into_iter().map(|(d, p)| (count as i64 + d, p)).collect()
        };
        let tables: Vec<Vec<(i64, f64)>> = counts.iter().map(|c| seen(*c)).collect();
        let chance = |count: u64, value: i64| {
            tables[count as usize].iter().find(|s| s.0 == value).map_or(0.0, |s| s.1)
        };
        let mut all = 0.0;
        for truth in 1..below {
            // All ordered ways of what may be seen; of so few numbers there are few.
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

    /// Noise and its chance for a count.
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

/// Chances proportional to `exp(a d + b d^2)`: mean and variance fix `a` and `b` (Newton's method on the two moments).
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
        // Covariances of d and d^2 are the derivatives.
        let (c11, c12, c22) = (m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2);
        let det = c11 * c22 - c12 * c12;
        if !det.is_finite() || det < 1e-14 {
            return Err(impossible);
        }
        let (da, db) = ((c22 * r1 - c12 * r2) / det, (c11 * r2 - c12 * r1) / det);
        // Damped, for the start may be far off.
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

    /// Of all distributions with these moments on these five results none has a larger entropy: moving along a direction that
    /// keeps the moments lowers it.
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
        // What the book says.
        assert!((of[0] - 0.23).abs() < 0.005 && (of[2] - 0.43).abs() < 0.005, "{of:?}");
        let much = Perturbation::new(Noise { variance: 9.0, largest: 12, hidden: 2 }).unwrap();
        assert!(much.guessed(1, 10) < of[0]);
    }

    #[test]
    fn what_cannot_be_had_is_refused() {
        // A count of 1 that may become 0 or 3 and more has variance 2 at least.
        let noise = Noise { variance: 1.9, ..Noise::default() };
        assert_eq!(Perturbation::new(noise).unwrap_err(), NoiseError::Impossible { count: 1, variance: 1.9 });
        assert!(Perturbation::new(Noise { variance: 100.0, ..Noise::default() }).is_err());
    }
}
