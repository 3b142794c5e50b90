//! Figures in time: the last year before its late list is in, people over several years, and counts that are not complete yet.

use ijsberg_analysis::{
    AnalysisError, DelaysError, DelaysRequest, LateRequest, OpenError, OpenRequest, Source,
    choices_from_json, completed, nowcast as of_last_year, open_population, staying as staying_of,
};
use ijsberg_mse::delays::NoDelays;
use ijsberg_mse::methods::Progress;
use ijsberg_mse::open::NoOpen;
use ijsberg_report::terminal::Colour;
use ijsberg_report::text::Text;
use ijsberg_report::{delays as counts, errors, late, open as over_years};
use serde_json::{Value, json};

use crate::answer::Refusal;
use crate::refusal::{not_a_word, refused, text, unfit};
use crate::request::{Delays, Nowcast, OpenPopulation};

/// All that R shows of a figure.
fn told(raw: &Value, said: &str, warned: &[String]) -> Value {
    json!({ "json": raw.to_string(), "raw": raw, "said": said, "warned": warned })
}

fn read(tables: &[Vec<u8>], text: &Text) -> Result<Source, Refusal> {
    let Some(table) = tables.first() else { return Err(Refusal::fault("no table".to_owned())) };
    Source::read(table).map_err(|e| Refusal::table("table", errors::read_error(text, &e)))
}

/// A setting that cannot be.
fn within(outside: Option<(&'static str, String)>) -> Result<(), Refusal> {
    outside.map_or(Ok(()), |(argument, why)| Err(Refusal::argument(argument, why)))
}

pub(crate) fn nowcast(asked: Nowcast, tables: &[Vec<u8>], progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let Nowcast { late, year, model, window, replicates, level, seed, .. } = asked;
    let wanted = LateRequest { late, year, model, window, replicates, level, seed };
    within(wanted.outside(&text))?;
    let choices = choices_from_json(&asked.reading, &text).map_err(unfit)?;
    let source = read(tables, &text)?;
    let mut warned = Vec::new();
    let mut warn = |said| warned.push(said);
    let found =
        of_last_year(&source, &asked.input, &choices, &wanted, &text, progress, &mut warn).map_err(|e| {
            match e {
                AnalysisError::Covariates(_) => Refusal::argument("year", e.in_words(&text)),
                AnalysisError::Model(_) => Refusal::argument("model", e.in_words(&text)),
                _ => refused(&e, &text),
            }
        })?;
    Ok(told(&late::to_json(&found), &late::report(&text, &found, Colour::Off), &warned))
}

pub(crate) fn open(
    asked: OpenPopulation,
    tables: &[Vec<u8>],
    progress: &dyn Progress,
) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let staying = staying_of(&asked.staying).map_err(not_a_word)?;
    let OpenPopulation { input, model, replicates, level, seed, .. } = asked;
    let wanted = OpenRequest { staying, model, replicates, level, seed };
    within(wanted.outside(&text))?;
    let source = read(tables, &text)?;
    let mut warned = Vec::new();
    let mut warn = |said| warned.push(said);
    let found = open_population(&source, &input, &wanted, &text, progress, &mut warn).map_err(|e| {
        let said = e.in_words(&text);
        match e {
            OpenError::Level(_) => Refusal::argument("level", said),
            OpenError::Model(_) => Refusal::argument("model", said),
            OpenError::None(NoOpen::TooFewReturns { .. }) => Refusal::argument("staying", said),
            OpenError::Table(_) | OpenError::None(_) => Refusal::table("table", said),
        }
    })?;
    Ok(told(&over_years::to_json(&found), &over_years::report(&text, &found, Colour::Off), &warned))
}

pub(crate) fn delays(asked: Delays, tables: &[Vec<u8>], progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let Delays { input, happened, registered, most, since, until, replicates, level, seed, .. } = asked;
    let wanted = DelaysRequest { happened, registered, most, since, until, replicates, level, seed };
    let asked = wanted.asked(&text).map_err(|(argument, why)| Refusal::argument(argument, why))?;
    let source = read(tables, &text)?;
    let found = completed(source, &input, &wanted, asked, progress).map_err(|e| {
        let said = e.in_words(&text);
        match &e {
            DelaysError::Column { name, .. } if *name == wanted.happened => {
                Refusal::argument("happened", said)
            }
            DelaysError::Column { .. } => Refusal::argument("registered", said),
            DelaysError::NoFigures(NoDelays::TooShort { .. }) => Refusal::argument("most", said),
            DelaysError::NoFigures(NoDelays::TooLong { .. }) => Refusal::argument("since", said),
            DelaysError::Cell { .. } | DelaysError::NoFigures(NoDelays::Nothing) => {
                Refusal::table("table", said)
            }
        }
    })?;
    Ok(told(&counts::to_json(&found), &counts::report(&text, &found, Colour::Off), &[]))
}
