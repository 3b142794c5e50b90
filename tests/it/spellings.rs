//! One table in many spellings: whichever way it is handed over, the answer is the same, or the table is refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::{ijsberg, root};
use crate::server::Server;

/// What is the same in every spelling: who is on which of three lists, how many; and the year, where it is asked for.
struct Cells {
    counts: Vec<([bool; 3], u32)>,
    year: Option<&'static str>,
}

const LISTS: [&str; 3] = ["Politie", "Opvang", "Zorg"];

/// A table of its own for each seed; every history is seen.
fn cells(seed: u32, year: Option<&'static str>) -> Cells {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12345);
    let mut next = |most: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + (state >> 8) % most
    };
    let of = |h: u32| [0, 1, 2].map(|j| h >> j & 1 == 1);
    let counts = (1..8_u32).map(|h| (of(h), next(if h.is_power_of_two() { 900 } else { 60 }))).collect();
    Cells { counts, year }
}

impl Cells {
    /// A row for each history, in one separator, with words for on and off a list.
    fn table(&self, separator: char, header: &str, (on, off): (&str, &str)) -> String {
        let s = separator.to_string();
        let mut out = format!("{}{s}{header}\n", self.names().join(&s));
        for (history, count) in &self.counts {
            let _ = writeln!(out, "{}{s}{count}", self.row(*history, (on, off)).join(&s));
        }
        out
    }

    fn names(&self) -> Vec<&'static str> {
        LISTS.into_iter().chain(self.year.map(|_| "jaar")).collect()
    }

    fn row<'a>(&self, history: [bool; 3], (on, off): (&'a str, &'a str)) -> Vec<&'a str> {
        history.into_iter().map(|h| if h { on } else { off }).chain(self.year).collect()
    }

    /// The spellings, each with the ending of its file.
    fn spellings(&self) -> Vec<(&'static str, Vec<u8>)> {
        let plain = self.table(',', "count", ("1", "0"));
        let total: u32 = self.counts.iter().map(|c| c.1).sum();
        let numbered = plain.lines().enumerate().fold(String::new(), |mut out, (i, line)| {
            let name = if i == 0 { "\"\"".to_owned() } else { format!("\"{i}\"") };
            let _ = writeln!(out, "{name},{line}");
            out
        });
        let utf16 = self.table(';', "aantal", ("1", "0"));
        let utf16 = [0xFEFF].into_iter().chain(utf16.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let head = format!("{}\n", self.names().join(","));
        let persons = self.counts.iter().fold(head, |mut out, (history, count)| {
            let row = self.row(*history, ("1", "0")).join(",");
            (0..*count).for_each(|_| {
                let _ = writeln!(out, "{row}");
            });
            out
        });
        let text = |s: String| s.into_bytes();
        vec![
            ("comma", text(plain.clone())),
            ("lines of Windows", text(plain.replace('\n', "\r\n"))),
            (
                "semicolons, a mark of bytes",
                text(format!("\u{feff}{}", self.table(';', "aantal", ("1", "0")))),
            ),
            ("UTF-16", utf16),
            ("tabs", text(self.table('\t', "Freq", ("1", "0")))),
            ("sep=", text(format!("sep=;\r\n{}", self.table(';', "n", ("1", "0"))))),
            ("ja and nee", text(self.table(';', "aantal", ("ja", "nee")))),
            ("TRUE and FALSE", text(self.table(',', "freq", ("TRUE", "FALSE")))),
            ("decimals", text(self.table(',', "count", ("1.0", "0.0")))),
            ("row names", text(numbered)),
            (
                "a title and a sum",
                text(format!("Export 2024\n\n{plain}Totaal{}{total}\n", ",".repeat(self.names().len()))),
            ),
            ("a row for each person", text(persons)),
        ]
    }

    /// Twelve spellings more, as offices send them.
    fn spellings_of_offices(&self) -> Vec<(&'static str, Vec<u8>)> {
        let plain = self.table(',', "count", ("1", "0"));
        let total: u32 = self.counts.iter().map(|c| c.1).sum();
        let text = |s: String| s.into_bytes();
        let big = self.table('\t', "Anzahl", ("wahr", "falsch"));
        let big = [0xFEFF].into_iter().chain(big.encode_utf16()).flat_map(u16::to_be_bytes).collect();
        let lines = |change: &dyn Fn(usize, &str) -> String| -> String {
            plain.lines().enumerate().map(|(i, line)| change(i, line) + "\n").collect()
        };
        let behind = |line: &str, end: &str| format!("{line}{end}");
        // One column that names the lists, with the others behind it.
        let combined = |name: &dyn Fn([bool; 3]) -> String| {
            let year = self.year.map_or(String::new(), |_| "jaar;".to_owned());
            self.counts.iter().fold(format!("lijsten;{year}aantal\n"), |mut out, (history, count)| {
                let year = self.year.map_or(String::new(), |y| format!("{y};"));
                let _ = writeln!(out, "{};{year}{count}", name(*history));
                out
            })
        };
        let named = |history: [bool; 3]| {
            let on: Vec<&str> = (0..3).filter(|j| history[*j]).map(|j| LISTS[j]).collect();
            if on.len() == 1 { format!("alleen {}", on[0]) } else { on.join(" + ") }
        };
        vec![
            ("UTF-16 the other way, in German", big),
            ("lines of an old Mac", text(plain.replace('\n', "\r"))),
            ("ticks and crosses", text(self.table(';', "Aantal (n)", ("✓", "✗")))),
            ("a cross or nothing", text(self.table(',', "aantal personen 2023", ("X", "")))),
            ("in French", text(self.table(';', "nombre de personnes", ("OUI", "Non")))),
            ("marks of footnotes", text(lines(&|i, l| behind(l, if i == 3 { "*" } else { "" })))),
            ("texts of Excel", text(lines(&|i, l| if i == 0 { l.to_owned() } else { l.replace(',', ",'") }))),
            (
                "a total by another word",
                text(format!("{plain}Samen{}{total}\n", ",".repeat(self.names().len()))),
            ),
            (
                "comments and empty columns",
                text(format!("# uit het systeem\n{}", lines(&|_, l| behind(l, ",,")))),
            ),
            ("one and a dash", text(self.table('|', "Freq", ("1", "-")))),
            ("combinations by name", text(combined(&named))),
            (
                "in Markdown",
                text(lines(&|i, l| {
                    let rule = if i == 0 {
                        format!("\n|{}", "---|".repeat(self.names().len() + 1))
                    } else {
                        String::new()
                    };
                    format!("| {} |{rule}", l.replace(',', " | "))
                })),
            ),
        ]
    }
}

const METHODS: &str = "loglinear.independence,loglinear.all-pairs,chao";

/// Each spelling as a file of the directory.
fn written(dir: &Path, spellings: &[(&str, Vec<u8>)]) -> Vec<PathBuf> {
    assert_eq!(spellings.len(), 12);
    let write = |(i, (_, bytes)): (usize, &(&str, Vec<u8>))| {
        let file = dir.join(format!("{i}.csv"));
        std::fs::write(&file, bytes).unwrap();
        file
    };
    spellings.iter().enumerate().map(write).collect()
}

/// What the command says; nothing where it refuses.
fn by_command(file: &Path) -> Option<Value> {
    let output = ijsberg()
        .args(["estimate", "--json", "--replicates", "0", "--methods", METHODS])
        .arg(file)
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap())
}

/// What the application says of the same file.
fn by_browser(server: &Server, file: &Path) -> Option<Value> {
    let curl = |arguments: &[&str]| {
        let output = Command::new("curl").args(["--silent", "--fail"]).args(arguments).output().unwrap();
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    };
    let sent = [format!("file=@{}", file.display()), format!("methods={METHODS}"), "replicates=0".to_owned()];
    let mut form: Vec<&str> = sent.iter().flat_map(|f| ["--form", f]).collect();
    let to = format!("{}/estimate", server.address);
    form.extend(["--output", "/dev/null", "--write-out", "%{redirect_url}", &to]);
    let job = curl(&form)?;
    for _ in 0..2400 {
        let told: Value = serde_json::from_str(&curl(&[&format!("{job}/progress")])?).unwrap();
        if told["over"] == true {
            return curl(&[&format!("{job}/estimates.json")])
                .map(|found| serde_json::from_str(&found).unwrap());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no answer about {}", file.display());
}

/// What the package for Python says of the same files, one line each.
fn by_python(files: &[PathBuf]) -> Vec<Option<Value>> {
    let script = "import json, sys, ijsberg\n\
                  for f in sys.argv[2:]:\n\
                  \x20   try: print(json.dumps(ijsberg.estimate(f, methods=sys.argv[1].split(','), replicates=0).raw))\n\
                  \x20   except ValueError: print('null')\n";
    let python = root().join("target/python/bin/python");
    let output = Command::new(python).args(["-c", script, METHODS]).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|l| serde_json::from_str::<Option<Value>>(l).unwrap()).collect()
}

#[test]
fn twelve_spellings_give_one_estimate_by_command_browser_and_python() {
    let server = Server::open();
    for (seed, of_offices) in [(1, false), (2, false), (3, false), (1, true)] {
        let dir = tempfile::tempdir().unwrap();
        let cells = cells(seed, None);
        let spellings = if of_offices { cells.spellings_of_offices() } else { cells.spellings() };
        let files = written(dir.path(), &spellings);
        let plain = dir.path().join("plain.csv");
        std::fs::write(&plain, &cells.spellings()[0].1).unwrap();
        let first = by_command(&plain).expect("the plain spelling is read")["estimates"].clone();
        for ((file, (name, _)), by_python) in files.iter().zip(&spellings).zip(by_python(&files)) {
            let same = |found: Option<Value>, by: &str| {
                let found = found.unwrap_or_else(|| panic!("{name} is refused {by}"));
                assert_eq!(found["estimates"], first, "{name} {by}, seed {seed}");
            };
            same(by_command(file), "by the command");
            same(by_browser(&server, file), "by the application");
            same(by_python, "by Python");
        }
    }
}

/// The tables that the yearly report publishes, by name; nothing where it refuses.
fn by_report(file: &Path) -> Option<BTreeMap<String, String>> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("key"),
        "9d66f1dcfcd7141f887cfc66c050ed4c538306abdbb32495fbfdb7ae1c0006d1",
    )
    .unwrap();
    let output = ijsberg()
        .current_dir(dir.path())
        .args(["report", "--year", "2015", "--years", "1", "--date", "2016-10-18", "--key-file", "key"])
        .args(["--synthetic", "--replicates", "10", "--from"])
        .arg(file)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    output.status.success().then(|| {
        let tables = std::fs::read_dir(dir.path().join("reports/2015/tables")).unwrap();
        let files = tables.map(|t| t.unwrap().path()).filter(|t| t.extension().is_some_and(|e| e == "csv"));
        files
            .map(|f| (f.file_name().unwrap().display().to_string(), std::fs::read_to_string(f).unwrap()))
            .collect()
    })
}

#[test]
fn twelve_spellings_give_one_yearly_report() {
    let cells = cells(1, Some("2015"));
    let mut first = None;
    for spellings in [cells.spellings(), cells.spellings_of_offices()] {
        let dir = tempfile::tempdir().unwrap();
        let files = written(dir.path(), &spellings);
        for (file, (name, _)) in files.iter().zip(&spellings) {
            let found = by_report(file).unwrap_or_else(|| panic!("the report refuses {name}"));
            assert!(
                found.len() > 5 && found["capture-histories.csv"].lines().count() > 4,
                "{:?}",
                found.keys()
            );
            assert!(*first.get_or_insert_with(|| found.clone()) == found, "{name}");
        }
    }
}

/// Tables of which nobody may make a number without a word, each with a year for the report.
const REFUSED: [(&str, &str); 12] = [
    ("a number with two meanings", "A;B;jaar;aantal\n1;0;2015;1.234\n0;1;2015;2.500\n1;1;2015;1.100\n"),
    ("a mark that hides a count", "A,B,jaar,count\n1,0,2015,[c]\n0,1,2015,30\n1,1,2015,12\n"),
    ("lists by lists", ",A,B,C\nA,40,12,9\nB,12,50,7\nC,9,7,60\n"),
    ("a quotation mark that is not closed", "A,B,jaar,count\n1,0,2015,40\n0,1,\"2015,30\n1,1,2015,12\n"),
    ("JSON", "[{\"A\":1,\"B\":0,\"jaar\":2015,\"count\":40}]"),
    ("two counts", "A,B,jaar,n,count\n1,0,2015,40,41\n0,1,2015,30,31\n1,1,2015,12,13\n"),
    ("counts by sex", "A,B,C,man,vrouw\n1,0,0,40,41\n0,1,0,30,31\n0,0,1,7,4\n1,1,0,12,13\n1,0,1,3,2\n"),
    ("a group named once", "jaar,A,B,count\n2015,1,0,40\n,0,1,30\n,1,1,12\n2014,1,0,40\n,0,1,30\n,1,1,12\n"),
    ("a count below zero", "A,B,jaar,count\n1,0,2015,-40\n0,1,2015,30\n1,1,2015,12\n"),
    ("a count with decimals", "A,B,jaar,count\n1,0,2015,40.5\n0,1,2015,30\n1,1,2015,12\n"),
    ("a count that became a date", "A,B,jaar,count\n1,0,2015,4-jan\n0,1,2015,30\n1,1,2015,12\n"),
    ("a total that is another", "A,B,jaar,count\n1,0,2015,40\n0,1,2015,30\n1,1,2015,12\nTotaal,,,83\n"),
];

#[test]
fn what_cannot_be_read_in_one_way_gives_no_number_anywhere() {
    let server = Server::open();
    let dir = tempfile::tempdir().unwrap();
    let write = |(i, (_, text)): (usize, &(&str, &str))| {
        let file = dir.path().join(format!("{i}.csv"));
        std::fs::write(&file, text).unwrap();
        file
    };
    let files: Vec<PathBuf> = REFUSED.iter().enumerate().map(write).collect();
    for ((file, (name, _)), by_python) in files.iter().zip(&REFUSED).zip(by_python(&files)) {
        assert_eq!(by_command(file), None, "{name} by the command");
        assert_eq!(by_browser(&server, file), None, "{name} by the application");
        assert_eq!(by_python, None, "{name} by Python");
        assert_eq!(by_report(file), None, "{name} by the report");
    }
}

#[test]
fn what_has_two_readings_is_refused_everywhere() {
    let server = Server::open();
    let file = root().join("crates/ijsberg-tables/tests/tables/one_bool.csv");
    assert_eq!(by_command(&file), None);
    assert_eq!(by_browser(&server, &file), None);
    assert_eq!(by_python(std::slice::from_ref(&file)), [None]);
    // The report, which asks for a year, refuses it for the same reason, and takes it once the roles are plain.
    let text = std::fs::read_to_string(&file).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let dated = |name: &str, text: String| {
        let rows = text.lines().enumerate();
        let rows = rows.map(|(i, row)| format!("{},{row}\n", if i == 0 { "jaar" } else { "2015" }));
        let file = dir.path().join(name);
        std::fs::write(&file, rows.collect::<String>()).unwrap();
        file
    };
    assert_eq!(by_report(&dated("two-readings.csv", text.clone())), None);
    assert!(by_report(&dated("one-reading.csv", text.replace("True", "1").replace("False", "0"))).is_some());
}
