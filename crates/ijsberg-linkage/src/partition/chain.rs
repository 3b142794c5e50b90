//! One chain: each record in turn, and each group that people put together, chooses a group anew.

use rand::RngExt;

use crate::blocking::Pair;
use crate::calibrate::Calibration;
use crate::generate::stream;
use crate::record::MAX_LISTS;

use super::Sampling;
use super::decisions::Units;
use super::graph::{Edge, Graph};
use super::multiplicity::{Held, Multiplicity};

/// Share of the maximum in a record's weight for a group, the rest being the mean. With half of each F1 is .004 higher on
/// synthetic lists, but pairs said to be one person in 45 of 100 draws are so in 32; with this share in 41.
const MAXIMUM: f64 = 0.15;

/// Sweeps that visit every record, and the last of them, in which the moves are recorded.
const FULL: usize = 20;
const SEEN: usize = 10;

/// Records whose chance of another group is below this are visited in one of [`SELDOM`] sweeps. Which records these are is fixed
/// before draws are kept, so that every sweep leaves the posterior as it is.
const QUIET: f64 = 0.005;
const SELDOM: usize = 16;

/// What a group holds of each list.
#[derive(Clone)]
struct Group {
    counts: [u8; MAX_LISTS],
    mask: u32,
    size: u32,
}

const EMPTY: Group = Group { counts: [0; MAX_LISTS], mask: 0, size: 0 };

pub(super) struct Chain<'a> {
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
    pub(super) persons: u32,
    /// How many records a list holds of one person, by list.
    multiplicities: Vec<Multiplicity>,
    held: Vec<Held>,
    /// Units that have candidates and are visited in every sweep, and those that are visited in one of several.
    lively: Vec<u32>,
    quiet: Vec<Vec<u32>>,
    /// The sum of chances that a unit would go to another group, over the sweeps in which moves are recorded.
    moving: Vec<f32>,
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
    pub(super) fn new(
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
            held: vec![Held::default(); most],
            // Who has no candidate is always alone.
            lively: (0..units.len() as u32)
                .filter(|u| units.members(*u as usize).iter().any(|i| !graph.edges(*i as usize).is_empty()))
                .collect(),
            quiet: vec![Vec::new(); SELDOM],
            moving: vec![0.0; units.len()],
        };
        for u in 0..units.len() {
            // Every second chain begins with each record beside its best earlier one, where that is likely.
            let likely = units.members(u).iter().flat_map(|i| graph.edges(*i as usize));
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

    pub(super) fn calibrate(&mut self, sampling: &Sampling) {
        let (shift, slope) = sampling.calibration.draw(&mut self.rng);
        let drawn = Calibration { shift, slope, ..sampling.calibration };
        (self.shift, self.slope) = (drawn.weight(0.0, sampling.prior), slope);
        self.relatives = sampling.calibration.draw_relatives(&mut self.rng);
    }

    /// Draws how often each list holds a person, given who is together.
    pub(super) fn learn_multiplicities(&mut self) {
        for (multiplicity, held) in self.multiplicities.iter_mut().zip(&self.held) {
            multiplicity.draw(*held, &mut self.rng);
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
        if g.counts[l] == 0 {
            self.held[l].persons += 1;
        } else {
            self.held[l].more += 1;
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
            self.held[l].persons -= 1;
        } else {
            self.held[l].more -= 1;
        }
        if g.size > 0 {
            self.overlap[g.mask as usize] += 1;
        } else {
            self.persons -= 1;
            self.free.push(from);
        }
        self.group[i] = u32::MAX;
    }

    /// Gibbs: each record in turn leaves its group and chooses one; of those that hardly ever move, some.
    pub(super) fn sweep(&mut self, number: usize, burn_in: usize) {
        let burning = number < burn_in;
        // After fewer sweeps nobody can be said to hardly move, and all are visited every time.
        let full = FULL.min(burn_in / 2);
        if burning && number == full && full >= SEEN {
            self.set_quiet();
        }
        let seen = burning && number + SEEN >= full;
        let (mut lively, mut quiet) = (std::mem::take(&mut self.lively), std::mem::take(&mut self.quiet));
        self.visit(&lively, seen);
        let some = number % SELDOM;
        self.visit(&quiet[some], seen);
        if burning {
            // Who turns out to move after all is looked at always from now on.
            let moving = &self.moving;
            let (stay, go): (Vec<u32>, Vec<u32>) =
                quiet[some].iter().partition(|u| f64::from(moving[**u as usize]) < QUIET * SEEN as f64);
            quiet[some] = stay;
            lively.extend(go);
        }
        (self.lively, self.quiet) = (lively, quiet);
    }

    /// Parts those that hardly move from the others.
    fn set_quiet(&mut self) {
        let (moving, quiet) = (&self.moving, &mut self.quiet);
        self.lively.retain(|u| {
            let stays = f64::from(moving[*u as usize]) < QUIET * SEEN as f64;
            if stays {
                quiet[*u as usize % SELDOM].push(*u);
            }
            !stays
        });
    }

    /// Each of some units in turn.
    fn visit(&mut self, some: &[u32], seen: bool) {
        let mut ties: Vec<Tie> = Vec::new();
        let mut logs: Vec<f64> = Vec::new();
        let units = self.units;
        for u in some.iter().map(|u| *u as usize) {
            let members = units.members(u);
            let before = self.group[members[0] as usize];
            let alone = self.groups[before as usize].size as usize == members.len();
            members.iter().for_each(|i| self.take(*i as usize));
            self.tie(members, &mut ties);
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
            if seen {
                let stays =
                    if alone { Some(0) } else { ties.iter().position(|t| t.group == before).map(|k| k + 1) };
                let stays = stays.map_or(0.0, |k| (logs[k] - top).exp() / total);
                self.moving[u] += (1.0 - stays) as f32;
            }
            let target = if chosen == 0 { self.new_group() } else { ties[chosen - 1].group };
            self.put_unit(u, target);
        }
    }

    /// What records that were taken out have with the groups of their candidates.
    fn tie(&self, members: &[u32], ties: &mut Vec<Tie>) {
        ties.clear();
        let around = members.iter().flat_map(|i| self.graph.edges(*i as usize).iter().map(move |e| (*i, e)));
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

    /// Counts the candidates that belong together now.
    pub(super) fn count_together(&self, edges: &[(Pair, f64)], counts: &mut [u32]) {
        for (((i, j), _), n) in edges.iter().zip(counts) {
            *n += u32::from(self.group[*i as usize] == self.group[*j as usize]);
        }
    }

    /// Groups numbered in the order of their first record.
    pub(super) fn groups(&self) -> Vec<u32> {
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
