//! A comparison of suppression with the exact optimum for small tables.

use ijsberg_disclosure::attack::{Published, range};
use ijsberg_disclosure::suppress::{Number, Place, WIDTH, suppress};

/// The cells of a table, with row totals, column totals and the grand total.
fn table(rows: usize, columns: usize, cells: &[u64]) -> Vec<Number> {
    let number =
        |of: Vec<usize>, place| Number { value: of.iter().map(|c| cells[*c]).sum(), cells: of, place };
    let mut all: Vec<Number> = (0..rows * columns).map(|c| number(vec![c], Place::Here)).collect();
    all.extend((0..rows).map(|r| number((r * columns..(r + 1) * columns).collect(), Place::Here)));
    all.extend((0..columns).map(|c| number((0..rows).map(|r| r * columns + c).collect(), Place::Elsewhere)));
    all.push(number((0..rows * columns).collect(), Place::Elsewhere));
    all
}

fn is_safe(numbers: &[Number], hidden: u32) -> bool {
    let public = |(i, n): (usize, &Number)| {
        let shown = Published { cells: n.cells.clone(), low: n.value, high: n.value };
        if hidden >> i & 1 == 1 { Published::hidden(n.cells.clone()) } else { shown }
    };
    let published: Vec<Published> = numbers.iter().enumerate().map(public).collect();
    let small = numbers.iter().filter(|n| (1..10).contains(&n.value));
    small.clone().count() > 0
        && small
            .into_iter()
            .all(|n| range(&published, &n.cells).proven().is_some_and(|[l, h]| h - l + 1 >= WIDTH))
}

/// The smallest number of suppressions for this table, found by trying all sets of increasing size.
fn optimum(numbers: &[Number]) -> Option<u32> {
    let small: u32 =
        numbers.iter().enumerate().filter(|(_, n)| (1..10).contains(&n.value)).map(|(i, _)| 1 << i).sum();
    if small == 0 {
        return Some(0);
    }
    let may: Vec<usize> = (0..numbers.len())
        .filter(|i| numbers[*i].place == Place::Here && numbers[*i].value > 0 && small >> i & 1 == 0)
        .collect();
    for more in 0..=4.min(may.len() as u32) {
        for set in (0..1_u32 << may.len()).filter(|s| s.count_ones() == more) {
            let others: u32 =
                may.iter().enumerate().filter(|(k, _)| set >> k & 1 == 1).map(|(_, i)| 1 << i).sum();
            if is_safe(numbers, small | others) {
                return Some(small.count_ones() + more);
            }
        }
    }
    None
}

/// Over forty tables, at most 10% more numbers are suppressed than necessary.
#[test]
fn suppression_hides_at_most_a_tenth_more_than_the_optimum() {
    let mut random = 77_u64;
    let mut next = |n: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) % n
    };
    let (mut found, mut best, mut tables, mut worst) = (0, 0, 0, 0);
    for _ in 0..40 {
        let cells: Vec<u64> =
            (0..9).map(|_| if next(5) == 0 { 1 + next(9) } else { 10 + next(90) }).collect();
        let numbers = table(3, 3, &cells);
        let Some(least) = optimum(&numbers) else { continue };
        let hidden = suppress(&numbers, &[], 10).iter().filter(|n| n.is_none()).count() as u32;
        assert!(hidden >= least, "{cells:?}: {hidden} {least}");
        (found, best, tables, worst) = (found + hidden, best + least, tables + 1, worst.max(hidden - least));
    }
    assert!(tables >= 30 && best > 100, "{tables} {best}");
    assert!(f64::from(found) <= 1.1 * f64::from(best), "{found} hidden, {best} needed, {worst} more at most");
    println!("{tables} tables: {found} hidden, {best} needed, {worst} more at most");
}
