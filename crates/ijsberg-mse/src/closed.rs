//! The closed-population family: M0, Mt, Mh, Mth, Mb and Mbh (Otis and others 1978; Rivest and Levesque 2001).
//!
//! All but the normal ones are Poisson regressions on the `2^t - 1` cells, with columns for the lists (Mt) or the
//! number of lists (M0), and a column `h(k)` for heterogeneity between persons, `k` the number of lists a person is
//! on. `N = n + exp(intercept)`. Where capture probabilities differ between persons in an unknown way, different
//! `h` fit equally well and give different `N`: compare them, never pick the one that pleases.

mod frequencies;
mod normal;
mod removal;
mod symmetric;

use crate::glm::{Glm, PoissonFit, solve};
pub use crate::heterogeneity::Heterogeneity;
use crate::histories::Histories;
use crate::loglinear::profile::{Profile, multinomial_log_likelihood, profile_interval};
use crate::special::ln_gamma;
pub use frequencies::fit_frequencies;
pub use normal::{NormalFit, fit_normal};
pub use removal::{RemovalFit, mb, mbh};
use symmetric::{Shape, Sums};

/// A fitted member of the family.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosedFit {
    /// Estimated population.
    pub n_hat: f64,
    /// Standard error with the Poisson variance of the unseen: `sqrt(u + u^2 V)`.
    pub se: f64,
    /// Residual deviance on `2^t - 1` cells.
    pub deviance: f64,
    /// Cells minus parameters.
    pub degrees_of_freedom: usize,
    /// Parameters fitted.
    pub parameters: usize,
    /// Poisson log-likelihood.
    pub log_likelihood: f64,
    /// Leading term of the bias of `n_hat` (Rivest and Levesque 2001).
    pub bias: f64,
    /// Whether the fit converged with a finite intercept that the data determine.
    pub regular: bool,
    profile: ProfileData,
}

/// What a fit is repeated on with a given number of unseen.
#[derive(Debug, Clone, PartialEq)]
enum ProfileData {
    /// The design on all cells, the unseen one first.
    Cells(Vec<Vec<f64>>),
    /// Sums by list and by number of lists, with parameters to start from.
    Sums(Shape, Sums, Vec<f64>),
}

/// Above this many lists fits work on sums instead of cells.
const CELLS_UP_TO: usize = 8;

/// Columns for the cells with masks `from..2^t`.
fn design(t: usize, from: usize, by_list: bool, extra: &[Box<dyn Fn(f64) -> f64>]) -> Vec<Vec<f64>> {
    let cells = from..1_usize << t;
    let mut columns = vec![cells.clone().map(|_| 1.0).collect::<Vec<_>>()];
    if by_list {
        columns.extend((0..t).map(|j| cells.clone().map(|w| (w >> j & 1) as f64).collect()));
    } else {
        columns.push(cells.clone().map(|w| f64::from(w.count_ones())).collect());
    }
    columns.extend(extra.iter().map(|h| cells.clone().map(|w| h(f64::from(w.count_ones()))).collect()));
    columns
}

/// Fits M0 or Mh (`by_list` false), Mt or Mth (`by_list` true).
pub fn fit(h: &Histories, by_list: bool, heterogeneity: Heterogeneity) -> ClosedFit {
    fit_counts(h.n() as f64, h.t(), &h.dense()[1..], by_list, heterogeneity)
}

/// Fits counts by cell that need not be whole numbers.
fn fit_counts(n: f64, t: usize, y: &[f64], by_list: bool, heterogeneity: Heterogeneity) -> ClosedFit {
    if t > CELLS_UP_TO {
        return fit_sums(n, t, y, by_list, heterogeneity);
    }
    let mut extra = heterogeneity.columns(t);
    let fixed = if by_list { t + 1 } else { 2 };
    loop {
        let columns = design(t, 1, by_list, &extra);
        let fit = Glm { columns: &columns, y, offset: None }.fit();
        // Chao's model is a lower bound only with non-negative columns; the leftmost negative one goes first.
        let negative = (heterogeneity == Heterogeneity::Chao)
            .then(|| fit.coefficients[fixed..].iter().position(|b| *b < 0.0))
            .flatten();
        if let Some(i) = negative {
            drop(extra.remove(i));
            continue;
        }
        return ClosedFit::from_regression(n, &fit, ProfileData::Cells(design(t, 0, by_list, &extra)));
    }
}

/// As [`fit_counts`] for many lists.
fn fit_sums(n: f64, t: usize, y: &[f64], by_list: bool, heterogeneity: Heterogeneity) -> ClosedFit {
    let mut extra = heterogeneity.columns(t);
    let fixed = if by_list { t + 1 } else { 2 };
    let cells: Vec<f64> = std::iter::once(0.0).chain(y.iter().copied()).collect();
    let sums = Sums::new(t, &cells, false);
    loop {
        let functions = extra.iter().map(|h| (0..=t).map(|k| h(k as f64)).collect()).collect();
        let shape = Shape { lists: t, by_list, functions };
        let fit = shape.fit(&sums, None);
        let negative = (heterogeneity == Heterogeneity::Chao)
            .then(|| fit.coefficients[fixed..].iter().position(|b| *b < 0.0))
            .flatten();
        if let Some(i) = negative {
            drop(extra.remove(i));
            continue;
        }
        let saturated: f64 = y.iter().filter(|c| **c > 0.0).map(|c| c * c.ln() - c).sum();
        let log_factorials: f64 = y.iter().map(|c| ln_gamma(c + 1.0)).sum();
        let unseen = fit.coefficients[0].exp();
        return ClosedFit {
            n_hat: n + unseen,
            se: (unseen + unseen * unseen * fit.covariance[0][0]).sqrt(),
            deviance: fit.deviance,
            degrees_of_freedom: y.len() - fit.coefficients.len(),
            parameters: fit.coefficients.len(),
            log_likelihood: saturated - log_factorials - 0.5 * fit.deviance,
            bias: shape.intercept_bias(&fit),
            regular: fit.converged && unseen > 1e-3 && unseen.is_finite(),
            profile: ProfileData::Sums(shape, sums, fit.coefficients),
        };
    }
}

/// Mth with its leading bias removed, by the rule of [`bias_corrected`] applied to cells instead of frequencies.
///
/// In the limit of small chances the cell of every single list carries one parameter, and the pairs together and the
/// triples together one each, spread evenly; Chao's model leaves the triples to their own columns. `None` without
/// heterogeneity (see [`bias_corrected_mt`]), with fewer than three lists, or when the adjusted fit has no estimate.
pub fn bias_corrected_mth(h: &Histories, heterogeneity: Heterogeneity) -> Option<(f64, f64)> {
    let t = h.t();
    if t < 3 || heterogeneity == Heterogeneity::None {
        return None;
    }
    let lists = t as f64;
    let cells = [lists, 0.5 * lists * (lists - 1.0), lists * (lists - 1.0) * (lists - 2.0) / 6.0];
    // Weights c that determine the intercept: they sum to 1, and to 0 over the cells of each list and against h.
    let weights = if heterogeneity == Heterogeneity::Chao {
        let pair = -1.0 / cells[1];
        vec![-(lists - 1.0) * pair, pair]
    } else {
        let mixing = &heterogeneity.columns(t)[0];
        let h = [mixing(1.0), mixing(2.0), mixing(3.0)];
        let around = [1.0, lists - 1.0, 0.5 * (lists - 1.0) * (lists - 2.0)];
        let system: Vec<Vec<f64>> =
            vec![cells.to_vec(), around.to_vec(), (0..3).map(|k| cells[k] * h[k]).collect()];
        solve(system, vec![1.0, 0.0, 0.0])?
    };
    let mut y = h.dense()[1..].to_vec();
    for (i, count) in y.iter_mut().enumerate() {
        let k = (i + 1).count_ones() as usize;
        if let Some(c) = weights.get(k - 1) {
            let leverage = if k == 1 { 1.0 } else { 1.0 / cells[k - 1] };
            *count = (*count + 0.5 * (leverage - c)).max(0.0);
        }
    }
    let fit = fit_counts(h.n() as f64, t, &y, true, heterogeneity);
    fit.regular.then_some((fit.n_hat, fit.se))
}

impl ClosedFit {
    /// The number of unseen persons by a regression.
    fn from_regression(n: f64, fit: &PoissonFit, profile: ProfileData) -> Self {
        let unseen = fit.coefficients[0].exp();
        Self {
            n_hat: n + unseen,
            se: (unseen + unseen * unseen * fit.covariance[0][0]).sqrt(),
            deviance: fit.deviance,
            degrees_of_freedom: fit.mu.len() - fit.coefficients.len(),
            parameters: fit.coefficients.len(),
            log_likelihood: fit.log_likelihood,
            bias: fit.intercept_bias(),
            // A mixing distribution may push the unseen to nothing: the sign that it does not fit these data.
            regular: fit.converged && unseen > 1e-3 && unseen.is_finite(),
            profile,
        }
    }

    /// Multinomial profile likelihood interval, conditional on the model.
    pub fn profile(&self, h: &Histories, level: f64) -> (f64, f64, f64) {
        let n = h.n() as f64;
        let mut at: Box<dyn FnMut(f64) -> f64> = match &self.profile {
            ProfileData::Cells(columns) => {
                let mut y = h.dense();
                Box::new(move |unseen| {
                    y[0] = unseen;
                    Glm { columns, y: &y, offset: None }.fit().deviance
                })
            }
            ProfileData::Sums(shape, sums, start) => {
                let mut start = start.clone();
                Box::new(move |unseen| {
                    let fit = shape.fit(&sums.with_unseen(unseen), Some(&start));
                    if fit.converged {
                        start = fit.coefficients;
                    }
                    fit.deviance
                })
            }
        };
        let Profile { n_hat, lower, upper } = profile_interval(n, self.n_hat - n, level, |unseen| {
            multinomial_log_likelihood(n, unseen, at(unseen))
        });
        (n_hat, lower, upper)
    }
}

/// Estimate and standard error after adjusting the counts so that the leading bias vanishes
/// (Rivest and Levesque 2001). `None` where no adjustment is known (Mth with Gamma).
///
/// With sparse data the smallest numbers of lists carry all the information, one parameter each, so the adjustment to
/// persons on `k` lists is half their leverage less half the weight with which they determine the intercept.
pub fn bias_corrected(h: &Histories, heterogeneity: Heterogeneity) -> Option<(f64, f64)> {
    let t = h.t();
    let f = h.frequencies();
    let n = h.n() as f64;
    // Weights c with sum c = 1, sum k c = 0, sum h(k) c = 0 on k = 1, 2 (, 3).
    let delta: Vec<f64> = match heterogeneity {
        Heterogeneity::None => vec![-0.5, 1.0],
        Heterogeneity::Chao => return None,
        _ if t < 3 => return None,
        _ => {
            let column = &heterogeneity.columns(t)[0];
            let [h1, h2, h3] = [column(1.0), column(2.0), column(3.0)];
            // c = (c1, c2, c3): c1 + c2 + c3 = 1 and c1 + 2 c2 + 3 c3 = 0 leave c1 = 2 + c3, c2 = -1 - 2 c3.
            let c3 = (h2 - 2.0 * h1) / (h1 - 2.0 * h2 + h3);
            [2.0 + c3, -1.0 - 2.0 * c3, c3].iter().map(|c| 0.5 - 0.5 * c).collect()
        }
    };
    let y: Vec<f64> = (0..t).map(|k| (f[k] as f64 + delta.get(k).copied().unwrap_or(0.0)).max(0.0)).collect();
    let fit = frequencies::regress(&y, Some(t), &heterogeneity.columns(t));
    let unseen = fit.coefficients[0].exp();
    let se = (unseen + unseen * unseen * fit.covariance[0][0]).sqrt();
    (fit.converged && unseen.is_finite()).then_some((n + unseen, se))
}

/// Mt with its leading bias removed (Rivest and Levesque 2001): the likelihood equation
/// `1 - m / N = prod (1 - m_j / N)` with `m_j = n_j + (t + 2) / (2 t)` and `m = n + t / 2`, less `t / 2`.
///
/// The variance is `N / (1 / q + t - 1 - sum 1 / (1 - p_j))`, `q` the chance of being on no list. `None` without a root.
pub fn bias_corrected_mt(h: &Histories) -> Option<(f64, f64)> {
    let t = h.t() as f64;
    let sizes: Vec<f64> = (0..h.t()).map(|j| h.list_size(j) as f64 + (t + 2.0) / (2.0 * t)).collect();
    let seen = h.n() as f64 + 0.5 * t;
    let missed = |n: f64| sizes.iter().map(|m| 1.0 - m / n).product::<f64>();
    let surplus = |n: f64| 1.0 - seen / n - missed(n);
    let (mut lo, mut hi) = (seen, 1e8 * seen);
    if surplus(hi) <= 0.0 {
        return None;
    }
    for _ in 0..200 {
        let mid = (lo * hi).sqrt();
        if surplus(mid) < 0.0 { lo = mid } else { hi = mid }
    }
    let n = hi;
    let odds: f64 = sizes.iter().map(|m| 1.0 / (1.0 - m / n)).sum();
    let variance = n / (1.0 / missed(n) + t - 1.0 - odds);
    Some((n - 0.5 * t, variance.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nine lists on which persons differ, by a rule without chance.
    fn nine_lists() -> Histories {
        let chance = |j: usize, kind: usize| [0.06, 0.3][kind] + 0.01 * j as f64;
        let mean = |w: usize| -> f64 {
            let of = |kind: usize| -> f64 {
                (0..9)
                    .map(|j| if w >> j & 1 == 1 { chance(j, kind) } else { 1.0 - chance(j, kind) })
                    .product()
            };
            4000.0 * of(0) + 800.0 * of(1)
        };
        let lists = (0..9).map(|j| format!("list {j}")).collect();
        Histories::new(lists, (1..512).map(|w| (w as u32, mean(w).round() as u64))).unwrap()
    }

    #[test]
    fn fits_from_sums_are_those_from_cells() {
        let h = nine_lists();
        let (n, t, y) = (h.n() as f64, h.t(), h.dense());
        for by_list in [false, true] {
            for heterogeneity in [
                Heterogeneity::None,
                Heterogeneity::Chao,
                Heterogeneity::Poisson,
                Heterogeneity::Darroch,
                Heterogeneity::Gamma,
            ] {
                let what = format!("{by_list} {heterogeneity:?}");
                let ours = fit_sums(n, t, &y[1..], by_list, heterogeneity);
                let mut extra = heterogeneity.columns(t);
                let cells = loop {
                    let columns = design(t, 1, by_list, &extra);
                    let fit = Glm { columns: &columns, y: &y[1..], offset: None }.fit();
                    let fixed = if by_list { t + 1 } else { 2 };
                    let chao = heterogeneity == Heterogeneity::Chao;
                    match fit.coefficients[fixed..].iter().position(|b| chao && *b < 0.0) {
                        Some(i) => drop(extra.remove(i)),
                        None => {
                            break ClosedFit::from_regression(
                                n,
                                &fit,
                                ProfileData::Cells(design(t, 0, by_list, &extra)),
                            );
                        }
                    }
                };
                assert_eq!((ours.parameters, ours.regular), (cells.parameters, cells.regular), "{what}");
                let (a, b) = (ours.profile(&h, 0.95), cells.profile(&h, 0.95));
                for (x, y) in [
                    (ours.n_hat, cells.n_hat),
                    (ours.se, cells.se),
                    (ours.deviance, cells.deviance),
                    (ours.log_likelihood, cells.log_likelihood),
                    (ours.bias, cells.bias),
                    (a.1, b.1),
                    (a.2, b.2),
                ] {
                    assert!((x - y).abs() < 1e-5 * y.abs().max(1e-3), "{what}: {x} {y}");
                }
            }
        }
    }
}
