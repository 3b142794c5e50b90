//! Counts that may be published.

/// A count that may be published. Only protection creates one: noise, rounding, or suppression of other counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Protected(u64);

impl Protected {
    pub(crate) fn new(count: u64) -> Self {
        Self(count)
    }

    /// The published value.
    pub fn get(self) -> u64 {
        self.0
    }
}
