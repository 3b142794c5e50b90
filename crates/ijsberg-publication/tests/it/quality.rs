//! The quality note of a delivery as tables: the contents of the page, in every table format.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::Block;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::write::{File, files, quality, tables};
use ijsberg_publication::legal::{Delivery, Kind, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, read_sheets};

use crate::legal::{JUSTICE, PERSONS, justice, made};
use crate::{TABLE, options};

const KINDS: [Kind; 3] = [Kind::Eu19a, Kind::Sdg, Kind::Glotip];

/// The tables of the page.
const OF_PAGE: [&str; 5] = ["delays", "coverage", "missingness", "editions", "changes"];

fn delivery(persons: &str) -> Delivery {
    made(TableProtection::Suppressed, persons, Some(&justice(JUSTICE)), BTreeMap::new())
}

fn file(all: &[File], name: &str) -> String {
    let found = all.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}"));
    String::from_utf8(found.1.clone()).unwrap()
}

/// Checks that a table has lines that start with these texts.
fn has(csv: &str, lines: &[&str]) {
    for wanted in lines {
        assert!(csv.lines().any(|line| line.starts_with(*wanted)), "{wanted}: {csv}");
    }
}

#[test]
fn every_delivery_has_the_tables_of_its_page_in_every_format() {
    let d = delivery(PERSONS);
    for kind in KINDS {
        let all = files(&d, kind).unwrap();
        for id in OF_PAGE {
            let metadata = file(&all, &format!("{id}.csv-metadata.json"));
            assert!(metadata.contains(&format!("\"{id}.csv\"")), "{metadata}");
            for described in ["datapackage.json", "dcat.jsonld"] {
                assert!(file(&all, described).contains(&format!("\"{id}.csv\"")), "{described}: {id}");
            }
            // A table with text columns only is not in SDMX.
            let has_sdmx = all.iter().any(|f| f.0 == format!("sdmx/{id}.csv"));
            assert_eq!(has_sdmx, id != "changes", "{id}");
        }
        for (language, suffix) in [(Language::Dutch, ""), (Language::English, ".en")] {
            let text = Text::new(language);
            let of = tables(&text, &d, kind);
            // The page and the tables have the same contents.
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
fn the_tables_have_the_known_quality_of_the_year() {
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
    let missing = file(&all, "missingness.csv");
    assert!(!missing.contains(",total,"), "a total has no share that is not known: {missing}");
    has(
        &missing,
        &[
            "measure,by,share,remark,stage",
            // Twelve of 162.
            "registered victims,sex,0.0741,exact count,preliminary",
            "registered victims,age,0.0000,nobody,preliminary",
            "persons prosecuted,citizenship,[x],The file of the prosecution service does not break the count down",
            "persons convicted,age,1.0000,exact count,preliminary",
            // A total of 0 has no shares.
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

/// If a count is suppressed, its share is suppressed too, as on the page.
#[test]
fn the_share_of_a_suppressed_count_is_suppressed() {
    let few = PERSONS.replace(",12\n", ",4\n");
    let all = files(&delivery(&few), Kind::Sdg).unwrap();
    has(
        &file(&all, "missingness.csv"),
        &["registered victims,sex,[c],suppressed to protect individuals; not 0,"],
    );
    let sdmx = file(&all, "sdmx/missingness.csv");
    assert!(sdmx.lines().any(|line| line.contains(",NaN,Q,C,")), "{sdmx}");
}

/// The lists of the delivery are the letters of the Dutch study: each organisation occurs once, under its name.
#[test]
fn organisations_have_the_names_of_the_coding_of_their_lists() {
    let country = Country::shipped("528").unwrap();
    let table = ijsberg_tables::read(TABLE.as_bytes(), &Choices::default()).unwrap();
    let persons = Persons::of_table(&table, &country, 2015);
    let Options { date, secret, noise, .. } = options(2015);
    let (plain, embargo, synthetic) = (TableProtection::Rounded, None, true);
    let request = Request { country, year: 2015, years: 1, date, secret, noise, plain, embargo, synthetic };
    let all = files(&deliver(request, &persons, None, BTreeMap::new()).unwrap(), Kind::Eu19a).unwrap();
    let coverage = file(&all, "coverage.csv");
    has(
        &coverage,
        &[
            "I,Netherlands Labour Authority (I),60,rounded to a multiple of 5,preliminary",
            "K,Royal Netherlands Marechaussee (K),225,rounded to a multiple of 5,",
            "P,Police (P),770,rounded to a multiple of 5,",
            "Z,other organisations (Z),140,rounded to a multiple of 5,",
            "FAIRWORK,FairWork,[x],This organisation has no list of its own in the table.,preliminary",
        ],
    );
    // Six lists, and the five organisations of the profile without a list.
    assert_eq!(coverage.lines().count(), 12, "{coverage}");
    assert!(!coverage.contains("NP,") && !coverage.contains("does not name this list"), "{coverage}");
    has(
        &file(&all, "eu-19a-a.csv"),
        &["registered victims,registering organisation,P,Police (P),770,rounded,"],
    );
    for page in ["index.html", "quality.html"] {
        assert!(file(&all, page).contains("Koninklijke Marechaussee (K)"), "{page}");
    }
}

/// Files have codes; pages have words, and state each reason for missing counts once.
#[test]
fn pages_have_words_for_codes_and_one_sentence_for_each_reason() {
    let all = files(&delivery(PERSONS), Kind::Eu19a).unwrap();
    for (page, sentence, stage) in [
        (
            "index.html",
            "Niet geleverd: vervolgde personen naar nationaliteit, uitbuitingsvorm. Het bestand van het \
             Openbaar Ministerie splitst het aantal niet zo uit.",
            "voorlopig",
        ),
        (
            "index.en.html",
            "Not delivered: persons prosecuted by citizenship, form of exploitation. The file of the prosecution \
             service does not break the count down like this.",
            "preliminary",
        ),
    ] {
        let page = file(&all, page);
        assert_eq!(page.matches(sentence).count(), 1, "{sentence}: {page}");
        assert!(page.contains(&format!("<td class=\"text\">{stage}</td>")), "{page}");
        for code in ["exact", "not-delivered", "suppressed", "zero"] {
            assert!(!page.contains(&format!(">{code}</td>")), "{code}: {page}");
        }
    }
    has(
        &file(&all, "eu-19a-c.csv"),
        &[
            "measure,by,code,level,persons,cell,remark,stage",
            "persons prosecuted,citizenship,own,own citizenship,[x],not-delivered,The file of the prosecution service",
        ],
    );
}
