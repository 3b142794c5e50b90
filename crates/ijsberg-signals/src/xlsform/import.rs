//! An XLSForm read, with everything that is not understood named by sheet and cell.

use std::collections::{BTreeMap, HashSet};

use super::table::{Table, cell, place};
use super::types::{Type, normal};
use super::{Sheet, standard_name};
use crate::fault::{Unmatched, Unread};

/// What kind of field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A type without parameters: `text`, `integer`, `date` and so on.
    Plain(String),
    /// One of a list; `true` with a free text for others.
    One(String, bool),
    /// Any of a list.
    Many(String, bool),
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Labels by language; the empty language is the only one.
    pub labels: BTreeMap<String, String>,
    /// Groups and repeats it stands in, outermost first.
    pub within: Vec<String>,
    /// Other columns that are filled, such as `relevant` and `constraint`, as they stand.
    pub columns: BTreeMap<String, String>,
    /// Its name in the Human Trafficking Case Data Standard.
    pub htcds: Option<&'static str>,
}

/// A choice of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The list.
    pub list: String,
    /// Its name, trimmed.
    pub name: String,
    /// Labels by language.
    pub labels: BTreeMap<String, String>,
}

/// Something that was not read as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Sheet and cell, `survey!B12`.
    pub cell: String,
    /// What was done, and why.
    pub what: Unread,
}

/// A form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// `form_title`, `form_id`, `version` and so on.
    pub settings: BTreeMap<String, String>,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Choices in order.
    pub choices: Vec<Choice>,
    /// What was not read as it stands.
    pub findings: Vec<Finding>,
}

/// Why a workbook is no form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FormError {
    /// A sheet is missing.
    #[error("there is no sheet {0}; an XLSForm has survey, choices and settings")]
    NoSheet(&'static str),
    /// A column is missing.
    #[error("sheet {0} has no column {1}")]
    NoColumn(&'static str, &'static str),
    /// Groups do not match.
    #[error("{cell}: {what}")]
    Group {
        /// Sheet and cell.
        cell: String,
        /// What does not match.
        what: Unmatched,
    },
    /// Two fields of one name in a group.
    #[error("{cell}: {name} is the name of another field too")]
    Twice {
        /// Sheet and cell.
        cell: String,
        /// The name.
        name: String,
    },
}

impl Form {
    /// Reads the sheets of a workbook. `tracking` keeps fields that reveal where a device or a person is.
    ///
    /// # Errors
    /// See [`FormError`]. What is merely unknown is kept out and named in `findings`.
    pub fn read(workbook: &[Sheet], tracking: bool) -> Result<Self, FormError> {
        // A workbook of one sheet has no need to name it.
        let only = || {
            workbook.first().filter(|_| workbook.len() == 1).and_then(|s| Table::from_sheet(workbook, &s.0))
        };
        let survey =
            Table::from_sheet(workbook, "survey").or_else(only).ok_or(FormError::NoSheet("survey"))?;
        let mut form = Self::default();
        if let Some(settings) = Table::from_sheet(workbook, "settings")
            && let Some((_, row)) = settings.rows.first()
        {
            for (c, name) in settings.header.iter().enumerate() {
                form.settings.insert(name.key.trim_start_matches("set_").to_owned(), cell(row, c));
            }
        }
        form.read_choices(Table::from_sheet(workbook, "choices").as_ref())?;
        form.read_survey(&survey, tracking)?;
        form.check_references();
        Ok(form)
    }

    fn read_choices(&mut self, choices: Option<&Table<'_>>) -> Result<(), FormError> {
        let Some(choices) = choices else { return Ok(()) };
        let list = choices.column(&["list_name"]).ok_or(FormError::NoColumn("choices", "list_name"))?;
        let name = choices.column(&["name", "value"]).ok_or(FormError::NoColumn("choices", "name"))?;
        for (line, row) in &choices.rows {
            let raw = row.get(name).map(String::as_str).unwrap_or_default();
            if cell(row, list).is_empty() && raw.trim().is_empty() {
                continue;
            }
            if raw != raw.trim() {
                self.find("choices", *line, name, Unread::Spaces {});
            }
            let labels = choices.labels(row);
            self.choices.push(Choice { list: cell(row, list), name: raw.trim().to_owned(), labels });
        }
        Ok(())
    }

    // One function: the rows of a survey, each with what ends its reading, in the order in which they stand.
    fn read_survey(&mut self, survey: &Table<'_>, tracking: bool) -> Result<(), FormError> {
        let kind = survey.column(&["type", "command"]).ok_or(FormError::NoColumn("survey", "type"))?;
        let name = survey.column(&["name", "tag", "value"]).ok_or(FormError::NoColumn("survey", "name"))?;
        let disabled = survey.column(&["disabled"]);
        for (c, header) in survey.header.iter().enumerate() {
            if !header.known() {
                self.find("survey", 1, c, Unread::UnknownColumn {});
            }
        }
        let mut within: Vec<(String, String)> = Vec::new();
        // A name may come again in another group.
        let mut names: HashSet<(Vec<String>, String)> = HashSet::new();
        for (line, row) in &survey.rows {
            let (raw, own) = (cell(row, kind), cell(row, name));
            let at = |c: usize| place("survey", *line, c);
            if raw.is_empty() || disabled.is_some_and(|d| is_yes(&cell(row, d))) {
                continue;
            }
            let (read, chosen) = match normal(&raw) {
                Type::Begin(what) => {
                    within.push((what, own));
                    continue;
                }
                Type::End(what) => {
                    close(within.pop(), &what).map_err(|what| FormError::Group { cell: at(kind), what })?;
                    continue;
                }
                Type::Chooses(c) if c.many => (Kind::Many(c.list.clone(), c.other), Some(c)),
                Type::Chooses(c) => (Kind::One(c.list.clone(), c.other), Some(c)),
                Type::Plain(plain) => (Kind::Plain(plain), None),
                Type::Tracking(t) if tracking => (Kind::Plain(t), None),
                Type::Tracking(t) => {
                    let what = Unread::Tracking { kind: t };
                    self.findings.push(Finding { cell: at(kind), what });
                    continue;
                }
                Type::Include => {
                    let what = Unread::Included { form: own };
                    self.findings.push(Finding { cell: at(kind), what });
                    continue;
                }
                Type::Unknown => {
                    let what = Unread::UnknownKind { kind: raw };
                    self.findings.push(Finding { cell: at(kind), what });
                    continue;
                }
            };
            if own.is_empty() {
                self.find("survey", *line, name, Unread::NoName {});
                continue;
            }
            let path: Vec<String> = within.iter().map(|w| w.1.clone()).collect();
            if !names.insert((path.clone(), own.clone())) {
                return Err(FormError::Twice { cell: at(name), name: own });
            }
            if let Kind::One(list, _) | Kind::Many(list, _) = &read
                && chosen.as_ref().is_some_and(|c| !c.elsewhere)
                && !self.choices.iter().any(|c| c.list == *list)
            {
                self.findings.push(Finding { cell: at(kind), what: Unread::NoList { list: list.clone() } });
            }
            let columns = survey
                .header
                .iter()
                .enumerate()
                .filter(|(c, h)| h.kept() && !cell(row, *c).is_empty())
                .map(|(c, h)| (h.key.clone(), cell(row, c)))
                .collect();
            self.fields.push(Field {
                htcds: standard_name(&own),
                labels: survey.labels(row),
                within: path,
                name: own,
                kind: read,
                columns,
            });
        }
        match within.pop() {
            Some((what, of)) => {
                let cell = place("survey", survey.rows.last().map_or(1, |r| r.0), kind);
                Err(FormError::Group { cell, what: Unmatched::NoEnd { begun: what, of } })
            }
            None => Ok(()),
        }
    }

    /// Names in `${...}` that no field has.
    fn check_references(&mut self) {
        let names: HashSet<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        let mut found = Vec::new();
        for f in &self.fields {
            for (column, text) in &f.columns {
                for part in text.split("${").skip(1) {
                    let name = part.split('}').next().unwrap_or_default();
                    if !names.contains(name) {
                        let what = Unread::NoField { column: column.clone(), name: name.to_owned() };
                        found.push(Finding { cell: format!("survey: {}", f.name), what });
                    }
                }
            }
        }
        self.findings.extend(found);
    }

    fn find(&mut self, sheet: &str, line: usize, column: usize, what: Unread) {
        self.findings.push(Finding { cell: place(sheet, line, column), what });
    }
}

/// Closes the group that was begun last.
fn close(begun: Option<(String, String)>, what: &str) -> Result<(), Unmatched> {
    let end = || what.to_owned();
    match begun {
        Some((begun, _)) if begun == what => Ok(()),
        Some((begun, of)) => Err(Unmatched::OtherEnd { end: end(), begun, of }),
        None => Err(Unmatched::NoBeginning { end: end() }),
    }
}

fn is_yes(word: &str) -> bool {
    ["yes", "true", "true()"].contains(&word.to_lowercase().as_str())
}
