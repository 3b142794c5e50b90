use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Cell, Data, DataRef, Dimensions, Reader, SheetType, SheetVisible, Sheets};

use crate::limits::{Budget, Limits};
use crate::raw::{NO_VALUE, Raw, take_roles};
use crate::{Note, ReadError, Sheet, packed};

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
type SheetCells = BTreeMap<u32, Vec<(u32, String)>>;

/// The cells of a sheet that hold something. They are taken one at a time: the rectangle around them may be as large as the sheet.
fn filled(
    book: &mut Book<'_>,
    name: &str,
    budget: &mut Budget,
    text: fn(&Data) -> String,
) -> Result<SheetCells, ReadError> {
    let mut all = SheetCells::new();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(name).map_err(malformed)?;
            while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(malformed)? {
                if cell.formula.is_some() && matches!(cell.value, DataRef::Empty) {
                    budget.cells(1)?;
                    all.entry(cell.pos.0).or_default().push((cell.pos.1, NO_VALUE.to_owned()));
                    continue;
                }
                put(&mut all, &Cell::new(cell.pos, cell.value), budget, text)?;
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
    all: &mut SheetCells,
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

/// Reads the first visible sheet that holds a table, and the others that do.
pub(crate) fn raw(bytes: &[u8], limits: Limits) -> Result<Raw, ReadError> {
    let mut book = book(bytes, limits)?;
    let ChosenSheet { name, all, others, note } = chosen(&mut book, limits)?;
    let mut rows = in_rows(all, &mut Budget::new(limits))?;
    let roles = take_roles(&mut rows);
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    // All of them together may be as large as one that is read.
    let mut further = Budget::new(limits);
    let names = others.iter().map(|o| o.0.clone()).collect();
    let others = others.into_iter().map(|(name, all)| Ok((name, in_rows(all, &mut further)?)));
    let others = others.collect::<Result<Vec<_>, ReadError>>()?;
    let notes = note.then(|| Note::Sheet { name: name.clone(), others: names }).into_iter().collect();
    Ok(Raw { rows, roles, notes, typed: true, sheet: Some(name), others, ..Raw::default() })
}

/// Filled cells as rows of one width.
fn in_rows(all: SheetCells, budget: &mut Budget) -> Result<Vec<(u64, Vec<String>)>, ReadError> {
    let columns = || all.values().flatten().map(|c| c.0);
    let left = columns().min().unwrap_or(0);
    let width = columns().max().map_or(0, |right| (right - left) as usize + 1);
    let mut rows = Vec::with_capacity(all.len());
    for (row, cells) in all {
        budget.row(width)?;
        rows.push((u64::from(row) + 1, laid_out(cells, left, width)));
    }
    Ok(rows)
}

/// The sheet that is read, and the others.
struct ChosenSheet {
    name: String,
    all: SheetCells,
    others: Vec<(String, SheetCells)>,
    /// Whether there was a choice.
    note: bool,
}

/// The first visible sheet that holds a table, or else anything.
fn chosen(book: &mut Book<'_>, limits: Limits) -> Result<ChosenSheet, ReadError> {
    let worksheets = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet);
    let sheets: Vec<(String, bool)> =
        worksheets.map(|s| (s.name.clone(), s.visible == SheetVisible::Visible)).collect();
    if sheets.is_empty() {
        return Err(malformed("it has no sheet with cells"));
    }
    let mut best: Option<(usize, Kind, SheetCells)> = None;
    let mut others: Vec<(String, SheetCells)> = Vec::new();
    let mut further = Budget::new(limits);
    let short = |name: &str| name.chars().take(LONGEST_NAME).collect::<String>();
    for (i, (name, _)) in sheets.iter().enumerate().filter(|s| s.1.1) {
        let found = best.as_ref().is_some_and(|b| b.1 == Kind::Table);
        let mut own = Budget::new(limits);
        let all = match said(book, name, if found { &mut further } else { &mut own }) {
            Ok(all) => all,
            Err(_) if found => {
                others.push((short(name), SheetCells::new()));
                continue;
            }
            Err(error) => return Err(error),
        };
        let kind = Kind::from_cells(&all);
        match best.take() {
            Some((at, better, kept)) if better >= kind => {
                best = Some((at, better, kept));
                if kind >= Kind::Perhaps {
                    others.push((short(name), all));
                }
            }
            earlier => {
                let earlier = earlier.filter(|e| e.1 >= Kind::Perhaps);
                others.extend(earlier.map(|(at, _, all)| (short(&sheets[at].0), all)));
                best = Some((i, kind, all));
            }
        }
    }
    if let Some((at, kind, all)) = best
        && kind > Kind::Empty
    {
        let note = at > 0 || !others.is_empty();
        others.truncate(MOST_NAMED);
        return Ok(ChosenSheet { name: short(&sheets[at].0), all, others, note });
    }
    for (name, _) in sheets.iter().filter(|s| !s.1) {
        if Kind::from_cells(&said(book, name, &mut further)?) > Kind::Empty {
            return Err(ReadError::HiddenSheet { name: short(name) });
        }
    }
    Err(ReadError::Empty)
}

/// The longest name of a sheet that is shown, and how many are.
const LONGEST_NAME: usize = 100;
const MOST_NAMED: usize = 20;

/// What the cells of a sheet look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Empty,
    /// Words, as on a cover.
    Words,
    /// Two columns of words, which may be a table or an explanation.
    Perhaps,
    Table,
}

impl Kind {
    fn from_cells(all: &SheetCells) -> Self {
        if all.is_empty() {
            return Self::Empty;
        }
        let mut columns = BTreeMap::<u32, (usize, usize)>::new();
        let rows: Vec<_> = all.values().filter(|row| row.len() > 1).collect();
        for (column, said) in rows.iter().copied().flatten() {
            let seen = columns.entry(*column).or_default();
            seen.0 += 1;
            let number = said.parse::<f64>().is_ok_and(f64::is_finite) || said == NO_VALUE;
            seen.1 += usize::from(number);
        }
        // All but the header.
        let numbers = columns.values().any(|(filled, numbers)| *numbers > 0 && numbers + 1 >= *filled);
        match rows.len() {
            0 | 1 => Self::Words,
            _ if columns.len() > 2 || numbers => Self::Table,
            _ => Self::Perhaps,
        }
    }
}

/// The cells of a sheet that hold text or a number, with cells that are merged downwards filled in.
fn said(book: &mut Book<'_>, name: &str, budget: &mut Budget) -> Result<SheetCells, ReadError> {
    let mut all = filled(book, name, budget, text)?;
    all.values_mut().for_each(|row| row.retain(|c| !c.1.is_empty()));
    all.retain(|_, row| !row.is_empty());
    let merged = match book {
        Sheets::Xlsx(book) => book.merge_cells_by_sheet_name(name).map_err(malformed)?,
        Sheets::Xls(book) => book.merge_cells_by_sheet_name(name).map_err(malformed)?,
        Sheets::Xlsb(_) | Sheets::Ods(_) => Vec::new(),
    };
    for Dimensions { start: (top, column), end: (bottom, _) } in
        merged.into_iter().filter(|d| d.start.0 < d.end.0)
    {
        let first = all.get(&top).and_then(|row| row.iter().find(|c| c.0 == column));
        let Some(value) = first.map(|c| c.1.clone()) else { continue };
        for (_, row) in all.range_mut(top + 1..=bottom) {
            budget.cells(1)?;
            budget.bytes(value.len() as u64)?;
            if row.iter().all(|c| c.0 != column) {
                row.push((column, value.clone()));
            }
        }
    }
    Ok(all)
}

/// Reads all sheets, cells with the spaces they have.
pub(crate) fn sheets(bytes: &[u8], limits: Limits) -> Result<Vec<Sheet>, ReadError> {
    let mut book = book(bytes, limits)?;
    let mut budget = Budget::new(limits);
    let mut all = Vec::new();
    for name in book.sheet_names() {
        let mut cells = filled(&mut book, &name, &mut budget, spaced)?;
        cells.values_mut().for_each(|row| row.retain(|c| c.1 != NO_VALUE));
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
        other => crate::raw::bare(&other.to_string()).to_owned(),
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
