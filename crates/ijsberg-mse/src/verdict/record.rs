//! How often each verdict was right, measured on other worlds than those on which its thresholds were learned.

use serde::Serialize;

use crate::fitness::Verdict;

/// The measured error rate of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Record {
    /// Tables that got the verdict.
    pub tables: u32,
    /// Of them, the share whose interval held the truth; for a lower bound, whose bound was at most the truth.
    pub held: f64,
}

/// Measured by `cargo run --release -p ijsberg-mse --example calibrate -- 120` on the worlds marked `judge`. For a
/// lower bound these are all their tables, since the bound is worked out for each.
const MEASURED: [(Verdict, Record); 3] = [
    (Verdict::FitToPublish, Record { tables: 711, held: 0.958 }),
    (Verdict::RangeOnly, Record { tables: 208, held: 0.971 }),
    (Verdict::LowerBoundOnly, Record { tables: 960, held: 0.971 }),
];

/// The measured error rate of a verdict; `None` for verdicts that publish nothing.
pub fn measured_record(verdict: Verdict) -> Option<Record> {
    MEASURED.iter().find(|m| m.0 == verdict).map(|m| m.1)
}
