//! Witnesses: tables of other persons than the true ones, with which everything published would have been the same.
//!
//! [`attack::range`](crate::attack::range) lets a solver find the range of a count. Over all tables, years and editions together that is a
//! large problem, and an answer that is not found proves nothing. The publisher knows one solution, the truth, and needs only a few others:
//! a table that agrees with every published number and has another value for a count proves that an attacker cannot distinguish the two
//! values. The search can therefore be simple: every table that it finds is checked in integers, and if it finds too few the release is
//! refused.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::attack::ANY;
use crate::solve::{Solved, solve};
use crate::suppress::WIDTH;

/// Published bounds on a sum of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounded {
    /// The cells of the sum.
    pub cells: Vec<usize>,
    /// The lower bound.
    pub low: u64,
    /// The upper bound.
    pub high: u64,
}

impl Bounded {
    /// Whether a table agrees with the bounds.
    fn agrees(&self, cells: &[i64]) -> bool {
        let sum: i64 = self.cells.iter().map(|c| cells[*c]).sum();
        u64::try_from(sum).is_ok_and(|sum| self.low <= sum && sum <= self.high)
    }
}

/// The true cells and the published bounds.
#[derive(Debug, Clone, Default)]
pub struct System {
    /// The number of persons in each cell.
    pub truth: Vec<u64>,
    /// The block of each cell. A witness moves persons within a block only, so the total of each block stays the same.
    pub blocks: Vec<usize>,
    /// The published bounds.
    pub published: Vec<Bounded>,
}

/// A count to protect: the sum of these cells with weight 1 or, for a difference, -1.
pub type Target = Vec<(usize, i64)>;

/// The largest number of cells of a system that is passed to the solver.
const MOST_SEARCHED: usize = 600;

/// The number of steps a search takes to repair the bounds that the first moves violate.
const STEPS: usize = 40;

/// A system with indexes for the search.
#[derive(Debug)]
pub struct Search<'a> {
    system: &'a System,
    /// For each cell, the published numbers that include it.
    of_cell: Vec<Vec<usize>>,
    /// For each block, its cells.
    of_block: Vec<Vec<usize>>,
    /// The truth, which agrees with everything published.
    truth: Candidate,
}

/// A table that may become a witness.
#[derive(Debug, Clone)]
struct Candidate {
    cells: Vec<i64>,
    sums: Vec<i64>,
}

impl<'a> Search<'a> {
    /// Prepares a search. `None` if the truth does not agree with the published bounds, which are then wrong.
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
        let search = Self { system, of_cell, of_block, truth: Candidate { cells, sums } };
        let agrees = |p: &Bounded| p.agrees(&search.truth.cells);
        system.published.iter().all(agrees).then_some(search)
    }

    /// Whether a table agrees with everything published and has the true number of persons in each block. The check uses integers and
    /// the table only. It covers the numbers and blocks of cells that differ from the truth, because the truth agrees with all of them.
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

    /// The number of different values of a count for which witnesses were found, the true value included. The search stops at `wanted`
    /// values.
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
        // An integer program may find values that the steps did not; its solutions are checked in the same way.
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

    /// Whether an integer program finds a witness in which a count is larger by `by`.
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
        // Any feasible solution will do.
        let (Solved::Best(found) | Solved::Found(found)) = solve(&problem, cells.len()) else { return false };
        let found: Vec<i64> = cells.iter().map(|c| found.var_value(*c).round() as i64).collect();
        self.is_witness(&found) && target.iter().map(|(c, w)| w * found[*c]).sum::<i64>() == now + by
    }

    /// Searches for a witness in which a count differs from the truth by `by`, or more in the same direction, and returns the difference.
    fn reach(&self, target: &Target, by: i64) -> Option<i64> {
        let weight = |c: usize| target.iter().find(|t| t.0 == c).map_or(0, |t| t.1);
        let mut moved = self.truth.clone();
        for _ in 0..by.abs() {
            let mut best: Option<(i64, usize, usize)> = None;
            for (cell, of) in target {
                // A person moves into the cell, or out of it.
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

    /// The move that brings a violated number nearer to its bounds at the lowest cost, without moving the count back.
    fn repair(
        &self,
        moved: &Candidate,
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

    /// The distance of a number from its bounds.
    fn off(&self, published: usize, sum: i64) -> i64 {
        let p = &self.system.published[published];
        (p.low as i64 - sum).max(sum - i64::try_from(p.high).unwrap_or(i64::MAX)).max(0)
    }

    /// The increase in the distances of all numbers from their bounds after a move, with a small penalty for numbers at a bound.
    fn cost_of(&self, moved: &Candidate, from: usize, to: usize) -> i64 {
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

    fn move_one(&self, moved: &mut Candidate, from: usize, to: usize) {
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
        // Without the cells of the first level nothing discloses the parts of its sum.
        let mut open = exact.clone();
        open.published.retain(|p| p.cells.len() > 1 || p.cells[0] == 1 || p.cells[0] == 4);
        let search = Search::new(&open).unwrap();
        assert_eq!(search.values(&vec![(0, 1)], 5), 5);
        assert_eq!(search.values(&vec![(1, 1)], 5), 1);
        // A published sum is known, although its cells are not.
        assert_eq!(search.values(&vec![(0, 1), (3, 1)], 5), 1);
        // The difference between the years changes by two for each person moved, because the sum of both is published.
        assert_eq!(search.values(&vec![(0, 1), (3, -1)], 3), 3, "a person less here is one more there");
        // With nothing published: any number from 0 to all 93 persons of the year.
        open.published.clear();
        assert_eq!(Search::new(&open).unwrap().values(&vec![(0, 1)], 200), 94);
        let mut wrong = exact;
        wrong.published[0].high = 2;
        wrong.published[0].low = 0;
        assert!(Search::new(&wrong).is_none());
    }

    #[test]
    fn a_table_is_a_witness_only_if_everything_agrees() {
        let system = System {
            truth: vec![3, 4, 5],
            blocks: vec![0, 0, 0],
            published: vec![Bounded { cells: vec![0], low: 0, high: 5 }],
        };
        let search = Search::new(&system).unwrap();
        assert!(search.is_witness(&[3, 4, 5]) && search.is_witness(&[5, 2, 5]));
        assert!(!search.is_witness(&[6, 1, 5]), "beyond a published bound");
        assert!(!search.is_witness(&[3, 5, 5]), "one person more in the block");
        assert!(!search.is_witness(&[3, 10, -1]), "fewer than no persons in a cell");
    }

    /// A system with more cells than the search passes to the solver: people of another year, of whom nothing is published.
    fn padded(mut system: System) -> System {
        system.truth.extend([1; MOST_SEARCHED]);
        system.blocks.extend([2; MOST_SEARCHED]);
        system
    }

    #[test]
    fn a_large_system_is_searched_by_steps_alone() {
        let mut open = system(&[3, 40, 50, 20, 30, 40], &[0; 9]);
        open.published.retain(|p| p.cells.len() > 1 || p.cells[0] == 1 || p.cells[0] == 4);
        let open = padded(open);
        let search = Search::new(&open).unwrap();
        assert_eq!(search.values(&vec![(0, 1)], 5), 5);
        assert_eq!(search.values(&vec![(1, 1)], 5), 1);
        assert_eq!(search.values(&vec![(0, 1), (3, 1)], 5), 1);
        // Every second difference: none, 3 persons fewer in the first cell, and 6 more before the search is far enough.
        assert_eq!(search.values(&vec![(0, 1), (3, -1)], 12), 10);
    }

    /// The steps find nearly all values that the solver finds. If they found fewer, releases of large registers would be refused.
    #[test]
    fn steps_find_nearly_all_values() {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let (mut by_steps, mut all) = (0, 0);
        for _ in 0..100 {
            let truth: Vec<u64> = (0..6).map(|_| draw(8)).collect();
            let width: Vec<u64> = (0..9).map(|_| draw(16)).collect();
            let small = system(&truth, &width);
            let large = padded(small.clone());
            for c in 0..6 {
                let target = vec![(c, 1)];
                by_steps += Search::new(&large).unwrap().values(&target, WIDTH);
                all += Search::new(&small).unwrap().values(&target, WIDTH);
            }
        }
        assert!(by_steps <= all && by_steps >= 1495, "{by_steps} of {all}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Witnesses never claim too many values: the range that the solver finds has room for all of them.
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
                // And enough are found, so that no release is refused because the search is too weak.
                prop_assert!(found >= (high - low + 1).min(5), "{c}: {found} {low} {high}");
            }
        }
    }
}
