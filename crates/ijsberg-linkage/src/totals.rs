//! Estimated true totals of the lists: the number of persons and of overlaps.

use serde::Serialize;

/// What the lists hold in truth, as estimated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Totals {
    /// Persons on at least one list.
    pub persons: f64,
    /// Pairs of lists that meet in a person, over all persons.
    pub overlaps: f64,
    /// The share of the overlaps found by the first linkage that are correct.
    pub precision: f64,
    /// The share of the true overlaps that the first linkage found.
    pub recall: f64,
}
