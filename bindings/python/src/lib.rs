//! What Python reaches: the bytes or the buffers of a table go in, the analysis as JSON comes out. The Python side makes its own types of
//! it; nothing is computed there.

mod beside;
mod capsule;
mod columns;
mod figures;
mod frames;
mod linking;

use ijsberg_analysis::{
    AnalysisError, CovariateRequest, NotAWord, NotIdentifying, Outcome, Request, Written, WrittenChoices,
    identifying, interval_choice, of_source, reselection, run,
};
use ijsberg_mse::doubly_robust::chosen::Chosen;
use ijsberg_mse::evidence::Given;
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_report::charts::OF_ANALYSIS;
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{html, machine};
use ijsberg_tables::Choices;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::beside::beside;
use crate::figures::Reading;
use crate::frames::{Frame, Table};

/// What was made, or nothing and why. The reason is no exception yet: Python puts it into the words of its arguments first.
type Answer<T> = (Option<T>, String);

fn answer<T>(done: Result<T, String>) -> Answer<T> {
    done.map_or_else(|why| (None, why), |made| (Some(made), String::new()))
}

fn spoken(language: &str) -> PyResult<Language> {
    match language {
        "en" => Ok(Language::English),
        "nl" => Ok(Language::Dutch),
        _ => Err(PyValueError::new_err("the language is 'en' or 'nl'")),
    }
}

/// A word that a setting does not have.
fn not_a_word(error: NotAWord) -> PyErr {
    PyValueError::new_err(format!("{}: {}", error.setting, error.expected('\'')))
}

/// How the columns of a table are read.
fn choices_of(reading: Reading) -> PyResult<Choices> {
    let (lists, count, ignore, covariates, thousands, hidden, absent, overlaps, blanks, sheet) = reading;
    let written = WrittenChoices {
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
    };
    written.choices().map_err(not_a_word)
}

/// The lists whose interaction is assumed to be absent, where some are chosen.
fn chosen(lists: Vec<String>, learner: Option<&str>) -> PyResult<Option<Chosen>> {
    identifying(lists, learner).map_err(|why| match why {
        NotIdentifying::Learner(error) => not_a_word(error),
        NotIdentifying::NoLists => {
            PyValueError::new_err("learner: it is for the lists in identifying, and there are none")
        }
    })
}

/// An estimate from elsewhere: its name, kind, source, year, estimate, lower and upper limit, and level.
type Elsewhere = (String, String, String, String, f64, Option<f64>, Option<f64>, Option<f64>);

/// Estimates from elsewhere, or what is wrong with the first that cannot be used.
fn evidence_of(all: Vec<Elsewhere>, text: &Text) -> Result<Vec<Given>, String> {
    let given = |(i, one): (usize, Elsewhere)| {
        let (name, kind, source, year, estimate, lower, upper, level) = one;
        let written = Written { name, kind, source, year, estimate, lower, upper, level };
        written.given(i + 1, text).map_err(|why| format!("evidence: {why}"))
    };
    all.into_iter().enumerate().map(given).collect()
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
        let text = Text::new(spoken(language)?);
        Ok(match &self.outcome {
            Outcome::Histories(a) => html::page(&text, a),
            Outcome::Counts(c) => {
                html::document(&text, "ijsberg", html::STYLE, &html::counts(&text, c, level))
            }
        })
    }

    /// The report in words, with every method.
    fn text(&self, language: &str, level: f64) -> PyResult<String> {
        let text = Text::new(spoken(language)?);
        Ok(match &self.outcome {
            Outcome::Histories(a) => report(&text, a, Detail::Methods, Colour::Off),
            Outcome::Counts(c) => counts_report(&text, &c.title(&text), c, level, Colour::Off),
        })
    }

    /// A chart by its name: the title, what it shows in words, and the SVG; nothing where there is nothing to draw.
    fn chart(&self, name: &str, language: &str) -> PyResult<Option<(String, String, String)>> {
        let text = Text::new(spoken(language)?);
        let draw = OF_ANALYSIS.iter().find(|chart| chart.0 == name).map(|chart| chart.1);
        let (Outcome::Histories(a), Some(draw)) = (&self.outcome, draw) else { return Ok(None) };
        Ok(draw(&text, a).map(|chart| (chart.title, chart.description, chart.wide)))
    }

    /// What was left out and why.
    fn warned(&self) -> Vec<String> {
        self.warned.clone()
    }
}

/// Why there is no analysis. Inhabitants are a table of their own: what is wrong with them begins with the name of the argument.
fn refused(error: &AnalysisError, text: &Text) -> String {
    let said = error.in_words(text);
    if matches!(error, AnalysisError::Population(_)) { format!("population: {said}") } else { said }
}

/// Analyses what was handed over; a file is taken apart once the settings are known to be possible.
fn analysed(
    table: &Table,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Outcome, AnalysisError> {
    match table {
        Table::File(bytes) => run(bytes, input, request, text, progress, warn),
        Table::Frame(frame) => of_source(frame.source()?, input, request, text, progress, warn),
    }
}

/// Analyses a table.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
#[expect(clippy::needless_pass_by_value, reason = "Python hands values over")]
fn estimate(
    py: Python<'_>,
    table: Table,
    input: String,
    reading: Reading,
    by: Vec<String>,
    numeric: Vec<String>,
    inactive: Vec<String>,
    methods: Vec<String>,
    models: Vec<String>,
    thorough: bool,
    level: f64,
    replicates: Option<usize>,
    seed: u64,
    threshold: f64,
    interval: String,
    reselect: Option<String>,
    over_coverage: Option<(f64, f64)>,
    missed_links: f64,
    population: Option<Table>,
    small_groups: bool,
    identifying: Vec<String>,
    learner: Option<String>,
    evidence: Vec<Elsewhere>,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<Analysis>> {
    let choices = choices_of(reading)?;
    let identifying = chosen(identifying, learner.as_deref())?;
    let interval = interval_choice(&interval).map_err(not_a_word)?;
    let reselect = reselection(reselect.as_deref()).map_err(not_a_word)?;
    let language = spoken(language)?;
    let evidence = match evidence_of(evidence, &Text::new(language)) {
        Ok(evidence) => evidence,
        Err(why) => return Ok((None, why)),
    };
    let methods = match Method::parse_all(&methods) {
        Ok(methods) => methods,
        Err(e) => return Ok((None, AnalysisError::from(e).in_words(&Text::new(language)))),
    };
    let settings = Settings {
        methods,
        formulas: models,
        thorough,
        level,
        replicates: replicates.unwrap_or(Settings::default().replicates),
        replicates_asked: replicates.is_some(),
        seed,
        threshold,
        interval,
        reselect,
        identifying,
        ..Settings::default()
    };
    let (small, population) = (small_groups, population.map(Table::into_input));
    let covariates =
        CovariateRequest { by, numeric, inactive, population, small, ..CovariateRequest::default() };
    let request = Request { choices, settings, over_coverage, missed_links, covariates, evidence };
    let done = beside(py, progress.as_ref(), move |watched| {
        let mut warned = Vec::new();
        let text = Text::new(language);
        analysed(&table, &input, &request, &text, watched, &mut |said| warned.push(said))
            .map(|outcome| Analysis { outcome, warned })
            .map_err(|e| refused(&e, &text))
    });
    done.map(answer)
}

/// Links lists: rows of who belongs together, a table of draws, and how many persons each draw has.
#[pyfunction]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
fn link(
    py: Python<'_>,
    lists: Vec<(String, Table)>,
    covariates: Vec<String>,
    draws: usize,
    seed: u64,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<linking::Tables>> {
    let language = spoken(language)?;
    if draws == 0 {
        return Err(PyValueError::new_err("draws: 1 or more"));
    }
    let asked = linking::Asked { lists, covariates, draws, seed };
    let done =
        beside(py, progress.as_ref(), move |watched| linking::linked(&asked, &Text::new(language), watched));
    done.map(answer)
}

#[pymodule]
fn _ijsberg(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let named = Method::ALL.iter().filter(|m| m.cost() != Cost::Given);
    m.add("METHODS", named.map(|m| m.id()).collect::<Vec<_>>())?;
    m.add("CHARTS", OF_ANALYSIS.iter().map(|chart| chart.0).collect::<Vec<_>>())?;
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add_class::<Analysis>()?;
    m.add_class::<Frame>()?;
    m.add_function(wrap_pyfunction!(frames::frame, m)?)?;
    m.add_function(wrap_pyfunction!(estimate, m)?)?;
    m.add_function(wrap_pyfunction!(link, m)?)?;
    m.add_function(wrap_pyfunction!(figures::nowcast, m)?)?;
    m.add_function(wrap_pyfunction!(figures::open_population, m)?)?;
    m.add_function(wrap_pyfunction!(figures::delays, m)?)?;
    Ok(())
}
