//! No English is left in Dutch texts: texts of pages and reports, questions and rules, the help of the command line and the
//! Dutch guide.

use std::path::{Path, PathBuf};

use ijsberg_report::words::english;
use regex::Regex;

/// What is typed in and does not change with the language: arguments of a text and its forms, code, flags.
const TYPED: &str = r"\{[^}]*\}|\{ \$\w+ ->|^\s*\*?\[[^\]]*\]|`[^`]*`|--[a-z-]+";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Files below a folder whose names end so.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path, ending));
        } else if path.display().to_string().ends_with(ending) {
            all.push(path);
        }
    }
    all
}

/// No line has an English word once what is typed in is out of it, and there are at least so many lines.
fn all_dutch<'a>(lines: impl Iterator<Item = &'a str>, least: usize) {
    let typed = Regex::new(TYPED).unwrap();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for line in lines {
        seen += 1;
        if let Some(word) = english(&typed.replace_all(line, " ")) {
            wrong.push(format!("“{word}” in {}", line.trim()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= least, "{seen}");
}

#[test]
fn texts() {
    let mut all = String::new();
    for path in files(&root().join("crates/ijsberg-report/locales"), "nl.ftl") {
        all += &read(&path);
    }
    // Of a message its value: keys are English.
    let value = |line: &str| {
        let starts = line.starts_with(|c: char| c.is_ascii_lowercase());
        line.find('=').filter(|_| starts).map_or(0, |at| at + 1)
    };
    let lines = all.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.get(value(line)..));
    all_dutch(lines, 2000);
}

#[test]
fn questions_and_rules() {
    let dutch = Regex::new(r#"\bnl = "((?:[^"\\]|\\.)*)""#).unwrap();
    let mut all = Vec::new();
    for path in files(&root().join("crates/ijsberg-signals/rules"), ".toml") {
        all.extend(dutch.captures_iter(&read(&path)).map(|c| c[1].to_owned()));
    }
    all_dutch(all.iter().map(String::as_str), 200);
}

#[test]
fn help_of_the_command_line() {
    let help = read(&root().join("crates/ijsberg/src/help.nl.tsv"));
    all_dutch(help.lines().filter_map(|line| Some(line.split_once('\t')?.1)), 300);
}

#[test]
fn the_guide() {
    all_dutch(read(&root().join("docs/book/src/guide-nl.md")).lines(), 50);
}

#[test]
fn guides_of_one_page() {
    let code = Regex::new(r"(?s)```(sh|text)\n.*?```|\]\([^)]*\)").unwrap();
    for path in files(&root().join("docs/book/src/guides"), "-nl.md") {
        all_dutch(code.replace_all(&read(&path), " ").lines(), 20);
    }
}
