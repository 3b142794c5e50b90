//! How often each verdict was right, measured on worlds that its thresholds were not learned on.

use serde::Serialize;

use crate::diagnostics::Verdict;

/// What was measured of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Record {
    /// Tables that got the verdict.
    pub tables: u32,
    /// Of them, the share whose interval held the truth; for a lower bound, whose bound was at most the truth.
    pub held: f64,
}
