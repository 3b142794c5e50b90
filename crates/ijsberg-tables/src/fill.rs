//! Blank cells below a value: a group that is named once, or values that are missing.

use std::collections::HashSet;

use crate::doubt::{Doubt, Reading, Uncertain};
use crate::frame::FramedTable;
use crate::roles::{Plan, Reader};
use crate::{Blanks, Choices, Note, ReadError};

/// The table with its groups filled in, where they are; `None` where nothing is to be done. `read` tries the readings.
pub(crate) fn down(
    framed: &FramedTable,
    plan: &Plan,
    choices: &Choices,
    read: Reader,
) -> Result<Option<FramedTable>, ReadError> {
    let groups: Vec<usize> = plan.covariates.iter().copied().filter(|i| names_groups(framed, *i)).collect();
    let Some(first) = groups.first() else { return Ok(None) };
    match choices.blanks {
        Some(Blanks::Missing) => return Ok(None),
        Some(Blanks::Above) => {}
        None => {
            let readings =
                [Blanks::Above, Blanks::Missing].map(|blanks| reading(framed, choices, blanks, read));
            let column = framed.grid.header[*first].clone();
            return Err(Uncertain { doubt: Doubt::FillDown { column }, readings }.into());
        }
    }
    let mut filled = framed.clone();
    for i in groups {
        let (mut above, mut cells) = (String::new(), 0);
        for (_, row) in &mut filled.grid.rows {
            if row[i].is_empty() {
                row[i].clone_from(&above);
                cells += 1;
            } else {
                above.clone_from(&row[i]);
            }
        }
        filled.notes.push(Note::Filled { column: filled.grid.header[i].clone(), cells });
    }
    Ok(Some(filled))
}

/// Whether a column names each of its values once, with blanks below, from the first row on.
fn names_groups(framed: &FramedTable, i: usize) -> bool {
    let cells = || framed.grid.rows.iter().map(|r| r.1[i].as_str());
    let blanks = cells().filter(|c| c.is_empty()).count();
    let mut seen = HashSet::new();
    let once = cells().filter(|c| !c.is_empty()).all(|c| seen.insert(c));
    cells().next().is_some_and(|c| !c.is_empty()) && once && blanks >= seen.len().max(2)
}

fn reading(framed: &FramedTable, choices: &Choices, blanks: Blanks, read: Reader) -> Reading {
    let choices = Choices { blanks: Some(blanks), ..choices.clone() };
    let mut reading = Reading {
        flags: format!("--blanks {}", blanks.name()),
        choices: choices.clone(),
        ..Reading::default()
    };
    if let Ok(table) = read(framed, &choices) {
        reading.lists.clone_from(&table.names);
        reading.covariates = table.covariates.iter().map(|c| c.name.clone()).collect();
        reading.count.clone_from(&table.count);
        reading.persons = Some(table.persons());
    }
    reading
}
