//! Draws from a posterior over partitions of all records.
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

/// Groups of records that all partitions kept hold together, at most, unless [`Sampling::least`] asks for more: 200 MB.
const MOST_KEPT: usize = 50_000_000;

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
    /// Partitions that are kept at least, of all chains together, where there are too many records to keep every draw.
    pub least: usize,
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
            least: 40,
            seed: 20_171_018,
        }
    }
}

/// Draws of partitions.
#[derive(Debug, Clone)]
pub struct Draws {
    /// By chain and draw, the group of each record; groups are numbered from 0 in the order of their first record. Of very many
    /// records only some draws are kept, evenly chosen; see [`Sampling::least`].
    pub groups: Vec<Vec<Vec<u32>>>,
    /// The share of all draws in which each candidate pair belongs together.
    pub together: Vec<f64>,
    /// By chain and draw, how many persons there are.
    pub persons: Vec<Vec<f64>>,
}

impl Draws {
    /// The draws that are kept, chain by chain.
    pub fn all(&self) -> impl Iterator<Item = &Vec<u32>> {
        self.groups.iter().flatten()
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
    let every = kept_of(lists.len(), sampling);
    let chains: Vec<Kept> = (0..sampling.chains)
        .into_par_iter()
        .map(|c| {
            let mut chain = Chain::new(lists, (&graph, &units), sampling, c);
            let mut kept = Kept { together: vec![0; edges.len()], ..Kept::default() };
            for sweep in 0..sampling.burn_in + sampling.draws * sampling.thin {
                if sweep >= SETTLE {
                    chain.learn_multiplicities();
                    // Also before draws are kept, so that who moves under any of them is known.
                    if sweep % sampling.thin == sampling.burn_in % sampling.thin {
                        chain.calibrate(sampling);
                    }
                }
                chain.sweep(sweep, sampling.burn_in);
                tick();
                let after = (sweep + 1).saturating_sub(sampling.burn_in);
                if after > 0 && after.is_multiple_of(sampling.thin) {
                    kept.persons.push(f64::from(chain.persons));
                    chain.count_together(edges, &mut kept.together);
                    if (after / sampling.thin).is_multiple_of(every) {
                        kept.groups.push(chain.groups());
                    }
                }
            }
            kept
        })
        .collect();
    let mut all = Draws { groups: Vec::new(), together: vec![0.0; edges.len()], persons: Vec::new() };
    let draws = (sampling.chains * sampling.draws).max(1) as f64;
    for chain in chains {
        all.together.iter_mut().zip(&chain.together).for_each(|(sum, n)| *sum += f64::from(*n) / draws);
        all.groups.push(chain.groups);
        all.persons.push(chain.persons);
    }
    all
}

/// What a chain keeps.
#[derive(Default)]
struct Kept {
    groups: Vec<Vec<u32>>,
    persons: Vec<f64>,
    /// Draws in which each candidate pair belongs together.
    together: Vec<u32>,
}

/// Of how many draws of a chain one partition is kept.
fn kept_of(records: usize, sampling: &Sampling) -> usize {
    let chains = sampling.chains.max(1);
    let room = MOST_KEPT / records.max(1) / chains;
    let wanted = room.max(sampling.least.div_ceil(chains)).max(1);
    (sampling.draws / wanted).max(1)
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

    /// Four records that all agree: records judged to be different persons are never together, and records judged to be one person never apart.
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
        let groups = point(5, &pairs, &draws.together, &sampling.decisions);
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
