//! The rows that say who may do what, as they were counted.

use std::collections::BTreeMap;
use std::time::Instant;

use ijsberg_store::{FromRow, Row, StoreError};

use crate::guarded::Sum;
use crate::guarded::tables::{TABLES, place};

/// Rows of the access-control tables, and the sums against which they were verified.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) at: Instant,
    pub(crate) sums: Vec<Sum>,
    pub(crate) rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Access {
    /// The rows of a table, by the columns of a type.
    pub(crate) fn rows_of<R: FromRow>(&self, table: &str) -> Result<Vec<R>, StoreError> {
        let Some(known) = place(table).map(|at| TABLES[at].columns) else { return Ok(Vec::new()) };
        let places: Vec<usize> =
            R::COLUMNS.iter().filter_map(|c| known.iter().position(|k| k == c)).collect();
        let of = |row: &Row| Row(places.iter().map(|at| row.0[*at].clone()).collect()).read();
        self.rows.get(table).into_iter().flatten().map(of).collect()
    }
}
