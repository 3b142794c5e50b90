//! What is wrong with lists that are to be linked, and with settings of Splink.

use ijsberg_linkage::covariates::CovariateError;
use ijsberg_linkage::schema::SchemaError;
use ijsberg_linkage::splink::SplinkError;

use crate::errors::quoted;
use crate::text::Text;

/// Why a column of the lists cannot be a covariate.
pub fn covariate_of_lists(text: &Text, error: &CovariateError) -> String {
    match error {
        CovariateError::NoColumn { name, columns } => {
            text.fill("link-covariate-none", &[("column", quoted(name)), ("columns", columns.clone())])
        }
        CovariateError::Identifies { name } => {
            text.fill("link-covariate-identifies", &[("column", quoted(name))])
        }
        CovariateError::TooMany { name, found, most } => text.fill(
            "link-covariate-many",
            &[("column", quoted(name)), ("found", text.number(*found as f64)), ("most", most.to_string())],
        ),
        CovariateError::Taken { name } => text.fill("link-covariate-taken", &[("column", quoted(name))]),
    }
}

/// Why records cannot be read from rows.
pub fn schema_error(text: &Text, error: &SchemaError) -> String {
    match error {
        SchemaError::NoSuchColumn { file, column, columns } => text.fill(
            "schema-error-column",
            &[("file", file.clone()), ("column", quoted(column)), ("columns", columns.clone())],
        ),
        SchemaError::NothingToLinkBy { file, columns } => {
            text.fill("schema-error-nothing", &[("file", file.clone()), ("columns", columns.clone())])
        }
        SchemaError::Dates { file, column, count, lines } => text.fill(
            "schema-error-dates",
            &[
                ("file", file.clone()),
                ("column", quoted(column)),
                ("count", count.to_string()),
                ("lines", lines.clone()),
            ],
        ),
        SchemaError::Sexes { file, column, count, lines } => text.fill(
            "schema-error-sexes",
            &[
                ("file", file.clone()),
                ("column", quoted(column)),
                ("count", count.to_string()),
                ("lines", lines.clone()),
            ],
        ),
        SchemaError::Parts { file, year, month, day } => text.fill(
            "schema-error-parts",
            &[("file", file.clone()), ("year", quoted(year)), ("month", quoted(month)), ("day", quoted(day))],
        ),
        SchemaError::Ragged { file, line, found, expected } => text.fill(
            "schema-error-ragged",
            &[
                ("file", file.clone()),
                ("line", line.to_string()),
                ("found", found.to_string()),
                ("expected", expected.to_string()),
            ],
        ),
        SchemaError::Twice { file, column } => {
            text.fill("schema-error-twice", &[("file", file.clone()), ("column", quoted(column))])
        }
        SchemaError::TooManyComparisons { file, found } => text.fill(
            "schema-error-comparisons",
            &[
                ("file", file.clone()),
                ("found", found.to_string()),
                ("most", ijsberg_linkage::compare::OWN.len().to_string()),
            ],
        ),
        SchemaError::Levels { file, column } => {
            text.fill("schema-error-levels", &[("file", file.clone()), ("column", quoted(column))])
        }
        SchemaError::OtherComparison { file, number } => text
            .fill("schema-error-other-comparison", &[("file", file.clone()), ("number", number.to_string())]),
        SchemaError::Lists { found } => text.fill(
            "schema-error-lists",
            &[("found", found.to_string()), ("most", ijsberg_linkage::record::MAX_LISTS.to_string())],
        ),
        SchemaError::Name { name } => text.fill("schema-error-name", &[("name", quoted(name))]),
        SchemaError::EmptyList { name } => text.fill("schema-error-empty", &[("name", quoted(name))]),
        SchemaError::NoList { file, line } => {
            text.fill("schema-error-no-list", &[("file", file.clone()), ("line", line.to_string())])
        }
    }
}

/// Why settings of Splink are not read.
pub fn splink_error(text: &Text, error: &SplinkError) -> String {
    match error {
        SplinkError::NoSettings => text.say("splink-why-version"),
        SplinkError::Comparison { name, levels } => text
            .fill("splink-why-comparison", &[("name", (*name).to_owned()), ("levels", levels.to_string())]),
        SplinkError::Number(name) => text.fill("splink-why-number", &[("name", name.clone())]),
    }
}
