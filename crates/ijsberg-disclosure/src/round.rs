//! Rounding, for frequency tables that are published once.

use crate::protected::Protected;

/// The nearest multiple of a base; halves are rounded up. Base 3 is not available: if totals are published as well, a third of the cells
/// of small tables can be recovered exactly.
///
/// ```
/// use ijsberg_disclosure::round::{Base, to_base};
///
/// assert_eq!([2, 3, 12, 13].map(|count| to_base(count, Base::FIVE)), [0, 5, 10, 15]);
/// assert_eq!([4, 5, 14, 15].map(|count| to_base(count, Base::TEN)), [0, 10, 10, 20]);
/// ```
pub fn to_base(count: u64, base: Base) -> u64 {
    let base = base.get();
    (count + base / 2) / base * base
}

/// A count rounded to the nearest multiple of a base.
pub fn rounded(count: u64, base: Base) -> Protected {
    Protected::new(to_base(count, base))
}

/// A base for which the attack on tables with totals recovers no cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Base(u64);

impl Base {
    /// Base 5.
    pub const FIVE: Self = Self(5);
    /// Base 10.
    pub const TEN: Self = Self(10);

    /// The base as a number.
    pub fn get(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_go_to_the_nearest_multiple() {
        let five: Vec<u64> = (0..9).map(|c| to_base(c, Base::FIVE)).collect();
        assert_eq!(five, [0, 0, 0, 5, 5, 5, 5, 5, 10]);
        assert_eq!([4, 5, 14, 15].map(|c| to_base(c, Base::TEN)), [0, 10, 10, 20]);
    }
}
