//! Whether totals in a file agree with its rows, and what they reveal about hidden counts.

use std::collections::HashMap;

use crate::frame::FramedTable;
use crate::numbers::Count;
use crate::roles::Plan;
use crate::totals::is_total_word;
use crate::unfilled::UnfilledTable;
use crate::{Note, ReadError};

/// The most rounds of recovering counts from totals: each may reveal another.
const ROUNDS: usize = 100;

/// What some rows add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    low: u64,
    high: u64,
    rows: usize,
    /// Hidden counts among them, and the place of the last.
    hidden: usize,
    last: usize,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.low = self.low.saturating_add(other.low);
        self.high = self.high.saturating_add(other.high);
        self.rows += other.rows;
        self.hidden += other.hidden;
        if other.hidden > 0 {
            self.last = other.last;
        }
    }

    fn holds(&self, n: u64) -> bool {
        self.rows > 0 && (self.low..=self.high).contains(&n)
    }
}

/// A row that claims to be a total, and the rows that it may sum: of one level, those next to it, or all.
struct Total<'a> {
    line: u64,
    cell: &'a str,
    said: Option<Count>,
    scopes: Vec<Sum>,
}

impl Total<'_> {
    fn exact(&self) -> Option<u64> {
        match self.said {
            Some(Count::Exact(n)) => Some(n),
            _ => None,
        }
    }

    /// The sums that it may be.
    fn fitting(&self) -> Vec<Sum> {
        let fits = |sum: &Sum| match self.said {
            Some(Count::Exact(n)) => sum.holds(n),
            Some(Count::Range(low, high)) => sum.rows > 0 && low.unwrap_or(0) <= sum.high && sum.low <= high,
            Some(Count::Marked | Count::Missing) => true,
            None => false,
        };
        let mut all: Vec<Sum> = self.scopes.iter().filter(|s| fits(s)).copied().collect();
        all.dedup();
        all
    }

    fn wrong(&self) -> ReadError {
        let (line, said) = (self.line, self.cell.to_owned());
        let sum = self.scopes.iter().find(|s| s.rows > 0).copied().unwrap_or_default();
        if sum.low == sum.high {
            ReadError::Total { line, said, sum: sum.low }
        } else {
            ReadError::TotalRange { line, said, low: sum.low, high: sum.high }
        }
    }
}

/// Checks the totals of a file, and fills in hidden counts that follow from them. Totals that cannot be checked are reported.
pub(crate) fn totals(built: &mut UnfilledTable, framed: &FramedTable, plan: &Plan) -> Result<(), ReadError> {
    if framed.totals.is_empty() {
        return Ok(());
    }
    let Some(count) = plan.count else {
        // Without counts a row is a person, but for rows that have no history.
        let person = |row: &[String]| plan.lists.iter().all(|(i, truth)| truth.read(&row[*i]).is_some());
        let left = framed.totals.iter().rfind(|r| !person(&r.1));
        built.notes.extend(left.map(|r| Note::TotalNotChecked { line: r.0 }));
        return Ok(());
    };
    for _ in 0..ROUNDS {
        let all = sums(built, framed, plan, count);
        agree(&all)?;
        let follows = all.iter().find_map(|total| {
            let [sum] = total.fitting()[..] else { return None };
            let n = total.exact().filter(|_| sum.hidden == 1 && built.draw.is_none())?;
            Some((total.line, sum.last, n - sum.low))
        });
        let Some((line, place, more)) = follows else {
            let unchecked =
                all.iter().rev().skip(1).map(note).filter(|n| matches!(n, Note::TotalNotChecked { .. }));
            built.notes.extend(unchecked.take(1).chain(all.last().map(note)));
            return Ok(());
        };
        let hidden = built.hidden.remove(place);
        let count = hidden.low + more;
        built.cells[hidden.row].1 = count;
        built.least[hidden.row] = count;
        built.notes.retain(|n| !matches!(n, Note::Hidden { line, .. } if Some(*line) == hidden.line));
        built.notes.push(Note::FromTotal { line: hidden.line.unwrap_or(0), count, total: line });
    }
    Ok(())
}

/// Refuses wrong totals.
fn agree(all: &[Total<'_>]) -> Result<(), ReadError> {
    let Some(wrong) = all.iter().find(|t| t.fitting().is_empty()) else { return Ok(()) };
    // Sums of parts that are not next to their rows add up to all.
    let whole = wrong.scopes.last().copied().unwrap_or_default();
    let parts = || all.iter().filter(|t| t.exact().is_none_or(|n| !whole.holds(n)));
    let together = parts().try_fold(0_u64, |s, t| s.checked_add(t.exact()?));
    if parts().count() > 1 && together.is_some_and(|n| whole.holds(n)) { Ok(()) } else { Err(wrong.wrong()) }
}

fn note(total: &Total<'_>) -> Note {
    let line = total.line;
    match (total.exact(), total.fitting().first()) {
        (None, _) => Note::TotalNotChecked { line },
        (Some(_), Some(sum)) if sum.low < sum.high => {
            Note::TotalInRange { line, low: sum.low, high: sum.high }
        }
        _ => Note::Total { line },
    }
}

/// The totals of a file, each with the sums that it may be.
fn sums<'a>(built: &UnfilledTable, framed: &'a FramedTable, plan: &Plan, count: usize) -> Vec<Total<'a>> {
    let mut rows: Vec<Sum> =
        built.least.iter().map(|n| Sum { low: *n, high: *n, rows: 1, ..Sum::default() }).collect();
    for (place, hidden) in built.hidden.iter().enumerate() {
        if let Some(row) = rows.get_mut(hidden.row) {
            *row = Sum { high: row.low + hidden.high - hidden.low, hidden: 1, last: place, ..*row };
        }
    }
    let mut whole = Sum::default();
    rows.iter().for_each(|row| whole.add(*row));
    let mut levels = HashMap::<String, Sum>::new();
    for covariate in &built.covariates {
        for (value, row) in covariate.values.iter().zip(&rows) {
            if let Some(value) = value {
                levels.entry(value.to_lowercase()).or_default().add(*row);
            }
        }
    }
    // Sums stand below what they add up, or all above.
    let lines = &built.lines;
    let place = |line: u64| lines.partition_point(|l| *l < line);
    let first = framed.totals.first().zip(lines.first()).is_some_and(|(total, line)| total.0 < *line);
    let total = |(k, (line, row)): (usize, &'a (u64, Vec<String>))| {
        let mut level = row.iter().enumerate().filter(|(i, _)| *i != count);
        let level = level.find_map(|(_, cell)| levels.get(&without_total(cell)).copied());
        let (from, to) = if first {
            (place(*line), framed.totals.get(k + 1).map_or(lines.len(), |next| place(next.0)))
        } else {
            (if k == 0 { 0 } else { place(framed.totals[k - 1].0) }, place(*line))
        };
        let mut near = Sum::default();
        rows[from.min(to)..to].iter().for_each(|row| near.add(*row));
        let several = framed.totals.len() > 1;
        let near = Some(near).filter(|n| several && n.rows > 0);
        let scopes = level.into_iter().chain(near).chain([whole]).collect();
        Total { line: *line, cell: &row[count], said: plan.numbers.count(&row[count]), scopes }
    };
    framed.totals.iter().enumerate().map(total).collect()
}

/// What of a cell such as "Subtotaal Noord" is no word for a sum, in small letters.
fn without_total(cell: &str) -> String {
    let words = cell.split_whitespace().map(str::to_lowercase);
    words.filter(|w| !is_total_word(w)).collect::<Vec<_>>().join(" ")
}
