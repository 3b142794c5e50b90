//! What an earlier linkage knew: the person of each record that it had.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, ensure};
use ijsberg_analysis::linkage::{print_of, renumbered};
use ijsberg_linkage::schema::Records;
use ijsberg_outside::cell;
use ijsberg_report::text::Text;
use serde::Deserialize;

use crate::estimate::read_file;

/// A row of an earlier linked.csv.
#[derive(Deserialize)]
struct Row {
    file: String,
    line: u64,
    list: String,
    record: String,
    person: u32,
    print: String,
}

/// Gives groups the numbers that persons had, and says what changed.
pub(super) fn keep_numbers(
    text: &Text,
    path: &Path,
    (files, records): (&[String], &Records),
    groups: &mut Vec<u32>,
) -> anyhow::Result<String> {
    let rows: Vec<Row> = csv::Reader::from_reader(read_file(text, path)?.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| text.fill("link-earlier-form", &[("path", path.display().to_string())]))?;
    // By the list's own number where it has one, for lines move; otherwise by the line, if it still holds the same.
    let mut by_record: HashMap<(&str, &str), Option<u32>> = HashMap::new();
    let mut by_line: HashMap<(&str, u64), &Row> = HashMap::new();
    for row in &rows {
        if !row.record.is_empty() {
            let twice = |known: &mut Option<u32>| *known = known.filter(|p| *p == row.person);
            by_record.entry((&row.list, &row.record)).and_modify(twice).or_insert(Some(row.person));
        }
        by_line.insert((&row.file, row.line), row);
    }
    let person = |i: usize| {
        let (file, line) = records.origin[i];
        let list = cell(&records.lists[records.records[i].list]).into_owned();
        let known_as = records.known_as.get(i).map(|r| cell(r).into_owned()).unwrap_or_default();
        if let Some(known) = by_record.get(&(list.as_str(), known_as.as_str())) {
            return *known;
        }
        let file = cell(&files[file]).into_owned();
        let row = by_line.get(&(file.as_str(), line)).filter(|r| r.record.is_empty());
        row.filter(|r| r.print == print_of(records, i as u32)).map(|r| r.person)
    };
    let earlier: Vec<Option<u32>> = (0..records.records.len()).map(person).collect();
    let found = earlier.iter().flatten().count();
    let counts =
        [("path", path.display().to_string()), ("n", found.to_string()), ("all", rows.len().to_string())];
    ensure!(!rows.is_empty() && 2 * found > rows.len(), text.fill("link-earlier-other", &counts));
    let last = rows.iter().map(|r| r.person).max();
    let (numbers, changes) = renumbered(groups, &earlier, last)
        .with_context(|| text.fill("link-earlier-form", &[("path", path.display().to_string())]))?;
    *groups = numbers;
    let n = |n: usize| text.number(n as f64);
    Ok(text.fill(
        "link-earlier",
        &[
            ("new", n(changes.new)),
            ("joined", n(changes.joined)),
            ("persons", n(changes.persons)),
            ("parted", n(changes.parted)),
            ("united", n(changes.united)),
            ("gone", n(rows.len().saturating_sub(found))),
        ],
    ))
}
