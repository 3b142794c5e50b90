//! An XLSForm read, with everything that is not understood named by sheet and cell.

use std::collections::{BTreeMap, HashSet};

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

const PLAIN: &[&str] = &[
    "text",
    "integer",
    "int",
    "decimal",
    "date",
    "time",
    "datetime",
    "note",
    "calculate",
    "hidden",
    "acknowledge",
    "trigger",
    "start",
    "end",
    "today",
    "username",
    "range",
    "string",
    "barcode",
    "csv-external",
    "xml-external",
];
/// What tells where a device or a person is; left out unless somebody says what for.
const TRACKING: &[&str] = &[
    "deviceid",
    "phonenumber",
    "email",
    "simserial",
    "subscriberid",
    "background-audio",
    "audit",
    "start-geopoint",
    "geopoint",
    "geotrace",
    "geoshape",
    "image",
    "audio",
    "video",
    "file",
    "photo",
    "background-geopoint",
    "uri:deviceid",
    "uri:phonenumber",
    "uri:email",
    "uri:username",
];
const COLUMNS: &[&str] = &[
    "type",
    "name",
    "label",
    "hint",
    "guidance_hint",
    "required",
    "required_message",
    "relevant",
    "relevance",
    "constraint",
    "constraint_message",
    "calculation",
    "default",
    "read_only",
    "readonly",
    "appearance",
    "choice_filter",
    "repeat_count",
    "parameters",
    "trigger",
    "note",
];

impl Form {
    /// Reads the sheets of a workbook. `tracking` keeps fields that tell where a device or a person is.
    ///
    /// # Errors
    /// See [`FormError`]. What is merely unknown is kept out and named in `findings`.
    pub fn read(workbook: &[Sheet], tracking: bool) -> Result<Self, FormError> {
        // A workbook of one sheet has no need to name it.
        let only =
            || workbook.first().filter(|_| workbook.len() == 1).and_then(|s| Table::of(workbook, &s.0));
        let survey = Table::of(workbook, "survey").or_else(only).ok_or(FormError::NoSheet("survey"))?;
        let mut form = Self::default();
        if let Some(settings) = Table::of(workbook, "settings")
            && let Some((_, row)) = settings.rows.first()
        {
            for (c, name) in settings.header.iter().enumerate() {
                form.settings.insert(name.clone(), cell(row, c));
            }
        }
        form.read_choices(Table::of(workbook, "choices").as_ref())?;
        form.read_survey(&survey, tracking)?;
        form.check_references();
        Ok(form)
    }

    fn read_choices(&mut self, choices: Option<&Table<'_>>) -> Result<(), FormError> {
        let Some(choices) = choices else { return Ok(()) };
        let list =
            choices.column(&["list_name", "list name"]).ok_or(FormError::NoColumn("choices", "list_name"))?;
        let name = choices.column(&["name", "value"]).ok_or(FormError::NoColumn("choices", "name"))?;
        for (line, row) in &choices.rows {
            let raw = row.get(name).map(String::as_str).unwrap_or_default();
            if cell(row, list).is_empty() && raw.trim().is_empty() {
                continue;
            }
            if raw != raw.trim() {
                self.find("choices", *line, name, Unread::Spaces {});
            }
            let labels = choices.labels(row, "label");
            self.choices.push(Choice { list: cell(row, list), name: raw.trim().to_owned(), labels });
        }
        Ok(())
    }

    fn read_survey(&mut self, survey: &Table<'_>, tracking: bool) -> Result<(), FormError> {
        let kind = survey.column(&["type"]).ok_or(FormError::NoColumn("survey", "type"))?;
        let name = survey.column(&["name"]).ok_or(FormError::NoColumn("survey", "name"))?;
        for (c, header) in survey.header.iter().enumerate() {
            let known = header.split("::").next().is_some_and(|h| COLUMNS.contains(&h.trim()));
            if !known && !header.is_empty() {
                self.find("survey", 1, c, Unread::UnknownColumn {});
            }
        }
        let mut within: Vec<(String, String)> = Vec::new();
        // A name may come again in another group.
        let mut names: HashSet<(Vec<String>, String)> = HashSet::new();
        for (line, row) in &survey.rows {
            let (raw, own) = (cell(row, kind), cell(row, name));
            let words: Vec<&str> = raw.split_whitespace().collect();
            let at = |c: usize| place("survey", *line, c);
            match words.as_slice() {
                [] => continue,
                ["begin", what, ..] | [what @ ("begin_group" | "begin_repeat" | "begin_loop"), ..] => {
                    within.push((what.trim_start_matches("begin_").to_owned(), own));
                    continue;
                }
                ["end", what, ..] | [what @ ("end_group" | "end_repeat" | "end_loop"), ..] => {
                    let what = what.trim_start_matches("end_");
                    match within.pop() {
                        Some((begun, _)) if begun == what => {}
                        Some((begun, of)) => {
                            let what = Unmatched::OtherEnd { end: what.to_owned(), begun, of };
                            return Err(FormError::Group { cell: at(kind), what });
                        }
                        None => {
                            let what = Unmatched::NoBeginning { end: what.to_owned() };
                            return Err(FormError::Group { cell: at(kind), what });
                        }
                    }
                    continue;
                }
                _ => {}
            }
            let other = words.last() == Some(&"or_other");
            let chosen = choice(&words);
            let read = match (&chosen, words.as_slice()) {
                (Some(c), _) if c.many => Kind::Many(c.list.clone(), other),
                (Some(c), _) => Kind::One(c.list.clone(), other),
                (None, [plain]) if PLAIN.contains(&plain.to_lowercase().as_str()) => {
                    Kind::Plain(plain.to_lowercase())
                }
                (None, [t, ..]) if TRACKING.contains(&t.to_lowercase().as_str()) && tracking => {
                    Kind::Plain(t.to_lowercase())
                }
                (None, [t, ..]) if TRACKING.contains(&t.to_lowercase().as_str()) => {
                    let what = Unread::Tracking { kind: (*t).to_owned() };
                    self.findings.push(Finding { cell: at(kind), what });
                    continue;
                }
                _ => {
                    self.findings.push(Finding { cell: at(kind), what: Unread::UnknownKind { kind: raw } });
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
                .filter(|(c, h)| COLUMNS[3..].contains(&h.as_str()) && !cell(row, *c).is_empty())
                .map(|(c, h)| (h.clone(), cell(row, c)))
                .collect();
            self.fields.push(Field {
                htcds: standard_name(&own),
                labels: survey.labels(row, "label"),
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

/// A type that chooses from a list.
struct Chooses {
    many: bool,
    list: String,
    /// The list is in a file or on the sheet of external choices.
    elsewhere: bool,
}

#[expect(clippy::match_same_arms, reason = "one arm for each tool's way of writing")]
/// The spellings that tools write: `select_one list`, `select one from list`, `select_one_from_file list.csv` and so on.
fn choice(words: &[&str]) -> Option<Chooses> {
    let (head, rest) = words.split_first()?;
    let head = head.to_lowercase();
    let found =
        |many: bool, list: &str, elsewhere: bool| Some(Chooses { many, list: list.to_owned(), elsewhere });
    match (head.as_str(), rest) {
        ("select_one_from_file" | "select_one_external", [list, ..]) => found(false, list, true),
        ("select_multiple_from_file" | "select_multiple_external", [list, ..]) => found(true, list, true),
        ("add", ["select", one @ ("one" | "multiple"), "prompt", "using", list, ..]) => {
            found(*one == "multiple", list, false)
        }
        ("select", ["one", "from", list, ..] | ["one", list, ..]) => found(false, list, false),
        (
            "select",
            ["all", "that", "apply", "from", list, ..]
            | ["all", "that", "apply", list, ..]
            | ["multiple", "from", list, ..]
            | ["multiple", list, ..],
        ) => found(true, list, false),
        ("select_one" | "select1", [list, ..]) => found(false, list, false),
        ("select_multiple" | "select" | "rank", [list, ..]) => found(true, list, false),
        _ => None,
    }
}

struct Table<'a> {
    header: Vec<String>,
    rows: Vec<(usize, &'a Vec<String>)>,
}

impl<'a> Table<'a> {
    fn of(workbook: &'a [Sheet], name: &str) -> Option<Self> {
        let (_, rows) = workbook.iter().find(|s| s.0.trim().eq_ignore_ascii_case(name))?;
        let header = rows.first()?.iter().map(|h| h.trim().to_owned()).collect();
        Some(Self { header, rows: rows.iter().enumerate().skip(1).map(|(i, r)| (i + 1, r)).collect() })
    }

    fn column(&self, names: &[&str]) -> Option<usize> {
        self.header.iter().position(|h| names.contains(&h.to_lowercase().as_str()))
    }

    fn labels(&self, row: &[String], what: &str) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::new();
        for (c, header) in self.header.iter().enumerate() {
            let mut parts = header.split("::");
            if parts.next().map(str::trim) == Some(what) && !cell(row, c).is_empty() {
                labels.insert(parts.next().unwrap_or_default().trim().to_owned(), cell(row, c));
            }
        }
        labels
    }
}

fn cell(row: &[String], column: usize) -> String {
    row.get(column).map(|c| c.trim().to_owned()).unwrap_or_default()
}

/// `survey!B12`.
fn place(sheet: &str, line: usize, column: usize) -> String {
    let mut letters = String::new();
    let mut n = column + 1;
    while n > 0 {
        letters.insert(0, char::from(b'A' + ((n - 1) % 26) as u8));
        n = (n - 1) / 26;
    }
    format!("{sheet}!{letters}{line}")
}
