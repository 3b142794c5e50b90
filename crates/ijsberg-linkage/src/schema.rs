//! Which column of a file is what, and records from rows.

mod guess;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::record::{MAX_LISTS, PartialDate, Record};

/// Which columns hold what. Names of columns are compared as they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schema {
    /// The column that names the list, for one file with all lists; without it each file is a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Columns with given names; the first is the usual one, others are aliases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// Columns with family names, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub family: Vec<String>,
    /// Date of birth, or the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    /// Sex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Nationality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    /// Place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Other parts of the address, such as street and postcode.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub address: Vec<String>,
    /// A number that only one person has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What to do with a date of birth that is no date.
    pub impossible_dates: ImpossibleDates,
    /// Most records of one person on a list, by list [default: 4; 10 where there is one list].
    pub duplicates: BTreeMap<String, usize>,
}

/// What to do with a date of birth that is no date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpossibleDates {
    /// Stop and say on which lines they stand.
    #[default]
    Refuse,
    /// Take them as missing.
    Missing,
}

/// Cells of a file as text, with the line on which each row stands.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// What the file is called; the list's name where a file is a list.
    pub name: &'a str,
    /// Names of the columns.
    pub header: &'a [String],
    /// Line and cells.
    pub rows: &'a [(u64, Vec<String>)],
}

/// Records with what is needed to find them again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// The records.
    pub records: Vec<Record>,
    /// File and line of each record.
    pub origin: Vec<(usize, u64)>,
    /// Records with neither a name nor an identifier: they can hardly be linked.
    pub nameless: usize,
}

/// Why rows are no records. No message holds a cell's value: it may be personal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// A column that the file does not have.
    #[error("{file} has no column {column:?}; its columns are: {columns}")]
    NoSuchColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Those it has.
        columns: String,
    },
    /// Nothing to link by.
    #[error(
        "{file}: no column is known as a name, a date of birth or an identifier; its columns are: {columns}"
    )]
    NothingToLinkBy {
        /// The file.
        file: String,
        /// Its columns.
        columns: String,
    },
    /// Dates that do not exist.
    #[error(
        "{file}, column {column:?}: {count} value(s) are no date, on line(s) {lines}; expected such as 1998-07-31, 31-07-1998 or \
         1998. Mend them, or set impossible_dates = \"missing\" in the schema"
    )]
    Dates {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
        /// The first lines.
        lines: String,
    },
    /// One list, or too many.
    #[error("found {found} list(s); linking takes 1 to {MAX_LISTS}")]
    Lists {
        /// How many.
        found: usize,
    },
    /// Two files by one name, or a name that the tables of histories need for a column.
    #[error(
        "the name {name:?} cannot be that of a list here: it is used twice, or is draw or count; rename the file or list"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A list without records.
    #[error("list {name:?} has no records; leave it out")]
    EmptyList {
        /// The list.
        name: String,
    },
    /// A cell in the column of lists is empty.
    #[error("{file}, line {line}: the column that names the list is empty")]
    NoList {
        /// The file.
        file: String,
        /// The line.
        line: u64,
    },
}

/// Names by which columns go, in English and Dutch, folded.
const KNOWN: [(&str, &[&str]); 9] = [
    ("list", &["list", "lijst", "source", "source dataset", "organisation", "organisatie", "bron"]),
    (
        "given",
        &[
            "given",
            "given name",
            "givenname",
            "first name",
            "firstname",
            "voornaam",
            "voornamen",
            "alias",
            "roepnaam",
        ],
    ),
    (
        "family",
        &[
            "family",
            "family name",
            "familyname",
            "surname",
            "last name",
            "lastname",
            "achternaam",
            "geslachtsnaam",
            "naam",
        ],
    ),
    (
        "birth",
        &[
            "birth",
            "dob",
            "date of birth",
            "birth date",
            "birthdate",
            "geboortedatum",
            "geboortejaar",
            "year of birth",
        ],
    ),
    ("sex", &["sex", "gender", "geslacht"]),
    ("nationality", &["nationality", "nationaliteit", "citizenship"]),
    (
        "address",
        &[
            "address",
            "address 1",
            "street",
            "street number",
            "postcode",
            "zip",
            "adres",
            "straat",
            "huisnummer",
        ],
    ),
    ("place", &["place", "city", "town", "plaats", "woonplaats", "gemeente", "suburb"]),
    (
        "identifier",
        &[
            "identifier",
            "id number",
            "passport",
            "document number",
            "bsn",
            "v nummer",
            "vnummer",
            "soc sec id",
        ],
    ),
];

impl Schema {
    /// Proposes a schema from the names of the columns.
    pub fn propose(header: &[String]) -> Self {
        let mut schema = Self::default();
        for column in header {
            let folded = crate::normalise::fold(column);
            let Some((what, _)) = KNOWN.iter().find(|(_, names)| names.contains(&folded.as_str())) else {
                continue;
            };
            let column = column.clone();
            match *what {
                "given" => schema.given.push(column),
                "family" => schema.family.push(column),
                "address" => schema.address.push(column),
                other => {
                    let slot = match other {
                        "list" => &mut schema.list,
                        "birth" => &mut schema.birth,
                        "sex" => &mut schema.sex,
                        "nationality" => &mut schema.nationality,
                        "place" => &mut schema.place,
                        _ => &mut schema.identifier,
                    };
                    slot.get_or_insert(column);
                }
            }
        }
        schema
    }

    /// All columns that it names.
    fn columns(&self) -> HashSet<String> {
        let one = [&self.list, &self.birth, &self.sex, &self.nationality, &self.place, &self.identifier];
        let many = [&self.given, &self.family, &self.address];
        one.into_iter().flatten().chain(many.into_iter().flatten()).cloned().collect()
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
        let mut all = Records { lists, records: Vec::new(), origin: Vec::new(), nameless: 0 };
        for (f, (schema, file)) in schemas.iter().zip(files).enumerate() {
            schema.read_file(f, file, &mut all)?;
        }
        let size = |l: usize| all.records.iter().filter(|r| r.list == l).count();
        lists_are_fit(&all.lists, &(0..all.lists.len()).map(size).collect::<Vec<_>>())?;
        Ok(all)
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

    fn read_file(&self, f: usize, file: &Rows<'_>, all: &mut Records) -> Result<(), SchemaError> {
        let one = |name: &Option<String>| name.as_ref().map(|n| place(file, n)).transpose();
        let many = |names: &[String]| names.iter().map(|n| place(file, n)).collect::<Result<Vec<_>, _>>();
        let (given, family) = (many(&self.given)?, many(&self.family)?);
        let address = many(&self.address)?;
        let (list, birth, sex) = (one(&self.list)?, one(&self.birth)?, one(&self.sex)?);
        let (nationality, town, identifier) =
            (one(&self.nationality)?, one(&self.place)?, one(&self.identifier)?);
        if given.is_empty() && family.is_empty() && birth.is_none() && identifier.is_none() {
            let columns = file.header.join(", ");
            return Err(SchemaError::NothingToLinkBy { file: file.name.to_owned(), columns });
        }
        let mut bad: Vec<u64> = Vec::new();
        for (line, cells) in file.rows {
            let text = |at: usize| Some(cells.get(at)?.trim().to_owned()).filter(|t| !t.is_empty());
            let texts = |places: &[usize]| places.iter().filter_map(|p| text(*p)).collect::<Vec<_>>();
            let written = birth.and_then(text);
            let date = written.as_deref().and_then(PartialDate::parse);
            if written.is_some() && date.is_none() {
                bad.push(*line);
            }
            let record = Record {
                list: match list {
                    None => all.lists.iter().position(|l| l == file.name).unwrap_or(f),
                    Some(at) => text(at).and_then(|n| all.lists.iter().position(|l| *l == n)).unwrap_or(0),
                },
                given: texts(&given),
                family: texts(&family),
                birth: date,
                sex: sex.and_then(text),
                nationality: nationality.and_then(text),
                place: town.and_then(text),
                address: address.iter().map(|a| text(*a).unwrap_or_default()).collect(),
                identifier: identifier.and_then(text),
            };
            let nameless = record.given.is_empty() && record.family.is_empty();
            all.nameless += usize::from(nameless && record.identifier.is_none());
            all.records.push(record);
            all.origin.push((f, *line));
        }
        if !bad.is_empty() && self.impossible_dates == ImpossibleDates::Refuse {
            let lines: Vec<String> = bad.iter().take(5).map(u64::to_string).collect();
            return Err(SchemaError::Dates {
                file: file.name.to_owned(),
                column: self.birth.clone().unwrap_or_default(),
                count: bad.len(),
                lines: lines.join(", ") + if bad.len() > 5 { ", ..." } else { "" },
            });
        }
        Ok(())
    }

    /// Most records of one person on each list.
    pub fn caps(&self, lists: &[String]) -> Vec<usize> {
        let usual = if lists.len() == 1 { 10 } else { 4 };
        lists.iter().map(|l| self.duplicates.get(l).copied().unwrap_or(usual)).collect()
    }
}

/// Draws have a column for each list beside `draw` and `count`.
fn is_taken(name: &str) -> bool {
    ["draw", "count"].contains(&name.to_lowercase().as_str())
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

fn place(file: &Rows<'_>, column: &str) -> Result<usize, SchemaError> {
    file.header.iter().position(|h| h == column).ok_or_else(|| SchemaError::NoSuchColumn {
        file: file.name.to_owned(),
        column: column.to_owned(),
        columns: file.header.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(t: &[&str]) -> Vec<String> {
        t.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_in_both_languages() {
        let s = Schema::propose(&texts(&["Lijst", "Voornaam", "Achternaam", "Geboortedatum", "x", "alias"]));
        assert_eq!((s.list.as_deref(), s.birth.as_deref()), (Some("Lijst"), Some("Geboortedatum")));
        assert_eq!((s.given, s.family), (texts(&["Voornaam", "alias"]), texts(&["Achternaam"])));
    }

    #[test]
    fn errors_say_where_and_hold_no_values() {
        let header = texts(&["list", "given", "family", "dob"]);
        let schema = Schema::propose(&header);
        let rows = vec![
            (2, texts(&["a", "Secret", "Person", "1990-02-30"])),
            (3, texts(&["b", "Other", "Person", "1990"])),
        ];
        let file = Rows { name: "all.csv", header: &header, rows: &rows };
        let e = schema.records(&[file]).unwrap_err();
        assert!(matches!(&e, SchemaError::Dates { count: 1, lines, .. } if lines == "2"));
        for value in ["Secret", "Person", "02-30"] {
            assert!(!e.to_string().contains(value));
        }
        let lenient = Schema { impossible_dates: ImpossibleDates::Missing, ..schema.clone() };
        let all = lenient.records(&[file]).unwrap();
        assert_eq!((all.lists.len(), all.records.len(), all.records[0].birth), (2, 2, None));
        let unknown = Schema { birth: Some("nope".to_owned()), ..schema.clone() };
        assert!(matches!(unknown.records(&[file]), Err(SchemaError::NoSuchColumn { .. })));
        let nothing = Schema { list: schema.list.clone(), ..Schema::default() };
        assert!(matches!(nothing.records(&[file]), Err(SchemaError::NothingToLinkBy { .. })));
        let one = Schema { list: None, ..schema };
        assert_eq!(one.records(&[]).unwrap_err(), SchemaError::Lists { found: 0 });
        let twice = one.records(&[file, file]).unwrap_err();
        assert_eq!(twice, SchemaError::Name { name: "all.csv".to_owned() });
        let bare = Rows { name: "bare", header: &header, rows: &[] };
        let apart = Schema { impossible_dates: ImpossibleDates::Missing, ..one };
        assert_eq!(
            apart.records(&[file, bare]).unwrap_err(),
            SchemaError::EmptyList { name: "bare".to_owned() }
        );
    }
}
