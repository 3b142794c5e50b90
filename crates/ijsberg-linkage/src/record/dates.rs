//! Dates of birth as offices write them: in which order, with which century, and what is left of an impossible one.

use super::PartialDate;
use crate::normalise::fold;

/// Texts that stand for a missing value.
const MISSING: [&str; 16] = [
    "onbekend",
    "unknown",
    "null",
    "none",
    "nvt",
    "n v t",
    "n a",
    "nb",
    "n b",
    "niet bekend",
    "not known",
    "geen",
    "leeg",
    "empty",
    "xx",
    "xxx",
];

/// Whether a text stands for a missing value: `onbekend`, `NULL`, `n/a`, question marks, dashes, zeros.
pub fn is_missing(text: &str) -> bool {
    let folded = fold(text);
    MISSING.contains(&folded.as_str()) || folded.bytes().all(|b| b == b'0' || b == b' ')
}

/// Months by their first letters, in English and Dutch.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar", "maa", "mrt"],
    &["apr"],
    &["may", "mei"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec"],
];

/// In which order a column writes day and month where the year comes last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// 31-05-1998, as in most of Europe; also where no date of the column tells.
    #[default]
    DayFirst,
    /// 05-31-1998.
    MonthFirst,
}

/// What a value holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Nothing.
    Missing,
    /// A date, as precise as it is written.
    Date(PartialDate),
    /// The possible parts of a date that does not exist.
    Part(PartialDate),
    /// Something else.
    Unread,
}

/// How a column writes dates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Dates {
    /// Day or month first.
    pub order: Order,
    /// The last year that two digits may stand for; without it a year of two digits is not read.
    pub latest: Option<i16>,
}

/// The years that dates of birth may have.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=2200;

impl Dates {
    /// How a column writes dates, told by those that can be read in one way only: by most of them, since some are slips.
    pub fn of_column<'a>(values: impl Iterator<Item = &'a str>, latest: Option<i16>) -> Self {
        let (mut day, mut month) = (0, 0);
        for value in values {
            let Some([a, b, last]) = numbers(value).and_then(|n| <[Part; 3]>::try_from(n).ok()) else {
                continue;
            };
            let year_last = last.digits == 4 || (last.digits == 2 && latest.is_some());
            if !year_last || a.digits == 4 {
                continue;
            }
            day += usize::from(a.value > 12 && b.value <= 12);
            month += usize::from(b.value > 12 && a.value <= 12);
        }
        Self { order: if month > day { Order::MonthFirst } else { Order::DayFirst }, latest }
    }

    /// Reads one value.
    ///
    /// ```
    /// use ijsberg_linkage::record::dates::{Dates, Reading};
    ///
    /// let dates = Dates { latest: Some(2026), ..Dates::default() };
    /// let Reading::Date(date) = dates.read("3 mei 77") else { panic!() };
    /// assert_eq!((date.year, date.month, date.day), (1977, Some(5), Some(3)));
    /// let Reading::Part(date) = dates.read("31-04-1990") else { panic!() };
    /// assert_eq!((date.year, date.month, date.day), (1990, Some(4), None));
    /// ```
    pub fn read(self, text: &str) -> Reading {
        let text = text.trim();
        if text.is_empty() || is_missing(text) {
            return Reading::Missing;
        }
        if let Some(date) = PartialDate::parse(text) {
            let swapped = self.order == Order::MonthFirst && !starts_with_year(text);
            if !(swapped && date.day.is_some()) {
                return Reading::Date(date);
            }
        }
        let Some(parts) = numbers(text) else { return Reading::Unread };
        match parts[..] {
            [year] if year.digits == 4 => self.part(year, None, None),
            [year, month] if year.digits == 4 => self.part(year, Some(month), None),
            [month, year] if year.digits == 4 => self.part(year, Some(month), None),
            [year, month, day] if year.digits == 4 => self.part(year, Some(month), Some(day)),
            // A month that is spelled out leaves no doubt about the order.
            [a, b, year] if a.named => self.part(year, Some(a), Some(b)),
            [a, b, year] if b.named => self.part(year, Some(b), Some(a)),
            [a, b, year] if self.order == Order::MonthFirst => self.part(year, Some(a), Some(b)),
            [a, b, year] => self.part(year, Some(b), Some(a)),
            _ => Reading::Unread,
        }
    }

    /// A date from its parts, or what of it is possible.
    fn part(self, year: Part, month: Option<Part>, day: Option<Part>) -> Reading {
        let Some(year) = self.year(year) else { return Reading::Unread };
        let (m, d) = (month.map(|m| m.value), day.map(|d| d.value));
        if let Some(date) = PartialDate::new(year, m, d) {
            return Reading::Date(date);
        }
        // Zeros stand for parts that are not known.
        let unknown = m == Some(0) || d == Some(0);
        let rest = PartialDate::new(year, m.filter(|m| *m > 0), None).or(PartialDate::new(year, None, None));
        match rest {
            Some(date) if unknown => Reading::Date(date),
            Some(date) => Reading::Part(date),
            None => Reading::Unread,
        }
    }

    fn year(self, part: Part) -> Option<i16> {
        let year = match part.digits {
            4 => part.value,
            2 => {
                let latest = self.latest?;
                let within = latest - latest % 100 + part.value;
                if within > latest { within - 100 } else { within }
            }
            _ => return None,
        };
        YEARS.contains(&year).then_some(year)
    }
}

fn starts_with_year(text: &str) -> bool {
    text.bytes().take_while(u8::is_ascii_digit).count() >= 4
}

/// A number, or a month by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    value: i16,
    digits: usize,
    named: bool,
}

/// The parts of a date; `None` where there is something else in it. A time of day behind it says nothing.
fn numbers(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let text = text.split('T').next().filter(|t| t.ends_with(|c: char| c.is_ascii_digit())).unwrap_or(text);
    for word in text.split([' ', '-', '/', '.', ',']).filter(|w| !w.is_empty()) {
        if parts.len() == 3 && word.contains(':') {
            break;
        }
        if (1..=4).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()) {
            parts.push(Part { value: word.parse().ok()?, digits: word.len(), named: false });
            continue;
        }
        let letters = fold(word);
        let month = MONTHS.iter().position(|names| names.iter().any(|n| letters.starts_with(n)))?;
        parts.push(Part { value: month as i16 + 1, digits: 2, named: true });
    }
    (1..=3).contains(&parts.len()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: u8, day: u8) -> Reading {
        Reading::Date(PartialDate { year, month: Some(month), day: Some(day) })
    }

    const RECENT: Dates = Dates { order: Order::DayFirst, latest: Some(2026) };

    #[test]
    fn dates_as_offices_write_them() {
        for text in [
            "31-05-1998",
            "31/5/98",
            "31 mei 1998",
            "May 31, 1998",
            "31-MEI-98",
            "1998-05-31 00:00:00",
            "1998-05-31T00:00:00",
        ] {
            assert_eq!(RECENT.read(text), day(1998, 5, 31), "{text}");
        }
        assert_eq!(RECENT.read("22-10-77"), day(1977, 10, 22));
        assert_eq!(RECENT.read("04-07-06"), day(2006, 7, 4));
        assert_eq!(Dates::default().read("22-10-77"), Reading::Unread);
        let year = |year| Reading::Date(PartialDate { year, month: None, day: None });
        assert_eq!((RECENT.read("00-00-1990"), RECENT.read("1990")), (year(1990), year(1990)));
        assert_eq!(
            RECENT.read("mei 1990"),
            Reading::Date(PartialDate { year: 1990, month: Some(5), day: None })
        );
    }

    #[test]
    fn what_is_possible_of_an_impossible_date_is_kept() {
        let part = |year, month| Reading::Part(PartialDate { year, month, day: None });
        for (text, kept) in [
            ("1990-02-30", part(1990, Some(2))),
            ("31-04-1990", part(1990, Some(4))),
            ("1990-13-01", part(1990, None)),
            ("05-31-1990", part(1990, None)),
        ] {
            assert_eq!(RECENT.read(text), kept, "{text}");
        }
        for text in ["99-99-9999", "hello", "1-2-3-1990", "12"] {
            assert_eq!(RECENT.read(text), Reading::Unread, "{text}");
        }
        for text in ["onbekend", "NULL", "n/a", "-", "??", "0000-00-00", ""] {
            assert_eq!(RECENT.read(text), Reading::Missing, "{text}");
        }
    }

    #[test]
    fn the_order_of_a_column_is_told_by_dates_that_can_be_read_in_one_way() {
        let of = |values: &[&str]| Dates::of_column(values.iter().copied(), None);
        assert_eq!(of(&["05-31-1990", "01-02-1990", "12-25-1988"]).order, Order::MonthFirst);
        assert_eq!(of(&["31-05-1990", "01-02-1990", "02-13-1988", "25-12-1988"]).order, Order::DayFirst);
        assert_eq!(of(&["01-02-1990"]).order, Order::DayFirst);
        let american = of(&["05-31-1990"]);
        assert_eq!(american.read("05-31-1990"), day(1990, 5, 31));
        assert_eq!(american.read("02/03/1990"), day(1990, 2, 3));
        assert_eq!(american.read("1990-02-03"), day(1990, 2, 3));
    }
}
