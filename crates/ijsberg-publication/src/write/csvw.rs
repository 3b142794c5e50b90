//! Tables as CSV, each with metadata of the W3C's CSV on the Web beside it.

use std::fmt::Write as _;

use ijsberg_outside::{Csv, cell as harmless};
use ijsberg_report::text::Text;
use serde_json::{Value, json};

use crate::edition::Edition;
use crate::tables::{CONFIDENTIAL, Holds, NOT_APPLICABLE, NOT_AVAILABLE, PublicTable};

/// The table: UTF-8, commas, dots for decimals.
pub fn csv(table: &PublicTable) -> String {
    let mut out = Csv::new();
    out.row(table.columns.iter().map(|c| c.name.as_str()));
    for row in &table.rows {
        out.row(row.iter().zip(&table.columns).map(|(cell, c)| cell.plain(c.holds)));
    }
    out.finish()
}

/// What its columns mean.
pub fn metadata(text: &Text, e: &Edition, table: &PublicTable) -> Value {
    metadata_of(text, e.options.date, &[CONFIDENTIAL, NOT_AVAILABLE, NOT_APPLICABLE], table)
}

/// The same of a table of a day, with what stands where a number does not.
pub fn metadata_of(text: &Text, date: jiff::civil::Date, signs: &[&str], table: &PublicTable) -> Value {
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
            "null": signs,
        })
    };
    json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": lang }],
        "url": format!("{}.csv", table.id),
        "dc:title": table.title,
        "dc:description": table.notes.join(" "),
        "dc:issued": date.to_string(),
        "dc:license": "https://creativecommons.org/licenses/by/4.0/",
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
