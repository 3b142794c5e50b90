//! Who reads identities, in an emergency too, and at which pace, on both back ends.

use ijsberg_register::RegisterError;
use ijsberg_register::policy::Role;
use ijsberg_register::vault::Identity;

use crate::common::{Backend, PASSWORD, Place, helped, log_in, notification, on_both, person_of};

on_both!(
    the_vault_opens_for_those_who_may_and_keys_change,
    emergency_access_takes_a_reason_and_notifies_another_user,
    nobody_reads_at_the_pace_of_a_machine,
    many_at_once_read_no_more_than_one_after_another,
    names_and_values_that_do_harm_are_not_taken,
);

fn the_vault_opens_for_those_who_may_and_keys_change(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let ids: Vec<_> = r
        .notify(&[helped("shelter", "1", "Ana"), helped("police", "1", "Bo"), notification("police", "2")])
        .unwrap()
        .registrations;
    let [ana, bo, nobody] = [0, 1, 2].map(|i: usize| person_of(&mut r, &ids[i].unwrap()));
    let changes =
        Identity::from([("family_name".to_owned(), String::new()), ("phone".to_owned(), "06".to_owned())]);
    r.set_identity(&ana, &changes).unwrap();
    let now = r.identity(&ana).unwrap();
    assert_eq!(now.keys().collect::<Vec<_>>(), ["given_name", "phone"]);
    assert!(r.set_identity(&ana, &Identity::from([("Canary".to_owned(), String::new())])).is_err());
    // Nobody can be named on the statistics track.
    assert!(r.set_identity(&nobody, &changes).is_err());
    // Afterwards the new key alone opens.
    let before = place.files.vault().unwrap().unwrap();
    r.rotate_vault().unwrap();
    let after = place.files.vault().unwrap().unwrap();
    assert_eq!((after.ring.len(), before.ring.newest() == after.ring.newest()), (1, false));
    assert_eq!(r.identity(&bo).unwrap()["given_name"], "Bo");
    let with = |vault| {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        let mut r =
            ijsberg_register::Register::open(place.driver(), place.files.work().unwrap(), vault, now)?
                .at_console();
        r.login("keeper", PASSWORD, None)?;
        r.identity(&bo)
    };
    assert!(with(Some(after)).is_ok());
    assert!(matches!(with(Some(before)), Err(RegisterError::OtherRegister(_))));
    assert!(matches!(with(None), Err(RegisterError::VaultClosed)));
    // A field that was moved to another person does not open there.
    r.driver()
        .execute(
            "UPDATE identity SET person = $1 WHERE person = $2 AND field = 'phone'",
            &[bo.as_slice().into(), ana.as_slice().into()],
        )
        .unwrap();
    assert!(r.identity(&bo).is_err());
}

fn emergency_access_takes_a_reason_and_notifies_another_user(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    log_in(&mut r, "cas", Role::CaseWorker, "police");
    assert!(r.identity(&person).is_err());
    for nothing in ["no", "aaaaaaaaaa", "..........", "asdf asdf asdf", "danger \u{1b}[2J tonight for her"] {
        assert!(r.break_glass(&person, nothing, 30, "keeper").is_err(), "{nothing}");
    }
    assert!(r.break_glass(&person, "she is in danger tonight", 30, "cas").is_err());
    assert!(r.break_glass(&person, "she is in danger tonight", 30, "nobody").is_err());
    assert!(r.break_glass(&person, "she is in danger tonight", 500, "keeper").is_err());
    assert_eq!(
        r.break_glass(&person, "she is in danger tonight", 30, "keeper").unwrap()["given_name"],
        "Ana"
    );
    log_in(&mut r, "cas", Role::Auditor, "*");
    let open = r.broken_glass().unwrap();
    assert_eq!((open.len(), open[0].user.as_str(), open[0].notified.as_str()), (1, "cas", "keeper"));
    assert!(open[0].reason.contains("danger"));
    let event = ijsberg_register::register::id(&open[0].id).unwrap();
    // Not by the user who did it.
    assert!(r.review_broken_glass(&event).is_err());
    // The notified user sees it until they acknowledge it, and nobody else can acknowledge it for them.
    assert!(r.notices().unwrap().is_empty() && r.acknowledge(&event).is_err());
    r.login("keeper", PASSWORD, None).unwrap();
    r.rotate_work().unwrap();
    let told = r.notices().unwrap();
    assert_eq!((told.len(), told[0].id.as_str()), (1, open[0].id.as_str()));
    assert!(told[0].reason.contains("danger"));
    r.acknowledge(&event).unwrap();
    assert!(r.notices().unwrap().is_empty() && r.acknowledge(&event).is_err());
    r.review_broken_glass(&event).unwrap();
    assert!(r.broken_glass().unwrap().is_empty());
}

fn many_at_once_read_no_more_than_one_after_another(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut r, &id);
    let at = std::sync::Barrier::new(30);
    let reads = || {
        let mut r = place.open();
        r.resume("keeper").unwrap();
        at.wait();
        r.identity(&ana)
    };
    let read: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..30).map(|_| scope.spawn(reads)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let names = read.iter().filter(|x| x.is_ok()).count();
    assert!((1..=20).contains(&names), "{names}");
    let refused = |e: &RegisterError| matches!(e, RegisterError::Pace { .. });
    assert!(read.iter().filter_map(|x| x.as_ref().err()).all(refused));
    // A refused user saw nothing, and the log does not say that they did.
    let log = r.audit_entries(1, 1000).unwrap();
    let done = log.iter().filter(|e| e.operation == "read_identity" && e.outcome == "done").count();
    assert_eq!(done, names);
}

fn nobody_reads_at_the_pace_of_a_machine(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let ids =
        r.notify(&[helped("shelter", "1", "Ana"), helped("shelter", "2", "Eva")]).unwrap().registrations;
    let persons = [0, 1].map(|i| person_of(&mut r, &ids[i].unwrap()));
    let began = r.now;
    let mut read = 0;
    for i in 0..40 {
        r.now = began + jiff::SignedDuration::from_millis(3 * i);
        match r.identity(&persons[i as usize % 2]) {
            Ok(_) => read += 1,
            Err(error) => assert!(matches!(error, RegisterError::Pace { .. }), "{error}"),
        }
    }
    assert_eq!(read, 20);
    let log = r.audit_entries(1, 1000).unwrap();
    assert_eq!(log.iter().filter(|e| e.operation == "unusual_reading" && e.outcome == "denied").count(), 20);
    r.verify_audit().unwrap();
    // It is the first thing that the auditors of that organisation see, until they have viewed the log.
    for (name, organisation, seen) in [("all", "*", 20), ("own", "shelter", 20), ("other", "police", 0)] {
        log_in(&mut r, name, Role::Auditor, organisation);
        assert_eq!(r.waiting().unwrap().unusual, Some(seen), "{name}");
        // A page that does not hold all of them, or none, is no look at them.
        r.audit_entries(i64::MAX, 1).unwrap();
        r.audit_entries_before(None, 10).unwrap();
        assert_eq!(r.waiting().unwrap().unusual, Some(seen), "{name}");
        r.audit_entries_before(None, 1000).unwrap();
        assert_eq!(r.waiting().unwrap().unusual, Some(0), "{name}");
    }
    log_in(&mut r, "linker", Role::Linker, "*");
    assert_eq!(r.waiting().unwrap().unusual, None);
    r.login("keeper", PASSWORD, None).unwrap();
    // A minute later they read on; nobody else waited.
    r.now = began + jiff::SignedDuration::from_secs(90);
    r.identity(&persons[0]).unwrap();
    // However much else they do meanwhile, no more than in an hour.
    for round in 0..6 {
        r.now = began + jiff::SignedDuration::from_secs(120 + 70 * round);
        (0..20).for_each(|i| drop(r.identity(&persons[i % 2])));
    }
    if let Backend::Sqlite = backend {
        (0..2000).for_each(|_| drop(r.audit_entries_before(None, 1)));
    }
    r.now = began + jiff::SignedDuration::from_secs(700);
    assert!(matches!(r.identity(&persons[0]), Err(RegisterError::Pace { .. })));
    // Names that are compared in pairs are as much looked up, and pairs without names are not.
    let pair = [ids[0].unwrap(), ids[1].unwrap()];
    assert!(matches!(r.side_by_side(&pair[0], &pair[1]), Err(RegisterError::Pace { .. })));
    r.now = began + jiff::SignedDuration::from_secs(8000);
    let nameless =
        r.notify(&[notification("police", "1"), notification("police", "2")]).unwrap().registrations;
    for _ in 0..30 {
        r.side_by_side(&nameless[0].unwrap(), &nameless[1].unwrap()).unwrap();
    }
    let before =
        r.audit_entries(1, 10_000).unwrap().iter().filter(|e| e.operation == "unusual_reading").count();
    let mut seen = 0;
    for i in 0..30 {
        r.now += jiff::SignedDuration::from_millis(3);
        // Decisions in between push nothing out of sight.
        r.decide(&pair[0], &pair[1], "undecided").unwrap();
        match r.side_by_side(&pair[i % 2], &pair[1 - i % 2]) {
            Ok(_) => seen += 1,
            Err(error) => assert!(matches!(error, RegisterError::Pace { .. }), "{error}"),
        }
    }
    assert_eq!(seen, 20);
    let log = r.audit_entries(1, 10_000).unwrap();
    assert_eq!(log.iter().filter(|e| e.operation == "unusual_reading").count(), before + 10);
    assert!(matches!(r.identity(&persons[0]), Err(RegisterError::Pace { .. })));
}

fn names_and_values_that_do_harm_are_not_taken(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let long = "a".repeat(100_000);
    for id in ["..", ".", "a/b", " a", "a ", "-a", "a\u{202e}b", "", long.as_str()] {
        assert!(r.add_organisation(id, "A name", "NP", "X", true).is_err(), "{id:.20}");
        assert!(r.add_organisation("new", "A name", "NP", id, true).is_err(), "{id:.20}");
    }
    for name in [long.as_str(), "a\u{1b}]0;x\u{7}", "a\u{202e}b", "a\nb", ""] {
        assert!(r.add_organisation("new", name, "NP", "X", true).is_err(), "{name:.20}");
    }
    r.add_organisation("new", "Opvang Überlingen", "NP", "X", true).unwrap();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    for value in [long.as_str(), "An\u{1b}[2Ja", "An\u{202e}a", "An\0a"] {
        let changes = Identity::from([("given_name".to_owned(), value.to_owned())]);
        assert!(
            matches!(r.set_identity(&person, &changes), Err(RegisterError::Invalid { .. })),
            "{value:.20}"
        );
        let mut named = helped("shelter", "2", "Eva");
        named.identity = vec![("given_name", value.to_owned())];
        assert_eq!(r.notify(&[named]).unwrap().errors.len(), 1, "{value:.20}");
        let mut keyed = helped("shelter", "2", "Eva");
        value.clone_into(&mut keyed.local_key);
        assert_eq!(r.notify(&[keyed]).unwrap().errors.len(), 1, "{value:.20}");
    }
    assert_eq!(r.identity(&person).unwrap()["given_name"], "Ana");
}
