//! Calibration of the weights by judged pairs.
//!
//! People look at pairs and say whether they are one person. A logistic regression of their answers on the log odds that the
//! model gives says how far the model is too sure or not sure enough; the weights are then those of the regression. A normal
//! prior keeps the slope near one and the shift near nothing while few pairs are judged.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use crate::blocking::Pair;
use crate::generate::stream;

/// Standard deviation of the prior of the shift, and of the slope around one.
const PRIOR: [f64; 2] = [1.0, 0.15];

/// Mean and standard deviation of the logarithm of how many relatives there are for one that the model takes, before anything is
/// judged: as for an exponential distribution with mean one.
const RELATIVES: [f64; 2] = [-0.577, 1.28];

/// How weights become log odds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Calibration {
    /// Added to the log odds.
    pub shift: f64,
    /// Multiplies the log odds of the model.
    pub slope: f64,
    /// Variances of shift and slope, and between them their covariance: what so few judgements leave open.
    pub covariance: [f64; 3],
    /// How many relatives there are for one that the model takes: mean and standard deviation of the logarithm. See
    /// [`crate::fellegi_sunter::MatchModel::ceiling`].
    pub relatives: [f64; 2],
    /// Pairs judged.
    pub judged: usize,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { shift: 0.0, slope: 1.0, covariance: [0.0; 3], relatives: RELATIVES, judged: 0 }
    }
}

impl Calibration {
    /// Learns from `(log odds of the model, one person or not)`.
    pub fn learn(judged: &[(f64, bool)]) -> Self {
        if judged.is_empty() {
            return Self::default();
        }
        let (mut a, mut b) = (0.0, 1.0);
        let mut covariance = [0.0; 3];
        let precision = PRIOR.map(|s| 1.0 / (s * s));
        for _ in 0..50 {
            let mut score = [-precision[0] * a, -precision[1] * (b - 1.0)];
            let mut information = [precision[0], 0.0, precision[1]];
            for (x, same) in judged {
                let p = 1.0 / (1.0 + (-(a + b * x)).exp());
                let (left, w) = (f64::from(u8::from(*same)) - p, p * (1.0 - p));
                score[0] += left;
                score[1] += left * x;
                information[0] += w;
                information[1] += w * x;
                information[2] += w * x * x;
            }
            let determinant = information[0] * information[2] - information[1] * information[1];
            covariance = [information[2], -information[1], information[0]].map(|x| x / determinant);
            let step = [
                (information[2] * score[0] - information[1] * score[1]) / determinant,
                (information[0] * score[1] - information[1] * score[0]) / determinant,
            ];
            // Half steps at most of one: far off, a full step may leap over the answer.
            let scale = (1.0 / step[0].abs().max(step[1].abs())).min(1.0);
            a += scale * step[0];
            b += scale * step[1];
            if step[0].abs().max(step[1].abs()) < 1e-10 {
                break;
            }
        }
        Self { shift: a, slope: b.max(0.05), covariance, judged: judged.len(), ..Self::default() }
    }

    /// Learns how many relatives there are from pairs that may be relatives: `(ceiling of the log odds, log odds of the model, one
    /// person or not)`, by the posterior on a grid.
    pub fn learn_relatives(&mut self, judged: &[(f64, f64, bool)]) {
        let [mean, deviation] = RELATIVES;
        let grid: Vec<f64> = (0..=160).map(|k| mean + deviation * (0.1 * f64::from(k) - 8.0)).collect();
        let logs = grid.iter().map(|f| {
            let likelihood = judged.iter().map(|(ceiling, odds, same)| {
                let against = (f - ceiling).exp() + (-self.shift - self.slope * odds).exp();
                if *same { -against.ln_1p() } else { against.ln() - against.ln_1p() }
            });
            likelihood.sum::<f64>() - 0.5 * ((f - mean) / deviation).powi(2)
        });
        let logs: Vec<f64> = logs.collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
        let total: f64 = weights.iter().sum();
        let moment =
            |of: &dyn Fn(f64) -> f64| grid.iter().zip(&weights).map(|(f, w)| of(*f) * w).sum::<f64>() / total;
        let centre = moment(&|f| f);
        self.relatives = [centre, moment(&|f| (f - centre).powi(2)).sqrt()];
        self.judged += judged.len();
    }

    /// The logarithm of how many relatives there are, as it might be.
    pub(crate) fn draw_relatives(&self, rng: &mut ChaCha8Rng) -> f64 {
        let z: f64 = StandardNormal.sample(rng);
        self.relatives[0] + self.relatives[1] * z
    }

    /// Shift and slope as they might be: a draw from the normal approximation to their posterior.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng) -> (f64, f64) {
        let normal = |rng: &mut ChaCha8Rng| -> f64 { StandardNormal.sample(rng) };
        let (x, y) = (normal(rng), normal(rng));
        let [aa, ab, bb] = self.covariance;
        let first = aa.max(0.0).sqrt();
        let across = if first > 0.0 { ab / first } else { 0.0 };
        let second = (bb - across * across).max(0.0).sqrt();
        (self.shift + first * x, (self.slope + across * x + second * y).max(0.05))
    }

    /// The probability of a match after calibration, from the log odds of the model.
    pub fn probability(&self, log_odds: f64) -> f64 {
        1.0 / (1.0 + (-(self.shift + self.slope * log_odds)).exp())
    }

    /// The same for a pair whose log odds have a ceiling.
    pub fn probability_under(&self, log_odds: f64, ceiling: f64) -> f64 {
        let relatives = (self.relatives[0] + 0.5 * self.relatives[1].powi(2)).exp();
        1.0 / (1.0 + (-(self.shift + self.slope * log_odds)).exp() + relatives * (-ceiling).exp())
    }

    /// The weight of a pair after calibration; `prior` is the log odds of two records at random.
    pub fn weight(&self, weight: f64, prior: f64) -> f64 {
        self.shift + self.slope * (prior + weight) - prior
    }
}

/// Pairs worth judging: spread over ten bands of the model's probability, as far as there are any, in random order. Bands from
/// 0.1 to 0.5 get twice as many: there are more pairs the less likely they are, so there an error of the curve weighs most.
/// `edges` are pairs with their weights.
///
/// ```
/// use ijsberg_linkage::calibrate::worth_judging;
///
/// let edges = [((0, 1), 4.0), ((0, 2), -1.0), ((1, 2), 0.5)];
/// let mut chosen = worth_judging(&edges, 0.0, 10, 1);
/// chosen.sort_unstable();
/// assert_eq!(chosen, [0, 1, 2]);
/// assert_eq!(worth_judging(&edges, 0.0, 2, 1).len(), 2);
/// ```
pub fn worth_judging(edges: &[(Pair, f64)], prior: f64, count: usize, seed: u64) -> Vec<usize> {
    let mut rng = stream(seed ^ 0x0f1a, 0);
    let mut bands: Vec<Vec<usize>> = vec![Vec::new(); 10];
    for (i, (_, w)) in edges.iter().enumerate() {
        let p = 1.0 / (1.0 + (-(prior + w)).exp());
        bands[((p * 10.0) as usize).min(9)].push(i);
    }
    for band in &mut bands {
        for k in (1..band.len()).rev() {
            band.swap(k, rng.random_range(0..=k));
        }
    }
    let mut chosen = Vec::new();
    while chosen.len() < count {
        let before = chosen.len();
        for (b, band) in bands.iter_mut().enumerate() {
            let share = if (1..=4).contains(&b) { 2 } else { 1 };
            for _ in 0..share {
                if chosen.len() < count {
                    chosen.extend(band.pop());
                }
            }
        }
        if chosen.len() == before {
            break;
        }
    }
    for k in (1..chosen.len()).rev() {
        chosen.swap(k, rng.random_range(0..=k));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_judgements_nothing_changes_and_with_many_the_truth_comes_out() {
        let none = Calibration::learn(&[]);
        assert!((none.slope - 1.0).abs() < 1e-12 && none.shift.abs() < 1e-12);
        assert!((none.weight(7.0, -9.0) - 7.0).abs() < 1e-12);
        let mut rng = stream(4, 0);
        let judged: Vec<(f64, bool)> = (0..4000)
            .map(|_| {
                let x = -5.0 + 10.0 * rng.random::<f64>();
                let p = 1.0 / (1.0 + (-(0.8 + 1.4 * x)).exp());
                (x, rng.random::<f64>() < p)
            })
            .collect();
        let c = Calibration::learn(&judged);
        assert!((c.shift - 0.8).abs() < 0.2 && (c.slope - 1.4).abs() < 0.15, "{c:?}");
        let few = Calibration::learn(&judged[..5]);
        assert!((few.slope - 1.0).abs() < 0.4);
    }

    #[test]
    fn judged_pairs_show_how_many_relatives_there_are() {
        let pairs = |same: usize| (0..30).map(|i| (1.0, 12.0, i < same)).collect::<Vec<_>>();
        let learned = |same| {
            let mut c = Calibration::default();
            c.learn_relatives(&pairs(same));
            assert_eq!(c.judged, 30);
            c.probability_under(12.0, 1.0)
        };
        let none = Calibration::default().probability_under(12.0, 1.0);
        assert!((0.5..0.8).contains(&none), "{none}");
        let [all, half, no] = [30, 15, 0].map(learned);
        assert!(all > 0.95 && (half - 0.5).abs() < 0.1 && no < 0.25, "{all} {half} {no}");
    }

    #[test]
    fn all_bands_are_judged() {
        let edges: Vec<(Pair, f64)> = (0..1000).map(|i| ((i, i + 1), f64::from(i) * 0.01)).collect();
        let chosen = worth_judging(&edges, -5.0, 100, 1);
        assert_eq!(chosen.len(), 100);
        let middle = chosen.iter().filter(|i| (400..600).contains(*i)).count();
        assert!(middle > 30, "the doubtful middle is not drowned by the sure: {middle}");
        assert_eq!(worth_judging(&edges[..3], -5.0, 100, 1).len(), 3);
    }
}
