//! Erasing takes two people and a while, and what is not due any more stays.

use ijsberg_register::erasing::{ErasureOutcome, Ground};
use ijsberg_register::expected::Thing;
use ijsberg_register::policy::Role;
use ijsberg_register::register::Id;
use ijsberg_register::{Register, RegisterError};
use jiff::SignedDuration;

use crate::common::{Backend, PASSWORD, Place, helped, log_in, on_both, person_of};

on_both!(
    nobody_erases_alone_or_at_once,
    only_what_was_listed_and_is_still_due_is_erased,
    a_person_who_asks_to_be_erased_waits_as_long,
);

fn days(r: &mut Register, n: i64) {
    r.now += SignedDuration::from_hours(24 * n);
}

/// A register in which some were notified, more than their month ago.
fn past(place: &Place, names: &[&str]) -> (Register, Vec<Id>) {
    let mut r = place.furnished();
    let rows: Vec<_> = names.iter().map(|name| helped("shelter", name, name)).collect();
    let ids = r.notify(&rows).unwrap().registrations;
    let persons = ids.iter().map(|id| person_of(&mut r, &id.unwrap())).collect();
    r.set_retention("help", 1).unwrap();
    days(&mut r, 40);
    (r, persons)
}

fn second(r: &mut Register) {
    log_in(r, "second", Role::RecordsManager, "*");
}

fn keeper(r: &mut Register) {
    r.login("keeper", PASSWORD, None).unwrap();
}

fn nobody_erases_alone_or_at_once(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, persons) = past(&place, &["Ana", "Bo"]);
    let ana = persons[0];
    // Nothing was listed, and nothing is erased.
    assert_eq!(r.erase_listed().unwrap(), ErasureOutcome::default());
    for wrong in [0, 1, 6, 367, u16::MAX] {
        let refused = r.list_for_erasing(wrong);
        assert!(matches!(refused, Err(RegisterError::ErasingDelay { least: 7, .. })), "{wrong}: {refused:?}");
        assert!(r.list_person_for_erasing(&ana, wrong).is_err());
    }
    assert_eq!(r.list_for_erasing(10).unwrap(), (2, "2027-01-13".to_owned()));
    // Listing it again shortens nothing.
    second(&mut r);
    assert_eq!(r.list_for_erasing(7).unwrap().0, 0);
    days(&mut r, 9);
    let refused = r.erase_listed();
    assert!(matches!(&refused, Err(RegisterError::TooEarly(day)) if day == "2027-01-13"), "{refused:?}");
    days(&mut r, 1);
    // The user who listed it cannot confirm it, even long after.
    keeper(&mut r);
    assert!(matches!(r.erase_listed(), Err(RegisterError::SomebodyElse)));
    let listed = r.listed_for_erasing().unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|l| l.due && l.ripe && l.by == "keeper" && l.since == "2026-11-24"));
    assert!(r.identity(&ana).is_ok());
    second(&mut r);
    assert_eq!(r.erase_listed().unwrap(), ErasureOutcome { persons: 2, ..ErasureOutcome::default() });
    keeper(&mut r);
    assert!(matches!(r.identity(&ana), Err(RegisterError::Erased)));
    assert_eq!(r.histories(2016, 2016).unwrap().persons.len(), 2);
    assert!(r.listed_for_erasing().unwrap().is_empty());
    // The log names the user who listed it and the user who did it, for each person.
    let about = format!("person:{}", ijsberg_crypto::hex(&ana));
    let log = r.audit_entries(1, 10_000).unwrap();
    let entry = log.iter().find(|e| e.subject == about && e.detail.starts_with("erased")).unwrap();
    assert_eq!((entry.actor.as_str(), entry.outcome.as_str()), ("second", "done"));
    assert!(entry.detail.contains("listed by keeper on 2027-01-03"), "{}", entry.detail);
    r.verify_audit().unwrap();
}

fn only_what_was_listed_and_is_still_due_is_erased(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, persons) = past(&place, &["Ana", "Bo", "Cas", "Dee", "Eva"]);
    assert_eq!(r.list_for_erasing(7).unwrap().0, 5);
    // Bo is held and let go again; Cas was notified anew; Dee is taken off.
    let day =
        |r: &Register, n: i64| (r.now + SignedDuration::from_hours(24 * n)).to_string()[..10].to_owned();
    let until = day(&r, 2).parse().unwrap();
    r.hold(&persons[1], "the court", until).unwrap();
    let change = std::collections::BTreeMap::from([("happened_on".to_owned(), "2027-01-02".to_owned())]);
    let of_cas = r.registrations(&persons[2]).unwrap()[0].id.clone();
    r.correct(&ijsberg_register::register::id(&of_cas).unwrap(), 1, &change).unwrap();
    r.take_person_off(&persons[3]).unwrap();
    assert!(matches!(r.take_person_off(&persons[3]), Err(RegisterError::NotListed)));
    // Due since yesterday, and nobody put it up.
    let late = r.notify(&[helped("shelter", "Fay", "Fay")]).unwrap().registrations[0].unwrap();
    let fay = person_of(&mut r, &late);
    days(&mut r, 8);
    r.set_retention("help", 1).unwrap();
    second(&mut r);
    let done = r.erase_listed().unwrap();
    assert_eq!(done, ErasureOutcome { persons: 2, stays: 1, ..ErasureOutcome::default() });
    keeper(&mut r);
    let gone = |r: &mut Register, p: &Id| matches!(r.identity(p), Err(RegisterError::Erased));
    let left: Vec<bool> = persons.iter().map(|p| gone(&mut r, p)).collect();
    assert_eq!(left, [true, false, false, false, true]);
    assert!(!gone(&mut r, &fay));
    // What stayed is not on the list any more; it waits anew.
    assert!(r.listed_for_erasing().unwrap().is_empty());
    second(&mut r);
    assert_eq!(r.erase_listed().unwrap(), ErasureOutcome::default());
    assert_eq!(r.list_for_erasing(7).unwrap().0, 2);
    keeper(&mut r);
    assert!(matches!(r.erase_listed(), Err(RegisterError::TooEarly(_))));
}

fn a_person_who_asks_to_be_erased_waits_as_long(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, persons) = past(&place, &["Ana", "Bo"]);
    r.set_retention("help", 600).unwrap();
    r.list_person_for_erasing(&persons[0], 7).unwrap();
    assert!(matches!(r.list_person_for_erasing(&persons[0], 7), Err(RegisterError::ListedAlready)));
    assert!(matches!(r.list_person_for_erasing(&[7; 16], 7), Err(RegisterError::NotFound(Thing::Person))));
    r.list_person_for_erasing(&persons[1], 7).unwrap();
    let listed = r.listed_for_erasing().unwrap();
    assert!(listed.iter().all(|l| l.ground == Ground::Request && l.due && !l.ripe));
    days(&mut r, 7);
    // Held back at the last moment.
    r.hold(&persons[1], "the court", "2028-01-01".parse().unwrap()).unwrap();
    assert!(matches!(r.list_person_for_erasing(&persons[1], 7), Err(RegisterError::Held)));
    second(&mut r);
    assert_eq!(r.erase_listed().unwrap(), ErasureOutcome { persons: 1, ..ErasureOutcome::default() });
    keeper(&mut r);
    assert!(matches!(r.identity(&persons[0]), Err(RegisterError::Erased)) && r.identity(&persons[1]).is_ok());
    assert!(matches!(r.list_person_for_erasing(&persons[0], 7), Err(RegisterError::Erased)));
}
