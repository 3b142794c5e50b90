//! Witnesses: other persons than the true ones, with whom everything published would have been the same.
//!
//! [`attack::range`](crate::attack::range) asks a solver how little an attacker can know. Over all tables, years and editions
//! together that is a large problem, and an answer that was not found proves nothing. Whoever publishes knows one solution, the truth,
//! and needs no more than a few others beside it: a table that agrees with every published number and in which a count is another one
//! is a proof that nobody can tell the two apart. So the search here may be simple; what it finds is checked in whole numbers, and
//! where it finds nothing a release is refused.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::attack::ANY;
use crate::solve::{Solved, solve};
use crate::suppress::WIDTH;

/// What was published of cells: that their sum lies between two bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded {
    /// The cells that it is the sum of.
    pub cells: Vec<usize>,
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
}

impl Bounded {
    /// Whether a table agrees with it.
    fn agrees(&self, cells: &[i64]) -> bool {
        let sum: i64 = self.cells.iter().map(|c| cells[*c]).sum();
        u64::try_from(sum).is_ok_and(|sum| self.low <= sum && sum <= self.high)
    }
}

/// The truth and what was published of it.
#[derive(Debug, Clone, Default)]
pub struct System {
    /// Persons in each cell.
    pub truth: Vec<u64>,
    /// Which cells share their persons: a witness moves persons within a block, so that their number stays.
    pub blocks: Vec<usize>,
    /// What was published.
    pub published: Vec<Bounded>,
}

/// A count that must not be known: cells added up, each once or, for a difference, minus once.
pub type Target = Vec<(usize, i64)>;

/// Cells of a system at most that is given to a solver.
const MOST_SEARCHED: usize = 600;

/// Steps that a search takes to set right what a first step broke.
const STEPS: usize = 40;

/// A system with its indexes, to be searched.
#[derive(Debug)]
pub struct Search<'a> {
    system: &'a System,
    /// By cell: the published numbers that it is in.
    of_cell: Vec<Vec<usize>>,
    /// By block: its cells.
    of_block: Vec<Vec<usize>>,
    /// The truth, which agrees with everything published.
    truth: Moved,
}

/// A table on the way to be a witness.
#[derive(Debug, Clone)]
struct Moved {
    cells: Vec<i64>,
    sums: Vec<i64>,
}

impl<'a> Search<'a> {
    /// Prepares a search. None if the truth does not agree with what was published of it: then something published is wrong.
    pub fn new(system: &'a System) -> Option<Self> {
        let mut of_cell = vec![Vec::new(); system.truth.len()];
        for (i, p) in system.published.iter().enumerate() {
            p.cells.iter().for_each(|c| of_cell[*c].push(i));
        }
        let blocks = system.blocks.iter().max().map_or(0, |b| b + 1);
        let mut of_block = vec![Vec::new(); blocks];
        system.blocks.iter().enumerate().for_each(|(c, b)| of_block[*b].push(c));
        let cells: Vec<i64> = system.truth.iter().map(|c| *c as i64).collect();
        let sums = system.published.iter().map(|p| p.cells.iter().map(|c| cells[*c]).sum()).collect();
        let search = Self { system, of_cell, of_block, truth: Moved { cells, sums } };
        let agrees = |p: &Bounded| p.agrees(&search.truth.cells);
        system.published.iter().all(agrees).then_some(search)
    }

    /// Whether a table agrees with everything published and has as many persons in each block as there are: in whole numbers, from
    /// nothing but the table itself. The truth agrees, and so does every number of cells that are as in the truth.
    fn is_witness(&self, cells: &[i64]) -> bool {
        let other: Vec<usize> = (0..cells.len()).filter(|c| cells[*c] != self.truth.cells[*c]).collect();
        let numbers: BTreeSet<usize> = other.iter().flat_map(|c| &self.of_cell[*c]).copied().collect();
        let blocks: BTreeSet<usize> = other.iter().map(|c| self.system.blocks[*c]).collect();
        let persons = |b: &usize| {
            let in_block = |cells: &[i64]| self.of_block[*b].iter().map(|c| cells[*c]).sum::<i64>();
            in_block(cells) == in_block(&self.truth.cells)
        };
        other.iter().all(|c| cells[*c] >= 0)
            && numbers.iter().all(|i| self.system.published[*i].agrees(cells))
            && blocks.iter().all(persons)
    }

    /// How many different numbers a count can be, the true one among them, as far as witnesses were found; no more than `wanted` are
    /// looked for.
    pub fn values(&self, target: &Target, wanted: u64) -> u64 {
        let mut found = BTreeSet::from([0]);
        for direction in [1, -1] {
            for far in 1..wanted as i64 {
                if found.len() as u64 >= wanted {
                    break;
                }
                if !found.contains(&(direction * far)) {
                    let Some(by) = self.reach(target, direction * far) else { break };
                    found.insert(by);
                }
            }
        }
        // What the steps did not find, an integer program may; what it finds is checked in the same way.
        if (found.len() as u64) < wanted.min(WIDTH) && self.system.truth.len() <= MOST_SEARCHED {
            let near = (1..=WIDTH as i64).flat_map(|far| [far, -far]);
            for by in near {
                if found.len() as u64 >= wanted.min(WIDTH) {
                    break;
                }
                if !found.contains(&by) && self.solved(target, by) {
                    found.insert(by);
                }
            }
        }
        found.len() as u64
    }

    /// Whether an integer program finds a witness in which a count is so much larger.
    fn solved(&self, target: &Target, by: i64) -> bool {
        let truth = &self.system.truth;
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let most = |of: &[usize]| of.iter().map(|c| truth[*c]).sum::<u64>().min(ANY) as i32;
        let cells: Vec<_> = self
            .system
            .blocks
            .iter()
            .map(|b| problem.add_integer_var(0.0, (0, most(&self.of_block[*b]))))
            .collect();
        let ones = |of: &[usize]| of.iter().map(|c| (cells[*c], 1.0)).collect::<Vec<_>>();
        for block in &self.of_block {
            problem.add_constraint(ones(block).as_slice(), ComparisonOp::Eq, f64::from(most(block)));
        }
        for p in &self.system.published {
            problem.add_constraint(ones(&p.cells).as_slice(), ComparisonOp::Ge, p.low as f64);
            if p.high < ANY {
                problem.add_constraint(ones(&p.cells).as_slice(), ComparisonOp::Le, p.high as f64);
            }
        }
        let now: i64 = target.iter().map(|(c, w)| w * truth[*c] as i64).sum();
        let weighted: Vec<_> = target.iter().map(|(c, w)| (cells[*c], *w as f64)).collect();
        problem.add_constraint(weighted.as_slice(), ComparisonOp::Eq, (now + by) as f64);
        // Whether there is a better one is not the question.
        let (Solved::Best(found) | Solved::Found(found)) = solve(&problem, cells.len()) else { return false };
        let found: Vec<i64> = cells.iter().map(|c| found.var_value(*c).round() as i64).collect();
        self.is_witness(&found) && target.iter().map(|(c, w)| w * found[*c]).sum::<i64>() == now + by
    }

    /// By how much a count is larger in a witness, where one is looked for in which it is so much larger at least.
    fn reach(&self, target: &Target, by: i64) -> Option<i64> {
        let weight = |c: usize| target.iter().find(|t| t.0 == c).map_or(0, |t| t.1);
        let mut moved = self.truth.clone();
        for _ in 0..by.abs() {
            let mut best: Option<(i64, usize, usize)> = None;
            for (cell, of) in target {
                // A person comes into the cell, or leaves it.
                let comes = of * by > 0;
                for other in self.of_block[self.system.blocks[*cell]].iter().filter(|o| weight(**o) == 0) {
                    let (from, to) = if comes { (*other, *cell) } else { (*cell, *other) };
                    if moved.cells[from] > 0 {
                        let cost = self.cost_of(&moved, from, to);
                        if best.is_none_or(|b| cost < b.0) {
                            best = Some((cost, from, to));
                        }
                    }
                }
            }
            let (_, from, to) = best?;
            self.move_one(&mut moved, from, to);
        }
        for _ in 0..STEPS {
            let Some(broken) = (0..moved.sums.len()).find(|i| self.off(*i, moved.sums[*i]) > 0) else {
                let shift = |t: &(usize, i64)| t.1 * (moved.cells[t.0] - self.system.truth[t.0] as i64);
                return self.is_witness(&moved.cells).then(|| target.iter().map(shift).sum());
            };
            let further = |from: usize, to: usize| (weight(to) - weight(from)) * by.signum() >= 0;
            let (from, to) = self.repair(&moved, broken, &further)?;
            self.move_one(&mut moved, from, to);
        }
        None
    }

    /// The move that brings a broken number nearer and breaks the least, and takes the count no way back.
    fn repair(
        &self,
        moved: &Moved,
        broken: usize,
        further: &impl Fn(usize, usize) -> bool,
    ) -> Option<(usize, usize)> {
        let p = &self.system.published[broken];
        let too_many = moved.sums[broken] > p.high as i64;
        let inside = |c: usize| p.cells.contains(&c);
        let mut best: Option<(i64, usize, usize)> = None;
        for cell in &p.cells {
            for other in &self.of_block[self.system.blocks[*cell]] {
                let (from, to) = if too_many { (*cell, *other) } else { (*other, *cell) };
                if !inside(*other) && moved.cells[from] > 0 && further(from, to) {
                    let cost = self.cost_of(moved, from, to);
                    if best.is_none_or(|b| cost < b.0) {
                        best = Some((cost, from, to));
                    }
                }
            }
        }
        best.filter(|b| b.0 < 0).map(|b| (b.1, b.2))
    }

    /// How far a number is beyond its bounds.
    fn off(&self, published: usize, sum: i64) -> i64 {
        let p = &self.system.published[published];
        (p.low as i64 - sum).max(sum - i64::try_from(p.high).unwrap_or(i64::MAX)).max(0)
    }

    /// How much further beyond their bounds all numbers are once a person is moved; a little for those that come near them.
    fn cost_of(&self, moved: &Moved, from: usize, to: usize) -> i64 {
        let near = |i: usize, sum: i64| {
            let p = &self.system.published[i];
            let high = i64::try_from(p.high).unwrap_or(i64::MAX);
            1000 * self.off(i, sum) + i64::from(sum <= p.low as i64 || sum >= high)
        };
        let change = |c: usize, other: usize, by: i64| -> i64 {
            let apart = self.of_cell[c].iter().filter(|i| !self.of_cell[other].contains(i));
            apart.map(|i| near(*i, moved.sums[*i] + by) - near(*i, moved.sums[*i])).sum()
        };
        change(from, to, -1) + change(to, from, 1)
    }

    fn move_one(&self, moved: &mut Moved, from: usize, to: usize) {
        moved.cells[from] -= 1;
        moved.cells[to] += 1;
        self.of_cell[from].iter().for_each(|i| moved.sums[*i] -= 1);
        self.of_cell[to].iter().for_each(|i| moved.sums[*i] += 1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attack::{Published, range};

    /// Two years of three levels, with the sums of the levels.
    fn system(truth: &[u64], width: &[u64]) -> System {
        let sums: Vec<Vec<usize>> = (0..6).map(|c| vec![c]).chain((0..3).map(|l| vec![l, l + 3])).collect();
        let of = |(cells, w): (Vec<usize>, &u64)| {
            let sum: u64 = cells.iter().map(|c| truth[*c]).sum();
            Bounded { cells, low: sum.saturating_sub(*w % 4), high: sum + *w / 4 }
        };
        System {
            truth: truth.to_vec(),
            blocks: vec![0, 0, 0, 1, 1, 1],
            published: sums.into_iter().zip(width).map(of).collect(),
        }
    }

    #[test]
    fn what_is_exact_is_known_and_what_is_not_published_is_not() {
        let exact = system(&[3, 40, 50, 20, 30, 40], &[0; 9]);
        assert_eq!(Search::new(&exact).unwrap().values(&vec![(0, 1)], 5), 1);
        // Without the cells of the first level nothing tells how its sum is made up.
        let mut open = exact.clone();
        open.published.retain(|p| p.cells.len() > 1 || p.cells[0] == 1 || p.cells[0] == 4);
        let search = Search::new(&open).unwrap();
        assert_eq!(search.values(&vec![(0, 1)], 5), 5);
        assert_eq!(search.values(&vec![(1, 1)], 5), 1);
        // A sum that is published is known, though its cells are not.
        assert_eq!(search.values(&vec![(0, 1), (3, 1)], 5), 1);
        // The difference of two years moves by two when a person does.
        assert_eq!(search.values(&vec![(0, 1), (3, -1)], 3), 3, "a person less here is one more there");
        // Nothing published at all: anything from none to all 93 of the year.
        open.published.clear();
        assert_eq!(Search::new(&open).unwrap().values(&vec![(0, 1)], 200), 94);
        let mut wrong = exact;
        wrong.published[0].high = 2;
        wrong.published[0].low = 0;
        assert!(Search::new(&wrong).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Witnesses never say more than there is: the solver, asked for the ends, finds room for all of them.
        #[test]
        fn no_more_values_than_there_are(
            truth in proptest::collection::vec(0..8_u64, 6),
            width in proptest::collection::vec(0..16_u64, 9),
        ) {
            let system = system(&truth, &width);
            let search = Search::new(&system).unwrap();
            let mut all: Vec<Published> = system.published.iter()
                .map(|p| Published { cells: p.cells.clone(), low: p.low, high: p.high }).collect();
            for block in [[0, 1, 2], [3, 4, 5]] {
                let sum = block.iter().map(|c| truth[*c]).sum();
                all.push(Published { cells: block.to_vec(), low: sum, high: sum });
            }
            for c in 0..6 {
                let found = search.values(&vec![(c, 1)], 12);
                let [low, high] = range(&all, &[c]).proven().unwrap();
                prop_assert!(found <= high - low + 1, "{c}: {found} {low} {high}");
                // And no fewer than are needed, so that a release is not refused for want of looking.
                prop_assert!(found >= (high - low + 1).min(5), "{c}: {found} {low} {high}");
            }
        }
    }
}
