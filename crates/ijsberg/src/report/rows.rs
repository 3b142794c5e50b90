//! Tables that a report reads beside its lists: rows of named columns.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use anyhow::{anyhow, bail};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;

/// Inhabitants by year, from a file.
pub(super) fn population_of(text: &Text, path: &Path) -> anyhow::Result<BTreeMap<i16, u64>> {
    let rows = columns(text, Some(path), ("population", ""), ["year", "population"])?;
    let mut all = BTreeMap::new();
    for (at, [year, count]) in rows {
        let (of, number) = (whole(text, &at, "year", &year)?, whole(text, &at, "population", &count)?);
        if all.insert(of, number).is_some() {
            let [file, line] = at;
            let place = [("file", file), ("line", line), ("column", "year".to_owned()), ("value", year)];
            bail!(text.fill("report-file-twice", &place));
        }
    }
    Ok(all)
}

/// A whole number in a column of a row, with the place of what is none.
pub(super) fn whole<T: FromStr>(
    text: &Text,
    [file, line]: &[String; 2],
    column: &str,
    value: &str,
) -> anyhow::Result<T> {
    let place = [("file", file.as_str()), ("line", line), ("column", column), ("value", value)];
    value
        .parse()
        .map_err(|_| anyhow!(text.fill("report-file-number", &place.map(|(k, v)| (k, v.to_owned())))))
}

/// A row: its file and line, and its cells of the requested columns.
type PlacedRow<const N: usize> = ([String; 2], [String; N]);

/// Rows of a file, or of what comes with the program.
pub(crate) fn columns<const N: usize>(
    text: &Text,
    path: Option<&Path>,
    shipped: (&str, &str),
    wanted: [&str; N],
) -> anyhow::Result<Vec<PlacedRow<N>>> {
    columns_with(text, path, shipped, wanted, &[])
}

/// The same, where some of the columns may be missing: their cells are empty then.
pub(crate) fn columns_with<const N: usize>(
    text: &Text,
    path: Option<&Path>,
    (name, shipped): (&str, &str),
    wanted: [&str; N],
    optional: &[&str],
) -> anyhow::Result<Vec<PlacedRow<N>>> {
    let grid = match path {
        Some(path) => crate::files::grid(text, path)?,
        None => Grid::read(shipped.as_bytes()).map_err(|e| anyhow!(errors::read_error(text, &e)))?,
    };
    let name = path.map_or_else(|| name.to_owned(), |p| p.display().to_string());
    let at = wanted.map(|w| grid.header.iter().position(|h| h.eq_ignore_ascii_case(w)));
    if wanted.iter().zip(&at).any(|(w, at)| at.is_none() && !optional.contains(w)) {
        let needed: Vec<&str> = wanted.into_iter().filter(|w| !optional.contains(w)).collect();
        bail!(text.fill("report-file-columns", &[("file", name), ("columns", needed.join(", "))]));
    }
    let row = |(line, cells): &(u64, Vec<String>)| {
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", |c| c.trim()).to_owned();
        ([name.clone(), line.to_string()], at.map(cell))
    };
    Ok(grid.rows.iter().map(row).collect())
}
