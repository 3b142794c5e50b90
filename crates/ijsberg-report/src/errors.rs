//! What is wrong with an input, in the reader's language.

use ijsberg_mse::histories::MAX_LISTS;
use ijsberg_mse::model::ModelError;
use ijsberg_tables::ReadError;

use crate::text::Text;

/// Why a file is not a table.
pub fn read_error(text: &Text, error: &ReadError) -> String {
    let (key, values): (&str, Vec<(&str, String)>) = match error {
        ReadError::Empty => ("empty", vec![]),
        ReadError::NotUtf8 { line, byte } => {
            ("not-utf8", vec![("line", line.to_string()), ("byte", byte.to_string())])
        }
        ReadError::Malformed { format, why } => {
            ("malformed", vec![("format", (*format).to_owned()), ("why", why.clone())])
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

fn quoted(s: &str) -> String {
    format!("{s:?}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    /// The library's own message and the English resource must not drift apart.
    #[test]
    fn every_error_is_said_in_both_languages() {
        let s = |x: &str| x.to_owned();
        let all = [
            ReadError::Empty,
            ReadError::NotUtf8 { line: 3, byte: 4 },
            ReadError::Malformed { format: "CSV", why: s("x") },
            ReadError::Ragged { line: 2, found: 1, expected: 3 },
            ReadError::Header { column: 2, name: s("A") },
            ReadError::NoSuchColumn { name: s("B"), columns: s("A, C") },
            ReadError::NoLists { columns: s("A, C") },
            ReadError::OneList { name: s("A") },
            ReadError::TooManyLists { found: 17 },
            ReadError::NotBinary { line: 2, column: s("A"), value: s("2") },
            ReadError::Count { line: 2, column: s("n"), value: s("-1") },
            ReadError::Unseen { line: 2, count: 9 },
            ReadError::Nobody,
            ReadError::TooManyPersons,
        ];
        let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
        for e in &all {
            assert_eq!(read_error(&en, e), e.to_string());
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
    }
}
