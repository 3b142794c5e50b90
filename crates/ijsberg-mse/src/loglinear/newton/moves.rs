//! What one term more or less would do, from one evaluation at a fit.

use super::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::subsets::superset_sums;

/// Information that is less than this share of a term's own says that the model determines the term already.
const DETERMINED: f64 = 1e-9;

/// A model one term away, by the quadratic approximation of the likelihood at a fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Move {
    /// The term that comes or goes.
    pub(crate) term: Mask,
    /// Change of the deviance: less the score statistic for a term more, the Wald statistic for a term less.
    pub(crate) deviance: f64,
    /// Change of the logarithm of the dark figure.
    pub(crate) log_dark: f64,
}

impl Newton {
    /// Rates each term of `more`, which the model has not, and each maximal term of `fewer`, which it has, at its `fit`.
    pub(crate) fn moves(
        &mut self,
        counts: &Counts,
        terms: &[Mask],
        fit: &Fit,
        more: &[Mask],
        fewer: &[Mask],
    ) -> (Vec<Move>, Vec<Move>) {
        self.finite.clear();
        self.finite.extend(terms.iter().filter(|a| counts.sufficient[**a as usize] > 0.0));
        self.sums.clone_from(&fit.mu);
        superset_sums(&mut self.sums);
        self.factor_information();
        let unit = |b: Mask| self.finite.iter().map(|a| f64::from(*a == b)).collect::<Vec<_>>();
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
        let intercept = self.half_solved(unit(0));
        let added = |c: &Mask| {
            let (own, seen) = (self.sums[*c as usize], counts.sufficient[*c as usize]);
            // A term that nobody has takes its cells away, with all that is fitted there.
            let gone = Move { term: *c, deviance: -2.0 * own, log_dark: 0.0 };
            if seen <= 0.0 {
                return gone;
            }
            let column = self.finite.iter().map(|a| self.sums[(a | c) as usize]).collect();
            let half = self.half_solved(column);
            let left = own - dot(&half, &half);
            if left <= DETERMINED * own {
                return Move { deviance: 0.0, ..gone };
            }
            let score = seen - own;
            let log_dark = -score / left * dot(&intercept, &half);
            Move { deviance: -score * score / left, log_dark, ..gone }
        };
        let taken = |b: &Mask| {
            let alpha = fit.alpha[*b as usize];
            let none = Move { term: *b, deviance: 0.0, log_dark: 0.0 };
            if !alpha.is_finite() || !self.finite.contains(b) {
                return none;
            }
            let half = self.half_solved(unit(*b));
            let variance = dot(&half, &half);
            if variance <= 0.0 {
                return none;
            }
            let log_dark = -alpha / variance * dot(&intercept, &half);
            Move { deviance: alpha * alpha / variance, log_dark, ..none }
        };
        (more.iter().map(added).collect(), fewer.iter().map(taken).collect())
    }

    /// Variance of `alpha(0)` at a fit: the first diagonal element of the inverse information.
    pub(crate) fn intercept_variance(&mut self, counts: &Counts, terms: &[Mask], fit: &Fit) -> f64 {
        self.finite.clear();
        self.finite.extend(terms.iter().filter(|a| counts.sufficient[**a as usize] > 0.0));
        self.sums.clone_from(&fit.mu);
        superset_sums(&mut self.sums);
        self.step.clear();
        self.step.resize(self.finite.len(), 0.0);
        if let Some(first) = self.finite.iter().position(|a| *a == 0) {
            self.step[first] = 1.0;
            self.solve_information();
            self.step[first]
        } else {
            f64::NAN
        }
    }

    /// Solves `L y = x` with the factor at hand, whose diagonal is inverted.
    fn half_solved(&self, mut x: Vec<f64>) -> Vec<f64> {
        let p = x.len();
        for i in 0..p {
            let row = &self.chol[(i * p)..=(i * p + i)];
            let dot: f64 = row[..i].iter().zip(&x[..i]).map(|(a, b)| a * b).sum();
            x[i] = (x[i] - dot) * row[i];
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn moves_are_close_to_what_fits_say() {
        // Four lists whose pairs A·B and C·D go together a little.
        let cell = |w: usize| match w.count_ones() {
            0 => 0.0,
            1 => 2000.0,
            2 if w == 3 || w == 12 => 330.0,
            2 => 300.0,
            3 => 52.0,
            _ => 9.0,
        };
        let counts = Counts::new((0..16).map(cell).collect());
        let mut newton = Newton::default();
        let model = Model::from_generators(4, &[3]);
        let at = newton.fit(&counts, model.terms(), None);
        let (more, fewer) = newton.moves(&counts, model.terms(), &at, &[12], &[3]);
        for (found, generators) in [(more[0], vec![3, 12]), (fewer[0], vec![])] {
            let other = newton.fit(&counts, Model::from_generators(4, &generators).terms(), None);
            let deviance = other.deviance - at.deviance;
            let log_dark = other.alpha[0] - at.alpha[0];
            assert!((found.deviance / deviance - 1.0).abs() < 0.2, "{found:?} {deviance}");
            assert!((found.log_dark - log_dark).abs() < 0.2 * log_dark.abs(), "{found:?} {log_dark}");
        }
    }
}
