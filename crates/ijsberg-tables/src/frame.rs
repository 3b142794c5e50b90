//! Where in a file the table stands: titles above it, sums and notes below it, names of rows beside it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use crate::names::is_count_name;
use crate::raw::Raw;
use crate::totals::{self, is_total};
use crate::values::{canonical, filled, is_word_of_lists};
use crate::written::Roles;
use crate::{Grid, Note, ReadError};

/// How far down a header is looked for.
const FARTHEST: usize = 30;

/// A table without what stands around it.
#[derive(Debug, Clone)]
pub(crate) struct FramedTable {
    pub(crate) grid: Grid,
    pub(crate) notes: Vec<Note>,
    pub(crate) roles: Option<Roles>,
    pub(crate) decimal_comma: bool,
    pub(crate) typed: bool,
    /// Rows that say that they are sums, to be checked against the sum.
    pub(crate) totals: Vec<(u64, Vec<String>)>,
}

pub(crate) fn frame(raw: Raw) -> Result<FramedTable, ReadError> {
    let Raw { mut rows, mut notes, mut roles, decimal_comma, typed, .. } = raw;
    unseen(&mut rows, &mut roles, &mut notes);
    if rows.is_empty() {
        return Err(ReadError::Empty);
    }
    if roles.is_some() {
        trim_empty_columns(&mut rows);
        let (_, header) = rows.remove(0);
        let expected = header.len();
        if let Some((line, row)) = rows.iter().find(|r| r.1.len() != expected) {
            return Err(ReadError::Ragged { line: *line, found: row.len(), expected });
        }
        let grid = Grid { header, rows };
        return Ok(FramedTable { grid, notes, roles, decimal_comma, typed, totals: Vec::new() });
    }
    let width = width(&rows);
    let mut skipped = titles(&rows, width);
    if skipped > 0 && completes(&rows[skipped - 1].1, &rows[skipped].1) {
        skipped -= 1;
    }
    if skipped > 0 {
        notes.push(Note::Titles { lines: skipped });
        rows.drain(..skipped);
    }
    let (line, mut header) = rows.remove(0);
    header.iter_mut().for_each(|h| *h = h.split_whitespace().collect::<Vec<_>>().join(" "));
    if !rows.is_empty() && is_data(&header) {
        return Err(ReadError::NoHeader { line });
    }
    two_rows(&mut header, &mut rows, &mut notes);
    footnotes(&mut rows, width, &mut notes);
    if header.len() + 1 == width && rows.iter().all(|r| r.1.len() == width) && unique(&rows, 0) {
        header.insert(0, String::new());
    }
    let expected = header.len();
    for (line, row) in &mut rows {
        while row.len() > expected && row.last().is_some_and(String::is_empty) {
            row.pop();
        }
        if row.len() != expected {
            return Err(ReadError::Ragged { line: *line, found: row.len(), expected });
        }
    }
    let mut totals = totals::set_apart(&mut rows);
    if crosses(&header, &rows) {
        return Err(ReadError::CrossTable { line });
    }
    row_names(&mut header, &mut rows, &mut totals, &mut notes);
    let grid = Grid { header, rows };
    Ok(FramedTable { grid, notes, roles, decimal_comma, typed, totals })
}

/// Leaves out invisible characters: names and values that look alike would differ, and some reverse the text that follows.
fn unseen(rows: &mut [(u64, Vec<String>)], roles: &mut Option<Roles>, notes: &mut Vec<Note>) {
    let cells = leave_out_unseen(rows);
    if let Some(roles) = roles {
        let all = roles.lists.iter_mut().chain(&mut roles.covariates).chain(&mut roles.count);
        all.chain(&mut roles.draw).for_each(|name| *name = ijsberg_outside::seen(name).trim().to_owned());
    }
    if cells > 0 {
        notes.push(Note::Unseen { cells });
    }
}

/// The same for any rows; returns how many cells were changed.
pub(crate) fn leave_out_unseen(rows: &mut [(u64, Vec<String>)]) -> usize {
    let mut cells = 0;
    for cell in rows.iter_mut().flat_map(|r| &mut r.1) {
        let Cow::Owned(seen) = ijsberg_outside::seen(cell) else { continue };
        seen.trim().clone_into(cell);
        cells += 1;
    }
    cells
}

/// Spreadsheets that save a file again make every row as wide as its longest.
fn trim_empty_columns(rows: &mut [(u64, Vec<String>)]) {
    let used = |row: &[String]| row.iter().rposition(|c| !c.is_empty()).map_or(0, |i| i + 1);
    let width = rows.iter().map(|r| used(&r.1)).max().unwrap_or(0);
    rows.iter_mut().for_each(|r| r.1.truncate(width));
}

/// Takes titles above the header away.
pub(crate) fn drop_titles(rows: &mut Vec<(u64, Vec<String>)>) {
    let skipped = titles(rows, width(rows));
    rows.drain(..skipped);
}

/// The number of fields that most rows have.
fn width(rows: &[(u64, Vec<String>)]) -> usize {
    let mut widths = BTreeMap::<usize, usize>::new();
    rows.iter().for_each(|r| *widths.entry(r.1.len()).or_default() += 1);
    widths.into_iter().map(|(width, n)| (n, width)).max().map_or(0, |w| w.1)
}

/// Rows above the header: they fill one or two of more fields.
fn titles(rows: &[(u64, Vec<String>)], width: usize) -> usize {
    let title = |row: &[String]| filled(row) <= 2 && filled(row) + 1 < width || filled(row) == 1 && width > 1;
    let above = rows.iter().take(FARTHEST).take_while(|r| title(&r.1)).count();
    let header = rows.get(above);
    if header.is_some_and(|r| filled(&r.1) > 1 && r.1.len() + 1 >= width && !is_data(&r.1)) {
        above
    } else {
        0
    }
}

/// Whether a row names a column that the row below it does not: it is the first of two rows of a header, and no title. The
/// first column has no name where it holds names of rows.
fn completes(above: &[String], header: &[String]) -> bool {
    let mut columns = above.iter().zip(header).skip(1);
    above.len() == header.len() && columns.any(|(a, h)| h.is_empty() && !a.is_empty())
}

/// Whether a row holds values and not names.
fn is_data(row: &[String]) -> bool {
    let value = |c: &&String| is_word_of_lists(c) || canonical(c).parse::<f64>().is_ok_and(f64::is_finite);
    let values = row.iter().filter(value).count();
    values * 2 > filled(row) && values > 0 && !names_years(row)
}

/// Whether a row names lists of years beside a count: `2021, 2022, 2023, n`.
fn names_years(row: &[String]) -> bool {
    let mut seen = HashSet::new();
    let year = |c: &str| c.len() == 4 && c.parse::<u64>().is_ok_and(|n| (1900..2101).contains(&n));
    let mut cells = row.iter().filter(|c| !c.is_empty());
    row.iter().any(|c| is_count_name(c)) && cells.all(|c| is_count_name(c) || year(c) && seen.insert(c))
}

/// Whether rows and columns go by the same names, as in a table of lists by lists.
fn crosses(header: &[String], rows: &[(u64, Vec<String>)]) -> bool {
    let Some((_, names)) = header.split_first() else { return false };
    let number = |c: &String| c.is_empty() || c == "-" || c.starts_with(|c: char| c.is_ascii_digit());
    names.len() > 1
        && rows.len() > 1
        && unique(rows, 0)
        && rows.iter().all(|r| names.contains(&r.1[0]) && r.1[1..].iter().all(number))
}

/// Brings a header of two rows into one: names of groups above names of columns.
fn two_rows(header: &mut [String], rows: &mut Vec<(u64, Vec<String>)>, notes: &mut Vec<Note>) {
    let distinct = |names: &[String]| {
        let mut seen = HashSet::new();
        names.iter().all(|n| !n.is_empty() && seen.insert(n))
    };
    let text = |c: &String| {
        !c.starts_with(|c: char| c.is_ascii_digit()) && !matches!(canonical(c).as_str(), "x" | "-")
    };
    let [(_, below), (_, first), ..] = rows.as_slice() else { return };
    let fits = below.len() == header.len() && below.iter().all(text) && !is_data(below) && is_data(first);
    if distinct(header) || !fits {
        return;
    }
    let own =
        |(above, below): (&String, &String)| if below.is_empty() { above.clone() } else { below.clone() };
    let mut names: Vec<String> = header.iter().zip(below).map(own).collect();
    if !distinct(&names) {
        let mut group = String::new();
        names.clear();
        for (above, below) in header.iter().zip(below) {
            if !above.is_empty() {
                group.clone_from(above);
            }
            names.push(format!("{group} {below}").trim().to_owned());
        }
    }
    if distinct(&names) {
        header.clone_from_slice(&names);
        rows.remove(0);
        notes.push(Note::Titles { lines: 1 });
    }
}

/// Comments between the rows, and lines of text below them.
fn footnotes(rows: &mut Vec<(u64, Vec<String>)>, width: usize, notes: &mut Vec<Note>) {
    let before = rows.len();
    let alone = |row: &[String]| filled(row) == 1 && !row[0].is_empty();
    if width > 1 {
        rows.retain(|r| !(r.1[0].starts_with('#') && alone(&r.1)));
        let text = |row: &[String]| {
            alone(row) && row[0].chars().count() > 3 && row[0].contains([' ', ':']) && !is_data(row)
        };
        while rows.len() > 1 && rows.last().is_some_and(|r| text(&r.1) && !is_total(&r.1[0])) {
            rows.pop();
        }
    }
    if rows.len() < before {
        notes.push(Note::Comments { lines: before - rows.len() });
    }
}

fn unique(rows: &[(u64, Vec<String>)], column: usize) -> bool {
    let mut seen = HashSet::new();
    rows.len() > 1 && rows.iter().all(|r| !r.1[column].is_empty() && seen.insert(r.1[column].as_str()))
}

/// 1, 2, 3, or 0, 1, 2.
pub(crate) fn sequence(rows: &[(u64, Vec<String>)], column: usize) -> bool {
    let number = |i: usize| rows[i].1[column].parse::<u64>().ok();
    let first = if rows.is_empty() { None } else { number(0).filter(|n| *n < 2) };
    first.is_some_and(|first| (0..rows.len()).all(|i| number(i) == Some(first + i as u64)))
}

/// Drops columns without a header: empty ones, and names of rows.
fn row_names(
    header: &mut Vec<String>,
    rows: &mut [(u64, Vec<String>)],
    totals: &mut [(u64, Vec<String>)],
    notes: &mut Vec<Note>,
) {
    let empty: Vec<usize> = (0..header.len())
        .filter(|i| header[*i].is_empty() && rows.iter().chain(totals.iter()).all(|r| r.1[*i].is_empty()))
        .collect();
    if !empty.is_empty() {
        notes.push(Note::EmptyColumns { columns: empty.len() });
    }
    let mut gone = empty;
    let known = ["row.names", "rownames", "unnamed: 0", "...1", "x", "rij", "row"];
    let first = header.first().cloned().unwrap_or_default();
    let names = first.is_empty() && !gone.contains(&0) && (unique(rows, 0) || sequence(rows, 0));
    if names || known.contains(&first.to_lowercase().as_str()) && rows.len() > 2 && sequence(rows, 0) {
        notes.push(Note::RowNames { column: first });
        gone.push(0);
    }
    if gone.is_empty() {
        return;
    }
    let keep = |cells: &mut Vec<String>| {
        let mut i = 0;
        cells.retain(|_| {
            i += 1;
            !gone.contains(&(i - 1))
        });
    };
    keep(header);
    rows.iter_mut().chain(totals).for_each(|r| keep(&mut r.1));
}
