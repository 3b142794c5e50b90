//! The guides, one page for each audience: the commands on a page are run as they are written, and their output is what the page shows.
//!
//! Blocks of `sh`, `python` and `r` are run from top to bottom, in one folder that has the tables of `data`. A block of `text` right below
//! one is what it writes to standard output. `IJSBERG_WRITE=1` writes the pages again.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::program::{ijsberg, root};

/// What is written between two blocks.
const MARK: &str = "== the next block ==";

/// Who has a page, and whether in Dutch too.
const AUDIENCES: [(&str, bool); 9] = [
    ("front-line", true),
    ("registrar", true),
    ("files", true),
    ("linkage", true),
    ("statistician", true),
    ("rapporteur", true),
    ("python", false),
    ("r", false),
    ("operations", false),
];

/// The one line of the README for each way of installing that `packaging/try-ways.sh` and `packaging/try-container.sh` try.
const LINES: [(&str, &str); 7] = [
    ("deb", "`apt install ./ijsberg_*.deb`"),
    ("archive", "`tar -xf ijsberg-*-linux-gnu.tar.gz`"),
    ("wheel", "`pip install ./ijsberg-*.whl`"),
    ("r", "`R CMD INSTALL ijsberg_*.tar.gz`"),
    ("cargo", "`cargo install --locked --path crates/ijsberg`"),
    ("brew", "`brew install --formula ./ijsberg.rb`"),
    ("container", "`podman build -f packaging/Containerfile .`"),
];

/// Lines that one page has at most.
const PAGE: usize = 130;

fn folder() -> PathBuf {
    root().join("docs/book/src/guides")
}

/// A page in pieces: blocks with the language that their fence names, and the words between them with none.
fn pieces(page: &str) -> Vec<(String, String)> {
    let (mut all, mut inside) = (vec![(String::new(), String::new())], false);
    for line in page.lines() {
        if let Some(language) = line.strip_prefix("```") {
            assert_eq!(language.is_empty(), inside, "a fence without a language: {line}");
            all.push((language.to_owned(), String::new()));
            inside = !inside;
        } else {
            let last = all.last_mut().unwrap();
            last.1.push_str(line);
            last.1.push('\n');
        }
    }
    assert!(!inside, "a block has no end");
    all
}

/// The page of some pieces.
fn page(pieces: &[(String, String)]) -> String {
    let one = |(language, text): &(String, String)| match language.as_str() {
        "" => text.clone(),
        _ => format!("```{language}\n{text}```\n"),
    };
    pieces.iter().map(one).collect()
}

/// What the blocks of a language write, each by itself.
fn said(language: &str, blocks: &[&str], place: &Path, locale: &str) -> Vec<String> {
    let python = root().join("target/python/bin/python");
    let (mut command, mark) = match language {
        "sh" => (Command::new("bash"), format!("echo '{MARK}'\n")),
        "python" => (Command::new(python), format!("print('{MARK}', flush=True)\n")),
        _ => (Command::new("Rscript"), format!("cat('{MARK}\\n')\n")),
    };
    let strict = if language == "sh" { "set -euo pipefail\n" } else { "" };
    let script = place.join(format!("script.{language}"));
    std::fs::write(&script, format!("{strict}{}", blocks.join(&mark))).unwrap();
    let program = ijsberg();
    let mut path = OsString::from(Path::new(program.get_program()).parent().unwrap());
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let output = command
        .arg(&script)
        .current_dir(place.join("work"))
        .env("PATH", path)
        .env("R_LIBS", root().join("target/r/ijsberg.Rcheck"))
        .env_remove("LC_ALL")
        .env("LANG", locale)
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{language}: {e}; `cargo xtask test` installs what runs it"));
    let out = String::from_utf8(output.stdout).unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{language}: {out}\n{wrong}");
    let all: Vec<String> = out.split(&format!("{MARK}\n")).map(str::to_owned).collect();
    assert_eq!(all.len(), blocks.len(), "{language}: {out}");
    all
}

/// The page as it is once everything on it was run.
fn made(kept: &str, locale: &str) -> String {
    let mut all = pieces(kept);
    let place = tempfile::tempdir().unwrap();
    let work = place.path().join("work");
    std::fs::create_dir(&work).unwrap();
    std::os::unix::fs::symlink(root().join("data"), work.join("data")).unwrap();
    for language in ["sh", "python", "r"] {
        let places: Vec<usize> = (0..all.len()).filter(|&i| all[i].0 == language).collect();
        if places.is_empty() {
            continue;
        }
        let blocks: Vec<&str> = places.iter().map(|&i| all[i].1.as_str()).collect();
        let outputs = said(language, &blocks, place.path(), locale);
        for (at, output) in places.into_iter().zip(outputs) {
            let apart = !all[at + 1].1.trim().is_empty();
            match all.get_mut(at + 2).filter(|below| below.0 == "text" && !apart) {
                Some(below) => below.1 = format!("{}\n", output.trim_end()),
                None => assert!(output.trim().is_empty(), "not on the page: {output}"),
            }
        }
    }
    page(&all)
}

/// Runs the pages of a language and compares them.
fn hold(language: &str, locale: &str) {
    let mut wrong = Vec::new();
    for (audience, dutch) in AUDIENCES {
        let path = folder().join(format!("{audience}-{language}.md"));
        if language == "nl" && !dutch {
            continue;
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let made = made(&kept, locale);
        if std::env::var_os("IJSBERG_WRITE").is_some() {
            std::fs::write(&path, &made).unwrap();
        } else if kept != made {
            wrong.push(format!("{}:\n{made}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "IJSBERG_WRITE=1 writes these again:\n{}", wrong.join("\n"));
}

#[test]
fn the_guides_show_what_comes_of_what_they_say() {
    hold("en", "C.UTF-8");
}

#[test]
fn the_dutch_guides_show_what_comes_of_what_they_say() {
    hold("nl", "nl_NL.UTF-8");
}

/// Every page shows something that was run, is one page, and can be found; there are no others.
#[test]
fn each_audience_has_one_page() {
    let summary = std::fs::read_to_string(root().join("docs/book/src/SUMMARY.md")).unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let mut names = Vec::new();
    for (audience, dutch) in AUDIENCES {
        names.push(format!("{audience}-en.md"));
        let link = format!("(docs/book/src/guides/{audience}-en.md)");
        assert!(readme.contains(&link), "README.md: {link}");
        names.extend(dutch.then(|| format!("{audience}-nl.md")));
    }
    for name in &names {
        let page = std::fs::read_to_string(folder().join(name)).unwrap();
        assert!(page.lines().count() <= PAGE, "{name}: {} lines", page.lines().count());
        let mut shown = pieces(&page).into_iter().filter(|p| p.0 == "text" && !p.1.trim().is_empty());
        assert!(shown.next().is_some(), "{name} shows nothing");
        assert!(summary.contains(&format!("(guides/{name})")), "SUMMARY.md: {name}");
    }
    let there = std::fs::read_dir(folder()).unwrap().count();
    assert_eq!(there, names.len(), "a page for nobody in {}", folder().display());
}

#[test]
fn each_way_of_installing_that_is_tried_has_its_one_line() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let script = read("packaging/try-ways.sh");
    let ways = script.lines().find_map(|l| l.split_once("|| ways=(")).unwrap().1;
    let mut tried: Vec<&str> = ways.trim_end_matches(')').split(' ').collect();
    for way in &tried {
        assert!(script.contains(&format!("\ntry_{way}() {{\n")), "{way}");
    }
    assert!(root().join("packaging/try-container.sh").is_file());
    tried.push("container");
    assert_eq!(tried, LINES.map(|(way, _)| way));
    let (readme, book) = (read("README.md"), read("docs/book/src/operations.md"));
    let rows: Vec<&str> = readme.lines().filter(|l| l.starts_with("| ")).collect();
    for (way, line) in LINES {
        let said = rows.iter().filter(|row| row.contains(line)).count();
        assert_eq!(said, 1, "{way}: {line}");
    }
    assert!(book.contains("packaging/try-ways.sh dist") && book.contains("packaging/try-container.sh"));
}

#[test]
fn a_page_that_shows_something_else_is_found() {
    let run = "# A\n\n```sh\na=2\n```\n\n```sh\necho $((a + 1))\n```\n\n";
    let page = |shown: &str| format!("{run}```text\n{shown}\n```\n\nB.\n");
    assert_eq!(made(&page("4"), "C.UTF-8"), page("3"));
    assert_eq!(made(&page("3"), "C.UTF-8"), page("3"));
}
