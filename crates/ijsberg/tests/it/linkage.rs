//! Linkage as its users run it: persons resolved by hand, and lists in codes.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use crate::ijsberg_with;

/// Synthetic lists in a folder of their own.
struct Lists {
    dir: tempfile::TempDir,
    files: Vec<String>,
}

fn lists(persons: &str) -> Lists {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("lists").to_str().unwrap().to_owned();
    let made = ijsberg_with("simulate", &["lists", "--persons", persons, "--seed", "3", "--out", &out]);
    assert!(made.status.success());
    let names = ["police", "border", "labour", "regional", "ngo", "other"];
    Lists { files: names.iter().map(|l| format!("{out}/synthetic-{l}.csv")).collect(), dir }
}

impl Lists {
    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_str().unwrap().to_owned()
    }

    fn link(&self, more: &[&str]) -> Output {
        let mut arguments: Vec<&str> = self.files.iter().map(String::as_str).collect();
        arguments.extend(more);
        ijsberg_with("link", &arguments)
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn persons_are_resolved_and_what_was_missed_is_put_back() {
    let all = lists("700");
    let (linked, resolved) = (all.path("linked"), all.path("resolved.json"));
    assert!(all.link(&["--out", &linked, "--draws", "4"]).status.success());
    let table = format!("{linked}/linked.csv");
    let resolve = |answers: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
            .args(["link", "resolve"])
            .args(&all.files)
            .args(["--linked", &table, "--resolved", &resolved, "--count", "6"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
        out(&child.wait_with_output().unwrap())
    };
    // An empty answer agrees with the linkage; numbers beyond the last are asked again.
    let page = resolve("\n9999\n\n1 2\nq\n");
    assert!(page.contains("Group 1 of 6") && page.contains("Numbers from 1 to"), "{page}");
    // A search over all lists finds what was not shown, or says that there is nothing; the message says how much it added.
    let page = resolve("/qqqzzz\n/a\n\nq\n");
    assert!(page.contains("No other record on any list") && page.contains("here are the first"), "{page}");
    assert!(page.contains("People searched for in all lists: 1 of"), "{page}");
    let page = resolve(&"\n".repeat(40));
    assert!(page.contains("groups resolved in"), "{page}");
    let saved = std::fs::read_to_string(&resolved).unwrap();
    let someone = std::fs::read_to_string(&all.files[0]).unwrap();
    let family = someone.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    assert!(family.is_empty() || !saved.contains(&family));
    let page = out(&all.link(&["--out", &linked, "--draws", "4", "--resolved", &resolved, "--lang", "nl"]));
    assert!(page.contains("handmatig gekoppelde groepen blijkt"), "{page}");
    let table = std::fs::read_to_string(format!("{linked}/histories.csv")).unwrap();
    assert!(table.lines().nth(1).unwrap().starts_with("resolved_draw,"), "{table}");
    let shown = std::fs::read_to_string(format!("{linked}/link.html")).unwrap();
    for part in ["lang=\"nl\"", "Gewichten van de paren", "van een zeker paar", "Naar schrift"] {
        assert!(shown.contains(part), "{part}");
    }
    assert!(family.is_empty() || !shown.contains(&format!(">{family}<")));
    let link: serde_json::Value =
        serde_json::from_slice(&std::fs::read(format!("{linked}/link.json")).unwrap()).unwrap();
    let recall = link["resolved"]["recall"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&recall));
    // All pairs were compared, so nothing was lost and all that may be one person was kept.
    assert!(link["blocking_loss"] == 0.0 && link["least_log_odds"] == -7.0, "{}", link["blocking_loss"]);
    assert!(link["never_compared"].is_null() && link["never_compared_unknown"].is_null());
    // A file begun with one linkage is not gone on with another.
    std::fs::write(&resolved, saved.replacen("\"overlaps\": ", "\"overlaps\": 9", 1)).unwrap();
    assert!(resolve("").contains("begun with another linkage or seed"));
}

#[test]
fn lists_become_codes_and_codes_are_linked_or_only_counted() {
    let all = lists("700");
    let (secret, schema, codes) = (all.path("s.key"), all.path("codes.json"), all.path("codes"));
    assert!(ijsberg_with("link", &["encode", "secret", "--out", &secret]).status.success());
    let again = ijsberg_with("link", &["encode", "secret", "--out", &secret]);
    assert!(!again.status.success() && out(&again).contains("never overwritten"));
    let proposed = ijsberg_with("link", &["encode", "init", &all.files[0]]);
    std::fs::write(&schema, &proposed.stdout).unwrap();
    let encode = |secret: &str, folder: &str| {
        let mut arguments = vec!["encode"];
        arguments.extend(all.files.iter().map(String::as_str));
        arguments.extend(["--schema", &schema, "--secret-file", secret, "--out", folder]);
        ijsberg_with("link", &arguments)
    };
    assert!(encode(&secret, &codes).status.success());
    let files: Vec<String> = ["police", "border", "labour", "regional", "ngo", "other"]
        .iter()
        .map(|l| format!("{codes}/synthetic-{l}.codes.json"))
        .collect();
    let link = |more: &[&str]| {
        let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        arguments.extend(more);
        ijsberg_with("link", &arguments)
    };
    let linked = all.path("linked");
    let page = out(&link(&["--out", &linked, "--draws", "4"]));
    assert!(page.contains("pairs compared") && !page.contains("link review"), "{page}");
    let rows = std::fs::read_to_string(format!("{linked}/linked.csv")).unwrap();
    assert!(rows.lines().count() > 600 && rows.contains("synthetic-ngo,"));
    // Links that codes do not show cannot be measured, so no minimum rests on an allowance for them.
    let draws = format!("{linked}/histories.csv");
    let drawn = std::fs::read_to_string(&draws).unwrap();
    assert!(drawn.lines().nth(1).unwrap().starts_with("codes_draw,"), "{drawn}");
    let quick = ["--methods", "loglinear.best-bic", "--replicates", "20"];
    for more in [&[][..], &["--missed-links", "0.05"]] {
        let arguments = [&[draws.as_str()][..], &quick, more].concat();
        let page = out(&ijsberg_with("estimate", &arguments));
        assert!(page.contains("Do not publish an estimate") && !page.contains("At least"), "{page}");
    }
    let counted = out(&link(&["--counts-only", "--lang", "nl", "--out", &linked]));
    assert!(counted.contains("Niemand is gekoppeld") && counted.contains("op beide"), "{counted}");
    assert!(std::path::Path::new(&format!("{linked}/counts.json")).exists());
    // Another secret, a file cut short, codes and names together: each is found.
    let other = all.path("other.key");
    std::fs::write(&other, "another secret of this test").unwrap();
    assert!(encode(&other, &all.path("other")).status.success());
    let wrong = all.path("other/synthetic-ngo.codes.json");
    let refused = ijsberg_with("link", &[&files[0], &wrong]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(out(&refused).contains("different secrets"), "{}", out(&refused));
    let whole = std::fs::read(&files[1]).unwrap();
    std::fs::write(&wrong, &whole[..whole.len() / 2]).unwrap();
    assert!(out(&ijsberg_with("link", &[&files[0], &wrong])).contains("cut short"));
    assert!(out(&ijsberg_with("link", &[&files[0], &all.files[1]])).contains("link codes with codes"));
    assert!(out(&link(&["--judgements", "x.csv"])).contains("leave out --judgements"));
    assert!(out(&all.link(&["--counts-only"])).contains("ijsberg link encode"));
    let elsewhere = all.path("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let twin = format!("{elsewhere}/synthetic-police.csv");
    std::fs::copy(&all.files[1], &twin).unwrap();
    let (a, s) = (&all.files[0], &schema);
    let arguments = ["encode", a, &twin, "--schema", s, "--secret-file", &secret, "--out", &elsewhere];
    let twice = ijsberg_with("link", &arguments);
    assert!(!twice.status.success() && out(&twice).contains("used twice"), "{}", out(&twice));
    std::fs::write(&other, "short").unwrap();
    assert!(out(&encode(&other, &codes)).contains("shorter than 16"));
    let none = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["link", "encode", &all.files[0], "--schema", &schema, "--out", &codes])
        .env_remove("IJSBERG_SECRET")
        .output()
        .unwrap();
    assert!(out(&none).contains("IJSBERG_SECRET"), "{}", out(&none));
}

/// The vectors were made by the package itself: `tests/clkhash/make.py`.
#[test]
fn a_file_becomes_the_codes_that_clkhash_makes_of_it_blanks_and_all() {
    let vectors = include_str!("../../../ijsberg-linkage/tests/clkhash/blake.json");
    let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let (list, schema, secret) = (path("list.csv"), path("schema.json"), path("secret"));
    std::fs::write(&schema, vectors["schema"].to_string()).unwrap();
    std::fs::write(&secret, vectors["secret"].as_str().unwrap()).unwrap();
    let row = |row: &serde_json::Value| {
        let cells = row.as_array().unwrap().iter().map(|c| format!("\"{}\"", c.as_str().unwrap()));
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    let rows: String = vectors["rows"].as_array().unwrap().iter().map(row).collect();
    std::fs::write(&list, format!("row,given,family,birth,nationality,number\n{rows}")).unwrap();
    let arguments = ["encode", &list, "--schema", &schema, "--secret-file", &secret, "--out", &path("codes")];
    let page = out(&ijsberg_with("link", &arguments));
    assert!(page.contains("a blank before or after them: 2"), "{page}");
    let made = std::fs::read_to_string(path("codes/list.codes.json")).unwrap();
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let codes: Vec<&str> =
        made["rows"].as_array().unwrap().iter().map(|row| row[1][0].as_str().unwrap()).collect();
    let expected: Vec<&str> =
        vectors["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert_eq!(codes, expected);
}

#[test]
fn parts_scored_apart_and_merged_are_what_one_run_gives() {
    // More records than all pairs of are kept, so that they are weighed row by row.
    let all = lists("2200");
    let (whole, merged, plan) = (all.path("whole"), all.path("merged"), all.path("plan"));
    let with = |first: &[&str], more: &[&str]| {
        let mut arguments = first.to_vec();
        arguments.extend(all.files.iter().map(String::as_str));
        arguments.extend(more);
        ijsberg_with("link", &arguments)
    };
    assert!(with(&[], &["--out", &whole, "--draws", "4"]).status.success());
    let planned = with(&["plan"], &["--shards", "3", "--out", &plan, "--lang", "nl"]);
    assert!(out(&planned).contains("plan voor 3 delen"), "{}", out(&planned));
    let merge = |to: &str| with(&["merge"], &["--plan", &plan, "--out", to, "--draws", "4"]);
    assert!(out(&merge(&merged)).contains("edges-00001-of-00003.parquet"));
    for shard in ["3/3", "1/3", "2/3", "1/3"] {
        assert!(with(&["score"], &["--plan", &plan, "--shard", shard]).status.success());
    }
    let page = merge(&merged);
    assert!(page.status.success(), "{}", out(&page));
    for file in ["histories.csv", "linked.csv", "link.json"] {
        let read = |dir: &str| std::fs::read(format!("{dir}/{file}")).unwrap();
        assert!(read(&whole) == read(&merged), "{file}");
    }
    assert!(out(&with(&["score"], &["--plan", &plan, "--shard", "4/3"])).contains("4/3"));
    let part = format!("{plan}/edges-00002-of-00003.parquet");
    let bytes = std::fs::read(&part).unwrap();
    std::fs::write(&part, &bytes[..bytes.len() - 9]).unwrap();
    assert!(out(&merge(&merged)).contains("edges-00002"));
    std::fs::copy(format!("{plan}/edges-00001-of-00003.parquet"), &part).unwrap();
    assert!(out(&merge(&merged)).contains("another plan"));
    // The same files with another name in them are other lists.
    let text = std::fs::read_to_string(&all.files[0]).unwrap();
    let head = text.find('\n').unwrap() + 1;
    std::fs::write(&all.files[0], format!("{}Someone{}", &text[..head], &text[head..])).unwrap();
    let changed = with(&["score"], &["--plan", &plan, "--shard", "1/3"]);
    assert!(out(&changed).contains("other lists"), "{}", out(&changed));
    std::fs::write(&all.files[0], text).unwrap();
    let fewer =
        ijsberg_with("link", &["score", &all.files[0], &all.files[1], "--plan", &plan, "--shard", "1/3"]);
    assert!(out(&fewer).contains("other lists"), "{}", out(&fewer));
}

#[test]
fn lists_come_in_other_formats_and_broken_ones_are_reported_without_values() {
    let all = lists("700");
    // The first list as a spreadsheet gives the same links as it does as text.
    let csv = std::fs::read_to_string(&all.files[0]).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (r, line) in csv.lines().enumerate() {
        for (c, cell) in line.split(',').enumerate() {
            sheet.write_string(r as u32, c as u16, cell).unwrap();
        }
    }
    let file = all.path("synthetic-police.xlsx");
    book.save(&file).unwrap();
    let other = &all.files[1];
    let persons = |first: &str| {
        let folder = all.path("formats");
        let page = out(&ijsberg_with("link", &[first, other, "--out", &folder, "--draws", "2"]));
        assert!(page.contains("pairs compared"), "{page}");
        std::fs::read_to_string(format!("{folder}/histories.csv")).unwrap()
    };
    assert_eq!(persons(&file), persons(&all.files[0]));
    // Letters of another encoding, a broken spreadsheet: the message names the place, and nobody's name.
    let broken = all.path("broken.csv");
    std::fs::write(&broken, b"given,family,dob\nSecr\xc3\xa9t,Person,1990\nJos\xe9,Person,1991\n").unwrap();
    let page = out(&ijsberg_with("link", &[&broken, other]));
    assert!(page.contains("line 3") && !page.contains("Person") && !page.contains("Jos"), "{page}");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let page = out(&ijsberg_with("link", &[&file, other]));
    assert!(page.contains("synthetic-police.xlsx"), "{page}");
    std::fs::write(&broken, "given,family,dob\n,,\n,,1990\n").unwrap();
    let page = out(&ijsberg_with("link", &[&broken, other]));
    assert!(page.contains("neither a name nor an identifier"), "{page}");
}

#[test]
fn the_lists_own_numbers_and_plain_words_stand_in_what_people_see() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    for (file, name) in [("a", "Anna"), ("b", "Hanna")] {
        let row = |i: usize| {
            let given = ["Jan", "Piet", "Wim", "Mo", "Ali", "Eva", "Lea"][i % 7];
            let family = ["Bos", "Vos", "Mos", "Koning", "Meijer"][i % 5];
            format!("{file}-{i},{given},{family},19{}-0{}-1{}\n", 50 + i, 1 + i % 9, i % 9)
        };
        let rows: String = (0..40).map(row).collect();
        let head = "Zaaknummer,Voornaam,Achternaam,Geboortedatum\n";
        let rows = format!("{head}{rows}{file}-x,{name},\u{1b}[2JVries,1980-01-02\n");
        std::fs::write(path(&format!("{file}.csv")), rows).unwrap();
    }
    let (a, b, folder) = (path("a.csv"), path("b.csv"), path("out"));
    let linked = ijsberg_with("link", &[&a, &b, "--out", &folder, "--lang", "nl"]);
    let page = out(&linked);
    assert!(linked.status.success() && page.contains("eigen recordnummer"), "{page}");
    let rows = std::fs::read_to_string(path("out/linked.csv")).unwrap();
    assert!(rows.starts_with("file,line,list,record,person,probability"), "{rows}");
    assert!(rows.contains("a-7,") && rows.contains("b-x,"), "{rows}");
    // Pairs are shown in words, and nothing in them moves the cursor.
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["link", "review", &a, &b, "--judgements", &path("j.csv"), "--count", "200", "--lang", "nl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all("n\n".repeat(200).as_bytes()).unwrap();
    let page = out(&child.wait_with_output().unwrap());
    assert!(page.contains("voornaam") && page.contains("Hanna"), "{page}");
    assert!(!page.contains("field-") && !page.contains("link-column") && !page.contains('\u{1b}'), "{page}");
    assert!(std::fs::read_to_string(path("j.csv")).unwrap().lines().count() > 1);
}

#[test]
fn new_notifications_are_linked_to_who_is_known_and_people_keep_their_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let word = |seed: usize| {
        const SYLLABLES: [&str; 12] =
            ["ba", "den", "ko", "lam", "mir", "no", "pel", "ru", "sof", "ti", "van", "zu"];
        let at = |k: usize| SYLLABLES[(seed * (k + 3) + seed / (5 + k)) % 12];
        format!("{}{}{}", at(1), at(2), at(4))
    };
    let row = |file: &str, i: usize| {
        let (given, family) = (word(7 * i + 1), word(11 * i + 5));
        format!("{file}-{i},{given},{family},{}-{:02}-{:02}\n", 1950 + i * 7 % 50, 1 + i % 12, 1 + i % 28)
    };
    let head = "Zaaknummer,Voornaam,Achternaam,Geboortedatum\n";
    let write = |file: &str, of: &dyn Fn(&str) -> String| {
        std::fs::write(path(&format!("{file}.csv")), head.to_owned() + &of(file)).unwrap();
    };
    write("a", &|f| (0..40).map(|i| row(f, i)).collect());
    write("b", &|f| (20..48).map(|i| row(f, i)).collect());
    let link = |more: &[&str]| {
        let (a, b) = (path("a.csv"), path("b.csv"));
        let mut arguments = vec![a.as_str(), b.as_str(), "--lang", "en"];
        arguments.extend(more);
        ijsberg_with("link", &arguments)
    };
    let (first, second) = (path("first"), path("second"));
    assert!(link(&["--out", &first]).status.success());
    // The new ones stand above the others, so that every line has moved: someone who is on the other list, and two newcomers.
    write("b", &|f| [3, 48, 49].into_iter().chain(20..48).map(|i| row(f, i)).collect());
    let earlier = format!("{first}/linked.csv");
    let page = out(&link(&["--out", &second, "--earlier", &earlier]));
    assert!(page.contains("3 new records, of which 1 belong") && page.contains("2 new people"), "{page}");
    let persons = |folder: &str| -> std::collections::BTreeMap<String, String> {
        let rows = std::fs::read_to_string(format!("{folder}/linked.csv")).unwrap();
        let cells = rows.lines().skip(1).map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        cells.map(|c| (c[3].clone(), c[4].clone())).collect()
    };
    let (before, after) = (persons(&first), persons(&second));
    assert!(before.iter().all(|(record, person)| after[record] == *person), "{before:?} {after:?}");
    assert_eq!(after["b-3"], after["a-3"]);
    let pairs = std::fs::read_to_string(format!("{second}/pairs.csv")).unwrap();
    assert!(pairs.starts_with("file_a,line_a,record_a,file_b,line_b,record_b,weight,probability"), "{pairs}");
    assert!(pairs.lines().any(|l| l.contains("a-3,") && l.contains("b-3,")), "{pairs}");
    // Not the file of these lists, or of none.
    write("b", &|f| (60..90).map(|i| row(&format!("other{f}"), i)).collect());
    write("a", &|f| (60..90).map(|i| row(&format!("other{f}"), i)).collect());
    assert!(out(&link(&["--earlier", &earlier])).contains("does it belong to other lists?"));
    assert!(out(&link(&["--earlier", &path("a.csv")])).contains("is not the linked.csv"));
}
