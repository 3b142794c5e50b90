//! Estimates from differentially private tables: the noise is part of the model.
//!
//! A cell of the table is `y = x + d`, with `x` Poisson of mean `lambda` and `d` two-sided geometric, so its likelihood is
//! `sum_x Poisson(x; lambda) (1 - a) / (1 + a) a^|y - x|` with `a = e^-epsilon`. Nothing is clipped: a negative count says what it
//! says. The fit climbs by the score `X' (E[x|y] - lambda)`, with the observed information `X' diag(lambda - Var[x|y]) X` (Louis 1982,
//! JRSS B 44, 226) where that is positive and the complete one where it is not (Lange 1995, JRSS B 57, 425).

use crate::cholesky::{cholesky, solve};
use crate::histories::Mask;
use crate::model::{Model, pairs};
use crate::special::{ln_gamma, normal_quantile};

/// Steps of a fit at most.
const STEPS: usize = 400;

/// How far a step goes at most, on the scale of the logarithm.
const LONGEST: f64 = 2.0;

/// An effect this strong, on the scale of the logarithm, runs away: the estimate does not exist.
const ENDLESS: f64 = 12.0;

/// A fit to a table with noise.
#[derive(Debug, Clone, PartialEq)]
pub struct NoisyFit {
    /// Coefficients, one for each column.
    pub coefficients: Vec<f64>,
    /// The mean of each cell.
    pub means: Vec<f64>,
    /// Log-likelihood.
    pub log_likelihood: f64,
    /// Standard error of the first coefficient; none where the table does not determine it.
    pub first_error: Option<f64>,
}

/// An estimate from a table of capture histories with noise.
#[derive(Debug, Clone, PartialEq)]
pub struct NoisyEstimate {
    /// The model.
    pub model: Model,
    /// Persons on some list, as the fit has them.
    pub seen: f64,
    /// Persons on any list or none.
    pub n_hat: f64,
    /// The interval, with the uncertainty of the noise, conditional on the model.
    pub interval: (f64, f64),
    /// BIC.
    pub bic: f64,
}

/// Mean and variance of the true count given the noisy one, and the logarithm of the chance of the noisy one.
fn given(y: i64, mean: f64, epsilon: f64) -> (f64, f64, f64) {
    let far = (30.0 / epsilon).ceil();
    let spread = 9.0 * mean.sqrt() + 12.0;
    let low = (y as f64 - far).min(mean - spread).max(0.0).floor() as i64;
    let high = (y as f64 + far).max(mean + spread).ceil() as i64;
    let log_mean = mean.ln();
    let a = (-epsilon).exp();
    let log_weight =
        |x: i64| x as f64 * log_mean - mean - ln_gamma(x as f64 + 1.0) - epsilon * (y - x).abs() as f64;
    let logs: Vec<f64> = (low..=high).map(log_weight).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut first, mut second) = (0.0, 0.0, 0.0);
    for (i, log) in logs.iter().enumerate() {
        let (w, x) = ((log - top).exp(), i as f64);
        sum += w;
        first += w * x;
        second += w * x * x;
    }
    let shifted = first / sum;
    let variance = (second / sum - shifted * shifted).max(0.0);
    (low as f64 + shifted, variance, top + sum.ln() + ((1.0 - a) / (1.0 + a)).ln())
}

/// Fits a Poisson regression with a log link to counts with noise. `columns` are those of the design, each as long as `y`, the first
/// of ones. `ridge` draws all other coefficients to zero, as a normal prior of precision `ridge` does; 0 for none.
///
/// None if the fit does not settle, or climbs without end: then there is no estimate.
// One function: one iteration, whose start, step and end share all of its state.
pub fn fit(columns: &[Vec<f64>], y: &[i64], epsilon: f64, ridge: f64) -> Option<NoisyFit> {
    let (m, p) = (y.len(), columns.len());
    let means = |beta: &[f64]| -> Vec<f64> {
        let eta = |i: usize| (0..p).map(|c| columns[c][i] * beta[c]).sum::<f64>();
        (0..m).map(|i| eta(i).clamp(-40.0, 40.0).exp()).collect()
    };
    let expected = |mu: &[f64]| -> (Vec<(f64, f64)>, f64) {
        let all: Vec<(f64, f64, f64)> = y.iter().zip(mu).map(|(y, mean)| given(*y, *mean, epsilon)).collect();
        (all.iter().map(|g| (g.0, g.1)).collect(), all.iter().map(|g| g.2).sum())
    };
    let information = |mu: &[f64], of: &[(f64, f64)], observed: bool| -> Vec<f64> {
        let mut matrix = vec![0.0; p * p];
        for i in 0..m {
            let w = if observed { mu[i] - of[i].1 } else { mu[i] };
            for a in (0..p).filter(|a| columns[*a][i] != 0.0) {
                for b in 0..=a {
                    matrix[a * p + b] += w * columns[a][i] * columns[b][i];
                }
            }
        }
        for a in 0..p {
            matrix[a * p + a] += if a > 0 { ridge } else { 0.0 };
            for b in a + 1..p {
                matrix[a * p + b] = matrix[b * p + a];
            }
        }
        matrix
    };
    let total = y.iter().sum::<i64>().max(1) as f64;
    let mut beta = vec![0.0; p];
    beta[0] = (total / m as f64).ln();
    let mut mu = means(&beta);
    let penalty = |beta: &[f64]| 0.5 * ridge * beta[1..].iter().map(|b| b * b).sum::<f64>();
    let (mut of, value) = expected(&mu);
    let mut climbed = value - penalty(&beta);
    for _ in 0..STEPS {
        let drawn = |c: usize| if c > 0 { ridge * beta[c] } else { 0.0 };
        let slope = |c: usize| (0..m).map(|i| columns[c][i] * (of[i].0 - mu[i])).sum::<f64>();
        let score: Vec<f64> = (0..p).map(|c| slope(c) - drawn(c)).collect();
        let mut moved = None;
        for observed in [true, false] {
            let mut matrix = information(&mu, &of, observed);
            if cholesky(&mut matrix, p).is_none() {
                continue;
            }
            let mut step = score.clone();
            solve(&matrix, p, &mut step);
            // Where little is known a step may be far too long.
            let longest = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
            step.iter_mut().for_each(|s| *s /= (longest / LONGEST).max(1.0));
            for halving in 0..12 {
                let scale = 0.5_f64.powi(halving);
                let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + scale * s).collect();
                let mu = means(&next);
                if mu.iter().any(|m| *m > 10.0 * total + 1000.0) {
                    continue;
                }
                let (of, value) = expected(&mu);
                let value = value - penalty(&next);
                if value >= climbed - 1e-9 {
                    let change = step.iter().map(|s| (scale * s).abs()).fold(0.0, f64::max);
                    moved = Some((next, mu, of, value, change));
                    break;
                }
            }
            if moved.is_some() {
                break;
            }
        }
        let (next, new_mu, new_of, value, change) = moved?;
        (beta, mu, of, climbed) = (next, new_mu, new_of, value);
        if change < 1e-7 {
            let mut matrix = information(&mu, &of, true);
            let first_error = cholesky(&mut matrix, p).and_then(|()| {
                let mut unit = vec![0.0; p];
                unit[0] = 1.0;
                solve(&matrix, p, &mut unit);
                (unit[0] > 0.0).then(|| unit[0].sqrt())
            });
            let log_likelihood = climbed + penalty(&beta);
            return Some(NoisyFit { coefficients: beta, means: mu, log_likelihood, first_error });
        }
    }
    None
}

/// Estimates from a table of capture histories with noise: every history but that of nobody, also those that hold nobody.
///
/// None where the model has no estimate.
pub fn estimate(cells: &[(Mask, i64)], epsilon: f64, model: &Model, level: f64) -> Option<NoisyEstimate> {
    let column = |term: &Mask| cells.iter().map(|c| f64::from(u8::from(term & !c.0 == 0))).collect();
    let columns: Vec<Vec<f64>> = model.terms().iter().map(column).collect();
    let y: Vec<i64> = cells.iter().map(|c| c.1).collect();
    let found = fit(&columns, &y, epsilon, 0.0)?;
    if found.coefficients[1..].iter().any(|b| b.abs() > ENDLESS) {
        return None;
    }
    let unseen = found.coefficients.first()?.exp();
    // The mean of the unseen, and their number given it.
    let error = (found.first_error?.powi(2) + 1.0 / unseen).sqrt();
    let factor = (normal_quantile(0.5 + level / 2.0) * error).exp();
    let seen: f64 = found.means.iter().sum();
    let bic = found.coefficients.len() as f64 * seen.max(1.0).ln() - 2.0 * found.log_likelihood;
    let interval = (seen + unseen / factor, seen + unseen * factor);
    Some(NoisyEstimate { model: model.clone(), seen, n_hat: seen + unseen, interval, bic })
}

/// Chooses a model of pairs by BIC, from the noisy table alone, so that the choice discloses nothing more: from independence on, the pair
/// that lowers BIC most is added until none does. None where not even independence has an estimate.
pub fn chosen(lists: usize, cells: &[(Mask, i64)], epsilon: f64, level: f64) -> Option<NoisyEstimate> {
    let mut best = estimate(cells, epsilon, &Model::independence(lists), level)?;
    loop {
        let more = pairs(lists).filter(|pair| !best.model.contains(*pair)).filter_map(|pair| {
            let mut generators = best.model.generators();
            generators.push(pair);
            estimate(cells, epsilon, &Model::from_generators(lists, &generators), level)
        });
        match more.min_by(|a, b| a.bic.total_cmp(&b.bic)) {
            Some(next) if next.bic < best.bic => best = next,
            _ => return Some(best),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::histories::Histories;
    use crate::loglinear::Engine;

    const NAMES: [&str; 3] = ["A", "B", "C"];

    fn table() -> Vec<(Mask, i64)> {
        vec![(1, 420), (2, 310), (3, 62), (4, 205), (5, 38), (6, 31), (7, 9)]
    }

    fn exact(cells: &[(Mask, i64)], model: &Model) -> f64 {
        let names = NAMES.map(str::to_owned).to_vec();
        let all = cells.iter().map(|(h, n)| (*h, n.max(&0).unsigned_abs()));
        let engine = Engine::new(&Histories::new(names, all).unwrap());
        engine.dark_figure(model) + cells.iter().map(|c| c.1.max(0)).sum::<i64>() as f64
    }

    #[test]
    fn without_noise_it_is_the_plain_estimate() {
        for formula in ["independence", "pairs"] {
            let model = if formula == "pairs" { Model::all_pairs(3) } else { Model::independence(3) };
            let found = estimate(&table(), 18.0, &model, 0.95).unwrap();
            let plain = exact(&table(), &model);
            assert!((found.n_hat / plain - 1.0).abs() < 1e-3, "{formula}: {} {plain}", found.n_hat);
            assert!(found.interval.0 < found.n_hat && found.n_hat < found.interval.1);
        }
    }

    /// Two-sided geometric noise, by inversion.
    fn noise(rng: &mut ChaCha8Rng, epsilon: f64) -> i64 {
        let mut one = || (rng.random::<f64>().max(1e-300).ln() / -epsilon).floor() as i64;
        one() - one()
    }

    /// With small overlaps, clipping at zero pulls the estimate down; a fit that knows the noise does not.
    #[test]
    fn small_overlaps_are_not_pulled_down() {
        let cells: Vec<(Mask, i64)> = vec![(1, 60), (2, 50), (3, 3), (4, 45), (5, 3), (6, 2), (7, 0)];
        let model = Model::independence(3);
        let truth = exact(&cells, &model).ln();
        let (mut rng, epsilon) = (ChaCha8Rng::seed_from_u64(1), 1.0);
        let (mut aware, mut clipped) = (Vec::new(), Vec::new());
        let (mut wider, mut all) = (0, 0);
        let alone = estimate(&cells, 18.0, &model, 0.95).unwrap();
        for _ in 0..200 {
            let noisy: Vec<(Mask, i64)> =
                cells.iter().map(|c| (c.0, c.1 + noise(&mut rng, epsilon))).collect();
            let Some(found) = estimate(&noisy, epsilon, &model, 0.95) else { continue };
            aware.push(found.n_hat.ln() - truth);
            clipped.push(exact(&noisy, &model).ln() - truth);
            all += 1;
            let width = |e: &NoisyEstimate| (e.interval.1 - e.seen).ln() - (e.interval.0 - e.seen).ln();
            wider += usize::from(width(&found) > width(&alone));
        }
        let median = |all: &mut Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let (aware, clipped) = (median(&mut aware), median(&mut clipped));
        assert!(all > 150 && clipped < -0.05 && aware.abs() < 0.02, "{all} {aware} {clipped}");
        assert!(wider * 10 > all * 6, "{wider} of {all}");
    }

    /// Persons drawn one by one, with noise of a variance of eight on every count.
    #[test]
    fn intervals_hold_the_true_number_with_noise() {
        let model = Model::independence(3);
        let (mut rng, epsilon, persons) = (ChaCha8Rng::seed_from_u64(7), 0.5, 1500.0);
        let (mut held, mut all) = (0, 0);
        for _ in 0..300 {
            let mut counts = [0_i64; 8];
            for _ in 0..persons as usize {
                let lists = [0.3, 0.25, 0.2].into_iter().enumerate();
                let on = lists.fold(0, |on, (l, p)| on | usize::from(rng.random::<f64>() < p) << l);
                counts[on] += 1;
            }
            let noisy: Vec<(Mask, i64)> =
                (1..8).map(|h| (h as Mask, counts[h] + noise(&mut rng, epsilon))).collect();
            let Some(found) = estimate(&noisy, epsilon, &model, 0.95) else { continue };
            all += 1;
            held += usize::from((found.interval.0..=found.interval.1).contains(&persons));
        }
        assert!(all > 290 && (all * 91..=all * 99).contains(&(held * 100)), "{held} of {all}");
    }

    #[test]
    fn a_dependence_is_found_in_the_noisy_table() {
        // Lists A and B share far more persons than by chance.
        let cells: Vec<(Mask, i64)> = vec![(1, 380), (2, 270), (3, 190), (4, 205), (5, 28), (6, 23), (7, 14)];
        let found = chosen(3, &cells, 1.0, 0.95).unwrap();
        assert!(found.model.contains(0b011), "{:?}", found.model);
        assert!(found.bic < estimate(&cells, 1.0, &Model::independence(3), 0.95).unwrap().bic);
    }

    #[test]
    fn where_there_is_no_overlap_there_is_no_estimate() {
        let cells: Vec<(Mask, i64)> = vec![(1, 400), (2, 300), (3, -9)];
        assert_eq!(estimate(&cells, 1.0, &Model::independence(2), 0.95), None);
    }
}
