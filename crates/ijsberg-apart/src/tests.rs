use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_tables::ReadError;

use crate::{Kind, Reader};

/// One test at a time: a program cannot be started while another test starts one, since that process inherits the open file for a moment.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A program in place of the reader.
#[cfg(unix)]
fn program(script: &str) -> (tempfile::TempDir, Reader) {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("reader");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    let reader = Reader::with_program(&path, Kind::Sent);
    (dir, reader)
}

#[cfg(unix)]
#[test]
fn a_reader_that_dies_or_talks_nonsense_is_an_error_about_the_file() {
    let _alone = alone();
    for script in ["kill -ABRT $$", "kill -KILL $$", "exit 0", "echo nonsense", "cat; exit 3"] {
        let (_dir, reader) = program(script);
        let bytes = vec![b'a'; 1 << 20];
        assert_eq!(reader.read(bytes, &|| false).unwrap_err(), ReadError::TooDear, "{script}");
    }
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_reader_that_was_stopped_and_none_is_left() {
    let _alone = alone();
    let (dir, reader) = program("echo $$ > \"$(/usr/bin/dirname \"$0\")/id\"; exec /bin/sleep 600");
    let began = Instant::now();
    let stopped = || began.elapsed() > Duration::from_millis(300) && dir.path().join("id").exists();
    assert_eq!(reader.read(b"a".to_vec(), &stopped).unwrap_err(), ReadError::Stopped);
    assert!(began.elapsed() < Duration::from_mins(1));
    let id = std::fs::read_to_string(dir.path().join("id")).unwrap();
    assert!(!Path::new("/proc").join(id.trim()).join("exe").exists());
}

#[cfg(unix)]
#[test]
fn a_reader_is_given_no_variable_of_this_process() {
    let _alone = alone();
    let (dir, reader) = program("/usr/bin/env > \"$(/usr/bin/dirname \"$0\")/given\"");
    assert!(reader.read(Vec::new(), &|| false).is_err());
    let given = std::fs::read_to_string(dir.path().join("given")).unwrap();
    // What the shell sets by itself.
    let strange =
        given.lines().find(|l| !["PWD=", "OLDPWD=", "SHLVL=", "_="].iter().any(|k| l.starts_with(k)));
    assert_eq!(strange, None);
}

#[test]
fn a_missing_reader_is_reported() {
    let _alone = alone();
    let reader = Reader::with_program(Path::new("/nowhere/at/all"), Kind::Own);
    assert!(matches!(reader.read(Vec::new(), &|| false), Err(ReadError::NoReader { .. })));
}
