//! A year in which nobody was registered: it is delivered and reported as such, and stays so until enough people came.

use std::collections::BTreeMap;

use ijsberg_mse::methods::{Settings, Silent};
use ijsberg_publication::country::Country;
use ijsberg_publication::document::{Block, compose, summary};
use ijsberg_publication::edition::reaching;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::DeliveryError;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::Cell;
use ijsberg_publication::legal::write::{files, sdmx as series, tables as delivered};
use ijsberg_publication::legal::{Asked, Delivery, Kind, Measure, deliver};
use ijsberg_publication::monitor::{self, Facts, chapters, resolve};
use ijsberg_publication::protection::Plain;
use ijsberg_publication::stage::Stage;
use ijsberg_publication::tables::{Cell as Shown, PublicTable};
use ijsberg_publication::write::{html, json, sdmx, tables};
use ijsberg_publication::{Edition, Options, PublishError};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, Covariate};
use jiff::civil::{Date, date};

use crate::legal::PERSONS;
use crate::red_team::{made, options};
use crate::registers::{ALL, csv, register};

const LANGUAGES: [Language; 2] = [Language::English, Language::Dutch];

const PLAINS: [Plain; 3] = [Plain::Noise, Plain::Rounded, Plain::Suppressed];

/// People of 2025 alone, and whoever is added.
fn persons(more: &str) -> Persons {
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let choices = Choices { lists, covariates: vec!["citizenships".to_owned()], ..Choices::default() };
    let table = ijsberg_tables::read(format!("{PERSONS}{more}").as_bytes(), &choices).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), 2026)
}

fn asked(year: i16, on: Date, plain: Plain) -> Asked {
    let Options { secret, noise, .. } = crate::options(year);
    let country = Country::shipped("528").unwrap();
    Asked { country, year, years: 5, date: on, secret, noise, plain, embargo: None, synthetic: true }
}

/// A delivery of 2026.
fn of_2026(plain: Plain, more: &str, earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    deliver(asked(2026, date(2027, 3, 1), plain), &persons(more), None, earlier).unwrap()
}

fn given(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

/// No table is empty, and no row is without a number and without a reason.
fn gives_reasons(t: &PublicTable) {
    assert!(!t.rows.is_empty(), "{}", t.id);
    let Some(remark) = t.columns.iter().position(|c| c.name == "remark") else { return };
    for row in &t.rows {
        let has_number = row.iter().any(|c| matches!(c, Shown::Count(_) | Shown::Number(_)));
        assert!(has_number || row[remark] != Shown::from(""), "{}: {row:?}", t.id);
    }
}

#[test]
fn every_table_of_the_year_says_that_nobody_was_registered() {
    for plain in PLAINS {
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
                    gives_reasons(&t);
                    let said = format!("{t:?}");
                    assert!(!said.contains("legal-"), "{said}");
                    if ["eu-19a-a", "groups", "sdg-16-2-2", "glotip-victims"].contains(&t.id.as_str()) {
                        let at = t.columns.iter().position(|c| c.name == "persons").unwrap();
                        assert!(t.rows.iter().all(|r| r[at] == Shown::Number(0.0)), "{said}");
                    }
                }
            }
        }
        let told = series(&d);
        let lines: Vec<&str> = told.lines().skip(1).collect();
        assert!(lines.len() == 45 && lines.iter().all(|l| l.ends_with(",2026,0,NUMBER,0,P,F")), "{told}");
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

/// Otherwise the first person of a year would be told from a 0 that is none any more.
#[test]
fn a_year_published_with_nobody_stays_so_until_ten_people_came() {
    let late = |n: u64| format!("1,0,2026,F,adult,RO,LABOUR,C,UT,no,no,{n}\n");
    let total = |d: &Delivery| d.table('a')[0].cell.clone();
    let first = of_2026(Plain::Suppressed, "", BTreeMap::new());
    assert_eq!(given(&of_2026(Plain::Suppressed, "", given(&first))), given(&first), "nothing new is told");
    let few = of_2026(Plain::Suppressed, &late(9), given(&first));
    let released = few.released(Measure::Registered).unwrap();
    assert_eq!((total(&few), released.held_back, released.vintage), (Cell::Zero, 9, 1));
    assert!(few.table('a').iter().all(|r| r.cell == Cell::Zero), "{:?}", few.table('a'));
    let many = of_2026(Plain::Suppressed, &late(15), given(&few));
    let released = many.released(Measure::Registered).unwrap();
    assert_eq!((total(&many).number(), released.vintage, released.nobody), (Some(15), 2, false));
    // A year with people is delivered as ever, before and after, and stays in the log.
    let of_2025 = |earlier| {
        let on = asked(2025, date(2027, 3, 1), Plain::Suppressed);
        deliver(on, &persons(""), None, earlier).unwrap()
    };
    let before = of_2025(BTreeMap::new());
    let after = of_2025(given(&of_2026(Plain::Suppressed, "", given(&before))));
    assert_eq!(after.table('a'), before.table('a'));
    assert_eq!(after.earlier()[&Measure::Registered].releases.len(), 2);
}

#[test]
fn where_nobody_ever_was_or_the_year_has_not_begun_nothing_is_delivered() {
    let all = persons("");
    let none = |c: &Covariate| Covariate { name: c.name.clone(), values: Vec::new() };
    let covariates = all.covariates.iter().map(none).collect();
    let empty = Persons { rows: Vec::new(), covariates, ..all.clone() };
    let on = date(2027, 3, 1);
    let refused =
        |year: i16, of: &Persons| match deliver(asked(year, on, Plain::Noise), of, None, BTreeMap::new())
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
        let said = ahead.in_words(&text);
        assert!(said.contains("2028") && said.contains(day), "{said}");
    }
    // Whom the log has was registered, whatever became of the register.
    let before = deliver(asked(2025, on, Plain::Noise), &all, None, BTreeMap::new()).unwrap();
    let later = deliver(asked(2026, on, Plain::Noise), &empty, None, given(&before)).unwrap();
    assert!(later.released(Measure::Registered).unwrap().nobody);
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
fn the_report_has_its_other_years_and_says_why_this_one_has_no_estimate() {
    let table = until_2014();
    let e = made(&table, options(2015), Ledger::default()).unwrap();
    let without = Options { years: 2, ..options(2014) };
    let without = made(&table, without, Ledger::default()).unwrap();
    assert_eq!((e.nobody.clone(), without.nobody.len()), ([2015].into(), 0));
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
        assert_eq!(row[1].plain(ijsberg_publication::tables::Holds::Count), "0");
        assert!(row[2..].iter().all(|c| *c == Shown::NotAvailable), "{row:?}");
        let said = summary(&text, &e);
        let nobody = text.fill("report-nobody", &[("year", "2015".to_owned())]);
        let why = text.fill("report-nobody-estimate", &years);
        assert!(said.contains(&nobody) && said.contains(&why), "{said:?}");
        let page = html::page(&text, &compose(&text, &e));
        assert!(page.contains(&nobody) && !page.contains("-nobody") && !page.contains("NaN"), "{page}");
        assert_eq!(json(&text, &e, &[])["nobody"], serde_json::json!([2015]));
    }
    let file = sdmx::csv(&e);
    let lines: Vec<&str> = file.lines().filter(|l| l.contains(",2015,")).collect();
    assert!(lines.len() >= 45 && lines.iter().filter(|l| l.contains(",2015,0,NUMBER,")).count() == 45);
    // Nine people more change nothing, and ten more the whole year.
    let late = |n: usize| table.clone() + &"1,0,0,2015,female,adult,NL,labour\n".repeat(n);
    let few = made(&late(9), options(2015), e.ledger()).unwrap();
    assert_eq!((few.nobody.clone(), few.held_back.get("2015")), (e.nobody.clone(), Some(&9)));
    let many = made(&late(12), options(2015), few.ledger()).unwrap();
    assert!(many.nobody.is_empty() && many.vintage(2015) == 2);
}

/// A line through years cannot be drawn where one has no estimate, so that the chart is of the others.
#[test]
fn the_chart_of_years_is_there_without_the_year() {
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
fn a_report_of_nobody_can_reach_back_to_the_last_year_with_somebody() {
    let table = until_2014();
    let contents = ijsberg_tables::open(table.as_bytes(), &Choices::default()).unwrap();
    let years = [(2018, 2), (2018, 8), (2014, 1), (2010, 2)];
    let (none, secret) = (Ledger::default(), options(2018).secret);
    let log = (&none, secret.as_slice());
    assert_eq!(years.map(|(year, years)| reaching(&contents, log, year, years)), [5, 8, 1, 2]);
    let o = |year: i16| Options {
        years: reaching(&contents, log, year, 2),
        date: date(2019, 10, 18),
        ..options(year)
    };
    let e = made(&table, o(2018), Ledger::default()).unwrap();
    assert_eq!((e.from(), e.nobody.clone()), (2014, [2015, 2016, 2017, 2018].into()));
    assert!(e.reported(2014).is_some_and(|n| n.get() > 100));
    // Whoever came too late for a year that was given out of nobody does not end the period in years that stay so.
    let ledger = e.ledger();
    let then = |table: &str| {
        let contents = ijsberg_tables::open(table.as_bytes(), &Choices::default()).unwrap();
        reaching(&contents, (&ledger, &secret), 2018, 2)
    };
    let late = |n: usize| table.clone() + &"1,0,0,2016,female,adult,NL,labour\n".repeat(n);
    assert_eq!([1, 9, 12].map(|n| then(&late(n))), [5, 5, 3]);
    let again = made(&late(1), Options { years: then(&late(1)), ..o(2018) }, e.ledger()).unwrap();
    assert_eq!((again.from(), &again.nobody), (2014, &e.nobody));
    assert_eq!(again.reported(2014), e.reported(2014));
    // Whom the log has is published, also where the table has lost a year.
    let lost: Vec<&str> = table.lines().filter(|row| !row.contains(",2014,")).collect();
    assert_eq!(then(&lost.join("\n")), 5);
    // Before the first of them nobody is to report on; what has not begun is not counted.
    let before = made(&table, o(2010), Ledger::default());
    assert!(matches!(before, Err(PublishError::Nobody(2009, 2010))), "{before:?}");
    let early = Options { date: date(2017, 1, 1), ..o(2018) };
    let early = made(&table, early, Ledger::default()).unwrap();
    assert_eq!((early.nobody.clone(), early.reported(2018)), ([2015, 2016, 2017].into(), None));
}

/// Beside the edition the chapters have what is delivered by law, which is of nobody too.
#[test]
fn the_chapters_say_zero_and_have_no_fault() {
    let table = until_2014();
    let e = made(&table, options(2015), Ledger::default()).unwrap();
    let read = ijsberg_tables::read(table.as_bytes(), &Choices::default()).unwrap();
    let of = Persons::of_table(&read, &Country::shipped("528").unwrap(), 2015);
    let earlier = BTreeMap::from([(Measure::Registered, e.ledger())]);
    let d = deliver(asked(2015, date(2016, 10, 18), Plain::Noise), &of, None, earlier).unwrap();
    assert!(d.released(Measure::Registered).unwrap().nobody);
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
