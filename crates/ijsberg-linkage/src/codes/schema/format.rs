//! What the values of a column look like, as clkhash's schema tells it.

use serde::{Deserialize, Serialize};

/// What values look like. Others are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub enum Format {
    /// Text.
    #[serde(rename_all = "camelCase")]
    String {
        /// How it becomes bytes.
        #[serde(default)]
        encoding: Encoding,
        /// All capitals, none, or as it comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case: Option<Case>,
        /// Fewest characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min_length: Option<usize>,
        /// Most characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max_length: Option<usize>,
        /// A regular expression that the whole text fits.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        /// For the reader.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A whole number.
    Integer {
        /// The least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minimum: Option<i64>,
        /// The most.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        maximum: Option<i64>,
        /// For the reader.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// A date.
    Date {
        /// As of `strptime`, such as `%Y-%m-%d`.
        format: String,
        /// For the reader.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
    /// One of some values.
    Enum {
        /// The values.
        values: Vec<String>,
        /// For the reader.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
    },
}

/// How text becomes bytes, as Python does it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// 7 bits; other characters are refused.
    Ascii,
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-16, the low byte first, after a byte order mark.
    #[serde(rename = "utf-16")]
    Utf16,
    /// UTF-32, likewise.
    #[serde(rename = "utf-32")]
    Utf32,
}

/// Capitals or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// All.
    Upper,
    /// None.
    Lower,
    /// As it comes.
    Mixed,
}
