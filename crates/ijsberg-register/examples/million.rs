//! How long a million notifications take: `million ROWS [POSTGRES-URL]`. With a URL a database `ijsberg_million` is made there.

use std::time::{Duration, Instant};

use ijsberg_crypto::Cost;
use ijsberg_postgres::Postgres;
use ijsberg_register::Register;
use ijsberg_register::exchange::notifications::read;
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_sqlite::Sqlite;
use ijsberg_store::Driver;

/// Rows that are taken at once.
const AT_ONCE: usize = 100_000;

// One function: a measurement that reads from top to bottom, each timing next to the step that it measures.
fn main() {
    let rows: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    let url = std::env::args().nth(2);
    let dir = tempfile::tempdir().expect("a directory for temporary files");
    let work = WorkKeys::random().expect("random numbers");
    let driver: Box<dyn Driver> = match url {
        Some(url) => {
            let mut admin = Postgres::open(&format!("{url}/postgres")).expect("a server");
            admin.batch("DROP DATABASE IF EXISTS ijsberg_million").expect("no other connection");
            admin.batch("CREATE DATABASE ijsberg_million").expect("the right to make a database");
            Box::new(Postgres::open(&format!("{url}/ijsberg_million")).expect("a server"))
        }
        None => Box::new(Sqlite::open(&dir.path().join("r.db"), work.database.bytes()).expect("a file")),
    };
    let vault = VaultKeys::random().expect("random numbers");
    let now = "2026-11-24T12:00:00Z".parse().expect("a moment");
    let mut r = Register::open(driver, work, Some(vault), now).expect("a register").at_console();
    let all: Vec<Grant> =
        Role::ALL.into_iter().map(|role| Grant { role, organisation: "*".into() }).collect();
    let cost = Cost { memory: 8, passes: 1 };
    r.first_user("keeper", "a password for speed", &all, cost).expect("no user yet");
    r.login("keeper", "a password for speed", None).expect("the password fits");
    r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01").expect("the right to");
    for list in 0..6 {
        r.add_organisation(&format!("o{list}"), "synthetic", "OVERIG", &format!("L{list}"), true)
            .expect("the right to");
    }
    let header: Vec<String> = [
        "organisation",
        "case",
        "date",
        "sex",
        "birth_year",
        "minor",
        "nationality",
        "form",
        "clk",
        "synthetic",
    ]
    .map(str::to_owned)
    .to_vec();
    // One in eight is someone who was notified before, with the same code.
    let row = |i: usize| -> Vec<String> {
        let person = if i.is_multiple_of(8) { i / 2 } else { i };
        vec![
            format!("o{}", i % 6),
            format!("case {i}"),
            format!("20{}-{:02}-{:02}", 10 + i % 10, 1 + i % 12, 1 + i % 28),
            ["F", "M"][i % 2].to_owned(),
            (1940 + i % 50).to_string(),
            "no".to_owned(),
            ["RO", "NL", "NG"][i % 3].to_owned(),
            "LABOUR".to_owned(),
            format!("code of person {person}"),
            "1".to_owned(),
        ]
    };
    let mut taking = Duration::ZERO;
    for start in (0..rows).step_by(AT_ONCE) {
        let made: Vec<(u64, Vec<String>)> =
            (start..rows.min(start + AT_ONCE)).map(|i| (i as u64 + 2, row(i))).collect();
        let begun = Instant::now();
        let (notifications, _) =
            read(&header, made.into_iter(), None, Lane::Statistics).expect("the columns");
        let done = r.notify(&notifications).expect("the right to");
        assert!(done.errors.is_empty() && done.already == 0, "{:?}", done.errors.first());
        taking += begun.elapsed();
    }
    println!("{rows} taken in {taking:.2?}: {:.0} a second", rows as f64 / taking.as_secs_f64());
    let begun = Instant::now();
    let found = r.duplicates().expect("the right to");
    println!("{} groups that share a code in {:.2?}", found.len(), begun.elapsed());
    let begun = Instant::now();
    let table = r.histories(2015, 2015).expect("the right to");
    println!("histories of {} persons of a year in {:.2?}", table.persons.len(), begun.elapsed());
    let person = r.driver().first(
        "SELECT person FROM registration WHERE id = $1",
        &[found[found.len() / 2].1[0].as_slice().into()],
    );
    let person = person.expect("a table").expect("a registration").get::<[u8; 16]>(0).expect("16 bytes");
    let begun = Instant::now();
    let times = 100;
    for _ in 0..times {
        r.registrations(&person).expect("the right to");
    }
    println!("a person by pseudonym, with its entry in the audit log, in {:.2?}", begun.elapsed() / times);
}
