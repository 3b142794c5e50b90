//! What a person gets who asks what is registered of them.

use ijsberg_register::RegisterError;
use ijsberg_register::policy::Role;
use ijsberg_register::records::Ground;
use ijsberg_register::vault::Identity;
use serde_json::json;

use crate::common::{Backend, GROUND, Place, erased_at_request, fields, helped, log_in, on_both, person_of};

on_both!(
    a_packet_holds_what_is_about_a_person_and_nobody_else,
    a_packet_takes_every_organisation_of_the_person,
    a_text_in_place_of_a_code_and_the_safe_contact_are_free_texts,
);

fn a_packet_holds_what_is_about_a_person_and_nobody_else(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana"), helped("shelter", "2", "Bea")]).unwrap();
    let [ana, bea] = [0, 1].map(|n| person_of(&mut r, &done.registrations[n].unwrap()));
    let case =
        json!({"status": "Active", "opened_on": "2016", "owner": "kanarie", "reason": "Kanarie called"});
    let episode =
        json!({"form": "LABOUR", "region": "NL-ZH", "controlled_by": "Kanarie", "countries": ["NL"]});
    for (kind, record) in [("case", &case), ("episode", &episode)] {
        r.add_record(kind, Some(&ana), &GROUND, &fields(record)).unwrap();
    }
    let suspect = json!({"roles": ["Other"], "note": "Kanarie"});
    r.add_record("suspect", Some(&ana), &GROUND, &fields(&suspect)).unwrap();
    let suspicion = json!({"suspect_number": "S-7", "on": "2016", "offence": "article_2"});
    r.add_record("suspicion", Some(&ana), &GROUND, &fields(&suspicion)).unwrap();
    let packet = r.access_packet(&ana, false).unwrap();
    assert_eq!(packet.identity["given_name"], "Ana");
    assert_eq!((packet.registrations.len(), packet.records.len()), (1, 2));
    let of = |kind: &str| packet.records.iter().find(|told| told.kind == kind).unwrap();
    assert_eq!((&of("case").others, &of("case").texts), (&vec!["owner".into()], &vec!["reason".into()]));
    assert_eq!(of("episode").fields["form"], "LABOUR");
    assert_eq!(of("episode").fields["region"], "NL-ZH");
    let all = format!("{packet:?}");
    let other = ijsberg_crypto::hex(&bea);
    let others = ["Kanarie", "kanarie", "keeper", "Bea", "S-7", other.as_str()];
    assert!(others.iter().all(|name| !all.contains(name)), "{all}");
    // Free texts come where somebody asks for them, and are named, so that they are read first.
    let packet = r.access_packet(&ana, true).unwrap();
    let case = packet.records.iter().find(|told| told.kind == "case").unwrap();
    assert_eq!((&case.fields["reason"], &case.texts), (&json!("Kanarie called"), &vec!["reason".into()]));
    assert!(!case.fields.contains_key("owner"));
    let entries = r.audit_entries(1, 10_000).unwrap();
    let subject = format!("access:{}", ijsberg_crypto::hex(&ana));
    assert_eq!(entries.iter().filter(|e| e.subject == subject && e.outcome == "done").count(), 2);
    // Who was erased is still in the count, and nothing else is known of them.
    erased_at_request(&mut r, &bea);
    assert!(r.access_packet(&bea, true).unwrap().identity.is_empty());
}

fn a_packet_takes_every_organisation_of_the_person(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let ana = person_of(&mut r, &done.registrations[0].unwrap());
    let police = Ground { organisation: "police", purpose: "help", basis: "consent" };
    let case = fields(&json!({"status": "Active", "opened_on": "2016"}));
    r.add_record("case", Some(&ana), &police, &case).unwrap();
    log_in(&mut r, "ada", Role::CaseWorker, "shelter");
    assert!(matches!(r.access_packet(&ana, true), Err(RegisterError::OtherOrganisation { .. })));
    log_in(&mut r, "bea", Role::VaultKeeper, "*");
    assert!(matches!(r.access_packet(&ana, true), Err(RegisterError::Denied { .. })));
    log_in(&mut r, "cor", Role::CaseWorker, "*");
    assert_eq!(r.access_packet(&ana, true).unwrap().records.len(), 1);
}

fn a_text_in_place_of_a_code_and_the_safe_contact_are_free_texts(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let done = r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    let ana = person_of(&mut r, &done.registrations[0].unwrap());
    let contact = "by her sister Kanarie";
    r.set_identity(&ana, &Identity::from([("safe_contact".to_owned(), contact.to_owned())])).unwrap();
    let referral = json!({"to": "her sister Amina", "state": "sent"});
    let episode = json!({"form": "LABOUR", "region": "NL-ZH"});
    let journey = json!({"event": "Transit", "region": "at Amina's"});
    for (kind, record) in [("referral", &referral), ("episode", &episode), ("journey", &journey)] {
        r.add_record(kind, Some(&ana), &GROUND, &fields(record)).unwrap();
    }
    let packet = r.access_packet(&ana, false).unwrap();
    let of = |kind: &str| packet.records.iter().find(|told| told.kind == kind).unwrap();
    assert_eq!((&of("referral").texts, &of("journey").texts), (&vec!["to".into()], &vec!["region".into()]));
    assert_eq!(of("referral").fields["state"], "sent");
    assert!(of("episode").texts.is_empty() && of("episode").fields["region"] == "NL-ZH");
    assert_eq!(packet.identity["given_name"], "Ana");
    let all = format!("{packet:?}");
    assert!(!all.contains("Amina") && !all.contains("Kanarie"), "{all}");
    let packet = r.access_packet(&ana, true).unwrap();
    let of = |kind: &str| packet.records.iter().find(|told| told.kind == kind).unwrap();
    assert_eq!(of("referral").fields["to"], "her sister Amina");
    assert_eq!(of("journey").fields["region"], "at Amina's");
    assert_eq!(packet.identity["safe_contact"], contact);
}
