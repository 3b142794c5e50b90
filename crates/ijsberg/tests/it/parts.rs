//! Estimates broken down by covariates: a verdict for each part, and parts over draws of a linkage.

use serde_json::Value;

use crate::{data, from_input, ijsberg_with, json};

/// A region that only one list reaches takes its number from the others: it has no verdict but none. No part is better than the whole.
#[test]
fn parts_have_a_verdict_of_their_own() {
    let table = "A,B,C,regio,aantal\n0,0,1,N,224\n0,1,0,N,384\n0,1,1,N,96\n1,0,0,N,224\n1,0,1,N,56\n1,1,0,N,96\n\
                 1,1,1,N,24\n1,0,0,Z,40\n";
    let o = from_input(table.as_bytes(), &["--json", "--replicates", "5", "--breakdown-replicates", "40"]);
    let a: Value = serde_json::from_slice(&o.stdout).unwrap();
    let of = |region: &str| {
        let sizes = a["covariates"]["sizes"].as_array().unwrap();
        sizes.iter().find(|s| s["part"]["regio"] == region).unwrap().clone()
    };
    assert_eq!((&of("N")["verdict"], &of("Z")["verdict"]), (&"fit-to-publish".into(), &"no-estimate".into()));
    assert_eq!(of("Z")["on_more_than_one_list"], 0.0);
    for (language, none) in [("en", "none"), ("nl", "geen")] {
        let o = from_input(
            table.as_bytes(),
            &["--replicates", "5", "--breakdown-replicates", "40", "--lang", language],
        );
        let said = String::from_utf8_lossy(&o.stdout).into_owned();
        let row = said.lines().find(|l| l.starts_with("  Z ")).unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(words, ["Z", "40", "–", "–", "–", none]);
    }
}

/// The uncertainty of links reaches the estimate with covariates: draws keep columns of the lists, and each part has an interval over them.
#[test]
fn draws_are_broken_down_by_columns_of_the_lists() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    ijsberg_with("simulate", &["lists", "--persons", "900", "--seed", "3", "--out", &path("lists")]);
    let names = ["police", "border", "labour", "regional", "ngo", "other"];
    let files: Vec<String> = names.iter().map(|l| path(&format!("lists/synthetic-{l}.csv"))).collect();
    let out = path("linked");
    let link = |covariates: &str, language: &str| {
        let mut arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        arguments.extend(["--out", &out, "--draws", "6", "--lang", language, "--covariates", covariates]);
        ijsberg_with("link", &arguments)
    };
    for (column, language, why) in [
        ("surname", "en", "shows who somebody is"),
        ("sex,Sex", "nl", "Geef de kolom een andere naam"),
        ("region", "nl", "geen enkele lijst heeft een kolom"),
    ] {
        let refused = link(column, language);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(why), "{said}");
        assert!(!dir.path().join("linked").exists());
    }
    assert!(link("sex", "en").status.success());
    let table = std::fs::read_to_string(path("linked/histories.csv")).unwrap();
    let header = "draw,synthetic-police,synthetic-border,synthetic-labour,synthetic-regional,synthetic-ngo,synthetic-other,sex,count";
    assert_eq!(table.lines().nth(1), Some(header));
    let histories = path("linked/histories.csv");
    let a = json(&[&histories, "--json", "--methods", "loglinear.covariates"]);
    let estimate = &a["estimates"][0];
    assert_eq!(
        (&estimate["method"], &estimate["interval"]),
        (&"loglinear.covariates".into(), &"over-linkage".into())
    );
    let sizes = a["covariates"]["sizes"].as_array().unwrap();
    let f = |v: &Value| v.as_f64().unwrap();
    let of = |part: Value| sizes.iter().find(|s| s["part"] == part).unwrap();
    let all = of(serde_json::json!({}));
    assert!((f(&all["n_hat"]) / f(&estimate["n_hat"]) - 1.0).abs() < 0.01, "{all} {estimate}");
    let parts = [of(serde_json::json!({"sex": "f"})), of(serde_json::json!({"sex": "m"}))];
    let sum: f64 = parts.iter().map(|p| f(&p["n_hat"])).sum();
    assert!((sum / f(&all["n_hat"]) - 1.0).abs() < 0.05, "{sum} {all}");
    for part in parts {
        assert!(f(&part["lower"]) < f(&part["n_hat"]) && f(&part["n_hat"]) < f(&part["upper"]), "{part}");
        assert!(f(&part["observed"]) <= f(&part["lower"]));
    }
    // The report gives the share of the uncertainty that comes from linkage.
    let share = f(&a["linkage"][0]["share"]);
    assert!(share > 0.0 && share < 1.0 && a["linkage"][0]["draws"] == 6, "{}", a["linkage"]);
}

#[test]
fn the_synthetic_table_shows_the_published_chain() {
    let dir = tempfile::tempdir().unwrap();
    let population = dir.path().join("population.csv");
    // Inhabitants of the Netherlands by sex, rounded, for the sake of the test.
    std::fs::write(&population, "sex,population\nfemale,8500000\nmale,8400000\n").unwrap();
    let file = data("netherlands-synthetic.csv");
    let a = json(&[
        file.to_str().unwrap(),
        "--json",
        "--replicates",
        "0",
        "--breakdown-replicates",
        "40",
        "--population",
        population.to_str().unwrap(),
    ]);
    let sizes = a["covariates"]["sizes"].as_array().unwrap();
    let find = |part: Value| sizes.iter().find(|s| s["part"] == part).unwrap();
    let f = |v: &Value| v.as_f64().unwrap();
    // 8,234 registered, about 6,250 a year, about 1,325 of them cross-border outside the sex industry.
    let all = find(serde_json::json!({}));
    assert_eq!((f(&all["observed"]), f(&all["periods"])), (8234.0, 6.0));
    assert!((f(&all["n_hat"]) / 6.0 / 6250.0 - 1.0).abs() < 0.1, "{all}");
    let part = find(serde_json::json!({"nationality": "foreign", "form": "other"}));
    assert!((f(&part["n_hat"]) / 6.0 / 1325.0 - 1.0).abs() < 0.15, "{part}");
    assert!(f(&part["share_lower"]) < 0.212 && f(&part["share_upper"]) > 0.212);
    assert!(f(&part["on_more_than_one_list"]) >= 10.0 && part["verdict"] == "lower-bound-only", "{part}");
    let women = find(serde_json::json!({"sex": "female"}));
    let rate = f(&women["n_hat"]) / 6.0 / 85.0;
    assert!((f(&women["rate_per_100000"]) / rate - 1.0).abs() < 1e-9);
    assert!(find(serde_json::json!({"form": "other"}))["rate_per_100000"].is_null());
    let e = a["estimates"].as_array().unwrap();
    assert!(e.iter().any(|e| e["method"] == "loglinear.covariates" && e["interval"] == "bias-corrected"));
}

/// Two regions with many people, to be followed by a third.
const REGIONS: &str = "A,B,C,regio,aantal\n0,0,1,N,224\n0,1,0,N,384\n0,1,1,N,96\n1,0,0,N,224\n1,0,1,N,56\n1,1,0,N,96\n\
                 1,1,1,N,24\n0,0,1,O,118\n0,1,0,O,180\n0,1,1,O,51\n1,0,0,O,107\n1,0,1,O,30\n1,1,0,O,45\n1,1,1,O,13\n";

/// A region with few people takes its chances from the others, and says so; the parts add up to the total.
#[test]
fn small_groups_take_from_the_others_and_say_so() {
    let table = REGIONS.to_owned() + "1,0,0,Z,1\n0,1,0,Z,3\n0,0,1,Z,2\n1,1,0,Z,1\n0,1,1,Z,1\n";
    let brief = ["--replicates", "5", "--breakdown-replicates", "5"];
    let with = |more: &[&str]| from_input(table.as_bytes(), &[brief.as_slice(), more].concat());
    let read = |more: &[&str]| serde_json::from_slice::<Value>(&with(more).stdout).unwrap();
    assert!(read(&["--json"])["covariates"]["small_groups"].is_null());
    let a = read(&["--json", "--small-groups"]);
    let found = &a["covariates"]["small_groups"];
    assert_eq!((&found["converged"], &found["draws"]), (&true.into(), &4000.into()));
    let of = |region: &str| {
        let groups = found["groups"].as_array().unwrap();
        groups.iter().find(|g| g["part"]["regio"] == region).unwrap().clone()
    };
    let z = of("Z");
    assert_eq!(z["separable"], false, "{z}");
    assert_eq!(
        (&z["reasons"][1]["reason"], &z["verdict"]),
        (&"not-separable".into(), &"lower-bound-only".into())
    );
    let between = |g: &Value| {
        let of = |key: &str| g[key].as_f64().unwrap();
        assert!(
            of("observed") <= of("lower") && of("lower") <= of("n_hat") && of("n_hat") <= of("upper"),
            "{g}"
        );
    };
    found["groups"].as_array().unwrap().iter().for_each(between);
    // A region of which nothing is known but that its lists do not meet has no upper limit worth the name, and does not take the total
    // with it.
    let lost = REGIONS.to_owned() + "1,0,0,Z,3\n0,1,0,Z,4\n";
    let lost = from_input(lost.as_bytes(), &[brief.as_slice(), &["--json", "--small-groups"]].concat());
    let lost: Value = serde_json::from_slice(&lost.stdout).unwrap();
    let groups = lost["covariates"]["small_groups"]["groups"].as_array().unwrap();
    groups.iter().for_each(between);
    assert!(groups[0]["n_hat"].as_f64().unwrap() < 5000.0 && groups[0]["verdict"] == "lower-bound-only");
    let sum: f64 = ["N", "O", "Z"].iter().map(|r| of(r)["n_hat"].as_f64().unwrap()).sum();
    assert!((sum - found["groups"][0]["n_hat"].as_f64().unwrap()).abs() < 1e-6);
    for (language, title, mark) in [
        (
            "en",
            "Small groups, estimated with the help of similar ones",
            "Not distinguishable from the other groups",
        ),
        ("nl", "Kleine groepen, geschat met hulp van vergelijkbare groepen", "Niet te onderscheiden"),
    ] {
        let said =
            String::from_utf8_lossy(&with(&["--small-groups", "--lang", language]).stdout).into_owned();
        assert!(said.contains(title) && said.contains(mark), "{said}");
        assert!(said.lines().any(|l| l.starts_with("  Z ") && l.ends_with('*')), "{said}");
    }
}

/// Whichever methods are asked for, small groups that are asked for are made; where there is nothing to divide people by, that is said.
#[test]
fn small_groups_are_made_with_any_method_or_it_is_said_why_not() {
    let table = REGIONS.to_owned() + "1,0,0,Z,1\n0,1,0,Z,3\n0,0,1,Z,2\n1,1,0,Z,1\n0,1,1,Z,1\n";
    let brief = ["--replicates", "5", "--breakdown-replicates", "5", "--methods", "chao", "--small-groups"];
    let run = |more: &[&str]| {
        let o = from_input(table.as_bytes(), &[brief.as_slice(), &["--json"], more].concat());
        let told = String::from_utf8_lossy(&o.stderr).into_owned();
        assert!(o.status.success(), "{told}");
        (serde_json::from_slice::<Value>(&o.stdout).unwrap(), told)
    };
    let (a, told) = run(&["--lang", "en"]);
    let groups = a["covariates"]["small_groups"]["groups"].as_array().unwrap();
    assert!(groups.iter().any(|g| g["part"]["regio"] == "Z") && !told.contains("no estimates of"), "{told}");
    for (language, why) in [
        ("en", "no estimates of small groups: there are no categories"),
        ("nl", "geen schattingen voor kleine groepen: er zijn geen categorieën"),
    ] {
        let (a, told) = run(&["--by", "none", "--lang", language]);
        assert!(a["covariates"].is_null() && told.contains(why), "{told}");
    }
}
