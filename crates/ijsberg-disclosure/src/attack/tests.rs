use proptest::prelude::*;

use super::*;
use crate::round::{Base, to_base};

/// Chapman's estimate.
fn chapman(n1: u64, n2: u64, m: u64) -> u64 {
    (((n1 + 1) * (n2 + 1)) as f64 / (m + 1) as f64 - 1.0).round() as u64
}

/// An estimate rounded to thousands discloses an overlap of 3; for an overlap of 40 many values agree.
#[test]
fn a_rounded_estimate_discloses_a_small_overlap() {
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
    // Lists rounded to 5 may have 7 people, and so may the overlap, but no more.
    assert_eq!(consistent_overlaps(5, 5, 7, 1).last(), Some(&7));
    assert!(consistent_overlaps(5, 5, 6, 1).iter().all(|m| *m <= 7));
}

/// If only one end is known to be extreme, the range is not proven.
#[test]
fn an_end_that_may_not_be_the_last_proves_nothing() {
    let end = |value, is_best| Outcome::Proven(End { value, is_best });
    for (least, most, expected, range) in [
        ((3, true), (6, true), Verdict::Recovered, Outcome::Proven([3, 6])),
        ((3, false), (6, true), Verdict::NotProven, Outcome::Failed),
        ((3, true), (6, false), Verdict::NotProven, Outcome::Failed),
        ((3, false), (7, false), Verdict::Safe, Outcome::Failed),
        ((3, true), (7, true), Verdict::Safe, Outcome::Proven([3, 7])),
        // Contradicting numbers.
        ((6, true), (3, true), Verdict::Recovered, Outcome::Failed),
    ] {
        let ends = [end(least.0, least.1), end(most.0, most.1)];
        assert_eq!((verdict(&ends, 5), bounds(&ends)), (expected, range), "{least:?} {most:?}");
    }
    let unknown = [end(3, true), Outcome::Failed];
    assert_eq!((verdict(&unknown, 1), bounds(&unknown)), (Verdict::NotProven, Outcome::Failed));
}

/// A table that does not agree is not accepted, whatever the solver claims.
#[test]
fn a_table_agrees_with_both_bounds_of_a_sum() {
    let of = |low, high| agrees(&Published { cells: vec![0, 1], low, high }, &[(0, 2), (1, 3)].into());
    assert_eq!([of(5, 5), of(6, 9), of(1, 4), of(5, ANY), of(6, ANY)], [true, false, false, true, false]);
}

/// A cell that is zero by one sum cannot be larger by another, and it does not count towards the limit of the solver.
#[test]
fn cells_that_are_zero_are_left_out() {
    let zero = Published { cells: vec![0], low: 0, high: 0 };
    let more = Published { cells: vec![0], low: 3, high: 9 };
    assert_eq!(range(&[zero.clone(), more], &[0]), Outcome::Infeasible);
    let many: Vec<usize> = (0..=crate::solve::MOST_CELLS).collect();
    let all = |high| Published { cells: many.clone(), low: 0, high };
    assert_eq!(range(&[zero, all(0)], &[0]), Outcome::Proven([0, 0]));
    assert_eq!(range(&[all(1)], &[0]), Outcome::Failed);
}

/// A two-by-two table with totals: if everything is rounded to base 5 no cell is recovered; with exact totals some are.
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
    // Contradicting numbers are detected.
    let wrong = Published { cells: vec![0, 1], low: 90, high: 90 };
    assert_eq!(possible(2, &[exact[0].clone(), exact[1].clone(), wrong]), Outcome::Infeasible);
}

/// Numbers beyond the range of the solver give no result, and that proves nothing.
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
    // More cells than the solver accepts.
    let many: Vec<usize> = (0..=crate::solve::MOST_CELLS).collect();
    let sum = |cells: &[usize]| Published { cells: cells.to_vec(), low: 0, high: 9 };
    assert_eq!(range(&[sum(&many)], &[0]), Outcome::Failed);
    assert_eq!(withstands(&[sum(&many)], &[0], 1), Verdict::NotProven);
    assert_eq!(range(&[sum(&many[1..])], &[1]), Outcome::Proven([0, 9]));
    // A suppressed number is at least 1; nothing else is known about it.
    assert_eq!(range(&[Published::hidden(vec![0])], &[0]).proven().unwrap(), [1, ANY]);
    assert_eq!(Published::rounded(vec![0], 10, 5), Published { cells: vec![0], low: 8, high: 12 });
    assert_eq!(Published::rounded(vec![0], 10, 10), Published { cells: vec![0], low: 5, high: 14 });
    assert_eq!(pinned(&[[0, 0], [4, 4], [4, 5]]), [1]);
}

#[test]
fn the_three_verdicts_are_distinguished() {
    let between = |low: u64, high: u64| [Published { cells: vec![0], low, high }];
    assert_eq!(withstands(&between(3, 7), &[0], 5), Verdict::Safe);
    assert_eq!(withstands(&between(3, 6), &[0], 5), Verdict::Recovered);
    assert_eq!(withstands(&between(3, 3), &[0], 1), Verdict::Safe);
    // Contradicting numbers prove nothing.
    assert_eq!(withstands(&between(4, 3), &[0], 1), Verdict::NotProven);
}

/// A sum without an upper bound may contain cells without one, which add up to more than the number that stands for no bound.
#[test]
fn what_has_no_upper_bound_has_none_in_a_sum_either() {
    let bound = |cells: &[usize], low, high| Published { cells: cells.to_vec(), low, high };
    let all = [bound(&[0], 1, ANY), bound(&[1], 50, 50), bound(&[0, 1], 1, ANY), bound(&[2], 1, ANY)];
    assert_eq!(range(&all, &[0]), Outcome::Proven([1, ANY]));
    assert_eq!(range(&all, &[0, 2]), Outcome::Proven([2, ANY]));
    assert_eq!(range(&all, &[1]), Outcome::Proven([50, 50]));
    assert_eq!(withstands(&all, &[0], 5), Verdict::Safe);
}

/// All three-by-two tables that agree are enumerated; the attack finds exactly the extremes of their cells.
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

    /// The truth always agrees with the published numbers.
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
