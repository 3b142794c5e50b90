//! What a cell says that names a combination of lists.

use std::collections::{BTreeSet, HashMap, HashSet};

use ijsberg_mse::histories::MAX_LISTS;

use crate::ReadError;
use crate::frame::FramedTable;
use crate::names::is_count_name;

/// Between the names of lists.
const MARKS: [&str; 10] = ["∩", "∧", "+", ";", "|", ",", "·", "\n", " × ", " x "];

/// Marks that stand within names as well.
const STRICT: [&str; 5] = ["/", "_", "-", ":", "*"];

/// Words between the names of the last two, or of all.
const AND: [&str; 5] = ["en", "and", "und", "et", "&"];

/// Words for all lists, which do not name them.
const ALL: [&str; 20] = [
    "alle lijsten",
    "all lists",
    "allemaal",
    "allen",
    "alle twee",
    "allebei",
    "beide",
    "beide lijsten",
    "both",
    "both lists",
    "all two",
    "alle drie",
    "alledrie",
    "alle 3",
    "all three",
    "all 3",
    "alle vier",
    "all four",
    "alle vijf",
    "all five",
];

/// Words that say on which lists somebody is not.
const NOT: [&str; 8] = [" not ", " niet ", " zonder ", " without ", " ohne ", " sans ", "¬", "!"];

/// Words that say that these lists are meant and no others.
const ONLY: [&str; 6] = ["alleen", "only", "just", "uitsluitend", "nur", "slechts"];

/// Words for no list at all.
const NONE: [&str; 7] = ["geen", "none", "∅", "neither", "geen van beide", "no list", "geen lijst"];

/// A combination: its lists, and whether it says that no others are meant.
pub(super) type Combination = (Vec<String>, bool);

/// The combinations that a column names; `None` where it does not.
pub(super) fn named(framed: &FramedTable, i: usize) -> Result<Option<Vec<Combination>>, ReadError> {
    let cells = || framed.grid.rows.iter().map(|r| bare(&r.1[i]));
    let text = |c: &str| c.chars().any(char::is_alphabetic) || NONE.contains(&c);
    if is_count_name(&framed.grid.header[i]) || !cells().all(text) {
        return Ok(None);
    }
    let every = |c: &str| ALL.contains(&c.to_lowercase().as_str());
    let named: Vec<&str> = cells().filter(|c| !every(c)).collect();
    let Some(all) = combinations_of(&named) else { return Ok(None) };
    // The number of lists is stated nowhere, so that "all three" does not show which they are.
    if let Some((line, row)) = framed.grid.rows.iter().find(|r| every(bare(&r.1[i]))) {
        let (column, value) = (framed.grid.header[i].clone(), row[i].clone());
        return Err(ReadError::AllLists { line: *line, column, value });
    }
    Ok(Some(all))
}

/// The combinations that cells name.
fn combinations_of(cells: &[&str]) -> Option<Vec<Combination>> {
    let stands = |mark: &&&str| cells.iter().any(|c| c.contains(**mark));
    if let Some(mark) = MARKS.iter().find(stands) {
        return combinations_by(cells, Some(*mark));
    }
    let words = || combinations_by(cells, None);
    if cells.iter().any(|c| c.contains('&')) {
        return words();
    }
    // Names have strokes of their own, so that a stroke may be no mark at all.
    STRICT.iter().find(stands).and_then(|mark| combinations_by(cells, Some(*mark))).or_else(words)
}

/// The combinations that cells name with a mark between names.
fn combinations_by(cells: &[&str], mark: Option<&str>) -> Option<Vec<Combination>> {
    let own = JoinedNames::from_cells(cells, mark);
    let mut all: Vec<Combination> =
        cells.iter().map(|c| combination(c, mark, &own)).collect::<Option<_>>()?;
    // Letters beside each other are names where nothing else stands between names.
    if mark.is_none() && all.iter().all(|c| c.0.len() < 2) {
        all = all.into_iter().zip(cells).map(|(one, cell)| letters(cell).unwrap_or(one)).collect();
    }
    let distinct = |c: &Combination| c.0.iter().collect::<BTreeSet<_>>().len() == c.0.len();
    if !all.iter().all(distinct) {
        return None;
    }
    let strict = mark.is_some_and(|m| STRICT.contains(&m));
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

/// A cell without the brackets of a set around it.
fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let inside = [('{', '}'), ('[', ']')].iter().find_map(|(open, close)| {
        cell.strip_prefix(*open)?.strip_suffix(*close).filter(|inner| !inner.contains([*open, *close]))
    });
    inside.unwrap_or(cell).trim()
}

/// Names without the quotes in which programs write them.
fn unquoted(name: &str) -> &str {
    let name = name.trim();
    let quotes = ['"', '\''];
    quotes.iter().find_map(|q| name.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(name)
}

/// The parts of a cell between marks, and the names within each, with the word such as "and" before it.
fn parts(text: &str, mark: Option<&str>) -> Vec<Vec<(String, String)>> {
    let whole: Vec<&str> = mark.map_or_else(|| vec![text], |mark| text.split(mark).collect());
    let words = |part: &str| {
        let mut names: Vec<(String, String)> = Vec::new();
        let mut before = String::new();
        for word in part.replace('&', " & ").split_whitespace() {
            match names.last_mut() {
                Some(_) if before.is_empty() && AND.contains(&word.to_lowercase().as_str()) => {
                    word.clone_into(&mut before);
                }
                Some(name) if before.is_empty() => name.1 = format!("{} {word}", name.1),
                _ => names.push((std::mem::take(&mut before), word.to_owned())),
            }
        }
        names
    };
    whole.into_iter().map(|part| words(unquoted(part))).collect()
}

/// Names with a word such as "and" within: "Zorg en welzijn".
struct JoinedNames(HashSet<[String; 2]>);

impl JoinedNames {
    /// Two names belong to one where they stand before a mark, at which an enumeration has no "and", or always occur together.
    fn from_cells(cells: &[&str], mark: Option<&str>) -> Self {
        let different: BTreeSet<&str> = cells.iter().copied().collect();
        let split: Vec<_> = different.iter().filter_map(|c| Some(parts(only(c)?.0, mark))).collect();
        // The cells in which each name occurs.
        let mut places = HashMap::<&str, Vec<usize>>::new();
        for (cell, parts) in split.iter().enumerate() {
            for (_, name) in parts.iter().flatten() {
                places.entry(name).or_default().push(cell);
            }
        }
        let alone: HashSet<&str> =
            split.iter().flatten().filter(|p| p.len() == 1).map(|p| p[0].1.as_str()).collect();
        let mut pairs = HashSet::new();
        for parts in &split {
            for (at, names) in parts.iter().enumerate() {
                for two in names.windows(2) {
                    let [one, other] = [&two[0].1, &two[1].1];
                    let both = alone.contains(one.as_str()) && alone.contains(other.as_str());
                    let before_mark = at + 1 < parts.len() && !both;
                    if before_mark || places.get(one.as_str()) == places.get(other.as_str()) {
                        pairs.insert([one.clone(), other.clone()]);
                    }
                }
            }
        }
        Self(pairs)
    }

    fn joins(&self, one: &str, other: &str) -> bool {
        self.0.contains(&[one.to_owned(), other.to_owned()])
    }
}

/// What a cell says besides that no other lists are meant, and whether it says that.
fn only(cell: &str) -> Option<(&str, bool)> {
    let small = cell.to_lowercase();
    for word in ONLY {
        let before = small.starts_with(&format!("{word} "));
        if before || small.ends_with(&format!(" {word}")) {
            let text = if before { cell.get(word.len()..)? } else { cell.get(..cell.len() - word.len())? };
            return Some((text.trim(), true));
        }
    }
    Some((cell, false))
}

fn combination(cell: &str, mark: Option<&str>, own: &JoinedNames) -> Option<Combination> {
    let small = cell.to_lowercase();
    if NONE.contains(&small.as_str()) {
        return Some((Vec::new(), false));
    }
    if NOT.iter().any(|not| small.contains(not)) {
        return None;
    }
    let (text, only) = only(cell)?;
    let mut names: Vec<String> = Vec::new();
    for part in parts(text, mark) {
        let mut last: Option<&String> = None;
        for (word, name) in &part {
            match (last, names.last_mut()) {
                (Some(before), Some(whole)) if own.joins(before, name) => {
                    *whole = format!("{whole} {word} {name}");
                }
                _ => names.push(name.clone()),
            }
            last = Some(name);
        }
    }
    // Another mark within a name would be a combination that is taken for a list.
    let name = |p: &String| p.chars().any(char::is_alphabetic) && !p.contains(['∩', '+', ';', '|', '·']);
    (!names.is_empty() && names.iter().all(name)).then_some((names, only))
}

/// A name for each letter of `PQ`.
fn letters(cell: &str) -> Option<Combination> {
    let all = cell.chars().all(char::is_uppercase) && cell.chars().count() <= MAX_LISTS;
    all.then(|| (cell.chars().map(String::from).collect(), false))
}
