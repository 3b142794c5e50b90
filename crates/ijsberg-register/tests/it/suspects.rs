//! Suspects: who reads of them, and what is counted of them.

use ijsberg_register::policy::Role;
use ijsberg_register::proceedings::{Stage, Suspect};
use ijsberg_register::records::Ground;
use ijsberg_register::register::Id;
use ijsberg_register::{Register, RegisterError, entities};
use serde_json::{Value, json};

use crate::common::{Backend, GROUND, Place, fields, helped, log_in, on_both, person_of};

on_both!(
    a_suspect_of_several_cases_counts_once,
    what_is_held_of_suspects_is_kept_apart,
    a_suspect_of_an_older_register_stays_as_it_was,
);

/// Two persons of the shelter who were helped.
fn victims(r: &mut Register) -> [Id; 2] {
    let done = r.notify(&[helped("shelter", "1", "Ana"), helped("shelter", "2", "Bea")]).unwrap();
    [0, 1].map(|n| person_of(r, &done.registrations[n].unwrap()))
}

fn add(r: &mut Register, kind: &str, person: Option<&Id>, record: &Value) -> Id {
    r.add_record(kind, person, &GROUND, &fields(record)).unwrap()
}

/// Stages, outcomes, forms and ages of what happened to a suspect.
fn steps(of: &Suspect) -> Vec<(Stage, &str, &str, &str)> {
    of.steps.iter().map(|s| (s.stage, s.outcome.as_str(), s.form.as_str(), s.age)).collect()
}

fn a_suspect_of_several_cases_counts_once(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let [ana, bea] = victims(&mut r);
    let who = json!({"suspect_number": "s-1", "sex": "M", "birth_year": 1990, "citizenships": ["RO"]});
    add(&mut r, "suspect", Some(&ana), &who);
    let again = json!({"suspect_number": "S-1", "citizenships": ["NL"], "roles": ["Exploiter"]});
    add(&mut r, "suspect", Some(&bea), &again);
    // One suspicion in two cases; one says of which form.
    let suspicion = json!({"suspect_number": "S-1", "on": "2025-03-01", "offence": "article_2"});
    add(&mut r, "suspicion", Some(&ana), &suspicion);
    let mut formed = suspicion.clone();
    formed["form"] = "LABOUR".into();
    add(&mut r, "suspicion", Some(&bea), &formed);
    let charged =
        json!({"suspect_number": "S-1", "on": "2025-09", "offence": "article_2", "decision": "charged"});
    add(&mut r, "prosecution", None, &charged);
    let conviction = json!({"suspect_number": "S-1", "on": "2026-02-01", "offence": "article_2",
        "judgment": "conviction", "final": false});
    add(&mut r, "judgment", None, &conviction);
    // Somebody else, in no case of a victim, of whom nothing else is known.
    let other = json!({"suspect_number": "S-2", "on": "2025", "offence": "article_18a", "minor": "yes"});
    add(&mut r, "suspicion", None, &other);
    // A suspect known from a victim's account alone.
    add(&mut r, "suspect", Some(&ana), &json!({"roles": ["Other"], "sex": "F"}));

    let all = r.proceedings_for_report(2025).unwrap();
    assert_eq!(all.len(), 2);
    let [one, two] = [&all[0], &all[1]];
    assert_eq!(one.sex, "M");
    assert_eq!(one.citizenships.iter().map(String::as_str).collect::<Vec<_>>(), ["NL", "RO"]);
    assert_eq!(
        steps(one),
        [(Stage::Suspicion, "", "LABOUR", "adult"), (Stage::Prosecution, "charged", "UNKNOWN", "adult")]
    );
    assert_eq!((two.sex.as_str(), two.citizenships.len()), ("", 0));
    assert_eq!(steps(two), [(Stage::Suspicion, "", "UNKNOWN", "minor")]);
    assert_eq!((one.steps[0].offence.as_str(), two.steps[0].offence.as_str()), ("article_2", "article_18a"));
    let later = r.proceedings_for_report(2026).unwrap();
    assert_eq!(later.len(), 1);
    assert_eq!(steps(&later[0]), [(Stage::Judgment, "conviction", "UNKNOWN", "adult")]);
    assert!(r.proceedings_for_report(2024).unwrap().is_empty());
    // Numbers stay in the register.
    assert!(!format!("{all:?}").to_lowercase().contains("s-1"));
}

fn what_is_held_of_suspects_is_kept_apart(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let [ana, _] = victims(&mut r);
    add(&mut r, "case", Some(&ana), &json!({"status": "Active", "opened_on": "2016"}));
    add(&mut r, "suspect", Some(&ana), &json!({"suspect_number": "S-1"}));
    let suspicion = json!({"suspect_number": "S-1", "on": "2025", "offence": "article_2"});
    let name = add(&mut r, "suspicion", Some(&ana), &suspicion);
    let kinds = |all: Vec<ijsberg_register::records::Record>| -> Vec<String> {
        all.into_iter().map(|record| record.kind).collect()
    };
    assert_eq!(kinds(r.records_of(&ana).unwrap()), ["case"]);
    assert_eq!(kinds(r.suspects_of(&ana).unwrap()), ["suspect", "suspicion"]);
    // A name is refused, and not repeated.
    let named = json!({"suspect_number": "Kanarie", "on": "2025", "offence": "article_2"});
    let refused = r.add_record("suspicion", None, &GROUND, &fields(&named)).unwrap_err().to_string();
    assert!(refused.contains("suspicion.suspect_number") && !refused.contains("Kanarie"), "{refused}");
    // Each reading is written down, under an operation of its own.
    let entries = r.audit_entries(1, 10_000).unwrap();
    let subject = format!("suspects:{}", ijsberg_crypto::hex(&ana));
    let read = entries.iter().find(|e| e.subject == subject).unwrap();
    assert_eq!((read.operation.as_str(), read.outcome.as_str()), ("read_suspect", "done"));
    assert!(!format!("{entries:?}").contains("S-1"));
    // A statistician sees counts and no records, a registrar neither, and other organisations see nothing.
    let denied = |e: &RegisterError| matches!(e, RegisterError::Denied { .. });
    log_in(&mut r, "sta", Role::Statistician, "*");
    assert!(denied(&r.suspects_of(&ana).unwrap_err()) && denied(&r.record("suspicion", &name).unwrap_err()));
    assert_eq!(r.proceedings_for_report(2025).unwrap().len(), 1);
    log_in(&mut r, "reg", Role::Registrar, "*");
    assert!(denied(&r.suspects_of(&ana).unwrap_err()) && r.proceedings_for_report(2025).is_err());
    log_in(&mut r, "cas", Role::CaseWorker, "police");
    assert!(r.suspects_of(&ana).is_err() && r.record("suspicion", &name).is_err());
    let other = Ground { organisation: "police", ..GROUND };
    assert!(r.add_record("suspicion", Some(&ana), &other, &fields(&suspicion)).is_err());
    assert!(r.add_record("suspicion", None, &other, &fields(&suspicion)).is_ok());
}

/// Before suspects had numbers a role was all that was held of them.
fn a_suspect_of_an_older_register_stays_as_it_was(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let [ana, _] = victims(&mut r);
    let older = json!({"roles": ["Exploiter"], "relationship": "Familial", "note": "n"});
    let name = add(&mut r, "suspect", Some(&ana), &older);
    assert!(entities::kind_of("suspect").unwrap().wrong(&fields(&older)).is_empty());
    assert!(r.proceedings_for_report(2025).unwrap().is_empty());
    let mut numbered = older;
    numbered["suspect_number"] = "S-9".into();
    assert_eq!(r.change_record("suspect", &name, 1, &fields(&numbered)).unwrap(), 2);
    let read = r.record("suspect", &name).unwrap();
    assert_eq!((read.class.as_str(), &read.fields["roles"]), ("criminal", &json!(["Exploiter"])));
}
