//! Counts that may be given out.

/// A count that may be published: there is no other way to one than by protecting it, with noise, by rounding, or by hiding others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Protected(u64);

impl Protected {
    pub(crate) fn new(count: u64) -> Self {
        Self(count)
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}
