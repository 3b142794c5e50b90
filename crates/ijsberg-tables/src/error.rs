use ijsberg_mse::histories::{HistoriesError, MAX_LISTS};

use crate::doubt::Uncertain;

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
    /// Formulas of which the workbook holds no value.
    #[error(
        "line {line}: the workbook has no stored values for its formulas ({cells} in this sheet, the first on this line); open it in a spreadsheet program, save it, and use that file"
    )]
    Formulas {
        /// The line of the first.
        line: u64,
        /// How many there are.
        cells: usize,
    },
    /// A column that is named like a count and says nothing.
    #[error(
        "column {column:?}: every value is blank, so the table does not say how many people each row counts; fill the column in, or leave it out with --ignore if each row is one person"
    )]
    BlankCount {
        /// The column's name.
        column: String,
    },
    /// Text that is not UTF-8.
    #[error(
        "line {line}, byte {byte}: this character is neither UTF-8 nor Windows-1252, or is not in the encoding of the rest; type it again and save the file as UTF-8 (in Excel: 'CSV UTF-8')"
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
    /// A quotation mark that begins a field and is never closed, so that all that follows would be one field.
    #[error("line {line}: a quotation mark that begins a field is not closed; close it or remove it")]
    Quote {
        /// The line on which it stands.
        line: u64,
    },
    /// The file is of another kind than tables have, whatever its name says.
    #[error(
        "the file is no table but {what}; open it in a program that reads {what} and save the table as CSV or Excel"
    )]
    OtherFormat {
        /// Its name, the same in all languages: `JSON`, `HTML`, `PDF`.
        what: &'static str,
    },
    /// A row is longer or shorter than the header.
    #[error(
        "line {line}: found {found} fields, but the header has {expected}; add the values that are missing, remove those too many, or put a value that contains the separator between double quotes"
    )]
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
    /// There is no such sheet.
    #[error("there is no sheet {name:?} with a table; the sheets are: {sheets}")]
    NoSuchSheet {
        /// The name asked for.
        name: String,
        /// The names that exist.
        sheets: String,
    },
    /// Several sheets hold a list of records.
    #[error("several sheets hold a list of records: {sheets}; save each as a file of its own")]
    SeveralLists {
        /// The sheets.
        sheets: String,
    },
    /// A column is named twice in what the user says.
    #[error("column {name:?} is named twice in --lists, --count, --covariates and --ignore; name it once")]
    NamedTwice {
        /// The column.
        name: String,
    },
    /// Numbers for pairs of lists.
    #[error(
        "line {line}: this is a cross table with lists in its rows and columns; who is on three lists or more does not show in it. Give a row for each combination of lists, with a column of 0 and 1 for each list and one with the number of people"
    )]
    CrossTable {
        /// The line of the header.
        line: u64,
    },
    /// Several columns of numbers beside histories that do not repeat.
    #[error(
        "columns {columns} all seem to hold numbers of people; put them below each other, with a column that says which is which, or name one with --count and the others with --ignore or --covariates"
    )]
    ManyCounts {
        /// The columns.
        columns: String,
    },
    /// A number of times without an end, such as `5+`.
    #[error(
        "line {line}, column {column:?}: {value:?} has no end; give each number of times a row of its own"
    )]
    OpenEnd {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
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
    /// A cell is longer than a cell of any spreadsheet can be.
    #[error(
        "line {line}, column {column}: a cell of {found} bytes, and a cell of more than {most} is not read; the file is damaged, or quotes are missing"
    )]
    LongCell {
        /// The line.
        line: u64,
        /// The column, from 1.
        column: usize,
        /// Its bytes.
        found: usize,
        /// Bytes that a cell has at most.
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
        "line {line}: the row says that it is a total of {said}, but its rows add up to {sum}; correct the table or remove the row"
    )]
    Total {
        /// The line.
        line: u64,
        /// What it says.
        said: String,
        /// What the others add up to.
        sum: u64,
    },
    /// A row says that it is a sum, and is none whatever the hidden counts are.
    #[error(
        "line {line}: the row says that it is a total of {said}, but its rows, with the suppressed counts among them, add up to {low} to {high}; correct the table or remove the row"
    )]
    TotalRange {
        /// The line.
        line: u64,
        /// What it says.
        said: String,
        /// The least that the others can add up to.
        low: u64,
        /// The most.
        high: u64,
    },
    /// A count that is hidden, and nothing says between which numbers it lies.
    #[error(
        "line {line}, column {column:?}: {value:?} stands for a suppressed count; say between which numbers such counts lie, as in --hidden 1-4, or --hidden 0-0 if it stands for none"
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
    /// Absent combinations that are said to be suppressed, where exact counts are needed.
    #[error(
        "the counts of combinations that are not in the file are only known to lie between two numbers; exact counts are needed here"
    )]
    AbsentHidden,
    /// More absent combinations than are drawn.
    #[error(
        "{found} combinations are not in the file, and at most {most} suppressed counts are drawn; leave covariates out with --ignore"
    )]
    ManyAbsent {
        /// How many there are.
        found: usize,
        /// How many are drawn.
        most: usize,
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
    /// Numbers that hold those on more lists, for several groups or with hidden counts.
    #[error(
        "line {line}: numbers of people on at least these lists cannot be taken apart for several groups, or where some are suppressed; give the number on exactly these lists"
    )]
    NestedGroups {
        /// The line of the first.
        line: u64,
    },
    /// No column holds only 0 and 1.
    #[error(
        "no list column: a list holds only 0 and 1 (or two words such as yes and no), but none of these does: {columns}; write 0 and 1 in the columns of the lists, or name them with --lists"
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
    #[error(
        "line {line}, column {column:?}: found {value:?} as a count; expected a whole number, 0 or more, or a range such as <5 or 1-4; correct the cell (a spreadsheet may have turned 1-4 into a date)"
    )]
    Count {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A word for all lists beside names of lists.
    #[error(
        "line {line}, column {column:?}: {value:?} does not say which lists; write their names, as in the other rows"
    )]
    AllLists {
        /// The line.
        line: u64,
        /// The column's name.
        column: String,
        /// What stands there.
        value: String,
    },
    /// Persons on no list.
    #[error(
        "line {line}: a row for people on no list (0 on every list, or seen 0 times) has a count of {count}; remove the row, because people on no list are what is estimated"
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

impl From<Uncertain> for ReadError {
    fn from(uncertain: Uncertain) -> Self {
        Self::Uncertain(Box::new(uncertain))
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
