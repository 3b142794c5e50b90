//! The part of article 273f, first paragraph, that a notification rests on; and registers from before it was recorded.

use std::collections::BTreeMap;

use ijsberg_register::corrections::Correction;
use ijsberg_register::notify::{Notification, RowError};
use ijsberg_register::register::Id;
use ijsberg_register::{Register, RegisterError};

use crate::common::{Backend, PASSWORD, Place, notification, on_both, person_of};

on_both!(
    the_part_of_the_article_is_kept_corrected_and_counted,
    parts_are_corrected_in_many_cases_at_once_and_put_back,
    a_register_from_before_has_the_column_and_keeps_its_hashes,
);

fn resting(n: Notification, part: &str) -> Notification {
    Notification { article_part: part.into(), ..n }
}

fn change(part: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("article_part".to_owned(), part.to_owned())])
}

fn the_part_of_the_article_is_kept_corrected_and_counted(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    // Codes in order and each once, or nothing; what stood there is not repeated.
    for part in ["3", "sub4 sub1", "sub10", "Kanarie"] {
        let wrong = r.notify(&[resting(notification("border", "1"), part)]).unwrap();
        let [RowError { field: "article_part", expected, .. }] = &wrong.errors[..] else {
            panic!("{:?}", wrong.errors)
        };
        assert!(expected.to_string().contains("273f") && !expected.to_string().contains("Kanarie"));
    }
    let rows = [
        resting(notification("border", "1"), "sub3"),
        resting(notification("police", "1"), "sub1 sub4"),
        notification("police", "2"),
    ];
    let ids: Vec<Id> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let read = |r: &mut Register, id: &Id| {
        let person = person_of(r, id);
        let one = r.registrations(&person).unwrap().remove(0);
        (one.article_part, one.version, one.codes)
    };
    let (part, version, codes) = read(&mut r, &ids[0]);
    assert_eq!((part.as_str(), version), ("sub3", 1));
    assert!(codes.contains("article_part nl_sr_273f_1"), "{codes}");
    assert_eq!(read(&mut r, &ids[2]).0, "");
    // The same case with another part is not taken, and that is said.
    let other = r.notify(&[resting(notification("border", "1"), "sub6")]).unwrap();
    assert_eq!(other.differ[0].fields, ["article_part"]);
    let twice = [notification("border", "9"), resting(notification("border", "9"), "sub3")];
    assert_eq!(r.notify(&twice).unwrap().wrong_rows(), 1);
    assert_eq!(r.correct(&ids[0], 1, &change("sub2 sub3")).unwrap(), 2);
    assert!(r.correct(&ids[0], 2, &change("3")).is_err());
    assert_eq!(read(&mut r, &ids[0]).0, "sub2 sub3");
    assert_eq!(r.correct(&ids[0], 2, &change("")).unwrap(), 3);
    assert_eq!(read(&mut r, &ids[0]).0, "");
    r.verify_audit().unwrap();
}

fn parts_are_corrected_in_many_cases_at_once_and_put_back(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [
        resting(notification("border", "1"), "sub1 sub4"),
        notification("border", "2"),
        resting(notification("police", "1"), "sub3"),
    ];
    let ids: Vec<Id> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let read = |r: &mut Register| -> Vec<String> {
        let one = |id: &Id| {
            let person = person_of(r, id);
            let one = r.registrations(&person).unwrap().remove(0);
            format!("{} {}", one.version, one.article_part)
        };
        ids.iter().map(one).collect()
    };
    let to = |value: &str| -> Vec<Correction> {
        let one = |id: &Id| Correction { registration: *id, base: 1, value: value.to_owned() };
        ids.iter().map(one).collect()
    };
    for wrong in ["3", "sub4 sub1", "sub10"] {
        assert!(matches!(r.correct_many("article_part", &to(wrong)), Err(RegisterError::Invalid { .. })));
    }
    assert_eq!(read(&mut r), ["1 sub1 sub4", "1 ", "1 sub3"]);
    let back = r.correct_many("article_part", &to("sub3")).unwrap();
    // One of them rested on it already.
    assert_eq!((back.len(), read(&mut r)), (2, ["2 sub3", "2 sub3", "1 sub3"].map(str::to_owned).to_vec()));
    assert_eq!(r.correct_many("article_part", &back).unwrap().len(), 2);
    assert_eq!(read(&mut r), ["3 sub1 sub4", "3 ", "1 sub3"]);
    r.verify_audit().unwrap();
}

fn a_register_from_before_has_the_column_and_keeps_its_hashes(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[notification("border", "1")]).unwrap().registrations[0].unwrap();
    drop(r);
    let mut driver = place.driver();
    driver.batch("ALTER TABLE registration DROP COLUMN article_part").unwrap();
    driver.execute("DELETE FROM migration WHERE number >= $1", &[14.into()]).unwrap();
    drop(driver);
    let mut r = place.open();
    r.login("keeper", PASSWORD, None).unwrap();
    r.verify_audit().unwrap();
    let person = person_of(&mut r, &id);
    assert_eq!(r.registrations(&person).unwrap()[0].article_part, "");
    r.correct(&id, 1, &change("sub3")).unwrap();
    r.notify(&[resting(notification("border", "2"), "sub3")]).unwrap();
    r.verify_audit().unwrap();
    assert_eq!(r.registrations(&person).unwrap()[0].article_part, "sub3");
}
