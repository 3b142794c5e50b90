//! The report in chapters as a command: a text that is written once, edited, and held to the figures.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::place::Place;
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
    // The colophon says that all tables are published as files.
    let read = |name: &str| std::fs::read_to_string(dir.path().join("reports/2015").join(name)).unwrap();
    let suspects = read("tables/eu-19a-b.csv");
    assert!(suspects.contains(",M,") && suspects.contains(",preliminary"), "{suspects}");
    let metadata = read("tables/eu-19a-b.csv-metadata.json");
    assert!(metadata.contains("[w]") && metadata.contains("preliminary"), "{metadata}");
    assert!(!dir.path().join("reports/2015/tables/eu-19a-f.csv").exists());
    every_file_has_the_same_tables(&dir.path().join("reports/2015"));
    // The same again reveals nothing new.
    let o = report(dir.path(), &["--for", "monitor", "--justice", "justice.csv"]);
    assert!(o.status.success(), "{}", said(&o));
}

/// What only named recipients have seen is logged as such in every log, so that nobody takes it for published.
#[test]
fn a_copy_under_embargo_is_one_in_the_logs_of_the_chain_too() {
    let dir = with_key();
    std::fs::write(dir.path().join("justice.csv"), JUSTICE).unwrap();
    let o = report(dir.path(), &["--for", "monitor", "--justice", "justice.csv", "--embargo", "2016-11-01"]);
    assert!(o.status.success(), "{}", said(&o));
    for log in ["ledger.json", "ledger-suspected.json"] {
        let releases = releases(&dir.path().join("reports").join(log));
        assert!(!releases.is_empty() && releases.iter().all(|r| r["embargo"] == "2016-11-01"), "{log}");
    }
    // Nobody but its owner sees what is in it; its name is not of the year, nor says that there is an embargo.
    let names = std::fs::read_dir(dir.path().join("reports")).unwrap();
    let names: Vec<String> = names.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|n| !n.contains("2015") && !n.contains("embargo")), "{names:?}");
    let apart: Vec<&String> = names.iter().filter(|n| n.starts_with("copy-")).collect();
    assert_eq!(apart.len(), 1, "{names:?}");
    let apart = dir.path().join("reports").join(apart[0]);
    assert!(apart.join("tables/eu-19a-b.csv").exists());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&apart), mode(&apart.join("tables"))], [0o700, 0o700]);
        assert_eq!(mode(&apart.join("nl.pdf")), 0o600);
    }
    // When the embargo is over, the edition is published where it is looked for.
    let o = report(dir.path(), &["--for", "monitor", "--justice", "justice.csv"]);
    assert!(o.status.success(), "{}", said(&o));
    assert!(dir.path().join("reports/2015/tables/eu-19a-b.csv").exists() && apart.exists());
}

/// The tables as CSV, in the data for machines of both languages and in the workbook are the same ones.
fn every_file_has_the_same_tables(edition: &Path) {
    let files = std::fs::read_dir(edition.join("tables")).unwrap();
    let names = files.map(|e| e.unwrap().file_name().into_string().unwrap());
    let csv: BTreeSet<String> = names.filter_map(|n| Some(n.strip_suffix(".csv")?.to_owned())).collect();
    assert!(csv.len() > 15, "{csv:?}");
    for language in ["nl", "en"] {
        let file = std::fs::read(edition.join(format!("{language}.json"))).unwrap();
        let file: Value = serde_json::from_slice(&file).unwrap();
        let ids = file["tables"].as_array().unwrap().iter().map(|t| t["id"].as_str().unwrap().to_owned());
        assert_eq!(ids.collect::<BTreeSet<String>>(), csv, "{language}");
    }
}

/// What a log says was released.
fn releases(log: &Path) -> Vec<Value> {
    let log: Value = serde_json::from_slice(&std::fs::read(log).unwrap()).unwrap();
    log["releases"].as_array().unwrap().clone()
}

#[test]
fn a_register_makes_the_same_monitor_and_the_same_log_each_time() {
    let place = Place::furnished();
    place.write("key", "0b3c1ac138bb47216b4bbd4a39e91656f2dd84d36ad1aa5503272680bbff899b");
    place.write("justice.csv", &JUSTICE.replace("2015", "2016"));
    place.works(&["organisation", "add", "border", "--name", "Border", "--kind", "KMAR", "--list", "KMAR"]);
    let mut file = "organisation,case,date,sex,minor,nationality,form,sector,region\n".to_owned();
    for i in 0..180 {
        let day = 1 + i % 9;
        let row = match i {
            0..60 => format!("shelter,{i},2016-03-0{day},F,no,RO,LABOUR,C,UT"),
            60..130 => format!("police,{i},2016-04-0{day},M,yes,NL,CRIMINAL_ACTIVITY,I,ZH"),
            _ => format!("border,{i},2016-05-0{day},F,no,RO,LABOUR,C,ZH"),
        };
        let _ = writeln!(file, "{row}");
    }
    place.works(&["import", &place.write("file.csv", &file), "--lane", "statistics"]);
    let logs = ["reports/ledger.json", "reports/ledger-suspected.json"];
    let run = || {
        let o = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .args(["report", "--for", "monitor", "--year", "2016", "--years", "1", "--from", "register"])
            .args(["--at", "register", "--passphrase-file", "secret", "--password-file", "password"])
            .args(["--key-file", "key", "--justice", "justice.csv", "--replicates", "10", "--synthetic"])
            .args(["--date", "2017-09-01", "--lang", "en"])
            .current_dir(place.path("."))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(o.status.success(), "{}", said(&o));
        logs.map(|log| releases(&place.path(log)))
    };
    let first = run();
    // The edition and, in the same log, its counts of victims by sector, region and citizenship.
    assert_eq!(first.each_ref().map(Vec::len), [2, 1]);
    assert_eq!(first, run());
    // Each time it reads the register once: who is notified between two readings would be in some tables and not in others.
    let log = place.works(&["audit", "show"]);
    let read = "\"subject\":\"histories:2016-2016\",\"outcome\":\"done\"";
    assert_eq!(log.matches(read).count(), 2, "{log}");
    every_file_has_the_same_tables(&place.path("reports/2016"));
    let page = std::fs::read_to_string(place.path("reports/2016/en.html")).unwrap();
    assert!(page.contains("Preliminary figures for 2016") && page.contains("Utrecht"), "{page}");
    // People read who KMAR is; files for machines have the code.
    assert!(page.contains("Royal Netherlands Marechaussee (KMAR)"), "{page}");
    let read = |name: &str| std::fs::read_to_string(place.path("reports/2016/tables").join(name)).unwrap();
    let lists = read("reported-list.csv");
    assert!(lists.contains("\nKMAR,") && !lists.contains("Marechaussee"), "{lists}");
    for (by, words) in [("sector", "persons"), ("region", "Utrecht"), ("citizenship", "persons")] {
        assert!(read(&format!("registered-{by}.csv")).contains(words), "{by}");
    }
}
