//! A table as it was delivered: its persons by year, before it is decided who of them are published.
#![allow(clippy::type_complexity, reason = "cells by history and levels, each with its marks")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ijsberg_disclosure::cell_key::CellKey;
use ijsberg_report::covariates::YEAR_NAMES;
use ijsberg_tables::{Covariate, Table};

use crate::persons::{Decided, Group, Kept, UNKNOWN, Year, folded, is_year, year_of_others};
use crate::reserved::{ASKED, HISTORIES};
use crate::source::{Alike, Marks, Secret, Source};

/// Names under which a covariate is taken for the pseudonym of a person: it gives the noise, and is in no table.
const PERSON_NAMES: [&str; 4] = ["person", "persoon", "pseudonym", "pseudoniem"];

/// The columns of a table of persons: lists, what else is known, and for each row its lists and how many persons it is.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Names of the lists.
    pub lists: &'a [String],
    /// Other columns.
    pub covariates: &'a [Covariate],
    /// The lists of each row, a bit for each, and its persons.
    pub rows: &'a [(u32, u64)],
}

impl<'a> From<&'a Table> for Columns<'a> {
    fn from(table: &'a Table) -> Self {
        Self { lists: table.histories.lists(), covariates: &table.covariates, rows: &table.rows }
    }
}

/// A table by year, before it is decided which persons are published.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// Lists, covariates and marks, in the order of the table.
    columns: [Vec<String>; 3],
    /// How levels are written now, by covariate and what they are folded to.
    spelling: Vec<BTreeMap<String, String>>,
    years: BTreeMap<String, Year>,
    without_year: u64,
}

/// Why persons cannot be told apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPersons {
    /// There is no column for the year.
    #[error("the table has no column `year`, `jaar` or `period`")]
    NoYear,
    /// A pseudonym stands beside more persons than one.
    #[error("the pseudonym {0} stands beside more persons than one")]
    Twice(String),
    /// A year is no year of a report.
    #[error("{0:?} is not a year; write years with four digits")]
    Year(String),
    /// A column says of nearly every person something else, as a number of a person or a case does.
    #[error("the column {0} is different for nearly every person and would be published; leave it out")]
    Identifier(String),
    /// A column is called what another is, or what a table of every report is.
    #[error("the column {0} has the name of another column or of a table of the report")]
    Column(String),
}

/// A year, a history, levels and marks.
type Cell = (String, u32, Vec<String>, Vec<bool>);

impl Delivered {
    /// The persons of a table in the years wanted.
    ///
    /// # Errors
    /// If there is no year, or a pseudonym is of several persons.
    pub fn from_table(table: &Table, years: &RangeInclusive<i16>) -> Result<Self, NotPersons> {
        Self::read(table, Some(years))
    }

    /// The persons of a table of histories, whatever the year, if there is one. What else is known of them is told of nobody and kept for a
    /// report of the same persons, which may be frozen as they are now.
    ///
    /// # Errors
    /// If a pseudonym is of several persons, or a year is none.
    pub fn of_histories(table: &Table) -> Result<Self, NotPersons> {
        Self::read(table, None)
    }

    fn read(table: &Table, years: Option<&RangeInclusive<i16>>) -> Result<Self, NotPersons> {
        Self::of_columns(&Columns::from(table), years, false)
    }

    /// The persons of a table, also of one with a single list. A column that says the same of everybody stays, since what is delivered
    /// must be there even so.
    ///
    /// # Errors
    /// As for [`Delivered::from_table`].
    pub fn counted(table: &Columns<'_>, years: &RangeInclusive<i16>) -> Result<Self, NotPersons> {
        Self::of_columns(table, Some(years), true)
    }

    fn of_columns(
        table: &Columns<'_>,
        years: Option<&RangeInclusive<i16>>,
        all_columns: bool,
    ) -> Result<Self, NotPersons> {
        let named = |c: &Covariate, names: &[&str]| names.contains(&c.name.to_lowercase().as_str());
        let year_at = table.covariates.iter().position(|c| named(c, &YEAR_NAMES));
        if year_at.is_none() && years.is_some() {
            return Err(NotPersons::NoYear);
        }
        let person_at = table.covariates.iter().position(|c| named(c, &PERSON_NAMES));
        // A column that says the same of everybody, such as that all of it is synthetic, breaks nothing down.
        let told = |c: &Covariate| all_columns || c.values.iter().any(|v| *v != c.values[0]);
        let others = table.covariates.iter().enumerate();
        let others =
            others.filter(|(i, c)| Some(*i) != year_at && Some(*i) != person_at && told(c)).map(|c| c.1);
        // No report takes what tells persons apart.
        let others = others.filter(|c| years.is_some() || !is_identifier(c, table.rows));
        let (marks, covariates): (Vec<&Covariate>, Vec<&Covariate>) = others.partition(|c| is_mark(c));
        one_table_each(&covariates, &marks)?;
        if let Some(c) = covariates.iter().find(|c| years.is_some() && is_identifier(c, table.rows)) {
            return Err(NotPersons::Identifier(c.name.clone()));
        }
        let known = |v: &Option<String>| v.clone().unwrap_or_else(|| UNKNOWN.to_owned());
        let has = |v: &Option<String>| says_yes(v.as_deref());
        let mut cells: BTreeMap<Cell, (u64, Vec<String>)> = BTreeMap::new();
        let (mut without_year, mut seen) = (0, BTreeSet::new());
        for (i, (history, count)) in table.rows.iter().enumerate().filter(|r| r.1.1 > 0) {
            let of_row = year_at.map(|at| known(&table.covariates[at].values[i]));
            let is_unknown = |year: &str| folded(year) == UNKNOWN;
            let of_row = of_row.map(|year| if is_unknown(&year) { UNKNOWN.to_owned() } else { year });
            let written = of_row.unwrap_or_default();
            let year: String = written.chars().take(4).collect();
            match year.parse::<i16>() {
                // Two digits may be of any century, and a person in another window would be missed by nobody.
                Ok(_) if !is_year(&year) => return Err(NotPersons::Year(written)),
                Ok(y) if years.is_some_and(|years| !years.contains(&y)) => continue,
                Err(_) if years.is_some() => {
                    without_year += count;
                    continue;
                }
                // Other words for a year would pass the same persons off as those of another one.
                Err(_) if !is_unknown(&written) => return Err(NotPersons::Year(written)),
                Ok(_) | Err(_) => {}
            }
            let levels = covariates.iter().map(|c| known(&c.values[i])).collect();
            let marked = marks.iter().map(|c| has(&c.values[i])).collect();
            let found = cells.entry((year, *history, levels, marked)).or_default();
            found.0 += count;
            if let Some(name) = person_at.and_then(|p| table.covariates[p].values[i].clone()) {
                if *count != 1 || !seen.insert(name.clone()) {
                    return Err(NotPersons::Twice(name));
                }
                found.1.push(name);
            }
        }
        let names = |of: &[&Covariate]| of.iter().map(|c| c.name.clone()).collect::<Vec<String>>();
        let columns = [table.lists.to_vec(), names(&covariates), names(&marks)];
        let spelling = covariates
            .iter()
            .map(|c| c.values.iter().map(known).map(|level| (folded(&level), level)).collect())
            .collect();
        let mut by_year: BTreeMap<String, Year> = BTreeMap::new();
        for ((year, history, levels, marks), (count, pseudonyms)) in cells {
            let of = by_year.entry(year).or_insert_with(|| {
                let [lists, covariates, marks] = columns.clone();
                Year { lists, covariates, marks, groups: Vec::new() }
            });
            of.groups.push(Group { history, levels, marks, count, key: 0, pseudonyms });
        }
        Ok(Self { columns, spelling, years: by_year, without_year })
    }

    /// Counts these years too if nobody is of them: a year that is counted and not left out has a 0, and keeps it as any year keeps its
    /// counts.
    #[must_use]
    pub(crate) fn counting(mut self, years: impl IntoIterator<Item = i16>) -> Self {
        let [lists, covariates, marks] = self.columns.clone();
        let nobody = Year { lists, covariates, marks, groups: Vec::new() };
        for year in years {
            self.years.entry(year.to_string()).or_insert_with(|| nobody.clone());
        }
        self
    }

    /// The first and the last year of which somebody is.
    pub(crate) fn ends(&self) -> Option<(i16, i16)> {
        let mut years = self.years.keys().filter_map(|year| year.parse().ok());
        let first = years.next()?;
        Some((first, years.next_back().unwrap_or(first)))
    }

    /// The same persons as people who are in no release but those of that name.
    #[must_use]
    pub(crate) fn of_others(mut self, people: &str) -> Self {
        let years = std::mem::take(&mut self.years);
        self.years = years.into_iter().map(|(year, of)| (year_of_others(people, &year), of)).collect();
        self
    }

    /// The first year that was given out before of persons on other lists, among those that are asked for.
    pub(crate) fn on_other_lists(&self, kept: &Kept, asked: impl Fn(&str) -> bool) -> Option<&str> {
        let differs = |(year, now): &(&String, &Year)| {
            let before = kept.years.get(*year).and_then(|all| all.last());
            asked(year) && before.is_some_and(|then| now.has_other_lists(then))
        };
        self.years.iter().find(differs).map(|(year, _)| year.as_str())
    }

    /// The persons who are published: those of a year that was given out before as they were then, unless it is revised. `kept` then
    /// holds them too. Without years, those of the table are meant.
    pub fn published(
        mut self,
        years: Option<&RangeInclusive<i16>>,
        kept: &mut Kept,
        secret: &[u8],
        may_revise: bool,
    ) -> Source {
        let mut decided: Vec<(String, Decided)> = Vec::new();
        let every = || self.years.keys().cloned().collect();
        let wanted: BTreeSet<String> =
            years.map_or_else(every, |years| years.clone().map(|y| y.to_string()).collect());
        for year in wanted {
            let now = self.years.remove(&year);
            if now.is_some() || kept.years.contains_key(&year) {
                let found = kept.published(&year, now.unwrap_or_default(), secret, may_revise);
                decided.push((year, found));
            }
        }
        let mut lists = self.columns[0].clone();
        for name in decided.iter().flat_map(|d| &d.1.persons.lists) {
            if !lists.iter().any(|l| folded(l) == folded(name)) && lists.len() < 32 {
                lists.push(name.clone());
            }
        }
        let mut cells: BTreeMap<(u32, String, Vec<String>), BTreeMap<Vec<bool>, (u64, CellKey)>> =
            BTreeMap::new();
        for (year, of) in &decided {
            self.add(year, &of.persons, &lists, &mut cells);
        }
        let (mut alike, mut by_mark): (Vec<Alike>, Vec<Alike>) = (Vec::new(), Vec::new());
        for ((history, year, levels), marked) in cells {
            let mut whole =
                Alike { history, year, levels, marks: Vec::new(), count: 0, key: CellKey::default() };
            for (marks, (count, key)) in marked {
                whole.count += count;
                whole.key = whole.key.and(key);
                by_mark.push(Alike { marks, count, key, ..whole.clone() });
            }
            alike.push(whole);
        }
        let [_, covariates, marks] = self.columns;
        Source {
            lists,
            covariates,
            marks: families(&marks),
            years: decided.iter().map(|d| d.0.clone()).collect(),
            alike,
            marked: by_mark,
            without_year: self.without_year,
            vintages: decided.iter().map(|(y, d)| (y.clone(), d.vintage)).collect(),
            held_back: decided
                .iter()
                .filter(|d| d.1.held_back > 0)
                .map(|(y, d)| (y.clone(), d.held_back))
                .collect(),
            revised: decided.iter().filter(|d| d.1.revised).map(|d| d.0.clone()).collect(),
            secret: Secret(secret.to_vec()),
        }
    }

    /// The persons of a year, in the columns of now.
    fn add(
        &self,
        year: &str,
        of: &Year,
        lists: &[String],
        cells: &mut BTreeMap<(u32, String, Vec<String>), BTreeMap<Vec<bool>, (u64, CellKey)>>,
    ) {
        let place = |names: &[String], name: &String| names.iter().position(|n| folded(n) == folded(name));
        let bits: Vec<Option<usize>> = of.lists.iter().map(|l| place(lists, l)).collect();
        let covariates: Vec<Option<usize>> =
            self.columns[1].iter().map(|c| place(&of.covariates, c)).collect();
        let marks: Vec<Option<usize>> = self.columns[2].iter().map(|m| place(&of.marks, m)).collect();
        for g in &of.groups {
            let on = bits.iter().enumerate().filter(|(l, _)| g.history >> l & 1 == 1);
            let history = on.filter_map(|(_, bit)| *bit).fold(0, |all, bit| all | 1 << bit);
            let level = |(c, at): (usize, &Option<usize>)| {
                let level = at.map_or(UNKNOWN, |at| g.levels[at].as_str());
                self.spelling[c].get(&folded(level)).map_or(level, String::as_str).to_owned()
            };
            let levels = covariates.iter().enumerate().map(level).collect();
            let marked = marks.iter().map(|m| m.is_some_and(|m| g.marks[m])).collect();
            let found =
                cells.entry((history, year.to_owned(), levels)).or_default().entry(marked).or_default();
            *found = (found.0 + g.count, found.1.and(CellKey::kept(g.key)));
        }
    }
}

/// Words for who has a mark.
const HAS: [&str; 3] = ["yes", "ja", "true"];

/// Whether a mark is said to be a person's.
pub(crate) fn says_yes(value: Option<&str>) -> bool {
    value.is_some_and(|v| HAS.contains(&v))
}

/// Words for who has not.
const HAS_NOT: [&str; 3] = ["no", "nee", "false"];

/// Whether a column is one of a family of marks: its name has two parts, and its values are yes and no.
fn is_mark(c: &Covariate) -> bool {
    let named = c.name.split_once('.').is_some_and(|(family, mark)| !family.is_empty() && !mark.is_empty());
    named && c.values.iter().flatten().all(|v| HAS.contains(&v.as_str()) || HAS_NOT.contains(&v.as_str()))
}

/// Levels from which a column may be an identifier, and the fewest persons of a level on average of one that is none.
const MANY_LEVELS: usize = 20;

const FEW_PERSONS: u64 = 3;

/// Whether a column may tell persons apart.
fn is_identifier(c: &Covariate, rows: &[(u32, u64)]) -> bool {
    let known =
        || c.values.iter().zip(rows).filter_map(|(v, row)| Some((v.as_ref()?, row.1))).filter(|v| v.1 > 0);
    let levels: BTreeSet<&String> = known().map(|v| v.0).collect();
    let persons: u64 = known().map(|v| v.1).sum();
    levels.len() > MANY_LEVELS && persons < FEW_PERSONS * levels.len() as u64
}

/// Every covariate and every family of marks has one table, by its name: two of one name would be one to whoever looks for what
/// they tell together.
fn one_table_each(covariates: &[&Covariate], marks: &[&Covariate]) -> Result<(), NotPersons> {
    let own: BTreeSet<String> =
        ["list", "total", HISTORIES, ASKED].into_iter().chain(YEAR_NAMES).map(folded).collect();
    let mut taken = own.clone();
    let families: BTreeSet<String> =
        marks.iter().filter_map(|m| Some(folded(m.name.split_once('.')?.0))).collect();
    if let Some(c) =
        covariates.iter().find(|c| families.contains(&folded(&c.name)) || !taken.insert(folded(&c.name)))
    {
        return Err(NotPersons::Column(c.name.clone()));
    }
    // A family of marks called as one of the report's own tables would take its place in the ledger.
    let takes = |m: &Covariate| m.name.split_once('.').is_some_and(|name| own.contains(&folded(name.0)));
    let mut each = BTreeSet::new();
    match marks.iter().find(|m| !each.insert(folded(&m.name)) || takes(m)) {
        Some(m) => Err(NotPersons::Column(m.name.clone())),
        None => Ok(()),
    }
}

/// Marks by what stands before the dot.
fn families(marks: &[String]) -> Vec<Marks> {
    let mut all: Vec<Marks> = Vec::new();
    for (at, (name, mark)) in marks.iter().enumerate().filter_map(|(i, c)| Some((i, c.split_once('.')?))) {
        match all.iter_mut().find(|m| m.name == name) {
            Some(of) => of.each.push((mark.to_owned(), at)),
            None => all.push(Marks { name: name.to_owned(), each: vec![(mark.to_owned(), at)] }),
        }
    }
    all
}
