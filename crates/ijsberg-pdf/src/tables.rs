//! A table as the layout takes it.

use ijsberg_publication::tables::{Column, ColumnType, PublicTable};
use ijsberg_publication::write::readable;
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::widths::{Letters, widths};

/// What is said in a table, and how wide its columns are.
pub(crate) fn table(text: &Text, t: &PublicTable) -> Value {
    let t = &readable::in_print(text, t);
    let cells =
        t.rows.iter().flat_map(|row| row.iter().zip(&t.columns).map(|(cell, c)| cell.shown(text, c.holds)));
    let letters = |(k, of): (usize, &Column)| {
        let shown = t.rows.iter().filter_map(|row| Some(row.get(k)?.shown(text, of.holds)));
        let all: Vec<String> = shown.chain([of.title.clone()]).collect();
        Letters::from_cells(all.iter().map(String::as_str))
    };
    let widths = widths(&t.columns.iter().enumerate().map(letters).collect::<Vec<_>>());
    json!({
        "kind": "table",
        "title": t.title,
        "columns": t.columns.iter().map(|c| c.title.clone()).collect::<Vec<_>>(),
        "right": t.columns.iter().map(|c| c.holds != ColumnType::Text).collect::<Vec<_>>(),
        "widths": widths.shares,
        "breaks": widths.tight,
        "cells": cells.collect::<Vec<_>>(),
        "notes": t.notes,
    })
}

#[cfg(test)]
mod tests {
    use ijsberg_publication::document::{Block, Document};
    use ijsberg_publication::tables::Cell;
    use ijsberg_report::text::Language;
    use typst::foundations::Bytes;
    use typst::text::Font;

    use super::*;

    /// How many pages a table takes below its heading.
    fn pages(t: PublicTable) -> usize {
        let fonts: Vec<Font> =
            typst_assets::fonts().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect();
        let text = Text::new(Language::English);
        let of = Document {
            language: Language::English,
            title: "w".into(),
            subtitle: "w".into(),
            date: jiff::civil::date(2026, 11, 24),
            blocks: vec![Block::Heading(2, t.title.clone()), Block::Table(t)],
        };
        crate::composed(&text, (&of, None), &fonts, &|words| words.to_owned()).unwrap().pages().len()
    }

    /// Persons suspected, as they are delivered: a reason for each number that is not there, the same for all or another for each.
    fn suspects(is_one_reason: bool) -> PublicTable {
        let names = ["counted", "by", "code", "category", "number", "kind of cell", "remark", "status"];
        let ids = ["measure", "by", "code", "level", "persons", "cell", "remark", "stage"];
        let column = |(id, title): (&str, &str)| {
            let holds = if id == "persons" { ColumnType::Count } else { ColumnType::Text };
            Column { name: id.into(), title: title.into(), holds }
        };
        let reason = "The file of the prosecution service does not break the count down like this";
        let row = |i: usize| {
            let (by, level, number, cell) = if i == 0 {
                ("total", "total", Cell::Number(100.0), "noise")
            } else {
                ("form of exploitation", "other EU member state", Cell::NotAvailable, "not-delivered")
            };
            let remark = if is_one_reason { format!("{reason}.") } else { format!("{reason}: {i}.") };
            let code = Cell::from(format!("ACTIVITY_{i}"));
            let first = ["persons suspected", by].map(Cell::from).into_iter().chain([code]);
            let last = [Cell::from(cell), remark.into(), "preliminary".into()];
            first.chain([Cell::from(level), number]).chain(last).collect()
        };
        PublicTable {
            id: "eu-19a-b".into(),
            title: "Persons suspected".into(),
            notes: Vec::new(),
            columns: ids.into_iter().zip(names).map(column).collect(),
            rows: (0..11).map(row).collect(),
        }
    }

    #[test]
    fn a_table_with_long_remarks_takes_no_pages_of_narrow_columns() {
        let text = Text::new(Language::English);
        let set = table(&text, &suspects(true));
        assert_eq!(set["columns"], json!(["by", "category", "number"]));
        assert_eq!(set["cells"], json!(["total", "total", "100"]));
        assert_eq!(set["notes"].as_array().map(Vec::len), Some(4));
        let set = table(&text, &suspects(false));
        assert_eq!((&set["columns"][3], &set["widths"]), (&json!("remark"), &json!([0, 0, 0, 1])));
        // A table of another kind keeps all of its columns.
        let mut other = suspects(false);
        other.columns.iter_mut().for_each(|c| c.name.push('s'));
        assert_eq!(table(&text, &other)["breaks"], json!(true));
        assert_eq!([suspects(true), suspects(false), other].map(pages), [1, 1, 1]);
    }
}
