//! No text uses a word that has a better one: what holds for the words in `locales/` holds for the help of the command line, pages,
//! rules and the book.

use std::path::{Path, PathBuf};

use ijsberg_report::text::Language;
use ijsberg_report::words::{NAMES, forbidden};
use regex::Regex;

/// Both, for texts of which no part says which one it is in.
const BOTH: [Language; 2] = [Language::English, Language::Dutch];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Files below a folder whose names end so, with what they hold.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, ending: &str, all: &mut Vec<(String, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.display().to_string();
            if path.is_dir() {
                walk(&path, ending, all);
            } else if name.ends_with(ending) {
                all.push((name, std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut all = Vec::new();
    walk(&root().join(folder), ending, &mut all);
    assert!(!all.is_empty(), "{folder}");
    all
}

/// The lines of a text that use such a word.
fn found(language: Language, name: &str, lines: &[String]) -> Vec<String> {
    let names = Regex::new(NAMES).unwrap();
    let patterns = forbidden(language).iter().map(|p| Regex::new(&format!("(?i){p}")).unwrap());
    let patterns: Vec<Regex> = patterns.collect();
    let bare = lines.iter().map(|line| (line, names.replace_all(line, "").into_owned()));
    let wrong = bare.filter_map(|(line, bare)| {
        let word = patterns.iter().find_map(|p| p.find(bare.trim()))?;
        Some(format!("{name}: “{}” in {}", word.as_str(), line.trim()))
    });
    wrong.collect()
}

/// What is left of a text without what matches, in lines; breaks stay.
fn without(text: &str, pattern: &str) -> Vec<String> {
    let gone = Regex::new(pattern).unwrap();
    let bare = gone.replace_all(text, |c: &regex::Captures<'_>| "\n".repeat(c[0].matches('\n').count()));
    bare.lines().map(str::to_owned).collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A test of the program holds that all English of its help is in this file, with the Dutch after it. What is typed in, such as the
/// name of a role, is called what it is.
#[test]
fn help_uses_no_word_that_has_a_better_one() {
    let help = std::fs::read_to_string(root().join("crates/ijsberg/src/help.nl.tsv")).unwrap();
    let help = without(&help, r"`[^`\n]*`");
    let (english, dutch): (Vec<String>, Vec<String>) =
        help.iter().filter_map(|l| l.split_once('\t')).map(|(e, d)| (e.to_owned(), d.to_owned())).unzip();
    assert!(english.len() > 300, "{}", english.len());
    none(&found(Language::English, "English help", &english));
    none(&found(Language::Dutch, "Dutch help", &dutch));
}

#[test]
fn pages_have_no_words_of_their_own_that_have_a_better_one() {
    let code = r"(?s)\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>";
    for (name, page) in files("crates/ijsberg-web/templates", ".html") {
        let lines = without(&page, code);
        BOTH.iter().for_each(|language| none(&found(*language, &name, &lines)));
    }
}

#[test]
fn rules_use_no_word_that_has_a_better_one() {
    for (name, rules) in files("crates/ijsberg-signals/rules", ".toml") {
        let lines = without(&rules, r"(?m)^\s*#.*$");
        BOTH.iter().for_each(|language| none(&found(*language, &name, &lines)));
    }
}

#[test]
fn the_book_uses_no_word_that_has_a_better_one() {
    // What is typed in and where a link goes.
    let code = r"(?s)```.*?```|`[^`]*`|\]\([^)]*\)|https?://\S+";
    for (name, chapter) in files("docs/book/src", ".md") {
        let language = if name.ends_with("-nl.md") { Language::Dutch } else { Language::English };
        // Lines end anywhere in a sentence.
        let lines = without(&chapter, code).join("\n");
        let paragraphs: Vec<String> = lines.split("\n\n").map(|p| p.replace('\n', " ")).collect();
        none(&found(language, &name, &paragraphs));
    }
}
