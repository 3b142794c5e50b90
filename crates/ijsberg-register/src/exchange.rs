//! Other formats of the register's data: tables of notifications, the Human Trafficking Case Data Standard, and the columns of the
//! Counter-Trafficking Data Collaborative. They read and write rows of texts; files are handled elsewhere.

use crate::expected::Lost;

pub mod ctdc;
pub mod htcds;
pub mod notifications;

/// What a form cannot hold, and how often that was so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The field of the other form.
    pub field: String,
    /// What is lost or withheld.
    pub what: Lost,
    /// In how many rows.
    pub rows: u64,
}

/// Counts losses.
#[derive(Debug, Default)]
pub(crate) struct Losses(std::collections::BTreeMap<(String, String), Loss>);

impl Losses {
    pub(crate) fn add(&mut self, field: &str, what: impl Into<Lost>) {
        let (field, what) = (field.to_owned(), what.into());
        let new = || Loss { field: field.clone(), what: what.clone(), rows: 0 };
        self.0.entry((field.clone(), what.to_string())).or_insert_with(new).rows += 1;
    }

    pub(crate) fn all(self) -> Vec<Loss> {
        self.0.into_values().collect()
    }
}

/// A table: a header and rows.
pub type Table = (Vec<String>, Vec<Vec<String>>);
