//! What Python writes is read, and what is not done is answered with the reason.

use ijsberg_analysis::{NotAWord, SettingError, choices_from_json};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::{Map, Value};

/// What was made, or nothing and why. The reason is no exception yet: Python puts it into the words of its arguments first.
pub(crate) type Answer<T> = (Option<T>, String);

pub(crate) fn answer<T>(done: Result<T, String>) -> Answer<T> {
    done.map_or_else(|why| (None, why), |made| (Some(made), String::new()))
}

pub(crate) fn spoken(language: &str) -> PyResult<Language> {
    match language {
        "en" => Ok(Language::English),
        "nl" => Ok(Language::Dutch),
        _ => Err(PyValueError::new_err("the language is 'en' or 'nl'")),
    }
}

/// A word that a setting does not have.
pub(crate) fn not_a_word(error: NotAWord) -> PyErr {
    PyValueError::new_err(format!("{}: {}", error.setting, error.expected('\'')))
}

/// Settings by their names, which Python writes as JSON.
pub(crate) fn settings_of(json: &str) -> PyResult<Map<String, Value>> {
    serde_json::from_str(json).map_err(|e| PyValueError::new_err(e.to_string()))
}

/// The first setting that does not fit; Python raises one error.
pub(crate) fn first(errors: Vec<SettingError>) -> String {
    errors.into_iter().next().map(|e| e.message).unwrap_or_default()
}

/// How the columns of a table are read, or what does not fit.
pub(crate) fn choices_of(reading: &str, text: &Text) -> PyResult<Result<Choices, String>> {
    Ok(choices_from_json(&settings_of(reading)?, text).map_err(first))
}
