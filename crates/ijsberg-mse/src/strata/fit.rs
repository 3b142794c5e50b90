//! One fit: Newton's method on the histories given the stratum, without a design matrix.
//!
//! In a stratum the score of the lists `a` is `T[a] - n M[a] / S` and the information of `a` and `b` is
//! `n (M[a|b] / S - M[a] M[b] / S^2)`, with `T` the persons on all lists of `a`, `M` the superset sums of the relative
//! means and `S` their total over the histories that can be seen. Parameters collect these over strata with the columns
//! of their covariate. A fit costs a few kilobytes of arithmetic per stratum and step, however many cells there are.

use std::collections::BTreeMap;

pub use super::fitter::Fitter;
use super::layout::Layout;
use super::model::{StratifiedModel, Term};
use crate::cholesky::{cholesky, cholesky_semidefinite, forward, solve};
use crate::histories::Mask;
use crate::subsets::{subset_products, superset_sums};

/// Newton stops when twice the log-likelihood still to gain is below this.
const DECREMENT: f64 = 1e-9;
const MAX_STEPS: usize = 40;
/// Information of less than this, in persons, is that of a parameter on its way to infinity.
const VANISHING_INFORMATION: f64 = 1e-5;
/// On a face, less than this is none but for rounding.
const UNDETERMINED: f64 = 1e-8;

/// A fitted model.
#[derive(Debug, Clone)]
pub struct StratifiedFit {
    /// The model.
    pub model: StratifiedModel,
    /// Whether it converged to numbers of unseen that the data determine in every stratum. Other parameters may be infinite: then
    /// the fit is that on the face on which the table lies (see [`crate::loglinear::existence`]).
    pub regular: bool,
    /// Deviance from the saturated model of the histories given the stratum.
    pub deviance: f64,
    /// Parameters of lists, those at minus infinity included; the free size of each stratum is not counted.
    pub parameters: usize,
    /// Unseen persons by stratum, in the order of the table's strata.
    pub unseen: Vec<f64>,
    pub(crate) coefficients: BTreeMap<Term, Vec<f64>>,
    /// Chance of each history among the seen, by stratum, where wanted.
    pub(crate) relative: Vec<Vec<f64>>,
    /// By stratum: histories off the face, where the fit is one on a face.
    pub(super) outside: Option<Vec<Vec<Mask>>>,
    /// Parameters that are finite and determined.
    pub(crate) determined: usize,
}

impl StratifiedFit {
    /// Deviance plus a penalty for each parameter: AIC (2) or BIC (`log n`) up to a constant of the table.
    pub fn criterion(&self, penalty: f64) -> f64 {
        self.deviance + penalty * self.parameters as f64
    }
}

/// Value, gradient and information at a point.
struct Evaluation {
    log_likelihood: f64,
    gradient: Vec<f64>,
    information: Vec<f64>,
    unseen: Vec<f64>,
}

impl Fitter {
    /// Relative means of the histories in a stratum; the first is that of the unseen, 1.
    fn means(&self, layout: &Layout, x: usize, theta: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.resize(1 << self.t, 1.0);
        for (a, entries) in layout.masks.iter().zip(&layout.entries[x]) {
            let gamma: f64 = entries.iter().map(|(p, v)| theta[*p] * v).sum();
            out[*a as usize] = gamma.exp();
        }
        for a in &layout.impossible[x] {
            out[*a as usize] = 0.0;
        }
        subset_products(out);
        for w in layout.outside.get(x).into_iter().flatten() {
            out[*w as usize] = 0.0;
        }
    }

    fn evaluate(&self, layout: &Layout, theta: &[f64], with_information: bool) -> Evaluation {
        let p = layout.parameters;
        let mut e = Evaluation {
            log_likelihood: theta.iter().zip(&layout.totals).map(|(t, n)| t * n).sum(),
            gradient: layout.totals.clone(),
            information: vec![0.0; if with_information { p * p } else { 0 }],
            unseen: Vec::with_capacity(self.strata.len()),
        };
        let mut m = Vec::new();
        for (x, s) in self.strata.iter().enumerate() {
            self.means(layout, x, theta, &mut m);
            m[0] = 0.0;
            superset_sums(&mut m);
            let total = m[0];
            e.log_likelihood -= s.n * total.ln();
            e.unseen.push(s.n / total);
            if !with_information {
                continue;
            }
            for (i, a) in layout.masks.iter().enumerate() {
                let here = &layout.entries[x][i];
                let share = m[*a as usize] / total;
                here.iter().for_each(|(q, v)| e.gradient[*q] -= s.n * share * v);
                for (j, b) in layout.masks[..=i].iter().enumerate() {
                    let info = s.n * (m[(a | b) as usize] / total - share * m[*b as usize] / total);
                    if info == 0.0 {
                        continue;
                    }
                    for (q, v) in here {
                        for (r, u) in &layout.entries[x][j] {
                            if i != j || r <= q {
                                e.information[(*q).max(*r) * p + (*q).min(*r)] += info * v * u;
                            }
                        }
                    }
                }
            }
        }
        e
    }

    fn terms(&self, model: &StratifiedModel) -> Vec<Term> {
        model.with_lists(self.t)
    }

    /// Fits a model, from another fit of the same table where there is one.
    pub fn fit(&self, model: &StratifiedModel, start: Option<&StratifiedFit>) -> StratifiedFit {
        let terms = self.terms(model);
        let mut layout = self.layout(&terms, &[]);
        let mut theta = self.start(&layout, start);
        let (mut e, mut regular) = self.iterate(&layout, &mut theta, false);
        let (mut on_face, mut determined) = (false, layout.parameters);
        if !regular && let Some(face) = self.face(&layout) {
            (layout.outside, determined) = (face.outside, face.determined);
            theta = self.start(&layout, None);
            (e, regular) = self.iterate(&layout, &mut theta, true);
            on_face = true;
        }
        let coefficients = layout
            .blocks
            .iter()
            .map(|b| {
                let mut values = vec![0.0; b.width];
                b.live.iter().enumerate().for_each(|(i, k)| values[*k] = theta[b.start + i]);
                (b.term, values)
            })
            .collect();
        StratifiedFit {
            model: model.clone(),
            regular: regular && e.unseen.iter().all(|u| u.is_finite()),
            deviance: 2.0 * (self.saturated - e.log_likelihood),
            parameters: layout.blocks.iter().map(|b| b.width).sum(),
            unseen: e.unseen,
            coefficients,
            relative: Vec::new(),
            outside: on_face.then_some(layout.outside),
            determined,
        }
    }

    /// Where Newton's method starts: at another fit, or at lists that hold a third of their share.
    fn start(&self, layout: &Layout, start: Option<&StratifiedFit>) -> Vec<f64> {
        let mut theta = vec![0.0; layout.parameters];
        for b in &layout.blocks {
            if let Some(old) = start.and_then(|s| s.coefficients.get(&b.term)) {
                b.live.iter().enumerate().for_each(|(i, k)| theta[b.start + i] = old[*k]);
            } else if b.term.covariate.is_none() && b.term.lists.is_power_of_two() && !b.live.is_empty() {
                let on = self.by_level(b.term)[0];
                theta[b.start] = (on / (3.0 * self.n)).ln();
            }
        }
        theta
    }

    /// Newton's method, and whether it converged with every parameter determined. On a face, parameters that it does not
    /// determine are held fixed.
    fn iterate(&self, layout: &Layout, theta: &mut Vec<f64>, on_face: bool) -> (Evaluation, bool) {
        let p = layout.parameters;
        let mut e = self.evaluate(layout, theta, true);
        for _ in 0..MAX_STEPS {
            let mut factor = e.information.clone();
            if on_face {
                cholesky_semidefinite(&mut factor, p, UNDETERMINED);
            } else if cholesky(&mut factor, p).is_none() {
                break;
            }
            let mut step = e.gradient.clone();
            solve(&factor, p, &mut step);
            let decrement: f64 = step.iter().zip(&e.gradient).map(|(s, g)| s * g).sum();
            if decrement < DECREMENT {
                // The last step is taken too: it doubles the digits.
                theta.iter_mut().zip(&step).for_each(|(t, s)| *t += s);
                e = self.evaluate(layout, theta, false);
                let regular =
                    on_face || (0..p).all(|i| factor[i * p + i] * factor[i * p + i] > VANISHING_INFORMATION);
                return (e, regular);
            }
            let mut scale = 1.0;
            let accepted = loop {
                let next: Vec<f64> = theta.iter().zip(&step).map(|(t, s)| t + scale * s).collect();
                let value = self.evaluate(layout, &next, false).log_likelihood;
                if value >= e.log_likelihood - 1e-9 * (1.0 + e.log_likelihood.abs()) {
                    *theta = next;
                    break true;
                }
                scale *= 0.5;
                if scale < 1e-6 {
                    break false;
                }
            };
            if !accepted {
                break;
            }
            e = self.evaluate(layout, theta, true);
        }
        (e, false)
    }

    /// Fills in the chance of each history among the seen, by stratum.
    pub(crate) fn fill_relative(&self, fit: &mut StratifiedFit) {
        let terms = self.terms(&fit.model);
        let mut layout = self.layout(&terms, &[]);
        layout.outside = fit.outside.clone().unwrap_or_default();
        let theta = Self::theta(&layout, fit);
        fit.relative = (0..self.strata.len())
            .map(|x| {
                let mut m = Vec::new();
                self.means(&layout, x, &theta, &mut m);
                let total: f64 = m[1..].iter().sum();
                m.iter_mut().for_each(|v| *v /= total);
                m
            })
            .collect();
    }

    fn theta(layout: &Layout, fit: &StratifiedFit) -> Vec<f64> {
        let mut theta = vec![0.0; layout.parameters];
        for b in &layout.blocks {
            if let Some(old) = fit.coefficients.get(&b.term) {
                b.live.iter().enumerate().for_each(|(i, k)| theta[b.start + i] = old[*k]);
            }
        }
        theta
    }

    /// How much the deviance would fall if each of `tried` were added, by Rao's score test at a fitted model. Noise of the counts of a term
    /// moves its score as the drawing of persons does, and is allowed for.
    pub(crate) fn scores(&self, fit: &StratifiedFit, tried: &[Term]) -> Vec<f64> {
        let terms = self.terms(&fit.model);
        let mut layout = self.layout(&terms, tried);
        layout.outside = fit.outside.clone().unwrap_or_default();
        let theta = Self::theta(&layout, fit);
        let e = self.evaluate(&layout, &theta, true);
        let p = layout.parameters;
        let q: usize = layout.blocks[..terms.len()].iter().map(|b| b.live.len()).sum();
        let entry = |i: usize, j: usize| e.information[i.max(j) * p + i.min(j)];
        let mut factor: Vec<f64> = (0..q * q).map(|k| entry(k / q, k % q)).collect();
        if fit.outside.is_some() {
            cholesky_semidefinite(&mut factor, q, UNDETERMINED);
        } else if cholesky(&mut factor, q).is_none() {
            return vec![0.0; tried.len()];
        }
        layout.blocks[terms.len()..]
            .iter()
            .map(|b| {
                let k = b.live.len();
                // Information of the new parameters that is left once the old ones have adapted.
                let halves: Vec<Vec<f64>> = (b.start..b.start + k)
                    .map(|i| {
                        let mut half: Vec<f64> = (0..q).map(|j| entry(i, j)).collect();
                        forward(&factor, q, &mut half);
                        half
                    })
                    .collect();
                let mut left = vec![0.0; k * k];
                for i in 0..k {
                    for j in 0..=i {
                        let adapted: f64 = halves[i].iter().zip(&halves[j]).map(|(a, b)| a * b).sum();
                        let own = entry(b.start + i, b.start + j) + self.noise * self.shared(b, i, j);
                        left[i * k + j] = own - adapted;
                    }
                    // A level that hardly occurs must not stop the test of the others.
                    left[i * k + i] += 1e-9;
                }
                let mut score = e.gradient[b.start..b.start + k].to_vec();
                if cholesky(&mut left, k).is_none() {
                    return 0.0;
                }
                forward(&left, k, &mut score);
                score.iter().map(|s| s * s).sum()
            })
            .collect()
    }
}
