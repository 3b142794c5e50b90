//! Tables as CSV, each with metadata of the W3C's CSV on the Web beside it.

use std::fmt::Write as _;

use ijsberg_outside::{Csv, cell as harmless};
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::edition::Edition;
use crate::stage::Stage;
use crate::tables::{CONFIDENTIAL, Cell, Holds, NOT_APPLICABLE, NOT_AVAILABLE, NOT_RECORDED, PublicTable};
use crate::write::licence::LICENCE;

/// What may stand in a cell where no number does.
pub(crate) const SIGNS: [&str; 4] = [CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE, NOT_RECORDED];

/// The table: UTF-8, commas, dots for decimals.
pub fn csv(table: &PublicTable) -> String {
    let mut out = Csv::new();
    out.row(table.columns.iter().map(|c| c.name.as_str()));
    for row in &table.rows {
        out.row(row.iter().zip(&table.columns).map(|(cell, c)| cell.plain(c.holds)));
    }
    out.finish()
}

/// The name of what kind of figures a table has, in its metadata.
const STATUS: &str = "schema:creativeWorkStatus";

/// What the columns of a table of an edition mean, and what kind of figures it has: those of its rows where they say so, otherwise those
/// of the year.
pub fn metadata(text: &Text, e: &Edition, table: &PublicTable) -> Value {
    let of_year = e.stage(e.options.year);
    metadata_of(text, e.options.date, stage_in(table).or(of_year), table)
}

/// The same of a table of a day.
pub fn metadata_of(text: &Text, date: jiff::civil::Date, stage: Option<Stage>, table: &PublicTable) -> Value {
    let mut all = described(text, date, table);
    if let Some(stage) = stage {
        all[STATUS] = stage.code().into();
    }
    all
}

/// What kind of figures the rows of a table say that they are: that to be most careful with.
pub fn stage_in(t: &PublicTable) -> Option<Stage> {
    let at = t.columns.iter().position(|c| c.name == "stage")?;
    let is = |s: &Stage| t.rows.iter().any(|r| r.get(at) == Some(&Cell::from(s.code())));
    [Stage::Preliminary, Stage::Revised, Stage::Final].into_iter().find(is)
}

fn described(text: &Text, date: jiff::civil::Date, table: &PublicTable) -> Value {
    let lang = text.language().code();
    let column = |c: &crate::tables::Column| {
        let datatype = match c.holds {
            Holds::Text => "string",
            Holds::Count => "nonNegativeInteger",
            Holds::Number(_) | Holds::Share => "number",
        };
        json!({
            "name": variable(&c.name),
            // What stands in the first line of the file.
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

/// A name as the standard wants it: letters, digits and `_` of ASCII, the rest as bytes in percent.
fn variable(name: &str) -> String {
    let mut out = String::new();
    for b in name.bytes() {
        // One of its own may not begin with `_`.
        if b.is_ascii_alphanumeric() || (b == b'_' && !out.is_empty()) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
