//! Keys, passphrases, shares and copies of a register as those who run it use them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) fn out(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

/// A register in a directory of its own, in a file or in PostgreSQL.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    url: Option<String>,
}

pub(crate) fn database() -> String {
    let server = std::env::var("IJSBERG_TEST_POSTGRES")
        .expect("IJSBERG_TEST_POSTGRES is not set: run `cargo xtask test`, or set it to the URL of a server to try things on");
    let name = format!("c{}", ijsberg_crypto::hex(&ijsberg_crypto::random::<8>().unwrap()));
    let mut admin = ijsberg_postgres::Postgres::open(&format!("{server}/postgres")).unwrap();
    ijsberg_store::Driver::batch(&mut admin, &format!("CREATE DATABASE {name}")).unwrap();
    format!("{server}/{name}")
}

impl Place {
    pub(crate) fn bare(url: Option<String>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("secret"), "a passphrase for tests").unwrap();
        std::fs::write(dir.path().join("password"), "a password for tests").unwrap();
        Self { dir, url }
    }

    pub(crate) fn new(url: Option<String>) -> Self {
        let place = Self::bare(url);
        place.works(&["init", "--shares", "0"]);
        place.works(&["user", "grant", "keeper", "registrar"]);
        place.works(&["user", "grant", "keeper", "vault-keeper"]);
        place.works(&["lane", "open", "help", "--basis", "consent", "--assessed", "2026-01-01"]);
        place.works(&["organisation", "add", "shelter", "--name", "s", "--kind", "OPVANG", "--list", "Z"]);
        let file = "organisation,case,date,sex,minor,nationality,form,first name,surname\n\
                    shelter,1,2016-05-31,F,no,RO,LABOUR,Kanarie,Kanariescu\n";
        std::fs::write(place.path("file.csv"), file).unwrap();
        place.works(&["import", "file.csv", "--lane", "help"]);
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn command(&self, at: &str, url: Option<&str>, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
        command
            .arg("register")
            .args(arguments)
            .args(["--passphrase-file", "secret", "--at", at])
            .current_dir(self.dir.path())
            .env_remove("IJSBERG_PASSPHRASE")
            .env_remove("IJSBERG_PASSWORD")
            .env_remove("IJSBERG_REGISTER_URL")
            .stdin(Stdio::null());
        if let Some(url) = url {
            command.env("IJSBERG_REGISTER_URL", url);
        }
        command
    }

    pub(crate) fn run_at(&self, at: &str, url: Option<&str>, arguments: &[&str]) -> Output {
        self.command(at, url, arguments).args(["--password-file", "password"]).output().unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_at("register", self.url.as_deref(), arguments)
    }

    pub(crate) fn works(&self, arguments: &[&str]) -> String {
        let o = self.run(arguments);
        assert!(o.status.success(), "{arguments:?}: {}", out(&o));
        out(&o)
    }

    pub(crate) fn fails(&self, arguments: &[&str], expected: &str) {
        let o = self.run(arguments);
        let said = out(&o);
        assert!(!o.status.success() && said.contains(expected), "{arguments:?}: {said}");
    }

    pub(crate) fn reads_the_name(&self, at: &str, url: Option<&str>) {
        let person = out(&self.run_at(at, url, &["find", "shelter", "1"]));
        let said = out(&self.run_at(at, url, &["identity", "show", person.trim()]));
        assert!(said.contains("Kanarie"), "{said}");
    }
}

fn files(dir: &Path) -> Vec<String> {
    let Ok(all) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut names: Vec<String> = all.map(|f| f.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Nobody but its owner reads anything of it.
#[cfg(unix)]
fn private(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for path in std::iter::once(dir.to_owned()).chain(files(dir).iter().map(|f| dir.join(f))) {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
}

pub(crate) fn a_copy_counts_when_it_was_restored(place: &Place, again: Option<&str>) {
    let said = place.works(&["backup", "--out", "copy"]);
    assert!(said.contains("opened there"), "{said}");
    assert_eq!(
        files(&place.path("copy")),
        ["register.db", "register.keys", "register.seal", "register.vault"]
    );
    private(&place.path("copy"));
    place.works(&["user", "add", "later", "--new-password-file", "password"]);
    let o = place.run_at("again", again, &["restore", "copy"]);
    assert!(o.status.success(), "{}", out(&o));
    private(&place.path("again"));
    place.reads_the_name("again", again);
    let o = place.run_at("again", again, &["audit", "verify"]);
    assert!(o.status.success(), "{}", out(&o));
    // With the vault file of another register it is no copy, though everything else is right.
    let other = Place::new(None);
    let (own, wrong) = (place.path("register/register.vault"), other.path("register/register.vault"));
    let kept = std::fs::read(&own).unwrap();
    std::fs::copy(&wrong, &own).unwrap();
    place.fails(&["backup", "--out", "wrong"], "belongs to another register");
    assert!(!place.path("wrong").exists());
    assert!(
        !files(place.dir.path()).iter().any(|f| f.starts_with(".wrong")),
        "{:?}",
        files(place.dir.path())
    );
    std::fs::write(&own, kept).unwrap();
    std::fs::copy(&wrong, place.path("copy/register.vault")).unwrap();
    let fresh = again.map(|_| database());
    let o = place.run_at("third", fresh.as_deref(), &["restore", "copy"]);
    assert!(!o.status.success() && out(&o).contains("belongs to another register"), "{}", out(&o));
    assert!(!place.path("third").exists());
}

#[test]
fn a_copy_of_a_file_counts_when_it_was_restored() {
    a_copy_counts_when_it_was_restored(&Place::new(None), None);
}

#[test]
fn a_copy_of_a_database_counts_when_it_was_restored() {
    let place = Place::new(Some(database()));
    a_copy_counts_when_it_was_restored(&place, Some(&database()));
    // A database that holds a register is not written over, and stays as it is.
    let o = place.run_at("fourth", place.url.as_deref(), &["init"]);
    assert!(!o.status.success() && out(&o).contains("has tables already"), "{}", out(&o));
    place.reads_the_name("register", place.url.as_deref());
}

#[test]
fn an_older_file_in_its_place_is_found() {
    let place = Place::new(None);
    std::fs::copy(place.path("register/register.db"), place.path("old")).unwrap();
    place.works(&["user", "revoke", "keeper", "registrar"]);
    std::fs::copy(place.path("old"), place.path("register/register.db")).unwrap();
    place.fails(&["status"], "older than it was");
    place.fails(&["backup", "--out", "copy"], "older than it was");
    // The seal was lost: nothing opens until somebody accepts the log as it is.
    std::fs::remove_file(place.path("register/register.seal")).unwrap();
    place.fails(&["status"], "register.seal is missing");
    place.works(&["audit", "anchor"]);
    place.works(&["status"]);
}

#[test]
fn a_register_without_bytes_is_not_made_anew() {
    let place = Place::new(None);
    std::fs::write(place.path("register/register.db"), []).unwrap();
    place.fails(&["status"], "has no bytes");
    assert_eq!(std::fs::metadata(place.path("register/register.db")).unwrap().len(), 0);
}

#[test]
fn a_failed_init_leaves_nothing() {
    for (name, content, expected) in [
        ("password", "short", "at least 12"),
        ("secret", "short", "at least 12"),
        ("password", "a passphrase for tests", "must differ from the passphrase"),
    ] {
        for url in [None, Some(database())] {
            let place = Place::bare(url);
            std::fs::write(place.path(name), content).unwrap();
            place.fails(&["init"], expected);
            assert_eq!(files(place.dir.path()), ["password", "secret"]);
            // Nothing stands in the way of doing it right.
            std::fs::write(place.path("secret"), "a passphrase for tests").unwrap();
            std::fs::write(place.path("password"), "a password for tests").unwrap();
            place.works(&["init"]);
        }
    }
}

#[test]
fn a_password_in_the_url_is_not_taken_from_the_command_line() {
    let place = Place::bare(None);
    for url in ["postgresql://u:secret@127.0.0.1:1/r", "host=127.0.0.1 port=1 password=secret"] {
        for typed in [
            vec!["status".to_owned(), "--url".into(), url.into()],
            vec!["status".into(), format!("--url={url}")],
        ] {
            let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
            let o = place.run_at("register", None, &[&["init"], &typed[1..]].concat());
            let said = out(&o);
            assert!(
                !o.status.success() && said.contains("--url-file") && !said.contains("secret@"),
                "{said}"
            );
        }
        // From a file or the environment it is.
        std::fs::write(place.path("url"), url).unwrap();
        let o = place.run_at("register", None, &["init", "--url-file", "url"]);
        assert!(out(&o).contains("does not answer"), "{}", out(&o));
        let o = place.run_at("register", Some(url), &["init"]);
        assert!(out(&o).contains("does not answer"), "{}", out(&o));
    }
}

#[test]
fn every_key_changes_and_so_do_passphrases() {
    let place = Place::new(None);
    let kept = |name: &str| std::fs::read(place.path(&format!("register/{name}"))).unwrap();
    let before = [kept("register.keys"), kept("register.vault")];
    let said = place.works(&["keys", "rotate"]);
    assert!(said.contains("Every key") && said.contains("key of the file was changed too"), "{said}");
    assert!(before[0] != kept("register.keys") && before[1] != kept("register.vault"));
    place.reads_the_name("register", None);
    place.works(&["audit", "verify"]);
    // Who kept the files of before opens nothing with them.
    let now = [kept("register.keys"), kept("register.vault")];
    std::fs::write(place.path("register/register.keys"), &before[0]).unwrap();
    assert!(!place.run(&["status"]).status.success());
    std::fs::write(place.path("register/register.keys"), &now[0]).unwrap();
    std::fs::write(place.path("new"), "another passphrase for tests").unwrap();
    place.works(&["keys", "passphrase", "--new-passphrase-file", "new"]);
    place.fails(&["status"], "cannot open");
    std::fs::rename(place.path("new"), place.path("secret")).unwrap();
    place.reads_the_name("register", None);
    place.works(&["keys", "rotate"]);
    place.reads_the_name("register", None);
}

#[test]
fn shares_give_a_lost_register_back() {
    let place = Place::bare(None);
    let said = place.works(&["init", "--shares", "4", "--needed", "2"]);
    let shares: Vec<&str> = said.split_whitespace().filter(|w| w.starts_with("ijsberg-share-2-")).collect();
    assert_eq!(shares.len(), 4, "{said}");
    for (i, share) in shares.iter().enumerate() {
        std::fs::write(place.path(&format!("share{i}")), share).unwrap();
    }
    // The passphrase and the password are lost.
    std::fs::write(place.path("secret"), "a passphrase of a later day").unwrap();
    std::fs::write(place.path("password"), "a password of a later day").unwrap();
    place.fails(&["status"], "cannot open");
    let recover = |shares: &[&str]| {
        let mut all =
            vec!["keys", "recover", "--new-passphrase-file", "secret", "--new-password-file", "password"];
        all.extend(shares.iter().flat_map(|s| ["--share", s]));
        place.run(&all)
    };
    let o = recover(&["share1"]);
    assert!(!o.status.success() && out(&o).contains("do not give a key"), "{}", out(&o));
    let o = recover(&["share3", "share1"]);
    assert!(o.status.success() && out(&o).contains("administrator again"), "{}", out(&o));
    place.works(&["user", "grant", "keeper", "auditor"]);
    assert!(place.works(&["audit", "show"]).contains("given back by shares"));
    // New shares take the place of the old.
    assert!(place.works(&["keys", "shares", "--shares", "3", "--needed", "2"]).contains("ijsberg-share-2-"));
    assert!(!recover(&["share3", "share1"]).status.success());
}

#[test]
fn the_first_password_is_made_where_nobody_can_be_asked() {
    let place = Place::bare(None);
    let o = place.command("register", None, &["init", "--shares", "0"]).output().unwrap();
    let said = out(&o);
    assert!(o.status.success(), "{said}");
    let password = said.split("first password of keeper is ").nth(1).unwrap().split(' ').next().unwrap();
    let o = place.command("register", None, &["status"]).output().unwrap();
    assert!(out(&o).contains("--password-file"), "{}", out(&o));
    std::fs::write(place.path("password"), password).unwrap();
    place.works(&["status"]);
}
