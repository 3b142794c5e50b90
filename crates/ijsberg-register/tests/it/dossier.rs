//! What a register says of itself to those who answer for it.

use ijsberg_register::RegisterError;
use ijsberg_register::policy::Role;

use crate::common::{Backend, PASSWORD, Place, helped, log_in, notification, on_both, person_of};

on_both!(the_running_configuration_is_shown_in_counts, only_an_auditor_of_all_organisations_sees_it);

fn the_running_configuration_is_shown_in_counts(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [helped("shelter", "1", "Kanarie"), notification("police", "2")];
    let done = r.notify(&rows).unwrap();
    let held = person_of(&mut r, &done.registrations[0].unwrap());
    r.set_retention("help", 24).unwrap();
    r.hold(&held, "court", "2030-01-01".parse().unwrap()).unwrap();
    log_in(&mut r, "kanarievogel", Role::Registrar, "police");
    log_in(&mut r, "kanarievink", Role::Registrar, "police");
    r.login("keeper", PASSWORD, None).unwrap();
    r.set_disabled("kanarievink", true).unwrap();
    r.backing_up().unwrap();
    r.rotate_work().unwrap();
    let told = r.dossier().unwrap();
    assert_eq!((told.accounts.open, told.accounts.closed, told.accounts.second_factor), (2, 1, 0));
    let police: Vec<_> = told.roles.iter().filter(|held| held.organisation == "police").collect();
    assert_eq!(police.len(), 1);
    assert_eq!((police[0].role.as_str(), police[0].accounts), ("registrar", 1));
    let people = told.people;
    assert_eq!((people.registered, people.named, people.erased), (2, 1, 0));
    assert_eq!((people.due, people.held, people.listed), (0, 1, 0));
    assert_eq!(told.periods.len(), 1);
    assert_eq!((told.periods[0].purpose.as_str(), told.periods[0].months), ("help", 24));
    assert_eq!(told.last("backup").unwrap().times, 1);
    assert!(told.last("export_cases").is_none());
    let changed = |domain: &str| told.keys.iter().find(|k| k.domain == domain).unwrap().changes;
    assert_eq!((changed("records"), changed("vault")), (1, 0));
    assert!(told.organisations.len() == 3 && told.lanes.len() == 2 && !told.recovery_key);
    // No name of a user; a role is called nearly as one of them.
    let all = format!("{told:?}").replace("vault_keeper", "");
    assert!(!all.contains("Kanarie") && !all.contains("kanarie") && !all.contains("keeper"), "{all}");
    assert!(!all.contains(&ijsberg_crypto::hex(&held)), "{all}");
    // The register is what it was, and that somebody asked is in its log.
    r.verify_audit().unwrap();
    let entries = r.audit_entries(1, 10_000).unwrap();
    assert_eq!(entries.iter().filter(|e| e.subject == "dossier" && e.outcome == "done").count(), 1);
}

fn only_an_auditor_of_all_organisations_sees_it(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Administrator, "*");
    assert!(matches!(r.dossier(), Err(RegisterError::Denied { .. })));
    log_in(&mut r, "bea", Role::Auditor, "police");
    assert!(matches!(r.dossier(), Err(RegisterError::NotEverywhere { .. })));
    log_in(&mut r, "cor", Role::Auditor, "*");
    assert!(r.dossier().is_ok());
}
