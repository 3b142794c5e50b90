//! What an attacker can work out: which whole numbers agree with everything that was published.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::solve::{Solved, solve};

/// A published number: the sum of some cells lies between two bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The cells that it is the sum of.
    pub cells: Vec<usize>,
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
}

impl Published {
    /// What a number rounded to the nearest multiple of a base tells.
    pub fn rounded(cells: Vec<usize>, value: u64, base: u64) -> Self {
        let low = value.saturating_sub(base / 2);
        Self { cells, low, high: value + (base - 1) - base / 2 }
    }
}

/// More than any sum of persons: a number that is at most this has no upper bound.
pub const ANY: u64 = i32::MAX as u64;

impl Published {
    /// What a number that is hidden tells: that it is not zero.
    pub fn hidden(cells: Vec<usize>) -> Self {
        Self { cells, low: 1, high: ANY }
    }
}

/// What an attack found out. A solver that gives up is no proof of safety, so the three are told apart, and whoever protects a table
/// may only rely on [`Outcome::Proven`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    /// Tables of whole numbers that agree with everything published were found and checked, number by number: nobody can say less
    /// than this.
    Proven(T),
    /// No table agrees, so that something published is wrong.
    Infeasible,
    /// Nothing was found out: the solver stopped, or what it found is no table of whole numbers.
    Failed,
}

impl<T> Outcome<T> {
    /// What was proven.
    pub fn proven(self) -> Option<T> {
        match self {
            Self::Proven(found) => Some(found),
            Self::Infeasible | Self::Failed => None,
        }
    }
}

/// What an attack on one count comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Tables that agree with everything published were found and checked in which it is as far apart as was asked for.
    Safe,
    /// The solver says that there are none.
    Recovered,
    /// Neither was found out. Whoever publishes takes it for recovered.
    NotProven,
}

/// Whether a sum of cells can be numbers as far apart as so many values are, given everything published.
///
/// ```
/// use ijsberg_disclosure::attack::{Published, Verdict, withstands};
///
/// // Ten people in two cells, one of which is published as 5, to the nearest five.
/// let published =
///     [Published { cells: vec![0, 1], low: 10, high: 10 }, Published::rounded(vec![1], 5, 5)];
/// // The other can be any of 3 to 7: five numbers and no more.
/// assert_eq!(withstands(&published, &[0], 5), Verdict::Safe);
/// assert_ne!(withstands(&published, &[0], 6), Verdict::Safe);
/// ```
pub fn withstands(published: &[Published], of: &[usize], values: u64) -> Verdict {
    judged(&ends(published, of), values)
}

fn judged(ends: &[Outcome<End>; 2], values: u64) -> Verdict {
    let [Outcome::Proven(least), Outcome::Proven(most)] = ends else {
        return Verdict::NotProven;
    };
    if most.of.saturating_sub(least.of) + 1 >= values {
        Verdict::Safe
    } else if least.is_best && most.is_best {
        Verdict::Recovered
    } else {
        Verdict::NotProven
    }
}

/// The least and the most that a sum of cells can be, given everything published; [`ANY`] for whatever is more. Integer programming,
/// two problems; both answers are tables, and are checked in whole numbers against what was published. So the sum can really be either:
/// an attacker who has only what was published knows no less. That there is nothing beyond them is what the solver says.
///
/// ```
/// use ijsberg_disclosure::attack::{Outcome, Published, range};
///
/// // Ten people in two cells, one of which is published as 5, to the nearest five.
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
            if least.is_best && most.is_best && least.of <= most.of =>
        {
            Outcome::Proven([least.of, most.of])
        }
        _ => Outcome::Failed,
    }
}

/// A sum of cells in a table that agrees with everything published.
struct End {
    of: u64,
    /// The solver says that there is none beyond it.
    is_best: bool,
}

fn ends(published: &[Published], of: &[usize]) -> [Outcome<End>; 2] {
    let published = connected(published, of);
    [OptimizationDirection::Minimize, OptimizationDirection::Maximize].map(|d| end(&published, of, d))
}

fn sum(cells: &BTreeMap<usize, u64>, of: &[usize]) -> u64 {
    of.iter().map(|c| cells.get(c).copied().unwrap_or(0)).sum()
}

/// The sum in a table that agrees with everything published, as small or as large as it can be.
fn end(published: &[&Published], of: &[usize], direction: OptimizationDirection) -> Outcome<End> {
    // Cells of a sum that is zero are zero, and what is left is a smaller problem.
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
    let of = sum(&cells, of).min(ANY);
    if published.iter().all(|p| agrees(p, &cells)) {
        Outcome::Proven(End { of, is_best })
    } else {
        Outcome::Failed
    }
}

/// Whether a table agrees with what was published of a sum. What the solver finds is believed by this alone.
fn agrees(p: &Published, cells: &BTreeMap<usize, u64>) -> bool {
    let sum = sum(cells, &p.cells);
    p.low <= sum && (sum <= p.high || p.high >= ANY)
}

/// What was published of cells that have to do with these, through however many sums.
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

/// The least and the most that each cell can be.
///
/// ```
/// use ijsberg_disclosure::attack::{Published, pinned, possible};
///
/// let exactly = |cells: &[usize], n| Published { cells: cells.to_vec(), low: n, high: n };
/// let open = possible(2, &[exactly(&[0, 1], 10)]).proven().unwrap();
/// assert_eq!(open, [[0, 10], [0, 10]]);
/// // The total and one cell tell the other.
/// let told = possible(2, &[exactly(&[0, 1], 10), exactly(&[1], 4)]).proven().unwrap();
/// assert_eq!(told, [[6, 6], [4, 4]]);
/// assert_eq!(pinned(&told), [0, 1]);
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

/// Cells that can be nothing else than one number other than zero.
pub fn pinned(possible: &[[u64; 2]]) -> Vec<usize> {
    (0..possible.len()).filter(|c| possible[*c][0] == possible[*c][1] && possible[*c][0] > 0).collect()
}

/// Overlaps of two lists that agree with a published estimate: Chapman's, where the sizes of the lists are known to the nearest
/// five and the estimate to the nearest `base`.
///
/// ```
/// use ijsberg_disclosure::attack::consistent_overlaps;
///
/// // Lists of 300 and 200 with three people in common: 15,124, and even 15 thousand, tells the three.
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
