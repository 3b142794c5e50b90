//! Persons of a grouping while a table is made.

use crate::covariates::Covariates;

/// A person while a table is made.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) on: u32,
    pub(super) values: Vec<Option<u32>>,
}

/// The history of each person, and what is known of them.
pub(super) fn persons(groups: &[u32], lists: &[usize], covariates: &Covariates) -> Vec<Person> {
    let mut all = vec![0; groups.iter().max().map_or(0, |g| *g as usize + 1)];
    groups.iter().zip(lists).for_each(|(g, l)| all[*g as usize] |= 1 << l);
    let mut records: Vec<Vec<usize>> = Vec::new();
    if !covariates.names.is_empty() {
        records = vec![Vec::new(); all.len()];
        groups.iter().enumerate().for_each(|(i, g)| records[*g as usize].push(i));
    }
    let values = |g: usize| records.get(g).map_or_else(Vec::new, |of| covariates.of_person(of));
    (0..all.len()).filter(|g| all[*g] > 0).map(|g| Person { on: all[g], values: values(g) }).collect()
}
