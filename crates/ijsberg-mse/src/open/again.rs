//! Whether those who are seen again are those that the model expects: tests 3.SR and 2.CT.

use serde::Serialize;

use super::NoOpen;
use super::people::{OverYears, Returns};
use crate::special::chi_squared_upper;

/// Tables with an expected count below this are left out: the chi-square says nothing of them.
const LEAST_EXPECTED: f64 = 2.0;

/// Tables of two by two, added up.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tables {
    /// Pearson's chi-square, over all tables.
    pub statistic: f64,
    /// Tables with enough people in them.
    pub degrees: usize,
    /// Chance of as large a statistic where the model holds; `None` without a table.
    pub p: Option<f64>,
}

impl Tables {
    fn from_tables(tables: impl Iterator<Item = [[f64; 2]; 2]>) -> Self {
        let each: Vec<f64> = tables.filter_map(pearson).collect();
        let (statistic, degrees) = (each.iter().sum::<f64>(), each.len());
        let p = (degrees > 0).then(|| chi_squared_upper(statistic, degrees));
        Self { statistic, degrees, p }
    }
}

/// What the returns say of the model, whatever the chances are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeenAgain {
    /// By year: people seen for the first time, and those seen before, by whether they are seen again (test 3.SR). A small p: those who are new
    /// stay longer or shorter than the others.
    pub new_or_known: Tables,
    /// By year: people seen in it, and those known who were missed in it, by whether they are seen in the next year or later (test 2.CT). A
    /// small p: who is seen in a year is more or less likely to be seen in the next.
    pub seen_or_missed: Tables,
}

/// Tests 3.SR and 2.CT of the Cormack-Jolly-Seber model with chances that vary by year (Burnham, Anderson, White, Brownie and Pollock 1987,
/// American Fisheries Society Monograph 5). Tables with an expected count below 2 are left out.
///
/// # Errors
/// With fewer years than [`super::LEAST_YEARS`].
pub fn seen_again(people: &OverYears) -> Result<SeenAgain, NoOpen> {
    let returns = people.returns()?;
    let years = returns.years();
    let new_or_known = (1..years - 1).map(|year| {
        let mut table = [[0.0; 2]; 2];
        for (history, count) in people.rows().iter().filter(|r| r.0[year] != 0) {
            let known = history[..year].iter().any(|mask| *mask != 0);
            let never = history[year + 1..].iter().all(|mask| *mask == 0);
            table[usize::from(!known)][usize::from(never)] += *count as f64;
        }
        table
    });
    let seen_or_missed = (1..years.saturating_sub(2)).map(|year| missed(&returns, year));
    Ok(SeenAgain {
        new_or_known: Tables::from_tables(new_or_known),
        seen_or_missed: Tables::from_tables(seen_or_missed),
    })
}

/// Missed in a year and seen in it, by whether the next time is the year after or later.
fn missed(returns: &Returns, year: usize) -> [[f64; 2]; 2] {
    let soon = year + 1;
    let next = |from: usize| {
        let later = (soon + 1..returns.years()).map(|to| returns.next(from, to)).sum::<u64>();
        [returns.next(from, soon) as f64, later as f64]
    };
    let before = (0..year).map(next).fold([0.0, 0.0], |sum, row| [sum[0] + row[0], sum[1] + row[1]]);
    [before, next(year)]
}

/// Pearson's chi-square of a table; `None` where an expected count is too small.
fn pearson(table: [[f64; 2]; 2]) -> Option<f64> {
    let rows = table.map(|row| row[0] + row[1]);
    let columns = [table[0][0] + table[1][0], table[0][1] + table[1][1]];
    let n = rows[0] + rows[1];
    let mut statistic = 0.0;
    for (row, total) in table.iter().zip(rows) {
        for (count, column) in row.iter().zip(columns) {
            let expected = total * column / n;
            if expected.is_nan() || expected < LEAST_EXPECTED {
                return None;
            }
            statistic += (count - expected).powi(2) / expected;
        }
    }
    Some(statistic)
}
