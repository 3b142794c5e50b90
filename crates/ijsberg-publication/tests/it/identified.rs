//! Identifying organisations of registered victims, which decisions on status partly disclose.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::{Cell, Reason};
use ijsberg_publication::legal::write::eu;
use ijsberg_publication::legal::{Delivery, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;

use crate::options;

/// People of 2025 on two lists: the numbers identified by the court, identified by the police, and not identified.
fn made(of: [u64; 3]) -> Delivery {
    made_with(of, 0)
}

/// The same, with additional people without any decision.
fn made_with([court, police, not_identified]: [u64; 3], without: u64) -> Delivery {
    let mut csv = format!(
        "NP,FAIRWORK,year,sex,decided_by,status.PRESUMED,status.ESTABLISHED,count\n\
         1,1,2025,M,CourtOrProsecution,no,yes,{court}\n\
         1,0,2025,F,Police,no,yes,{police}\n\
         1,0,2025,F,NGO,yes,no,{not_identified}\n"
    );
    if without > 0 {
        let _ = writeln!(csv, "1,0,2025,M,,no,no,{without}");
    }
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let choices = Choices { lists, covariates: vec!["decided_by".to_owned()], ..Choices::default() };
    let table = ijsberg_tables::read(csv.as_bytes(), &choices).unwrap();
    let country = Country::shipped("528").unwrap();
    let persons = Persons::of_table(&table, &country, 2025);
    let Options { date, secret, noise, .. } = options(2025);
    let plain = TableProtection::Suppressed;
    let request =
        Request { country, year: 2025, years: 5, date, secret, noise, plain, embargo: None, synthetic: true };
    deliver(request, &persons, None, BTreeMap::new()).unwrap()
}

/// The cells of a breakdown by their codes.
fn cells(d: &Delivery, by: &str) -> Vec<(String, Cell)> {
    d.table('a').into_iter().filter(|r| r.by == by).map(|r| (r.code, r.cell)).collect()
}

fn numbers(d: &Delivery, by: &str) -> Vec<(String, Option<u64>)> {
    cells(d, by).into_iter().map(|(code, cell)| (code, cell.number())).collect()
}

fn expected(all: &[(&str, u64)]) -> Vec<(String, Option<u64>)> {
    all.iter().map(|(code, n)| ((*code).to_owned(), Some(*n))).collect()
}

#[test]
fn identified_victims_are_counted_by_identifying_organisation() {
    let d = made([60, 13, 14]);
    let wanted = expected(&[
        ("Police", 13),
        ("CourtOrProsecution", 60),
        ("NonPoliceGovernmentalOrganization", 0),
        ("NGO", 0),
        ("Other", 0),
        ("not_identified", 14),
    ]);
    assert_eq!(numbers(&d, "identified-by"), wanted);
    assert_eq!(numbers(&d, "status"), expected(&[("PRESUMED", 14), ("ESTABLISHED", 73)]));
    // In words, in both languages.
    for (language, words) in [
        (
            Language::English,
            ["organisation that identified the victim", "court or prosecution", "not identified as a victim"],
        ),
        (
            Language::Dutch,
            [
                "organisatie die het slachtofferschap vaststelde",
                "rechter of openbaar ministerie",
                "niet als slachtoffer aangemerkt",
            ],
        ),
    ] {
        let tables = eu(&Text::new(language), &d);
        let content = format!("{:?}", tables[0].rows);
        assert!(words.iter().all(|w| content.contains(w)) && !content.contains("legal-"), "{content}");
    }
}

/// Of 63 people with an identified status, 60 were identified by the court: that would disclose that the police identified three.
#[test]
fn a_small_count_cannot_be_derived_from_decisions_on_status() {
    let d = made([60, 3, 14]);
    let left_out = Cell::NotDelivered(Reason::Outweighed);
    let cells = cells(&d, "identified-by");
    assert!(cells.len() == 6 && cells.iter().all(|c| c.1 == left_out), "{cells:?}");
    // The article asks for presumed and identified victims, so these counts are kept.
    assert_eq!(numbers(&d, "status"), expected(&[("PRESUMED", 14), ("ESTABLISHED", 63)]));
    // The breakdown is not in the log with which later releases are checked.
    let log = d.ledgers().next().unwrap().1;
    assert!(log.releases[0].families.keys().all(|family| family != "identified-by"));
}

/// A combination of two breakdowns is also a count: 14 people not identified minus 11 presumed victims are three without a decision.
#[test]
fn the_number_without_a_decision_cannot_be_derived_from_those_with_one() {
    let d = made_with([60, 13, 11], 3);
    let status = vec![("PRESUMED".to_owned(), None), ("ESTABLISHED".to_owned(), Some(73))];
    assert_eq!(numbers(&d, "status"), status);
    // The presumed victims are suppressed without the other breakdown too, which therefore suppresses nothing additional.
    let by: Vec<_> = numbers(&d, "identified-by").into_iter().filter(|n| n.1 != Some(0)).collect();
    assert_eq!(by, expected(&[("Police", 13), ("CourtOrProsecution", 60), ("not_identified", 14)]));
    // With many people without a decision nothing is suppressed.
    let many = made_with([60, 13, 11], 30);
    assert_eq!(numbers(&many, "status"), expected(&[("PRESUMED", 11), ("ESTABLISHED", 73)]));
    assert!(numbers(&many, "identified-by").contains(&("not_identified".to_owned(), Some(41))));
}
