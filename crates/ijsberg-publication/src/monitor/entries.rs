//! What a text may name: figures and claims, and the charts, tables and sections that it may place.

use std::collections::BTreeMap;

use crate::document::Block;

/// What a name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<T> {
    /// This.
    Shown(T),
    /// It is not published.
    Withheld,
}

/// A claim and how it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// How: `rose`, `fell` or `unclear`, or a level.
    pub state: String,
    /// What the program says of it.
    pub sentence: String,
}

/// Everything that a text may name.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub(super) numbers: BTreeMap<String, Entry<String>>,
    pub(super) claims: BTreeMap<String, Entry<Claim>>,
    pub(super) blocks: BTreeMap<String, Vec<Block>>,
}

/// A name of parts: small letters, with a dot between the parts and a hyphen for what could be taken for something else.
pub(super) fn name(parts: &[&str]) -> String {
    let part = |of: &&str| -> String {
        let one = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
        of.trim().to_lowercase().chars().map(one).collect()
    };
    parts.iter().map(part).collect::<Vec<_>>().join(".")
}

impl Facts {
    /// Names a figure; one that is not published without a value.
    pub(super) fn put(&mut self, name: String, value: Option<String>) {
        self.numbers.insert(name, value.map_or(Entry::Withheld, Entry::Shown));
    }

    /// Names a claim; one that the figures do not make without any.
    pub(super) fn claim(&mut self, name: &str, claim: Option<Claim>) {
        self.claims.insert(name.to_owned(), claim.map_or(Entry::Withheld, Entry::Shown));
    }

    /// Whether a number of that name is published.
    pub fn is_shown(&self, name: &str) -> bool {
        matches!(self.numbers.get(name), Some(Entry::Shown(_)))
    }

    /// Whether a count of that name is published and is of somebody.
    pub(super) fn is_somebody(&self, name: &str) -> bool {
        let said = self.numbers.get(name);
        matches!(said, Some(Entry::Shown(said)) if said.contains(|c: char| ('1'..='9').contains(&c)))
    }

    /// A claim of that name, if the figures make it.
    pub fn claimed(&self, name: &str) -> Option<&Claim> {
        match self.claims.get(name) {
            Some(Entry::Shown(claim)) => Some(claim),
            _ => None,
        }
    }

    /// Whether there is a chart, table or section of that name, with its kind before it.
    pub fn has_block(&self, name: &str) -> bool {
        self.blocks.contains_key(name)
    }
}
