//! What is wrong with codes in place of names: their schema, what was encoded, and a file of them.

use ijsberg_linkage::codes::encode::{self, EncodeError};
use ijsberg_linkage::codes::fault::{Fault, Place, Problem};
use ijsberg_linkage::codes::file::CodeFileError;
use ijsberg_linkage::codes::schema::CodeSchemaError;
use ijsberg_linkage::codes::value::ValueError;

use crate::errors::quoted;
use crate::text::Text;

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
