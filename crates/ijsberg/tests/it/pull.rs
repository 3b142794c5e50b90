//! Records come from the systems of others, once each, whatever happens on the way, and nobody's name is said.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::custody;
use crate::recorded::{CANARY, RecordingServer, Reply, SYSTEMS, System};

/// A folder with a token and a mapping.
struct Place(tempfile::TempDir);

impl Place {
    fn new(system: System) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::write(place.path("token"), format!("{}\n", system.token().0)).unwrap();
        place.private("token", 0o600);
        std::fs::write(place.path("mapping.toml"), system.mapping()).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn private(&self, name: &str, mode: u32) {
        #[cfg(unix)]
        std::fs::set_permissions(self.path(name), std::os::unix::fs::PermissionsExt::from_mode(mode))
            .unwrap();
        #[cfg(not(unix))]
        let _ = (name, mode);
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn command(&self, system: System, url: &str, more: &[&str]) -> Command {
        self.command_in("en", system, url, more)
    }

    fn command_in(&self, language: &str, system: System, url: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
        command.current_dir(self.0.path()).arg("pull").args(system.arguments());
        command
            .args(["--url", url, "--token-file", "token", "--per-page", "2", "--lang", language])
            .args(more);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn pull(&self, system: System, url: &str) -> Output {
        self.command(system, url, &["--mapping", "mapping.toml", "--out", "out.csv"]).output().unwrap()
    }

    /// Every record up to a number is in the file, and none is twice.
    fn has(&self, system: System, of: usize) {
        let file = self.read("out.csv");
        let mut lines = file.lines();
        assert_eq!(lines.next(), Some("case,date,sex"));
        let cases: Vec<&str> = lines.map(|l| l.split(',').next().unwrap()).collect();
        let expected: Vec<String> = (0..of).map(|n| system.id(n)).collect();
        assert_eq!(cases, expected, "{system:?}");
    }
}

/// The output, if all went well.
fn well(output: &Output) -> String {
    let (said, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{error}");
    format!("{said}{error}")
}

/// Why it did not go well.
fn wrong(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn silent_about_people(said: &str, system: System) {
    assert!(!said.contains(CANARY) && !said.contains(&system.id(1)), "{said}");
    let secret = system.token().0.rsplit(':').next().unwrap();
    assert!(!said.contains(secret) && !said.contains("payload"), "{said}");
}

#[test]
fn each_system_is_read_as_its_documentation_says_and_losses_are_counted() {
    for system in SYSTEMS {
        let place = Place::new(system);
        // The second and third answer are a server in a hurry and a connection that breaks.
        let server = RecordingServer::new(move |n, ask| match n {
            2 => Reply::Status(429, "retry-after: 0\r\n"),
            3 => Reply::Cut,
            _ => system.answer(ask, 5),
        });
        let said = well(&place.pull(system, &server.url));
        place.has(system, 5);
        assert!(said.contains("5 records in out.csv. The server sent 5; 0 of them"), "{said}");
        silent_about_people(&said, system);
        assert!(place.read("out.csv").lines().nth(1).unwrap().ends_with(",F"));
        let asked = server.asked();
        let pages: Vec<_> = asked.iter().filter(|a| a.line.starts_with("GET ")).collect();
        assert!(pages.iter().all(|a| a.line.starts_with(system.path())), "{asked:#?}");
        assert!(pages.iter().all(|a| a.authorization == system.token().1), "{asked:#?}");
        let losses: Value = serde_json::from_str(&place.read("out.csv.losses.json")).unwrap();
        let lost = losses["not_mapped"].as_array().unwrap();
        let named = |f: &&Value| {
            let field = f["field"].as_str().unwrap();
            field.ends_with("name") || f["label"] == "First Name"
        };
        assert_eq!(lost.iter().find(named).unwrap()["values"], 5, "{losses}");
        assert_eq!((&losses["records_in_file"], &losses["without_id"]), (&5.into(), &0.into()));
        for file in std::fs::read_dir(place.0.path()).unwrap().map(|f| f.unwrap().path()) {
            let content = std::fs::read(&file).unwrap();
            assert!(!String::from_utf8_lossy(&content).contains(CANARY), "{}", file.display());
            private(&file);
        }
    }
}

/// Nobody but its owner reads what was pulled.
fn private(file: &Path) {
    #[cfg(unix)]
    if !file.ends_with("mapping.toml") {
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", file.display());
    }
    #[cfg(not(unix))]
    let _ = file;
}

#[test]
fn a_pull_that_is_killed_half_way_goes_on_and_nothing_comes_twice() {
    for system in SYSTEMS {
        let place = Place::new(system);
        let stalls = Arc::new(AtomicUsize::new(1));
        let still = Arc::clone(&stalls);
        // The third page never comes, until the server is itself again.
        let server = RecordingServer::new(move |_, ask| {
            let asks = ask.line.starts_with("GET ");
            let third = asks && system.page(&ask.line, 7).to_string().contains(&system.id(4));
            if third && still.load(Ordering::SeqCst) > 0 { Reply::Never } else { system.answer(ask, 7) }
        });
        let mut child = place
            .command(system, &server.url, &["--mapping", "mapping.toml", "--out", "out.csv"])
            .spawn()
            .unwrap();
        let begun = Instant::now();
        let asked = || server.asked().iter().filter(|a| a.line.starts_with("GET ")).count();
        while asked() < 3 {
            assert!(begun.elapsed() < Duration::from_mins(1), "{:#?}", server.asked());
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        place.has(system, 4);
        // An end between two writes leaves half a row and half of what a record is known by.
        for (name, half) in [("out.csv", "half a r"), ("out.csv.pull.ids", "half of a hash")] {
            let mut file = std::fs::OpenOptions::new().append(true).open(place.path(name)).unwrap();
            std::io::Write::write_all(&mut file, half.as_bytes()).unwrap();
        }
        stalls.store(0, Ordering::SeqCst);
        let before = asked();
        let said = well(&place.pull(system, &server.url));
        place.has(system, 7);
        assert!(said.contains("7 records in out.csv. The server sent 7; 0 of them"), "{said}");
        // The first two pages were not asked for again.
        assert_eq!(asked() - before, 2, "{:#?}", server.asked());
    }
}

#[test]
fn a_second_pull_adds_what_is_new() {
    for system in SYSTEMS {
        let place = Place::new(system);
        let of = Arc::new(AtomicUsize::new(3));
        let there = Arc::clone(&of);
        let server = RecordingServer::new(move |_, ask| system.answer(ask, there.load(Ordering::SeqCst)));
        well(&place.pull(system, &server.url));
        place.has(system, 3);
        of.store(6, Ordering::SeqCst);
        let said = well(&place.pull(system, &server.url));
        place.has(system, 6);
        assert!(said.contains("6 records in out.csv. The server sent 6; 3 of them"), "{said}");
    }
}

#[test]
fn a_token_that_ran_out_is_issued_anew() {
    let place = Place::new(System::Primero);
    // After the first page the token is not accepted any more, once.
    let server =
        RecordingServer::new(
            |n, ask| if n == 2 { Reply::Status(401, "") } else { System::Primero.answer(ask, 4) },
        );
    well(&place.pull(System::Primero, &server.url));
    place.has(System::Primero, 4);
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|a| a.line.starts_with("POST ")).count(), 2, "{asked:#?}");
}

#[test]
fn a_preview_is_a_mapping_and_shows_no_value() {
    for system in SYSTEMS {
        let place = Place::new(system);
        let server = RecordingServer::new(move |_, ask| system.answer(ask, 3));
        let shown = well(&place.command(system, &server.url, &["--preview"]).output().unwrap());
        silent_about_people(&shown, system);
        assert!(shown.contains("in 3 of 3") && shown.contains("\"local_key\""), "{shown}");
        assert!(shown.contains("\"happened_on\"") && shown.contains("[columns]"), "{shown}");
        assert_eq!(shown.contains("\"First Name\""), system == System::Dhis2, "{shown}");
        std::fs::write(place.path("mapping.toml"), &shown).unwrap();
        well(&place.pull(system, &server.url));
        let header = place.read("out.csv").lines().next().unwrap().to_owned();
        assert!(header.starts_with("happened_on,local_key"), "{header}");
        // With a mapping, what would be taken over is shown by it.
        std::fs::write(
            place.path("mapping.toml"),
            system.mapping().replace("sex\"\n", "sex\"\nnone = \"region\"\n"),
        )
        .unwrap();
        let more = ["--preview", "--mapping", "mapping.toml"];
        let shown = well(&place.command(system, &server.url, &more).output().unwrap());
        assert!(shown.contains(" = \"case\"  # in 3 of 3"), "{shown}");
        assert!(shown.contains("# in no record: \"none\""), "{shown}");
    }
}

#[test]
fn what_was_pulled_is_taken_by_the_register() {
    let (register, place) = (custody::Place::new(None), Place::new(System::Kobo));
    let server = RecordingServer::new(|_, ask| System::Kobo.answer(ask, 5));
    well(&place.pull(System::Kobo, &server.url));
    let file = place.path("out.csv").display().to_string();
    let said =
        register.works(&["import", &file, "--organisation", "shelter", "--lane", "help", "--lang", "en"]);
    assert!(said.contains('5'), "{said}");
}

#[test]
fn what_cannot_be_pulled_is_said_in_both_languages_and_without_anybody() {
    let system = System::Odk;
    let server =
        |status: u16, headers: &'static str| RecordingServer::new(move |_, _| Reply::Status(status, headers));
    let [refuses, nothing, moves] =
        [server(401, ""), server(404, ""), server(302, "location: https://elsewhere.example/\r\n")];
    let good = RecordingServer::new(move |_, ask| system.answer(ask, 2));
    let other = RecordingServer::new(|_, _| Reply::Page(serde_json::json!({"error": CANARY})));
    let circle = RecordingServer::new(move |_, ask| {
        let mut page = system.page(&ask.line, 2);
        page["@odata.nextLink"] = "https://your.odk.server/x?$top=2&$count=true&$expand=*".into();
        Reply::Page(page)
    });
    let plain = "http://192.0.2.1".to_owned();
    let named = "https://a:b@example.org".to_owned();
    type Change = fn(&Place);
    let as_it_is: Change = |_| {};
    let words: Change = |p| std::fs::write(p.path("token"), "two words").unwrap();
    let mine: Change = |p| std::fs::write(p.path("out.csv"), "mine\n").unwrap();
    let none: Change = |p| std::fs::write(p.path("mapping.toml"), "[columns]\n").unwrap();
    let twice: Change =
        |p| std::fs::write(p.path("mapping.toml"), "[columns]\na = \"sex\"\nb = \"sex\"\n").unwrap();
    for (url, change, english, dutch) in [
        (&refuses.url, as_it_is, "refuses the token", "weigert het token"),
        (&nothing.url, as_it_is, "nothing at this address", "niets op dit adres"),
        (&moves.url, as_it_is, "another address", "een ander adres"),
        (&other.url, as_it_is, "documentation describes", "de documentatie het beschrijft"),
        (&circle.url, as_it_is, "already read", "al gelezen"),
        (&plain, as_it_is, "https only", "alleen via https"),
        (&named, as_it_is, "--url: expected", "--url: verwacht"),
        (&good.url, words, "expected a token", "verwacht een token"),
        (&good.url, mine, "already exists", "bestaat al"),
        (&good.url, none, "no columns", "geen kolommen"),
        (&good.url, twice, "mapped to the column sex", "dezelfde kolom: sex"),
    ] {
        let place = Place::new(system);
        change(&place);
        for (language, says) in [("en", english), ("nl", dutch)] {
            let more = ["--mapping", "mapping.toml", "--out", "out.csv"];
            let error = wrong(&place.command_in(language, system, url, &more).output().unwrap());
            assert!(error.contains(says), "{says}: {error}");
            silent_about_people(&error, system);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_is_not_used() {
    let place = Place::new(System::Kobo);
    let server = RecordingServer::new(|_, ask| System::Kobo.answer(ask, 2));
    place.private("token", 0o640);
    let error = wrong(&place.pull(System::Kobo, &server.url));
    assert!(error.contains("other users can read this file"), "{error}");
    assert!(server.asked().is_empty());
}

#[test]
fn a_file_is_continued_by_the_same_pull_only_and_as_it_was_left() {
    let place = Place::new(System::Kobo);
    let server = RecordingServer::new(|_, ask| System::Kobo.answer(ask, 3));
    well(&place.pull(System::Kobo, &server.url));
    let kept = place.read("out.csv");
    std::fs::write(place.path("mapping.toml"), "[columns]\n_id = \"case\"\n").unwrap();
    let error = wrong(&place.pull(System::Kobo, &server.url));
    assert!(error.contains("another address, form or mapping"), "{error}");
    assert_eq!(place.read("out.csv"), kept);
    std::fs::write(place.path("mapping.toml"), System::Kobo.mapping()).unwrap();
    std::fs::write(place.path("out.csv"), &kept[..20]).unwrap();
    let error = wrong(&place.pull(System::Kobo, &server.url));
    assert!(error.contains("was changed after the last pull"), "{error}");
}
