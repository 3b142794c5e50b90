//! A table as read, and how it was understood.

use ijsberg_mse::histories::{Histories, Mask};
use serde::Serialize;

use crate::Note;

/// How the columns were understood, to be shown to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// Lists with persons on them.
    pub lists: Vec<String>,
    /// Lists with nobody on them, which were dropped.
    pub dropped: Vec<String>,
    /// The count column, if there is one.
    pub count: Option<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Columns left out of account.
    pub ignored: Vec<String>,
    /// Rows read.
    pub rows: usize,
    /// Persons left out because they are only on lists that were left out of account.
    pub left_out: u64,
    /// What was done to the file before it was a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A covariate: one value per row, `None` where missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covariate {
    /// The column's name.
    pub name: String,
    /// Values by row.
    pub values: Vec<Option<String>>,
}

/// A table as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The capture histories, covariates summed over.
    pub histories: Histories,
    /// How the columns were understood.
    pub layout: Layout,
    /// The covariates by row.
    pub covariates: Vec<Covariate>,
    /// History and count of each row, in the order of the covariates' values.
    pub rows: Vec<(Mask, u64)>,
}

/// A count that is only known to lie between two numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenCount {
    /// The row, as in [`Table::rows`].
    pub row: usize,
    /// The line of the file; `None` for a combination that is not in it.
    pub line: Option<u64>,
    /// What stands there.
    pub value: String,
    /// The history.
    pub history: Mask,
    /// The least it can be.
    pub low: u64,
    /// The most it can be.
    pub high: u64,
}
