//! Whether the counts of a year are preliminary, final or revised: notifications of a year keep coming in after it.

use jiff::civil::Date;

use crate::ledger::Ledger;
use crate::legal::country::Country;
use crate::legal::deliver::Delivery;
use crate::legal::measure::Measure;
use crate::persons::REVISED;

/// What kind of figures counts are; the one to be most careful with last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Everything is in that is waited for.
    #[default]
    Final,
    /// Final, and other than was published before.
    Revised,
    /// More is still to come.
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

    /// The first day on which the counts of a year are final: so many months after it as the profile of the country says, which is the
    /// longest delay that is waited for.
    pub fn settled(country: &Country, year: i16) -> Date {
        let months = i16::from(country.final_after);
        let month = i8::try_from(1 + months % 12).unwrap_or(1);
        Date::new(year.saturating_add(1 + months / 12), month, 1).unwrap_or(Date::MAX)
    }

    /// That of the counts of a year as they were on a day, published with noise of its own for the how-manieth time.
    pub fn of(country: &Country, year: i16, on: Date, vintage: usize) -> Self {
        if on < Self::settled(country, year) {
            Self::Preliminary
        } else if vintage > 1 {
            Self::Revised
        } else {
            Self::Final
        }
    }
}

impl Delivery {
    /// What kind of figures those of a measure are.
    pub fn stage(&self, measure: Measure) -> Stage {
        let of = self.released(measure);
        let (vintage, held_back) = of.map_or((0, 0), |of| (of.vintage, of.held_back));
        // So many more would revise the year, and could not: more is still to come.
        if held_back >= REVISED {
            return Stage::Preliminary;
        }
        Stage::of(&self.asked.country, self.asked.year, self.asked.date, vintage)
    }

    /// The same of several measures together: that to be most careful with.
    pub fn stage_of(&self, measures: &[Measure]) -> Stage {
        measures.iter().map(|m| self.stage(*m)).max().unwrap_or_default()
    }

    /// What has been published of a measure once it is delivered; where nothing is, what was before.
    pub fn published(&self, measure: Measure) -> Option<&Ledger> {
        let after = self.ledgers().find(|l| l.0 == measure).map(|l| l.1);
        after.or_else(|| self.earlier().get(&measure))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_preliminary_until_its_last_month_is_final() {
        let mut country = Country::shipped("528").unwrap();
        assert_eq!(Stage::settled(&country, 2025), date(2027, 1, 1));
        let of = |country: &Country, day, vintage| Stage::of(country, 2025, day, vintage);
        assert_eq!(of(&country, date(2026, 9, 30), 1), Stage::Preliminary);
        assert_eq!(of(&country, date(2026, 12, 31), 2), Stage::Preliminary);
        assert_eq!(of(&country, date(2027, 1, 1), 1), Stage::Final);
        assert_eq!(of(&country, date(2027, 9, 30), 2), Stage::Revised);
        country.final_after = 18;
        assert_eq!(Stage::settled(&country, 2025), date(2027, 7, 1));
        assert_eq!(of(&country, date(2027, 6, 30), 1), Stage::Preliminary);
        assert!(Stage::Preliminary > Stage::Revised && Stage::Revised > Stage::Final);
    }
}
