//! Three truth values.

use serde::{Deserialize, Serialize};

/// Three-valued logic (Kleene's strong logic): what is open may turn out either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// No.
    No,
    /// Not known.
    Open,
    /// Yes.
    Yes,
}

impl Truth {
    /// Yes if any is, no if all are.
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().max().unwrap_or(Self::No)
    }

    /// Yes if all are, no if any is not.
    pub fn all(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().min().unwrap_or(Self::Yes)
    }
}
