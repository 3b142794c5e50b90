//! The page without a server against the program: the same JSON as far as the page goes.

use std::time::Duration;

use fantoccini::Locator;
use serde_json::{Map, Value, json};

use super::{Setting, jobs, place, said};
use crate::browser::Browser;
use crate::program::ijsberg;

/// The methods of the page, in the order of the program.
const BY_PAGE: [&str; 7] = [
    "lincoln-petersen",
    "chapman",
    "chao.bc",
    "loglinear.independence",
    "loglinear.all-pairs",
    "loglinear.best-aic",
    "loglinear.best-bic",
];

/// The keys of what the page gives: what it does not compute has none.
const OF_PAGE: [&str; 5] = ["schema", "provenance", "table", "verdict", "estimates"];

/// What the page says exactly as the program does, beside the estimates.
const AS_THEIRS: [&str; 5] = [
    "/schema",
    "/provenance/settings/level",
    "/provenance/settings/interval",
    "/table/lists",
    "/table/n_observed",
];

/// What replicates change of an estimate; the page has none.
const RESAMPLED: [&str; 6] = ["lower", "upper", "interval", "unbounded", "replicates", "notes"];

/// Whether two values are one, numbers as far as said.
fn alike(theirs: &Value, ours: &Value, most: f64) -> bool {
    match (theirs.as_f64(), ours.as_f64()) {
        (Some(theirs), Some(ours)) => (theirs - ours).abs() <= most * theirs.abs().max(1.0),
        _ => theirs == ours,
    }
}

/// How one estimate of the page differs. A profile limit is where a likelihood that may be almost flat crosses a height, which two
/// ways of adding find a little apart.
fn unlike(theirs: &Map<String, Value>, ours: &Map<String, Value>) -> Vec<String> {
    let resampled = theirs["replicates"].is_number();
    let profile = theirs["interval"] == "profile";
    let mut found = Vec::new();
    if theirs.len() != ours.len() {
        found.push(format!("{} keys and {}", theirs.len(), ours.len()));
    }
    for (name, value) in theirs {
        if resampled && RESAMPLED.contains(&name.as_str()) {
            continue;
        }
        let limit = profile && matches!(name.as_str(), "lower" | "upper");
        let (own, most) = (ours.get(name), if limit { 1e-6 } else { 1e-9 });
        if own.is_none_or(|own| !alike(value, own, most)) {
            found.push(format!("{} {name}: {value} and {own:?}", theirs["method"]));
        }
    }
    found
}

/// How an answer of the page differs from that of the program.
fn of_page(theirs: &Value, ours: &Value) -> Vec<String> {
    let keys: Vec<&str> = ours.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, OF_PAGE);
    assert_eq!(ours["verdict"]["verdict"], "not-assessed");
    assert_eq!(ours["provenance"]["settings"]["replicates"], 0);
    let mut found: Vec<String> = AS_THEIRS
        .iter()
        .filter(|at| theirs.pointer(at).is_none() || theirs.pointer(at) != ours.pointer(at))
        .map(|at| format!("{at}: {:?} and {:?}", theirs.pointer(at), ours.pointer(at)))
        .collect();
    let all = |of: &Value| of["estimates"].as_array().unwrap().clone();
    let has = |e: &Value| BY_PAGE.contains(&e["method"].as_str().unwrap());
    let (theirs, ours): (Vec<Value>, Vec<Value>) = (all(theirs).into_iter().filter(has).collect(), all(ours));
    assert!(!theirs.is_empty() && theirs.len() == ours.len(), "{theirs:?} {ours:?}");
    for (theirs, ours) in theirs.iter().zip(&ours) {
        found.extend(unlike(theirs.as_object().unwrap(), ours.as_object().unwrap()));
    }
    found
}

/// The page, opened from a file of this name.
async fn opened(name: &str) -> Browser {
    let browser = Browser::start().await;
    let file = place().join(name);
    let made = ijsberg().args(["page", "--lang", "en", "--out"]).arg(&file).status().unwrap();
    assert!(made.success());
    browser.client.goto(&format!("file://{}", file.display())).await.unwrap();
    browser
}

#[tokio::test]
async fn the_page_gives_the_same_estimates_in_the_same_shape() {
    let browser = opened("estimates.html").await;
    let known = browser.ask("return machine.METHODS").await;
    assert_eq!(known, json!(BY_PAGE));
    // A text keeps every digit on its way through the driver.
    let asked = "return JSON.stringify(machine.json(reading.table(arguments[0]), arguments[1]))";
    for (job, theirs) in jobs().iter().zip(said()).filter(|(job, _)| job.on_page) {
        let Setting { methods, level, interval, .. } = job.setting;
        let methods: Vec<&str> =
            BY_PAGE.into_iter().filter(|m| methods.is_empty() || methods.contains(m)).collect();
        let table = std::fs::read_to_string(&job.table).unwrap();
        let settings = json!({ "methods": methods, "level": level, "interval": interval });
        let ours = browser.client.execute(asked, vec![json!(table), settings]).await.unwrap();
        let ours: Value = serde_json::from_str(ours.as_str().unwrap()).unwrap();
        let found = of_page(theirs, &ours);
        assert!(found.is_empty(), "{}:\n{}", job.name(), found.join("\n"));
    }
    browser.client.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_page_saves_what_it_shows_for_programs() {
    let browser = opened("saves.html").await;
    let kosovo = jobs().iter().position(|job| job.table.ends_with("kosovo-1999.csv")).unwrap();
    let (job, theirs) = (&jobs()[kosovo], &said()[kosovo]);
    assert!(job.setting.methods.is_empty());
    let table = std::fs::read_to_string(&job.table).unwrap();
    let fill = "document.getElementById('table').value = arguments[0]";
    browser.client.execute(fill, vec![json!(table)]).await.unwrap();
    browser.client.find(Locator::Id("estimate")).await.unwrap().click().await.unwrap();
    browser.client.find(Locator::Id("save")).await.unwrap().click().await.unwrap();
    let file = browser.downloads().join("estimates.json");
    let mut saved = None;
    for _ in 0..600 {
        // It is there before it is whole.
        let read = std::fs::read_to_string(&file).ok();
        saved = read.and_then(|text| serde_json::from_str::<Value>(&text).ok());
        if saved.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let saved = saved.expect("a file");
    assert_eq!(of_page(theirs, &saved), Vec::<String>::new());
    assert_eq!(saved["provenance"]["version"], theirs["provenance"]["version"]);
    browser.client.clone().close().await.unwrap();
}
