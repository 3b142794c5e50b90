//! `--evidence FILE`: estimates from elsewhere, in TOML or as a table.

use std::path::Path;

use anyhow::{anyhow, bail};
use ijsberg_analysis::WrittenEstimate;
use ijsberg_mse::evidence::NamedEstimate;
use ijsberg_report::text::Text;
use ijsberg_signals::rules::line_of;
use serde::Deserialize;

use crate::files::{grid, read_file};

/// The columns of a table, and the keys of a file in TOML.
const COLUMNS: [&str; 8] = ["name", "kind", "source", "year", "estimate", "lower", "upper", "level"];
/// Those that need not be there.
const OPTIONAL: [&str; 5] = ["source", "year", "lower", "upper", "level"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    estimate: Vec<Entry>,
}

/// One estimate as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    kind: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    year: Year,
    estimate: f64,
    lower: Option<f64>,
    upper: Option<f64>,
    level: Option<f64>,
}

/// A year as a number or as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Year {
    Number(i64),
    Text(String),
}

impl Default for Year {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// Reads the estimates of a file.
pub(crate) fn read(text: &Text, path: &Path) -> anyhow::Result<Vec<NamedEstimate>> {
    let entries = if path.extension().is_some_and(|e| e == "toml") {
        of_toml(text, path)?
    } else {
        of_table(text, path)?
    };
    if entries.is_empty() {
        bail!(wrong(text, path, text.say("argument-evidence-none")));
    }
    let given = entries.into_iter().enumerate().map(|(i, e)| given(text, path, i + 1, e));
    given.collect()
}

fn wrong(text: &Text, path: &Path, why: String) -> String {
    text.fill("argument-evidence-file", &[("path", path.display().to_string()), ("why", why)])
}

fn of_toml(text: &Text, path: &Path) -> anyhow::Result<Vec<Entry>> {
    let bytes = read_file(text, path)?;
    let content = std::str::from_utf8(&bytes).map_err(|e| anyhow!(wrong(text, path, e.to_string())))?;
    let file: File = toml::from_str(content).map_err(|e| {
        let line = line_of(content, &e).to_string();
        anyhow!(wrong(text, path, text.fill("argument-evidence-line", &[("line", line)])))
    })?;
    Ok(file.estimate)
}

fn of_table(text: &Text, path: &Path) -> anyhow::Result<Vec<Entry>> {
    let grid = grid(text, path)?;
    let place = |name: &str| grid.header.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
    if let Some(name) = COLUMNS.iter().find(|c| !OPTIONAL.contains(c) && place(c).is_none()) {
        let why = text.fill("argument-evidence-column", &[("name", (*name).to_owned())]);
        bail!(wrong(text, path, why));
    }
    let mut entries = Vec::new();
    for (i, (line, row)) in grid.rows.iter().enumerate() {
        if row.len() != grid.header.len() {
            let parts = [
                ("line", line.to_string()),
                ("found", row.len().to_string()),
                ("expected", grid.header.len().to_string()),
            ];
            bail!(wrong(text, path, text.fill("argument-evidence-ragged", &parts)));
        }
        let cell = |name: &str| place(name).map_or("", |c| row[c].trim());
        let number = |name: &str| -> anyhow::Result<Option<f64>> {
            match cell(name) {
                "" => Ok(None),
                written => written.parse().map(Some).map_err(|_| {
                    let parts = [("n", (i + 1).to_string()), ("name", name.to_owned())];
                    anyhow!(wrong(text, path, text.fill("argument-evidence-number", &parts)))
                }),
            }
        };
        entries.push(Entry {
            name: cell("name").to_owned(),
            kind: cell("kind").to_owned(),
            source: cell("source").to_owned(),
            year: Year::Text(cell("year").to_owned()),
            // No number is no estimate, which is said of it.
            estimate: number("estimate")?.unwrap_or(f64::NAN),
            lower: number("lower")?,
            upper: number("upper")?,
            level: number("level")?,
        });
    }
    Ok(entries)
}

/// An entry that can be used, or what is wrong with it.
fn given(text: &Text, path: &Path, n: usize, entry: Entry) -> anyhow::Result<NamedEstimate> {
    let Entry { name, kind, source, year, estimate, lower, upper, level } = entry;
    let year = match year {
        Year::Number(year) => year.to_string(),
        Year::Text(year) => year,
    };
    let written = WrittenEstimate { name, kind, source, year, estimate, lower, upper, level };
    written.given(n, text).map_err(|why| anyhow!(wrong(text, path, why)))
}
