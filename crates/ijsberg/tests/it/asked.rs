//! The methods that are asked for are run, and the report names the methods that were run.
#![allow(clippy::format_push_string, reason = "a table of a test")]

use serde_json::Value;

use crate::{data, from_input, ijsberg, json};

fn said(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_method_without_a_verdict_is_not_assessed() {
    let file = data("netherlands-2010-2015.csv");
    let file = file.to_str().unwrap();
    let a = json(&[file, "--methods", "chao", "--json"]);
    assert_eq!(a["verdict"]["verdict"], "not-assessed");
    assert_eq!(a["verdict"]["reasons"], Value::Array(Vec::new()));
    assert_eq!(a["diagnostics"]["near_best"], Value::Array(Vec::new()));
    let english = said(&ijsberg(&[file, "--methods", "chao"]));
    assert!(english.contains("No verdict: none of the methods") && !english.contains("because"), "{english}");
    let dutch = said(&ijsberg(&[file, "--methods", "chao", "--lang", "nl"]));
    assert!(dutch.contains("Geen oordeel") && !dutch.contains("omdat"), "{dutch}");
}

#[test]
fn counts_of_times_seen_get_a_verdict() {
    let tees = b"times,count\n1,46\n2,28\n3,21\n4,13\n5,23\n6,14\n7,6\n8,11\n";
    let a: Value = serde_json::from_str(&said(&from_input(tees, &["--json"]))).unwrap();
    assert_eq!(a["verdict"]["verdict"], "lower-bound-only");
    let least = a["verdict"]["at_least"].as_f64().unwrap();
    assert!((162.0..250.0).contains(&least), "{least}");
    let dutch = said(&from_input(tees, &["--lang", "nl"]));
    assert!(dutch.contains("Publiceer alleen een minimum") && dutch.contains("chao.bc"), "{dutch}");
}

#[test]
fn a_person_who_carries_the_estimate_is_named_first() {
    let table = b"a,b,c,count\n1,0,0,60\n0,1,0,50\n1,1,0,200\n0,0,1,40\n1,0,1,1\n";
    let quick = ["--replicates", "20"];
    let a: Value =
        serde_json::from_str(&said(&from_input(table, &[&quick[..], &["--json"]].concat()))).unwrap();
    let first = &a["diagnostics"]["influence"][0];
    assert_eq!((&first["history"], &first["vanishes"]), (&"a·c".into(), &"with-one-less".into()));
    let english = said(&from_input(table, &quick));
    assert!(english.contains("One person fewer in a·c"), "{english}");
    let dutch = said(&from_input(table, &[&quick[..], &["--lang", "nl"]].concat()));
    assert!(dutch.contains("Eén persoon minder in a·c"), "{dutch}");
}

#[test]
fn numbers_enter_the_doubly_robust_method() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ijsberg-mse/tests/golden/drpop_sim_n3000.csv");
    let asked = ["--ignore", "idfold,q12,q1,q2", "--methods", "doubly-robust", "--json"];
    let a = json(&[&[path][..], &asked].concat());
    let e = a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == "doubly-robust").unwrap();
    let n_hat = e["n_hat"].as_f64().unwrap();
    // drpop says 2,996 with a standard error of 19.
    assert!((n_hat - 2996.0).abs() < 15.0, "{n_hat}");
    let wrong = ijsberg(&[&[path][..], &asked, &["--numeric", "catcov"]].concat());
    let why = String::from_utf8(wrong.stderr).unwrap();
    assert!(!wrong.status.success() && why.contains("catcov") && why.contains("--numeric"), "{why}");
}

#[test]
fn identifying_lists_are_those_that_somebody_names() {
    // Off C, A and B are independent and miss 240 · 360 / 120 people; on C they are not.
    let table = b"A,B,C,count\n1,0,0,240\n0,1,0,360\n1,1,0,120\n0,0,1,80\n1,0,1,60\n0,1,1,90\n1,1,1,150\n";
    let quick = ["--methods", "chao", "--replicates", "0"];
    let run = |more: &[&str]| from_input(table, &[&quick[..], more].concat());
    let a: Value = serde_json::from_str(&said(&run(&["--identifying", "B,A", "--json"]))).unwrap();
    let all = a["estimates"].as_array().unwrap();
    let e = all.iter().find(|e| e["method"] == "doubly-robust.chosen").unwrap();
    let n_hat = e["n_hat"].as_f64().unwrap();
    assert!((n_hat - 1820.0).abs() < 0.04 * 1820.0, "{n_hat}");
    assert_eq!(e["model"], "A·B | C=0");
    let at = e["by_odds_ratio"].as_array().unwrap().iter().find(|at| at["odds_ratio"] == 2.0).unwrap();
    assert!((at["n_hat"].as_f64().unwrap() - (2.0 * n_hat - 1100.0)).abs() < 1e-6, "{at}");
    assert_eq!(a["provenance"]["settings"]["identifying"]["learner"], "logistic");
    assert!(all.iter().all(|e| e["method"] == "doubly-robust.chosen" || e["by_odds_ratio"].is_null()));
    for (language, words) in
        [("en", "Identifying lists, A·B | C=0"), ("nl", "Identificerende lijsten, A·B | C=0")]
    {
        let told = said(&run(&["--identifying", "A,B", "--lang", language]));
        assert!(told.split_whitespace().collect::<Vec<_>>().join(" ").contains(words), "{told}");
    }
    for (asked, why) in [("A,Q", "no such list"), ("A", "at least two")] {
        let refused = run(&["--identifying", asked, "--lang", "en"]);
        let told = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && told.contains(why), "{told}");
    }
    assert!(!run(&["--learner", "spline"]).status.success());
}

/// Curves are for numbers: without a number column, asking for curves gives a warning.
#[test]
fn a_spline_without_numbers_gets_a_warning() {
    let table = b"A,B,C,count\n1,0,0,240\n0,1,0,360\n1,1,0,120\n0,0,1,80\n1,0,1,60\n0,1,1,90\n1,1,1,150\n";
    let asked = ["--methods", "chao", "--replicates", "0", "--identifying", "A,B"];
    let told = |more: &[&str]| {
        let o = from_input(table, &[&asked[..], more].concat());
        let told = String::from_utf8_lossy(&o.stderr).into_owned();
        assert!(o.status.success(), "{told}");
        told
    };
    for (language, why) in [("en", "there is nothing to bend"), ("nl", "er is niets om te buigen")] {
        let told = told(&["--learner", "spline", "--lang", language]);
        assert!(told.contains("--learner spline") && told.contains(why), "{told}");
    }
    assert!(!told(&["--lang", "en"]).contains("nothing to bend"));
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ijsberg-mse/tests/golden/drpop_sim_n3000.csv");
    let asked = [path, "--ignore", "idfold,q12,q1,q2", "--methods", "chao", "--replicates", "0"];
    let curved = ijsberg(&[&asked[..], &["--identifying", "y1,y2", "--learner", "spline"]].concat());
    let told = String::from_utf8_lossy(&curved.stderr).into_owned();
    assert!(curved.status.success() && !told.contains("--learner spline"), "{told}");
}

#[test]
fn two_identifying_lists_that_are_all_give_the_doubly_robust_estimate() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ijsberg-mse/tests/golden/drpop_sim_n3000.csv");
    let asked = [path, "--ignore", "idfold,q12,q1,q2", "--methods", "doubly-robust", "--json"];
    let of = |more: &[&str], method: &str| {
        let a = json(&[&asked[..], more].concat());
        let e = a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == method).unwrap().clone();
        ["n_hat", "lower", "upper"].map(|key| e[key].as_f64().unwrap())
    };
    let chosen = of(&["--identifying", "y1,y2"], "doubly-robust.chosen");
    assert_eq!(chosen, of(&[], "doubly-robust"));
    // Splines on numbers that need none come to much the same.
    let curved = of(&["--identifying", "y1,y2", "--learner", "spline"], "doubly-robust.chosen");
    assert!((curved[0] - 3000.0).abs() < 60.0 && curved != chosen, "{curved:?}");
}

#[test]
fn with_three_lists_an_odds_ratio_of_two_halves_the_unseen() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../ijsberg-mse/tests/tables/three-lists-odds-ratio-two.csv");
    let a = json(&[path, "--methods", "loglinear.all-pairs", "--replicates", "0", "--json"]);
    let s = &a["identification"]["sensitivity"][0];
    let at_two = s["n_at"][4].as_f64().unwrap();
    assert!((at_two / 1e7 - 1.0).abs() < 1e-5, "{at_two}");
    let english = said(&ijsberg(&[path, "--methods", "loglinear.all-pairs", "--replicates", "0"]));
    let english = english.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        english.contains("with two 9,999,997") && english.contains("fewer people are then on no list"),
        "{english}"
    );
}

#[test]
fn absent_combinations_are_reported_and_asked_where_small_counts_look_left_out() {
    let whole = std::fs::read_to_string(data("netherlands-2010-2015.csv")).unwrap();
    let quick = ["--replicates", "0", "--methods", "chao,loglinear.independence"];
    let with = |table: &str, more: &[&str]| from_input(table.as_bytes(), &[&quick[..], more].concat());
    let flat = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat(said(&with(&whole, &[]))).contains("were taken as zero: 39 of 63"));
    assert!(flat(said(&with(&whole, &["--lang", "nl"]))).contains("als nul zijn gelezen: 39 van 63"));
    let a: Value = serde_json::from_str(&said(&with(&whole, &["--json"]))).unwrap();
    let absent = serde_json::json!({ "note": "absent", "absent": 39, "of": 63 });
    assert!(a["table"]["layout"]["notes"].as_array().unwrap().contains(&absent), "{}", a["table"]);
    // As it would be released without counts below five.
    let large = |l: &&str| l.rsplit(',').next().unwrap().parse().map_or(true, |n: u64| n >= 5);
    let published = whole.lines().filter(large).collect::<Vec<_>>().join("\n");
    for (language, question, zero) in [
        ("en", "Combinations of lists without a row:", "nobody is on the combinations"),
        (
            "nl",
            "Combinaties van lijsten zonder rij:",
            "op de combinaties die niet in het bestand staan, staat niemand",
        ),
    ] {
        let refused = with(&published, &["--lang", language]);
        let why = flat(String::from_utf8(refused.stderr).unwrap());
        assert!(!refused.status.success() && why.contains(question) && why.contains(zero), "{why}");
        assert!(why.contains("--absent 0-0") && why.contains("--absent 0-"), "{why}");
    }
    let none = said(&with(&published, &["--absent", "0-0"]));
    assert!(flat(none).contains("were taken as zero"));
    let small = "A,B,C,count\n1,0,0,200\n0,1,0,150\n0,0,1,90\n1,1,0,31\n1,0,1,14\n";
    let drawn: Value = serde_json::from_str(&said(&with(small, &["--absent", "0-4", "--json"]))).unwrap();
    let notes = drawn["table"]["layout"]["notes"].to_string();
    assert!(notes.contains("absent-hidden") && !notes.contains("\"absent\","), "{notes}");
}

#[test]
fn many_lists_are_estimated_and_more_are_refused() {
    let rows = |t: usize| {
        let header: Vec<String> = (0..t).map(|j| format!("L{j}")).collect();
        let mut text = header.join(",") + ",count\n";
        for a in 0..t {
            for b in a..t {
                let on: Vec<&str> = (0..t).map(|j| if j == a || j == b { "1" } else { "0" }).collect();
                text += &format!("{},{}\n", on.join(","), if a == b { 80 + a } else { 4 + (a + b) % 3 });
            }
        }
        text
    };
    let out = from_input(rows(10).as_bytes(), &["--replicates", "50", "--absent", "0-0", "--json"]);
    let a: Value = serde_json::from_str(&said(&out)).unwrap();
    let best =
        a["estimates"].as_array().unwrap().iter().find(|e| e["method"] == "loglinear.best-bic").unwrap();
    assert_eq!((&best["outcome"], &best["replicates"]), (&"exists".into(), &Value::from(50)));
    let refused = from_input(rows(17).as_bytes(), &[]);
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && why.contains("17") && why.contains("16"), "{why}");
}
