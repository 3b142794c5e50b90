//! A row for each person and list.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_mse::histories::MAX_LISTS;

use crate::frame::Framed;
use crate::names::{is_count_name, names_the_list, names_the_person};
use crate::{Grid, Note};

/// Brings a table with a row for each person and list into one with a row for each person. It must have a column that names the
/// person and one that names the list, and no count.
pub(super) fn rows(framed: &mut Framed) -> bool {
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
    let others = || (0..header.len()).filter(|i| *i != person && *i != list);
    let kept: Vec<usize> = others().filter(constant).collect();
    let left: Vec<String> = others().filter(|i| !kept.contains(i)).map(|i| header[i].clone()).collect();
    let row = |of: &Vec<&(u64, Vec<String>)>| {
        let on = |l: &String| u8::from(of.iter().any(|r| r.1[list] == *l)).to_string();
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
