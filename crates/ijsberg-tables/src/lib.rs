//! Reads capture-history tables from CSV, Parquet and Excel.
//!
//! Two layers. The first takes bytes apart into rows of cells, each with its line in the file: encodings, separators, comments,
//! spreadsheets, Parquet ([`Grid::read`]). The second finds the table in them and says what each column is: titles, sums and names
//! of rows are set apart; columns of two values are lists; one column may hold counts; every other column is a covariate.
//!
//! What is uncertain is not guessed: [`ReadError::Uncertain`] has both readings, each with the [`Choices`] that select it. What was done to
//! a file is listed in [`Layout::notes`]. The crate takes bytes and returns values: it opens no file.
//!
//! A program that has lists, cells and covariates as values needs no file: a [`Study`] gives the same [`Table`].

mod absent;
mod cells;
mod check_totals;
mod choices;
mod columns;
mod contents;
mod counts;
mod csv_source;
mod decode;
mod doubt;
pub mod edges;
mod error;
mod excel_source;
mod fill;
#[cfg(test)]
mod formats;
mod frame;
mod guard;
#[cfg(test)]
mod hostile;
mod limits;
mod memory;
mod missing;
mod names;
#[cfg(test)]
mod nasty;
mod never_alone;
mod notes;
mod numbers;
#[cfg(test)]
mod offices;
mod over_years;
mod packed;
mod parquet_source;
#[cfg(test)]
mod pitfalls;
mod population;
mod raw;
mod roles;
mod shapes;
mod sheets;
#[cfg(test)]
mod signs;
mod sources;
#[cfg(test)]
mod spellings;
mod strata;
mod study;
mod sums;
mod table;
mod totals;
mod unfilled;
mod values;
#[cfg(test)]
mod workbooks;
pub mod written;

pub use cells::Cells;
pub use choices::{Blanks, Choices, Overlaps, Thousands, parse_hidden};
pub use counts::CountTable;
pub use doubt::{Doubt, Reading, Uncertain};
pub use error::ReadError;
pub use guard::is_decoding;
pub use limits::Limits;
pub use memory::MemoryTable;
pub use notes::Note;
pub use over_years::{OverYearsError, OverYearsTable};
pub use population::{Population, PopulationError};
pub use strata::{CovariateChoices, CovariateError, numbers, stratify, with_numbers};
pub use study::Study;
pub use table::{Covariate, HiddenCount, Layout, Table};

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-, semicolon- or tab-separated text.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Excel or `OpenDocument`; the visible sheet that holds a table is read, and several are asked about.
    Excel,
}

impl Format {
    /// Tells the format from the first bytes, whatever the file is called.
    pub fn sniff(bytes: &[u8]) -> Self {
        match bytes {
            [b'P', b'A', b'R', b'1', ..] => Self::Parquet,
            [b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..] => Self::Excel,
            _ => Self::Csv,
        }
    }
}

/// Cells as text, with the line of the file on which each row stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grid {
    /// Names of the columns.
    pub header: Vec<String>,
    /// Line, counted from 1 with the header, and cells.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Grid {
    /// Reads a file as text, whatever it holds. The first row, after comments, is the header.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        Ok(Raw::read(bytes, Limits::OWN)?.grid())
    }
}

use raw::Raw;

/// A sheet of a workbook: its name and its rows.
pub type Sheet = (String, Vec<Vec<String>>);

/// Reads all sheets of a workbook as text.
///
/// # Errors
/// If it is no workbook.
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    guard::decode("a spreadsheet", || excel_source::sheets(bytes, Limits::FORM))
}

/// Reads a table of exact counts.
///
/// # Errors
/// See [`ReadError`]: every variant names the line and column, what was found, what was expected and what to do.
pub fn read(bytes: &[u8], choices: &Choices) -> Result<Table, ReadError> {
    Cells::read(bytes, Limits::OWN)?.table(choices)
}

fn exact(contents: Contents) -> Result<Table, ReadError> {
    match contents {
        Contents::Table(table) => Ok(*table),
        Contents::Draws(_) => Err(ReadError::Draws),
        Contents::Hidden(hidden) => Err(hidden.refusal()),
    }
}

/// What a file holds.
#[derive(Debug)]
pub enum Contents {
    /// One table.
    Table(Box<Table>),
    /// Draws of a linkage.
    Draws(Draws),
    /// A table of which some counts are hidden.
    Hidden(Box<HiddenTable>),
}

/// A table of which some counts are only known to lie between two numbers.
#[derive(Debug)]
pub struct HiddenTable(unfilled::UnfilledTable);

impl HiddenTable {
    /// The hidden counts.
    pub fn hidden(&self) -> &[HiddenCount] {
        &self.0.hidden
    }

    /// The table with these counts, in the order of [`HiddenTable::hidden`].
    ///
    /// # Errors
    /// When nobody is left on any list.
    pub fn complete(&self, counts: &[u64]) -> Result<Table, ReadError> {
        self.0.finish(counts)
    }

    /// Why it is refused where exact counts are needed.
    pub fn refusal(&self) -> ReadError {
        self.0.exact().err().unwrap_or(ReadError::Nobody)
    }
}

/// Reads whatever a file holds.
///
/// # Errors
/// See [`ReadError`].
pub fn open(bytes: &[u8], choices: &Choices) -> Result<Contents, ReadError> {
    sheets::contents(Raw::read(bytes, Limits::OWN)?, choices)
}

impl Study {
    /// The table; if the user assigns other roles to its columns, it is read as its file would be.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn open(self, choices: &Choices) -> Result<Contents, ReadError> {
        if *choices == Choices::default() {
            return Ok(Contents::Table(Box::new(self.table()?)));
        }
        let roles = self.roles(String::clone);
        sheets::contents(Raw { rows: self.laid_out(), roles: Some(roles), ..Raw::default() }, choices)
    }
}

/// The column of a table that numbers draws of a linkage.
pub const DRAW: &str = "draw";

/// The same, where links that were missed were put back by a sample of persons resolved by hand.
pub const RESOLVED_DRAW: &str = "resolved_draw";

/// The same, where lists were linked in codes and links that were missed were not put back by such a sample.
pub const CODES_DRAW: &str = "codes_draw";

/// What the column of draws goes by.
pub(crate) const DRAW_COLUMNS: [&str; 3] = [DRAW, RESOLVED_DRAW, CODES_DRAW];

/// Draws of a linkage.
#[derive(Debug)]
pub struct Draws {
    /// A table for each, in numerical order.
    pub tables: Vec<Table>,
    /// Whether links that were missed were put back by a sample of persons resolved by hand.
    pub put_back: bool,
    /// Whether lists were linked in codes, so that nobody can tell how many links were missed.
    pub of_codes: bool,
}

/// The draws of a linkage, unless the column is to be ignored: a table for each value of the column [`DRAW`], [`RESOLVED_DRAW`] or
/// [`CODES_DRAW`]. `None` when there is no such column.
///
/// # Errors
/// See [`ReadError`].
pub fn read_draws(bytes: &[u8], choices: &Choices) -> Result<Option<Draws>, ReadError> {
    match open(bytes, choices) {
        Ok(Contents::Draws(draws)) => Ok(Some(draws)),
        Ok(_) => Ok(None),
        Err(error) => Err(error),
    }
}
