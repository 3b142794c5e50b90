//! Two kinds of persons, one met more easily than the other on all lists alike: `logit p_j = b_j` or `b_j + delta`.
//!
//! Two latent classes with one difference instead of one for each list, so that few persons may show it (the two-point mixture of
//! Pledger 2000, Biometrics 56). The derivatives are those of the classes, added up along the constraint.

use super::Chances;
use super::ascent::{Derivatives, Objective};
use super::classes::Classes;
use super::column::start_logit;
use super::trace::Member;
use crate::histories::Mask;

/// Where a start has less difference it is given this, since the slope at none is nil.
const DIFFERENCE: f64 = 0.2;
/// Differences, and log odds of being of the kind met easily, from which the climb starts.
const STARTS: [(f64, f64); 4] = [(1.5, -1.5), (1.5, 1.0), (3.5, -2.0), (3.5, 1.0)];

/// Parameters: the log odds of the second kind, `b` by list, `delta`.
#[derive(Debug)]
pub(super) struct TwoPoint {
    classes: Classes,
    sizes: Vec<f64>,
    n: f64,
    full: Derivatives,
}

impl TwoPoint {
    pub(super) fn new(t: usize, cells: Vec<(Mask, f64)>) -> Self {
        let n = cells.iter().map(|c| c.1).sum();
        let on = |j: usize| cells.iter().filter(|c| c.0 >> j & 1 == 1).map(|c| c.1).sum();
        let sizes = (0..t).map(on).collect();
        Self { classes: Classes::new(t, cells, 2, 0), sizes, n, full: Derivatives::default() }
    }

    /// Parameters of two classes.
    fn spread(&self, theta: &[f64]) -> Vec<f64> {
        let t = self.sizes.len();
        let (own, delta) = (&theta[..=t], theta[t + 1]);
        own.iter().copied().chain(own[1..].iter().map(|b| b + delta)).collect()
    }
}

impl Member for TwoPoint {
    fn log_unseen(&self) -> f64 {
        self.classes.log_unseen()
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        let total = self.n + unseen;
        let near: Vec<f64> = self.sizes.iter().map(|m| start_logit(m / total)).collect();
        let start = |(delta, logit): (f64, f64)| {
            let share = 1.0 / (1.0 + (-logit).exp());
            let own = near.iter().map(|b| b - share * delta);
            std::iter::once(logit).chain(own).chain([delta]).collect()
        };
        STARTS.map(start).to_vec()
    }

    fn many_tops(&self) -> bool {
        true
    }

    fn warm(&self, theta: &mut [f64]) {
        if let Some(delta) = theta.last_mut()
            && delta.abs() < DIFFERENCE
        {
            *delta = DIFFERENCE;
        }
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        let full = self.spread(theta);
        self.classes.chances(&full)
    }
}

impl Objective for TwoPoint {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let t = self.sizes.len();
        let all = self.spread(theta);
        let value = self.classes.derivatives(unseen, &all, &mut self.full);
        let p = all.len();
        d.clear(t + 2);
        // A log odds of the second class is `b_j` and `delta` at once.
        let places = |i: usize| if i <= t { [Some(i), None] } else { [Some(i - t), Some(t + 1)] };
        for i in 0..p {
            for a in places(i).into_iter().flatten() {
                d.gradient[a] += self.full.gradient[i];
                for j in 0..p {
                    for b in places(j).into_iter().flatten() {
                        d.observed[a * (t + 2) + b] += self.full.observed[i * p + j];
                        d.complete[a * (t + 2) + b] += self.full.complete[i * p + j];
                    }
                }
            }
        }
        value
    }

    fn enough(&self) -> f64 {
        self.classes.enough()
    }

    fn limit(&self) -> f64 {
        self.classes.limit()
    }

    fn reach(&self) -> f64 {
        self.classes.reach()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let cells: Vec<(Mask, f64)> = (1..16).map(|w| (w, f64::from(40 / (w % 5 + 1)))).collect();
        let mut member = TwoPoint::new(4, cells);
        let theta = [-0.8, -1.0, -1.5, -0.7, -2.0, 1.4];
        let (mut here, mut there) = (Derivatives::default(), Derivatives::default());
        member.derivatives(90.0, &theta, &mut here);
        for i in 0..6 {
            let mut at = |step: f64| {
                let mut moved = theta.to_vec();
                moved[i] += step;
                (member.derivatives(90.0, &moved, &mut there), there.gradient.clone())
            };
            let (up, down) = (at(1e-5), at(-1e-5));
            assert!(((up.0 - down.0) / 2e-5 - here.gradient[i]).abs() < 1e-4, "{i}");
            for j in 0..6 {
                let second = (up.1[j] - down.1[j]) / 2e-5;
                assert!((second + here.observed[i * 6 + j]).abs() < 1e-4, "{i} {j} {second}");
            }
        }
    }
}
