//! Open populations at the command line.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::data;

fn open(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ijsberg")).arg("open").args(arguments).output().unwrap()
}

fn of_input(table: &str, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ijsberg"))
        .args(["open", "-"])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A refused argument ends the program before it reads.
    let _ = child.stdin.take().unwrap().write_all(table.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn words(page: &str) -> String {
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn estimate(figure: &Value) -> f64 {
    figure["estimate"].as_f64().unwrap()
}

fn holds(figure: &Value, truth: f64) -> bool {
    let limit = |name: &str| figure["interval"][name].as_f64().unwrap();
    limit("lower") <= truth && truth <= limit("upper")
}

/// 2,400 synthetic people, of whom 858, 761, 698, 681, 620 and 593 are there in a year: 4,211 person-years.
#[test]
fn people_of_a_year_and_of_all_years_are_estimated() {
    let file = data("open-synthetic.csv");
    let usual = [file.to_str().unwrap(), "--model", "[K,P,Z]", "--replicates", "100", "--level", "0.99"];
    let of = |more: &[&str]| said(&open(&[&usual[..], more].concat()));
    let one: Value = serde_json::from_str(&of(&["--json", "--threads", "1"])).unwrap();
    let two: Value = serde_json::from_str(&of(&["--json", "--threads", "2"])).unwrap();
    assert_eq!(one, two);
    let o = &one["open"];
    assert_eq!((&o["seen"], &o["staying"], &o["failed"]), (&1636.into(), &"by-year".into(), &0.into()));
    assert!(holds(&o["people"], 2400.0) && holds(&o["person_years"], 4211.0), "{o}");
    assert!(!holds(&o["people"], 4211.0) && !holds(&o["person_years"], 2400.0), "{o}");
    let years = o["years"].as_array().unwrap();
    let sum = |name: &str| years.iter().map(|y| estimate(&y[name])).sum::<f64>();
    assert!((sum("entered") / estimate(&o["people"]) - 1.0).abs() < 1e-9, "{o}");
    assert!((sum("people") / estimate(&o["person_years"]) - 1.0).abs() < 1e-9, "{o}");
    // Another program for the same likelihood.
    assert!((estimate(&o["people"]) / 2326.905 - 1.0).abs() < 1e-4, "{o}");
    assert!((estimate(&o["person_years"]) / 4097.426 - 1.0).abs() < 1e-4, "{o}");
    assert!((o["agreement"]["statistic"].as_f64().unwrap() - 3.013).abs() < 0.01, "{o}");
    assert_eq!(o["agreement"]["degrees"], 4);
    for language in ["en", "nl"] {
        let page = of(&["--lang", language]);
        assert!(page.lines().all(|l| l.chars().count() <= 80), "{page}");
        let (title, people) = match language {
            "en" => ("An open population", "Different people from 2015 to 2020: 2,327"),
            _ => ("Een open populatie", "Verschillende mensen van 2015 tot en met 2020: 2.327"),
        };
        assert!(page.contains(title) && words(&page).contains(people), "{page}");
    }
}

#[test]
fn one_chance_of_staying_and_the_wide_form_are_read() {
    let long = std::fs::read_to_string(data("open-synthetic.csv")).unwrap();
    let rows: Vec<Vec<&str>> = long.lines().skip(2).map(|l| l.split(',').collect()).collect();
    let mut people = std::collections::BTreeMap::<&str, [[u8; 6]; 3]>::new();
    for row in &rows {
        let list = "KPZ".find(row[1]).unwrap();
        let year = row[2].parse::<usize>().unwrap() - 2015;
        people.entry(row[0]).or_default()[list][year] = 1;
    }
    let names: Vec<String> =
        "KPZ".chars().flat_map(|l| (2015..2021).map(move |y| format!("{l}_{y}"))).collect();
    let mut wide = names.join(",") + "\n";
    for person in people.values() {
        let cells: Vec<String> = person.iter().flatten().map(u8::to_string).collect();
        wide += &(cells.join(",") + "\n");
    }
    let quick = ["--replicates", "0", "--staying", "same", "--model", "[K,P,Z]", "--json"];
    let of_wide: Value = serde_json::from_str(&said(&of_input(&wide, &quick))).unwrap();
    let of_long: Value = serde_json::from_str(&said(&of_input(&long, &quick))).unwrap();
    assert_eq!(of_wide["open"], of_long["open"]);
    let steps = of_long["open"]["steps"].as_array().unwrap();
    assert!(steps.iter().all(|s| s["staying"] == steps[0]["staying"]), "{steps:?}");
    assert!(of_long["open"]["people"]["interval"].is_null());
    assert_eq!(of_long["open"]["agreement"]["degrees"], 5);
}

#[test]
fn what_cannot_be_estimated_is_said() {
    let head = "person,list,year\n";
    let rows = |years: [u16; 3]| {
        let each = years.map(|y| format!("a{y},K,{y}\nb{y},P,{y}\nc{y},K,{y}\nc{y},P,{y}\n"));
        format!("{head}{}", each.concat())
    };
    for (table, more, english, dutch) in [
        (
            "K,P,year,count\n1,0,2015,4\n0,1,2016,4\n".to_owned(),
            vec![],
            "between the largest year and the sum",
            "tussen het grootste jaar en de som",
        ),
        (
            "K,P,count\n1,0,4\n0,1,4\n".to_owned(),
            vec![],
            "expected columns for person",
            "verwacht kolommen voor",
        ),
        (
            format!("{head}a,K,15\nb,P,2015\n"),
            vec![],
            "line 2, column \"year\": found \"15\"",
            "regel 2, kolom",
        ),
        (
            format!("{head}a,,2015\nb,P,2015\n"),
            vec![],
            "line 2, column \"list\": the cell is empty",
            "de cel is leeg",
        ),
        (
            "K.2015,K.2016,P.2015\n1,0,2\n".to_owned(),
            vec![],
            "found \"2\"; expected 0 or 1",
            "verwacht 0 of 1",
        ),
        (
            format!("{head}a,K,2015\na,P,2016\n"),
            vec![],
            "2 years, and at least 3",
            "2 jaren, en er zijn er minstens 3",
        ),
        (rows([2015, 2016, 2017]), vec![], "in more than one year", "in meer dan één jaar"),
        (
            format!("{head}a,K,2015\na,P,2016\na,P,2017\n"),
            vec![],
            "up to 2015 and again from 2016",
            "tot en met 2015 en opnieuw vanaf 2016",
        ),
        (rows([2015, 2016, 2017]), vec!["--model", "[KQ]"], "KQ", "KQ"),
        (rows([2015, 2016, 2017]), vec!["--level", "2"], "level", "--level 2"),
        (
            rows([2015, 2016, 2017]),
            vec!["--replicates", "5"],
            "--replicates 5: expected",
            "--replicates 5: verwacht",
        ),
    ] {
        for (language, says) in [("en", english), ("nl", dutch)] {
            let output = of_input(&table, &[&more[..], &["--lang", language]].concat());
            let error = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{table}: {error}");
            assert!(error.contains(says), "{says}: {error}");
        }
    }
}
