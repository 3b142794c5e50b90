//! The same tables as an open document, which Dutch public bodies must offer beside other office formats.

use icu_locale_core::locale;
use ijsberg_report::text::{Language, Text};
use spreadsheet_ods::{OdsError, Sheet, WorkBook, write_ods_buf};

use crate::document::title;
use crate::edition::Edition;
use crate::tables::{Cell, PublicTable};
use crate::write::xlsx::sheet;

/// Writes the workbook.
///
/// # Errors
/// If the format cannot hold it.
pub fn workbook(text: &Text, e: &Edition, tables: &[PublicTable]) -> Result<Vec<u8>, OdsError> {
    let mut book = WorkBook::new(match text.language() {
        Language::English => locale!("en-GB"),
        Language::Dutch => locale!("nl-NL"),
    });
    let mut cover = Sheet::new(text.say("sheet-cover"));
    let window = [("from", e.from().to_string()), ("to", e.options.year.to_string())];
    let mut about = vec![
        title(text, e),
        text.fill("report-subtitle", &window),
        e.options.date.to_string(),
        text.say("sheet-marks"),
    ];
    if e.options.synthetic {
        about.push(text.say("report-synthetic"));
    }
    for (i, line) in about.into_iter().enumerate() {
        cover.set_value(i as u32, 0, line);
    }
    book.push_sheet(cover);
    let mut contents = Sheet::new(text.say("report-contents"));
    contents.set_value(0, 0, text.say("report-contents"));
    for (i, t) in tables.iter().enumerate() {
        contents.set_value(1 + i as u32, 0, sheet(i));
        contents.set_value(1 + i as u32, 1, t.title.clone());
    }
    book.push_sheet(contents);
    for (i, t) in tables.iter().enumerate() {
        book.push_sheet(page(i, t));
    }
    write_ods_buf(&mut book, Vec::new())
}

fn page(i: usize, t: &PublicTable) -> Sheet {
    let mut page = Sheet::new(sheet(i));
    page.set_value(0, 0, format!("{}: {}", sheet(i), t.title));
    for (k, note) in t.notes.iter().enumerate() {
        page.set_value(1 + k as u32, 0, note.clone());
    }
    let top = 1 + t.notes.len() as u32;
    for (c, column) in t.columns.iter().enumerate() {
        page.set_value(top, c as u32, column.title.clone());
    }
    page.set_header_rows(top, top);
    for (r, row) in t.rows.iter().enumerate() {
        for (c, (cell, column)) in row.iter().zip(&t.columns).enumerate() {
            let (r, c) = (top + 1 + r as u32, c as u32);
            match cell {
                Cell::Count(count) => page.set_value(r, c, count.get() as f64),
                Cell::Number(x) => page.set_value(r, c, *x),
                _ => page.set_value(r, c, cell.plain(column.holds)),
            }
        }
    }
    page
}
