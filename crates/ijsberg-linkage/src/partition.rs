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

mod decisions;
mod multiplicity;

use rand::RngExt;
use rayon::prelude::*;
use serde::Serialize;

use crate::blocking::Pair;
use crate::calibrate::Calibration;
use crate::generate::stream;
use crate::record::MAX_LISTS;
use decisions::Units;
use multiplicity::{Held, Multiplicity};

pub use decisions::Decisions;

/// Share of the maximum in a record's weight for a group, the rest being the mean. With half of each F1 is .004 higher on
/// synthetic lists, but pairs said to be one person in 45 of 100 draws are so in 32; with this share in 41.
const MAXIMUM: f64 = 0.15;

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

/// A candidate of a record.
#[derive(Clone, Copy)]
struct Edge {
    to: u32,
    weight: f32,
    ceiling: f32,
}

/// Candidates by record, in both directions.
struct Graph {
    start: Vec<usize>,
    edges: Vec<Edge>,
}

impl Graph {
    fn new(records: usize, pairs: &[(Pair, f64)], ceilings: &[f32]) -> Self {
        let mut start = vec![0; records + 1];
        for ((i, j), _) in pairs {
            start[*i as usize + 1] += 1;
            start[*j as usize + 1] += 1;
        }
        (0..records).for_each(|i| start[i + 1] += start[i]);
        let mut at = start.clone();
        let mut edges = vec![Edge { to: 0, weight: 0.0, ceiling: f32::INFINITY }; start[records]];
        for (k, ((i, j), w)) in pairs.iter().enumerate() {
            let ceiling = ceilings.get(k).copied().unwrap_or(f32::INFINITY);
            for (a, b) in [(*i, *j), (*j, *i)] {
                edges[at[a as usize]] = Edge { to: b, weight: *w as f32, ceiling };
                at[a as usize] += 1;
            }
        }
        Self { start, edges }
    }

    fn of(&self, record: usize) -> &[Edge] {
        &self.edges[self.start[record]..self.start[record + 1]]
    }
}

/// What a group holds of each list.
#[derive(Clone)]
struct Group {
    counts: [u8; MAX_LISTS],
    mask: u32,
    size: u32,
}

const EMPTY: Group = Group { counts: [0; MAX_LISTS], mask: 0, size: 0 };

struct Chain<'a> {
    lists: &'a [usize],
    graph: &'a Graph,
    units: &'a Units,
    caps: Vec<usize>,
    miss: f64,
    /// A weight `w` counts as `shift + slope w`.
    shift: f64,
    slope: f64,
    /// The logarithm of how many relatives there are for one that the model takes.
    relatives: f64,
    rng: rand_chacha::ChaCha8Rng,
    group: Vec<u32>,
    groups: Vec<Group>,
    free: Vec<u32>,
    /// Persons by history.
    overlap: Vec<u32>,
    persons: u32,
    /// How many records a list holds of one person, by list.
    multiplicities: Vec<Multiplicity>,
}

/// What a record has with one group: sum and maximum of weights, and how many members they are with.
#[derive(Clone, Copy)]
struct Tie {
    group: u32,
    sum: f32,
    top: f32,
    members: u32,
    /// The highest ceiling, and the highest of those with members on the record's own list, where there are any.
    ceiling: f32,
    own_ceiling: Option<f32>,
}

impl Tie {
    /// One of a pair may be like somebody in the group; if the group has a record on the same list they may be on it both.
    fn most(&self) -> f64 {
        f64::from(self.own_ceiling.map_or(self.ceiling, |own| own.min(self.ceiling)))
    }
}

impl<'a> Chain<'a> {
    fn new(
        lists: &'a [usize],
        (graph, units): (&'a Graph, &'a Units),
        sampling: &Sampling,
        number: usize,
    ) -> Self {
        let n = lists.len();
        let most = lists.iter().max().map_or(1, |l| l + 1);
        let caps: Vec<usize> = (0..most)
            .map(|l| *sampling.caps.get(l).or(sampling.caps.last()).unwrap_or(&1))
            .map(|c| c.clamp(1, 200))
            .collect();
        let multiplicities = caps.iter().map(|c| Multiplicity::new(*c)).collect();
        let mut chain = Self {
            lists,
            graph,
            units,
            caps,
            miss: sampling.miss,
            shift: sampling.calibration.weight(0.0, sampling.prior),
            slope: sampling.calibration.slope,
            relatives: sampling.calibration.relatives[0],
            rng: stream(sampling.seed, number as u64),
            group: vec![u32::MAX; n],
            groups: vec![EMPTY; n + 1],
            free: (0..=n as u32).rev().collect(),
            overlap: vec![0; 1 << most],
            persons: 0,
            multiplicities,
        };
        for u in 0..units.len() {
            // Every second chain begins with each record beside its best earlier one, where that is likely.
            let likely = units.members(u).iter().flat_map(|i| graph.of(*i as usize));
            let earlier = likely.filter(|e| chain.group[e.to as usize] != u32::MAX && e.weight > 12.0);
            let best =
                earlier.max_by(|a, b| a.weight.total_cmp(&b.weight)).map(|e| chain.group[e.to as usize]);
            let moved = chain.moved(u);
            let joined = best
                .filter(|g| number % 2 == 1 && !units.barred(u, *g, &chain.group) && chain.fits(&moved, *g));
            let target = joined.unwrap_or_else(|| chain.new_group());
            chain.put_unit(u, target);
        }
        chain
    }

    fn calibrate(&mut self, sampling: &Sampling) {
        let (shift, slope) = sampling.calibration.draw(&mut self.rng);
        let drawn = Calibration { shift, slope, ..sampling.calibration };
        (self.shift, self.slope) = (drawn.weight(0.0, sampling.prior), slope);
        self.relatives = sampling.calibration.draw_relatives(&mut self.rng);
    }

    /// Draws how often each list holds a person, given who is together.
    fn learn_multiplicities(&mut self) {
        let mut held = vec![Held::default(); self.caps.len()];
        for g in self.groups.iter().filter(|g| g.size > 0) {
            for l in lists_of(g.mask) {
                held[l].persons += 1;
                held[l].more += u32::from(g.counts[l]) - 1;
            }
        }
        for (multiplicity, held) in self.multiplicities.iter_mut().zip(held) {
            multiplicity.draw(held, &mut self.rng);
        }
    }

    fn new_group(&mut self) -> u32 {
        // There is one more group than records, so one is always free.
        self.free.pop().unwrap_or(0)
    }

    fn put(&mut self, i: usize, target: u32) {
        let l = self.lists[i];
        let g = &mut self.groups[target as usize];
        if g.size > 0 {
            self.overlap[g.mask as usize] -= 1;
        } else {
            self.persons += 1;
        }
        g.size += 1;
        g.counts[l] += 1;
        g.mask |= 1 << l;
        self.overlap[g.mask as usize] += 1;
        self.group[i] = target;
    }

    fn take(&mut self, i: usize) {
        let (l, from) = (self.lists[i], self.group[i]);
        let g = &mut self.groups[from as usize];
        self.overlap[g.mask as usize] -= 1;
        g.size -= 1;
        g.counts[l] -= 1;
        if g.counts[l] == 0 {
            g.mask &= !(1 << l);
        }
        if g.size > 0 {
            self.overlap[g.mask as usize] += 1;
        } else {
            self.persons -= 1;
            self.free.push(from);
        }
        self.group[i] = u32::MAX;
    }

    /// Gibbs: each record in turn leaves its group and chooses one.
    fn sweep(&mut self) {
        let mut ties: Vec<Tie> = Vec::new();
        let mut logs: Vec<f64> = Vec::new();
        let units = self.units;
        for u in 0..units.len() {
            let members = units.members(u);
            // Who has no candidate is always alone.
            if members.iter().all(|i| self.graph.of(*i as usize).is_empty()) {
                continue;
            }
            members.iter().for_each(|i| self.take(*i as usize));
            ties.clear();
            let around = members.iter().flat_map(|i| self.graph.of(*i as usize).iter().map(move |e| (*i, e)));
            for (i, Edge { to, weight, ceiling }) in around {
                let g = self.group[*to as usize];
                let own = (self.lists[i as usize] == self.lists[*to as usize]).then_some(*ceiling);
                if g == u32::MAX {
                    continue;
                }
                if let Some(t) = ties.iter_mut().find(|t| t.group == g) {
                    t.sum += weight;
                    t.top = t.top.max(*weight);
                    t.ceiling = t.ceiling.max(*ceiling);
                    t.own_ceiling =
                        own.map_or(t.own_ceiling, |own| Some(t.own_ceiling.map_or(own, |x| x.max(own))));
                    t.members += 1;
                } else {
                    let (sum, top, ceiling) = (*weight, *weight, *ceiling);
                    ties.push(Tie { group: g, sum, top, ceiling, own_ceiling: own, members: 1 });
                }
            }
            let moved = self.moved(u);
            let histories = self.overlap.len() as f64 - 1.0;
            logs.clear();
            logs.push(
                self.ln_joins(&moved, &EMPTY) + f64::from(self.persons + 1).ln()
                    + (f64::from(self.overlap[moved.mask as usize]) + 1.0).ln()
                    - (f64::from(self.persons) + histories).ln()
                    // The prior of the number of persons is proportional to one over it.
                    + (f64::from(self.persons.max(1)) / f64::from(self.persons + 1)).ln(),
            );
            for t in &ties {
                if units.barred(u, t.group, &self.group) || !self.fits(&moved, t.group) {
                    logs.push(f64::NEG_INFINITY);
                    continue;
                }
                let g = &self.groups[t.group as usize];
                let pairs = f64::from(g.size) * members.len() as f64;
                let others = pairs - f64::from(t.members);
                let sum = self.shift * f64::from(t.members) + self.slope * f64::from(t.sum);
                let mean = (sum + others * self.miss) / pairs;
                let top = self.shift + self.slope * f64::from(t.top);
                let evidence = (1.0 - MAXIMUM) * mean + MAXIMUM * top;
                let joint = g.mask | moved.mask;
                let history = if joint == g.mask {
                    0.0
                } else {
                    (f64::from(self.overlap[joint as usize]) + 1.0).ln()
                        - f64::from(self.overlap[g.mask as usize]).ln()
                };
                // Whatever else is known, it may be someone who is like the group's person.
                let most = logs[0] + t.most() - self.relatives;
                logs.push((evidence + self.ln_joins(&moved, g) + history).min(most));
            }
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let total: f64 = logs.iter().map(|x| (x - top).exp()).sum();
            let mut left = self.rng.random::<f64>() * total;
            let mut chosen = 0;
            for (k, x) in logs.iter().enumerate() {
                left -= (x - top).exp();
                if left <= 0.0 {
                    chosen = k;
                    break;
                }
            }
            let target = if chosen == 0 { self.new_group() } else { ties[chosen - 1].group };
            self.put_unit(u, target);
        }
    }

    /// What a unit holds of each list.
    fn moved(&self, unit: usize) -> Group {
        let mut moved = EMPTY;
        for i in self.units.members(unit) {
            let l = self.lists[*i as usize];
            moved.counts[l] += 1;
            moved.mask |= 1 << l;
            moved.size += 1;
        }
        moved
    }

    /// Whether a group has room on every list for what is moved.
    fn fits(&self, moved: &Group, target: u32) -> bool {
        let g = &self.groups[target as usize];
        let room = |l: &usize| usize::from(g.counts[*l]) + usize::from(moved.counts[*l]) <= self.caps[*l];
        lists_of(moved.mask).all(|l| room(&l))
    }

    /// The log prior of how many records a person has on each list when what is moved joins a group, less that of the group.
    fn ln_joins(&self, moved: &Group, g: &Group) -> f64 {
        lists_of(moved.mask)
            .map(|l| {
                let (held, more) = (usize::from(g.counts[l]), usize::from(moved.counts[l]));
                // People may have decided that one person has more records than a cap allows.
                let at = |c: usize| self.multiplicities[l].ln[c.min(self.caps[l])];
                let before = if held == 0 { 0.0 } else { at(held) };
                let ways: f64 = (held + 1..=held + more).map(|k| (k as f64).ln()).sum();
                ways + at(held + more) - before
            })
            .sum()
    }

    fn put_unit(&mut self, unit: usize, target: u32) {
        let units = self.units;
        units.members(unit).iter().for_each(|i| self.put(*i as usize, target));
    }

    /// Groups numbered in the order of their first record.
    fn groups(&self) -> Vec<u32> {
        let mut numbers = vec![u32::MAX; self.groups.len()];
        let mut next = 0;
        self.group
            .iter()
            .map(|g| {
                let number = &mut numbers[*g as usize];
                if *number == u32::MAX {
                    *number = next;
                    next += 1;
                }
                *number
            })
            .collect()
    }
}

/// The lists of a mask.
fn lists_of(mask: u32) -> impl Iterator<Item = usize> {
    (0..MAX_LISTS).filter(move |l| mask >> l & 1 == 1)
}

/// Groups of records that belong together in more than half of the draws, directly or through others; decisions come first, and
/// nobody is brought together through others whom people decided to be different.
pub fn point(records: usize, pairs: &[Pair], probabilities: &[f64], decisions: &Decisions) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..records as u32).collect();
    fn root(parent: &mut [u32], mut x: u32) -> u32 {
        while parent[x as usize] != x {
            parent[x as usize] = parent[parent[x as usize] as usize];
            x = parent[x as usize];
        }
        x
    }
    for group in decisions.together() {
        for r in group {
            let (a, b) = (root(&mut parent, group[0]), root(&mut parent, *r));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut likely: Vec<(f64, Pair)> = probabilities.iter().copied().zip(pairs.iter().copied()).collect();
    likely.retain(|(p, _)| *p > 0.5);
    if !decisions.apart().is_empty() {
        // Where not all can be together the surest come first.
        likely.sort_by(|x, y| y.0.total_cmp(&x.0));
    }
    for (_, (i, j)) in likely {
        let (a, b) = (root(&mut parent, i), root(&mut parent, j));
        let barred = decisions.apart().iter().any(|(x, y)| {
            let (x, y) = (root(&mut parent, *x), root(&mut parent, *y));
            (x.min(y), x.max(y)) == (a.min(b), a.max(b))
        });
        if a == b || !barred {
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    (0..records as u32).map(|i| root(&mut parent, i)).collect()
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
