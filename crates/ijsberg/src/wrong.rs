//! What is wrong, in the reader's language: errors of this program, and those of the libraries that read its files, which speak English
//! and repeat what stands there.

use std::error::Error;

use anyhow::anyhow;
use ijsberg_report::errors;
use ijsberg_report::text::Text;

/// An error in the reader's language, as far as it is known there; what stands before it stays.
pub(crate) fn in_words(text: &Text, error: &anyhow::Error) -> anyhow::Error {
    let said = error.chain().map(|e| errors::register::any(text, e).or_else(|| of_a_file(text, e)));
    let known = said.clone().flatten().next();
    if known.is_none() {
        return anyhow!("{error:#}");
    }
    // What a cause of a known error says is in its message already.
    let before = error.chain().zip(said).take_while(|(_, s)| s.is_none()).map(|(e, _)| e.to_string());
    anyhow!(before.chain(known).collect::<Vec<_>>().join(": "))
}

fn of_a_file(text: &Text, error: &(dyn Error + 'static)) -> Option<String> {
    None.or_else(|| error.downcast_ref().map(|e| of_csv(text, e)))
        .or_else(|| error.downcast_ref().map(|e| of_toml(text, e)))
        .or_else(|| error.downcast_ref().map(|e| of_json(text, e)))
        .or_else(|| error.downcast_ref().map(|_: &std::string::FromUtf8Error| text.say("file-utf8")))
        .or_else(|| error.downcast_ref().map(|_: &std::str::Utf8Error| text.say("file-utf8")))
}

/// Names of fields, which are the same in every language: what such a message has between backticks.
fn names(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).collect()
}

fn of_csv(text: &Text, error: &csv::Error) -> String {
    let line = |pos: Option<&csv::Position>| ("line", pos.map_or(1, csv::Position::line).to_string());
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => text.say("file-utf8"),
        csv::ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let parts =
                [line(pos.as_ref()), ("found", len.to_string()), ("expected", expected_len.to_string())];
            text.fill("file-length", &parts)
        }
        csv::ErrorKind::Deserialize { pos, err } => {
            let said = err.kind().to_string();
            match (said.strip_prefix("missing field "), err.field()) {
                (Some(field), _) => {
                    let name = names(field).concat();
                    text.fill("file-lacks", &[("name", name)])
                }
                (None, Some(field)) => {
                    text.fill("file-column", &[line(pos.as_ref()), ("column", (field + 1).to_string())])
                }
                (None, None) => text.fill("file-row", &[line(pos.as_ref())]),
            }
        }
        _ => text.fill("file-row", &[line(error.position())]),
    }
}

fn of_toml(text: &Text, error: &toml::de::Error) -> String {
    let source = error.to_string();
    // `TOML parse error at line 3, column 7`, and then the text of that line.
    let number = |after: &str| {
        let rest = source.lines().next()?.split_once(after)?.1;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok()
    };
    let line = ("line", number("line ").unwrap_or(1).to_string());
    let found = names(error.message());
    match found.split_first() {
        Some((name, all)) if error.message().starts_with("unknown ") => {
            text.fill("file-unknown", &[line, ("name", (*name).to_owned()), ("all", all.join(", "))])
        }
        Some((name, [])) if error.message().starts_with("missing field ") => {
            text.fill("file-lacks", &[("name", (*name).to_owned())])
        }
        _ => text.fill("file-toml", &[line, ("column", number("column ").unwrap_or(1).to_string())]),
    }
}

fn of_json(text: &Text, error: &serde_json::Error) -> String {
    let parts = [("line", error.line().to_string()), ("column", error.column().to_string())];
    text.fill("file-json", &parts)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use ijsberg_report::text::Language;

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        #[expect(dead_code, reason = "only whether it is read")]
        file: String,
        #[expect(dead_code, reason = "only whether it is read")]
        line: u64,
    }

    fn of_rows(text: &str) -> anyhow::Error {
        let read: Result<Vec<Row>, csv::Error> =
            csv::Reader::from_reader(text.as_bytes()).deserialize().collect();
        read.context("a/b.csv").unwrap_err()
    }

    fn of_settings(text: &str) -> anyhow::Error {
        toml::from_str::<Row>(text).context("a/b.toml").unwrap_err()
    }

    #[test]
    fn files_of_our_own_that_are_broken_are_reported_in_both_languages_and_not_repeated() {
        let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
        for (error, english, dutch) in [
            (of_rows("file,line\nx,Fatima\n"), "line 2: column 2 holds", "regel 2: in kolom 2 staat"),
            (of_rows("file\nFatima\n"), "line is missing", "line ontbreekt"),
            (of_rows("file,line\nFatima,1,2\n"), "line 2: found 3 fields", "regel 2: 3 velden gevonden"),
            (
                of_settings("file = \"Fatima\"\nline = \"x\"\n"),
                "line 2, column 8: this is not TOML",
                "regel 2, kolom 8: dit is geen TOML",
            ),
            (
                of_settings("fyle = \"Fatima\"\n"),
                "fyle is not known here; possible are: file, line",
                "fyle is hier niet bekend; mogelijk zijn: file, line",
            ),
            (of_settings("file = \"Fatima\"\n"), "line is missing", "line ontbreekt"),
            (
                serde_json::from_str::<Row>("{\"file\": Fatima}").context("x").unwrap_err(),
                "this is not JSON",
                "dit is geen JSON",
            ),
            (String::from_utf8(vec![0xff]).context("x").unwrap_err(), "not UTF-8", "geen UTF-8"),
        ] {
            for (text, expected) in [(&en, english), (&nl, dutch)] {
                let said = in_words(text, &error).to_string();
                assert!(said.contains(expected) && !said.contains("Fatima"), "{said}");
                assert!(said.starts_with("a/b.") || said.starts_with("x: "), "{said}");
            }
        }
    }
}
