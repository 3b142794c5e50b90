//! Combinations of lists named in one column: `A`, `A+B`, `alleen A`, `A ∩ B`.

use std::collections::BTreeSet;

use ijsberg_mse::histories::MAX_LISTS;

use super::settled;
use crate::frame::Framed;
use crate::names::{is_count_name, names_the_person};
use crate::numbers::{Count, Numbers, looks_like_a_count};
use crate::roles::two_ways;
use crate::{Choices, Doubt, Grid, Note, Overlaps, ReadError, Reading, Uncertain};

/// Between the names of lists.
const MARKS: [&str; 11] = ["∩", "&", "+", ";", "|", ",", " × ", " x ", "/", "_", "-"];

/// Words between the names of the last two, or of all.
const AND: [&str; 4] = [" en ", " and ", " und ", " et "];

/// Words that say on which lists somebody is not.
const NOT: [&str; 8] = [" not ", " niet ", " zonder ", " without ", " ohne ", " sans ", "¬", "!"];

/// Words that say that these lists are meant and no others.
const ONLY: [&str; 6] = ["alleen", "only", "just", "uitsluitend", "nur", "slechts"];

/// Words for no list at all.
const NONE: [&str; 7] = ["geen", "none", "∅", "neither", "geen van beide", "no list", "geen lijst"];

/// A combination: its lists, and whether it says that no others are meant.
type Combination = (Vec<String>, bool);

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
pub(super) fn combinations(framed: &mut Framed, choices: &Choices) -> Result<bool, ReadError> {
    let Some((at, all)) = (0..framed.grid.header.len()).find_map(|i| Some((i, named(framed, i)?))) else {
        return Ok(false);
    };
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
            None => Numbers::of(rows.iter().map(|r| r.1[i].as_str()), framed.decimal_comma)
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

/// The combinations that a column names; `None` where it does not.
fn named(framed: &Framed, i: usize) -> Option<Vec<Combination>> {
    let cells = || framed.grid.rows.iter().map(|r| r.1[i].as_str());
    let text = |c: &str| c.chars().any(char::is_alphabetic) || NONE.contains(&c);
    if is_count_name(&framed.grid.header[i]) || !cells().all(text) {
        return None;
    }
    let mark = MARKS.iter().find(|mark| cells().any(|c| c.contains(**mark)));
    let all: Vec<Combination> = cells().map(|c| combination(c, mark.copied())).collect::<Option<_>>()?;
    // Names have strokes of their own.
    let strict = mark.is_some_and(|m| ["/", "_", "-"].contains(m));
    let lists: BTreeSet<&String> = all.iter().flat_map(|c| &c.0).collect();
    if !(2..=MAX_LISTS).contains(&lists.len()) {
        return None;
    }
    let alone = |l: &&&String| all.iter().any(|c| c.0 == [(**l).clone()]);
    let single = lists.iter().filter(alone).count();
    let several = all.iter().filter(|c| c.0.len() > 1).count();
    // Without a combination, or with names that never stand alone, it is a column of something else.
    let named = if strict { single == lists.len() } else { single * 2 >= lists.len() };
    (several > 0 && named).then_some(all)
}

fn combination(cell: &str, mark: Option<&str>) -> Option<Combination> {
    let small = cell.trim().to_lowercase();
    if NONE.contains(&small.as_str()) {
        return Some((Vec::new(), false));
    }
    let (mut text, mut only) = (cell.trim(), false);
    for word in ONLY {
        let before = small.starts_with(&format!("{word} "));
        let behind = small.ends_with(&format!(" {word}"));
        if before || behind {
            text = if before { text.get(word.len()..)? } else { text.get(..text.len() - word.len())? };
            only = true;
            break;
        }
    }
    if NOT.iter().any(|not| small.contains(not)) {
        return None;
    }
    let joined = AND.iter().fold(text.trim().to_owned(), |t, and| t.replace(and, mark.unwrap_or("&")));
    let parts: Vec<String> = match mark.or_else(|| joined.contains('&').then_some("&")) {
        Some(mark) => joined.split(mark).map(|p| p.trim().to_owned()).collect(),
        None if cell.chars().all(char::is_uppercase) && cell.chars().count() <= MAX_LISTS => {
            cell.chars().map(String::from).collect()
        }
        None => vec![joined],
    };
    let distinct = parts.iter().collect::<BTreeSet<_>>().len() == parts.len();
    // Another mark within a name would be a combination that is taken for a list.
    let name = |p: &String| p.chars().any(char::is_alphabetic) && !p.contains(['∩', '&', '+', ';', '|']);
    (distinct && parts.iter().all(name)).then_some((parts, only))
}
