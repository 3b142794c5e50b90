//! `cargo xtask docs`, `cargo xtask mutants CRATE` (or `gate`) and `cargo xtask coverage CRATE`: how good documentation and tests are. Each
//! takes too long to be part of every test run.

use std::process::Command;

use anyhow::{Context, ensure};

use crate::registry::CRATES;
use crate::{cargo, cargo_with};

/// Builds the documentation of every crate, that of private items too. A warning, such as a link that leads nowhere, is an error.
pub(crate) fn docs() -> anyhow::Result<()> {
    let arguments = ["doc", "--workspace", "--no-deps", "--document-private-items", "--locked", "--quiet"];
    cargo_with(&arguments, &[("RUSTDOCFLAGS", "-D warnings")])
}

/// The files that decide what is published, in `ijsberg-publication`.
const GATE: [&str; 4] = ["gate.rs", "linked.rs", "linked/places.rs", "persons.rs"];

/// Makes one small change after another in a pure crate, or in the gate of a publication, and lists those that no test notices in
/// `target/mutants`.
pub(crate) fn mutants() -> anyhow::Result<()> {
    let to = ["--output", "target/mutants"];
    let given: Vec<String> = std::env::args().skip(2).collect();
    if given.first().is_none_or(|name| name != "gate") {
        return on_pure("mutants", &to);
    }
    installed("mutants")?;
    let files = GATE.map(|file| format!("crates/ijsberg-publication/src/{file}"));
    let files = files.iter().flat_map(|file| ["--file", file.as_str()]);
    let more = given[1..].iter().map(String::as_str);
    let package = ["mutants", "--package", "ijsberg-publication"];
    cargo(&package.into_iter().chain(to).chain(files).chain(more).collect::<Vec<_>>())
}

/// Shows in `target/coverage` which lines of a pure crate its tests run.
pub(crate) fn coverage() -> anyhow::Result<()> {
    on_pure("llvm-cov", &["--locked", "--html", "--output-dir", "target/coverage"])
}

/// Runs a command of cargo on the pure crate that is named; the arguments after its name go to the command.
fn on_pure(command: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let given: Vec<String> = std::env::args().skip(2).collect();
    let (name, more) = given.split_first().context("which crate?")?;
    ensure!(CRATES.contains(&name.as_str()), "{name} is none of {}", CRATES.join(", "));
    installed(command)?;
    let more = more.iter().map(String::as_str);
    let package = [command, "--package", name.as_str()];
    cargo(&package.into_iter().chain(arguments.iter().copied()).chain(more).collect::<Vec<_>>())
}

/// That a command of cargo is there.
fn installed(command: &str) -> anyhow::Result<()> {
    let version = Command::new(env!("CARGO")).args([command, "--version"]).output();
    let is_there = version.is_ok_and(|output| output.status.success());
    ensure!(is_there, "install it first: cargo install --locked cargo-{command}");
    Ok(())
}
