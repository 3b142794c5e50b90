use std::collections::BTreeSet;
use std::path::Path;

use regex::Regex;

use super::*;
use crate::text::Language;

#[test]
fn what_the_log_says_is_said_in_the_readers_language() {
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    for (written, english, dutch) in [
        ("3 registrations", "registrations: 3", "registraties: 3"),
        ("1200 of 40000 registrations", "registrations: 1,200 of 40,000", "registraties: 1.200 van 40.000"),
        (
            "fields birth_date given_name",
            "fields: Date of birth, Given name",
            "velden: Geboortedatum, Voornaam",
        ),
        ("version 4, fields step", "version 4, fields: Step", "versie 4, velden: Stap"),
        (
            "erased (time); listed by keeper on 2027-01-03",
            "erased (the retention period has ended); listed by keeper on 3 January 2027",
            "gewist (de bewaartermijn is verstreken); voorgedragen door keeper op 3 januari 2027",
        ),
        (
            "case_worker for * given",
            "role assigned: case worker, all organisations",
            "rol toegewezen: hulpverlener, alle organisaties",
        ),
        (
            "until 2027-01-03T09:30:00Z, ada told",
            "until 2027-01-03 09:30 UTC, ada was notified",
            "tot 2027-01-03 09:30 UTC, ada kreeg bericht",
        ),
        (
            "opened though restricted: consent",
            "opened though restricted: the person consents",
            "geopend ondanks beperking: de persoon geeft toestemming",
        ),
        ("same, 2 taken back", "the same, undone: 2", "dezelfde, ongedaan gemaakt: 2"),
        (
            "delivery of 2025: eu-19a sdg-16.2.2",
            "delivery of 2025 to: European Commission (article 19a), United Nations (indicator 16.2.2)",
            "levering over 2025 aan: Europese Commissie (artikel 19 bis), Verenigde Naties (indicator 16.2.2)",
        ),
        ("", "", ""),
        // Nobody knows what that is.
        ("3 sheep", "3 sheep", "3 sheep"),
        ("3 registrations, 2 sheep", "3 registrations, 2 sheep", "3 registrations, 2 sheep"),
        ("many registrations", "many registrations", "many registrations"),
    ] {
        assert_eq!((detail(&en, written), detail(&nl, written)), (english.into(), dutch.into()), "{written}");
    }
}

#[test]
fn what_an_entry_is_about_keeps_its_pseudonym() {
    let nl = Text::new(Language::Dutch);
    for (written, dutch) in [
        ("registration:0a0b", "registratie: 0a0b"),
        ("registration:0a0b 0c0d", "registratie: 0a0b 0c0d"),
        ("observation:0a0b", "Waarneming: 0a0b"),
        ("lane:help", "spoor: hulpverlening"),
        ("12 notifications", "meldingen: 12"),
        ("by case key", "op zaakkenmerk"),
        ("HTCDS", "HTCDS"),
        ("sheep:0a0b", "sheep:0a0b"),
    ] {
        assert_eq!(subject(&nl, written), dutch);
    }
}

/// Values in the place of a brace.
const VALUES: [&str; 18] = [
    "3",
    "2027-01-02",
    "form",
    "case_worker",
    "*",
    "given",
    "keeper",
    "time",
    "accuracy",
    "consent",
    "same",
    "read_record",
    "2027-01-02T03:04:05Z",
    "3 sessions and 2 tokens ended",
    "",
    " fields of identity opened",
    ", unusual readings seen",
    ", before until 2027-01-02",
];

/// Whether one of the values in each place makes a detail that is known.
fn is_known(text: &Text, place: &Regex, pattern: &str) -> bool {
    if !place.is_match(pattern) {
        return detail(text, pattern) != pattern;
    }
    VALUES.iter().any(|value| is_known(text, place, &place.replace(pattern, regex::NoExpand(value))))
}

fn sources(folder: &Path, all: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|e| e == "rs") {
            all.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// What the register's own source writes into the log, as far as it is written out where it is entered.
#[test]
fn every_detail_that_the_register_writes_is_known() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../ijsberg-register/src"), &mut all);
    let written = [
        r#"let detail =\s*format!\(\s*"([^"]*)""#,
        r#"Ok\(\([^"\n]*?(?:format!\(|, )"([^"]+)""#,
        r#"Outcome::(?:Done|Denied),\s*(?:&format!\()?"([^"]+)""#,
        r#"Ok\(format!\("([^"]+)""#,
    ];
    let mut details = BTreeSet::new();
    for written in written.map(|pattern| Regex::new(pattern).unwrap()) {
        for source in &all {
            details.extend(written.captures_iter(source).map(|found| found[1].to_owned()));
        }
    }
    // A checkpoint is for machines.
    details.retain(|detail| !detail.contains('='));
    assert!(details.len() > 50, "{details:?}");
    let text = Text::new(Language::Dutch);
    let place = Regex::new(r"\{[^}]*\}").unwrap();
    let unknown: Vec<&String> = details.iter().filter(|written| !is_known(&text, &place, written)).collect();
    assert!(unknown.is_empty(), "no words for {unknown:#?}");
}

#[test]
fn every_message_of_the_log_is_there() {
    let text = Text::new(Language::Dutch);
    for (pattern, key) in DETAILS.iter().chain(SUBJECTS).chain(KINDS) {
        assert_ne!(text.say(key), *key, "{pattern}");
    }
}
