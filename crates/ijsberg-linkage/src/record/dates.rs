//! Dates of birth as offices write them: in which order, with which century, and what is left of an impossible one.

mod missing;
mod parts;

use super::PartialDate;
pub use missing::is_missing;
use missing::is_placeholder;
use parts::{Part, from_serial, numbers, serial, together};

/// In which order a column writes day and month where the year comes last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// 31-05-1998, as in most of Europe; also where no date of the column tells.
    #[default]
    DayFirst,
    /// 05-31-1998.
    MonthFirst,
    /// 98-05-31, with a year of two digits.
    YearFirst,
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
    /// Whether numbers of five digits are days since the end of 1899, as spreadsheets store dates.
    pub serials: bool,
}

/// The years that dates of birth may have.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=2200;

impl Dates {
    /// The date order of a column, by the majority of the dates that can be read in one way only, since some are mistakes.
    pub fn of_column<'a>(values: impl Iterator<Item = &'a str>, latest: Option<i16>) -> Self {
        let (mut day, mut month, mut year) = (0, 0, 0);
        let (mut serials, mut filled) = (0, 0);
        for value in values.filter(|v| !is_missing(v)) {
            filled += 1;
            serials += usize::from(serial(value).is_some());
            let Some([a, b, last]) = numbers(value).and_then(|n| <[Part; 3]>::try_from(n).ok()) else {
                continue;
            };
            let year_last = last.digits == 4 || (last.digits <= 2 && latest.is_some());
            if !year_last || a.digits == 4 {
                continue;
            }
            if last.digits <= 2 && a.digits == 2 && a.value > 31 {
                year += 1;
                continue;
            }
            day += usize::from(a.value > 12 && b.value <= 12);
            month += usize::from(b.value > 12 && a.value <= 12);
        }
        let order = if year > day && year > month {
            Order::YearFirst
        } else if month > day {
            Order::MonthFirst
        } else {
            Order::DayFirst
        };
        Self { order, latest, serials: serials > 0 && serials * 2 >= filled }
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
        match self.date(text) {
            Reading::Date(date) | Reading::Part(date) if is_placeholder(date) => Reading::Missing,
            reading => reading,
        }
    }

    fn date(self, text: &str) -> Reading {
        let text = text.trim();
        if text.is_empty() || is_missing(text) {
            return Reading::Missing;
        }
        if let Some(day) = serial(text).filter(|_| self.serials) {
            return from_serial(day).map_or(Reading::Unread, Reading::Date);
        }
        if let Some(date) = PartialDate::parse(text) {
            let swapped = self.order == Order::MonthFirst && !starts_with_year(text);
            if !(swapped && date.day.is_some()) {
                return Reading::Date(date);
            }
        }
        if let Some(date) = together(text, self.order) {
            return Reading::Date(date);
        }
        let Some(parts) = numbers(text) else { return Reading::Unread };
        match parts[..] {
            [year] if year.digits == 4 => self.part(year, None, None),
            [year, month] if year.digits == 4 => self.part(year, Some(month), None),
            [month, year] if year.digits == 4 || month.named => self.part(year, Some(month), None),
            [year, month, day] if year.digits == 4 => self.part(year, Some(month), Some(day)),
            // A month that is spelled out leaves no doubt about the order.
            [a, b, year] if a.named => self.part(year, Some(a), Some(b)),
            [a, b, year] if b.named => self.part(year, Some(b), Some(a)),
            [a, b, year] if self.order == Order::MonthFirst => self.part(year, Some(a), Some(b)),
            [year, month, day] if self.order == Order::YearFirst && day.digits < 4 => {
                self.part(year, Some(month), Some(day))
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: u8, day: u8) -> Reading {
        Reading::Date(PartialDate { year, month: Some(month), day: Some(day) })
    }

    const RECENT: Dates = Dates { order: Order::DayFirst, latest: Some(2026), serials: false };

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
            "31051998",
            "31 mai 1998",
            "31. Mai 1998",
            "31st May 1998",
            "May 31st, 1998",
            "zondag 31 mei 1998",
            "31/5/1998 00:00",
            "19980531",
        ] {
            assert_eq!(RECENT.read(text), day(1998, 5, 31), "{text}");
        }
        assert_eq!(RECENT.read("22-10-77"), day(1977, 10, 22));
        assert_eq!(RECENT.read("22-10-'77"), day(1977, 10, 22));
        assert_eq!(RECENT.read("22 okt ’77"), day(1977, 10, 22));
        assert_eq!(RECENT.read("'22-10-1977"), day(1977, 10, 22));
        assert_eq!(RECENT.read("04-07-06"), day(2006, 7, 4));
        assert_eq!(Dates::default().read("22-10-77"), Reading::Unread);
        let year = |year| Reading::Date(PartialDate { year, month: None, day: None });
        assert_eq!((RECENT.read("00-00-1990"), RECENT.read("1990")), (year(1990), year(1990)));
        let may = Reading::Date(PartialDate { year: 1990, month: Some(5), day: None });
        for text in [
            "mei 1990",
            "1990 May",
            "05-1990",
            "1990-05",
            "00-05-1990",
            "??-05-1990",
            "xx-05-1990",
            "1990-05-00",
            "mai 90",
        ] {
            assert_eq!(RECENT.read(text), may, "{text}");
        }
        for text in ["ca. 1990", "1990?", "±1990", "circa 1990", "??-??-1990", "1990 (geschat)", "00-00-1990"]
        {
            assert_eq!(RECENT.read(text), year(1990), "{text}");
        }
        for (month, names) in [
            (1, ["januari", "Jänner", "janvier", "January"]),
            (2, ["februari", "Februar", "février", "February"]),
            (3, ["maart", "März", "mars", "March"]),
            (4, ["april", "Apr.", "avril", "April"]),
            (6, ["juni", "Juni", "juin", "June"]),
            (7, ["juli", "Juli", "juillet", "July"]),
            (8, ["augustus", "August", "août", "Aug"]),
            (9, ["september", "Sept.", "septembre", "Sep"]),
            (10, ["oktober", "Oktober", "octobre", "October"]),
            (12, ["december", "Dezember", "décembre", "December"]),
        ] {
            for name in names {
                assert_eq!(RECENT.read(&format!("3 {name} 1990")), day(1990, month, 3), "{name}");
            }
        }
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
        for text in ["hello", "1-2-3-1990", "12"] {
            assert_eq!(RECENT.read(text), Reading::Unread, "{text}");
        }
        for text in [
            "onbekend",
            "NULL",
            "n/a",
            "-",
            "??",
            "0000-00-00",
            "",
            "X",
            "9999",
            "99-99-9999",
            "01-01-1900",
            "1900-01-01",
            "00-01-1900",
            "11-11-1111",
            "31-12-1899",
            "n.v.t.",
            "niet ingevuld",
            "unbekannt",
        ] {
            assert_eq!(RECENT.read(text), Reading::Missing, "{text}");
        }
    }

    #[test]
    fn numbers_that_spreadsheets_store_for_days_are_days() {
        let dates = Dates::of_column(["33024", "25569", "36585", "1990"].into_iter(), Some(2026));
        assert_eq!(dates.read("33024"), day(1990, 5, 31));
        assert_eq!(dates.read("25569"), day(1970, 1, 1));
        assert_eq!(dates.read("36585"), day(2000, 2, 29));
        assert_eq!(dates.read("1990"), Reading::Date(PartialDate { year: 1990, month: None, day: None }));
        // Here and there such a number is something else.
        let dates = Dates::of_column(["33024", "31-05-1990", "01-02-1990"].into_iter(), Some(2026));
        assert_eq!(dates.read("33024"), Reading::Unread);
    }

    #[test]
    fn the_date_order_of_a_column_follows_from_its_unambiguous_dates() {
        let of = |values: &[&str]| Dates::of_column(values.iter().copied(), None);
        assert_eq!(of(&["05-31-1990", "01-02-1990", "12-25-1988"]).order, Order::MonthFirst);
        assert_eq!(of(&["31-05-1990", "01-02-1990", "02-13-1988", "25-12-1988"]).order, Order::DayFirst);
        assert_eq!(of(&["01-02-1990"]).order, Order::DayFirst);
        let first = Dates::of_column(["90-05-31", "88-12-25", "05-01-02"].into_iter(), Some(2026));
        assert_eq!((first.read("90-05-31"), first.read("05-01-02")), (day(1990, 5, 31), day(2005, 1, 2)));
        let american = of(&["05-31-1990"]);
        assert_eq!(american.read("05-31-1990"), day(1990, 5, 31));
        assert_eq!(american.read("02/03/1990"), day(1990, 2, 3));
        assert_eq!(american.read("1990-02-03"), day(1990, 2, 3));
    }
}
