//! Who may be registered already, as far as the user who enters a person may know.

use ijsberg_register::Register;
use ijsberg_register::alike::{Common, PersonDetails, SHOWN, SimilarRegistrations};
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::Role;
use ijsberg_register::vault::Identity;

use crate::common::{Backend, Place, erased_at_request, helped, log_in, notification, on_both, person_of};

on_both!(
    a_person_entered_again_is_found_as_far_as_the_user_may_know,
    all_citizenships_count_where_a_year_of_birth_narrows,
    names_are_compared_at_the_pace_of_a_person,
);

/// Two names are one person's if they are equal in all parts that both have.
fn same_name(a: &Identity, b: &Identity) -> Option<bool> {
    let part = |of: &Identity| Some((of.get("given_name")?.clone(), of.get("family_name")?.clone()));
    Some(part(a)? == part(b)?)
}

fn entered(given: &str) -> PersonDetails {
    let family = format!("{given}escu");
    let identity = [("given_name", given), ("family_name", family.as_str())];
    let named = identity.into_iter().filter(|f| f.1 != "escu");
    PersonDetails {
        sex: "F".into(),
        birth_year: Some(1990),
        nationality: "RO".into(),
        form: "LABOUR".into(),
        identity: named.map(|(f, v)| (f.to_owned(), v.to_owned())).collect(),
    }
}

fn look(r: &mut Register, of: &PersonDetails) -> SimilarRegistrations {
    r.alike(of, &same_name).unwrap()
}

fn common(found: &SimilarRegistrations) -> Vec<(&str, Common)> {
    found.rows.iter().map(|(r, c)| (r.organisation.as_str(), *c)).collect()
}

fn a_person_entered_again_is_found_as_far_as_the_user_may_know(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let other = |n: Notification| Notification { nationality: "PL".into(), ..n };
    let rows = [
        helped("shelter", "1", "Ana"),
        helped("police", "2", "Ana"),
        helped("shelter", "3", "Bo"),
        notification("police", "4"),
        other(helped("shelter", "5", "Ana")),
        Notification { birth_year: Some(1991), ..helped("shelter", "6", "Ana") },
    ];
    let ids = r.notify(&rows).unwrap().registrations;
    // By name, and by codes where there is no name; somebody of another name, nationality or year is somebody else.
    let found = look(&mut r, &entered("Ana"));
    let both = [("police", Common::Name), ("shelter", Common::Name), ("police", Common::Codes)];
    let mut told = common(&found);
    told.sort_by_key(|t| (t.1, t.0));
    assert_eq!((told.as_slice(), found.found, found.paused), (both.as_slice(), 3, false));
    // Without a name all that have the same codes, the first of each person.
    let unnamed = look(&mut r, &entered(""));
    assert_eq!((unnamed.found, unnamed.rows.iter().all(|x| x.1 == Common::Codes)), (4, true));
    // An unknown detail contradicts nobody, and confirms nobody either.
    let unknown = PersonDetails { form: "UNKNOWN".into(), ..entered("") };
    assert_eq!(look(&mut r, &unknown).found, 0);
    let unknown = PersonDetails { form: "UNKNOWN".into(), nationality: String::new(), ..entered("Ana") };
    assert_eq!(look(&mut r, &unknown).found, 3);
    let nothing = PersonDetails { birth_year: None, nationality: String::new(), ..entered("Ana") };
    assert_eq!(look(&mut r, &nothing).found, 0);
    // The year of the date of birth does as well.
    let mut dated = PersonDetails { birth_year: None, ..entered("Ana") };
    dated.identity.insert("birth_date".into(), "1990-05".into());
    assert_eq!(look(&mut r, &dated).found, 3);
    // A registrar may read no names: codes alone, of their own organisation.
    log_in(&mut r, "own", Role::Registrar, "shelter");
    let found = look(&mut r, &entered("Ana"));
    assert_eq!(common(&found), [("shelter", Common::Codes); 2]);
    // A case worker of one organisation: names of that one.
    log_in(&mut r, "worker", Role::CaseWorker, "shelter");
    assert_eq!(common(&look(&mut r, &entered("Ana"))), [("shelter", Common::Name)]);
    // An erased person has no name to compare.
    r.login("keeper", crate::common::PASSWORD, None).unwrap();
    let person = person_of(&mut r, &ids[0].unwrap());
    erased_at_request(&mut r, &person);
    let left = look(&mut r, &entered("Ana"));
    assert!(left.rows.iter().all(|x| x.0.organisation != "shelter" || x.1 != Common::Name));
    // An unknown year of birth is no other one.
    let unknown = Notification { birth_year: None, minor: "unknown".into(), ..helped("police", "7", "Ana") };
    r.notify(&[unknown]).unwrap();
    let found = look(&mut r, &entered("Ana"));
    assert!(found.rows.iter().any(|x| x.0.birth_year.is_none() && x.1 == Common::Name));
    // A list of names is no name.
    let many = PersonDetails {
        identity: [
            ("given_name".to_owned(), "Ana ".repeat(200)),
            ("family_name".to_owned(), "Anaescu".to_owned()),
        ]
        .into(),
        ..entered("Ana")
    };
    assert!(look(&mut r, &many).rows.iter().all(|x| x.1 == Common::Codes));
    // The log says that names were compared and names nobody.
    let log = format!("{:?}", r.audit_entries(1, 10_000).unwrap());
    assert!(log.contains("alike by name") && log.contains("names compared") && !log.contains("Ana"));
}

/// By name alone only a few citizenships count: a user who enters all there are would compare the name with everybody.
fn all_citizenships_count_where_a_year_of_birth_narrows(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.notify(&[helped("shelter", "1", "Ana"), notification("police", "2")]).unwrap();
    let found = |r: &mut Register, birth_year, nationality: &str, given: &str| {
        let nationality = nationality.to_owned();
        look(r, &PersonDetails { birth_year, nationality, ..entered(given) }).found
    };
    // That of the registrations is the fourth.
    let four = "AF;BG;PL;RO";
    assert_eq!([found(&mut r, Some(1990), four, "Ana"), found(&mut r, Some(1990), four, "")], [2, 2]);
    assert_eq!([found(&mut r, None, four, "Ana"), found(&mut r, None, &four[3..], "Ana")], [0, 1]);
    assert_eq!(found(&mut r, Some(1990), "AF;BG;PL;SY", "Ana"), 0);
}

fn names_are_compared_at_the_pace_of_a_person(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows: Vec<_> = (0..SHOWN + 2).map(|i| helped("shelter", &i.to_string(), "Ana")).collect();
    r.notify(&rows).unwrap();
    let first = look(&mut r, &entered("Ana"));
    assert_eq!((first.rows.len(), first.found), (SHOWN, SHOWN + 2));
    for _ in 0..240 {
        look(&mut r, &entered("Bo"));
    }
    let found = look(&mut r, &entered("Ana"));
    assert!(found.paused && found.rows.iter().all(|x| x.1 == Common::Codes));
    // The auditors see it, once.
    look(&mut r, &entered("Ana"));
    assert_eq!(r.waiting().unwrap().unusual, Some(1));
    r.now += jiff::SignedDuration::from_mins(61);
    assert!(!look(&mut r, &entered("Ana")).paused);
}
