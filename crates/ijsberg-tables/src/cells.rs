//! A file taken apart, to be handed from the process that read it to the one that uses it.

use serde::{Deserialize, Serialize};

use crate::limits::{Budget, Limits};
use crate::raw::Raw;
use crate::written::Roles;
use crate::{Choices, Contents, CountTable, Grid, Note, ReadError, Sheet, Table};

/// A file as rows of cells, with what is known of how it was written. Taking a file apart is what may go wrong with one that
/// somebody sent; all that comes after works on cells that are bounded.
#[derive(Debug, Clone)]
pub struct Cells(Raw);

/// First bytes of what is handed over; the last is the version.
const MAGIC: &[u8; 8] = b"ijscell\x01";

/// What stands before the rows.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Head {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    #[serde(default)]
    notes: Vec<EarlyNote>,
    #[serde(default)]
    roles: Option<String>,
    #[serde(default)]
    decimal_comma: bool,
    #[serde(default)]
    typed: bool,
    #[serde(default)]
    sheet: Option<String>,
    /// Names of the other sheets, and how many of the rows at the end are of each.
    #[serde(default)]
    others: Vec<(String, usize)>,
}

/// The notes that there are before anything is known of columns.
#[derive(Debug, Serialize, Deserialize)]
enum EarlyNote {
    Encoding(String),
    Delimiter(char),
    Comments(usize),
    Sheet(String, Vec<String>),
}

/// The errors that there are by then.
#[derive(Debug, Serialize, Deserialize)]
enum Failure {
    Empty,
    HiddenSheet(String),
    NotUtf8(u64, u64),
    Quote(u64),
    OtherFormat(String),
    Malformed(String, String),
    TooLarge(String, usize, usize),
    LongCell(u64, usize, usize, usize),
    TooDear,
}

/// The constant of a name, so that an error that was handed over is the same as one from here.
fn constant(name: &str, all: &[&'static str]) -> Option<&'static str> {
    all.iter().copied().find(|known| *known == name)
}

const FORMATS: [&str; 5] = ["CSV", "Parquet", "a spreadsheet", "UTF-16LE", "UTF-16BE"];
const ENCODINGS: [&str; 3] = ["UTF-16LE", "UTF-16BE", "Windows-1252"];
const OTHER_FORMATS: [&str; 10] =
    ["JSON", "HTML", "XML", "PDF", "RTF", "SPSS", "Stata", "gzip", "R", "SQLite"];
const LARGE: [&str; 4] = ["columns", "cells", "rows", "bytes"];

impl Cells {
    /// Takes a file apart, whatever its format.
    ///
    /// # Errors
    /// When it is broken, or holds more than the limits allow.
    pub fn read(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let raw = Raw::read(bytes, limits)?;
        held(&raw, limits)?;
        Ok(Self(raw))
    }

    /// Cells that did not stand in a file.
    pub(crate) fn from_raw(raw: Raw) -> Self {
        Self(raw)
    }

    /// What the columns are, where the file says so itself; whatever is in them.
    pub fn roles(&self) -> Option<&Roles> {
        self.0.roles.as_ref()
    }

    /// How many cells there are, those of other sheets among them; a row of nothing takes the room of one.
    pub fn size(&self) -> usize {
        let sheets = std::iter::once(&self.0.rows).chain(self.0.others.iter().map(|o| &o.1));
        sheets.flatten().map(|row| row.1.len().max(1)).sum()
    }

    /// The rows, the header first.
    pub fn rows(&self) -> impl Iterator<Item = &[String]> {
        self.0.rows.iter().map(|row| row.1.as_slice())
    }

    /// Takes a file apart, with all that stands in the cells of separated text: blanks around it too.
    ///
    /// # Errors
    /// When it is broken, or holds more than the limits allow.
    pub fn as_written(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let raw = Raw::as_written(bytes, limits)?;
        held(&raw, limits)?;
        Ok(Self(raw))
    }

    /// The cells; the first row is the header.
    pub fn grid(self) -> Grid {
        self.0.grid()
    }

    /// Names of the sheets of a workbook of which each may hold a table; one or none where there is no choice.
    pub fn sheets_to_choose(&self) -> Vec<String> {
        self.0.sheets().into_iter().map(str::to_owned).collect()
    }

    /// The cells of one of these sheets.
    pub fn sheet(&self, name: &str) -> Option<Self> {
        self.0.with_sheet(name).map(Self)
    }

    /// A list of records: titles above the header are passed over, and rows without a filled cell left out.
    pub fn list(mut self) -> Grid {
        // Such a column may name the lists.
        crate::raw::blank_formulas(&mut self.0.rows);
        crate::frame::leave_out_unseen(&mut self.0.rows);
        self.list_as_written()
    }

    /// The same, with characters that are not seen.
    pub fn list_as_written(mut self) -> Grid {
        crate::raw::blank_formulas(&mut self.0.rows);
        crate::frame::drop_titles(&mut self.0.rows);
        let mut grid = self.0.grid();
        grid.rows.retain(|r| r.1.iter().any(|c| !c.is_empty()));
        grid
    }

    /// The table in them, or whatever they hold; see [`crate::open`].
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn open(&self, choices: &Choices) -> Result<Contents, ReadError> {
        crate::sheets::contents(self.0.clone(), choices)
    }

    /// The table of exact counts in them; see [`crate::read`].
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn table(&self, choices: &Choices) -> Result<Table, ReadError> {
        crate::exact(self.open(choices)?)
    }

    /// All sheets of a workbook, to be handed over and read by [`Cells::sheets`].
    ///
    /// # Errors
    /// If it is no workbook, or holds more than the limits allow.
    pub fn of_sheets(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let sheets = crate::guard::decode("a spreadsheet", || crate::excel_source::sheets(bytes, limits))?;
        let rows = sheets.into_iter().flat_map(|(name, rows)| {
            let head = (0, vec![name]);
            std::iter::once(head).chain(rows.into_iter().enumerate().map(|(i, row)| (i as u64 + 1, row)))
        });
        let raw = Raw { rows: rows.collect(), ..Raw::default() };
        held(&raw, limits)?;
        Ok(Self(raw))
    }

    /// The sheets that [`Cells::of_sheets`] read.
    pub fn sheets(self) -> Vec<Sheet> {
        let mut sheets: Vec<Sheet> = Vec::new();
        for (line, row) in self.0.rows {
            match sheets.last_mut() {
                Some((_, rows)) if line > 0 => rows.push(row),
                _ => sheets.push((row.into_iter().next().unwrap_or_default(), Vec::new())),
            }
        }
        sheets
    }

    /// Times seen in them; see [`CountTable::read`].
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn counts(&self, choices: &Choices) -> Result<Option<CountTable>, ReadError> {
        if self.0.others.is_empty() && choices.sheet.is_none() {
            return CountTable::from_raw(&self.0, choices);
        }
        CountTable::from_raw(&crate::sheets::chosen(self.0.clone(), choices)?, choices)
    }

    /// As bytes for [`Cells::handed_over`]: what came of reading, an error too.
    pub fn hand_over(result: &Result<Self, ReadError>) -> Vec<u8> {
        let (head, sheets) = match result {
            Ok(Self(raw)) => {
                let others = raw.others.iter().map(|o| o.1.as_slice());
                (Head::from_raw(raw), std::iter::once(raw.rows.as_slice()).chain(others).collect())
            }
            Err(error) => (Head { error: Some(Failure::from_error(error)), ..Head::default() }, Vec::new()),
        };
        let mut out = MAGIC.to_vec();
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let number = |out: &mut Vec<u8>, n: usize| out.extend((n as u64).to_le_bytes());
        number(&mut out, head.len());
        out.extend(head);
        number(&mut out, sheets.iter().map(|rows| rows.len()).sum());
        for (line, row) in sheets.into_iter().flatten() {
            out.extend(line.to_le_bytes());
            number(&mut out, row.len());
            for cell in row {
                out.extend((cell.len() as u32).to_le_bytes());
                out.extend(cell.as_bytes());
            }
        }
        out
    }

    /// Reads what [`Cells::hand_over`] wrote, and checks the limits again: the process that wrote it may be compromised.
    ///
    /// # Errors
    /// The error that was handed over; [`ReadError::TooDear`] when it was cut off.
    pub fn handed_over(bytes: &[u8], limits: Limits) -> Result<Self, ReadError> {
        let mut from = ByteReader(bytes);
        let read = from.rows(&mut Budget::new(limits))?;
        read.filter(|_| from.0.is_empty()).ok_or(ReadError::TooDear)?.map(Self)
    }
}

/// Whether no cell is longer than the limits allow.
fn held(raw: &Raw, limits: Limits) -> Result<(), ReadError> {
    let budget = Budget::new(limits);
    let sheets = std::iter::once(&raw.rows).chain(raw.others.iter().map(|o| &o.1));
    let mut rows = sheets.flatten();
    rows.try_for_each(|(line, row)| {
        row.iter().enumerate().try_for_each(|(c, cell)| budget.cell(*line, c, cell))
    })
}

impl Head {
    fn from_raw(raw: &Raw) -> Self {
        let told = |note: &Note| match note {
            Note::Encoding { name } => Some(EarlyNote::Encoding((*name).to_owned())),
            Note::Delimiter { mark } => Some(EarlyNote::Delimiter(*mark)),
            Note::Comments { lines } => Some(EarlyNote::Comments(*lines)),
            Note::Sheet { name, others } => Some(EarlyNote::Sheet(name.clone(), others.clone())),
            _ => None,
        };
        Self {
            error: None,
            notes: raw.notes.iter().filter_map(told).collect(),
            roles: raw.roles.as_ref().map(Roles::line),
            decimal_comma: raw.decimal_comma,
            typed: raw.typed,
            sheet: raw.sheet.clone(),
            others: raw.others.iter().map(|o| (o.0.clone(), o.1.len())).collect(),
        }
    }

    fn notes(&self) -> Vec<Note> {
        let note = |told: &EarlyNote| {
            Some(match told {
                EarlyNote::Encoding(name) => Note::Encoding { name: constant(name, &ENCODINGS)? },
                EarlyNote::Delimiter(mark) => Note::Delimiter { mark: *mark },
                EarlyNote::Comments(lines) => Note::Comments { lines: *lines },
                EarlyNote::Sheet(name, others) => Note::Sheet { name: name.clone(), others: others.clone() },
            })
        };
        self.notes.iter().filter_map(note).collect()
    }
}

impl Failure {
    fn from_error(error: &ReadError) -> Self {
        match error {
            ReadError::Empty => Self::Empty,
            ReadError::HiddenSheet { name } => Self::HiddenSheet(name.clone()),
            ReadError::NotUtf8 { line, byte } => Self::NotUtf8(*line, *byte),
            ReadError::Quote { line } => Self::Quote(*line),
            ReadError::OtherFormat { what } => Self::OtherFormat((*what).to_owned()),
            ReadError::Malformed { format, why } => {
                Self::Malformed((*format).to_owned(), why.chars().take(300).collect())
            }
            ReadError::TooLarge { what, found, most } => Self::TooLarge((*what).to_owned(), *found, *most),
            ReadError::LongCell { line, column, found, most } => {
                Self::LongCell(*line, *column, *found, *most)
            }
            _ => Self::TooDear,
        }
    }

    fn error(self) -> ReadError {
        match self {
            Self::Empty => ReadError::Empty,
            Self::HiddenSheet(name) => ReadError::HiddenSheet { name },
            Self::NotUtf8(line, byte) => ReadError::NotUtf8 { line, byte },
            Self::Quote(line) => ReadError::Quote { line },
            Self::OtherFormat(what) => {
                ReadError::OtherFormat { what: constant(&what, &OTHER_FORMATS).unwrap_or("XML") }
            }
            Self::Malformed(format, why) => {
                ReadError::Malformed { format: constant(&format, &FORMATS).unwrap_or("CSV"), why }
            }
            Self::TooLarge(what, found, most) => {
                ReadError::TooLarge { what: constant(&what, &LARGE).unwrap_or("cells"), found, most }
            }
            Self::LongCell(line, column, found, most) => ReadError::LongCell { line, column, found, most },
            Self::TooDear => ReadError::TooDear,
        }
    }
}

/// Bytes that are still to be read.
struct ByteReader<'a>(&'a [u8]);

impl<'a> ByteReader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn cell(&mut self) -> Option<String> {
        let length = self.take(4)?.try_into().ok().map(u32::from_le_bytes)?;
        std::str::from_utf8(self.take(length as usize)?).ok().map(str::to_owned)
    }

    /// `None` where it is cut off or not what it should be.
    fn rows(&mut self, budget: &mut Budget) -> Result<Option<Result<Raw, ReadError>>, ReadError> {
        let Some(head) = self.head() else { return Ok(None) };
        let mut raw = Raw {
            notes: head.notes(),
            roles: head.roles.as_deref().and_then(Roles::parse),
            decimal_comma: head.decimal_comma,
            typed: head.typed,
            sheet: head.sheet.clone(),
            rows: Vec::new(),
            others: Vec::new(),
        };
        let Some(rows) = self.number() else { return Ok(None) };
        if let Some(failure) = head.error {
            return Ok(Some(Err(failure.error())));
        }
        for _ in 0..rows {
            let Some((line, width)) = self.number().zip(self.number()) else { return Ok(None) };
            let width = usize::try_from(width).unwrap_or(usize::MAX);
            budget.row(width)?;
            let mut row = Vec::with_capacity(width);
            for place in 0..width {
                let Some(cell) = self.cell() else { return Ok(None) };
                budget.cell(line, place, &cell)?;
                row.push(cell);
            }
            raw.rows.push((line, row));
        }
        for (name, rows) in head.others.into_iter().rev() {
            let Some(from) = raw.rows.len().checked_sub(rows) else { return Ok(None) };
            raw.others.push((name, raw.rows.split_off(from)));
        }
        raw.others.reverse();
        Ok(Some(Ok(raw)))
    }

    fn head(&mut self) -> Option<Head> {
        if self.take(MAGIC.len())? != MAGIC {
            return None;
        }
        let length = usize::try_from(self.number()?).ok()?;
        serde_json::from_slice(self.take(length)?).ok()
    }
}
