//! The closed-population family for many lists, without its `2^t` cells.
//!
//! In every model of the family the mean of a cell is `exp(b0) v(k) prod of x_j over the lists j of the cell`, with `k`
//! their number. The mean number of persons on `k` lists is then an elementary symmetric polynomial of the `x_j`, and so
//! are those on `k` lists of which one or two are given: all that the score and the information need. A fit takes
//! `t^4` operations.

use crate::glm::solve_symmetric;

/// A model: one column for each list or one for their number, and functions of the number of lists.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) lists: usize,
    pub(super) by_list: bool,
    /// Values of each function for 0 to `lists` lists.
    pub(super) functions: Vec<Vec<f64>>,
}

/// What the model needs of the counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sums {
    /// Persons on each list.
    list: Vec<f64>,
    /// Persons on 0, 1, ... lists; those on none count only where `with_unseen`.
    times: Vec<f64>,
    /// Sum of `n log n - n` over the cells.
    saturated: f64,
    with_unseen: bool,
}

/// A fit: parameters in the order of the columns of a design, the intercept first.
#[derive(Debug, Clone)]
pub(super) struct SymmetricFit {
    pub(super) coefficients: Vec<f64>,
    pub(super) covariance: Vec<Vec<f64>>,
    pub(super) deviance: f64,
    pub(super) converged: bool,
}

impl Sums {
    /// From counts by cell, the unseen first.
    pub(super) fn new(lists: usize, cells: &[f64], with_unseen: bool) -> Self {
        let (mut list, mut times) = (vec![0.0; lists], vec![0.0; lists + 1]);
        let mut saturated = 0.0;
        for (w, n) in cells.iter().enumerate().filter(|c| *c.1 > 0.0 && (c.0 > 0 || with_unseen)) {
            times[w.count_ones() as usize] += n;
            (0..lists).filter(|j| w >> j & 1 == 1).for_each(|j| list[j] += n);
            saturated += n * n.ln() - n;
        }
        Self { list, times, saturated, with_unseen }
    }

    /// The same with the unseen cell as part of the fit.
    pub(super) fn with_unseen(&self, unseen: f64) -> Self {
        let mut sums = self.clone();
        sums.times[0] = unseen;
        sums.with_unseen = true;
        if unseen > 0.0 {
            sums.saturated += unseen * unseen.ln() - unseen;
        }
        sums
    }
}

/// Elementary symmetric polynomials of order 0 to the number of values.
fn elementary(x: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut e = vec![1.0];
    for value in x {
        e.push(0.0);
        for k in (1..e.len()).rev() {
            e[k] += value * e[k - 1];
        }
    }
    e
}

impl Shape {
    fn parameters(&self) -> usize {
        1 + if self.by_list { self.lists } else { 1 } + self.functions.len()
    }

    /// Sums of the columns of the design, weighted by counts.
    fn statistic(&self, sums: &Sums) -> Vec<f64> {
        let over =
            |f: &dyn Fn(usize) -> f64| -> f64 { sums.times.iter().enumerate().map(|(k, n)| n * f(k)).sum() };
        let mut all = vec![over(&|_| 1.0)];
        if self.by_list {
            all.extend(&sums.list);
        } else {
            all.push(over(&|k| k as f64));
        }
        all.extend(self.functions.iter().map(|g| over(&|k| g[k])));
        all
    }

    /// The total of the means, the sums of the columns weighted by them, and the information.
    fn moments(&self, beta: &[f64], with_unseen: bool) -> (Vec<f64>, Vec<Vec<f64>>) {
        let (t, p) = (self.lists, self.parameters());
        let first = if self.by_list { 1 + t } else { 2 };
        let x: Vec<f64> = (0..t).map(|j| beta[if self.by_list { 1 + j } else { 1 }].exp()).collect();
        let v: Vec<f64> = (0..=t)
            .map(|k| {
                let power: f64 = self.functions.iter().zip(&beta[first..]).map(|(g, b)| b * g[k]).sum();
                if k == 0 && !with_unseen { 0.0 } else { (beta[0] + power).exp() }
            })
            .collect();
        let without = |a: usize, b: usize| {
            elementary(x.iter().enumerate().filter(|(i, _)| *i != a && *i != b).map(|(_, x)| *x))
        };
        // Persons on k lists: all, those on a given list, those on two given lists.
        let by_times: Vec<f64> = elementary(x.iter().copied()).iter().zip(&v).map(|(e, v)| e * v).collect();
        let shifted = |e: &[f64], by: usize, factor: f64| -> Vec<f64> {
            (0..=t)
                .map(|k| if k < by { 0.0 } else { factor * v[k] * e.get(k - by).copied().unwrap_or(0.0) })
                .collect()
        };
        let on_list: Vec<Vec<f64>> = if self.by_list {
            (0..t).map(|j| shifted(&without(j, j), 1, x[j])).collect()
        } else {
            Vec::new()
        };
        let function = |i: usize, k: usize| match i {
            0 => 1.0,
            1 if !self.by_list => k as f64,
            _ => self.functions[i - first][k],
        };
        let weigh = |means: &[f64], f: &dyn Fn(usize) -> f64| -> f64 {
            means.iter().enumerate().map(|(k, m)| m * f(k)).sum()
        };
        let is_list = |i: usize| self.by_list && (1..=t).contains(&i);
        let mut information = vec![vec![0.0; p]; p];
        for a in 0..p {
            for b in 0..=a {
                let value = match (is_list(a), is_list(b)) {
                    (true, true) if a == b => weigh(&on_list[a - 1], &|_| 1.0),
                    (true, true) => weigh(&shifted(&without(a - 1, b - 1), 2, x[a - 1] * x[b - 1]), &|_| 1.0),
                    (true, false) => weigh(&on_list[a - 1], &|k| function(b, k)),
                    (false, true) => weigh(&on_list[b - 1], &|k| function(a, k)),
                    (false, false) => weigh(&by_times, &|k| function(a, k) * function(b, k)),
                };
                (information[a][b], information[b][a]) = (value, value);
            }
        }
        (information[0].clone(), information)
    }

    /// Maximum likelihood by Fisher scoring, from `start` or from list sizes.
    pub(super) fn fit(&self, sums: &Sums, start: Option<&[f64]>) -> SymmetricFit {
        let p = self.parameters();
        let statistic = self.statistic(sums);
        let mut beta = start.map_or_else(|| self.guess(sums), <[f64]>::to_vec);
        let log_likelihood =
            |beta: &[f64], total: f64| beta.iter().zip(&statistic).map(|(b, s)| b * s).sum::<f64>() - total;
        let (mut means, mut information) = self.moments(&beta, sums.with_unseen);
        let mut value = log_likelihood(&beta, means[0]);
        let mut fit = SymmetricFit {
            coefficients: Vec::new(),
            covariance: vec![vec![f64::NAN; p]; p],
            deviance: f64::INFINITY,
            converged: false,
        };
        for _ in 0..200 {
            let score: Vec<f64> = statistic.iter().zip(&means).map(|(s, m)| s - m).collect();
            let Some((step, inverse)) = solve_symmetric(&information, &score) else { break };
            fit.covariance = inverse;
            let decrement: f64 = step.iter().zip(&score).map(|(a, b)| a * b).sum();
            if decrement < 1e-11 {
                fit.converged = true;
                break;
            }
            let mut scale = 1.0;
            loop {
                let next: Vec<f64> = beta.iter().zip(&step).map(|(b, s)| b + scale * s).collect();
                let moments = self.moments(&next, sums.with_unseen);
                let reached = log_likelihood(&next, moments.0[0]);
                if reached >= value - 1e-12 * (1.0 + value.abs()) || scale < 1e-12 {
                    (beta, value) = (next, reached);
                    (means, information) = moments;
                    break;
                }
                scale *= 0.5;
            }
        }
        fit.deviance = (2.0 * (sums.saturated - value)).max(0.0);
        fit.coefficients = beta;
        fit
    }

    /// Leading bias of `exp(b0)`, as for a regression on cells: `-e^{b0} (V psi)_0 / 2`, with `psi` the sum over cells of
    /// `mu x (x' V x)`, less 1 for the intercept.
    pub(super) fn intercept_bias(&self, fit: &SymmetricFit) -> f64 {
        let (t, p) = (self.lists, self.parameters());
        let mut psi = vec![0.0; p];
        let mut x = vec![0.0; p];
        x[0] = 1.0;
        for w in 1..1_usize << t {
            let k = w.count_ones() as usize;
            if self.by_list {
                (0..t).for_each(|j| x[1 + j] = (w >> j & 1) as f64);
            } else {
                x[1] = k as f64;
            }
            let first = p - self.functions.len();
            x[first..].iter_mut().zip(&self.functions).for_each(|(x, g)| *x = g[k]);
            let mean = x.iter().zip(&fit.coefficients).map(|(x, b)| x * b).sum::<f64>().exp();
            let row = |a: usize| x.iter().zip(&fit.covariance[a]).map(|(x, v)| x * v).sum::<f64>();
            let quadratic: f64 = (0..p).filter(|a| x[*a] != 0.0).map(|a| x[a] * row(a)).sum();
            psi.iter_mut().zip(&x).for_each(|(s, x)| *s += x * mean * quadratic);
        }
        psi[0] -= 1.0;
        let shift: f64 = fit.covariance[0].iter().zip(&psi).map(|(v, s)| v * s).sum();
        -0.5 * fit.coefficients[0].exp() * shift
    }

    /// Independent lists on twice as many persons as were seen.
    fn guess(&self, sums: &Sums) -> Vec<f64> {
        let seen: f64 = sums.times[1..].iter().sum();
        let size = 2.0 * seen;
        let odds = |m: f64| (m.max(0.1) / (size - m.min(0.9 * size))).ln();
        let mean = sums.list.iter().sum::<f64>() / self.lists as f64;
        let mut beta = vec![0.0];
        if self.by_list {
            beta.extend(sums.list.iter().map(|m| odds(*m)));
        } else {
            beta.push(odds(mean));
        }
        beta.resize(self.parameters(), 0.0);
        let total = self.moments(&beta, sums.with_unseen).0[0];
        beta[0] = (sums.times.iter().sum::<f64>() / total).ln();
        beta
    }
}
