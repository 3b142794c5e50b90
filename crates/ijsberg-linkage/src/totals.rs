//! What lists hold in truth, as estimated: how many persons, and how much they overlap.

use serde::Serialize;

/// What the lists hold in truth, as estimated.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Totals {
    /// Persons on at least one list.
    pub persons: f64,
    /// Pairs of lists that meet in a person, over all persons.
    pub overlaps: f64,
    /// Of those that the first linkage found, the share that is right.
    pub precision: f64,
    /// The share that the first linkage found.
    pub recall: f64,
}
