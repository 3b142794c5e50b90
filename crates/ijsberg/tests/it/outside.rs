//! The corpus of texts that do harm, as names of files, columns, levels, lists, organisations and persons, through the whole program:
//! what stands in any file that is made, and on the terminal.

#![expect(clippy::disallowed_types, reason = "a file that means harm is written as it is")]

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::never;

fn run(dir: &Path, arguments: &[&OsStr]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .current_dir(dir)
        .args(arguments)
        .env_remove("IJSBERG_REGISTER_URL")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    never::terminal(&output.stdout);
    never::terminal(&output.stderr);
    assert!(matches!(output.status.code(), Some(0..=3)), "{arguments:?}: {}", said(&output));
    output
}

fn words<'a>(arguments: &[&'a str]) -> Vec<&'a OsStr> {
    arguments.iter().map(|a| OsStr::new(*a)).collect()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

/// Every file of a folder and those below it, each by what it is.
fn checked(dir: &Path) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(dir).unwrap().map(|e| e.unwrap()) {
        let path = entry.path();
        never::file_name(&entry.file_name().into_string().expect("a name that is text"));
        if path.is_dir() {
            files += checked(&path);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let text = || std::str::from_utf8(&bytes).unwrap_or_else(|_| panic!("{}", path.display()));
        match path.extension().and_then(OsStr::to_str).unwrap() {
            "csv" => never::csv(&bytes),
            "html" => never::html(text()),
            "svg" => never::xml(text()),
            "json" => never::json_file(text()),
            "xlsx" | "ods" => workbook(&bytes),
            "pdf" => pdf(&bytes),
            "sql" | "toml" | "txt" => never::terminal(text().as_bytes()),
            other => panic!("nothing is known of files of kind {other}"),
        }
        files += 1;
    }
    files
}

/// Every part of a workbook is XML, its sheets have names that workbooks take, and no cell is a formula.
fn workbook(bytes: &[u8]) {
    let mut folder = unzip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    for i in 0..folder.len() {
        let mut part = folder.by_index(i).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        if name == "mimetype" {
            continue;
        }
        // What every such part begins with.
        let text = text.trim_start();
        let body = text.strip_prefix("<?xml").and_then(|t| t.split_once("?>")).map_or(text, |t| t.1);
        never::xml(body);
        for formula in
            ["<f>", "<f ", "table:formula", "<hyperlink", "xlink:href", "<externalReference", "ddeLink"]
        {
            assert!(!text.contains(formula), "{formula} in {name}");
        }
        for attribute in ["<sheet name=\"", "table:name=\""] {
            for sheet in text.split(attribute).skip(1).map(|s| s.split('"').next().unwrap()) {
                never::sheet_name(sheet);
            }
        }
    }
}

/// It is read by another reader, and nothing in it runs, starts or fetches.
fn pdf(bytes: &[u8]) {
    let language = if bytes.windows(9).any(|w| w == b"/Lang(nl)") { "nl" } else { "en" };
    crate::pdf::check(bytes, language);
    for what in ["/JavaScript", "/Launch", "/OpenAction", "/AA", "/EmbeddedFile", "/SubmitForm"] {
        assert!(!bytes.windows(what.len()).any(|w| w == what.as_bytes()), "{what}");
    }
}

/// A row of CSV of bytes that need not be text.
fn row(cells: &[Vec<u8>]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    out.write_record(cells).unwrap();
    out.into_inner().unwrap()
}

fn write(dir: &Path, name: &OsStr, rows: &[Vec<Vec<u8>>]) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, rows.iter().map(|r| row(r)).collect::<Vec<_>>().concat()).unwrap();
    path
}

/// What a file can hold at all: others are refused whole, in words.
fn is_text(bytes: &[u8]) -> bool {
    !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok()
}

/// What can be the name of a file here.
fn as_file(bytes: &[u8]) -> Vec<u8> {
    let mut name: Vec<u8> = bytes.iter().copied().filter(|b| ![b'/', 0].contains(b)).take(60).collect();
    name.extend_from_slice(b".csv");
    name
}

fn cell(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// Names of lists, a covariate and its levels, and of the file: three lists a table, estimated and written out.
#[test]
fn names_of_lists_and_levels_do_no_harm_in_what_an_estimate_makes() {
    let dir = tempfile::tempdir().unwrap();
    let all: Vec<Vec<u8>> = never::nasty()
        .into_iter()
        .map(|(_, b)| b)
        .filter(|b| !b.iter().all(u8::is_ascii_whitespace) && b.len() < 30_000)
        .collect();
    // What is no text is refused with its whole file, so it stands with others of its kind.
    let (texts, other): (Vec<_>, Vec<_>) = all.into_iter().partition(|b| is_text(b));
    let all = [other, texts].concat();
    let made = std::sync::atomic::AtomicUsize::new(0);
    let one = |i: usize, of: &[Vec<u8>]| {
        let mut rows = vec![[of, &[cell("sector"), cell("count")]].concat()];
        for (history, persons) in [(1, 40), (2, 30), (4, 20), (3, 12), (5, 9), (6, 7), (7, 3)] {
            for (k, level) in [&of[0], &all[(i + 50) % all.len()]].into_iter().enumerate() {
                let on = |list: usize| cell(if history >> list & 1 == 1 { "1" } else { "0" });
                rows.push(vec![on(0), on(1), on(2), level.clone(), cell(&(persons + k).to_string())]);
            }
        }
        let name = as_file(&of[i % 3]);
        let folder = dir.path().join(i.to_string());
        std::fs::create_dir(&folder).unwrap();
        let file = write(&folder, OsStr::from_bytes(&name), &rows);
        let out = folder.join("out");
        let mut arguments = words(&[
            "estimate",
            "--replicates",
            "10",
            "--lang",
            if i.is_multiple_of(2) { "nl" } else { "en" },
        ]);
        arguments.extend([OsStr::new("--out"), out.as_os_str(), OsStr::new("--"), file.as_os_str()]);
        let output = run(dir.path(), &arguments);
        assert!(!output.status.success() || of.iter().all(|b| is_text(b)), "{}", said(&output));
        if output.status.success() {
            assert!(checked(&out) >= 4);
            made.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let tables: Vec<&[Vec<u8>]> = all.chunks_exact(3).collect();
    std::thread::scope(|s| {
        for half in 0..2 {
            let (tables, one) = (&tables, &one);
            s.spawn(move || tables.iter().enumerate().skip(half).step_by(2).for_each(|(i, of)| one(i, of)));
        }
    });
    let made = made.into_inner();
    assert!(made * 2 > tables.len(), "only {made} of {} tables were estimated", tables.len());
}

/// The contents of lists with names, and the names of the lists.
#[test]
fn names_of_persons_do_no_harm_in_what_a_linkage_makes() {
    let dir = tempfile::tempdir().unwrap();
    let all: Vec<Vec<u8>> =
        never::nasty().into_iter().map(|(_, b)| b).filter(|b| b.len() < 5000 && is_text(b)).collect();
    let evil = as_file("\u{1b}[2J\u{202e}=1+1'\"<b>".as_bytes());
    let list = |n: &str, from: usize| {
        let mut rows = vec![["given_name", "surname", "date_of_birth", "sex", "place"].map(cell).to_vec()];
        for (i, text) in all.iter().enumerate().skip(from) {
            let surname = format!("Jansen{}", i % 17);
            let born = format!("19{:02}-0{}-1{}", 50 + i % 40, 1 + i % 9, i % 10);
            rows.push(vec![text.clone(), cell(&surname), cell(&born), cell("F"), text.clone()]);
        }
        let name = [n.as_bytes(), &evil].concat();
        write(dir.path(), OsStr::from_bytes(&name), &rows)
    };
    let (a, b) = (list("a", 0), list("b", 9));
    let out = dir.path().join("out");
    let mut arguments = words(&["link", "--draws", "4", "--out"]);
    arguments.extend([out.as_os_str(), a.as_os_str(), b.as_os_str()]);
    let output = run(dir.path(), &arguments);
    assert!(output.status.success(), "{}", said(&output));
    assert!(checked(&out) >= 4);
    // Side by side, one pair after the other.
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["link", "review"])
        .args([&a, &b])
        .args(["--count", "100", "--judgements"])
        .arg(dir.path().join("judged.csv"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended before.
    let _ = child.stdin.take().unwrap().write_all("y\nn\n?\n".repeat(60).as_bytes());
    let output = child.wait_with_output().unwrap();
    never::terminal(&output.stdout);
    never::terminal(&output.stderr);
    assert!(said(&output).contains("Jansen"), "{}", said(&output));
}

/// A register: what is refused and how, what is taken in, and what leaves it.
#[test]
fn names_of_persons_and_organisations_do_no_harm_in_what_a_register_gives() {
    let place = crate::place::Place::furnished();
    let head = ["organisation", "case", "date", "first name", "surname", "alias", "place"].map(cell).to_vec();
    let of = |name: &str, text: &[u8]| {
        let text = || text.to_vec();
        vec![cell("police"), cell(name), cell("2016-05-31"), text(), cell("Example"), text(), text()]
    };
    let try_it = |arguments: &[&str]| {
        let output = place.run(arguments);
        never::terminal(&output.stdout);
        never::terminal(&output.stderr);
        output
    };
    // All of them: refused by line, and without any of them. What is no text is no file.
    let all: Vec<_> = never::nasty().into_iter().filter(|(_, b)| is_text(b)).collect();
    let rows: Vec<_> = std::iter::once(head.clone()).chain(all.iter().map(|(n, t)| of(n, t))).collect();
    write(&place.path("."), OsStr::new("all.csv"), &rows);
    for language in ["en", "nl"] {
        let refused = try_it(&["import", "all.csv", "--lane", "help", "--lang", language]);
        assert!(!refused.status.success() && said(&refused).contains("given_name"), "{}", said(&refused));
        assert!(
            !said(&refused).contains("alert(1)") && !said(&refused).contains("calc"),
            "{}",
            said(&refused)
        );
    }
    // Those that are no worse than a formula or a tag are names that somebody may have typed.
    let fits = |t: &[u8]| std::str::from_utf8(t).is_ok_and(|t| ijsberg_outside::Line::new(t, 500).is_ok());
    let some: Vec<_> = all.iter().filter(|(_, t)| fits(t)).collect();
    assert!(some.len() > 40, "{}", some.len());
    let rows: Vec<_> = std::iter::once(head).chain(some.iter().map(|(n, t)| of(n, t))).collect();
    write(&place.path("."), OsStr::new("some.csv"), &rows);
    place.works(&["import", "some.csv", "--lane", "help"]);
    for (id, evil) in [
        ("one", "=1+1"),
        ("two", "<script>alert(1)</script>"),
        ("three", "\u{1b}[2J"),
        ("..", "x"),
        ("four", "a\u{202e}b"),
    ] {
        let added = try_it(&[
            "organisation",
            "add",
            id,
            "--name",
            evil,
            "--kind",
            "NP",
            "--list",
            &format!("{id} list"),
        ]);
        assert_eq!(added.status.success(), ["one", "two"].contains(&id), "{id}: {}", said(&added));
    }
    try_it(&["user", "add", "\u{1b}]0;owned\u{7}"]);
    try_it(&["import", "no\u{1b}[2J\u{202e}file.csv", "--lane", "help"]);
    place.works(&["lists", "--out", "out/lists"]);
    place.works(&["export", "htcds", "--out", "out/htcds.csv"]);
    place.works(&["export", "ctdc", "--out", "out/ctdc.csv"]);
    let lists = std::fs::read_to_string(place.path("out/lists/P.csv")).unwrap();
    assert!(lists.contains("'=1+1") && lists.contains("<script>"), "{lists}");
    assert!(checked(&place.path("out")) >= 5);
}
