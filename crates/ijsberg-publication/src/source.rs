//! Persons before protection. Nothing here is printed.

mod delivered;
mod registered;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ijsberg_disclosure::cell_key::{CellKey, protect};
use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::protected::Protected;
use ijsberg_tables::Table;

use crate::persons::KeptYears;
pub use crate::persons::UNKNOWN;
pub(crate) use delivered::says_yes;
pub use delivered::{Columns, DeliveredTable, PersonTableError};
pub use registered::of_register;

/// Persons with the same lists, year, levels and marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonGroup {
    /// The lists, as a bit mask.
    pub history: u32,
    /// The year.
    pub year: String,
    /// The level of each covariate.
    pub levels: Vec<String>,
    /// For each mark, whether they have it; empty if marks are ignored.
    pub marks: Vec<bool>,
    /// The number of persons.
    pub count: u64,
    /// The sum of their record keys.
    key: CellKey,
}

/// A family of marks, such as means of coercion: characteristics that are counted and not estimated, of which a person may have several. In a
/// table they are the columns `means.DebtBondage`, `means.Other` and so on, with the values `yes` and `no`; a column with 1 and 0 would be
/// a list. A column with a dot in its name and other values is an ordinary covariate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// The name of the family.
    pub name: String,
    /// The marks, each with its index among all marks.
    pub each: Vec<(String, usize)>,
}

/// The key of the noise, which is never printed.
#[derive(Clone)]
struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// All persons of a window of years.
#[derive(Debug, Clone)]
pub struct Source {
    /// The lists.
    pub lists: Vec<String>,
    /// The covariates, without the year.
    pub covariates: Vec<String>,
    /// The families of marks.
    pub marks: Vec<Marks>,
    /// The years in order.
    pub years: Vec<String>,
    /// The persons, grouped without marks.
    pub groups: Vec<PersonGroup>,
    /// The same persons, grouped by marks too.
    pub groups_by_mark: Vec<PersonGroup>,
    /// The number of persons without a year, who are in no report: for the producer of the report, not for publication.
    pub without_year: u64,
    /// The vintage of each year: the number of times it was published with new noise, this time included.
    pub vintages: BTreeMap<String, usize>,
    /// For each year, the number of persons who arrived or left since it was published and are in no count: for the producer of the
    /// report, not for publication.
    pub held_back: BTreeMap<String, u64>,
    /// The years that are revised now.
    pub revised: Vec<String>,
    secret: Secret,
}

impl Source {
    /// The persons of a table in the given years, without earlier publications. `None` if the table does not contain the years of persons,
    /// or cannot be published.
    pub fn from_table(table: &Table, years: RangeInclusive<i16>, secret: &[u8]) -> Option<Self> {
        let delivered = DeliveredTable::from_table(table, &years).ok()?;
        Some(delivered.into_source(Some(&years), &mut KeptYears::default(), secret, false))
    }

    /// Whether a year has persons.
    pub(crate) fn has_year(&self, year: &str) -> bool {
        self.groups.iter().any(|a| a.year == year)
    }

    /// The exact number of persons that satisfy a condition.
    pub(crate) fn count(&self, fits: impl Fn(&PersonGroup) -> bool) -> u64 {
        count(&self.groups, fits)
    }

    /// The protected number of persons that satisfy a condition.
    pub fn protected(&self, noise: &Perturbation, fits: impl Fn(&PersonGroup) -> bool) -> Protected {
        protected(&self.groups, noise, fits)
    }

    /// Protects a count that includes shares of persons with an unknown level. The noise depends on all persons who may be in the count, and
    /// on `what` is counted: thousands of such counts enter one estimate and none is published, and persons who share a record key must not
    /// have the same noise in all of them.
    pub(crate) fn protected_as(
        &self,
        noise: &Perturbation,
        count: u64,
        what: &str,
        fits: impl Fn(&PersonGroup) -> bool,
    ) -> Protected {
        let included = self.groups.iter().filter(|a| fits(a));
        let persons = included.fold(CellKey::default(), |key, a| key.and(a.key));
        let what = format!("margin\u{1e}{what}\u{1e}{}", persons.get());
        protect(noise, count, CellKey::from_secret(&self.secret.0, what.as_bytes()))
    }

    /// The number of groups of persons whose protected count is above zero.
    pub(crate) fn count_groups<'a, K: Ord>(
        &'a self,
        noise: &Perturbation,
        of: impl Fn(&'a PersonGroup) -> K,
    ) -> usize {
        let mut all: BTreeMap<K, (u64, CellKey)> = BTreeMap::new();
        for a in &self.groups {
            let group = all.entry(of(a)).or_default();
            *group = (group.0 + a.count, group.1.and(a.key));
        }
        all.into_values().filter(|(count, key)| protect(noise, *count, *key).get() > 0).count()
    }

    /// The histories of the persons that satisfy a condition, with their protected counts.
    pub fn histories(
        &self,
        noise: &Perturbation,
        fits: impl Fn(&PersonGroup) -> bool,
    ) -> Vec<(u32, Protected)> {
        let mut all: Vec<u32> = self.groups.iter().filter(|a| fits(a)).map(|a| a.history).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|h| (h, self.protected(noise, |a| a.history == h && fits(a)))).collect()
    }

    /// The levels of a covariate in order, unknown last.
    pub fn levels(&self, covariate: usize) -> Vec<String> {
        let mut all: Vec<String> = self.groups.iter().map(|a| a.levels[covariate].clone()).collect();
        all.sort_by_key(|l| (l == UNKNOWN, l.clone()));
        all.dedup();
        all
    }
}

/// The exact number of these persons that satisfy a condition.
pub(crate) fn count(persons: &[PersonGroup], fits: impl Fn(&PersonGroup) -> bool) -> u64 {
    persons.iter().filter(|a| fits(a)).map(|a| a.count).sum()
}

/// The protected number of these persons that satisfy a condition.
pub(crate) fn protected(
    persons: &[PersonGroup],
    noise: &Perturbation,
    fits: impl Fn(&PersonGroup) -> bool,
) -> Protected {
    let both = |(count, key): (u64, CellKey), a: &PersonGroup| (count + a.count, key.and(a.key));
    let (count, key) = persons.iter().filter(|a| fits(a)).fold((0, CellKey::default()), both);
    protect(noise, count, key)
}
