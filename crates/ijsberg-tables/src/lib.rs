//! Reads capture-history tables from CSV, Parquet and Excel.
//!
//! A table has a header. Columns whose values are only 0 and 1 are lists; a column named `count`, `n`, `freq` or
//! `frequency` holds the number of persons with a history; every other column is a covariate, empty = missing. Without
//! a count column each row is one person. [`Choices`] overrides the guesses. The crate takes bytes and gives values:
//! it opens no file.

mod columns;
mod counts;
mod csv_source;
pub mod edges;
mod error;
mod excel_source;
#[cfg(test)]
mod formats;
mod guard;
mod parquet_source;
mod population;
mod strata;

pub use columns::{Choices, Covariate, Layout, Table};
pub use counts::CountTable;
pub use error::{CovariateError, ReadError};
pub use guard::is_decoding;
pub use population::{Population, PopulationError};
pub use strata::{CovariateChoices, numbers, stratify, with_numbers};

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-, semicolon- or tab-separated text.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Excel or `OpenDocument`; the first sheet is read.
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
    /// Reads a file as text, whatever it holds.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        match Format::sniff(bytes) {
            Format::Csv => csv_source::grid(bytes),
            Format::Parquet => guard::decode("Parquet", || parquet_source::grid(bytes)),
            Format::Excel => guard::decode("a spreadsheet", || excel_source::grid(bytes)),
        }
    }
}

/// A sheet of a workbook: its name and its rows.
pub type Sheet = (String, Vec<Vec<String>>);

/// Reads all sheets of a workbook as text.
///
/// # Errors
/// If it is no workbook.
pub fn read_sheets(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    guard::decode("a spreadsheet", || excel_source::sheets(bytes))
}

/// Reads a table.
///
/// # Errors
/// See [`ReadError`]: every variant names the line and column, what was found, what was expected and what to do.
pub fn read(bytes: &[u8], choices: &Choices) -> Result<Table, ReadError> {
    columns::understand(&Grid::read(bytes)?, choices)
}

/// The column of a table that numbers draws of a linkage.
pub const DRAW: &str = "draw";

/// The same, where links that were missed were put back by a sample of persons resolved by hand.
pub const RESOLVED_DRAW: &str = "resolved_draw";

/// Draws of a linkage.
#[derive(Debug)]
pub struct Draws {
    /// A table for each, in numerical order.
    pub tables: Vec<Table>,
    /// Whether links that were missed were put back by a sample of persons resolved by hand.
    pub put_back: bool,
}

/// The draws of a linkage, unless the column is to be ignored: a table for each value of the column [`DRAW`] or
/// [`RESOLVED_DRAW`]. `None` when there is no such column.
///
/// # Errors
/// See [`ReadError`].
pub fn read_draws(bytes: &[u8], choices: &Choices) -> Result<Option<Draws>, ReadError> {
    let mut grid = Grid::read(bytes)?;
    let is_draw = |h: &String| {
        [DRAW, RESOLVED_DRAW].iter().any(|d| h.trim().eq_ignore_ascii_case(d)) && !choices.ignore.contains(h)
    };
    let Some(at) = grid.header.iter().position(is_draw) else {
        return Ok(None);
    };
    let mut parts: std::collections::BTreeMap<u64, Grid> = std::collections::BTreeMap::new();
    let name = grid.header.remove(at);
    for (line, mut cells) in grid.rows {
        if at >= cells.len() {
            return Err(ReadError::Ragged { line, found: cells.len(), expected: grid.header.len() + 1 });
        }
        let value = cells.remove(at);
        let Ok(draw) = value.trim().parse::<u64>() else {
            return Err(ReadError::Count { line, column: name, value });
        };
        let part =
            parts.entry(draw).or_insert_with(|| Grid { header: grid.header.clone(), rows: Vec::new() });
        part.rows.push((line, cells));
    }
    if parts.is_empty() {
        return Err(ReadError::Nobody);
    }
    let tables = parts.values().map(|g| columns::understand(g, choices)).collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Draws { tables, put_back: name.trim().eq_ignore_ascii_case(RESOLVED_DRAW) }))
}
