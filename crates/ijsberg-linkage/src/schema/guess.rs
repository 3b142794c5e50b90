//! The content of a column, guessed from its values where its name does not show it.
//!
//! A proposal to be read by a person: nothing is linked by a guess.

use std::collections::HashSet;

use super::birth::ENOUGH;
use super::{Parts, Schema};
use crate::normalise::fold;
use crate::record::dates::{Dates, Reading};

/// Persons are at least so many years older than the notes about them, as far as most of a column goes.
const YOUNGEST: i32 = 10;

const SEXES: [&str; 14] = [
    "m", "f", "v", "x", "o", "man", "vrouw", "male", "female", "anders", "other", "onbekend", "unknown", "u",
];

/// What the values of a column have in common.
struct Column {
    name: String,
    filled: usize,
    distinct: usize,
    dates: usize,
    years: Vec<i32>,
    sexes: usize,
    countries: usize,
    names: usize,
}

impl Column {
    fn from_values(name: &str, values: &[&str]) -> Self {
        let mut c = Self {
            name: name.to_owned(),
            filled: 0,
            distinct: 0,
            dates: 0,
            years: Vec::new(),
            sexes: 0,
            countries: 0,
            names: 0,
        };
        let mut seen = HashSet::new();
        for value in values.iter().map(|v| v.trim()).filter(|v| !v.is_empty()) {
            c.filled += 1;
            seen.insert(fold(value));
            if let Reading::Date(date) = Dates::default().read(value) {
                c.dates += 1;
                c.years.push(i32::from(date.year));
            }
            c.sexes += usize::from(SEXES.contains(&fold(value).as_str()));
            let letters = value.chars().filter(|l| l.is_alphabetic()).count();
            c.countries +=
                usize::from((2..=3).contains(&value.len()) && value.chars().all(|l| l.is_ascii_uppercase()));
            c.names += usize::from(letters >= 2 && !value.chars().any(char::is_numeric));
        }
        c.distinct = seen.len();
        c.years.sort_unstable();
        c
    }

    fn mostly(&self, of: usize) -> bool {
        self.filled >= 5 && of as f64 >= 0.9 * self.filled as f64
    }

    fn middle_year(&self) -> i32 {
        self.years.get(self.years.len() / 2).copied().unwrap_or(i32::MAX)
    }
}

impl Schema {
    /// Proposes a schema from the names of the columns, and from the values of columns whose names say nothing: a birth date,
    /// a sex, a nationality in codes of two or three capitals, and names (of two columns the one with fewer different values
    /// is the given name). Returns the schema and the columns that were guessed by their values.
    pub fn propose_from(header: &[String], rows: &[Vec<String>]) -> (Self, Vec<String>) {
        let mut schema = Self::propose(header);
        let seen: Vec<&[String]> = rows.iter().take(ENOUGH).map(Vec::as_slice).collect();
        let parts = schema.parts(header, &seen);
        let mut told: HashSet<String> = schema.columns();
        let mut guessed = Vec::new();
        match parts {
            Some(Parts::Births(parts)) => {
                guessed.extend(parts.iter().filter(|p| !told.contains(*p)).cloned());
                schema.born(parts);
            }
            // Of these a person decides: a year alone would leave month and day out.
            Some(Parts::Doubted(parts)) => told.extend(parts),
            None => {}
        }
        told.extend(schema.columns());
        let mut open: Vec<Column> = (0..header.len())
            .filter(|c| !told.contains(&header[*c]))
            .map(|c| {
                let values: Vec<&str> =
                    rows.iter().take(ENOUGH).filter_map(|r| r.get(c)).map(String::as_str).collect();
                Column::from_values(&header[c], &values)
            })
            .collect();
        let latest = open.iter().filter_map(|c| c.years.last()).max().copied();
        let mut take = |open: &mut Vec<Column>, slot: &mut Option<String>, fits: &dyn Fn(&Column) -> bool| {
            if slot.is_none()
                && let Some(at) = open.iter().position(fits)
            {
                let name = open.remove(at).name;
                guessed.push(name.clone());
                *slot = Some(name);
            }
        };
        // Of several dates the birth is the first; a lone column of this year's dates is none.
        open.sort_by_key(Column::middle_year);
        take(&mut open, &mut schema.birth, &|c| {
            c.mostly(c.dates)
                && (c.middle_year() + YOUNGEST <= latest.unwrap_or(i32::MIN) || c.middle_year() < 2000)
        });
        open.sort_by_key(|c| header.iter().position(|h| *h == c.name));
        take(&mut open, &mut schema.sex, &|c| c.mostly(c.sexes) && c.distinct >= 2);
        take(&mut open, &mut schema.nationality, &|c| c.mostly(c.countries) && c.distinct >= 2);
        let mut names: Vec<Column> =
            open.into_iter().filter(|c| c.mostly(c.names) && 2 * c.distinct > c.filled).collect();
        names.sort_by_key(|c| c.distinct);
        if schema.given.is_empty() && schema.family.is_empty() && schema.full.is_none() {
            let family = names.pop().map(|c| c.name);
            let given = names.pop().map(|c| c.name);
            guessed.extend(given.iter().chain(&family).cloned());
            schema.given.extend(given);
            schema.family.extend(family);
        }
        (schema, guessed)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn rows(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
        let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        (lines.next().unwrap(), lines.collect())
    }

    #[test]
    fn columns_without_telling_names_are_known_by_their_values() {
        let mut text = "a,b,c,d,e,f\n".to_owned();
        for i in 0..26_u8 {
            let l = char::from(b'a' + i);
            let given = [
                "Ana", "Bo", "Cem", "Dee", "Eva", "Fay", "Gus", "Hal", "Ivo", "Jan", "Kim", "Lia", "Mo",
                "Nik",
            ][usize::from(i) % 14];
            let _ = writeln!(
                text,
                "2016-0{}-11,{given},Ver{l}meer,{},{},19{}-02-03",
                1 + i % 9,
                ["M", "V"][usize::from(i % 2)],
                ["NL", "RO", "NG"][usize::from(i % 3)],
                60 + i
            );
        }
        let (header, rows) = rows(&text);
        let (s, guessed) = Schema::propose_from(&header, &rows);
        assert_eq!(s.birth.as_deref(), Some("f"));
        assert_eq!(s.sex.as_deref(), Some("d"));
        assert_eq!(s.nationality.as_deref(), Some("e"));
        assert_eq!((s.given, s.family), (vec!["b".to_owned()], vec!["c".to_owned()]));
        assert_eq!(guessed, ["f", "d", "e", "b", "c"]);
    }

    #[test]
    fn names_of_columns_go_before_values_and_dates_of_notes_are_no_births() {
        let (header, rows) = rows(
            "Geboortedatum,x\n1980-01-02,2016-01-01\n1981-01-02,2016-01-02\n1990,2016-02-02\n1991,2016-03-03\n1970,2016-04-04\n1971,2016-05-05",
        );
        let (s, guessed) = Schema::propose_from(&header, &rows);
        assert_eq!(s.birth.as_deref(), Some("Geboortedatum"));
        assert!(guessed.is_empty());
        let (header, rows): (Vec<String>, Vec<Vec<String>>) =
            (header[1..].to_vec(), rows.into_iter().map(|r| r[1..].to_vec()).collect());
        assert_eq!(Schema::propose_from(&header, &rows).0.birth, None);
    }
}
