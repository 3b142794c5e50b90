//! People are found by name by users who may both see the case and read the identity.

use ijsberg_register::Register;
use ijsberg_register::named::{MOST_NAMED, NameMatches};
use ijsberg_register::policy::Role;
use ijsberg_register::vault::Identity;

use crate::common::{
    Backend, PASSWORD, Place, erased_at_request, helped, log_in, notification, on_both, person_of,
};

on_both!(a_name_is_found_within_reach, who_looks_for_names_keeps_the_pace_of_a_person);

fn given(text: &str, name: &Identity) -> bool {
    name.get("given_name").is_some_and(|given| given == text)
}

fn look(r: &mut Register, text: &str) -> NameMatches {
    r.named(text, &given).unwrap()
}

fn organisations(found: &NameMatches) -> Vec<&str> {
    let mut all: Vec<&str> = found.rows.iter().map(|x| x.organisation.as_str()).collect();
    all.sort_unstable();
    all
}

fn a_name_is_found_within_reach(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [
        helped("shelter", "1", "Ana"),
        helped("police", "2", "Ana"),
        helped("shelter", "3", "Bo"),
        notification("shelter", "4"),
    ];
    let ids = r.notify(&rows).unwrap().registrations;
    assert_eq!(organisations(&look(&mut r, "Ana")), ["police", "shelter"]);
    assert_eq!(look(&mut r, "Cy"), NameMatches::default());
    assert_eq!(look(&mut r, " "), NameMatches::default());
    assert_eq!(look(&mut r, &"Ana".repeat(100)), NameMatches::default());
    // Within reach of both: nobody for who may not read identities, those of one's own for who may.
    log_in(&mut r, "own", Role::Registrar, "shelter");
    assert_eq!(look(&mut r, "Ana"), NameMatches::default());
    log_in(&mut r, "worker", Role::CaseWorker, "shelter");
    assert_eq!(organisations(&look(&mut r, "Ana")), ["shelter"]);
    log_in(&mut r, "mixed", Role::CaseWorker, "shelter");
    log_in(&mut r, "mixed", Role::Registrar, "police");
    assert_eq!(organisations(&look(&mut r, "Ana")), ["shelter"]);
    log_in(&mut r, "vault", Role::VaultKeeper, "*");
    assert!(r.named("Ana", &given).is_err());
    // An erased person has no name.
    r.login("keeper", PASSWORD, None).unwrap();
    let person = person_of(&mut r, &ids[0].unwrap());
    erased_at_request(&mut r, &person);
    assert_eq!(organisations(&look(&mut r, "Ana")), ["police"]);
    let log = format!("{:?}", r.audit_entries(1, 10_000).unwrap());
    assert!(log.contains("alike by name") && log.contains("names compared") && !log.contains("Ana"));
    r.verify_audit().unwrap();
}

fn who_looks_for_names_keeps_the_pace_of_a_person(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows: Vec<_> = (0..=MOST_NAMED).map(|i| helped("shelter", &i.to_string(), "Ana")).collect();
    r.notify(&rows).unwrap();
    let first = look(&mut r, "Ana");
    assert_eq!((first.rows.len(), first.more, first.paused), (MOST_NAMED, true, false));
    for _ in 0..239 {
        assert!(!look(&mut r, "Bo").paused);
    }
    assert_eq!(look(&mut r, "Ana"), NameMatches { paused: true, ..NameMatches::default() });
    r.now += jiff::SignedDuration::from_mins(61);
    assert!(!look(&mut r, "Ana").paused);
}
