//! Precision and recall of links against a known truth.

use std::collections::HashMap;

use serde::Serialize;

/// How well one grouping of records recovers another.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quality {
    /// Share of the pairs put together that belong together.
    pub precision: f64,
    /// Share of the pairs that belong together that were put together.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
}

/// Compares groups by record with the truth by record.
///
/// ```
/// use ijsberg_linkage::evaluate::quality;
///
/// // Three pairs were put together, one of them rightly; two pairs belong together.
/// let found = quality(&[0, 0, 0, 1, 2], &[5, 5, 6, 6, 7]);
/// assert!((found.precision - 1.0 / 3.0).abs() < 1e-12 && (found.recall - 0.5).abs() < 1e-12);
/// ```
///
/// # Panics
/// When the two are not of the same length.
pub fn quality(groups: &[u32], truth: &[u32]) -> Quality {
    assert_eq!(groups.len(), truth.len(), "one group and one truth a record");
    let pairs =
        |counts: HashMap<(u32, u32), u64>| counts.values().map(|c| c * (c - 1) / 2).sum::<u64>() as f64;
    let count = |key: &dyn Fn(usize) -> (u32, u32)| {
        let mut counts = HashMap::new();
        (0..groups.len()).for_each(|i| *counts.entry(key(i)).or_insert(0) += 1);
        counts
    };
    let both = pairs(count(&|i| (groups[i], truth[i])));
    let found = pairs(count(&|i| (groups[i], 0)));
    let real = pairs(count(&|i| (truth[i], 0)));
    of_pairs(both, found, real)
}

/// From numbers of pairs: found and true, found, true.
pub fn of_pairs(both: f64, found: f64, real: f64) -> Quality {
    let share = |a: f64, b: f64| if b > 0.0 { a / b } else { 1.0 };
    let (precision, recall) = (share(both, found), share(both, real));
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    Quality { precision, recall, f1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted_within_groups() {
        let q = quality(&[0, 0, 0, 1, 2], &[5, 5, 6, 6, 7]);
        assert!((q.precision - 1.0 / 3.0).abs() < 1e-12 && (q.recall - 0.5).abs() < 1e-12);
        assert!((q.f1 - 0.4).abs() < 1e-12);
        assert_eq!(quality(&[0, 1], &[0, 1]).f1, 1.0);
    }
}
