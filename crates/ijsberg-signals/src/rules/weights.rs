//! The ILO's indicators.

use serde::{Deserialize, Serialize};

use super::Words;

/// How much an indicator weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Weight {
    /// Not in the set.
    #[serde(rename = "-")]
    Absent,
    /// Weak.
    #[serde(rename = "W")]
    Weak,
    /// Medium.
    #[serde(rename = "M")]
    Medium,
    /// Strong.
    #[serde(rename = "S")]
    Strong,
}

/// A set of weights.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// `adult_labour`, `child_labour`, `adult_sexual` or `child_sexual`.
    pub id: String,
    /// Whether its weights are here.
    pub loaded: bool,
    /// Whether trafficking needs a means; not for children.
    pub means: bool,
    /// Why it is not loaded.
    pub why: Option<Words>,
}

/// A dimension of the ILO's operational indicators.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// `D1` to `D6`.
    pub id: String,
    /// `recruitment` or `destination`.
    pub phase: String,
    /// Its name.
    pub text: Words,
}

/// An indicator of a dimension.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The dimension and a name, `D1.job`.
    pub id: String,
    /// What it is.
    pub text: Words,
    /// Its weight for adults in labour.
    pub adult_labour: Weight,
    /// Its weight for children in labour.
    pub child_labour: Weight,
    /// Questions any of which establishes it.
    #[serde(default)]
    pub asks: Vec<String>,
}

impl Indicator {
    /// The dimension it belongs to.
    pub fn dimension(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

/// The ILO's operational indicators.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operational {
    /// Name of the instrument.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Words,
    /// Sources.
    pub sources: Vec<String>,
    /// Whether it was compared with its primary source.
    pub verified: bool,
    /// What is to be verified.
    pub note: Option<Words>,
    /// Sets of weights.
    #[serde(rename = "set")]
    pub sets: Vec<Set>,
    /// Dimensions.
    #[serde(rename = "dimension")]
    pub dimensions: Vec<Dimension>,
    /// Indicators.
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
}

/// One of the ILO's indicators of forced labour.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clue {
    /// Its name in files.
    pub id: String,
    /// What it is.
    pub text: Words,
    /// Questions any of which establishes it.
    pub asks: Vec<String>,
}

/// The ILO's indicators of forced labour.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eleven {
    /// Name of the instrument.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Words,
    /// Sources.
    pub sources: Vec<String>,
    /// Whether it was compared with its primary source.
    pub verified: bool,
    /// The indicators.
    #[serde(rename = "indicator")]
    pub indicators: Vec<Clue>,
}
