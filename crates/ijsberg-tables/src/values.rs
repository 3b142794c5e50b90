//! What a cell says: on the list or not, and how many.

use std::collections::BTreeMap;

/// Words for on the list and not on the list. Digits come first.
const PAIRS: [(&str, &str); 14] = [
    ("1", "0"),
    ("true", "false"),
    ("waar", "onwaar"),
    ("ja", "nee"),
    ("yes", "no"),
    ("wel", "niet"),
    ("obs", "un"),
    ("seen", "unseen"),
    ("x", "-"),
    ("+", "-"),
    ("t", "f"),
    ("j", "n"),
    ("y", "n"),
    ("w", "o"),
];

/// Marks that stand for yes where no is left blank.
const MARKS: [&str; 4] = ["x", "✓", "✔", "•"];

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
    cell
}

pub(crate) fn is_missing(cell: &str) -> bool {
    matches!(cell.trim().to_lowercase().as_str(), "" | "na" | "n/a" | "nan" | "null" | "none" | "<na>")
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
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
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

    /// On the list, not on it, or neither.
    pub(crate) fn read(&self, cell: &str) -> Option<bool> {
        let value = canonical(cell);
        if value == self.yes { Some(true) } else { (value == self.no).then_some(false) }
    }

    fn letters(&self) -> bool {
        self.yes.chars().count() == 1 && !self.digits() && self.no != "-" && !self.no.is_empty()
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

    /// How a column says yes and no, when it says nothing else. Single letters count only where both occur.
    pub(crate) fn of(profile: &Profile) -> Option<Self> {
        if profile.more || profile.rows == 0 || profile.values.len() > 2 || profile.empty() {
            return None;
        }
        let (truth, others) = Self::best(profile);
        let both = profile.values.len() == 2;
        let constant_mark = truth.no == "-" && !both;
        (others == 0 && (both || !truth.letters()) && !constant_mark).then_some(truth)
    }
}

/// A count as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Exact(u64),
    /// From the first to the second, both included; `None` as the least where only a bound above is told.
    Range(Option<u64>, u64),
    /// Hidden, without a bound.
    Marked,
    Missing,
}

fn range(cell: &str) -> Option<Count> {
    let number = |s: &str| s.trim().parse::<u64>().ok().filter(|n| *n < 1 << 32);
    if let Some(rest) = cell.strip_prefix("<=").or_else(|| cell.strip_prefix('≤')) {
        return Some(Count::Range(None, number(rest)?));
    }
    if let Some(rest) = cell.strip_prefix('<') {
        return Some(Count::Range(None, number(rest)?.checked_sub(1)?));
    }
    let parts = ["–", "-", "t/m", "to"].iter().find_map(|mark| cell.split_once(mark));
    let (low, high) = parts?;
    let (low, high) = (number(low)?, number(high)?);
    (low <= high).then_some(Count::Range(Some(low), high))
}

fn looks_like_a_count(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.bytes().any(|b| b.is_ascii_digit());
    let mark = |c: char| matches!(c, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}');
    let starts = cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    digits
        && (range(cell).is_some()
            || starts && cell.chars().skip(1).all(|c| c.is_ascii_digit() || mark(c))
            || cell.parse::<f64>().is_ok())
}

/// Which mark of a column of numbers stands between thousands and which before decimals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) thousands: Option<char>,
    pub(crate) decimals: Option<char>,
}

/// A number that can be read in two ways, with the mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwoWays(pub(crate) String, pub(crate) char);

#[derive(Default)]
struct Seen {
    thousands: Vec<char>,
    decimals: Vec<char>,
    open: Vec<(char, String)>,
    small: usize,
    large: usize,
}

impl Numbers {
    /// Finds it from all numbers of a column. A mark before three digits is read by the others, and by what the file's separator
    /// says of its country.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a str>, decimal_comma: bool) -> Result<Self, TwoWays> {
        let mut seen = Seen::default();
        cells.for_each(|c| seen.add(c.trim()));
        let mut thousands = seen.thousands.first().copied();
        let decimals = seen.decimals.first().copied();
        if let Some((mark, cell)) = seen.open.first() {
            let other = |c: Option<char>| c.is_some_and(|c| c != *mark);
            if decimals == Some(*mark) {
                // Three decimals among others.
            } else if thousands == Some(*mark) || other(decimals) {
                thousands = Some(*mark);
            } else if other(thousands) {
                return Ok(Self { thousands, decimals: Some(*mark) });
            } else {
                let country = decimal_comma && *mark == '.';
                let others = seen.small > 0 && seen.large == 0 && (seen.open.len() > 1 || country);
                if !others {
                    return Err(TwoWays(cell.clone(), *mark));
                }
                thousands = Some(*mark);
            }
        }
        Ok(Self { thousands, decimals })
    }

    /// A whole number of zero or more.
    pub(crate) fn whole(self, cell: &str) -> Option<u64> {
        let mut text = cell.trim().to_owned();
        if let Some(mark) = self.thousands {
            let (whole, rest) = match self.decimals.filter(|d| *d != mark).and_then(|d| text.split_once(d)) {
                Some((whole, rest)) => (whole.to_owned(), Some(rest.to_owned())),
                None => (text.clone(), None),
            };
            if whole.contains(mark) && !grouped(&whole, mark) {
                return None;
            }
            text = whole.replace(mark, "");
            if let Some(rest) = rest {
                return zeros(&rest).then(|| text.parse().ok())?;
            }
        }
        if let Some((whole, rest)) = self.decimals.and_then(|d| text.split_once(d)) {
            return zeros(rest).then(|| whole.parse().ok())?;
        }
        if !text.starts_with('+')
            && let Ok(n) = text.parse::<u64>()
        {
            return Some(n);
        }
        // R writes 100000 as 1e+05.
        let x = text.contains(['e', 'E']).then(|| text.parse::<f64>().ok())??;
        (x >= 0.0 && x.fract() == 0.0 && x < 9e15).then_some(x as u64)
    }

    /// A count.
    pub(crate) fn count(self, cell: &str) -> Option<Count> {
        if is_missing(cell) {
            return Some(Count::Missing);
        }
        if let Some(n) = self.whole(cell) {
            return Some(Count::Exact(n));
        }
        if matches!(cell.trim(), "*" | "c" | "C" | "x" | "X" | "s" | "." | "-" | "**" | "(c)") {
            return Some(Count::Marked);
        }
        range(cell.trim())
    }
}

fn zeros(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b == b'0')
}

fn grouped(text: &str, mark: char) -> bool {
    let mut parts = text.split(mark);
    let digits = |p: &str| p.bytes().all(|b| b.is_ascii_digit());
    let first = parts.next().unwrap_or("");
    (1..=3).contains(&first.len()) && digits(first) && parts.all(|p| p.len() == 3 && digits(p))
}

impl Seen {
    fn add(&mut self, cell: &str) {
        let marks: Vec<char> = cell.chars().filter(|c| !c.is_ascii_digit()).collect();
        let only = |c: char| marks.iter().all(|m| *m == c);
        let Some(first) = marks.first().copied() else {
            if let Ok(n) = cell.parse::<u64>() {
                if n < 1000 { self.small += 1 } else { self.large += 1 }
            }
            return;
        };
        if !marks.iter().all(|m| matches!(m, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')) {
            return;
        }
        if !matches!(first, '.' | ',') || marks.len() > 1 && only(first) {
            if grouped(cell.split(['.', ',']).next().unwrap_or(cell), first) || grouped(cell, first) {
                self.thousands.push(first);
            }
            return;
        }
        if marks.len() > 1 {
            let last = marks[marks.len() - 1];
            if marks.iter().filter(|m| **m == last).count() == 1 {
                self.thousands.push(first);
                self.decimals.push(last);
            }
            return;
        }
        if grouped(cell, first) && !cell.starts_with('0') {
            self.open.push((first, cell.to_owned()));
        } else {
            self.decimals.push(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str], comma: bool) -> Result<Vec<Option<u64>>, TwoWays> {
        let numbers = Numbers::of(cells.iter().copied(), comma)?;
        Ok(cells.iter().map(|c| numbers.whole(c)).collect())
    }

    #[test]
    fn numbers_are_read_by_the_evidence_of_their_column() {
        let some = |n: &[u64]| Ok(n.iter().map(|n| Some(*n)).collect::<Vec<_>>());
        assert_eq!(read(&["69,0", "5,00"], true), some(&[69, 5]));
        assert_eq!(read(&["1.234.567", "1.234"], false), some(&[1_234_567, 1234]));
        assert_eq!(read(&["1.234,0", "12"], true), some(&[1234, 12]));
        assert_eq!(read(&["1 234", "69"], false), some(&[1234, 69]));
        assert_eq!(read(&["1.234", "2.345", "69"], false), some(&[1234, 2345, 69]));
        assert_eq!(read(&["1e+05", "7"], false), some(&[100_000, 7]));
        assert_eq!(read(&["69.5"], false), Ok(vec![None]));
        assert_eq!(read(&["6.900", "5.500"], true), Err(TwoWays("6.900".into(), '.')));
        assert_eq!(read(&["1,234", "69"], false), Err(TwoWays("1,234".into(), ',')));
        assert_eq!(read(&["1.234", "69"], true), some(&[1234, 69]));
        assert_eq!(read(&["1.234", "1234", "2.500"], true), Err(TwoWays("1.234".into(), '.')));
    }

    #[test]
    fn hidden_counts_are_ranges() {
        let n = Numbers::default();
        assert_eq!(n.count("<5"), Some(Count::Range(None, 4)));
        assert_eq!(n.count("≤ 4"), Some(Count::Range(None, 4)));
        assert_eq!(n.count("1-4"), Some(Count::Range(Some(1), 4)));
        assert_eq!(n.count("-3"), None);
        assert_eq!(n.count("*"), Some(Count::Marked));
        assert_eq!(n.count("NA"), Some(Count::Missing));
    }

    #[test]
    fn a_column_of_one_letter_is_no_list() {
        let of = |cells: &[&str]| Truth::of(&Profile::of(cells.iter().copied())).map(|t| t.yes);
        assert_eq!(of(&["F", "F"]), None);
        assert_eq!(of(&["T", "F"]).as_deref(), Some("t"));
        assert_eq!(of(&["1.0", "0"]).as_deref(), Some("1"));
        assert_eq!(of(&["x", ""]).as_deref(), Some("x"));
        assert_eq!(of(&["obs", "un"]).as_deref(), Some("obs"));
        assert_eq!(of(&["f", "m"]), None);
        assert_eq!(of(&["", ""]), None);
    }
}
