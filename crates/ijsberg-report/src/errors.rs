//! What is wrong with an input, in the reader's language.

mod codes;
mod linkage;
pub mod reading;
#[cfg(feature = "register")]
pub mod register;

use ijsberg_mse::histories::MAX_LISTS;
use ijsberg_mse::model::ModelError;
use ijsberg_mse::strata::table::{MAX_STRATIFIED_LISTS, StratifiedError};
use ijsberg_tables::{CovariateError, PopulationError, ReadError};

use crate::text::{Language, Text};

pub use codes::{code_file_error, code_schema_error, encode_error};
pub use linkage::{covariate_of_lists, schema_error, splink_error};

/// Why a file is not a table.
// One function: a table of errors and their words, read as one.
pub fn read_error(text: &Text, error: &ReadError) -> String {
    let (key, values): (&str, Vec<(&str, String)>) = match error {
        ReadError::Empty => ("empty", vec![]),
        ReadError::HiddenSheet { name } => ("hidden-sheet", vec![("name", name.clone())]),
        ReadError::Formulas { line, cells } => {
            ("formulas", vec![("line", line.to_string()), ("cells", cells.to_string())])
        }
        ReadError::BlankCount { column } => ("blank-count", vec![("column", quoted(column))]),
        ReadError::NotUtf8 { line, byte } => {
            ("not-utf8", vec![("line", line.to_string()), ("byte", byte.to_string())])
        }
        ReadError::Malformed { format, why } => {
            // Decoders speak English alone.
            let why = match text.language() {
                Language::English => why.clone(),
                Language::Dutch => text.say("read-error-broken"),
            };
            let format = if *format == "a spreadsheet" {
                text.say("read-error-spreadsheet")
            } else {
                (*format).to_owned()
            };
            ("malformed", vec![("format", format), ("why", why)])
        }
        ReadError::Ragged { line, found, expected } => (
            "ragged",
            vec![
                ("line", line.to_string()),
                ("found", found.to_string()),
                ("expected", expected.to_string()),
            ],
        ),
        ReadError::Header { column, name } => {
            ("header", vec![("column", column.to_string()), ("name", quoted(name))])
        }
        ReadError::NoSuchColumn { name, columns } => {
            ("no-such-column", vec![("name", quoted(name)), ("columns", columns.clone())])
        }
        ReadError::Quote { line } => ("quote", vec![("line", line.to_string())]),
        ReadError::OtherFormat { what } => ("other-format", vec![("what", (*what).to_owned())]),
        ReadError::NoSuchSheet { name, sheets } => {
            ("no-such-sheet", vec![("name", quoted(name)), ("sheets", sheets.clone())])
        }
        ReadError::SeveralLists { sheets } => ("several-lists", vec![("sheets", sheets.clone())]),
        ReadError::NamedTwice { name } => ("named-twice", vec![("name", quoted(name))]),
        ReadError::CrossTable { line } => ("cross-table", vec![("line", line.to_string())]),
        ReadError::ManyCounts { columns } => ("many-counts", vec![("columns", columns.clone())]),
        ReadError::OpenEnd { line, column, value } => (
            "open-end",
            vec![("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))],
        ),
        ReadError::NoHeader { line } => ("no-header", vec![("line", line.to_string())]),
        ReadError::LongCell { line, column, found, most } => (
            "long-cell",
            vec![
                ("line", line.to_string()),
                ("column", column.to_string()),
                ("found", found.to_string()),
                ("most", most.to_string()),
            ],
        ),
        ReadError::TooLarge { what, found, most } => (
            "too-large",
            vec![("what", (*what).to_owned()), ("found", found.to_string()), ("most", most.to_string())],
        ),
        ReadError::TooDear => ("too-dear", vec![]),
        ReadError::NoReader { why } => ("no-reader", vec![("why", why.clone())]),
        ReadError::Stopped => ("stopped", vec![]),
        ReadError::Uncertain(uncertain) => return reading::uncertain(text, uncertain),
        ReadError::Total { line, said, sum } => {
            ("total", vec![("line", line.to_string()), ("said", said.clone()), ("sum", sum.to_string())])
        }
        ReadError::TotalRange { line, said, low, high } => (
            "total-range",
            vec![
                ("line", line.to_string()),
                ("said", said.clone()),
                ("low", low.to_string()),
                ("high", high.to_string()),
            ],
        ),
        ReadError::Marked { line, column, value } => {
            ("marked", vec![("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))])
        }
        ReadError::Hidden { line, value } => {
            ("hidden", vec![("line", line.to_string()), ("value", quoted(value))])
        }
        ReadError::AbsentHidden => ("absent-hidden", vec![]),
        ReadError::ManyAbsent { found, most } => {
            ("many-absent", vec![("found", found.to_string()), ("most", most.to_string())])
        }
        ReadError::NotNested { line } => ("not-nested", vec![("line", line.to_string())]),
        ReadError::NestedGroups { line } => ("nested-groups", vec![("line", line.to_string())]),
        ReadError::Draws => ("draws", vec![]),
        ReadError::NoLists { columns } => ("no-lists", vec![("columns", columns.clone())]),
        ReadError::OneList { name } => ("one-list", vec![("name", name.clone())]),
        ReadError::TooManyLists { found } => {
            ("too-many-lists", vec![("found", found.to_string()), ("most", MAX_LISTS.to_string())])
        }
        ReadError::NotBinary { line, column, value } => (
            "not-binary",
            vec![("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))],
        ),
        ReadError::Count { line, column, value } => {
            ("count", vec![("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))])
        }
        ReadError::AllLists { line, column, value } => (
            "all-lists",
            vec![("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))],
        ),
        ReadError::Unseen { line, count } => {
            ("unseen", vec![("line", line.to_string()), ("count", count.to_string())])
        }
        ReadError::Nobody => ("nobody", vec![]),
        ReadError::TooManyPersons => ("too-many-persons", vec![]),
    };
    text.fill(&format!("read-error-{key}"), &values)
}

/// Why a formula is not a model.
pub fn model_error(text: &Text, error: &ModelError) -> String {
    match error {
        ModelError::Syntax { formula } => text.fill("model-error-syntax", &[("formula", quoted(formula))]),
        ModelError::Term { formula, term, lists } => text.fill(
            "model-error-term",
            &[("formula", quoted(formula)), ("term", quoted(term)), ("lists", lists.clone())],
        ),
        ModelError::Saturated { formula } => {
            text.fill("model-error-saturated", &[("formula", quoted(formula))])
        }
    }
}

/// Why the covariates of a table cannot be used.
pub fn covariate_error(text: &Text, error: &CovariateError) -> String {
    match error {
        CovariateError::NoSuchCovariate { name, covariates } => {
            text.fill("covariate-error-name", &[("name", quoted(name)), ("covariates", covariates.clone())])
        }
        CovariateError::Inactive { text: given } => {
            text.fill("covariate-error-inactive", &[("given", quoted(given))])
        }
        CovariateError::None => text.say("covariate-error-none"),
        CovariateError::NotNumeric { name, value } => {
            text.fill("covariate-error-number", &[("name", name.clone()), ("value", quoted(value))])
        }
        CovariateError::Table(StratifiedError::TooManyLists { found }) => text.fill(
            "covariate-error-too-many-lists",
            &[("found", found.to_string()), ("most", MAX_STRATIFIED_LISTS.to_string())],
        ),
        CovariateError::Table(StratifiedError::NotInactive { list, covariate, level, count }) => text.fill(
            "covariate-error-not-inactive",
            &[
                ("list", list.clone()),
                ("covariate", covariate.clone()),
                ("level", level.clone()),
                ("count", count.to_string()),
            ],
        ),
        CovariateError::Table(StratifiedError::Levels { name, levels }) => {
            text.fill("covariate-error-levels", &[("name", name.clone()), ("levels", levels.to_string())])
        }
        // The reader has made the same checks before.
        CovariateError::Table(StratifiedError::Histories(e)) => e.to_string(),
    }
}

/// Why a table of inhabitants cannot be used.
pub fn population_error(text: &Text, error: &PopulationError) -> String {
    match error {
        PopulationError::Read(e) => read_error(text, e),
        PopulationError::Covariate(e) => {
            text.fill("population-error-covariate", &[("why", covariate_error(text, e))])
        }
        PopulationError::Level { line, column, value } => text.fill(
            "population-error-level",
            &[("line", line.to_string()), ("column", quoted(column)), ("value", quoted(value))],
        ),
        PopulationError::Number { line, value } => {
            text.fill("population-error-number", &[("line", line.to_string()), ("value", quoted(value))])
        }
    }
}

fn quoted(s: &str) -> String {
    format!("{s:?}")
}

#[cfg(test)]
mod tests;
