//! Public examples of other programs: the tables of R's `sdcTable` 0.34 and `easySdcTable` 1.1, with the results that they document.

use ijsberg_disclosure::attack::{ANY, Published, Verdict, possible, range, withstands};
use ijsberg_disclosure::suppress::{Number, Place, WIDTH, suppress};

fn number(cells: Vec<usize>, counts: &[u64]) -> Number {
    Number { value: cells.iter().map(|c| counts[*c]).sum(), cells, place: Place::Here }
}

/// A table with all its totals, each of which may be suppressed too.
fn table(columns: usize, counts: &[u64]) -> Vec<Number> {
    let rows = counts.len() / columns;
    let mut all: Vec<Number> = (0..counts.len()).map(|c| number(vec![c], counts)).collect();
    all.extend((0..rows).map(|r| number((r * columns..(r + 1) * columns).collect(), counts)));
    all.extend((0..columns).map(|c| number((0..rows).map(|r| r * columns + c).collect(), counts)));
    all.push(number((0..counts.len()).collect(), counts));
    all
}

/// The bounds known to a reader of a table with suppressed numbers: a suppressed number is at least `least`.
fn published_bounds(numbers: &[Number], hidden: impl Fn(usize) -> bool, least: u64) -> Vec<Published> {
    let one = |(i, n): (usize, &Number)| {
        let (low, high) = if hidden(i) { (least, ANY) } else { (n.value, n.value) };
        Published { cells: n.cells.clone(), low, high }
    };
    numbers.iter().enumerate().map(one).collect()
}

/// Suppresses numbers, checks that the attack recovers no small count, and returns the suppressed numbers.
fn protected(numbers: &[Number], threshold: u64) -> Vec<usize> {
    let shown = suppress(numbers, &[], threshold);
    let published = published_bounds(numbers, |i| shown[i].is_none(), 1);
    for n in numbers.iter().filter(|n| (1..threshold).contains(&n.value)) {
        assert_eq!(withstands(&published, &n.cells, WIDTH), Verdict::Safe, "{n:?}");
    }
    (0..numbers.len()).filter(|i| shown[*i].is_none()).collect()
}

/// The people of `microdata1` by region and gender. To protect the two women of region A, the optimum of `sdcTable` (`OPT`, and each of
/// its other methods) also suppresses the men there and both genders of region C.
#[test]
fn a_single_cell_takes_the_same_three_with_it_as_in_sdctable() {
    let counts = [18, 2, 14, 19, 12, 10, 11, 14];
    assert_eq!(protected(&table(2, &counts), 10), [0, 1, 4, 5]);
}

/// Eight regions in two counties, and in two groups across them. Each table of sums leaves the counts up to 3 unknown; both together
/// disclose that of region K, as the tests of `sdcTable` say: its group minus county 1 is K and N, and N is 7.
#[test]
fn linked_tables_disclose_what_neither_does() {
    let counts = [2, 2, 8, 8, 3, 3, 3, 7];
    let regions: Vec<Number> = (0..8).map(|c| number(vec![c], &counts)).collect();
    let sums = |of: &[&[usize]]| of.iter().map(|c| number(c.to_vec(), &counts)).collect::<Vec<_>>();
    let counties = sums(&[&[0, 1, 2, 3], &[4, 5, 6, 7], &[0, 1, 2, 3, 4, 5, 6, 7]]);
    let groups = sums(&[&[5, 6], &[0, 1, 2, 3, 4, 7]]);
    let small = |numbers: &[Number]| {
        let of = |i: usize| numbers[i].value <= 3;
        published_bounds(numbers, of, 0)
    };
    let k = |numbers: &[Number]| range(&small(numbers), &[4]).proven().unwrap();
    let of = |more: &[&[Number]]| [&[&regions[..]], more].concat().concat();
    assert_eq!(k(&of(&[&counties])), [0, 9]);
    assert_eq!(k(&of(&[&groups, &counties[2..]])), [0, 7]);
    assert_eq!(k(&of(&[&counties, &groups])), [3, 3]);
    // Protected together, N is suppressed too, as in `sdcTable`.
    let all = of(&[&counties, &groups]);
    let hidden = protected(&all, 4);
    assert!(hidden.contains(&7) && [0, 1, 4, 5, 6].iter().all(|i| hidden.contains(i)), "{hidden:?}");
}

/// Four main incomes in eleven regions (`z2w`): counts up to 3 are suppressed.
const INCOMES: [u64; 44] = [
    11, 11, 55, 36, 7, 1, 29, 18, 5, 8, 35, 25, 13, 2, 17, 13, 9, 14, 63, 52, 12, 9, 24, 22, 6, 4, 22, 8, 9,
    3, 38, 15, 3, 0, 9, 2, 9, 0, 32, 20, 4, 2, 18, 11,
];

/// The documentation of `easySdcTable` suppresses 15 numbers, zeros among them, so that none is known exactly. Here each has at least
/// five possible values, zeros are published, and no more numbers are suppressed.
#[test]
fn no_more_is_hidden_of_a_table_than_easysdctable_hides() {
    let theirs = [4, 5, 12, 13, 25, 27, 28, 29, 32, 33, 35, 36, 37, 40, 41];
    let numbers = table(4, &INCOMES);
    let possible = possible(44, &published_bounds(&numbers, |i| theirs.contains(&i), 0)).proven().unwrap();
    for i in 0..44 {
        assert_eq!(possible[i][0] < possible[i][1], theirs.contains(&i), "{i}: {:?}", possible[i]);
    }
    let ours = protected(&numbers, 4);
    assert!(ours.len() <= theirs.len(), "{ours:?}");
    println!("{} hidden here, {} there", ours.len(), theirs.len());
}
