//! A driver whose transactions are steps of one that is never kept, so that many tries begin from the same data.

use std::sync::{Arc, Mutex};

use ijsberg_store::{Dialect, Driver, Row, StoreError, Value};

#[derive(Clone)]
pub(crate) struct SharedDriver(Arc<Mutex<Box<dyn Driver>>>);

impl SharedDriver {
    pub(crate) fn new(driver: Box<dyn Driver>) -> Self {
        Self(Arc::new(Mutex::new(driver)))
    }

    /// Tries something and takes back all that it did.
    pub(crate) fn tried<T>(&self, f: impl FnOnce(Box<dyn Driver>) -> T) -> T {
        self.0.lock().unwrap().begin().unwrap();
        let result = f(Box::new(self.clone()));
        self.0.lock().unwrap().rollback().unwrap();
        result
    }
}

impl Driver for SharedDriver {
    fn dialect(&self) -> Dialect {
        self.0.lock().unwrap().dialect()
    }

    fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.0.lock().unwrap().execute(sql, values)
    }

    fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.0.lock().unwrap().batch(sql)
    }

    fn each(&mut self, sql: &str, values: &[Value], row: &mut dyn FnMut(Row)) -> Result<(), StoreError> {
        self.0.lock().unwrap().each(sql, values, row)
    }

    fn insert_new(
        &mut self,
        table: &str,
        columns: &[&str],
        rows: &mut dyn Iterator<Item = Vec<Value>>,
    ) -> Result<u64, StoreError> {
        self.0.lock().unwrap().insert_new(table, columns, rows)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.batch("SAVEPOINT step")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.batch("RELEASE SAVEPOINT step")
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        self.batch("ROLLBACK TO SAVEPOINT step; RELEASE SAVEPOINT step")
    }
}
