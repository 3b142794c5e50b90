//! A table as delivered: its persons by year, before the decision which of them are published.
#![allow(clippy::type_complexity, reason = "cells by history and levels, each with its marks")]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use ijsberg_disclosure::cell_key::CellKey;
use ijsberg_report::covariates::YEAR_NAMES;
use ijsberg_tables::{Covariate, Table};

use crate::persons::{Group, KeptYears, UNKNOWN, Year, YearDecision, folded, is_year, year_of_people};
use crate::reserved::{HISTORIES, SDG_INDICATOR};
use crate::source::{Marks, PersonGroup, Secret, Source};

/// The names of a column with the pseudonym of a person, which determines the noise and is in no table.
const PERSON_NAMES: [&str; 4] = ["person", "persoon", "pseudonym", "pseudoniem"];

/// The columns of a table of persons: lists, covariates, and for each row its lists and its number of persons.
#[derive(Debug, Clone, Copy)]
pub struct Columns<'a> {
    /// Names of the lists.
    pub lists: &'a [String],
    /// The other columns.
    pub covariates: &'a [Covariate],
    /// The lists of each row as a bit mask, and its number of persons.
    pub rows: &'a [(u32, u64)],
}

impl<'a> From<&'a Table> for Columns<'a> {
    fn from(table: &'a Table) -> Self {
        Self { lists: table.histories.lists(), covariates: &table.covariates, rows: &table.rows }
    }
}

/// A table by year, before the decision which persons are published.
#[derive(Debug, Clone)]
pub struct DeliveredTable {
    /// Lists, covariates and marks, in the order of the table.
    columns: [Vec<String>; 3],
    /// For each covariate, the current spelling of each level by its standard spelling.
    spelling: Vec<BTreeMap<String, String>>,
    years: BTreeMap<String, Year>,
    without_year: u64,
}

/// The reason why a table cannot be used: persons cannot be distinguished, or a column cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonTableError {
    /// The table has no column for the year.
    #[error("the table has no column `year`, `jaar` or `period`")]
    NoYear,
    /// A pseudonym belongs to more than one person.
    #[error("the pseudonym {0} belongs to more than one person")]
    Twice(String),
    /// A value is not a year of a report.
    #[error("{0:?} is not a year; write years with four digits")]
    Year(String),
    /// A column differs for nearly every person, as the number of a person or a case does.
    #[error("the column {0} differs for nearly every person and would be published; leave it out")]
    Identifier(String),
    /// A column has the name of another column, or of a table that every report has.
    #[error("the column {0} has the same name as another column or as a table of the report")]
    Column(String),
}

/// The year, history, levels and marks of a cell.
type Cell = (String, u32, Vec<String>, Vec<bool>);

impl DeliveredTable {
    /// The persons of a table in the given years.
    ///
    /// # Errors
    /// If the table has no years, or its columns or pseudonyms cannot be used.
    pub fn from_table(table: &Table, years: &RangeInclusive<i16>) -> Result<Self, PersonTableError> {
        Self::read(table, Some(years))
    }

    /// The persons of a table of histories, in all years or without years. Their covariates are not published; they are kept for a report of
    /// the same persons, which may be frozen as they are now.
    ///
    /// # Errors
    /// If a pseudonym belongs to several persons, a value is not a year, or two columns have the same name.
    pub fn from_histories(table: &Table) -> Result<Self, PersonTableError> {
        Self::read(table, None)
    }

    fn read(table: &Table, years: Option<&RangeInclusive<i16>>) -> Result<Self, PersonTableError> {
        Self::build(&Columns::from(table), years, false)
    }

    /// The persons of a table, also of one with a single list. A column with the same value for everybody is kept, because a delivery must
    /// include it.
    ///
    /// # Errors
    /// As for [`DeliveredTable::from_table`].
    pub fn from_columns(table: &Columns<'_>, years: &RangeInclusive<i16>) -> Result<Self, PersonTableError> {
        Self::build(table, Some(years), true)
    }

    fn build(
        table: &Columns<'_>,
        years: Option<&RangeInclusive<i16>>,
        all_columns: bool,
    ) -> Result<Self, PersonTableError> {
        let named = |c: &Covariate, names: &[&str]| names.contains(&c.name.to_lowercase().as_str());
        let year_at = table.covariates.iter().position(|c| named(c, &YEAR_NAMES));
        if year_at.is_none() && years.is_some() {
            return Err(PersonTableError::NoYear);
        }
        let person_at = table.covariates.iter().position(|c| named(c, &PERSON_NAMES));
        // A column with the same value for everybody, such as that the data are synthetic, is no breakdown.
        let is_breakdown = |c: &Covariate| all_columns || c.values.iter().any(|v| *v != c.values[0]);
        let others = table.covariates.iter().enumerate();
        let others = others.filter(|(i, c)| Some(*i) != year_at && Some(*i) != person_at && is_breakdown(c));
        let others = others.map(|c| c.1);
        // No report uses a column that identifies persons.
        let others = others.filter(|c| years.is_some() || !is_identifier(c, table.rows));
        let (marks, covariates): (Vec<&Covariate>, Vec<&Covariate>) = others.partition(|c| is_mark(c));
        check_table_names(&covariates, &marks)?;
        if let Some(c) = covariates.iter().find(|c| years.is_some() && is_identifier(c, table.rows)) {
            return Err(PersonTableError::Identifier(c.name.clone()));
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
                // Two digits could be of any century, and nobody would notice a person in another window.
                Ok(_) if !is_year(&year) => return Err(PersonTableError::Year(written)),
                Ok(y) if years.is_some_and(|years| !years.contains(&y)) => continue,
                Err(_) if years.is_some() => {
                    without_year += count;
                    continue;
                }
                // Another spelling of a year would present the same persons as those of another year.
                Err(_) if !is_unknown(&written) => return Err(PersonTableError::Year(written)),
                Ok(_) | Err(_) => {}
            }
            let levels = covariates.iter().map(|c| known(&c.values[i])).collect();
            let marked = marks.iter().map(|c| has(&c.values[i])).collect();
            let found = cells.entry((year, *history, levels, marked)).or_default();
            found.0 += count;
            if let Some(name) = person_at.and_then(|p| table.covariates[p].values[i].clone()) {
                if *count != 1 || !seen.insert(name.clone()) {
                    return Err(PersonTableError::Twice(name));
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

    /// Includes these years even if they have no persons: a year that is counted has a 0, and keeps it like any year keeps its counts.
    #[must_use]
    pub(crate) fn with_years(mut self, years: impl IntoIterator<Item = i16>) -> Self {
        let [lists, covariates, marks] = self.columns.clone();
        let nobody = Year { lists, covariates, marks, groups: Vec::new() };
        for year in years {
            self.years.entry(year.to_string()).or_insert_with(|| nobody.clone());
        }
        self
    }

    /// The first and the last year with persons.
    pub(crate) fn year_range(&self) -> Option<(i16, i16)> {
        let mut years = self.years.keys().filter_map(|year| year.parse().ok());
        let first = years.next()?;
        Some((first, years.next_back().unwrap_or(first)))
    }

    /// The same persons, as people who are only in releases with this name.
    #[must_use]
    pub(crate) fn of_people(mut self, people: &str) -> Self {
        let years = std::mem::take(&mut self.years);
        self.years = years.into_iter().map(|(year, of)| (year_of_people(people, &year), of)).collect();
        self
    }

    /// The first year, among those that `asked` selects, that was published before with persons on other lists.
    pub(crate) fn year_on_other_lists(&self, kept: &KeptYears, asked: impl Fn(&str) -> bool) -> Option<&str> {
        let differs = |(year, now): &(&String, &Year)| {
            let before = kept.years.get(*year).and_then(|all| all.last());
            asked(year) && before.is_some_and(|then| now.has_other_lists(then))
        };
        self.years.iter().find(differs).map(|(year, _)| year.as_str())
    }

    /// The persons to publish: those of a published year as they were then, unless the year is revised. Afterwards `kept` contains them too.
    /// Without `years`, the years of the table are used.
    pub fn into_source(
        mut self,
        years: Option<&RangeInclusive<i16>>,
        kept: &mut KeptYears,
        secret: &[u8],
        may_revise: bool,
    ) -> Source {
        let mut decided: Vec<(String, YearDecision)> = Vec::new();
        let every = || self.years.keys().cloned().collect();
        let wanted: BTreeSet<String> =
            years.map_or_else(every, |years| years.clone().map(|y| y.to_string()).collect());
        for year in wanted {
            let now = self.years.remove(&year);
            if now.is_some() || kept.years.contains_key(&year) {
                let found = kept.decide(&year, now.unwrap_or_default(), secret, may_revise);
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
        let (mut groups, mut by_mark): (Vec<PersonGroup>, Vec<PersonGroup>) = (Vec::new(), Vec::new());
        for ((history, year, levels), marked) in cells {
            let mut whole =
                PersonGroup { history, year, levels, marks: Vec::new(), count: 0, key: CellKey::default() };
            for (marks, (count, key)) in marked {
                whole.count += count;
                whole.key = whole.key.and(key);
                by_mark.push(PersonGroup { marks, count, key, ..whole.clone() });
            }
            groups.push(whole);
        }
        let [_, covariates, marks] = self.columns;
        Source {
            lists,
            covariates,
            marks: mark_families(&marks),
            years: decided.iter().map(|d| d.0.clone()).collect(),
            groups,
            groups_by_mark: by_mark,
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

    /// Adds the persons of a year, with the current columns.
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

/// The values for a person with a mark.
const HAS: [&str; 3] = ["yes", "ja", "true"];

/// Whether a value says that a person has a mark.
pub(crate) fn says_yes(value: Option<&str>) -> bool {
    value.is_some_and(|v| HAS.contains(&v))
}

/// The values for a person without a mark.
const HAS_NOT: [&str; 3] = ["no", "nee", "false"];

/// Whether a column belongs to a family of marks: its name has two parts, and its values are yes and no.
fn is_mark(c: &Covariate) -> bool {
    let named = c.name.split_once('.').is_some_and(|(family, mark)| !family.is_empty() && !mark.is_empty());
    named && c.values.iter().flatten().all(|v| HAS.contains(&v.as_str()) || HAS_NOT.contains(&v.as_str()))
}

/// An identifier has more levels than this, and fewer than [`FEW_PERSONS`] persons per level.
const MANY_LEVELS: usize = 20;

/// An identifier has fewer persons per level than this on average, and more than [`MANY_LEVELS`] levels.
const FEW_PERSONS: u64 = 3;

/// Whether a column may identify persons.
fn is_identifier(c: &Covariate, rows: &[(u32, u64)]) -> bool {
    let known =
        || c.values.iter().zip(rows).filter_map(|(v, row)| Some((v.as_ref()?, row.1))).filter(|v| v.1 > 0);
    let levels: BTreeSet<&String> = known().map(|v| v.0).collect();
    let persons: u64 = known().map(|v| v.1).sum();
    levels.len() > MANY_LEVELS && persons < FEW_PERSONS * levels.len() as u64
}

/// Checks that every covariate and every family of marks has a name of its own: the disclosure check would treat two tables with one name as
/// one.
fn check_table_names(covariates: &[&Covariate], marks: &[&Covariate]) -> Result<(), PersonTableError> {
    let own: BTreeSet<String> =
        ["list", "total", HISTORIES, SDG_INDICATOR].into_iter().chain(YEAR_NAMES).map(folded).collect();
    let mut taken = own.clone();
    let families: BTreeSet<String> =
        marks.iter().filter_map(|m| Some(folded(m.name.split_once('.')?.0))).collect();
    if let Some(c) =
        covariates.iter().find(|c| families.contains(&folded(&c.name)) || !taken.insert(folded(&c.name)))
    {
        return Err(PersonTableError::Column(c.name.clone()));
    }
    // A family of marks with the name of one of the report's own tables would replace that table in the release log.
    let takes = |m: &Covariate| m.name.split_once('.').is_some_and(|name| own.contains(&folded(name.0)));
    let mut each = BTreeSet::new();
    match marks.iter().find(|m| !each.insert(folded(&m.name)) || takes(m)) {
        Some(m) => Err(PersonTableError::Column(m.name.clone())),
        None => Ok(()),
    }
}

/// The families of marks, by the name before the dot.
fn mark_families(marks: &[String]) -> Vec<Marks> {
    let mut all: Vec<Marks> = Vec::new();
    for (at, (name, mark)) in marks.iter().enumerate().filter_map(|(i, c)| Some((i, c.split_once('.')?))) {
        match all.iter_mut().find(|m| m.name == name) {
            Some(of) => of.each.push((mark.to_owned(), at)),
            None => all.push(Marks { name: name.to_owned(), each: vec![(mark.to_owned(), at)] }),
        }
    }
    all
}
