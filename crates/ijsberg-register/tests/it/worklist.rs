//! What waits for somebody, and who comes back to it.

use ijsberg_register::links::Link;
use ijsberg_register::policy::{Operation, Role};
use ijsberg_register::register::id;
use ijsberg_register::review::{PairFilter, Review, WaitReason};
use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};

use crate::common::{
    Backend, GROUND, PASSWORD, Place, erased_at_request, fields, helped, log_in, notification, on_both,
    person_of,
};

on_both!(
    the_log_is_read_a_page_at_a_time,
    pairs_wait_in_order_until_a_person_decides,
    a_token_does_some_of_what_its_user_may,
    a_returning_user_has_their_current_roles,
    a_person_who_was_never_named_is_not_erased,
    nobody_writes_about_a_person_of_another_organisation,
    two_judges_are_asked_apart_and_compared,
);

fn the_log_is_read_a_page_at_a_time(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    for (minute, organisation, key) in [(0, "police", "1"), (1, "shelter", "2"), (2, "police", "3")] {
        r.now = format!("2026-11-24T12:{minute:02}:00Z").parse().unwrap();
        assert_eq!(r.notify(&[notification(organisation, key)]).unwrap().new, 1);
    }
    assert_eq!(r.organisations().unwrap().len(), 3);
    assert_eq!(r.lanes().unwrap().len(), 2);
    // A page of the log at a time.
    r.login("keeper", PASSWORD, None).unwrap();
    let seqs = |all: Vec<ijsberg_register::audit::Entry>| all.iter().map(|e| e.seq).collect::<Vec<_>>();
    let last = *seqs(r.audit_entries_before(None, 1).unwrap()).last().unwrap();
    assert_eq!(seqs(r.audit_entries(last - 4, 3).unwrap()), [last - 4, last - 3, last - 2]);
    assert_eq!(seqs(r.audit_entries_before(Some(last), 2).unwrap()), [last - 2, last - 1]);
}

fn pairs_wait_in_order_until_a_person_decides(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows: Vec<_> = (0..6)
        .map(|i| helped(if i % 2 == 0 { "police" } else { "shelter" }, &i.to_string(), "Ana"))
        .collect();
    // The last two share a code.
    rows[4].tokens = vec![("test".into(), vec![7; 16])];
    rows[5].tokens = vec![("test".into(), vec![7; 16])];
    let done = r.notify(&rows).unwrap();
    let ids: Vec<_> = done.registrations.iter().map(|x| x.unwrap()).collect();
    let link = |a: usize, b: usize, decision, probability, method: &str| Link {
        a: ids[a],
        b: ids[b],
        decision,
        probability,
        method: method.into(),
    };
    r.link(&[
        link(0, 1, "same", 0.7, "linkage"),
        link(2, 3, "undecided", 0.5, "by hand"),
        link(0, 3, "same", 0.99, "linkage"),
    ])
    .unwrap();
    let waiting = r.to_review(&PairFilter::below(0.95), 10).unwrap().pairs;
    let method: Vec<&str> = waiting.iter().map(|p| p.method.as_str()).collect();
    assert_eq!(method, ["by hand", "code test", "linkage"]);
    assert_eq!(waiting[2].probability, Some(0.7));
    let first = r.to_review(&PairFilter::below(0.95), 1).unwrap();
    assert_eq!((first.pairs.len(), first.waiting, first.judged), (1, 3, 0));
    for (why, at) in [(WaitReason::Undecided, 0), (WaitReason::Code, 1), (WaitReason::Linkage, 2)] {
        let which = PairFilter { why: Some(why), ..PairFilter::below(0.95) };
        assert_eq!(r.to_review(&which, 10).unwrap().pairs, waiting[at..=at]);
    }

    let both = r.side_by_side(&ids[0], &ids[1]).unwrap();
    assert_eq!(both.identities[0]["given_name"], "Ana");
    assert_eq!((both.decisions.len(), both.decisions[0].undone), (1, false));
    r.decide(&ids[0], &ids[1], "different").unwrap();
    r.decide(&ids[2], &ids[3], "same").unwrap();
    r.decide(&ids[5], &ids[4], "same").unwrap();
    // What a person decided does not come again, whichever way round it is asked.
    let done = r.to_review(&PairFilter::below(0.95), 10).unwrap();
    assert_eq!(done, Review { judged: 3, ..Review::default() });
    let both = r.side_by_side(&ids[1], &ids[0]).unwrap();
    let told: Vec<(&str, bool)> = both.decisions.iter().map(|d| (d.decision.as_str(), d.undone)).collect();
    assert!(told.contains(&("different", false)) && told.contains(&("same", true)), "{told:?}");
    // What decisions in force join with the two: by way of the fourth the third.
    let group = r.side_by_side(&ids[0], &ids[3]).unwrap().group;
    let at = |i: usize| group.members.iter().position(|m| m.id == ijsberg_crypto::hex(&ids[i])).unwrap();
    let told: std::collections::BTreeSet<_> =
        group.links.iter().map(|l| (l.a, l.b, l.decision.as_str())).collect();
    assert_eq!((group.members.len(), group.more, at(0), at(3)), (3, false, 0, 1));
    assert_eq!(told, [(0, 1, "same"), (1, at(2), "same")].into());
    let open = both.decisions.iter().find(|d| !d.undone).unwrap();
    r.undo_link(&id(&open.id).unwrap()).unwrap();
    // What it took the place of is in force again.
    let both = r.side_by_side(&ids[0], &ids[1]).unwrap();
    let told: Vec<_> = both.decisions.iter().map(|d| (d.method.as_str(), d.undone, d.taken_back)).collect();
    assert!(told.contains(&("by hand", true, true)) && told.contains(&("linkage", false, false)), "{told:?}");
    assert_eq!(r.to_review(&PairFilter::below(0.95), 10).unwrap().waiting, 1);
    log_in(&mut r, "worker", Role::CaseWorker, "*");
    assert!(matches!(r.to_review(&PairFilter::below(0.95), 10), Err(RegisterError::Denied { .. })));
    assert!(matches!(r.side_by_side(&ids[0], &ids[1]), Err(RegisterError::Denied { .. })));
}

fn a_token_does_some_of_what_its_user_may(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "sender", Role::Registrar, "police");
    let until = "2026-12-31".parse().unwrap();
    let token = r.issue_token("nightly", &[Operation::Notify], until).unwrap();
    assert!(r.issue_token("too much", &[Operation::ManageUsers], until).is_err());
    assert!(r.issue_token("too long", &[Operation::Notify], "2028-01-01".parse().unwrap()).is_err());
    assert!(r.issue_token("past", &[Operation::Notify], "2026-11-24".parse().unwrap()).is_err());
    assert!(r.issue_token("<script>", &[Operation::Notify], until).is_err());
    let id_of = id(&r.tokens().unwrap()[0].id).unwrap();

    r.resume_token(&token).unwrap();
    assert_eq!(r.notify(&[notification("police", "1")]).unwrap().new, 1);
    assert!(matches!(
        r.notify(&[notification("shelter", "1")]),
        Err(RegisterError::OtherOrganisation { .. })
    ));
    assert!(matches!(r.find("police", "1"), Err(RegisterError::Denied { .. })));
    // It makes no other tokens and takes none back.
    assert!(r.issue_token("another", &[Operation::Notify], until).is_err());
    assert!(r.revoke_token(&id_of).is_err());
    for wrong in ["", "ijsberg_", "ijsberg_00", &token.replace("ijsberg_", ""), &format!("{token}00")] {
        assert!(matches!(r.resume_token(wrong), Err(RegisterError::NoSession)), "{wrong}");
        assert!(r.session().is_none());
    }
    r.now = "2027-01-01T00:00:00Z".parse().unwrap();
    assert!(r.resume_token(&token).is_err());
    r.now = "2026-11-25T00:00:00Z".parse().unwrap();
    // Another cannot take it back; its owner can.
    r.login("keeper", PASSWORD, None).unwrap();
    assert!(r.revoke_token(&id_of).is_err());
    r.resume("sender").unwrap();
    r.revoke_token(&id_of).unwrap();
    assert!(r.resume_token(&token).is_err());
    // The register keeps no token: neither in its tables nor in its log.
    r.login("keeper", PASSWORD, None).unwrap();
    let said = format!("{:?}", r.audit_entries(1, 10_000).unwrap());
    assert!(said.contains("issue_token") && !said.contains(&token[8..]));
    let kept = r.driver().query("SELECT secret FROM api_token", &[]).unwrap();
    assert!(kept.iter().all(|row| ijsberg_crypto::hex(&row.get::<Vec<u8>>(0).unwrap()) != token[8..]));
}

fn a_returning_user_has_their_current_roles(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "reader", Role::Auditor, "*");
    assert!(r.audit_entries(1, 1).is_ok());
    r.login("keeper", PASSWORD, None).unwrap();
    let users = r.users().unwrap();
    let reader = users.iter().find(|u| u.name == "reader").unwrap();
    assert_eq!((reader.grants.len(), reader.disabled, reader.second_factor), (1, false, false));
    let grant = ijsberg_register::policy::Grant { role: Role::Auditor, organisation: "*".into() };
    r.set_grant("reader", &grant, false).unwrap();
    r.resume("reader").unwrap();
    assert!(matches!(r.audit_entries(1, 1), Err(RegisterError::Denied { .. })));
    r.resume("keeper").unwrap();
    r.set_disabled("reader", true).unwrap();
    assert!(matches!(r.resume("reader"), Err(RegisterError::NoSession)));
    assert!(matches!(r.resume("nobody"), Err(RegisterError::NoSession)));
    assert!(r.session().is_none());
}

fn a_person_who_was_never_named_is_not_erased(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let named = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let mut row = helped("shelter", "2", "");
    row.identity.clear();
    let nameless = r.notify(&[row]).unwrap().registrations[0].unwrap();
    let (named, nameless) = (person_of(&mut r, &named), person_of(&mut r, &nameless));
    assert_eq!(r.identity(&nameless).unwrap(), Identity::new());
    assert_eq!(r.identity(&named).unwrap()["given_name"], "Ana");
    erased_at_request(&mut r, &named);
    assert!(matches!(
        r.identity(&named),
        Err(RegisterError::Erased | RegisterError::OtherOrganisation { .. } | RegisterError::NotFound(_))
    ));
}

fn nobody_writes_about_a_person_of_another_organisation(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let registration = r.notify(&[helped("police", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &registration);
    log_in(&mut r, "stranger", Role::CaseWorker, "shelter");
    let note = fields(&serde_json::json!({ "types": ["Legal"] }));
    let refused = r.add_record("support", Some(&person), &GROUND, &note);
    assert!(matches!(refused, Err(RegisterError::OtherOrganisation { .. })), "{refused:?}");
    // A pseudonym that does not exist gets the same answer.
    let refused = r.add_record("support", Some(&[9; 16]), &GROUND, &note);
    assert!(matches!(refused, Err(RegisterError::OtherOrganisation { .. })), "{refused:?}");
    // Once their own organisation has notified the person, and somebody decided that it is one, it is their business too.
    r.login("keeper", PASSWORD, None).unwrap();
    assert!(r.add_record("support", Some(&person), &GROUND, &note).is_ok());
}

/// A second opinion: asked of users who have not decided, counted once both have, whatever is in force.
fn two_judges_are_asked_apart_and_compared(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows: Vec<_> = (0..3)
        .flat_map(|i| ["police", "shelter"].map(|o| helped(o, &i.to_string(), "Ana")))
        .chain([helped("border", "9", "Bo")])
        .collect();
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let second =
        |list: &str| PairFilter { why: Some(WaitReason::Second), list: list.to_owned(), below: 0.95 };
    let pairs = |r: &mut Register, which: &PairFilter| r.to_review(which, 10).unwrap().pairs.len();
    let told = |r: &mut Register| {
        let of = r.to_review(&PairFilter::below(0.95), 10).unwrap();
        (of.judged, of.twice, of.agreed)
    };
    r.decide(&ids[0], &ids[1], "same").unwrap();
    r.decide(&ids[2], &ids[3], "same").unwrap();
    r.decide(&ids[4], &ids[6], "different").unwrap();
    assert_eq!((pairs(&mut r, &second("")), told(&mut r)), (0, (3, 0, 0)));
    log_in(&mut r, "second", Role::Linker, "*");
    assert_eq!(pairs(&mut r, &second("")), 3);
    // Of each list: both of a pair may be on it.
    let lists = [("K", 1), ("O", 2), ("P", 3), ("nothing", 0)];
    assert_eq!(lists.map(|(l, _)| pairs(&mut r, &second(l))), lists.map(|l| l.1));
    let apart = PairFilter { why: Some(WaitReason::Disagreement), ..PairFilter::below(0.95) };
    r.decide(&ids[1], &ids[0], "same").unwrap();
    r.decide(&ids[2], &ids[3], "different").unwrap();
    assert_eq!((pairs(&mut r, &second("")), pairs(&mut r, &apart), told(&mut r)), (1, 1, (3, 2, 1)));
    // Who thinks again counts by what they thought last.
    r.decide(&ids[2], &ids[3], "same").unwrap();
    assert_eq!((pairs(&mut r, &apart), told(&mut r)), (0, (3, 2, 2)));
    // Undone step by step, until what the first judge decided is in force again.
    let in_force = |r: &mut Register| {
        let all = r.decisions().unwrap();
        let mut of = all.into_iter().filter(|d| [d.1, d.2] == [ids[2], ids[3]]);
        let one = of.next().unwrap();
        assert!(of.next().is_none());
        one
    };
    for decision in ["different", "same"] {
        let last = in_force(&mut r).0;
        r.undo_link(&last).unwrap();
        assert_eq!(in_force(&mut r).3, decision);
    }
    assert_eq!((pairs(&mut r, &second("")), told(&mut r)), (2, (3, 1, 1)));
    // What was left undecided is no opinion, and waits for both.
    r.decide(&ids[0], &ids[1], "undecided").unwrap();
    assert_eq!(told(&mut r), (3, 0, 0));
    assert_eq!(r.to_review(&PairFilter::below(0.95), 10).unwrap().waiting, 1);
}
