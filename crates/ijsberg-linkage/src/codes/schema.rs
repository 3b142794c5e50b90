//! Which feature is hashed how.
//!
//! The format is clkhash's linkage schema version 3 (JSON). Its document names the number of foldings `xorFolds`, and clkhash
//! 0.18 reads `xor_folds`: both are read here, and [`CodeSchema::misnamed_folds`] says when only the first is there, for then
//! clkhash itself would not fold.
//!
//! The member `ijsberg` beside the others, which clkhash leaves alone, says what clkhash cannot: groups of features with a
//! code each, spelling made uniform before hashing, dates of less than a day, salt, noise.

mod check;
mod format;
mod hashing;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::codes::fault::{Fault, Place, Problem};
use crate::schema::ImpossibleDates;

pub use format::{Case, Encoding, Format};
pub use hashing::{Comparison, HashKind, Hashing, Missing, Strategy};

/// A linkage schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeSchema {
    /// The version of the format: 3.
    pub version: u32,
    /// Length of a code and how keys are made.
    #[serde(rename = "clkConfig")]
    pub config: Config,
    /// The columns of the file, all of them and in order.
    pub features: Vec<Feature>,
    /// What clkhash does not know.
    #[serde(default, skip_serializing_if = "Extension::is_empty")]
    pub ijsberg: Extension,
}

/// Length of a code and how keys are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Bits of a code, after folding.
    pub l: usize,
    /// How keys are derived from the secret.
    pub kdf: Kdf,
    /// How often the code is folded, by the name in the document of the format.
    #[serde(rename = "xorFolds", default, skip_serializing_if = "Option::is_none")]
    pub folds_documented: Option<u32>,
    /// The same, by the name that clkhash reads.
    #[serde(rename = "xor_folds", default, skip_serializing_if = "Option::is_none")]
    pub folds_read: Option<u32>,
}

/// HKDF (RFC 5869).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kdf {
    /// `HKDF`.
    #[serde(rename = "type")]
    pub kind: KdfKind,
    /// The hash.
    #[serde(default)]
    pub hash: KdfHash,
    /// Salt, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Context, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub info: Option<String>,
    /// Bytes of a key.
    #[serde(rename = "keySize", default = "key_size")]
    pub key_size: usize,
}

pub(crate) fn key_size() -> usize {
    64
}

/// The one way to derive keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum KdfKind {
    /// RFC 5869.
    #[serde(rename = "HKDF")]
    Hkdf,
}

/// The hash of HKDF.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum KdfHash {
    /// SHA-256.
    #[default]
    #[serde(rename = "SHA256")]
    Sha256,
    /// SHA-512.
    #[serde(rename = "SHA512")]
    Sha512,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The name of the column.
    pub identifier: String,
    /// Not hashed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignored: bool,
    /// For the reader.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What values look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// How they are hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hashing: Option<Hashing>,
}

/// What clkhash does not know.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Extension {
    /// Features by group, each group with a code of its own; with none, one code of all features, named `clk`. Of a feature
    /// in `dates` a group can hold a part, `birth:year` or `birth:day` (month and day).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Vec<String>>,
    /// Features whose values are written in plain Latin letters before they are hashed, whatever their script.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fold: Vec<String>,
    /// Features that are dates of some precision, in any usual order; hashed as digits of year, month and day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<String>,
    /// What to do with a value in `dates` that is no date.
    pub impossible_dates: ImpossibleDates,
    /// A feature whose value goes into every hash of the record, so that the same name gives other codes for other values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Chance that a bit is replaced by one drawn at random (BLIP; Schnell and Borgs 2016).
    #[serde(skip_serializing_if = "is_nothing")]
    pub flip: f64,
    /// Leave out the spaces before and after a value, whose pieces are the most frequent and the easiest to recognise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unpadded: bool,
}

/// What part of a date goes into a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// The year.
    Year,
    /// Month and day; nothing for 1 January, which stands for an unknown day.
    Day,
}

impl Part {
    fn parse(member: &str) -> (&str, Self) {
        if let Some(name) = member.strip_suffix(":year") {
            (name, Self::Year)
        } else if let Some(name) = member.strip_suffix(":day") {
            (name, Self::Day)
        } else {
            (member, Self::Whole)
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_nothing(x: &f64) -> bool {
    *x == 0.0
}

impl Extension {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeSchemaError {
    /// Not JSON, or not of this form.
    #[error("the schema is not a clkhash schema: {0}")]
    Form(Fault),
    /// Another version.
    #[error("the schema has version {0}; version 3 is read here")]
    Version(u32),
    /// A value that cannot be.
    #[error("{at}: {problem}")]
    Value {
        /// Where.
        at: Place,
        /// What is wrong.
        problem: Problem,
    },
}

impl CodeSchema {
    /// Reads and checks a schema.
    ///
    /// # Errors
    /// When it is not one or cannot be used; the message says where.
    pub fn parse(json: impl AsRef<[u8]>) -> Result<Self, CodeSchemaError> {
        let json = json.as_ref();
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let form = |e: serde_json::Error| CodeSchemaError::Form(e.into());
        let Version { version } = serde_json::from_slice(json).map_err(form)?;
        if version != 3 {
            return Err(CodeSchemaError::Version(version));
        }
        let schema: Self = serde_json::from_slice(json).map_err(form)?;
        schema.check()?;
        Ok(schema)
    }

    /// How often codes are folded.
    pub fn folds(&self) -> u32 {
        self.config.folds_read.or(self.config.folds_documented).unwrap_or(0)
    }

    /// Whether clkhash would fold otherwise than this schema says it should.
    pub fn misnamed_folds(&self) -> bool {
        self.config.folds_documented.unwrap_or(0) != self.config.folds_read.unwrap_or(0)
            && self.config.folds_documented.is_some()
    }

    /// Bits before folding.
    pub fn unfolded(&self) -> usize {
        self.config.l << self.folds()
    }

    /// Groups by name, with the places of their features.
    pub fn groups(&self) -> Vec<(String, Vec<(usize, Part)>)> {
        let hashed = |f: &&usize| self.features[**f].hashing.is_some() && !self.features[**f].ignored;
        let all: Vec<usize> = (0..self.features.len()).collect();
        if self.ijsberg.groups.is_empty() {
            return vec![("clk".to_owned(), all.iter().filter(hashed).map(|f| (*f, Part::Whole)).collect())];
        }
        let place = |member: &String| {
            let (name, part) = Part::parse(member);
            Some((self.features.iter().position(|f| f.identifier == name)?, part))
        };
        let groups = self.ijsberg.groups.iter();
        groups.map(|(name, features)| (name.clone(), features.iter().filter_map(place).collect())).collect()
    }

    /// What two organisations must have in common for their codes to be comparable: the schema as it is understood.
    pub fn fingerprint(&self) -> String {
        let mut same = self.clone();
        (same.config.folds_read, same.config.folds_documented) = (Some(self.folds()), None);
        let json = serde_json::to_string(&same).unwrap_or_default();
        STANDARD.encode(&Sha256::digest(json.as_bytes())[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{"version":3,"clkConfig":{"l":1024,"kdf":{"type":"HKDF"}},"features":[
        {"identifier":"a","format":{"type":"string"},"hashing":{"comparison":{"type":"ngram","n":2},"strategy":{"bitsPerToken":20}}}]}"#;

    #[test]
    fn both_names_for_folds_are_read_and_the_trap_is_seen() {
        assert_eq!(CodeSchema::parse(PLAIN).unwrap().folds(), 0);
        let documented = CodeSchema::parse(PLAIN.replace("\"l\"", "\"xorFolds\":1,\"l\"")).unwrap();
        assert!(documented.folds() == 1 && documented.misnamed_folds());
        let read = CodeSchema::parse(PLAIN.replace("\"l\"", "\"xor_folds\":1,\"l\"")).unwrap();
        assert!(read.folds() == 1 && !read.misnamed_folds());
        assert_eq!(documented.fingerprint(), read.fingerprint());
        assert_ne!(documented.fingerprint(), CodeSchema::parse(PLAIN).unwrap().fingerprint());
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let says = |from: &str, to: &str| CodeSchema::parse(PLAIN.replace(from, to)).unwrap_err().to_string();
        assert!(says("\"version\":3", "\"version\":2").contains("version 2"));
        assert!(says("1024", "1000").contains("power of two"));
        assert!(says("1024", "99999999").contains("clkConfig"));
        assert!(says("\"n\":2", "\"n\":0").contains("feature \"a\""));
        assert!(says("{\"type\":\"HKDF\"}", "{\"type\":\"HKDF\",\"salt\":\"?\"}").contains("base64"));
        assert!(says("\"features\"", "\"ijsberg\":{\"fold\":[\"b\"]},\"features\"").contains("\"b\""));
        assert!(says("\"features\"", "\"ijsberg\":{\"flip\":0.7},\"features\"").contains("flip"));
        assert!(says("{\"version\"", "[{\"version\"").contains("not a clkhash schema"));
        for (from, to, fault) in [
            ("\"l\":1024,", "", "\"l\" is missing"),
            ("ngram", "other", "\"other\" is not known here"),
            ("1024", "\"many\"", "of the wrong type"),
            ("}}]}", "}}", "ends too early"),
            ("[", "?", "not valid JSON"),
        ] {
            assert!(says(from, to).contains(fault), "{}", says(from, to));
        }
    }
}
