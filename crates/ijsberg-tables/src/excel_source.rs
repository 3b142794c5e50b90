use std::io::Cursor;

use calamine::{Data, Reader};

use crate::{Grid, ReadError, Sheet};

/// Reads the first sheet.
pub(crate) fn grid(bytes: &[u8]) -> Result<Grid, ReadError> {
    let malformed = |why: String| ReadError::Malformed { format: "a spreadsheet", why };
    let mut book =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|e| malformed(e.to_string()))?;
    let sheet = book
        .worksheet_range_at(0)
        .ok_or_else(|| malformed("it has no sheet".to_owned()))?
        .map_err(|e| malformed(e.to_string()))?;
    let top = u64::from(sheet.start().map_or(0, |s| s.0));
    let mut rows = sheet.rows().enumerate();
    let Some((_, header)) = rows.next() else { return Err(ReadError::Empty) };
    let header = header.iter().map(text).collect();
    let rows = rows
        .map(|(i, row)| (top + i as u64 + 1, row.iter().map(text).collect::<Vec<_>>()))
        .filter(|(_, row)| !row.iter().all(String::is_empty))
        .collect();
    Ok(Grid { header, rows })
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
            Some(end) => sheet.range((0, 0), end).rows().map(|row| row.iter().map(raw).collect()).collect(),
            None => Vec::new(),
        };
        all.push((name, rows));
    }
    Ok(all)
}

fn raw(cell: &Data) -> String {
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
        other => other.to_string().trim().to_owned(),
    }
}
