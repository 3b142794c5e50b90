//! How many were never caught, from how often the others were: truncated count regression.
//!
//! Person `i` is caught `y` times with mean `lambda_i = exp(x_i b)`: Poisson, geometric, or negative binomial with
//! dispersion `a` (variance `lambda (1 + a lambda)`; 0 is Poisson, 1 geometric). Those with `y = 0` are not seen, so the
//! likelihood is that of `y` given `y >= 1` (van der Heijden and others 2003, Statistical Modelling 3). Persons who
//! learn to avoid a second time inflate the ones; then only `y >= 2` is used, given that (Boehning and van der Heijden
//! 2019, Annals of Applied Statistics 13). Either way
//!
//! `N = n + sum over persons used of p(0) / P(y >= from)`.

use serde::Serialize;

use crate::cholesky::{cholesky, forward, solve};
use crate::special::{chi_squared_upper, ln_gamma};

/// The distribution of the number of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Everybody with the same covariates has the same rate.
    Poisson,
    /// Rates differ exponentially.
    Geometric,
    /// Rates differ by a gamma distribution whose spread is estimated.
    NegativeBinomial,
}

/// Persons with the same count and covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CountRow {
    /// Times seen, at least 1.
    pub times: u32,
    /// Columns of the regression, the constant 1 first.
    pub x: Vec<f64>,
    /// Persons.
    pub persons: f64,
}

/// A fit.
#[derive(Debug, Clone, PartialEq)]
pub struct TruncatedFit {
    /// Estimated persons.
    pub n_hat: f64,
    /// Its standard error, by the delta method with the variance of the unseen added.
    pub se: f64,
    /// Coefficients.
    pub coefficients: Vec<f64>,
    /// Dispersion.
    pub dispersion: f64,
    /// Log-likelihood of the counts used, given that they are at least `from`.
    pub log_likelihood: f64,
}

/// Dispersions among which the negative binomial is sought. At an end the family has no estimate of its own.
const DISPERSION: (f64, f64) = (1e-3, 1e3);

/// The dispersion with the highest likelihood; none at an end.
fn best_dispersion(used: &[&CountRow], from: u32) -> Option<f64> {
    // Golden section on the logarithm; the profile likelihood has one maximum or runs to an end.
    let golden = 0.5 * (5_f64.sqrt() - 1.0);
    let value = |z: f64| regress(used, z.exp(), from).map_or(f64::NEG_INFINITY, |r| r.1);
    let (mut lo, mut hi) = (DISPERSION.0.ln(), DISPERSION.1.ln());
    while hi - lo > 1e-6 {
        let (a, b) = (hi - golden * (hi - lo), lo + golden * (hi - lo));
        if value(a) >= value(b) { hi = b } else { lo = a }
    }
    let found = (0.5 * (lo + hi)).exp();
    (1.1 * DISPERSION.0..=0.9 * DISPERSION.1).contains(&found).then_some(found)
}

/// Fits counts of at least `from` (1, or 2 against inflated ones). `None` when nobody has such a count, the columns
/// depend on each other, nobody would be unseen, or a parameter runs to an end.
pub fn fit(rows: &[CountRow], family: Family, from: u32) -> Option<TruncatedFit> {
    let used: Vec<&CountRow> = rows.iter().filter(|r| r.times >= from && r.persons > 0.0).collect();
    let n: f64 = rows.iter().map(|r| r.persons).sum();
    if used.is_empty() || used.iter().all(|r| r.times == from) {
        return None;
    }
    let dispersion = match family {
        Family::Poisson => 0.0,
        Family::Geometric => 1.0,
        Family::NegativeBinomial => best_dispersion(&used, from)?,
    };
    let (coefficients, log_likelihood) = regress(&used, dispersion, from)?;
    let mut theta = coefficients.clone();
    let free = family == Family::NegativeBinomial;
    if free {
        theta.push(dispersion.ln());
    }
    let k = coefficients.len();
    let spread = |theta: &[f64]| if free { theta[k].exp() } else { dispersion };
    let (b, a) = (&theta[..k], spread(&theta));
    let unseen =
        |b: &[f64], a: f64| used.iter().map(|r| r.persons * odds(rate(&r.x, b), a, from)).sum::<f64>();
    let variance_of_unseen: f64 = used
        .iter()
        .map(|r| {
            let u = odds(rate(&r.x, b), a, from);
            r.persons * u * (1.0 + u)
        })
        .sum();
    // Information and gradient by central differences: few parameters, smooth functions.
    let p = theta.len();
    let shifted = |moves: &[(usize, f64)]| {
        let mut t = theta.clone();
        moves.iter().for_each(|(i, d)| t[*i] += d);
        t
    };
    let value = |t: &[f64]| likelihood(&used, &t[..k], spread(t), from);
    let h = 1e-4;
    let mut information = vec![0.0; p * p];
    for i in 0..p {
        for j in 0..=i {
            let at = |s: f64, t: f64| value(&shifted(&[(i, s * h), (j, t * h)]));
            information[i * p + j] =
                -(at(1.0, 1.0) - at(1.0, -1.0) - at(-1.0, 1.0) + at(-1.0, -1.0)) / (4.0 * h * h);
        }
    }
    cholesky(&mut information, p)?;
    let mut gradient: Vec<f64> = (0..p)
        .map(|i| {
            let at = |s: f64| {
                let t = shifted(&[(i, s * h)]);
                unseen(&t[..k], spread(&t))
            };
            (at(1.0) - at(-1.0)) / (2.0 * h)
        })
        .collect();
    forward(&information, p, &mut gradient);
    let variance = variance_of_unseen + gradient.iter().map(|g| g * g).sum::<f64>();
    let n_hat = n + unseen(b, a);
    // An estimate of nobody unseen means that the form does not fit: it would pass for certainty.
    (n_hat - n > 1e-3 && n_hat.is_finite() && variance.is_finite()).then_some(TruncatedFit {
        n_hat,
        se: variance.sqrt(),
        coefficients,
        dispersion,
        log_likelihood,
    })
}

/// P-value of Pearson's test of a fit to all counts: numbers of times are taken together from the largest down until at
/// least five persons are expected. `None` where no degree of freedom is left.
pub fn goodness(rows: &[CountRow], fit: &TruncatedFit) -> Option<f64> {
    const EXPECTED: f64 = 5.0;
    let most = rows.iter().filter(|r| r.persons > 0.0).map(|r| r.times).max()?.min(1000);
    let mean = |k: u32| -> f64 {
        let of = |r: &CountRow| {
            let lambda = rate(&r.x, &fit.coefficients);
            r.persons * log_mass(f64::from(k), lambda, fit.dispersion).exp() / seen(lambda, fit.dispersion, 1)
        };
        rows.iter().map(of).sum()
    };
    let n: f64 = rows.iter().map(|r| r.persons).sum();
    let observed = |k: u32| rows.iter().filter(|r| r.times == k).map(|r| r.persons).sum::<f64>();
    // The last cell holds everybody seen more often than all before it.
    let mut cells: Vec<(f64, f64)> = Vec::new();
    let (mut left, mut left_expected) = (n, n);
    for k in 1..=most {
        let (o, e) = (observed(k), mean(k));
        if e < EXPECTED || left_expected - e < EXPECTED {
            break;
        }
        cells.push((o, e));
        left -= o;
        left_expected -= e;
    }
    cells.push((left, left_expected));
    let parameters = fit.coefficients.len() + usize::from(fit.dispersion > 0.0 && fit.dispersion != 1.0);
    let degrees = cells.len().checked_sub(1 + parameters).filter(|d| *d > 0)?;
    let statistic: f64 = cells.iter().map(|(o, e)| (o - e).powi(2) / e).sum();
    Some(chi_squared_upper(statistic, degrees))
}

fn rate(x: &[f64], b: &[f64]) -> f64 {
    x.iter().zip(b).map(|(x, b)| x * b).sum::<f64>().exp()
}

/// `log p(y)` for the mean and dispersion.
fn log_mass(y: f64, lambda: f64, a: f64) -> f64 {
    if a < 1e-9 {
        return y * lambda.ln() - lambda - ln_gamma(y + 1.0);
    }
    let r = 1.0 / a;
    ln_gamma(y + r) - ln_gamma(r) - ln_gamma(y + 1.0) + y * (a * lambda / (1.0 + a * lambda)).ln()
        - r * (a * lambda).ln_1p()
}

/// `P(y >= from)`.
fn seen(lambda: f64, a: f64, from: u32) -> f64 {
    let none = log_mass(0.0, lambda, a);
    let mut p = -none.exp_m1();
    for y in 1..from {
        p -= log_mass(f64::from(y), lambda, a).exp();
    }
    p.max(f64::MIN_POSITIVE)
}

/// `p(0) / P(y >= from)`.
fn odds(lambda: f64, a: f64, from: u32) -> f64 {
    log_mass(0.0, lambda, a).exp() / seen(lambda, a, from)
}

fn likelihood(rows: &[&CountRow], b: &[f64], a: f64, from: u32) -> f64 {
    rows.iter()
        .map(|r| {
            let lambda = rate(&r.x, b);
            r.persons * (log_mass(f64::from(r.times), lambda, a) - seen(lambda, a, from).ln())
        })
        .sum()
}

/// Fisher scoring for the coefficients at a given dispersion; the score of `log lambda` is `(y - lambda) / (1 + a lambda)`
/// less its mean given `y >= from`.
fn regress(rows: &[&CountRow], a: f64, from: u32) -> Option<(Vec<f64>, f64)> {
    let p = rows.first()?.x.len();
    let mut b = vec![0.0; p];
    let total: f64 = rows.iter().map(|r| r.persons).sum();
    let mean = rows.iter().map(|r| r.persons * f64::from(r.times)).sum::<f64>() / total;
    b[0] = (mean - f64::from(from) + 0.2).ln();
    let mut value = likelihood(rows, &b, a, from);
    for _ in 0..200 {
        let mut score = vec![0.0; p];
        let mut information = vec![0.0; p * p];
        for r in rows {
            let lambda = rate(&r.x, &b);
            let s = |y: f64| (y - lambda) / (1.0 + a * lambda);
            let part = seen(lambda, a, from);
            let (mut below, mut below_squared) = (0.0, 0.0);
            for y in 0..from {
                let mass = log_mass(f64::from(y), lambda, a).exp();
                below += mass * s(f64::from(y));
                below_squared += mass * s(f64::from(y)).powi(2);
            }
            let centre = -below / part;
            let variance = (lambda / (1.0 + a * lambda) - below_squared) / part - centre * centre;
            let u = r.persons * (s(f64::from(r.times)) - centre);
            for i in 0..p {
                score[i] += u * r.x[i];
                for j in 0..=i {
                    information[i * p + j] += r.persons * variance.max(1e-12) * r.x[i] * r.x[j];
                }
            }
        }
        cholesky(&mut information, p)?;
        let mut step = score.clone();
        solve(&information, p, &mut step);
        let decrement: f64 = step.iter().zip(&score).map(|(s, g)| s * g).sum();
        if decrement < 1e-12 {
            return Some((b, value));
        }
        let mut scale = 1.0;
        loop {
            let next: Vec<f64> = b.iter().zip(&step).map(|(b, s)| b + scale * s).collect();
            let reached = likelihood(rows, &next, a, from);
            if reached >= value - 1e-10 * (1.0 + value.abs()) {
                (b, value) = (next, reached);
                break;
            }
            scale *= 0.5;
            if scale < 1e-9 {
                return None;
            }
        }
        // A rate that vanishes is a parameter on its way to infinity.
        if b[0] < -25.0 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Poisson};

    use super::*;

    fn rows(f: &[u32]) -> Vec<CountRow> {
        let row =
            |(i, n): (usize, &u32)| CountRow { times: i as u32 + 1, x: vec![1.0], persons: f64::from(*n) };
        f.iter().enumerate().map(row).collect()
    }

    #[test]
    fn the_irregular_migrants() {
        // Apprehended 1 to 6 times; Rcapture's M0 without limit of occasions is the truncated Poisson.
        let data = rows(&[1645, 183, 37, 13, 1, 1]);
        let poisson = fit(&data, Family::Poisson, 1).unwrap();
        // Rcapture leaves the cells above six out, which nobody is in; that is 4e-6 of the estimate.
        assert!((poisson.n_hat / 7079.89716609293 - 1.0).abs() < 1e-5, "{}", poisson.n_hat);
        assert!((poisson.se / 365.753184292144 - 1.0).abs() < 1e-3, "{}", poisson.se);
        // Geometric: the mean of the counts less one is the rate.
        let geometric = fit(&data, Family::Geometric, 1).unwrap();
        let mean = (1645.0 + 2.0 * 183.0 + 3.0 * 37.0 + 4.0 * 13.0 + 5.0 + 6.0) / 1880.0;
        assert!((geometric.n_hat - 1880.0 * mean / (mean - 1.0)).abs() < 1e-3, "{}", geometric.n_hat);
        // The more rates may differ, the more were never caught; without trust in the ones, fewer.
        let robust = fit(&data, Family::Poisson, 2).unwrap();
        assert!(robust.n_hat < poisson.n_hat && poisson.n_hat < geometric.n_hat);
        if let Some(nb) = fit(&data, Family::NegativeBinomial, 1) {
            assert!(nb.log_likelihood >= geometric.log_likelihood - 1e-6);
        }
    }

    #[test]
    fn covariates_recover_a_population_that_differs_by_them() {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut counts = std::collections::BTreeMap::new();
        for (group, rate, size) in [(0, 0.4, 5000), (1, 1.5, 1000)] {
            let poisson = Poisson::new(rate).unwrap();
            for _ in 0..size {
                let y = poisson.sample(&mut rng) as u32;
                *counts.entry((group, y)).or_insert(0) += 1;
            }
        }
        let rows: Vec<CountRow> = counts
            .into_iter()
            .filter(|((_, y), _)| *y > 0)
            .map(|((g, y), n)| CountRow { times: y, x: vec![1.0, f64::from(g)], persons: f64::from(n) })
            .collect();
        let with = fit(&rows, Family::Poisson, 1).unwrap();
        assert!((with.n_hat - 6000.0).abs() < 3.0 * with.se, "{} {}", with.n_hat, with.se);
        let pooled: Vec<CountRow> = rows.iter().map(|r| CountRow { x: vec![1.0], ..r.clone() }).collect();
        let without = fit(&pooled, Family::Poisson, 1).unwrap();
        assert!(without.n_hat < with.n_hat - 3.0 * with.se);
    }

    #[test]
    fn what_cannot_be_estimated_is_not() {
        assert_eq!(fit(&rows(&[10]), Family::Poisson, 1), None);
        assert_eq!(fit(&rows(&[10, 5]), Family::Poisson, 2), None);
        let twin: Vec<CountRow> =
            rows(&[10, 5, 1]).into_iter().map(|r| CountRow { x: vec![1.0, 1.0], ..r }).collect();
        assert_eq!(fit(&twin, Family::Poisson, 1), None);
    }
}
