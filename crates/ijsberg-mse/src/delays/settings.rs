//! What is asked about counts that are not complete yet.

use super::month::Month;
use crate::methods::Settings;

/// What is asked about counts that are not complete yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DelaySettings {
    /// The longest delay, in months: after that a figure is final.
    pub most: usize,
    /// The first month; that of the first registration where it is not given.
    pub since: Option<Month>,
    /// The last month of which everything that was registered is there; that of the last registration where it is not given.
    pub until: Option<Month>,
    /// Tables that are simulated.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl Default for DelaySettings {
    fn default() -> Self {
        let Settings { level, seed, .. } = Settings::default();
        Self { most: 12, since: None, until: None, replicates: 1000, level, seed }
    }
}
