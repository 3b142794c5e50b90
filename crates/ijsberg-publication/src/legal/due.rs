//! Until when article 19a(3) of Directive 2011/36/EU asks for the statistics of a year.

use jiff::civil::Date;

/// Month and day of the next year until which they are sent in principle, and at the latest.
const UNTIL: [(i8, i8); 2] = [(9, 30), (12, 31)];

/// Until when the statistics of a year are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// In principle.
    pub in_principle: Date,
    /// Where that is not possible.
    pub at_latest: Date,
}

/// How a year stands against its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Delivered in time.
    InTime,
    /// Delivered after the first day, not after the last.
    AtLatest,
    /// Delivered after the last day.
    TooLate,
    /// Not delivered, and still in time.
    Open,
    /// Not delivered, with the first day past.
    Pressing,
    /// Not delivered, with the last day past.
    Missed,
}

impl Deadline {
    /// That of a year.
    pub fn for_year(year: i16) -> Self {
        let next = year.saturating_add(1);
        let [in_principle, at_latest] =
            UNTIL.map(|(month, day)| Date::new(next, month, day).unwrap_or(Date::MAX));
        Self { in_principle, at_latest }
    }

    /// How a year stands against it on a day, where it was first delivered on another, if it was.
    pub fn stands(self, delivered: Option<Date>, today: Date) -> Due {
        match delivered {
            Some(on) if on <= self.in_principle => Due::InTime,
            Some(on) if on <= self.at_latest => Due::AtLatest,
            Some(_) => Due::TooLate,
            None if today <= self.in_principle => Due::Open,
            None if today <= self.at_latest => Due::Pressing,
            None => Due::Missed,
        }
    }
}

impl Due {
    /// The end of the key of its words.
    pub fn key(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::AtLatest => "at-latest",
            Self::TooLate => "too-late",
            Self::Open => "open",
            Self::Pressing => "pressing",
            Self::Missed => "missed",
        }
    }

    /// Whether somebody has something to do.
    pub fn is_pressing(self) -> bool {
        matches!(self, Self::Pressing | Self::Missed)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_year_is_due_on_30_september_of_the_next_and_at_the_latest_on_31_december() {
        let of = Deadline::for_year(2025);
        assert_eq!(of, Deadline { in_principle: date(2026, 9, 30), at_latest: date(2026, 12, 31) });
        let delivered = |on| of.stands(Some(on), date(2030, 1, 1));
        assert_eq!(
            [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)].map(delivered),
            [Due::InTime, Due::AtLatest, Due::AtLatest, Due::TooLate]
        );
        let waits = |on| of.stands(None, on);
        assert_eq!(
            [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)].map(waits),
            [Due::Open, Due::Pressing, Due::Pressing, Due::Missed]
        );
        assert!(Due::Missed.is_pressing() && !Due::Open.is_pressing() && !Due::TooLate.is_pressing());
        // No year is so late that there is no day for it.
        assert_eq!(Deadline::for_year(i16::MAX).at_latest, Date::MAX);
    }
}
