//! A row for each person and list.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_mse::histories::MAX_LISTS;

use crate::frame::FramedTable;
use crate::names::{is_count_name, names_the_list, names_the_person};
use crate::values::{Profile, Truth};
use crate::{Grid, Note};

/// Brings a table with a row for each person and list into one with a row for each person. It must have a column that names the
/// person and one that names the list, and no count.
pub(super) fn rows(framed: &mut FramedTable) -> bool {
    brought(framed, None)
}

/// The same where a further column says whether the person is on the list.
pub(super) fn indicated(framed: &mut FramedTable) -> bool {
    let header = &framed.grid.header;
    let mut all = (0..header.len()).filter(|i| says_whether(&header[*i]));
    let (Some(i), None) = (all.next(), all.next()) else { return false };
    let profile = Profile::from_cells(framed.grid.rows.iter().map(|r| r.1[i].as_str()));
    let Some(truth) = Truth::from_profile(&profile) else { return false };
    brought(framed, Some(&(i, truth)))
}

/// Names of a column that says whether a person is on the list that another names.
fn says_whether(name: &str) -> bool {
    let name = name.trim().to_lowercase().replace(['_', '-'], " ");
    let names = [
        "aanwezig",
        "present",
        "op lijst",
        "op de lijst",
        "on list",
        "listed",
        "gemeld",
        "reported",
        "geregistreerd",
        "registered",
        "gezien",
        "seen",
        "bekend",
        "known",
        "komt voor",
        "waarde",
        "value",
        "indicator",
        "flag",
        "ja nee",
        "yes no",
        "in lijst",
        "in list",
    ];
    names.contains(&name.as_str())
}

fn brought(framed: &mut FramedTable, whether: Option<&(usize, Truth)>) -> bool {
    let Grid { header, rows } = &framed.grid;
    let one = |is: fn(&str) -> bool| {
        let mut all = (0..header.len()).filter(|i| is(&header[*i]));
        all.next().filter(|_| all.next().is_none())
    };
    let (Some(person), Some(list)) = (one(names_the_person), one(names_the_list)) else { return false };
    let filled = |i: usize| rows.iter().all(|r| !r.1[i].is_empty());
    let names: BTreeSet<&str> = rows.iter().map(|r| r.1[list].as_str()).collect();
    if header.iter().any(|h| is_count_name(h))
        || !(2..=MAX_LISTS).contains(&names.len())
        || !filled(person)
        || !filled(list)
    {
        return false;
    }
    let lists: Vec<String> = names.into_iter().map(str::to_owned).collect();
    let mut persons = BTreeMap::<&str, Vec<&(u64, Vec<String>)>>::new();
    rows.iter().for_each(|r| persons.entry(r.1[person].as_str()).or_default().push(r));
    // Where nobody has two rows, it is a table of persons by who reported them.
    if persons.len() == rows.len() || lists.iter().any(|l| header.contains(l)) {
        return false;
    }
    // What differs between rows of one person is known of the row.
    let constant = |i: &usize| persons.values().all(|rows| rows.iter().all(|r| r.1[*i] == rows[0].1[*i]));
    let said = whether.map(|w| w.0);
    let others = || (0..header.len()).filter(|i| *i != person && *i != list && Some(*i) != said);
    let kept: Vec<usize> = others().filter(constant).collect();
    let left: Vec<String> = others().filter(|i| !kept.contains(i)).map(|i| header[i].clone()).collect();
    let row = |of: &Vec<&(u64, Vec<String>)>| {
        let is = |r: &[String]| whether.is_none_or(|(i, truth)| truth.read(&r[*i]) == Some(true));
        let on = |l: &String| u8::from(of.iter().any(|r| r.1[list] == *l && is(&r.1))).to_string();
        let known = kept.iter().map(|i| of[0].1[*i].clone());
        (of[0].0, lists.iter().map(on).chain(known).collect())
    };
    let mut brought: Vec<(u64, Vec<String>)> = persons.values().map(row).collect();
    brought.sort_by_key(|r| r.0);
    let note = Note::Long { rows: rows.len(), left };
    let header = lists.iter().cloned().chain(kept.iter().map(|i| header[*i].clone())).collect();
    framed.grid = Grid { header, rows: brought };
    framed.notes.push(note);
    true
}
