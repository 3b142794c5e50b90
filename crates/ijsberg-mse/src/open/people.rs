//! People by the lists that they were on in each year, and what is left of that for staying.

use std::collections::BTreeMap;

use super::{LEAST_YEARS, MOST_LISTS, MOST_YEARS, NoOpen};
use crate::histories::Mask;

/// People by the lists they were on in each year; a person is the same person in all years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverYears {
    lists: Vec<String>,
    years: Vec<String>,
    rows: Vec<(Vec<Mask>, u64)>,
}

impl OverYears {
    /// Builds a table from the names of the lists, the years in their order, and for each history the lists of every year with a number of
    /// people. Bit `j` of a year is set where the person was on list `j`; nil is a year on no list. Repeated histories are added up.
    ///
    /// # Errors
    /// See [`NoOpen`].
    pub fn new(
        lists: Vec<String>,
        years: Vec<String>,
        rows: impl IntoIterator<Item = (Vec<Mask>, u64)>,
    ) -> Result<Self, NoOpen> {
        if lists.len() > MOST_LISTS {
            return Err(NoOpen::TooManyLists { found: lists.len() });
        }
        if years.len() > MOST_YEARS {
            return Err(NoOpen::TooManyYears { found: years.len() });
        }
        for names in [&lists, &years] {
            let wrong = |(i, name): &(usize, &String)| name.trim().is_empty() || names[..*i].contains(name);
            if let Some((_, name)) = names.iter().enumerate().find(wrong) {
                return Err(NoOpen::Name { name: name.clone() });
            }
        }
        let mut sums = BTreeMap::<Vec<Mask>, u64>::new();
        let mut total = 0_u64;
        for (place, (history, count)) in rows.into_iter().enumerate() {
            let fits = history.len() == years.len() && history.iter().all(|mask| mask >> lists.len() == 0);
            if !fits || history.iter().all(|mask| *mask == 0) {
                return Err(NoOpen::Row { row: place + 1 });
            }
            total = total.checked_add(count).filter(|n| *n < 1 << 53).ok_or(NoOpen::TooManyPersons)?;
            if count > 0 {
                *sums.entry(history).or_default() += count;
            }
        }
        Ok(Self { lists, years, rows: sums.into_iter().collect() })
    }

    /// The lists.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// The years in their order.
    pub fn years(&self) -> &[String] {
        &self.years
    }

    /// The histories that somebody has, with how many have it.
    pub fn rows(&self) -> &[(Vec<Mask>, u64)] {
        &self.rows
    }

    /// Different people seen.
    pub fn n(&self) -> u64 {
        self.rows.iter().map(|r| r.1).sum()
    }

    /// People of a year by the lists they were on, all `2^lists` of them; nobody on no list.
    pub(super) fn cells(&self, year: usize) -> Vec<f64> {
        let mut cells = vec![0.0; 1 << self.lists.len()];
        for (history, count) in &self.rows {
            cells[history[year] as usize] += *count as f64;
        }
        cells[0] = 0.0;
        cells
    }

    /// Who was first seen in which year, and next in which.
    ///
    /// # Errors
    /// With fewer than [`LEAST_YEARS`] years.
    pub fn returns(&self) -> Result<Returns, NoOpen> {
        let years = self.years.len();
        let mut first = vec![0_u64; years];
        let mut next = vec![vec![0_u64; years]; years];
        for (history, count) in &self.rows {
            let mut before: Option<usize> = None;
            for year in (0..years).filter(|t| history[*t] != 0) {
                match before {
                    None => first[year] += count,
                    Some(from) => next[from][year] += count,
                }
                before = Some(year);
            }
        }
        Returns::new(first, next)
    }
}

/// Who was first seen in which year, and seen next in which: the m-array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returns {
    first: Vec<u64>,
    seen: Vec<u64>,
    next: Vec<Vec<u64>>,
}

impl Returns {
    /// From people first seen by year, and those seen in the row's year and next in the column's. Entries that are not later than their row are
    /// passed over.
    ///
    /// # Errors
    /// With fewer than [`LEAST_YEARS`] years, or rows of another length.
    pub fn new(first: Vec<u64>, mut next: Vec<Vec<u64>>) -> Result<Self, NoOpen> {
        let years = first.len();
        if years < LEAST_YEARS {
            return Err(NoOpen::TooFewYears { found: years });
        }
        if years > MOST_YEARS {
            return Err(NoOpen::TooManyYears { found: years });
        }
        if let Some(row) = next.iter().position(|row| row.len() != years) {
            return Err(NoOpen::Row { row: row + 1 });
        }
        if next.len() != years {
            return Err(NoOpen::Row { row: next.len() });
        }
        for (from, row) in next.iter_mut().enumerate() {
            row[..=from].fill(0);
        }
        let again = |year: usize| next.iter().map(|row| row[year]).sum::<u64>();
        let seen = first.iter().enumerate().map(|(year, new)| new + again(year)).collect();
        Ok(Self { first, seen, next })
    }

    /// Number of years.
    pub fn years(&self) -> usize {
        self.first.len()
    }

    /// People first seen, by year.
    pub fn first(&self) -> &[u64] {
        &self.first
    }

    /// People seen, by year.
    pub fn seen(&self) -> &[u64] {
        &self.seen
    }

    /// People seen in a year and next in another.
    pub fn next(&self, from: usize, to: usize) -> u64 {
        self.next[from][to]
    }

    /// Different people.
    pub fn n(&self) -> u64 {
        self.first.iter().sum()
    }

    /// People seen next after a year.
    pub(super) fn returned(&self, from: usize) -> u64 {
        self.next[from].iter().sum()
    }

    /// People seen up to a year and again after it.
    pub fn over(&self, year: usize) -> u64 {
        self.next[..=year].iter().flat_map(|row| &row[year + 1..]).sum()
    }

    /// All returns.
    pub fn all(&self) -> u64 {
        self.next.iter().flatten().sum()
    }
}
