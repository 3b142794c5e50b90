//! Sex in one coding, whatever a list writes.

use super::SchemaError;
use super::unread::UNREAD_SHARE;
use crate::normalise::fold;
use crate::record::dates::is_missing;

/// What a cell of a column of sexes says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sex {
    Said(&'static str),
    Missing,
    Unread,
}

/// What the numbers of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Numbers {
    /// Something beside words: a number stands for a missing value where it would anywhere.
    #[default]
    Stray,
    /// The codes of ISO 5218: both 1 and 2 occur, and nothing but codes.
    Iso,
    /// A coding of the list's own: nothing but numbers.
    Own,
}

/// Reads a value.
fn read(text: &str, numbers: Numbers) -> Sex {
    let coded = numbers == Numbers::Iso;
    let own = numbers == Numbers::Own && text.trim().bytes().all(|b| b.is_ascii_digit());
    if text.trim().is_empty() {
        return Sex::Missing;
    }
    match fold(text).as_str() {
        "m" | "man" | "male" | "mannelijk" | "masculine" | "masculin" | "jongen" | "boy" | "homme" | "h"
        | "mann" | "mannlich" | "dhr" | "de heer" | "mr" | "hombre" | "herr" => Sex::Said("m"),
        "f" | "v" | "vrouw" | "female" | "vrouwelijk" | "woman" | "feminine" | "feminin" | "meisje"
        | "girl" | "femme" | "w" | "frau" | "weiblich" | "mw" | "mevr" | "mevrouw" | "mrs" | "ms"
        | "mujer" => Sex::Said("f"),
        "x" | "o" | "other" | "anders" | "divers" | "non binary" | "nonbinair" | "non binair"
        | "transgender" | "trans" | "intersex" | "t" | "d" => Sex::Said("x"),
        "1" if coded => Sex::Said("m"),
        "2" if coded => Sex::Said("f"),
        "0" | "9" if coded => Sex::Missing,
        "u" | "?" => Sex::Missing,
        _ if !own && is_missing(text) => Sex::Missing,
        _ => Sex::Unread,
    }
}

/// The column of sexes of one file.
#[derive(Debug, Default)]
pub(super) struct Sexes {
    pub(super) file: String,
    pub(super) column: String,
    /// Where its records begin and end among all.
    pub(super) records: std::ops::Range<usize>,
    pub(super) unread: Vec<u64>,
    pub(super) filled: usize,
    numbers: Numbers,
}

impl Sexes {
    /// The column of a file, its numbers taken for what all of them together can be.
    pub(super) fn from_column<'a>(file: &str, column: &str, values: impl Iterator<Item = &'a str>) -> Self {
        let (mut one, mut two, mut codes, mut words) = (false, false, true, false);
        for value in values.map(str::trim) {
            let number = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
            match value {
                "1" => one = true,
                "2" => two = true,
                "0" | "9" => {}
                _ if number => codes = false,
                _ => words |= !matches!(value, "u" | "U" | "?") && !is_missing(value),
            }
        }
        let numbers = match (words, one && two && codes) {
            (true, _) => Numbers::Stray,
            (false, true) => Numbers::Iso,
            (false, false) => Numbers::Own,
        };
        let (file, column) = (file.to_owned(), column.to_owned());
        Self { file, column, numbers, ..Self::default() }
    }

    /// What is compared; a value that is not known stays as it is written.
    pub(super) fn take(&mut self, text: &str, line: u64) -> Option<String> {
        match read(text, self.numbers) {
            Sex::Missing => None,
            Sex::Said(sex) => {
                self.filled += 1;
                Some(sex.to_owned())
            }
            Sex::Unread => {
                self.filled += 1;
                self.unread.push(line);
                Some(text.trim().to_owned())
            }
        }
    }

    fn too_many(&self) -> bool {
        self.unread.len() as f64 > UNREAD_SHARE * self.filled as f64
    }
}

/// Refuses a column of sexes in a coding of its own: beside known ones, each such record would seem to be of another sex. Where all
/// lists have a coding that is not known, it is taken for theirs in common.
pub(super) fn check(all: &[Sexes]) -> Result<(), SchemaError> {
    let filled = || all.iter().filter(|s| s.filled > 0);
    if filled().all(Sexes::too_many) {
        return Ok(());
    }
    let wrong = filled().find(|s| s.too_many());
    wrong.map_or(Ok(()), |s| {
        let lines: Vec<String> = s.unread.iter().take(5).map(u64::to_string).collect();
        Err(SchemaError::Sexes {
            file: s.file.clone(),
            column: s.column.clone(),
            count: s.unread.len(),
            lines: lines.join(", ") + if s.unread.len() > 5 { ", ..." } else { "" },
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[&str]) -> (Vec<Option<String>>, Sexes) {
        let mut sexes = Sexes::from_column("a", "sex", values.iter().copied());
        let read = values.iter().zip(2..).map(|(v, line)| sexes.take(v, line)).collect();
        (read, sexes)
    }

    #[test]
    fn sex_in_the_codings_of_offices_is_one_coding() {
        for (m, f) in [
            ("m", "f"),
            ("M", "V"),
            ("Man", "Vrouw"),
            ("male", "FEMALE"),
            ("1", "2"),
            ("homme", "femme"),
            ("h", "f"),
            ("männlich", "weiblich"),
            ("dhr.", "mevr."),
            ("Mr", "Ms"),
            ("M.", "V."),
            ("jongen", "meisje"),
        ] {
            let (read, sexes) = all(&[m, f, m, "", "onbekend"]);
            let said = |s: &str| Some(s.to_owned());
            assert_eq!(read, [said("m"), said("f"), said("m"), None, None], "{m} {f}");
            assert!(sexes.unread.is_empty());
        }
        assert_eq!(all(&["X", "o", "anders"]).0, vec![Some("x".to_owned()); 3]);
    }

    #[test]
    fn a_coding_that_others_do_not_have_is_refused_and_one_that_all_share_is_kept() {
        let (known, own) = (|| all(&["m", "v"]).1, || all(&["0", "1"]).1);
        assert!(check(&[known(), known()]).is_ok() && check(&[own(), own()]).is_ok());
        let refused = check(&[known(), own()]).unwrap_err();
        assert!(matches!(refused, SchemaError::Sexes { count: 2, lines, .. } if lines == "2, 3"));
        // One code alone says nothing of the other.
        assert_eq!(all(&["1", "1"]).1.unread.len(), 2);
    }
}
