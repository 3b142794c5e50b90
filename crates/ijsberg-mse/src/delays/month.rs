//! A month of the calendar.

use std::fmt;

use serde::{Serialize, Serializer};

/// A month of the calendar, counted from the first of year 0.
///
/// ```
/// use ijsberg_mse::delays::Month;
///
/// let march = Month::read("2016-03-31").unwrap();
/// assert_eq!((march.after(10).to_string(), march.after(10).since(march)), ("2017-01".to_owned(), 10));
/// assert!(Month::read("2016-13").is_none() && Month::read("2016").is_none());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// A month of a year, 1 to 12.
    pub fn new(year: i32, month: i32) -> Option<Self> {
        ((1..=12).contains(&month) && (0..=9999).contains(&year)).then(|| Self(12 * year + month - 1))
    }

    /// The month of a day such as `2016-05-31` or `2016-05-31T09:00:00Z`, or of `2016-05`; none where there is none.
    pub fn read(said: &str) -> Option<Self> {
        let digits = |s: &str, n: usize| {
            (s.len() == n && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<i32>().ok()).flatten()
        };
        let day = said.trim().split(['T', ' ']).next().unwrap_or_default();
        let mut parts = day.split('-');
        let (year, month) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?);
        if let Some(day) = parts.next() {
            digits(day, 2).filter(|d| (1..=31).contains(d))?;
        }
        if parts.next().is_some() { None } else { Self::new(year, month) }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// So many months later.
    #[must_use]
    pub fn after(self, months: usize) -> Self {
        Self(self.0.saturating_add(i32::try_from(months).unwrap_or(i32::MAX)))
    }

    /// How many months later than another; negative if it is earlier.
    pub fn since(self, other: Self) -> i32 {
        self.0 - other.0
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0 - 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.0.rem_euclid(12) + 1)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
