//! A year in which nobody was registered: it is delivered and reported as such, and does not change until enough people have arrived.

use std::collections::BTreeMap;

use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::country::Country;
use ijsberg_publication::document::{Block, compose, summary};
use ijsberg_publication::edition::years_needed;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::DeliveryError;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::Cell;
use ijsberg_publication::legal::write::{files, sdmx as series, tables as delivered};
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::monitor::{self, Facts, chapters, resolve};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::stage::Stage;
use ijsberg_publication::tables::{Cell as Shown, PublicTable};
use ijsberg_publication::write::{html, json, sdmx, tables};
use ijsberg_publication::{Edition, Options, PublishError};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, Covariate};
use jiff::civil::{Date, date};

use crate::PROTECTIONS;
use crate::legal::PERSONS;
use crate::red_team::{made, options};
use crate::registers::{ALL, csv, register};

const LANGUAGES: [Language; 2] = [Language::English, Language::Dutch];

/// The people of 2025, and `more` rows.
fn persons(more: &str) -> Persons {
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let choices = Choices { lists, covariates: vec!["citizenships".to_owned()], ..Choices::default() };
    let table = ijsberg_tables::read(format!("{PERSONS}{more}").as_bytes(), &choices).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), 2026)
}

fn request(year: i16, on: Date, plain: TableProtection) -> Request {
    let Options { secret, noise, .. } = crate::options(year);
    let country = Country::shipped("528").unwrap();
    Request { country, year, years: 5, date: on, secret, noise, plain, embargo: None, synthetic: true }
}

/// A delivery of 2026.
fn of_2026(plain: TableProtection, more: &str, earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    deliver(request(2026, date(2027, 3, 1), plain), &persons(more), None, earlier).unwrap()
}

fn ledgers(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

/// Checks that a table has rows, and that every row has a number or a reason.
fn check_reasons(t: &PublicTable) {
    assert!(!t.rows.is_empty(), "{}", t.id);
    let Some(remark) = t.columns.iter().position(|c| c.name == "remark") else { return };
    for row in &t.rows {
        let has_number = row.iter().any(|c| matches!(c, Shown::Count(_) | Shown::Number(_)));
        assert!(has_number || row[remark] != Shown::from(""), "{}: {row:?}", t.id);
    }
}

#[test]
fn every_table_of_the_year_has_exact_zeros() {
    for plain in PROTECTIONS {
        let d = of_2026(plain, "", BTreeMap::new());
        let rows = d.table('a');
        let by = ["total", "organisation", "sex", "age", "citizenship", "form", "sector", "region", "status"];
        for by in by.into_iter().chain(["support", "form-sex-age"]) {
            assert!(rows.iter().any(|r| r.by == by), "{plain:?}: {by}");
        }
        assert!(rows.iter().all(|r| r.cell == Cell::Zero), "{plain:?}: {rows:?}");
        assert!(d.groups().len() == 5 && d.groups().iter().all(|r| r.cell == Cell::Zero), "{plain:?}");
        assert_eq!(d.stage(Measure::Registered), Stage::Preliminary);
        for text in LANGUAGES.map(Text::new) {
            for kind in [Kind::Eu19a, Kind::Sdg, Kind::Glotip] {
                for t in delivered(&text, &d, kind) {
                    check_reasons(&t);
                    let content = format!("{t:?}");
                    assert!(!content.contains("legal-"), "{content}");
                    if ["eu-19a-a", "groups", "sdg-16-2-2", "glotip-victims"].contains(&t.id.as_str()) {
                        let at = t.columns.iter().position(|c| c.name == "persons").unwrap();
                        assert!(t.rows.iter().all(|r| r[at] == Shown::Number(0.0)), "{content}");
                    }
                }
            }
        }
        let file = series(&d);
        let lines: Vec<&str> = file.lines().skip(1).collect();
        assert!(lines.len() == 45 && lines.iter().all(|l| l.ends_with(",2026,0,NUMBER,0,P,F")), "{file}");
        let all = files(&d, Kind::Eu19a).unwrap();
        for (name, line) in [
            ("eu-19a-a.csv", "registered victims,total,,total,0,zero,nobody,preliminary"),
            ("coverage.csv", "NP,Police,0,nobody,preliminary"),
            ("editions.csv", "registered victims,2027-03-01,0,preliminary"),
            ("missingness.csv", "registered victims,sex,[z],nobody,preliminary"),
        ] {
            let file = all.iter().find(|f| f.0 == name).unwrap();
            let file = String::from_utf8_lossy(&file.1);
            assert!(file.lines().any(|l| l == line), "{line}: {file}");
        }
    }
}

/// Otherwise a change from 0 would disclose the first person of a year.
#[test]
fn a_year_published_without_persons_does_not_change_until_ten_people_arrive() {
    let late = |n: u64| format!("1,0,2026,F,adult,RO,LABOUR,C,UT,no,no,{n}\n");
    let total = |d: &Delivery| d.table('a')[0].cell.clone();
    let first = of_2026(TableProtection::Suppressed, "", BTreeMap::new());
    let again = of_2026(TableProtection::Suppressed, "", ledgers(&first));
    assert_eq!(ledgers(&again), ledgers(&first), "nothing new is published");
    let few = of_2026(TableProtection::Suppressed, &late(9), ledgers(&first));
    let released = few.released(Measure::Registered).unwrap();
    assert_eq!((total(&few), released.held_back, released.vintage), (Cell::Zero, 9, 1));
    assert!(few.table('a').iter().all(|r| r.cell == Cell::Zero), "{:?}", few.table('a'));
    let many = of_2026(TableProtection::Suppressed, &late(15), ledgers(&few));
    let released = many.released(Measure::Registered).unwrap();
    assert_eq!((total(&many).number(), released.vintage, released.has_no_persons), (Some(15), 2, false));
    // A year with people is delivered as usual, before and after, and stays in the log.
    let of_2025 = |earlier| {
        let on = request(2025, date(2027, 3, 1), TableProtection::Suppressed);
        deliver(on, &persons(""), None, earlier).unwrap()
    };
    let before = of_2025(BTreeMap::new());
    let after = of_2025(ledgers(&of_2026(TableProtection::Suppressed, "", ledgers(&before))));
    assert_eq!(after.table('a'), before.table('a'));
    assert_eq!(after.earlier()[&Measure::Registered].releases.len(), 2);
}

#[test]
fn without_any_persons_or_before_the_year_begins_nothing_is_delivered() {
    let all = persons("");
    let none = |c: &Covariate| Covariate { name: c.name.clone(), values: Vec::new() };
    let covariates = all.covariates.iter().map(none).collect();
    let empty = Persons { rows: Vec::new(), covariates, ..all.clone() };
    let on = date(2027, 3, 1);
    let plain = TableProtection::Noise;
    let refused = |year: i16, of: &Persons| match deliver(request(year, on, plain), of, None, BTreeMap::new())
        .unwrap_err()
    {
        DeliveryError::Publish(why) => why,
        other @ DeliveryError::Disagree { .. } => panic!("{other}"),
    };
    let never = refused(2026, &empty);
    assert!(matches!(never, PublishError::Empty), "{never:?}");
    let ahead = refused(2028, &all);
    assert!(matches!(ahead, PublishError::NotBegun { year: 2028, date } if date == on), "{ahead:?}");
    for (language, words, day) in [
        (Language::English, "Nobody is registered, in any year", "1 March 2027"),
        (Language::Dutch, "Er is niemand geregistreerd, in geen enkel jaar", "1 maart 2027"),
    ] {
        let text = Text::new(language);
        assert!(never.in_words(&text).starts_with(words), "{}", never.in_words(&text));
        let message = ahead.in_words(&text);
        assert!(message.contains("2028") && message.contains(day), "{message}");
    }
    // People in the log were registered, even if the register is now empty.
    let before = deliver(request(2025, on, TableProtection::Noise), &all, None, BTreeMap::new()).unwrap();
    let later = deliver(request(2026, on, TableProtection::Noise), &empty, None, ledgers(&before)).unwrap();
    assert!(later.released(Measure::Registered).unwrap().has_no_persons);
}

/// A register with people of 2013 and 2014.
fn until_2014() -> String {
    let mut rows = register(1, 900);
    rows.retain(|r| r[3] != "2015");
    csv(&rows, &ALL)
}

fn year_of(e: &Edition, text: &Text, year: &str) -> Vec<Shown> {
    let t = tables(text, e).into_iter().find(|t| t.id == "estimates-year").unwrap();
    t.rows.into_iter().find(|r| r[0] == Shown::from(year)).unwrap()
}

#[test]
fn the_report_has_the_other_years_and_the_reason_why_this_one_has_no_estimate() {
    let table = until_2014();
    let e = made(&table, options(2015), Ledger::default()).unwrap();
    let without = Options { years: 2, ..options(2014) };
    let without = made(&table, without, Ledger::default()).unwrap();
    assert_eq!((e.empty_years.clone(), without.empty_years.len()), ([2015].into(), 0));
    assert_eq!(e.reported(2015).map(ijsberg_publication::Protected::get), Some(0));
    for year in [2013, 2014] {
        assert!(e.reported(year).is_some_and(|n| n.get() > 100), "{year}");
        assert_eq!((e.reported(year), e.of_year(year)), (without.reported(year), without.of_year(year)));
    }
    assert!(e.of_year(2015).is_some_and(|y| y.n_hat.is_none() && y.limits.is_none()));
    assert_eq!((e.vintage(2015), e.ledger().releases[0].vintages["2015"]), (1, 1));
    let years = [("years", "2015".to_owned())];
    for text in LANGUAGES.map(Text::new) {
        let note = text.fill("note-nobody", &years);
        for t in tables(&text, &e) {
            assert!(t.notes.contains(&note), "{}: {:?}", t.id, t.notes);
        }
        let row = year_of(&e, &text, "2015");
        assert_eq!(row[1].plain(ijsberg_publication::tables::ColumnType::Count), "0");
        assert!(row[2..].iter().all(|c| *c == Shown::NotAvailable), "{row:?}");
        let sentences = summary(&text, &e);
        let nobody = text.fill("report-nobody", &[("year", "2015".to_owned())]);
        let why = text.fill("report-nobody-estimate", &years);
        assert!(sentences.contains(&nobody) && sentences.contains(&why), "{sentences:?}");
        let page = html::page(&text, &compose(&text, &e));
        assert!(page.contains(&nobody) && !page.contains("-nobody") && !page.contains("NaN"), "{page}");
        assert_eq!(json(&text, &e, &[])["nobody"], serde_json::json!([2015]));
    }
    let file = sdmx::csv(&e);
    let lines: Vec<&str> = file.lines().filter(|l| l.contains(",2015,")).collect();
    assert!(lines.len() >= 45 && lines.iter().filter(|l| l.contains(",2015,0,NUMBER,")).count() == 45);
    // Nine people more change nothing; twelve people more revise the year.
    let late = |n: usize| table.clone() + &"1,0,0,2015,female,adult,NL,labour\n".repeat(n);
    let few = made(&late(9), options(2015), e.ledger()).unwrap();
    assert_eq!((few.empty_years.clone(), few.held_back.get("2015")), (e.empty_years.clone(), Some(&9)));
    let many = made(&late(12), options(2015), few.ledger()).unwrap();
    assert!(many.empty_years.is_empty() && many.vintage(2015) == 2);
}

/// The chart leaves out the year, because a line through the years needs an estimate for each.
#[test]
fn the_chart_of_years_leaves_out_the_year() {
    let table: Vec<&str> = crate::TABLE.lines().filter(|l| !l.contains(",2015,")).collect();
    let o = crate::options(2015);
    let o = Options { settings: Settings { replicates: 0, ..o.settings }, ..o };
    let none = Ledger::default();
    let table = table.join("\n");
    let e = ijsberg_publication::edition(table.as_bytes(), &Choices::default(), o, none, &Silent).unwrap();
    let text = Text::new(Language::English);
    let trend = compose(&text, &e).blocks.into_iter().find_map(|b| match b {
        Block::Figure { id, chart, .. } if id == "trend" => Some(chart),
        _ => None,
    });
    let data = trend.expect("a chart of years").data.csv();
    let years: Vec<&str> = data.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(years, ["2010", "2011", "2012", "2013", "2014"]);
}

#[test]
fn a_report_without_persons_can_extend_back_to_the_last_year_with_persons() {
    let table = until_2014();
    let contents = ijsberg_tables::open(table.as_bytes(), &Choices::default()).unwrap();
    let years = [(2018, 2), (2018, 8), (2014, 1), (2010, 2)];
    let (none, secret) = (Ledger::default(), options(2018).secret);
    let log = (&none, secret.as_slice());
    assert_eq!(years.map(|(year, years)| years_needed(&contents, log, year, years)), [5, 8, 1, 2]);
    let o = |year: i16| Options {
        years: years_needed(&contents, log, year, 2),
        date: date(2019, 10, 18),
        ..options(year)
    };
    let e = made(&table, o(2018), Ledger::default()).unwrap();
    assert_eq!((e.from(), e.empty_years.clone()), (2014, [2015, 2016, 2017, 2018].into()));
    assert!(e.reported(2014).is_some_and(|n| n.get() > 100));
    // Late arrivals in a year published without persons do not shorten the window as long as that year does not change.
    let ledger = e.ledger();
    let then = |table: &str| {
        let contents = ijsberg_tables::open(table.as_bytes(), &Choices::default()).unwrap();
        years_needed(&contents, (&ledger, &secret), 2018, 2)
    };
    let late = |n: usize| table.clone() + &"1,0,0,2016,female,adult,NL,labour\n".repeat(n);
    assert_eq!([1, 9, 12].map(|n| then(&late(n))), [5, 5, 3]);
    let again = made(&late(1), Options { years: then(&late(1)), ..o(2018) }, e.ledger()).unwrap();
    assert_eq!((again.from(), &again.empty_years), (2014, &e.empty_years));
    assert_eq!(again.reported(2014), e.reported(2014));
    // People in the log are published, even if the table no longer has their year.
    let lost: Vec<&str> = table.lines().filter(|row| !row.contains(",2014,")).collect();
    assert_eq!(then(&lost.join("\n")), 5);
    // Before the first year with persons there is nothing to report; a year that has not begun is not counted.
    let before = made(&table, o(2010), Ledger::default());
    assert!(matches!(before, Err(PublishError::Nobody(2009, 2010))), "{before:?}");
    let early = Options { date: date(2017, 1, 1), ..o(2018) };
    let early = made(&table, early, Ledger::default()).unwrap();
    assert_eq!((early.empty_years.clone(), early.reported(2018)), ([2015, 2016, 2017].into(), None));
}

/// The chapters have the edition and the statutory delivery, both of a year without persons.
#[test]
fn the_chapters_say_zero_and_have_no_errors() {
    let table = until_2014();
    let e = made(&table, options(2015), Ledger::default()).unwrap();
    let read = ijsberg_tables::read(table.as_bytes(), &Choices::default()).unwrap();
    let of = Persons::of_table(&read, &Country::shipped("528").unwrap(), 2015);
    let earlier = BTreeMap::from([(Measure::Registered, e.ledger())]);
    let d = deliver(request(2015, date(2016, 10, 18), TableProtection::Noise), &of, None, earlier).unwrap();
    assert!(d.released(Measure::Registered).unwrap().has_no_persons);
    for (language, sentence) in [
        (Language::English, "In 2015, 0 presumed victims were reported."),
        (Language::Dutch, "In 2015 zijn 0 vermoedelijke slachtoffers gemeld."),
    ] {
        let text = Text::new(language);
        let facts = Facts::from_edition(&text, &e, Some(&d));
        let resolved = resolve(&text, &facts, &chapters(&text, &e, &facts));
        assert!(resolved.findings.is_empty(), "{:?}", resolved.findings);
        let page = html::page(&text, &monitor::compose(&text, &e, resolved));
        assert!(page.contains(sentence), "{page}");
        for never in ["about 0 ", "ongeveer 0 ", "NaN"] {
            assert!(!page.contains(never), "{never}: {page}");
        }
    }
}
