//! A person's age is stated in several fields, which must not contradict each other.

use jiff::civil::Date;

use crate::days::PartialDay;
use crate::expected::Wanted;

/// Years from which nobody is a minor.
const OF_AGE: i16 = 18;

/// The fields about age, each of which is valid by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AgeFacts<'a> {
    pub(crate) happened_on: &'a str,
    pub(crate) birth_year: Option<i64>,
    pub(crate) birth_date: Option<&'a str>,
    pub(crate) minor: &'a str,
}

impl AgeFacts<'_> {
    /// The field that contradicts another one; the expected value names that other field.
    pub(crate) fn contradiction(self) -> Option<(&'static str, Wanted)> {
        let happened = PartialDay::parse(self.happened_on)?;
        let date = self.birth_date.map(str::trim).and_then(PartialDay::parse);
        if let (Some(date), Some(year)) = (date, self.birth_year)
            && i64::from(date.first().year()) != year
        {
            return Some(("birth_year", Wanted::YearOfBirthDate));
        }
        let (field, birth) = match (date, self.birth_year) {
            (Some(date), _) => ("birth_date", date),
            (None, Some(year)) => ("birth_year", PartialDay::parse(&format!("{year:04}"))?),
            (None, None) => return None,
        };
        if birth.first() > happened.last() {
            return Some((field, Wanted::BornBefore));
        }
        // An adult may have been a minor at the time; a person who is under age now was under age then.
        let most = years(birth.first(), happened.last());
        (self.minor == "no" && most < OF_AGE).then_some(("minor", Wanted::UnderAge))
    }
}

/// Whole years from one day to another.
fn years(from: Date, to: Date) -> i16 {
    let before = (to.month(), to.day()) < (from.month(), from.day());
    to.year() - from.year() - i16::from(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictory_ages_are_found_and_possible_ones_are_accepted() {
        let said = |happened_on, birth_year, birth_date, minor| {
            AgeFacts { happened_on, birth_year, birth_date, minor }.contradiction()
        };
        for (happened, year, date, minor, wrong) in [
            ("2016-05-31", Some(2017), None, "unknown", Some(("birth_year", Wanted::BornBefore))),
            ("2016-05-31", None, Some("2016-06-01"), "unknown", Some(("birth_date", Wanted::BornBefore))),
            ("2016", Some(2016), None, "yes", None),
            ("2016-05-31", Some(1990), Some("1991-02"), "no", Some(("birth_year", Wanted::YearOfBirthDate))),
            ("2016-05-31", Some(1990), Some("1990-02"), "no", None),
            ("2016-05-31", Some(1990), None, "yes", None),
            ("2016-05-31", Some(2010), None, "no", Some(("minor", Wanted::UnderAge))),
            // Seventeen or eighteen: nothing shows which.
            ("2016-05-31", Some(1998), None, "yes", None),
            ("2016-05-31", Some(1998), None, "no", None),
            ("2016-05-31", None, Some("1998-05-31"), "yes", None),
            ("2016-05-31", None, Some("1998-06-01"), "no", Some(("minor", Wanted::UnderAge))),
            ("2016-05-31", Some(2010), None, "not_asked", None),
            ("2016-05-31", None, None, "yes", None),
        ] {
            assert_eq!(said(happened, year, date, minor), wrong, "{happened} {year:?} {date:?} {minor}");
        }
    }
}
