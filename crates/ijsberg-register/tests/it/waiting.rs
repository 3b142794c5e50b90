//! Who reads waits for nobody who writes, but for the entry in the log; who writes waits for nobody who reads.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use ijsberg_register::Register;
use ijsberg_register::policy::Role;
use ijsberg_store::{Dialect, Driver, Row, StoreError, Value};

use crate::common::{Backend, PASSWORD, Place, helped, log_in, on_both, person_of};

/// Nothing here takes as long where nobody is waited for.
const SOON: Duration = Duration::from_secs(3);

fn reading_waits_for_its_entry_and_for_nothing_else(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let person = person_of(&mut r, &done.registrations[0].unwrap());
    log_in(&mut r, "worker", Role::CaseWorker, "shelter");
    let secret = r.begin_session("worker", PASSWORD, None).unwrap();
    let entries = r.verify_audit().unwrap().entries;

    let mut writer = place.driver();
    writer.begin().unwrap();
    let began = Instant::now();
    let mut other = place.open();
    // So late that the request would be noted.
    other.now += jiff::SignedDuration::from_mins(2);
    other.resume_session(&secret).unwrap();
    let mut glance = other.glance();
    glance.answers().unwrap();
    assert_eq!(glance.organisations().unwrap().len(), 3);
    assert_eq!(glance.lanes().unwrap().len(), 2);
    assert_eq!(glance.sessions().unwrap().len(), 1);
    assert!(glance.notices().unwrap().is_empty() && glance.tokens().unwrap().is_empty());
    assert_eq!(glance.open_sessions().unwrap(), 1);
    assert_eq!(glance.session().unwrap().user, "worker");
    assert_eq!(other.verify_audit().unwrap().entries, entries);
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());

    // What was read is handed over once it is written down, and not before.
    let (hand, over) = channel();
    let reading = std::thread::spawn(move || {
        let read = other.registrations(&person).map(|all| all.len());
        hand.send(read).unwrap();
        other
    });
    assert!(over.recv_timeout(Duration::from_millis(700)).is_err());
    writer.rollback().unwrap();
    assert_eq!(over.recv_timeout(Duration::from_secs(20)).unwrap().unwrap(), 1);
    let mut other = reading.join().unwrap();
    assert_eq!(other.verify_audit().unwrap().entries, entries + 1);
}

/// A storage in which something else happens while registrations are read.
struct Meanwhile {
    inner: Box<dyn Driver>,
    happens: Option<Box<dyn FnOnce() + Send>>,
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
        if sql.contains("happened_on")
            && let Some(happens) = self.happens.take()
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

fn whoever_writes_waits_for_nobody_who_reads(backend: Backend) {
    let place = Place::new(backend);
    let mut writer = place.furnished();
    writer.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let now = writer.now;
    let (told, took) = channel();
    let happens = move || {
        let began = Instant::now();
        writer.notify(&[helped("shelter", "2", "Ion")]).unwrap();
        told.send(began.elapsed()).unwrap();
    };
    let driver = Meanwhile { inner: place.driver(), happens: Some(Box::new(happens)) };
    let mut reader = Register::open_with(Box::new(driver), place.files.clone(), now).unwrap().at_console();
    reader.login("keeper", PASSWORD, None).unwrap();
    // It is of one moment, whatever is written meanwhile.
    assert_eq!(reader.histories(2010, 2020).unwrap().persons.len(), 1);
    let took = took.recv().unwrap();
    assert!(took < SOON, "{took:?}");
    assert_eq!(reader.histories(2010, 2020).unwrap().persons.len(), 2);
    reader.verify_audit().unwrap();
}

on_both!(reading_waits_for_its_entry_and_for_nothing_else, whoever_writes_waits_for_nobody_who_reads);
