//! Counts in cells: whole numbers in the notations of offices, ranges, and marks that hide a count.

use crate::missing::says_nothing;

/// A count as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Count {
    Exact(u64),
    /// From the first to the second, both included; `None` as the least where only an upper bound is given.
    Range(Option<u64>, u64),
    /// Hidden, without a bound.
    Marked,
    Missing,
}

/// Marks that stand for a suppressed count, without the brackets around them.
const MARKS: [&str; 16] =
    ["*", "**", "***", "c", "x", "s", ".", "..", "...", "…", "-", "–", "—", ":", "low", "geheim"];

/// Words before the first number that is too many.
const BELOW: [&str; 13] = [
    "<",
    "minder dan",
    "kleiner dan",
    "lager dan",
    "onder de",
    "onder",
    "fewer than",
    "less than",
    "under",
    "below",
    "weniger als",
    "unter",
    "moins de",
];

/// Words before the largest number that it can be.
const AT_MOST: [&str; 14] = [
    "<=",
    "=<",
    "≤",
    "⩽",
    "at most",
    "no more than",
    "up to",
    "maximaal",
    "max.",
    "max",
    "hoogstens",
    "ten hoogste",
    "höchstens",
    "au plus",
];

/// Words behind the largest number that it can be.
const OR_FEWER: [&str; 5] = ["or fewer", "or less", "of minder", "oder weniger", "ou moins"];

/// Between the least and the most.
const BETWEEN: [&str; 9] = ["–", "—", "-", "..", "t/m", "tot en met", "to", "bis", "à"];

/// A cell as it is meant: spaces of all kinds as one, no marks of footnotes behind a number, no plus before it.
///
/// The flag says whether something was left out that a reader of the table would want to know.
fn plain(cell: &str) -> (String, bool) {
    let cell = cell.trim();
    let text: String = cell.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let text =
        text.strip_prefix('+').filter(|t| t.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(&text);
    let bare = without_footnote(text);
    (bare.to_owned(), bare.len() < text.len())
}

/// What stands before the marks of footnotes: `69*`, `69¹`, `69 a)`, `69[2]`, `69 (r)`.
fn without_footnote(text: &str) -> &str {
    let is_mark = |c: char| {
        matches!(c, '*' | '†' | '‡' | '§' | '¹' | '²' | '³' | '⁰' | '⁴'..='⁹' | 'ᵃ' | 'ᵇ' | 'ᶜ' | '⁾' | '⁽')
    };
    let ends_in_digit = |t: &str| t.ends_with(|c: char| c.is_ascii_digit());
    let signs = text.trim_end_matches(is_mark).trim_end();
    if signs.len() < text.len() {
        return if ends_in_digit(signs) { signs } else { text };
    }
    // `69 a)`, `69a)` and `69 1)`; of `691)` nothing shows where the number ends.
    if let Some(open) = text.strip_suffix(')').filter(|t| !t.contains('(')) {
        let letter = open.strip_suffix(|c: char| c.is_ascii_alphabetic());
        let number = open.strip_suffix(|c: char| c.is_ascii_digit()).filter(|t| t.ends_with(' '));
        let before = letter.or(number).map(str::trim_end);
        return before.filter(|b| ends_in_digit(b)).unwrap_or(text);
    }
    for (open, close) in [("[", "]"), ("(", ")")] {
        let inner = text.strip_suffix(close).and_then(|t| t.rsplit_once(open));
        let Some((before, mark)) = inner else { continue };
        // A number in round brackets may be another number: of them so many, or a percentage.
        let letter = mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_alphabetic());
        let number = open == "[" && mark.len() == 1 && mark.bytes().all(|b| b.is_ascii_digit());
        if (letter || number) && ends_in_digit(before.trim_end()) {
            return before.trim_end();
        }
    }
    text
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse::<u64>().ok().filter(|n| digits && *n < 1 << 32)
}

fn range(cell: &str) -> Option<Count> {
    let cell = cell.to_lowercase();
    let cell = inside(&cell).unwrap_or(&cell).trim();
    for words in AT_MOST {
        if let Some(n) = cell.strip_prefix(words).and_then(number) {
            return Some(Count::Range(None, n));
        }
    }
    for words in BELOW {
        if let Some(n) = cell.strip_prefix(words).and_then(number) {
            return Some(Count::Range(None, n.checked_sub(1)?));
        }
    }
    for words in OR_FEWER {
        if let Some(n) = cell.strip_suffix(words).and_then(number) {
            return Some(Count::Range(None, n));
        }
    }
    let parts = |mark: &&str| {
        let (low, high) = cell.split_once(*mark)?;
        Some((number(low)?, number(high)?))
    };
    let (low, high) = BETWEEN.iter().find_map(parts)?;
    (low <= high).then_some(Count::Range(Some(low), high))
}

/// What stands between brackets that enclose all of it.
fn inside(cell: &str) -> Option<&str> {
    let round = cell.strip_prefix('(').and_then(|c| c.strip_suffix(')'));
    round.or_else(|| cell.strip_prefix('[').and_then(|c| c.strip_suffix(']')))
}

fn is_hidden(cell: &str) -> bool {
    let cell = cell.trim().to_lowercase();
    MARKS.contains(&inside(&cell).unwrap_or(&cell).trim())
}

pub(crate) fn looks_like_a_count(cell: &str) -> bool {
    let (cell, _) = plain(cell);
    let cell = cell.strip_suffix('%').map_or(cell.as_str(), str::trim_end);
    let digits = cell.bytes().any(|b| b.is_ascii_digit());
    let mark = |c: char| matches!(c, '.' | ',' | '\'' | '’' | ' ');
    let starts = cell.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    digits
        && (range(cell).is_some()
            || starts && cell.chars().skip(1).all(|c| c.is_ascii_digit() || mark(c))
            || scientific(cell).is_some()
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
struct NumberMarks {
    thousands: Vec<char>,
    decimals: Vec<char>,
    open: Vec<(char, String)>,
    small: usize,
    large: usize,
}

impl Numbers {
    /// Finds it from all numbers of a column. A mark before three digits is read by the others, and by what the file's separator
    /// says of its country.
    pub(crate) fn from_cells<'a>(
        cells: impl Iterator<Item = &'a str>,
        decimal_comma: bool,
    ) -> Result<Self, TwoWays> {
        let mut seen = NumberMarks::default();
        cells.for_each(|c| seen.add(&plain(c).0));
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
        self.of_plain(&plain(cell).0)
    }

    fn of_plain(self, cell: &str) -> Option<u64> {
        if let Some(n) = scientific(cell) {
            return Some(n);
        }
        let mut text = cell.to_owned();
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
        text.parse().ok().filter(|_| !text.starts_with('+'))
    }

    /// A count.
    pub(crate) fn count(self, cell: &str) -> Option<Count> {
        if says_nothing(cell) {
            return Some(Count::Missing);
        }
        if is_hidden(cell) {
            return Some(Count::Marked);
        }
        let (cell, _) = plain(cell);
        self.of_plain(&cell).map(Count::Exact).or_else(|| range(&cell))
    }
}

/// Whether a mark of a footnote stands behind a number.
pub(crate) fn has_footnote(cell: &str) -> bool {
    plain(cell).1
}

/// R writes 100000 as 1e+05, and spreadsheets 28 as 2,8E+01, with the mark before decimals of their country.
fn scientific(text: &str) -> Option<u64> {
    let (digits, _) = text.split_once(['e', 'E'])?;
    let before = digits.find([',', '.']).unwrap_or(digits.len());
    let x: f64 = text.replace(',', ".").parse().ok()?;
    (before <= 2 && x >= 0.0 && x.fract() == 0.0 && x < 9e15).then_some(x as u64)
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

impl NumberMarks {
    fn add(&mut self, cell: &str) {
        let marks: Vec<char> = cell.chars().filter(|c| !c.is_ascii_digit()).collect();
        let only = |c: char| marks.iter().all(|m| *m == c);
        let Some(first) = marks.first().copied() else {
            if let Ok(n) = cell.parse::<u64>() {
                if n < 1000 { self.small += 1 } else { self.large += 1 }
            }
            return;
        };
        // A mark alone hides a count.
        if marks.len() == cell.chars().count()
            || !marks.iter().all(|m| matches!(m, '.' | ',' | '\'' | '’' | ' '))
        {
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
        let numbers = Numbers::from_cells(cells.iter().copied(), comma)?;
        Ok(cells.iter().map(|c| numbers.whole(c)).collect())
    }

    #[test]
    fn numbers_are_read_by_the_evidence_of_their_column() {
        let some = |n: &[u64]| Ok(n.iter().map(|n| Some(*n)).collect::<Vec<_>>());
        assert_eq!(read(&["69,0", "5,00"], true), some(&[69, 5]));
        assert_eq!(read(&["1.234.567", "1.234"], false), some(&[1_234_567, 1234]));
        assert_eq!(read(&["1.234,0", "12"], true), some(&[1234, 12]));
        assert_eq!(read(&["1 234", "69"], false), some(&[1234, 69]));
        assert_eq!(read(&["1\u{a0}234", "2\u{202f}345", "3\u{2009}456"], false), some(&[1234, 2345, 3456]));
        assert_eq!(read(&["1.234", "2.345", "69"], false), some(&[1234, 2345, 69]));
        assert_eq!(read(&["1e+05", "7", "1e3", "+69"], false), some(&[100_000, 7, 1000, 69]));
        assert_eq!(read(&["69.5"], false), Ok(vec![None]));
        assert_eq!(read(&["6.900", "5.500"], true), Err(TwoWays("6.900".into(), '.')));
        assert_eq!(read(&["1,234", "69"], false), Err(TwoWays("1,234".into(), ',')));
        assert_eq!(read(&["1.234", "69"], true), some(&[1234, 69]));
        assert_eq!(read(&["1.234", "1234", "2.500"], true), Err(TwoWays("1.234".into(), '.')));
        // A point that hides a count says nothing of points in numbers.
        assert_eq!(read(&[".", "1.234", "69"], true), Ok(vec![None, Some(1234), Some(69)]));
    }

    #[test]
    fn marks_of_footnotes_are_no_part_of_a_number() {
        for cell in
            ["69*", "69 *", "69¹", "69²⁾", "69 a)", "69a)", "69 1)", "69[1]", "69 [b]", "69 (r)", "69†"]
        {
            assert_eq!(
                (Numbers::default().count(cell), has_footnote(cell)),
                (Some(Count::Exact(69)), true),
                "{cell}"
            );
        }
        for cell in ["69 (12)", "69 (12%)", "69/70", "69a", "69 van 80", "a69", "6 9 [12]"] {
            assert_eq!(Numbers::default().count(cell), None, "{cell}");
        }
        assert!(!has_footnote("69") && !has_footnote("*") && !has_footnote("1 234"));
    }

    #[test]
    fn hidden_counts_are_ranges() {
        let n = Numbers::default();
        for cell in [
            "<5",
            "< 5",
            "<5*",
            "<5¹",
            "minder dan 5",
            "Fewer than 5",
            "less than 5",
            "(<5)",
            "[<5]",
            "≤4",
            "<=4",
            "≤ 4",
            "at most 4",
            "hoogstens 4",
            "maximaal 4",
            "4 of minder",
            "4 or fewer",
        ] {
            assert_eq!(n.count(cell), Some(Count::Range(None, 4)), "{cell}");
        }
        for cell in ["1-4", "1 - 4", "1–4", "1 t/m 4", "1 to 4", "1 tot en met 4", "1..4", "[1-4]", "(1-4)"]
        {
            assert_eq!(n.count(cell), Some(Count::Range(Some(1), 4)), "{cell}");
        }
        for cell in ["*", "[c]", "(c)", "C", "[x]", "-", "–", ".", "..", ":", "**", "geheim"] {
            assert_eq!(n.count(cell), Some(Count::Marked), "{cell}");
        }
        for cell in ["-3", "5+", ">5", "5-1", "4-jan", "1 tot 5", "2026-04-01", "veel", "12%"] {
            assert_eq!(n.count(cell), None, "{cell}");
        }
        assert_eq!(n.count("NA"), Some(Count::Missing));
    }
}
