//! Nonparametric latent class model (Manrique-Vallier 2016, Biometrics 72).
//!
//! Persons fall into unknown classes; within a class the lists are independent. Class `k` has weight `nu_k` by stick
//! breaking, `nu_k = V_k prod over l < k of (1 - V_l)` with `V_k ~ Beta(1, alpha)`, `alpha ~ Gamma(1/4, 1/4)`, and
//! chances `lambda_kj ~ U(0, 1)`; `p(N)` is proportional to `1 / N`.
//!
//! The number of unseen is integrated out: with `p(w)` the chance of history `w`, the likelihood of the parameters is
//! `prod p(w)^n(w) / (1 - p(0))^n`, and given them the unseen are negative binomial. There is no cap on `N`. The
//! posterior of tables with little overlap has several modes, between which a Gibbs sampler hardly ever moves; here
//! Hamiltonian steps on unbounded parameters run at a ladder of temperatures and swap (parallel tempering), so that
//! chains cross between modes. Each chain has its own random stream: the result does not depend on threads.

mod target;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution as _, Gamma, Poisson, StandardNormal};
use rayon::prelude::*;

use crate::chains::Convergence;
use crate::chance::stream;
use crate::histories::Histories;
use target::{Target, Work};

/// How long and how hard to sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// Latent classes at most.
    pub classes: usize,
    /// Chains, four at least.
    pub chains: usize,
    /// Iterations of warm-up, in which step sizes are set.
    pub warm_up: usize,
    /// Iterations between two looks at convergence.
    pub block: usize,
    /// The most blocks.
    pub blocks: usize,
    /// Stop when the smaller effective sample size reaches this and R-hat passes.
    pub enough: f64,
    /// Seed.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { classes: 10, chains: 4, warm_up: 1000, block: 2000, blocks: 15, enough: 1000.0, seed: 1 }
    }
}

/// The draws.
#[derive(Debug, Clone)]
pub struct LatentClassPosterior {
    /// Population sizes by chain.
    pub draws: Vec<Vec<f64>>,
    /// Whether to believe them.
    pub convergence: Convergence,
}

/// Inverse temperatures: the likelihood is raised to these powers.
const LADDER: [f64; 10] = [1.0, 0.82, 0.66, 0.52, 0.4, 0.31, 0.23, 0.16, 0.1, 0.05];

/// Shape and rate of the gamma prior of `alpha`.
const ALPHA: f64 = 0.25;

/// Acceptance rate at which step sizes aim.
const TARGET: f64 = 0.75;

/// Samples the posterior. `tick` is called once a block and chain.
pub fn sample(h: &Histories, sampling: &Sampling, tick: &(dyn Fn() + Sync)) -> LatentClassPosterior {
    let model = Target::new(h, sampling.classes);
    let mut chains: Vec<Chain<'_>> =
        (0..sampling.chains.max(4)).map(|c| Chain::new(&model, stream(sampling.seed, c as u64))).collect();
    chains.par_iter_mut().for_each(|c| c.run(sampling.warm_up, true));
    let mut convergence = None;
    for _ in 0..sampling.blocks.max(1) {
        chains.par_iter_mut().for_each(|c| {
            c.run(sampling.block, false);
            tick();
        });
        let draws: Vec<Vec<f64>> = chains.iter().map(|c| c.draws.clone()).collect();
        let now = Convergence::from_chains(&draws);
        convergence = Some(now);
        if now.passed() && now.ess_bulk.min(now.ess_tail) >= sampling.enough {
            break;
        }
    }
    let draws: Vec<Vec<f64>> = chains.into_iter().map(|c| c.draws).collect();
    let convergence = convergence.unwrap_or_else(|| Convergence::from_chains(&draws));
    LatentClassPosterior { draws, convergence }
}

/// The state at one temperature.
struct Rung {
    beta: f64,
    x: Vec<f64>,
    log_likelihood: f64,
    log_prior: f64,
    gradient: Vec<f64>,
    unseen_chance: f64,
    log_step: f64,
}

/// One chain: a rung for each temperature.
struct Chain<'a> {
    target: &'a Target,
    rng: ChaCha8Rng,
    rungs: Vec<Rung>,
    work: Work,
    draws: Vec<f64>,
    iteration: usize,
}

impl<'a> Chain<'a> {
    fn new(target: &'a Target, mut rng: ChaCha8Rng) -> Self {
        let mut work = Work::new(target);
        let rungs = LADDER
            .iter()
            .map(|beta| {
                // Dispersed starts: chances from 2% to 50%, sticks around a half.
                let kt = target.classes * target.t;
                let x: Vec<f64> = (0..target.dimensions())
                    .map(|i| {
                        let u: f64 = rng.random();
                        if i < kt { -4.0 + 4.0 * u } else { -1.0 + 2.0 * u }
                    })
                    .collect();
                let (log_likelihood, log_prior) = target.evaluate(&x, *beta, &mut work);
                Rung {
                    beta: *beta,
                    x,
                    log_likelihood,
                    log_prior,
                    gradient: work.gradient.clone(),
                    unseen_chance: work.unseen_chance,
                    log_step: (0.02_f64).ln(),
                }
            })
            .collect();
        Self { target, rng, rungs, work, draws: Vec::new(), iteration: 0 }
    }

    fn run(&mut self, iterations: usize, warm_up: bool) {
        for _ in 0..iterations {
            for r in 0..self.rungs.len() {
                self.exchange_classes(r);
                self.hamiltonian(r, warm_up);
            }
            self.swap();
            self.iteration += 1;
            if !warm_up {
                let draw = self.draw_size();
                self.draws.push(draw);
            }
        }
    }

    /// One Hamiltonian step at a rung: up to 20 leapfrog steps, accepted by Metropolis.
    fn hamiltonian(&mut self, r: usize, warm_up: bool) {
        let rung = &mut self.rungs[r];
        // A step size that varies a little avoids cycles.
        let step = rung.log_step.exp() * (0.8 + 0.4 * self.rng.random::<f64>());
        let steps = 4 + (12.0 * self.rng.random::<f64>()) as usize;
        let mut x = rung.x.clone();
        let mut momentum: Vec<f64> = x.iter().map(|_| StandardNormal.sample(&mut self.rng)).collect();
        let energy = |likelihood: f64, prior: f64, momentum: &[f64]| {
            rung.beta * likelihood + prior - 0.5 * momentum.iter().map(|p| p * p).sum::<f64>()
        };
        let start = energy(rung.log_likelihood, rung.log_prior, &momentum);
        let mut gradient = rung.gradient.clone();
        let (mut likelihood, mut prior) = (rung.log_likelihood, rung.log_prior);
        for _ in 0..steps {
            for ((p, x), g) in momentum.iter_mut().zip(&mut x).zip(&gradient) {
                *p += 0.5 * step * g;
                *x += step * *p;
            }
            (likelihood, prior) = self.target.evaluate(&x, rung.beta, &mut self.work);
            gradient.clone_from(&self.work.gradient);
            for (p, g) in momentum.iter_mut().zip(&gradient) {
                *p += 0.5 * step * g;
            }
            if !likelihood.is_finite() || !prior.is_finite() {
                break;
            }
        }
        let gain = energy(likelihood, prior, &momentum) - start;
        let chance = if gain.is_nan() { 0.0 } else { gain.min(0.0).exp() };
        if self.rng.random::<f64>() < chance {
            rung.x = x;
            rung.log_likelihood = likelihood;
            rung.log_prior = prior;
            rung.gradient = gradient;
            rung.unseen_chance = self.work.unseen_chance;
        }
        if warm_up {
            rung.log_step += (chance - TARGET) * 2.0 / (10.0 + self.iteration as f64).sqrt();
        }
    }

    /// Lets neighbouring classes change places, weights and all. The likelihood does not notice; the prior prefers large
    /// classes in front, with odds `(1 - V) / (1 - V')` for the stick `V` of the one in front.
    fn exchange_classes(&mut self, r: usize) {
        let (t, k) = (self.target.t, self.target.classes);
        let rung = &mut self.rungs[r];
        let mut moved = false;
        // The last class has no stick of its own; it changes places by way of the one before it.
        for c in 0..k.saturating_sub(2) {
            let (front, back) = (rung.x[k * t + c].exp(), rung.x[k * t + c + 1].exp());
            // New stick in front: V' = U (1 - V); the product of the (1 - V) stays as it is.
            let new_front = -((-back).exp_m1() * (-front).exp()).ln_1p();
            let new_back = front + back - new_front;
            let accept = (new_front - front).exp();
            if new_front > 0.0 && new_back > 0.0 && self.rng.random::<f64>() < accept {
                (rung.x[k * t + c], rung.x[k * t + c + 1]) = (new_front.ln(), new_back.ln());
                for j in 0..t {
                    rung.x.swap(j * k + c, j * k + c + 1);
                }
                moved = true;
            }
        }
        if moved {
            (rung.log_likelihood, rung.log_prior) = self.target.evaluate(&rung.x, rung.beta, &mut self.work);
            rung.gradient.clone_from(&self.work.gradient);
            rung.unseen_chance = self.work.unseen_chance;
        }
    }

    /// Swaps neighbouring temperatures, even and odd pairs in turn.
    fn swap(&mut self) {
        for low in (self.iteration % 2..self.rungs.len() - 1).step_by(2) {
            let (a, b) = (&self.rungs[low], &self.rungs[low + 1]);
            let gain = (a.beta - b.beta) * (b.log_likelihood - a.log_likelihood);
            if self.rng.random::<f64>().ln() < gain {
                let (left, right) = self.rungs.split_at_mut(low + 1);
                let (a, b) = (&mut left[low], &mut right[0]);
                std::mem::swap(&mut a.x, &mut b.x);
                std::mem::swap(&mut a.log_likelihood, &mut b.log_likelihood);
                std::mem::swap(&mut a.log_prior, &mut b.log_prior);
                std::mem::swap(&mut a.unseen_chance, &mut b.unseen_chance);
                for rung in [a, b] {
                    let _ = self.target.evaluate(&rung.x, rung.beta, &mut self.work);
                    rung.gradient.clone_from(&self.work.gradient);
                }
            }
        }
    }

    /// The population size given the parameters: the unseen are negative binomial, a Poisson with a gamma mean.
    fn draw_size(&mut self) -> f64 {
        let p0 = self.rungs[0].unseen_chance;
        let n = self.target.n;
        let rate = Gamma::new(n, p0 / (1.0 - p0)).map_or(0.0, |g| g.sample(&mut self.rng));
        // Above this a Poisson draw differs from its mean by less than the rounding of the sampler.
        let unseen = if rate < 1e15 {
            Poisson::new(rate.max(f64::MIN_POSITIVE)).map_or(0.0, |p| p.sample(&mut self.rng))
        } else {
            rate
        };
        n + unseen
    }
}

#[cfg(test)]
mod tests;
