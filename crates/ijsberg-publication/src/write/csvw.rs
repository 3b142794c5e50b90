//! Tables as CSV, each with a metadata file in the W3C format CSV on the Web.

use std::fmt::Write as _;

use ijsberg_outside::{Csv, cell as harmless};
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::edition::Edition;
use crate::stage::Stage;
use crate::tables::{
    CONFIDENTIAL, Cell, ColumnType, NOT_APPLICABLE, NOT_AVAILABLE, NOT_RECORDED, PublicTable,
};
use crate::write::licence::LICENCE;

/// The signs that a cell can have in place of a number.
pub(crate) const SIGNS: [&str; 4] = [CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, NOT_RECORDED];

/// The table as CSV: UTF-8, comma-separated, with decimal points.
pub fn csv(table: &PublicTable) -> String {
    let mut out = Csv::new();
    out.row(table.columns.iter().map(|c| c.name.as_str()));
    for row in &table.rows {
        out.row(row.iter().zip(&table.columns).map(|(cell, c)| cell.plain(c.holds)));
    }
    out.finish()
}

/// The metadata property for the stage of the figures.
const STATUS: &str = "schema:creativeWorkStatus";

/// The metadata of a table of an edition: its columns and the stage of its figures, from its rows if they have it, otherwise from the year.
pub fn metadata(text: &Text, e: &Edition, table: &PublicTable) -> Value {
    let of_year = e.stage(e.options.year);
    metadata_of(text, e.options.date, stage_in(table).or(of_year), table)
}

/// The metadata of a table published on a day, with a given stage.
pub fn metadata_of(text: &Text, date: jiff::civil::Date, stage: Option<Stage>, table: &PublicTable) -> Value {
    let mut all = described(text, date, table);
    if let Some(stage) = stage {
        all[STATUS] = stage.code().into();
    }
    all
}

/// The stage in the rows of a table; the one that needs most caution, if rows differ.
pub fn stage_in(t: &PublicTable) -> Option<Stage> {
    let at = t.columns.iter().position(|c| c.name == "stage")?;
    let is = |s: &Stage| t.rows.iter().any(|r| r.get(at) == Some(&Cell::from(s.code())));
    [Stage::Preliminary, Stage::Revised, Stage::Final].into_iter().find(is)
}

fn described(text: &Text, date: jiff::civil::Date, table: &PublicTable) -> Value {
    let lang = text.language().code();
    let column = |c: &crate::tables::Column| {
        let datatype = match c.holds {
            ColumnType::Text => "string",
            ColumnType::Count => "nonNegativeInteger",
            ColumnType::Number(_) | ColumnType::Share => "number",
        };
        json!({
            "name": variable(&c.name),
            // The name in the first line of the file.
            "titles": harmless(&c.name),
            "dc:title": { "@value": c.title, "@language": lang },
            "datatype": datatype,
            "null": SIGNS,
        })
    };
    json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": lang }],
        "url": format!("{}.csv", table.id),
        "dc:title": table.title,
        "dc:description": table.notes.join(" "),
        "dc:issued": date.to_string(),
        "dc:license": LICENCE,
        "tableSchema": { "columns": table.columns.iter().map(column).collect::<Vec<_>>() },
    })
}

/// A name as the standard requires: ASCII letters, digits and `_`; other bytes are percent-encoded.
fn variable(name: &str) -> String {
    let mut out = String::new();
    for b in name.bytes() {
        // The standard does not allow a name to begin with `_`.
        if b.is_ascii_alphanumeric() || (b == b'_' && !out.is_empty()) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
