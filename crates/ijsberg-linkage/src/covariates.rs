//! What is known of persons beside their names, from columns of the lists: covariates of an estimate.

use std::collections::BTreeMap;

use crate::normalise::fold;
use crate::record::dates::is_missing;
use crate::schema::{Meaning, Records, Rows};

/// The most values of a covariate: with more, a column tells persons apart rather than kinds of them.
pub const MOST_LEVELS: usize = 200;

/// Values of some columns, by record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covariates {
    /// Names of the covariates.
    pub names: Vec<String>,
    /// By covariate its values, in order: numbers by size, others by the alphabet.
    pub levels: Vec<Vec<String>>,
    /// By record, then by covariate: the place of its value; `None` where the list has no such column or nothing stands there.
    values: Vec<Vec<Option<u32>>>,
    /// By covariate whether it is the year: then the first of a person's years counts, and otherwise what most of their records say.
    years: Vec<bool>,
}

/// Nothing is known.
pub const NONE: Covariates =
    Covariates { names: Vec::new(), levels: Vec::new(), values: Vec::new(), years: Vec::new() };

/// Why a column cannot be a covariate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CovariateError {
    /// No list has it.
    #[error("no list has a column “{name}”; there are: {columns}")]
    NoColumn {
        /// The column.
        name: String,
        /// Columns of all lists.
        columns: String,
    },
    /// It names or finds a person, which a table of histories must not.
    #[error(
        "the column “{name}” shows who somebody is, and histories.csv must not contain that; choose columns such as sex, form of exploitation or year"
    )]
    Identifies {
        /// The column.
        name: String,
    },
    /// It has too many values.
    #[error(
        "the column “{name}” has {found} different values; a covariate has {MOST_LEVELS} at most. Merge values into groups first"
    )]
    TooMany {
        /// The column.
        name: String,
        /// How many.
        found: usize,
    },
    /// Its name is that of a list, of another covariate, or of a column that a table of draws has.
    #[error(
        "the table has a column “{name}” already: a list, another covariate, or one of “draw” and “count”. Rename the column"
    )]
    Taken {
        /// The column.
        name: String,
    },
}

impl Covariates {
    /// Covariates with their values in order, and by record the place of its value.
    ///
    /// # Panics
    /// Where a table is made, if a record has fewer values than there are covariates.
    pub fn new(names: Vec<String>, levels: Vec<Vec<String>>, values: Vec<Vec<Option<u32>>>) -> Self {
        let years = levels.iter().map(|l| l.iter().all(|l| is_year(l))).collect();
        Self { names, levels, values, years }
    }

    /// The columns of these names, in whatever file they stand. Upper and lower case, accents and signs are the same; a column of sex or of
    /// nationality is found under any name that such columns go by, and sex is told in one coding.
    ///
    /// # Errors
    /// See [`CovariateError`].
    pub fn of(files: &[Rows<'_>], records: &Records, names: &[String]) -> Result<Self, CovariateError> {
        let mut all = Self { values: vec![Vec::new(); records.records.len()], ..Self::default() };
        for name in names {
            let name = name.trim();
            let taken = |other: &String| fold(other) == fold(name);
            if records.lists.iter().chain(&all.names).any(taken) || TAKEN.contains(&fold(name).as_str()) {
                return Err(CovariateError::Taken { name: name.to_owned() });
            }
            let texts = column(files, records, name)?;
            let mut levels: BTreeMap<String, String> = BTreeMap::new();
            for text in texts.iter().flatten() {
                // The spelling that comes first in the alphabet stands for all that differ in case alone.
                let shown = levels.entry(text.to_lowercase()).or_insert_with(|| text.clone());
                if text < shown {
                    shown.clone_from(text);
                }
            }
            if levels.len() > MOST_LEVELS {
                return Err(CovariateError::TooMany { name: name.to_owned(), found: levels.len() });
            }
            let order = ordered(levels.keys());
            let place = |text: &String| order.iter().position(|l| *l == text.to_lowercase());
            for (record, text) in all.values.iter_mut().zip(&texts) {
                record.push(text.as_ref().and_then(place).map(|p| p as u32));
            }
            all.levels.push(order.iter().map(|l| levels[l].clone()).collect());
            all.names.push(name.to_owned());
        }
        Ok(Self::new(all.names, all.levels, all.values))
    }

    /// What the records of a person say. Where as many say one thing as another, nothing is known.
    pub(crate) fn of_person(&self, records: &[usize]) -> Vec<Option<u32>> {
        let value = |c: usize| {
            let said = records.iter().filter_map(|r| self.values[*r][c]);
            if self.years[c] {
                return said.min();
            }
            let mut votes: BTreeMap<u32, usize> = BTreeMap::new();
            said.for_each(|v| *votes.entry(v).or_insert(0) += 1);
            let most = votes.values().copied().max()?;
            let mut first = votes.iter().filter(|v| *v.1 == most);
            first.next().filter(|_| first.next().is_none()).map(|v| *v.0)
        };
        (0..self.names.len()).map(value).collect()
    }

    /// Whether nothing that is known of two persons speaks against their being one. Somebody may be notified in several years.
    pub(crate) fn may_be_one(&self, x: &[Option<u32>], y: &[Option<u32>]) -> bool {
        let differ = |(a, b): (&Option<u32>, &Option<u32>)| a.is_some() && b.is_some() && a != b;
        !x.iter().zip(y).enumerate().any(|(c, values)| differ(values) && !self.years[c])
    }

    /// What is known of a person who was taken for two.
    pub(crate) fn of_both(x: &[Option<u32>], y: &[Option<u32>]) -> Vec<Option<u32>> {
        x.iter().zip(y).map(|(a, b)| [*a, *b].into_iter().flatten().min()).collect()
    }
}

fn is_year(level: &str) -> bool {
    level.len() == 4 && level.parse().is_ok_and(|y: u16| (1900..=2200).contains(&y))
}

/// Columns that a table of draws has beside lists and covariates.
const TAKEN: [&str; 3] = ["draw", "resolved draw", "count"];

/// What each record says in a column.
fn column(files: &[Rows<'_>], records: &Records, name: &str) -> Result<Vec<Option<String>>, CovariateError> {
    let meaning = Meaning::of(&fold(name));
    let refuse = || CovariateError::Identifies { name: name.to_owned() };
    match meaning {
        None | Some(Meaning::Sex | Meaning::Nationality | Meaning::Place | Meaning::List) => {}
        Some(_) => return Err(refuse()),
    }
    let same = |header: &String| {
        let known = matches!(meaning, Some(Meaning::Sex | Meaning::Nationality));
        fold(header) == fold(name) || known && Meaning::of(&fold(header)) == meaning
    };
    let places: Vec<Option<usize>> = files.iter().map(|f| f.header.iter().position(same)).collect();
    if places.iter().all(Option::is_none) {
        let mut columns: Vec<&str> = files.iter().flat_map(|f| f.header.iter().map(String::as_str)).collect();
        columns.sort_unstable();
        columns.dedup();
        return Err(CovariateError::NoColumn { name: name.to_owned(), columns: columns.join(", ") });
    }
    // Records come in the order of the files and of their rows.
    let mut rows = files.iter().enumerate().flat_map(|(f, file)| file.rows.iter().map(move |r| (f, r)));
    let said = records.origin.iter().zip(&records.records).map(|((f, line), record)| {
        let (_, (_, cells)) = rows.find(|(g, row)| g == f && row.0 == *line)?;
        if meaning == Some(Meaning::Sex) && record.sex.is_some() {
            return record.sex.clone();
        }
        let text = cells.get(places[*f]?)?.trim();
        Some(text.to_owned()).filter(|t| !is_missing(t))
    });
    Ok(said.collect())
}

/// Numbers by size, others by the alphabet.
fn ordered<'a>(levels: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut all: Vec<String> = levels.cloned().collect();
    if all.iter().all(|l| l.parse::<f64>().is_ok()) {
        let number = |l: &String| l.parse::<f64>().unwrap_or_default();
        all.sort_by(|a, b| number(a).total_cmp(&number(b)).then(a.cmp(b)));
    }
    all
}

#[cfg(test)]
mod tests;
