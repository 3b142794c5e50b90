//! How long it took until people were reported, in a year of which every day is known.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::Why;
use ijsberg_publication::legal::write::{delays, files, quality};
use ijsberg_publication::legal::{Asked, Delivery, Kind, Measure, deliver};
use ijsberg_publication::protection::Plain;
use ijsberg_publication::reporting_delay::{Days, Within};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Covariate;
use jiff::civil::date;

use crate::options;

const HIDDEN: Within = Within::Hidden;

/// Lists of 2025, how many people are on each, and of how many both days are known: 0, 2, 4, ... days.
const LISTS: [(&str, usize, usize); 7] = [
    ("NP", 100, 100),
    ("KMAR", 44, 40),
    ("NLA", 43, 43),
    ("ZORGCOORDINATIE", 14, 10),
    ("FAIRWORK", 13, 13),
    ("OPVANG", 60, 9),
    ("JEUGDZORG", 20, 0),
];

/// What is published about each: the middle one and the ninth of ten, to the nearest five days.
const KNOWN: [(&str, [Within; 2]); 7] = [
    // The 50th of 0 to 198 is 98, the 90th 178.
    ("NP", [Within::Days(100), Within::Days(180)]),
    // The 20th is 38, the 36th 70.
    ("KMAR", [Within::Days(40), Within::Days(70)]),
    // The 22nd is 42; one person too few for nine in ten.
    ("NLA", [Within::Days(40), HIDDEN]),
    ("ZORGCOORDINATIE", [Within::Days(10), HIDDEN]),
    ("FAIRWORK", [HIDDEN; 2]),
    ("OPVANG", [HIDDEN; 2]),
    ("JEUGDZORG", [Within::NotRecorded; 2]),
];

/// The people of the year, each on one list, and `more` of the police; their days are those of the year and `later`.
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
    let asked = Asked {
        country: Country::shipped("528").unwrap(),
        year: 2025,
        years: 1,
        date: date(2026, 9, 30),
        secret,
        noise,
        plain: Plain::Suppressed,
        embargo: None,
        synthetic: true,
    };
    deliver(asked, persons, None, earlier).unwrap()
}

fn given(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

/// A list, its count, and what is published beside it.
type Told = (String, Option<u64>, Result<[Within; 2], Why>);

fn told(d: &Delivery) -> Vec<Told> {
    d.delays().into_iter().map(|of| (of.row.code, of.row.cell.number(), of.within)).collect()
}

#[test]
fn half_and_nine_in_ten_are_told_by_organisation_beside_the_count_of_table_a() {
    let d = made(&persons(0, 0), BTreeMap::new());
    let known = LISTS.iter().zip(KNOWN);
    let known = known.map(|(of, (list, within))| (list.to_owned(), Some(of.1 as u64), Ok(within)));
    assert_eq!(told(&d), known.collect::<Vec<Told>>());
    // The counts are those of table a: no other count is told.
    let a = d.table('a').into_iter().filter(|r| r.by == "organisation").collect::<Vec<_>>();
    assert_eq!(d.delays().into_iter().map(|of| of.row).collect::<Vec<_>>(), a);
}

#[test]
fn the_table_is_in_every_form_and_gives_the_reason_where_there_is_nothing() {
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
    // Other deliveries have it too, as their note on quality.
    let other = files(&d, Kind::Sdg).unwrap();
    assert!(other.iter().any(|f| f.0 == "delays.csv" && String::from_utf8_lossy(&f.1) == csv));
    // A table of persons without days.
    let without = made(&Persons { days: None, ..persons(0, 0) }, BTreeMap::new());
    assert!(without.delays().len() == 7 && without.delays().iter().all(|of| of.within == Err(Why::NoDay)));
    let text = Text::new(Language::English);
    let said = format!("{:?}", quality(&text, &without).blocks);
    assert!(said.contains(&text.say("legal-why-day")), "{said}");
}

/// Otherwise the figures that change would reveal whom they changed for.
#[test]
fn what_was_told_of_the_same_people_is_told_again_until_the_year_is_revised() {
    let first = made(&persons(0, 0), BTreeMap::new());
    // Everybody was notified 20 days later, and two people more: the year stays as it was.
    let second = made(&persons(2, 20), given(&first));
    assert_eq!(told(&second), told(&first));
    // From a table that does not say it, too.
    let third = made(&Persons { days: None, ..persons(0, 0) }, given(&second));
    assert_eq!(told(&third), told(&first));
    // With 15 people more the year is revised: they come first, and the 58th of 115 is 104, the 104th 196.
    let revised = made(&persons(15, 20), given(&third));
    assert_eq!(revised.released(Measure::Registered).unwrap().vintage, 2);
    let police = (told(&revised)[0].1, told(&revised)[0].2.clone());
    assert_eq!(police, (Some(115), Ok([Within::Days(105), Within::Days(195)])));
}

/// Otherwise the reason would be that they are few, beside a count that says that they are many.
#[test]
fn days_of_people_who_are_not_in_the_counts_are_left_out_for_that_reason() {
    let without = made(&Persons { days: None, ..persons(0, 0) }, BTreeMap::new());
    let later = made(&persons(2, 0), given(&without));
    assert!(later.delays().iter().all(|of| of.within == Ok([Within::Earlier; 2])), "{:?}", told(&later));
    for (language, why) in [
        (Language::English, "not published: the counts are of an earlier day"),
        (Language::Dutch, "niet gepubliceerd: de aantallen zijn van een eerdere dag"),
    ] {
        let said = format!("{:?}", delays(&Text::new(language), &later).rows);
        assert_eq!(said.matches(why).count(), 7, "{said}");
        assert!(!said.contains("fewer than") && !said.contains("minder dan"), "{said}");
    }
}
