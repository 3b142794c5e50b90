//! Rows of cells as they stand in a file, before any is known to be a header.

use crate::written::Roles;
use crate::{Grid, Note, ReadError};

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
        other.roles = take_roles(&mut other.rows);
        Some(other)
    }

    /// The first row as the header.
    pub(crate) fn grid(self) -> Grid {
        let mut all = self.rows;
        blank_formulas(&mut all);
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

/// What stands for a formula of which the workbook holds no value; no file of XML can hold this character. Programs that write
/// workbooks without calculating leave such cells, and blank they would say something else.
pub(crate) const NO_VALUE: &str = "\u{1}";

/// Refuses a sheet with formulas that have no value.
pub(crate) fn no_formulas(raw: &Raw) -> Result<(), ReadError> {
    let cells =
        raw.rows.iter().filter(|_| raw.typed).flat_map(|(line, row)| row.iter().map(move |c| (line, c)));
    let without = cells.filter(|(_, cell)| *cell == NO_VALUE).map(|(line, _)| *line);
    let (first, found) = without.fold((None, 0), |(first, n), line| (first.or(Some(line)), n + 1));
    first.map_or(Ok(()), |line| Err(ReadError::Formulas { line, cells: found }))
}

/// Where no table is made of it, such a cell is blank.
pub(crate) fn blank_formulas(rows: &mut [(u64, Vec<String>)]) {
    rows.iter_mut().flat_map(|r| &mut r.1).filter(|c| *c == NO_VALUE).for_each(String::clear);
}

/// Takes the row of roles away from the top.
pub(crate) fn take_roles(rows: &mut Vec<(u64, Vec<String>)>) -> Option<Roles> {
    let roles = roles(rows);
    if roles.is_some() {
        rows.remove(0);
    }
    roles
}

/// The roles of columns on the first row. A spreadsheet that opened the text may have spread them over cells.
fn roles(rows: &[(u64, Vec<String>)]) -> Option<Roles> {
    let first = &rows.first()?.1;
    let header: Vec<String> = rows.get(1)?.1.iter().filter(|c| !c.is_empty()).cloned().collect();
    let filled = first.iter().rposition(|c| !c.is_empty()).map_or(0, |i| i + 1);
    let joined = [first[..filled].join(","), first[..filled].join(";"), first[0].clone()];
    let all: Vec<Roles> = joined.iter().filter_map(|line| Roles::parse(line)).collect();
    all.iter().find(|roles| roles.fit(&header)).or(all.last()).cloned()
}
