//! Suppression: small counts are hidden, and as many others as it takes that nobody can work them out.

use crate::attack::{Published, Verdict, withstands};
use crate::protected::Protected;

/// A number of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The cells that it is the sum of.
    pub cells: Vec<usize>,
    /// What it is.
    pub value: u64,
    /// Whether it is shown.
    pub place: Place,
}

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this table.
    Here,
    /// In others too, so it is hidden for its own sake only.
    Elsewhere,
    /// Nowhere, such as how many a mark does not belong to; it must not be worked out all the same.
    Nowhere,
}

/// How many values a hidden small count has at least: as many as one rounded to fives.
pub const WIDTH: u64 = 5;

/// What is shown of the numbers of a table: none for one that is hidden, because it is from 1 to `threshold` - 1 or because others
/// could be worked out from it. Zeros are shown.
///
/// `also` is what else is published of the cells.
///
/// The others are chosen one by one, the smallest number that stands in a sum with the one to be saved (as in the hypercube and
/// greedy heuristics; the least loss is an integer program of its own: Fischetti and Salazar 2001, Management Science 47, 1008);
/// after each the table is attacked again, so the result holds whatever was chosen. At the end those that need not be hidden after
/// all are shown again.
///
/// ```
/// use ijsberg_disclosure::suppress::{Number, Place, suppress};
///
/// // Of 500 people 497 have a mark: shown beside the total, that says that three have not.
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
    while let Some(open) = small.iter().find(|i| told(numbers, also, &hidden, **i)) {
        let Some(next) = next(numbers, &hidden, *open) else { break };
        hidden[next] = true;
        others.push(next);
    }
    others.sort_by_key(|i| std::cmp::Reverse(numbers[*i].value));
    for other in others {
        hidden[other] = false;
        if small.iter().any(|i| told(numbers, also, &hidden, *i)) {
            hidden[other] = true;
        }
    }
    numbers.iter().zip(&hidden).map(|(n, h)| (!h).then(|| Protected::new(n.value))).collect()
}

/// Whether a hidden number can be worked out, or nearly.
fn told(numbers: &[Number], also: &[Published], hidden: &[bool], of: usize) -> bool {
    let public = |(n, hidden): (&Number, &bool)| match (hidden, n.place) {
        (_, Place::Nowhere) => None,
        (true, _) => Some(Published::hidden(n.cells.clone())),
        (false, _) => Some(Published { cells: n.cells.clone(), low: n.value, high: n.value }),
    };
    let published: Vec<Published> =
        numbers.iter().zip(hidden).filter_map(public).chain(also.iter().cloned()).collect();
    // Only a proof that it can be many numbers counts as safe.
    withstands(&published, &numbers[of].cells, WIDTH) != Verdict::Safe
}

/// What to hide next for the sake of a number.
fn next(numbers: &[Number], hidden: &[bool], of: usize) -> Option<usize> {
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

    /// Cells of a table with its sums by row and column, and of everything.
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
        // One more in its row, one in its column, and the corner that closes the square.
        assert_eq!(found[..9].iter().filter(|c| c.is_none()).count(), 4);
        assert_eq!((found[0], found[1], found[3], found[4]), (None, None, None, None));
        assert!(found[9..].iter().all(Option::is_some));
        // Nothing small, nothing hidden; zero is no secret.
        let found = suppress(&table(2, 2, &[0, 10, 20, 30]), &[], 10);
        assert!(found.iter().all(Option::is_some));
    }

    /// Of 500 persons 497 have a mark: to show both numbers would tell that three have not.
    #[test]
    fn who_has_a_mark_not_is_not_told_either() {
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
    fn the_last_resort_is_what_stands_elsewhere() {
        let numbers = table(1, 2, &[3, 0]);
        assert_eq!(shown(&suppress(&numbers, &[], 10)), [None, Some(0), None, None, Some(0), None]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// No small count can be worked out, every number that is shown is the true one, and large tables are not hidden whole.
        #[test]
        fn small_counts_stay_hidden(cells in proptest::collection::vec(prop_oneof![0..4_u64, 4..200_u64], 12)) {
            let numbers = table(4, 3, &cells);
            let found = suppress(&numbers, &[], 10);
            let hidden: Vec<bool> = found.iter().map(Option::is_none).collect();
            for (i, n) in numbers.iter().enumerate() {
                prop_assert!(found[i].is_none_or(|p| p.get() == n.value));
                if (1..10).contains(&n.value) {
                    prop_assert!(hidden[i]);
                    let everything = numbers.iter().zip(&hidden).all(|(n, h)| *h || n.value == 0);
                    prop_assert!(everything || !told(&numbers, &[], &hidden, i), "{i} of {cells:?}");
                }
            }
        }
    }
}
