//! The yearly report as a command.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::with_key;

const SYNTHETIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");

fn report(dir: &Path, more: &[&str]) -> Output {
    report_from(dir, SYNTHETIC, more)
}

fn report_from(dir: &Path, table: &str, more: &[&str]) -> Output {
    let usual = [
        "report",
        "--years",
        "6",
        "--from",
        table,
        "--synthetic",
        "--replicates",
        "10",
        "--date",
        "2016-10-18",
    ];
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).current_dir(dir).args(usual).args(more).output().unwrap()
}

fn said(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            let below = files(&entry);
            all.extend(
                below.into_iter().map(|(n, b)| (format!("{}/{n}", entry.file_name().unwrap().display()), b)),
            );
        } else {
            all.insert(entry.file_name().unwrap().display().to_string(), std::fs::read(&entry).unwrap());
        }
    }
    all
}

#[test]
fn a_report_is_whole_and_the_same_each_time() {
    let dir = with_key();
    for out in ["a", "b"] {
        let o = report(dir.path(), &["--year", "2015", "--key-file", "key", "--out", out]);
        assert!(o.status.success() && said(&o).contains("passed the disclosure check"), "{}", said(&o));
    }
    let (a, b) = (files(&dir.path().join("a")), files(&dir.path().join("b")));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(*bytes == b[name], "{name}");
    }
    for language in ["nl", "en"] {
        let pdf = &a[&format!("2015/{language}.pdf")];
        assert!(pdf.starts_with(b"%PDF-1.7"));
        assert!(crate::pdf::check(pdf, language) >= 5);
        assert!(
            a.contains_key(&format!("2015/{language}.html"))
                && a.contains_key(&format!("2015/{language}.json"))
        );
    }
    the_charts_of_a_page_are_files(&a);
    let csv = a.keys().filter(|n| n.starts_with("2015/tables/") && n.split('.').next_back() == Some("csv"));
    assert!(csv.clone().count() >= 15 && csv.clone().all(|n| a.contains_key(&format!("{n}-metadata.json"))));
    assert!(
        a.keys().any(|n| n == "index.html")
            && a.contains_key("2015/tables.ods")
            && a.contains_key("2015/tables.xlsx")
    );
    // No file holds the key, and none the folder that it was made in.
    let never = dir.path().display().to_string();
    for (name, bytes) in &a {
        for what in ["0b3c1ac138bb47216b4b", never.as_str()] {
            assert!(!bytes.windows(what.len()).any(|w| w == what.as_bytes()), "{name}");
        }
    }
}

/// Each chart of a page has an address, and is there as a picture, as dots and as figures; the lists have names in all of them.
fn the_charts_of_a_page_are_files(all: &BTreeMap<String, Vec<u8>>) {
    for (language, name) in [("nl", "Marechaussee"), ("en", "Labour Authority")] {
        let page = String::from_utf8_lossy(&all[&format!("2015/{language}.html")]);
        let (figures, named) =
            (page.matches("<figure").count(), page.matches("<figure id=\"figure-").count());
        assert!(figures >= 10 && figures == named, "{figures} {named}");
        let files: Vec<&str> =
            page.split("href=\"charts/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(files.len(), 3 * figures);
        for file in files {
            let bytes = &all[&format!("2015/charts/{file}")];
            let is_whole = match file.rsplit_once('.').unwrap().1 {
                "png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
                "svg" => bytes.starts_with(b"<svg ") && bytes.ends_with(b"</svg>\n"),
                _ => bytes.contains(&b','),
            };
            assert!(is_whole && file.contains(&format!(".{language}.")), "{file}");
        }
        let overlaps = String::from_utf8_lossy(&all[&format!("2015/charts/overlaps.{language}.svg")]);
        assert!(overlaps.contains(&format!(">{name} (")), "{overlaps}");
    }
}

/// Nobody is on two lists, so that no method gives a number: the counts are published all the same, without charts that have nothing to
/// show.
#[test]
fn a_register_in_which_nobody_is_on_two_lists_gets_its_report() {
    let dir = with_key();
    let mut table = "A,B,C,year,sex,count\n".to_owned();
    for year in 2010..=2015 {
        for (lists, n) in [("1,0,0", 60), ("0,1,0", 45), ("0,0,1", 38)] {
            for sex in ["F", "M"] {
                writeln!(table, "{lists},{year},{sex},{n}").unwrap();
            }
        }
    }
    std::fs::write(dir.path().join("table.csv"), table).unwrap();
    for counts in ["noise", "suppressed"] {
        let more = ["--year", "2015", "--key-file", "key", "--out", counts, "--counts", counts];
        let o = report_from(dir.path(), "table.csv", &more);
        assert!(o.status.success(), "{}", said(&o));
        for language in ["nl", "en"] {
            let pdf = std::fs::read(dir.path().join(counts).join(format!("2015/{language}.pdf"))).unwrap();
            assert!(crate::pdf::check(&pdf, language) >= 1);
        }
        let _ = std::fs::remove_file(dir.path().join("key.logs.json"));
    }
}

#[test]
fn what_may_not_be_given_out_is_not_written() {
    let dir = with_key();
    std::fs::write(
        dir.path().join("other"),
        "7375c66aba587f1f4e7ed8954a9135b26663e811fd6bf78ec2aafbb844ffe556",
    )
    .unwrap();
    let o = report(dir.path(), &["--year", "2014", "--key-file", "key", "--out", "r"]);
    assert!(o.status.success(), "{}", said(&o));
    let before = files(&dir.path().join("r"));
    let o = report(dir.path(), &["--year", "2015", "--key-file", "other", "--out", "r", "--lang", "nl"]);
    assert!(!o.status.success() && said(&o).contains("Vrijgeven geweigerd"), "{}", said(&o));
    let o = report(dir.path(), &["--year", "1999", "--key-file", "key", "--out", "r"]);
    assert!(
        !o.status.success() && said(&o).contains("Nobody was registered in 1994 to 1999"),
        "{}",
        said(&o)
    );
    assert_eq!(files(&dir.path().join("r")), before);
    // A release log that cannot be read stops everything.
    std::fs::write(dir.path().join("r/ledger.json"), "{").unwrap();
    let o = report(dir.path(), &["--year", "2015", "--key-file", "key", "--out", "r"]);
    assert!(!o.status.success() && said(&o).contains("not a valid release log"), "{}", said(&o));
}

/// What is published with one key is checked together, so there is one log of it: a log that is elsewhere, lost or older is refused,
/// and so is a table of `protect` that is not checked together with the reports.
#[test]
fn a_key_has_one_release_log_wherever_the_folder_is() {
    let dir = with_key();
    let mut rows = "P,R,O,year,count\n".to_owned();
    for history in 1..8_u32 {
        let on = [0, 1, 2].map(|j| (history >> j & 1).to_string()).join(",");
        for year in [2014, 2015] {
            writeln!(rows, "{on},{year},{}", 40 + 17 * history).unwrap();
        }
    }
    std::fs::write(dir.path().join("table.csv"), rows).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ijsberg"));
        command.current_dir(dir.path()).args(arguments).args(["--lang", "en"]).output().unwrap()
    };
    let report = |key: &str, year: &str, out: &str| {
        let usual = ["report", "--years", "1", "--from", "table.csv", "--synthetic", "--replicates", "10"];
        let of = ["--date", "2016-10-18", "--year", year, "--key-file", key, "--out", out];
        run(&[&usual[..], &of].concat())
    };
    let refused = |o: &Output, why: &str, out: &str| {
        assert!(!o.status.success() && said(o).contains(why), "{}", said(o));
        assert!(!dir.path().join(out).exists());
    };
    let o = report("key", "2014", "r");
    assert!(o.status.success(), "{}", said(&o));
    refused(&report("key", "2015", "elsewhere"), "another release log than elsewhere", "elsewhere");
    let protect = |key: &str, out: &str, more: &[&str]| {
        run(&[&["protect", "table.csv", "--key-file", key, "--out", out][..], more].concat())
    };
    refused(&protect("key", "table", &[]), "was used for yearly reports", "table");
    // The same release again reveals nothing new, wherever it is.
    let o = report("key", "2014", "again");
    assert!(o.status.success(), "{}", said(&o));
    let log = dir.path().join("r/ledger.json");
    let first = std::fs::read(&log).unwrap();
    std::fs::remove_file(&log).unwrap();
    refused(&report("key", "2015", "r"), "another release log", "r/2015");
    std::fs::write(&log, &first).unwrap();
    let o = report("key", "2015", "r");
    assert!(o.status.success(), "{}", said(&o));
    std::fs::write(&log, &first).unwrap();
    let o = report("key", "2015", "r");
    assert!(o.status.success(), "the same release again: {}", said(&o));
    std::fs::write(&log, &first).unwrap();
    let law =
        ["report", "--for", "sdg-16.2.2", "--years", "1", "--from", "table.csv", "--date", "2016-10-18"];
    let o = run(&[&law[..], &["--year", "2015", "--key-file", "key", "--out", "r"]].concat());
    refused(&o, "another release log", "r/2015-sdg-16.2.2");
    // With the latest log and an older copy of the prints a release goes on; the key is the same behind a link.
    let o = report("key", "2015", "r");
    assert!(o.status.success(), "{}", said(&o));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("key", dir.path().join("linked")).unwrap();
        refused(&report("linked", "2015", "elsewhere"), "another release log", "elsewhere");
    }
    // With the reports a table is checked together with them and stands in their log, and a later report is checked with it.
    let without_years = ["--reports", "r", "--ignore", "year"];
    refused(&protect("key", "table", &without_years), "one of the two is a table without years", "table");
    refused(&protect("key", "table", &["--reports", "elsewhere"]), "another release log", "table");
    let others = [&without_years[..], &["--other-people", "a shelter"]].concat();
    for (out, more) in [("table", &["--reports", "r"][..]), ("others", others.as_slice())] {
        let o = protect("key", out, more);
        assert!(o.status.success() && dir.path().join(out).join("protected.csv").exists(), "{}", said(&o));
    }
    let kept = std::fs::read_to_string(&log).unwrap();
    assert!(kept.contains("\"table\"") && kept.contains("\"table: a shelter\""), "{kept}");
    let o = report("key", "2015", "r");
    assert!(o.status.success(), "{}", said(&o));
    // The other way round: the log of tables moves to that of the reports with the table, once more.
    let o = protect("own", "first", &[]);
    assert!(o.status.success(), "{}", said(&o));
    refused(&report("own", "2015", "other"), "was used by ijsberg protect", "other");
    let o = protect("own", "again", &["--reports", "other"]);
    assert!(o.status.success() && !dir.path().join("own.tables.json").exists(), "{}", said(&o));
    let of = |out: &str| std::fs::read(dir.path().join(out).join("protected.csv")).unwrap();
    assert_eq!(of("again"), of("first"));
    let o = report("own", "2015", "other");
    assert!(o.status.success(), "{}", said(&o));
    refused(&protect("own", "third", &[]), "was used for yearly reports", "third");
}

#[test]
fn a_shell_and_man_know_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let run = |words: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_ijsberg")).current_dir(dir.path()).args(words).output().unwrap()
    };
    assert!(run(&["man", "--out", "man"]).status.success());
    for page in ["ijsberg", "ijsberg-serve", "ijsberg-report", "ijsberg-register-user-add"] {
        let page = std::fs::read_to_string(dir.path().join(format!("man/{page}.1"))).unwrap();
        assert!(page.contains(".SH NAME") && page.contains(".SH OPTIONS"));
    }
    assert!(said(&run(&["completions", "bash"])).contains("complete -F _ijsberg"));
    // Other machines are served over TLS or not at all.
    let o = run(&["serve", "--listen", "0.0.0.0:0"]);
    assert!(!o.status.success() && said(&o).contains("--tls-cert"), "{}", said(&o));
}

/// Names of columns and levels are the user's: whatever they are, each has its table, its sheet and its page, and no two are one.
#[test]
fn names_of_columns_and_levels_are_the_users() {
    let dir = with_key();
    let names = ["age group", "a.b", "form.main", "form.sub", "nationaliteit/land", "sex"];
    let levels =
        [["a", "=1+1"], ["x", "ESC\u{1b}[2J"], ["m", "n"], ["中国", "Maroc"], ["1", "2"], ["\u{202e}v", "w"]];
    let mut rows = format!("P,R,O,{},year,count\n", names.join(","));
    for history in 1..8_u32 {
        let on = [0, 1, 2].map(|j| (history >> j & 1).to_string()).join(",");
        for which in 0..2 {
            let of: Vec<&str> = levels.iter().enumerate().map(|(i, l)| l[(which + i) % 2]).collect();
            writeln!(rows, "{on},{},2015,{}", of.join(","), 40 + 17 * history).unwrap();
        }
    }
    let table = dir.path().join("names.csv");
    std::fs::write(&table, &rows).unwrap();
    let published = |from: &Path, out: &str| {
        Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .current_dir(dir.path())
            .args([
                "report",
                "--year",
                "2015",
                "--years",
                "1",
                "--synthetic",
                "--replicates",
                "10",
                "--key-file",
                "key",
            ])
            .args(["--date", "2016-10-18", "--out", out, "--from"])
            .arg(from)
            .output()
            .unwrap()
    };
    let o = published(&table, "names");
    assert!(o.status.success(), "{}", said(&o));
    let all = files(&dir.path().join("names"));
    for name in [
        "age_x0020_group",
        "a_x002E_b",
        "form_x002E_main",
        "form_x002E_sub",
        "nationaliteit_x002F_land",
        "sex",
    ] {
        let csv = &all[&format!("2015/tables/reported-{name}.csv")];
        assert!(String::from_utf8_lossy(csv).lines().count() >= 4, "{name}");
        let metadata = &all[&format!("2015/tables/reported-{name}.csv-metadata.json")];
        let metadata: serde_json::Value = serde_json::from_slice(metadata).unwrap();
        let titles = metadata["tableSchema"]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["titles"].as_str().unwrap());
        let head = String::from_utf8_lossy(csv).lines().next().unwrap().to_owned();
        assert_eq!(
            head,
            titles.collect::<Vec<_>>().join(","),
            "the first line is what the metadata say of it"
        );
    }
    assert!(all["2015/nl.pdf"].starts_with(b"%PDF"));
    // Two columns that differ by their capitals alone, and one that is called what a table of every report is, are refused by name.
    for (column, other) in [("sex", "Age Group"), ("sex", "List")] {
        let other = dir.path().join(format!("{other}.csv"));
        let name = other.file_stem().unwrap().display().to_string();
        std::fs::write(&other, rows.replacen(&format!(",{column},year"), &format!(",{name},jaar"), 1))
            .unwrap();
        let o = published(&other, &format!("refused {name}"));
        assert!(!o.status.success() && said(&o).contains(&format!("“{name}”")), "{name}: {}", said(&o));
    }
    // A year of two digits is of no century, and what differs for each person is no table.
    let other = dir.path().join("other.csv");
    let refused = |rows: String, out: &str, what: &str| {
        std::fs::write(&other, rows).unwrap();
        let o = published(&other, out);
        assert!(!o.status.success() && said(&o).contains(what), "{}", said(&o));
        assert!(!dir.path().join(out).join("2015").exists());
    };
    refused(rows.replacen(",2015,", ",15,", 1), "years", "“15” is not a year");
    let numbered = (0..60).fold("P,R,O,BSN,year\n".to_owned(), |rows, i| {
        format!("{rows}{},1,{},{},2015\n", i % 2, i % 3 % 2, 123_456_000 + 17 * i)
    });
    refused(numbered, "numbers", "“BSN”");
}

/// What is wrong in a table that a report reads beside its lists is named with its place, in the reader's language.
#[test]
fn what_is_wrong_in_a_table_beside_the_lists_is_named() {
    let dir = with_key();
    for (option, content, language, expected) in [
        (
            "--population",
            "year,population\n2015,many\n",
            "en",
            "line 2, column population: “many” is no whole number",
        ),
        (
            "--population",
            "year,population\n2015,16900726\n2014,16829289\n2015,16979120\n",
            "nl",
            "regel 4, kolom year: “2015” staat al in een eerdere regel",
        ),
        ("--population", "jaar,population\n2015,1\n", "nl", "tabel met de kolommen year, population"),
        (
            "--others",
            "year,body,persons,source\n2015,CoMensha,1e3,x\n",
            "nl",
            "kolom persons: “1e3” is geen heel getal",
        ),
        ("--others", "year,persons\n2015,3\n", "en", "the columns year, body, persons, source"),
    ] {
        std::fs::write(dir.path().join("beside.csv"), content).unwrap();
        let o = report(
            dir.path(),
            &["--year", "2015", "--key-file", "key", option, "beside.csv", "--lang", language],
        );
        assert!(!o.status.success() && said(&o).contains(expected), "{}", said(&o));
    }
}
