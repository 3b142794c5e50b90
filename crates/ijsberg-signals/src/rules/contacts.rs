//! Whom to call, as a country has it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Words;

/// An organisation that can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Its name in files.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What to call it for.
    pub what: Words,
    /// The telephone number as it is written in that country; empty if none could be looked up, so that nobody dials a guess.
    #[serde(default)]
    pub phone: String,
    /// When somebody answers.
    pub hours: Words,
    /// The same in a few letters, for the first screen of a result; none where the hours are not settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<Words>,
    /// Its address on the web.
    pub web: String,
    /// Languages spoken there, as ISO 639-1 codes.
    pub languages: Vec<String>,
    /// Where this was looked up.
    pub source: String,
    /// When it was looked up.
    pub checked_on: Date,
    /// What the source does not settle.
    pub to_be_checked: Vec<Field>,
}

/// A part of an entry that may need checking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The telephone number.
    Phone,
    /// The hours.
    Hours,
    /// The languages.
    Languages,
}

impl Contact {
    /// Whether a part is still to be checked.
    pub fn unsure(&self, field: Field) -> bool {
        self.to_be_checked.contains(&field)
    }

    /// How they are reached: by telephone, or on the web where no number is known.
    pub fn reach(&self) -> &str {
        if self.phone.is_empty() { self.web.trim_start_matches("https://") } else { &self.phone }
    }

    /// The address that a device opens to reach them.
    pub fn link(&self) -> String {
        if self.phone.is_empty() { self.web.clone() } else { format!("tel:{}", self.digits()) }
    }

    /// The digits that a telephone dials.
    pub fn digits(&self) -> String {
        self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }
}

/// What kind of case it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// Its name in files.
    pub id: String,
    /// Questions any of which makes it so.
    pub by: Vec<String>,
}

/// Whom to call in a case of some kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// Situations that must all hold; none for any case.
    pub when: Vec<String>,
    /// Contacts, the first first.
    pub call: Vec<String>,
}

/// Whom to call in a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Name of the instrument.
    pub id: String,
    /// Version.
    pub version: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Title.
    pub title: Words,
    /// The contact for immediate danger, which is always among the first.
    pub emergency: String,
    /// Each of them.
    #[serde(rename = "contact")]
    pub contacts: Vec<Contact>,
    /// What cases can be.
    #[serde(rename = "situation")]
    pub situations: Vec<Situation>,
    /// Whom to call when.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
}

impl Contacts {
    /// The contact of that name.
    pub fn get(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|c| c.id == id)
    }

    /// All contacts, whom to call first at the head. `holds` says whether a situation is there.
    pub fn order(&self, holds: impl Fn(&Situation) -> bool) -> Vec<String> {
        let is = |id: &String| self.situations.iter().any(|s| s.id == *id && holds(s));
        let mut order: Vec<String> = Vec::new();
        for id in self.routes.iter().filter(|r| r.when.iter().all(is)).flat_map(|r| &r.call) {
            if !order.contains(id) {
                order.push(id.clone());
            }
        }
        order
    }

    /// Of those in an order the few to show first: the number for danger is always among them.
    pub fn first<'a>(&'a self, order: &'a [String], most: usize) -> impl Iterator<Item = &'a Contact> {
        let head = order.iter().take(most);
        let danger = head.clone().any(|id| *id == self.emergency);
        let keep = if danger { most } else { most.saturating_sub(1) };
        let last = (!danger).then_some(&self.emergency);
        order.iter().take(keep).chain(last).filter_map(|id| self.get(id))
    }
}
