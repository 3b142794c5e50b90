//! Log-linear models with normal priors, by Laplace's method.
//!
//! `n(w) ~ Poisson(exp(eta(w)))` on the cells seen, `eta = X beta`. Two codings of `X` are used: corner (a term counts
//! in the cells that contain it, as in the likelihood fits) and sum-to-zero (a term has sign `(-1)^|a without w|`,
//! which makes the columns orthogonal on the complete table). In both, products of columns are columns again, so the
//! information of terms `a` and `b` is one entry of a transform of the fitted means.

use crate::cholesky::{cholesky, forward, solve};
use crate::histories::Mask;
use crate::subsets::{signed_sums, signed_sums_transposed, subset_sums, superset_sums};

/// How terms enter the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Corner,
    SumToZero,
}

impl Coding {
    fn predictor(self, beta: &mut [f64]) {
        match self {
            Self::Corner => subset_sums(beta),
            Self::SumToZero => signed_sums(beta),
        }
    }

    fn transpose(self, x: &mut [f64]) {
        match self {
            Self::Corner => superset_sums(x),
            Self::SumToZero => signed_sums_transposed(x),
        }
    }

    fn product(self, a: Mask, b: Mask) -> Mask {
        match self {
            Self::Corner => a | b,
            Self::SumToZero => a ^ b,
        }
    }

    /// Value of a column in the unseen cell.
    fn unseen(self, a: Mask) -> f64 {
        match self {
            Self::Corner => f64::from(a == 0),
            Self::SumToZero if a.count_ones() % 2 == 1 => -1.0,
            Self::SumToZero => 1.0,
        }
    }
}

/// A normal approximation to a posterior.
#[derive(Debug, Clone)]
pub(crate) struct Laplace {
    /// Posterior mode by term, in the order of the terms.
    pub(crate) mode: Vec<f64>,
    /// Mean and variance of the logarithm of the unseen cell's mean.
    pub(crate) log_dark: (f64, f64),
    /// Log marginal likelihood up to a constant of the table.
    pub(crate) log_evidence: f64,
    /// Of the information at the mode.
    factor: Vec<f64>,
}

impl Laplace {
    /// Posterior variance of the parameter at this place among the terms.
    pub(crate) fn variance(&self, place: usize) -> f64 {
        let mut unit = vec![0.0; self.mode.len()];
        unit[place] = 1.0;
        variance_of(&self.factor, unit)
    }
}

/// Variance in a direction, given the factor of the information.
fn variance_of(factor: &[f64], mut direction: Vec<f64>) -> f64 {
    let p = direction.len();
    forward(factor, p, &mut direction);
    direction.iter().map(|x| x * x).sum()
}

/// Fits the model with `terms`, the intercept first, and prior precisions by term (0 is flat). `None` when the
/// posterior has no mode within reach. `start` holds values of parameters to start from; all others start from nil.
pub(crate) fn laplace(
    counts: &[f64],
    coding: Coding,
    terms: &[Mask],
    precision: &[f64],
    start: &[(Mask, f64)],
) -> Option<Laplace> {
    let (size, p) = (counts.len(), terms.len());
    let mut statistic = counts.to_vec();
    statistic[0] = 0.0;
    coding.transpose(&mut statistic);
    let mut beta = vec![0.0; p];
    let mean = counts[1..].iter().sum::<f64>() / (size - 1) as f64;
    beta[0] = mean.max(0.1).ln();
    for (a, value) in start {
        if let Some(i) = terms.iter().position(|b| a == b) {
            beta[i] = *value;
        }
    }
    let mut mu = vec![0.0; size];
    let objective = |beta: &[f64], mu: &mut Vec<f64>| {
        mu.fill(0.0);
        for (a, b) in terms.iter().zip(beta) {
            mu[*a as usize] = *b;
        }
        coding.predictor(mu);
        mu.iter_mut().for_each(|m| *m = m.exp());
        mu[0] = 0.0;
        let linear: f64 = terms.iter().zip(beta).map(|(a, b)| statistic[*a as usize] * b).sum();
        let prior: f64 = precision.iter().zip(beta).map(|(q, b)| 0.5 * q * b * b).sum();
        linear - mu.iter().sum::<f64>() - prior
    };
    let mut value = objective(&beta, &mut mu);
    let mut factor = vec![0.0; p * p];
    for _ in 0..200 {
        let mut moments = mu.clone();
        coding.transpose(&mut moments);
        let gradient: Vec<f64> = (0..p)
            .map(|i| statistic[terms[i] as usize] - moments[terms[i] as usize] - precision[i] * beta[i])
            .collect();
        for i in 0..p {
            for j in 0..=i {
                factor[i * p + j] = moments[coding.product(terms[i], terms[j]) as usize]
                    + if i == j { precision[i] } else { 0.0 };
            }
        }
        cholesky(&mut factor, p)?;
        let mut step = gradient.clone();
        solve(&factor, p, &mut step);
        let decrement: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
        if decrement < 1e-12 {
            let unseen: Vec<f64> = terms.iter().map(|a| coding.unseen(*a)).collect();
            let log_dark: f64 = unseen.iter().zip(&beta).map(|(c, b)| c * b).sum();
            let log_determinant: f64 = (0..p).map(|i| factor[i * p + i].ln()).sum();
            let log_prior: f64 = precision.iter().filter(|q| **q > 0.0).map(|q| 0.5 * q.ln()).sum();
            // The factor 2 pi of each flat parameter is the same for all models; those of the others cancel.
            return Some(Laplace {
                log_dark: (log_dark, variance_of(&factor, unseen)),
                log_evidence: value + log_prior - log_determinant,
                mode: beta,
                factor,
            });
        }
        let mut scale = 1.0;
        loop {
            let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + scale * s).collect();
            let reached = objective(&next, &mut mu);
            if reached >= value - 1e-9 * (1.0 + value.abs()) {
                (beta, value) = (next, reached);
                break;
            }
            scale *= 0.5;
            if scale < 1e-9 {
                return None;
            }
        }
    }
    None
}
