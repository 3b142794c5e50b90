//! What is held of suspects: a number and codes, never a name. Kinds about them are read and written apart from others.

use ijsberg_store::kinds::Kinds;
use serde_json::Value;

use super::Kind;
use crate::expected::{Expected, Wanted};
use crate::merge::Fields;

/// Kinds about suspects.
const ABOUT_SUSPECTS: [&str; 4] = ["suspect", "suspicion", "prosecution", "judgment"];

/// The field of the number by which a suspect of several cases is one person.
pub(crate) const NUMBER: &str = "suspect_number";

/// Characters of a number.
const LONGEST_NUMBER: usize = 40;

/// Years that somebody can be born in.
const BORN: std::ops::RangeInclusive<f64> = 1900.0..=2100.0;

impl Kind {
    /// Whether records of this kind are about suspects.
    pub fn is_about_suspects(&self) -> bool {
        ABOUT_SUSPECTS.contains(&self.name)
    }
}

/// The kinds about suspects, for a query.
pub(crate) fn about_suspects() -> Kinds {
    Kinds::Only(&ABOUT_SUSPECTS)
}

/// The kinds about anybody else, for a query.
pub(crate) fn about_others() -> Kinds {
    Kinds::AllBut(&ABOUT_SUSPECTS)
}

/// Letters beside one another in a number; a name has more.
const LETTERS: usize = 4;

/// Whether a text is a number or a code and no name: no spaces, a digit somewhere, and no word.
fn is_number(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-./".contains(&b);
    text.len() <= LONGEST_NUMBER
        && text.bytes().all(fits)
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.split(|c: char| !c.is_ascii_alphabetic()).all(|word| word.len() <= LETTERS)
}

/// What does not fit in a record about suspects, beside what each field holds.
pub(super) fn wrong(kind: &str, fields: &Fields) -> Vec<(String, Expected)> {
    let of = |field: &str| format!("{kind}.{field}");
    let mut wrong: Vec<(String, Expected)> = Vec::new();
    let number = fields.get(NUMBER).and_then(Value::as_str).unwrap_or_default();
    if !number.is_empty() && !is_number(number) {
        wrong.push((of(NUMBER), Wanted::SuspectNumber.into()));
    }
    let born = fields.get("birth_year").and_then(Value::as_f64);
    if born.is_some_and(|year| year.fract() != 0.0 || !BORN.contains(&year)) {
        wrong.push((of("birth_year"), Wanted::BirthYear.into()));
    }
    if kind == "suspect" && number.is_empty() && !fields.contains_key("roles") {
        wrong.push((of("roles"), Wanted::MustBeThere.into()));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entities::KINDS;

    #[test]
    fn every_kind_about_suspects_is_there_and_kept_as_criminal() {
        let kinds: Vec<&Kind> = KINDS.iter().filter(|k| k.is_about_suspects()).collect();
        let names: Vec<&str> = kinds.iter().map(|k| k.name).collect();
        assert_eq!(names, ABOUT_SUSPECTS);
        assert!(kinds.iter().all(|k| k.class.name() == "criminal" && !k.needs_person));
    }

    #[test]
    fn a_number_is_no_name() {
        for (text, fits) in [
            ("13/045123-25", true),
            ("S-1", true),
            ("7", true),
            ("ZK-2025/0012", true),
            ("Fatima", false),
            ("Fatima 7", false),
            ("Jansen1980", false),
            ("fatima.b-1990", false),
            ("", false),
            ("\u{661}", false),
        ] {
            assert_eq!(is_number(text), fits, "{text}");
        }
        assert!(!is_number(&"1".repeat(41)));
    }
}
