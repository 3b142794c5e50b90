//! The release log. It contains published counts, and persons encrypted under the key of the noise; it must not be lost.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::families::PublishedCount;
use crate::persons::KeptYears;
use crate::protection::{CountProtection, TableProtection};
use crate::reporting_delay::Delays;

/// The name in the log of a table of capture histories that was published without a report. A name after a colon states that the people of
/// the table are only in releases with that name.
pub const TABLE: &str = "table";

/// The separator between that name and the name of the people.
pub(crate) const TABLE_SEPARATOR: &str = ": ";

/// The release log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// The releases, oldest first.
    pub releases: Vec<Release>,
    /// The persons of the published years, encrypted under the key of the noise. Without them a later release cannot be checked together
    /// with these.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub persons: String,
}

/// One release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The year of the report.
    pub year: i16,
    /// The first year of its window.
    pub from: i16,
    /// The date of the release.
    pub date: String,
    /// The date until which it is for named readers only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub embargo: Option<String>,
    /// A fingerprint of the key, which shows whether releases have the same key and does not disclose it.
    pub key: String,
    /// The kind of delivery; `None` for a yearly report.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delivery: Option<String>,
    /// The noise: its variance, its largest value, and the largest excluded count.
    pub noise: (f64, i64, i64),
    /// How counts in tables were protected.
    #[serde(default)]
    pub plain: TableProtection,
    /// The vintage of each year: the number of times it was published with new noise, this release included.
    #[serde(default)]
    pub vintages: BTreeMap<String, usize>,
    /// Years that are behind the data: enough persons arrived or left since their publication for a revision, but they could not be
    /// revised.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub behind: BTreeSet<String>,
    /// The published delays until people were notified.
    #[serde(skip_serializing_if = "Delays::is_empty", default)]
    pub delays: Delays,
    /// The published counts of each family.
    pub families: BTreeMap<String, Vec<PublishedCount>>,
    /// The published estimate.
    pub estimate: PublishedEstimate,
}

/// The published estimate for the whole window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishedEstimate {
    /// The number of persons reported.
    pub reported: u64,
    /// The lower limit; `None` if the verdict allowed no estimate.
    pub lower: Option<f64>,
    /// The upper limit; `None` if at most a lower bound was published.
    pub upper: Option<f64>,
}

impl Release {
    /// Whether it is a table of capture histories rather than a report.
    pub fn is_table(&self) -> bool {
        let is_table = |name: &str| name.split(TABLE_SEPARATOR).next() == Some(TABLE);
        let named = self.delivery.as_deref().is_some_and(is_table);
        // Earlier versions kept a separate log of tables, without names and years.
        named || self.year == 0
    }

    /// Whether it contains a year.
    pub(crate) fn covers(&self, year: &str) -> bool {
        self.vintages.contains_key(year)
    }
}

/// The year of a date.
pub(crate) fn year_of(date: &str) -> i16 {
    date.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
}

impl Ledger {
    /// Marks each release of a log of tables as a table, so that the log can be merged with that of reports.
    #[must_use]
    pub fn marked_as_tables(mut self) -> Self {
        for r in &mut self.releases {
            if r.year == 0 {
                (r.year, r.from) = (year_of(&r.date), year_of(&r.date));
            }
            r.delivery.get_or_insert_with(|| TABLE.to_owned());
        }
        self
    }

    /// The persons of the published years; `None` if they are missing, were encrypted under another key, or were changed.
    pub fn kept_years(&self, secret: &[u8]) -> Option<KeptYears> {
        match self.persons.as_str() {
            "" => self.releases.is_empty().then(KeptYears::default),
            sealed => KeptYears::open(sealed, secret),
        }
    }

    /// The log as JSON.
    pub fn write(&self) -> String {
        // Numbers, names and lists of them: serialisation cannot fail.
        ijsberg_outside::json(self).unwrap_or_default()
    }

    /// The number of persons reported in a year according to each release, with the year and date of the release.
    pub fn earlier_totals(&self, year: &str) -> Vec<(i16, String, u64)> {
        let of = |r: &Release| {
            let total = r.families.get("list")?.iter().find(|t| {
                t.level.is_none() && t.year.as_deref() == Some(year) && t.how != CountProtection::Hidden
            })?;
            Some((r.year, r.date.clone(), total.value))
        };
        // A copy under embargo is not an edition of its own, and neither is a delivery required by law.
        self.releases.iter().filter(|r| r.embargo.is_none() && r.delivery.is_none()).filter_map(of).collect()
    }
}
