//! Suppression: small counts are suppressed, and other counts until the small ones cannot be recovered.

use crate::attack::{Published, Verdict, withstands};
use crate::protected::Protected;

/// A number of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The cells of the sum.
    pub cells: Vec<usize>,
    /// Its value.
    pub value: u64,
    /// Where it is published.
    pub place: Place,
}

/// Where a number is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this table only.
    Here,
    /// In other tables too; it is suppressed to protect other numbers only as a last resort.
    Elsewhere,
    /// Nowhere, such as the number of persons without a mark; it must not be recovered either.
    Nowhere,
}

/// The least number of possible values of a suppressed small count: as many as a count rounded to base 5 has.
pub const WIDTH: u64 = 5;

/// The published values of the numbers of a table. A value is `None` if the number is suppressed: because it is from 1 to `threshold` - 1
/// (primary suppression), or because such a number could be recovered from it (secondary suppression). Zeros are published. Numbers at
/// [`Place::Nowhere`] are always `None`.
///
/// `also` lists other published bounds on the cells.
///
/// Secondary suppressions are chosen one by one: the smallest number in a sum with the number to protect (as in the hypercube and greedy
/// heuristics; the smallest loss of information is an integer program of its own: Fischetti and Salazar 2001, Management Science 47,
/// 1008). The table is attacked again after each choice. If nothing is left to suppress, the result can still be unsafe, and the caller
/// has to check it. Finally, suppressions that turn out to be unnecessary are undone.
///
/// ```
/// use ijsberg_disclosure::suppress::{Number, Place, suppress};
///
/// // Of 500 people 497 have a mark: together with the total, that discloses that three do not.
/// let number = |cells: &[usize], value, place| Number { cells: cells.to_vec(), value, place };
/// let numbers = [
///     number(&[0], 497, Place::Here),
///     number(&[1], 3, Place::Nowhere),
///     number(&[0, 1], 500, Place::Elsewhere),
/// ];
/// let shown: Vec<_> = suppress(&numbers, &[], 10).into_iter().map(|n| n.map(|n| n.get())).collect();
/// assert_eq!(shown, [None, None, Some(500)]);
/// ```
pub fn suppress(numbers: &[Number], also: &[Published], threshold: u64) -> Vec<Option<Protected>> {
    let small: Vec<usize> =
        (0..numbers.len()).filter(|i| (1..threshold).contains(&numbers[*i].value)).collect();
    let nowhere = |i: usize| numbers[i].place == Place::Nowhere;
    let mut hidden: Vec<bool> = (0..numbers.len()).map(|i| small.contains(&i) || nowhere(i)).collect();
    let mut others = Vec::new();
    while let Some(open) = small.iter().find(|i| is_recoverable(numbers, also, &hidden, **i)) {
        let Some(next) = next_to_suppress(numbers, &hidden, *open) else { break };
        hidden[next] = true;
        others.push(next);
    }
    others.sort_by_key(|i| std::cmp::Reverse(numbers[*i].value));
    for other in others {
        hidden[other] = false;
        if small.iter().any(|i| is_recoverable(numbers, also, &hidden, *i)) {
            hidden[other] = true;
        }
    }
    numbers.iter().zip(&hidden).map(|(n, h)| (!h).then(|| Protected::new(n.value))).collect()
}

/// Whether a suppressed number can be recovered, or narrowed to too few values.
fn is_recoverable(numbers: &[Number], also: &[Published], hidden: &[bool], of: usize) -> bool {
    let public = |(n, hidden): (&Number, &bool)| match (hidden, n.place) {
        (_, Place::Nowhere) => None,
        (true, _) => Some(Published::hidden(n.cells.clone())),
        (false, _) => Some(Published { cells: n.cells.clone(), low: n.value, high: n.value }),
    };
    let published: Vec<Published> =
        numbers.iter().zip(hidden).filter_map(public).chain(also.iter().cloned()).collect();
    // Only a proof of enough possible values counts as safe.
    withstands(&published, &numbers[of].cells, WIDTH) != Verdict::Safe
}

/// The next number to suppress in order to protect a number.
fn next_to_suppress(numbers: &[Number], hidden: &[bool], of: usize) -> Option<usize> {
    let within = |a: usize, b: usize| numbers[a].cells.iter().all(|c| numbers[b].cells.contains(c));
    let free = |i: &usize| *i != of && !hidden[*i] && numbers[*i].value > 0;
    let movable = |i: &usize| free(i) && numbers[*i].place == Place::Here;
    let least = |all: Vec<usize>| all.into_iter().min_by_key(|i| (numbers[*i].value, *i));
    let sums: Vec<usize> =
        (0..numbers.len()).filter(free).filter(|s| within(of, *s) || within(*s, of)).collect();
    let beside = |i: &usize| sums.iter().any(|s| within(*i, *s) && *s != *i);
    let all = || 0..numbers.len();
    least(all().filter(movable).filter(beside).collect())
        .or_else(|| least(sums.iter().copied().filter(movable).collect()))
        .or_else(|| least(all().filter(movable).collect()))
        .or_else(|| least(all().filter(free).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The cells of a table, with row totals, column totals and the grand total.
    fn table(rows: usize, columns: usize, cells: &[u64]) -> Vec<Number> {
        let number = |of: Vec<usize>, elsewhere| Number {
            value: of.iter().map(|c| cells[*c]).sum(),
            cells: of,
            place: if elsewhere { Place::Elsewhere } else { Place::Here },
        };
        let mut all: Vec<Number> = (0..rows * columns).map(|c| number(vec![c], false)).collect();
        all.extend((0..rows).map(|r| number((r * columns..(r + 1) * columns).collect(), false)));
        all.extend((0..columns).map(|c| number((0..rows).map(|r| r * columns + c).collect(), true)));
        all.push(number((0..rows * columns).collect(), true));
        all
    }

    fn shown(found: &[Option<Protected>]) -> Vec<Option<u64>> {
        found.iter().map(|p| p.map(Protected::get)).collect()
    }

    #[test]
    fn a_small_count_takes_three_others_with_it() {
        let numbers = table(3, 3, &[3, 40, 50, 60, 70, 80, 90, 100, 110]);
        let found = shown(&suppress(&numbers, &[], 10));
        // Another in its row, one in its column, and the fourth corner of the rectangle.
        assert_eq!(found[..9].iter().filter(|c| c.is_none()).count(), 4);
        assert_eq!((found[0], found[1], found[3], found[4]), (None, None, None, None));
        assert!(found[9..].iter().all(Option::is_some));
        // Without small counts nothing is suppressed; zero is no secret.
        let found = suppress(&table(2, 2, &[0, 10, 20, 30]), &[], 10);
        assert!(found.iter().all(Option::is_some));
    }

    /// Of 500 persons 497 have a mark: publishing both numbers would disclose that three do not.
    #[test]
    fn persons_without_a_mark_are_protected_too() {
        let number = |cells: &[usize], value, place| Number { cells: cells.to_vec(), value, place };
        let marked = |with: u64| {
            [
                number(&[0], with, Place::Here),
                number(&[1], 500 - with, Place::Nowhere),
                number(&[0, 1], 500, Place::Elsewhere),
            ]
        };
        assert_eq!(shown(&suppress(&marked(497), &[], 10)), [None, None, Some(500)]);
        assert_eq!(shown(&suppress(&marked(400), &[], 10)), [Some(400), None, Some(500)]);
        assert_eq!(shown(&suppress(&marked(500), &[], 10)), [Some(500), None, Some(500)]);
    }

    #[test]
    fn numbers_published_elsewhere_are_suppressed_last() {
        let numbers = table(1, 2, &[3, 0]);
        assert_eq!(shown(&suppress(&numbers, &[], 10)), [None, Some(0), None, None, Some(0), None]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// No small count can be recovered, every published number is the true one, and large tables are not suppressed entirely.
        #[test]
        fn small_counts_stay_hidden(cells in proptest::collection::vec(prop_oneof![0..4_u64, 4..200_u64], 12)) {
            let numbers = table(4, 3, &cells);
            let found = suppress(&numbers, &[], 10);
            let hidden: Vec<bool> = found.iter().map(Option::is_none).collect();
            for (i, n) in numbers.iter().enumerate() {
                prop_assert!(found[i].is_none_or(|p| p.get() == n.value));
                prop_assert!(n.value > 0 || !hidden[i], "a zero is hidden: {cells:?}");
                if (1..10).contains(&n.value) {
                    prop_assert!(hidden[i]);
                    let everything = numbers.iter().zip(&hidden).all(|(n, h)| *h || n.value == 0);
                    prop_assert!(everything || !is_recoverable(&numbers, &[], &hidden, i), "{i} of {cells:?}");
                }
            }
        }
    }
}
