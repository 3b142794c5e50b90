//! Rows of cells as they stand in a file, before any is known to be a header.

use crate::limits::Limits;
use crate::written::Roles;
use crate::{Format, Grid, Note, ReadError, csv_source, excel_source, guard, parquet_source};

/// A file as rows of cells, with what is known of how it was written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Raw {
    /// Line, counted from 1, and cells.
    pub(crate) rows: Vec<(u64, Vec<String>)>,
    /// What was done so far.
    pub(crate) notes: Vec<Note>,
    /// Roles that the file itself tells.
    pub(crate) roles: Option<Roles>,
    /// Whether the separator is that of countries that write `1,5` for one and a half.
    pub(crate) decimal_comma: bool,
    /// Whether numbers are stored as numbers, so that a point in one is never a mark between thousands.
    pub(crate) typed: bool,
}

impl Raw {
    /// Reads a file, whatever its format.
    pub(crate) fn read(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        if bytes.is_empty() {
            return Err(ReadError::Empty);
        }
        match Format::sniff(bytes) {
            Format::Csv => csv_source::raw(bytes, limits),
            Format::Parquet => guard::decode("Parquet", || parquet_source::raw(bytes, limits)),
            Format::Excel => guard::decode("a spreadsheet", || excel_source::raw(bytes, limits)),
        }
    }

    /// The first row as the header.
    pub(crate) fn grid(self) -> Grid {
        let mut rows = self.rows.into_iter();
        let header = rows.next().map(|r| r.1).unwrap_or_default();
        Grid { header, rows: rows.collect() }
    }
}
