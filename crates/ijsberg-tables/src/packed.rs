//! Workbooks are packed folders of XML. What unpacks to more than is read is refused before a decoder sees it.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use unzip::ZipArchive;

use crate::ReadError;
use crate::limits::{Budget, Limits};

/// Files in a workbook. Those of thousand-sheet workbooks have some thousands.
const MOST_FILES: usize = 20_000;

/// Rows and columns that a sheet can have.
const MOST_ROWS: u64 = 1 << 20;
const MOST_COLUMNS: u64 = 1 << 14;

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn malformed(why: impl ToString) -> ReadError {
    ReadError::Malformed { format: "a spreadsheet", why: why.to_string() }
}

/// Refuses a workbook that unpacks to too much, by unpacking it and keeping nothing: what a file says of its size need not be so.
pub(crate) fn check(bytes: &[u8], limits: Limits) -> Result<(), ReadError> {
    let mut folder = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(folder) => folder,
        Err(e) if bytes.starts_with(b"PK") => return Err(malformed(e)),
        // A workbook of the nineties is not packed; a file may be both.
        Err(_) => return Ok(()),
    };
    if folder.len() > MOST_FILES {
        return Err(malformed(format!("it holds {} files", folder.len())));
    }
    let mut budget = Budget::new(limits);
    let mut room = vec![0; 1 << 16];
    for i in 0..folder.len() {
        let mut file = folder.by_index(i).map_err(malformed)?;
        loop {
            let n = file.read(&mut room).map_err(malformed)?;
            if n == 0 {
                break;
            }
            budget.bytes(n as u64)?;
        }
    }
    match folder.by_name("content.xml") {
        Ok(sheets) => repeats(Reader::from_reader(std::io::BufReader::new(sheets)), limits),
        Err(_) => Ok(()),
    }
}

/// `OpenDocument` says how often a cell and a row are repeated; the decoder writes them out, so they are added up first.
fn repeats<R: std::io::BufRead>(mut xml: Reader<R>, limits: Limits) -> Result<(), ReadError> {
    let mut sheet = Sheet::default();
    let (mut budget, mut room) = (Budget::new(limits), Vec::new());
    loop {
        room.clear();
        match xml.read_event_into(&mut room).map_err(malformed)? {
            Event::Eof => return Ok(()),
            Event::Start(e) => sheet.begin(&e, false, &mut budget)?,
            Event::Empty(e) => sheet.begin(&e, true, &mut budget)?,
            Event::Text(t) => sheet.text += t.len() as u64,
            Event::CData(t) => sheet.text += t.len() as u64,
            Event::End(e) => match e.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => sheet.cell_ends(),
                "table:table-row" => sheet.row_ends(&mut budget)?,
                "table:table" => sheet = Sheet::default(),
                _ => {}
            },
            _ => {}
        }
    }
}

/// Where in a sheet the reader stands.
#[derive(Debug, Default)]
struct Sheet {
    /// Rows written so far, empty ones at the end left out.
    rows: u64,
    /// Empty rows since.
    empty: u64,
    /// The widest row.
    width: u64,
    /// Rows and cells that are counted in the budget.
    counted: u64,
    repeat_row: u64,
    /// Cells of the row, empty ones at the end left out, and empty ones since.
    columns: u64,
    blank: u64,
    repeat_cell: u64,
    /// Bytes of the cell, and of the row.
    text: u64,
    row_text: u64,
}

impl Sheet {
    fn begin(&mut self, e: &BytesStart<'_>, alone: bool, budget: &mut Budget) -> Result<(), ReadError> {
        match e.name().as_ref() {
            "table:table-row" => {
                let repeat_row = repetitions(e, "table:number-rows-repeated").min(MOST_ROWS);
                *self = Self { repeat_row, columns: 0, blank: 0, text: 0, row_text: 0, ..*self };
                if alone {
                    self.row_ends(budget)?;
                }
            }
            "table:table-cell" | "table:covered-table-cell" => {
                self.repeat_cell = repetitions(e, "table:number-columns-repeated").min(MOST_COLUMNS);
                let values = e.attributes().flatten().filter(|a| a.key.as_ref() != "table:style-name");
                let values = values.filter(|a| a.key.as_ref() != "table:number-columns-repeated");
                self.text = values.map(|a| a.value.len() as u64).sum();
                if alone {
                    self.cell_ends();
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn cell_ends(&mut self) {
        if self.text == 0 {
            self.blank += self.repeat_cell;
        } else {
            self.columns = (self.columns + self.blank + self.repeat_cell).min(MOST_COLUMNS);
            self.blank = 0;
        }
        self.row_text = self.row_text.saturating_add(self.text.saturating_mul(self.repeat_cell));
        self.text = 0;
    }

    fn row_ends(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        if self.columns == 0 {
            self.empty = (self.empty + self.repeat_row).min(MOST_ROWS);
            return Ok(());
        }
        self.rows = (self.rows + self.empty + self.repeat_row).min(MOST_ROWS);
        self.empty = 0;
        self.width = self.width.max(self.columns);
        let cells = self.rows.saturating_mul(self.width);
        let more = cells.saturating_sub(self.counted);
        self.counted = cells;
        budget.cells(usize::try_from(more).unwrap_or(usize::MAX))?;
        budget.bytes(self.row_text.saturating_mul(self.repeat_row))
    }
}

/// How often something is repeated.
fn repetitions(e: &BytesStart<'_>, name: &str) -> u64 {
    let said = e.attributes().flatten().find(|a| a.key.as_ref() == name);
    said.and_then(|a| a.value.trim().parse().ok()).unwrap_or(1)
}
