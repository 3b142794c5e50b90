//! Instruments: versioned data with sources and texts in two languages.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::answer::Truth;
use crate::check::check;

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Dutch.
    pub nl: String,
}

/// Which instrument a result rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// The instrument.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, in hexadecimal.
    pub sha256: String,
    /// Whether it was compared with its primary source.
    pub verified: bool,
}

/// Why instruments cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RulesError {
    /// Not TOML, or not the TOML that is expected; the message names the line.
    #[error("{file}: {message}")]
    Toml {
        /// The file.
        file: String,
        /// Where and what.
        message: String,
    },
    /// A part contradicts another.
    #[error("{file}: {place}: {what}")]
    Content {
        /// The file.
        file: String,
        /// The entry.
        place: String,
        /// What is wrong with it and what is expected.
        what: String,
    },
    /// A file of the set is not there.
    #[error(
        "{file} is missing; expected questions.toml, ilo-operational.toml, ilo-eleven.toml, help.toml and at least one file under law/"
    )]
    Missing {
        /// The file.
        file: String,
    },
}

/// A heading of questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Its name in files.
    pub id: String,
    /// The heading.
    pub text: Words,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in files.
    pub id: String,
    /// The block it stands in.
    pub block: String,
    /// How much asking may hurt, 1 to 3.
    pub harm: u8,
    /// A yes is a slight indication by itself.
    #[serde(default)]
    pub indication: bool,
    /// It is about papers or permission to stay.
    #[serde(default)]
    pub status: bool,
    /// The question that must be answered yes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// The question.
    pub text: Words,
}

/// Answers that together are a slight indication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indication {
    /// Questions that must all be answered yes.
    pub all: Vec<String>,
    /// What it is.
    pub text: Words,
}

/// The questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// Name of the instrument.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Words,
    /// Where the questions come from.
    pub sources: Vec<String>,
    /// Headings in order.
    #[serde(rename = "block")]
    pub blocks: Vec<Block>,
    /// Questions in order.
    #[serde(rename = "question")]
    pub questions: Vec<Question>,
    /// Indications that need more than one answer.
    #[serde(rename = "indication", default)]
    pub indications: Vec<Indication>,
}

impl Questions {
    /// The question of that name.
    pub fn get(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == id)
    }
}

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

/// A group of elements of the law, such as the means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub text: Words,
}

/// An element of the law.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// The group and a name, `means.threat`.
    pub id: String,
    /// The group; one of its elements is enough.
    pub group: String,
    /// What it is.
    pub text: Words,
    /// Questions any of which supports it.
    pub by: Vec<String>,
    /// Questions that point to it without supporting it by themselves.
    #[serde(default)]
    pub points: Vec<String>,
}

/// A numbered item of the article.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its number.
    pub number: u8,
    /// What it is.
    pub text: Words,
    /// It is about minors only.
    #[serde(default)]
    pub minor: bool,
    /// Of each of these, one group is needed.
    pub needs: Vec<Vec<String>>,
}

/// The law in force for a while.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// Name of the pack.
    pub id: String,
    /// Version.
    pub version: String,
    /// Title.
    pub title: Words,
    /// First day.
    pub valid_from: Date,
    /// Last day.
    #[serde(default)]
    pub valid_until: Option<Date>,
    /// Sources.
    pub sources: Vec<String>,
    /// Whether it was compared with its primary source.
    pub verified: bool,
    /// What is to be verified.
    pub note: Option<Words>,
    /// Groups of elements.
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    /// Elements.
    #[serde(rename = "element")]
    pub elements: Vec<Element>,
    /// Items.
    #[serde(rename = "item")]
    pub items: Vec<Item>,
    /// SHA-256 of the text.
    #[serde(skip_deserializing)]
    pub sha256: String,
}

impl Law {
    /// Whether it was in force on a day.
    pub fn in_force(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_until.is_none_or(|last| on <= last)
    }
}

/// Help or a right.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// Its name in files.
    pub id: String,
    /// When it is named.
    pub when: When,
    /// What it is.
    pub text: Words,
}

/// When help is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Always.
    Always,
    /// With a slight indication.
    Indication,
    /// Where exploitation is not excluded.
    Exploitation,
}

impl When {
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

/// All instruments, checked against one another.
#[derive(Debug, Clone, Serialize)]
pub struct Rules {
    /// The questions.
    pub questions: Questions,
    /// The ILO's operational indicators.
    pub operational: Operational,
    /// The ILO's indicators of forced labour.
    pub eleven: Eleven,
    /// The law, oldest first.
    pub laws: Vec<Law>,
    /// Help and rights.
    pub helps: Helps,
    /// What all but the law is stamped with.
    pub stamps: Vec<Stamp>,
}

/// The instruments that come with the program, by file.
pub const SHIPPED: [(&str, &str); 6] = [
    ("questions.toml", include_str!("../rules/questions.toml")),
    ("ilo-operational.toml", include_str!("../rules/ilo-operational.toml")),
    ("ilo-eleven.toml", include_str!("../rules/ilo-eleven.toml")),
    ("help.toml", include_str!("../rules/help.toml")),
    ("law/nl-273f-2005.toml", include_str!("../rules/law/nl-273f-2005.toml")),
    ("law/nl-273f-2013.toml", include_str!("../rules/law/nl-273f-2013.toml")),
];

impl Rules {
    /// Those that come with the program.
    pub fn shipped() -> Self {
        Self::parse(&SHIPPED).expect("the tests read them")
    }

    /// Names of all that an answer can be of: the questions, and the ILO's indicators.
    pub fn signals(&self) -> Vec<String> {
        let indicators = self.operational.indicators.iter().map(Indicator::own_question);
        self.questions.questions.iter().map(|q| q.id.clone()).chain(indicators).collect()
    }

    /// From the texts of files, by name.
    ///
    /// # Errors
    /// See [`RulesError`]: every variant names the file and the entry, and what is expected.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self, RulesError> {
        let text = |name: &str| {
            let of = files.iter().find(|f| f.0 == name).map(|f| f.1);
            of.ok_or_else(|| RulesError::Missing { file: name.to_owned() })
        };
        let questions: Questions = read("questions.toml", text("questions.toml")?)?;
        let operational: Operational = read("ilo-operational.toml", text("ilo-operational.toml")?)?;
        let eleven: Eleven = read("ilo-eleven.toml", text("ilo-eleven.toml")?)?;
        let helps: Helps = read("help.toml", text("help.toml")?)?;
        let mut laws = Vec::new();
        for (name, text) in files.iter().filter(|f| f.0.starts_with("law/")) {
            laws.push(Law { sha256: hash(text), ..read(name, text)? });
        }
        laws.sort_by_key(|l: &Law| l.valid_from);
        if laws.is_empty() {
            return Err(RulesError::Missing { file: "law/*.toml".to_owned() });
        }
        let stamp = |id: &str, version: &str, verified: bool, file: &str| {
            Ok(Stamp { id: id.to_owned(), version: version.to_owned(), sha256: hash(text(file)?), verified })
        };
        let stamps = vec![
            stamp(&questions.id, &questions.version, true, "questions.toml")?,
            stamp(&operational.id, &operational.version, operational.verified, "ilo-operational.toml")?,
            stamp(&eleven.id, &eleven.version, eleven.verified, "ilo-eleven.toml")?,
            stamp(&helps.id, &helps.version, helps.verified, "help.toml")?,
        ];
        let rules = Self { questions, operational, eleven, laws, helps, stamps };
        check(&rules)?;
        Ok(rules)
    }

    /// The law on the day of the facts.
    pub fn law_on(&self, day: Date) -> Option<&Law> {
        self.laws.iter().find(|l| l.in_force(day))
    }
}

fn read<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, RulesError> {
    toml::from_str(text).map_err(|e| RulesError::Toml { file: file.to_owned(), message: e.to_string() })
}

fn hash(text: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()))
}
