//! The tables of a folder as a data package (Frictionless Data, version 1): a resource for each table, with the types of its columns.

use ijsberg_outside::cell as harmless;
use serde_json::{Value, json};

use super::FolderInfo;
use super::bag::sum;
use super::ids::{Ids, code_id};
use crate::tables::{Column, ColumnType, PublicTable};
use crate::write::File;
use crate::write::csvw::SIGNS;
use crate::write::licence::LICENCE;

fn field(column: &Column) -> Value {
    let kind = match column.holds {
        ColumnType::Text => "string",
        ColumnType::Count => "integer",
        ColumnType::Number(_) | ColumnType::Share => "number",
    };
    // The name in the first line of the file.
    json!({ "name": harmless(&column.name), "title": column.title, "type": kind })
}

/// The package of the tables that are among the files.
pub(super) fn package(about: &FolderInfo, tables: &[PublicTable], files: &[File]) -> Value {
    let mut ids = Ids::default();
    let resource = |t: &PublicTable| {
        let path = format!("{}{}.csv", about.tables, t.id);
        let bytes = &files.iter().find(|f| f.0 == path)?.1;
        Some(json!({
            "profile": "tabular-data-resource",
            "name": ids.identifier(&t.id, &code_id(&t.id).to_ascii_lowercase()),
            "title": t.title,
            "description": t.notes.join(" "),
            "path": path,
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": bytes.len(),
            "hash": format!("sha256:{}", sum(bytes)),
            "schema": {
                "fields": t.columns.iter().map(field).collect::<Vec<_>>(),
                "missingValues": SIGNS,
            },
        }))
    };
    let resources: Vec<Value> = tables.iter().filter_map(resource).collect();
    json!({
        "profile": "tabular-data-package",
        "name": code_id(&about.id).to_ascii_lowercase(),
        "title": about.titles[0],
        "description": about.descriptions[0],
        "version": about.date.to_string(),
        "created": format!("{}T00:00:00Z", about.date),
        "licenses": [{ "name": "CC-BY-4.0", "path": LICENCE }],
        "contributors": [{ "title": about.publishers[0], "role": "publisher" }],
        "resources": resources,
    })
}
