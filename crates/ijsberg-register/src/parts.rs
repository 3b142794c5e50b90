//! The parts of article 273f, first paragraph, of the Criminal Code that a notification rests on: none, one or several.

use std::collections::BTreeSet;

use crate::codes::has;

/// The code list.
pub const LIST: &str = "article_part";

/// Words that stand before a number or between two of them.
const BETWEEN: [&str; 6] = ["sub", "onder", "onderdeel", "part", "en", "and"];

/// What stands between parts that somebody typed.
const SEPARATORS: &str = ",;/+&";

/// The codes in a typed text, sorted and without duplicates: `3`, `sub 3`, `1, 4` and `sub 1 en 4` are recognised. Anything else is left as
/// typed, for the register to say what it expects.
pub fn typed(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| c.is_whitespace() || SEPARATORS.contains(c));
    let words = words.filter(|w| !w.is_empty() && !BETWEEN.contains(w));
    let code = |word: &str| {
        let number = word.strip_prefix("sub").unwrap_or(word).trim_end_matches(['°', 'º']);
        Some(format!("sub{number}")).filter(|code| has(LIST, code))
    };
    let codes: Option<BTreeSet<String>> = words.map(code).collect();
    match codes {
        Some(codes) if !codes.is_empty() => codes.into_iter().collect::<Vec<_>>().join(" "),
        _ => text.trim().to_owned(),
    }
}

/// The codes of a text that is kept.
pub fn codes(kept: &str) -> impl Iterator<Item = &str> {
    kept.split(' ').filter(|code| !code.is_empty())
}

/// Whether a text may be kept: codes in order, each once, or nothing.
pub(crate) fn fits(text: &str) -> bool {
    let all: Vec<&str> = text.split(' ').collect();
    text.is_empty() || (all.iter().all(|code| has(LIST, code)) && all.windows(2).all(|two| two[0] < two[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known_as_people_write_them() {
        for (text, kept) in [
            ("3", "sub3"),
            ("sub 3", "sub3"),
            (" SUB3 ", "sub3"),
            ("3°", "sub3"),
            ("4, 1", "sub1 sub4"),
            ("sub 1 en 4", "sub1 sub4"),
            ("sub1;sub4;sub1", "sub1 sub4"),
            ("onder 6", "sub6"),
            ("", ""),
            (" ", ""),
        ] {
            assert_eq!(typed(text), kept, "{text}");
            assert!(fits(kept), "{kept}");
        }
        for text in ["10", "sub0", "1-4", "Kanarie", "sub", "273f", "3 Kanarie"] {
            assert_eq!(typed(text), text);
            assert!(!fits(text), "{text}");
        }
        for text in ["3", "sub4 sub1", "sub1 sub1", "sub1  sub4", " sub1", "sub1 "] {
            assert!(!fits(text), "{text}");
        }
        assert_eq!(codes("sub1 sub4").collect::<Vec<_>>(), ["sub1", "sub4"]);
        assert_eq!(codes("").count(), 0);
    }
}
