//! Access control reads the very rows whose hashes were verified: a second statement could return other rows, inserted for a moment or
//! shown by a view to that statement alone.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ijsberg_store::FromRow;
use ijsberg_store::accounts::Account;

use crate::access_rows::Access;
use crate::error::RegisterError;
use crate::guarded::Sum;
use crate::guarded::tables::{OF_ACCESS, place};
use crate::integrity::changed;
use crate::register::Register;

/// How long verified rows are trusted, as long as nothing is written to their tables.
const COUNTED_FOR: Duration = Duration::from_secs(10);

impl Register {
    /// Verifies the tables that control access: no row was inserted, deleted or reverted to an earlier version. Within a transaction or a
    /// snapshot.
    fn counted(&mut self, anew: bool) -> Result<(), RegisterError> {
        let places: Vec<usize> = OF_ACCESS.iter().filter_map(|name| place(name)).collect();
        let sums: Vec<Sum> = places.iter().map(|at| self.driver.sums[*at]).collect();
        let same = |a: &Access| a.sums == sums && a.at.elapsed() < COUNTED_FOR;
        if !anew && self.access.as_ref().is_some_and(same) {
            return Ok(());
        }
        let mut rows = BTreeMap::new();
        for (name, at) in OF_ACCESS.into_iter().zip(places) {
            let mut all = Vec::new();
            if self.driver.count(at, &mut |row| all.push(row))? != self.driver.sums[at] {
                return Err(changed(name));
            }
            rows.insert(name, all);
        }
        self.access = Some(Access { at: Instant::now(), sums, rows });
        Ok(())
    }

    /// The same, whatever else is going on.
    pub(crate) fn check_access(&mut self, anew: bool) -> Result<(), RegisterError> {
        self.looking(|r| r.counted(anew))
    }

    /// All rows of an access-control table, as they were verified. Within a transaction or a snapshot.
    pub(crate) fn vouched<R: FromRow>(&mut self, table: &str) -> Result<Vec<R>, RegisterError> {
        self.counted(false)?;
        self.access.as_ref().map_or_else(|| Ok(Vec::new()), |a| Ok(a.rows_of(table)?))
    }

    /// The account of that name, as it was counted.
    pub(crate) fn vouched_account(&mut self, name: &str) -> Result<Option<Account>, RegisterError> {
        Ok(self.vouched::<Account>("app_user")?.into_iter().find(|a| a.name == name))
    }
}
