//! Covariates of an estimate, from columns of the lists.

use std::collections::BTreeMap;

use crate::normalise::fold;
use crate::schema::{Meaning, Records, Rows};

/// The most values of a covariate, and how many filled cells there must be for each: with more values a column distinguishes persons rather
/// than groups. A few are always allowed.
pub const MOST_LEVELS: usize = 200;
const CELLS_A_LEVEL: usize = 4;
const FEW_LEVELS: usize = 20;

/// A column is the year where its name says so and at least this share of its filled cells are years.
const YEARS: f64 = 0.95;

/// Values of some columns, by record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covariates {
    /// Names of the covariates.
    pub names: Vec<String>,
    /// By covariate its values, in order: numbers by size, others by the alphabet.
    pub levels: Vec<Vec<String>>,
    /// By record, then by covariate: the place of its value; `None` where the list has no such column or the cell is empty.
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
    #[error("no list has a column \"{name}\"; there are: {columns}")]
    NoColumn {
        /// The column.
        name: String,
        /// Columns of all lists.
        columns: String,
    },
    /// It names or finds a person, which a table of histories must not.
    #[error(
        "the column \"{name}\" shows who somebody is, and histories.csv must not contain that; choose columns such as sex, form of exploitation or year"
    )]
    Identifies {
        /// The column.
        name: String,
    },
    /// It has too many values.
    #[error(
        "the column \"{name}\" has {found} different values; a covariate of so many records has {most} at most. Merge values into groups first"
    )]
    TooMany {
        /// The column.
        name: String,
        /// How many.
        found: usize,
        /// How many it may have.
        most: usize,
    },
    /// Its name is that of a list, of another covariate, or of a column that a table of draws has.
    #[error(
        "the table has a column \"{name}\" already: a list, another covariate, or one of “draw” and “count”. Rename the column"
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
        let all_years =
            |(name, of): (&String, &Vec<String>)| names_the_year(name) && of.iter().all(|l| is_year(l));
        let years = names.iter().zip(&levels).map(all_years).collect();
        Self { names, levels, values, years }
    }

    /// The columns of these names, in any of the files. Upper and lower case, accents and signs are the same; a column of sex or of
    /// nationality is found under any name that such columns go by, and sex is as the records have it, in one coding.
    ///
    /// # Errors
    /// See [`CovariateError`].
    pub fn from_columns(
        files: &[Rows<'_>],
        records: &Records,
        names: &[String],
    ) -> Result<Self, CovariateError> {
        let mut all = Self { values: vec![Vec::new(); records.records.len()], ..Self::default() };
        for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
            let taken = |other: &String| fold(other) == fold(name);
            if records.lists.iter().chain(&all.names).any(taken) || TAKEN.contains(&fold(name).as_str()) {
                return Err(CovariateError::Taken { name: name.to_owned() });
            }
            let mut texts = column(files, records, name)?;
            let filled = texts.iter().flatten().count();
            let years = texts.iter().flatten().filter(|t| is_year(t)).count();
            if names_the_year(name) && years as f64 >= YEARS * filled as f64 {
                // Slips are no years of their own: of them nothing is known.
                texts.iter_mut().for_each(|t| *t = t.take().filter(|t| is_year(t)));
            }
            let mut levels: BTreeMap<String, String> = BTreeMap::new();
            for text in texts.iter().flatten() {
                // The spelling that comes first in the alphabet stands for all that differ in case alone.
                let shown = levels.entry(text.to_lowercase()).or_insert_with(|| text.clone());
                if text < shown {
                    shown.clone_from(text);
                }
            }
            let most = (filled / CELLS_A_LEVEL).clamp(FEW_LEVELS, MOST_LEVELS);
            if levels.len() > most {
                return Err(CovariateError::TooMany { name: name.to_owned(), found: levels.len(), most });
            }
            let order = ordered(levels.keys());
            let place: BTreeMap<&String, u32> = order.iter().zip(0..).collect();
            for (record, text) in all.values.iter_mut().zip(&texts) {
                record.push(text.as_ref().and_then(|t| place.get(&t.to_lowercase()).copied()));
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

    /// Whether the covariates of two persons allow them to be one person. A person may be notified in several years.
    pub(crate) fn may_be_one(&self, x: &[Option<u32>], y: &[Option<u32>]) -> bool {
        let differ = |(a, b): (&Option<u32>, &Option<u32>)| a.is_some() && b.is_some() && a != b;
        !x.iter().zip(y).enumerate().any(|(c, values)| differ(values) && !self.years[c])
    }

    /// The covariates of two persons joined into one: unknown where the two differ, except for the year, where the first is kept.
    pub(crate) fn of_both(&self, x: &[Option<u32>], y: &[Option<u32>]) -> Vec<Option<u32>> {
        let both = |(c, (a, b)): (usize, (&Option<u32>, &Option<u32>))| match (a, b) {
            (Some(a), Some(b)) if a != b && !self.years[c] => None,
            _ => [*a, *b].into_iter().flatten().min(),
        };
        x.iter().zip(y).enumerate().map(both).collect()
    }
}

fn is_year(level: &str) -> bool {
    level.len() == 4 && level.parse().is_ok_and(|y: u16| (1900..=2200).contains(&y))
}

fn names_the_year(name: &str) -> bool {
    fold(name).split(' ').any(|word| ["year", "jaar", "annee", "jahr"].contains(&word))
}

/// Whether a cell says that nothing is known. A zero, a cross and *none* are values here.
fn is_unknown(text: &str) -> bool {
    const UNKNOWN: [&str; 12] =
        ["", "?", "-", "onbekend", "unknown", "null", "na", "n/a", "nan", "<na>", "#n/a", "niet bekend"];
    UNKNOWN.contains(&text.to_lowercase().as_str())
}

/// Words in the name of a column that identifies a person or contains notes about them.
const TELLING: &[&str] = &[
    "naam",
    "name",
    "names",
    "namen",
    "alias",
    "bijnaam",
    "roepnaam",
    "nickname",
    "nummer",
    "number",
    "nr",
    "id",
    "bsn",
    "kenmerk",
    "reference",
    "referentie",
    "geboren",
    "geboorte",
    "geb",
    "gebjaar",
    "gebdat",
    "gebdatum",
    "birth",
    "born",
    "dob",
    "yob",
    "adres",
    "address",
    "telefoon",
    "phone",
    "mail",
    "email",
    "toelichting",
    "opmerking",
    "opmerkingen",
    "remark",
    "remarks",
    "note",
    "notes",
    "notitie",
    "notities",
    "comment",
    "comments",
    "omschrijving",
    "description",
    "verslag",
    "memo",
];

/// Names that do so when the name has no other words.
const ALONE: &[&str] = &["case", "zaak", "dossier", "client", "no", "code", "key"];

/// Endings of such names.
const ENDINGS: &[&str] = &["naam", "nummer", "nr", "geboortejaar", "geboortedatum"];

/// Whether a column names or finds a person, by what it is called.
fn is_telling(folded: &str) -> bool {
    ALONE.contains(&folded)
        || folded.split(' ').any(|w| TELLING.contains(&w))
        || ENDINGS.iter().any(|e| folded.ends_with(e))
}

/// Columns that a table of draws has beside lists and covariates.
const TAKEN: [&str; 3] = ["draw", "resolved draw", "count"];

/// What each record says in a column.
fn column(files: &[Rows<'_>], records: &Records, name: &str) -> Result<Vec<Option<String>>, CovariateError> {
    let meaning = Meaning::from_name(&fold(name));
    let known = matches!(meaning, Some(Meaning::Sex | Meaning::Nationality));
    let same =
        |header: &String| fold(header) == fold(name) || known && Meaning::from_name(&fold(header)) == meaning;
    // By its name, or by what a schema says that it holds.
    let kinds = records.columns.iter().filter(|c| same(&c.column)).filter_map(|c| c.meaning).chain(meaning);
    let may = |m: Meaning| {
        matches!(m, Meaning::Sex | Meaning::Nationality | Meaning::Place | Meaning::List | Meaning::Own)
    };
    if kinds.clone().any(|m| !may(m)) || kinds.count() == 0 && is_telling(&fold(name)) {
        return Err(CovariateError::Identifies { name: name.to_owned() });
    }
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
        let at = places[*f]?;
        if meaning == Some(Meaning::Sex) {
            return record.sex.clone();
        }
        let text = cells.get(at)?.trim();
        Some(text.to_owned()).filter(|t| !is_unknown(t))
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
