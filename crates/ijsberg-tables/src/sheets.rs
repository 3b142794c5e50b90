//! Which sheet of a workbook is the table: the one that is named, or the only one that can be read as a table.

use crate::contents::of_sheet;
use crate::doubt::{Doubt, Reading, Uncertain};
use crate::raw::Raw;
use crate::{Choices, Contents, CountTable, ReadError};

/// What a file holds, in the sheet that is read.
pub(crate) fn contents(raw: Raw, choices: &Choices) -> Result<Contents, ReadError> {
    of_sheet(chosen(raw, choices)?, choices)
}

/// The file with the sheet that is read. If several may be tables, the user is asked: the first may as well be last year's.
pub(crate) fn chosen(raw: Raw, choices: &Choices) -> Result<Raw, ReadError> {
    if let Some(name) = &choices.sheet {
        let sheets = || raw.sheets().join(", ");
        return raw
            .with_sheet(name)
            .ok_or_else(|| ReadError::NoSuchSheet { name: name.clone(), sheets: sheets() });
    }
    if raw.others.is_empty() {
        return Ok(raw);
    }
    let mut tables: Vec<String> = Vec::new();
    for name in raw.sheets() {
        if raw.with_sheet(name).is_some_and(|sheet| may_be_a_table(sheet, choices)) {
            tables.push(name.to_owned());
        }
    }
    match tables.as_slice() {
        [] => Ok(raw),
        [one] if raw.sheet.as_ref() == Some(one) => Ok(raw),
        [one] => raw.with_sheet(one).ok_or(ReadError::Empty),
        [one, other, ..] => {
            let readings = [one, other].map(|name| reading(&raw, choices, name));
            Err(Uncertain { doubt: Doubt::Sheet { sheets: tables }, readings }.into())
        }
    }
}

/// Whether a sheet is a table, or would be one but for a mistake in it.
fn may_be_a_table(sheet: Raw, choices: &Choices) -> bool {
    if CountTable::from_raw(&sheet, choices).is_ok_and(|t| t.is_some()) {
        return true;
    }
    !matches!(
        of_sheet(sheet, choices),
        Err(ReadError::NoLists { .. }
            | ReadError::Empty
            | ReadError::NoHeader { .. }
            | ReadError::Header { .. }
            | ReadError::Ragged { .. }
            | ReadError::NoSuchColumn { .. }
            | ReadError::TooManyLists { .. }
            | ReadError::OneList { .. })
    )
}

fn reading(raw: &Raw, choices: &Choices, name: &str) -> Reading {
    let flag = if name.contains(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.')) {
        format!("--sheet \"{name}\"")
    } else {
        format!("--sheet {name}")
    };
    let choices = Choices { sheet: Some(name.to_owned()), ..choices.clone() };
    let table = raw.with_sheet(name).map(|sheet| of_sheet(sheet, &choices));
    let mut reading = Reading { flags: flag, choices, ..Reading::default() };
    if let Some(Ok(Contents::Table(table))) = table {
        reading.lists.clone_from(&table.layout.lists);
        reading.covariates.clone_from(&table.layout.covariates);
        reading.count.clone_from(&table.layout.count);
        reading.persons = Some(table.histories.n());
    }
    reading
}
