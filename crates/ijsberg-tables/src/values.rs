//! What a cell says: on the list or not, and how many.

use std::collections::BTreeMap;

use crate::missing::is_missing;
use crate::numbers::looks_like_a_count;

/// Words for on the list and not on the list. Digits come first.
const PAIRS: &[(&str, &str)] = &[
    ("1", "0"),
    ("01", "00"),
    ("true", "false"),
    ("waar", "onwaar"),
    ("ja", "nee"),
    ("yes", "no"),
    ("wel", "niet"),
    ("obs", "un"),
    ("seen", "unseen"),
    ("seen", "not seen"),
    ("gezien", "niet gezien"),
    ("in", "out"),
    ("in", "uit"),
    ("registered", "not registered"),
    ("geregistreerd", "niet geregistreerd"),
    ("on list", "not on list"),
    ("op lijst", "niet op lijst"),
    ("listed", "not listed"),
    ("listed", "unlisted"),
    ("ja", "nein"),
    ("oui", "non"),
    ("si", "no"),
    ("sí", "no"),
    ("sì", "no"),
    ("sim", "não"),
    ("vrai", "faux"),
    ("wahr", "falsch"),
    ("present", "absent"),
    ("aanwezig", "afwezig"),
    ("x", "-"),
    ("x", "0"),
    ("x", "."),
    ("x", "o"),
    ("+", "-"),
    ("1", "-"),
    ("1", "."),
    ("ja", "-"),
    ("yes", "-"),
    ("✓", "✗"),
    ("✓", "✘"),
    ("✔", "✘"),
    ("✔", "✗"),
    ("✓", "x"),
    ("✔", "x"),
    ("✓", "-"),
    ("✔", "-"),
    ("✓", "0"),
    ("☑", "☐"),
    ("☒", "☐"),
    ("√", "-"),
    ("√", "0"),
    ("t", "f"),
    ("j", "n"),
    ("y", "n"),
    ("w", "o"),
    ("o", "n"),
];

/// Marks that stand for yes where no is left blank.
const MARKS: [&str; 9] = ["x", "✓", "✔", "√", "☑", "☒", "•", "v", "*"];

/// Distinct values that a profile keeps.
const KEPT: usize = 64;

/// A cell in one spelling: small letters, whole numbers without decimals, missing values blank.
pub(crate) fn canonical(cell: &str) -> String {
    let cell = cell.trim().to_lowercase();
    if is_missing(&cell) {
        return String::new();
    }
    if let Some((whole @ ("0" | "1"), zeros)) = cell.split_once(['.', ','])
        && !zeros.is_empty()
        && zeros.bytes().all(|b| b == b'0')
    {
        return whole.to_owned();
    }
    if matches!(cell.as_str(), "–" | "—" | "−") {
        return "-".to_owned();
    }
    cell
}

/// Words that say whether somebody is on a list.
pub(crate) fn is_word_of_lists(cell: &str) -> bool {
    matches!(
        canonical(cell).as_str(),
        "ja" | "nee"
            | "yes"
            | "no"
            | "true"
            | "false"
            | "waar"
            | "onwaar"
            | "oui"
            | "non"
            | "vrai"
            | "faux"
            | "wahr"
            | "falsch"
            | "obs"
            | "un"
    )
}

/// Cells of a row that are not blank.
pub(crate) fn filled(row: &[String]) -> usize {
    row.iter().filter(|c| !c.is_empty()).count()
}

/// The values of a column and how often each occurs.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) values: BTreeMap<String, usize>,
    /// Whether there are more distinct values than are kept.
    pub(crate) more: bool,
    pub(crate) rows: usize,
    /// Cells that are a number or a range.
    pub(crate) numbers: usize,
}

impl Profile {
    pub(crate) fn from_cells<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut all = Self { values: BTreeMap::new(), more: false, rows: 0, numbers: 0 };
        for cell in cells {
            all.rows += 1;
            all.numbers += usize::from(looks_like_a_count(cell));
            let value = canonical(cell);
            if let Some(n) = all.values.get_mut(&value) {
                *n += 1;
            } else if all.values.len() < KEPT {
                all.values.insert(value, 1);
            } else {
                all.more = true;
            }
        }
        all
    }

    pub(crate) fn has(&self, value: &str) -> bool {
        self.values.contains_key(value)
    }

    /// Nothing but blanks.
    pub(crate) fn empty(&self) -> bool {
        !self.more && self.values.keys().all(String::is_empty)
    }

    pub(crate) fn blanks(&self) -> usize {
        self.values.get("").copied().unwrap_or(0)
    }
}

/// How a column says yes and no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) yes: String,
    /// Blank where a blank says no.
    pub(crate) no: String,
}

impl Truth {
    pub(crate) fn digits(&self) -> bool {
        self.yes == "1" && self.no == "0"
    }

    /// Whether it is the code 01 beside 00, which may also be a year, a month or a region.
    pub(crate) fn coded(&self) -> bool {
        self.yes == "01"
    }

    /// On the list, not on it, or neither.
    pub(crate) fn read(&self, cell: &str) -> Option<bool> {
        let value = canonical(cell);
        if value == self.yes { Some(true) } else { (value == self.no).then_some(false) }
    }

    fn letters(&self) -> bool {
        self.yes.chars().all(char::is_alphabetic)
            && self.yes.chars().count() == 1
            && self.no.chars().all(char::is_alphabetic)
            && !self.no.is_empty()
    }

    /// Whether no is said by a mark that stands for a missing value as well.
    fn open_no(&self) -> bool {
        matches!(self.no.as_str(), "-" | ".")
    }

    /// The spelling that most cells have, and how many cells have another.
    pub(crate) fn best(profile: &Profile) -> (Self, usize) {
        let marks = MARKS.iter().copied().chain(PAIRS.iter().map(|p| p.0)).map(|yes| (yes, ""));
        let pairs = PAIRS.iter().copied().chain(marks);
        let covered = |(yes, no): (&str, &str)| {
            let n = |v: &str| profile.values.get(v).copied().unwrap_or(0);
            (n(yes) + n(no)) * usize::from(n(yes) > 0 || !no.is_empty())
        };
        // The first of equals.
        let mut best = PAIRS[0];
        for pair in pairs {
            if covered(pair) > covered(best) {
                best = pair;
            }
        }
        let all = covered(best);
        (Self { yes: best.0.to_owned(), no: best.1.to_owned() }, profile.rows - all)
    }

    /// A column of one word and blanks.
    pub(crate) fn mark(profile: &Profile) -> Option<Self> {
        let words: Vec<&String> = profile.values.keys().filter(|v| !v.is_empty()).collect();
        let [word] = words.as_slice() else { return None };
        let letters = word.chars().any(char::is_alphabetic);
        (letters && !profile.more && profile.has(""))
            .then(|| Self { yes: (*word).clone(), no: String::new() })
    }

    /// How a column says yes and no, when it says nothing else. Single letters count only where both occur.
    pub(crate) fn from_profile(profile: &Profile) -> Option<Self> {
        if profile.more || profile.rows == 0 || profile.values.len() > 2 || profile.empty() {
            return None;
        }
        let (truth, others) = Self::best(profile);
        let both = profile.values.len() == 2;
        // A code such as 01 alone is no word for yes.
        let constant_mark = (truth.open_no() || truth.coded()) && !both;
        (others == 0 && (both || !truth.letters()) && !constant_mark).then_some(truth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_one_letter_is_no_list() {
        let of =
            |cells: &[&str]| Truth::from_profile(&Profile::from_cells(cells.iter().copied())).map(|t| t.yes);
        assert_eq!(of(&["F", "F"]), None);
        assert_eq!(of(&["T", "F"]).as_deref(), Some("t"));
        assert_eq!(of(&["1.0", "0"]).as_deref(), Some("1"));
        assert_eq!(of(&["x", ""]).as_deref(), Some("x"));
        assert_eq!(of(&["obs", "un"]).as_deref(), Some("obs"));
        assert_eq!(of(&["f", "m"]), None);
        assert_eq!((of(&["✓", "✗"]).as_deref(), of(&["X", "0"]).as_deref()), (Some("✓"), Some("x")));
        assert_eq!((of(&["1", "-"]).as_deref(), of(&["-", "-"])), (Some("1"), None));
        assert_eq!((of(&["1", ""]).as_deref(), of(&["Oui ", "NON"]).as_deref()), (Some("1"), Some("oui")));
        assert_eq!(of(&["", ""]), None);
    }
}
