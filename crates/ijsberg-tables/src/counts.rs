use ijsberg_mse::strata::table::Covariate;
use ijsberg_mse::truncated::CountRow;

use crate::names::is_count_name;
use crate::{Grid, ReadError};

/// Names under which a column is taken for the number of times a person was seen.
const TIMES_NAMES: [&str; 4] = ["times", "captures", "nbcap", "times_seen"];

/// The most columns of a design, and the most numbers in it: a column of names would have one for each row.
const WIDEST: usize = 1000;
const MOST_NUMBERS: usize = 20_000_000;

/// Whether a column is one of times.
pub(crate) fn is_times(name: &str) -> bool {
    TIMES_NAMES.contains(&name.to_lowercase().as_str())
}

/// How often persons were seen, without saying where.
#[derive(Debug, Clone, PartialEq)]
pub struct CountTable {
    /// Persons by times and covariates. The columns are a constant and one for each level of each covariate but its first.
    pub rows: Vec<CountRow>,
    /// Names of the columns after the constant, such as `sex: male`.
    pub columns: Vec<String>,
}

impl CountTable {
    /// Reads a table with a column of times (`times`, `captures`, `nbcap` or `times_seen`), an optional count, and covariates
    /// without missing values. `None` when it has no column of times.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, ReadError> {
        Self::of(&Grid::read(bytes)?)
    }

    pub(crate) fn of(grid: &Grid) -> Result<Option<Self>, ReadError> {
        let Some(times) = grid.header.iter().position(|h| is_times(h)) else { return Ok(None) };
        let count = grid.header.iter().position(|h| is_count_name(h));
        if grid.rows.is_empty() {
            return Err(ReadError::Empty);
        }
        for (line, row) in &grid.rows {
            if row.len() != grid.header.len() {
                return Err(ReadError::Ragged { line: *line, found: row.len(), expected: grid.header.len() });
            }
        }
        let factors: Vec<(usize, Covariate)> = (0..grid.header.len())
            .filter(|i| *i != times && Some(*i) != count)
            .map(|i| (i, Covariate::from_values(&grid.header[i], grid.rows.iter().map(|r| r.1[i].as_str()))))
            .filter(|(_, c)| c.levels.len() > 1)
            .collect();
        let columns: Vec<String> = factors
            .iter()
            .flat_map(|(_, c)| c.levels[1..].iter().map(|l| format!("{}: {l}", c.name)))
            .collect();
        for (what, found, most) in [
            ("columns", columns.len(), WIDEST),
            ("cells", columns.len().saturating_mul(grid.rows.len()), MOST_NUMBERS),
        ] {
            if found > most {
                return Err(ReadError::TooLarge { what, found, most });
            }
        }
        let whole = |line: u64, i: usize, value: &str, least: u64| {
            value.parse::<u64>().ok().filter(|x| *x >= least && *x < 1 << 32).ok_or_else(|| {
                ReadError::Count { line, column: grid.header[i].clone(), value: value.to_owned() }
            })
        };
        let rows = grid
            .rows
            .iter()
            .map(|(line, row)| {
                let persons = count.map_or(Ok(1), |i| whole(*line, i, &row[i], 0))?;
                let times = whole(*line, times, &row[times], 1)?;
                let mut x = vec![1.0];
                for (i, c) in &factors {
                    x.extend(c.levels[1..].iter().map(|l| f64::from(*l == row[*i])));
                }
                Ok(CountRow { times: times as u32, x, persons: persons as f64 })
            })
            .collect::<Result<Vec<_>, ReadError>>()?;
        if rows.iter().all(|r| r.persons == 0.0) {
            return Err(ReadError::Nobody);
        }
        Ok(Some(Self { rows, columns }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_times_counts_and_covariates() {
        let t = CountTable::read(b"nbcap,sex,freq\n1,f,10\n2,m,3\n1,m,4\n").unwrap().unwrap();
        assert_eq!(t.columns, ["sex: m"]);
        assert_eq!(t.rows[1], CountRow { times: 2, x: vec![1.0, 1.0], persons: 3.0 });
        assert_eq!(CountTable::read(b"A,B\n1,0\n").unwrap(), None);
        let zero = CountTable::read(b"times,n\n0,5\n").unwrap_err();
        assert!(matches!(zero, ReadError::Count { line: 2, .. }));
    }
}
