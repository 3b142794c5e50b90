//! Figures in time: the last year before its late list is in, people over several years, and counts that are not complete yet. A table
//! goes in; JSON and the report in both languages come out.

use std::borrow::Cow;

use ijsberg_analysis::{
    DelaysRequest, LateRequest, OpenRequest, Source, completed, nowcast as of_last_year,
    open_population as of_all, staying as staying_of,
};
use ijsberg_mse::delays::DelaySettings;
use ijsberg_mse::methods::Progress;
use ijsberg_report::terminal::Colour;
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{delays as counts, errors, late as figure, open};
use ijsberg_tables::Choices;
use pyo3::prelude::*;

use crate::answer::{Answer, answer, choices_of, not_a_word, spoken};
use crate::beside::beside;
use crate::frames::Table;

/// The JSON, the report in English and in Dutch, and what was left out and why.
type FigureOutput = (String, String, String, Vec<String>);

fn told(json: String, report: impl Fn(&Text) -> String, warned: Vec<String>) -> FigureOutput {
    let [english, dutch] = [Language::English, Language::Dutch].map(|language| report(&Text::new(language)));
    (json, english, dutch, warned)
}

fn read<'a>(table: &'a Table, text: &Text) -> Result<Cow<'a, Source>, String> {
    table.source().map_err(|e| errors::read_error(text, &e))
}

/// The last year before its late list is in.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
pub(crate) fn nowcast(
    py: Python<'_>,
    table: Table,
    input: String,
    reading: &str,
    late: String,
    year: String,
    model: Option<String>,
    window: usize,
    replicates: usize,
    level: f64,
    seed: u64,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<FigureOutput>> {
    let language = spoken(language)?;
    let choices = match choices_of(reading, &Text::new(language))? {
        Ok(choices) => choices,
        Err(why) => return Ok((None, why)),
    };
    let wanted = LateRequest { late, year, model, window, replicates, level, seed };
    if let Some((_, why)) = wanted.outside(&Text::new(language)) {
        return Ok((None, why));
    }
    let done = beside(py, progress.as_ref(), move |watched| {
        of_late(&table, &input, &choices, &wanted, &Text::new(language), watched)
    });
    done.map(answer)
}

fn of_late(
    table: &Table,
    input: &str,
    choices: &Choices,
    wanted: &LateRequest,
    text: &Text,
    progress: &dyn Progress,
) -> Result<FigureOutput, String> {
    let source = read(table, text)?;
    let mut warned = Vec::new();
    let found = of_last_year(&source, input, choices, wanted, text, progress, &mut |said| warned.push(said))
        .map_err(|e| e.in_words(text))?;
    let report = |text: &Text| figure::report(text, &found, Colour::Off);
    Ok(told(figure::to_json(&found).to_string(), report, warned))
}

/// How many people there are in each year, and how many different ones in all years.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
pub(crate) fn open_population(
    py: Python<'_>,
    table: Table,
    input: String,
    staying: &str,
    model: Option<String>,
    replicates: usize,
    level: f64,
    seed: u64,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<FigureOutput>> {
    let language = spoken(language)?;
    let staying = staying_of(staying).map_err(not_a_word)?;
    let wanted = OpenRequest { staying, model, replicates, level, seed };
    if let Some((_, why)) = wanted.outside(&Text::new(language)) {
        return Ok((None, why));
    }
    let done = beside(py, progress.as_ref(), move |watched| {
        of_years(&table, &input, &wanted, &Text::new(language), watched)
    });
    done.map(answer)
}

fn of_years(
    table: &Table,
    input: &str,
    wanted: &OpenRequest,
    text: &Text,
    progress: &dyn Progress,
) -> Result<FigureOutput, String> {
    let source = read(table, text)?;
    let mut warned = Vec::new();
    let found = of_all(&source, input, wanted, text, progress, &mut |said| warned.push(said))
        .map_err(|e| e.in_words(text))?;
    let report = |text: &Text| open::report(text, &found, Colour::Off);
    Ok(told(open::to_json(&found).to_string(), report, warned))
}

/// Counts by month, with the registrations that are still to come.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
#[allow(clippy::needless_pass_by_value, reason = "Python hands over what is its own")]
pub(crate) fn delays(
    py: Python<'_>,
    table: Table,
    input: String,
    happened: String,
    registered: String,
    most: usize,
    since: Option<String>,
    until: Option<String>,
    replicates: usize,
    level: f64,
    seed: u64,
    progress: Option<Bound<'_, PyAny>>,
    language: &str,
) -> PyResult<Answer<FigureOutput>> {
    let language = spoken(language)?;
    let wanted = DelaysRequest { happened, registered, most, since, until, replicates, level, seed };
    let asked = match wanted.asked(&Text::new(language)) {
        Ok(asked) => asked,
        Err((_, why)) => return Ok((None, why)),
    };
    let done = beside(py, progress.as_ref(), move |watched| {
        of_counts(&table, (input.as_str(), &wanted, asked), &Text::new(language), watched)
    });
    done.map(answer)
}

fn of_counts(
    table: &Table,
    (input, wanted, asked): (&str, &DelaysRequest, DelaySettings),
    text: &Text,
    progress: &dyn Progress,
) -> Result<FigureOutput, String> {
    let source = read(table, text)?;
    let found =
        completed(source.into_owned(), input, wanted, asked, progress).map_err(|e| e.in_words(text))?;
    let report = |text: &Text| counts::report(text, &found, Colour::Off);
    Ok(told(counts::to_json(&found).to_string(), report, Vec::new()))
}
