//! Restriction of processing: the data of a restricted person are stored and nothing else, in every use case.

use ijsberg_register::expected::Thing;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Operation, Role, roles};
use ijsberg_register::records::Ground;
use ijsberg_register::register::Id;
use ijsberg_register::restricting::{Cause, Use};
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::Driver;
use serde_json::json;

use crate::common::{Backend, GROUND, PASSWORD, Place, fields, helped, log_in, on_both, person_of};
use crate::held::SharedDriver;
use crate::matrix::{user, world};
use crate::usecases::{Data, USE_CASES, UseCase, UseCaseScope};

on_both!(
    no_use_case_reveals_a_restricted_person,
    a_restricted_person_is_stored_and_comes_back,
    only_users_who_may_lift_a_restriction_find_the_person,
    nothing_of_theirs_is_erased,
    a_restricted_person_of_two_organisations_is_found_by_no_user_of_one,
    a_restricted_person_still_counts_as_real,
);

/// Use cases that may reveal something about a restricted person, and why.
const TELLS: [(&str, &str); 6] = [
    ("restricted", "those who may lift it"),
    ("open_restricted", "a use that the article leaves, written down"),
    ("access_packet", "it is for the person"),
    ("break_glass", "with a written reason, and two others look at it"),
    ("audit_entries", "who did what with whom"),
    ("audit_entries_before", "who did what with whom"),
];

/// Those that may change something about them.
const CHANGES: [&str; 1] = ["lift_restriction"];

/// Data of which everything is of the one who is restricted.
fn aimed(driver: &mut dyn Driver, d: &Data) -> Data {
    let mut one = |sql: &str, of: &Id| -> Id {
        let row = driver.first(sql, &[of.as_slice().into()]).unwrap().unwrap();
        row.get(0).unwrap()
    };
    let registration = one("SELECT id FROM registration WHERE person = $1", &d.aside);
    Data {
        person: d.aside,
        unlisted: d.aside,
        registrations: vec![registration; 4],
        record: one("SELECT id FROM record WHERE person = $1", &d.aside),
        decision: one("SELECT id FROM link_decision WHERE a = $1", &registration),
        ..d.clone()
    }
}

/// What there is of them, as far as no change of keys touches it.
fn stored(driver: &mut dyn Driver, of: &Data) -> Vec<String> {
    let (person, registration) = (&of.person, &of.registrations[0]);
    let all = [
        ("SELECT id, sex, form, happened_on, version FROM registration WHERE person = $1", person),
        ("SELECT kind, id, version, organisation FROM record WHERE person = $1", person),
        ("SELECT id, erased_at FROM person WHERE id = $1", person),
        ("SELECT person, until_day FROM legal_hold WHERE person = $1", person),
        ("SELECT person, cause FROM restriction WHERE person = $1", person),
        ("SELECT id FROM erasing WHERE id = $1", person),
        ("SELECT person, field FROM identity WHERE person = $1", person),
        ("SELECT registration, scheme FROM link_token WHERE registration = $1", registration),
        ("SELECT id, decision, undone_at FROM link_decision WHERE a = $1 OR b = $1", registration),
    ];
    let mut rows = Vec::new();
    for (sql, id) in all {
        let found = driver.query(sql, &[id.as_slice().into()]).unwrap();
        rows.extend(found.iter().map(|row| format!("{sql} {row:?}")));
    }
    rows.sort();
    rows
}

/// Whether a use case is about one person, registration or record, so that it is refused.
fn is_refused((name, operation, whose, _): &UseCase) -> bool {
    let of_one = [
        "add_record",
        "change_record",
        "correct",
        "correct_many",
        "decide",
        "hold",
        "identity",
        "link",
        "list_person_for_erasing",
        "record",
        "records_of",
        "registrations",
        "relink",
        "set_identity",
        "side_by_side",
        "take_person_off",
        "tasks_of",
        "undo_link",
    ];
    let suspects = [Operation::ReadSuspect, Operation::WriteSuspect].contains(operation);
    of_one.contains(name) && [UseCaseScope::Own, UseCaseScope::Both].contains(whose) && !suspects
}

fn no_use_case_reveals_a_restricted_person(backend: Backend) {
    let place = Place::new(backend);
    let [own, other] = world(&place);
    let aside = aimed(place.driver().as_mut(), &own);
    let before = stored(place.driver().as_mut(), &aside);
    assert!(before.len() > 4, "{before:?}");
    let ids = [aside.person, aside.registrations[0], aside.record, aside.decision];
    let both = |id: &Id| [ijsberg_crypto::hex(id), format!("{id:?}")];
    let mut marks: Vec<String> = ids.iter().flat_map(both).collect();
    marks.extend(["Kanarie", "Kanarieescu", "\"BT\"", "Bhutan"].map(str::to_owned));
    let held = SharedDriver::new(place.driver());
    for case in USE_CASES {
        for (role, data) in roles(case.1).iter().flat_map(|role| [(role, &own), (role, &aside)]) {
            held.tried(|driver| {
                let now = "2027-01-15T13:00:00Z".parse().unwrap();
                let mut r = place.tried(driver, now).at_console();
                r.resume(&user(*role, "*")).unwrap();
                let result = (case.3)(&mut r, data, &other);
                let what = format!("{} ({:?}) by {role:?}", case.0, case.1);
                if data.person == aside.person && is_refused(case) {
                    assert!(matches!(result, Err(RegisterError::Restricted)), "{what}: {result:?}");
                }
                let told = result.unwrap_or_else(|error| format!("{error} {error:?}"));
                if TELLS.iter().all(|(name, _)| *name != case.0) {
                    let told_of = marks.iter().find(|mark| told.contains(*mark));
                    assert_eq!(told_of, None, "{what}: {told}");
                }
                if !CHANGES.contains(&case.0) {
                    assert_eq!(stored(r.driver(), &aside), before, "{what} changed something");
                }
            });
        }
    }
    // The marks would be found: they appear where they may.
    let mut r = place.tried(place.driver(), "2027-01-15T13:00:00Z".parse().unwrap()).at_console();
    r.resume(&user(Role::CaseWorker, "*")).unwrap();
    let told = format!("{:?}", r.open_restricted(&aside.person, Use::Consent).unwrap());
    assert!(marks[..6].iter().step_by(2).all(|mark| told.contains(mark)), "{told}");
    assert!(told.contains("Kanarie") && told.contains("\"BT\""), "{told}");
}

/// A register with two people, the second with a case.
fn two(place: &Place) -> (Register, Id, Id) {
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana"), helped("shelter", "2", "Bea")]).unwrap();
    let [ana, bea] = [0, 1].map(|n| person_of(&mut r, &done.registrations[n].unwrap()));
    let case = fields(&json!({"status": "Active", "opened_on": "2016"}));
    r.add_record("case", Some(&bea), &GROUND, &case).unwrap();
    (r, ana, bea)
}

/// What all of it comes to.
fn everything(r: &mut Register) -> [String; 7] {
    let filter = ijsberg_register::cases::Filter::default();
    [
        format!("{:?}", r.histories(2016, 2016).unwrap().persons.len()),
        format!("{:?}", r.histories_by_year(2016, 2016).unwrap().persons()),
        format!("{:?}", r.histories_for_report(2016, 2016, &[]).unwrap().persons.len()),
        format!("{:?}", r.lags().unwrap()),
        format!("{:?}", r.cases(&filter).unwrap()),
        format!("{:?}", r.dossier().unwrap().people),
        format!("{:?}", r.named_lists(true).unwrap()),
    ]
}

fn a_restricted_person_is_stored_and_comes_back(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, _, bea) = two(&place);
    let before = everything(&mut r);
    let rows = |r: &mut Register| {
        let all = ["person", "registration", "record", "record_version", "person_key", "identity"];
        all.map(|t| r.driver().query(&format!("SELECT * FROM {t}"), &[]).unwrap().len())
    };
    let stored = rows(&mut r);
    r.restrict(&bea, Cause::Objection).unwrap();
    assert!(matches!(r.restrict(&bea, Cause::Objection), Err(RegisterError::RestrictedAlready)));
    let now = everything(&mut r);
    for (before, now) in before.iter().zip(&now) {
        assert_ne!(before, now);
    }
    assert_eq!((before[0].as_str(), now[0].as_str()), ("2", "1"));
    assert!(matches!(r.find("shelter", "2"), Err(RegisterError::NotFound(Thing::Case))));
    assert!(matches!(r.identity(&bea), Err(RegisterError::Restricted)));
    assert_eq!(rows(&mut r), stored);
    // It is there when it is opened anew, and a case that is notified again is not taken for a new one.
    drop(r);
    let mut r = place.open();
    r.login("keeper", PASSWORD, None).unwrap();
    let again = [helped("shelter", "2", "Bea")];
    assert_eq!((r.notify_dry(&again).unwrap().already, r.notify(&again).unwrap().already), (1, 1));
    // Opened for a reason that is written down.
    let opened = r.open_restricted(&bea, Use::Protection).unwrap();
    assert_eq!((opened.registrations.len(), opened.records.len()), (1, 1));
    assert_eq!((opened.identity["given_name"].as_str(), opened.restriction.cause), ("Bea", Cause::Objection));
    let of = format!("person:{}", ijsberg_crypto::hex(&bea));
    let log = r.audit_entries(1, 10_000).unwrap();
    let details: Vec<&str> = log.iter().filter(|e| e.subject == of).map(|e| e.detail.as_str()).collect();
    assert!(details.contains(&"processing restricted: objection"), "{details:?}");
    assert!(details.contains(&"opened though restricted: protection"), "{details:?}");
    r.verify_audit().unwrap();
    r.lift_restriction(&bea).unwrap();
    assert!(matches!(r.lift_restriction(&bea), Err(RegisterError::NotRestricted)));
    assert!(matches!(r.open_restricted(&bea, Use::Claims), Err(RegisterError::NotRestricted)));
    assert_eq!(everything(&mut r), before);
    assert_eq!(r.identity(&bea).unwrap()["given_name"], "Bea");
    r.verify_audit().unwrap();
}

fn only_users_who_may_lift_a_restriction_find_the_person(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, _, bea) = two(&place);
    r.restrict(&bea, Cause::Accuracy).unwrap();
    assert_eq!(r.search("shelter", "2").unwrap().len(), 1);
    let listed = r.restricted().unwrap();
    assert_eq!((listed[0].person.clone(), listed[0].by.as_str()), (ijsberg_crypto::hex(&bea), "keeper"));
    assert_eq!(r.access_packet(&bea, false).unwrap().records.len(), 1);
    for (name, role) in [("ada", Role::CaseWorker), ("lin", Role::Linker), ("sta", Role::Statistician)] {
        log_in(&mut r, name, role, "*");
        assert!(r.search("shelter", "2").unwrap().is_empty() && r.search("", "2").unwrap().is_empty());
        assert!(matches!(r.restricted(), Err(RegisterError::Denied { .. })));
        assert!(matches!(r.lift_restriction(&bea), Err(RegisterError::Denied { .. })));
        let opened = r.open_restricted(&bea, Use::Interest);
        assert_eq!(opened.is_ok(), role == Role::CaseWorker, "{role:?}");
    }
    // Records managers of another organisation neither see nor lift it.
    log_in(&mut r, "rec", Role::RecordsManager, "police");
    assert!(r.restricted().unwrap().is_empty());
    assert!(matches!(r.lift_restriction(&bea), Err(RegisterError::OtherOrganisation { .. })));
    log_in(&mut r, "own", Role::RecordsManager, "shelter");
    assert_eq!(r.restricted().unwrap().len(), 1);
    r.lift_restriction(&bea).unwrap();
}

fn nothing_of_theirs_is_erased(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, ana, bea) = two(&place);
    r.set_retention("help", 1).unwrap();
    r.now += jiff::SignedDuration::from_hours(24 * 60);
    assert_eq!(r.list_for_erasing(7).unwrap().0, 2);
    r.restrict(&bea, Cause::Unlawful).unwrap();
    let listed: Vec<Id> = r.listed_for_erasing().unwrap().iter().map(|l| l.id).collect();
    assert_eq!(listed, [ana]);
    assert_eq!(r.driver().query("SELECT id FROM erasing", &[]).unwrap().len(), 1);
    assert_eq!((r.due_for_erasing().unwrap(), r.list_for_erasing(7).unwrap().0), (1, 0));
    assert!(matches!(r.list_person_for_erasing(&bea, 7), Err(RegisterError::Restricted)));
    let done = crate::common::erased_by_another(&mut r);
    assert_eq!(done.persons, 1);
    r.lift_restriction(&bea).unwrap();
    assert_eq!(r.identity(&bea).unwrap()["given_name"], "Bea");
    assert_eq!(r.due_for_erasing().unwrap(), 1);
}

fn a_restricted_person_of_two_organisations_is_found_by_no_user_of_one(backend: Backend) {
    let place = Place::new(backend);
    let (mut r, ana, bea) = two(&place);
    let police = Ground { organisation: "police", ..GROUND };
    let case = fields(&json!({"status": "Active", "opened_on": "2016"}));
    r.add_record("case", Some(&bea), &police, &case).unwrap();
    for person in [ana, bea] {
        r.restrict(&person, Cause::Accuracy).unwrap();
    }
    // One user with both roles, for the shelter alone.
    for role in [Role::Registrar, Role::RecordsManager] {
        log_in(&mut r, "own", role, "shelter");
    }
    let [name, other] = [ana, bea].map(|person| ijsberg_crypto::hex(&person));
    for organisation in ["shelter", ""] {
        let mut found = |text: &str| r.search(organisation, text).unwrap().len();
        assert_eq!([found("1"), found(&name)], [1, 1], "{organisation}");
        assert_eq!([found("2"), found(&other)], [0, 0], "{organisation}");
    }
    let listed: Vec<String> = r.restricted().unwrap().into_iter().map(|of| of.person).collect();
    assert_eq!(listed, [name]);
    assert!(matches!(r.lift_restriction(&bea), Err(RegisterError::OtherOrganisation { .. })));
    // A user who may lift it finds both.
    r.login("keeper", PASSWORD, None).unwrap();
    assert_eq!(r.search("", &other).unwrap().len(), 1);
}

fn a_restricted_person_still_counts_as_real(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    assert!(r.nobody_exists().unwrap());
    let real = Notification { synthetic: false, ..helped("shelter", "2", "Bea") };
    let done = r.notify(&[helped("shelter", "1", "Ana"), real]).unwrap();
    let bea = person_of(&mut r, &done.registrations[1].unwrap());
    assert!(!r.nobody_exists().unwrap());
    r.restrict(&bea, Cause::Unlawful).unwrap();
    assert!(!r.nobody_exists().unwrap());
}
