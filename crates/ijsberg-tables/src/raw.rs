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
    /// The sheet of a workbook that the rows are of.
    pub(crate) sheet: Option<String>,
    /// Other visible sheets that may hold a table.
    pub(crate) others: Vec<SheetRows>,
}

/// A sheet: its name and its rows.
pub(crate) type SheetRows = (String, Vec<(u64, Vec<String>)>);

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

    /// The same, with all that stands in the cells of separated text: blanks around it too.
    pub(crate) fn as_written(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        match Format::sniff(bytes) {
            Format::Csv if !bytes.is_empty() => csv_source::as_written(bytes, limits),
            _ => Self::read(bytes, limits),
        }
    }

    /// The names of all sheets that hold a table, as far as there are several.
    pub(crate) fn sheets(&self) -> Vec<&str> {
        self.sheet.iter().chain(self.others.iter().map(|o| &o.0)).map(String::as_str).collect()
    }

    /// The same file with another of its sheets.
    pub(crate) fn with_sheet(&self, name: &str) -> Option<Self> {
        if self.sheet.as_deref() == Some(name) {
            return Some(Self { others: Vec::new(), ..self.clone() });
        }
        let (name, rows) = self.others.iter().find(|o| o.0 == name)?.clone();
        let others = self.others.iter().filter(|o| o.0 != name).map(|o| o.0.clone());
        let others = self.sheet.iter().cloned().chain(others).collect();
        let notes = vec![Note::Sheet { name: name.clone(), others }];
        let mut other = Self {
            rows,
            notes,
            roles: None,
            sheet: Some(name),
            others: Vec::new(),
            decimal_comma: self.decimal_comma,
            typed: self.typed,
        };
        other.roles = excel_source::take_roles(&mut other.rows);
        Some(other)
    }

    /// The first row as the header.
    pub(crate) fn grid(self) -> Grid {
        let mut all = self.rows;
        excel_source::blank_formulas(&mut all);
        let mut rows = all.into_iter();
        let header = rows.next().map(|r| r.1).unwrap_or_default();
        Grid { header, rows: rows.collect() }
    }
}

/// A cell without spaces and characters that are not seen around it, and without the apostrophe by which spreadsheets keep a number
/// a text.
pub(crate) fn bare(cell: &str) -> &str {
    let unseen = |c: char| {
        c.is_whitespace()
            || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
    };
    let cell = cell.trim_matches(unseen);
    let number =
        |c: &&str| !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b' '));
    cell.strip_prefix(['\'', '’']).filter(number).unwrap_or(cell)
}
