//! Lists inside other lists, and lists that are the same.
//!
//! A list whose persons are all on another one is no evidence of the persons that the other misses; two lists with the same persons are
//! one. Log-linear models can handle it (see [`crate::loglinear::existence`]), but the reader of an estimate must know, since
//! the cause is often a copy or a referral that everybody gets, and not two organisations that met the same persons.

use serde::Serialize;

use crate::histories::Histories;
use crate::model::pairs;

/// The share of a list that is on another one from which it counts as inside it.
pub const NESTED_SHARE: f64 = 0.98;

/// Lists of fewer persons can lie inside another one by chance.
pub const NESTED_PERSONS: u64 = 10;

/// How two lists lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nesting {
    /// The persons of one are on the other.
    Inside,
    /// Each is inside the other.
    Same,
}

/// Two lists of which one lies inside the other, wholly or by at least [`NESTED_SHARE`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NestedLists {
    /// How they lie.
    pub kind: Nesting,
    /// The list inside.
    pub inner: String,
    /// The list around it.
    pub outer: String,
    /// Persons on the list inside; for the same lists, on either.
    pub persons: u64,
    /// Of them, on both.
    pub shared: u64,
}

/// All such pairs of a table, in the order of its lists.
pub fn nested(h: &Histories) -> Vec<NestedLists> {
    let name = |j: usize| h.lists()[j].clone();
    let inside =
        |shared: u64, size: u64| size >= NESTED_PERSONS && shared as f64 >= NESTED_SHARE * size as f64;
    pairs(h.t())
        .filter_map(|pair| {
            let (a, b) = (pair.trailing_zeros() as usize, pair.ilog2() as usize);
            let (on_a, on_b, shared) = (h.list_size(a), h.list_size(b), h.on_all(pair));
            let of = |kind, inner, outer, persons| {
                Some(NestedLists { kind, inner: name(inner), outer: name(outer), persons, shared })
            };
            match (inside(shared, on_a), inside(shared, on_b)) {
                (true, true) => of(Nesting::Same, a, b, on_a + on_b - shared),
                (true, false) => of(Nesting::Inside, a, b, on_a),
                (false, true) => of(Nesting::Inside, b, a, on_b),
                (false, false) => None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::Mask;

    fn table(cells: &[(Mask, u64)]) -> Vec<(Nesting, String, String, u64, u64)> {
        let names = ["A", "B", "C"].map(String::from).to_vec();
        let found = nested(&Histories::new(names, cells.iter().copied()).unwrap());
        found.into_iter().map(|n| (n.kind, n.inner, n.outer, n.persons, n.shared)).collect()
    }

    #[test]
    fn lists_inside_others_and_the_same_are_found() {
        let inside = |inner: &str, outer: &str, persons, shared| {
            (Nesting::Inside, inner.to_owned(), outer.to_owned(), persons, shared)
        };
        assert_eq!(table(&[(1, 300), (3, 100), (4, 200), (5, 60), (7, 30)]), [inside("B", "A", 130, 130)]);
        let same = (Nesting::Same, "A".to_owned(), "B".to_owned(), 350, 350);
        assert_eq!(table(&[(3, 300), (4, 100), (7, 50)]), [same]);
        // One of a hundred is elsewhere, then three.
        assert_eq!(table(&[(1, 300), (3, 99), (2, 1), (4, 200), (5, 60)]), [inside("B", "A", 100, 99)]);
        assert_eq!(table(&[(1, 300), (3, 97), (2, 3), (4, 200), (5, 60)]), []);
        // Nine persons may be on another list by chance.
        assert_eq!(table(&[(1, 300), (3, 9), (4, 200), (5, 60)]), []);
        assert_eq!(table(&[(1, 300), (3, 100), (7, 50), (4, 200)]), [inside("B", "A", 150, 150)]);
    }
}
