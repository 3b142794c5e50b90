//! What an attacker can recover: the integers that agree with everything published.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::solve::{Solved, solve};

/// A published number: the sum of some cells lies between two bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The cells of the sum.
    pub cells: Vec<usize>,
    /// The lower bound.
    pub low: u64,
    /// The upper bound.
    pub high: u64,
}

impl Published {
    /// The bounds disclosed by a number rounded to the nearest multiple of a base.
    pub fn rounded(cells: Vec<usize>, value: u64, base: u64) -> Self {
        let low = value.saturating_sub(base / 2);
        Self { cells, low, high: value + (base - 1) - base / 2 }
    }
}

/// More than any sum of persons: as an upper bound it means that there is none.
pub const ANY: u64 = i32::MAX as u64;

impl Published {
    /// The bounds disclosed by a suppressed number: it is not zero.
    pub fn hidden(cells: Vec<usize>) -> Self {
        Self { cells, low: 1, high: ANY }
    }
}

/// The outcome of an attack. A solver that gives up proves nothing, so there are three outcomes, and protection of a table
/// may rely only on [`Outcome::Proven`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// Integer tables that agree with everything published were found, and checked number by number: an attacker cannot exclude them.
    Proven(T),
    /// No table agrees with everything published, so a published number is wrong.
    Infeasible,
    /// No result: the solver stopped, or its solution is not an integer table that agrees.
    Failed,
}

impl<T> Outcome<T> {
    /// The proven result, if any.
    pub fn proven(self) -> Option<T> {
        match self {
            Self::Proven(found) => Some(found),
            Self::Infeasible | Self::Failed => None,
        }
    }
}

/// The verdict on one attacked count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Two checked tables agree with everything published, and their values of the count are at least as far apart as required.
    Safe,
    /// According to the solver no such tables exist.
    Recovered,
    /// Neither was proven. Publication treats the count as recovered.
    NotProven,
}

/// Checks whether a sum of cells can take values as far apart as the first and last of `values` consecutive integers, given everything
/// published.
///
/// ```
/// use ijsberg_disclosure::attack::{Published, Verdict, withstands};
///
/// // Ten people in two cells, one of which is published as 5, rounded to base 5.
/// let published =
///     [Published { cells: vec![0, 1], low: 10, high: 10 }, Published::rounded(vec![1], 5, 5)];
/// // The other cell can be 3 to 7: exactly five values.
/// assert_eq!(withstands(&published, &[0], 5), Verdict::Safe);
/// assert_ne!(withstands(&published, &[0], 6), Verdict::Safe);
/// ```
pub fn withstands(published: &[Published], of: &[usize], values: u64) -> Verdict {
    verdict(&ends(published, of), values)
}

fn verdict(ends: &[Outcome<End>; 2], values: u64) -> Verdict {
    let [Outcome::Proven(least), Outcome::Proven(most)] = ends else {
        return Verdict::NotProven;
    };
    if most.value.saturating_sub(least.value) + 1 >= values {
        Verdict::Safe
    } else if least.is_best && most.is_best {
        Verdict::Recovered
    } else {
        Verdict::NotProven
    }
}

/// The smallest and the largest value that a sum of cells can have, given everything published; values above [`ANY`] become [`ANY`].
/// Two integer programs. Both solutions are tables, and are checked in integers against the published numbers, so the sum can really have
/// both values: an attacker who has only the published numbers cannot exclude either. That no value lies beyond them is the solver's
/// claim.
///
/// ```
/// use ijsberg_disclosure::attack::{Outcome, Published, range};
///
/// // Ten people in two cells, one of which is published as 5, rounded to base 5.
/// let published =
///     [Published { cells: vec![0, 1], low: 10, high: 10 }, Published::rounded(vec![1], 5, 5)];
/// assert_eq!(range(&published, &[0]), Outcome::Proven([3, 7]));
/// ```
pub fn range(published: &[Published], of: &[usize]) -> Outcome<[u64; 2]> {
    bounds(&ends(published, of))
}

fn bounds(ends: &[Outcome<End>; 2]) -> Outcome<[u64; 2]> {
    match ends {
        [Outcome::Infeasible, _] | [_, Outcome::Infeasible] => Outcome::Infeasible,
        [Outcome::Proven(least), Outcome::Proven(most)]
            if least.is_best && most.is_best && least.value <= most.value =>
        {
            Outcome::Proven([least.value, most.value])
        }
        _ => Outcome::Failed,
    }
}

/// An extreme value of a sum of cells, from a table that agrees with everything published.
struct End {
    value: u64,
    /// Whether the solver claims that no value lies beyond it.
    is_best: bool,
}

fn ends(published: &[Published], of: &[usize]) -> [Outcome<End>; 2] {
    let published = connected(published, of);
    [OptimizationDirection::Minimize, OptimizationDirection::Maximize].map(|d| end(&published, of, d))
}

fn sum(cells: &BTreeMap<usize, u64>, of: &[usize]) -> u64 {
    of.iter().map(|c| cells.get(c).copied().unwrap_or(0)).sum()
}

/// The smallest or the largest value of the sum among the tables that agree with everything published.
fn end(published: &[&Published], of: &[usize], direction: OptimizationDirection) -> Outcome<End> {
    // Cells of a sum that is zero are zero; without them the problem is smaller.
    let mut most: BTreeMap<usize, u64> = of.iter().map(|c| (*c, ANY)).collect();
    for p in published {
        for c in &p.cells {
            let most = most.entry(*c).or_insert(ANY);
            *most = (*most).min(p.high);
        }
    }
    let mut problem = Problem::new(direction);
    let variables: BTreeMap<usize, _> = most
        .iter()
        .filter(|c| *c.1 > 0)
        .map(|(c, most)| {
            let most = i32::try_from(*most).unwrap_or(i32::MAX);
            (*c, problem.add_integer_var(f64::from(u8::from(of.contains(c))), (0, most)))
        })
        .collect();
    for p in published {
        let sum: Vec<_> = p.cells.iter().filter_map(|c| Some((*variables.get(c)?, 1.0))).collect();
        problem.add_constraint(sum.as_slice(), ComparisonOp::Ge, p.low as f64);
        if p.high < ANY {
            problem.add_constraint(sum.as_slice(), ComparisonOp::Le, p.high as f64);
        }
    }
    let (solved, is_best) = match solve(&problem, variables.len()) {
        Solved::Best(solved) => (solved, true),
        Solved::Found(solved) => (solved, false),
        Solved::Infeasible => return Outcome::Infeasible,
        Solved::GaveUp => return Outcome::Failed,
    };
    let mut cells = BTreeMap::new();
    for (c, variable) in &variables {
        let value = solved.var_value(*variable).round();
        if !(0.0..=ANY as f64).contains(&value) {
            return Outcome::Failed;
        }
        cells.insert(*c, value as u64);
    }
    let value = sum(&cells, of).min(ANY);
    if published.iter().all(|p| agrees(p, &cells)) {
        Outcome::Proven(End { value, is_best })
    } else {
        Outcome::Failed
    }
}

/// Whether a table agrees with a published sum. A solution of the solver is accepted by this check alone.
fn agrees(p: &Published, cells: &BTreeMap<usize, u64>) -> bool {
    let sum = sum(cells, &p.cells);
    p.low <= sum && (sum <= p.high || p.high >= ANY)
}

/// The published numbers of cells that are connected with these through any number of sums.
fn connected<'a>(published: &'a [Published], of: &[usize]) -> Vec<&'a Published> {
    let mut reached: BTreeSet<usize> = of.iter().copied().collect();
    let mut found = Vec::new();
    let mut left: Vec<&Published> = published.iter().collect();
    loop {
        let (near, far): (Vec<_>, Vec<_>) =
            left.into_iter().partition(|p| p.cells.iter().any(|c| reached.contains(c)));
        if near.is_empty() {
            return found;
        }
        reached.extend(near.iter().flat_map(|p| &p.cells));
        found.extend(near);
        left = far;
    }
}

/// The smallest and the largest value that each cell can have.
///
/// ```
/// use ijsberg_disclosure::attack::{Published, pinned, possible};
///
/// let exactly = |cells: &[usize], n| Published { cells: cells.to_vec(), low: n, high: n };
/// let open = possible(2, &[exactly(&[0, 1], 10)]).proven().unwrap();
/// assert_eq!(open, [[0, 10], [0, 10]]);
/// // The total and one cell disclose the other.
/// let recovered = possible(2, &[exactly(&[0, 1], 10), exactly(&[1], 4)]).proven().unwrap();
/// assert_eq!(recovered, [[6, 6], [4, 4]]);
/// assert_eq!(pinned(&recovered), [0, 1]);
/// ```
pub fn possible(cells: usize, published: &[Published]) -> Outcome<Vec<[u64; 2]>> {
    let mut all = Vec::with_capacity(cells);
    for c in 0..cells {
        match range(published, &[c]) {
            Outcome::Proven(found) => all.push(found),
            Outcome::Infeasible => return Outcome::Infeasible,
            Outcome::Failed => return Outcome::Failed,
        }
    }
    Outcome::Proven(all)
}

/// The cells that can have only one value, other than zero.
pub fn pinned(possible: &[[u64; 2]]) -> Vec<usize> {
    (0..possible.len()).filter(|c| possible[*c][0] == possible[*c][1] && possible[*c][0] > 0).collect()
}

/// The overlaps of two lists that agree with a published Chapman estimate, if the list sizes are known to the nearest multiple of 5 and
/// the estimate to the nearest multiple of `base`.
///
/// ```
/// use ijsberg_disclosure::attack::consistent_overlaps;
///
/// // Lists of 300 and 200 people, three of whom are on both: the estimate 15,124 discloses the three, even rounded to thousands.
/// assert_eq!(consistent_overlaps(300, 200, 15_124, 1000), [3]);
/// ```
pub fn consistent_overlaps(n1: u64, n2: u64, estimate: u64, base: u64) -> Vec<u64> {
    let near = |n: u64| n.saturating_sub(2)..=n + 2;
    let agrees = |m: u64| {
        near(n1).any(|a| {
            near(n2).any(|b| {
                let n = ((a + 1) * (b + 1)) as f64 / (m + 1) as f64 - 1.0;
                (n / base as f64).round() == (estimate as f64 / base as f64).round()
            })
        })
    };
    (0..=n1.min(n2) + 2).filter(|m| agrees(*m)).collect()
}

#[cfg(test)]
mod tests;
