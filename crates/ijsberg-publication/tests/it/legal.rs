//! The statutory delivery of a year of which every number is known.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::gate::Refusal;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::{CROSSED, Cell, Reason, Row};
use ijsberg_publication::legal::write::{LETTERS, eu, files, glotip, quality, sdg, sdmx};
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_publication::protection::{CountProtection, TableProtection};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::{Choices, Grid};

use crate::options;

/// 162 persons of 2025 on two lists.
pub(crate) const PERSONS: &str = "NP,FAIRWORK,year,sex,age,citizenships,form,sector,region,status.PRESUMED,status.ESTABLISHED,count\n\
    1,0,2025,F,adult,RO,SEX_PROSTITUTION,,UT,yes,no,60\n\
    1,1,2025,M,adult,PL,LABOUR,,ZH,no,no,40\n\
    0,1,2025,M,adult,MA NL,CRIMINAL_ACTIVITY,,ZH,no,no,30\n\
    1,0,2025,F,minor,NL,SEX_OTHER,,UT,no,yes,20\n\
    1,0,2025,,adult,NG,,,QQ,no,no,12\n";

pub(crate) const JUSTICE: &str = "year,measure,by,level,persons\n\
    2025,suspected,total,,100\n2025,suspected,sex,F,20\n2025,suspected,sex,M,80\n2025,suspected,age,adult,100\n\
    2025,suspected,citizenship,own,60\n2025,suspected,citizenship,other_eu,25\n2025,suspected,citizenship,other,15\n\
    2025,suspected,form,SEXUAL,70\n2025,suspected,form,LABOUR,30\n\
    2025,prosecuted,total,,50\n2025,prosecuted,sex,M,50\n2025,prosecuted,age,adult,50\n\
    2025,prosecuted,decision,charged,38\n2025,prosecuted,decision,charged_other,12\n\
    2025,decisions,total,,75\n2025,decisions,decision,charged,40\n2025,decisions,decision,charged_other,13\n\
    2025,decisions,decision,not_charged,22\n\
    2025,convicted,total,,31\n2025,convicted,sex,F,10\n2025,convicted,sex,M,21\n2025,convicted,age,unknown,31\n\
    2025,convicted,citizenship,own,31\n\
    2025,judgments,total,,45\n2025,judgments,judgment,conviction,31\n2025,judgments,judgment,acquittal,14\n\
    2025,use-suspected,total,,0\n";

fn persons(csv: &str, year: i16) -> Persons {
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    // With so few rows the column of citizenships is not recognised as a covariate.
    let covariates = csv.contains("citizenships").then(|| "citizenships".to_owned()).into_iter().collect();
    let choices = Choices { lists, covariates, ..Choices::default() };
    let table = ijsberg_tables::read(csv.as_bytes(), &choices).unwrap();
    Persons::of_table(&table, &Country::shipped("528").unwrap(), year)
}

pub(crate) fn justice(csv: &str) -> Justice {
    Justice::read(&Grid::read(csv.as_bytes()).unwrap()).unwrap()
}

fn request(plain: TableProtection) -> Request {
    let Options { date, secret, noise, .. } = options(2025);
    let country = Country::shipped("528").unwrap();
    Request { country, year: 2025, years: 5, date, secret, noise, plain, embargo: None, synthetic: true }
}

pub(crate) fn made(
    plain: TableProtection,
    csv: &str,
    justice: Option<&Justice>,
    earlier: BTreeMap<Measure, Ledger>,
) -> Delivery {
    deliver(request(plain), &persons(csv, 2025), justice, earlier).unwrap()
}

fn ledgers(d: &Delivery) -> BTreeMap<Measure, Ledger> {
    d.ledgers().map(|(m, l)| (m, l.clone())).collect()
}

/// A line for each cell.
fn lines(d: &Delivery, letter: char) -> String {
    let mut out = String::new();
    for r in d.table(letter).iter().filter(|r| r.by != CROSSED) {
        let number = r.cell.number().map(|n| n.to_string()).unwrap_or_default();
        let why = if let Cell::NotDelivered(why) = &r.cell { why.key() } else { "" };
        let _ = writeln!(out, "{} {} {} {} {number}{why}", r.measure.code(), r.by, r.code, r.cell.code());
    }
    out
}

/// The expected lines of the levels of a breakdown.
fn level_lines(measure: &str, by: &str, levels: &[(&str, u64)]) -> String {
    levels.iter().fold(String::new(), |mut out, (level, n)| {
        let kind = if *n > 0 { "exact" } else { "zero" };
        let _ = writeln!(out, "{measure} {by} {level} {kind} {n}");
        out
    })
}

fn missing(measure: &str, by: &str, levels: &[&str], why: &str) -> String {
    levels.iter().fold(String::new(), |mut out, level| {
        let _ = writeln!(out, "{measure} {by} {level} not-delivered {why}");
        out
    })
}

const SEXES: [&str; 4] = ["F", "M", "X", "unknown"];
const AGES: [&str; 3] = ["minor", "adult", "unknown"];
const CITIZENSHIPS: [&str; 5] = ["own", "other_eu", "other", "stateless", "unknown"];
const IDENTIFIERS: [&str; 6] =
    ["Police", "CourtOrProsecution", "NonPoliceGovernmentalOrganization", "NGO", "Other", "not_identified"];

fn at<'a>(levels: &[&'a str], n: &[u64]) -> Vec<(&'a str, u64)> {
    levels.iter().copied().zip(n.iter().copied()).collect()
}

#[test]
fn every_cell_of_every_table_of_a_known_year_is_right() {
    let of = justice(JUSTICE);
    let d = made(TableProtection::Suppressed, PERSONS, Some(&of), BTreeMap::new());
    let total = |measure: &str, n: u64| format!("{measure} total  exact {n}\n");
    let forms = ["SEXUAL", "LABOUR", "BEGGING", "CRIMINAL_ACTIVITY", "ORGAN_REMOVAL", "OTHER", "unknown"];
    let r = "registered";
    let a = total(r, 162)
        + &level_lines(r, "organisation", &[("NP", 132), ("FAIRWORK", 70)])
        + &level_lines(r, "sex", &at(&SEXES, &[80, 70, 0, 12]))
        + &level_lines(r, "age", &at(&AGES, &[20, 142, 0]))
        + &level_lines(r, "citizenship", &at(&CITIZENSHIPS, &[50, 100, 12, 0, 0]))
        + &level_lines(
            r,
            "form",
            &[
                ("SEX_PROSTITUTION", 60),
                ("SEX_OTHER", 20),
                ("LABOUR", 40),
                ("DOMESTIC_SERVITUDE", 0),
                ("BEGGING", 0),
                ("CRIMINAL_ACTIVITY", 30),
                ("SLAVERY_OR_SIMILAR", 0),
                ("ORGAN_REMOVAL", 0),
                ("FORCED_MARRIAGE", 0),
                ("ILLEGAL_ADOPTION", 0),
                ("SURROGACY", 0),
                ("CHILD_LABOUR", 0),
                ("FORCED_MILITARY", 0),
                ("OTHER", 0),
                ("UNKNOWN", 12),
            ],
        )
        + &level_lines(r, "sector", &[("unknown", 162)])
        + &level_lines(r, "region", &[("NL-UT", 80), ("NL-ZH", 70), ("unknown", 12)])
        + &level_lines(r, "status", &[("PRESUMED", 60), ("ESTABLISHED", 20)])
        + &missing(r, "support", &[""], "legal-why-column")
        + &missing(r, "residence", &[""], "legal-why-column")
        + &missing(r, "identified-by", &IDENTIFIERS, "legal-why-column");
    let b = total("suspected", 100)
        + &level_lines("suspected", "sex", &at(&SEXES, &[20, 80, 0, 0]))
        + &level_lines("suspected", "age", &at(&AGES, &[0, 100, 0]))
        + &level_lines("suspected", "citizenship", &at(&CITIZENSHIPS, &[60, 25, 15, 0, 0]))
        + &level_lines("suspected", "form", &at(&forms, &[70, 30, 0, 0, 0, 0, 0]));
    let c = total("prosecuted", 50)
        + &level_lines("prosecuted", "sex", &at(&SEXES, &[0, 50, 0, 0]))
        + &level_lines("prosecuted", "age", &at(&AGES, &[0, 50, 0]))
        + &missing("prosecuted", "citizenship", &CITIZENSHIPS, "legal-why-breakdown")
        + &missing("prosecuted", "form", &forms, "legal-why-breakdown")
        + &level_lines(
            "prosecuted",
            "decision",
            &[("charged", 38), ("charged_other", 12), ("not_charged", 0), ("other", 0)],
        );
    let decisions = [("charged", 40), ("charged_other", 13), ("not_charged", 22), ("other", 0)];
    let d_table = total("decisions", 75) + &level_lines("decisions", "decision", &decisions);
    let e = total("convicted", 31)
        + &level_lines("convicted", "sex", &at(&SEXES, &[10, 21, 0, 0]))
        + "convicted age minor not-recorded \nconvicted age adult not-recorded \n"
        + &level_lines("convicted", "age", &[("unknown", 31)])
        + &level_lines("convicted", "citizenship", &at(&CITIZENSHIPS, &[31, 0, 0, 0, 0]));
    let judgments = [("acquittal", 14), ("conviction", 31), ("other", 0)];
    let f = total("judgments", 45) + &level_lines("judgments", "judgment", &judgments);
    let mut g = "use-suspected total  zero 0\n".to_owned()
        + &level_lines("use-suspected", "sex", &at(&SEXES, &[0; 4]))
        + &level_lines("use-suspected", "age", &at(&AGES, &[0; 3]));
    for measure in ["use-prosecuted", "use-convicted"] {
        g += &missing(measure, "total", &[""], "legal-why-number");
        g += &missing(measure, "sex", &SEXES, "legal-why-number");
        g += &missing(measure, "age", &AGES, "legal-why-number");
    }
    for (letter, wanted) in LETTERS.into_iter().zip([a, b, c, d_table, e, f, g]) {
        assert_eq!(lines(&d, letter), wanted, "table {letter}");
    }
    // Counts by form, sex and age together have noise, with a known maximum difference.
    for (codes, truth) in [
        (["VC_HTF_DETV", "_T", "_T"], 162_u64),
        (["VC_HTF_DETV", "F", "Y0T17"], 20),
        (["VC_HTF_DETVSX", "_T", "_T"], 80),
        (["VC_HTF_DETVFL", "M", "Y_GE18"], 40),
        (["VC_HTF_DETVOP", "_T", "_T"], 30),
        (["VC_HTF_DETVOG", "_T", "_T"], 0),
        (["VC_HTF_DETVOP", "F", "_T"], 0),
    ] {
        let cell = d.series(codes);
        assert!(cell.number().is_some_and(|n| n.abs_diff(truth) <= 5), "{codes:?}: {cell:?}");
        assert_eq!(cell == Cell::ZeroOrFew, truth == 0, "{codes:?}");
    }
    // A note says that their total differs from that of table a, if the counts of table a are exact.
    let text = Text::new(Language::English);
    let rounded = made(TableProtection::Rounded, PERSONS, None, BTreeMap::new());
    for (d, has_note) in [(&d, true), (&rounded, false)] {
        let tables = [vec![sdg(&text, d)], glotip(&text, d)].concat();
        let is_note = |note: &String| note.contains("noise of at most 5 either way");
        let noted = tables.iter().map(|t| t.notes.iter().any(is_note));
        assert_eq!(noted.collect::<Vec<_>>(), [has_note, has_note, false]);
    }
}

#[test]
fn a_delivery_without_a_prosecution_service_and_with_one_list_has_reasons() {
    let one = persons(PERSONS, 2025);
    let rows = one.rows.iter().map(|r| (1, r.1)).collect();
    let one = Persons { lists: vec!["NP".to_owned()], rows, ..one };
    let d = deliver(request(TableProtection::Noise), &one, None, BTreeMap::new()).unwrap();
    assert!(d.table('a')[0].cell.number().is_some_and(|n| n.abs_diff(162) <= 5));
    for letter in &LETTERS[1..] {
        let rows = d.table(*letter);
        assert!(
            !rows.is_empty() && rows.iter().all(|r| r.cell == Cell::NotDelivered(Reason::NoFile)),
            "{letter}"
        );
    }
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        // Every table has rows, and no message key is left in place of words.
        for t in eu(&text, &d) {
            let content = format!("{:?}", t.rows);
            assert!(!t.rows.is_empty() && !content.contains("legal-"), "{}: {content}", t.id);
        }
        let content = format!("{:?}", quality(&text, &d).blocks);
        assert!(content.contains(&text.say("legal-why-file")) && !content.contains("legal-"), "{content}");
    }
}

#[test]
fn a_small_count_is_suppressed_and_a_zero_is_not() {
    let of = justice(&JUSTICE.replace("sex,F,20", "sex,F,3").replace("sex,M,80", "sex,M,97"));
    let d = made(TableProtection::Suppressed, PERSONS, Some(&of), BTreeMap::new());
    let sexes: Vec<(String, &str)> =
        d.table('b').iter().filter(|r| r.by == "sex").map(|r| (r.code.clone(), r.cell.code())).collect();
    let kind = |code: &str| sexes.iter().find(|s| s.0 == code).unwrap().1;
    assert_eq!([kind("F"), kind("M"), kind("X")], ["suppressed", "suppressed", "zero"]);
    for file in files(&d, Kind::Eu19a).unwrap().iter().filter(|f| f.0 == "eu-19a-b.csv") {
        let csv = String::from_utf8(file.1.clone()).unwrap();
        assert!(csv.contains(",F,female,[c],suppressed,") && csv.contains(",X,other,0,zero,"), "{csv}");
    }
}

#[test]
fn a_published_year_does_not_change_and_new_columns_wait_for_a_revision() {
    let cells = |line: &str| {
        let kept = line.split(',').enumerate().filter(|c| c.0 != 5).map(|c| c.1);
        kept.collect::<Vec<_>>().join(",") + "\n"
    };
    let without: String = PERSONS.lines().map(cells).collect();
    let first = made(TableProtection::Noise, &without, None, BTreeMap::new());
    let total = |d: &Delivery| d.table('a')[0].cell.clone();
    let citizenship =
        |d: &Delivery| d.table('a').iter().find(|r| r.by == "citizenship").unwrap().cell.clone();
    assert_eq!(citizenship(&first), Cell::NotDelivered(Reason::NoColumn));
    // The same persons with an additional column.
    let second = made(TableProtection::Noise, PERSONS, None, ledgers(&first));
    assert!(matches!(citizenship(&second), Cell::Count(..)));
    assert_eq!(total(&second), total(&first));
    // With one person more the year does not change, so a column that was missing before is not added.
    let more = PERSONS.replace(",12\n", ",13\n");
    let third = made(TableProtection::Noise, &more, None, ledgers(&first));
    assert_eq!(citizenship(&third), Cell::NotDelivered(Reason::Frozen));
    assert_eq!((total(&third), third.released(Measure::Registered).unwrap().held_back), (total(&first), 1));
    // The same delivery again changes nothing.
    let again = made(TableProtection::Noise, PERSONS, None, ledgers(&second));
    assert_eq!(ledgers(&again), ledgers(&second));
    // Counts with another kind of protection would together disclose more than either.
    let other = deliver(request(TableProtection::Rounded), &persons(PERSONS, 2025), None, ledgers(&first));
    assert!(other.is_err());
}

/// The tables for the questionnaire of the United Nations contain only counts of article 19a, cell for cell.
#[test]
fn the_tables_of_the_questionnaire_are_the_counts_of_article_19a_in_another_order() {
    let of = justice(JUSTICE);
    let d = made(TableProtection::Rounded, PERSONS, Some(&of), BTreeMap::new());
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let known: Vec<_> = eu(&text, &d).into_iter().flat_map(|t| t.rows).collect();
        let tables = glotip(&text, &d);
        assert_eq!(
            tables.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(),
            ["glotip-victims", "glotip-persons"]
        );
        for t in &tables {
            assert!(t.rows.len() > 15 && t.rows.iter().all(|r| known.contains(r)), "{}", t.id);
            let content = format!("{:?} {} {:?}", t.rows, t.title, t.notes);
            assert!(!content.contains("legal-"), "{content}");
        }
        let of =
            |t: usize, what: &str| tables[t].rows.iter().filter(|r| format!("{r:?}").contains(what)).count();
        assert_eq!([of(0, "NL-UT"), of(0, "VC_HTF_DETVSX _T _T")], [1, 1]);
        // The questionnaire does not ask for persons by decision, age or form.
        assert_eq!([of(1, "charged"), of(1, "minor"), of(1, "SEXUAL")], [0, 0, 0]);
    }
}

#[test]
fn files_are_reproducible_and_complete() {
    let of = justice(JUSTICE);
    let d = made(TableProtection::Rounded, PERSONS, Some(&of), BTreeMap::new());
    let again = made(TableProtection::Rounded, PERSONS, Some(&of), BTreeMap::new());
    for (kind, of_kind) in [(Kind::Eu19a, 13), (Kind::Sdg, 6), (Kind::Glotip, 7)] {
        let all = files(&d, kind).unwrap();
        assert!(all == files(&again, kind).unwrap());
        let names: Vec<&str> = all.iter().map(|f| f.0.as_str()).collect();
        for name in
            ["index.html", "index.en.html", "quality.html", "quality.en.html", "tables.ods", "tables.en.xlsx"]
        {
            assert!(names.contains(&name), "{name}");
        }
        let tables = names.iter().filter(|n| n.split('.').next_back() == Some("csv") && !n.contains("sdmx"));
        assert_eq!(tables.clone().count(), of_kind);
        assert!(tables.into_iter().all(|n| names.contains(&format!("{n}-metadata.json").as_str())));
        for (name, bytes) in all.iter().filter(|f| f.0.split('.').next_back() == Some("html")) {
            let page = String::from_utf8_lossy(bytes);
            assert!(!page.contains("legal-"), "{name}");
        }
    }
    let sdmx = sdmx(&d);
    // 45 counts; there are no rates, because the inhabitants of the year are not known.
    assert_eq!(sdmx.lines().count(), 46);
    assert!(
        sdmx.lines().any(|l| l.contains("VC_HTF_DETVOP,528,_T,_T") && l.contains(",2025,30,NUMBER,0,P,F")),
        "{sdmx}"
    );
}

#[test]
fn a_table_refused_by_the_gate_is_withheld_with_the_reason_and_the_others_are_delivered() {
    let of = justice(&JUSTICE.replace("sex,F,20", "sex,F,3").replace("sex,M,80", "sex,M,97"));
    let mut earlier = ledgers(&made(TableProtection::Noise, PERSONS, Some(&of), BTreeMap::new()));
    // As if the exact count had been published before.
    let sex = earlier.get_mut(&Measure::Suspected).unwrap().releases[0].families.get_mut("sex").unwrap();
    for count in sex.iter_mut().filter(|t| t.level.as_deref() == Some("F")) {
        (count.value, count.how) = (3, CountProtection::Exact);
    }
    let d = made(TableProtection::Noise, PERSONS, Some(&of), earlier);
    let b = d.table('b');
    let refused = |r: &Row| matches!(r.cell, Cell::NotDelivered(Reason::Refused(Refusal::Recovered { .. })));
    assert!(!b.is_empty() && b.iter().all(refused), "{b:?}");
    assert!(d.table('c')[0].cell.number().is_some() && d.table('a')[0].cell.number().is_some());
    assert!(!d.ledgers().any(|l| l.0 == Measure::Suspected));
    let content = format!("{:?}", quality(&Text::new(Language::English), &d).blocks);
    assert!(content.contains("Table b, persons suspected"), "{content}");
}

/// The yearly report has the counts of own and other nationality, which the citizenship groups repeat.
#[test]
fn a_small_citizenship_group_cannot_be_derived_from_nationality_in_the_report() {
    let rows = [
        ("1,0,0", "NL", "NL", 30),
        ("0,1,0", "NL", "NL", 20),
        ("1,1,0", "other", "RO", 40),
        ("0,0,1", "other", "RO", 69),
        ("1,0,1", "other", "NG", 3),
    ];
    let table = |both: bool| {
        let header =
            if both { "A,B,C,year,nationality,citizenships,count" } else { "A,B,C,year,nationality,count" };
        rows.iter().fold(header.to_owned() + "\n", |mut out, (lists, nationality, citizenship, n)| {
            let citizenship = if both { format!("{citizenship},") } else { String::new() };
            let _ = writeln!(out, "{lists},2025,{nationality},{citizenship}{n}");
            out
        })
    };
    // The other combinations have no persons.
    let choices = Choices { absent: Some((0, 0)), ..Choices::default() };
    let report = Options { plain: TableProtection::Suppressed, ..options(2025) };
    let report = ijsberg_publication::edition(
        table(false).as_bytes(),
        &choices,
        report,
        Ledger::default(),
        &ijsberg_mse::methods::Silent,
    )
    .unwrap();
    let nationality = report.families.iter().find(|f| f.name == "nationality").unwrap();
    assert!(nationality.by_level.iter().all(Option::is_some), "{nationality:?}");
    let read = ijsberg_tables::read(table(true).as_bytes(), &choices).unwrap();
    let persons = Persons::of_table(&read, &Country::shipped("528").unwrap(), 2025);
    let earlier = BTreeMap::from([(Measure::Registered, report.ledger())]);
    let d = deliver(request(TableProtection::Suppressed), &persons, None, earlier).unwrap();
    let of =
        |code: &str| d.table('a').into_iter().find(|r| r.by == "citizenship" && r.code == code).unwrap().cell;
    // 112 of another nationality minus 109 of other member states are 3.
    assert_eq!((of("other"), of("other_eu")), (Cell::Hidden, Cell::Hidden));
}
