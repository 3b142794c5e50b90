//! Records from rows, and what was read of each column.

use std::collections::HashSet;
use std::sync::Arc;

use super::birth::joined;
use super::columns::{Columns, place};
use super::names::apart;
use super::sexes::{self, Sexes};
use super::unread::{Births, PARTIAL_SHARE, SOME, UNREAD_SHARE};
use super::{ImpossibleDates, Records, Rows, Schema, SchemaError};
use crate::comparators::{Comparison, several};
use crate::compare::OWN;
use crate::normalise::{contacts, without_particles};
use crate::prepare::known_nations;
use crate::record::dates::is_missing;
use crate::record::{MAX_LISTS, Own, Record};

impl Schema {
    /// Whether it names a column.
    pub fn names(&self, column: &str) -> bool {
        self.columns().contains(column)
    }

    /// All columns that it names.
    pub(super) fn columns(&self) -> HashSet<String> {
        let one = [
            &self.list,
            &self.full,
            &self.birth,
            &self.birth_month,
            &self.birth_day,
            &self.sex,
            &self.nationality,
            &self.place,
            &self.identifier,
            &self.record,
        ];
        let many = [&self.given, &self.family, &self.address, &self.contact];
        let own = self.compare.iter().map(|c| &c.column);
        one.into_iter().flatten().chain(many.into_iter().flatten()).chain(own).cloned().collect()
    }

    /// The records of all files. Lists are in the order of the files, or of their names in the column of lists.
    ///
    /// # Errors
    /// See [`SchemaError`].
    pub fn records(&self, files: &[Rows<'_>]) -> Result<Records, SchemaError> {
        Self::records_by(&vec![self.clone(); files.len()], files)
    }

    /// The same where each file has columns of its own, by a schema for each.
    ///
    /// # Errors
    /// See [`SchemaError`].
    pub fn records_by(schemas: &[Self], files: &[Rows<'_>]) -> Result<Records, SchemaError> {
        let lists = Self::lists(schemas, files)?;
        // Judgements and results name records by file and line.
        let twice = files.iter().enumerate().find(|(i, f)| files[..*i].iter().any(|g| g.name == f.name));
        let taken = files.iter().find(|f| is_taken(f.name));
        if let Some(file) = twice.map(|t| t.1).or(taken) {
            return Err(SchemaError::Name { name: file.name.to_owned() });
        }
        Self::comparisons_fit(schemas, files)?;
        let mut all = Records { lists, ..Records::default() };
        let mut sexes = Vec::new();
        for (f, (schema, file)) in schemas.iter().zip(files).enumerate() {
            sexes.push(schema.read_file(f, file, &mut all)?);
        }
        sexes::check(&sexes)?;
        // Of a few that are not known nothing can be said; of a coding that all share, that they are alike or not.
        for s in sexes.iter().filter(|s| s.filled > 0 && s.unread.len() < s.filled) {
            for record in &mut all.records[s.records.clone()] {
                record.sex = record.sex.take().filter(|x| ["m", "f", "x"].contains(&x.as_str()));
            }
        }
        let size = |l: usize| all.records.iter().filter(|r| r.list == l).count();
        lists_are_fit(&all.lists, &(0..all.lists.len()).map(size).collect::<Vec<_>>())?;
        Ok(all)
    }

    /// Whether comparisons of the schemas' own can be made, and are those of the first file.
    fn comparisons_fit(schemas: &[Self], files: &[Rows<'_>]) -> Result<(), SchemaError> {
        for (schema, file) in schemas.iter().zip(files) {
            let (file, found) = (file.name.to_owned(), schema.compare.len());
            if found > OWN.len() {
                return Err(SchemaError::TooManyComparisons { file, found });
            }
            if let Some(wrong) = schema.compare.iter().find(|c| !c.is_fit()) {
                return Err(SchemaError::Levels { file, column: wrong.column.clone() });
            }
            let same = |a: Option<&Comparison>, b: Option<&Comparison>| match (a, b) {
                (Some(a), Some(b)) => a.likeness == b.likeness && a.bounds() == b.bounds(),
                (a, b) => a.is_none() && b.is_none(),
            };
            let first = &schemas[0].compare;
            if let Some(k) = (0..OWN.len()).find(|k| !same(first.get(*k), schema.compare.get(*k))) {
                return Err(SchemaError::OtherComparison { file, number: k + 1 });
            }
        }
        Ok(())
    }

    fn lists(schemas: &[Self], files: &[Rows<'_>]) -> Result<Vec<String>, SchemaError> {
        if schemas.iter().all(|s| s.list.is_none()) {
            return Ok(files.iter().map(|f| f.name.to_owned()).collect());
        }
        let mut names = std::collections::BTreeSet::new();
        for (schema, file) in schemas.iter().zip(files) {
            let Some(column) = &schema.list else {
                names.insert(file.name.to_owned());
                continue;
            };
            let at = place(file, column)?;
            for (line, cells) in file.rows {
                let name = cells.get(at).map_or("", |c| c.trim());
                if name.is_empty() {
                    return Err(SchemaError::NoList { file: file.name.to_owned(), line: *line });
                }
                names.insert(name.to_owned());
            }
        }
        Ok(names.into_iter().collect())
    }

    fn read_file(&self, f: usize, file: &Rows<'_>, all: &mut Records) -> Result<Sexes, SchemaError> {
        let columns = Columns::find(self, file)?;
        let dates = columns.dates(self, file);
        let mut births = Births::default();
        let mut sexes = columns.sexes(file);
        sexes.records.start = all.records.len();
        let by: Vec<Arc<Comparison>> = self.compare.iter().cloned().map(Arc::new).collect();
        for (line, cells) in file.rows {
            let (found, expected) =
                (cells.iter().rposition(|c| !c.is_empty()).map_or(0, |i| i + 1), file.header.len());
            if found > expected {
                let file = file.name.to_owned();
                return Err(SchemaError::Ragged { file, line: *line, found, expected });
            }
            let text = |at: usize| Some(cells.get(at)?.trim().to_owned()).filter(|t| !is_missing(t));
            // A column may hold several names in a cell; the first of each comes first.
            let names = |places: &[usize]| {
                let one = |t: String| several(&t).into_iter().filter(|n| !is_missing(n)).collect();
                let held: Vec<Vec<String>> = places.iter().filter_map(|p| text(*p).map(one)).collect();
                let most = held.iter().map(Vec::len).max().unwrap_or(0);
                let by_place = (0..most).flat_map(|k| held.iter().filter_map(move |h| h.get(k)).cloned());
                by_place.collect::<Vec<String>>()
            };
            let list = match columns.list {
                None => all.lists.iter().position(|l| l == file.name).unwrap_or(f),
                // A list may be called as a missing value is.
                Some(at) => {
                    all.lists.iter().position(|l| cells.get(at).is_some_and(|c| c.trim() == l)).unwrap_or(0)
                }
            };
            let (given, family) = columns.full.and_then(text).map(|t| apart(&t)).unwrap_or_default();
            let written = columns.birth.and_then(text).map(|year| match columns.birth_month {
                Some(month) => joined(&year, text(month), columns.birth_day.and_then(text)),
                None => year,
            });
            let record = Record {
                list,
                given: names(&columns.given).into_iter().chain(given).collect(),
                family: names(&columns.family).iter().chain(&family).map(|n| without_particles(n)).collect(),
                birth: written.as_deref().and_then(|w| births.take(dates.read(w), *line)),
                sex: columns.sex.and_then(|at| sexes.take(cells.get(at)?, *line)),
                nationality: columns.nationality.and_then(text).filter(|n| !known_nations(n).is_empty()),
                place: columns.place.and_then(text),
                address: columns.address.iter().map(|a| text(*a).unwrap_or_default()).collect(),
                identifier: columns.identifier.and_then(text),
                contacts: columns
                    .contact
                    .iter()
                    .filter_map(|c| text(*c))
                    .flat_map(|t| contacts(&t))
                    .collect(),
                own: columns.own.iter().zip(&by).map(|(at, by)| own(text(*at), by)).collect(),
            };
            let nameless = record.given.is_empty() && record.family.is_empty();
            all.nameless += usize::from(nameless && record.identifier.is_none());
            all.records.push(record);
            let known_as = columns.record.and_then(|at| cells.get(at));
            all.known_as.push(known_as.map_or_else(String::new, |c| c.trim().to_owned()));
            all.origin.push((f, *line));
        }
        self.check(file, &births)?;
        all.columns.extend(columns.read(self, f, file, &births, &sexes));
        sexes.records.end = all.records.len();
        Ok(sexes)
    }

    /// Refuses a column of dates of which too many are none.
    fn check(&self, file: &Rows<'_>, births: &Births) -> Result<(), SchemaError> {
        let most = match self.impossible_dates {
            ImpossibleDates::Refuse => 0.0,
            ImpossibleDates::Few => UNREAD_SHARE,
            ImpossibleDates::Missing => 1.0,
        };
        let mut wrong = births.unread.clone();
        let together = births.unread.len() + births.partial.len();
        let few = self.impossible_dates == ImpossibleDates::Few
            && together >= SOME
            && together as f64 > PARTIAL_SHARE * births.filled as f64;
        if few || self.impossible_dates == ImpossibleDates::Refuse {
            wrong.extend(&births.partial);
            wrong.sort_unstable();
        }
        let unread = wrong.len();
        if unread as f64 <= most * births.filled as f64 && !few {
            return Ok(());
        }
        let lines: Vec<String> = wrong.iter().take(5).map(u64::to_string).collect();
        Err(SchemaError::Dates {
            file: file.name.to_owned(),
            column: self.birth.clone().unwrap_or_default(),
            count: unread,
            lines: lines.join(", ") + if unread > 5 { ", ..." } else { "" },
        })
    }
}

/// A value for a comparison of the schema's own; one that cannot be compared is missing.
fn own(text: Option<String>, by: &Arc<Comparison>) -> Own {
    Own { text: text.filter(|t| by.reads(t)).unwrap_or_default(), by: Arc::clone(by) }
}

/// Draws have a column for each list beside `count` and that of the draw, which has one of three names.
fn is_taken(name: &str) -> bool {
    ["draw", "codes_draw", "resolved_draw", "count"].contains(&name.to_lowercase().as_str())
}

/// Whether lists of these names and sizes can be linked.
///
/// # Errors
/// When there are too few or too many, or one is empty or has a name that is used otherwise.
pub fn lists_are_fit(names: &[String], sizes: &[usize]) -> Result<(), SchemaError> {
    if !(1..=MAX_LISTS).contains(&names.len()) {
        return Err(SchemaError::Lists { found: names.len() });
    }
    let twice = names.iter().enumerate().find(|(i, n)| names[..*i].contains(n) || is_taken(n));
    if let Some((_, name)) = twice {
        return Err(SchemaError::Name { name: name.clone() });
    }
    match sizes.iter().position(|s| *s == 0) {
        Some(l) => Err(SchemaError::EmptyList { name: names[l].clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_list_has_the_name_of_a_column_that_draws_need() {
        let of = |name: &str| lists_are_fit(&["police".to_owned(), name.to_owned()], &[3, 4]);
        for taken in ["draw", "count", "codes_draw", "Resolved_Draw"] {
            assert_eq!(of(taken), Err(SchemaError::Name { name: taken.to_owned() }), "{taken}");
        }
        assert_eq!(of("drawn"), Ok(()));
    }

    #[test]
    fn a_cell_without_a_known_nationality_is_empty() {
        let texts = |t: &[&str]| t.iter().map(|s| (*s).to_owned()).collect::<Vec<String>>();
        let header = texts(&["Voornaam", "Achternaam", "Nationaliteit"]);
        let rows: Vec<(u64, Vec<String>)> = (2..)
            .zip(["onbekend; n.v.t.", "SY; onbekend", ""])
            .map(|(line, nationality)| (line, texts(&["Anna", "Bos", nationality])))
            .collect();
        let file = Rows { name: "a", header: &header, rows: &rows };
        let all = Schema::propose(&header).records(&[file]).unwrap().records;
        let read: Vec<Option<&str>> = all.iter().map(|r| r.nationality.as_deref()).collect();
        assert_eq!(read, [None, Some("SY; onbekend"), None]);
    }
}
