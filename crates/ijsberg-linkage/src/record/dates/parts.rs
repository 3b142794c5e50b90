//! The numbers and names that a date is written in.

use super::Order;
use crate::normalise::fold;
use crate::record::PartialDate;

/// Months by their first letters, in English, Dutch, German and French, folded.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb", "fev"],
    &["mar", "maa", "mrt"],
    &["apr", "avr"],
    &["may", "mei", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aou"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// Words within a date that say nothing of it.
const WORDS: &[&str] = &[
    "de",
    "of",
    "le",
    "den",
    "the",
    "circa",
    "ca",
    "ongeveer",
    "rond",
    "approx",
    "about",
    "est",
    "schatting",
    "geschat",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "maandag",
    "dinsdag",
    "woensdag",
    "donderdag",
    "vrijdag",
    "zaterdag",
    "zondag",
    "uur",
    "am",
    "pm",
    "u",
    "geb",
];

/// The days that such numbers may stand for: from 1927 on.
const SERIALS: std::ops::RangeInclusive<i64> = 10_000..=80_000;

/// A number, or a month by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) value: i16,
    pub(super) digits: usize,
    pub(super) named: bool,
}

/// A number that a spreadsheet may have stored for a date.
pub(super) fn serial(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = text.split_once(['.', ',']).map_or(text, |(whole, _)| whole);
    let five = whole.len() == 5 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    whole.parse().ok().filter(|n| five && SERIALS.contains(n))
}

/// The day of such a number (Hinnant's days from civil, turned round).
pub(super) fn from_serial(number: i64) -> Option<PartialDate> {
    // Day 25,569 is 1 January 1970, and 719,468 days are from 1 March 0 to that.
    let days = number - 25_569 + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    PartialDate::new(i16::try_from(year).ok()?, i16::try_from(month).ok(), i16::try_from(day).ok())
}

/// Eight digits with the year last.
pub(super) fn together(text: &str, order: Order) -> Option<PartialDate> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
    let (a, b, year) = (part(0..2)?, part(2..4)?, part(4..8)?);
    let (day, month) = if order == Order::MonthFirst { (b, a) } else { (a, b) };
    PartialDate::new(year, Some(month), Some(day)).filter(|_| (1850..=2100).contains(&year))
}

/// The parts of a date; `None` where there is something else in it. A time of day behind it says nothing, and a part that is not
/// known is zero.
pub(super) fn numbers(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let text = text.split('T').next().filter(|t| t.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(text);
    for word in text.split([' ', '-', '/', '.', ',', '(', ')', '±', '~']).filter(|w| !w.is_empty()) {
        if parts.len() == 3 && word.contains(':') {
            break;
        }
        let digits = |w: &str| (1..=4).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit());
        let word = word.strip_suffix('?').filter(|w| digits(w)).unwrap_or(word);
        // '72, and the mark by which a spreadsheet keeps text as it is.
        let word = word.strip_prefix(['\'', '’', '‘', '`']).filter(|w| digits(w)).unwrap_or(word);
        if digits(word) {
            parts.push(Part { value: word.parse().ok()?, digits: word.len(), named: false });
            continue;
        }
        if word.chars().all(|c| matches!(c, '?' | 'x' | 'X' | '_' | '*')) {
            parts.push(Part { value: 0, digits: word.chars().count().min(4), named: false });
            continue;
        }
        let letters = fold(word);
        // 31st, 1er, 3e.
        let number = letters.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ends = ["st", "nd", "rd", "th", "e", "er", "de", "ste"].contains(&&letters[number.len()..]);
        if ends && (1..=2).contains(&number.len()) && digits(number) {
            parts.push(Part { value: number.parse().ok()?, digits: number.len(), named: false });
            continue;
        }
        if WORDS.contains(&letters.as_str()) {
            continue;
        }
        let month = MONTHS.iter().position(|names| names.iter().any(|n| letters.starts_with(n)))?;
        parts.push(Part { value: month as i16 + 1, digits: 2, named: true });
    }
    (1..=3).contains(&parts.len()).then_some(parts)
}
