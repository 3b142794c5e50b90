//! Sector, region and citizenship in the report of chapters: the counts of the statutory delivery, or a sentence with the reason why there
//! are none.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::Cell;
use ijsberg_publication::legal::{Delivery, Measure, Request, deliver};
use ijsberg_publication::monitor::{Chapter, Facts, chapters, compose, resolve, tables};
use ijsberg_publication::write::{html, json};
use ijsberg_publication::{Edition, Options};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;

use crate::{TABLE, made, options};

const BY: [&str; 3] = ["sector", "region", "citizenship"];

/// The persons of the edition with three additional columns, without the first `without` persons of 2015.
fn persons(without: usize) -> Persons {
    let mut lines = TABLE.lines();
    let mut csv = lines.next().unwrap().to_owned() + ",sector,region,citizenships\n";
    let mut left_out = 0;
    for (i, line) in lines.enumerate() {
        if line.contains(",2015,") && left_out < without {
            left_out += 1;
            continue;
        }
        let sector = ["C", "C", "C", "I", "J"][i % 5];
        let region = ["UT", "ZH", "ZH"][i % 3];
        let citizenships = ["NL", "RO", "NL MA", "NG"][i % 4];
        let _ = writeln!(csv, "{line},{sector},{region},{citizenships}");
    }
    let covariates = ["sector", "region", "citizenships"].map(str::to_owned).to_vec();
    let table = ijsberg_tables::read(csv.as_bytes(), &Choices { covariates, ..Choices::default() }).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), 2015)
}

/// The delivery of these persons after the edition is published.
fn delivered(e: &Edition, persons: &Persons) -> Delivery {
    let Options { date, secret, noise, plain, .. } = options(2015);
    let country = Country::shipped("528").unwrap();
    let request =
        Request { country, year: 2015, years: 6, date, secret, noise, plain, embargo: None, synthetic: true };
    let earlier = BTreeMap::from([(Measure::Registered, e.ledger())]);
    deliver(request, persons, None, earlier).unwrap()
}

/// The blocks of a text, filled in.
fn filled_in(text: &Text, facts: &Facts, source: &str) -> String {
    let chapter = Chapter { file: "01-summary.nl.md".to_owned(), source: source.to_owned() };
    let of = resolve(text, facts, &[chapter]);
    assert!(of.findings.is_empty(), "{source}: {:?}", of.findings);
    format!("{:?}", of.blocks)
}

#[test]
fn chapters_by_sector_region_and_citizenship_have_the_delivered_counts() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let d = delivered(&e, &persons(0));
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let facts = Facts::from_edition(&text, &e, Some(&d));
        let all = chapters(&text, &e, &facts);
        let resolved = resolve(&text, &facts, &all);
        assert!(resolved.findings.is_empty(), "{:?}", resolved.findings);
        let page = html::page(&text, &compose(&text, &e, resolved));
        for by in BY {
            assert!(page.contains(&text.say(&format!("monitor-chapter-{by}"))), "{by}");
            let names = [format!("figure:by.{by}"), format!("table:registered-{by}"), format!("part:{by}")];
            assert!(names.iter().all(|n| facts.has_block(n)), "{by}");
            let of = all.iter().find(|c| c.file.contains(by)).unwrap();
            assert!(of.source.contains(&format!("{{{{part:{by}}}}}")), "{}", of.source);
            // Each number is that of the delivery, and there are no others.
            let rows = d.rows(Measure::Registered);
            let mut shown = 0;
            for row in rows.iter().filter(|r| r.by == by && !r.code.is_empty()) {
                let name = format!("{by}.{}", row.code.to_lowercase());
                let n = match &row.cell {
                    Cell::ZeroOrFew => text.say("monitor-few"),
                    cell => text.number(cell.number().unwrap() as f64),
                };
                let blocks = filled_in(&text, &facts, &format!("{{{{{name}.year}}}}"));
                assert!(blocks.contains(&format!("\"{n}\"")), "{blocks}");
                assert!(!facts.is_shown(&format!("{name}.2014")));
                shown += 1;
            }
            assert!(shown > 1, "{by}");
        }
        assert_eq!(facts.claimed("most-common-sector").unwrap().state, "c");
        assert!(page.contains(&facts.claimed("most-common-sector").unwrap().sentence));
        assert!(page.contains(&text.say("code-sector-C")) && page.contains("Utrecht"));
        assert!(page.contains(&text.say("legal-citizenship-other_eu")));
        // A claim that the figures do not support is refused here too.
        let source = "{{claim:most-common-sector=i}}".to_owned();
        let chapter = Chapter { file: "08-sector.nl.md".to_owned(), source };
        assert_eq!(resolve(&text, &facts, &[chapter]).findings.len(), 1);
    }
    // All files have the tables of the chapters.
    let text = Text::new(Language::Dutch);
    let all = tables(&text, &e, Some(&d));
    let ids: Vec<String> = all.iter().map(|t| t.id.clone()).collect();
    let more = ["registered-sector", "registered-region", "registered-citizenship", "eu-19a-a"];
    assert!(ids.len() > 20 && ids.ends_with(&more.map(str::to_owned)), "{ids:?}");
    let file = json(&text, &e, &all);
    let in_file = file["tables"].as_array().unwrap().iter().filter_map(|t| t["id"].as_str());
    assert_eq!(in_file.collect::<Vec<_>>(), ids);
    // The release of victims follows the edition in the same log.
    let (_, ledger) = d.ledgers().find(|l| l.0 == Measure::Registered).unwrap();
    assert_eq!(ledger.releases.len(), 2);
}

#[test]
fn missing_breakdowns_are_replaced_by_the_reason() {
    let e = made(options(2015), Ledger::default()).unwrap();
    let frozen = delivered(&e, &persons(3));
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        for (chain, why) in [(None, "legal-why-column"), (Some(&frozen), "legal-why-frozen")] {
            let facts = Facts::from_edition(&text, &e, chain);
            for by in ["sector", "region"] {
                let values = [("what", text.say(&format!("legal-by-{by}"))), ("why", text.say(why))];
                let sentence = text.fill("monitor-no-breakdown", &values);
                let part = filled_in(&text, &facts, &format!("{{{{part:{by}}}}}"));
                assert!(part.contains(&sentence), "{part}");
                assert!(!facts.has_block(&format!("figure:by.{by}")));
                assert!(!facts.is_shown(&format!("{by}.c.year")));
            }
        }
        // The nationality in the edition is shown once, with a note that it is not citizenship.
        let facts = Facts::from_edition(&text, &e, None);
        let part = filled_in(&text, &facts, "{{part:citizenship}}");
        assert!(part.contains(&text.say("monitor-nationality")) && part.contains("Figure"), "{part}");
        let all = chapters(&text, &e, &facts);
        let placed = all.iter().filter(|c| c.source.contains("nationality")).map(|c| &c.file);
        assert_eq!(placed.count(), 1, "{all:#?}");
    }
}
