//! Several years together: a log-linear model whose interactions are the same in all years, fitted to years of which some lack a list.
//!
//! `log m(y, w) = u(y) + sum over early lists j in w of b(y, j) + sum over shared terms a in w of s(a)`: each year has its own intercept and its
//! own coverage of the early lists, and shares the coverage of the late list and every interaction with the others. Where the late list is not in, only
//! `m(y, e) + m(y, e with late)` is seen. This is a composite link (Thompson and Baker 1981, Applied Statistics 30), fitted by scoring; the maximum is
//! the one to which the EM algorithm of Zult, van der Heijden and Bakker climbs.

use crate::glm::solve_symmetric;
use crate::histories::Mask;
use crate::model::Model;

/// Steps of scoring.
const MAX_STEPS: usize = 80;
/// Scoring has come to its end when the deviance changes by less than this share.
const SETTLED: f64 = 1e-10;
/// And the logarithm of the number that is asked for by less than this.
const STANDS: f64 = 1e-7;

/// One year's cells. The late list is the highest bit of a history.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Counts by mask over all lists; over the early lists alone where the late one is not in.
    pub(super) counts: Vec<f64>,
    /// Whether the late list is in.
    pub(super) complete: bool,
}

/// Which parameter stands where.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// Early lists.
    early: usize,
    /// Shared terms: the late list, and every term of two lists and more.
    shared: Vec<Mask>,
    /// Years.
    years: usize,
}

/// A fit.
#[derive(Debug, Clone)]
pub(super) struct Joint {
    /// Expected persons by year and mask over all lists, those on no list among them.
    pub(super) means: Vec<Vec<f64>>,
    /// Whether the steps came to an end with the number that is asked for.
    pub(super) converged: bool,
}

/// What is seen of one cell: the parameters of each part.
struct CellCount {
    count: f64,
    parts: Vec<Vec<usize>>,
}

impl Shape {
    pub(super) fn new(model: &Model, years: usize) -> Self {
        let early = model.t() - 1;
        let own = |a: Mask| a.count_ones() <= 1 && a >> early == 0;
        Self { early, shared: model.terms().iter().copied().filter(|a| !own(*a)).collect(), years }
    }

    fn parameters(&self) -> usize {
        self.years * (1 + self.early) + self.shared.len()
    }

    /// The parameters that add up to the logarithm of a mean.
    fn parameters_of(&self, year: usize, w: Mask) -> Vec<usize> {
        let own = year * (1 + self.early);
        let lists = (0..self.early).filter(|j| w >> j & 1 == 1).map(|j| own + 1 + j);
        let first = self.years * (1 + self.early);
        let shared = self.shared.iter().enumerate().filter(|(_, a)| w & **a == **a).map(|(i, _)| first + i);
        std::iter::once(own).chain(lists).chain(shared).collect()
    }

    /// What is seen; with `shares` the cells of years without the late list are shared out over both, as if they had been seen.
    fn seen(&self, years: &[Cells], shares: Option<&[f64]>) -> Vec<CellCount> {
        let late: Mask = 1 << self.early;
        let mut all = Vec::new();
        for (y, cells) in years.iter().enumerate() {
            for (w, count) in cells.counts.iter().enumerate().skip(1) {
                let w = w as Mask;
                if cells.complete {
                    all.push(CellCount { count: *count, parts: vec![self.parameters_of(y, w)] });
                } else if let Some(shares) = shares {
                    let share = shares[w as usize];
                    all.push(CellCount {
                        count: count * (1.0 - share),
                        parts: vec![self.parameters_of(y, w)],
                    });
                    all.push(CellCount {
                        count: count * share,
                        parts: vec![self.parameters_of(y, w | late)],
                    });
                } else {
                    all.push(CellCount {
                        count: *count,
                        parts: vec![self.parameters_of(y, w), self.parameters_of(y, w | late)],
                    });
                }
            }
        }
        all
    }

    /// The share of each early history that is on the late list too, in the years in which it is in.
    fn shares(&self, years: &[Cells]) -> Vec<f64> {
        let late = 1 << self.early;
        let of = |e: usize| {
            let sum = |w: usize| years.iter().filter(|y| y.complete).map(|y| y.counts[w]).sum::<f64>();
            (sum(e | late) + 0.5) / (sum(e) + sum(e | late) + 1.0)
        };
        (0..late).map(of).collect()
    }

    /// Fits the model; `target` is the year whose number is asked for. `None` where the data do not determine the parameters.
    pub(super) fn fit(&self, years: &[Cells], target: usize) -> Option<Joint> {
        let start = if years.iter().all(|y| y.complete) {
            None
        } else {
            let shared_out = self.seen(years, Some(&self.shares(years)));
            Some(self.score(&shared_out, None, target)?.0)
        };
        let (beta, converged) = self.score(&self.seen(years, None), start, target)?;
        let means = (0..self.years).map(|y| {
            let mean = |w: Mask| self.parameters_of(y, w).iter().map(|p| beta[*p]).sum::<f64>().exp();
            (0..1_u32 << (self.early + 1)).map(mean).collect()
        });
        Some(Joint { means: means.collect(), converged })
    }

    /// Fisher scoring from `start`, or from the counts.
    fn score(&self, seen: &[CellCount], start: Option<Vec<f64>>, target: usize) -> Option<(Vec<f64>, bool)> {
        let p = self.parameters();
        let mut beta = start.unwrap_or_default();
        let mut deviance = if beta.is_empty() { f64::INFINITY } else { deviance(seen, &beta) };
        let mut asked = f64::NAN;
        for _ in 0..MAX_STEPS {
            let Some(mut next) = step(seen, &beta, p) else {
                // What drifts to nothing leaves no information; the rest has come to its end by then.
                return (!beta.is_empty()).then_some((beta, false));
            };
            let mut reached = self::deviance(seen, &next);
            for _ in 0..30 {
                if reached <= deviance + SETTLED * (1.0 + deviance.abs()) || beta.is_empty() {
                    break;
                }
                next.iter_mut().zip(&beta).for_each(|(n, b)| *n = 0.5 * (*n + b));
                reached = self::deviance(seen, &next);
            }
            let now = self.log_unseen(&next, target);
            let settled = (deviance - reached).abs() <= SETTLED * (1.0 + reached.abs());
            let stands = (now - asked).abs() <= STANDS;
            (beta, deviance, asked) = (next, reached, now);
            if settled && stands {
                return Some((beta, true));
            }
        }
        Some((beta, false))
    }

    /// The logarithm of the persons of a year who are on no early list.
    fn log_unseen(&self, beta: &[f64], year: usize) -> f64 {
        let eta = |w: Mask| self.parameters_of(year, w).iter().map(|p| beta[*p]).sum::<f64>();
        (eta(0).exp() + eta(1 << self.early).exp()).ln()
    }
}

fn part(parameters: &[usize], beta: &[f64]) -> f64 {
    parameters.iter().map(|p| beta[*p]).sum::<f64>().clamp(-700.0, 700.0).exp()
}

fn deviance(seen: &[CellCount], beta: &[f64]) -> f64 {
    let of = |s: &CellCount| {
        let mean: f64 = s.parts.iter().map(|q| part(q, beta)).sum();
        if s.count > 0.0 { s.count * (s.count / mean).ln() - s.count + mean } else { mean }
    };
    2.0 * seen.iter().map(of).sum::<f64>()
}

/// The parameters after one step; from the counts themselves where there are none yet.
fn step(seen: &[CellCount], beta: &[f64], p: usize) -> Option<Vec<f64>> {
    let mut information = vec![vec![0.0; p]; p];
    let mut rhs = vec![0.0; p];
    for s in seen {
        let parts: Vec<f64> = if beta.is_empty() {
            vec![(s.count + 0.1) / s.parts.len() as f64; s.parts.len()]
        } else {
            s.parts.iter().map(|q| part(q, beta)).collect()
        };
        let mean: f64 = parts.iter().sum();
        // How the logarithm of the mean changes with each parameter: the parts in their shares.
        let mut slope: Vec<(usize, f64)> = Vec::new();
        for (q, m) in s.parts.iter().zip(&parts) {
            for parameter in q {
                match slope.iter_mut().find(|(of, _)| of == parameter) {
                    Some((_, sum)) => *sum += m / mean,
                    None => slope.push((*parameter, m / mean)),
                }
            }
        }
        let at =
            if beta.is_empty() { mean.ln() } else { slope.iter().map(|(of, x)| x * beta[*of]).sum::<f64>() };
        let z = at + (s.count - mean) / mean.max(f64::MIN_POSITIVE);
        for (a, x) in &slope {
            rhs[*a] += mean * x * z;
            for (b, y) in &slope {
                information[*a][*b] += mean * x * y;
            }
        }
    }
    solve_symmetric(&information, &rhs).map(|(next, _)| next)
}
