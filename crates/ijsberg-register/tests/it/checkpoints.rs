//! An attacker who holds the machine, but not the keys, restores an older copy of everything, the record of the last entry included.

use ijsberg_register::checkpoint::CheckpointAgreement;
use ijsberg_register::witness::SEAL;
use ijsberg_register::{Register, RegisterError};

use crate::common::{Backend, Place, helped, on_both};

on_both!(an_older_copy_with_its_seal_is_found_by_a_checkpoint, a_checkpoint_is_believed_as_it_was_written);

fn opened(place: &Place) -> Result<Register, RegisterError> {
    Register::open_with(place.driver(), place.files.clone(), "2026-11-24T12:00:00Z".parse().unwrap())
}

/// Copies all tables aside, or puts them back, as SQL can.
fn tables(r: &mut Register, back: bool) {
    let list = match r.driver().dialect() {
        ijsberg_store::Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        ijsberg_store::Dialect::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    let all = r.driver().query(list, &[]).unwrap();
    let names = all.iter().map(|row| row.get::<String>(0).unwrap());
    for table in names.filter(|t| !t.starts_with("old_")) {
        let sql = if back {
            format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old_{table}")
        } else {
            format!("CREATE TABLE old_{table} AS SELECT * FROM {table}")
        };
        r.driver().batch(&sql).unwrap();
    }
}

fn an_older_copy_with_its_seal_is_found_by_a_checkpoint(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let before = r.signed_checkpoint().unwrap() + "\n";
    let seal = place.dir.path().join(SEAL);
    let (older, entries) = (std::fs::read(&seal).unwrap(), r.verify_audit().unwrap().entries);
    tables(&mut r, false);
    r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let mut lines = before.clone() + &r.signed_checkpoint().unwrap() + "\n";
    let agreed = r.agrees_with(&lines).unwrap();
    assert_eq!((agreed.lines, agreed.entries), (2, r.verify_audit().unwrap().entries));
    tables(&mut r, true);
    drop(r);
    std::fs::write(&seal, older).unwrap();
    // Everything here says that nothing is wrong.
    let mut r = opened(&place).unwrap().at_console();
    assert_eq!(r.verify_audit().unwrap().entries, entries);
    assert_eq!(r.agrees_with(&before).unwrap().lines, 1);
    let found = r.agrees_with(&lines);
    assert!(
        matches!(found, Err(RegisterError::Older { seen, there }) if seen == entries + 1 && there == entries),
        "{found:?}"
    );
    // Nor does another entry in its place help.
    r.login("keeper", crate::common::PASSWORD, None).unwrap();
    r.notify(&[helped("shelter", "2", "Bo")]).unwrap();
    assert!(matches!(r.agrees_with(&lines), Err(RegisterError::Older { .. })));
    // Keys that changed since make no difference.
    r.rotate_work().unwrap();
    assert!(matches!(r.agrees_with(&lines), Err(RegisterError::Older { .. })));
    lines = before + &r.signed_checkpoint().unwrap() + "\n";
    assert_eq!(r.agrees_with(&lines).unwrap().lines, 2);
}

fn a_checkpoint_is_believed_as_it_was_written(backend: Backend) {
    let (place, other) = (Place::new(backend), Place::new(backend));
    let mut r = place.furnished();
    let line = r.signed_checkpoint().unwrap();
    let foreign = other.furnished().signed_checkpoint().unwrap();
    // As a system log has it, among other words and other registers.
    let log = format!(
        "Nov 24 12:00:00 host ijsberg[7]: {line}\nNov 24 host sshd: hello\n\n<85>ijsberg: {foreign}\n"
    );
    assert_eq!(r.agrees_with(&log).unwrap().lines, 1);
    for nothing in ["", "hello\n", foreign.as_str()] {
        assert_eq!(r.agrees_with(nothing).unwrap(), CheckpointAgreement::default(), "{nothing}");
    }
    // One letter of it, of its content or of its keyed hash.
    let words: Vec<&str> = line.split(' ').collect();
    for (k, word) in words.iter().enumerate().skip(2) {
        let last = word.chars().last().unwrap();
        let changed = format!("{}{}", &word[..word.len() - 1], if last == '1' { '2' } else { '1' });
        let mut all: Vec<&str> = words.clone();
        all[k] = &changed;
        let lines = format!("{line}\n{}\n", all.join(" "));
        let found = r.agrees_with(&lines);
        assert!(matches!(found, Err(RegisterError::Checkpoint { line: 2 })), "{changed}: {found:?}");
    }
    // A line that a crash cut off at the end is left out; one in the middle was not cut off by a crash.
    let half = &line[..line.len() / 2];
    assert_eq!(r.agrees_with(&format!("{line}\n{half}")).unwrap().lines, 1);
    let found = r.agrees_with(&format!("{half}\n{line}\n"));
    assert!(matches!(found, Err(RegisterError::Checkpoint { line: 1 })), "{found:?}");
}
