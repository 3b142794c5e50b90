//! What Python reaches: bytes of a table go in, the analysis as JSON comes out. The Python side makes its own types of it; nothing
//! is computed there.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ijsberg_analysis::linkage::{Drawn, histories_csv, linked_csv, list_of};
use ijsberg_analysis::{AnalysisError, CovariateRequest, Outcome, Request, run};
use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::link::link as link_records;
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::schema::{Rows, Schema};
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{errors, html, machine};
use ijsberg_tables::{Blanks, Cells, Choices, Limits, Overlaps, Thousands};
use pyo3::exceptions::{PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;

/// Stops when Python was interrupted.
struct Interruptible(AtomicBool);

/// What an interrupted run is unwound with; it is no fault, so no hook of panics is told.
struct Stop;

impl Progress for Interruptible {
    fn stage(&self, _: &'static str, _: u64) {
        self.tick();
    }

    fn tick(&self) {
        if self.0.load(Ordering::Relaxed) {
            std::panic::resume_unwind(Box::new(Stop));
        }
    }
}

/// Runs something long beside Python, which looks ten times a second whether somebody pressed Ctrl-C.
fn beside<T: Send + 'static>(
    py: Python<'_>,
    f: impl FnOnce(&Interruptible) -> T + Send + 'static,
) -> PyResult<T> {
    let progress = Arc::new(Interruptible(AtomicBool::new(false)));
    let seen = Arc::clone(&progress);
    let thread = std::thread::spawn(move || f(&seen));
    while !thread.is_finished() {
        py.detach(|| std::thread::sleep(Duration::from_millis(if thread.is_finished() { 0 } else { 5 })));
        if py.check_signals().is_err() {
            progress.0.store(true, Ordering::Relaxed);
        }
    }
    match thread.join() {
        Ok(value) => Ok(value),
        Err(why) if why.is::<Stop>() => Err(PyKeyboardInterrupt::new_err(())),
        Err(why) => std::panic::resume_unwind(why),
    }
}

fn text(language: &str) -> PyResult<Text> {
    match language {
        "en" => Ok(Text::new(Language::English)),
        "nl" => Ok(Text::new(Language::Dutch)),
        _ => Err(PyValueError::new_err("the language is 'en' or 'nl'")),
    }
}

/// A finished analysis.
#[pyclass(frozen)]
struct Analysis {
    outcome: Outcome,
    warned: Vec<String>,
}

#[pymethods]
impl Analysis {
    /// All of it as JSON.
    fn json(&self) -> String {
        match &self.outcome {
            Outcome::Histories(a) => machine::to_json(a).to_string(),
            Outcome::Counts(c) => c.json().to_string(),
        }
    }

    /// The estimates as CSV.
    fn csv(&self) -> String {
        match &self.outcome {
            Outcome::Histories(a) => machine::to_csv(&a.estimates),
            Outcome::Counts(c) => machine::to_csv(&c.estimates),
        }
    }

    /// The breakdown by covariates as CSV; empty without one.
    fn breakdown(&self) -> String {
        match &self.outcome {
            Outcome::Histories(a) => {
                a.covariates.as_ref().map(|c| c.csv(a.diagnostics.verdict)).unwrap_or_default()
            }
            Outcome::Counts(_) => String::new(),
        }
    }

    /// The report as one HTML page.
    fn html(&self, language: &str, level: f64) -> PyResult<String> {
        let text = text(language)?;
        Ok(match &self.outcome {
            Outcome::Histories(a) => html::page(&text, a),
            Outcome::Counts(c) => {
                html::document(&text, "ijsberg", html::STYLE, &html::counts(&text, c, level))
            }
        })
    }

    /// What was left out and why.
    fn warned(&self) -> Vec<String> {
        self.warned.clone()
    }
}

/// Analyses a table.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
#[expect(clippy::needless_pass_by_value, reason = "Python hands values over")]
fn estimate(
    py: Python<'_>,
    table: Vec<u8>,
    input: String,
    lists: Vec<String>,
    count: Option<String>,
    ignore: Vec<String>,
    covariates: Vec<String>,
    thousands: Option<String>,
    hidden: Option<(u64, u64)>,
    absent: Option<(u64, u64)>,
    overlaps: Option<String>,
    blanks: Option<String>,
    sheet: Option<String>,
    by: Vec<String>,
    inactive: Vec<String>,
    methods: Vec<String>,
    models: Vec<String>,
    thorough: bool,
    level: f64,
    replicates: Option<usize>,
    seed: u64,
    over_coverage: Option<(f64, f64)>,
    missed_links: f64,
    population: Option<Vec<u8>>,
    language: &str,
) -> PyResult<Analysis> {
    let mark = |name: String| {
        Thousands::parse(&name).ok_or_else(|| PyValueError::new_err("thousands: 'point' or 'comma'"))
    };
    let kind = |name: String| {
        Overlaps::parse(&name).ok_or_else(|| PyValueError::new_err("overlaps: 'exact' or 'nested'"))
    };
    let cells = |name: String| {
        Blanks::parse(&name).ok_or_else(|| PyValueError::new_err("blanks: 'above' or 'missing'"))
    };
    let blanks = blanks.map(cells).transpose()?;
    let thousands = thousands.map(mark).transpose()?;
    let overlaps = overlaps.map(kind).transpose()?;
    let words = text(language)?;
    let named = Method::parse_all(&methods)
        .map_err(|e| PyValueError::new_err(AnalysisError::from(e).in_words(&words)))?;
    let request = Request {
        choices: Choices {
            lists,
            count,
            ignore,
            covariates,
            thousands,
            hidden,
            absent,
            overlaps,
            blanks,
            sheet,
        },
        settings: Settings {
            methods: named,
            formulas: models,
            thorough,
            level,
            replicates: replicates.unwrap_or(Settings::default().replicates),
            replicates_asked: replicates.is_some(),
            seed,
            ..Settings::default()
        },
        over_coverage,
        missed_links,
        covariates: CovariateRequest { by, inactive, population, ..CovariateRequest::default() },
        evidence: Vec::new(),
    };
    let language = language.to_owned();
    let done = beside(py, move |progress| {
        let mut warned = Vec::new();
        // Both names were tried above.
        let text = Text::new(if language == "nl" { Language::Dutch } else { Language::English });
        run(&table, &input, &request, &text, progress, &mut |said| warned.push(said))
            .map(|outcome| Analysis { outcome, warned })
            .map_err(|e| e.in_words(&text))
    });
    done?.map_err(PyValueError::new_err)
}

/// The year of the calendar, to the day.
fn this_year() -> i16 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let days = since.map_or(0, |s| s.as_secs() / 86_400);
    i16::try_from(1970 + days * 400 / 146_097).unwrap_or(i16::MAX)
}

/// Links lists: rows of who belongs together, a table of draws, and how many persons each draw has.
#[pyfunction]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
fn link(
    py: Python<'_>,
    lists: Vec<(String, Vec<u8>)>,
    covariates: Vec<String>,
    draws: usize,
    seed: u64,
    language: &str,
) -> PyResult<(String, String, Vec<f64>)> {
    let words = text(language)?;
    if draws == 0 {
        return Err(PyValueError::new_err("draws: 1 or more"));
    }
    let mut grids = Vec::new();
    for (name, bytes) in &lists {
        let grid = Cells::read(bytes, Limits::OWN)
            .and_then(list_of)
            .map_err(|e| PyValueError::new_err(format!("{name}: {}", errors::read_error(&words, &e))))?;
        grids.push(grid);
    }
    let mut schemas: Vec<Schema> = grids.iter().map(|g| Schema::propose(&g.header)).collect();
    // Nobody on a list is born after today.
    schemas.iter_mut().for_each(|s| s.two_digit_years_until = Some(this_year()));
    let rows: Vec<Rows<'_>> = lists
        .iter()
        .zip(&grids)
        .map(|((name, _), g)| Rows { name, header: &g.header, rows: &g.rows })
        .collect();
    let records = Schema::records_by(&schemas, &rows)
        .map_err(|e| PyValueError::new_err(errors::schema_error(&words, &e)))?;
    let covariates = Covariates::of(&rows, &records, &covariates)
        .map_err(|e| PyValueError::new_err(errors::covariate_of_lists(&words, &e)))?;
    let caps = schemas.first().map(|s| s.caps(&records.lists)).unwrap_or_default();
    let usual = Sampling::default();
    let kept = draws.div_ceil(usual.chains).max(100);
    let sampling = Sampling { draws: kept, caps, least: draws, seed, ..usual };
    let files: Vec<String> = lists.into_iter().map(|l| l.0).collect();
    beside(py, move |progress| {
        let linked = link_records(&records.records, &sampling, &|| progress.tick());
        let how = Drawn { draws, seed, resolved: None, as_compared: false, covariates: &covariates };
        let draws = histories_csv(&records, &linked, how);
        (linked_csv(&records, &files, &linked), draws, linked.draws.persons.concat())
    })
}

#[pymodule]
fn _ijsberg(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let named = Method::ALL.iter().filter(|m| m.cost() != Cost::Given);
    m.add("METHODS", named.map(|m| m.id()).collect::<Vec<_>>())?;
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<Analysis>()?;
    m.add_function(wrap_pyfunction!(estimate, m)?)?;
    m.add_function(wrap_pyfunction!(link, m)?)?;
    Ok(())
}
