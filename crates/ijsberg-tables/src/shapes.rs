//! Other shapes of the same table: histories in one column, and a column for each combination of lists.

mod long;
mod nested;
mod sets;

use std::collections::{BTreeSet, HashMap};

use ijsberg_mse::histories::MAX_LISTS;

use crate::frame::FramedTable;
use crate::missing::says_nothing;
use crate::names::{is_count_name, is_trait};
use crate::numbers::Numbers;
use crate::totals::is_total;
use crate::values::{Profile, Truth};
use crate::{Choices, Note, Overlaps, ReadError};
use nested::{exact_from_nested, settled};

const HISTORY_NAMES: [&str; 11] = [
    "history",
    "histories",
    "capture_history",
    "capture history",
    "pattern",
    "patroon",
    "profile",
    "omega",
    "ch",
    "geschiedenis",
    "historie",
];

/// The name of the count in a table that had none.
pub(crate) const COUNT: &str = "count";

/// Brings a table into the form of a column for each list and one for the count.
pub(crate) fn usual(framed: &mut FramedTable, choices: &Choices) -> Result<(), ReadError> {
    let grid = &framed.grid;
    let said = |name: &String| [&choices.covariates, &choices.ignore].iter().any(|all| all.contains(name));
    let known = !choices.lists.is_empty() && choices.lists.iter().all(|l| grid.header.contains(l));
    if framed.roles.is_some() || known || grid.rows.is_empty() {
        return Ok(());
    }
    let open = (0..grid.header.len()).filter(|i| {
        !said(&grid.header[*i]) && !is_trait(&grid.header[*i]) && !is_count_name(&grid.header[*i])
    });
    let truths: Vec<Truth> =
        open.filter_map(|i| Truth::from_profile(&Profile::from_cells(column(framed, i)))).collect();
    // One column of 00 and 01 may be of years, beside histories in another.
    let any_list = truths.len() > 1 || truths.iter().any(|t| !t.coded());
    if any_list {
        // A column of 0 and 1 may say of the list that another names.
        long::indicated(framed);
        return Ok(());
    }
    if let Some((at, padded)) = strings(framed) {
        split(framed, at, padded);
        return Ok(());
    }
    if long::rows(framed) || sets::combinations(framed, choices)? {
        return Ok(());
    }
    wide(framed, choices)
}

fn column(framed: &FramedTable, i: usize) -> impl Iterator<Item = &str> {
    framed.grid.rows.iter().map(move |r| r.1[i].as_str())
}

/// Letters that say on a list and not on it, beside digits.
const LETTERS: [(char, char); 8] =
    [('1', '0'), ('J', 'N'), ('Y', 'N'), ('T', 'F'), ('+', '-'), ('X', '-'), ('X', 'O'), ('X', '.')];

/// The digits of a history such as `110`, `1-1-0`, `(1, 1, 0)` or `JNJ`.
fn digits(cell: &str, (on, off): (char, char)) -> Option<String> {
    let between = |c: char| {
        matches!(c, '-' | '_' | ' ' | ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '/' | '|' | '\'' | '.')
    };
    let mut digits = String::new();
    for c in cell.to_uppercase().chars() {
        match c {
            c if c == on => digits.push('1'),
            c if c == off => digits.push('0'),
            c if between(c) => {}
            _ => return None,
        }
    }
    (!digits.is_empty()).then_some(digits)
}

/// The column of histories, and whether zeros in front were lost.
fn strings(framed: &FramedTable) -> Option<(usize, bool)> {
    (0..framed.grid.header.len()).find_map(|i| {
        let letters = letters_of(framed, i);
        let cells: Vec<String> = column(framed, i).map(|c| digits(c, letters)).collect::<Option<_>>()?;
        let most = cells.iter().map(String::len).max().filter(|n| (2..=MAX_LISTS).contains(n))?;
        let named = HISTORY_NAMES.contains(&framed.grid.header[i].to_lowercase().as_str());
        let same = cells.iter().all(|c| c.len() == most);
        let zeros = cells.iter().any(|c| c.starts_with('0'));
        // Only digits lose zeros in front.
        let fits = (named && (same || letters == LETTERS[0]))
            || same && zeros && !is_count_name(&framed.grid.header[i]);
        fits.then_some((i, !same))
    })
}

/// The letters of which all cells of a column are made; digits where there are none.
fn letters_of(framed: &FramedTable, i: usize) -> (char, char) {
    let has = |letter: char| column(framed, i).any(|c| c.to_uppercase().contains(letter));
    let all = |pair: &&(char, char)| {
        has(pair.0) && has(pair.1) && column(framed, i).all(|c| digits(c, **pair).is_some())
    };
    LETTERS.iter().find(all).copied().unwrap_or(LETTERS[0])
}

fn split(framed: &mut FramedTable, at: usize, padded: bool) {
    let letters = letters_of(framed, at);
    let name = framed.grid.header.remove(at);
    let mut cells: Vec<String> = Vec::with_capacity(framed.grid.rows.len());
    for (_, row) in &mut framed.grid.rows {
        cells.push(digits(&row.remove(at), letters).unwrap_or_default());
    }
    let t = cells.iter().map(String::len).max().unwrap_or(0);
    let parts: Vec<String> =
        name.split(['-', '_', ' ', ',', '/', '|']).filter(|p| !p.is_empty()).map(String::from).collect();
    let letters: Vec<String> = name.chars().map(String::from).collect();
    let distinct = |names: &[String]| names.len() == t && names.iter().collect::<BTreeSet<_>>().len() == t;
    let names: Vec<String> = if distinct(&parts) {
        parts
    } else if distinct(&letters) && name.chars().all(char::is_uppercase) {
        letters
    } else {
        (1..=t).map(|i| format!("L{i}")).collect()
    };
    framed.grid.header.splice(0..0, names);
    for ((_, row), digits) in framed.grid.rows.iter_mut().zip(cells) {
        let missing = std::iter::repeat_n('0', t - digits.len());
        row.splice(0..0, missing.chain(digits.chars()).map(String::from));
    }
    // Sums have the shape of the file.
    for (_, row) in &mut framed.totals {
        row.remove(at);
        row.splice(0..0, std::iter::repeat_n(String::new(), t));
    }
    framed.notes.push(Note::Strings { column: name, padded });
}

/// Counts of each combination of lists on one row, such as `P,Q,PQ`.
fn wide(framed: &mut FramedTable, choices: &Choices) -> Result<(), ReadError> {
    let mut header = framed.grid.header.clone();
    let [(line, row)] = framed.grid.rows.as_slice() else { return Ok(()) };
    let (line, mut row) = (*line, row.clone());
    let Some((mut lists, mut masks)) = combinations(&header) else { return Ok(()) };
    let numbers = numbers(&row, framed, choices, &header)?;
    let mut choices = choices.clone();
    if let Some(at) = sum_column(&header, &masks) {
        let (mut names, mut cells) = (header.clone(), row.clone());
        let (name, said) = (names.remove(at), cells.remove(at));
        if let Some((fewer, combined)) = combinations(&names) {
            let checked = if says_nothing(&said) {
                Ok(choices.clone())
            } else {
                let bad = || ReadError::Count { line, column: name.clone(), value: said.clone() };
                let counts = whole_numbers(&cells, &names, line, numbers)?;
                by_sum(&combined, &counts, numbers.whole(&said).ok_or_else(bad)?, line, &choices)
            };
            // A name that says no more than how many may be that of a list as well.
            if checked.is_ok() || is_total(&name) {
                choices = checked?;
                let note =
                    if says_nothing(&said) { Note::TotalNotChecked { line } } else { Note::Total { line } };
                framed.notes.push(note);
                (header, row, lists, masks) = (names, cells, fewer, combined);
            }
        }
    }
    let counts = whole_numbers(&row, &header, line, numbers)?;
    let (cells, exact) = settled(&lists, &masks, counts, line, &choices)?;
    framed.grid.header = lists.iter().cloned().chain([COUNT.to_owned()]).collect();
    let rows = masks.iter().zip(cells).map(|(mask, n)| {
        let marks = (0..lists.len()).map(|j| (mask >> j & 1).to_string());
        (line, marks.chain([n.to_string()]).collect())
    });
    framed.grid.rows = rows.collect();
    framed.notes.push(Note::Wide { exact });
    Ok(())
}

/// A column that is named like a sum and is part of no combination.
fn sum_column(header: &[String], masks: &[u32]) -> Option<usize> {
    let alone = |i: usize| masks.iter().filter(|m| **m & masks[i] != 0).count() == 1;
    (0..header.len()).find(|i| (is_total(&header[*i]) || is_count_name(&header[*i])) && alone(*i))
}

fn whole_numbers(
    row: &[String],
    header: &[String],
    line: u64,
    numbers: Numbers,
) -> Result<Vec<u64>, ReadError> {
    let count = |(cell, column): (&String, &String)| {
        let bad = || ReadError::Count { line, column: column.clone(), value: cell.clone() };
        numbers.whole(cell).filter(|n| *n < 1 << 53).ok_or_else(bad)
    };
    row.iter().zip(header).map(count).collect()
}

/// A sum of all persons shows whether counts are of exactly these lists.
fn by_sum(
    masks: &[u32],
    counts: &[u64],
    said: u64,
    line: u64,
    choices: &Choices,
) -> Result<Choices, ReadError> {
    let sum = |counts: &[u64]| counts.iter().fold(0_u64, |a, b| a.saturating_add(*b));
    let (exact, nested) = (sum(counts), exact_from_nested(masks, counts).map(|inner| sum(&inner)));
    let fits = [(Overlaps::Exact, Some(exact)), (Overlaps::Nested, nested)];
    let right = |(overlaps, n): &&(Overlaps, Option<u64>)| {
        *n == Some(said) && choices.overlaps.is_none_or(|o| o == *overlaps)
    };
    match fits.iter().filter(right).collect::<Vec<_>>()[..] {
        [] => {
            let sum = nested.filter(|_| choices.overlaps == Some(Overlaps::Nested)).unwrap_or(exact);
            Err(ReadError::Total { line, said: said.to_string(), sum })
        }
        [(overlaps, _)] => Ok(Choices { overlaps: Some(*overlaps), ..choices.clone() }),
        _ => Ok(choices.clone()),
    }
}

fn numbers(
    row: &[String],
    framed: &FramedTable,
    choices: &Choices,
    header: &[String],
) -> Result<Numbers, ReadError> {
    if let Some(mark) = choices.thousands {
        return Ok(mark.numbers());
    }
    let found = Numbers::from_cells(row.iter().map(String::as_str), framed.decimal_comma);
    found.map_err(|two| crate::roles::two_ways(&two, header, choices).into())
}

/// The lists, and the combination that each column stands for; `None` unless the headers are of this kind.
fn combinations(header: &[String]) -> Option<(Vec<String>, Vec<u32>)> {
    let marks = ['&', '+', ':', '_', '-', '∩', '*', 'x', ' ', '.'];
    let at: HashMap<&str, usize> = header.iter().enumerate().rev().map(|(i, h)| (h.as_str(), i)).collect();
    let several = 2..=MAX_LISTS;
    let parts = |h: &str| -> Option<Vec<usize>> {
        marks.iter().find_map(|m| {
            let parts: Vec<&str> = h.split(*m).take(MAX_LISTS + 1).map(str::trim).collect();
            let known = |p: &&str| at.get(p).copied();
            several.contains(&parts.len()).then(|| parts.iter().map(known).collect::<Option<Vec<_>>>())?
        })
    };
    let letters = |h: &str| -> Option<Vec<usize>> {
        let each = |c: char| at.get(c.encode_utf8(&mut [0; 4]) as &str).copied();
        let many = h.chars().take(MAX_LISTS + 1).count();
        several.contains(&many).then(|| h.chars().map(each).collect::<Option<Vec<_>>>())?
    };
    let composed: Vec<Option<Vec<usize>>> = header.iter().map(|h| parts(h).or_else(|| letters(h))).collect();
    let lists: Vec<usize> = (0..header.len()).filter(|i| composed[*i].is_none()).collect();
    if lists.len() < 2 || lists.len() > MAX_LISTS || lists.len() == header.len() {
        return None;
    }
    let bit = |i: &usize| lists.iter().position(|l| l == i).map(|j| 1_u32 << j);
    let mut masks = Vec::with_capacity(header.len());
    for (i, parts) in composed.iter().enumerate() {
        let mask = parts.as_deref().unwrap_or(&[i]).iter().map(bit).try_fold(0, |m, b| Some(m | b?))?;
        if masks.contains(&mask) {
            return None;
        }
        masks.push(mask);
    }
    Some((lists.into_iter().map(|i| header[i].clone()).collect(), masks))
}
