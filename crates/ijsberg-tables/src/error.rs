use ijsberg_mse::histories::{HistoriesError, MAX_LISTS};
use ijsberg_mse::strata::table::StratifiedError;

use crate::Choices;

/// Why a file is not a capture-history table. Lines count from 1, the header included.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes, or a header and nothing else.
    #[error("the file is empty; expected a header and at least one row")]
    Empty,
    /// A workbook of which only hidden sheets hold something.
    #[error("the only sheet with content ({name}) is not visible; unhide it and save the workbook again")]
    HiddenSheet {
        /// The sheet's name.
        name: String,
    },
    /// Text that is not UTF-8.
    #[error(
        "line {line}, byte {byte}: the text is neither UTF-8 nor Windows-1252; save the file again as UTF-8 (in Excel: 'CSV UTF-8')"
    )]
    NotUtf8 {
        /// Line of the first bad byte.
        line: u64,
        /// Its place on the line, from 1.
        byte: u64,
    },
    /// The file breaks the rules of its own format.
    #[error("the file cannot be read as {format}: {why}")]
    Malformed {
        /// Name of the format.
        format: &'static str,
        /// What the decoder said.
        why: String,
    },
    /// A row is longer or shorter than the header.
    #[error("line {line}: found {found} fields, but the header has {expected}")]
    Ragged {
        /// The line.
        line: u64,
        /// Fields on it.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// Two columns share a name, or a name is empty.
    #[error("column {column}: the header {name:?} is empty or used twice; give every column its own name")]
    Header {
        /// Column, from 1.
        column: usize,
        /// The header.
        name: String,
    },
    /// A name in `--lists`, `--count` or `--ignore` is no column.
    #[error("there is no column {name:?}; the columns are: {columns}")]
    NoSuchColumn {
        /// The name asked for.
        name: String,
        /// The names that exist.
        columns: String,
    },
    /// The first row holds values.
    #[error(
        "line {line}: the first row holds values and not names; put a row with the names of the columns above it"
    )]
    NoHeader {
        /// The line.
        line: u64,
    },
    /// More than is read.
    #[error(
        "found {found} {what}, but at most {most} are read; save the table alone, as CSV, or leave columns and empty rows out"
    )]
    TooLarge {
        /// `columns`, `cells`, `rows`, `bytes` or `draws`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are read.
        most: usize,
    },
    /// Reading it took more memory or time than a file gets, so that it was ended from outside.
    #[error(
        "the file needs more memory or time than the program allows for one file; save the table alone, as CSV"
    )]
    TooDear,
    /// The process that reads files cannot be begun.
    #[error("the part of the program that reads files cannot be started: {why}")]
    NoReader {
        /// What the system said.
        why: String,
    },
    /// Nobody waits for it any more.
    #[error("reading was stopped")]
    Stopped,
    /// The columns can be understood in two ways that give different numbers.
    #[error("{0}")]
    Uncertain(Box<Uncertain>),
    /// A row says that it is a sum, and is not that of the others.
    #[error(
        "line {line}: the row says that it is a total of {said}, but the other rows add up to {sum}; correct the table or remove the row"
    )]
    Total {
        /// The line.
        line: u64,
        /// What it says.
        said: String,
        /// What the others add up to.
        sum: u64,
    },
    /// A count that is hidden, and nothing says between which numbers it lies.
    #[error(
        "line {line}, column {column:?}: {value:?} stands for a suppressed count; say between which numbers such counts lie, as in --hidden 1-4"
    )]
    Marked {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// Hidden counts, where exact ones are needed.
    #[error(
        "line {line}: the count {value:?} is only known to lie between two numbers; exact counts are needed here"
    )]
    Hidden {
        /// The line.
        line: u64,
        /// What stands there.
        value: String,
    },
    /// Draws of a linkage, where one table is needed.
    #[error("the file contains several tables, draws of a linkage; one table is needed here")]
    Draws,
    /// Overlaps that would be larger than what they are part of.
    #[error(
        "line {line}: an overlap is larger than the lists that it is part of, so the numbers are not nested; use --overlaps exact"
    )]
    NotNested {
        /// The line.
        line: u64,
    },
    /// No column holds only 0 and 1.
    #[error(
        "no list column: a list holds only 0 and 1, but none of these does: {columns}; name the lists with --lists"
    )]
    NoLists {
        /// The columns there are.
        columns: String,
    },
    /// One list only.
    #[error("only one list with people on it ({name}); an estimate compares at least two")]
    OneList {
        /// The list.
        name: String,
    },
    /// More lists than supported.
    #[error(
        "found {found} lists, but at most {MAX_LISTS} are supported; leave some out with --ignore, or name those to use with --lists"
    )]
    TooManyLists {
        /// How many.
        found: usize,
    },
    /// A declared list holds something else than 0 or 1.
    #[error(
        "line {line}, column {column:?}: found {value:?} in a column that is otherwise a list; expected 0 or 1 (or two words such as yes and no); if it is no list, name it with --covariates or --ignore"
    )]
    NotBinary {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A count that is not a whole number of zero or more.
    #[error("line {line}, column {column:?}: found {value:?} as a count; expected a whole number, 0 or more")]
    Count {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// Persons on no list.
    #[error(
        "line {line}: a row with 0 on every list has a count of {count}; remove the row, because people on no list are what is estimated"
    )]
    Unseen {
        /// The line.
        line: u64,
        /// Its count.
        count: u64,
    },
    /// Nobody at all.
    #[error("the table holds nobody: every count is 0")]
    Nobody,
    /// The counts are too large to add up.
    #[error("the counts add up to more than 2^53; check the count column")]
    TooManyPersons,
}

/// Two readings of one file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{doubt}: either {}, or {}", readings[0], readings[1])]
pub struct Uncertain {
    /// What is not certain.
    pub doubt: Doubt,
    /// The two readings. The first is not likelier than the second.
    pub readings: [Reading; 2],
}

impl From<Uncertain> for ReadError {
    fn from(uncertain: Uncertain) -> Self {
        Self::Uncertain(Box::new(uncertain))
    }
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

impl From<HistoriesError> for ReadError {
    fn from(error: HistoriesError) -> Self {
        match error {
            HistoriesError::TooManyLists { found } => Self::TooManyLists { found },
            HistoriesError::TooManyPersons => Self::TooManyPersons,
            HistoriesError::ListName { name } => Self::Header { column: 0, name },
            HistoriesError::TooFewLists { .. } | HistoriesError::History { .. } => Self::Nobody,
        }
    }
}

/// Why a table cannot be split by covariates.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CovariateError {
    /// A name that is no covariate.
    #[error("there is no covariate {name:?}; the covariates are: {covariates}")]
    NoSuchCovariate {
        /// The name asked for.
        name: String,
        /// The names that exist.
        covariates: String,
    },
    /// A level or list that does not occur.
    #[error(
        "{text:?}: expected LIST:COVARIATE=LEVEL with names that occur in the table, such as K:year=2015"
    )]
    Inactive {
        /// The text as given.
        text: String,
    },
    /// No covariate is left.
    #[error("the table has no covariate with at least two levels")]
    None,
    /// A covariate is said to be a number, and has another value.
    #[error(
        "covariate {name} is said to be a number, but {value:?} is none; correct it or leave --numeric out"
    )]
    NotNumeric {
        /// The covariate.
        name: String,
        /// The value.
        value: String,
    },
    /// The rows are not a stratified table.
    #[error(transparent)]
    Table(#[from] StratifiedError),
}
