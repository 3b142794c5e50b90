//! Whether enough people are on several of the lists at once.
//!
//! The estimate divides by the chances of the histories on an even number of lists. A chance that is wrong by a share `e` takes `e^2` of the unseen away:
//! the correction undoes its first power and not its square. Learnt from four fifths of `m` people with `p` columns, `e^2` is `p / (0.8 m)` on
//! average, where `p` is one without covariates. Dealing people out evenly takes most of it away for the first column and leaves it for
//! the others. It goes with one over `m`, so that there is a number of people from which on it is small.

use super::FOLDS;
use super::learner::Learner;
use crate::estimate::Outcome;
use crate::histories::Mask;
use crate::strata::table::StratifiedTable;

/// The share of the unseen that may be expected to be lost. At a tenth, 13 people are needed on both lists without covariates, where the standard error is
/// three times as much, and 125 with ten columns, where it is about the same: with less the intervals would lie below the truth.
pub const MOST_LOST: f64 = 0.1;

/// The share of the unseen that is expected to be lost with so many columns and people of each history on an even number of lists.
fn lost(columns: usize, together: &[f64]) -> f64 {
    let learnt = (FOLDS - 1) as f64 / FOLDS as f64;
    together.iter().map(|people| columns as f64 / (learnt * people)).sum()
}

/// Refuses where more would be lost than [`MOST_LOST`].
pub(super) fn enough(table: &StratifiedTable, learner: Learner, together: &[f64]) -> Result<(), Outcome> {
    if lost(learner.width(table), together) > MOST_LOST { Err(Outcome::TooFewTogether) } else { Ok(()) }
}

/// The history on these lists of a person who is on no other, from 1.
pub(super) fn alone(history: Mask, lists: &[usize]) -> Option<usize> {
    let one: Mask = 1;
    let chosen: Mask = lists.iter().fold(0, |all, list| all | (one << *list));
    let on = |(i, list): (usize, &usize)| usize::from(history >> *list & 1 == 1) << i;
    (history & !chosen == 0).then(|| lists.iter().enumerate().map(on).sum())
}

/// People of each history on an even number of these lists and on no other.
pub(super) fn together(table: &StratifiedTable, lists: &[usize]) -> Vec<f64> {
    let mut people = vec![0.0; 1 << lists.len()];
    for row in table.rows() {
        if let Some(history) = alone(row.history, lists) {
            people[history] += row.count;
        }
    }
    (1..people.len()).filter(|w| w.count_ones().is_multiple_of(2)).map(|w| people[w]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strata::table::Covariate;

    fn table(both: u64) -> StratifiedTable {
        let rows = [(1, 400), (2, 300), (3, both), (4, 90), (7, 50)];
        let rows = rows.into_iter().flat_map(|(w, count)| {
            // As many of each level, so that only their number matters.
            [(w, vec![Some(0)], count / 2), (w, vec![Some(1)], count - count / 2)]
        });
        let group = Covariate::from_values("group", ["x", "y"].into_iter());
        let lists = ["a", "b", "c"].map(String::from).to_vec();
        StratifiedTable::new(lists, vec![group], rows, Vec::new()).unwrap()
    }

    #[test]
    fn people_on_other_lists_do_not_count() {
        assert_eq!(together(&table(24), &[0, 1]), [24.0]);
        assert_eq!(together(&table(24), &[0, 1, 2]), [24.0, 0.0, 0.0]);
        assert_eq!((alone(3, &[0, 1]), alone(2, &[0, 1]), alone(7, &[0, 1])), (Some(3), Some(2), None));
    }

    #[test]
    fn each_column_takes_as_many_people_again() {
        let of = |both: u64| enough(&table(both), Learner::Logistic, &together(&table(both), &[0, 1]));
        // The constant and one level: 2 / (0.8 · 25) is a tenth.
        assert_eq!((of(24), of(26)), (Err(Outcome::TooFewTogether), Ok(())));
        assert!((lost(2, &[25.0]) - 0.1).abs() < 1e-12 && (lost(1, &[25.0, 50.0]) - 0.075).abs() < 1e-12);
        assert!(lost(1, &[0.0]).is_infinite());
    }
}
