//! Where the columns of a schema stand in a file, and what was read of each.

use super::known::Meaning;
use super::sexes::Sexes;
use super::unread::Births;
use super::{ColumnRead, Rows, Schema, SchemaError};
use crate::normalise::{contacts, fold};
use crate::record::dates::{Dates, is_missing};

/// Where the columns of a schema stand in a file.
pub(super) struct Columns {
    pub(super) list: Option<usize>,
    pub(super) given: Vec<usize>,
    pub(super) family: Vec<usize>,
    pub(super) full: Option<usize>,
    pub(super) birth: Option<usize>,
    pub(super) birth_month: Option<usize>,
    pub(super) birth_day: Option<usize>,
    pub(super) sex: Option<usize>,
    pub(super) nationality: Option<usize>,
    pub(super) place: Option<usize>,
    pub(super) address: Vec<usize>,
    pub(super) identifier: Option<usize>,
    pub(super) record: Option<usize>,
    pub(super) contact: Vec<usize>,
    pub(super) own: Vec<usize>,
}

/// Where the column of a name stands in a file.
pub(super) fn place(file: &Rows<'_>, column: &str) -> Result<usize, SchemaError> {
    if file.header.iter().filter(|h| *h == column).count() > 1 {
        return Err(SchemaError::Twice { file: file.name.to_owned(), column: column.to_owned() });
    }
    file.header.iter().position(|h| h == column).ok_or_else(|| SchemaError::NoSuchColumn {
        file: file.name.to_owned(),
        column: column.to_owned(),
        columns: file.header.join(", "),
    })
}

impl Columns {
    pub(super) fn find(schema: &Schema, file: &Rows<'_>) -> Result<Self, SchemaError> {
        let one = |name: &Option<String>| name.as_ref().map(|n| place(file, n)).transpose();
        let many = |names: &[String]| names.iter().map(|n| place(file, n)).collect::<Result<Vec<_>, _>>();
        let columns = Self {
            list: one(&schema.list)?,
            given: many(&schema.given)?,
            family: many(&schema.family)?,
            full: one(&schema.full)?,
            birth: one(&schema.birth)?,
            birth_month: one(&schema.birth_month)?,
            birth_day: one(&schema.birth_day)?,
            sex: one(&schema.sex)?,
            nationality: one(&schema.nationality)?,
            place: one(&schema.place)?,
            address: many(&schema.address)?,
            identifier: one(&schema.identifier)?,
            record: one(&schema.record)?,
            contact: many(&schema.contact)?,
            own: schema.compare.iter().map(|c| place(file, &c.column)).collect::<Result<_, _>>()?,
        };
        let named = !columns.given.is_empty() || !columns.family.is_empty() || columns.full.is_some();
        if !named && columns.birth.is_none() && columns.identifier.is_none() {
            let columns = file.header.join(", ");
            return Err(SchemaError::NothingToLinkBy { file: file.name.to_owned(), columns });
        }
        Ok(columns)
    }

    pub(super) fn dates(&self, schema: &Schema, file: &Rows<'_>) -> Dates {
        let written = |at: usize| file.rows.iter().filter_map(move |r| r.1.get(at)).map(String::as_str);
        self.birth
            .map_or_else(Dates::default, |at| Dates::of_column(written(at), schema.two_digit_years_until))
    }

    pub(super) fn sexes(&self, file: &Rows<'_>) -> Sexes {
        let Some(at) = self.sex else { return Sexes::default() };
        let values = file.rows.iter().filter_map(|r| r.1.get(at)).map(String::as_str);
        Sexes::from_column(file.name, &file.header[at], values)
    }

    /// What each column of a file was taken for, and how much of it.
    pub(super) fn read(
        &self,
        schema: &Schema,
        f: usize,
        file: &Rows<'_>,
        births: &Births,
        sexes: &Sexes,
    ) -> Vec<ColumnRead> {
        let is = |at: usize| {
            let one = |place: Option<usize>| place == Some(at);
            Some(match () {
                () if one(self.list) => Meaning::List,
                () if self.given.contains(&at) => Meaning::Given,
                () if self.family.contains(&at) => Meaning::Family,
                () if one(self.full) => Meaning::Full,
                () if one(self.birth) => Meaning::Birth,
                () if one(self.birth_month) => Meaning::BirthMonth,
                () if one(self.birth_day) => Meaning::BirthDay,
                () if one(self.sex) => Meaning::Sex,
                () if one(self.nationality) => Meaning::Nationality,
                () if one(self.place) => Meaning::Place,
                () if self.address.contains(&at) => Meaning::Address,
                () if one(self.identifier) => Meaning::Identifier,
                () if one(self.record) => Meaning::Record,
                () if self.contact.contains(&at) => Meaning::Contact,
                () if self.own.contains(&at) => Meaning::Own,
                () => {
                    let known = Meaning::from_name(&fold(&file.header[at]));
                    return known.filter(|m| *m == Meaning::Particle);
                }
            })
        };
        let filled = |at: usize| {
            let cells = file.rows.iter().filter_map(|r| r.1.get(at));
            cells.filter(|c| !is_missing(c)).count()
        };
        let not = |at: usize, reads: &dyn Fn(&str) -> bool| {
            let cells = file.rows.iter().filter_map(|r| r.1.get(at));
            cells.filter(|c| !is_missing(c) && !reads(c)).count()
        };
        let column = |at: usize| {
            let birth = self.birth == Some(at) && schema.birth.is_some();
            ColumnRead {
                file: f,
                column: file.header[at].clone(),
                meaning: is(at),
                filled: filled(at),
                partial: if birth { births.partial.len() } else { 0 },
                unread: match () {
                    () if birth => births.unread.len(),
                    () if self.sex == Some(at) => sexes.unread.len(),
                    () if self.contact.contains(&at) => not(at, &|c| !contacts(c).is_empty()),
                    () if self.own.contains(&at) => {
                        let by = schema.compare.iter().find(|c| c.column == file.header[at]);
                        by.map_or(0, |by| not(at, &|c| by.reads(c)))
                    }
                    () => 0,
                },
            }
        };
        (0..file.header.len()).map(column).collect()
    }
}
