//! Every use case by every role: what the policy names is done, everything else is refused and written down.

use std::collections::BTreeMap;

use ijsberg_register::lanes::Lane;
use ijsberg_register::links::Link;
use ijsberg_register::merge::Fields;
use ijsberg_register::policy::{Grant, MATRIX, Operation, Role, roles};
use ijsberg_register::register::Id;
use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};
use serde_json::json;

use crate::common::{
    Backend, CHEAP, GROUND, PASSWORD, Place, fields, helped, notification, on_both, person_of,
};

/// What a use case is tried on.
struct Case {
    person: Id,
    registration: Id,
    record: Id,
    suspect: Id,
}

type UseCase = fn(&mut Register, &Case) -> Result<(), RegisterError>;

fn add(r: &mut Register, c: &Case, kind: &str, v: &serde_json::Value) -> Result<(), RegisterError> {
    r.add_record(kind, Some(&c.person), &GROUND, &fields(v)).map(|_| ())
}

/// Every public use case and the operation that it must ask for.
const USE_CASES: &[(Operation, UseCase)] = &[
    (Operation::ManageUsers, |r, _| r.add_user("someone", PASSWORD, CHEAP)),
    (Operation::ManageUsers, |r, _| {
        r.set_grant("keeper", &Grant { role: Role::Auditor, organisation: "*".into() }, true)
    }),
    (Operation::ManageUsers, |r, _| r.set_disabled("nobody", true)),
    (Operation::ManageOrganisations, |r, _| r.add_organisation("new", "new", "NP", "N", true)),
    (Operation::OpenLane, |r, _| r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01")),
    (Operation::Backup, |r, _| r.backing_up()),
    (Operation::RotateKeys, |r, _| r.rotate_work()),
    (Operation::RotateKeys, |r, _| r.rotate_vault()),
    (Operation::Notify, |r, _| r.notify(&[notification("police", "m")]).map(|_| ())),
    (Operation::Notify, |r, _| r.notify_dry(&[notification("police", "m")]).map(|_| ())),
    (Operation::WriteRecord, |r, _| {
        let mut with = helped("shelter", "with records", "Ana");
        with.records = vec![("means", fields(&json!({"controls": ["Other"]})))];
        r.notify(&[with]).map(|_| ())
    }),
    (Operation::Correct, |r, c| r.correct(&c.registration, 1, &BTreeMap::new()).map(|_| ())),
    (Operation::ReadRegistration, |r, c| r.registrations(&c.person).map(|_| ())),
    (Operation::ReadRegistration, |r, _| r.find("shelter", "1").map(|_| ())),
    (Operation::ReadRecord, |r, c| r.record("case", &c.record).map(|_| ())),
    (Operation::ReadRecord, |r, c| r.records_of(&c.person).map(|_| ())),
    (Operation::WriteRecord, |r, c| add(r, c, "case", &json!({"status": "Active", "opened_on": "2016"}))),
    (Operation::WriteRecord, |r, c| r.change_record("case", &c.record, 1, &Fields::new()).map(|_| ())),
    (Operation::ReadSuspect, |r, c| r.record("suspect", &c.suspect).map(|_| ())),
    (Operation::WriteSuspect, |r, c| add(r, c, "suspect", &json!({"roles": ["Other"]}))),
    (Operation::DecideStatus, |r, c| {
        let user = r.session().unwrap().user.clone();
        let status = json!({"status": "PRESUMED", "deciding_organisation": "NGO", "reasons": "r", "decided_on": "2016", "decided_by": user});
        add(r, c, "status", &status)
    }),
    (Operation::Disclose, |r, c| {
        let what = json!({"recipient": "border", "purpose": "residence", "basis": "b", "reason": "r", "content": "c", "decided_on": "2016"});
        add(r, c, "disclosure", &what)
    }),
    (Operation::ReadDisclosed, |r, _| r.disclosed("border").map(|_| ())),
    (Operation::ReadIdentity, |r, c| r.identity(&c.person).map(|_| ())),
    (Operation::WriteIdentity, |r, c| r.set_identity(&c.person, &Identity::new())),
    (Operation::BreakGlass, |r, c| {
        r.break_glass(&c.person, "somebody is in danger", 5, "keeper").map(|_| ())
    }),
    (Operation::ReviewBreakGlass, |r, _| r.broken_glass().map(|_| ())),
    (Operation::ReviewBreakGlass, |r, _| r.review_broken_glass(&[1; 16])),
    (Operation::Link, |r, c| {
        let link =
            Link { a: c.registration, b: [9; 16], decision: "same", probability: 1.0, method: "m".into() };
        r.link(&[link]).map(|_| ())
    }),
    (Operation::Link, |r, _| r.relink("m", &[]).map(|_| ())),
    (Operation::Link, |r, _| r.undo_link(&[1; 16])),
    (Operation::Link, |r, _| r.decisions().map(|_| ())),
    (Operation::Link, |r, _| r.duplicates().map(|_| ())),
    (Operation::ExportLists, |r, _| r.named_lists().map(|_| ())),
    (Operation::ExportHistories, |r, _| r.histories(2016, 2016).map(|_| ())),
    (Operation::ExportCases, |r, _| r.export_htcds().map(|_| ())),
    (Operation::ExportCases, |r, _| r.export_ctdc("s", "NL").map(|_| ())),
    (Operation::Retain, |r, _| r.set_retention("help", 600)),
    (Operation::Retain, |r, c| r.hold(&c.person, "court", "2030-01-01".parse().unwrap())),
    (Operation::Retain, |r, _| r.due_for_erasing().map(|_| ())),
    (Operation::Retain, |r, _| r.erase_due().map(|_| ())),
    (Operation::Retain, |r, c| r.erase(&c.person)),
    (Operation::ReadAudit, |r, _| r.audit_entries(1, 10).map(|_| ())),
];

fn every_use_case_asks_the_policy(backend: Backend) {
    assert!(
        MATRIX.iter().all(|m| USE_CASES.iter().any(|u| u.0 == m.0)),
        "an operation that no use case asks for"
    );
    let place = Place::new(backend);
    let mut r = place.furnished();
    let registration = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &registration);
    let case = json!({"status": "Active", "opened_on": "2016"});
    let record = r.add_record("case", Some(&person), &GROUND, &fields(&case)).unwrap();
    let suspect = r.add_record("suspect", None, &GROUND, &fields(&json!({"roles": ["Other"]}))).unwrap();
    let c = Case { person, registration, record, suspect };
    for role in Role::ALL {
        r.login("keeper", PASSWORD, None).unwrap();
        r.add_user(&role.name(), PASSWORD, CHEAP).unwrap();
        r.set_grant(&role.name(), &Grant { role, organisation: "*".into() }, true).unwrap();
    }
    let mut refused = 0;
    for role in Role::ALL {
        r.login(&role.name(), PASSWORD, None).unwrap();
        for (number, (operation, use_case)) in USE_CASES.iter().enumerate() {
            let result = use_case(&mut r, &c);
            let denied = matches!(result, Err(RegisterError::Denied { .. }));
            assert_eq!(
                denied,
                !roles(*operation).contains(&role),
                "{role:?} {operation:?} ({number}): {result:?}"
            );
            refused += i64::from(denied);
        }
    }
    let sql = "SELECT count(*) FROM audit WHERE outcome = 'denied'";
    assert_eq!(r.driver().first(sql, &[]).unwrap().unwrap().int(0), refused);
    // Without anybody logged in nothing is done at all.
    r.logout();
    for (number, (_, use_case)) in
        USE_CASES.iter().enumerate().filter(|(_, u)| u.0 != Operation::DecideStatus)
    {
        assert!(matches!(use_case(&mut r, &c), Err(RegisterError::NoSession)), "{number}");
    }
}

on_both!(every_use_case_asks_the_policy);
