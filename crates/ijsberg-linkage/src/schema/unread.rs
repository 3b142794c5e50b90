//! Cells of a column that could not be read, and how many of them there may be.

use crate::record::PartialDate;
use crate::record::dates::Reading;

/// The largest share of a column's filled cells that may hold no date without linking being refused.
pub const UNREAD_SHARE: f64 = 0.05;

/// The largest share of them that may be no date or one that does not exist, from so many on: more are of another order or kind.
pub(super) const PARTIAL_SHARE: f64 = 0.25;
pub(super) const SOME: usize = 10;

/// What was read of a column of dates.
#[derive(Debug, Default)]
pub(super) struct Births {
    pub(super) filled: usize,
    pub(super) partial: Vec<u64>,
    pub(super) unread: Vec<u64>,
}

impl Births {
    pub(super) fn take(&mut self, reading: Reading, line: u64) -> Option<PartialDate> {
        self.filled += usize::from(reading != Reading::Missing);
        match reading {
            Reading::Missing => None,
            Reading::Date(date) => Some(date),
            Reading::Part(date) => {
                self.partial.push(line);
                Some(date)
            }
            Reading::Unread => {
                self.unread.push(line);
                None
            }
        }
    }
}
