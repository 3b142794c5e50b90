//! Draws of who belongs together: a posterior over partitions of all records.
//!
//! The prior is that of Aleshin-Guendel and Sadinle (2022, JASA 118): how many persons have each capture history is
//! Dirichlet-multinomial, records of one person on one list are as many as a Poisson distribution says (at least one, at most a cap)
//! whose mean is learned for each list, and all ways to choose them are equally probable. It learns from the data how much lists
//! overlap, and how often they hold a person.
//!
//! Fields of records of one person are not independent pair by pair, so the sum of the weights within a group would count
//! evidence twice and put too much together. A record's weight for a group is mostly the mean of its weights with the members
//! and a little their maximum; a pair that is no candidate has a low weight of its own.

mod chain;
mod decisions;
mod graph;
mod multiplicity;
mod point;

use rayon::prelude::*;
use serde::Serialize;

use crate::blocking::Pair;
use crate::calibrate::Calibration;
use chain::Chain;
use decisions::Units;
use graph::Graph;

pub use decisions::Decisions;
pub use point::point;

/// Sweeps before the means of records of one person on a list are learned: at first nothing is together.
const SETTLE: usize = 10;

/// How the posterior is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sampling {
    /// Chains, every second of which starts with likely pairs together, the others with every record alone.
    pub chains: usize,
    /// Sweeps before draws are kept.
    pub burn_in: usize,
    /// Draws to keep in each chain.
    pub draws: usize,
    /// Sweeps between draws.
    pub thin: usize,
    /// Most records of one person on one list, by list; missing lists take the last.
    pub caps: Vec<usize>,
    /// Weight of a pair that is no candidate.
    pub miss: f64,
    /// What judged pairs said of the weights. What they leave open is drawn anew before every draw that is kept, so that
    /// the draws hold it.
    pub calibration: Calibration,
    /// Log odds that two records at random match; needed for calibration only.
    pub prior: f64,
    /// What people decided about pairs.
    #[serde(skip)]
    pub decisions: Decisions,
    /// The most that the log odds of each pair being one person may be, whatever else is known; none where it is empty. A
    /// record that only such pairs tie to a group joins it with these odds at most.
    #[serde(skip)]
    pub ceilings: Vec<f32>,
    /// Seed.
    pub seed: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            chains: 4,
            burn_in: 100,
            draws: 100,
            thin: 2,
            caps: vec![4],
            miss: -6.0,
            calibration: Calibration::default(),
            prior: 0.0,
            decisions: Decisions::default(),
            ceilings: Vec::new(),
            seed: 20_171_018,
        }
    }
}

/// Draws of partitions.
#[derive(Debug, Clone)]
pub struct Draws {
    /// By chain and draw, the group of each record; groups are numbered from 0 in the order of their first record.
    pub groups: Vec<Vec<Vec<u32>>>,
    /// By chain and draw, how many persons there are.
    pub persons: Vec<Vec<f64>>,
}

impl Draws {
    /// All draws, chain by chain.
    pub fn all(&self) -> impl Iterator<Item = &Vec<u32>> {
        self.groups.iter().flatten()
    }

    /// In what share of the draws each pair belongs together.
    pub fn probabilities(&self, pairs: &[Pair]) -> Vec<f64> {
        let count = self.all().count() as f64;
        pairs
            .par_iter()
            .map(|(i, j)| self.all().filter(|g| g[*i as usize] == g[*j as usize]).count() as f64 / count)
            .collect()
    }
}

/// Draws from the posterior. `edges` are candidate pairs with their weights. `tick` is called once a sweep.
pub fn sample(
    lists: &[usize],
    edges: &[(Pair, f64)],
    sampling: &Sampling,
    tick: &(dyn Fn() + Sync),
) -> Draws {
    let graph = Graph::new(lists.len(), edges, &sampling.ceilings);
    let units = Units::new(lists.len(), &sampling.decisions);
    let chains: Vec<(Vec<Vec<u32>>, Vec<f64>)> = (0..sampling.chains)
        .into_par_iter()
        .map(|c| {
            let mut chain = Chain::new(lists, (&graph, &units), sampling, c);
            let mut kept = (Vec::new(), Vec::new());
            for sweep in 0..sampling.burn_in + sampling.draws * sampling.thin {
                if sweep >= SETTLE {
                    chain.learn_multiplicities();
                }
                if sweep >= sampling.burn_in && (sweep - sampling.burn_in).is_multiple_of(sampling.thin) {
                    chain.calibrate(sampling);
                }
                chain.sweep();
                tick();
                if sweep >= sampling.burn_in && (sweep - sampling.burn_in + 1).is_multiple_of(sampling.thin) {
                    kept.0.push(chain.groups());
                    kept.1.push(f64::from(chain.persons));
                }
            }
            kept
        })
        .collect();
    let (groups, persons) = chains.into_iter().unzip();
    Draws { groups, persons }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three records on three lists: the chance of every partition, by sampling and by adding up.
    #[test]
    fn small_posteriors_are_those_that_can_be_added_up() {
        let lists = [0, 1, 2];
        let edges = [((0, 1), 1.5), ((0, 2), 0.5), ((1, 2), -30.0)];
        let sampling = Sampling { chains: 4, burn_in: 200, draws: 20_000, thin: 1, ..Sampling::default() };
        let draws = sample(&lists, &edges, &sampling, &|| ());
        let mut seen = std::collections::BTreeMap::new();
        draws.all().for_each(|g| *seen.entry(g.clone()).or_insert(0.0) += 1.0 / 80_000.0);
        // Two at a time the evidence is the pair's weight, and the third pair keeps all three from being together, so the rest
        // can be worked out by ratios of the prior: with histories a = 1 each of seven, p(n) = 1/n, all lists once.
        let prior = |masks: &[usize]| -> f64 {
            let n = masks.len() as f64;
            let mut counts = [0.0_f64; 8];
            masks.iter().for_each(|m| counts[*m] += 1.0);
            let gamma = |x: f64| (1..x as u32).map(f64::from).product::<f64>();
            counts.iter().map(|c| gamma(c + 1.0)).product::<f64>() * gamma(n + 1.0) / gamma(n + 7.0) / n
        };
        let apart = prior(&[1, 2, 4]);
        let expected = [
            (vec![0, 0, 1], prior(&[3, 4]) / apart * 1.5_f64.exp()),
            (vec![0, 1, 0], prior(&[5, 2]) / apart * 0.5_f64.exp()),
        ];
        for (groups, ratio) in expected {
            let found = seen[&groups] / seen[&vec![0, 1, 2]];
            assert!((found / ratio - 1.0).abs() < 0.05, "{groups:?} {found} {ratio}");
        }
    }

    /// Four records that all agree: whom people told apart is never together, and whom they put together never apart.
    #[test]
    fn no_draw_goes_against_a_decision() {
        let lists = [0, 0, 1, 1, 2];
        let edges: Vec<(Pair, f64)> = (0..4).flat_map(|i| (i + 1..4).map(move |j| ((i, j), 20.0))).collect();
        let decided = [((0, 2), false), ((1, 2), true), ((3, 4), true)];
        let decisions = Decisions::new(&decided);
        let sampling =
            Sampling { chains: 4, burn_in: 20, draws: 100, thin: 1, decisions, ..Sampling::default() };
        let draws = sample(&lists, &edges, &sampling, &|| ());
        assert!(draws.all().all(|g| g[0] != g[2] && g[1] == g[2] && g[3] == g[4]));
        assert!(draws.all().any(|g| g[0] == g[3]) && draws.all().any(|g| g[1] == g[3]));
        let pairs: Vec<Pair> = edges.iter().map(|e| e.0).collect();
        let groups = point(5, &pairs, &draws.probabilities(&pairs), &sampling.decisions);
        assert!(groups[0] != groups[2] && groups[1] == groups[2] && groups[3] == groups[4], "{groups:?}");
        let certain = point(5, &pairs, &[1.0; 6], &sampling.decisions);
        assert!(certain[0] != certain[2] && certain[1] == certain[2]);
    }

    #[test]
    fn a_cap_is_never_passed() {
        let lists = [0; 6];
        let edges: Vec<(Pair, f64)> = (0..6).flat_map(|i| (i + 1..6).map(move |j| ((i, j), 20.0))).collect();
        let sampling =
            Sampling { chains: 2, burn_in: 20, draws: 50, thin: 1, caps: vec![2], ..Sampling::default() };
        let draws = sample(&lists, &edges, &sampling, &|| ());
        for g in draws.all() {
            assert!((0..6).all(|x| g.iter().filter(|y| **y == x).count() <= 2));
        }
    }
}
