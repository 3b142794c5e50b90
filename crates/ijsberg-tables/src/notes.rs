//! What the reader did to a file before it was a table, to be shown to the user.

use serde::Serialize;

/// Something that the reader did or assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
pub enum Note {
    /// The text is in another encoding than UTF-8.
    Encoding {
        /// Its name.
        name: &'static str,
    },
    /// The fields are separated by something else than a comma.
    Delimiter {
        /// The character.
        mark: char,
    },
    /// The sheet of a workbook that was read, where there was a choice.
    Sheet {
        /// Its name.
        name: String,
        /// Other visible sheets that hold a table.
        others: Vec<String>,
    },
    /// Lines above the header that are no part of the table.
    Titles {
        /// How many.
        lines: usize,
    },
    /// Lines of comment, or notes below the table.
    Comments {
        /// How many.
        lines: usize,
    },
    /// A first column of row numbers or names, as R writes them.
    RowNames {
        /// Its header; often empty.
        column: String,
    },
    /// A column that names each row and so says nothing of groups.
    Identifier {
        /// Its header.
        column: String,
    },
    /// A column with a text in a few rows, in a table that has one row for each history.
    Remarks {
        /// Its header.
        column: String,
    },
    /// Columns without a header and without values.
    EmptyColumns {
        /// How many.
        columns: usize,
    },
    /// A row with the sum of the others.
    Total {
        /// Its line.
        line: u64,
    },
    /// A row with a sum that is blank or suppressed, or of rows without counts, so that it was not checked.
    TotalNotChecked {
        /// Its line.
        line: u64,
    },
    /// A row with a sum that lies between what its rows can add up to, some of them being hidden.
    TotalInRange {
        /// Its line.
        line: u64,
        /// The least that they can add up to.
        low: u64,
        /// The most.
        high: u64,
    },
    /// A hidden count that follows from a sum.
    FromTotal {
        /// Its line.
        line: u64,
        /// The count.
        count: u64,
        /// The line of the sum.
        total: u64,
    },
    /// A level of a covariate that is the sum of its other levels for every history; its rows were left out.
    Sum {
        /// The covariate.
        column: String,
        /// The level.
        level: String,
        /// The line of its first row.
        line: u64,
    },
    /// Words read as on the list and not on the list.
    Words {
        /// The column.
        column: String,
        /// What is read as 1.
        yes: String,
        /// What is read as 0.
        no: String,
    },
    /// Counts written with a mark between thousands.
    Thousands {
        /// The column.
        column: String,
        /// The mark.
        mark: char,
    },
    /// The row of zeros that holds no count.
    ZeroRow {
        /// Its line.
        line: u64,
    },
    /// Capture histories that stood in one column.
    Strings {
        /// The column.
        column: String,
        /// Whether leading zeros were missing.
        padded: bool,
    },
    /// Counts that stood next to each other, a column for each combination of lists.
    Wide {
        /// Whether a column holds the persons on these lists and no others, or on these lists and perhaps others.
        exact: bool,
    },
    /// Combinations of lists that were named in one column.
    Sets {
        /// The column.
        column: String,
    },
    /// Rows that stood for a person on a list, brought together to one for each person.
    Long {
        /// How many rows there were.
        rows: usize,
        /// Columns left out because they differ between rows of one person.
        left: Vec<String>,
    },
    /// Marks of footnotes behind numbers.
    Footnotes {
        /// The column.
        column: String,
        /// How many.
        cells: usize,
    },
    /// A column of shares of the counts, or of counts that add up to them.
    Derived {
        /// The column.
        column: String,
    },
    /// Blank cells that were filled with the value above them.
    Filled {
        /// The column.
        column: String,
        /// How many.
        cells: usize,
    },
    /// A column that is named like a count and holds only 0 and 1.
    NoCount {
        /// The column.
        column: String,
    },
    /// Rows of counts that occur more than once; they are added up.
    Repeated {
        /// How many rows repeat an earlier one.
        rows: usize,
    },
    /// Combinations of lists without a row in a table of counts, which were taken as zero.
    Absent {
        /// How many.
        absent: usize,
        /// How many there can be.
        of: usize,
    },
    /// Combinations of lists, in each group, without a row, which were taken as counts between two numbers.
    AbsentHidden {
        /// How many.
        absent: usize,
        /// The least they can be.
        low: u64,
        /// The most they can be.
        high: u64,
    },
    /// Characters that nobody sees, or that turn the direction of reading around, which were left out.
    Unseen {
        /// Cells in which they stood, names of columns among them.
        cells: usize,
    },
    /// The file says itself what its columns are.
    Roles,
    /// A count that is known only to lie between two numbers.
    Hidden {
        /// Its line.
        line: u64,
        /// The least it can be.
        low: u64,
        /// The most it can be.
        high: u64,
    },
}
