//! What `docs/threats.md` promises is shown by tests: each that it names is there.

use std::path::{Path, PathBuf};

use crate::program::root;

/// Sources of a folder and those below it.
pub(crate) fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(path);
        }
    }
}

/// Whether a source has a test of that name: a function below `#[test]` or the like, or one that runs on both back ends.
fn has(source: &str, name: &str) -> bool {
    let begins = [format!("fn {name}("), format!("fn {name}<")];
    let at = begins.iter().find_map(|b| source.find(b.as_str()));
    let Some(at) = at else { return false };
    let before: Vec<&str> = source[..at].lines().rev().take(6).collect();
    let marked = before.iter().any(|l| l.contains("test]") || l.contains("test("));
    let told = source
        .split("on_both!(")
        .skip(1)
        .any(|list| list.split(')').next().is_some_and(|names| names.split(',').any(|n| n.trim() == name)));
    let proven = source[..at].rfind("proptest! {").is_some();
    marked || told || proven
}

#[test]
fn every_test_that_the_threats_name_is_there() {
    let threats = std::fs::read_to_string(root().join("docs/threats.md")).unwrap();
    let mut files = Vec::new();
    ["crates", "tests"].iter().for_each(|folder| sources(&root().join(folder), &mut files));
    let read: Vec<(String, String)> = files
        .iter()
        .map(|path| {
            let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
            (stem, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let mut named = 0;
    for row in threats.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| control")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let is_name = |t: &&str| t.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
        let shown = cells.last().unwrap();
        let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).filter(is_name).collect();
        assert!(!tests.is_empty() || shown.trim() == "the same", "no test shows it: {row}");
        for test in tests {
            let (module, name) = test.rsplit_once("::").unwrap_or(("", test));
            let there =
                read.iter().any(|(stem, source)| (module.is_empty() || stem == module) && has(source, name));
            assert!(there, "there is no test {test}: {row}");
            named += 1;
        }
    }
    assert!(named > 100, "{named}");
}
