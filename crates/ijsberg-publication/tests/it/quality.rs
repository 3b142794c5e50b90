//! The quality of a delivery as tables: what the page says, in every form that tables have.

use std::collections::BTreeMap;

use ijsberg_publication::document::Block;
use ijsberg_publication::families::Plain;
use ijsberg_publication::legal::write::{File, files, quality, tables};
use ijsberg_publication::legal::{Delivery, Kind};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::read_sheets;

use crate::legal::{JUSTICE, PERSONS, justice, made};

const KINDS: [Kind; 3] = [Kind::Eu19a, Kind::Sdg, Kind::Glotip];

/// The tables of the page.
const OF_PAGE: [&str; 5] = ["delays", "coverage", "missingness", "editions", "changes"];

fn delivery(persons: &str) -> Delivery {
    made(Plain::Suppressed, persons, Some(&justice(JUSTICE)), BTreeMap::new())
}

fn file(all: &[File], name: &str) -> String {
    let found = all.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}"));
    String::from_utf8(found.1.clone()).unwrap()
}

/// A table has these lines, each to its end or as far as it is written here.
fn has(csv: &str, lines: &[&str]) {
    for wanted in lines {
        assert!(csv.lines().any(|line| line.starts_with(*wanted)), "{wanted}: {csv}");
    }
}

#[test]
fn every_delivery_has_the_tables_of_its_page_in_every_form() {
    let d = delivery(PERSONS);
    for kind in KINDS {
        let all = files(&d, kind).unwrap();
        for id in OF_PAGE {
            let metadata = file(&all, &format!("{id}.csv-metadata.json"));
            assert!(metadata.contains(&format!("\"{id}.csv\"")), "{metadata}");
            for described in ["datapackage.json", "dcat.jsonld"] {
                assert!(file(&all, described).contains(&format!("\"{id}.csv\"")), "{described}: {id}");
            }
            // A table of words has no number to tell in SDMX.
            let told = all.iter().any(|f| f.0 == format!("sdmx/{id}.csv"));
            assert_eq!(told, id != "changes", "{id}");
        }
        for (language, suffix) in [(Language::Dutch, ""), (Language::English, ".en")] {
            let text = Text::new(language);
            let of = tables(&text, &d, kind);
            // What the page shows and the tables have is the same.
            let mut shown = 0;
            for block in quality(&text, &d).blocks {
                let Block::Table(t) = block else { continue };
                let own = of.iter().find(|own| own.id == t.id).unwrap();
                assert_eq!((&own.rows, &own.notes), (&t.rows, &t.notes), "{}", t.id);
                shown += 1;
            }
            assert_eq!(shown, OF_PAGE.len());
            assert!(!format!("{of:?}").contains("legal-"), "{of:?}");
            for book in ["ods", "xlsx"] {
                let name = format!("tables{suffix}.{book}");
                let sheets = read_sheets(&all.iter().find(|f| f.0 == name).unwrap().1).unwrap();
                for t in of.iter().filter(|t| OF_PAGE.contains(&t.id.as_str())) {
                    assert!(sheets.iter().any(|s| s.1[0][0].ends_with(&t.title)), "{name}: {}", t.title);
                }
            }
        }
    }
}

#[test]
fn each_says_what_is_known_of_the_year() {
    let all = files(&delivery(PERSONS), Kind::Eu19a).unwrap();
    has(
        &file(&all, "coverage.csv"),
        &[
            "code,organisation,persons,remark,stage",
            "NP,Police,132,exact count,preliminary",
            "FAIRWORK,FairWork,70,exact count,preliminary",
            "KMAR,Royal Netherlands Marechaussee,[x],This organisation has no list of its own in the table.,preliminary",
        ],
    );
    has(
        &file(&all, "missingness.csv"),
        &[
            "measure,by,share,remark,stage",
            // Twelve of 162.
            "registered victims,sex,0.0741,exact count,preliminary",
            "registered victims,age,0.0000,nobody,preliminary",
            "persons prosecuted,citizenship,[x],The file of the prosecution service does not break the count down",
            "persons convicted,age,1.0000,exact count,preliminary",
            // Of nobody there is no share.
            "\"persons suspected, use of services\",sex,[z],nobody,preliminary",
        ],
    );
    has(
        &file(&all, "editions.csv"),
        &["measure,edition,persons,stage", "registered victims,2016-10-18,162,preliminary"],
    );
    let changes = file(&all, "changes.csv");
    has(
        &changes,
        &[
            "from,change,break,remark,source",
            "2005-01-01,article 273a of the Criminal Code comes into force,yes,It is not known how",
            "2006-09-01,article 273a becomes article 273f,no,The definition stayed the same.,",
            "2013-11-15,article 273f names begging",
        ],
    );
    assert!(!changes.contains("2026-07-15"), "a change after the year: {changes}");
}

/// As on the page: where a count is suppressed, so is its share.
#[test]
fn what_is_suppressed_stays_so() {
    let few = PERSONS.replace(",12\n", ",4\n");
    let all = files(&delivery(&few), Kind::Sdg).unwrap();
    has(
        &file(&all, "missingness.csv"),
        &["registered victims,sex,[c],suppressed to protect individuals; not 0,"],
    );
    let sdmx = file(&all, "sdmx/missingness.csv");
    assert!(sdmx.lines().any(|line| line.contains(",NaN,Q,C,")), "{sdmx}");
}
