//! The report in chapters as a command: a text that is written once, edited, and held to the figures.

use std::path::Path;
use std::process::{Command, Output};

use crate::with_key;

const SYNTHETIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");

const JUSTICE: &str = "year,measure,by,level,persons\n2015,suspected,total,,150\n2015,suspected,sex,M,120\n\
    2015,suspected,sex,F,30\n";

fn report(dir: &Path, more: &[&str]) -> Output {
    let usual =
        ["report", "--year", "2015", "--years", "6", "--from", SYNTHETIC, "--synthetic", "--replicates"];
    let rest = ["10", "--date", "2016-10-18", "--key-file", "key", "--lang", "nl"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
    command.current_dir(dir).args(usual).args(rest).args(more).output().unwrap()
}

fn said(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

#[test]
fn a_text_is_written_once_edited_and_held_to_the_figures() {
    let dir = with_key();
    let o = report(dir.path(), &["--text", "text"]);
    assert!(o.status.success(), "{}", said(&o));
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    let summary = read("text/01-summary.nl.md");
    assert!(summary.contains("{{persons.year}}") && dir.path().join("text/01-summary.en.md").exists());
    let foreword = read("text/00-foreword.nl.md") + "\nVan {{persons.year}} mensen weten wij.\n";
    std::fs::write(dir.path().join("text/00-foreword.nl.md"), &foreword).unwrap();
    let o = report(dir.path(), &["--text", "text"]);
    assert!(o.status.success(), "{}", said(&o));
    let page = read("reports/2015/nl.html");
    assert!(page.contains("mensen weten wij") && !read("reports/2015/en.html").contains("weten wij"));
    assert_eq!(read("text/00-foreword.nl.md"), foreword);
    assert!(std::fs::read(dir.path().join("reports/2015/nl.pdf")).unwrap().starts_with(b"%PDF-1.7"));
    // A number that is typed and a name that nobody knows: each with its line, and nothing is published.
    let line = summary.lines().count() + 1;
    let wrong = format!("{summary}Er zijn 98765 mensen.\n{{{{persons.1999}}}}\n");
    std::fs::write(dir.path().join("text/01-summary.nl.md"), wrong).unwrap();
    let o = report(dir.path(), &["--text", "text"]);
    let all = said(&o);
    assert!(
        !o.status.success() && all.contains(&format!("01-summary.nl.md, regel {line}: ‘98765’")),
        "{all}"
    );
    assert!(all.contains(&format!("regel {}: er is geen cijfer", line + 1)), "{all}");
    assert_eq!(read("reports/2015/nl.html"), page);
    let o = report(dir.path(), &["--for", "eu-19a", "--text", "text"]);
    assert!(!o.status.success() && said(&o).contains("--for monitor"), "{}", said(&o));
}

#[test]
fn the_monitor_has_the_criminal_justice_chain_and_its_log() {
    let dir = with_key();
    std::fs::write(dir.path().join("justice.csv"), JUSTICE).unwrap();
    let o = report(dir.path(), &["--for", "monitor", "--justice", "justice.csv"]);
    assert!(o.status.success(), "{}", said(&o));
    let page = std::fs::read_to_string(dir.path().join("reports/2015/nl.html")).unwrap();
    assert!(page.contains("Verdachten in 2015: ongeveer") && page.contains("De strafrechtketen"), "{page}");
    assert!(page.contains("Minderjarigen") && page.contains("Colofon"));
    assert!(dir.path().join("reports/ledger-suspected.json").exists());
    // The same again tells nothing new.
    let o = report(dir.path(), &["--for", "monitor", "--justice", "justice.csv"]);
    assert!(o.status.success(), "{}", said(&o));
}
