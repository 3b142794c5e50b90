//! Hot paths of the register on an encrypted file: taking notifications, histories of a year, a person by pseudonym.

use ijsberg_crypto::Cost;
use ijsberg_register::Register;
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::register::Id;
use ijsberg_sqlite::Sqlite;

fn main() {
    divan::main();
}

/// A register of so many notifications, and the person of one of them.
fn register(rows: usize) -> (tempfile::TempDir, Register, Id) {
    let dir = tempfile::tempdir().expect("a directory for temporary files");
    let work = WorkKeys::random().expect("random numbers");
    let file = Sqlite::open(&dir.path().join("r.db"), work.database.bytes()).expect("a file");
    let now = "2026-11-24T12:00:00Z".parse().expect("a moment");
    let mut r =
        Register::open(Box::new(file), work, VaultKeys::random().ok(), now).expect("a register").at_console();
    let all: Vec<Grant> =
        Role::ALL.into_iter().map(|role| Grant { role, organisation: "*".into() }).collect();
    r.first_user("keeper", "a password for speed", &all, Cost { memory: 8, passes: 1 }).expect("no user yet");
    r.login("keeper", "a password for speed", None).expect("the password fits");
    r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01").expect("the right to");
    r.add_organisation("o", "synthetic", "OVERIG", "L", true).expect("the right to");
    let done = r.notify(&notifications("first", rows)).expect("the right to");
    let id = done.registrations[0].expect("a new registration");
    let row = r.driver().first("SELECT person FROM registration WHERE id = $1", &[id.as_slice().into()]);
    let person = row.expect("a table").expect("a registration").get(0).expect("16 bytes");
    (dir, r, person)
}

fn notifications(batch: &str, rows: usize) -> Vec<Notification> {
    let of = |i: usize| Notification {
        organisation: "o".into(),
        local_key: format!("{batch} {i}"),
        happened_on: format!("20{}-01-01", 10 + i % 10),
        sex: "F".into(),
        minor: "no".into(),
        nationality: "RO".into(),
        form: "LABOUR".into(),
        sector: "UNKNOWN".into(),
        synthetic: true,
        tokens: vec![("clk".into(), i.to_le_bytes().to_vec())],
        ..Notification::default()
    };
    (0..rows).map(of).collect()
}

/// 10,000 notifications into a register that has 10,000.
#[divan::bench(sample_count = 10)]
fn take_10_000(bencher: divan::Bencher<'_, '_>) {
    bencher
        .with_inputs(|| (register(10_000), notifications("second", 10_000)))
        .bench_local_values(|((_dir, mut r, _), rows)| r.notify(&rows));
}

#[divan::bench(sample_count = 20)]
fn histories_of_a_year_of_100_000(bencher: divan::Bencher<'_, '_>) {
    let (_dir, mut r, _) = register(100_000);
    bencher.bench_local(|| r.histories(2015, 2015));
}

#[divan::bench(sample_count = 100)]
fn person_by_pseudonym_of_100_000(bencher: divan::Bencher<'_, '_>) {
    let (_dir, mut r, person) = register(100_000);
    bencher.bench_local(|| r.registrations(&person));
}
