//! `cargo xtask crates [COMMIT]`: the crates that others may use, as the Rust registry would have them.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use toml::{Table, Value};

use crate::resolved;

/// In the order in which they can be published: each after those that it needs. They are pure.
pub(crate) const CRATES: [&str; 5] =
    ["ijsberg-bits", "ijsberg-mse", "ijsberg-linkage", "ijsberg-signals", "ijsberg-disclosure"];

/// Categories of the registry that are used here; another one is refused there.
const CATEGORIES: [&str; 5] = ["algorithms", "hardware-support", "mathematics", "science", "text-processing"];

/// Packs each crate and builds it from its package, checks it with the oldest compiler that it names, and compares what it offers with
/// a commit if one is named.
pub(crate) fn crates() -> anyhow::Result<()> {
    let root = std::env::current_dir().context("no directory")?;
    for name in CRATES {
        let wrong = faults(&root, name)?;
        ensure!(wrong.is_empty(), "{name}: {}", wrong.join("; "));
    }
    let resolved = resolved::metadata(&[])?;
    for name in CRATES {
        let wrong = newer(&resolved, name)?;
        ensure!(wrong.is_empty(), "{name} names an older Rust than what it needs: {}", wrong.join(", "));
    }
    let packages = CRATES.map(|name| ["--package", name]);
    let packages = packages.as_flattened();
    run(Command::new(env!("CARGO")).args(["package", "--locked"]).args(packages))?;
    let there = Command::new("rustup").args(["toolchain", "list"]).output();
    let there = there.map(|o| String::from_utf8_lossy(&o.stdout).into_owned()).unwrap_or_default();
    for name in CRATES {
        let oldest = oldest(&manifest(&root, name)?)?;
        let is_it = |l: &str| l.strip_prefix(&oldest).is_some_and(|rest| rest.starts_with(['-', '.']));
        if !there.lines().any(is_it) {
            eprintln!(
                "{name} is not checked with Rust {oldest}, only what it needs by what that says of itself: \
                 `rustup toolchain install {oldest}`"
            );
            continue;
        }
        let mut check = Command::new("rustup");
        check.args(["run", &oldest, "cargo", "check", "--locked", "--target-dir", "target/oldest"]);
        // That of this program is another one.
        run(check.args(["--package", name]).env_remove("CARGO").env_remove("RUSTC"))?;
    }
    if let Some(commit) = std::env::args().nth(2) {
        let there = Command::new(env!("CARGO")).args(["semver-checks", "--version"]).output();
        ensure!(
            there.is_ok_and(|o| o.status.success()),
            "nothing is compared with {commit}: `cargo install cargo-semver-checks`"
        );
        let mut compare = Command::new(env!("CARGO"));
        run(compare.args(["semver-checks", "--baseline-rev", &commit]).args(packages))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    eprintln!("$ {command:?}");
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

/// The manifest of a crate.
fn manifest(root: &Path, name: &str) -> anyhow::Result<Table> {
    read(&root.join("crates").join(name).join("Cargo.toml"))?.parse().with_context(|| name.to_owned())
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The oldest compiler that a crate names.
fn oldest(manifest: &Table) -> anyhow::Result<String> {
    let version = manifest.get("package").and_then(|p| p.get("rust-version")).and_then(Value::as_str);
    Ok(version.context("no rust-version of its own")?.to_owned())
}

/// What a crate needs that says of itself that the oldest compiler of the crate is too old for it.
fn newer(resolved: &serde_json::Value, name: &str) -> anyhow::Result<Vec<String>> {
    let own = resolved::package(resolved, name)?;
    let rust = |p: &serde_json::Value| p["rust_version"].as_str().map(numbers).transpose();
    let oldest = rust(own)?.with_context(|| format!("{name} names no Rust"))?;
    let mut found = Vec::new();
    for needed in resolved::below(resolved, own)? {
        // Many say nothing.
        if rust(needed)?.is_some_and(|asked| asked > oldest) {
            found.push(format!("{} asks for {}", needed["name"], needed["rust_version"]));
        }
    }
    Ok(found)
}

/// The three numbers of a version of Rust; what is not said is 0.
fn numbers(version: &str) -> anyhow::Result<[u32; 3]> {
    let mut all = [0; 3];
    for (number, said) in all.iter_mut().zip(version.split('.')) {
        *number = said.parse().with_context(|| format!("{version} is no version of Rust"))?;
    }
    Ok(all)
}

/// What the registry, or who finds the crate there, would miss.
fn faults(root: &Path, name: &str) -> anyhow::Result<Vec<String>> {
    let (all, own) = (read(&root.join("Cargo.toml"))?.parse::<Table>()?, manifest(root, name)?);
    let workspace = all.get("workspace").and_then(Value::as_table).context("no workspace")?;
    let package = own.get("package").and_then(Value::as_table).context("no package")?;
    let (folder, mut wrong) = (root.join("crates").join(name), Vec::new());
    let mut must = |holds: bool, what: String| {
        if !holds {
            wrong.push(what);
        }
    };
    let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
    let words = |key: &str| -> Vec<&str> {
        package.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    };
    must(!package.contains_key("publish"), "it says that it is not published".to_owned());
    must(text("description").len() > 20, "no description".to_owned());
    must(text("documentation") == format!("https://docs.rs/{name}"), "no documentation".to_owned());
    must(package.contains_key("license"), "no licence".to_owned());
    let (keywords, categories) = (words("keywords"), words("categories"));
    must((1..=5).contains(&keywords.len()), "one to five keywords".to_owned());
    for word in keywords {
        let letters = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        must(letters && (1..=20).contains(&word.len()), format!("keyword {word}"));
    }
    must((1..=5).contains(&categories.len()), "one to five categories".to_owned());
    for category in categories {
        must(CATEGORIES.contains(&category), format!("category {category}"));
    }
    for file in ["LICENSE-MIT", "LICENSE-APACHE", text("readme"), "src/lib.rs", "examples/first.rs"] {
        let packed = words("include").iter().any(|i| packs(i, file));
        must(packed && folder.join(file).is_file(), format!("{file} is not in the package"));
    }
    // The first example that readers see is one that is compiled.
    let example = read(&folder.join("examples/first.rs"))?;
    let code = example.split_once("\n\n").map(|(_, code)| code).unwrap_or_default();
    let shown = read(&folder.join("README.md"))?;
    must(shown.contains(&format!("```rust\n{code}```")), "README.md shows another example".to_owned());
    let oldest = format!("Needs Rust {}.", oldest(&own)?);
    must(shown.contains(&oldest), "README.md names another Rust".to_owned());
    for dependency in needed(&own) {
        let entry = workspace.get("dependencies").and_then(|d| d.get(dependency));
        let version = entry.and_then(|e| e.get("version")).and_then(Value::as_str);
        let ours = workspace.get("package").and_then(|p| p.get("version")).and_then(Value::as_str);
        must(CRATES.contains(&dependency), format!("{dependency} is not published"));
        must(version.is_some() && version == ours, format!("{dependency} has no version, or another one"));
    }
    Ok(wrong)
}

/// Whether what is included, as a manifest says it, holds a file.
fn packs(included: &str, file: &str) -> bool {
    let included = included.trim_start_matches('/');
    match included.strip_suffix('*') {
        Some(start) => file.starts_with(start),
        None => file.strip_prefix(included).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

/// The crates of this tree that a crate needs.
fn needed(manifest: &Table) -> Vec<&str> {
    let dependencies = manifest.get("dependencies").and_then(Value::as_table);
    let names = dependencies.into_iter().flat_map(Table::keys).map(String::as_str);
    names.filter(|n| n.starts_with("ijsberg-")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    #[test]
    fn the_registry_would_take_every_crate_that_is_published() {
        for name in CRATES {
            assert_eq!(faults(&root(), name).unwrap(), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn each_crate_comes_after_those_it_needs() {
        for (place, name) in CRATES.iter().enumerate() {
            for dependency in needed(&manifest(&root(), name).unwrap()) {
                assert!(CRATES[..place].contains(&dependency), "{name} before {dependency}");
            }
        }
    }

    #[test]
    fn nothing_that_a_crate_needs_asks_for_a_newer_rust() {
        let resolved = resolved::metadata(&[]).unwrap();
        for name in CRATES {
            assert_eq!(newer(&resolved, name).unwrap(), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn a_dependency_that_asks_for_a_newer_rust_is_found() {
        let of = |needed: &str, deeper: &str| newer(&resolved::tests::small(needed, deeper), "ours").unwrap();
        assert!(of("1.88.0", "1.9").is_empty());
        assert_eq!(of("1.80", "1.88.1"), ["\"deeper\" asks for \"1.88.1\""]);
        assert_eq!(of("1.100", "2.0").len(), 2);
        assert!(numbers("stable").is_err());
    }

    #[test]
    fn what_is_included_is_a_file_a_folder_or_a_beginning() {
        assert!(packs("/src", "src/lib.rs") && packs("/README.md", "README.md"));
        assert!(packs("/LICENSE-*", "LICENSE-MIT"));
        assert!(!packs("/src", "srcs/lib.rs") && !packs("/rules", "src/rules.rs"));
    }

    #[test]
    fn a_crate_that_is_not_published_has_faults() {
        assert!(faults(&root(), "ijsberg-tables").is_err());
    }

    /// What a crate holds is in its folder: a package has no other.
    #[test]
    fn no_crate_takes_in_files_of_others() {
        fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    sources(&path, found);
                } else if path.extension().is_some_and(|e| e == "rs") {
                    found.push(path);
                }
            }
        }
        for name in CRATES {
            let folder = root().join("crates").join(name).join("src").canonicalize().unwrap();
            let mut found = Vec::new();
            sources(&folder, &mut found);
            for path in found {
                let (text, up) = (read(&path).unwrap(), path.parent().unwrap());
                for taken in text.split("include_str!(\"").skip(1) {
                    let file = up.join(taken.split('"').next().unwrap()).canonicalize().unwrap();
                    assert!(file.starts_with(folder.parent().unwrap()), "{}", path.display());
                }
            }
        }
    }
}
