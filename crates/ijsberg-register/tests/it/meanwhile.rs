//! What happens between two steps of somebody else.

use std::sync::{Arc, Mutex};

use ijsberg_store::{Dialect, Driver, Row, StoreError, Value};

/// What happens once; it may be put there later.
pub(crate) type Happens = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

pub(crate) fn armed(happens: impl FnOnce() + Send + 'static) -> Happens {
    Arc::new(Mutex::new(Some(Box::new(happens))))
}

/// A storage in which something else happens while something is read.
pub(crate) struct Meanwhile {
    pub(crate) inner: Box<dyn Driver>,
    /// What stands in the query after which it happens.
    pub(crate) at: &'static str,
    pub(crate) happens: Happens,
}

impl Driver for Meanwhile {
    fn dialect(&self) -> Dialect {
        self.inner.dialect()
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.inner.execute(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.inner.batch(sql)
    }

    fn each(&mut self, sql: &str, values: &[Value], row: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        self.inner.each(sql, values, row)?;
        if sql.contains(self.at)
            && let Some(happens) = self.happens.lock().unwrap().take()
        {
            happens();
        }
        Ok(())
    }

    fn insert_new(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        self.inner.insert_new(table, columns, rows)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.inner.begin()
    }

    fn begin_looking(&mut self) -> Result<(), StoreError> {
        self.inner.begin_looking()
    }
}
