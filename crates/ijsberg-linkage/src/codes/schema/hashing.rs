//! How a column is hashed, as clkhash's schema tells it.

use serde::{Deserialize, Serialize};

/// How a feature is hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hashing {
    /// Into which pieces.
    pub comparison: Comparison,
    /// How many bits they set.
    pub strategy: Strategy,
    /// By which function.
    #[serde(default)]
    pub hash: HashKind,
    /// What stands for a missing value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_value: Option<Missing>,
}

/// Into which pieces a value is cut.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Comparison {
    /// Runs of `n` characters.
    Ngram {
        /// How many.
        n: usize,
        /// Whether their place counts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        positional: bool,
    },
    /// The whole value.
    Exact,
    /// A number and its surroundings (Vatsalan and Christen 2016, Journal of Biomedical Informatics 59).
    Numeric {
        /// Numbers further apart share no piece.
        #[serde(rename = "thresholdDistance")]
        threshold_distance: f64,
        /// Pieces to each side.
        resolution: u32,
        /// Digits behind the point that count.
        #[serde(default)]
        fractional_precision: u32,
    },
}

/// How many bits the pieces set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strategy {
    /// Each this many.
    #[serde(rename = "bitsPerToken")]
    PerToken(usize),
    /// All together this many.
    #[serde(rename = "bitsPerFeature")]
    PerFeature(usize),
}

/// The function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum HashKind {
    /// Keyed `BLAKE2b`.
    #[default]
    BlakeHash,
    /// Two hashes combined. Weak: it makes only `l * l` patterns.
    DoubleHash {
        /// Not let the second be nothing.
        #[serde(default)]
        prevent_singularity: bool,
    },
}

/// What stands for a missing value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Missing {
    /// What stands in the file.
    pub sentinel: String,
    /// What is hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace_with: Option<String>,
}
