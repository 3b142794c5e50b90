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
pub fn withstands(published: &[Published], of: &[usize], values: u64) -> Verdict {
    let [Outcome::Proven(least), Outcome::Proven(most)] = ends(published, of) else {
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
pub fn range(published: &[Published], of: &[usize]) -> Outcome<[u64; 2]> {
    match ends(published, of) {
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
        if p.low > p.high || (sum.is_empty() && p.low > 0) {
            return Outcome::Infeasible;
        }
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
    let fits = |p: &&Published| {
        let sum = sum(&cells, &p.cells);
        p.low <= sum && (sum <= p.high || p.high >= ANY)
    };
    let of = sum(&cells, of).min(ANY);
    if published.iter().all(fits) { Outcome::Proven(End { of, is_best }) } else { Outcome::Failed }
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
        let open = possible(4, &published).proven().unwrap();
        assert!(pinned(&open).is_empty() && open.iter().zip(truth).all(|(p, t)| p[0] <= t && t <= p[1]));
        // 3 + 5 published as 5 and 5, with an exact total of 14: both must be 7, the most that they can be.
        let exact = [
            Published::rounded(vec![0], 5, 5),
            Published::rounded(vec![1], 5, 5),
            Published { cells: vec![0, 1], low: 14, high: 14 },
        ];
        assert_eq!(pinned(&possible(2, &exact).proven().unwrap()), [0, 1]);
        // What cannot be is found out.
        let wrong = Published { cells: vec![0, 1], low: 90, high: 90 };
        assert_eq!(possible(2, &[exact[0].clone(), exact[1].clone(), wrong]), Outcome::Infeasible);
    }

    /// Beyond what the solver counts in, there is no answer: that is no proof of anything.
    #[test]
    fn what_cannot_be_solved_is_not_taken_for_safe() {
        let far = Published { cells: vec![0], low: u64::MAX - 1, high: u64::MAX };
        assert_ne!(range(&[far], &[0]).proven(), Some([0, 0]));
        let empty = Published { cells: vec![0], low: 5, high: 4 };
        assert_eq!(range(&[empty], &[0]), Outcome::Infeasible);
        assert_eq!(Outcome::<u8>::Failed.proven(), None);
        assert_eq!(
            withstands(&[Published { cells: vec![0], low: u64::MAX - 1, high: u64::MAX }], &[0], 1),
            Verdict::NotProven
        );
        // So many cells that nobody waits for them.
        let many: Vec<usize> = (0..=crate::solve::MOST_CELLS).collect();
        let sum = |cells: &[usize]| Published { cells: cells.to_vec(), low: 0, high: 9 };
        assert_eq!(range(&[sum(&many)], &[0]), Outcome::Failed);
        assert_eq!(withstands(&[sum(&many)], &[0], 1), Verdict::NotProven);
        assert_eq!(range(&[sum(&many[1..])], &[1]), Outcome::Proven([0, 9]));
        // A hidden number is one at least, and no more is known of it.
        assert_eq!(range(&[Published::hidden(vec![0])], &[0]).proven().unwrap(), [1, ANY]);
        assert_eq!(Published::rounded(vec![0], 10, 5), Published { cells: vec![0], low: 8, high: 12 });
        assert_eq!(Published::rounded(vec![0], 10, 10), Published { cells: vec![0], low: 5, high: 14 });
        assert_eq!(pinned(&[[0, 0], [4, 4], [4, 5]]), [1]);
    }

    #[test]
    fn three_things_are_told_apart() {
        let between = |low: u64, high: u64| [Published { cells: vec![0], low, high }];
        assert_eq!(withstands(&between(3, 7), &[0], 5), Verdict::Safe);
        assert_eq!(withstands(&between(3, 6), &[0], 5), Verdict::Recovered);
        assert_eq!(withstands(&between(3, 3), &[0], 1), Verdict::Safe);
        // Numbers that contradict each other prove nothing.
        assert_eq!(withstands(&between(4, 3), &[0], 1), Verdict::NotProven);
    }

    /// A sum without an upper bound holds cells without one, together more than whatever a bound is written as.
    #[test]
    fn what_has_no_upper_bound_has_none_in_a_sum_either() {
        let told = |cells: &[usize], low, high| Published { cells: cells.to_vec(), low, high };
        let all = [told(&[0], 1, ANY), told(&[1], 50, 50), told(&[0, 1], 1, ANY), told(&[2], 1, ANY)];
        assert_eq!(range(&all, &[0]), Outcome::Proven([1, ANY]));
        assert_eq!(range(&all, &[0, 2]), Outcome::Proven([2, ANY]));
        assert_eq!(range(&all, &[1]), Outcome::Proven([50, 50]));
        assert_eq!(withstands(&all, &[0], 5), Verdict::Safe);
    }

    /// Every table of three by two that agrees is listed; the attack finds the ends of what they hold, no more and no less.
    #[test]
    fn the_ends_are_those_of_all_tables_that_agree() {
        let mut random = 12_345_u64;
        let mut next = |most: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % (most + 1)
        };
        let sums: [&[usize]; 6] = [&[0, 1], &[2, 3], &[4, 5], &[0, 2, 4], &[1, 3, 5], &[0, 1, 2, 3, 4, 5]];
        for _ in 0..12 {
            let truth: Vec<u64> = (0..6).map(|_| next(4)).collect();
            let of = |cells: &[usize], low: u64, up: u64| {
                let value = cells.iter().map(|c| truth[*c]).sum::<u64>();
                Published { cells: cells.to_vec(), low: value.saturating_sub(low), high: value + up }
            };
            let mut published: Vec<Published> = (0..6).map(|c| of(&[c], next(1), next(1))).collect();
            published.extend(sums.map(|s| of(s, next(2), next(2))));
            let found = possible(6, &published).proven().unwrap();
            let mut ends = vec![[u64::MAX, 0]; 6];
            for code in 0..7_usize.pow(6) {
                let cells: Vec<u64> = (0..6).map(|c| (code / 7_usize.pow(c) % 7) as u64).collect();
                let agrees = |p: &Published| {
                    let value = p.cells.iter().map(|c| cells[*c]).sum::<u64>();
                    p.low <= value && value <= p.high
                };
                if published.iter().all(agrees) {
                    ends.iter_mut().zip(&cells).for_each(|(e, c)| *e = [e[0].min(*c), e[1].max(*c)]);
                }
            }
            assert_eq!(found, ends, "{published:?}");
        }
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
            let found = possible(6, &published).proven().unwrap();
            for (p, t) in found.iter().zip(&truth) {
                prop_assert!(p[0] <= *t && t <= &p[1], "{found:?}");
            }
        }
    }
}
