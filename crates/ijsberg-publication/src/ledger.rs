//! What was given out before. It holds published numbers, and persons sealed under the key of the noise; it must not be lost.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::families::Told;
use crate::persons::Kept;
use crate::protection::{How, Plain};
use crate::reporting_delay::Delays;

/// What the log calls a table of capture histories that was given out without a report. Behind a colon stands the statement of who
/// published it: that its people are in no releases but those of that name.
pub const TABLE: &str = "table";

/// What stands between that and the name of the people.
pub(crate) const OF: &str = ": ";

/// All releases, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The releases.
    pub releases: Vec<Release>,
    /// The persons of the years that were given out, sealed under the key of the noise: without them nobody can tell what a later
    /// release and these tell together.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub persons: String,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The year that the report is of.
    pub year: i16,
    /// The first year of its window.
    pub from: i16,
    /// The day it was made.
    pub date: String,
    /// The day until which it was for named readers only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub embargo: Option<String>,
    /// Tells whether another release had the same key, and nothing of the key.
    pub key: String,
    /// What was delivered, if it was no yearly report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delivery: Option<String>,
    /// The noise: variance, largest, hidden.
    pub noise: (f64, i64, i64),
    /// How plain counts were protected.
    #[serde(default)]
    pub plain: Plain,
    /// How often each year had been given out with noise of its own.
    #[serde(default)]
    pub vintages: BTreeMap<String, usize>,
    /// Years of which more is still to come: so many persons arrived or left since they were given out that they would have been revised,
    /// and could not be.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub behind: BTreeSet<String>,
    /// What was told of how long it took until people were notified.
    #[serde(skip_serializing_if = "Delays::is_empty", default)]
    pub delays: Delays,
    /// What each family told.
    pub families: BTreeMap<String, Vec<Told>>,
    /// The estimate.
    pub estimate: Given,
}

/// What was given out of the estimate of the whole window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// Persons reported.
    pub reported: u64,
    /// At least; none where the verdict was that no estimate should be given out.
    pub lower: Option<f64>,
    /// At most; none where only a lower bound was given out.
    pub upper: Option<f64>,
}

impl Release {
    /// Whether it is a table of capture histories and no report.
    pub fn is_table(&self) -> bool {
        let named = self.delivery.as_deref().is_some_and(|name| name.split(OF).next() == Some(TABLE));
        // Earlier versions kept tables in a log of their own, without a name or a year.
        named || self.year == 0
    }

    /// Whether it tells of a year.
    pub(crate) fn tells_of(&self, year: &str) -> bool {
        self.vintages.contains_key(year)
    }
}

/// The year of a day.
pub(crate) fn year_of(date: &str) -> i16 {
    date.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
}

impl Ledger {
    /// A log of tables as it stands among reports: each release says what it is.
    #[must_use]
    pub fn of_tables(mut self) -> Self {
        for r in &mut self.releases {
            if r.year == 0 {
                (r.year, r.from) = (year_of(&r.date), year_of(&r.date));
            }
            r.delivery.get_or_insert_with(|| TABLE.to_owned());
        }
        self
    }

    /// The persons of the years that were given out; none if they are not there, were sealed under another key, or changed.
    pub fn kept(&self, secret: &[u8]) -> Option<Kept> {
        match self.persons.as_str() {
            "" => self.releases.is_empty().then(Kept::default),
            sealed => Kept::open(sealed, secret),
        }
    }

    /// Writes it.
    pub fn write(&self) -> String {
        // Numbers, names and lists of them: there is nothing that could fail.
        ijsberg_outside::json(self).unwrap_or_default()
    }

    /// What earlier releases said of a year: how many persons were reported, by the release's year and day.
    pub fn vintages(&self, year: &str) -> Vec<(i16, String, u64)> {
        let of = |r: &Release| {
            let told = r
                .families
                .get("list")?
                .iter()
                .find(|t| t.level.is_none() && t.year.as_deref() == Some(year) && t.how != How::Hidden)?;
            Some((r.year, r.date.clone(), told.value))
        };
        // A copy under embargo is no edition of its own, nor is what the law asks for.
        self.releases.iter().filter(|r| r.embargo.is_none() && r.delivery.is_none()).filter_map(of).collect()
    }
}
