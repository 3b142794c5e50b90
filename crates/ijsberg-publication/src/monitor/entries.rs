//! Names that a text can use: figures and claims, and the charts, tables and sections that it can include.

use std::collections::BTreeMap;

use crate::document::Block;

/// The value of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry<T> {
    /// A published value.
    Shown(T),
    /// It is not published.
    Withheld,
}

/// A claim and its state in the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The state: `rose`, `fell` or `unclear`, or a level.
    pub state: String,
    /// The sentence of the program.
    pub sentence: String,
}

/// All names that a text can use.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    pub(super) numbers: BTreeMap<String, Entry<String>>,
    pub(super) claims: BTreeMap<String, Entry<Claim>>,
    pub(super) blocks: BTreeMap<String, Vec<Block>>,
}

/// A name made from parts: lower case, with a dot between the parts and a hyphen for characters that are not allowed.
pub(super) fn name(parts: &[&str]) -> String {
    let part = |of: &&str| -> String {
        let one = |c: char| if c.is_alphanumeric() || c == '_' { c } else { '-' };
        of.trim().to_lowercase().chars().map(one).collect()
    };
    parts.iter().map(part).collect::<Vec<_>>().join(".")
}

impl Facts {
    /// Adds a figure; `None` if it is not published.
    pub(super) fn put(&mut self, name: String, value: Option<String>) {
        self.numbers.insert(name, value.map_or(Entry::Withheld, Entry::Shown));
    }

    /// Adds a claim; `None` if the figures do not support any.
    pub(super) fn claim(&mut self, name: &str, claim: Option<Claim>) {
        self.claims.insert(name.to_owned(), claim.map_or(Entry::Withheld, Entry::Shown));
    }

    /// Whether a figure with this name is published.
    pub fn is_shown(&self, name: &str) -> bool {
        matches!(self.numbers.get(name), Some(Entry::Shown(_)))
    }

    /// Whether a count with this name is published and above 0.
    pub(super) fn is_somebody(&self, name: &str) -> bool {
        let entry = self.numbers.get(name);
        matches!(entry, Some(Entry::Shown(figure)) if figure.contains(|c: char| ('1'..='9').contains(&c)))
    }

    /// The claim with this name, if the figures support one.
    pub fn claimed(&self, name: &str) -> Option<&Claim> {
        match self.claims.get(name) {
            Some(Entry::Shown(claim)) => Some(claim),
            _ => None,
        }
    }

    /// Whether there is a chart, table or section with this name, including its kind.
    pub fn has_block(&self, name: &str) -> bool {
        self.blocks.contains_key(name)
    }
}
