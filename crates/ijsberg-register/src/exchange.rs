//! Other forms of what the register holds: tables of notifications, the Human Trafficking Case Data Standard, and the columns of
//! the Counter-Trafficking Data Collaborative. Rows of texts in and out; files are for others.

pub mod ctdc;
pub mod htcds;
pub mod notifications;

/// What a form cannot hold, and how often that was so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Loss {
    /// The field of the other form.
    pub field: String,
    /// What is lost or withheld.
    pub what: String,
    /// In how many rows.
    pub rows: u64,
}

/// Counts losses.
#[derive(Debug, Default)]
pub(crate) struct Losses(std::collections::BTreeMap<(String, String), u64>);

impl Losses {
    pub(crate) fn add(&mut self, field: &str, what: &str) {
        *self.0.entry((field.to_owned(), what.to_owned())).or_insert(0) += 1;
    }

    pub(crate) fn all(self) -> Vec<Loss> {
        self.0.into_iter().map(|((field, what), rows)| Loss { field, what, rows }).collect()
    }
}

/// A table: a header and rows.
pub type Table = (Vec<String>, Vec<Vec<String>>);
