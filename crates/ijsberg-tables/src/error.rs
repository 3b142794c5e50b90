use ijsberg_mse::histories::{HistoriesError, MAX_LISTS};
use ijsberg_mse::strata::table::StratifiedError;

/// Why a file is not a capture-history table. Lines count from 1, the header included.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes, or a header and nothing else.
    #[error("the file is empty; expected a header and at least one row")]
    Empty,
    /// Text that is not UTF-8.
    #[error(
        "line {line}, byte {byte}: the text is not UTF-8; save the file again as UTF-8 (in Excel: 'CSV UTF-8')"
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
    #[error(
        "line 1, column {column}: the header {name:?} is empty or used twice; give every column its own name"
    )]
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
    /// No column holds only 0 and 1.
    #[error(
        "no list column: a list holds only 0 and 1, but none of these does: {columns}; name the lists with --lists"
    )]
    NoLists {
        /// The columns there are.
        columns: String,
    },
    /// One list only.
    #[error("only one list with persons on it ({name}); an estimate compares at least two")]
    OneList {
        /// The list.
        name: String,
    },
    /// More lists than supported.
    #[error(
        "found {found} lists, but at most {MAX_LISTS} are supported; leave some out with --ignore or merge them"
    )]
    TooManyLists {
        /// How many.
        found: usize,
    },
    /// A declared list holds something else than 0 or 1.
    #[error("line {line}, column {column:?}: found {value:?} in a list; expected 0 or 1")]
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
        "line {line}: a history with 0 on every list has a count of {count}; the unseen are what is estimated, so remove the row"
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
