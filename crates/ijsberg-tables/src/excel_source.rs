use std::io::Cursor;

use calamine::{Data, Reader};

use crate::{Grid, ReadError};

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

/// A cell as it would stand in CSV: whole numbers without a point, truth values as 0 and 1.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(x) if x.fract() == 0.0 && x.abs() < 9e15 => format!("{}", *x as i64),
        Data::Bool(b) => u8::from(*b).to_string(),
        other => other.to_string().trim().to_owned(),
    }
}
