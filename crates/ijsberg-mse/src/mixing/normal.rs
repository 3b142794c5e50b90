//! Normal mixing: `logit p_j(Z) = b_j + sigma Z`, `Z` standard normal.
//!
//! The chance of a history on `k` lists is `exp(sum of b_j over its lists) G_k` with
//! `G_k = E[exp(k sigma Z) prod (1 - p_j(Z))]`, so the list sizes and the numbers on `k` lists are all that the likelihood
//! needs, however many lists there are. Expectations are sums over equally spaced `Z`: for a smooth integrand with normal
//! tails the error falls exponentially with the spacing, and no rule of fixed order is as good when `sigma` is large.

use super::Chances;
use super::ascent::{Derivatives, Objective, shared};
use super::column::start_logit;
use super::trace::Member;
use crate::cholesky::dot;

/// Log odds and `sigma` stay within this.
const LIMIT: f64 = 30.0;
/// Where a start has less spread it is given this, since the slope at none is nil.
const SPREAD: f64 = 0.2;
/// Spreads from which the climb starts.
const STARTS: [f64; 3] = [0.4, 1.5, 5.0];
/// The normal density is left out beyond this, `1e-11` of its height.
const TAIL: f64 = 7.0;

/// Nodes and weights for spreads up to `largest`.
#[derive(Debug)]
struct Rule {
    largest: f64,
    nodes: Vec<f64>,
    weights: Vec<f64>,
}

impl Rule {
    /// `finer` divides the spacing.
    fn new(largest: f64, lists: usize, finer: f64) -> Self {
        // The poles of the logistic function lie at a distance of pi / sigma, where the error is exp(-2 pi^2 / (spacing sigma)).
        let spacing = 0.4_f64.min(0.7 / largest) / finer;
        let highest = TAIL + (largest * lists as f64).min(2.0 * LIMIT / largest);
        let count = ((highest + TAIL) / spacing).ceil() as usize;
        let nodes: Vec<f64> = (0..=count).map(|i| -TAIL + spacing * i as f64).collect();
        let density = |z: &f64| (-0.5 * z * z).exp();
        let sum: f64 = nodes.iter().map(density).sum();
        let weights = nodes.iter().map(|z| density(z) / sum).collect();
        Self { largest, nodes, weights }
    }
}

/// The sufficient statistics, and room for what a pass works out by node.
#[derive(Debug)]
pub(super) struct Normal {
    by_list: bool,
    sizes: Vec<f64>,
    /// Persons on `k` lists, the unseen at index 0.
    frequencies: Vec<f64>,
    rules: Vec<Rule>,
    /// Chances by list and node.
    chance: Vec<f64>,
    /// Terms of `G_k` by number of lists and node.
    part: Vec<f64>,
    log_g: Vec<f64>,
    full: Derivatives,
}

impl Normal {
    pub(super) fn new(sizes: Vec<f64>, frequencies: Vec<f64>, by_list: bool) -> Self {
        Self::with_spacing(sizes, frequencies, by_list, 1.0)
    }

    fn with_spacing(sizes: Vec<f64>, frequencies: Vec<f64>, by_list: bool, finer: f64) -> Self {
        let t = sizes.len();
        let rules = (0..7).map(|i| Rule::new(0.5 * f64::from(1 << i), t, finer)).collect();
        Self {
            by_list,
            sizes,
            frequencies,
            rules,
            chance: Vec::new(),
            part: Vec::new(),
            log_g: vec![0.0; t + 1],
            full: Derivatives::default(),
        }
    }

    fn centres(&self, theta: &[f64]) -> Vec<f64> {
        (0..self.sizes.len()).map(|j| theta[if self.by_list { j } else { 0 }]).collect()
    }

    /// Fills `chance` and `part`, whose sums over nodes are `G_k`.
    fn tabulate(&mut self, rule: usize, centres: &[f64], sigma: f64) {
        let t = centres.len();
        let Rule { nodes, weights, .. } = &self.rules[rule];
        // A person on all lists is at t sigma or, when that is certain enough, where the chances are near one.
        let lowest = centres.iter().fold(0.0_f64, |a, b| a.min(*b));
        let highest = TAIL + (sigma.abs() * t as f64).min(-lowest / sigma.abs().max(1e-9));
        let q = nodes.partition_point(|z| *z <= highest).max(2);
        let (nodes, weights) = (&nodes[..q], &weights[..q]);
        self.chance.clear();
        self.chance.resize(t * q, 0.0);
        self.part.clear();
        self.part.resize((t + 1) * q, 0.0);
        let odds: Vec<f64> = centres.iter().map(|b| b.exp()).collect();
        for (i, (z, weight)) in nodes.iter().zip(weights).enumerate() {
            let x = (sigma * z).exp();
            // The largest of the terms first and downwards from there, so that nothing overflows.
            let mut term = *weight;
            for (j, o) in odds.iter().enumerate() {
                let odd = o * x;
                let missed = 1.0 / (1.0 + odd);
                self.chance[j * q + i] = odd * missed;
                term *= if x > 1.0 { x * missed } else { missed };
            }
            if x > 1.0 {
                let back = 1.0 / x;
                for k in (0..=t).rev() {
                    self.part[k * q + i] = term;
                    term *= back;
                }
            } else {
                for k in 0..=t {
                    self.part[k * q + i] = term;
                    term *= x;
                }
            }
        }
        for k in 0..=t {
            self.log_g[k] = self.part[k * q..(k + 1) * q].iter().sum::<f64>().ln();
        }
    }

    /// Adds what the persons on `k` lists say of who they are: minus the square of their mean score goes to the information.
    fn collect(&mut self, rule: usize, unseen: f64) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let t = self.sizes.len();
        let p = t + 1;
        let q = self.chance.len() / t;
        let nodes = &self.rules[rule].nodes[..q];
        let mut moments = (vec![0.0; q], vec![0.0; q], vec![0.0; q]);
        let expected: Vec<f64> = (0..q).map(|i| (0..t).map(|j| self.chance[j * q + i]).sum()).collect();
        let mut mean = vec![0.0; p];
        for k in 0..=t {
            let persons = if k == 0 { unseen } else { self.frequencies[k] };
            if persons <= 0.0 {
                continue;
            }
            let part = &self.part[k * q..(k + 1) * q];
            let share = (-self.log_g[k]).exp();
            let lists = k as f64;
            for i in 0..q {
                let c = persons * share * part[i];
                moments.0[i] += c;
                moments.1[i] += c * lists;
                moments.2[i] += c * lists * lists;
            }
            for (j, m) in mean[..t].iter_mut().enumerate() {
                *m = -share * dot(part, &self.chance[j * q..(j + 1) * q]);
            }
            mean[t] = share
                * part.iter().zip(nodes).zip(&expected).map(|((v, z), e)| v * z * (lists - e)).sum::<f64>();
            for a in 0..p {
                for b in 0..=a {
                    self.full.observed[a * p + b] += persons * mean[a] * mean[b];
                }
            }
        }
        moments
    }
}

impl Member for Normal {
    fn log_unseen(&self) -> f64 {
        self.log_g[0]
    }

    fn starts(&mut self, unseen: f64) -> Vec<Vec<f64>> {
        let total = self.frequencies[1..].iter().sum::<f64>() + unseen;
        let centres: Vec<f64> = if self.by_list {
            self.sizes.iter().map(|m| start_logit(m / total)).collect()
        } else {
            vec![start_logit(self.sizes.iter().sum::<f64>() / self.sizes.len() as f64 / total)]
        };
        let start = |sigma: f64| {
            // A spread pulls chances to one half, so the centres lie as much farther from it.
            let stretch = (1.0 + sigma * sigma / 3.0).sqrt();
            centres.iter().map(|b| (b * stretch).clamp(-LIMIT, LIMIT)).chain([sigma]).collect()
        };
        STARTS.map(start).to_vec()
    }

    fn many_tops(&self) -> bool {
        true
    }

    fn warm(&self, theta: &mut [f64]) {
        if let Some(sigma) = theta.last_mut() {
            *sigma = sigma.abs().max(SPREAD);
        }
    }

    fn chances(&mut self, theta: &[f64]) -> Chances {
        Chances::Exchangeable { log_odds: self.centres(theta), by_number: self.log_g.clone() }
    }
}

impl Objective for Normal {
    fn derivatives(&mut self, unseen: f64, theta: &[f64], d: &mut Derivatives) -> f64 {
        let t = self.sizes.len();
        let p = t + 1;
        let centres = self.centres(theta);
        let sigma = theta[theta.len() - 1];
        let rule = self.rules.iter().position(|r| sigma.abs() <= r.largest).unwrap_or(self.rules.len() - 1);
        self.tabulate(rule, &centres, sigma);
        self.full.clear(p);
        let (mass, once, twice) = self.collect(rule, unseen);
        let q = mass.len();
        let nodes = &self.rules[rule].nodes[..q];
        let full = &mut self.full;
        // By node: persons times the variance of being on a list, and what a change of sigma adds to it.
        let (mut spread, mut pull) = (vec![0.0; q], vec![0.0; q]);
        for j in 0..t {
            let chance = &self.chance[j * q..(j + 1) * q];
            let weighted: Vec<f64> = chance.iter().zip(&mass).map(|(c, m)| c * m).collect();
            full.gradient[j] = self.sizes[j] - weighted.iter().sum::<f64>();
            for i in 0..q {
                spread[i] += weighted[i] * (1.0 - chance[i]);
                pull[i] += chance[i];
            }
            let variance: f64 = weighted.iter().zip(chance).map(|(w, c)| w * (1.0 - c)).sum();
            full.complete[j * p + j] = variance;
            full.observed[j * p + j] += variance;
            full.complete[t * p + j] =
                weighted.iter().zip(chance).zip(nodes).map(|((w, c), z)| w * (1.0 - c) * z).sum();
            for l in 0..=j {
                full.observed[j * p + l] -= dot(&weighted, &self.chance[l * q..(l + 1) * q]);
            }
        }
        for (i, z) in nodes.iter().enumerate() {
            let surplus = once[i] - mass[i] * pull[i];
            full.gradient[t] += z * surplus;
            full.complete[t * p + t] += z * z * spread[i];
            full.observed[t * p + t] -=
                z * z * (twice[i] - 2.0 * pull[i] * once[i] + pull[i] * pull[i] * mass[i]);
            for j in 0..t {
                full.observed[t * p + j] += self.chance[j * q + i] * z * surplus;
            }
        }
        for j in 0..=t {
            full.observed[t * p + j] += full.complete[t * p + j];
        }
        full.mirror();
        shared(full, self.by_list, d);
        let log_g = self.log_g.iter().enumerate();
        let persons = |k: usize| if k == 0 { unseen } else { self.frequencies[k] };
        log_g.filter(|(k, _)| persons(*k) > 0.0).map(|(k, g)| persons(k) * g).sum::<f64>()
            + centres.iter().zip(&self.sizes).map(|(b, m)| b * m).sum::<f64>()
    }

    fn limit(&self) -> f64 {
        LIMIT
    }

    fn reach(&self) -> f64 {
        2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twice, four times as many nodes change nothing, with small spread and large, and few persons or many unseen.
    #[test]
    fn nodes_are_enough() {
        let sizes = vec![120.0, 80.0, 60.0, 40.0, 25.0, 12.0];
        let frequencies = vec![0.0, 150.0, 40.0, 15.0, 6.0, 3.0, 1.0];
        let make = |finer| Normal::with_spacing(sizes.clone(), frequencies.clone(), true, finer);
        let (mut own, mut fine) = (make(1.0), make(4.0));
        let (mut d, mut e) = (Derivatives::default(), Derivatives::default());
        for sigma in [0.0, 0.3, 0.9, 1.9, 3.5, 7.0, 15.0, 29.0] {
            for centre in [0.5, -2.0, -8.0, -20.0] {
                for unseen in [0.0, 1e3, 1e6] {
                    let theta: Vec<f64> =
                        (0..6).map(|j| centre - 0.3 * f64::from(j)).chain([sigma]).collect();
                    let a = own.derivatives(unseen, &theta, &mut d);
                    let b = fine.derivatives(unseen, &theta, &mut e);
                    assert!((a - b).abs() < 1e-8 * b.abs().max(1.0), "{sigma} {centre} {unseen}: {a} {b}");
                    for (x, y) in d.gradient.iter().zip(&e.gradient) {
                        assert!(
                            (x - y).abs() < 1e-6 * y.abs().max(1.0),
                            "{sigma} {centre} {unseen}: {x} {y}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let sizes = vec![60.0, 40.0, 30.0];
        let frequencies = vec![0.0, 70.0, 24.0, 4.0];
        let mut normal = Normal::new(sizes, frequencies, true);
        let theta = vec![-1.0, -1.4, -2.1, 1.3];
        let (mut here, mut there) = (Derivatives::default(), Derivatives::default());
        normal.derivatives(150.0, &theta, &mut here);
        for i in 0..4 {
            let mut at = |step: f64| {
                let mut moved = theta.clone();
                moved[i] += step;
                (normal.derivatives(150.0, &moved, &mut there), there.gradient.clone())
            };
            let (up, down) = (at(1e-5), at(-1e-5));
            assert!(((up.0 - down.0) / 2e-5 - here.gradient[i]).abs() < 1e-4);
            for j in 0..4 {
                let second = (up.1[j] - down.1[j]) / 2e-5;
                assert!((second + here.observed[i * 4 + j]).abs() < 1e-4, "{i} {j} {second}");
            }
        }
    }
}
