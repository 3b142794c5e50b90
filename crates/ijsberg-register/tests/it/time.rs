//! Slips in dates and wrong clocks erase nobody and keep nobody for ever.

use ijsberg_register::vault::Identity;
use ijsberg_register::{Register, RegisterError};

use crate::common::{Backend, PASSWORD, Place, helped, notification, on_both, person_of};

on_both!(
    slips_in_dates_are_refused_with_the_reason,
    nobody_is_erased_for_a_date_before_the_day_of_receipt,
    a_wrong_clock_writes_nothing,
    a_clock_that_runs_backwards_is_reported,
);

fn slips_in_dates_are_refused_with_the_reason(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let with = |happened: &str, birth: &str| {
        let mut row = helped("shelter", &format!("{happened} {birth}"), "Ana");
        row.happened_on = happened.into();
        row.identity.push(("birth_date", birth.into()));
        row
    };
    for (happened, birth, field) in [
        ("0206-05-01", "2019-02-28", "happened_on"),
        ("9999-05-01", "1990", "happened_on"),
        ("2027-01", "1990", "happened_on"),
        ("2026-05-01", "2019-02-29", "birth_date"),
        ("2026-05-01", "2031-13-45", "birth_date"),
        ("2026-05-01", "hello", "birth_date"),
        ("2026-05-01", "31-05-1990", "birth_date"),
        ("2026-05-01", "2027", "birth_date"),
        ("2026-05-01", "0990-01-01", "birth_date"),
    ] {
        let done = r.notify(&[with(happened, birth)]).unwrap();
        assert_eq!((done.new, done.errors.len()), (0, 1), "{happened} {birth}");
        let error = &done.errors[0];
        assert_eq!(error.field, field);
        let expected = error.expected.to_string();
        assert!(expected.contains("not in the future") && !expected.contains("hello"));
    }
    let mut unborn = notification("police", "unborn");
    unborn.birth_year = Some(2027);
    assert_eq!(r.notify(&[unborn]).unwrap().errors[0].field, "birth_year");
    let mut rows = [notification("police", "a"), notification("police", "b"), notification("police", "c")];
    (rows[0].birth_year, rows[0].minor) = (Some(2020), "unknown".into());
    (rows[1].birth_year, rows[1].minor) = (Some(2010), "no".into());
    rows[2].birth_year = Some(2005);
    let done = r.notify(&rows).unwrap();
    let fields: Vec<&str> = done.errors.iter().map(|e| e.field).collect();
    assert_eq!((done.new, fields), (0, vec!["birth_year", "minor", "minor"]));
    for error in &done.errors {
        assert!(error.expected.to_string().contains("happened_on"), "{error:?}");
    }
    let date = r.notify(&[with("2026-05", "1991-02")]).unwrap();
    assert_eq!(date.errors[0].field, "birth_year");
    assert!(date.errors[0].expected.to_string().contains("birth_date"));
    let id = r.notify(&[with("2026-05", "1990-02")]).unwrap().registrations[0].unwrap();
    let ana = person_of(&mut r, &id);
    for wrong in ["hello", "2031-13-45", "2027-01-01", "1990-2-3"] {
        let change = Identity::from([("birth_date".to_owned(), wrong.to_owned())]);
        let error = r.set_identity(&ana, &change).unwrap_err().to_string();
        assert!(error.contains("birth_date") && !error.contains("hello"), "{error}");
    }
    assert_eq!(r.identity(&ana).unwrap()["birth_date"], "1990-02");
    r.set_identity(&ana, &Identity::from([("birth_date".to_owned(), String::new())])).unwrap();
    for wrong in ["0206-05-01", "9999", "2027-01-01"] {
        let change = std::collections::BTreeMap::from([("happened_on".to_owned(), wrong.to_owned())]);
        assert!(matches!(r.correct(&id, 1, &change), Err(RegisterError::Invalid { .. })), "{wrong}");
    }
}

fn nobody_is_erased_for_a_date_before_the_day_of_receipt(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut row = helped("shelter", "1", "Ana");
    (row.happened_on, row.birth_year) = ("1916-05-01".into(), None);
    r.notify(&[row]).unwrap();
    r.set_retention("help", 1).unwrap();
    assert_eq!(r.due_for_erasing().unwrap(), 0);
    r.now = "2026-12-20T00:00:00Z".parse().unwrap();
    assert_eq!(r.due_for_erasing().unwrap(), 0);
    r.now = "2026-12-30T00:00:00Z".parse().unwrap();
    assert_eq!(r.due_for_erasing().unwrap(), 1);
}

fn a_wrong_clock_writes_nothing(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.notify(&[helped("shelter", "1", "Ana")]).unwrap();
    r.set_retention("help", 60).unwrap();
    let before = r.counts().unwrap();
    for wrong in
        ["2099-01-01T00:00:00Z", "2028-02-01T00:00:00Z", "2026-11-24T11:50:00Z", "1970-01-01T00:00:00Z"]
    {
        r.now = wrong.parse().unwrap();
        assert!(matches!(r.list_for_erasing(7), Err(RegisterError::Clock { .. })), "{wrong}");
        assert!(matches!(r.erase_listed(), Err(RegisterError::Clock { .. })), "{wrong}");
        assert!(
            matches!(r.notify(&[helped("shelter", "2", "Bo")]), Err(RegisterError::Clock { .. })),
            "{wrong}"
        );
        // Nor does a new process get in by logging in first, which would make it the last entry.
        let mut other = Register::open_with(place.driver(), place.files.clone(), r.now).unwrap();
        assert!(matches!(other.login("keeper", PASSWORD, None), Err(RegisterError::Clock { .. })), "{wrong}");
    }
    r.now = "2026-11-24T12:00:00Z".parse().unwrap();
    assert_eq!(r.counts().unwrap(), before);
    r.verify_audit().unwrap();
    // A user who checked confirms the date.
    r.now = "2029-02-01T00:00:00Z".parse().unwrap();
    r.day_said = Some("2029-01-31".parse().unwrap());
    assert!(r.due_for_erasing().is_err());
    r.day_said = Some("2029-02-01".parse().unwrap());
    assert_eq!(r.due_for_erasing().unwrap(), 0);
}

fn a_clock_that_runs_backwards_is_reported(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    assert!(r.verify_audit().unwrap().backwards.is_empty());
    // Requests are written down in the order in which they end, and clocks of two machines differ.
    r.now = "2026-11-24T11:58:00Z".parse().unwrap();
    r.notify(&[notification("police", "1")]).unwrap();
    assert!(r.verify_audit().unwrap().backwards.is_empty());
    // Little by little is as far.
    r.now = "2026-11-24T11:54:00Z".parse().unwrap();
    r.notify(&[notification("police", "2")]).unwrap();
    let told = r.verify_audit().unwrap();
    assert_eq!(told.backwards, [told.entries]);
}
