//! What is wrong with an input, in the reader's language.

pub mod reading;
#[cfg(feature = "register")]
pub mod register;

use ijsberg_linkage::codes::encode::{self, EncodeError};
use ijsberg_linkage::codes::fault::{Fault, Place, Problem};
use ijsberg_linkage::codes::file::CodeFileError;
use ijsberg_linkage::codes::schema::CodeSchemaError;
use ijsberg_linkage::codes::value::ValueError;
use ijsberg_linkage::schema::SchemaError;
use ijsberg_linkage::splink::SplinkError;
use ijsberg_mse::histories::MAX_LISTS;
use ijsberg_mse::model::ModelError;
use ijsberg_mse::strata::table::{MAX_STRATIFIED_LISTS, StratifiedError};
use ijsberg_tables::{CovariateError, PopulationError, ReadError};

use crate::text::{Language, Text};

/// Why a file is not a table.
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

/// Why a schema of codes cannot be used.
pub fn code_schema_error(text: &Text, error: &CodeSchemaError) -> String {
    match error {
        CodeSchemaError::Form(why) => text.fill("codes-error-schema-form", &[("why", fault(text, why))]),
        CodeSchemaError::Version(v) => text.fill("codes-error-schema-version", &[("version", v.to_string())]),
        CodeSchemaError::Value { at, problem } => {
            let at = match at {
                Place::Path(path) => (*path).to_owned(),
                Place::Feature(name) => text.fill("codes-feature", &[("name", quoted(name))]),
            };
            text.fill("codes-error-schema-value", &[("at", at), ("problem", self::problem(text, problem))])
        }
    }
}

/// What is wrong with a file of JSON.
fn fault(text: &Text, fault: &Fault) -> String {
    let at = |line: &usize, column: &usize| [("line", line.to_string()), ("column", column.to_string())];
    let named = |key: &str, line: &usize, column: &usize, name: &String| {
        let [line, column] = at(line, column);
        text.fill(key, &[line, column, ("name", quoted(name))])
    };
    match fault {
        Fault::Syntax { line, column } => text.fill("codes-fault-syntax", &at(line, column)),
        Fault::CutShort { line } => text.fill("codes-fault-cut-short", &[("line", line.to_string())]),
        Fault::Missing { line, column, name } => named("codes-fault-missing", line, column, name),
        Fault::Unknown { line, column, name } => named("codes-fault-unknown", line, column, name),
        Fault::Kind { line, column } => text.fill("codes-fault-kind", &at(line, column)),
        Fault::Format(name) => text.fill("codes-fault-format", &[("name", (*name).to_owned())]),
        Fault::Groups(most) => text.fill("codes-fault-groups", &[("most", most.to_string())]),
    }
}

/// What is wrong with a value of a schema of codes.
fn problem(text: &Text, problem: &Problem) -> String {
    let named = |key: &str, name: &String| text.fill(key, &[("name", quoted(name))]);
    match problem {
        Problem::Length(most) => text.fill("codes-problem-length", &[("most", most.to_string())]),
        Problem::KeySize => text.say("codes-problem-key-size"),
        Problem::Base64 => text.say("codes-problem-base64"),
        Problem::Features => text.say("codes-problem-features"),
        Problem::Neither => text.say("codes-problem-neither"),
        Problem::Pattern => text.say("codes-problem-pattern"),
        Problem::PatternAlone => text.say("codes-problem-pattern-alone"),
        Problem::Enum => text.say("codes-problem-enum"),
        Problem::PowerOfTwo => text.say("codes-problem-power-of-two"),
        Problem::Pieces => text.say("codes-problem-pieces"),
        Problem::Numeric => text.say("codes-problem-numeric"),
        Problem::Bits => text.say("codes-problem-bits"),
        Problem::NoParts(name) => named("codes-problem-no-parts", name),
        Problem::NotHashed(name) => named("codes-problem-not-hashed", name),
        Problem::NoFeature(name) => named("codes-problem-no-feature", name),
        Problem::Groups => text.say("codes-problem-groups"),
        Problem::Flip => text.say("codes-problem-flip"),
    }
}

/// Why a list was not encoded.
pub fn encode_error(text: &Text, error: &EncodeError) -> String {
    match error {
        EncodeError::Secret => {
            text.fill("codes-error-secret", &[("bytes", encode::SHORTEST_SECRET.to_string())])
        }
        EncodeError::Keys => text.say("codes-error-keys"),
        EncodeError::Cells { line, found, expected } => text.fill(
            "codes-error-cells",
            &[("line", line.to_string()), ("found", found.to_string()), ("expected", expected.to_string())],
        ),
        EncodeError::Values { feature, problem, count, lines } => text.fill(
            "codes-error-values",
            &[
                ("feature", feature.clone()),
                ("count", count.to_string()),
                ("problem", value_error(text, problem)),
                ("lines", lines.clone()),
            ],
        ),
    }
}

fn value_error(text: &Text, error: &ValueError) -> String {
    match error {
        ValueError::Integer => text.say("codes-value-integer"),
        ValueError::Number => text.say("codes-value-number"),
        ValueError::Date(form) => text.fill("codes-value-date", &[("form", form.clone())]),
        ValueError::Enum => text.say("codes-value-enum"),
        ValueError::Text => text.say("codes-value-text"),
        ValueError::Encoding => text.say("codes-value-encoding"),
    }
}

/// Why a file of codes is not read.
pub fn code_file_error(text: &Text, error: &CodeFileError) -> String {
    match error {
        CodeFileError::Form(why) => text.fill("codes-error-file-form", &[("why", fault(text, why))]),
        CodeFileError::Version(v) => text.fill("codes-error-file-version", &[("version", v.to_string())]),
        CodeFileError::Damaged => text.say("codes-error-damaged"),
        CodeFileError::Code(row) => text.fill("codes-error-code", &[("row", row.to_string())]),
        CodeFileError::Saturated(share) => {
            text.fill("codes-error-saturated", &[("share", share.to_string())])
        }
        CodeFileError::Different { a, b, what } => {
            let key = if *what == "secrets" { "codes-secrets" } else { "codes-schemas" };
            text.fill("codes-error-different", &[("a", a.clone()), ("b", b.clone()), ("what", text.say(key))])
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
mod tests {
    use super::*;

    /// The library's own message and the English resource must not drift apart.
    #[test]
    fn every_error_is_said_in_both_languages() {
        let s = |x: &str| x.to_owned();
        let all = [
            ReadError::Empty,
            ReadError::NotUtf8 { line: 3, byte: 4 },
            ReadError::Formulas { line: 2, cells: 7 },
            ReadError::BlankCount { column: s("n") },
            ReadError::Malformed { format: "CSV", why: s("x") },
            ReadError::Ragged { line: 2, found: 1, expected: 3 },
            ReadError::Header { column: 2, name: s("A") },
            ReadError::NoSuchColumn { name: s("B"), columns: s("A, C") },
            ReadError::NoLists { columns: s("A, C") },
            ReadError::OneList { name: s("A") },
            ReadError::NoHeader { line: 1 },
            ReadError::Quote { line: 4 },
            ReadError::OtherFormat { what: "JSON" },
            ReadError::NoSuchSheet { name: s("a"), sheets: s("b, c") },
            ReadError::SeveralLists { sheets: s("a, b") },
            ReadError::NamedTwice { name: s("P") },
            ReadError::CrossTable { line: 1 },
            ReadError::ManyCounts { columns: s("2013, 2014") },
            ReadError::OpenEnd { line: 6, column: s("k"), value: s("5+") },
            ReadError::TooLarge { what: "cells", found: 9, most: 8 },
            ReadError::TooLarge { what: "bytes", found: 9, most: 8 },
            ReadError::TooDear,
            ReadError::NoReader { why: s("gone") },
            ReadError::Stopped,
            ReadError::Total { line: 5, said: s("9"), sum: 8 },
            ReadError::TotalRange { line: 5, said: s("9"), low: 5, high: 8 },
            ReadError::Marked { line: 5, column: s("n"), value: s("*") },
            ReadError::Hidden { line: 5, value: s("<5") },
            ReadError::HiddenSheet { name: s("old") },
            ReadError::AbsentHidden,
            ReadError::ManyAbsent { found: 9000, most: 5000 },
            ReadError::NotNested { line: 2 },
            ReadError::NestedGroups { line: 2 },
            ReadError::Draws,
            ReadError::TooManyLists { found: 17 },
            ReadError::NotBinary { line: 2, column: s("A"), value: s("2") },
            ReadError::Count { line: 2, column: s("n"), value: s("-1") },
            ReadError::Unseen { line: 2, count: 9 },
            ReadError::AllLists { line: 8, column: s("lists"), value: s("all three") },
            ReadError::Nobody,
            ReadError::TooManyPersons,
        ];
        let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
        let other: Vec<(String, String)> = all
            .iter()
            .map(|e| (read_error(&en, e), e.to_string()))
            .filter(|(said, own)| said != own)
            .collect();
        assert!(other.is_empty(), "{other:#?}");
        for e in &all {
            let dutch = read_error(&nl, e);
            assert!(dutch != e.to_string() && !dutch.starts_with("read-error"), "{dutch}");
        }
        let formula = s("[AB]");
        for e in [
            ModelError::Syntax { formula: formula.clone() },
            ModelError::Term { formula: formula.clone(), term: s("AB"), lists: s("A, C") },
            ModelError::Saturated { formula },
        ] {
            assert_eq!(model_error(&en, &e), e.to_string());
            let dutch = model_error(&nl, &e);
            assert!(dutch != e.to_string() && !dutch.starts_with("model-error"), "{dutch}");
        }
        let covariate = [
            CovariateError::NoSuchCovariate { name: s("a"), covariates: s("b, c") },
            CovariateError::Inactive { text: s("K:year") },
            CovariateError::None,
            CovariateError::NotNumeric { name: s("a"), value: s("x") },
            StratifiedError::TooManyLists { found: 11 }.into(),
            StratifiedError::NotInactive { list: s("K"), covariate: s("y"), level: s("1"), count: 3 }.into(),
            StratifiedError::Levels { name: s("a"), levels: 1 }.into(),
        ];
        for e in &covariate {
            assert_eq!(covariate_error(&en, e), e.to_string());
            assert_ne!(covariate_error(&nl, e), e.to_string());
        }
        let file = s("f");
        for e in [
            SchemaError::NoSuchColumn { file: file.clone(), column: s("a"), columns: s("b, c") },
            SchemaError::NothingToLinkBy { file: file.clone(), columns: s("b, c") },
            SchemaError::Dates { file: file.clone(), column: s("a"), count: 2, lines: s("3, 4") },
            SchemaError::Sexes { file: file.clone(), column: s("a"), count: 2, lines: s("3, 4") },
            SchemaError::Ragged { file: file.clone(), line: 3, found: 5, expected: 4 },
            SchemaError::Twice { file: file.clone(), column: s("a") },
            SchemaError::TooManyComparisons { file: file.clone(), found: 5 },
            SchemaError::Levels { file: file.clone(), column: s("a") },
            SchemaError::OtherComparison { file: file.clone(), number: 2 },
            SchemaError::Lists { found: 1 },
            SchemaError::Name { name: s("count") },
            SchemaError::EmptyList { name: s("a") },
            SchemaError::NoList { file, line: 3 },
        ] {
            assert_eq!(schema_error(&en, &e), e.to_string());
            assert_ne!(schema_error(&nl, &e), e.to_string());
        }
        let at = || Place::Path("clkConfig");
        let values =
            Problem::examples().into_iter().map(|problem| CodeSchemaError::Value { at: at(), problem });
        let forms = Fault::examples().into_iter().map(CodeSchemaError::Form);
        let feature = Place::Feature(s("a"));
        let others =
            [CodeSchemaError::Version(2), CodeSchemaError::Value { at: feature, problem: Problem::Bits }];
        for e in values.chain(forms).chain(others) {
            assert_eq!(code_schema_error(&en, &e), e.to_string());
            let dutch = code_schema_error(&nl, &e);
            // Not only the frame: what is wrong is in Dutch too.
            let english = match &e {
                CodeSchemaError::Form(fault) => fault.to_string(),
                CodeSchemaError::Value { problem, .. } => problem.to_string(),
                CodeSchemaError::Version(_) => e.to_string(),
            };
            assert!(!dutch.contains(&english), "{dutch}");
            assert!(!dutch.contains("feature"), "{dutch}");
        }
        let values = |problem| EncodeError::Values { feature: s("f"), problem, count: 2, lines: s("3, 4") };
        for e in [
            EncodeError::Secret,
            EncodeError::Keys,
            EncodeError::Cells { line: 2, found: 3, expected: 4 },
            values(ValueError::Integer),
            values(ValueError::Number),
            values(ValueError::Date(s("%Y"))),
            values(ValueError::Enum),
            values(ValueError::Text),
            values(ValueError::Encoding),
        ] {
            assert_eq!(encode_error(&en, &e), e.to_string());
            assert_ne!(encode_error(&nl, &e), e.to_string());
        }
        for f in Fault::examples() {
            let e = CodeFileError::Form(f.clone());
            assert_eq!(code_file_error(&en, &e), e.to_string());
            assert!(!code_file_error(&nl, &e).contains(&f.to_string()), "{}", code_file_error(&nl, &e));
        }
        for e in [
            CodeFileError::Version(2),
            CodeFileError::Damaged,
            CodeFileError::Code(3),
            CodeFileError::Saturated(97),
            CodeFileError::Different { a: s("a"), b: s("b"), what: "secrets" },
            CodeFileError::Different { a: s("a"), b: s("b"), what: "schemas" },
        ] {
            assert_eq!(code_file_error(&en, &e), e.to_string());
            assert_ne!(code_file_error(&nl, &e), e.to_string());
        }
        for e in [
            SplinkError::NoSettings,
            SplinkError::Comparison { name: "birth", levels: 8 },
            SplinkError::Number(s("given")),
        ] {
            assert_eq!(splink_error(&en, &e), e.to_string());
            assert_ne!(splink_error(&nl, &e), e.to_string());
        }
        for e in [
            PopulationError::Covariate(CovariateError::None),
            PopulationError::Level { line: 2, column: s("a"), value: s("b") },
            PopulationError::Number { line: 2, value: s("x") },
        ] {
            assert_eq!(population_error(&en, &e), e.to_string());
            assert_ne!(population_error(&nl, &e), e.to_string());
        }
    }
}
