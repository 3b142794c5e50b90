//! What the law asks for, as a command.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::place::Place;
use crate::with_key;

const SYNTHETIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/netherlands-synthetic.csv");

const JUSTICE: &str = "year,measure,by,level,persons\n2015,suspected,total,,150\n2015,suspected,sex,F,30\n2015,suspected,sex,M,120\n";

fn report(dir: &Path, more: &[&str]) -> Output {
    let usual = ["report", "--year", "2015", "--years", "6", "--from", SYNTHETIC, "--synthetic"];
    let usual = usual.into_iter().chain(["--date", "2016-10-18", "--key-file", "key"]);
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).current_dir(dir).args(usual).args(more).output().unwrap()
}

fn said(o: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&o.stdout), String::from_utf8_lossy(&o.stderr))
}

/// Numbers of a table, by what and at which level, and what kind of cell each is.
fn cells(path: &Path) -> BTreeMap<(String, String), (String, String)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let of = |r: csv::StringRecord| ((r[1].to_owned(), r[2].to_owned()), (r[4].to_owned(), r[5].to_owned()));
    reader.records().map(|r| of(r.unwrap())).collect()
}

#[test]
fn one_command_delivers_what_is_there_and_says_what_is_not() {
    let dir = with_key();
    std::fs::write(dir.path().join("justice.csv"), JUSTICE).unwrap();
    let o = report(dir.path(), &["--for", "all", "--justice", "justice.csv", "--counts", "rounded"]);
    assert!(o.status.success() && said(&o).contains("eu-19a of 2015"), "{}", said(&o));
    let eu = dir.path().join("reports/2015-eu-19a");
    let a = cells(&eu.join("eu-19a-a.csv"));
    let of = |by: &str, code: &str| a[&(by.to_owned(), code.to_owned())].clone();
    let rounded = |n: &str| (n.to_owned(), "rounded".to_owned());
    // The table does not reveal the citizenship of anybody.
    let persons = of("total", "").0.parse::<u64>().unwrap();
    assert!(persons > 500 && persons % 5 == 0, "{persons}");
    assert_eq!(of("citizenship", "own"), ("[x]".to_owned(), "not-delivered".to_owned()));
    let b = cells(&eu.join("eu-19a-b.csv"));
    assert_eq!(b[&("sex".to_owned(), "M".to_owned())], rounded("120"));
    assert_eq!(b[&("age".to_owned(), "minor".to_owned())].1, "not-delivered");
    assert!(cells(&eu.join("eu-19a-f.csv")).values().all(|c| c.1 == "not-delivered"));
    let quality = std::fs::read_to_string(eu.join("quality.html")).unwrap();
    assert!(quality.contains("Openbaar Ministerie bevat dit aantal niet"), "{quality}");
    let sdmx =
        std::fs::read_to_string(dir.path().join("reports/2015-sdg-16.2.2/sdg-16-2-2.sdmx.csv")).unwrap();
    assert!(sdmx.contains("VC_HTF_DETVOPR,528"), "{sdmx}");
    // The questionnaire has the same counts.
    let glotip = dir.path().join("reports/2015-glotip");
    let suspected = std::fs::read_to_string(glotip.join("glotip-persons.csv")).unwrap();
    assert!(suspected.contains(",M,male,120,rounded,"), "{suspected}");
    let victims = cells(&glotip.join("glotip-victims.csv"));
    assert_eq!(victims[&("total".to_owned(), String::new())], a[&("total".to_owned(), String::new())]);
    // The numbers are in the log that the yearly report is checked with; other protection would reveal more than either.
    let log = std::fs::read_to_string(dir.path().join("reports/ledger.json")).unwrap();
    assert!(log.contains("VC_HTF_DETVOP") && dir.path().join("reports/ledger-suspected.json").exists());
    let o = report(dir.path(), &["--for", "eu-19a", "--lang", "nl"]);
    assert!(!o.status.success() && said(&o).contains("2015"), "{}", said(&o));
    // A web server can read what is published, and nobody else the logs.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let usual = mode(&dir.path().join("justice.csv"));
        for file in std::fs::read_dir(&eu).unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
            assert_eq!(mode(&file), usual, "{}", file.display());
        }
        assert_eq!(mode(&eu.join("sdmx/structure.xml")), usual);
        assert_eq!(mode(&dir.path().join("reports/ledger.json")), 0o600);
    }
}

#[test]
fn tables_that_do_not_add_up_and_profiles_with_faults_are_refused_with_the_line() {
    let dir = with_key();
    std::fs::write(dir.path().join("justice.csv"), JUSTICE.replace("M,120", "M,121")).unwrap();
    let o = report(dir.path(), &["--for", "eu-19a", "--justice", "justice.csv", "--lang", "nl"]);
    let wanted = "justice.csv, regel 2, kolom persons: het totaal van suspected is 150, en naar sex komt het uit op 151";
    assert!(!o.status.success() && said(&o).contains(wanted), "{}", said(&o));
    let profile = include_str!("../../../../countries/gb.toml").replace("\"GB-NIR\"", "\"IE-NIR\"");
    let line = profile.lines().position(|l| l.contains("IE-NIR")).unwrap() + 1;
    std::fs::write(dir.path().join("gb.toml"), &profile).unwrap();
    let o = report(dir.path(), &["--for", "eu-19a", "--profile", "gb.toml", "--lang", "en"]);
    let wanted = format!("gb.toml, line {line}: expected a region");
    assert!(!o.status.success() && said(&o).contains(&wanted), "{}", said(&o));
    let o = report(dir.path(), &["--for", "eu-19a", "--country", "056", "--lang", "en"]);
    assert!(!o.status.success() && said(&o).contains("--profile"), "{}", said(&o));
    assert!(!dir.path().join("reports").exists(), "something was written");
}

#[test]
fn a_register_delivers_citizenship_sector_and_region() {
    let place = Place::furnished();
    let mut file = "organisation,case,date,sex,minor,nationality,form,sector,region\n".to_owned();
    for i in 0..60 {
        let row = if i < 35 {
            format!("shelter,{i},2016-03-0{},F,no,SY RO,LABOUR,C,UT", 1 + i % 9)
        } else {
            format!("police,{i},2016-04-0{},M,yes,NL;MA,CRIMINAL_ACTIVITY,UNKNOWN,", 1 + i % 9)
        };
        let _ = writeln!(file, "{row}");
    }
    std::fs::write(place.path("file.csv"), file).unwrap();
    place.works(&["import", "file.csv", "--lane", "statistics"]);
    let o = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["report", "--for", "eu-19a", "--year", "2016", "--years", "1", "--from", "register"])
        .args(["--at", "register", "--passphrase-file", "secret", "--password-file", "password"])
        .args(["--key-file", "key", "--counts", "suppressed", "--date", "2017-09-01", "--lang", "en"])
        .current_dir(place.path("."))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", said(&o));
    let a = cells(&place.path("reports/2016-eu-19a/eu-19a-a.csv"));
    for (by, code, n) in [
        ("registering organisation", "P", "25"),
        ("registering organisation", "Z", "35"),
        ("citizenship", "own", "25"),
        ("citizenship", "other_eu", "35"),
        // Everybody has two citizenships and counts with one.
        ("citizenship", "other", "0"),
        ("citizenship", "stateless", "0"),
        ("age", "minor", "25"),
        ("sector", "C", "35"),
        ("sector", "unknown", "25"),
        ("region", "NL-UT", "35"),
        ("total", "", "60"),
    ] {
        assert_eq!(a[&(by.to_owned(), code.to_owned())].0, n, "{by} {code}");
    }
    // Half of them were notified within so many days, which are years here; of so few the ninetieth percentile would reveal too much.
    let delays = std::fs::read_to_string(place.path("reports/2016-eu-19a/delays.csv")).unwrap();
    for (list, n) in [("P", "25"), ("Z", "35")] {
        let row = delays.lines().find(|l| l.split(',').next() == Some(list)).unwrap();
        let cells: Vec<&str> = row.split(',').collect();
        let median: u64 = cells[3].parse().unwrap();
        assert!(cells[2] == n && cells[4] == "[c]" && median > 3000 && median.is_multiple_of(5), "{row}");
    }
}

#[test]
fn records_of_suspects_make_the_tables_where_no_file_does() {
    let place = Place::furnished();
    let mut file = "organisation,case,date,sex,minor,nationality,form\n".to_owned();
    for i in 0..60 {
        let _ = writeln!(file, "shelter,{i},2016-03-0{},F,no,RO,LABOUR", 1 + i % 9);
    }
    place.works(&["import", &place.write("file.csv", &file), "--lane", "statistics"]);
    for i in 0..10 {
        let record = format!(
            "{{\"suspect_number\": \"S-{i}\", \"on\": \"2016-05\", \"offence\": \"article_2\", \"minor\": \"no\"}}"
        );
        let ground = ["--organisation", "police", "--purpose", "prosecution", "--basis", "art. 10 GDPR"];
        let name = place.write("record.json", &record);
        let added = ["record", "add", "suspicion", name.as_str()];
        place.works(&[&added[..], &ground].concat());
    }
    let delivered = |key: &str, out: &str, more: &[&str]| {
        let o = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .args(["report", "--for", "eu-19a", "--year", "2016", "--years", "1", "--from", "register"])
            .args(["--at", "register", "--passphrase-file", "secret", "--password-file", "password"])
            .args(["--counts", "rounded", "--date", "2017-09-01", "--lang", "en"])
            .args(["--key-file", key, "--out", out])
            .args(more)
            .current_dir(place.path("."))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(o.status.success(), "{}", said(&o));
        let folder = place.path(out).join("2016-eu-19a");
        let quality = std::fs::read_to_string(folder.join("quality.en.html")).unwrap();
        (said(&o), cells(&folder.join("eu-19a-b.csv")), quality)
    };
    let of = |by: &str, code: &str| (by.to_owned(), code.to_owned());
    let (_, b, quality) = delivered("key", "reports", &[]);
    assert_eq!(b[&of("total", "")], ("10".to_owned(), "rounded".to_owned()));
    assert_eq!(b[&of("age", "adult")], ("10".to_owned(), "rounded".to_owned()));
    assert!(quality.contains("The register has no records of this kind for this year."), "{quality}");
    assert!(!quality.contains("There is no file of the prosecution service"), "{quality}");
    // A file counts before the records, and it is said.
    place.write("justice.csv", &JUSTICE.replace("2015", "2016"));
    let (told, b, _) = delivered("other-key", "others", &["--justice", "justice.csv"]);
    assert!(told.contains("Tables b to g come from justice.csv"), "{told}");
    assert_eq!(b[&of("total", "")], ("150".to_owned(), "rounded".to_owned()));
}

/// A year with nobody is delivered as one, and the report reaches back to the last year with somebody. A register that never had anybody
/// is most likely the wrong one.
#[test]
fn a_year_with_nobody_is_delivered_and_a_register_with_nobody_is_refused() {
    let place = Place::furnished();
    let run = |wanted: &str, language: &str| {
        Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .args(["report", "--for", wanted, "--year", "2017", "--years", "1", "--from", "register"])
            .args(["--at", "register", "--passphrase-file", "secret", "--password-file", "password"])
            .args(["--key-file", "key", "--counts", "suppressed", "--date", "2018-09-01", "--synthetic"])
            .args(["--lang", language])
            .current_dir(place.path("."))
            .stdin(Stdio::null())
            .output()
            .unwrap()
    };
    for (language, words) in [
        ("en", "Nobody is registered, in any year"),
        ("nl", "Er is niemand geregistreerd, in geen enkel jaar"),
    ] {
        for wanted in ["all", "monitor"] {
            let o = run(wanted, language);
            assert!(!o.status.success() && said(&o).contains(words), "{}", said(&o));
        }
    }
    assert!(!place.path("reports").exists(), "something was written");
    let mut file = "organisation,case,date,sex,minor,nationality,form\n".to_owned();
    for i in 0..60 {
        let by = ["shelter", "police"][i % 2];
        let _ = writeln!(file, "{by},{i},2016-03-0{},F,no,RO,LABOUR", 1 + i % 9);
    }
    place.works(&["import", &place.write("file.csv", &file), "--lane", "statistics"]);
    let o = run("all", "en");
    assert!(o.status.success(), "{}", said(&o));
    let a = cells(&place.path("reports/2017-eu-19a/eu-19a-a.csv"));
    assert!(a.len() > 30 && a.values().all(|c| *c == ("0".to_owned(), "zero".to_owned())), "{a:?}");
    let o = run("monitor", "nl");
    assert!(o.status.success() && said(&o).contains("begint daarom in 2016"), "{}", said(&o));
    let lists = std::fs::read_to_string(place.path("reports/2017/tables/reported-list.csv")).unwrap();
    let head = lists.lines().find(|l| l.contains("2016")).unwrap();
    assert!(head.contains("2016,2017,total"), "{lists}");
    let page = std::fs::read_to_string(place.path("reports/2017/nl.html")).unwrap();
    assert!(page.contains("In 2017 zijn 0 vermoedelijke slachtoffers gemeld."), "{page}");
}
