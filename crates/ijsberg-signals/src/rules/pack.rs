//! The law, by date.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Words;

/// A group of elements of the law, such as the means.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub text: Words,
}

/// What an element rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The text of the article.
    #[default]
    Text,
    /// Settled case law.
    CaseLaw,
    /// Nobody has compared it with a source that settles it.
    ToBeVerified,
}

/// A source: a reference that is the same in every language, such as an ECLI, or what is said of one.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    /// The same in every language.
    Reference(String),
    /// What is said of it.
    Said(Words),
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
    #[serde(default)]
    pub by: Vec<String>,
    /// Of each of these, one must hold: a question, a dimension such as `D4`, or another group.
    #[serde(default)]
    pub criteria: Vec<Vec<String>>,
    /// Any of these supports it where the person is a minor.
    #[serde(default)]
    pub by_minor: Vec<String>,
    /// The same where the person is a minor: enough for a child, beside what is enough for anybody.
    #[serde(default)]
    pub criteria_minor: Vec<Vec<String>>,
    /// Questions and dimensions any of which supports it too, and that say nothing while they are open: a means is excluded without
    /// asking whether the person was sold.
    #[serde(default)]
    pub when_yes: Vec<String>,
    /// The same where of each of these one is answered yes.
    #[serde(default)]
    pub when_all: Vec<Vec<String>>,
    /// What takes it away.
    #[serde(default)]
    pub unless: Vec<Exclusion>,
    /// Gain is part of what it is, so that gain does not corroborate it.
    #[serde(default)]
    pub gain: bool,
    /// Questions that point to it without supporting it by themselves. A means to which one of them points is not excluded.
    #[serde(default)]
    pub points: Vec<String>,
    /// What it rests on.
    #[serde(default)]
    pub basis: Basis,
    /// Judgments, by ECLI, and other sources.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// What takes an element away.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// It is not there where each of these is answered no.
    pub no: Vec<String>,
    /// Save where one of these is answered yes.
    pub save: Vec<String>,
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
    /// What courts read into it.
    #[serde(default)]
    pub implied: Option<ImpliedElement>,
    /// Of an adult it is not there where every means is excluded, though the text of the item names no means.
    #[serde(default)]
    pub not_without_means: Option<Presupposition>,
}

/// What the word exploitation presupposes of an adult.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presupposition {
    /// What that rests on.
    pub sources: Vec<Source>,
}

/// An element that is not in the text of an item and is needed all the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpliedElement {
    /// One of these groups is needed.
    pub any: Vec<String>,
    /// What that rests on.
    pub basis: Basis,
    /// Judgments, by ECLI.
    pub sources: Vec<Source>,
}

impl Item {
    /// All that it needs, what is implied last.
    pub fn all(&self) -> impl Iterator<Item = &Vec<String>> {
        self.needs.iter().chain(self.implied.as_ref().map(|i| &i.any))
    }
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
    /// Bills that are pending as far as known: never law.
    #[serde(default)]
    pub bills: Vec<Words>,
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

/// Days on which another law applied that is not loaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// First day.
    #[serde(default)]
    pub valid_from: Option<Date>,
    /// Last day.
    pub valid_until: Date,
    /// What applied, and that it is not loaded.
    pub text: Words,
}

impl Gap {
    /// Whether it is about a day.
    pub fn covers(&self, day: Date) -> bool {
        day <= self.valid_until && self.valid_from.is_none_or(|first| first <= day)
    }
}
