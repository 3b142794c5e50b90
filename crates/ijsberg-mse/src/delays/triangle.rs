//! Counts by month and delay, as far as they can be known.

use serde::Serialize;

use super::month::Month;

/// Months of which everything has to be in, so that a share registered in time can be learnt.
pub const LEAST_COMPLETE: usize = 3;

/// The most months of a triangle; more is a slip in a date.
pub const MOST_MONTHS: usize = 1200;

/// A number of events of a month that were registered a number of months later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// The month in which they happened.
    pub month: Month,
    /// Months until they were registered.
    pub delay: usize,
    /// How many.
    pub count: u64,
}

/// What is in no figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Happened before the first month.
    pub before: u64,
    /// Registered after the last month.
    pub after: u64,
    /// Registered later than a figure waits for.
    pub later: u64,
}

/// Why there are no figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoDelays {
    /// Nothing was registered.
    #[error("there is nothing to count")]
    Nothing,
    /// Too few months to learn from.
    #[error("{months} month(s), and with a delay of {most} months at least {needed} are needed")]
    TooShort {
        /// Months that there are.
        months: usize,
        /// The longest delay.
        most: usize,
        /// Months that are needed.
        needed: usize,
    },
    /// More than [`MOST_MONTHS`].
    #[error("{months} months, and at most {MOST_MONTHS} are read")]
    TooLong {
        /// Months that there are.
        months: usize,
    },
}

/// Counts by month and delay. A month is final once it is as old as the longest delay.
#[derive(Debug, Clone, PartialEq)]
pub struct Triangle {
    /// The first month.
    pub first: Month,
    /// The longest delay, in months.
    pub most: usize,
    /// By month, how many were registered in the same month, one month later and so on, as far as that can be known.
    pub rows: Vec<Vec<f64>>,
    /// What is in none of them.
    pub left_out: LeftOut,
}

impl Triangle {
    /// Puts counts into months, from `since` to `until` and with delays of at most `most` months. Where they are not given, the first month is
    /// the first in which anything was registered: of what happened earlier only the late part could have been registered. The last month is the last
    /// in which anything was.
    ///
    /// # Errors
    /// If there is nothing to count, or too few months to learn from.
    pub fn new(
        lags: &[Lag],
        since: Option<Month>,
        until: Option<Month>,
        most: usize,
    ) -> Result<Self, NoDelays> {
        let registered = |l: &Lag| l.month.after(l.delay);
        let there = || lags.iter().filter(|l| l.count > 0);
        let first = since.or_else(|| there().map(registered).min()).ok_or(NoDelays::Nothing)?;
        let last = until.or_else(|| there().map(registered).max()).ok_or(NoDelays::Nothing)?;
        let months = usize::try_from(last.since(first) + 1).unwrap_or(0);
        let needed = most + LEAST_COMPLETE;
        if months > MOST_MONTHS {
            return Err(NoDelays::TooLong { months });
        }
        if months < needed {
            return Err(NoDelays::TooShort { months, most, needed });
        }
        let mut rows: Vec<Vec<f64>> = (0..months).map(|i| vec![0.0; (months - i).min(most + 1)]).collect();
        let mut left_out = LeftOut::default();
        for l in there() {
            let Ok(row) = usize::try_from(l.month.since(first)) else {
                left_out.before += l.count;
                continue;
            };
            if registered(l) > last {
                left_out.after += l.count;
            } else if l.delay > most {
                left_out.later += l.count;
            } else {
                rows[row][l.delay] += l.count as f64;
            }
        }
        if rows.iter().flatten().all(|n| *n == 0.0) {
            return Err(NoDelays::Nothing);
        }
        Ok(Self { first, most, rows, left_out })
    }

    /// The triangle as it was when the given number of months had passed since the first.
    #[must_use]
    pub(super) fn at(&self, months: usize) -> Vec<Vec<f64>> {
        let cut = |(i, row): (usize, &Vec<f64>)| row[..row.len().min(months - i)].to_vec();
        self.rows.iter().take(months).enumerate().map(cut).collect()
    }
}
