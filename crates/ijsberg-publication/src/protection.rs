//! The protection of counts: which counts are small, how tables are protected, and what a published count discloses about the true one.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::round::Base;
use serde::{Deserialize, Serialize};

/// Counts below this threshold are small.
pub const THRESHOLD: u64 = 10;

/// How the counts in tables of reported persons are protected. Capture histories, and estimates computed from them, always have noise,
/// because rounding and suppression would make an estimate useless.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TableProtection {
    /// Counts with the same noise as the histories.
    #[default]
    Noise,
    /// Counts rounded to multiples of 5.
    Rounded,
    /// Small counts suppressed, and other counts so that the small ones cannot be recovered; published counts are exact.
    Suppressed,
}

impl TableProtection {
    /// The protection of counts for SDG indicator 16.2.2: rounded if counts in tables are rounded, otherwise with noise.
    pub(crate) fn for_sdg_counts(self) -> CountProtection {
        match self {
            Self::Rounded => CountProtection::Rounded,
            Self::Noise | Self::Suppressed => CountProtection::Noise,
        }
    }
}

/// What a published count discloses about the true one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CountProtection {
    /// It has noise: the true count is within the limits of the noise.
    #[default]
    Noise,
    /// It is the nearest multiple of 5.
    Rounded,
    /// It is the true count.
    Exact,
    /// It is suppressed: the true count is not zero, and the stored value means nothing.
    Hidden,
}

impl CountProtection {
    /// The bounds that a count with this protection discloses for a sum of cells. The noise is bounded, a true zero stays zero, and a
    /// published zero comes from a true count within the largest noise.
    pub(crate) fn published(self, cells: Vec<usize>, noise: &Noise, value: u64) -> Published {
        let largest = noise.largest.unsigned_abs();
        let (low, high) = match self {
            Self::Hidden => return Published::hidden(cells),
            Self::Rounded => return Published::rounded(cells, value, Base::FIVE.get()),
            Self::Exact => (value, value),
            Self::Noise => (value.saturating_sub(largest).max(u64::from(value > 0)), value + largest),
        };
        Published { cells, low, high }
    }

    // Serde passes a reference.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn is_noise(&self) -> bool {
        *self == Self::Noise
    }
}
