use ijsberg_mse::strata::table::StratifiedTable;
use serde::Serialize;

use crate::{CovariateError, Grid, ReadError};

/// Inhabitants by some of the covariates, for rates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Population {
    /// The covariates it is split by, as places in the stratified table.
    pub covariates: Vec<usize>,
    /// Levels of those covariates, and inhabitants.
    pub rows: Vec<(Vec<usize>, f64)>,
}

/// Why a population table cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PopulationError {
    /// It cannot be read at all.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A column that is no covariate, or no column `population`.
    #[error("{0}; a population table has a column population and columns of covariates")]
    Covariate(#[from] CovariateError),
    /// A value that does not occur as a level.
    #[error(
        "line {line}, column {column:?}: {value:?} is no level of this covariate in the table of histories"
    )]
    Level {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A population that is not a positive number.
    #[error("line {line}: found {value:?} as a population; expected a number above 0")]
    Number {
        /// The line.
        line: u64,
        /// The value.
        value: String,
    },
}

impl Population {
    /// Reads a table with a column `population`; its other columns must be covariates of `table`.
    ///
    /// # Errors
    /// See [`PopulationError`].
    pub fn read(bytes: &[u8], table: &StratifiedTable) -> Result<Self, PopulationError> {
        Self::of_grid(&Grid::read(bytes)?, table)
    }

    /// Reads such a table from its cells.
    ///
    /// # Errors
    /// See [`PopulationError`].
    pub fn of_grid(grid: &Grid, table: &StratifiedTable) -> Result<Self, PopulationError> {
        let known = || table.covariates().iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
        let missing =
            |name: &str| CovariateError::NoSuchCovariate { name: name.to_owned(), covariates: known() };
        let place = |name: &str| table.covariates().iter().position(|c| c.name == name);
        let size = grid
            .header
            .iter()
            .position(|h| h.eq_ignore_ascii_case("population"))
            .ok_or_else(|| missing("population"))?;
        let columns: Vec<(usize, usize)> = (0..grid.header.len())
            .filter(|i| *i != size)
            .map(|i| place(&grid.header[i]).map(|c| (i, c)).ok_or_else(|| missing(&grid.header[i])))
            .collect::<Result<_, _>>()?;
        let rows = grid
            .rows
            .iter()
            .map(|(line, row)| {
                if row.len() != grid.header.len() {
                    let (found, expected) = (row.len(), grid.header.len());
                    return Err(ReadError::Ragged { line: *line, found, expected }.into());
                }
                let levels = columns
                    .iter()
                    .map(|(i, c)| {
                        let level = table.covariates()[*c].levels.iter().position(|l| *l == row[*i]);
                        level.ok_or_else(|| PopulationError::Level {
                            line: *line,
                            column: grid.header[*i].clone(),
                            value: row[*i].clone(),
                        })
                    })
                    .collect::<Result<Vec<_>, _>>()?;
                let persons = row[size].parse::<f64>().ok().filter(|x| *x > 0.0 && x.is_finite());
                let bad = || PopulationError::Number { line: *line, value: row[size].clone() };
                Ok((levels, persons.ok_or_else(bad)?))
            })
            .collect::<Result<Vec<_>, PopulationError>>()?;
        Ok(Self { covariates: columns.into_iter().map(|c| c.1).collect(), rows })
    }

    /// Inhabitants of a part, given as `(covariate, level)`; `None` when the table is not split by all of these.
    ///
    /// Years add up: over all years it is the number of person-years.
    pub fn inhabitants(&self, part: &[(usize, usize)]) -> Option<f64> {
        let columns = part
            .iter()
            .map(|(c, l)| Some((self.covariates.iter().position(|x| x == c)?, *l)))
            .collect::<Option<Vec<_>>>()?;
        let sum: f64 =
            self.rows.iter().filter(|r| columns.iter().all(|(i, l)| r.0[*i] == *l)).map(|r| r.1).sum();
        (sum > 0.0).then_some(sum)
    }
}
