//! From cells of text to lists, counts and covariates.

use ijsberg_mse::histories::Mask;

use crate::frame::FramedTable;
use crate::missing::is_missing;
use crate::numbers::Count;
use crate::roles::{Plan, plan};
use crate::table::{Covariate, HiddenCount};
use crate::unfilled::UnfilledTable;
use crate::{Choices, Note, ReadError, absent, check_totals, fill, sums};

/// Reads the rows by the roles of their columns.
pub(crate) fn built(framed: &FramedTable, choices: &Choices) -> Result<UnfilledTable, ReadError> {
    let plan = plan(framed, choices, built)?;
    let filled = fill::down(framed, &plan, choices, built)?;
    let framed = filled.as_ref().unwrap_or(framed);
    let (header, grid) = (&framed.grid.header, &framed.grid.rows);
    let restored = restored(framed, &plan);
    let mut rows: Vec<&(u64, Vec<String>)> = grid.iter().chain(restored).collect();
    let summed = leave_out_sums(&mut rows, &plan, header);
    let mut reader = Rows::new(framed, &plan, choices, &rows);
    for row in &rows {
        reader.read(row)?;
    }
    let Rows { cells, hidden, least, left_out, notes, .. } = reader;
    let column = |i: &usize| Covariate {
        name: header[*i].clone(),
        values: rows.iter().map(|(_, row)| Some(row[*i].clone()).filter(|v| !is_missing(v))).collect(),
    };
    let mut built = UnfilledTable {
        names: plan.lists.iter().map(|l| header[l.0].clone()).collect(),
        cells,
        hidden,
        least,
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
    check_totals::totals(&mut built, framed, &plan)?;
    built.repeated();
    absent::settle(&mut built, choices, framed.roles.as_ref().is_some_and(|r| r.fit(header)))?;
    Ok(built)
}

/// Rows that seemed to be sums and are persons: there is no count, and they have a history.
fn restored<'a>(framed: &'a FramedTable, plan: &Plan) -> Vec<&'a (u64, Vec<String>)> {
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
    least: Vec<u64>,
    left_out: u64,
    total: u64,
    notes: Vec<Note>,
}

impl<'a> Rows<'a> {
    fn new(
        framed: &'a FramedTable,
        plan: &'a Plan,
        choices: &'a Choices,
        rows: &[&(u64, Vec<String>)],
    ) -> Self {
        let on = |row: &[String]| plan.lists.iter().any(|(i, t)| t.read(&row[*i]) == Some(true));
        let zero = |i: usize| rows.iter().any(|r| plan.numbers.whole(&r.1[i]) == Some(0) && on(&r.1));
        Self {
            header: &framed.grid.header,
            plan,
            choices,
            zeros: plan.count.is_some_and(zero),
            cells: Vec::with_capacity(rows.len()),
            hidden: Vec::new(),
            least: Vec::with_capacity(rows.len()),
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
        self.least.push(persons);
        self.total =
            self.total.checked_add(persons).filter(|n| *n < 1 << 53).ok_or(ReadError::TooManyPersons)?;
        // A person who is on a list that the user left out is no error, and is on none of the other lists.
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
