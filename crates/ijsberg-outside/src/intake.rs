//! What is taken in.

use std::borrow::Cow;

use crate::{MARKS, is_mark, is_seen, is_unseen};

/// Why a text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextFault {
    /// There is nothing in it.
    Empty,
    /// It is too long.
    Long {
        /// Characters that it has.
        found: usize,
        /// Characters that are taken.
        most: usize,
    },
    /// It holds a character that moves a cursor, ends a text or changes the direction of reading, or more marks on one letter than any
    /// script has.
    Character {
        /// Which, as a number of Unicode.
        code: u32,
        /// Where, from 1.
        at: usize,
    },
    /// A name of something else than itself, such as `..`, or with other characters than a name has.
    Name,
}

fn checked(text: &str, most: usize, allowed: &[char]) -> Result<String, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextFault::Empty);
    }
    let strange = |c: char| (c.is_control() || is_unseen(c)) && !allowed.contains(&c);
    let mut marks = 0;
    for (i, c) in text.chars().enumerate() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if strange(c) || marks > MARKS {
            return Err(TextFault::Character { code: u32::from(c), at: i + 1 });
        }
    }
    let found = text.chars().count();
    if found > most { Err(TextFault::Long { found, most }) } else { Ok(text.to_owned()) }
}

/// For data that are accepted whatever they contain, such as names of lists and of groups in a table: leaves out characters that are
/// invisible or reverse the reading direction. The caller reports it.
pub fn seen(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_seen) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|c| is_seen(*c)).collect())
}

/// One line of text, without spaces around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// Takes a text of at most so many characters in.
    ///
    /// # Errors
    /// See [`TextFault`].
    pub fn new(text: &str, most: usize) -> Result<Self, TextFault> {
        checked(text, most, &[]).map(Self)
    }

    /// As a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lines of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage(String);

impl Passage {
    /// Takes a text of at most so many characters in.
    ///
    /// # Errors
    /// See [`TextFault`].
    pub fn new(text: &str, most: usize) -> Result<Self, TextFault> {
        checked(text, most, &['\n', '\r', '\t']).map(Self)
    }

    /// As a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it can say something: some words of several letters, and not one letter over and over.
    pub fn says_something(&self) -> bool {
        let words = self.0.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 1);
        let mut letters: Vec<char> = self.0.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
        letters.sort_unstable();
        letters.dedup();
        let mut different: Vec<String> = words.map(str::to_lowercase).collect();
        different.sort_unstable();
        different.dedup();
        self.0.chars().count() >= 10 && different.len() >= 2 && letters.len() >= 5
    }
}

/// A name by which something is called in commands, addresses and file names: letters, digits, and `-`, `_`, `.` and spaces between
/// them. `.` and `..` lead elsewhere and are none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Takes a name of at most so many characters in.
    ///
    /// # Errors
    /// See [`TextFault`].
    pub fn new(text: &str, most: usize) -> Result<Self, TextFault> {
        let text = checked(text, most, &[])?;
        let fits = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
        let ends = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let good = text.chars().all(fits) && ends(text.chars().next()) && ends(text.chars().next_back());
        if good { Ok(Self(text)) } else { Err(TextFault::Name) }
    }

    /// As a text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_or_the_direction_of_reading_is_not_taken() {
        for bad in [
            "a\u{1b}[2Jb",
            "a\u{9b}b",
            "a\u{0}b",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{feff}b",
            "a\nb",
            "a\u{7f}b",
            "aa\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}\u{300}",
        ] {
            let at = if bad.starts_with("aa") { 11 } else { 2 };
            let found = Line::new(bad, 100);
            assert!(matches!(found, Err(TextFault::Character { at: of, .. }) if of == at), "{bad:?}");
        }
        assert_eq!(Line::new(" Müller ", 100).unwrap().as_str(), "Müller");
        assert_eq!(
            Line::new("a".repeat(100_000).as_str(), 200),
            Err(TextFault::Long { found: 100_000, most: 200 })
        );
        assert_eq!(Line::new(" \t ", 200), Err(TextFault::Empty));
        // Letters that are joined on purpose, and scripts that are read from the right.
        for good in ["نرگس", "می\u{200c}خواهم", "שלום", "Nguyễn Thị Ánh"] {
            assert!(Line::new(good, 100).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_name_names_itself_and_nothing_above_it() {
        for bad in ["..", ".", "a/b", "a\\b", "-a", ".a", "a.", "a:b", "*", "", "a\u{202e}"] {
            assert!(Name::new(bad, 40).is_err(), "{bad:?}");
        }
        for good in ["a", "police", "Opvang 2", "a.b-c_d", "Ñ1"] {
            assert!(Name::new(good, 40).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_reason_says_something() {
        for nothing in [
            "aaaaaaaaaa",
            "..........",
            "asdf asdf asdf",
            "1234567890 12",
            "xxxx yyyy zz",
            "because",
            "a b c d e f g",
        ] {
            let said = Passage::new(nothing, 1000).is_ok_and(|p| p.says_something());
            assert!(!said, "{nothing}");
        }
        for reason in ["she may be moved tonight", "Minderjarige in direct gevaar", "опасность для жизни"]
        {
            assert!(Passage::new(reason, 1000).unwrap().says_something(), "{reason}");
        }
    }
}
