//! What cargo resolves this tree to: its packages, and which of them another needs.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::Value;

/// What `cargo metadata` says, with more arguments.
pub(crate) fn metadata(arguments: &[&str]) -> anyhow::Result<Value> {
    let mut command = Command::new(env!("CARGO"));
    let output = command.args(["metadata", "--format-version", "1", "--locked"]).args(arguments).output();
    let output = output.context("cannot run cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")
}

/// All packages.
pub(crate) fn packages(metadata: &Value) -> anyhow::Result<&[Value]> {
    metadata["packages"].as_array().map(Vec::as_slice).context("cargo metadata names no packages")
}

/// The package of a name that one alone has, such as those of this tree.
pub(crate) fn package<'a>(metadata: &'a Value, name: &str) -> anyhow::Result<&'a Value> {
    packages(metadata)?.iter().find(|p| p["name"] == name).with_context(|| format!("there is no {name}"))
}

/// What a package is made of, itself among it: all that it needs, and that needs, without what only tests need.
pub(crate) fn below<'a>(metadata: &'a Value, package: &'a Value) -> anyhow::Result<Vec<&'a Value>> {
    let nodes = metadata["resolve"]["nodes"].as_array().context("cargo metadata resolves nothing")?;
    let (mut seen, mut next) = (BTreeSet::new(), vec![package["id"].as_str().context("no id")?]);
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(node) = nodes.iter().find(|n| n["id"] == id) else { continue };
        let normal =
            |d: &&Value| d["dep_kinds"].as_array().is_some_and(|k| k.iter().any(|k| k["kind"] != "dev"));
        let deps = node["deps"].as_array().into_iter().flatten().filter(normal);
        next.extend(deps.filter_map(|d| d["pkg"].as_str()));
    }
    let all = packages(metadata)?.iter();
    Ok(all.filter(|p| p["id"].as_str().is_some_and(|id| seen.contains(id))).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A package `ours` that needs `needed`, and that `deeper`, each with the Rust that it says it needs; tests need `tested` as well.
    pub(crate) fn small(needed: &str, deeper: &str) -> Value {
        let package = |name: &str, rust: &str| json!({ "id": name, "name": name, "rust_version": rust });
        let dependency = |name: &str, kind: Value| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        json!({
            "packages": [
                package("ours", "1.88"),
                package("needed", needed),
                package("deeper", deeper),
                package("tested", "1.99"),
            ],
            "resolve": { "nodes": [
                { "id": "ours", "deps": [dependency("needed", Value::Null), dependency("tested", json!("dev"))] },
                { "id": "needed", "deps": [dependency("deeper", json!("build"))] },
                { "id": "deeper", "deps": [] },
                { "id": "tested", "deps": [] },
            ] },
        })
    }

    #[test]
    fn what_only_tests_need_is_not_below() {
        let all = small("1.80", "1.80");
        let found = below(&all, package(&all, "ours").unwrap()).unwrap();
        let names: Vec<&str> = found.iter().filter_map(|p| p["name"].as_str()).collect();
        assert_eq!(names, ["ours", "needed", "deeper"]);
        assert!(package(&all, "nothing").is_err());
    }

    /// The package for Python cannot open a register, so its wheel has nothing of one.
    #[test]
    fn the_package_for_python_is_made_without_the_register() {
        // Features are those of a choice of packages: of this one alone, as it is built for its users.
        let mut command = Command::new(env!("CARGO"));
        command.args(["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
        let output = command.args(["--package", "ijsberg-python"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let tree = String::from_utf8(output.stdout).unwrap();
        let names: BTreeSet<&str> = tree.lines().filter_map(|l| l.split(' ').next()).collect();
        assert!(names.contains("ijsberg-analysis") && names.contains("pyo3"), "{names:?}");
        for name in ["register", "store", "crypto", "signals", "disclosure"] {
            assert!(!names.contains(format!("ijsberg-{name}").as_str()), "{name}");
        }
    }
}
