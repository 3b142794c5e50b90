//! Newton's method for smooth likelihoods that need not be concave.
//!
//! The information of the complete data is always positive definite. Where the observed information is not, enough of
//! the former is added that the step goes up; with much of it the step is that of the EM gradient algorithm (Lange 1995,
//! JRSS B 57).

use crate::cholesky;

const MAX_STEPS: usize = 100;
/// Shares of the complete information that are added, until the sum is positive definite.
const DAMPING: [f64; 6] = [0.0, 0.02, 0.1, 0.5, 3.0, 30.0];

/// First and second derivatives; matrices by rows, both triangles.
#[derive(Debug, Default, Clone)]
pub(crate) struct Derivatives {
    pub(crate) gradient: Vec<f64>,
    /// Minus the second derivatives.
    pub(crate) observed: Vec<f64>,
    /// What the information would be if nothing were hidden.
    pub(crate) complete: Vec<f64>,
}

impl Derivatives {
    pub(crate) fn clear(&mut self, p: usize) {
        for (v, size) in [(&mut self.gradient, p), (&mut self.observed, p * p), (&mut self.complete, p * p)] {
            v.clear();
            v.resize(size, 0.0);
        }
    }

    /// The end of those of a log-linear model with a column, whose last parameter is that of the column: that parameter's own, from the
    /// mean and the mean square of the column, and the information of the terms, which is that of the complete table.
    pub(crate) fn end_with_column(&mut self, statistics: &[f64], persons: f64, mean: f64, square: f64) {
        let p = self.gradient.len();
        self.gradient[p - 1] = statistics[p - 1] - persons * mean;
        self.observed[p * p - 1] = persons * (square - mean * mean);
        for i in 0..p {
            self.complete[i * p + i] = self.observed[i * p + i];
        }
        self.mirror();
    }

    /// Copies the lower triangles to the upper ones.
    pub(crate) fn mirror(&mut self) {
        let p = self.gradient.len();
        for i in 0..p {
            for j in 0..i {
                self.observed[j * p + i] = self.observed[i * p + j];
                self.complete[j * p + i] = self.complete[i * p + j];
            }
        }
    }
}

/// A log-likelihood of the complete table in parameters without constraints but limits.
pub(crate) trait Objective {
    /// `sum n(w) log p(w) + u log p(0)` over the histories seen and `u` unseen persons, with its derivatives.
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64;
    /// What may be left to gain when the climb stops; the parameters are within the root of it, in standard errors.
    fn enough(&self) -> f64 {
        1e-10
    }
    /// Largest absolute value of a parameter.
    fn limit(&self) -> f64;
    /// Largest change of a parameter in a step.
    fn reach(&self) -> f64;
}

/// Scratch space.
#[derive(Debug, Default)]
pub(crate) struct Ascent {
    here: Derivatives,
    there: Derivatives,
    matrix: Vec<f64>,
    step: Vec<f64>,
    trial: Vec<f64>,
}

impl Ascent {
    /// Goes up from `theta` and returns the log-likelihood at the top, minus infinity where it cannot be worked out.
    pub(crate) fn climb(&mut self, o: &mut impl Objective, unseen: f64, theta: &mut [f64]) -> f64 {
        let p = theta.len();
        let (limit, reach, enough) = (o.limit(), o.reach(), o.enough());
        let mut value = o.derivatives(unseen, theta, &mut self.here);
        if !value.is_finite() {
            return f64::NEG_INFINITY;
        }
        for _ in 0..MAX_STEPS {
            let gain = self.direction(theta, limit);
            if gain < enough.max(1e-14 * value.abs()) {
                break;
            }
            let longest = self.step.iter().fold(0.0_f64, |a, d| a.max(d.abs()));
            let mut scale = (reach / longest).min(1.0);
            let moved = loop {
                self.trial.clear();
                self.trial
                    .extend(theta.iter().zip(&self.step).map(|(x, d)| (x + scale * d).clamp(-limit, limit)));
                let next = o.derivatives(unseen, &self.trial, &mut self.there);
                if next.is_finite() && next >= value + 1e-4 * scale * gain - 1e-13 * value.abs() {
                    value = next;
                    break true;
                }
                scale *= 0.35;
                if scale < 1e-8 {
                    break false;
                }
            };
            if !moved {
                // The objective keeps what it worked out last, which must be that of the point returned.
                return o.derivatives(unseen, theta, &mut self.there);
            }
            theta[..p].copy_from_slice(&self.trial);
            std::mem::swap(&mut self.here, &mut self.there);
        }
        value
    }

    /// Puts a step upwards in `self.step` and returns its slope.
    fn direction(&mut self, theta: &[f64], limit: f64) -> f64 {
        let p = theta.len();
        let d = &mut self.here;
        for (i, x) in theta.iter().enumerate() {
            // A parameter at its limit that wants to go beyond stays there.
            if x.abs() >= limit && x.signum() == d.gradient[i].signum() {
                d.gradient[i] = 0.0;
                for j in 0..p {
                    d.observed[i * p + j] = 0.0;
                    d.observed[j * p + i] = 0.0;
                }
                d.observed[i * p + i] = 1.0;
            }
        }
        // A unit diagonal, so that parameters of different size do not look dependent.
        let unit: Vec<f64> = (0..p)
            .map(|i| {
                d.observed[i * p + i].abs().max(d.complete[i * p + i]).max(f64::MIN_POSITIVE).sqrt().recip()
            })
            .collect();
        for share in DAMPING {
            self.matrix.clear();
            for i in 0..p {
                for j in 0..p {
                    let x = d.observed[i * p + j] + share * d.complete[i * p + j];
                    self.matrix.push(x * unit[i] * unit[j]);
                }
            }
            if cholesky::cholesky(&mut self.matrix, p).is_none() {
                continue;
            }
            self.step.clear();
            self.step.extend(d.gradient.iter().zip(&unit).map(|(g, s)| g * s));
            cholesky::solve(&self.matrix, p, &mut self.step);
            self.step.iter_mut().zip(&unit).for_each(|(x, s)| *x *= s);
            let gain = slope(&d.gradient, &self.step);
            if gain.is_finite() {
                return gain;
            }
        }
        self.step.clear();
        self.step.extend(d.gradient.iter().zip(&unit).map(|(g, s)| g * s * s));
        slope(&d.gradient, &self.step)
    }
}

fn slope(gradient: &[f64], step: &[f64]) -> f64 {
    let gain: f64 = gradient.iter().zip(step).map(|(g, d)| g * d).sum();
    if gain.is_finite() { gain } else { 0.0 }
}

/// Derivatives by list and of one more parameter; where all lists share one parameter these are added up.
pub(super) fn shared(full: &Derivatives, by_list: bool, d: &mut Derivatives) {
    let p = full.gradient.len();
    if by_list {
        d.clone_from(full);
        return;
    }
    d.clear(2);
    let place = |i: usize| usize::from(i + 1 == p);
    for i in 0..p {
        d.gradient[place(i)] += full.gradient[i];
        for j in 0..p {
            d.observed[place(i) * 2 + place(j)] += full.observed[i * p + j];
            d.complete[place(i) * 2 + place(j)] += full.complete[i * p + j];
        }
    }
}
