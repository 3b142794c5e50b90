//! Instruments: versioned data with sources and texts in two languages.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::fault::Contradiction;

mod check;
mod contacts;
mod help;
mod pack;
mod questions;
mod weights;

use check::check;
pub use contacts::{Contact, Contacts, Field, Route, Situation};
pub use help::{Help, HelpCondition, Helps};
pub use pack::{Basis, Element, Exclusion, Gap, Group, ImpliedElement, Item, Law, Presupposition, Source};
pub use questions::{Block, Indication, PublishedList, Question, Questions};
pub use weights::{Clue, Dimension, Eleven, Indicator, Operational, Set, Weight};

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
        /// The line, from 1.
        line: usize,
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
        what: Contradiction,
    },
    /// A file of the set is not there.
    #[error(
        "{file} is missing; expected questions.toml, ilo-operational.toml, ilo-eleven.toml, help.toml, one file under countries/ and at least one under law/"
    )]
    Missing {
        /// The file.
        file: String,
    },
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
    /// Days on which another law applied that is not loaded.
    pub gaps: Vec<Gap>,
    /// Help and rights.
    pub helps: Helps,
    /// Whom to call.
    pub contacts: Contacts,
    /// What all but the law is stamped with.
    pub stamps: Vec<Stamp>,
}

/// The instruments that come with the program, by file.
pub const SHIPPED: [(&str, &str); 8] = [
    ("questions.toml", include_str!("../rules/questions.toml")),
    ("ilo-operational.toml", include_str!("../rules/ilo-operational.toml")),
    ("ilo-eleven.toml", include_str!("../rules/ilo-eleven.toml")),
    ("help.toml", include_str!("../rules/help.toml")),
    ("gaps.toml", include_str!("../rules/gaps.toml")),
    ("countries/nl.toml", include_str!("../rules/countries/nl.toml")),
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
        let country = files.iter().find(|f| f.0.starts_with("countries/"));
        let (country, _) =
            country.ok_or_else(|| RulesError::Missing { file: "countries/*.toml".to_owned() })?;
        let contacts: Contacts = read(country, text(country)?)?;
        let mut laws = Vec::new();
        for (name, text) in files.iter().filter(|f| f.0.starts_with("law/")) {
            laws.push(Law { sha256: hash(text), ..read(name, text)? });
        }
        laws.sort_by_key(|l: &Law| l.valid_from);
        if laws.is_empty() {
            return Err(RulesError::Missing { file: "law/*.toml".to_owned() });
        }
        // A set of instruments need not name any.
        let gaps: Gaps = match files.iter().find(|f| f.0 == "gaps.toml") {
            Some((name, text)) => read(name, text)?,
            None => Gaps::default(),
        };
        let stamp = |id: &str, version: &str, verified: bool, file: &str| {
            Ok(Stamp { id: id.to_owned(), version: version.to_owned(), sha256: hash(text(file)?), verified })
        };
        let stamps = vec![
            stamp(&questions.id, &questions.version, true, "questions.toml")?,
            stamp(&operational.id, &operational.version, operational.verified, "ilo-operational.toml")?,
            stamp(&eleven.id, &eleven.version, eleven.verified, "ilo-eleven.toml")?,
            stamp(&helps.id, &helps.version, helps.verified, "help.toml")?,
            stamp(
                &contacts.id,
                &contacts.version,
                contacts.contacts.iter().all(|c| c.to_be_checked.is_empty()),
                country,
            )?,
        ];
        let rules = Self { questions, operational, eleven, laws, gaps: gaps.gaps, helps, contacts, stamps };
        check(&rules)?;
        Ok(rules)
    }

    /// The law on the day of the facts.
    pub fn law_on(&self, day: Date) -> Option<&Law> {
        self.laws.iter().find(|l| l.in_force(day))
    }

    /// Why there is none.
    pub fn gap_on(&self, day: Date) -> Option<&Gap> {
        self.gaps.iter().find(|g| g.covers(day))
    }
}

/// The file of gaps.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gaps {
    #[serde(rename = "gap", default)]
    gaps: Vec<Gap>,
}

fn read<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, RulesError> {
    toml::from_str(text).map_err(|e| RulesError::Toml {
        file: file.to_owned(),
        line: line_of(text, &e),
        message: e.to_string(),
    })
}

/// The line on which TOML is wrong, from 1.
///
/// ```
/// let text = "a = 1\n\nb == 2\n";
/// let error = toml::from_str::<toml::Table>(text).unwrap_err();
/// assert_eq!(ijsberg_signals::rules::line_of(text, &error), 3);
/// ```
pub fn line_of(text: &str, error: &toml::de::Error) -> usize {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    1 + before.matches('\n').count()
}

fn hash(text: &str) -> String {
    base16ct::lower::encode_string(&Sha256::digest(text.as_bytes()))
}
