//! Columns of yes and no in which nobody is alone: what is known of persons, rather than a list.

use std::collections::HashSet;

use crate::numbers::{Count, Numbers};
use crate::values::Truth;

/// Persons in a column from which it says something that none of them is in it alone.
const ENOUGH: u64 = 20;

/// A history over at most 64 columns, and its persons.
type Cell = (u64, u64);

/// Columns in which nobody is alone, though they contain enough persons and lie inside no one other column. A list finds persons whom no
/// other list finds, unless it is drawn from another; a trait of persons is known only for those on the lists. `known` are columns that are
/// uncertain already, by their names or spelling. They are returned with the others.
pub(crate) fn never_alone(
    rows: &[(u64, Vec<String>)],
    lists: &[(usize, Truth)],
    count: Option<(usize, Numbers)>,
    known: HashSet<usize>,
) -> HashSet<usize> {
    if lists.len() < 3 || lists.len() > 64 {
        return known;
    }
    let Some(cells) = cells(rows, lists, count) else { return known };
    // Whether a person is on no other list must not depend on columns that may be no lists, such as remarks.
    let others: u64 = (0..lists.len()).filter(|b| !known.contains(&lists[*b].0)).map(|b| 1 << b).sum();
    let mut doubtful = known;
    // A column inside an uncertain one is not drawn from a list: repeat after each find.
    loop {
        let sure: u64 = (0..lists.len()).filter(|b| !doubtful.contains(&lists[*b].0)).map(|b| 1 << b).sum();
        let found: Vec<usize> = (0..lists.len())
            .filter(|b| !doubtful.contains(&lists[*b].0) && is_never_alone(&cells, *b, sure, others))
            .map(|b| lists[b].0)
            .collect();
        if found.is_empty() {
            return doubtful;
        }
        doubtful.extend(found);
    }
}

fn is_never_alone(cells: &[Cell], bit: usize, sure: u64, others: u64) -> bool {
    let on = || cells.iter().filter(|c| c.0 >> bit & 1 == 1);
    let persons = on().fold(0_u64, |n, c| n.saturating_add(c.1));
    let shared = on().fold(u64::MAX, |all, c| all & c.0);
    persons >= ENOUGH && on().all(|c| c.0 & others != 1 << bit) && shared & sure & !(1 << bit) == 0
}

/// The histories that have persons; `None` where a cell is neither yes nor no, which is an error of its own.
fn cells(
    rows: &[(u64, Vec<String>)],
    lists: &[(usize, Truth)],
    count: Option<(usize, Numbers)>,
) -> Option<Vec<Cell>> {
    let mut all = Vec::with_capacity(rows.len());
    for (_, row) in rows {
        let persons = match count.map(|(i, numbers)| numbers.count(&row[i])) {
            None | Some(Some(Count::Marked)) => 1,
            Some(Some(Count::Exact(n) | Count::Range(_, n))) => n,
            Some(Some(Count::Missing)) => 0,
            Some(None) => return None,
        };
        if persons == 0 {
            continue;
        }
        let mut history = 0_u64;
        for (bit, (i, truth)) in lists.iter().enumerate() {
            history |= u64::from(truth.read(&row[*i])?) << bit;
        }
        all.push((history, persons));
    }
    Some(all)
}
