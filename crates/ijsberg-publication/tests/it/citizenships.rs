//! People with several citizenships: each counts once, by a rule that is stated in the tables and the code lists.

use std::collections::BTreeMap;

use ijsberg_publication::legal::write::{eu, files, glotip};
use ijsberg_publication::legal::{Delivery, Kind};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::{Language, Text};

use crate::legal::made;

/// Persons of 2025, some of whom have several citizenships.
const SEVERAL: &str = "NP,FAIRWORK,year,sex,age,citizenships,form,count\n\
    1,0,2025,F,adult,MA NL,LABOUR,30\n\
    0,1,2025,F,adult,RO;SY,LABOUR,25\n\
    1,1,2025,M,adult,MA SY,LABOUR,20\n\
    1,0,2025,M,adult,XX,LABOUR,15\n\
    0,1,2025,M,adult,XX SY,LABOUR,12\n\
    1,0,2025,M,adult,,LABOUR,11\n";

#[test]
fn a_person_with_two_citizenships_counts_once_and_the_rule_is_stated() {
    let d = made(TableProtection::Suppressed, SEVERAL, None, BTreeMap::new());
    let rows = d.table('a');
    let at = |by: &str, code: &str| {
        let row = rows.iter().find(|r| r.by == by && r.code == code);
        row.and_then(|r| r.cell.number()).unwrap_or_else(|| panic!("{by} {code}"))
    };
    let groups = ["own", "other_eu", "other", "stateless", "unknown"];
    assert_eq!(groups.map(|code| at("citizenship", code)), [30, 25, 32, 15, 11]);
    assert_eq!(groups.map(|code| at("citizenship", code)).iter().sum::<u64>(), at("total", ""));
    let stated = |d: &Delivery, text: &Text| {
        let rule = text.say("legal-note-citizenship");
        let (eu, glotip) = (eu(text, d), glotip(text, d));
        // The prosecution service counted suspects by its own rule.
        eu.iter().chain(&glotip).map(|t| t.notes.contains(&rule)).collect::<Vec<bool>>()
    };
    let texts = [Language::English, Language::Dutch].map(Text::new);
    for text in &texts {
        assert_eq!(stated(&d, text), [true, false, false, false, false, false, false, true, false]);
    }
    let all = files(&d, Kind::Eu19a).unwrap();
    let structure = &all.iter().find(|f| f.0 == "sdmx/structure.xml").unwrap().1;
    let structure = String::from_utf8(structure.clone()).unwrap();
    let list = structure.split("<str:Codelist id=\"CL_CITIZENSHIP\"").nth(1).unwrap();
    let list = list.split("</str:Codelist>").next().unwrap();
    for (text, language) in texts.iter().zip(["en", "nl"]) {
        let rule = ijsberg_outside::markup(&text.say("legal-note-citizenship"));
        let description = format!("<com:Description xml:lang=\"{language}\">{rule}</com:Description>");
        assert!(list.contains(&description), "{list}");
    }
}
