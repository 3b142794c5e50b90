//! A constant stands once: where two files say what a name is worth, one of them will be changed without the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::arrows::{Crate, crates};
use crate::house::without_tests;
use crate::program::root;

/// Names that have the same value in several files and are not the same thing: name, values, and the reason.
const APART: [(&str, &[&str], &str); 9] = [
    ("AT_ONCE", &["200", "500", "1000"], "how many rows a statement takes is tuned for each statement"),
    ("DECREMENT", &["1e-9"], "each search of Newton's method stops by a measure of its own likelihood"),
    ("FARTHEST", &["3.0", "5.0"], "each chart ends where its own figures can still be read"),
    ("LONGEST_NAME", &["60"], "the name of a view and the name of a run are bounded by different pages"),
    ("MAX_LISTS", &["16"], "three crates that do not know one another; assertions in others compare them"),
    ("MAX_STEPS", &["60"], "each search of Newton's method has its own reason to stop"),
    ("MOST_LEVELS", &["200"], "reading, linking and publishing bound levels for reasons of their own"),
    ("MOST_LISTS", &["8"], "each method is bounded by what its own fits cost"),
    ("REPLICATES", &["999"], "a test of fit and a test of randomness, each with as many tables as it needs"),
];

/// Whether a name is so much of its own that two of it are hardly two things.
fn is_distinctive(name: &str) -> bool {
    name.contains('_') || name.len() >= 8
}

/// Names and values of the constants of a source.
fn constants(source: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let of_a_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some((before, rest)) = line.split_once("const ") else { continue };
        let Some((name, _)) = rest.split_once(':') else { continue };
        let is_one = before.is_empty() || before.starts_with("pub");
        let Some(end) = lines[at..].iter().position(|l| l.ends_with(';')) else { continue };
        if !is_one || !name.chars().all(of_a_name) {
            continue;
        }
        if let Some((_, value)) = lines[at..=at + end].join(" ").split_once(" = ") {
            found.push((name.to_owned(), value.trim_end_matches(';').to_owned()));
        }
    }
    found
}

#[test]
fn a_constant_stands_once() {
    let mut stands: BTreeMap<(String, String), BTreeSet<PathBuf>> = BTreeMap::new();
    for one in crates().into_iter().chain([Crate::at("xtask")]) {
        for (path, source) in without_tests(&one.folder.join("src")) {
            for constant in constants(&source).into_iter().filter(|c| is_distinctive(&c.0)) {
                stands.entry(constant).or_default().insert(path.strip_prefix(root()).unwrap().to_owned());
            }
        }
    }
    assert!(stands.len() > 200, "{}", stands.len());
    stands.retain(|_, files| files.len() > 1);
    for (name, values, why) in APART {
        assert!(why.len() > 10, "{name}");
        for value in values {
            let there = stands.remove(&(name.to_owned(), (*value).to_owned()));
            assert!(there.is_some(), "{name} = {value} stands once and needs no reason");
        }
    }
    let twice = stands.iter().map(|((name, value), files)| format!("{name} = {value}: {files:?}"));
    let twice: Vec<String> = twice.collect();
    assert!(twice.is_empty(), "one place, or names that tell them apart:\n{}", twice.join("\n"));
}

#[test]
fn constants_are_read() {
    let lines = [
        "pub(crate) const A_B: [u8; 2] =",
        "    [1, 2];",
        "const fn f() {}",
        "    const X: &str = \"a\";",
        "const _: () = ();",
    ];
    let read = constants(&lines.join("\n"));
    let read: Vec<(&str, &str)> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(read, [("A_B", "[1, 2]"), ("X", "\"a\""), ("_", "()")]);
    assert!(is_distinctive("A_B") && is_distinctive("VANISHING") && !is_distinctive("MOST"));
}
