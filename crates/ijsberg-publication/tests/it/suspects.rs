//! Tables b to g from a register in which every suspect is known.

use std::collections::BTreeMap;

use ijsberg_publication::Options;
use ijsberg_publication::country::Country;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::justice::Justice;
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::tables::{Cell, Reason};
use ijsberg_publication::legal::write::{eu, glotip, quality};
use ijsberg_publication::legal::{Delivery, Measure, Request, deliver};
use ijsberg_publication::protection::TableProtection;
use ijsberg_register::proceedings::{Stage, Step, Suspect};
use ijsberg_report::text::{Language, Text};
use ijsberg_tables::Choices;

use crate::options;

const PERSONS: &str = "NP,FAIRWORK,year,sex,form,count\n1,0,2025,F,SEX_OTHER,60\n0,1,2025,F,SEX_OTHER,20\n1,1,2025,M,LABOUR,40\n";

/// `n` identical suspects: sex, citizenship, age and steps.
fn alike(n: usize, sex: &str, citizenship: &str, age: &'static str, steps: &[(Stage, &str)]) -> Vec<Suspect> {
    let form = if sex == "F" || citizenship.is_empty() { "SEXUAL" } else { "LABOUR" };
    let step = |(stage, outcome): &(Stage, &str)| Step {
        stage: *stage,
        offence: "article_2".to_owned(),
        form: form.to_owned(),
        age,
        outcome: (*outcome).to_owned(),
    };
    let one = Suspect {
        sex: sex.to_owned(),
        citizenships: Some(citizenship.to_owned()).filter(|c| !c.is_empty()).into_iter().collect(),
        steps: steps.iter().map(step).collect(),
    };
    vec![one; n]
}

/// 75 suspects of trafficking, and 12 of the use of services.
fn suspects() -> Vec<Suspect> {
    use Stage::{Judgment, Prosecution, Suspicion};
    let convicted = [(Suspicion, ""), (Prosecution, "charged"), (Judgment, "conviction")];
    let acquitted = [(Suspicion, ""), (Prosecution, "charged_other"), (Judgment, "acquittal")];
    let mut all = alike(40, "M", "RO", "adult", &convicted);
    all.extend(alike(20, "F", "NL", "adult", &[(Suspicion, ""), (Prosecution, "not_charged")]));
    all.extend(alike(15, "M", "", "unknown", &acquitted));
    let mut users = alike(12, "F", "NL", "adult", &[(Suspicion, "")]);
    users.iter_mut().for_each(|u| "article_18a".clone_into(&mut u.steps[0].offence));
    all.extend(users);
    all
}

/// Every cell above 0, and some zeros.
const KNOWN: [(&str, &str, &str, u64); 38] = [
    ("suspected", "total", "", 75),
    ("suspected", "sex", "F", 20),
    ("suspected", "sex", "M", 55),
    ("suspected", "age", "adult", 60),
    ("suspected", "age", "unknown", 15),
    ("suspected", "citizenship", "own", 20),
    ("suspected", "citizenship", "other_eu", 40),
    ("suspected", "citizenship", "unknown", 15),
    ("suspected", "form", "SEXUAL", 35),
    ("suspected", "form", "LABOUR", 40),
    ("prosecuted", "total", "", 55),
    ("prosecuted", "sex", "M", 55),
    ("prosecuted", "age", "adult", 40),
    ("prosecuted", "age", "unknown", 15),
    ("prosecuted", "citizenship", "other_eu", 40),
    ("prosecuted", "citizenship", "unknown", 15),
    ("prosecuted", "form", "LABOUR", 40),
    ("prosecuted", "form", "SEXUAL", 15),
    ("prosecuted", "decision", "charged", 40),
    ("prosecuted", "decision", "charged_other", 15),
    ("decisions", "total", "", 75),
    ("decisions", "decision", "charged", 40),
    ("decisions", "decision", "charged_other", 15),
    ("decisions", "decision", "not_charged", 20),
    ("convicted", "total", "", 40),
    ("convicted", "sex", "M", 40),
    ("convicted", "age", "adult", 40),
    ("convicted", "citizenship", "other_eu", 40),
    ("judgments", "total", "", 55),
    ("judgments", "judgment", "acquittal", 15),
    ("judgments", "judgment", "conviction", 40),
    ("use-suspected", "total", "", 12),
    ("use-suspected", "sex", "F", 12),
    ("use-suspected", "age", "adult", 12),
    // It is known that nobody was charged with or convicted of the use of services.
    ("use-prosecuted", "total", "", 0),
    ("use-convicted", "total", "", 0),
    ("judgments", "judgment", "other", 0),
    ("decisions", "decision", "other", 0),
];

fn made(suspects: &[Suspect], earlier: BTreeMap<Measure, Ledger>) -> Delivery {
    let Options { date, secret, noise, .. } = options(2025);
    let country = Country::shipped("528").unwrap();
    let lists = ["NP", "FAIRWORK"].map(str::to_owned).to_vec();
    let table = ijsberg_tables::read(PERSONS.as_bytes(), &Choices { lists, ..Choices::default() }).unwrap();
    let persons = Persons::of_table(&table, &country, 2025);
    let justice = Justice::of_suspects(suspects, &country, 2025);
    let plain = TableProtection::Suppressed;
    let request =
        Request { country, year: 2025, years: 1, date, secret, noise, plain, embargo: None, synthetic: true };
    deliver(request, &persons, justice.as_ref(), earlier).unwrap()
}

#[test]
fn every_cell_from_a_known_register_is_right() {
    let d = made(&suspects(), BTreeMap::new());
    let mut found = 0;
    for row in ('b'..='g').flat_map(|letter| d.table(letter)) {
        let at = (row.measure.code(), row.by.as_str(), row.code.as_str());
        let known = KNOWN.iter().find(|k| (k.0, k.1, k.2) == at);
        found += usize::from(known.is_some());
        let n = known.map_or(0, |k| k.3);
        let kind = if n > 0 { "exact" } else { "zero" };
        assert_eq!((row.cell.number(), row.cell.code()), (Some(n), kind), "{row:?}");
    }
    assert_eq!(found, KNOWN.len());
    // The same delivery made again has the same log.
    let ledgers = |d: &Delivery| d.ledgers().map(|(m, l)| (m, l.clone())).collect::<BTreeMap<_, _>>();
    let again = made(&suspects(), ledgers(&d));
    assert_eq!(ledgers(&again), ledgers(&d));
    for language in [Language::Dutch, Language::English] {
        let text = Text::new(language);
        let note = text.say("legal-note-records");
        let noted = eu(&text, &d).into_iter().filter(|t| t.notes.contains(&note)).count();
        assert_eq!((noted, glotip(&text, &d)[1].notes.contains(&note)), (3, true));
    }
}

#[test]
fn measures_without_records_are_not_delivered() {
    let mut all = suspects();
    all.iter_mut().for_each(|s| s.steps.retain(|step| step.stage != Stage::Judgment));
    let d = made(&all, BTreeMap::new());
    for measure in [Measure::Convicted, Measure::Judgments, Measure::UseConvicted] {
        let rows = d.rows(measure);
        assert!(!rows.is_empty() && rows.iter().all(|r| r.cell == Cell::NotDelivered(Reason::NoRecord)));
    }
    assert_eq!(d.rows(Measure::Suspected)[0].cell.number(), Some(75));
    let text = Text::new(Language::English);
    let content = format!("{:?}", quality(&text, &d).blocks);
    assert!(content.contains(&text.say("legal-why-record")) && !content.contains("legal-why"), "{content}");
    // Without any record the delivery is the same as without a file.
    let none = made(&[], BTreeMap::new());
    assert!(none.table('b').iter().all(|r| r.cell == Cell::NotDelivered(Reason::NoFile)));
    assert!(!none.from_records && d.from_records);
}
