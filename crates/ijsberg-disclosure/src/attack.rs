//! What an attacker can work out: which whole numbers agree with everything that was published.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};

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

/// More than any sum of persons.
const ANY: u64 = i32::MAX as u64;

impl Published {
    /// What a number that is hidden tells: that it is not zero.
    pub fn hidden(cells: Vec<usize>) -> Self {
        Self { cells, low: 1, high: ANY }
    }
}

/// The least and the most that a sum of cells can be, given everything published; `None` where nothing agrees, so that something
/// published is wrong. Integer programming, two problems.
pub fn range(published: &[Published], of: &[usize]) -> Option<[u64; 2]> {
    let published = connected(published, of);
    // Cells of a sum that is zero are zero, and what is left is a smaller problem.
    let mut known: BTreeMap<usize, u64> = BTreeMap::new();
    for p in &published {
        for c in &p.cells {
            let most = known.entry(*c).or_insert(ANY);
            *most = (*most).min(p.high);
        }
    }
    let mut all: Vec<usize> = known.keys().copied().chain(of.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all.retain(|c| known.get(c) != Some(&0));
    let most_of = |c: &usize| known.get(c).copied().unwrap_or(ANY);
    let bound = |direction: OptimizationDirection| -> Option<u64> {
        let mut problem = Problem::new(direction);
        let variables: BTreeMap<usize, _> = all
            .iter()
            .map(|c| {
                let most = i32::try_from(most_of(c)).unwrap_or(i32::MAX);
                (*c, problem.add_integer_var(f64::from(u8::from(of.contains(c))), (0, most)))
            })
            .collect();
        for p in &published {
            let sum: Vec<_> = p.cells.iter().filter_map(|c| Some((*variables.get(c)?, 1.0))).collect();
            if sum.is_empty() && p.low > 0 {
                return None;
            }
            problem.add_constraint(sum.as_slice(), ComparisonOp::Ge, p.low as f64);
            if p.high < ANY {
                problem.add_constraint(sum.as_slice(), ComparisonOp::Le, p.high as f64);
            }
        }
        // Without limits of time or nodes a solution is the best one.
        let SolveOutcome::Solution(solved) = problem.solve().ok()? else { return None };
        Some(solved.objective().round() as u64)
    };
    Some([bound(OptimizationDirection::Minimize)?, bound(OptimizationDirection::Maximize)?])
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

/// The least and the most that each cell can be; `None` where nothing agrees.
pub fn possible(cells: usize, published: &[Published]) -> Option<Vec<[u64; 2]>> {
    (0..cells).map(|c| range(published, &[c])).collect()
}

/// Cells that can be nothing else than one number other than zero.
pub fn pinned(possible: &[[u64; 2]]) -> Vec<usize> {
    (0..possible.len()).filter(|c| possible[*c][0] == possible[*c][1] && possible[*c][0] > 0).collect()
}

/// Overlaps of two lists that agree with a published estimate: Chapman's, where the sizes of the lists are known to the nearest
/// five and the estimate to the nearest `base`.
pub fn consistent_overlaps(n1: u64, n2: u64, estimate: u64, base: u64) -> Vec<u64> {
    let near = |n: u64| n.saturating_sub(2)..=n + 2;
    let agrees = |m: u64| {
        near(n1).any(|a| {
            near(n2).any(|b| {
                let n = ((a + 1) * (b + 1)) as f64 / (m + 1) as f64 - 1.0;
                ((n / base as f64).round() - (estimate as f64 / base as f64).round()).abs() < 0.5
            })
        })
    };
    (0..=n1.min(n2) + 2).filter(|m| agrees(*m)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::round::{Base, to_base};

    /// Chapman's estimate.
    fn chapman(n1: u64, n2: u64, m: u64) -> u64 {
        (((n1 + 1) * (n2 + 1)) as f64 / (m + 1) as f64 - 1.0).round() as u64
    }

    /// An overlap of 3 is told by an estimate to the nearest thousand; one of 40 is one of many.
    #[test]
    fn a_rounded_estimate_tells_a_small_overlap() {
        for (n1, n2, m, base, most) in [
            (300, 200, 3, 1, 1),
            (300, 200, 3, 1000, 1),
            (300, 200, 8, 500, 1),
            (300, 200, 40, 1, 2),
            (950, 400, 20, 1000, 2),
            (120, 60, 4, 100, 1),
        ] {
            let found = consistent_overlaps(n1, n2, chapman(n1, n2, m), base);
            assert!(found.contains(&m) && found.len() <= most, "{n1} {n2} {m} {base}: {found:?}");
        }
        assert!(consistent_overlaps(300, 200, chapman(300, 200, 40), 1000).len() > 50);
    }

    /// Two by two with totals, all rounded: base 5 leaves every cell open, exact totals beside it do not.
    #[test]
    fn exact_totals_beside_rounded_cells_can_pin_them() {
        let truth = [1_u64, 4, 7, 12];
        let rows: [Vec<usize>; 5] = [vec![0, 1], vec![2, 3], vec![0, 2], vec![1, 3], vec![0, 1, 2, 3]];
        let sum = |cells: &[usize]| cells.iter().map(|c| truth[*c]).sum::<u64>();
        let five = |v: u64| to_base(v, Base::FIVE);
        let mut published: Vec<Published> =
            (0..4).map(|c| Published::rounded(vec![c], five(truth[c]), 5)).collect();
        published.extend(rows.iter().map(|r| Published::rounded(r.clone(), five(sum(r)), 5)));
        let open = possible(4, &published).unwrap();
        assert!(pinned(&open).is_empty() && open.iter().zip(truth).all(|(p, t)| p[0] <= t && t <= p[1]));
        // 3 + 5 published as 5 and 5, with an exact total of 14: both must be 7, the most that they can be.
        let exact = [
            Published::rounded(vec![0], 5, 5),
            Published::rounded(vec![1], 5, 5),
            Published { cells: vec![0, 1], low: 14, high: 14 },
        ];
        assert_eq!(pinned(&possible(2, &exact).unwrap()), [0, 1]);
        // What cannot be is found out.
        let wrong = Published { cells: vec![0, 1], low: 90, high: 90 };
        assert_eq!(possible(2, &[exact[0].clone(), exact[1].clone(), wrong]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        /// The truth always agrees with what was published of it.
        #[test]
        fn the_truth_is_among_what_is_possible(truth in proptest::collection::vec(0..30_u64, 6)) {
            let sums: Vec<Vec<usize>> = vec![vec![0, 1, 2], vec![3, 4, 5], vec![0, 3], vec![1, 4], vec![2, 5]];
            let of = |cells: Vec<usize>| {
                let value = cells.iter().map(|c| truth[*c]).sum::<u64>();
                Published::rounded(cells, to_base(value, Base::FIVE), 5)
            };
            let published: Vec<Published> = (0..6).map(|c| vec![c]).chain(sums).map(of).collect();
            let found = possible(6, &published).unwrap();
            for (p, t) in found.iter().zip(&truth) {
                prop_assert!(p[0] <= *t && t <= &p[1], "{found:?}");
            }
        }
    }
}
