//! Which column of a file is what, and records from rows.

mod birth;
mod columns;
mod error;
mod guess;
mod known;
mod names;
mod read;
mod sexes;
mod unread;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::comparators::Comparison;
use crate::record::Record;

pub use birth::{Parts, Ymd};
pub use error::SchemaError;
pub use known::Meaning;
pub use read::lists_are_fit;
pub use unread::UNREAD_SHARE;

/// Which columns hold what. Names of columns are compared as they stand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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
    /// Columns with telephone numbers and email addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<String>,
    /// By which the list itself knows the record. It is not compared, and stands beside the record in what is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What to do with a date of birth that is no date.
    pub impossible_dates: ImpossibleDates,
    /// Most records of one person on a list, by list [default: 12; 60 where there is one list].
    pub duplicates: BTreeMap<String, usize>,
    /// Comparisons of other columns, at most four; see [`crate::comparators`]. Those of all files are alike but for the column.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compare: Vec<Comparison>,
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
#[derive(Debug, Clone, Default, PartialEq)]
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
    /// Cells that are no date, no sex, no telephone number or email address, or no number.
    pub unread: usize,
}

impl Schema {
    /// Proposes a schema from the names of the columns.
    ///
    /// ```
    /// use ijsberg_linkage::schema::Schema;
    ///
    /// let header = ["Given name", "family_name", "Birth date", "sex", "remarks"].map(String::from);
    /// let schema = Schema::propose(&header);
    /// assert_eq!((schema.given, schema.family), (vec![header[0].clone()], vec![header[1].clone()]));
    /// assert_eq!((schema.birth.as_ref(), schema.sex.as_ref()), (Some(&header[2]), Some(&header[3])));
    /// ```
    pub fn propose(header: &[String]) -> Self {
        let mut schema = Self::default();
        let mut births = Vec::new();
        for column in header {
            let Some(meaning) = Meaning::from_name(&crate::normalise::fold(column)) else { continue };
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
                Meaning::Contact => {
                    schema.contact.push(column);
                    continue;
                }
                Meaning::Birth => {
                    births.push(column);
                    continue;
                }
                Meaning::Particle | Meaning::Own => continue,
                Meaning::Full => &mut schema.full,
                Meaning::List => &mut schema.list,
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
        schema.one_date(births);
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
    use crate::comparators::Likeness;
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
    fn telephones_and_addresses_are_known_and_read() {
        let header = texts(&["Naam", "Geb.datum", "Telefoonnummer", "E-mailadres", "Status"]);
        let rows = [
            (2, texts(&["Anna Bos", "1990", "06-12345678; geen", "A@b.nl", "open"])),
            (3, texts(&["Bo Vos", "1991", "geen toestel", "onbekend", "open"])),
        ];
        let records =
            Schema::propose(&header).records(&[Rows { name: "a", header: &header, rows: &rows }]).unwrap();
        assert_eq!(records.records[0].contacts, ["612345678", "a@b.nl"]);
        assert!(records.records[1].contacts.is_empty());
        let told: Vec<(usize, usize)> = records.columns[2..4].iter().map(|c| (c.filled, c.unread)).collect();
        assert_eq!(told, [(2, 1), (1, 0)]);
        let meanings: Vec<Option<Meaning>> = records.columns.iter().map(|c| c.meaning).collect();
        let contact = Some(Meaning::Contact);
        assert_eq!(meanings, [Some(Meaning::Full), Some(Meaning::Birth), contact, contact, None]);
    }

    #[test]
    fn a_cell_may_hold_several_names() {
        let header = ["Voornaam", "Achternaam", "Alias"];
        let record = first(&header, &["Anna; Ans", "de Vries | Bos", "Hanna / Joke"]).unwrap();
        assert_eq!(record.given, ["Anna", "Hanna", "Ans", "Joke"]);
        assert_eq!(record.family, ["vries", "Bos"]);
    }

    #[test]
    fn comparisons_of_its_own_are_read_and_those_that_do_not_fit_are_refused() {
        let header = texts(&["Voornaam", "Achternaam", "Lengte", "Merk"]);
        let own = |column: &str, likeness, levels: &[f64]| Comparison {
            column: column.to_owned(),
            likeness,
            levels: levels.to_vec(),
        };
        let tall = || own("Lengte", Likeness::Number, &[0.0, 3.0]);
        let with = |compare: Vec<Comparison>| Schema { compare, ..Schema::propose(&header) };
        let rows = [(2, texts(&["An", "Bos", "1,70", "litteken"])), (3, texts(&["Bo", "Vos", "lang", ""]))];
        let file = |name| Rows { name, header: &header, rows: &rows };
        let both = with(vec![tall(), own("Merk", Likeness::Words, &[])]);
        let read = both.records(&[file("a")]).unwrap();
        let values: Vec<&str> = read.records[0].own.iter().map(|o| o.text.as_str()).collect();
        assert_eq!(values, ["1,70", "litteken"]);
        assert_eq!((read.columns[2].meaning, read.columns[2].unread), (Some(Meaning::Own), 1));
        let of = |schemas: &[Schema]| Schema::records_by(schemas, &[file("a"), file("b")]).unwrap_err();
        let other = with(vec![own("Lengte", Likeness::Number, &[0.0]), own("Merk", Likeness::Words, &[])]);
        let number = 1;
        assert_eq!(of(&[both.clone(), other]), SchemaError::OtherComparison { file: "b".into(), number });
        assert!(matches!(of(&[both, with(vec![tall()])]), SchemaError::OtherComparison { number: 2, .. }));
        let wrong = with(vec![own("Merk", Likeness::Text, &[0.5, 0.9])]);
        assert!(matches!(of(&[wrong.clone(), wrong]), SchemaError::Levels { .. }));
        let many = with(vec![tall(), tall(), tall(), tall(), tall()]);
        assert!(matches!(of(&[many.clone(), many]), SchemaError::TooManyComparisons { found: 5, .. }));
        let nowhere = with(vec![own("Gewicht", Likeness::Number, &[])]);
        assert!(matches!(of(&[nowhere.clone(), nowhere]), SchemaError::NoSuchColumn { .. }));
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
