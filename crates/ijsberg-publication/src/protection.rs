//! How counts are protected, which of them are small, and what a published number says of the true one.

use ijsberg_disclosure::attack::Published;
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_disclosure::round::Base;
use serde::{Deserialize, Serialize};

/// A count of fewer persons than this is small.
pub const THRESHOLD: u64 = 10;

/// How the counts of plain tables are protected. Capture histories, and the estimates that are made of them, always have noise:
/// rounding and suppression destroy an estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plain {
    /// The noise of the histories.
    #[default]
    Noise,
    /// Rounded to multiples of 5.
    Rounded,
    /// Small counts suppressed, and others so that these cannot be recovered; what is shown is exact.
    Suppressed,
}

/// What a published number says of the true one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// As much as the noise allows.
    #[default]
    Noise,
    /// That it is the nearest multiple of five.
    Rounded,
    /// That it is the true one.
    Exact,
    /// Only that it is not zero: it is suppressed, and the number stored with it means nothing.
    Hidden,
}

impl How {
    /// What a number that is protected like this says of a sum of cells. The noise is bounded, zero stays zero, and only zero or
    /// what the noise allows becomes zero.
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

    // Serde asks by reference.
    #[expect(clippy::trivially_copy_pass_by_ref)]
    pub(crate) fn is_noise(&self) -> bool {
        *self == Self::Noise
    }
}
