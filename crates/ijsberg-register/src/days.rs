//! Days as precisely as they are known, within a plausible range: with a slip such as 0206 or 9999 a person would be erased at once or kept
//! for ever.

use jiff::civil::Date;

/// The earliest year that any day here can be of.
const EARLIEST: i16 = 1900;
/// The latest, for what is planned.
const LATEST: i16 = 2100;

/// A day, a month or a year: 2016-05-31, 2016-05, 2016.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialDay {
    first: Date,
    last: Date,
}

impl PartialDay {
    /// Parses a text; nothing if it is no such day, or one out of range.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return None;
        }
        let of = |text: &str| text.parse::<Date>().ok();
        let day = match text.len() {
            4 => Self { first: of(&format!("{text}-01-01"))?, last: of(&format!("{text}-12-31"))? },
            7 => {
                let first = of(&format!("{text}-01"))?;
                Self { first, last: first.last_of_month() }
            }
            10 => Self { first: of(text)?, last: of(text)? },
            _ => return None,
        };
        (EARLIEST..=LATEST).contains(&day.first.year()).then_some(day)
    }

    /// Its first day.
    pub fn first(self) -> Date {
        self.first
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.last
    }

    /// Whether it has begun. Somewhere it is tomorrow already.
    pub fn has_begun(self, today: Date) -> bool {
        today.tomorrow().is_ok_and(|t| self.first <= t)
    }
}

/// The stored form of a day typed with the day first, 31-05-2016, 31/5/2016 or 5-2016; anything else is left as typed. Years have four
/// digits: the meaning of 5-6-16 is not guessed.
pub fn typed(text: &str) -> String {
    let text = text.trim();
    let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let kept = match parts[..] {
        [day, month, year] if digits(day, 2) && digits(month, 2) && digits(year, 4) && year.len() == 4 => {
            format!("{year}-{month:0>2}-{day:0>2}")
        }
        [month, year] if digits(month, 2) && digits(year, 4) && year.len() == 4 => {
            format!("{year}-{month:0>2}")
        }
        _ => return text.to_owned(),
    };
    if PartialDay::parse(&kept).is_some() { kept } else { text.to_owned() }
}

/// Whether something can have happened then: a day that has begun.
pub(crate) fn happened(text: &str, today: Date) -> bool {
    PartialDay::parse(text).is_some_and(|d| d.has_begun(today))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_taken_as_people_type_them() {
        for (text, kept) in [
            ("31-05-2016", "2016-05-31"),
            (" 31/5/2016 ", "2016-05-31"),
            ("1.5.2016", "2016-05-01"),
            ("5-2016", "2016-05"),
            ("05/2016", "2016-05"),
            ("2016", "2016"),
            ("2016-05-31", "2016-05-31"),
            ("2016-05", "2016-05"),
            // Not a day, or not certainly one: left as it is, and refused with what was typed.
            ("31-02-2016", "31-02-2016"),
            ("05-31-2016", "05-31-2016"),
            ("5-6-16", "5-6-16"),
            ("31-05-0206", "31-05-0206"),
            ("mei 2016", "mei 2016"),
            ("", ""),
            ("--", "--"),
        ] {
            assert_eq!(typed(text), kept, "{text}");
        }
    }

    #[test]
    fn slips_are_no_days() {
        let today = "2026-11-24".parse().unwrap();
        for wrong in [
            "0206-05-01",
            "9999-05-01",
            "2031-13-45",
            "2019-02-29",
            "hello",
            "",
            "2016-5",
            "+016",
            "-016",
            "2016-00",
            "20160531",
            "1899-12-31",
            "2101",
        ] {
            assert_eq!(PartialDay::parse(wrong), None, "{wrong}");
        }
        for (text, last) in [("2016", "2016-12-31"), ("2016-02", "2016-02-29"), ("2016-05-31", "2016-05-31")]
        {
            assert_eq!(PartialDay::parse(text).unwrap().last().to_string(), last);
        }
        assert!(happened("2026", today) && happened("2026-11-25", today));
        assert!(!happened("2026-11-26", today) && !happened("2027", today) && !happened("2026-12", today));
    }
}
