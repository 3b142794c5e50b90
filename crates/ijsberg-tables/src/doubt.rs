//! What a file leaves open, with both readings.

use crate::Choices;

/// Two readings of one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doubt}: either {}, or {}", readings[0], readings[1])]
pub struct Uncertain {
    /// What is not certain.
    pub doubt: Doubt,
    /// The two readings. The first is not likelier than the second.
    pub readings: [Reading; 2],
}

/// What is not certain of a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Columns of two values may be lists or covariates.
    #[error("lists or covariates: {}", columns.join(", "))]
    ListOrCovariate {
        /// The columns.
        columns: Vec<String>,
    },
    /// A column of numbers may be the count or a covariate.
    #[error("the count or a covariate: {column}")]
    CountOrCovariate {
        /// The column.
        column: String,
    },
    /// A column of 0 and 1 may be the count or a list.
    #[error("the count or a list: {column}")]
    CountOrList {
        /// The column.
        column: String,
    },
    /// A column may say how often each person was seen, or be known of persons on lists.
    #[error("how often each person was seen, or something known of people on lists: {column}")]
    ListsOrTimes {
        /// The column.
        column: String,
    },
    /// Two columns may be the count.
    #[error("two columns may be the count: {one}, {other}")]
    TwoCounts {
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
    /// A mark may stand between thousands or before decimals.
    #[error("thousands or decimals: {value}")]
    Thousands {
        /// The first such number.
        value: String,
    },
    /// A column is named like the number of a draw, and the file does not say that it holds draws of a linkage.
    #[error(
        "{column}: this name stands for draws of a linkage, but the file has no first line that says so, as ijsberg writes it"
    )]
    Draw {
        /// The column.
        column: String,
    },
    /// Several sheets of a workbook hold a table.
    #[error("several sheets hold a table: {}", sheets.join(", "))]
    Sheet {
        /// The sheets.
        sheets: Vec<String>,
    },
    /// Blank cells below a value may repeat it, or be missing.
    #[error("blank cells below values: {column}")]
    FillDown {
        /// The column.
        column: String,
    },
    /// Combinations of lists are absent and so are small counts: these may have been left out.
    #[error("{absent} of {of} combinations of lists have no row, and no count is below {smallest}")]
    Absent {
        /// Combinations that are absent.
        absent: usize,
        /// How many there can be.
        of: usize,
        /// The smallest count.
        smallest: u64,
    },
    /// Counts of combinations may or may not include the persons who are on more lists.
    #[error("counts of exactly these lists or of at least these lists")]
    Overlaps,
}

/// One way to understand the columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// The lists.
    pub lists: Vec<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// The count.
    pub count: Option<String>,
    /// Persons in total; `None` when this reading cannot be counted before other doubts are settled.
    pub persons: Option<u64>,
    /// What to add to a command to choose this reading.
    pub flags: String,
    /// The choices that make it.
    pub choices: Choices,
}

impl std::fmt::Display for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "lists {}", self.lists.join(", "))?;
        if let Some(count) = &self.count {
            write!(f, "; count {count}")?;
        }
        if !self.covariates.is_empty() {
            write!(f, "; covariates {}", self.covariates.join(", "))?;
        }
        if let Some(n) = self.persons {
            write!(f, "; {n} persons")?;
        }
        write!(f, " ({})", self.flags)
    }
}
