//! Doubly robust estimates with chosen lists on populations of known size.
//!
//! Persons have one number `x`, uniform between -1 and 1. Among those off the third list the first two are independent given `x`; on the third
//! list their odds ratio is four. Only the first two lists, chosen among persons off the third, give the size.
//!
//! [`with_errors`] compares estimators as Das, Kennedy and Jewell (2021) do, whose package has it as `popsize_simul`: each chance is the true one, moved on
//! the scale of log odds by a normal error with mean and standard deviation `n^-alpha`. [`with_learner`] estimates the chances instead.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::Serialize;

use crate::chance::stream;
use crate::doubly_robust::DoublyRobust;
use crate::doubly_robust::chosen::of_lists;
use crate::doubly_robust::learner::Learner;
use crate::doubly_robust::many_lists::{Person, from_chances};
use crate::histories::Mask;
use crate::strata::table::{Covariate, Scale, StratifiedTable};

/// The number `x` has so many steps from -1 to 1, and one value more.
const STEPS: usize = 400;

/// Odds ratio of the first two lists among persons on the third.
const ODDS_ON_THIRD: f64 = 4.0;

/// A chance that is known with error is kept this far from zero, or a single person could weigh more than all others.
const LEAST_CHANCE: f64 = 1e-3;

/// The level of the intervals.
const LEVEL: f64 = 0.95;

/// A population.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct World {
    /// Its size.
    pub persons: usize,
    /// How far the log odds of the first two lists bend with `x`, in waves that no straight line follows.
    pub bend: f64,
}

/// How an estimator did, relative to the size of the population.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Performance {
    /// Mean error.
    pub bias: f64,
    /// Root of the mean square error.
    pub root: f64,
    /// Share of the intervals that hold the size.
    pub covered: f64,
}

/// The estimates of many populations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Populations with an estimate.
    pub draws: usize,
    /// With the correction.
    pub corrected: Performance,
    /// Without it, with the same standard error.
    pub plug_in: Performance,
    /// Mean standard error over the standard deviation of the corrected estimates.
    pub se_ratio: f64,
}

impl World {
    /// Chances of the histories on three lists at `x`, that of nobody's list first.
    pub fn chances(&self, x: f64) -> [f64; 8] {
        let expit = |t: f64| 1.0 / (1.0 + (-t).exp());
        let wave = self.bend * (3.0 * x).cos();
        let on = [expit(-0.6 + 0.8 * x + wave), expit(-0.3 - 0.6 * x + wave)];
        let third = expit(-0.4 + 0.5 * x);
        let pair =
            |w: usize| -> f64 { (0..2).map(|j| if w >> j & 1 == 1 { on[j] } else { 1.0 - on[j] }).product() };
        let dependent = |w: usize| pair(w) * if w == 3 { ODDS_ON_THIRD } else { 1.0 };
        let total: f64 = (0..4).map(dependent).sum();
        std::array::from_fn(
            |w| {
                if w < 4 { (1.0 - third) * pair(w) } else { third * dependent(w - 4) / total }
            },
        )
    }

    /// Steps of `x` and histories of the persons who are seen.
    fn seen(&self, rng: &mut ChaCha8Rng) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for _ in 0..self.persons {
            let step = rng.random_range(0..=STEPS);
            let mut left: f64 = rng.random();
            let history = self.chances(number(step)).iter().position(|p| {
                left -= p;
                left < 0.0
            });
            all.extend(history.filter(|w| *w > 0).map(|w| (step, w)));
        }
        all
    }

    /// The persons seen as a table with one number.
    fn table(seen: &[(usize, usize)]) -> Option<StratifiedTable> {
        let levels = (0..=STEPS).map(|s| s.to_string()).collect();
        let x = Covariate { name: "x".to_owned(), levels, scale: Scale::Number };
        let rows = seen.iter().map(|(step, w)| (*w as Mask, vec![Some(*step)], 1));
        StratifiedTable::new(["a", "b", "c"].map(String::from).to_vec(), vec![x], rows, Vec::new()).ok()
    }

    fn compared(&self, found: &[(f64, DoublyRobust)]) -> Comparison {
        let size = self.persons as f64;
        let many = found.len() as f64;
        let did = |estimate: &dyn Fn(&DoublyRobust) -> f64| {
            let mut did = Performance::default();
            for (n, d) in found {
                let n_hat = estimate(d);
                let error = n_hat / size - 1.0;
                let interval = DoublyRobust { n_hat, ..*d }.interval(*n, LEVEL);
                did.bias += error / many;
                did.root += error.powi(2) / many;
                let held = interval.lower <= size && size <= interval.upper;
                did.covered += f64::from(u8::from(held)) / many;
            }
            Performance { root: did.root.sqrt(), ..did }
        };
        let corrected = did(&|d| d.n_hat);
        let spread = (corrected.root.powi(2) - corrected.bias.powi(2)).max(0.0).sqrt();
        let se = found.iter().map(|(_, d)| d.se / size).sum::<f64>() / many;
        Comparison { draws: found.len(), corrected, plug_in: did(&|d| d.plug_in), se_ratio: se / spread }
    }
}

/// The value of `x` at a step.
fn number(step: usize) -> f64 {
    2.0 * step as f64 / STEPS as f64 - 1.0
}

/// Persons with the true chances, each wrong by an error of the order `n^-alpha`.
fn wrong(world: &World, seen: &[(usize, usize)], alpha: f64, rng: &mut ChaCha8Rng) -> Vec<Person> {
    let error = (seen.len() as f64).powf(-alpha);
    let person = |(step, history): &(usize, usize)| {
        let p = world.chances(number(*step));
        let q = p[1..4].iter().map(|p_w| {
            let true_chance = p_w / (1.0 - p[0]);
            let normal: f64 = StandardNormal.sample(rng);
            let log_odds = (true_chance / (1.0 - true_chance)).ln() + error * (1.0 + normal);
            (1.0 / (1.0 + (-log_odds).exp())).max(LEAST_CHANCE)
        });
        let q = q.collect();
        Person { history: if *history < 4 { *history } else { 0 }, fold: 0, q }
    };
    seen.iter().map(person).collect()
}

/// Estimates of many populations with chances that are wrong by `n^-alpha`.
pub fn with_errors(world: &World, alpha: f64, draws: u64, seed: u64) -> Comparison {
    let one = |draw: u64| {
        let mut rng = stream(seed, draw);
        let seen = world.seen(&mut rng);
        let found = from_chances(&wrong(world, &seen, alpha, &mut rng))?;
        Some((seen.len() as f64, found))
    };
    let found: Vec<Option<_>> = (0..draws).into_par_iter().map(one).collect();
    world.compared(&found.into_iter().flatten().collect::<Vec<_>>())
}

/// Estimates of many populations with chances that are estimated, for the lists at `places`.
pub fn with_learner(world: &World, places: &[usize], learner: Learner, draws: u64, seed: u64) -> Comparison {
    let one = |draw: u64| {
        let seen = world.seen(&mut stream(seed, draw));
        let table = World::table(&seen)?;
        let found = of_lists(&table, places, learner, seed.wrapping_add(draw)).ok()?;
        Some((seen.len() as f64, found))
    };
    let found: Vec<Option<_>> = (0..draws).into_par_iter().map(one).collect();
    world.compared(&found.into_iter().flatten().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_lists_meet_their_condition_and_the_others_do_not() {
        let world = World { persons: 100, bend: 1.0 };
        for x in [-1.0, -0.2, 0.7] {
            let p = world.chances(x);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!((p[0] * p[3] / (p[1] * p[2]) - 1.0).abs() < 1e-9);
            assert!((p[4] * p[7] / (p[5] * p[6]) - ODDS_ON_THIRD).abs() < 1e-9);
        }
    }

    #[test]
    fn results_are_the_same_for_any_number_of_threads() {
        let world = World { persons: 1500, bend: 0.5 };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                (with_errors(&world, 0.3, 4, 9), with_learner(&world, &[0, 1], Learner::Spline, 2, 9))
            })
        };
        assert_eq!(run(1), run(4));
    }
}
