//! JSON, the one way in which it leaves the program.

#![expect(clippy::disallowed_methods, reason = "this is the writer that everything else uses")]

use std::fmt::Write as _;

use serde::Serialize;

use crate::is_seen;

/// A file of JSON, with the end of a line behind it. Characters that are invisible or reverse the reading direction are written as their
/// number (`\u202e`): a person who reads the file as text sees them, and a program reads the same as before.
///
/// # Errors
/// When the value is none of JSON, such as a map whose keys are no texts.
pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(value).map(|s| escaped(&s) + "\n")
}

/// The same on one line.
///
/// # Errors
/// As for [`json`].
pub fn json_line<T: Serialize + ?Sized>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value).map(|s| escaped(&s) + "\n")
}

/// Such characters stand within texts only, where a number may stand for them.
fn escaped(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    for c in written.chars() {
        if is_seen(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to memory cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::never;

    #[test]
    fn what_is_not_seen_is_written_as_a_number_and_read_as_before() {
        for (_, text) in never::nasty_texts() {
            for written in [json(&[&text]).unwrap(), json_line(&[&text]).unwrap()] {
                let seen = |c: char| is_seen(c) || c == '\n';
                assert!(written.chars().all(seen), "{written:?}");
                assert_eq!(
                    serde_json::from_str::<Vec<String>>(&written).unwrap(),
                    std::slice::from_ref(&text)
                );
            }
        }
        assert_eq!(json(&["a\u{202e}b"]).unwrap(), "[\n  \"a\\u202eb\"\n]\n");
        assert_eq!(json_line("\u{E0041}").unwrap(), "\"\\udb40\\udc41\"\n");
    }
}
