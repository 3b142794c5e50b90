use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Cell, Data, DataRef, Reader, Sheets};

use crate::limits::{Budget, Limits};
use crate::raw::Raw;
use crate::written::Roles;
use crate::{ReadError, Sheet, packed};

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn malformed(why: impl ToString) -> ReadError {
    ReadError::Malformed { format: "a spreadsheet", why: why.to_string() }
}

type Book<'a> = Sheets<Cursor<&'a [u8]>>;

fn book(bytes: &[u8], limits: Limits) -> Result<Book<'_>, ReadError> {
    packed::check(bytes, limits)?;
    calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(malformed)
}

/// Cells that hold something, by row and column from 0.
type Filled = BTreeMap<u32, Vec<(u32, String)>>;

/// The cells of a sheet that hold something. They are taken one at a time: the rectangle around them may be as large as the sheet.
fn filled(
    book: &mut Book<'_>,
    name: &str,
    budget: &mut Budget,
    text: fn(&Data) -> String,
) -> Result<Filled, ReadError> {
    let mut all = Filled::new();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(malformed)?;
            while let Some(cell) = cells.next_cell().map_err(malformed)? {
                put(&mut all, &cell, budget, text)?;
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(malformed)?;
            while let Some(cell) = cells.next_cell().map_err(malformed)? {
                put(&mut all, &cell, budget, text)?;
            }
        }
        // What these unpack to was bounded before.
        Sheets::Ods(_) | Sheets::Xls(_) => {
            let sheet = book.worksheet_range(name).map_err(malformed)?;
            let (top, left) = sheet.start().unwrap_or_default();
            for (r, c, cell) in sheet.used_cells() {
                let said = text(cell);
                budget.cells(1)?;
                budget.bytes(said.len() as u64)?;
                all.entry(top + r as u32).or_default().push((left + c as u32, said));
            }
        }
    }
    Ok(all)
}

/// The length is asked before the text is copied: many cells may share one text.
fn put(
    all: &mut Filled,
    cell: &Cell<DataRef<'_>>,
    budget: &mut Budget,
    text: fn(&Data) -> String,
) -> Result<(), ReadError> {
    let at = cell.get_position();
    budget.cells(1)?;
    budget.bytes(match cell.get_value() {
        DataRef::SharedString(s) => s.len() as u64,
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.len() as u64,
        _ => 8,
    })?;
    let said = text(&Data::from(cell.get_value().clone()));
    all.entry(at.0).or_default().push((at.1, said));
    Ok(())
}

/// A row whose cells stand at their places, from a first column on.
fn laid_out(cells: Vec<(u32, String)>, left: u32, width: usize) -> Vec<String> {
    let mut row = vec![String::new(); width];
    for (column, said) in cells {
        if let Some(place) = row.get_mut((column - left) as usize) {
            *place = said;
        }
    }
    row
}

/// Reads the first sheet.
pub(crate) fn raw(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    let mut book = book(bytes, limits)?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| malformed("it has no sheet"))?;
    let mut all = filled(&mut book, &name, &mut Budget::new(limits), text)?;
    all.values_mut().for_each(|row| row.retain(|c| !c.1.is_empty()));
    all.retain(|_, row| !row.is_empty());
    let columns = || all.values().flatten().map(|c| c.0);
    let left = columns().min().unwrap_or(0);
    let width = columns().max().map_or(0, |right| (right - left) as usize + 1);
    let mut budget = Budget::new(limits);
    let mut rows = Vec::with_capacity(all.len());
    for (row, cells) in all {
        budget.row(width)?;
        rows.push((u64::from(row) + 1, laid_out(cells, left, width)));
    }
    let roles = rows.first().and_then(|r| Roles::parse(&r.1[0]));
    if roles.is_some() {
        rows.remove(0);
    }
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Raw { rows, roles, typed: true, ..Raw::default() })
}

/// Reads all sheets, cells with the spaces they have.
pub(crate) fn sheets(bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadError> {
    let mut book = book(bytes, limits)?;
    let mut budget = Budget::new(limits);
    let mut all = Vec::new();
    for name in book.sheet_names() {
        let mut cells = filled(&mut book, &name, &mut budget, spaced)?;
        // Blank cells that have a border or a colour reach further than the sheet.
        cells.values_mut().for_each(|row| row.retain(|c| !c.1.trim().is_empty()));
        cells.retain(|_, row| !row.is_empty());
        let width = cells.values().flatten().map(|c| c.0 as usize + 1).max().unwrap_or(0);
        let end = cells.last_key_value().map_or(0, |last| last.0 + 1);
        let mut rows = Vec::new();
        for row in 0..end {
            budget.row(width)?;
            rows.push(laid_out(cells.remove(&row).unwrap_or_default(), 0, width));
        }
        all.push((name, rows));
    }
    Ok(all)
}

fn spaced(cell: &Data) -> String {
    match cell {
        Data::String(s) => s.clone(),
        other => text(other),
    }
}

/// A cell as it would stand in CSV: whole numbers without a point, truth values as 0 and 1.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => format!("{}", *x as i64),
        Data::Bool(b) => u8::from(*b).to_string(),
        Data::DateTime(moment) if moment.is_datetime() => day(moment),
        other => other.to_string().trim().to_owned(),
    }
}

/// A cell of a date as one writes it in a text: the day, and the time where it is not midnight.
fn day(moment: &calamine::ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}
