//! Why rows are no records.

use crate::record::MAX_LISTS;

/// Why rows are no records. No message holds a cell's value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// A column that the file does not have.
    #[error("{file} has no column {column:?}; its columns are: {columns}")]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Those it has.
        columns: String,
    },
    /// Nothing to link by.
    #[error(
        "{file}: no column is known as a name, a date of birth or an identifier; its columns are: {columns}"
    )]
    NothingToLinkBy {
        /// The file.
        file: String,
        /// Its columns.
        columns: String,
    },
    /// Dates that do not exist.
    #[error(
        "{file}, column {column:?}: {count} value(s) are no date, on line(s) {lines}; expected such as 1998-07-31, 31-07-1998 or \
         1998. Mend them, or set impossible_dates = \"missing\" in the schema"
    )]
    Dates {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
        /// The first lines.
        lines: String,
    },
    /// Values of a column that cannot be compared with those of the other lists.
    #[error(
        "{file}, column {column:?}: {count} value(s) are no sex that is known, on line(s) {lines}; expected such as m, v, f, man, vrouw, 1 and 2. Mend them, or leave sex out of the schema"
    )]
    Sexes {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
        /// The first lines.
        lines: String,
    },
    /// Columns for year, month and day that may be the date of birth or that of something else.
    #[error(
        "{file}: the columns {year:?}, {month:?} and {day:?} can be read in two ways. As the date of birth: call them birth_year, birth_month and birth_day, or put birth = {year:?}, birth_month = {month:?} and birth_day = {day:?} in the schema. As the date of something else, such as the notification: call them notification_year and so on, or use a schema without them. ijsberg link init proposes a schema"
    )]
    Parts {
        /// The file.
        file: String,
        /// The column of years.
        year: String,
        /// That of months.
        month: String,
        /// That of days.
        day: String,
    },
    /// A row with more cells than there are columns, so that it is not certain which belongs to which.
    #[error(
        "{file}, line {line}: found {found} fields, but the header has {expected}; put a field that holds the separator in quotes"
    )]
    Ragged {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// Fields on it.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// Two columns of one name, of which one is used.
    #[error("{file} has several columns {column:?}; give each a name of its own")]
    Twice {
        /// The file.
        file: String,
        /// The name.
        column: String,
    },
    /// More comparisons of the schema's own than there is room for.
    #[error("{file}: the schema sets {found} comparisons; at most {most} are possible", most = crate::compare::OWN.len())]
    TooManyComparisons {
        /// The file.
        file: String,
        /// How many.
        found: usize,
    },
    /// Levels that are not in order, or cannot be reached.
    #[error(
        "{file}: the levels of the comparison of {column:?} must be one to three numbers, the best first: above 0, at most 1 and falling, \
         or for numbers at least 0 and rising"
    )]
    Levels {
        /// The file.
        file: String,
        /// The column.
        column: String,
    },
    /// A comparison that other files do not have, or have otherwise.
    #[error(
        "{file}: comparison {number} of the schema is not that of the other files; give all files the same, with other columns where they are called otherwise"
    )]
    OtherComparison {
        /// The file.
        file: String,
        /// Which, from 1.
        number: usize,
    },
    /// One list, or too many.
    #[error("found {found} list(s); linking takes 1 to {MAX_LISTS}")]
    Lists {
        /// How many.
        found: usize,
    },
    /// Two files by one name, or a name that the tables of histories need for a column.
    #[error(
        "the name {name:?} cannot be that of a list here: it is used twice, or is draw, codes_draw, resolved_draw or count; rename the file or list"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A list without records.
    #[error("list {name:?} has no records; leave it out")]
    EmptyList {
        /// The list.
        name: String,
    },
    /// A cell in the column of lists is empty.
    #[error("{file}, line {line}: the column that names the list is empty")]
    NoList {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
}
