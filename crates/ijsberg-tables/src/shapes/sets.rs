//! Combinations of lists named in one column: `A`, `A+B`, `alleen A`, `A ∩ B`.

mod names;

use std::collections::BTreeSet;

use super::nested::settled;
use crate::frame::FramedTable;
use crate::names::{is_count_name, names_the_person};
use crate::numbers::{Count, Numbers, looks_like_a_count};
use crate::roles::two_ways;
use crate::{Choices, Doubt, Grid, Note, Overlaps, ReadError, Reading, Uncertain};

/// The first column that names combinations, with what its rows name.
fn naming(framed: &FramedTable) -> Result<Option<(usize, Vec<names::Combination>)>, ReadError> {
    for i in 0..framed.grid.header.len() {
        if let Some(all) = names::named(framed, i)? {
            return Ok(Some((i, all)));
        }
    }
    Ok(None)
}

/// The column of counts beside that of combinations: named so, or numbers where each combination has one row.
fn count_column(grid: &Grid, at: usize, distinct: bool) -> Option<usize> {
    let Grid { header, rows } = grid;
    (0..header.len()).find(|i| *i != at && is_count_name(&header[*i])).or_else(|| {
        let numbers = |i: &usize| {
            !names_the_person(&header[*i])
                && rows.iter().all(|r| r.1[*i].is_empty() || looks_like_a_count(&r.1[*i]))
        };
        (distinct && header.len() == 2).then_some(1 - at.min(1)).filter(numbers)
    })
}

/// Brings such a table into the form of a column for each list. There must be a column of counts, or a row for each person.
pub(super) fn combinations(framed: &mut FramedTable, choices: &Choices) -> Result<bool, ReadError> {
    let Some((at, all)) = naming(framed)? else { return Ok(false) };
    // In the order in which they are named.
    let mut lists: Vec<String> = Vec::new();
    for name in all.iter().flat_map(|c| &c.0) {
        if !lists.contains(name) {
            lists.push(name.clone());
        }
    }
    let bit = |name: &String| lists.iter().position(|l| l == name).map_or(0, |j| 1_u32 << j);
    let masks: Vec<u32> = all.iter().map(|c| c.0.iter().map(bit).sum()).collect();
    let Grid { header, rows } = &framed.grid;
    let distinct = masks.iter().collect::<BTreeSet<_>>().len() == masks.len();
    let count = count_column(&framed.grid, at, distinct);
    // Counts of single lists may hold the persons who are on more of them.
    let told = all.iter().any(|c| c.1);
    let mut exact = None;
    if let Some(i) = count.filter(|_| !told && distinct) {
        let numbers = match choices.thousands {
            Some(mark) => mark.numbers(),
            None => Numbers::from_cells(rows.iter().map(|r| r.1[i].as_str()), framed.decimal_comma)
                .map_err(|two| two_ways(&two, &lists, choices))?,
        };
        let cells: Option<Vec<u64>> = rows
            .iter()
            .zip(&masks)
            .map(|(r, mask)| match numbers.count(&r.1[i])? {
                Count::Exact(n) => Some(n),
                Count::Missing if *mask == 0 => Some(0),
                _ => None,
            })
            .collect();
        if let Some(counts) = cells {
            let line = rows.first().map_or(0, |r| r.0);
            exact = Some((i, settled(&lists, &masks, counts, line, choices)?));
        }
    }
    // Of groups, and beside hidden counts, nothing shows which of both it is.
    if count.is_some() && !told && exact.is_none() {
        said_exact(&lists, rows.first().map_or(0, |r| r.0), choices)?;
    }
    let header: Vec<String> = lists
        .iter()
        .cloned()
        .chain(header.iter().enumerate().filter(|(i, _)| *i != at).map(|h| h.1.clone()))
        .collect();
    if header.iter().collect::<BTreeSet<_>>().len() < header.len() {
        return Ok(false);
    }
    let name = framed.grid.header[at].clone();
    for (k, (_, row)) in framed.grid.rows.iter_mut().enumerate() {
        if let Some((i, (cells, false))) = &exact {
            row[*i] = cells[k].to_string();
        }
        row.remove(at);
        row.splice(0..0, (0..lists.len()).map(|j| (masks[k] >> j & 1).to_string()));
    }
    for (_, row) in &mut framed.totals {
        row.remove(at);
        row.splice(0..0, std::iter::repeat_n(String::new(), lists.len()));
    }
    if exact.as_ref().is_some_and(|e| !e.1.1) {
        // Sums of nested numbers count persons more than once.
        framed.totals.clear();
        framed.notes.push(Note::Wide { exact: false });
    }
    if let Some(i) = count.filter(|i| !is_count_name(&framed.grid.header[*i])) {
        let place = lists.len() + i - usize::from(at < i);
        framed.grid.header = header;
        super::COUNT.clone_into(&mut framed.grid.header[place]);
    } else {
        framed.grid.header = header;
    }
    framed.notes.push(Note::Sets { column: name });
    Ok(true)
}

/// Asks whether counts are of exactly these lists, which is all that can be read here.
fn said_exact(lists: &[String], line: u64, choices: &Choices) -> Result<(), ReadError> {
    let reading = |(overlaps, name): (Overlaps, &str)| Reading {
        lists: lists.to_vec(),
        flags: format!("--overlaps {name}"),
        choices: Choices { overlaps: Some(overlaps), ..choices.clone() },
        ..Reading::default()
    };
    match choices.overlaps {
        Some(Overlaps::Exact) => Ok(()),
        Some(Overlaps::Nested) => Err(ReadError::NestedGroups { line }),
        None => {
            let readings = [(Overlaps::Exact, "exact"), (Overlaps::Nested, "nested")].map(reading);
            Err(Uncertain { doubt: Doubt::Overlaps, readings }.into())
        }
    }
}
