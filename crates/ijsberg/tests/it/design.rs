//! What would give a better answer, and random samples, at the command line.

use std::process::{Command, Output};

use serde_json::Value;

use crate::{data, from_input, json};

fn design(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("design").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_ministry_reads_what_would_give_a_better_answer() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("plan");
    let file = data("kosovo-1999.csv");
    let arguments = ["--simulations", "10", "--samples", "50,400", "--reaches", "0.1", "--wider", "2"];
    let told =
        [&[file.to_str().unwrap(), "--lang", "nl", "--out", out.to_str().unwrap()], &arguments[..]].concat();
    let dutch = said(&design(&told));
    assert!(dutch.contains("Wat helpt") && dutch.contains("Aselecte steekproef: 400"), "{dutch}");
    assert!(dutch.lines().all(|l| l.chars().count() <= 80 || l.contains("plan")), "{dutch}");
    let page = std::fs::read_to_string(out.join("design.html")).unwrap();
    assert!(page.contains("lang=\"nl\"") && page.matches("<svg").count() == 2 && !page.contains("src="));
    let svg = std::fs::read_to_string(out.join("design.svg")).unwrap();
    assert!(svg.contains("<title>Breedte van het interval") && svg.contains("Aselecte steekproef: 400"));
    let csv = std::fs::read_to_string(out.join("design.csv")).unwrap();
    assert!(csv.starts_with("change,factor,") && csv.contains("\nAselecte steekproef: 400,"), "{csv}");
    let whole: Value = serde_json::from_slice(&std::fs::read(out.join("design.json")).unwrap()).unwrap();
    let english =
        said(&design(&[&[file.to_str().unwrap(), "--json", "--threads", "1"], &arguments[..]].concat()));
    let again: Value = serde_json::from_str(&english).unwrap();
    assert_eq!(whole, again);
    let outlooks = again["plan"]["outlooks"].as_array().unwrap();
    let changes: Vec<&str> = outlooks.iter().map(|o| o["change"].as_str().unwrap()).collect();
    assert_eq!(&changes[..3], ["nothing", "sample", "sample"]);
    assert!(changes.contains(&"add-list") && changes.contains(&"widen-lists"));
    assert!(changes.contains(&"add-dependent-list"));
    let split = outlooks.iter().find(|o| o["change"] == "split").unwrap();
    assert!(split["list"].is_string(), "{split}");
    // Lists stand by name.
    for o in outlooks.iter().filter(|o| o["change"] == "join") {
        assert!(o["lists"].as_array().unwrap().iter().all(Value::is_string), "{o}");
    }
    for o in outlooks {
        let v = &o["verdicts"];
        let sum: f64 = ["number", "range", "bound", "nothing"].iter().map(|k| v[k].as_f64().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{o}");
    }
}

#[test]
fn what_cannot_be_planned_is_said() {
    let apart = data("artificial-three-lists.csv");
    for (arguments, english, dutch) in [
        (vec!["--reaches", "1.5"], "--reaches 1.5: expected shares", "--reaches 1.5: verwacht aandelen"),
        (vec!["--wider", "1"], "--wider 1: expected numbers above 1", "--wider 1: verwacht getallen"),
        (vec!["--samples", "0"], "--samples 0: expected whole", "--samples 0: verwacht gehele"),
        (vec!["--simulations", "1"], "--simulations 1: expected", "--simulations 1: verwacht"),
    ] {
        for (language, says) in [("en", english), ("nl", dutch)] {
            let told = [&[apart.to_str().unwrap(), "--lang", language], &arguments[..]].concat();
            let output = design(&told);
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{error}");
            assert!(error.contains(says), "{error}");
        }
    }
}

/// Lists A and B share many persons, and S is a random sample of 200 of 2,000.
const SAMPLED: &[u8] =
    b"A,B,S,count\n1,0,0,225\n0,1,0,90\n1,1,0,135\n1,0,1,25\n0,1,1,10\n1,1,1,15\n0,0,1,150\n";

#[test]
fn a_random_sample_decides_when_it_is_said_and_only_then() {
    let read = |arguments: &[&str]| -> Value {
        let output = from_input(SAMPLED, &[arguments, &["--json", "--replicates", "0"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let unsaid = read(&[]);
    assert!(unsaid["diagnostics"]["headline"]["by_design"].is_null());
    let a = read(&["--anchor", "S"]);
    assert_eq!(a["verdict"]["verdict"], "fit-to-publish");
    assert_eq!(a["diagnostics"]["headline"]["by_design"]["method"], "anchor.chapman");
    let n_hat = a["diagnostics"]["headline"]["n_hat"].as_f64().unwrap();
    assert!((n_hat - (501.0 * 201.0 / 51.0 - 1.0)).abs() < 1e-9, "{n_hat}");
    let shared = read(&["--anchor", "S", "--anchor-share", "0.1"]);
    assert_eq!(shared["diagnostics"]["headline"]["n_hat"].as_f64(), Some(2000.0));
    let people = ["--anchor", "S", "--anchor-people", "10000", "--anchor-cleared", "800"];
    let checked = read(&people);
    let n_hat = checked["diagnostics"]["headline"]["n_hat"].as_f64().unwrap();
    assert!((n_hat - (500.0 + 9500.0 * 150.0 / 950.0)).abs() < 1e-9, "{n_hat}");
    let wrong = read(&[&people[..], &["--anchor-check", "0.9,0.99"]].concat());
    let n_hat = wrong["diagnostics"]["headline"]["n_hat"].as_f64().unwrap();
    let belongs = (150.0 / 950.0 - 0.01) / 0.89;
    assert!((n_hat - (500.0 + 9500.0 * belongs)).abs() < 1e-9, "{n_hat}");
    // All that is known of the check is a trial: about the same estimate, and a wider interval.
    let interval = |of: &Value| {
        let i = &of["diagnostics"]["headline"]["interval"];
        (i["lower"].as_f64().unwrap(), i["upper"].as_f64().unwrap())
    };
    let tried = read(&[&people[..], &["--anchor-trial", "100,90,200,198"]].concat());
    let (tried_low, tried_high) = interval(&tried);
    let (low, high) = interval(&wrong);
    assert!(tried_low < low && high < tried_high, "{tried_low} {low} {high} {tried_high}");
    assert_eq!(tried["provenance"]["settings"]["anchor"]["drawn"]["check"]["belonging"], 100);
    let words = from_input(SAMPLED, &["--anchor", "S", "--replicates", "0", "--lang", "nl"]);
    let words = String::from_utf8(words.stdout).unwrap();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        words.contains("S een aselecte steekproef uit de hele populatie is")
            && words.contains("Aselecte steekproef (1)"),
        "{words}"
    );
}

#[test]
fn what_is_said_of_a_sample_and_cannot_be_so_gives_no_number() {
    for (arguments, says) in [
        (&["--anchor", "Q"][..], "--anchor Q: no such list; the lists are: A, B, S"),
        (&["--anchor", "S", "--anchor-share", "1.2"], "--anchor-share 1.2: expected"),
        (&["--anchor", "S", "--anchor-people", "600", "--anchor-cleared", "800"], "not fit the table"),
        (
            &[
                "--anchor",
                "S",
                "--anchor-people",
                "9999",
                "--anchor-cleared",
                "80",
                "--anchor-check",
                "0.4,0.5",
            ],
            "--anchor-check 0.4,0.5: expected",
        ),
        (&["--anchor", "S", "--anchor-people", "9999"], "--anchor-cleared"),
        (
            &[
                "--anchor",
                "S",
                "--anchor-people",
                "9999",
                "--anchor-cleared",
                "80",
                "--anchor-trial",
                "9,10,9,9",
            ],
            "--anchor-trial 9,10,9,9: expected",
        ),
    ] {
        let output = from_input(SAMPLED, &[arguments, &["--lang", "en"]].concat());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{arguments:?} {error}");
        assert!(error.contains(says), "{error}");
    }
    // Nothing about a random sample is said of a table that has none.
    let a = json(&[data("kosovo-1999.csv").to_str().unwrap(), "--json", "--replicates", "0"]);
    assert!(
        a["estimates"]
            .as_array()
            .unwrap()
            .iter()
            .all(|e| !e["method"].as_str().unwrap().starts_with("anchor"))
    );
}

fn sample(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("sample").args(arguments).output().unwrap()
}

#[test]
fn a_sample_is_planned_and_what_it_found_is_added_up() {
    let strata = ["20000:0.02", "5000:0.3", "10000:0.1", "--assess", "1500"];
    let dutch = said(&sample(&[&strata[..], &["--lang", "nl"]].concat()));
    assert!(
        dutch.contains("hoeveel mensen per stratum") && dutch.lines().all(|l| l.chars().count() <= 80),
        "{dutch}"
    );
    let plan: Value =
        serde_json::from_str(&said(&sample(&[&strata[..], &["--json", "--with-trial"]].concat()))).unwrap();
    let drawn: u64 = plan["survey"]["drawn"].as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).sum();
    // A check that is always right needs no trial: one of each, since at least one is tried.
    assert_eq!((drawn, &plan["survey"]["trial"]), (1498, &serde_json::json!([1, 1])));
    let found = ["20000:400:9", "5000:600:171"];
    let done: Value = serde_json::from_str(&said(&sample(&[&found[..], &["--json"]].concat()))).unwrap();
    let persons = done["estimate"]["persons"].as_f64().unwrap();
    assert!((persons - (20_000.0 * 9.0 / 400.0 + 5000.0 * 171.0 / 600.0)).abs() < 1e-6, "{done}");
    let tried: Value =
        serde_json::from_str(&said(&sample(&[&found[..], &["--json", "--trial", "95,95,100,100"]].concat())))
            .unwrap();
    assert!(tried["estimate"]["se"].as_f64() > done["estimate"]["se"].as_f64(), "{tried}");
    let english = said(&sample(&[&found[..], &["--lang", "en", "--check", "0.9,0.99"]].concat()));
    let flat = english.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("sensitivity 0.9, specificity 0.99"), "{english}");
}

#[test]
fn a_sample_that_cannot_be_is_refused_in_both_languages() {
    for (arguments, english, dutch) in [
        (&["20000:400"][..], "20000:400: expected PEOPLE:DRAWN:FOUND", "20000:400: verwacht"),
        (&["400:20000:9"], "400:20000:9: expected", "400:20000:9: verwacht"),
        (&["20000:400:9", "--assess", "10"], "20000:400:9: with --assess", "20000:400:9: bij --assess"),
        (&["20000:1.2", "--assess", "10"], "20000:1.2: with --assess", "20000:1.2: bij --assess"),
        (&["200:0.1", "--assess", "201"], "--assess 201: expected", "--assess 201: verwacht"),
        (&["200:0.1", "--assess", "1"], "--assess 1: expected", "--assess 1: verwacht"),
        (&["200:20:1", "--check", "0.5,0.5"], "--check 0.5,0.5: expected", "--check 0.5,0.5: verwacht"),
        (&["200:20:1", "--trial", "5,3,5,2"], "the trial is too small", "de proef is te klein"),
        (&["200:20:1", "--trial", "5,3,5"], "--trial 5,3,5: expected", "--trial 5,3,5: verwacht"),
    ] {
        for (language, says) in [("en", english), ("nl", dutch)] {
            let output = sample(&[arguments, &["--lang", language]].concat());
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{arguments:?} {error}");
            assert!(error.contains(says), "{error}");
        }
    }
}
