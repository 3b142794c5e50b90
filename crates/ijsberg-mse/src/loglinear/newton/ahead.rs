//! What one step from a fit shows about other counts, before a model is fitted to them.
//!
//! Replicates of a table are all fitted from the fit to the table itself, where neither the information nor its factor depends on the
//! counts. With means `mu` there, sums `s` of the other counts and the Newton step `d`, the numbers `m = mu (1 + X d)` have just the sums
//! `s`. For any parameters `alpha` and any such `m` without a negative one,
//!
//! `alpha' s - sum exp(X alpha) = sum (m X alpha - exp(X alpha)) <= sum (m log m - m)`,
//!
//! so the last is a bound on the log-likelihood, and twice what the saturated model has beyond it one on the deviance. It is as near to
//! the deviance as a full step, and costs a solution with a factor at hand.

use super::factor::solve;
use super::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::subsets::{subset_sums, superset_sums};

/// How far the sums of `m` may be off, relative to the persons there are.
const ROUNDING: f64 = 1e-12;

/// The result of a step for the deviance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outlook {
    /// It is not below this; nil where the step says nothing.
    pub(crate) least: f64,
    /// By the quadratic approximation.
    pub(crate) likely: f64,
}

/// A fit with what a step from it needs.
#[derive(Debug, Clone)]
pub(crate) struct Ahead {
    /// Terms that somebody has, with their parameters.
    finite: Vec<Mask>,
    alpha: Vec<f64>,
    mu: Vec<f64>,
    sums: Vec<f64>,
    factor: Vec<f64>,
    /// Whether the factor solves the whole information.
    full: bool,
}

impl Ahead {
    /// From the fit of a model to a table.
    pub(crate) fn new(counts: &Counts, terms: &[Mask], fit: &Fit, newton: &mut Newton) -> Self {
        let finite = terms.iter().filter(|a| counts.sufficient[**a as usize] > 0.0);
        let of = |a: &Mask| (*a, fit.alpha[*a as usize]);
        Self::from_means(finite.map(of).unzip(), fit.mu.clone(), newton)
    }

    fn from_means((finite, alpha): (Vec<Mask>, Vec<f64>), mu: Vec<f64>, newton: &mut Newton) -> Self {
        newton.finite.clone_from(&finite);
        newton.sums.clone_from(&mu);
        superset_sums(&mut newton.sums);
        let full = !newton.factor_information();
        Self { finite, alpha, mu, sums: newton.sums.clone(), factor: newton.chol.clone(), full }
    }

    /// What the step to other counts says of the model with these terms.
    pub(crate) fn outlook(&self, counts: &Counts, terms: &[Mask], newton: &mut Newton) -> Outlook {
        let had = |a: &Mask| counts.sufficient[*a as usize] > 0.0;
        let left = self.finite.iter().filter(|a| had(a)).count();
        // A term that nobody had where the fit comes from is not in the step.
        if terms.iter().filter(|a| had(a)).count() != left {
            return Outlook { least: 0.0, likely: 0.0 };
        }
        if left == self.finite.len() {
            return self.step(counts, newton);
        }
        // Terms that nobody has any more take their cells along.
        let mut mu = self.mu.clone();
        for gone in self.finite.iter().filter(|a| !had(a)) {
            mu.iter_mut().enumerate().filter(|(w, _)| *w as Mask & gone == *gone).for_each(|(_, m)| *m = 0.0);
        }
        let kept = self.finite.iter().zip(&self.alpha).filter(|(a, _)| had(a));
        Self::from_means(kept.map(|(a, alpha)| (*a, *alpha)).unzip(), mu, newton).step(counts, newton)
    }

    fn step(&self, counts: &Counts, newton: &mut Newton) -> Outlook {
        let Newton { step, finite, .. } = &mut *newton;
        finite.clone_from(&self.finite);
        step.clear();
        step.extend(finite.iter().map(|a| counts.sufficient[*a as usize] - self.sums[*a as usize]));
        let decrement = solve(&self.factor, step);
        let linear = self.finite.iter().zip(&self.alpha).map(|(a, x)| x * counts.sufficient[*a as usize]);
        let gained = linear.sum::<f64>() - self.sums[0] + 0.5 * decrement;
        let least = if self.full { newton.after_step(counts, &self.mu) } else { 0.0 };
        Outlook { least, likely: 2.0 * (counts.saturated - gained) }
    }
}

impl Newton {
    /// What a step from the means `mu` says of the deviance; nil where it says nothing. The step is in `step`, by the terms in `finite`.
    pub(super) fn after_step(&mut self, counts: &Counts, mu: &[f64]) -> f64 {
        let m = &mut self.factor;
        m.clear();
        m.resize(mu.len(), 0.0);
        for (a, d) in self.finite.iter().zip(&self.step) {
            m[*a as usize] = *d;
        }
        subset_sums(m);
        m.iter_mut().zip(mu).for_each(|(x, mu)| *x = mu * (1.0 + *x));
        if m.iter().any(|m| *m < 0.0 || !m.is_finite()) {
            return 0.0;
        }
        let entropy: f64 = m.iter().filter(|m| **m > 0.0).map(|m| m * m.ln() - m).sum();
        superset_sums(m);
        let off = |a: &Mask| (m[*a as usize] - counts.sufficient[*a as usize]).abs();
        if self.finite.iter().any(|a| off(a) > ROUNDING * counts.sufficient[0]) {
            return 0.0;
        }
        (2.0 * (counts.saturated - entropy)).max(0.0)
    }

    /// As [`Newton::refit`] from the parameters of `fit`, which is given up, with a bound for its deviance, where that surely exceeds `most`.
    pub(crate) fn refit_up_to(&mut self, counts: &Counts, terms: &[Mask], most: f64, fit: &mut Fit) {
        (self.bound_above, self.precise) = (Some(most), true);
        self.refit(counts, terms, true, fit);
        (self.bound_above, self.precise) = (None, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::{multinomial, stream};
    use crate::model::Model;

    /// Four lists, two of which overlap in three persons only.
    fn table() -> Vec<f64> {
        let mut cells: Vec<f64> = vec![0.0; 16];
        for (w, n) in [
            (1, 400.0),
            (2, 300.0),
            (4, 350.0),
            (8, 60.0),
            (3, 40.0),
            (5, 50.0),
            (6, 35.0),
            (7, 9.0),
            (12, 3.0),
        ] {
            cells[w] = n;
        }
        cells
    }

    #[test]
    fn a_step_never_says_more_than_a_fit_and_says_nearly_as_much() {
        let cells = table();
        let counts = Counts::new(cells.clone());
        let mut newton = Newton::default();
        let (mut said, mut lost) = (0, 0);
        for generators in [&[][..], &[3], &[3, 5], &[3, 5, 6], &[12], &[7, 12]] {
            let model = Model::from_generators(4, generators);
            let fit = newton.fit(&counts, model.terms(), None);
            let ahead = Ahead::new(&counts, model.terms(), &fit, &mut newton);
            for b in 0..200 {
                let drawn = multinomial(1247, &cells, &mut stream(7, b));
                let drawn = Counts::new(drawn.into_iter().map(|n| n as f64).collect());
                let bound = ahead.outlook(&drawn, model.terms(), &mut newton).least;
                let deviance = newton.fit(&drawn, model.terms(), None).deviance;
                assert!(bound <= deviance + 1e-6, "{generators:?} {b}: {bound} {deviance}");
                said += u32::from(bound > 0.0);
                lost += u32::from(bound > 0.0 && bound < deviance - 1.0);
            }
        }
        assert!(said >= 1000 && lost < said / 50, "{said} {lost}");
    }
}
