//! From cells of text to lists, counts and covariates.

use std::collections::HashSet;

use ijsberg_mse::histories::{Histories, Mask};
use serde::Serialize;

use crate::frame::Framed;
use crate::numbers::Count;
use crate::roles::{Plan, plan};
use crate::values::is_missing;
use crate::{Choices, Note, ReadError, Study, absent, fill, sums, totals};

/// The most draws of a linkage in one file; each is a table of its own.
const MOST_DRAWS: usize = 20_000;

/// How the columns were understood, to be shown to the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// Lists with persons on them.
    pub lists: Vec<String>,
    /// Lists with nobody on them, which were dropped.
    pub dropped: Vec<String>,
    /// The count column, if there is one.
    pub count: Option<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Columns left out of account.
    pub ignored: Vec<String>,
    /// Rows read.
    pub rows: usize,
    /// Persons left out because they are only on lists that were left out of account.
    pub left_out: u64,
    /// What was done to the file before it was a table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// A covariate: one value per row, `None` where missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covariate {
    /// The column's name.
    pub name: String,
    /// Values by row.
    pub values: Vec<Option<String>>,
}

/// A table as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The capture histories, covariates summed over.
    pub histories: Histories,
    /// How the columns were understood.
    pub layout: Layout,
    /// The covariates by row.
    pub covariates: Vec<Covariate>,
    /// History and count of each row, in the order of the covariates' values.
    pub rows: Vec<(Mask, u64)>,
}

/// A count that is only known to lie between two numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenCount {
    /// The row, as in [`Table::rows`].
    pub row: usize,
    /// The line of the file; `None` for a combination that is not in it.
    pub line: Option<u64>,
    /// What stands there.
    pub value: String,
    /// The history.
    pub history: Mask,
    /// The least it can be.
    pub low: u64,
    /// The most it can be.
    pub high: u64,
}

/// Rows of a table whose hidden counts are not filled in.
#[derive(Debug, Clone)]
pub(crate) struct Built {
    pub(crate) names: Vec<String>,
    pub(crate) cells: Vec<(Mask, u64)>,
    pub(crate) hidden: Vec<HiddenCount>,
    /// What each row of the file counts at least, on whatever lists.
    pub(crate) told: Vec<u64>,
    pub(crate) covariates: Vec<Covariate>,
    pub(crate) count: Option<String>,
    /// The column of draws, and its values.
    pub(crate) draw: Option<String>,
    draws: Option<Vec<String>>,
    pub(crate) lines: Vec<u64>,
    ignored: Vec<String>,
    left_out: u64,
    /// Rows for combinations that are not in the file.
    pub(crate) filled: usize,
    pub(crate) notes: Vec<Note>,
}

/// Reads the rows by the roles of their columns.
pub(crate) fn built(framed: &Framed, choices: &Choices) -> Result<Built, ReadError> {
    let plan = plan(framed, choices)?;
    let filled = fill::down(framed, &plan, choices)?;
    let framed = filled.as_ref().unwrap_or(framed);
    let (header, grid) = (&framed.grid.header, &framed.grid.rows);
    let restored = restored(framed, &plan);
    let mut rows: Vec<&(u64, Vec<String>)> = grid.iter().chain(restored).collect();
    let summed = leave_out_sums(&mut rows, &plan, header);
    let mut reader = Rows::new(framed, &plan, choices, &rows);
    for row in &rows {
        reader.read(row)?;
    }
    let Rows { cells, hidden, told, left_out, notes, .. } = reader;
    let column = |i: &usize| Covariate {
        name: header[*i].clone(),
        values: rows.iter().map(|(_, row)| Some(row[*i].clone()).filter(|v| !is_missing(v))).collect(),
    };
    let mut built = Built {
        names: plan.lists.iter().map(|l| header[l.0].clone()).collect(),
        cells,
        hidden,
        told,
        covariates: plan.covariates.iter().map(column).collect(),
        count: plan.count.map(|i| header[i].clone()),
        draw: plan.draw.map(|i| header[i].clone()),
        draws: plan.draw.map(|i| rows.iter().map(|r| r.1[i].clone()).collect()),
        lines: rows.iter().map(|r| r.0).collect(),
        ignored: plan.ignored.clone(),
        left_out,
        filled: 0,
        notes: framed
            .notes
            .iter()
            .cloned()
            .chain(plan.notes.iter().cloned())
            .chain(summed)
            .chain(notes)
            .collect(),
    };
    totals::check::totals(&mut built, framed, &plan)?;
    built.repeated();
    absent::settle(&mut built, choices, framed.roles.as_ref().is_some_and(|r| r.fit(header)))?;
    Ok(built)
}

/// Rows that seemed to be sums and are persons: there is no count, and they have a history.
fn restored<'a>(framed: &'a Framed, plan: &Plan) -> Vec<&'a (u64, Vec<String>)> {
    let person = |row: &&(u64, Vec<String>)| {
        plan.count.is_none() && plan.lists.iter().all(|(i, truth)| truth.read(&row.1[*i]).is_some())
    };
    framed.totals.iter().filter(person).collect()
}

/// Leaves out rows of levels that are the sum of others; see [`sums`].
fn leave_out_sums(rows: &mut Vec<&(u64, Vec<String>)>, plan: &Plan, header: &[String]) -> Vec<Note> {
    let Some(count) = plan.count.filter(|_| plan.draw.is_none() && !plan.covariates.is_empty()) else {
        return Vec::new();
    };
    let history = |row: &[String]| {
        let on = plan.lists.iter().enumerate().filter(|(_, (i, t))| t.read(&row[*i]) == Some(true));
        on.fold(0, |mask: Mask, (bit, _)| mask | 1 << bit)
    };
    let all: Vec<sums::Row<'_>> = rows
        .iter()
        .map(|(line, cells)| sums::Row {
            line: *line,
            history: history(cells),
            count: plan.numbers.count(&cells[count]),
            cells,
        })
        .collect();
    let covariates: Vec<(usize, String)> = plan.covariates.iter().map(|i| (*i, header[*i].clone())).collect();
    let (gone, notes) = sums::sums(&all, &covariates);
    drop(all);
    let mut i = 0;
    rows.retain(|_| {
        i += 1;
        !gone.contains(&(i - 1))
    });
    notes
}

struct Rows<'a> {
    header: &'a [String],
    plan: &'a Plan,
    choices: &'a Choices,
    /// Whether counts of zero are written down, so that a small hidden count is not zero.
    zeros: bool,
    cells: Vec<(Mask, u64)>,
    hidden: Vec<HiddenCount>,
    told: Vec<u64>,
    left_out: u64,
    total: u64,
    notes: Vec<Note>,
}

impl<'a> Rows<'a> {
    fn new(framed: &'a Framed, plan: &'a Plan, choices: &'a Choices, rows: &[&(u64, Vec<String>)]) -> Self {
        let on = |row: &[String]| plan.lists.iter().any(|(i, t)| t.read(&row[*i]) == Some(true));
        let zero = |i: usize| rows.iter().any(|r| plan.numbers.whole(&r.1[i]) == Some(0) && on(&r.1));
        Self {
            header: &framed.grid.header,
            plan,
            choices,
            zeros: plan.count.is_some_and(zero),
            cells: Vec::with_capacity(rows.len()),
            hidden: Vec::new(),
            told: Vec::with_capacity(rows.len()),
            left_out: 0,
            total: 0,
            notes: Vec::new(),
        }
    }

    fn read(&mut self, (line, row): &(u64, Vec<String>)) -> Result<(), ReadError> {
        let mut mask: Mask = 0;
        for (bit, (i, truth)) in self.plan.lists.iter().enumerate() {
            let wrong = || {
                let (column, value) = (self.header[*i].clone(), row[*i].clone());
                ReadError::NotBinary { line: *line, column, value }
            };
            mask |= Mask::from(truth.read(&row[*i]).ok_or_else(wrong)?) << bit;
        }
        let persons = self.persons(*line, row, mask)?;
        self.told.push(persons);
        self.total =
            self.total.checked_add(persons).filter(|n| *n < 1 << 53).ok_or(ReadError::TooManyPersons)?;
        // A person who is on a list that the user left out is nobody's mistake, and not seen by the others.
        if mask == 0 && self.plan.aside.iter().any(|(i, truth)| truth.read(&row[*i]) == Some(true)) {
            self.left_out += persons;
            self.cells.push((0, 0));
            return Ok(());
        }
        if mask == 0 && persons > 0 {
            return Err(ReadError::Unseen { line: *line, count: persons });
        }
        if mask == 0 && !self.notes.iter().any(|n| matches!(n, Note::ZeroRow { .. })) {
            self.notes.push(Note::ZeroRow { line: *line });
        }
        self.cells.push((mask, persons));
        Ok(())
    }

    fn persons(&mut self, line: u64, row: &[String], history: Mask) -> Result<u64, ReadError> {
        let Some(i) = self.plan.count else { return Ok(1) };
        let value = row[i].clone();
        let column = || self.header[i].clone();
        let wrong = || ReadError::Count { line, column: column(), value: value.clone() };
        let (low, high) = match self.plan.numbers.count(&value).ok_or_else(wrong)? {
            Count::Exact(n) => return Ok(n),
            Count::Missing | Count::Marked if history == 0 => return Ok(0),
            Count::Missing => return Err(wrong()),
            Count::Range(low, high) => (low.unwrap_or(u64::from(self.zeros)).min(high), high),
            Count::Marked => {
                let marked = || ReadError::Marked { line, column: column(), value: value.clone() };
                self.choices.hidden.ok_or_else(marked)?
            }
        };
        if history == 0 {
            return Err(ReadError::Unseen { line, count: high });
        }
        if low < high {
            self.notes.push(Note::Hidden { line, low, high });
            self.hidden.push(HiddenCount {
                row: self.cells.len(),
                line: Some(line),
                value,
                history,
                low,
                high,
            });
        }
        Ok(low)
    }
}

impl Built {
    /// Persons of whom the number is certain.
    pub(crate) fn persons(&self) -> u64 {
        self.cells.iter().map(|c| c.1).sum()
    }

    fn repeated(&mut self) {
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
