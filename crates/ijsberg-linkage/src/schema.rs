//! Which column of a file is what, and records from rows.

mod guess;
mod known;
mod names;
mod read;
mod sexes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::record::{MAX_LISTS, Record};

pub use known::Meaning;
pub use read::{UNREAD_SHARE, lists_are_fit};

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
    /// Given and family name in one column, as `Jansen, Anna`, `Anna Jansen` or `Jansen A.`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<String>,
    /// Date of birth, or the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth: Option<String>,
    /// Month of birth, where `birth` is the year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_month: Option<String>,
    /// Day of birth, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_day: Option<String>,
    /// The last year that two digits of a year of birth may stand for; without it such a year is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_digit_years_until: Option<i16>,
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
    /// By which the list itself knows the record. It is not compared, and stands beside the record in what is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What to do with a date of birth that is no date.
    pub impossible_dates: ImpossibleDates,
    /// Most records of one person on a list, by list [default: 12; 60 where there is one list].
    pub duplicates: BTreeMap<String, usize>,
}

/// What to do with a date of birth that is no date.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpossibleDates {
    /// Stop and say on which lines they stand.
    Refuse,
    /// Take them as missing as long as they are no more than [`UNREAD_SHARE`] of those filled in.
    #[default]
    Few,
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Names of the lists.
    pub lists: Vec<String>,
    /// The records.
    pub records: Vec<Record>,
    /// File and line of each record.
    pub origin: Vec<(usize, u64)>,
    /// By which its list knows each record; empty where the list has no such column.
    pub known_as: Vec<String>,
    /// Records with neither a name nor an identifier: they can hardly be linked.
    pub nameless: usize,
    /// What every column of every file was taken for.
    pub columns: Vec<ColumnRead>,
}

/// What a column was taken for, and how much of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRead {
    /// The file.
    pub file: usize,
    /// The column.
    pub column: String,
    /// What it holds; `None` for a column that is not used.
    pub meaning: Option<Meaning>,
    /// Cells that are filled.
    pub filled: usize,
    /// Dates that do not exist, of which the possible parts were taken.
    pub partial: usize,
    /// Cells that are no date, or no sex.
    pub unread: usize,
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
    /// Values of a column that cannot be compared with those of the other lists.
    #[error(
        "{file}, column {column:?}: {count} value(s) are no sex that is known, on line(s) {lines}; expected such as m, v, f, man, vrouw, 1 and 2. Mend them, or leave sex out of the schema"
    )]
    Sexes {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// How many.
        count: usize,
        /// The first lines.
        lines: String,
    },
    /// A row with more cells than there are columns, so that it is not certain which belongs to which.
    #[error(
        "{file}, line {line}: found {found} fields, but the header has {expected}; put a field that holds the separator in quotes"
    )]
    Ragged {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// Fields on it.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// Two columns of one name, of which one is used.
    #[error("{file} has several columns {column:?}; give each a name of its own")]
    Twice {
        /// The file.
        file: String,
        /// The name.
        column: String,
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

impl Schema {
    /// Proposes a schema from the names of the columns.
    pub fn propose(header: &[String]) -> Self {
        let mut schema = Self::default();
        for column in header {
            let Some(meaning) = Meaning::of(&crate::normalise::fold(column)) else { continue };
            let column = column.clone();
            let slot = match meaning {
                Meaning::Given => {
                    schema.given.push(column);
                    continue;
                }
                Meaning::Family => {
                    schema.family.push(column);
                    continue;
                }
                Meaning::Address => {
                    schema.address.push(column);
                    continue;
                }
                Meaning::Particle | Meaning::Contact => continue,
                Meaning::Full => &mut schema.full,
                Meaning::List => &mut schema.list,
                Meaning::Birth => &mut schema.birth,
                Meaning::BirthMonth => &mut schema.birth_month,
                Meaning::BirthDay => &mut schema.birth_day,
                Meaning::Sex => &mut schema.sex,
                Meaning::Nationality => &mut schema.nationality,
                Meaning::Place => &mut schema.place,
                Meaning::Identifier => &mut schema.identifier,
                Meaning::Record => &mut schema.record,
            };
            slot.get_or_insert(column);
        }
        schema.one_name();
        schema
    }

    /// A column that is called name, with none for given names, holds both; where given and family names have columns of their own,
    /// both together say nothing more.
    fn one_name(&mut self) {
        let plain = |c: &String| ["naam", "name", "nom"].contains(&crate::normalise::fold(c).as_str());
        if self.full.is_none()
            && self.given.is_empty()
            && matches!(self.family.as_slice(), [one] if plain(one))
        {
            self.full = self.family.pop();
        } else if !self.given.is_empty() && !self.family.is_empty() {
            self.full = None;
        }
    }

    /// Most records of one person on each list.
    pub fn caps(&self, lists: &[String]) -> Vec<usize> {
        let usual = if lists.len() == 1 { 60 } else { 12 };
        lists.iter().map(|l| self.duplicates.get(l).copied().unwrap_or(usual)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PartialDate;

    fn texts(t: &[&str]) -> Vec<String> {
        t.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn columns_are_known_by_their_names_in_both_languages() {
        let s = Schema::propose(&texts(&["Lijst", "Voornaam", "Achternaam", "Geboortedatum", "x", "alias"]));
        assert_eq!((s.list.as_deref(), s.birth.as_deref()), (Some("Lijst"), Some("Geboortedatum")));
        assert_eq!((s.given, s.family), (texts(&["Voornaam", "alias"]), texts(&["Achternaam"])));
    }

    /// The first record of a table whose rows are cells.
    fn first(header: &[&str], cells: &[&str]) -> Result<crate::record::Record, SchemaError> {
        let (header, rows) = (texts(header), [(2, texts(cells)), (3, texts(cells))]);
        let schema = Schema { two_digit_years_until: Some(2026), ..Schema::propose(&header) };
        let records = schema.records(&[Rows { name: "a", header: &header, rows: &rows }])?;
        Ok(records.records[0].clone())
    }

    #[test]
    fn names_in_one_column_or_three_are_the_same_names() {
        for (header, cells) in [
            (&["first", "last"][..], &["Anna", "de Vries"][..]),
            (&["Voornaam", "Achternaam"], &["Anna", "Vries, de"]),
            (&["Voornaam", "tv", "Achternaam"], &["Anna", "de", "Vries"]),
            (&["Naam"], &["Vries, Anna de"]),
            (&["Naam"], &["Anna de Vries"]),
            (&["Volledige naam"], &["de Vries, Anna"]),
            (&["Naam", "Voornaam"], &["Vries (de)", "Anna"]),
            (&["NAAM CLIËNT"], &["VRIES, Anna"]),
        ] {
            let record = first(header, cells).unwrap();
            assert_eq!(record.given, ["Anna"], "{cells:?}");
            assert_eq!(
                record.family.iter().map(|f| f.to_lowercase()).collect::<Vec<_>>(),
                ["vries"],
                "{cells:?}"
            );
        }
    }

    #[test]
    fn placeholders_are_no_values_and_a_list_may_be_called_like_one() {
        let header = ["Voornaam", "Achternaam", "Geboortedatum", "Woonplaats", "BSN", "Geslacht"];
        for nothing in ["onbekend", "n.v.t.", "NULL", "X", "-", "?", "NA", "geen opgave"] {
            let record = first(&header, &["Anna", "Bos", nothing, nothing, nothing, "v"]).unwrap();
            assert_eq!((record.birth, record.place, record.identifier), (None, None, None), "{nothing}");
        }
        let record = first(&header, &["Anna", "Bos", "01-01-1900", "Ede", "999999999", "X"]).unwrap();
        assert_eq!((record.birth, record.identifier, record.sex.as_deref()), (None, None, Some("x")));
        // Na and Nan are names.
        assert_eq!(first(&header, &["Nan", "Na", "1990", "Ede", "1", "v"]).unwrap().given, ["Nan"]);
        let header = texts(&["lijst", "Voornaam", "Achternaam"]);
        let rows = [
            (2, texts(&["A", "An", "Bos"])),
            (3, texts(&["X", "Bo", "Vos"])),
            (4, texts(&["0", "Cas", "Mos"])),
        ];
        let file = Rows { name: "all", header: &header, rows: &rows };
        let records = Schema::propose(&header).records(&[file]).unwrap();
        assert_eq!(records.lists, ["0", "A", "X"]);
        assert_eq!(records.records.iter().map(|r| r.list).collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn rows_that_are_shifted_and_columns_of_one_name_are_refused() {
        let shifted = first(&["Voornaam", "Achternaam"], &["Jansen", " Anna", "x"]).unwrap_err();
        assert_eq!(shifted, SchemaError::Ragged { file: "a".into(), line: 2, found: 3, expected: 2 });
        assert!(first(&["Voornaam", "Achternaam"], &["Anna", "Jansen", ""]).is_ok());
        let twice = first(&["Voornaam", "Achternaam", "Achternaam"], &["Anna", "Jansen", "Bos"]).unwrap_err();
        assert_eq!(twice, SchemaError::Twice { file: "a".into(), column: "Achternaam".into() });
    }

    #[test]
    fn telephones_are_known_and_not_compared() {
        let header = texts(&["Naam", "Geb.datum", "Telefoonnummer", "E-mailadres", "Status"]);
        let rows = [(2, texts(&["Anna Bos", "1990", "0612345678", "a@b.nl", "open"]))];
        let records =
            Schema::propose(&header).records(&[Rows { name: "a", header: &header, rows: &rows }]).unwrap();
        let meanings: Vec<Option<Meaning>> = records.columns.iter().map(|c| c.meaning).collect();
        let contact = Some(Meaning::Contact);
        assert_eq!(meanings, [Some(Meaning::Full), Some(Meaning::Birth), contact, contact, None]);
    }

    #[test]
    fn errors_say_where_and_hold_no_values() {
        let header = texts(&["list", "given", "family", "dob"]);
        let schema = Schema::propose(&header);
        let rows = vec![
            (2, texts(&["a", "Secret", "Person", "one day 02-30"])),
            (3, texts(&["b", "Other", "Person", "1990"])),
        ];
        let file = Rows { name: "all.csv", header: &header, rows: &rows };
        let e = schema.records(&[file]).unwrap_err();
        assert!(matches!(&e, SchemaError::Dates { count: 1, lines, .. } if lines == "2"));
        for value in ["Secret", "Person", "02-30"] {
            assert!(!e.to_string().contains(value));
        }
        let strict = Schema { impossible_dates: ImpossibleDates::Refuse, ..schema.clone() };
        let impossible =
            vec![(2, texts(&["a", "An", "Bos", "1990-02-30"])), (3, texts(&["b", "Bo", "Vos", "1990"]))];
        let of =
            |schema: &Schema| schema.records(&[Rows { name: "all.csv", header: &header, rows: &impossible }]);
        assert!(matches!(of(&strict).unwrap_err(), SchemaError::Dates { count: 1, .. }));
        let kept = of(&schema).unwrap();
        assert_eq!(kept.records[0].birth, Some(PartialDate { year: 1990, month: Some(2), day: None }));
        assert_eq!(kept.columns.iter().map(|c| (c.partial, c.unread)).max(), Some((1, 0)));
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
