//! Any bytes as a file of notifications or of the Human Trafficking Case Data Standard: taken whole, or not at all, and never a
//! panic.

use std::cell::RefCell;

use ijsberg_crypto::Cost;
use ijsberg_register::Register;
use ijsberg_register::exchange::{htcds, notifications};
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_sqlite::Sqlite;
use ijsberg_tables::Grid;

fn register() -> Register {
    let dir = tempfile::tempdir().expect("a directory").keep();
    let work = WorkKeys::random().expect("random numbers");
    let file = Sqlite::open(&dir.join("r.db"), work.database.bytes()).expect("a file");
    let now = "2026-11-24T12:00:00Z".parse().expect("a moment");
    let mut r =
        Register::open(Box::new(file), work, VaultKeys::random().ok(), now).expect("a register").at_console();
    let all: Vec<Grant> =
        Role::ALL.into_iter().map(|role| Grant { role, organisation: "*".into() }).collect();
    r.first_user("keeper", "a password for tests", &all, Cost { memory: 8, passes: 1 }).expect("no user yet");
    r.login("keeper", "a password for tests", None).expect("the password fits");
    for lane in [Lane::Help, Lane::Statistics] {
        r.open_lane(lane, "synthetic", "2026-01-01").expect("the right to");
    }
    r.add_organisation("o", "o", "OVERIG", "L", true).expect("the right to");
    r
}

thread_local!(static REGISTER: RefCell<Register> = RefCell::new(register()));

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(grid) = Grid::read(bytes) else { return };
    REGISTER.with_borrow_mut(|r| {
        let rows = || grid.rows.iter().cloned();
        let mut files = Vec::new();
        for lane in [Lane::Help, Lane::Statistics] {
            files.extend(notifications::read(&grid.header, rows(), Some("o"), lane).map(|f| f.0));
            files.extend(notifications::read(&grid.header, rows(), None, lane).map(|f| f.0));
            files.extend(htcds::read(&grid.header, rows(), "o", "case", lane).map(|f| f.0));
        }
        for file in files {
            let before = r.counts().expect("a register");
            let of = |counts: &[(&'static str, i64)], table: &str| {
                counts.iter().find(|c| c.0 == table).map_or(0, |c| c.1)
            };
            let done = r.notify(&file).expect("the right to");
            let after = r.counts().expect("a register");
            let grown = of(&after, "registration") - of(&before, "registration");
            assert_eq!(grown as u64, done.new);
            assert!(done.errors.is_empty() || grown == 0);
            assert_eq!(of(&after, "registration"), of(&after, "person"));
        }
    });
}
