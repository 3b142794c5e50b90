//! A column `h(k)` for the number of lists: `p(w)` is proportional to `exp(sum of b_j over w + tau h(|w|))`.
//!
//! The total over all histories is `sum_k e_k(exp b) exp(tau h(k))` with `e_k` the elementary symmetric polynomials, so
//! nothing grows with the number of histories. The log-likelihood is concave.

use super::Chances;
use super::ascent::{Derivatives, Objective, shared};
use super::trace::Member;
use crate::histories::Mask;

/// Log odds, and `tau` in units of the range of `h`, stay within this.
const LIMIT: f64 = 500.0;

#[derive(Debug)]
pub(super) struct Column {
    by_list: bool,
    n: f64,
    sizes: Vec<f64>,
    /// `h(k)` over its largest absolute value; `None` without heterogeneity.
    h: Option<Vec<f64>>,
    /// `sum of h(k)` over the persons seen.
    total_h: f64,
    log_unseen: f64,
    log_total: f64,
}

impl Column {
    pub(super) fn new(
        sizes: Vec<f64>,
        frequencies: &[f64],
        h: Option<fn(f64) -> f64>,
        by_list: bool,
    ) -> Self {
        let h = h.map(|h| scaled(h, sizes.len()));
        let total_h = h.as_ref().map_or(0.0, |h| h.iter().zip(frequencies).map(|(h, f)| h * f).sum());
        let n = frequencies[1..].iter().sum();
        Self { by_list, n, sizes, h, total_h, log_unseen: 0.0, log_total: 0.0 }
    }

    fn centres(&self, theta: &[f64]) -> Vec<f64> {
        (0..self.sizes.len()).map(|j| theta[if self.by_list { j } else { 0 }]).collect()
    }
}

/// Where a log-linear model with a column starts: each list by its share of the total, no terms of several lists, no column.
pub(super) fn start_of_terms(terms: impl Iterator<Item = Mask>, statistics: &[f64], total: f64) -> Vec<f64> {
    let own = |(a, m): (Mask, &f64)| if a.is_power_of_two() { start_logit(m / total) } else { 0.0 };
    terms.zip(statistics).map(own).chain([0.0]).collect()
}

/// `h` at `0..=t`, divided by its largest absolute value.
pub(super) fn scaled(h: fn(f64) -> f64, t: usize) -> Vec<f64> {
    let values: Vec<f64> = (0..=t).map(|k| h(k as f64) - h(0.0)).collect();
    let largest = values.iter().fold(0.0_f64, |a, v| a.max(v.abs()));
    values.iter().map(|v| v / largest).collect()
}

/// Elementary symmetric polynomials of the odds, those of the lists in `without` left out.
fn polynomials(odds: &[f64], without: &[usize]) -> Vec<f64> {
    let mut e = vec![0.0; odds.len() + 1];
    e[0] = 1.0;
    let mut degree = 0;
    for (j, x) in odds.iter().enumerate() {
        if without.contains(&j) {
            continue;
        }
        degree += 1;
        for k in (1..=degree).rev() {
            e[k] += x * e[k - 1];
        }
    }
    e
}

impl Member for Column {
    fn log_unseen(&self) -> f64 {
        self.log_unseen
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        let total = self.n + unseen;
        let mut theta: Vec<f64> = if self.by_list {
            self.sizes.iter().map(|m| start_logit(*m / total)).collect()
        } else {
            vec![start_logit(self.sizes.iter().sum::<f64>() / self.sizes.len() as f64 / total)]
        };
        if self.h.is_some() {
            theta.push(0.0);
        }
        vec![theta]
    }

    fn many_tops(&self) -> bool {
        false
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        let tau = if self.h.is_some() { theta[theta.len() - 1] } else { 0.0 };
        let h = |k: usize| self.h.as_ref().map_or(0.0, |h| h[k]);
        let by_number = (0..=self.sizes.len()).map(|k| tau * h(k) - self.log_total).collect();
        Chances::Exchangeable { log_odds: self.centres(theta), by_number }
    }
}

/// The log odds of a share, kept off the ends.
pub(super) fn start_logit(share: f64) -> f64 {
    let p = share.clamp(1e-9, 1.0 - 1e-3);
    (p / (1.0 - p)).ln()
}

impl Objective for Column {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let t = self.sizes.len();
        let with_h = self.h.is_some();
        let p = t + usize::from(with_h);
        let centres = self.centres(theta);
        let tau = if with_h { theta[theta.len() - 1] } else { 0.0 };
        let h = |k: usize| self.h.as_ref().map_or(0.0, |h| h[k]);
        // Odds around one, so that nothing overflows; what that takes away is given back by the number of lists.
        let middle = centres.iter().sum::<f64>() / t as f64;
        let odds: Vec<f64> = centres.iter().map(|b| (b - middle).exp()).collect();
        let all = polynomials(&odds, &[]);
        let by_number = |k: usize| tau * h(k) + middle * k as f64;
        let logs: Vec<f64> = (0..=t).map(|k| all[k].ln() + by_number(k)).collect();
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.log_total = top + logs.iter().map(|l| (l - top).exp()).sum::<f64>().ln();
        self.log_unseen = -self.log_total;
        let weight: Vec<f64> = (0..=t).map(|k| (by_number(k) - self.log_total).exp()).collect();
        let persons = self.n + unseen;
        let mean_h: f64 = (0..=t).map(|k| h(k) * all[k] * weight[k]).sum();

        let mut full = Derivatives::default();
        full.clear(p);
        let mut chance = vec![0.0; t];
        for i in 0..t {
            let others = polynomials(&odds, &[i]);
            let on = |k: usize| odds[i] * others[k - 1] * weight[k];
            chance[i] = (1..=t).map(on).sum();
            if with_h {
                let joint: f64 = (1..=t).map(|k| h(k) * on(k)).sum();
                full.observed[t * p + i] = persons * (joint - chance[i] * mean_h);
            }
            full.gradient[i] = self.sizes[i] - persons * chance[i];
            full.observed[i * p + i] = persons * chance[i] * (1.0 - chance[i]);
            for j in 0..i {
                let others = polynomials(&odds, &[i, j]);
                let both: f64 = (2..=t).map(|k| odds[i] * odds[j] * others[k - 2] * weight[k]).sum();
                full.observed[i * p + j] = persons * (both - chance[i] * chance[j]);
            }
        }
        if with_h {
            let square: f64 = (0..=t).map(|k| h(k) * h(k) * all[k] * weight[k]).sum();
            full.gradient[t] = self.total_h - persons * mean_h;
            full.observed[t * p + t] = persons * (square - mean_h * mean_h);
        }
        for i in 0..p {
            full.complete[i * p + i] = full.observed[i * p + i];
        }
        full.mirror();
        if with_h {
            shared(&full, self.by_list, d);
        } else if self.by_list {
            d.clone_from(&full);
        } else {
            d.clear(1);
            d.gradient[0] = full.gradient.iter().sum();
            d.observed[0] = full.observed.iter().sum();
            d.complete[0] = d.observed[0];
        }
        centres.iter().zip(&self.sizes).map(|(b, m)| b * m).sum::<f64>() + tau * self.total_h
            - persons * self.log_total
    }

    fn limit(&self) -> f64 {
        LIMIT
    }

    fn reach(&self) -> f64 {
        3.0
    }
}
