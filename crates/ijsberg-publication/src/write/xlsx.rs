//! Tables as an accessible Excel workbook: one table per sheet, starting in the first cell, marked up and named, without colours or merged
//! cells.

use ijsberg_report::text::Text;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, Table, TableColumn, TableStyle, Workbook, XlsxError,
};

use crate::edition::Edition;
use crate::tables::{Cell, ColumnType, PublicTable};
use crate::write::Cover;
use crate::write::room::{LINE, is_long, letters};

/// The number of rows above a table: its title and its notes.
fn above(table: &PublicTable) -> u32 {
    1 + table.notes.len() as u32
}

/// Writes the workbook.
///
/// # Errors
/// If a table has too many rows or columns for a sheet.
pub fn workbook(text: &Text, e: &Edition, tables: &[PublicTable]) -> Result<Vec<u8>, XlsxError> {
    workbook_of(text, &Cover::for_report(text, e, tables), tables)
}

/// Writes the workbook with a given cover.
///
/// # Errors
/// If a table has too many rows or columns for a sheet.
pub fn workbook_of(text: &Text, cover: &Cover, tables: &[PublicTable]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let date = cover.date;
    let made = ExcelDateTime::from_ymd(date.year() as u16, date.month() as u8, date.day() as u8)?;
    book.set_properties(
        &DocProperties::new().set_title(&cover.title).set_author("ijsberg").set_creation_datetime(&made),
    );
    let heading = Format::new().set_bold().set_font_size(14);
    let first = book.add_worksheet();
    first.set_name(text.say("sheet-cover"))?;
    first.write_with_format(0, 0, &cover.title, &heading)?;
    for (i, line) in cover.about.iter().enumerate() {
        first.write_with_format(1 + i as u32, 0, line, &Format::new().set_text_wrap())?;
    }
    first.set_column_width(0, LINE as f64)?;
    let contents = book.add_worksheet();
    contents.set_name(text.say("report-contents"))?;
    contents.write_with_format(0, 0, text.say("report-contents"), &heading)?;
    for (i, t) in tables.iter().enumerate() {
        contents.write(1 + i as u32, 0, sheet(i))?;
        contents.write(1 + i as u32, 1, &t.title)?;
    }
    contents.set_column_width(1, 70)?;
    for (i, t) in tables.iter().enumerate() {
        write(&mut book, i, t, &heading)?;
    }
    book.save_to_buffer()
}

/// The name of a sheet.
pub(super) fn sheet(i: usize) -> String {
    format!("T{:02}", i + 1)
}

fn write(book: &mut Workbook, i: usize, t: &PublicTable, heading: &Format) -> Result<(), XlsxError> {
    let page = book.add_worksheet();
    page.set_name(sheet(i))?;
    page.write_with_format(0, 0, format!("{}: {}", sheet(i), t.title), heading)?;
    for (k, note) in t.notes.iter().enumerate() {
        page.write(1 + k as u32, 0, note)?;
    }
    let top = above(t);
    let wrapped = Format::new().set_text_wrap();
    for (r, row) in t.rows.iter().enumerate() {
        for (c, (cell, column)) in row.iter().zip(&t.columns).enumerate() {
            let (r, c) = (top + 1 + r as u32, c as u16);
            match cell {
                Cell::Count(count) => page.write(r, c, count.get() as f64)?,
                Cell::Number(x) => {
                    let format = match column.holds {
                        ColumnType::Share => Format::new().set_num_format("0.0%"),
                        ColumnType::Number(2) => Format::new().set_num_format("0.00"),
                        _ => Format::new().set_num_format("0"),
                    };
                    page.write_with_format(r, c, *x, &format)?
                }
                _ => match cell.plain(column.holds) {
                    long if is_long(&long) => page.write_with_format(r, c, long, &wrapped)?,
                    short => page.write(r, c, short)?,
                },
            };
        }
    }
    let columns: Vec<TableColumn> = headings(t).map(|h| TableColumn::new().set_header(h)).collect();
    let table = Table::new()
        .set_name(t.id.replace('-', "."))
        .set_columns(&columns)
        .set_style(TableStyle::None)
        .set_autofilter(false);
    let last = top + t.rows.len().max(1) as u32;
    page.add_table(top, 0, last, t.columns.len().max(1) as u16 - 1, &table)?;
    for (c, letters) in letters(t).into_iter().enumerate() {
        page.set_column_width(c as u16, letters as f64 + 2.0)?;
    }
    Ok(())
}

/// Headings as a workbook requires: not too long, and unique, also if levels and years have the same name.
fn headings(t: &PublicTable) -> impl Iterator<Item = String> {
    let mut taken: Vec<String> = Vec::new();
    t.columns.iter().map(move |c| {
        let short: String = c.title.chars().take(200).collect();
        let numbered = (2..).map(|n| format!("{short} ({n})"));
        let fits = |h: &String| !taken.contains(&h.to_lowercase());
        let heading = std::iter::once(short.clone()).chain(numbered).find(fits).unwrap_or_default();
        taken.push(heading.to_lowercase());
        heading
    })
}
