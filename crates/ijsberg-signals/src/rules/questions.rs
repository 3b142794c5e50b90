//! Questions.

use serde::{Deserialize, Serialize};

use super::Words;

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
#[expect(clippy::struct_excessive_bools, reason = "each is a mark of its own")]
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
    /// One of the nine signals or the five means that are published for the Netherlands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<PublishedList>,
    /// It only opens those below it: a no answers them all.
    #[serde(default)]
    pub opens: bool,
    /// It is about papers or permission to stay.
    #[serde(default)]
    pub status: bool,
    /// A yes ties the person to the work: what was done makes them do it, or keeps them from leaving it.
    #[serde(default)]
    pub ties: bool,
    /// The question that must be answered yes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_if: Option<String>,
    /// The question that must have been asked without an answer first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_open: Option<String>,
    /// The question.
    pub text: Words,
    /// What a yes says, in a result and on a page; without it the question itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Words>,
}

/// Which published list a question comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublishedList {
    /// The nine signals of exploitation.
    Signal,
    /// The five means of coercion.
    Means,
}

/// Answers that together are a slight indication.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indication {
    /// Questions that must all be answered yes.
    pub all: Vec<String>,
    /// Unless every published signal and means is answered no.
    #[serde(default)]
    pub unless_excluded: bool,
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

impl Indication {
    /// Its name: its questions, joined by ` + `.
    pub fn name(&self) -> String {
        self.all.join(" + ")
    }
}

impl Question {
    /// What a yes says.
    pub fn said(&self) -> &Words {
        self.fact.as_ref().unwrap_or(&self.text)
    }

    /// The question that a yes to this one answers too. What is asked of a child does not say that the person is one: only the
    /// question on the age settles the age.
    pub fn follows(&self) -> Option<&str> {
        self.only_if.as_deref().filter(|parent| *parent != "minor")
    }
}

impl Questions {
    /// The question of that name.
    pub fn get(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|q| q.id == id)
    }

    /// The published signals and means.
    pub fn published(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|q| q.of.is_some())
    }

    /// Questions that answer this one when they are answered yes.
    pub fn follow_ups<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Question> {
        self.questions.iter().filter(move |q| q.follows() == Some(id))
    }

    /// The question that opens the conversation that this one belongs to: what is asked after one and the same opening is about one thing.
    pub fn opening<'a>(&'a self, id: &'a str) -> &'a str {
        let mut at = id;
        while let Some(before) = self.get(at).and_then(|q| q.only_if.as_deref()) {
            at = before;
        }
        at
    }

    /// Questions that are asked after a yes to this one, and after those.
    pub fn below<'a>(&'a self, id: &str) -> Vec<&'a Question> {
        let mut found: Vec<&Question> = Vec::new();
        let mut parents = vec![id.to_owned()];
        while let Some(parent) = parents.pop() {
            for q in self.questions.iter().filter(|q| q.only_if.as_deref() == Some(parent.as_str())) {
                parents.push(q.id.clone());
                found.push(q);
            }
        }
        found
    }
}
