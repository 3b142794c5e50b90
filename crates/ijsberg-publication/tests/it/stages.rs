//! Preliminary, final and revised deliveries, and the groups of a monitor among them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::Block;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::{Cell, Row};
use ijsberg_publication::legal::write::{files, groups, quality};
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::stage::Stage;
use ijsberg_publication::tables::Cell as Shown;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;
use jiff::civil::{Date, date};

use crate::options;

/// Persons of 2025 on two lists, by form and citizenship.
fn persons(of: &[(&str, &str, u64)]) -> Persons {
    let mut csv = "NP,FAIRWORK,year,sex,citizenships,form,count\n".to_owned();
    for (i, (form, citizenship, n)) in of.iter().enumerate() {
        let (lists, sex) = if i % 2 == 0 { ("1,0", "F") } else { ("0,1", "M") };
        let _ = writeln!(csv, "{lists},2025,{sex},{citizenship},{form},{n}");
    }
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let choices = Choices { lists, covariates: vec!["citizenships".to_owned()], ..Choices::default() };
    let table = ijsberg_tables::read(csv.as_bytes(), &choices).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), 2025)
}

const USUAL: [(&str, &str, u64); 5] = [
    ("SEX_PROSTITUTION", "RO", 60),
    ("LABOUR", "PL", 40),
    ("CRIMINAL_ACTIVITY", "NL", 30),
    ("SEX_OTHER", "NL", 20),
    ("LABOUR", "", 12),
];

fn request(on: Date, plain: TableProtection) -> Request {
    let Options { secret, noise, .. } = options(2025);
    let country = Country::shipped("528").unwrap();
    Request { country, year: 2025, years: 5, date: on, secret, noise, plain, embargo: None, synthetic: true }
}

fn made(on: Date, plain: TableProtection, of: &Persons, earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    let request = request(on, plain);
    deliver(request, of, None, earlier).unwrap()
}

/// A copy for named recipients is logged with its embargo, so that its counts do not count as published.
#[test]
fn a_copy_under_embargo_is_logged_with_its_embargo() {
    let public = request(date(2026, 9, 30), TableProtection::Suppressed);
    let request = Request { embargo: Some(date(2026, 12, 1)), ..public };
    let d = deliver(request, &persons(&USUAL), None, BTreeMap::new()).unwrap();
    let log = ledgers(&d).remove(&Measure::Registered).unwrap();
    assert_eq!(log.releases[0].embargo.as_deref(), Some("2026-12-01"));
}

fn ledgers(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

fn file(d: &Delivery, kind: Kind, name: &str) -> String {
    let all = files(d, kind).unwrap();
    let found = all.into_iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}"));
    String::from_utf8(found.1).unwrap()
}

/// The directive requires a year by 30 September of the next, when notifications about it still arrive.
#[test]
fn a_delivery_says_whether_it_is_preliminary_final_or_revised() {
    let usual = persons(&USUAL);
    let first = made(date(2026, 9, 30), TableProtection::Rounded, &usual, BTreeMap::new());
    assert_eq!(first.stage(Measure::Registered), Stage::Preliminary);
    // In the data, the metadata and the text, with the date.
    assert!(file(&first, Kind::Eu19a, "eu-19a-a.csv").lines().skip(1).all(|l| l.ends_with(",preliminary")));
    assert!(file(&first, Kind::Glotip, "glotip-victims.csv").contains(",preliminary"));
    let metadata = file(&first, Kind::Eu19a, "eu-19a-a.csv-metadata.json");
    assert!(metadata.contains("\"schema:creativeWorkStatus\": \"preliminary\""), "{metadata}");
    assert!(metadata.contains("30 September 2026") && metadata.contains("1 January 2027"), "{metadata}");
    for (name, words) in [
        ("index.en.html", "30 September 2026"),
        ("quality.en.html", "Preliminary counts"),
        ("index.html", "30 september 2026"),
        ("quality.html", "Voorlopige aantallen"),
    ] {
        assert!(file(&first, Kind::Eu19a, name).contains(words), "{name}: {words}");
    }
    let sdmx = file(&first, Kind::Sdg, "sdg-16-2-2.sdmx.csv");
    assert!(sdmx.contains(",NUMBER,0,P,F") && !sdmx.contains(",0,A,F"), "{sdmx}");
    // After the last expected notifications the same year is final.
    let last = made(date(2027, 1, 1), TableProtection::Rounded, &usual, ledgers(&first));
    assert_eq!(last.stage(Measure::Registered), Stage::Final);
    let sdmx = file(&last, Kind::Sdg, "sdg-16-2-2.sdmx.csv");
    assert!(sdmx.contains(",NUMBER,0,A,F") && !sdmx.contains(",0,P,F"), "{sdmx}");
    // With 15 persons more it is revised, and the quality note has both editions.
    let mut more = USUAL;
    more[0].2 += 15;
    let revised = made(date(2027, 1, 1), TableProtection::Rounded, &persons(&more), ledgers(&first));
    assert_eq!(revised.stage(Measure::Registered), Stage::Revised);
    assert!(file(&revised, Kind::Eu19a, "eu-19a-a.csv-metadata.json").contains("\"revised\""));
    let content = format!("{:?}", quality(&Text::new(Language::English), &revised).blocks);
    for wanted in ["Text(\"2026-09-30\"), Number(160.0), Text(\"preliminary\")", "Text(\"revised\")"] {
        assert!(content.contains(wanted), "{content}");
    }
}

/// If no form is recorded, it is not known whether there was sexual exploitation.
#[test]
fn a_series_of_an_unrecorded_form_is_not_zero() {
    let mut of = persons(&USUAL);
    of.covariates.retain(|c| c.name != "monitor-group");
    let form = of.covariates.iter_mut().find(|c| c.name == "form").unwrap();
    form.values.iter_mut().for_each(|v| *v = None);
    let d = made(date(2027, 1, 1), TableProtection::Suppressed, &of, BTreeMap::new());
    for series in ["VC_HTF_DETVSX", "VC_HTF_DETVOP"] {
        for sex in ["_T", "F"] {
            assert_eq!(d.series([series, sex, "_T"]), Cell::NotRecorded, "{series} {sex}");
        }
    }
    assert!(d.series(["VC_HTF_DETV", "F", "_T"]).number().is_some_and(|n| n.abs_diff(102) <= 5));
    // As in table a; missing and not 0 in the machine-readable file.
    let forms: Vec<Row> = d.table('a').into_iter().filter(|r| r.by == "form").collect();
    assert!(forms.iter().any(|r| r.code == "LABOUR" && r.cell == Cell::NotRecorded), "{forms:?}");
    let sdmx = file(&d, Kind::Sdg, "sdg-16-2-2.sdmx.csv");
    let line = sdmx.lines().find(|l| l.contains("VC_HTF_DETVSX,528,_T,_T")).unwrap();
    assert!(line.ends_with(",2025,NaN,NUMBER,0,L,F"), "{line}");
}

/// The number of times a year is published with new noise is limited: later arrivals are not included, so the year is not called final.
#[test]
fn a_year_that_can_no_longer_be_revised_is_not_final() {
    let on = date(2027, 9, 30);
    let mut all = USUAL;
    let mut last = made(on, TableProtection::Rounded, &persons(&all), BTreeMap::new());
    for expected in [Stage::Revised, Stage::Revised, Stage::Preliminary] {
        all[0].2 += 15;
        last = made(on, TableProtection::Rounded, &persons(&all), ledgers(&last));
        assert_eq!(last.stage(Measure::Registered), expected);
    }
    assert!(last.released(Measure::Registered).unwrap().held_back >= 15);
    // The log records this, so later deliveries give the year the same stage, and readers are not referred to a past date.
    let log = ledgers(&last).remove(&Measure::Registered).unwrap();
    assert!(log.releases.last().unwrap().behind.contains("2025"));
    let stages: Vec<Shown> = editions(&last).into_iter().map(|row| row[3].clone()).collect();
    assert_eq!(stages, ["final", "revised", "preliminary"].map(Shown::from));
    let index = file(&last, Kind::Eu19a, "index.en.html");
    assert!(index.contains("could not be changed again"), "{index}");
    assert!(!index.contains("final from 1 January 2027"), "{index}");
}

/// The table of editions in the quality note.
fn editions(d: &Delivery) -> Vec<Vec<Shown>> {
    let table = |block| match block {
        Block::Table(t) if t.id == "editions" => Some(t.rows),
        _ => None,
    };
    quality(&Text::new(Language::English), d).blocks.into_iter().find_map(table).unwrap()
}

/// Two deliveries of the same day, or a yearly report and a delivery, are two releases in the log and one edition of the year.
#[test]
fn an_edition_has_one_row_in_the_quality_note() {
    let first = made(date(2026, 9, 30), TableProtection::Suppressed, &persons(&USUAL), BTreeMap::new());
    let mut less = persons(&USUAL);
    less.covariates.retain(|c| c.name != "monitor-group");
    let second = made(date(2026, 9, 30), TableProtection::Suppressed, &less, ledgers(&first));
    assert_eq!(ledgers(&second)[&Measure::Registered].releases.len(), 2);
    assert_eq!(editions(&second).len(), 1);
    let third = made(date(2026, 12, 31), TableProtection::Suppressed, &less, ledgers(&second));
    let days: Vec<Shown> = editions(&third).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(days, ["2026-09-30", "2026-12-31"].map(Shown::from));
}

#[test]
fn the_four_groups_of_the_rapporteur_are_a_table_with_every_group() {
    let of = |d: &Delivery| -> Vec<(String, Option<u64>)> {
        d.groups().iter().map(|r| (r.code.clone(), r.cell.number())).collect()
    };
    let wanted = [
        ("domestic-sexual", 20),
        ("cross-border-sexual", 60),
        ("domestic-other", 30),
        ("cross-border-other", 40),
        ("unknown", 12),
    ];
    let wanted: Vec<_> = wanted.map(|(code, n)| (code.to_owned(), Some(n))).to_vec();
    let d = made(date(2026, 9, 30), TableProtection::Suppressed, &persons(&USUAL), BTreeMap::new());
    assert_eq!(of(&d), wanted);
    let csv = file(&d, Kind::Eu19a, "groups.csv");
    assert!(csv.contains(",cross-border-sexual,cross-border sexual exploitation,60,exact,"), "{csv}");
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let content = format!("{:?}", groups(&text, &d).unwrap());
        // A note says who is counted separately.
        assert!(content.contains("273f") && !content.contains("legal-"), "{content}");
    }
    // They are in the log, with which later releases are checked.
    let log = ledgers(&d).remove(&Measure::Registered).unwrap();
    assert!(log.releases[0].families.contains_key("monitor-group"));
    // Without citizenship there are no groups, and the table says so.
    let mut without = persons(&USUAL);
    without.covariates.retain(|c| !["citizenship", "monitor-group"].contains(&c.name.as_str()));
    let d = made(date(2026, 9, 30), TableProtection::Suppressed, &without, BTreeMap::new());
    assert!(d.groups().len() == 5 && d.groups().iter().all(|r| r.cell.code() == "not-delivered"));
}

/// Persons of one form are in one of two groups, and so are persons of one citizenship: a suppressed group must not be derivable from
/// these counts.
#[test]
fn a_small_group_cannot_be_derived_from_forms_and_suppresses_no_count_of_the_article() {
    let small = [
        ("SEX_PROSTITUTION", "NL", 30),
        ("SEX_PROSTITUTION", "RO", 3),
        ("LABOUR", "NL", 20),
        ("LABOUR", "RO", 40),
    ];
    let d = made(date(2026, 9, 30), TableProtection::Suppressed, &persons(&small), BTreeMap::new());
    let shown = |r: &Row| r.cell.number().is_some_and(|n| n > 0);
    let of = |code: &str| d.groups().into_iter().find(|r| r.code == code).unwrap();
    assert!(!shown(&of("cross-border-sexual")), "the small one");
    // 33 of the form minus 30, or 43 of the citizenship minus 40.
    for code in ["domestic-sexual", "cross-border-other"] {
        assert!(!shown(&of(code)), "{code}: {:?}", d.groups());
    }
    let mut alone = persons(&small);
    alone.covariates.retain(|c| c.name != "monitor-group");
    let alone = made(date(2026, 9, 30), TableProtection::Suppressed, &alone, BTreeMap::new());
    let numbers = |d: &Delivery| d.table('a').iter().filter(|r| r.cell != Cell::Hidden).count();
    assert!(numbers(&d) >= numbers(&alone), "counts of the article are suppressed for groups");
}
