//! What Python reaches: the bytes or the buffers of a table go in, the analysis as JSON comes out. The Python side makes its own types of
//! it; nothing is computed there.

mod answer;
mod beside;
mod capsule;
mod columns;
mod figures;
mod frames;
mod linking;

use ijsberg_analysis::{AnalysisError, Outcome, Request, of_source, run, settings_json};
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::Progress;
use ijsberg_report::charts::OF_ANALYSIS;
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::Text;
use ijsberg_report::{html, machine};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::answer::{Answer, answer, first, settings_of, spoken};
use crate::beside::beside;
use crate::frames::{Frame, Table};

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

/// Analyses a table, with settings as JSON.
#[pyfunction]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
fn estimate(
    py: Python<'_>,
    table: Table,
    input: String,
    settings: &str,
    population: Option<Table>,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<Analysis>> {
    let language = spoken(language)?;
    let mut request = match Request::from_json(&settings_of(settings)?, &Text::new(language)) {
        Ok(request) => request,
        Err(errors) => return Ok((None, first(errors))),
    };
    request.covariates.population = population.map(Table::into_input);
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
    let asked = linking::LinkArguments { lists, covariates, draws, seed };
    let done =
        beside(py, progress.as_ref(), move |watched| linking::linked(&asked, &Text::new(language), watched));
    done.map(answer)
}

#[pymodule]
fn _ijsberg(m: &Bound<'_, PyModule>) -> PyResult<()> {
    let named = Method::ALL.iter().filter(|m| m.cost() != Cost::Given);
    m.add("METHODS", named.map(|m| m.id()).collect::<Vec<_>>())?;
    m.add("CHARTS", OF_ANALYSIS.iter().map(|chart| chart.0).collect::<Vec<_>>())?;
    m.add("SETTINGS", settings_json().to_string())?;
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
