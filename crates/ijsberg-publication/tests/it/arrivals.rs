//! What somebody who came after a year was published changes in later releases: nothing, also not which rows and columns they have.

use std::collections::BTreeMap;

use ijsberg_mse::methods::Silent;
use ijsberg_publication::coded::Persons;
use ijsberg_publication::country::Country;
use ijsberg_publication::document::compose;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::tables::{Cell, Reason};
use ijsberg_publication::legal::write::files;
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::reporting_delay::DaysByYear;
use ijsberg_publication::write::{html, json, tables};
use ijsberg_publication::{Edition, Options, PublishError, edition_of};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Cells, Choices, Contents, Limits};

use crate::PROTECTIONS;
use crate::red_team::options;
use crate::registers::register;

const HEADER: &str = "A,B,C,D,year,sex,age,nationality,form,citizenships,sector,decided_by,support.Shelter,\
                      support.Legal,status.ESTABLISHED\n";

/// A register of 900 persons, none of whom is on list D, was subjected to violence, or is the subject of a decision.
fn persons() -> Vec<String> {
    let of = |(i, r): (usize, [String; 8])| {
        let [a, b, c, year, sex, age, nationality, form] = r;
        let citizenship = if nationality == "NL" { "NL" } else { "RO" };
        let (sector, shelter) = (["C", "I"][i % 2], ["yes", "no", "no"][i % 3]);
        format!(
            "{a},{b},{c},0,{year},{sex},{age},{nationality},{form},{citizenship},{sector},,{shelter},no,no\n"
        )
    };
    register(11, 900).into_iter().enumerate().map(of).collect()
}

/// Somebody of 2013 who is the first on a list, in a sector, with a mark and with a decision, and whose sex is written in another way.
const LATE: &str = "0,0,0,1,2013,Vrouw,adult,NL,forced_marriage,SY,J,Police,no,yes,yes\n";

/// People of another year, who are on no list and have no mark that those of earlier years do not have.
fn of_2016() -> Vec<String> {
    let of_2015 = persons().into_iter().filter(|line| line.contains(",2015,"));
    of_2015.map(|line| line.replace(",2015,", ",2016,")).collect()
}

fn contents(rows: &[String]) -> Contents {
    let lists = ["A", "B", "C", "D"].map(str::to_owned).to_vec();
    let covariates = ["citizenships", "sector", "decided_by"].map(str::to_owned).to_vec();
    let choices = Choices { lists, covariates, ..Choices::default() };
    let csv = HEADER.to_owned() + &rows.concat();
    Cells::read(csv.as_bytes(), Limits::OWN).unwrap().open(&choices).unwrap()
}

/// The persons with a reporting delay for each that depends on how many there are.
fn coded(contents: &Contents) -> Persons {
    let Contents::Table(table) = contents else { panic!("no table") };
    let mut days = DaysByYear::new();
    for year in ["2013", "2014", "2015", "2016"] {
        let known = vec![Some(table.rows.len() as u32 % 7); table.rows.len() / 4];
        days.insert(year.to_owned(), ["A", "B", "C", "D"].map(|l| (l.to_owned(), known.clone())).into());
    }
    Persons { days: Some(days), ..Persons::of_table(table, &Country::shipped("528").unwrap(), 2015) }
}

fn report(rows: &[String], options: Options, ledger: Ledger) -> Result<Edition, PublishError> {
    let contents = contents(rows);
    edition_of(&contents, Some(&coded(&contents)), options, ledger, &Silent)
}

fn delivery(rows: &[String], plain: TableProtection, ledger: Ledger) -> Delivery {
    let Options { secret, noise, date, .. } = options(2013);
    let country = Country::shipped("528").unwrap();
    let request =
        Request { country, year: 2013, years: 3, date, secret, noise, plain, embargo: None, synthetic: true };
    let earlier = BTreeMap::from([(Measure::Registered, ledger)]);
    deliver(request, &coded(&contents(rows)), None, earlier).unwrap()
}

/// What is published of an edition, in both languages.
fn published(e: &Edition) -> Vec<String> {
    let of = |language| {
        let text = Text::new(language);
        let tables = tables(&text, e);
        [html::page(&text, &compose(&text, e)), json(&text, e, &tables).to_string()]
    };
    [Language::Dutch, Language::English].into_iter().flat_map(of).collect()
}

/// The first line in which two files differ.
fn difference(one: &[String], other: &[String]) -> Option<(String, String)> {
    let lines = |files: &[String]| -> Vec<String> {
        files
            .iter()
            .flat_map(|f| f.replace(',', "\n").lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let (one, other) = (lines(one), lines(other));
    let differ = one.iter().zip(&other).find(|(a, b)| a != b);
    differ.map(|(a, b)| (a.clone(), b.clone())).or((one.len() != other.len()).then(Default::default))
}

#[test]
fn who_came_since_a_report_changes_no_row_and_no_column_of_the_next() {
    let all = persons();
    let more = || [all.clone(), vec![LATE.to_owned()]].concat();
    let mut compared = 0;
    for plain in PROTECTIONS {
        let o = |year| Options { plain, ..options(year) };
        let first = report(&all, o(2015), Ledger::default()).unwrap();
        let again = report(&all, o(2015), first.ledger()).unwrap();
        let late = report(&more(), o(2015), first.ledger()).unwrap();
        assert_eq!(difference(&published(&again), &published(&late)), None, "{plain:?}");
        assert_eq!((late.held_back.get("2013"), &late.lists), (Some(&1), &first.lists));
        // In a window with a year that is published for the first time.
        let wide = || Options { years: 4, ..o(2016) };
        let next = report(&[all.clone(), of_2016()].concat(), wide(), first.ledger());
        let other = report(&[more(), of_2016()].concat(), wide(), first.ledger());
        match (next, other) {
            (Ok(next), Ok(other)) => {
                assert_eq!(difference(&published(&next), &published(&other)), None, "{plain:?}");
                assert!(next.families.iter().any(|f| f.name == "sex" && f.years.len() == 4));
                compared += 1;
            }
            // Exact counts of four years beside those of three disclose too much, whoever came.
            (next, other) => {
                assert_eq!(next.err().map(|e| e.to_string()), other.err().map(|e| e.to_string()));
            }
        }
    }
    assert!(compared >= 2);
}

/// A delivery takes the persons of the report with all that was known of them then, also what the report does not publish.
#[test]
fn who_came_since_a_report_changes_nothing_in_a_delivery_and_keeps_nothing_from_it() {
    let all = persons();
    let more = [all.clone(), vec![LATE.to_owned()]].concat();
    let written = |d: &Delivery| -> Vec<String> {
        let of = |f: (String, Vec<u8>)| format!("{} {}", f.0, String::from_utf8_lossy(&f.1));
        // The day on which it was packed stands in compressed files, which contain the same.
        let is_text = |f: &(String, Vec<u8>)| [".csv", ".html", ".json"].iter().any(|end| f.0.ends_with(end));
        files(d, Kind::Eu19a).unwrap().into_iter().filter(is_text).map(of).collect()
    };
    for plain in PROTECTIONS {
        let first = report(&all, Options { plain, ..options(2015) }, Ledger::default()).unwrap();
        let now = delivery(&all, plain, first.ledger());
        let later = delivery(&more, plain, first.ledger());
        assert_eq!(difference(&written(&now), &written(&later)), None, "{plain:?}");
        assert_eq!(later.released(Measure::Registered).unwrap().held_back, 1);
        let cells = |by: &str| -> Vec<Cell> {
            later.table('a').into_iter().filter(|r| r.by == by).map(|r| r.cell).collect()
        };
        for by in ["citizenship", "sector", "support"] {
            assert!(cells(by).iter().any(|cell| cell.number().is_some_and(|n| n > 10)), "{by}: {plain:?}");
        }
        assert!(cells("identified-by").iter().all(|c| *c == Cell::NotDelivered(Reason::NoColumn)));
        let delays = later.delays();
        assert!(delays.len() == 3 && delays.iter().all(|d| d.quantiles == now.delays()[0].quantiles));
    }
}
