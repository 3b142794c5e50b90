//! Access control, and what is logged of it, on both back ends.

use ijsberg_register::RegisterError;
use ijsberg_register::expected::Thing;
use ijsberg_register::policy::{Grant, Operation, Role};
use serde_json::json;

use crate::common::{
    Backend, CHEAP, GROUND, PASSWORD, Place, code, enrolled, fields, helped, log_in, notification, on_both,
    person_of,
};

on_both!(
    nobody_acts_for_another_organisation,
    the_audit_log_shows_every_change_of_itself,
    police_and_immigration_see_only_what_was_decided,
    logging_in_takes_password_code_and_patience,
    what_is_decided_stays_and_a_person_decides,
    an_administrator_stays_and_gives_no_more_than_they_have,
);

fn an_administrator_stays_and_gives_no_more_than_they_have(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let of = |role, organisation: &str| Grant { role, organisation: organisation.into() };
    // A role for an organisation that does not exist would go to the next organisation of that name.
    r.add_user("ada", PASSWORD, CHEAP).unwrap();
    for nowhere in ["nowhere", "", "**", "POLICE"] {
        let given = r.set_grant("ada", &of(Role::Linker, nowhere), true);
        assert!(matches!(given, Err(RegisterError::NotFound(Thing::Organisation))), "{given:?}");
        assert!(r.add_user_of("eve", PASSWORD, nowhere, CHEAP).is_err());
    }
    // The last administrator for all stays, whatever is tried; one for an organisation is none for all.
    r.set_grant("ada", &of(Role::Administrator, "police"), true).unwrap();
    let head = of(Role::Administrator, "*");
    assert!(matches!(r.set_grant("keeper", &head, false), Err(RegisterError::LastAdministrator)));
    assert!(matches!(r.set_disabled("keeper", true), Err(RegisterError::LastAdministrator)));
    r.set_grant("ada", &head, true).unwrap();
    r.set_disabled("ada", true).unwrap();
    // One whose account is closed counts for nothing.
    assert!(matches!(r.set_disabled("keeper", true), Err(RegisterError::LastAdministrator)));
    r.set_disabled("ada", false).unwrap();
    r.set_disabled("keeper", true).unwrap();
    r.login("ada", PASSWORD, None).unwrap();
    r.set_disabled("keeper", false).unwrap();
    r.set_grant("keeper", &head, false).unwrap();
    assert!(matches!(r.set_grant("ada", &head, false), Err(RegisterError::LastAdministrator)));
    // What an administrator of an organisation may not.
    r.set_grant("keeper", &of(Role::Administrator, "police"), true).unwrap();
    r.add_user_of("pol", PASSWORD, "police", CHEAP).unwrap();
    r.set_grant("pol", &of(Role::Administrator, "police"), true).unwrap();
    r.login("pol", PASSWORD, None).unwrap();
    r.add_user("own", PASSWORD, CHEAP).unwrap();
    r.set_grant("own", &of(Role::Linker, "police"), true).unwrap();
    for (name, grant) in [
        ("pol", of(Role::VaultKeeper, "*")),
        ("pol", of(Role::VaultKeeper, "shelter")),
        ("own", head.clone()),
        ("own", of(Role::Linker, "shelter")),
        ("ada", of(Role::Linker, "police")),
        ("nobody", of(Role::Linker, "police")),
    ] {
        assert!(r.set_grant(name, &grant, true).is_err(), "{name} {grant:?}");
    }
    assert!(r.set_disabled("ada", true).is_err() && r.set_disabled("keeper", true).is_err());
    assert!(r.add_user_of("far", PASSWORD, "shelter", CHEAP).is_err());
    assert!(r.add_user_of("far", PASSWORD, "*", CHEAP).is_err());
    let seen: Vec<String> = r.users().unwrap().into_iter().map(|u| u.name).collect();
    assert_eq!(seen, ["own", "pol"]);
    // A token is for what a role allows, as far as it does.
    let until = "2026-12-31".parse().unwrap();
    assert!(r.issue_token("keys", &[Operation::RotateKeys], until).is_err());
    assert!(r.issue_token("users", &[Operation::ManageUsers], until).is_ok());
}

fn nobody_acts_for_another_organisation(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let person = person_of(&mut r, &done.registrations[0].unwrap());
    log_in(&mut r, "pim", Role::Registrar, "police");
    assert!(matches!(
        r.notify(&[notification("shelter", "2")]),
        Err(RegisterError::OtherOrganisation { .. })
    ));
    let mixed = [notification("police", "1"), notification("shelter", "2")];
    assert!(r.notify(&mixed).is_err());
    assert!(matches!(r.registrations(&person), Err(RegisterError::OtherOrganisation { .. })));
    assert!(matches!(r.identity(&person), Err(RegisterError::Denied { .. })));
    assert!(matches!(r.histories(2016, 2016), Err(RegisterError::Denied { .. })));
    log_in(&mut r, "cas", Role::CaseWorker, "shelter");
    assert_eq!(r.identity(&person).unwrap()["given_name"], "Ana");
    assert_eq!(r.registrations(&person).unwrap()[0].form, "LABOUR");
    // A pseudonym that does not exist concerns nobody.
    assert!(r.identity(&[9; 16]).is_err());
    log_in(&mut r, "aud", Role::Auditor, "*");
    let entries = r.audit_entries(1, 100_000).unwrap();
    let denied = entries.iter().filter(|e| e.outcome == "denied" && e.actor == "pim").count();
    assert_eq!(denied, 5);
    let read = entries.iter().find(|e| e.operation == "read_identity" && e.outcome == "done").unwrap();
    assert!(read.detail.contains("given_name") && !read.detail.contains("Ana"));
}

fn the_audit_log_shows_every_change_of_itself(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.notify(&[notification("police", "1")]).unwrap();
    let whole = r.verify_audit().unwrap();
    assert!(whole.entries >= 7);
    let broken = |r: &mut ijsberg_register::Register, sql: &str, undo: &str| {
        r.driver().batch(sql).unwrap();
        let error = r.verify_audit().unwrap_err().to_string();
        r.driver().batch(undo).unwrap();
        assert_eq!(r.verify_audit().unwrap(), whole);
        error
    };
    let error = broken(
        &mut r,
        "UPDATE audit SET actor = 'eve' WHERE seq = 3",
        "UPDATE audit SET actor = 'keeper' WHERE seq = 3",
    );
    assert!(error.contains("from entry 3 on: it was changed"), "{error}");
    let error =
        broken(&mut r, "UPDATE audit SET seq = 99 WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 99");
    assert!(error.contains("from entry 4 on: an entry is missing"), "{error}");
    // Truncation is detected by the record kept outside of the register.
    let last = whole.entries;
    r.driver().batch(&format!("DELETE FROM audit WHERE seq = {last}")).unwrap();
    assert!(matches!(r.verify_audit(), Err(RegisterError::Older { .. })));
}

fn police_and_immigration_see_only_what_was_decided(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    let step = json!({"step": "reflection_offered", "on": "2026-11-01", "days": 90});
    let residence = r.add_record("residence", Some(&person), &GROUND, &fields(&step)).unwrap();
    for (name, role) in [("pol", Role::PoliceLiaison), ("imm", Role::ImmigrationLiaison)] {
        log_in(&mut r, name, role, "border");
        assert!(
            r.registrations(&person).is_err()
                && r.identity(&person).is_err()
                && r.records_of(&person).is_err()
        );
        assert!(r.record("residence", &residence).is_err() && r.histories(2016, 2016).is_err());
        assert!(r.break_glass(&person, "because I want to know", 5, "keeper").is_err());
        assert!(r.disclosed("border").unwrap().is_empty());
        assert!(r.disclosed("police").is_err());
    }
    r.login("keeper", PASSWORD, None).unwrap();
    let decision = json!({"recipient": "border", "purpose": "residence", "basis": "B8/3", "reason": "asked for a permit",
        "content": "reflection period accepted", "decided_on": "2026-11-24"});
    r.add_record("disclosure", Some(&person), &GROUND, &fields(&decision)).unwrap();
    r.login("imm", PASSWORD, None).unwrap();
    let seen = r.disclosed("border").unwrap();
    assert_eq!(seen[0].fields["content"], "reflection period accepted");
    assert!(r.records_of(&person).is_err());
}

fn logging_in_takes_password_code_and_patience(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    assert!(matches!(
        r.first_user("eve", PASSWORD, &[], crate::common::CHEAP),
        Err(RegisterError::Exists(_))
    ));
    assert!(r.add_user("short", "12345", crate::common::CHEAP).is_err());
    assert!(matches!(r.login("nobody", PASSWORD, None), Err(RegisterError::Login)));
    assert!(r.session().is_none());
    let mut server = place.open_at_server();
    for _ in 0..5 {
        assert!(matches!(server.login("keeper", "a wrong password", None), Err(RegisterError::Login)));
    }
    assert!(matches!(server.login("keeper", PASSWORD, None), Err(RegisterError::Locked(_))));
    // An attacker who guesses passwords does not delay a user at the console, and the owner for a while only.
    r.login("keeper", PASSWORD, None).unwrap();
    server.login("keeper", PASSWORD, None).unwrap();
    let secret = enrolled(&mut r, PASSWORD);
    assert!(matches!(r.login("keeper", PASSWORD, None), Err(RegisterError::Login)));
    assert!(matches!(r.login("keeper", PASSWORD, Some("000000")), Err(RegisterError::Login)));
    // The code that confirmed it is used up.
    let code = code(&secret, r.now.as_second());
    assert!(matches!(r.login("keeper", PASSWORD, Some(&code)), Err(RegisterError::Login)));
    r.now = "2026-11-24T12:02:00Z".parse().unwrap();
    let code = self::code(&secret, r.now.as_second());
    r.login("keeper", PASSWORD, Some(&code)).unwrap();
    // A code is good once.
    assert!(matches!(r.login("keeper", PASSWORD, Some(&code)), Err(RegisterError::Login)));
    r.now = "2026-11-24T12:04:00Z".parse().unwrap();
    r.login("keeper", PASSWORD, Some(&self::code(&secret, r.now.as_second()))).unwrap();
    log_in_disabled(&mut r);
}

fn log_in_disabled(r: &mut ijsberg_register::Register) {
    r.add_user("temp", PASSWORD, crate::common::CHEAP).unwrap();
    r.set_disabled("temp", true).unwrap();
    assert!(r.set_disabled("nobody", true).is_err());
    assert!(matches!(r.login("temp", PASSWORD, None), Err(RegisterError::Login)));
}

fn what_is_decided_stays_and_a_person_decides(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    let mut decision = json!({"status": "PRESUMED", "deciding_organisation": "NGO", "reasons": "told so, and papers were taken",
        "decided_on": "2026-11-24", "decided_by": "ijsberg"});
    // Not the program, not somebody else.
    assert!(r.add_record("status", Some(&person), &GROUND, &fields(&decision)).is_err());
    decision["decided_by"] = "keeper".into();
    let status = r.add_record("status", Some(&person), &GROUND, &fields(&decision)).unwrap();
    assert!(matches!(
        r.change_record("status", &status, 1, &fields(&decision)),
        Err(RegisterError::Immutable(_))
    ));
    decision["status"] = "NOT_VICTIM".into();
    assert!(r.add_record("status", Some(&person), &GROUND, &fields(&decision)).is_err());
    decision["second_reader"] = "cas".into();
    r.add_record("status", Some(&person), &GROUND, &fields(&decision)).unwrap();
    // Who may not decide, does not.
    log_in(&mut r, "reg", Role::Registrar, "shelter");
    assert!(matches!(
        r.add_record("status", Some(&person), &GROUND, &fields(&decision)),
        Err(RegisterError::Denied { .. })
    ));
    assert!(r.record("status", &status).is_err());
}
