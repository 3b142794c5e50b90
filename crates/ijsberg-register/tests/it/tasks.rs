//! Tasks for a person, for users who may do them.

use ijsberg_register::RegisterError;
use ijsberg_register::erasing::DELAY;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::Role;
use ijsberg_register::records::Ground;
use ijsberg_register::tasks::Tasks;
use serde_json::json;

use crate::common::{
    Backend, GROUND, PASSWORD, Place, fields, helped, log_in, notification, on_both, person_of,
};

on_both!(tasks_are_shown_to_users_who_may_do_them);

fn tasks_are_shown_to_users_who_may_do_them(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let unknown =
        Notification { form: "UNKNOWN".into(), nationality: String::new(), ..helped("shelter", "1", "Ana") };
    let rows = [unknown, notification("police", "2")];
    let ids = r.notify(&rows).unwrap().registrations;
    let [a, b] = [ids[0].unwrap(), ids[1].unwrap()];
    let (ana, other) = (person_of(&mut r, &a), person_of(&mut r, &b));
    let incomplete = vec![(ijsberg_crypto::hex(&a), vec!["nationality", "form"])];
    let first = Tasks { incomplete, undecided: true, ..Tasks::default() };
    assert_eq!(r.tasks_of(&ana).unwrap(), first);
    // Nobody decides on status in the statistics track.
    assert_eq!(r.tasks_of(&other).unwrap(), Tasks::default());
    r.decide(&a, &b, "undecided").unwrap();
    let day = r.list_person_for_erasing(&ana, DELAY).unwrap();
    let all = r.tasks_of(&ana).unwrap();
    assert_eq!((all.pairs.len(), &all.erasing), (1, &Some(day)));
    assert_eq!(Tasks { pairs: Vec::new(), erasing: None, ..all.clone() }, first);
    let both = [&all.pairs[0].0, &all.pairs[0].1];
    assert!([a, b].iter().all(|id| both.contains(&&ijsberg_crypto::hex(id))));
    assert_eq!(r.tasks_of(&other).unwrap().pairs, all.pairs);
    // Each part for who may do it: a registrar corrects, a linker of one organisation does not see a pair with another.
    log_in(&mut r, "registrar", Role::Registrar, "shelter");
    assert_eq!(r.tasks_of(&ana).unwrap(), Tasks { undecided: false, ..first.clone() });
    log_in(&mut r, "linker", Role::Linker, "shelter");
    assert_eq!(r.tasks_of(&ana).unwrap(), Tasks::default());
    log_in(&mut r, "counts", Role::Statistician, "*");
    assert_eq!(r.tasks_of(&ana).unwrap(), Tasks::default());
    log_in(&mut r, "elsewhere", Role::CaseWorker, "police");
    assert!(matches!(r.tasks_of(&ana), Err(RegisterError::OtherOrganisation { .. })));
    // A decision is one, whatever it says.
    r.login("keeper", PASSWORD, None).unwrap();
    let decision = json!({"status": "PRESUMED", "deciding_organisation": "NGO", "reasons": "r",
        "decided_on": "2016", "decided_by": "keeper"});
    let ground = Ground { organisation: "shelter", ..GROUND };
    r.add_record("status", Some(&ana), &ground, &fields(&decision)).unwrap();
    assert!(!r.tasks_of(&ana).unwrap().undecided);
    r.decide(&a, &b, "different").unwrap();
    r.take_person_off(&ana).unwrap();
    let left = Tasks { undecided: false, ..first };
    assert_eq!(r.tasks_of(&ana).unwrap(), left);
}
