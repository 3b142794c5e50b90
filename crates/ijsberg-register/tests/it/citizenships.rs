//! Notifications of people with several citizenships, with one, with none, or of whom none is known; and registers from before.

use std::collections::BTreeMap;

use ijsberg_register::alike::PersonDetails;
use ijsberg_register::cases::{Filter, View};
use ijsberg_register::corrections::Correction;
use ijsberg_register::notify::{Notification, RowError};
use ijsberg_register::register::Id;
use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};

use crate::common::{Backend, PASSWORD, Place, helped, notification, on_both, person_of};

on_both!(
    several_citizenships_are_kept_and_corrected,
    citizenships_are_corrected_in_many_cases_at_once_and_put_back,
    people_who_share_one_of_several_citizenships_may_be_the_same,
    a_person_with_two_citizenships_counts_once,
    a_register_from_before_opens_with_the_citizenships_that_it_has,
);

fn citizen(organisation: &str, key: &str, of: &str) -> Notification {
    Notification { nationality: of.into(), ..notification(organisation, key) }
}

fn change(of: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("nationality".to_owned(), of.to_owned())])
}

fn taken(r: &mut Register, rows: &[Notification]) -> Vec<Id> {
    let done = r.notify(rows).unwrap();
    assert!(done.errors.is_empty(), "{:?}", done.errors);
    done.registrations.into_iter().map(Option::unwrap).collect()
}

fn read(r: &mut Register, ids: &[Id]) -> Vec<String> {
    let one = |id: &Id| {
        let person = person_of(r, id);
        r.registrations(&person).unwrap().remove(0).nationality
    };
    ids.iter().map(one).collect()
}

fn incomplete(r: &mut Register) -> u64 {
    r.cases(&Filter { view: View::Incomplete, ..Filter::default() }).unwrap().found
}

fn several_citizenships_are_kept_and_corrected(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    // Codes in order and each once; who is stateless has no other. What stood there is not repeated.
    for of in ["NL;MA", "MA;MA", "MA NL", "NL;XX", "MA;ZZ", "Kanarie", "MA;Kanarie"] {
        let wrong = r.notify(&[citizen("border", "1", of)]).unwrap();
        let [RowError { field: "nationality", expected, .. }] = &wrong.errors[..] else {
            panic!("{of}: {:?}", wrong.errors)
        };
        assert!(expected.to_string().contains("MA;NL") && !expected.to_string().contains("Kanarie"));
    }
    let rows = [citizen("border", "1", "MA;NL"), citizen("police", "1", "XX"), citizen("police", "2", "")];
    let ids = taken(&mut r, &rows);
    assert_eq!(read(&mut r, &ids), ["MA;NL", "XX", ""]);
    assert_eq!(incomplete(&mut r), 1);
    // The same case with fewer of them is not taken, and that is said; nothing is said of the same.
    let other = r.notify(&[citizen("border", "1", "MA")]).unwrap();
    assert_eq!(other.differ[0].fields, ["nationality"]);
    assert!(r.notify(&[citizen("border", "1", "MA;NL")]).unwrap().differ.is_empty());
    assert_eq!(r.correct(&ids[0], 1, &change("MA;NL;SY")).unwrap(), 2);
    assert!(r.correct(&ids[0], 2, &change("NL;MA")).is_err());
    assert!(r.correct(&ids[0], 2, &change("MA;XX")).is_err());
    assert_eq!(read(&mut r, &ids), ["MA;NL;SY", "XX", ""]);
    assert_eq!(r.correct(&ids[0], 2, &change("")).unwrap(), 3);
    assert_eq!((read(&mut r, &ids)[0].as_str(), incomplete(&mut r)), ("", 2));
    r.verify_audit().unwrap();
}

fn citizenships_are_corrected_in_many_cases_at_once_and_put_back(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [citizen("border", "1", "MA;NL"), citizen("border", "2", ""), citizen("police", "1", "NL;SY")];
    let ids = taken(&mut r, &rows);
    let to = |value: &str| -> Vec<Correction> {
        let one = |id: &Id| Correction { registration: *id, base: 1, value: value.to_owned() };
        ids.iter().map(one).collect()
    };
    for wrong in ["SY;NL", "NL;XX", "nl"] {
        assert!(matches!(r.correct_many("nationality", &to(wrong)), Err(RegisterError::Invalid { .. })));
    }
    let back = r.correct_many("nationality", &to("NL;SY")).unwrap();
    // One of them had both already.
    assert_eq!((back.len(), read(&mut r, &ids)), (2, vec!["NL;SY".to_owned(); 3]));
    assert_eq!(r.correct_many("nationality", &back).unwrap().len(), 2);
    assert_eq!(read(&mut r, &ids), ["MA;NL", "", "NL;SY"]);
    r.verify_audit().unwrap();
}

fn people_who_share_one_of_several_citizenships_may_be_the_same(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut named = helped("shelter", "5", "Ana");
    (named.nationality, named.birth_year) = ("BE;NL".into(), Some(1980));
    let rows = [
        citizen("police", "1", "MA;NL"),
        citizen("police", "2", "SY"),
        citizen("police", "3", "MA"),
        citizen("police", "4", ""),
        named,
    ];
    taken(&mut r, &rows);
    let by_codes = |of: &str| PersonDetails {
        sex: "F".into(),
        birth_year: Some(1990),
        nationality: of.into(),
        form: "LABOUR".into(),
        ..PersonDetails::default()
    };
    let unsaid = |_: &Identity, _: &Identity| -> Option<bool> { None };
    let mut found = |of: &str| r.alike(&by_codes(of), &unsaid).unwrap().found;
    assert_eq!(["NL;SY", "MA", "NL", "MA;NL;SY", "XX", "%", ""].map(&mut found), [2, 2, 1, 3, 0, 0, 0]);
    // A name alone is compared with compatriots, and not with everybody at once.
    let by_name = |of: &str| PersonDetails {
        birth_year: None,
        identity: ["given_name", "family_name"].map(|f| (f.to_owned(), "x".to_owned())).into(),
        ..by_codes(of)
    };
    let everybody = |_: &Identity, _: &Identity| Some(true);
    let mut found = |of: &str| r.alike(&by_name(of), &everybody).unwrap().found;
    assert_eq!(["NL;SY", "BE", "RO", "%", ""].map(&mut found), [1, 1, 0, 0, 0]);
    assert_eq!(found("AD;AE;AF;BE"), 0);
}

fn a_person_with_two_citizenships_counts_once(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [
        citizen("police", "1", "MA;NL"),
        citizen("police", "2", "MA"),
        citizen("shelter", "2", "NL"),
        citizen("police", "3", "RO;SY"),
        citizen("police", "4", "XX"),
        citizen("police", "5", ""),
    ];
    let ids = taken(&mut r, &rows);
    r.decide(&ids[1], &ids[2], "same").unwrap();
    let table = r.histories(2016, 2016).unwrap();
    let mut told: Vec<String> = Vec::new();
    for p in &table.persons {
        let all: Vec<&str> = p.citizenships.iter().map(String::as_str).collect();
        told.push(format!("{}: {}", p.nationality, all.join(" ")));
    }
    told.sort();
    // A person with a Dutch and another citizenship counts as Dutch, on whichever list that stands, and as nothing else.
    assert_eq!(told, ["NL: MA NL", "NL: MA NL", "other: RO SY", "other: XX", "unknown: "]);
    let columns = table.columns();
    let nationality = &columns.iter().find(|c| c.0 == "nationality").unwrap().1;
    let with = |level: Option<&str>| nationality.iter().filter(|n| n.as_deref() == level).count();
    assert_eq!([with(Some("NL")), with(Some("other")), with(None)], [2, 2, 1]);
    // There is room for one in the global dataset: that of the country, and it is reported.
    let ((header, out), losses) = r.export_ctdc("register", "NL").unwrap();
    let at = header.iter().position(|h| h == "citizenship").unwrap();
    let mut cells: Vec<&str> = out.iter().map(|row| row[at].as_str()).collect();
    cells.sort_unstable();
    assert_eq!(cells, ["-99", "NL", "NL", "RO", "XX"]);
    assert!(losses.iter().any(|l| l.field == "citizenship" && l.rows == 3), "{losses:?}");
}

fn a_register_from_before_opens_with_the_citizenships_that_it_has(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [citizen("border", "1", "RO"), citizen("border", "2", "ZZ"), citizen("border", "3", "")];
    let ids = taken(&mut r, &rows);
    drop(r);
    place.driver().execute("DELETE FROM migration WHERE number >= $1", &[15.into()]).unwrap();
    let mut r = place.open();
    r.login("keeper", PASSWORD, None).unwrap();
    r.verify_audit().unwrap();
    let last = place.driver().first("SELECT name FROM migration WHERE number = 15", &[]).unwrap();
    assert_eq!(last.unwrap().get::<String>(0).unwrap(), "citizenships");
    assert_eq!(read(&mut r, &ids), ["RO", "ZZ", ""]);
    // The code of who has one that is not known says nothing.
    let table = r.histories(2016, 2016).unwrap();
    let unknown = table.persons.iter().filter(|p| p.nationality == "unknown" && p.citizenships.is_empty());
    assert_eq!((unknown.count(), incomplete(&mut r)), (2, 2));
    r.correct(&ids[0], 1, &change("NL;RO")).unwrap();
    // What an earlier version kept can be put back.
    let to = Correction { registration: ids[1], base: 1, value: "NL".to_owned() };
    let back = r.correct_many("nationality", &[to]).unwrap();
    assert_eq!(r.correct_many("nationality", &back).unwrap().len(), 1);
    assert_eq!(read(&mut r, &ids), ["NL;RO", "ZZ", ""]);
    r.verify_audit().unwrap();
}
