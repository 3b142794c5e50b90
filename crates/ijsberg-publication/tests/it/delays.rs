//! Reporting delays of a year for which every published figure is known beforehand.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::delays::DelayRow;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::Reason;
use ijsberg_publication::legal::write::{delays, files, quality};
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::reporting_delay::{Days, DelayQuantile};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Covariate;
use jiff::civil::date;

use crate::options;

const HIDDEN: DelayQuantile = DelayQuantile::Hidden;

/// The lists of 2025, the number of people on each, and the number with a known delay: 0, 2, 4, ... days.
const LISTS: [(&str, usize, usize); 7] = [
    ("NP", 100, 100),
    ("KMAR", 44, 40),
    ("NLA", 43, 43),
    ("ZORGCOORDINATIE", 14, 10),
    ("FAIRWORK", 13, 13),
    ("OPVANG", 60, 9),
    ("JEUGDZORG", 20, 0),
];

/// What is published about each list: the median and the 90th percentile, to the nearest five days.
const KNOWN: [(&str, [DelayQuantile; 2]); 7] = [
    // The 50th of 0 to 198 is 98, the 90th 178.
    ("NP", [DelayQuantile::Days(100), DelayQuantile::Days(180)]),
    // The 20th is 38, the 36th 70.
    ("KMAR", [DelayQuantile::Days(40), DelayQuantile::Days(70)]),
    // The 22nd is 42; one person too few for the 90th percentile.
    ("NLA", [DelayQuantile::Days(40), HIDDEN]),
    ("ZORGCOORDINATIE", [DelayQuantile::Days(10), HIDDEN]),
    ("FAIRWORK", [HIDDEN; 2]),
    ("OPVANG", [HIDDEN; 2]),
    ("JEUGDZORG", [DelayQuantile::NotRecorded; 2]),
];

/// The people of the year, each on one list, and `more` people of the police with a delay of 0; the known delays of the others are `later`
/// days longer.
fn persons(more: u64, later: u32) -> Persons {
    let rows: Vec<(u32, u64)> = LISTS.iter().enumerate().map(|(l, of)| (1 << l, of.1 as u64)).collect();
    let rows: Vec<(u32, u64)> = rows.into_iter().chain((more > 0).then_some((1, more))).collect();
    let values = vec![Some("2025".to_owned()); rows.len()];
    let of = |(list, people, known): &(&str, usize, usize)| {
        let days = (0..*people).map(|i| (i < *known).then_some(2 * i as u32 + later)).rev().collect();
        ((*list).to_owned(), days)
    };
    let mut days: Days = LISTS.iter().map(of).collect();
    days.entry("NP".to_owned()).or_default().extend((0..more).map(|_| Some(0)));
    let lists = LISTS.iter().map(|l| l.0.to_owned()).collect();
    Persons { lists, covariates: vec![Covariate { name: "year".to_owned(), values }], rows, days: Some(days) }
}

fn made(persons: &Persons, earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    let Options { secret, noise, .. } = options(2025);
    let request = Request {
        country: Country::shipped("528").unwrap(),
        year: 2025,
        years: 1,
        date: date(2026, 9, 30),
        secret,
        noise,
        plain: TableProtection::Suppressed,
        embargo: None,
        synthetic: true,
    };
    deliver(request, persons, None, earlier).unwrap()
}

fn ledgers(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

/// A list, its count, and its published delays.
type PublishedDelay = (String, Option<u64>, Result<[DelayQuantile; 2], Reason>);

fn published(d: &Delivery) -> Vec<PublishedDelay> {
    d.delays().into_iter().map(|of| (of.row.code, of.row.cell.number(), of.quantiles)).collect()
}

#[test]
fn median_and_90th_percentile_are_published_with_the_count_of_table_a() {
    let d = made(&persons(0, 0), BTreeMap::new());
    let known = LISTS.iter().zip(KNOWN);
    let known = known.map(|(of, (list, within))| (list.to_owned(), Some(of.1 as u64), Ok(within)));
    assert_eq!(published(&d), known.collect::<Vec<PublishedDelay>>());
    // The counts are those of table a: no other count is published.
    let a = d.table('a').into_iter().filter(|r| r.by == "organisation").collect::<Vec<_>>();
    assert_eq!(d.delays().into_iter().map(|of| of.row).collect::<Vec<_>>(), a);
}

#[test]
fn the_table_is_in_every_format_with_the_reason_for_missing_delays() {
    let d = made(&persons(0, 0), BTreeMap::new());
    let all = files(&d, Kind::Eu19a).unwrap();
    let file = |name: &str| {
        let found = all.iter().find(|f| f.0 == name).unwrap_or_else(|| panic!("{name}"));
        String::from_utf8(found.1.clone()).unwrap()
    };
    let csv = file("delays.csv");
    for line in [
        "code,organisation,persons,median,p90,remark,stage",
        "NP,Police,100,100,180,rounded to a multiple of 5 days,preliminary",
        "FAIRWORK,FairWork,13,[c],[c],",
        "OPVANG,shelters,60,[c],[c],",
        "JEUGDZORG,youth care,20,[w],[w],the days are not known for anyone,preliminary",
    ] {
        assert!(csv.lines().any(|l| l.starts_with(line)), "{line}: {csv}");
    }
    assert!(csv.contains("NLA,Netherlands Labour Authority,43,40,[c],") && csv.contains("fewer than 44"));
    let metadata = file("delays.csv-metadata.json");
    assert!(metadata.contains("\"p90\"") && metadata.contains("\"preliminary\""), "{metadata}");
    for (language, suffix) in [(Language::Dutch, ""), (Language::English, ".en")] {
        let text = Text::new(language);
        let t = delays(&text, &d);
        assert!(!format!("{t:?}").contains("legal-"), "{t:?}");
        for name in ["quality", "index"] {
            let page = file(&format!("{name}{suffix}.html"));
            assert!(page.contains(&t.title) && page.contains(&text.say("legal-column-p90")), "{page}");
            assert!(!page.contains("legal-"), "{page}");
        }
    }
    // Other deliveries have the table too, as they have the quality note.
    let other = files(&d, Kind::Sdg).unwrap();
    assert!(other.iter().any(|f| f.0 == "delays.csv" && String::from_utf8_lossy(&f.1) == csv));
    // A table of persons without delays.
    let without = made(&Persons { days: None, ..persons(0, 0) }, BTreeMap::new());
    let has_none = |of: &DelayRow| of.quantiles == Err(Reason::NoDay);
    assert!(without.delays().len() == 7 && without.delays().iter().all(has_none));
    let text = Text::new(Language::English);
    let content = format!("{:?}", quality(&text, &without).blocks);
    assert!(content.contains(&text.say("legal-why-day")), "{content}");
}

/// A changed figure would disclose something about the people who caused the change.
#[test]
fn published_delays_stay_the_same_until_the_year_is_revised() {
    let first = made(&persons(0, 0), BTreeMap::new());
    // All delays are 20 days longer and two people are added: the published year does not change.
    let second = made(&persons(2, 20), ledgers(&first));
    assert_eq!(published(&second), published(&first));
    // The same from a table without delays.
    let third = made(&Persons { days: None, ..persons(0, 0) }, ledgers(&second));
    assert_eq!(published(&third), published(&first));
    // With 15 people more the year is revised: they have the shortest delays, and the 58th of 115 is 104, the 104th 196.
    let revised = made(&persons(15, 20), ledgers(&third));
    assert_eq!(revised.released(Measure::Registered).unwrap().vintage, 2);
    let police = (published(&revised)[0].1, published(&revised)[0].2.clone());
    assert_eq!(police, (Some(115), Ok([DelayQuantile::Days(105), DelayQuantile::Days(195)])));
}

/// Otherwise the reason given would be a small number of people, next to a count that is not small.
#[test]
fn delays_of_people_who_are_not_in_the_counts_are_left_out_with_that_reason() {
    let without = made(&Persons { days: None, ..persons(0, 0) }, BTreeMap::new());
    let later = made(&persons(2, 0), ledgers(&without));
    let is_earlier = |of: &DelayRow| of.quantiles == Ok([DelayQuantile::Earlier; 2]);
    assert!(later.delays().iter().all(is_earlier), "{:?}", published(&later));
    for (language, why) in [
        (Language::English, "not published: the counts are of an earlier day"),
        (Language::Dutch, "niet gepubliceerd: de aantallen zijn van een eerdere dag"),
    ] {
        let content = format!("{:?}", delays(&Text::new(language), &later).rows);
        assert_eq!(content.matches(why).count(), 7, "{content}");
        assert!(!content.contains("fewer than") && !content.contains("minder dan"), "{content}");
    }
}
