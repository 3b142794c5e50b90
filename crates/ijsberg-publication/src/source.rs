//! Persons before anything is protected. Nothing here is printed.

mod delivered;
mod registered;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use ijsberg_disclosure::cell_key::{CellKey, protect};
use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::protected::Protected;
use ijsberg_tables::Table;

use crate::persons::Kept;
pub use crate::persons::UNKNOWN;
pub(crate) use delivered::says_yes;
pub use delivered::{Columns, Delivered, NotPersons};
pub use registered::of_register;

/// Persons who are alike in everything: on which lists, in which year, at which levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// The lists, a bit for each.
    pub history: u32,
    /// The year.
    pub year: String,
    /// The level of each covariate.
    pub levels: Vec<String>,
    /// Whether each mark is theirs; none where marks are left out of account.
    pub marks: Vec<bool>,
    /// How many.
    pub count: u64,
    /// Their numbers, added up.
    key: CellKey,
}

/// What else is counted and not estimated, such as means of coercion: marks of which a person may have several. In a table it is
/// the columns `means.DebtBondage`, `means.Other`, and so on, with `yes` for whoever has it and `no` for who has not; a column of 1
/// and 0 would be a list. A column with a dot in its name and other words in it is a covariate like any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// What they have in common.
    pub name: String,
    /// Each, and where it stands among all marks.
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
    /// Covariates but the year.
    pub covariates: Vec<String>,
    /// What else is counted.
    pub marks: Vec<Marks>,
    /// Years in order.
    pub years: Vec<String>,
    /// The persons, marks left out of account.
    pub alike: Vec<Alike>,
    /// The same persons by their marks too.
    pub marked: Vec<Alike>,
    /// Persons without a year, who are in no report: for whoever makes it, not to be given out.
    pub without_year: u64,
    /// For each year: how often it has been given out with noise of its own, this time included.
    pub vintages: BTreeMap<String, usize>,
    /// For each year: persons who arrived or left since it was given out, and are in no number. For whoever makes the report, not to
    /// be given out.
    pub held_back: BTreeMap<String, u64>,
    /// Years that were revised just now.
    pub revised: Vec<String>,
    secret: Secret,
}

impl Source {
    /// The persons of a table in the years wanted, of whom nothing was published before. None if the table does not tell the years of
    /// persons.
    pub fn from_table(table: &Table, years: RangeInclusive<i16>, secret: &[u8]) -> Option<Self> {
        let delivered = Delivered::from_table(table, &years).ok()?;
        Some(delivered.published(Some(&years), &mut Kept::default(), secret, false))
    }

    /// Whether anybody is of a year.
    pub(crate) fn has_year(&self, year: &str) -> bool {
        self.alike.iter().any(|a| a.year == year)
    }

    /// How many persons fit, exactly.
    pub(crate) fn count(&self, fits: impl Fn(&Alike) -> bool) -> u64 {
        count(&self.alike, fits)
    }

    /// How many persons fit, protected.
    pub fn protected(&self, noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Protected {
        protected(&self.alike, noise, fits)
    }

    /// A count with shares of persons of whom a level is not known, protected with the noise of everybody who may be in it, and of what
    /// the count is of: thousands of such counts go into one estimate and none is told, and persons who share a number must not have
    /// the same noise in all of them.
    pub(crate) fn protected_as(
        &self,
        noise: &Perturbation,
        count: u64,
        what: &str,
        fits: impl Fn(&Alike) -> bool,
    ) -> Protected {
        let persons = self.alike.iter().filter(|a| fits(a)).fold(CellKey::default(), |key, a| key.and(a.key));
        let what = format!("margin\u{1e}{what}\u{1e}{}", persons.get());
        protect(noise, count, CellKey::from_secret(&self.secret.0, what.as_bytes()))
    }

    /// How many groups of persons there are, as far as their protected counts show that somebody is in them.
    pub(crate) fn groups<'a, K: Ord>(&'a self, noise: &Perturbation, of: impl Fn(&'a Alike) -> K) -> usize {
        let mut all: BTreeMap<K, (u64, CellKey)> = BTreeMap::new();
        for a in &self.alike {
            let group = all.entry(of(a)).or_default();
            *group = (group.0 + a.count, group.1.and(a.key));
        }
        all.into_values().filter(|(count, key)| protect(noise, *count, *key).get() > 0).count()
    }

    /// Histories with their protected counts, of the persons who fit.
    pub fn histories(&self, noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Vec<(u32, Protected)> {
        let mut all: Vec<u32> = self.alike.iter().filter(|a| fits(a)).map(|a| a.history).collect();
        all.sort_unstable();
        all.dedup();
        all.into_iter().map(|h| (h, self.protected(noise, |a| a.history == h && fits(a)))).collect()
    }

    /// Levels of a covariate in order, that of who has none last.
    pub fn levels(&self, covariate: usize) -> Vec<String> {
        let mut all: Vec<String> = self.alike.iter().map(|a| a.levels[covariate].clone()).collect();
        all.sort_by_key(|l| (l == UNKNOWN, l.clone()));
        all.dedup();
        all
    }
}

/// How many of some persons fit, exactly.
pub(crate) fn count(persons: &[Alike], fits: impl Fn(&Alike) -> bool) -> u64 {
    persons.iter().filter(|a| fits(a)).map(|a| a.count).sum()
}

/// How many of some persons fit, protected.
pub(crate) fn protected(persons: &[Alike], noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Protected {
    let both = |(count, key): (u64, CellKey), a: &Alike| (count + a.count, key.and(a.key));
    let (count, key) = persons.iter().filter(|a| fits(a)).fold((0, CellKey::default()), both);
    protect(noise, count, key)
}
