//! The process is killed while it writes, at moments that nobody chose. What it said was written is there; nothing is half there.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use ijsberg_register::Register;
use ijsberg_register::keeper::KeyFiles;
use ijsberg_store::Driver;

use crate::common::{Backend, PASSWORD, Place, helped};

/// Kills for each back end.
const KILLS: usize = 500;

/// Persons in a notification that is written at once.
const AT_ONCE: usize = 3;

/// What the killed process runs: it writes and says what was acknowledged. Run with the others it has nothing to do.
#[test]
fn writer() {
    let Ok(dir) = std::env::var("IJSBERG_KILL_DIR") else { return };
    let dir = std::path::PathBuf::from(dir);
    let url = std::env::var("IJSBERG_KILL_URL").ok();
    let start: usize = std::env::var("IJSBERG_KILL_START").unwrap().parse().unwrap();
    let files = KeyFiles::open(&dir, PASSWORD, Some(PASSWORD)).unwrap();
    let driver: Box<dyn Driver> = if let Some(url) = url {
        Box::new(ijsberg_postgres::Postgres::open(&url).unwrap())
    } else {
        let work = files.work().unwrap();
        Box::new(ijsberg_sqlite::Sqlite::open(&dir.join("register.db"), work.database.bytes()).unwrap())
    };
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut r = Register::open_with(driver, files, now).unwrap().at_console();
    r.login("keeper", PASSWORD, None).unwrap();
    for batch in start.. {
        let rows: Vec<_> = (0..AT_ONCE).map(|k| helped("shelter", &format!("{batch}-{k}"), "Ana")).collect();
        let done = r.notify(&rows).unwrap();
        assert_eq!(done.new as usize, AT_ONCE);
        // To the error stream, which nothing keeps back.
        eprintln!("acknowledged {batch}");
    }
}

fn survives(backend: Backend) {
    let place = Place::new(backend);
    drop(place.furnished());
    let mut acknowledged = Vec::new();
    let mut start = 0;
    for kill in 0..KILLS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "kill::writer", "--nocapture"])
            .env("IJSBERG_KILL_DIR", place.dir.path())
            .env("IJSBERG_KILL_START", start.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(url) = &place.url {
            command.env("IJSBERG_KILL_URL", url);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        // After the first write, at a moment within the next few: microseconds that differ from kill to kill.
        let first = lines.next().unwrap().unwrap();
        let mut said = vec![first];
        std::thread::sleep(Duration::from_micros((kill as u64 * 7919) % 12_000));
        child.kill().unwrap();
        child.wait().unwrap();
        said.extend(lines.map_while(Result::ok));
        let batches = said.iter().filter_map(|l| l.strip_prefix("acknowledged ")?.parse::<usize>().ok());
        acknowledged.extend(batches);
        // The last may be written and not acknowledged.
        start = acknowledged.last().map_or(start, |l| l + 2);
    }
    assert!(acknowledged.len() >= KILLS, "{}", acknowledged.len());
    let mut r = place.open();
    r.verify_audit().unwrap();
    r.login("keeper", PASSWORD, None).unwrap();
    for batch in &acknowledged {
        let rows: Vec<_> = (0..AT_ONCE).map(|k| helped("shelter", &format!("{batch}-{k}"), "Ana")).collect();
        assert_eq!(r.notify_dry(&rows).unwrap().already as usize, AT_ONCE, "batch {batch}");
    }
    // Nothing half: registrations, persons, keys and identities go together.
    let counts: std::collections::HashMap<_, _> = r.counts().unwrap().into_iter().collect();
    assert_eq!(counts["registration"] as usize % AT_ONCE, 0);
    assert_eq!(counts["registration"], counts["person"]);
    assert_eq!(counts["registration"] * 2, counts["identity"]);
    assert!(counts["registration"] as usize >= acknowledged.len() * AT_ONCE);
    let written = r
        .driver()
        .first(
            "SELECT count(*) FROM audit WHERE operation = 'notify' AND outcome = 'done' AND subject <> 'dry run'",
            &[],
        )
        .unwrap();
    assert_eq!(written.unwrap().get::<i64>(0).unwrap() as usize * AT_ONCE, counts["registration"] as usize);
}

#[test]
fn sqlite_survives_500_kills() {
    survives(Backend::Sqlite);
}

#[test]
fn postgres_survives_500_kills() {
    survives(Backend::Postgres);
}
