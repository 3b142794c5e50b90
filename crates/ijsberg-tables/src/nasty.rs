//! The corpus of texts that do harm, as headers, levels and names of sheets of workbooks: read without what nobody sees, or refused.

use std::fmt::Write as _;

use rust_xlsxwriter::Workbook;

use crate::{Choices, Table, read};

#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
#[path = "../../../fuzz/targets/never.rs"]
mod never;

/// Cells of a table with a text as the name of a list, of a covariate and of a level.
fn table(text: &str) -> [[String; 4]; 5] {
    let own = |s: &str| s.to_owned();
    [
        [format!("L{text}"), own("Zorg"), format!("k{text}"), own("count")],
        [own("1"), own("0"), own(text), own("40")],
        [own("0"), own("1"), own("x"), own("30")],
        [own("1"), own("1"), own(text), own("20")],
        [own("1"), own("1"), own("x"), own("7")],
    ]
}

fn xlsx(text: &str) -> Option<Vec<u8>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // Not every text can be the name of a sheet.
    let _ = sheet.set_name(text);
    for (row, cells) in (0_u32..).zip(table(text)) {
        for (column, cell) in (0_u16..).zip(cells) {
            match cell.parse::<f64>() {
                Ok(number) if row > 0 && column != 2 => sheet.write_number(row, column, number).ok()?,
                _ => sheet.write_string(row, column, cell).ok()?,
            };
        }
    }
    book.save_to_buffer().ok()
}

fn ods(text: &str) -> Vec<u8> {
    let mut rows = String::new();
    for cells in table(text) {
        rows += "<table:table-row>";
        for cell in cells {
            let _ = write!(
                rows,
                r#"<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>"#,
                escaped(&cell)
            );
        }
        rows += "</table:table-row>";
    }
    crate::hostile::ods(&rows)
}

/// With all that XML can hold: what is not seen too.
fn escaped(cell: &str) -> String {
    let fits = |c: &char| !c.is_control() && !matches!(c, '\u{FFFE}' | '\u{FFFF}');
    let cell: String = cell.chars().filter(fits).collect();
    cell.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Names and levels hold nothing that moves a cursor or that nobody sees.
fn harmless(table: &Table, text: &str) {
    let levels = table.covariates.iter().flat_map(|c| c.values.iter().flatten());
    for name in table.layout.lists.iter().chain(&table.layout.covariates).chain(levels) {
        assert!(name.chars().all(ijsberg_outside::is_seen), "{text:?}: {name:?}");
    }
}

#[test]
fn in_workbooks_texts_that_do_harm_are_names_without_harm_or_refused() {
    let mut read_in = [0, 0];
    let all: Vec<_> = never::nasty_texts().into_iter().filter(|(_, t)| t.chars().count() < 30_000).collect();
    for (_, text) in &all {
        for (k, file) in [xlsx(text), Some(ods(text))].into_iter().enumerate() {
            let Some(file) = file else { continue };
            match read(&file, &Choices::default()) {
                Ok(table) => {
                    harmless(&table, text);
                    read_in[k] += 1;
                }
                Err(error) => never::terminal(ijsberg_outside::terminal(&error.to_string()).as_bytes()),
            }
        }
    }
    assert!(read_in.iter().all(|n| n * 2 > all.len()), "{read_in:?} of {}", all.len());
}
