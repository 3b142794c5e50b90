//! Cases on which an expert's wording is known, one file each.
#![allow(clippy::struct_field_names, reason = "the names are those of the file")]

use std::collections::BTreeMap;
use std::path::Path;

use ijsberg_signals::assess::{Case, assess};
use ijsberg_signals::rules::Rules;
use serde::Deserialize;

#[derive(Deserialize)]
struct Expected {
    expected: Vec<String>,
    if_minor: Option<String>,
    why: String,
}

fn word<T: serde::Serialize>(of: T) -> String {
    serde_json::to_value(of).unwrap().as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_expert_would_use_the_same_wording() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let expected = std::fs::read_to_string(dir.join("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&expected).unwrap();
    assert_eq!(expected.len(), 17);
    let rules = Rules::shipped();
    let mut wrong = Vec::new();
    for (name, expected) in &expected {
        let text = std::fs::read_to_string(dir.join(format!("{name}.toml"))).unwrap();
        let case: Case = toml::from_str(&text).unwrap();
        let a = assess(&rules, &case, crate::TODAY).unwrap();
        let (said, if_minor) = (word(a.wording), a.wording_if_minor.map(word));
        if !expected.expected.contains(&said)
            || expected.if_minor.as_ref().is_some_and(|m| Some(m) != if_minor.as_ref())
        {
            wrong.push(format!(
                "{name}: {said} ({if_minor:?}), expected {:?}: {}",
                expected.expected, expected.why
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
