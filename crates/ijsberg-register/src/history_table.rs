//! Capture histories as a table.

use std::collections::{BTreeMap, BTreeSet};

/// Persons by list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryTable {
    /// Lists in order.
    pub lists: Vec<String>,
    /// What else may be known of a person, such as `means.DebtBondage`; none unless it was asked for.
    pub facts: Vec<String>,
    /// Persons.
    pub persons: Vec<PersonHistory>,
}

impl HistoryTable {
    /// The covariates of the persons, by column: its name, and a level for each person, none if it is not known. Facts follow, a column for
    /// each, `yes` or `no`, since in a file a column of 1 and 0 would be read as a list.
    pub fn columns(&self) -> Vec<(String, Vec<Option<String>>)> {
        let of = |level: fn(&PersonHistory) -> &str| -> Vec<Option<String>> {
            let known = |p: &PersonHistory| Some(known(level(p))).filter(|code| !code.is_empty());
            self.persons.iter().map(known).collect()
        };
        let always = [
            ("year", of(|p| p.year.as_str())),
            ("sex", of(|p| p.sex.as_str())),
            ("age", of(|p| p.age)),
            ("nationality", of(|p| p.nationality)),
            ("form", of(|p| p.form.as_str())),
        ];
        let fact = |(f, name): (usize, &String)| {
            let has = |p: &PersonHistory| if p.facts.contains(&f) { "yes" } else { "no" };
            (name.clone(), self.persons.iter().map(|p| Some(has(p).to_owned())).collect())
        };
        let always = always.into_iter().map(|(name, levels)| (name.to_owned(), levels));
        always.chain(self.facts.iter().enumerate().map(fact)).collect()
    }
}

/// What is known; nothing where a code says that it is not.
pub(crate) fn known(code: &str) -> String {
    if ["unknown", "UNKNOWN"].contains(&code) { String::new() } else { code.to_owned() }
}

/// A person's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHistory {
    /// Lists that the person is on, a bit for each.
    pub lists: u32,
    /// Year of the first registration.
    pub year: String,
    /// Sex.
    pub sex: String,
    /// `minor`, `adult` or `unknown`.
    pub age: &'static str,
    /// `NL` if any registration has that citizenship, alone or beside others; `other` or `unknown`.
    pub nationality: &'static str,
    /// Form of exploitation.
    pub form: String,
    /// Which facts are known of them.
    pub facts: BTreeSet<usize>,
    /// By the place of a list, the days from what happened to the first registration on it, where both days are known; none unless facts
    /// were asked for, and in no file of histories.
    pub days: BTreeMap<usize, u32>,
    /// All citizenships that any registration has, ISO 3166-1; in no file of histories.
    pub citizenships: BTreeSet<String>,
    /// Sector of the first registration that has one, a section of ISIC; in no file of histories.
    pub sector: String,
    /// Region likewise.
    pub region: String,
    /// What kind of organisation took the last decision on status, a code of `deciding_organisation`; empty where nobody decided or facts
    /// were not asked for, and in no file of histories.
    pub decided_by: String,
}
