//! Rows of a table whose hidden counts are not filled in, and the tables that they make.

use std::collections::HashSet;

use ijsberg_mse::histories::Mask;

use crate::study::Study;
use crate::table::{Covariate, HiddenCount, Layout, Table};
use crate::{Note, ReadError};

/// The most draws of a linkage in one file; each is a table of its own.
const MOST_DRAWS: usize = 20_000;

/// Rows of a table whose hidden counts are not filled in.
#[derive(Debug, Clone)]
pub(crate) struct UnfilledTable {
    pub(crate) names: Vec<String>,
    pub(crate) cells: Vec<(Mask, u64)>,
    pub(crate) hidden: Vec<HiddenCount>,
    /// The least count of each row of the file, whatever its lists.
    pub(crate) least: Vec<u64>,
    pub(crate) covariates: Vec<Covariate>,
    pub(crate) count: Option<String>,
    /// The column of draws, and its values.
    pub(crate) draw: Option<String>,
    pub(crate) draws: Option<Vec<String>>,
    pub(crate) lines: Vec<u64>,
    pub(crate) ignored: Vec<String>,
    pub(crate) left_out: u64,
    /// Rows for combinations that are not in the file.
    pub(crate) filled: usize,
    pub(crate) notes: Vec<Note>,
}

impl UnfilledTable {
    /// Persons of whom the number is certain.
    pub(crate) fn persons(&self) -> u64 {
        self.cells.iter().map(|c| c.1).sum()
    }

    /// Notes rows of the same combination.
    pub(crate) fn repeated(&mut self) {
        if self.count.is_none() {
            return;
        }
        let mut seen = HashSet::new();
        let key = |i: usize| {
            let levels: Vec<&Option<String>> = self.covariates.iter().map(|c| &c.values[i]).collect();
            (self.cells[i].0, levels, self.draws.as_ref().map(|d| &d[i]))
        };
        let rows = (0..self.cells.len()).filter(|i| !seen.insert(key(*i))).count();
        if rows > 0 {
            self.notes.push(Note::Repeated { rows });
        }
    }

    /// The table with these counts in place of the hidden ones.
    pub(crate) fn finish(&self, counts: &[u64]) -> Result<Table, ReadError> {
        let mut cells = self.cells.clone();
        for (hidden, count) in self.hidden.iter().zip(counts) {
            cells[hidden.row].1 = *count;
        }
        self.table(&cells, &self.covariates)
    }

    fn table(&self, cells: &[(Mask, u64)], covariates: &[Covariate]) -> Result<Table, ReadError> {
        let study = Study {
            lists: self.names.clone(),
            covariates: covariates.to_vec(),
            rows: cells.to_vec(),
            count: self.count.clone(),
        };
        let table = study.checked()?;
        let layout = Layout {
            ignored: self.ignored.clone(),
            rows: cells.len() - self.filled,
            left_out: self.left_out,
            notes: self.notes.clone(),
            ..table.layout
        };
        Ok(Table { layout, ..table })
    }

    /// A table for each draw, in numerical order.
    pub(crate) fn by_draw(&self, column: &str) -> Result<Vec<Table>, ReadError> {
        let mut parts = std::collections::BTreeMap::<u64, Vec<usize>>::new();
        for (i, value) in self.draws.iter().flatten().enumerate() {
            let wrong =
                || ReadError::Count { line: self.lines[i], column: column.to_owned(), value: value.clone() };
            if parts.len() > MOST_DRAWS {
                return Err(ReadError::TooLarge { what: "draws", found: parts.len(), most: MOST_DRAWS });
            }
            parts.entry(value.trim().parse().map_err(|_| wrong())?).or_default().push(i);
        }
        let part = |rows: &Vec<usize>| {
            let pick = |c: &Covariate| Covariate {
                name: c.name.clone(),
                values: rows.iter().map(|i| c.values[*i].clone()).collect(),
            };
            let covariates: Vec<Covariate> = self.covariates.iter().map(pick).collect();
            let cells: Vec<(Mask, u64)> = rows.iter().map(|i| self.cells[*i]).collect();
            self.table(&cells, &covariates)
        };
        parts.values().map(part).collect()
    }

    /// Refuses hidden counts.
    pub(crate) fn exact(&self) -> Result<(), ReadError> {
        let hidden = self.hidden.first();
        hidden.map_or(Ok(()), |h| {
            Err(h
                .line
                .map_or(ReadError::AbsentHidden, |line| ReadError::Hidden { line, value: h.value.clone() }))
        })
    }
}
