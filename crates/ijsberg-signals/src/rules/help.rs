//! Help and rights.

use serde::{Deserialize, Serialize};

use super::Words;
use crate::truth::Truth;

/// Help or a right.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// Its name in files.
    pub id: String,
    /// When it is named.
    pub when: HelpCondition,
    /// What it is.
    pub text: Words,
}

/// When help is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HelpCondition {
    /// Always.
    Always,
    /// With a slight indication.
    Indication,
    /// Where exploitation is not excluded.
    Exploitation,
}

impl HelpCondition {
    /// Whether it applies.
    pub fn holds(self, indication: bool, exploitation: Truth) -> bool {
        match self {
            Self::Always => true,
            Self::Indication => indication,
            Self::Exploitation => exploitation == Truth::Yes,
        }
    }
}

/// Help and rights.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helps {
    /// Name of the instrument.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Words,
    /// Sources.
    pub sources: Vec<String>,
    /// Whether it was compared with its sources.
    pub verified: bool,
    /// Each of them.
    pub help: Vec<Help>,
}
