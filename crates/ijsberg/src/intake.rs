//! Lists as files: their schemas, their records, and what was read of each column.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use ijsberg_analysis::linkage::{list_of, recognised};
use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::normalise::fold;
use ijsberg_linkage::schema::{Meaning, Records, Rows, Schema, SchemaError};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;
use serde::{Deserialize, Serialize};

use crate::files::{cells, read_file};
use crate::output::{print, tell};

/// A schema for all files where one fits them all, and otherwise one for each file.
pub(crate) fn propose(text: &Text, files: &[PathBuf]) -> anyhow::Result<()> {
    let mut proposed = BTreeMap::new();
    for (name, grid) in grids(text, files)? {
        let rows: Vec<Vec<String>> = grid.rows.iter().map(|r| r.1.clone()).collect();
        let (schema, guessed) = Schema::propose_from(&grid.header, &rows);
        doubted(text, &name, &grid);
        if !recognised(&schema) {
            let columns = grid.header.join(", ");
            tell(&text.fill("link-init-nothing", &[("file", name.clone()), ("columns", columns)]));
        }
        not_used(text, &name, grid.header.iter().filter(|h| !schema.names(h)));
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

/// Reports columns for year, month and day that may be the date of birth or not: a person decides.
fn doubted(text: &Text, file: &str, grid: &Grid) {
    if let Err(SchemaError::Parts { year, month, day, .. }) =
        Schema::of_list(&Rows { name: file, header: &grid.header, rows: &grid.rows })
    {
        let [year, month, day] = [year, month, day].map(|c| plain(&c));
        let parts = [("file", file.to_owned()), ("year", year), ("month", month), ("day", day)];
        tell(&text.fill("link-parts", &parts));
    }
}

/// Reports which columns are of no use.
fn not_used<'a>(text: &Text, file: &str, columns: impl Iterator<Item = &'a String>) {
    let columns: Vec<String> = columns
        .filter(|c| !c.is_empty() && Meaning::from_name(&fold(c)).is_none())
        .map(|c| plain(c))
        .collect();
    if !columns.is_empty() {
        tell(&text.fill("link-not-used", &[("file", file.to_owned()), ("columns", columns.join(", "))]));
    }
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
            let list = list_of(cells(text, path)?).map_err(|e| crate::files::wrong(text, path, &e))?;
            Ok((list_name(path), list))
        })
        .collect()
}

/// The name of the list in a file.
pub(crate) fn list_name(path: &Path) -> String {
    let name = path.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    ijsberg_outside::seen(&name).into_owned()
}

/// Names of the files, their records, and the schema that they were read by.
pub(crate) fn read_records(
    text: &Text,
    files: &[PathBuf],
    schema: Option<&Path>,
) -> anyhow::Result<(Vec<String>, Records, Schema)> {
    let grids = grids(text, files)?;
    // Without a schema each file is read as its own columns say.
    let rows: Vec<Rows<'_>> =
        grids.iter().map(|(name, g)| Rows { name, header: &g.header, rows: &g.rows }).collect();
    let wrong = |e: SchemaError| anyhow!(errors::schema_error(text, &e));
    let mut schemas: Vec<Schema> = match schema {
        None => rows.iter().map(Schema::of_list).collect::<Result<_, _>>().map_err(wrong)?,
        Some(path) => schemas(text, path, &grids.iter().map(|g| g.0.as_str()).collect::<Vec<_>>())?,
    };
    for schema in &mut schemas {
        // Nobody on a list is born after today.
        schema.two_digit_years_until.get_or_insert(this_year());
    }
    let records = Schema::records_by(&schemas, &rows).map_err(wrong)?;
    for line in column_lines(text, &grids.iter().map(|g| g.0.as_str()).collect::<Vec<_>>(), &records) {
        tell(&line);
    }
    for (f, (file, _)) in grids.iter().enumerate() {
        let unused = records.columns.iter().filter(|c| c.file == f && c.meaning.is_none() && c.filled > 0);
        not_used(text, file, unused.map(|c| &c.column));
    }
    let schema = schemas.into_iter().next().unwrap_or_default();
    Ok((grids.into_iter().map(|g| g.0).collect(), records, schema))
}

/// What the columns of these names say of the persons.
pub(crate) fn covariates(
    text: &Text,
    files: &[PathBuf],
    records: &Records,
    names: &[String],
) -> anyhow::Result<Covariates> {
    let grids = grids(text, files)?;
    let rows: Vec<Rows<'_>> =
        grids.iter().map(|(name, g)| Rows { name, header: &g.header, rows: &g.rows }).collect();
    Covariates::from_columns(&rows, records, names).map_err(|e| anyhow!(errors::covariate_of_lists(text, &e)))
}

fn this_year() -> i16 {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().year()
}

/// What each column of each list was taken for, how much of it is filled, and what was not read.
fn column_lines(text: &Text, files: &[&str], records: &Records) -> Vec<String> {
    let mut lines = Vec::new();
    let row = |[column, meaning, filled, unread]: [&str; 4]| {
        let line = format!("  {}{meaning:<50}{filled:<10}{unread}", pad(column, 26));
        line.trim_end().to_owned()
    };
    let heads = ["column", "meaning", "filled", "unread"].map(|h| text.say(&format!("link-head-{h}")));
    for (f, file) in files.iter().enumerate() {
        let rows = records.origin.iter().filter(|o| o.0 == f).count().max(1);
        lines.push(format!("{file}:"));
        lines.push(row([&heads[0], &heads[1], &heads[2], &heads[3]]));
        for c in records.columns.iter().filter(|c| c.file == f) {
            let meaning = text.say(&format!("link-column-{}", c.meaning.map_or("unused", meaning_key)));
            let filled = [("share", text.percent(c.filled as f64 / rows as f64))];
            let unread = [("link-column-unread", c.unread), ("link-column-partial", c.partial)];
            let unread = unread.into_iter().filter(|u| u.1 > 0);
            let unread: Vec<String> =
                unread.map(|(key, n)| text.fill(key, &[("n", text.number(n as f64))])).collect();
            let filled = text.fill("link-column-filled", &filled);
            lines.push(row([&plain(&c.column), &meaning, &filled, &unread.join("; ")]));
        }
    }
    lines
}

/// A text for a column of so many characters.
fn pad(shown: &str, width: usize) -> String {
    let shown: String = shown.chars().take(width - 1).collect();
    format!("{shown:<width$}")
}

/// A name without what could move the cursor or turn the line round.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric() || " -_./()'&".contains(*c)).collect()
}

fn meaning_key(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::List => "list",
        Meaning::Given => "given",
        Meaning::Family => "family",
        Meaning::Full => "full",
        Meaning::Contact => "contact",
        Meaning::Own => "own",
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
