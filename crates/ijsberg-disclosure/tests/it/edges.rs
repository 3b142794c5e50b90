//! Every bound at its limit: the guarantees of five values, ten persons and base 5, tested to the last integer.

use ijsberg_disclosure::attack::{ANY, Outcome, Published, consistent_overlaps, possible, range};
use ijsberg_disclosure::cell_key::CellKey;
use ijsberg_disclosure::geometric::{Epsilon, private};
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::protected::Protected;
use ijsberg_disclosure::suppress::{Number, Place, suppress};
use ijsberg_disclosure::witness::{Bounded, Search, System};

fn bounds(cells: &[usize], low: u64, high: u64) -> Published {
    Published { cells: cells.to_vec(), low, high }
}

fn number(cells: &[usize], value: u64, place: Place) -> Number {
    Number { cells: cells.to_vec(), value, place }
}

fn shown(found: &[Option<Protected>]) -> Vec<Option<u64>> {
    found.iter().map(|p| p.map(Protected::get)).collect()
}

#[test]
fn rounding_leaves_two_either_way_and_nothing_below_zero() {
    assert_eq!(Published::rounded(vec![0], 0, 5), bounds(&[0], 0, 2));
    assert_eq!(Published::rounded(vec![0], 5, 5), bounds(&[0], 3, 7));
    assert_eq!(Published::rounded(vec![0], 0, 10), bounds(&[0], 0, 4));
    // Every count lies within the bounds of its rounded value, which span five integers at most.
    for count in 0..40 {
        let of = Published::rounded(vec![0], (count + 2) / 5 * 5, 5);
        assert!(of.low <= count && count <= of.high && of.high - of.low < 5, "{count}");
    }
}

#[test]
fn ends_are_exact_where_several_numbers_meet() {
    // a + b = 10, b + c = 12, a at most 4, c at least 3.
    let all = [bounds(&[0, 1], 10, 10), bounds(&[1, 2], 12, 12), bounds(&[0], 0, 4), bounds(&[2], 3, ANY)];
    assert_eq!(range(&all, &[0]).proven(), Some([1, 4]));
    assert_eq!(range(&all, &[1]).proven(), Some([6, 9]));
    assert_eq!(range(&all, &[2]).proven(), Some([3, 6]));
    assert_eq!(range(&all, &[0, 2]).proven(), Some([4, 10]));
    // Numbers of unconnected cells do not matter.
    let apart = [&all[..], &[bounds(&[7], 1, 2)]].concat();
    assert_eq!(range(&apart, &[0]).proven(), Some([1, 4]));
    assert_eq!(possible(3, &all).proven().unwrap(), [[1, 4], [6, 9], [3, 6]]);
    // A cell that is zero contradicts a sum of at least one.
    assert_eq!(range(&[bounds(&[0], 0, 0), bounds(&[0], 1, ANY)], &[0]), Outcome::Infeasible);
    assert_eq!(range(&[bounds(&[0], 0, 0), bounds(&[0], 0, ANY)], &[0]).proven(), Some([0, 0]));
    assert_eq!(possible(1, &[bounds(&[0], 2, 1)]), Outcome::Infeasible);
}

/// Reference sets from an enumeration of all triples of integers.
#[test]
fn the_overlaps_that_agree_with_an_estimate_are_all_of_them() {
    let of = consistent_overlaps;
    assert_eq!(of(300, 200, 1475, 1), [40]);
    assert_eq!(of(12, 9, 42, 1), [2]);
    assert_eq!(of(12, 9, 42, 10), [1, 2, 3, 4]);
    assert_eq!(of(30, 20, 80, 5), [6, 7, 8]);
    let wide = of(300, 200, 1475, 1000);
    assert_eq!((wide.first(), wide.last(), wide.len()), (Some(&39), Some(&121), 83));
}

#[test]
fn nine_are_hidden_and_ten_are_shown() {
    let table = |n: u64| {
        [number(&[0], n, Place::Here), number(&[1], 400, Place::Here), number(&[2], 500, Place::Here)]
    };
    for (n, hidden) in [(0, false), (1, true), (9, true), (10, false), (11, false)] {
        let found = shown(&suppress(&table(n), &[], 10));
        assert_eq!(found, [(!hidden).then_some(n), Some(400), Some(500)], "{n}");
    }
    // Another threshold has another limit.
    assert_eq!(shown(&suppress(&table(9), &[], 9))[0], Some(9));
    assert_eq!(shown(&suppress(&table(8), &[], 9))[0], None);
}

#[test]
fn five_values_are_enough_and_four_are_not() {
    let table =
        [number(&[0], 3, Place::Here), number(&[1], 50, Place::Here), number(&[0, 1], 53, Place::Elsewhere)];
    // Without the sum the other number does not matter, and five values are enough.
    let alone = &table[..2];
    assert_eq!(shown(&suppress(alone, &[bounds(&[0], 1, 5)], 10)), [None, Some(50)]);
    // Four values, and no suppression changes that: everything is suppressed, and the disclosure check will refuse the release.
    assert_eq!(shown(&suppress(alone, &[bounds(&[0], 1, 4)], 10)), [None, None]);
    // With the sum the other number is suppressed too; the sum is published.
    assert_eq!(shown(&suppress(&table, &[], 10)), [None, None, Some(53)]);
    // Bounds published elsewhere on the other number: 48 to 52 leaves five values; 48 to 51 leaves four, so the sum is suppressed instead.
    assert_eq!(shown(&suppress(&table, &[bounds(&[1], 48, 52)], 10)), [None, None, Some(53)]);
    assert_eq!(shown(&suppress(&table, &[bounds(&[1], 48, 51)], 10)), [None, Some(50), None]);
}

#[test]
fn the_smallest_other_number_is_hidden_and_nothing_more_than_needed() {
    // A row with one small count: the smallest of the others is suppressed too.
    let row = |others: [u64; 3]| {
        let mut all = vec![number(&[0], 4, Place::Here)];
        all.extend((1..4).map(|c| number(&[c], others[c - 1], Place::Here)));
        all.push(number(&[0, 1, 2, 3], 4 + others.iter().sum::<u64>(), Place::Elsewhere));
        all
    };
    assert_eq!(shown(&suppress(&row([70, 20, 90]), &[], 10))[..4], [None, Some(70), None, Some(90)]);
    assert_eq!(shown(&suppress(&row([20, 20, 90]), &[], 10))[..4], [None, None, Some(20), Some(90)]);
    // Zero protects no other count: it is published.
    assert_eq!(shown(&suppress(&row([0, 20, 90]), &[], 10))[..4], [None, Some(0), None, Some(90)]);
    // Two small counts protect each other.
    assert_eq!(shown(&suppress(&row([6, 20, 90]), &[], 10))[..4], [None, None, Some(20), Some(90)]);
    // But not if only four values are left: 1 to 4 of five.
    let few =
        [number(&[0], 2, Place::Here), number(&[1], 3, Place::Here), number(&[0, 1], 5, Place::Elsewhere)];
    assert_eq!(shown(&suppress(&few, &[], 10)), [None, None, None]);
}

#[test]
fn a_witness_must_fit_every_number_on_both_sides_and_leave_blocks_as_they_are() {
    let system = |low: u64, high: u64| System {
        truth: vec![3, 20, 30],
        blocks: vec![0, 0, 0],
        published: vec![Bounded { cells: vec![0], low, high }],
    };
    for (low, high, fits) in [(3, 3, true), (4, 9, false), (0, 2, false), (3, 9, true), (0, 3, true)] {
        assert_eq!(Search::new(&system(low, high)).is_some(), fits, "{low} {high}");
    }
    // As many values as the bounds allow, up to the number requested.
    for (low, high) in [(3, 3), (2, 3), (3, 4), (1, 5), (0, 6), (0, 50)] {
        let system = system(low, high);
        let search = Search::new(&system).unwrap();
        for wanted in [1, 4, 5, 6, 10] {
            assert_eq!(
                search.values(&vec![(0, 1)], wanted),
                (high - low + 1).min(wanted),
                "{low} {high} {wanted}"
            );
        }
    }
    // A witness creates no persons: with ten in the block a count is from 0 to 10.
    let closed = System { truth: vec![3, 7], blocks: vec![0, 0], published: Vec::new() };
    assert_eq!(Search::new(&closed).unwrap().values(&vec![(0, 1)], 40), 11);
    // And it takes none from another block.
    let apart = System { truth: vec![3, 7], blocks: vec![0, 1], published: Vec::new() };
    assert_eq!(Search::new(&apart).unwrap().values(&vec![(0, 1)], 40), 1);
}

#[test]
fn noise_is_found_in_the_table_by_a_share_to_the_last_bit() {
    let table = Perturbation::new(Noise::default()).unwrap();
    for count in [1, 2, 7, 8, 9, 1000] {
        let mut below = 0.0;
        for (noise, chance) in table.distribution(count) {
            // Just inside the lower limit, in the middle, and just inside the upper limit.
            assert_eq!(table.noise(count, below + 1e-12), noise, "{count}");
            assert_eq!(table.noise(count, below + chance / 2.0), noise, "{count}");
            assert_eq!(table.noise(count, below + chance - 1e-12), noise, "{count}");
            below += chance;
        }
        assert_eq!(table.noise(count, 1.0), table.distribution(count).last().unwrap().0);
    }
    // Counts from the sum of the largest noise, the largest excluded count and 1 share one row; the count below has its own.
    assert_eq!(table.distribution(8), table.distribution(9));
    assert_ne!(table.distribution(7), table.distribution(8));
    assert_eq!(CellKey::default().share(), 0.0);
}

#[test]
fn epsilon_has_an_edge_on_both_sides() {
    for (epsilon, thousandths) in
        [(0.001, Some(1)), (20.0, Some(20_000)), (20.0004, Some(20_000)), (20.001, None), (0.0004, None)]
    {
        assert_eq!(Epsilon::new(epsilon).map(Epsilon::thousandths), thousandths, "{epsilon}");
    }
    let most = private(&[u64::MAX, 3], Epsilon::new(20.0).unwrap(), b"a key for the test of edges", "edge");
    assert!(most[0] > i64::MAX - 10, "{most:?}");
}
