//! Whether the counts of a year are preliminary, final or revised: notifications about a year continue to arrive after it ends.

use jiff::civil::Date;

use crate::country::Country;
use crate::edition::Edition;
use crate::ledger::Release;
use crate::persons::is_behind;

/// The status of counts, in the order of the caution that they need.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// No more notifications are expected.
    #[default]
    Final,
    /// Final, and different from what was published before.
    Revised,
    /// More notifications are expected.
    Preliminary,
}

impl Stage {
    /// Its name in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Final => "final",
            Self::Revised => "revised",
            Self::Preliminary => "preliminary",
        }
    }

    /// The first day on which the counts of a year are final: the number of months after it that the country profile states, which is the
    /// longest delay allowed for.
    pub fn final_from(country: &Country, year: i16) -> Date {
        let months = i16::from(country.final_after);
        let month = i8::try_from(1 + months % 12).unwrap_or(1);
        Date::new(year.saturating_add(1 + months / 12), month, 1).unwrap_or(Date::MAX)
    }

    /// The stage of the counts of a year on a day; `vintage` is the number of times the year was published with new noise. If `is_behind`,
    /// enough people arrived or left to revise the year but it was not revised, so it stays preliminary. Every release uses this
    /// function.
    pub fn on_day(country: &Country, year: i16, on: Date, vintage: usize, is_behind: bool) -> Self {
        if is_behind || on < Self::final_from(country, year) {
            Self::Preliminary
        } else if vintage > 1 {
            Self::Revised
        } else {
            Self::Final
        }
    }

    /// The stage of the counts of a year in a release, according to the log.
    pub fn of_release(country: &Country, year: i16, r: &Release) -> Self {
        let named = year.to_string();
        let on = r.date.parse().unwrap_or(Date::MIN);
        let vintage = r.vintages.get(&named).copied().unwrap_or(0);
        Self::on_day(country, year, on, vintage, r.behind.contains(&named))
    }

    /// The end of its message key, for counts on a day. A preliminary year that should be final by then has its own message: its late
    /// notifications are not awaited but left out.
    pub(crate) fn key(self, country: &Country, year: i16, on: Date) -> &'static str {
        let is_late = on >= Self::final_from(country, year);
        if self == Self::Preliminary && is_late { "behind" } else { self.code() }
    }
}

impl Edition {
    /// The stage of the figures of a year; `None` without a country profile, since it is then not known how long notifications continue to
    /// arrive.
    pub fn stage(&self, year: i16) -> Option<Stage> {
        let held_back = self.held_back.get(&year.to_string()).copied().unwrap_or(0);
        let (on, vintage) = (self.options.date, self.vintage(year));
        self.profile.as_ref().map(|country| Stage::on_day(country, year, on, vintage, is_behind(held_back)))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_preliminary_until_its_last_month_is_final() {
        let mut country = Country::shipped("528").unwrap();
        assert_eq!(Stage::final_from(&country, 2025), date(2027, 1, 1));
        let of = |country: &Country, day, vintage| Stage::on_day(country, 2025, day, vintage, false);
        assert_eq!(of(&country, date(2026, 9, 30), 1), Stage::Preliminary);
        assert_eq!(of(&country, date(2026, 12, 31), 2), Stage::Preliminary);
        assert_eq!(of(&country, date(2027, 1, 1), 1), Stage::Final);
        assert_eq!(of(&country, date(2027, 9, 30), 2), Stage::Revised);
        country.final_after = 18;
        assert_eq!(Stage::final_from(&country, 2025), date(2027, 7, 1));
        assert_eq!(of(&country, date(2027, 6, 30), 1), Stage::Preliminary);
        assert!(Stage::Preliminary > Stage::Revised && Stage::Revised > Stage::Final);
    }

    #[test]
    fn a_year_that_could_not_be_revised_stays_preliminary() {
        let country = Country::shipped("528").unwrap();
        let (early, late) = (date(2026, 9, 30), date(2027, 9, 30));
        let of = |day, is_behind| Stage::on_day(&country, 2025, day, 3, is_behind);
        assert_eq!([of(late, false), of(late, true)], [Stage::Revised, Stage::Preliminary]);
        let key = |day| of(day, true).key(&country, 2025, day);
        assert_eq!([key(early), key(late)], ["preliminary", "behind"]);
        assert_eq!(Stage::Revised.key(&country, 2025, late), "revised");
    }
}
