//! Checkpoints of the audit log in a file, in the system log, and of a server; and an older copy that they find.

use std::io::{BufRead, BufReader};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::custody::{Place, database, out};

/// A register whose files and database can be put back as they were.
struct SavedRegister {
    place: Place,
    kept: [Vec<u8>; 2],
}

const FILES: [&str; 2] = ["register/register.db", "register/register.seal"];

impl SavedRegister {
    fn new() -> Self {
        let place = Place::new(None);
        let kept = FILES.map(|name| std::fs::read(place.path(name)).unwrap());
        Self { place, kept }
    }

    fn put_back(&self) {
        for (name, bytes) in FILES.iter().zip(&self.kept) {
            std::fs::write(self.place.path(name), bytes).unwrap();
        }
    }
}

#[test]
fn an_older_copy_and_its_seal_are_found_by_a_file_that_was_kept_elsewhere() {
    let held = SavedRegister::new();
    let place = &held.place;
    place.fails(&["audit", "checkpoint"], "--to FILE");
    place.fails(&["audit", "checkpoint", "--to", "."], "is no file");
    place.works(&["audit", "checkpoint", "--to", "kept"]);
    place.works(&["user", "add", "eve", "--new-password-file", "password"]);
    place.works(&["audit", "checkpoint", "--to", "kept"]);
    let said = place.works(&["audit", "verify", "--against", "kept"]);
    assert!(said.contains("Checkpoints that agree with the log: 2, the last of "), "{said}");
    let said = place.works(&["audit", "verify", "--against", "kept", "--lang", "nl"]);
    assert!(said.contains("IJkpunten die met het logboek kloppen: 2, het laatste van "), "{said}");
    held.put_back();
    // Alone the copy is right.
    place.works(&["audit", "verify"]);
    place.fails(&["audit", "verify", "--against", "kept"], "older than it was");
    place.fails(&["audit", "verify", "--against", "kept", "--lang", "nl"], "ouder dan het was");
    std::fs::write(place.path("empty"), "").unwrap();
    place.fails(&["audit", "verify", "--against", "empty"], "no checkpoint of this register");
    let changed = std::fs::read_to_string(place.path("kept")).unwrap().replace("entries=", "entries=1");
    std::fs::write(place.path("kept"), changed).unwrap();
    place.fails(&["audit", "verify", "--against", "kept"], "line 1 is a checkpoint");
}

#[test]
fn the_system_log_gets_checkpoints() {
    let place = Place::new(Some(database()));
    let socket = UnixDatagram::bind(place.path("log")).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    place.works(&["audit", "checkpoint", "--syslog=log"]);
    let mut said = [0; 1024];
    let n = socket.recv(&mut said).unwrap();
    let said = std::str::from_utf8(&said[..n]).unwrap();
    assert!(said.starts_with("<85>ijsberg: ijsberg-checkpoint register="), "{said}");
    std::fs::write(place.path("from log"), said.to_owned() + "\n").unwrap();
    assert!(place.works(&["audit", "verify", "--against", "from log"]).contains("agree with the log: 1,"));
    drop(socket);
    place.fails(&["audit", "checkpoint", "--syslog=log"], "No system log takes the checkpoint");
}

/// A server, and its first line.
fn serve(place: &Place, more: &[&str]) -> (Child, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
    command
        .args(["serve", "--register", "--at", "register", "--passphrase-file", "secret"])
        .args(["--listen", "127.0.0.1:0", "--log", "json"])
        .args(more)
        .current_dir(place.dir.path())
        .env_remove("IJSBERG_REGISTER_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

/// Told to end, it ends.
fn end(child: Child) -> String {
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    out(&child.wait_with_output().unwrap())
}

#[test]
fn a_server_keeps_checkpoints_and_does_not_serve_an_older_copy() {
    let held = SavedRegister::new();
    let place = &held.place;
    let kept = || std::fs::read_to_string(place.path("kept")).unwrap_or_default();
    let (child, line) = serve(place, &["--checkpoints", "kept", "--checkpoint-every", "1"]);
    assert!(line.contains("http://"), "{line}");
    assert_eq!(kept().lines().count(), 1);
    // Somebody is at work beside it; the last line, at the end, records it.
    place.works(&["user", "add", "eve", "--new-password-file", "password"]);
    end(child);
    let lines = kept();
    assert_eq!(lines.lines().count(), 2, "{lines}");
    let entries = |line: &str| -> i64 {
        line.split("entries=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap()
    };
    let told: Vec<i64> = lines.lines().map(entries).collect();
    assert!(told[1] > told[0], "{lines}");
    assert!(place.works(&["audit", "verify", "--against", "kept"]).contains("agree with the log: 2,"));
    held.put_back();
    let (child, line) = serve(place, &["--checkpoints", "kept"]);
    assert_eq!(line, "");
    let said = out(&child.wait_with_output().unwrap());
    assert!(said.contains("older than it was"), "{said}");
    assert_eq!(kept(), lines);
    // Nor is anybody served where the line cannot be sent.
    let (child, line) = serve(place, &["--checkpoint-syslog=nobody-listens"]);
    assert_eq!(line, "");
    let said = out(&child.wait_with_output().unwrap());
    assert!(said.contains("No system log takes the checkpoint"), "{said}");
}
