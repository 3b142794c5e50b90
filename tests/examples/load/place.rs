//! A register of synthetic people, and the server on it; both end with the value.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use ijsberg_postgres::Postgres;
use ijsberg_store::Driver as _;

/// Names the PostgreSQL server to try things on, as `cargo xtask postgres` sets it.
const SERVER: &str = "IJSBERG_TEST_POSTGRES";

pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) password: String,
    child: Child,
    _dir: tempfile::TempDir,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program beside this one, built like it.
fn program() -> PathBuf {
    let this = std::env::current_exe().expect("the program itself");
    let dir = this.parent().and_then(|d| d.parent()).expect("a folder of programs");
    let release = dir.file_name().is_some_and(|name| name == "release");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--locked", "--workspace", "--exclude", "xtask", "--bins"]);
    let status = build.args(release.then_some("--release")).status().expect("cargo");
    assert!(status.success(), "the program cannot be built");
    dir.join("ijsberg")
}

impl Place {
    pub(crate) fn make(postgres: bool) -> Self {
        let program = program();
        let dir = tempfile::tempdir().expect("a folder");
        let demo = dir.path().join("demo");
        let at = |name: &str| demo.join(name).display().to_string();
        let mut url = Vec::new();
        if postgres {
            let server = std::env::var(SERVER).expect("run it below `cargo xtask postgres`");
            let name = format!("load{}", std::process::id());
            let mut admin = Postgres::open(&format!("{server}/postgres")).expect("a server");
            admin.batch(&format!("CREATE DATABASE {name}")).expect("a database");
            url = vec!["--url".to_owned(), format!("{server}/{name}")];
        }
        let mut make = Command::new(&program);
        make.args(["register", "demo", "--out", &demo.display().to_string()]).args(&url);
        assert!(make.status().expect("the program").success(), "no register was made");
        let mut serve = Command::new(&program);
        serve
            .args(["serve", "--register", "--vault", "--synthetic", "--rate", "10000", "--log", "off"])
            .args(["--listen", "127.0.0.1:0", "--at", &at("register")])
            .args(["--passphrase-file", &at("passphrase"), "--password-file", &at("password")])
            .args(&url)
            .stdout(Stdio::piped());
        let mut child = serve.spawn().expect("a server");
        let mut said = String::new();
        BufReader::new(child.stdout.take().expect("its words")).read_line(&mut said).expect("an address");
        let address = said.split("http://").nth(1).and_then(|a| a.split('/').next()).expect("an address");
        let password = std::fs::read_to_string(at("password")).expect("a password").trim().to_owned();
        Self { address: address.to_owned(), password, child, _dir: dir }
    }

    /// Kilobytes that the server holds.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let line = status.lines().find(|l| l.starts_with("VmRSS:"));
        line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    }
}
