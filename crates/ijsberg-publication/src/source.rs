//! Persons by list, year and covariates, as they are before anything is protected. Nothing here is printed.

use std::collections::BTreeMap;

use ijsberg_disclosure::cell_key::{CellKey, protect};
use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_disclosure::protected::Protected;
use ijsberg_tables::{Covariate, Table};

/// Names under which a covariate is taken for the year.
const YEAR_NAMES: [&str; 3] = ["year", "jaar", "period"];

/// The level of who has none.
pub const UNKNOWN: &str = "unknown";

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
/// and 0 would be a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// What they have in common.
    pub name: String,
    /// Each, and where it stands among all marks.
    pub each: Vec<(String, usize)>,
}

/// A history, a year, and a level of each covariate.
type Cell = (u32, String, Vec<String>);

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
}

impl Source {
    /// The persons of a table in the years wanted. `secret` numbers them, so that the same cell has the same noise in every table
    /// and every release. Persons who are alike in everything are told apart by a number only.
    ///
    /// None if the table has no year.
    pub fn of(table: &Table, years: std::ops::RangeInclusive<i16>, secret: &[u8]) -> Option<Self> {
        let year_at =
            table.covariates.iter().position(|c| YEAR_NAMES.contains(&c.name.to_lowercase().as_str()))?;
        // A column that says the same of everybody, such as that all of it is synthetic, breaks nothing down.
        let told = |c: &Covariate| c.values.iter().any(|v| *v != c.values[0]);
        let told: Vec<&Covariate> = table
            .covariates
            .iter()
            .enumerate()
            .filter(|(i, c)| *i != year_at && told(c))
            .map(|c| c.1)
            .collect();
        let (marks, others): (Vec<&Covariate>, Vec<&Covariate>) =
            told.into_iter().partition(|c| c.name.contains('.'));
        let known = |v: &Option<String>| v.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let has = |v: &Option<String>| v.as_deref().is_some_and(|v| ["yes", "ja", "true"].contains(&v));
        let mut cells: BTreeMap<Cell, BTreeMap<Vec<bool>, u64>> = BTreeMap::new();
        let mut without_year = 0;
        for (i, (history, count)) in table.rows.iter().enumerate().filter(|r| r.1.1 > 0) {
            let year: String = known(&table.covariates[year_at].values[i]).chars().take(4).collect();
            match year.parse::<i16>() {
                Ok(y) if years.contains(&y) => {}
                Ok(_) => continue,
                Err(_) => {
                    without_year += count;
                    continue;
                }
            }
            let levels = others.iter().map(|c| known(&c.values[i])).collect();
            let marked = marks.iter().map(|c| has(&c.values[i])).collect();
            *cells.entry((*history, year, levels)).or_default().entry(marked).or_default() += count;
        }
        let (mut alike, mut by_mark): (Vec<Alike>, Vec<Alike>) = (Vec::new(), Vec::new());
        for ((history, year, levels), marked) in cells {
            // The numbers do not depend on the marks, so that whoever publishes without them has the same noise.
            let who = format!("{history}\u{1f}{year}\u{1f}{}", levels.join("\u{1f}"));
            let mut whole =
                Alike { history, year, levels, marks: Vec::new(), count: 0, key: CellKey::default() };
            for (marks, count) in marked {
                let numbers = whole.count..whole.count + count;
                let key = numbers.fold(CellKey::default(), |sum, number| {
                    sum.and(CellKey::of(secret, format!("{who}\u{1f}{number}").as_bytes()))
                });
                whole.count += count;
                whole.key = whole.key.and(key);
                by_mark.push(Alike { marks, count, key, ..whole.clone() });
            }
            alike.push(whole);
        }
        let mut seen: Vec<String> = alike.iter().map(|a| a.year.clone()).collect();
        seen.sort();
        seen.dedup();
        let covariates = others.iter().map(|c| c.name.clone()).collect();
        Some(Self {
            lists: table.histories.lists().to_vec(),
            covariates,
            marks: families(&marks),
            years: seen,
            alike,
            marked: by_mark,
            without_year,
        })
    }

    /// How many persons fit, exactly.
    pub(crate) fn count(&self, fits: impl Fn(&Alike) -> bool) -> u64 {
        count(&self.alike, fits)
    }

    /// How many persons fit, protected.
    pub fn protected(&self, noise: &Perturbation, fits: impl Fn(&Alike) -> bool) -> Protected {
        protected(&self.alike, noise, fits)
    }

    /// A count with shares of persons of whom a level is not known, protected with the noise of everybody who may be in it.
    pub(crate) fn protected_as(
        &self,
        noise: &Perturbation,
        count: u64,
        fits: impl Fn(&Alike) -> bool,
    ) -> Protected {
        let persons = self.alike.iter().filter(|a| fits(a));
        protect(noise, count, persons.fold(CellKey::default(), |key, a| key.and(a.key)))
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

/// Marks by what stands before the dot.
fn families(marks: &[&Covariate]) -> Vec<Marks> {
    let mut all: Vec<Marks> = Vec::new();
    for (at, (name, mark)) in marks.iter().enumerate().filter_map(|(i, c)| Some((i, c.name.split_once('.')?)))
    {
        match all.iter_mut().find(|m| m.name == name) {
            Some(of) => of.each.push((mark.to_owned(), at)),
            None => all.push(Marks { name: name.to_owned(), each: vec![(mark.to_owned(), at)] }),
        }
    }
    all
}
