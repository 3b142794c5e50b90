//! Keys change under those who are at work, and while the process that changes them is killed. No name is lost.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use ijsberg_register::keeper::KeyFiles;
use ijsberg_register::register::Id;
use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::Driver;
use serde_json::json;

use crate::common::{Backend, GROUND, PASSWORD, Place, fields, helped, on_both, person_of};
use crate::meanwhile::{Happens, Meanwhile, armed};

on_both!(
    keys_change_under_a_process_that_is_at_work,
    a_process_that_cannot_read_the_new_keys_writes_nothing,
    keys_that_change_between_a_look_and_the_file_are_asked_for_again,
    what_was_begun_is_ended,
    keys_of_another_register_open_nothing,
);

fn logged_in(place: &Place) -> Register {
    let mut r = place.open();
    r.login("keeper", PASSWORD, None).unwrap();
    r
}

/// The server is at work, keys are changed beside it, and then somebody writes in the browser.
fn keys_change_under_a_process_that_is_at_work(backend: Backend) {
    let place = Place::new(backend);
    let mut server = place.furnished();
    let ana = server.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut server, &ana);
    let means = fields(&json!({"controls": ["Other"]}));
    let before = server.add_record("means", Some(&ana), &GROUND, &means).unwrap();
    let token = server
        .issue_token("t", &[ijsberg_register::policy::Operation::Notify], "2027-01-01".parse().unwrap())
        .unwrap();
    let file = |name: &str| std::fs::read(place.dir.path().join(name)).unwrap();
    let kept = [file("register.keys"), file("register.vault")];
    for round in 0..3 {
        let mut beside = logged_in(&place);
        beside.rotate_vault().unwrap();
        beside.rotate_work().unwrap();
        drop(beside);
        // It goes on as if nothing had been: writes who somebody is, takes names, writes a record, knows its case keys and tokens.
        let phone = Identity::from([("phone".to_owned(), format!("06-{round}"))]);
        server.set_identity(&ana, &phone).unwrap();
        let bo = server.notify(&[helped("police", &format!("bo {round}"), "Bo")]).unwrap();
        assert_eq!(bo.new, 1);
        assert_eq!(server.notify(&[helped("police", &format!("bo {round}"), "Bo")]).unwrap().already, 1);
        let bo = person_of(&mut server, &bo.registrations[0].unwrap());
        let written = server.add_record("means", Some(&bo), &GROUND, &means).unwrap();
        // After a restart everything is there.
        let mut again = logged_in(&place);
        assert_eq!(again.identity(&ana).unwrap()["phone"], format!("06-{round}"));
        assert_eq!(again.identity(&bo).unwrap()["given_name"], "Bo");
        assert_eq!(again.find("shelter", "1").unwrap().person, ana);
        again.record("means", &written).unwrap();
        again.record("means", &before).unwrap();
        again.verify_audit().unwrap();
        again.resume_token(&token).unwrap();
        assert_eq!(place.files.vault().unwrap().unwrap().ring.len(), 1);
        assert_eq!(place.files.work().unwrap().records.len(), 1);
    }
    let now = [file("register.keys"), file("register.vault")];
    assert!(kept[0] != now[0] && kept[1] != now[1]);
}

/// Its key files are elsewhere, or under another passphrase by now: it says so and writes nothing that nobody could read.
fn a_process_that_cannot_read_the_new_keys_writes_nothing(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut r, &id);
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let (work, vault) = (place.files.work().unwrap(), place.files.vault().unwrap());
    let mut stale = Register::open(place.driver(), work, vault, now).unwrap().at_console();
    stale.login("keeper", PASSWORD, None).unwrap();
    r.rotate_vault().unwrap();
    let before = r.counts().unwrap();
    let change = Identity::from([("phone".to_owned(), "06".to_owned())]);
    assert!(matches!(stale.set_identity(&ana, &change), Err(RegisterError::StaleKeys)));
    let refused = stale.notify(&[helped("police", "2", "Bo")]);
    assert!(matches!(refused, Err(RegisterError::StaleKeys)), "{refused:?}");
    assert!(matches!(stale.identity(&ana), Err(RegisterError::StaleKeys)));
    assert!(matches!(stale.rotate_vault(), Err(RegisterError::StaleKeys)));
    assert_eq!(r.counts().unwrap(), before);
    assert_eq!(r.identity(&ana).unwrap()["given_name"], "Ana");
    r.verify_audit().unwrap();
}

/// The keys change after the register was asked which are in use, and before the file with them is read: it does not hold those of
/// that moment any more.
fn keys_that_change_between_a_look_and_the_file_are_asked_for_again(backend: Backend) {
    let place = Place::new(backend);
    let mut keeper = place.furnished();
    let id = keeper.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut keeper, &id);
    let happens = Happens::default();
    let driver = Meanwhile { inner: place.driver(), at: "FROM key_epoch", happens: happens.clone() };
    let mut server =
        Register::open_with(Box::new(driver), place.files.clone(), keeper.now).unwrap().at_console();
    server.login("keeper", PASSWORD, None).unwrap();
    let change = |server: &mut Register| {
        let (mut first, mut second) = (logged_in(&place), logged_in(&place));
        first.rotate_vault().unwrap();
        first.rotate_work().unwrap();
        let before = happens.lock().unwrap().replace(Box::new(move || {
            second.rotate_vault().unwrap();
            second.rotate_work().unwrap();
        }));
        assert!(before.is_none(), "it happened");
        assert_eq!(server.session().unwrap().user, "keeper");
    };
    change(&mut server);
    assert_eq!(server.registrations(&ana).unwrap().len(), 1);
    change(&mut server);
    assert_eq!(server.histories(2010, 2020).unwrap().persons.len(), 1);
    change(&mut server);
    assert_eq!(server.identity(&ana).unwrap()["given_name"], "Ana");
    change(&mut server);
    assert_eq!(server.notify(&[helped("police", "2", "Bo")]).unwrap().new, 1);
    change(&mut server);
    server.verify_audit().unwrap();
    assert!(happens.lock().unwrap().is_none(), "it happened");
    // A user who logs in at such a moment succeeds.
    for at in ["FROM key_epoch", "FROM audit"] {
        let mut second = logged_in(&place);
        let happens = armed(move || second.rotate_work().unwrap());
        let driver = Meanwhile { inner: place.driver(), at, happens: happens.clone() };
        let mut r = Register::open_with(Box::new(driver), place.files.clone(), keeper.now).unwrap();
        r = r.at_console();
        r.login("keeper", PASSWORD, None).unwrap();
        assert_eq!(r.identity(&ana).unwrap()["given_name"], "Ana");
        assert!(happens.lock().unwrap().is_none(), "it happened at {at}");
    }
}

/// Cut off after the key file was written and before anything was sealed anew: the key that is there already is used.
fn what_was_begun_is_ended(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut r, &id);
    let mut begun = place.files.vault().unwrap().unwrap();
    let name = begun.ring.add().unwrap();
    place.files.keep_vault(&begun).unwrap();
    drop(r);
    let mut r = logged_in(&place);
    assert_eq!(r.identity(&ana).unwrap()["given_name"], "Ana");
    r.rotate_vault().unwrap();
    let ring = place.files.vault().unwrap().unwrap().ring;
    assert_eq!((ring.len(), ring.newest().unwrap().0), (1, name.as_str()));
    // A person's key that the new one does not open keeps the old one in the file.
    let mut both = place.files.vault().unwrap().unwrap();
    both.ring.add().unwrap();
    place.files.keep_vault(&both).unwrap();
    r.driver().execute("UPDATE person_key SET under = 'nobody'", &[]).unwrap();
    assert!(r.retire_vault().is_err());
    assert_eq!(place.files.vault().unwrap().unwrap().ring.len(), 2);
}

fn keys_of_another_register_open_nothing(backend: Backend) {
    let (place, other) = (Place::new(backend), Place::new(backend));
    drop((place.furnished(), other.furnished()));
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let work = place.files.work().unwrap();
    let refused = Register::open(place.driver(), work.clone(), other.files.vault().unwrap(), now);
    assert!(matches!(refused, Err(RegisterError::OtherRegister(domain)) if domain == "vault"));
    let mut mixed = work;
    mixed.audit = other.files.work().unwrap().audit;
    let refused = Register::open(place.driver(), mixed, None, now);
    assert!(matches!(refused, Err(RegisterError::OtherRegister(domain)) if domain == "audit"));
}

/// What the killed process runs: it changes the keys of a register again and again.
#[test]
fn rotator() {
    let Ok(dir) = std::env::var("IJSBERG_ROTATE_DIR") else { return };
    let dir = std::path::PathBuf::from(dir);
    let files = KeyFiles::open(&dir, PASSWORD, Some(PASSWORD)).unwrap();
    let driver: Box<dyn Driver> = if let Ok(url) = std::env::var("IJSBERG_ROTATE_URL") {
        Box::new(ijsberg_postgres::Postgres::open(&url).unwrap())
    } else {
        let work = files.work().unwrap();
        Box::new(ijsberg_sqlite::Sqlite::open(&dir.join("register.db"), work.database.bytes()).unwrap())
    };
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let mut r = Register::open_with(driver, files, now).unwrap().at_console();
    r.login("keeper", PASSWORD, None).unwrap();
    eprintln!("begun");
    loop {
        r.rotate_vault().unwrap();
        r.rotate_work().unwrap();
        // Processes that wait for the file try now and then; they must get a turn.
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Kills for each back end.
const KILLS: u64 = 40;

/// Every name opens: as lists, since nobody may look up so many identities one by one.
fn reads_all(r: &mut Register, known: &[(Id, String)]) {
    let lists = r.named_lists(false).unwrap();
    for (_, name) in known {
        let there = lists.iter().flat_map(|l| &l.1).any(|row| row.contains(name));
        assert!(there, "{name} cannot be read");
    }
}

fn survives(backend: Backend) {
    let place = Place::new(backend);
    let mut server = place.furnished();
    let mut known: Vec<(Id, String)> = Vec::new();
    for kill in 0..KILLS {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "keys::rotator", "--nocapture"])
            .env("IJSBERG_ROTATE_DIR", place.dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Some(url) = &place.url {
            command.env("IJSBERG_ROTATE_URL", url);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "begun");
        std::thread::sleep(Duration::from_micros((kill * 7919) % 90_000));
        // Somebody writes at the same time.
        let name = format!("Name{kill}");
        let done = server.notify(&[helped("shelter", &name, &name)]).unwrap();
        let person = person_of(&mut server, &done.registrations[0].unwrap());
        known.push((person, name));
        std::thread::sleep(Duration::from_micros((kill * 104_729) % 30_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let rest: Vec<String> = lines.map_while(Result::ok).collect();
        assert!(!rest.iter().any(|l| l.contains("panicked")), "{rest:?}");
        // Both those who were there and those who come now read every name.
        for r in [&mut server, &mut logged_in(&place)] {
            reads_all(r, &known);
        }
    }
    let mut r = logged_in(&place);
    r.verify_audit().unwrap();
    r.rotate_vault().unwrap();
    r.rotate_work().unwrap();
    reads_all(&mut r, &known);
    for (person, name) in &known {
        assert_eq!(r.find("shelter", name).unwrap().person, *person);
    }
    assert_eq!(place.files.vault().unwrap().unwrap().ring.len(), 1);
    assert_eq!(place.files.work().unwrap().records.len(), 1);
}

#[test]
fn sqlite_loses_no_name_when_a_change_of_keys_is_killed() {
    survives(Backend::Sqlite);
}

#[test]
fn postgres_loses_no_name_when_a_change_of_keys_is_killed() {
    survives(Backend::Postgres);
}
