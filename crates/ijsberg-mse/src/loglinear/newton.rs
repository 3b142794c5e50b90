//! Maximum likelihood for one hierarchical Poisson log-linear model, by Newton's method without a design matrix.
//!
//! `log mu(w) = sum of alpha(a) over the terms a contained in w`. A term whose sufficient statistic
//! `n(a) = sum of n(w) over w containing a` is zero goes to minus infinity: the cells above it are removed and the
//! rest is fitted (Chan, Silverman and Vincent 2021, JASA 116). Its parameter still counts in AIC and BIC.

pub(crate) mod ahead;
mod factor;
pub(crate) mod moves;
pub(crate) mod parts;

use super::RANKED_ABOVE;
use crate::histories::Mask;
use crate::subsets::{subset_products, superset_sums, superset_sums_of, wide};
use factor::{factored, solve};
use parts::Parts;

/// Newton stops when the decrement (twice the log-likelihood still to gain) is below this.
const DECREMENT: f64 = 1e-11;
/// As [`DECREMENT`], for a bound on the deviance rather than a fit.
const LOOSE_DECREMENT: f64 = 1e-3;
/// Where the decrement is this small, what is left to gain is known well enough for a bound.
const SETTLED: f64 = 0.1;
/// What may be left to gain in deviance, in decrements. A cell that drifts to zero gains twice the decrement and a
/// parameter that converges gains the decrement; this is twice the larger.
const LEFT_TO_GAIN: f64 = 4.0;
/// Parameters that drift to infinity gain about a factor `e` a step; 60 steps reach the limit of the arithmetic.
const MAX_STEPS: usize = 60;
/// A fitted cell below this may be on its way to zero, so existence needs the exact check.
const VANISHING_CELL: f64 = 1e-5;

/// The counts that a fit needs: one array of `2^t` cells and its superset sums.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    pub(crate) t: usize,
    /// Counts by mask; index 0 is the unseen cell, 0 unless it is part of the fit.
    pub(crate) cell: Vec<f64>,
    /// `n(a)`: superset sums of `cell`.
    pub(crate) sufficient: Vec<f64>,
    /// `sum n log n - n`, the log-likelihood of the saturated model up to `log n!`.
    pub(crate) saturated: f64,
    /// Whether the unseen cell is fitted too (profile likelihood).
    pub(crate) with_unseen: bool,
}

impl Counts {
    pub(crate) fn new(cell: Vec<f64>) -> Self {
        Self::build(cell, false)
    }

    /// Counts in which the unseen cell holds `unseen` persons and is fitted like the others.
    pub(crate) fn with_unseen(&self, unseen: f64) -> Self {
        let mut cell = self.cell.clone();
        cell[0] = unseen;
        Self::build(cell, true)
    }

    fn build(cell: Vec<f64>, with_unseen: bool) -> Self {
        let mut sufficient = cell.clone();
        superset_sums(&mut sufficient);
        let saturated = cell.iter().filter(|n| **n > 0.0).map(|n| n * n.ln() - n).sum();
        Self { t: cell.len().trailing_zeros() as usize, cell, sufficient, saturated, with_unseen }
    }

    pub(crate) fn n(&self) -> f64 {
        self.sufficient[0] - self.cell[0]
    }

    /// The histories that somebody has.
    pub(crate) fn support(&self) -> Vec<Mask> {
        (1..self.cell.len()).filter(|w| self.cell[*w] > 0.0).map(|w| w as Mask).collect()
    }
}

/// A fitted model. Parameters are indexed by mask; removed ones are `-inf`.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// `alpha` by mask, 0 for terms outside the model.
    pub(crate) alpha: Vec<f64>,
    /// Fitted means by mask, 0 for removed cells.
    pub(crate) mu: Vec<f64>,
    /// Residual deviance.
    pub(crate) deviance: f64,
    /// Whether the fit itself proves that the extended estimate exists and is identifiable.
    pub(crate) regular: bool,
    /// Whether Newton's steps came to an end where the data determine every parameter that is fitted. Otherwise one was held where it
    /// stood, and a fit that began elsewhere may be a better one.
    pub(crate) settled: bool,
    /// Newton steps taken.
    pub(crate) steps: usize,
}

impl Fit {
    fn empty(size: usize) -> Self {
        Self {
            alpha: vec![0.0; size],
            mu: vec![0.0; size],
            deviance: 0.0,
            regular: false,
            settled: false,
            steps: 0,
        }
    }

    /// `exp(alpha(0))`, the estimated number of unseen persons.
    pub(crate) fn dark_figure(&self) -> f64 {
        self.alpha[0].exp()
    }
}

/// Scratch space for fits, to be reused; one per thread.
#[derive(Debug, Default)]
pub(crate) struct Newton {
    /// Stop once the deviance surely exceeds this, or is known to a thousandth, and give a lower bound of it instead.
    ///
    /// Parameters that drift to infinity take twenty steps to the limit of the arithmetic, and a bound needs few of
    /// them. Such a fit is no proof of existence.
    pub(crate) bound_above: Option<f64>,
    /// Stop on the way only where it is proved that the deviance exceeds that.
    precise: bool,
    /// Never take a model apart.
    #[cfg(test)]
    whole: bool,
    /// The model at hand, where it has many lists and falls apart.
    parts: Option<Parts>,
    sums: Vec<f64>,
    factor: Vec<f64>,
    finite: Vec<Mask>,
    chol: Vec<f64>,
    step: Vec<f64>,
}

/// Takes away the cells that contain a term which nobody has, those outside a face, and the unseen one unless it is fitted.
fn remove(counts: &Counts, dead: &[Mask], outside: &[Mask], fit: &mut Fit) {
    if !counts.with_unseen {
        fit.mu[0] = 0.0;
    }
    for term in dead {
        let free = fit.mu.len() as Mask - 1 - term;
        let mut sub = free;
        loop {
            fit.mu[(term | sub) as usize] = 0.0;
            if sub == 0 {
                break;
            }
            sub = (sub - 1) & free;
        }
    }
    for w in outside {
        fit.mu[*w as usize] = 0.0;
    }
}

impl Newton {
    /// Fits the model with the given terms, which must hold the empty set and be closed under subsets.
    ///
    /// `start` warm-starts from another model's fit to similar counts.
    pub(crate) fn fit(&mut self, counts: &Counts, terms: &[Mask], start: Option<&Fit>) -> Fit {
        let mut fit = start.map_or_else(|| Fit::empty(counts.cell.len()), Fit::clone);
        self.refit(counts, terms, start.is_some(), &mut fit);
        fit
    }

    /// As [`Newton::fit`] on a face, from no other fit.
    pub(crate) fn fit_on(&mut self, counts: &Counts, terms: &[Mask], outside: &[Mask]) -> Fit {
        let mut fit = Fit::empty(counts.cell.len());
        self.refit_on(counts, terms, outside, false, &mut fit);
        fit
    }

    /// As [`Newton::fit`], in place: `fit` holds the start and receives the result.
    pub(crate) fn refit(&mut self, counts: &Counts, terms: &[Mask], warm: bool, fit: &mut Fit) {
        self.refit_on(counts, terms, &[], warm, fit);
    }

    /// As [`Newton::refit`] on a face: the histories `outside` are removed. Parameters that the face does not determine are
    /// held fixed, which changes no mean.
    pub(crate) fn refit_on(
        &mut self,
        counts: &Counts,
        terms: &[Mask],
        outside: &[Mask],
        warm: bool,
        fit: &mut Fit,
    ) {
        self.finite.clear();
        self.finite.extend(terms.iter().filter(|a| counts.sufficient[**a as usize] > 0.0));
        let dead: Vec<Mask> =
            terms.iter().filter(|a| counts.sufficient[**a as usize] <= 0.0).copied().collect();
        let many = counts.t > RANKED_ABOVE && outside.is_empty();
        self.parts = if many { Parts::new(counts.t, &self.finite, &dead) } else { None };
        #[cfg(test)]
        self.parts.take_if(|_| self.whole);
        self.start(counts, &dead, outside, warm, fit);
        fit.settled = self.iterate(counts, &dead, outside, fit);
        if self.parts.is_some() {
            self.means_from_parameters(fit);
            remove(counts, &dead, outside, fit);
        }
        fit.regular = fit.settled && fit.alpha[0].is_finite() && wide(|| smallest(&fit.mu)) > VANISHING_CELL;
    }

    /// Puts the means of `fit` at a starting point with the right cells removed.
    fn start(&mut self, counts: &Counts, dead: &[Mask], outside: &[Mask], warm: bool, fit: &mut Fit) {
        dead.iter().for_each(|a| fit.alpha[*a as usize] = f64::NEG_INFINITY);
        if warm {
            // A term that nobody had where the start comes from may have somebody here.
            for a in &self.finite {
                let alpha = &mut fit.alpha[*a as usize];
                if !alpha.is_finite() {
                    *alpha = 0.0;
                }
            }
            if self.parts.is_some() {
                return;
            }
            self.means_from_parameters(fit);
        } else {
            fit.mu.iter_mut().for_each(|m| *m = 1.0);
        }
        remove(counts, dead, outside, fit);
        if !warm {
            self.weighted_least_squares(counts, fit);
        }
    }

    /// The first step of iteratively reweighted least squares: regress `log(n + 0.1)` with weights `n + 0.1`.
    fn weighted_least_squares(&mut self, counts: &Counts, fit: &mut Fit) {
        let (weight, mut rhs): (Vec<f64>, Vec<f64>) = (fit.mu.iter())
            .zip(&counts.cell)
            .map(
                |(alive, n)| {
                    if *alive > 0.0 { (n + 0.1, (n + 0.1) * (n + 0.1).ln() - 0.1) } else { (0.0, 0.0) }
                },
            )
            .unzip();
        superset_sums(&mut rhs);
        self.sums.clone_from(&weight);
        superset_sums(&mut self.sums);
        self.step.clear();
        self.step.extend(self.finite.iter().map(|a| rhs[*a as usize]));
        self.solve_information();
        for (a, value) in self.finite.iter().zip(&self.step) {
            fit.alpha[*a as usize] = *value;
        }
        let removed: Vec<usize> = (0..fit.mu.len()).filter(|w| fit.mu[*w] == 0.0).collect();
        self.means_from_parameters(fit);
        for w in removed {
            fit.mu[w] = 0.0;
        }
    }

    fn means_from_parameters(&mut self, fit: &mut Fit) {
        fit.mu.iter_mut().for_each(|m| *m = 1.0);
        for a in &self.finite {
            fit.mu[*a as usize] = fit.alpha[*a as usize].exp();
        }
        subset_products(&mut fit.mu);
    }

    /// Newton's steps. Returns whether they came to an end where the data determine every parameter.
    fn iterate(&mut self, counts: &Counts, dead: &[Mask], outside: &[Mask], fit: &mut Fit) -> bool {
        let size = counts.cell.len();
        let mut best = f64::NEG_INFINITY;
        let mut halvings = 0;
        let mut singular = false;
        fit.steps = 0;
        let mut converged = false;
        while fit.steps < MAX_STEPS {
            self.sum_means(counts, fit);
            let linear: f64 =
                self.finite.iter().map(|a| fit.alpha[*a as usize] * counts.sufficient[*a as usize]).sum();
            let log_likelihood = linear - self.sums[0];
            fit.deviance = (2.0 * (counts.saturated - log_likelihood)).max(0.0);
            if converged {
                break;
            }
            let slack = 1e-9 * (1.0 + counts.saturated.abs());
            let worse = log_likelihood.is_nan() || log_likelihood < best - slack;
            if worse && halvings < 30 && !self.step.is_empty() {
                // The step overshot: go half the way back.
                halvings += 1;
                self.step.iter_mut().for_each(|d| *d *= 0.5);
                for (a, d) in self.finite.iter().zip(&self.step) {
                    fit.alpha[*a as usize] -= d;
                }
                if self.parts.is_none() {
                    self.means_from_parameters(fit);
                    remove(counts, dead, outside, fit);
                }
                continue;
            }
            best = log_likelihood;
            halvings = 0;
            self.step.clear();
            self.step
                .extend(self.finite.iter().map(|a| counts.sufficient[*a as usize] - self.sums[*a as usize]));
            let decrement = {
                // In Cholesky's terms the decrement is the squared length of the half-solved score.
                let (rank_deficient, decrement) = self.solve_information();
                singular = rank_deficient;
                decrement
            };
            fit.steps += 1;
            if let Some(cutoff) = self.bound_above.filter(|_| self.precise) {
                let bound = self.after_step(counts, &fit.mu);
                if bound > cutoff {
                    fit.deviance = bound;
                    return false;
                }
            }
            for (a, d) in self.finite.iter().zip(&self.step) {
                fit.alpha[*a as usize] += d;
            }
            self.advance(size, fit);
            if let Some(cutoff) = self.bound_above.filter(|_| !self.precise)
                && decrement < SETTLED
            {
                let bound = fit.deviance - LEFT_TO_GAIN * decrement;
                if bound > cutoff || decrement < LOOSE_DECREMENT {
                    fit.deviance = bound;
                    return false;
                }
            }
            converged = decrement < DECREMENT;
        }
        converged && !singular
    }

    /// Sums of the means over the histories that contain a term, or two.
    fn sum_means(&mut self, counts: &Counts, fit: &Fit) {
        if let Some(parts) = &mut self.parts {
            self.sums.resize(fit.mu.len(), 0.0);
            parts.sums(&fit.alpha, &self.finite, counts.with_unseen, &mut self.sums);
        } else {
            self.sums.resize(fit.mu.len(), 0.0);
            superset_sums_of(&fit.mu, &mut self.sums);
        }
    }

    /// Multiplies the means by the exponential of the step; those of a model that was taken apart follow from its parameters.
    fn advance(&mut self, size: usize, fit: &mut Fit) {
        if self.parts.is_some() {
            return;
        }
        self.factor.clear();
        self.factor.resize(size, 1.0);
        for (a, d) in self.finite.iter().zip(&self.step) {
            self.factor[*a as usize] = d.exp();
        }
        subset_products(&mut self.factor);
        wide(|| {
            for (m, f) in fit.mu.iter_mut().zip(&self.factor) {
                // A removed cell stays removed even where the step overflows.
                *m = if *m > 0.0 { *m * *f } else { 0.0 };
            }
        });
    }

    /// Solves `information * step = step` in place from the superset sums in `self.sums`.
    ///
    /// Returns whether a parameter had to be held fixed for want of information, and the Newton decrement.
    fn solve_information(&mut self) -> (bool, f64) {
        let deficient = self.factor_information();
        (deficient, solve(&self.chol, &mut self.step))
    }

    /// Cholesky factor of the information, with inverted diagonal; a dependent row gets a zero diagonal.
    fn factor_information(&mut self) -> bool {
        let Self { finite, sums, chol, .. } = self;
        wide(|| factored(finite, sums, chol))
    }
}

/// The smallest mean that is not zero.
#[allow(clippy::inline_always, reason = "only what is inlined into `wide` has its registers")]
#[inline(always)]
fn smallest(mu: &[f64]) -> f64 {
    let mut least = [f64::INFINITY; 8];
    let (eights, rest) = mu.as_chunks::<8>();
    for eight in eights {
        for (least, m) in least.iter_mut().zip(eight) {
            *least = if *m > 0.0 && *m < *least { *m } else { *least };
        }
    }
    rest.iter().filter(|m| **m > 0.0).chain(&least).fold(f64::INFINITY, |a, m| a.min(*m))
}
