//! The rows that say who may do what, as they were counted.

use std::collections::BTreeMap;
use std::time::Instant;

use ijsberg_store::Row;

use crate::guarded::Sum;
use crate::tables::{TABLES, place};

/// Rows of the tables that say who may do what, and the sums that vouch for them.
#[derive(Debug)]
pub(crate) struct Access {
    pub(crate) at: Instant,
    pub(crate) sums: Vec<Sum>,
    pub(crate) rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Access {
    /// Columns of the rows of a table.
    pub(crate) fn rows_of(&self, table: &str, columns: &[&str]) -> Vec<Row> {
        let Some(known) = place(table).map(|at| TABLES[at].columns) else { return Vec::new() };
        let places: Vec<usize> = columns.iter().filter_map(|c| known.iter().position(|k| k == c)).collect();
        debug_assert_eq!(places.len(), columns.len(), "{table} has no such column");
        let of = |row: &Row| Row(places.iter().map(|at| row.0[*at].clone()).collect());
        self.rows.get(table).into_iter().flatten().map(of).collect()
    }
}
