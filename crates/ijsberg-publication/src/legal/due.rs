//! The deadline of article 19a(3) of Directive 2011/36/EU for the statistics of a year.

use jiff::civil::Date;

/// Month and day in the next year: the deadline in principle, and the latest date.
const UNTIL: [(i8, i8); 2] = [(9, 30), (12, 31)];

/// The deadline for the statistics of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// In principle.
    pub in_principle: Date,
    /// The latest date, if that is not possible.
    pub at_latest: Date,
}

/// The status of a year in relation to its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Delivered in time.
    InTime,
    /// Delivered after the deadline in principle, but by the latest date.
    AtLatest,
    /// Delivered after the latest date.
    TooLate,
    /// Not delivered; the deadline is not yet past.
    Open,
    /// Not delivered; the deadline in principle is past.
    Pressing,
    /// Not delivered; the latest date is past.
    Missed,
}

impl Deadline {
    /// The deadline for a year.
    pub fn for_year(year: i16) -> Self {
        let next = year.saturating_add(1);
        let [in_principle, at_latest] =
            UNTIL.map(|(month, day)| Date::new(next, month, day).unwrap_or(Date::MAX));
        Self { in_principle, at_latest }
    }

    /// The status of a year on a day, given the date of its first delivery, if any.
    pub fn status(self, delivered: Option<Date>, today: Date) -> Due {
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
    /// The end of its message key.
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

    /// Whether action is needed.
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
        let delivered = |on| of.status(Some(on), date(2030, 1, 1));
        assert_eq!(
            [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)].map(delivered),
            [Due::InTime, Due::AtLatest, Due::AtLatest, Due::TooLate]
        );
        let not_delivered = |on| of.status(None, on);
        assert_eq!(
            [date(2026, 9, 30), date(2026, 10, 1), date(2026, 12, 31), date(2027, 1, 1)].map(not_delivered),
            [Due::Open, Due::Pressing, Due::Pressing, Due::Missed]
        );
        assert!(Due::Missed.is_pressing() && !Due::Open.is_pressing() && !Due::TooLate.is_pressing());
        // The last possible year has a deadline too.
        assert_eq!(Deadline::for_year(i16::MAX).at_latest, Date::MAX);
    }
}
