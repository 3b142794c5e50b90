//! Records of persons as organisations hold them.

pub mod dates;

use std::fmt;
use std::sync::Arc;

use crate::comparators::Comparison;

/// The most lists: a history is a bit mask, and cells of all histories are kept.
pub const MAX_LISTS: usize = 16;

/// A date as precise as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartialDate {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: Option<u8>,
    /// The day, 1 to 31; only with a month.
    pub day: Option<u8>,
}

impl PartialDate {
    /// 1 January, which registrars write when they know the year only.
    pub fn is_default(self) -> bool {
        self.month == Some(1) && self.day == Some(1)
    }

    /// Reads `2001-02-03`, `03-02-2001`, `3/2/2001`, `3.2.2001`, `2001-02`, `20010203` or `2001`; day before month. `None` for
    /// anything else, and for days that do not exist.
    ///
    /// ```
    /// use ijsberg_linkage::record::PartialDate;
    ///
    /// let date = PartialDate::parse("3/2/2001");
    /// assert_eq!(date, Some(PartialDate { year: 2001, month: Some(2), day: Some(3) }));
    /// assert_eq!(date, PartialDate::parse("2001-02-03"));
    /// assert_eq!(PartialDate::parse("2001"), Some(PartialDate { year: 2001, month: None, day: None }));
    /// assert_eq!(PartialDate::parse("2001-02-30"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A time of day behind the date says nothing here; anything else may say a month.
        let (text, behind) = text.split_once(['T', ' ']).unwrap_or((text, ""));
        let time = behind.contains(':') && behind.trim_start().starts_with(|c: char| c.is_ascii_digit());
        if !behind.is_empty() && !time {
            return None;
        }
        if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
            let part = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
            return Self::new(part(0..4)?, Some(part(4..6)?), Some(part(6..8)?));
        }
        let numbers: Vec<&str> = text.split(['-', '/', '.']).collect();
        if !numbers.iter().all(|n| (1..=4).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit())) {
            return None;
        }
        let number = |i: usize| numbers[i].parse::<i16>().ok();
        match numbers.len() {
            1 if numbers[0].len() == 4 => Self::new(number(0)?, None, None),
            2 if numbers[0].len() == 4 => Self::new(number(0)?, Some(number(1)?), None),
            3 if numbers[0].len() == 4 => Self::new(number(0)?, Some(number(1)?), Some(number(2)?)),
            3 if numbers[2].len() == 4 => Self::new(number(2)?, Some(number(1)?), Some(number(0)?)),
            _ => None,
        }
    }

    fn new(year: i16, month: Option<i16>, day: Option<i16>) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            Some(2) => 28 + i16::from(leap),
            Some(4 | 6 | 9 | 11) => 30,
            _ => 31,
        };
        let fits = (1000..=2200).contains(&year)
            && month.is_none_or(|m| (1..=12).contains(&m))
            && day.is_none_or(|d| (1..=length).contains(&d));
        fits.then_some(Self { year, month: month.map(|m| m as u8), day: day.map(|d| d as u8) })
    }
}

/// One record on one list. Empty texts are missing. Its debug output shows the list and nothing about the person, so that no panic message
/// or log identifies the person.
#[derive(Clone, Default, PartialEq)]
pub struct Record {
    /// The list, as an index.
    pub list: usize,
    /// Given names, and others under which the person is known.
    pub given: Vec<String>,
    /// Family names, likewise.
    pub family: Vec<String>,
    /// Date of birth.
    pub birth: Option<PartialDate>,
    /// Sex, in any coding that all lists share.
    pub sex: Option<String>,
    /// Nationality, likewise; several with `;`, `|`, a line break, or a stroke between blanks between them, of which two records agree by one.
    pub nationality: Option<String>,
    /// Place, likewise.
    pub place: Option<String>,
    /// Other parts of the address, each always at the same place; empty where missing.
    pub address: Vec<String>,
    /// A number that only this person has, where there is one.
    pub identifier: Option<String>,
    /// Telephone numbers and email addresses, as [`crate::normalise::contacts`] gives them.
    pub contacts: Vec<String>,
    /// Values for the comparisons that the schema sets, each always at the same place.
    pub own: Vec<Own>,
}

/// A value for a comparison that a schema sets.
#[derive(Clone, PartialEq)]
pub struct Own {
    /// The value; empty where missing.
    pub text: String,
    /// How it is compared: the same for all records.
    pub by: Arc<Comparison>,
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").field("list", &self.list).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_of_a_record_reveals_nothing_about_the_person() {
        let record =
            Record { given: vec!["Kanarie".into()], identifier: Some("123".into()), ..Record::default() };
        assert_eq!(format!("{record:?}"), "Record { list: 0, .. }");
    }

    #[test]
    fn dates_in_the_usual_orders_and_no_impossible_ones() {
        let day = |y, m, d| Some(PartialDate { year: y, month: Some(m), day: Some(d) });
        for text in ["2001-02-03", "03-02-2001", "3/2/2001", "3.2.2001", "20010203", "2001-02-03T10:00:00"] {
            assert_eq!(PartialDate::parse(text), day(2001, 2, 3), "{text}");
        }
        assert_eq!(PartialDate::parse("2001"), Some(PartialDate { year: 2001, month: None, day: None }));
        assert_eq!(PartialDate::parse("2001-02").and_then(|d| d.month), Some(2));
        for text in
            ["2001-02-30", "31-04-2001", "2001-13-01", "unknown", "", "12", "99-99-9999", "1-2-3-2001"]
        {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
        assert!(day(1990, 1, 1).unwrap().is_default() && PartialDate::parse("2000-02-29").is_some());
    }
}
