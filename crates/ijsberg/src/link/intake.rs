//! Lists as files: their schemas, their records, and what was read of each column.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use ijsberg_linkage::schema::{Meaning, Records, Rows, Schema};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;
use serde::{Deserialize, Serialize};

use crate::files::{cells, read_file};
use crate::output::{print, tell};

/// A schema for all files where one fits them all, and otherwise one for each file.
pub(super) fn propose(text: &Text, files: &[PathBuf]) -> anyhow::Result<()> {
    let mut proposed = BTreeMap::new();
    for (name, grid) in grids(text, files)? {
        let rows: Vec<Vec<String>> = grid.rows.iter().map(|r| r.1.clone()).collect();
        let (schema, guessed) = Schema::propose_from(&grid.header, &rows);
        if !guessed.is_empty() {
            tell(&format!("{name}: {}", text.fill("link-guessed", &[("columns", guessed.join(", "))])));
        }
        proposed.insert(name, schema);
    }
    let first = proposed.values().next().cloned().unwrap_or_default();
    let written = if proposed.values().all(|s| *s == first) {
        toml::to_string_pretty(&first)?
    } else {
        toml::to_string_pretty(&Schemas { file: proposed })?
    };
    print(&written)
}

/// A schema for each file, by the name of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Schemas {
    file: BTreeMap<String, Schema>,
}

/// The schemas of a file: one for all lists, or one for each.
fn schemas(text: &Text, path: &Path, names: &[&str]) -> anyhow::Result<Vec<Schema>> {
    let written = String::from_utf8(read_file(text, path)?).with_context(|| path.display().to_string())?;
    let table: toml::Table = toml::from_str(&written).with_context(|| path.display().to_string())?;
    if !table.contains_key("file") {
        let schema: Schema = toml::from_str(&written).with_context(|| path.display().to_string())?;
        return Ok(vec![schema; names.len()]);
    }
    let mut of: Schemas = toml::from_str(&written).with_context(|| path.display().to_string())?;
    names
        .iter()
        .map(|name| {
            let values = [("path", path.display().to_string()), ("name", (*name).to_owned())];
            of.file.remove(*name).with_context(|| text.fill("link-schema-missing", &values))
        })
        .collect()
}

/// Files as text, with names that give no folder away.
pub(crate) fn grids(text: &Text, files: &[PathBuf]) -> anyhow::Result<Vec<(String, Grid)>> {
    files
        .iter()
        .map(|path| {
            let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            Ok((name, cells(text, path)?.list()))
        })
        .collect()
}

/// Names of the files, their records, and the schema that they were read by.
pub(crate) fn read_records(
    text: &Text,
    files: &[PathBuf],
    schema: Option<&Path>,
) -> anyhow::Result<(Vec<String>, Records, Schema)> {
    let grids = grids(text, files)?;
    // Without a schema each file is read as its own columns say.
    let mut schemas: Vec<Schema> = match schema {
        None => grids.iter().map(|g| Schema::propose(&g.1.header)).collect(),
        Some(path) => schemas(text, path, &grids.iter().map(|g| g.0.as_str()).collect::<Vec<_>>())?,
    };
    for schema in &mut schemas {
        // Nobody on a list is born after today.
        schema.two_digit_years_until.get_or_insert(this_year());
    }
    let rows: Vec<Rows<'_>> =
        grids.iter().map(|(name, g)| Rows { name, header: &g.header, rows: &g.rows }).collect();
    let records = Schema::records_by(&schemas, &rows).map_err(|e| anyhow!(errors::schema_error(text, &e)))?;
    for line in column_lines(text, &grids.iter().map(|g| g.0.as_str()).collect::<Vec<_>>(), &records) {
        tell(&line);
    }
    let schema = schemas.into_iter().next().unwrap_or_default();
    Ok((grids.into_iter().map(|g| g.0).collect(), records, schema))
}

fn this_year() -> i16 {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().year()
}

/// What each column of each list was taken for, how much of it is filled, and what was not read.
fn column_lines(text: &Text, files: &[&str], records: &Records) -> Vec<String> {
    let mut lines = Vec::new();
    for (f, file) in files.iter().enumerate() {
        let rows = records.origin.iter().filter(|o| o.0 == f).count().max(1);
        lines.push(format!("{file}:"));
        for c in records.columns.iter().filter(|c| c.file == f) {
            let meaning = c.meaning.map_or("unused", meaning_key);
            let mut line = format!(
                "  {}  {}  {}",
                pad(&c.column, 24),
                pad(&text.say(&format!("link-column-{meaning}")), 24),
                text.fill("link-column-filled", &[("share", text.percent(c.filled as f64 / rows as f64))])
            );
            for (key, n) in [("link-column-partial", c.partial), ("link-column-unread", c.unread)] {
                if n > 0 {
                    line.push_str("; ");
                    line.push_str(&text.fill(key, &[("n", text.number(n as f64))]));
                }
            }
            lines.push(line);
        }
    }
    lines
}

/// A text for a column of so many characters. What could move the cursor or turn the line round is left out.
fn pad(name: &str, width: usize) -> String {
    let shown: String =
        name.chars().filter(|c| c.is_alphanumeric() || " -_./()'&".contains(*c)).take(width).collect();
    format!("{shown:<width$}")
}

fn meaning_key(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::List => "list",
        Meaning::Given => "given",
        Meaning::Family => "family",
        Meaning::Particle => "particle",
        Meaning::Birth => "birth",
        Meaning::BirthMonth => "birth-month",
        Meaning::BirthDay => "birth-day",
        Meaning::Sex => "sex",
        Meaning::Nationality => "nationality",
        Meaning::Address => "address",
        Meaning::Place => "place",
        Meaning::Identifier => "identifier",
        Meaning::Record => "record",
    }
}
