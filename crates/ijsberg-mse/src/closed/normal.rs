//! Mh and Mth with normal mixing: the log odds of capture vary between persons with standard deviation `sigma`.
//!
//! `mu(w) = N E[prod p_j(Z)^w_j (1 - p_j(Z))^(1 - w_j)]` with `logit p_j(Z) = b_j + sigma Z`, `Z` standard normal, by
//! Gauss-Hermite quadrature with 20 nodes; Poisson likelihood, Fisher scoring.

use crate::glm::solve_symmetric;
use crate::histories::Histories;
use crate::special::ln_gamma;

const NODES: usize = 20;

/// A fit with normal mixing.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalFit {
    /// Estimated population.
    pub n_hat: f64,
    /// Standard error from the expected information.
    pub se: f64,
    /// Residual deviance.
    pub deviance: f64,
    /// Poisson log-likelihood.
    pub log_likelihood: f64,
    /// Number of parameters.
    pub parameters: usize,
    /// Standard deviation of the log odds between persons.
    pub sigma: f64,
}

/// Gauss-Hermite nodes and weights for the standard normal, by Newton on the orthonormal recurrence.
fn nodes() -> Vec<(f64, f64)> {
    let m = NODES;
    let value = |x: f64| {
        let (mut previous, mut current) = (0.0, 1.0);
        for k in 0..m {
            let next = (x * current - (k as f64).sqrt() * previous) / ((k + 1) as f64).sqrt();
            (previous, current) = (current, next);
        }
        (current, previous)
    };
    // Roots are simple and lie within 2 sqrt(m): find sign changes on a fine grid, then bisect.
    let edge = 2.0 * (m as f64).sqrt() + 1.0;
    let grid = 4000;
    let at = |i: usize| -edge + 2.0 * edge * i as f64 / f64::from(grid);
    (0..grid as usize)
        .filter(|i| value(at(*i)).0 * value(at(i + 1)).0 < 0.0)
        .map(|i| {
            let (mut lo, mut hi) = (at(i), at(i + 1));
            for _ in 0..60 {
                let mid = 0.5 * (lo + hi);
                if value(lo).0 * value(mid).0 <= 0.0 { hi = mid } else { lo = mid }
            }
            let x = 0.5 * (lo + hi);
            // weight = 1 / (m He_{m-1}^2) in orthonormal terms
            (x, 1.0 / (m as f64 * value(x).1.powi(2)))
        })
        .collect()
}

/// Fits Mh (`by_list` false) or Mth. `None` when there is no sign of heterogeneity or the fit does not converge.
pub fn fit_normal(h: &Histories, by_list: bool) -> Option<NormalFit> {
    let t = h.t();
    let n = h.n() as f64;
    let y = h.dense();
    let nodes = nodes();
    let p = if by_list { t } else { 1 } + 2;
    let list_parameter = |j: usize| if by_list { 1 + j } else { 1 };
    // Start: twice the number seen, list sizes as chances, moderate spread.
    let mut theta = vec![0.0; p];
    theta[0] = (2.0 * n).ln();
    for j in 0..t {
        let share = if by_list {
            h.list_size(j) as f64 / (2.0 * n)
        } else {
            (0..t).map(|j| h.list_size(j) as f64).sum::<f64>() / (2.0 * n * t as f64)
        };
        theta[list_parameter(j)] = (share / (1.0 - share)).ln();
    }
    theta[p - 1] = 1.0;

    let evaluate = |theta: &[f64]| -> (Vec<f64>, Vec<Vec<f64>>, f64) {
        let cells = 1_usize << t;
        let mut mu = vec![0.0; cells];
        let mut jacobian = vec![vec![0.0; cells]; p];
        let total = theta[0].exp();
        for (z, weight) in &nodes {
            let chance: Vec<f64> = (0..t)
                .map(|j| 1.0 / (1.0 + (-(theta[list_parameter(j)] + theta[p - 1] * z)).exp()))
                .collect();
            for w in 0..cells {
                let product: f64 =
                    (0..t).map(|j| if w >> j & 1 == 1 { chance[j] } else { 1.0 - chance[j] }).product();
                let m = total * weight * product;
                mu[w] += m;
                let mut surplus = 0.0;
                for j in 0..t {
                    let d = (w >> j & 1) as f64 - chance[j];
                    jacobian[list_parameter(j)][w] += m * d;
                    surplus += d;
                }
                jacobian[p - 1][w] += m * z * surplus;
            }
        }
        jacobian[0].clone_from(&mu);
        let log_likelihood =
            (1..cells).map(|w| if y[w] > 0.0 { y[w] * mu[w].ln() } else { 0.0 } - mu[w]).sum();
        (mu, jacobian, log_likelihood)
    };

    let (mut mu, mut jacobian, mut value) = evaluate(&theta);
    let mut covariance = None;
    for _ in 0..500 {
        let score: Vec<f64> =
            (0..p).map(|a| (1..mu.len()).map(|w| (y[w] / mu[w] - 1.0) * jacobian[a][w]).sum()).collect();
        let information: Vec<Vec<f64>> = (0..p)
            .map(|a| {
                (0..p).map(|b| (1..mu.len()).map(|w| jacobian[a][w] * jacobian[b][w] / mu[w]).sum()).collect()
            })
            .collect();
        let (step, inverse) = solve_symmetric(&information, &score)?;
        let decrement: f64 = step.iter().zip(&score).map(|(a, b)| a * b).sum();
        let mut scale = 1.0;
        loop {
            let trial: Vec<f64> = theta.iter().zip(&step).map(|(a, d)| a + scale * d).collect();
            let next = evaluate(&trial);
            if next.2 >= value - 1e-12 * value.abs() || scale < 1e-9 {
                theta = trial;
                (mu, jacobian, value) = next;
                break;
            }
            scale *= 0.5;
        }
        covariance = Some(inverse);
        if decrement.abs() < 1e-16 * n {
            break;
        }
    }
    let unseen = mu[0];
    let gradient: Vec<f64> = (0..p).map(|a| jacobian[a][0]).collect();
    let v = covariance?;
    let var: f64 =
        (0..p).map(|a| (0..p).map(|b| gradient[a] * v[a][b] * gradient[b]).sum::<f64>()).sum::<f64>()
            + unseen;
    let saturated: f64 = y.iter().filter(|c| **c > 0.0).map(|c| c * c.ln() - c).sum();
    let log_factorials: f64 = y.iter().map(|c| ln_gamma(c + 1.0)).sum();
    let sigma = theta[p - 1].abs();
    (sigma > 1e-3 && value.is_finite() && unseen.is_finite() && unseen < 1e6 * n).then_some(NormalFit {
        n_hat: n + unseen,
        se: var.sqrt(),
        deviance: 2.0 * (saturated - value),
        log_likelihood: value - log_factorials,
        parameters: p,
        sigma,
    })
}
