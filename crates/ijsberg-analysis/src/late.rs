//! From a table with years to the figure of the present year before its late list is in.

use std::collections::BTreeMap;

use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::methods::Progress;
use ijsberg_mse::model::Model;
use ijsberg_mse::strata::table::Covariate;
use ijsberg_mse::timely::{NowcastSettings, YearTable, nowcast as of_years};
use ijsberg_report::late::NowcastReport;
use ijsberg_report::text::Text;
use ijsberg_tables::{Choices, Contents, CovariateError, ReadError, Table};

use crate::{AnalysisError, Source, counts_of, hidden, middle};

/// What is asked of a preliminary figure beside the table.
#[derive(Debug, Clone, PartialEq)]
pub struct LateRequest {
    /// The list that comes late.
    pub late: String,
    /// The column with the year; the last year is the present one.
    pub year: String,
    /// A model by formula; chosen by BIC where there is none.
    pub model: Option<String>,
    /// From how many of the years before a year it is nowcast.
    pub window: usize,
    /// Tables that are simulated for each year.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl LateRequest {
    /// The name of a setting that cannot be, and what was expected in words of `text`; `None` where all can.
    pub fn outside(&self, text: &Text) -> Option<(&'static str, String)> {
        let (level, window, replicates) = (self.level, self.window, self.replicates);
        if !(0.5..1.0).contains(&level) {
            return Some(("level", text.fill("argument-level", &[("value", level.to_string())])));
        }
        if !(1..=50).contains(&window) {
            let why = text.fill("argument-nowcast-window", &[("value", window.to_string())]);
            return Some(("window", why));
        }
        if !(20..=10_000).contains(&replicates) {
            let why = text.fill("argument-nowcast-replicates", &[("value", replicates.to_string())]);
            return Some(("replicates", why));
        }
        None
    }
}

/// Works out the figure of the last year before its late list is in. `warn` receives what was left out, in words of `text`.
///
/// # Errors
/// See [`AnalysisError`].
pub fn nowcast(
    source: &Source,
    input: &str,
    choices: &Choices,
    wanted: &LateRequest,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<NowcastReport, AnalysisError> {
    if !(0.5..1.0).contains(&wanted.level) {
        return Err(AnalysisError::Level(wanted.level));
    }
    if counts_of(&source.cells, choices)?.is_some() {
        return Err(AnalysisError::NowcastOfCounts);
    }
    let table = match source.cells.open(choices)? {
        Contents::Table(table) => *table,
        Contents::Draws(_) => return Err(AnalysisError::NowcastOfDraws),
        Contents::Hidden(table) => {
            let mut tables = hidden::complete(&table, wanted.seed)?;
            let told = [("n", table.hidden().len().to_string()), ("draws", tables.len().to_string())];
            warn(text.fill("note-hidden-drawn", &told));
            let chosen = middle(&tables, |t| Histories::n(&t.histories));
            tables.swap_remove(chosen.ok_or(AnalysisError::Read(ReadError::Nobody))?)
        }
    };
    let (years, without) = by_year(&table, &wanted.year)?;
    if without > 0 {
        warn(text.fill("nowcast-no-year", &[("n", text.number(without as f64))]));
    }
    let lists = table.histories.lists();
    let model = wanted.model.as_deref().map(|formula| Model::parse(formula, lists)).transpose()?;
    let asked = NowcastSettings {
        late: wanted.late.clone(),
        window: wanted.window,
        model,
        replicates: wanted.replicates,
        level: wanted.level,
        seed: wanted.seed,
    };
    Ok(NowcastReport {
        nowcast: of_years(lists, &years, &asked, progress)?,
        lists: lists.to_vec(),
        column: wanted.year.clone(),
        window: wanted.window,
        replicates: wanted.replicates,
        seed: wanted.seed,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: source.sha256.clone(),
    })
}

/// The table of each year in their order, and persons without a year.
fn by_year(table: &Table, column: &str) -> Result<(Vec<YearTable>, u64), AnalysisError> {
    let known = || table.covariates.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    let missing = || CovariateError::NoSuchCovariate { name: column.to_owned(), covariates: known() };
    let values = &table.covariates.iter().find(|c| c.name == column).ok_or_else(missing)?.values;
    let levels = Covariate::from_values(column, values.iter().flatten().map(String::as_str)).levels;
    if levels.len() < 2 {
        return Err(AnalysisError::NowcastOfOneYear { column: column.to_owned() });
    }
    let mut cells: Vec<BTreeMap<Mask, u64>> = vec![BTreeMap::new(); levels.len()];
    let mut without = 0;
    for ((mask, count), value) in table.rows.iter().zip(values) {
        match value.as_ref().and_then(|v| levels.iter().position(|l| l == v)) {
            Some(year) => *cells[year].entry(*mask).or_default() += count,
            None => without += count,
        }
    }
    let years = levels.into_iter().zip(cells);
    Ok((years.map(|(year, cells)| YearTable { year, cells: cells.into_iter().collect() }).collect(), without))
}
