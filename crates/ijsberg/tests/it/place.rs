//! A register in a directory of its own, at the command line.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

pub(crate) fn out(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

/// A register in a directory of its own.
pub(crate) struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("secret"), "a passphrase for tests").unwrap();
        std::fs::write(dir.path().join("password"), "a password for tests").unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_at("register", arguments)
    }

    pub(crate) fn run_at(&self, at: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .arg("register")
            .args(arguments)
            .args(["--passphrase-file", "secret", "--at", at])
            .args(if arguments.contains(&"--password-file") {
                &[][..]
            } else {
                &["--password-file", "password"]
            })
            .current_dir(self.dir.path())
            .env_remove("IJSBERG_PASSPHRASE")
            .env_remove("IJSBERG_PASSWORD")
            .env_remove("IJSBERG_REGISTER_URL")
            .stdin(Stdio::null())
            .output()
            .unwrap()
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
        assert!(!said.contains("Kanarie"), "{said}");
    }

    pub(crate) fn write(&self, name: &str, content: &str) -> String {
        std::fs::write(self.path(name), content).unwrap();
        name.to_owned()
    }

    pub(crate) fn furnished() -> Self {
        let place = Self::new();
        assert!(place.works(&["init"]).contains("cannot see case data"));
        place.fails(
            &["histories", "--from", "2016", "--to", "2016", "--out", "h.csv"],
            "keeper may not do this",
        );
        for role in [
            "registrar",
            "case-worker",
            "linker",
            "statistician",
            "auditor",
            "records-manager",
            "vault-keeper",
        ] {
            place.works(&["user", "grant", "keeper", role]);
        }
        place.works(&["lane", "open", "help", "--basis", "consent", "--assessed", "2026-01-01"]);
        place.works(&[
            "lane",
            "open",
            "statistics",
            "--basis",
            "art. 9(2)(j) GDPR",
            "--assessed",
            "2026-01-01",
        ]);
        for (id, kind, list) in [("shelter", "OPVANG", "Z"), ("police", "NP", "P")] {
            place.works(&["organisation", "add", id, "--name", id, "--kind", kind, "--list", list]);
        }
        place
    }
}
