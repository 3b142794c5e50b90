//! Readers wait for no writer, except for the entry in the log; writers wait for no reader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use ijsberg_register::policy::Role;
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::{Dialect, Driver, Row, StoreError, Value};

use crate::common::{Backend, PASSWORD, Place, helped, log_in, notification, on_both, person_of};
use crate::meanwhile::{Meanwhile, armed};

/// Nobody waits for as long, even where nothing is optimised and the machine does much else.
const LONG: Duration = Duration::from_secs(20);

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
    assert_eq!(glance.entries().unwrap(), entries);
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

fn a_writer_waits_for_no_reader(backend: Backend) {
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
    let driver = Meanwhile { inner: place.driver(), at: "happened_on", happens: armed(happens) };
    let mut reader = Register::open_with(Box::new(driver), place.files.clone(), now).unwrap().at_console();
    reader.login("keeper", PASSWORD, None).unwrap();
    // It is of one moment, whatever is written meanwhile.
    assert_eq!(reader.histories(2010, 2020).unwrap().persons.len(), 1);
    let took = took.recv().unwrap();
    assert!(took < SOON, "{took:?}");
    assert_eq!(reader.histories(2010, 2020).unwrap().persons.len(), 2);
    reader.verify_audit().unwrap();
}

/// A storage that measures how long nobody else could write.
struct Timed {
    inner: Box<dyn Driver>,
    since: Option<Instant>,
    longest: Arc<Mutex<Duration>>,
}

impl Timed {
    fn ended(&mut self) {
        let took = self.since.take().map_or(Duration::ZERO, |since| since.elapsed());
        let mut longest = self.longest.lock().unwrap();
        *longest = took.max(*longest);
    }
}

impl Driver for Timed {
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
        self.inner.each(sql, values, row)
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
        self.inner.begin()?;
        self.since = Some(Instant::now());
        Ok(())
    }

    fn begin_looking(&mut self) -> Result<(), StoreError> {
        self.inner.begin_looking()
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let done = self.inner.commit();
        self.ended();
        done
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        let done = self.inner.rollback();
        self.ended();
        done
    }
}

/// Rows with names: everybody else goes on writing meanwhile, and waits for the smaller part of it. `IJSBERG_ROWS=10000` and
/// `--nocapture` show how long.
fn an_import_keeps_nobody_waiting_for_long(backend: Backend) {
    let place = Place::new(backend);
    let now = place.furnished().now;
    let longest = Arc::new(Mutex::new(Duration::ZERO));
    let driver = Timed { inner: place.driver(), since: None, longest: Arc::clone(&longest) };
    let mut importer = Register::open_with(Box::new(driver), place.files.clone(), now).unwrap().at_console();
    importer.login("keeper", PASSWORD, None).unwrap();
    let many = std::env::var("IJSBERG_ROWS").map_or(2000, |n| n.parse().unwrap());
    let rows: Vec<_> = (0..many).map(|i| helped("shelter", &i.to_string(), "Ana")).collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|s| {
        let others = s.spawn(|| {
            let mut other = place.open();
            other.login("keeper", PASSWORD, None).unwrap();
            let (mut waited, mut written) = (Duration::ZERO, 0);
            while !done.load(Ordering::Relaxed) {
                let began = Instant::now();
                other.notify(&[helped("police", &written.to_string(), "Ion")]).unwrap();
                waited = waited.max(began.elapsed());
                written += 1;
            }
            (waited, written)
        });
        let began = Instant::now();
        assert_eq!(importer.notify(&rows).unwrap().new, many);
        let took = began.elapsed();
        done.store(true, Ordering::Relaxed);
        let (waited, written) = others.join().unwrap();
        let held = *longest.lock().unwrap();
        println!(
            "{backend:?}: took {took:?}, held the lock for {held:?}; others wrote {written} times, waiting {waited:?} at most"
        );
        assert!(held * 5 < took * 4 && waited < LONG, "{held:?} of {took:?}, {waited:?}");
        assert!(written > 1, "{written}");
    });
    for too_many in [
        vec![notification("shelter", "x"); ijsberg_register::notify::MOST_ROWS + 1],
        vec![helped("shelter", "x", "Ana"); ijsberg_register::notify::MOST_NAMED + 1],
    ] {
        assert!(matches!(importer.notify(&too_many), Err(RegisterError::Invalid { .. })));
    }
    // Sent again, it is there already, and what came with it is not written twice.
    assert_eq!(importer.notify(&rows[..700]).unwrap().already, 700);
    importer.verify_audit().unwrap();
}

/// Keys that change between the moment by which a file was made ready and its transaction: the file is made ready again.
fn a_file_is_made_ready_again_where_keys_changed_meanwhile(backend: Backend) {
    let place = Place::new(backend);
    let mut keeper = place.furnished();
    let now = keeper.now;
    let happens = move || {
        keeper.rotate_vault().unwrap();
        keeper.rotate_work().unwrap();
    };
    let driver = Meanwhile { inner: place.driver(), at: "FROM lane", happens: armed(happens) };
    let mut importer = Register::open_with(Box::new(driver), place.files.clone(), now).unwrap().at_console();
    importer.login("keeper", PASSWORD, None).unwrap();
    let done = importer.notify(&[helped("shelter", "1", "Ana"), helped("shelter", "2", "Ion")]).unwrap();
    assert_eq!(done.new, 2);
    let mut later = place.open();
    later.login("keeper", PASSWORD, None).unwrap();
    let rows = later.driver().query("SELECT DISTINCT under FROM person_key", &[]).unwrap();
    let names = later.driver().query("SELECT key_name FROM key_epoch WHERE domain = 'vault'", &[]).unwrap();
    assert_eq!((rows.len(), &rows[0]), (1, &names[0]), "both are under the new key");
    let person = person_of(&mut later, &done.registrations[1].unwrap());
    assert_eq!(later.identity(&person).unwrap()["given_name"], "Ion");
    later.verify_audit().unwrap();
}

on_both!(
    reading_waits_for_its_entry_and_for_nothing_else,
    a_writer_waits_for_no_reader,
    an_import_keeps_nobody_waiting_for_long,
    a_file_is_made_ready_again_where_keys_changed_meanwhile
);
