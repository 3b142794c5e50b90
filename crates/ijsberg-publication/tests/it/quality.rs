//! The quality of a delivery as tables: what the page says, in every form that tables have.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::Block;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::write::{File, files, quality, tables};
use ijsberg_publication::legal::{Asked, Delivery, Kind, deliver};
use ijsberg_publication::protection::Plain;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, read_sheets};

use crate::legal::{JUSTICE, PERSONS, justice, made};
use crate::{TABLE, options};

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

/// The letters of the Dutch study are the lists of a delivery: each organisation is there once, under its name.
#[test]
fn organisations_have_the_names_of_the_coding_of_their_lists() {
    let country = Country::shipped("528").unwrap();
    let table = ijsberg_tables::read(TABLE.as_bytes(), &Choices::default()).unwrap();
    let persons = Persons::of_table(&table, &country, 2015);
    let Options { date, secret, noise, .. } = options(2015);
    let (plain, embargo, synthetic) = (Plain::Rounded, None, true);
    let asked = Asked { country, year: 2015, years: 1, date, secret, noise, plain, embargo, synthetic };
    let all = files(&deliver(asked, &persons, None, BTreeMap::new()).unwrap(), Kind::Eu19a).unwrap();
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
    // Six lists and the five organisations of the profile that none of them is of.
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

/// Codes are for files; a page has words, and says once why something is not there.
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
