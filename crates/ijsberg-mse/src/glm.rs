//! Poisson regression with a log link on a small dense design, by Fisher scoring.

use crate::special::ln_gamma;

/// A regression: columns of the design, responses (any non-negative numbers) and an optional offset.
#[derive(Debug)]
pub(crate) struct Glm<'a> {
    pub(crate) columns: &'a [Vec<f64>],
    pub(crate) y: &'a [f64],
    pub(crate) offset: Option<&'a [f64]>,
}

/// A fitted regression.
#[derive(Debug, Clone)]
pub(crate) struct PoissonFit {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) covariance: Vec<Vec<f64>>,
    pub(crate) mu: Vec<f64>,
    pub(crate) deviance: f64,
    pub(crate) log_likelihood: f64,
    pub(crate) converged: bool,
    rows: Vec<Vec<f64>>,
}

impl Glm<'_> {
    pub(crate) fn fit(&self) -> PoissonFit {
        let (m, p) = (self.y.len(), self.columns.len());
        let rows: Vec<Vec<f64>> = (0..m).map(|i| self.columns.iter().map(|c| c[i]).collect()).collect();
        let offset = |i: usize| self.offset.map_or(0.0, |o| o[i]);
        let mut mu: Vec<f64> = self.y.iter().map(|y| y + 0.1).collect();
        let mut eta: Vec<f64> = mu.iter().map(|m| m.ln()).collect();
        let mut beta = vec![0.0; p];
        let mut covariance = vec![vec![f64::NAN; p]; p];
        let mut converged = false;
        let mut deviance = f64::INFINITY;
        for step in 0..200 {
            let mut information = vec![vec![0.0; p]; p];
            let mut rhs = vec![0.0; p];
            for i in 0..m {
                let z = eta[i] - offset(i) + (self.y[i] - mu[i]) / mu[i].max(f64::MIN_POSITIVE);
                for (a, x) in rows[i].iter().enumerate() {
                    let wx = mu[i] * x;
                    rhs[a] += wx * z;
                    for (b, x) in rows[i][..=a].iter().enumerate() {
                        information[a][b] += wx * x;
                    }
                }
            }
            for a in 0..p {
                for b in a + 1..p {
                    information[a][b] = information[b][a];
                }
            }
            let Some((mut next, inverse)) = solve_symmetric(&information, &rhs) else { break };
            covariance = inverse;
            let mut new_deviance;
            let mut halvings = 0;
            loop {
                for i in 0..m {
                    eta[i] = offset(i) + rows[i].iter().zip(&next).map(|(x, b)| x * b).sum::<f64>();
                    mu[i] = eta[i].exp();
                }
                new_deviance = poisson_deviance(self.y, &mu);
                if step == 0 || halvings == 40 || new_deviance <= deviance + 1e-9 * (deviance.abs() + 1.0) {
                    break;
                }
                halvings += 1;
                next.iter_mut().zip(&beta).for_each(|(n, b)| *n = 0.5 * (*n + b));
            }
            let change =
                next.iter().zip(&beta).map(|(a, b)| (a - b).abs() / (1.0 + a.abs())).fold(0.0, f64::max);
            beta = next;
            let settled = (deviance - new_deviance).abs() <= 1e-13 * (1.0 + new_deviance);
            deviance = new_deviance;
            if change < 1e-12 || settled && change < 1e-6 {
                converged = true;
                break;
            }
        }
        let log_likelihood = self
            .y
            .iter()
            .zip(&mu)
            .map(|(y, m)| if *y > 0.0 { y * m.ln() } else { 0.0 } - m - ln_gamma(y + 1.0))
            .sum();
        PoissonFit { coefficients: beta, covariance, deviance, log_likelihood, converged, mu, rows }
    }
}

impl PoissonFit {
    /// Leading bias of `exp(b0)`: `-e^{b0} (V psi)_0 / 2`, `psi = -2 X' diag(mu) xi - e0`, `xi = -diag(X V X') / 2`.
    pub(crate) fn intercept_bias(&self) -> f64 {
        let p = self.coefficients.len();
        let mut psi = vec![0.0; p];
        for (x, m) in self.rows.iter().zip(&self.mu) {
            let quadratic: f64 =
                (0..p).map(|a| (0..p).map(|b| x[a] * self.covariance[a][b] * x[b]).sum::<f64>()).sum();
            for (s, v) in psi.iter_mut().zip(x) {
                *s += v * m * quadratic;
            }
        }
        psi[0] -= 1.0;
        let shift: f64 = self.covariance[0].iter().zip(&psi).map(|(v, s)| v * s).sum();
        -0.5 * self.coefficients[0].exp() * shift
    }
}

fn poisson_deviance(y: &[f64], mu: &[f64]) -> f64 {
    2.0 * y.iter().zip(mu).map(|(y, m)| if *y > 0.0 { y * (y / m).ln() - y + m } else { *m }).sum::<f64>()
}

/// Solves a small square system by elimination with row pivoting; `None` if singular.
pub(crate) fn solve(mut matrix: Vec<Vec<f64>>, mut rhs: Vec<f64>) -> Option<Vec<f64>> {
    let p = rhs.len();
    for i in 0..p {
        let pivot = (i..p).max_by(|a, b| matrix[*a][i].abs().total_cmp(&matrix[*b][i].abs()))?;
        matrix.swap(i, pivot);
        rhs.swap(i, pivot);
        if matrix[i][i].abs() < 1e-12 {
            return None;
        }
        for r in 0..p {
            if r != i {
                let factor = matrix[r][i] / matrix[i][i];
                for c in i..p {
                    matrix[r][c] -= factor * matrix[i][c];
                }
                rhs[r] -= factor * rhs[i];
            }
        }
    }
    Some((0..p).map(|i| rhs[i] / matrix[i][i]).collect())
}

/// Solves `matrix x = rhs` for a symmetric positive definite matrix and returns the inverse too; `None` if singular.
pub(crate) fn solve_symmetric(matrix: &[Vec<f64>], rhs: &[f64]) -> Option<(Vec<f64>, Vec<Vec<f64>>)> {
    let p = rhs.len();
    // Scale to a unit diagonal, so that columns of very different size do not look dependent.
    let scale: Vec<f64> = (0..p).map(|i| matrix[i][i].sqrt()).collect();
    if scale.iter().any(|s| !s.is_finite() || *s == 0.0) {
        return None;
    }
    let mut l = vec![vec![0.0; p]; p];
    for i in 0..p {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| l[i][k] * l[j][k]).sum();
            let value = matrix[i][j] / (scale[i] * scale[j]) - dot;
            if i == j {
                if value <= 1e-14 {
                    return None;
                }
                l[i][i] = value.sqrt();
            } else {
                l[i][j] = value / l[j][j];
            }
        }
    }
    let solve = |b: &[f64]| {
        let mut x: Vec<f64> = b.iter().zip(&scale).map(|(b, s)| b / s).collect();
        for i in 0..p {
            let dot: f64 = (0..i).map(|k| l[i][k] * x[k]).sum();
            x[i] = (x[i] - dot) / l[i][i];
        }
        for i in (0..p).rev() {
            let dot: f64 = (i + 1..p).map(|k| l[k][i] * x[k]).sum();
            x[i] = (x[i] - dot) / l[i][i];
        }
        x.iter_mut().zip(&scale).for_each(|(x, s)| *x /= s);
        x
    };
    let inverse: Vec<Vec<f64>> = (0..p)
        .map(|i| {
            let mut unit = vec![0.0; p];
            unit[i] = 1.0;
            solve(&unit)
        })
        .collect();
    Some((solve(rhs), inverse))
}
