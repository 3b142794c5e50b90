use std::io::Cursor;

use calamine::{Data, Reader};

use crate::raw::{LIMIT_CELLS, Raw};
use crate::written::Roles;
use crate::{ReadError, Sheet};

/// Reads the first sheet.
pub(crate) fn raw(bytes: &[u8]) -> Result<Raw, ReadError> {
    let malformed = |why: String| ReadError::Malformed { format: "a spreadsheet", why };
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| malformed(e.to_string()))?;
    if let calamine::Sheets::Xlsx(book) = &mut book {
        bounded(book)?;
    }
    let sheet = book
        .worksheet_range_at(0)
        .ok_or_else(|| malformed("it has no sheet".to_owned()))?
        .map_err(|e| malformed(e.to_string()))?;
    let top = u64::from(sheet.start().map_or(0, |s| s.0));
    let mut rows: Vec<(u64, Vec<String>)> = sheet
        .rows()
        .enumerate()
        .map(|(i, row)| (top + i as u64 + 1, row.iter().map(text).collect::<Vec<_>>()))
        .filter(|(_, row)| !row.iter().all(String::is_empty))
        .collect();
    let roles = rows.first().and_then(|r| Roles::parse(&r.1[0]));
    if roles.is_some() {
        rows.remove(0);
    }
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(Raw { rows, roles, typed: true, ..Raw::default() })
}

/// Refuses a sheet whose cells lie so far apart that the rectangle around them would fill the memory.
fn bounded<R: std::io::Read + std::io::Seek>(book: &mut calamine::Xlsx<R>) -> Result<(), ReadError> {
    let Some(name) = book.sheet_names().first().cloned() else { return Ok(()) };
    let Ok(mut cells) = book.worksheet_cells_reader(&name) else { return Ok(()) };
    let (mut low, mut high) = ((u32::MAX, u32::MAX), (0, 0));
    while let Ok(Some(cell)) = cells.next_cell() {
        let (row, column) = cell.get_position();
        low = (low.0.min(row), low.1.min(column));
        high = (high.0.max(row), high.1.max(column));
        let found = ((high.0 - low.0) as usize + 1).saturating_mul((high.1 - low.1) as usize + 1);
        if found > LIMIT_CELLS {
            return Err(ReadError::TooLarge { what: "cells", found, most: LIMIT_CELLS });
        }
    }
    Ok(())
}

/// Reads all sheets, cells with the spaces they have.
pub(crate) fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, ReadError> {
    let malformed = |why: String| ReadError::Malformed { format: "a spreadsheet", why };
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| malformed(e.to_string()))?;
    let mut all = Vec::new();
    for name in book.sheet_names() {
        let sheet = book.worksheet_range(&name).map_err(|e| malformed(e.to_string()))?;
        let rows = match sheet.end() {
            Some(end) => {
                sheet.range((0, 0), end).rows().map(|row| row.iter().map(spaced).collect()).collect()
            }
            None => Vec::new(),
        };
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
