//! Open data of a delivery of which every number is known: the same numbers, each with a key of named codes.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_publication::legal::write::{cubes, files, tables};
use ijsberg_publication::legal::{Delivery, Kind};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::tables::{Cell, Column, ColumnType, PublicTable};
use ijsberg_publication::write::open_data::{Cube, LANGUAGES, Structure, structure_of};
use ijsberg_report::text::Text;

use crate::legal::{JUSTICE, PERSONS, justice, made};

const KINDS: [Kind; 3] = [Kind::Eu19a, Kind::Sdg, Kind::Glotip];

/// A year in which three women were suspected, too few to be published.
fn delivery() -> Delivery {
    let of = justice(&JUSTICE.replace("sex,F,20", "sex,F,3").replace("sex,M,80", "sex,M,97"));
    made(TableProtection::Suppressed, PERSONS, Some(&of), BTreeMap::new())
}

fn structure(d: &Delivery, kind: Kind) -> (Structure, Vec<PublicTable>) {
    let texts = LANGUAGES.map(Text::new);
    let of = texts.each_ref().map(|text| tables(text, d, kind));
    let structure = cubes(texts.each_ref(), d, of.each_ref().map(Vec::as_slice));
    // A table without rows or with text columns only has no cube.
    let [mut english, _] = of;
    let is_number = |c: &Column| c.holds != ColumnType::Text;
    english.retain(|t| !t.rows.is_empty() && t.columns.iter().any(is_number));
    (structure, english)
}

/// The numbers in the number columns, row by row; `None` if a cell has a sign. Rates without a number are left out.
fn numbers(t: &PublicTable) -> Vec<Option<String>> {
    let mut all = Vec::new();
    for row in &t.rows {
        for (cell, column) in row.iter().zip(&t.columns).filter(|(_, c)| c.holds != ColumnType::Text) {
            let has_number = matches!(cell, Cell::Count(_) | Cell::Number(_));
            if has_number || column.name != "rate" {
                all.push(has_number.then(|| cell.plain(column.holds)));
            }
        }
    }
    all
}

fn is_valid(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

/// Checks that identifiers are valid, that keys are unique, and that every code is in its list with a name in both languages.
fn check_cube(structure: &Structure, cube: &Cube) {
    let places: BTreeSet<&Vec<String>> = cube.rows.iter().map(|r| &r.key).collect();
    assert_eq!(places.len(), cube.rows.len(), "{}: two numbers with the same key", cube.table);
    let components: Vec<_> = cube.dimensions.iter().chain(&cube.attributes).collect();
    let ids: BTreeSet<&str> = components.iter().map(|c| c.id.as_str()).collect();
    assert!(ids.len() == components.len() && ids.iter().all(|id| is_valid(id)), "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with(|c: char| c.is_ascii_uppercase())), "{ids:?}");
    for row in &cube.rows {
        for (code, component) in row.key.iter().chain(&row.attributes).zip(&components) {
            let Some(list) = &component.list else { continue };
            let known = structure.codes(list).iter().find(|c| c.0 == *code);
            let names = &known.unwrap_or_else(|| panic!("{code} is not in {list}")).1;
            let is_name = |n: &String| !n.is_empty() && !n.starts_with("data-") && !n.starts_with("legal-");
            assert!(is_valid(code) && names.iter().all(is_name), "{list}: {code}: {names:?}");
        }
    }
}

#[test]
fn every_number_of_a_delivery_has_a_unique_key_in_sdmx() {
    let d = delivery();
    for kind in KINDS {
        let (structure, tables) = structure(&d, kind);
        let names: Vec<&str> = structure.cubes().iter().map(|c| c.table.as_str()).collect();
        assert_eq!(names, tables.iter().map(|t| t.id.as_str()).collect::<Vec<_>>());
        for (cube, table) in structure.cubes().iter().zip(&tables) {
            check_cube(&structure, cube);
            let values: Vec<Option<String>> = cube.rows.iter().map(|r| r.value.clone()).collect();
            assert_eq!(values, numbers(table), "{}", table.id);
        }
    }
}

#[test]
fn a_suppressed_number_has_its_status_and_no_value() {
    let d = delivery();
    let (structure, _) = structure(&d, Kind::Eu19a);
    let b = structure.cubes().iter().find(|c| c.id == "EU_19A_B").unwrap();
    let at = |id: &str| b.dimensions.iter().position(|c| c.id == id).unwrap();
    let of = |sex: &str, age: &str| {
        let row = b.rows.iter().find(|r| r.key[at("SEX")] == sex && r.key[at("AGE")] == age).unwrap();
        (row.value.as_deref(), row.attributes.iter().map(String::as_str).collect::<Vec<_>>())
    };
    assert_eq!(of("F", "_T"), (None, vec!["Q", "C", "suppressed", "preliminary", "_Z"]));
    assert_eq!(of("X", "_T"), (Some("0"), vec!["P", "F", "zero", "preliminary", "_Z"]));
    assert_eq!(of("_T", "Y_GE18"), (Some("100"), vec!["P", "F", "exact", "preliminary", "_Z"]));
    let c = structure.cubes().iter().find(|c| c.id == "EU_19A_C").unwrap();
    let form = c.dimensions.iter().position(|c| c.id == "FORM").unwrap();
    let row = c.rows.iter().find(|r| r.key[form] == "LABOUR").unwrap();
    assert_eq!(row.attributes[2..], ["not-delivered", "preliminary", "breakdown"]);
    let csv = structure.csv(b);
    let line = csv.lines().find(|l| l.contains(",F,_T,")).unwrap();
    assert!(line.starts_with("dataflow,IJSBERG:EU_19A_B(2016.10.18),I,A,NL,suspected,NUMBER,"), "{line}");
    assert!(line.ends_with(",2025,NaN,Q,C,suppressed,preliminary,_Z"), "{line}");
}

/// Names of columns and their values come from the user.
#[test]
fn columns_with_any_name_have_valid_and_unique_identifiers() {
    let names = ["a:b", "a b", "OBS_VALUE", "2015", "Größe", "=1+1"];
    let holds = ColumnType::Text;
    let column = |name: &&str| Column { name: (*name).into(), title: (*name).into(), holds };
    let count = Column { name: "count".to_owned(), title: "count".to_owned(), holds: ColumnType::Number(0) };
    let row = |first: &str, n: f64| {
        let words = ["TRUE", "007", "x", "é", "ë"].map(Cell::from);
        [Cell::from(first)].into_iter().chain(words).chain([Cell::Number(n)]).collect::<Vec<_>>()
    };
    let table = PublicTable {
        id: "reported-a.b".to_owned(),
        title: "a".to_owned(),
        notes: Vec::new(),
        columns: names.iter().map(column).chain([count]).collect(),
        // The same words twice, and words that differ only in characters not allowed in identifiers.
        rows: vec![row("a b", 1.0), row("a.b", 2.0), row("a b", 3.0)],
    };
    let texts = LANGUAGES.map(Text::new);
    let both = [std::slice::from_ref(&table); 2];
    let structure = structure_of(texts.each_ref(), jiff::civil::date(2016, 10, 18), both);
    let [cube] = structure.cubes() else { panic!("one table") };
    check_cube(&structure, cube);
    let ids: Vec<&str> = cube.dimensions.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["A_B", "A_B_2", "OBS_VALUE_2", "X_2015", "GR_E", "X_1_1", "ROW", "COLUMN"]);
    let first: Vec<&str> = cube.rows.iter().map(|r| r.key[0].as_str()).collect();
    assert_eq!((cube.id.as_str(), first), ("REPORTED_A_B", vec!["a_b", "a_b_2", "a_b"]));
    assert_eq!(cube.rows[0].key[1..6], ["_TRUE", "_007", "x", "_", "_"]);
}

/// Checks that a crate has every file except itself and the archive, each with its media type, and the data of the citation.
fn check_crate<'a>(metadata: &str, files: impl Iterator<Item = &'a str>) {
    let metadata: serde_json::Value = serde_json::from_str(metadata).unwrap();
    let graph = metadata["@graph"].as_array().unwrap();
    let entity = |id: &str| {
        let found = graph.iter().find(|e| e["@id"] == id);
        found.unwrap_or_else(|| panic!("{id} is not in the crate"))
    };
    let root = entity("./");
    let ids = root["hasPart"].as_array().unwrap().iter().filter_map(|p| p["@id"].as_str());
    let parts: BTreeSet<&str> = ids.collect();
    let is_part = |name: &&str| !["ro-crate-metadata.json", "deposit.zip"].contains(name);
    let wanted: BTreeSet<&str> = files.filter(is_part).collect();
    assert_eq!(parts, wanted);
    assert!(parts.iter().all(|p| entity(p)["encodingFormat"].is_string()), "{parts:?}");
    assert_eq!(root["version"], "2016-10-18 (preliminary)");
    let named = |what: &str| entity(root[what]["@id"].as_str().unwrap());
    assert_eq!(named("publisher")["name"], "Netherlands");
    assert_eq!(named("license")["identifier"], "CC-BY-4.0");
    assert_eq!(named("spatialCoverage")["identifier"], "NL");
}

/// The deposit contains the published files, and the citation has the published title data.
#[test]
fn a_delivery_can_be_deposited_and_cited() {
    let d = delivery();
    for kind in KINDS {
        let all = files(&d, kind).unwrap();
        let of = |name: &str| {
            let found = all.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}"));
            String::from_utf8_lossy(&found.1).into_owned()
        };
        assert!(all.iter().any(|f| f.0 == "deposit.zip" && f.1.starts_with(b"PK")));
        assert!(
            of("CITATION.cff").contains("name: \"Netherlands\"\nversion: \"2016-10-18 (preliminary)\"\n")
        );
        let cited = "Netherlands (2016). ";
        assert!(of("index.en.html").contains(cited) && of("index.html").contains("Nederland (2016). "));
        let catalogue = of("dcat.jsonld");
        for name in all.iter().map(|f| f.0.as_str()).filter(|n| *n != "dcat.jsonld") {
            assert!(catalogue.contains(&format!("\"{name}\"")), "{name} is not in the catalogue");
        }
        check_crate(&of("ro-crate-metadata.json"), all.iter().map(|f| f.0.as_str()));
        assert!(of("sdmx/structure.xml").contains("<mes:Test>true</mes:Test>"), "no person of these exists");
    }
}
