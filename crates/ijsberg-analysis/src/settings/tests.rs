//! The table of settings and the reader of JSON say the same.

use std::collections::BTreeSet;

use ijsberg_report::text::{Language, Text};
use serde_json::{Map, Value, json};

use super::*;
use crate::Request;

fn english() -> Text {
    Text::new(Language::English)
}

fn read(settings: Value) -> Result<Request, Vec<SettingError>> {
    let Value::Object(settings) = settings else { panic!("no object") };
    Request::from_json(&settings, &english())
}

fn shown(settings: Value) -> String {
    format!("{:?}", read(settings).unwrap())
}

/// A value that a setting takes.
fn example(setting: &Setting) -> Value {
    match setting.kind {
        Kind::Estimates => json!([{ "name": "Survey", "kind": "survey", "estimate": 2200 }]),
        _ => setting.example().into(),
    }
}

/// The settings that a setting needs, and those that they need, without itself.
fn companions(of: &Setting) -> Map<String, Value> {
    let mut found = Map::new();
    let mut next: Vec<&str> = of.needs.to_vec();
    while let Some(setting) = next.pop().and_then(setting) {
        if setting.name != of.name && found.insert(setting.name.to_owned(), example(setting)).is_none() {
            next.extend(setting.needs);
        }
    }
    found
}

#[test]
fn names_and_flags_are_used_once_and_words_are_known() {
    let names: BTreeSet<&str> = SETTINGS.iter().map(|s| s.name).collect();
    let flags: BTreeSet<&str> = SETTINGS.iter().map(|s| s.flag).collect();
    assert_eq!((names.len(), flags.len()), (SETTINGS.len(), SETTINGS.len()));
    for s in SETTINGS {
        assert!(s.name == s.flag.replace('-', "_") || s.name == "models", "{}", s.name);
        assert!(s.needs.iter().chain(s.excludes).all(|other| setting(other).is_some()), "{}", s.name);
        let words = words_of(s.name);
        assert_eq!(words.is_empty(), s.kind != Kind::Word, "{}", s.name);
        if let DefaultValue::Word(word) = s.default {
            assert!(words.contains(&word), "{}", s.name);
        }
    }
}

#[test]
fn defaults_are_those_of_a_request() {
    let usual = format!("{:?}", Request::default());
    assert_eq!(shown(json!({})), usual);
    let stated: Value = SETTINGS.iter().map(|s| (s.name.to_owned(), s.default.json())).collect();
    assert_eq!(shown(stated), usual);
    let typed: Value = SETTINGS.iter().map(|s| (s.name.to_owned(), json!(s.default.text()))).collect();
    assert_eq!(shown(typed), usual);
}

#[test]
fn every_setting_reaches_the_request() {
    for s in SETTINGS.iter().filter(|s| s.kind != Kind::Table) {
        let without = companions(s);
        let mut with = without.clone();
        with.insert(s.name.to_owned(), example(s));
        let with = shown(Value::Object(with));
        let without = Request::from_json(&without, &english()).unwrap_or_default();
        assert_ne!(with, format!("{without:?}"), "{}", s.name);
        assert_ne!(with, shown(json!({})), "{}", s.name);
    }
    let inhabitants = read(json!({ "population": "sex,population\nf,9\n" })).unwrap_err();
    assert_eq!(inhabitants[0].setting, "population");
}

#[test]
fn typed_values_and_text_are_read_alike() {
    for (name, typed, text) in [
        ("lists", json!(["A", "B"]), "A, B,"),
        ("models", json!(["[A,B]", "[C]"]), "[A,B]; [C]"),
        ("hidden", json!([1, 4]), "1-4"),
        ("level", json!(0.9), "0,9"),
        ("replicates", json!(20), "20"),
        ("over_coverage", json!([0.02, 0.08]), "0.02-0.08"),
        ("over_coverage", json!(0.05), "0,05"),
        ("polynomial", json!({ "year": 2, "age": 3 }), "year=2, age=3"),
        ("polynomial", json!(["year=2"]), "year=2"),
        ("small_groups", json!(true), "yes"),
        ("thorough", json!(false), "no"),
        ("criterion", json!("aic"), " aic "),
    ] {
        assert_eq!(shown(json!({ name: typed })), shown(json!({ name: text })), "{name}");
    }
    let sample =
        json!({ "anchor": "S", "anchor_people": 1000, "anchor_cleared": 9, "anchor_check": [0.9, 0.99] });
    let typed =
        json!({ "anchor": "S", "anchor_people": "1000", "anchor_cleared": "9", "anchor_check": "0,9;0,99" });
    assert_eq!(shown(sample), shown(typed));
    assert_eq!(read(json!({ "seed": 9_007_199_254_740_992_u64 })).unwrap().settings.seed, 1 << 53);
    assert!(read(json!({ "replicates": 20 })).unwrap().settings.replicates_asked);
    for (name, value) in
        [("models", json!(["[A,B]", "[C]"])), ("average", json!(true)), ("hidden", json!([1, 4]))]
    {
        let typed = setting(name).unwrap().typed(&value).unwrap();
        assert_eq!(shown(json!({ name: value })), shown(json!({ name: typed })), "{name}");
    }
    let year =
        |year: Value| json!({ "evidence": [{ "name": "a", "kind": "other", "year": year, "estimate": 5 }] });
    assert_eq!(shown(year(json!(2019))), shown(year(json!("2019"))));
}

#[test]
fn what_does_not_fit_is_named_with_what_is_expected() {
    for (settings, name, message) in [
        (json!({ "level": 2.0 }), "level", "--level 2: expected a number from 0.5 to below 1"),
        (json!({ "level": 1 }), "level", "--level 1: "),
        (json!({ "threshold": -0.1 }), "threshold", "--threshold -0.1: expected a number from 0 to 1"),
        (json!({ "missed_links": 1 }), "missed_links", "--missed-links 1: "),
        (json!({ "seed": -1 }), "seed", "--seed -1: expected a whole number"),
        (
            json!({ "seed": u64::MAX }),
            "seed",
            "--seed 18446744073709551615: expected a whole number from 0 to 2^53",
        ),
        (json!({ "seed": "9007199254740993" }), "seed", "--seed 9007199254740993: "),
        (json!({ "replicates": 2.5 }), "replicates", "--replicates 2.5: "),
        (json!({ "thorough": "perhaps" }), "thorough", "--thorough perhaps: expected true or false"),
        (json!({ "lists": [1, 2] }), "lists", "--lists 1,2: "),
        (
            json!({ "interval": "wide" }),
            "interval",
            "--interval wide: expected one of these words: auto, profile",
        ),
        (json!({ "hidden": [4, 1] }), "hidden", "--hidden 4-1: expected two whole numbers"),
        (json!({ "over_coverage": [0.1, 2] }), "over_coverage", "--over-coverage 0.1-2: expected a share"),
        (
            json!({ "polynomial": { "year": 9 } }),
            "polynomial",
            "--polynomial year=9: expected COVARIATE=DEGREE",
        ),
        (json!({ "methods": ["chao", "none"] }), "methods", "--methods none: no such method"),
        (json!({ "sead": 1 }), "sead", "sead: there is no such setting"),
        (json!({ "learner": "spline" }), "learner", "--learner spline: only together with --identifying"),
        (json!({ "anchor_share": 0.1 }), "anchor_share", "--anchor-share 0.1: only together with --anchor"),
        (
            json!({ "anchor": "S", "anchor_share": 1 }),
            "anchor_share",
            "--anchor-share 1: expected a number above 0",
        ),
        (json!({ "evidence": "some" }), "evidence", "--evidence some: expected"),
        (json!({ "evidence": [{ "name": "a" }] }), "evidence", "evidence: estimate 1: expected"),
        (
            json!({ "evidence": [{ "name": "a", "kind": "guess", "estimate": 5 }] }),
            "evidence",
            "evidence: estimate 1: ",
        ),
    ] {
        let errors = read(settings).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(errors[0].setting, name);
        assert!(errors[0].message.starts_with(message), "{}", errors[0].message);
        assert!(errors[0].message.ends_with(&errors[0].expected) && !errors[0].expected.contains("--level"));
    }
    let sample = json!({
        "anchor": "S", "anchor_people": 1000, "anchor_cleared": 9, "anchor_check": [0.4, 0.5], "anchor_trial": [9, 10, 9, 9]
    });
    let errors = read(sample).unwrap_err();
    // Each value by itself, and the two together.
    let wrong: Vec<&str> = errors.iter().map(|e| e.setting.as_str()).collect();
    assert_eq!(wrong, ["anchor_check", "anchor_trial", "anchor_trial"]);
    assert!(errors[2].expected.contains("not together with --anchor-check"), "{}", errors[2].expected);
    // All at once, in the order of the table.
    let errors = read(json!({ "none": 1, "level": 2, "count": 3 })).unwrap_err();
    let wrong: Vec<&str> = errors.iter().map(|e| e.setting.as_str()).collect();
    assert_eq!(wrong, ["none", "count", "level"]);
}

#[test]
fn how_a_table_is_read_is_read_alone_too() {
    let settings = json!({ "lists": ["A"], "blanks": "above", "level": 2 });
    let Value::Object(settings) = settings else { panic!("no object") };
    let choices = choices_from_json(&settings, &english()).unwrap();
    assert_eq!(choices.lists, ["A"]);
    let wrong = Map::from_iter([("blanks".to_owned(), json!("below"))]);
    assert_eq!(choices_from_json(&wrong, &english()).unwrap_err()[0].setting, "blanks");
}
