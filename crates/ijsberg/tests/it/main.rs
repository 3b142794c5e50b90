//! Stories at the command line.

mod asked;
mod assess;
mod cases;
#[cfg(unix)]
mod checkpoints;
mod custody;
mod delays;
mod design;
mod dossier;
mod elsewhere;
mod intake;
mod late;
mod legal;
mod linkage;
mod monitor;
#[path = "../../../../fuzz/targets/never.rs"]
#[allow(dead_code, reason = "what reads files of other kinds serves other tests")]
mod never;
mod open;
#[cfg(unix)]
mod outside;
mod parts;
mod pdf;
mod place;
mod protect;
mod pull;
mod recorded;
mod recovery;
mod register;
mod report;
mod tls;
mod upgrade;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};

fn data(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data").join(file)
}

fn ijsberg(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("estimate").args(arguments).output().unwrap()
}

/// A directory with a key, so that the noise is the same whenever this runs.
fn with_key() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("key"),
        "0b3c1ac138bb47216b4bbd4a39e91656f2dd84d36ad1aa5503272680bbff899b",
    )
    .unwrap();
    dir
}

fn json(arguments: &[&str]) -> Value {
    let output = ijsberg(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn from_input(text: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["estimate", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A refused argument ends the program before it reads.
    let _ = child.stdin.take().unwrap().write_all(text);
    child.wait_with_output().unwrap()
}

#[test]
fn the_tables_are_the_ones_we_know() {
    let pins = include_str!("tables.sha256");
    assert_eq!(pins.lines().count(), 18);
    for line in pins.lines() {
        let (hash, file) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(data(file)).unwrap();
        let expected: Vec<u8> =
            (0..hash.len()).step_by(2).map(|i| u8::from_str_radix(&hash[i..i + 2], 16).unwrap()).collect();
        assert_eq!(Sha256::digest(&bytes).as_slice(), expected, "{file}");
    }
}

#[test]
fn the_dutch_table_gets_a_lower_bound() {
    let file = data("netherlands-2010-2015.csv");
    let file = file.to_str().unwrap();
    let quick = ["--json", "--replicates", "20"];
    let a = json(&[&[file], &quick[..]].concat());
    assert_eq!((&a["schema"], &a["table"]["n_observed"]), (&Value::from(1), &Value::from(8234)));
    assert_eq!(a["verdict"]["verdict"], "lower-bound-only");
    let n_hat = |method: &str| {
        let e = a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == method).unwrap();
        e["n_hat"].as_f64().unwrap().round()
    };
    assert_eq!(n_hat("loglinear.independence"), 52_823.0);
    assert_eq!(n_hat("loglinear.all-pairs"), 47_683.0);
    assert_eq!(n_hat("loglinear.stepwise"), 111_139.0);
    assert_eq!(n_hat("loglinear.best-bic"), 143_603.0);
    let again = json(&[&[file, "--threads", "1"], &quick[..]].concat());
    assert_eq!(a["estimates"], again["estimates"]);
}

#[test]
fn writes_a_report_in_dutch() {
    let dir = tempfile::tempdir().unwrap();
    let file = data("kosovo-1999.csv");
    let out = dir.path().to_str().unwrap();
    let output = ijsberg(&[
        file.to_str().unwrap(),
        "--lang",
        "nl",
        "--out",
        out,
        "--replicates",
        "50",
        "--model",
        "[12,34]",
    ]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("Oordeel") && text.contains("4.400 personen") && text.contains("loglinear.formula")
    );
    assert!(text.lines().all(|l| l.chars().count() <= 80 || l.contains(out)), "{text}");
    let page = std::fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(
        page.starts_with("<!doctype html>")
            && page.contains("lang=\"nl\"")
            && page.matches("<svg").count() == 12
    );
    assert!(!page.contains("href=\"http") && !page.contains("src=") && !page.contains("<script"));
    assert_eq!(page.matches("<summary>De cijfers als tabel</summary>").count(), 6);
    for name in ["estimates.json", "estimates.csv", "forest.svg"] {
        assert!(dir.path().join(name).exists(), "{name}");
    }
    // Beside each chart its figures, a row for each mark.
    for name in ["iceberg", "overlaps", "forest", "multiverse", "influence", "sensitivity"] {
        let read = |kind: &str| std::fs::read_to_string(dir.path().join(format!("{name}.{kind}"))).unwrap();
        let marks = read("svg").matches("<g class=\"datum\"").count();
        assert_eq!(read("csv").lines().count(), 1 + marks, "{name}");
    }
}

#[test]
fn errors_say_where_and_what_and_give_no_number() {
    for (text, says) in [
        ("A,B,count\n1,0,4\n0,1,-3\n", "line 3, column \"count\": found \"-3\""),
        ("A,B,count\n1,0,4\n0,0,9\n", "line 3: a row for people on no list"),
        ("A,count\n1,4\n", "only one list"),
        ("", "the file is empty"),
    ] {
        let output = from_input(text.as_bytes(), &["--json"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(says), "{error}");
    }
    let output = from_input(b"A,B,count\n1,0,4\n0,1,-3\n", &["--lang", "nl"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("standard input: regel 3, kolom \"count\": \"-3\" gevonden"), "{error}");
    let output = from_input(b"A,B,count\n1,0,4\n0,1,3\n1,1,2\n", &["--methods", "magic"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("no such method"));
}

#[test]
fn no_overlap_means_no_estimate() {
    let output =
        from_input(b"A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n", &["--json", "--replicates", "10"]);
    let a: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(a["verdict"]["verdict"], "no-estimate");
    for e in a["estimates"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["method"].as_str().unwrap().starts_with("loglinear"))
    {
        assert!(e["n_hat"].is_null() && e["outcome"] != "exists", "{e}");
    }
}

#[test]
fn two_lists_and_eight_lists() {
    let output = from_input(b"A,B,count\n1,0,211\n0,1,34\n1,1,92\n", &["--json"]);
    let a: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(a["verdict"]["verdict"], "lower-bound-only");
    assert!(a["estimates"].as_array().unwrap().iter().any(|e| e["method"] == "chapman"));
    let a = json(&[data("new-orleans-2016.csv").to_str().unwrap(), "--json", "--replicates", "5"]);
    let stepwise =
        a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == "loglinear.stepwise").unwrap();
    assert_eq!(stepwise["n_hat"].as_f64().unwrap().round(), 1184.0);
}

#[test]
fn wrong_covariates_are_named() {
    let file = data("netherlands-synthetic.csv");
    let file = file.to_str().unwrap();
    for (arguments, says) in [
        (["--by", "colour"], "no covariate \"colour\"; the covariates are: year, sex"),
        (["--inactive", "K:year=1999"], "expected LIST:COVARIATE=LEVEL"),
        (["--inactive", "K:year=2015"], "persons are on it there"),
        (["--polynomial", "year=x"], "expected COVARIATE=DEGREE"),
    ] {
        let output = ijsberg(&[
            file,
            "--replicates",
            "0",
            "--methods",
            "chao",
            "--by",
            "year",
            arguments[0],
            arguments[1],
        ]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && error.contains(says), "{arguments:?}: {error}");
    }
}

#[test]
fn shards_of_a_study_add_up_to_the_whole() {
    let dir = tempfile::tempdir().unwrap();
    let simulate = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("simulate").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let rows = |name: &str| dir.path().join(name).display().to_string();
    let study = [
        "--designs",
        "independent",
        "--draws",
        "6",
        "--replicates",
        "20",
        "--methods",
        "chao.bc,loglinear.stepwise",
        "--json",
    ];
    let whole = simulate(&study);
    let [one, two] = [rows("one.csv"), rows("two.csv")];
    simulate(&[&study[..], &["--shard", "1/2", "--rows", &one]].concat());
    simulate(&[&study[..], &["--shard", "2/2", "--rows", &two]].concat());
    let scores = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["studies"].clone();
    let merged = simulate(&["--json", "--merge", &one, &two]);
    assert_eq!(scores(&merged), scores(&whole));
    let twice = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["simulate", "--merge", &one, &one])
        .output()
        .unwrap();
    assert!(String::from_utf8(twice.stderr).unwrap().contains("is there twice"));
}

#[test]
fn each_list_as_the_truth() {
    let kosovo = data("kosovo-1999.csv");
    let output = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args([
            "simulate",
            "--json",
            "--replicates",
            "20",
            "--methods",
            "loglinear.best-bic,chao.bc",
            "--consistency",
        ])
        .arg(kosovo)
        .output()
        .unwrap();
    let a: Value = serde_json::from_slice(&output.stdout).unwrap();
    let scores = a["studies"][0]["scores"].as_array().unwrap();
    assert!(
        scores.len() == 2 && scores.iter().all(|s| s["tables"] == 4 && s["rmse"].as_f64().unwrap() < 1.0)
    );
}

#[test]
fn over_coverage_is_a_range_of_shares() {
    let kosovo = data("kosovo-1999.csv");
    let file = kosovo.to_str().unwrap();
    let a = json(&[file, "--json", "--replicates", "0", "--over-coverage", "0-0.1"]);
    let rows = a["identification"]["over_coverage"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows[2]["n_hat"].as_f64() < rows[0]["n_hat"].as_f64());
    let output = ijsberg(&[file, "--over-coverage", "2"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("such as 0.02-0.08"));
}

#[test]
fn times_seen_without_lists() {
    let file = data("irregular-migrants-apprehended.csv");
    let a = json(&[file.to_str().unwrap(), "--json"]);
    let n_hat = |method: &str| {
        let e = a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == method).unwrap();
        e["n_hat"].as_f64().map(f64::round)
    };
    assert_eq!((n_hat("truncated.poisson"), n_hat("m0")), (Some(7080.0), Some(7080.0)));
    assert_eq!(n_hat("mh.chao"), Some(9274.0));
    let output = from_input(b"times,sex,count\n1,f,90\n1,m,40\n2,f,20\n2,m,4\n3,f,5\n", &["--lang", "nl"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("159 personen, sex: m") && text.contains("truncated.geometric"), "{text}");
    let output = from_input(b"times,count\n0,90\n1,4\n", &[]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("line 2: a row for people on no list"));
}

/// Synthetic lists, linked, estimated: everything on the way is a file, and nobody's name leaves the lists.
#[test]
fn lists_become_draws_and_draws_an_estimate() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let made =
        ijsberg_with("simulate", &["lists", "--persons", "900", "--seed", "3", "--out", &path("lists")]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let names = ["police", "border", "labour", "regional", "ngo", "other"];
    let files: Vec<String> = names.iter().map(|l| path(&format!("lists/synthetic-{l}.csv"))).collect();
    let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    let out = path("linked");
    arguments.extend(["--out", &out, "--draws", "6", "--lang", "nl"]);
    let linked = ijsberg_with("link", &arguments);
    let page = String::from_utf8(linked.stdout).unwrap();
    assert!(linked.status.success() && page.contains("paren vergeleken"), "{page}");
    let again = {
        let first = std::fs::read(path("linked/histories.csv")).unwrap();
        ijsberg_with("link", &arguments);
        first == std::fs::read(path("linked/histories.csv")).unwrap()
    };
    assert!(again, "the same seed gives the same draws");
    let rows = std::fs::read_to_string(path("linked/linked.csv")).unwrap();
    let someone = std::fs::read_to_string(&files[0]).unwrap();
    let family = someone.lines().nth(1).unwrap().split(',').nth(1).unwrap().to_owned();
    assert!(family.is_empty() || !rows.contains(&family) && !page.contains(&family));
    let histories = path("linked/histories.csv");
    let a = json(&[&histories, "--json", "--methods", "mt,loglinear.best-bic"]);
    let mt = &a["estimates"][0];
    assert_eq!(mt["interval"], "over-linkage");
    assert!((700.0..1300.0).contains(&mt["n_hat"].as_f64().unwrap()), "{mt}");
    let share = a["linkage"][0]["share"].as_f64().unwrap();
    assert!(share > 0.0 && share < 1.0 && a["linkage"][0]["draws"] == 6);
    // Missed links are not counted, so neither a number nor a minimum may be published.
    assert_eq!(a["verdict"]["verdict"], "no-estimate");
    assert!(a["verdict"]["at_least"].is_null(), "{}", a["verdict"]);
}

#[test]
fn linking_says_what_is_wrong_without_saying_who() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("all.csv");
    let write = |text: &str| std::fs::write(&file, text).unwrap();
    let link = |more: &[&str]| {
        let output = ijsberg_with("link", &[&[file.to_str().unwrap()], more].concat());
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    write("list,given,family,dob\na,Jane,Doe,about 02-30\nb,Jan,Doe,1990\n");
    let error = link(&[]);
    assert!(error.contains("\"dob\"") && error.contains("line(s) 2"), "{error}");
    assert!(!error.contains("Jane") && !error.contains("02-30"), "{error}");
    write("x,y\n1,2\n");
    assert!(link(&["--lang", "nl"]).contains("x, y"));
    let schema = dir.path().join("schema.toml");
    std::fs::write(&schema, "list = \"list\"\nbrith = \"dob\"\n").unwrap();
    write("list,dob\na,1990\nb,1990\n");
    assert!(link(&["--schema", schema.to_str().unwrap()]).contains("brith is not known here"));
    let proposed = ijsberg_with("link", &["init", file.to_str().unwrap()]);
    let proposed = String::from_utf8(proposed.stdout).unwrap();
    assert!(proposed.contains("list = \"list\"") && proposed.contains("birth = \"dob\""), "{proposed}");
}

fn ijsberg_with(command: &str, arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg(command).args(arguments).output().unwrap()
}
