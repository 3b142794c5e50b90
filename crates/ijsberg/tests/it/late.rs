//! A figure before its late list is in, and estimates from elsewhere beside that of a table, at the command line.

use std::process::{Command, Output};

use serde_json::Value;

use crate::{data, from_input, json};

fn nowcast(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("nowcast").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn words(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_last_year_is_estimated_before_its_late_list_is_in() {
    let file = data("netherlands-synthetic.csv");
    let usual =
        [file.to_str().unwrap(), "--ignore", "I,O,R", "--late", "Z", "--year", "year", "--replicates", "40"];
    let of = |more: &[&str]| said(&nowcast(&[&usual[..], more].concat()));
    let dutch = of(&["--lang", "nl"]);
    assert!(dutch.contains("2015, voordat Z binnen is") && dutch.contains("Definitief"), "{dutch}");
    assert!(words(&dutch).contains("Voorlopig: over 4 eerdere jaren"), "{dutch}");
    assert!(dutch.lines().all(|l| l.chars().count() <= 80), "{dutch}");
    let one: Value = serde_json::from_str(&of(&["--json", "--threads", "1"])).unwrap();
    let two: Value = serde_json::from_str(&of(&["--json", "--threads", "2"])).unwrap();
    assert_eq!(one, two);
    let n = &one["nowcast"];
    assert_eq!(
        (&n["year"], &n["late"], &n["standing"]),
        (&"2015".into(), &"Z".into(), &"preliminary".into())
    );
    assert_eq!(n["from"].as_array().unwrap().len(), 3);
    let replayed = n["replayed"].as_array().unwrap();
    assert_eq!(replayed.len(), 4);
    for r in replayed {
        let (first, last) = (r["preliminary"].as_f64().unwrap(), r["final"].as_f64().unwrap());
        assert!((r["error"].as_f64().unwrap() - (first / last - 1.0)).abs() < 1e-9, "{r}");
    }
    let (lower, upper) = (n["lower"].as_f64().unwrap(), n["upper"].as_f64().unwrap());
    let (seen, first) = (n["seen"].as_f64().unwrap(), n["preliminary"].as_f64().unwrap());
    assert!(seen < lower && lower < first && first < upper, "{n}");
}

#[test]
fn what_cannot_be_estimated_early_is_said() {
    let file = data("netherlands-synthetic.csv");
    let file = file.to_str().unwrap();
    let usual = |more: &[&'static str]| [&[file, "--replicates", "20"], more].concat();
    let counts = data("kosovo-1999.csv");
    for (arguments, english, dutch) in [
        (usual(&["--late", "X", "--year", "year"]), "--late X: no such list", "--late X: die lijst"),
        (usual(&["--late", "Z", "--year", "jaar"]), "\"jaar\"", "\"jaar\""),
        (usual(&["--late", "Z", "--year", "source"]), "one year only", "maar één jaar"),
        (
            usual(&["--late", "Z", "--year", "year", "--window", "0"]),
            "--window 0: expected",
            "--window 0: verwacht",
        ),
        (usual(&["--late", "Z", "--year", "year", "--level", "2"]), "level", "--level 2"),
        (
            usual(&["--late", "Z", "--year", "year", "--ignore", "I,K,O,R"]),
            "at least two lists",
            "minstens twee lijsten",
        ),
        (usual(&["--late", "Z", "--year", "year", "--model", "[ZQ]"]), "ZQ", "ZQ"),
        (
            vec![file, "--late", "Z", "--year", "year", "--replicates", "1"],
            "--replicates 1: expected",
            "--replicates 1: verwacht",
        ),
        (vec![counts.to_str().unwrap(), "--late", "EXH", "--year", "year"], "\"year\"", "\"year\""),
    ] {
        for (language, says) in [("en", english), ("nl", dutch)] {
            let output = nowcast(&[&arguments[..], &["--lang", language]].concat());
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{arguments:?}: {error}");
            assert!(error.contains(says), "{arguments:?}: {error}");
        }
    }
}

/// Lists A and B share many persons, and S is a random sample of 200 of 2,000.
const SAMPLED: &[u8] =
    b"A,B,S,count\n1,0,0,225\n0,1,0,90\n1,1,0,135\n1,0,1,25\n0,1,1,10\n1,1,1,15\n0,0,1,150\n";

const NEAR: &str = "name,kind,source,year,estimate,lower,upper,level
Survey,survey,Report 12,2019,2200,1700,2850,0.95
\"Scale-up, north\",network-scale-up,,2019,1900,1400,2600,0.9
";

#[test]
fn estimates_from_elsewhere_are_put_beside_that_of_a_table() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("others.csv");
    let with = |content: &str, more: &[&str]| -> Output {
        std::fs::write(&path, content).unwrap();
        let usual = ["--anchor", "S", "--replicates", "0", "--evidence", path.to_str().unwrap()];
        from_input(SAMPLED, &[&usual[..], more].concat())
    };
    let a: Value = serde_json::from_str(&said(&with(NEAR, &["--json"]))).unwrap();
    let e = &a["evidence"];
    assert_eq!(e["estimates"].as_array().unwrap().len(), 3);
    assert_eq!(e["estimates"][0]["kind"], "multiple-systems");
    assert_eq!(e["estimates"][0]["estimate"], a["diagnostics"]["headline"]["n_hat"]);
    assert!(e["not_pooled"].as_array().unwrap().is_empty() && e["pooled"]["of"] == 3, "{e}");
    let pooled = e["pooled"]["estimate"].as_f64().unwrap();
    assert!((1900.0..2200.0).contains(&pooled), "{e}");

    let out = dir.path().join("report");
    let far = format!("{NEAR}Register,registrations,elsewhere,2019,9000,8000,10200,0.95\n");
    let dutch = said(&with(&far, &["--lang", "nl", "--out", out.to_str().unwrap()]));
    let told = words(&dutch);
    assert!(
        told.contains("Vergelijking met andere schattingen") && told.contains("spreken elkaar tegen"),
        "{dutch}"
    );
    assert!(told.contains("Geen samengevoegd cijfer") && !told.contains("Samengevoegd over"), "{dutch}");
    let page = std::fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("Report 12") && page.contains("Schattingen naast elkaar"), "{page}");
    assert!(std::fs::read_to_string(out.join("evidence.svg")).unwrap().contains("Scale-up, north"));

    // Without other estimates there is nothing to put beside.
    let alone = json(&[data("kosovo-1999.csv").to_str().unwrap(), "--replicates", "0", "--json"]);
    assert!(alone["evidence"].is_null());
}

#[test]
fn a_table_that_allows_a_lower_bound_only_is_not_pooled() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("others.toml");
    let one = "[[estimate]]\nname = \"Survey\"\nkind = \"survey\"\nyear = 2015\nestimate = 30000\nlower = 20000\nupper = 45000\n";
    let two = one.replace("Survey", "Scale-up").replace("30000", "31000");
    std::fs::write(&path, format!("{one}\n{two}")).unwrap();
    let file = data("netherlands-2010-2015.csv");
    let usual = [file.to_str().unwrap(), "--replicates", "0", "--json", "--evidence", path.to_str().unwrap()];
    let a = json(&usual);
    assert_eq!(a["verdict"]["verdict"], "lower-bound-only");
    let e = &a["evidence"];
    assert!(e["estimates"][0]["limits"].is_null() && e["pooled"].is_null(), "{e}");
    assert_eq!(e["not_pooled"][0]["reason"], "no-own");
    assert_eq!(e["estimates"][1]["year"], "2015");
}

#[test]
fn what_is_no_estimate_is_said_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let head = "name,kind,estimate,lower,upper,level\n";
    for (name, content, english, dutch) in [
        ("a.csv", "name,estimate\nA,5\n".to_owned(), "column kind is missing", "kolom kind ontbreekt"),
        ("a.csv", head.to_owned(), "no estimate in the file", "geen schatting in het bestand"),
        (
            "a.csv",
            format!("{head}A,guess,5,,,\n"),
            "estimate 1: the kind is guess",
            "schatting 1: de soort is guess",
        ),
        ("a.csv", format!("{head}A,survey,many,,,\n"), "estimate is no number", "estimate is geen getal"),
        ("a.csv", format!("{head}A,survey,-5,,,\n"), "a number above 0", "een getal boven 0"),
        (
            "a.csv",
            format!("{head}A,survey,5,2,,\n"),
            "one limit without the other",
            "één grens zonder de andere",
        ),
        ("a.csv", format!("{head}A,survey,5,6,9,\n"), "on either side", "aan weerszijden"),
        ("a.csv", format!("{head}A,survey,5,2,9,7\n"), "the level has to be", "het niveau moet"),
        ("a.csv", format!("{head},survey,5,2,9,0.9\n"), "the name is empty", "de naam is leeg"),
        ("a.toml", "[[estimate]]\nname = 5\n".to_owned(), "line 2 does not fit", "regel 2 klopt niet"),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        for (language, says) in [("en", english), ("nl", dutch)] {
            let output = from_input(SAMPLED, &["--evidence", path.to_str().unwrap(), "--lang", language]);
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{error}");
            assert!(error.contains(says) && error.contains("--evidence"), "{says}: {error}");
        }
    }
}
