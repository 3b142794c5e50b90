//! The cases that a user may see, filtered, in order, page by page; and what a search finds.

use std::collections::BTreeSet;

use ijsberg_register::cases::{Column, Filter, PAGE, View, short};
use ijsberg_register::corrections::{Correction, MOST_CORRECTED};
use ijsberg_register::erasing::DELAY;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::Role;
use ijsberg_register::records::Ground;
use ijsberg_register::registrations::Registration;
use ijsberg_register::views::MOST_VIEWS;
use ijsberg_register::worklist::WaitingCounts;
use ijsberg_register::{Register, RegisterError, register};

use crate::common::{
    Backend, GROUND, Place, erased_at_request, fields, helped, log_in, notification, on_both, person_of,
};

on_both!(
    every_case_is_on_one_page,
    cases_are_filtered_and_put_in_order,
    cases_are_filtered_by_status,
    a_search_finds_what_its_user_may_see,
    what_waits_is_counted_within_reach,
    many_cases_are_corrected_at_once_or_none,
    a_list_is_kept_under_a_name,
    what_needs_attention_is_a_list,
);

fn furnished(place: &Place) -> Register {
    let mut r = place.furnished();
    for (minute, organisation, key) in [(0, "police", "1"), (1, "shelter", "2"), (2, "police", "3")] {
        r.now = format!("2026-11-24T12:{minute:02}:00Z").parse().unwrap();
        assert_eq!(r.notify(&[notification(organisation, key)]).unwrap().new, 1);
    }
    r
}

fn every_case_is_on_one_page(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    // Rows of one file are recorded at one moment, and sorted by nothing else.
    let file: Vec<_> = (0..2 * PAGE).map(|i| notification("police", &format!("file {i}"))).collect();
    r.notify(&file).unwrap();
    for by in Column::ALL {
        for ascending in [false, true] {
            let mut seen = BTreeSet::new();
            for page in 0..3 {
                let cases = r.cases(&Filter { by, ascending, page, ..Filter::default() }).unwrap();
                assert_eq!((cases.found, cases.more), (2 * PAGE as u64 + 3, false));
                assert_eq!(cases.rows.len(), if page < 2 { PAGE } else { 3 });
                assert!(cases.rows.iter().all(|x| seen.insert(x.id.clone())), "{by:?}");
            }
        }
    }
    // Past the end there is nothing; far past it nobody is looked for.
    assert!(r.cases(&Filter { page: 3, ..Filter::default() }).unwrap().rows.is_empty());
    let far = r.cases(&Filter { page: usize::MAX, ..Filter::default() });
    assert!(matches!(far, Err(RegisterError::Invalid { .. })));
}

fn cases_are_filtered_and_put_in_order(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    let case = |key: &str, day: &str, form: &str, nationality: &str, minor: &str| Notification {
        happened_on: day.into(),
        form: form.into(),
        nationality: nationality.into(),
        minor: minor.into(),
        birth_year: None,
        sex: "F".into(),
        ..notification("police", key)
    };
    r.notify(&[
        case("a", "2014-12-31", "LABOUR", "RO", "no"),
        case("b", "2015", "LABOUR", "PL", "yes"),
        case("c", "2015-12-31", "BEGGING", "PL", "unknown"),
        case("d", "2016-01-01", "UNKNOWN", "PL", "no"),
    ])
    .unwrap();
    let new = Filter { view: View::New, ..Filter::default() };
    assert_eq!(r.cases(&new).unwrap().found, 7);
    r.now = "2026-12-05T13:00:00Z".parse().unwrap();
    assert_eq!(r.cases(&new).unwrap().found, 0);
    let mut days = |f: Filter| -> Vec<String> {
        let police = Filter { organisation: "police".into(), ..f };
        r.cases(&police)
            .unwrap()
            .rows
            .into_iter()
            .map(|x| x.happened_on)
            .filter(|d| d.as_str() < "2016-05")
            .collect()
    };
    let of = |year: &str| Filter { year: year.into(), by: Column::Happened, ..Filter::default() };
    assert_eq!(days(of("2014")), ["2014-12-31"]);
    assert_eq!(days(of("2015")), ["2015-12-31", "2015"]);
    assert_eq!(days(Filter { ascending: true, ..of("2015") }), ["2015", "2015-12-31"]);
    let period = |until: &str| Filter { until: until.into(), ascending: true, ..of("2014") };
    assert_eq!(days(period("2014")), ["2014-12-31"]);
    assert_eq!(days(period("2015")), ["2014-12-31", "2015", "2015-12-31"]);
    assert_eq!(days(period("2016")), ["2014-12-31", "2015", "2015-12-31", "2016-01-01"]);
    // Without a first year all before the last one.
    assert_eq!(days(Filter { year: String::new(), ..period("2014") }), ["2014-12-31"]);
    let minors = Filter { view: View::Minors, by: Column::Happened, ..Filter::default() };
    assert_eq!(days(minors), ["2015-12-31", "2015"]);
    let incomplete =
        Filter { view: View::Incomplete, ascending: true, by: Column::Happened, ..Filter::default() };
    assert_eq!(days(incomplete), ["2015-12-31", "2016-01-01"]);
    assert_eq!(days(Filter { form: "BEGGING".into(), ..Filter::default() }), ["2015-12-31"]);
    assert_eq!(days(Filter { form: "BEGGING".into(), ..of("2014") }), [""; 0]);
    // What there is not is no filter that holds of nobody.
    for wrong in [
        Filter { form: "X' OR '1' = '1".into(), ..Filter::default() },
        Filter { year: "201".into(), ..Filter::default() },
        Filter { year: "2015' OR 1=1".into(), ..Filter::default() },
        Filter { until: "16".into(), ..Filter::default() },
        Filter { year: "2016".into(), until: "2015".into(), ..Filter::default() },
    ] {
        assert!(matches!(r.cases(&wrong), Err(RegisterError::Invalid { .. })), "{wrong:?}");
    }
    // Text in the place of an organisation stays text.
    let none = Filter { organisation: "police' OR '1' = '1".into(), ..Filter::default() };
    assert_eq!(r.cases(&none).unwrap().found, 0);
    let help = r.cases(&Filter { lane: Lane::Help.name().into(), ..Filter::default() }).unwrap().found;
    let other = r.cases(&Filter { lane: Lane::Statistics.name().into(), ..Filter::default() }).unwrap().found;
    assert_eq!(help + other, 7);
}

fn cases_are_filtered_by_status(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [
        helped("shelter", "1", "Ana"),
        helped("shelter", "2", "Bo"),
        helped("police", "3", "Cy"),
        // Nobody decides on who has no case, or is erased.
        notification("police", "4"),
        helped("police", "5", "Di"),
    ];
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let gone = person_of(&mut r, &ids[4]);
    erased_at_request(&mut r, &gone);
    let decide = |r: &mut Register, at: usize, organisation: &str, status: &str| {
        let user = r.session().unwrap().user.clone();
        let decision = serde_json::json!({"status": status, "deciding_organisation": "NGO", "reasons": "r",
            "decided_on": "2016", "decided_by": user});
        let ground = Ground { organisation, ..GROUND };
        let person = person_of(r, &ids[at]);
        r.add_record("status", Some(&person), &ground, &fields(&decision)).unwrap();
        r.now += jiff::SignedDuration::from_mins(1);
    };
    let of = |status: &str| Filter { status: status.into(), ..Filter::default() };
    let found = |r: &mut Register, status: &str| {
        let cases = r.cases(&of(status)).unwrap();
        assert_eq!(cases.rows.len() as u64, cases.found);
        cases.found
    };
    assert_eq!((found(&mut r, "none"), found(&mut r, "PRESUMED")), (3, 0));
    decide(&mut r, 0, "shelter", "PRESUMED");
    decide(&mut r, 2, "police", "PRESUMED");
    assert_eq!((found(&mut r, "none"), found(&mut r, "PRESUMED")), (1, 2));
    // The last one counts.
    decide(&mut r, 0, "shelter", "ESTABLISHED");
    assert_eq!((found(&mut r, "PRESUMED"), found(&mut r, "ESTABLISHED")), (1, 1));
    let both = Filter { organisation: "shelter".into(), ..of("PRESUMED") };
    assert_eq!(r.cases(&both).unwrap().found, 0);
    assert!(matches!(r.cases(&of("X' OR 1=1")), Err(RegisterError::Invalid { .. })));
    // Within reach, and for nobody who may not read records.
    log_in(&mut r, "own", Role::CaseWorker, "shelter");
    assert_eq!((found(&mut r, "PRESUMED"), found(&mut r, "ESTABLISHED"), found(&mut r, "none")), (0, 1, 1));
    log_in(&mut r, "counts", Role::Statistician, "*");
    assert!(matches!(r.cases(&of("PRESUMED")), Err(RegisterError::Denied { .. })));
    assert_eq!(r.cases(&Filter::default()).unwrap().found, 5);
}

fn a_search_finds_what_its_user_may_see(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    // The same reference with two organisations is two cases.
    r.notify(&[notification("shelter", "1")]).unwrap();
    assert_eq!(r.search("", "1").unwrap().len(), 2);
    assert_eq!(r.search("police", " 1 ").unwrap().len(), 1);
    assert!(r.search("", "unheard of").unwrap().is_empty());
    let of_shelter = r.search("shelter", "2").unwrap().remove(0);
    let digits = short(&of_shelter.person);
    assert_eq!(digits.len(), 9);
    assert_eq!(r.search("", &digits).unwrap()[0].id, of_shelter.id);
    assert_eq!(r.search("", &of_shelter.person).unwrap()[0].id, of_shelter.id);
    assert!(r.search("", &digits[..7]).unwrap().is_empty());
    log_in(&mut r, "own", Role::Registrar, "police");
    assert!(r.search("", &digits).unwrap().is_empty());
    assert!(matches!(r.search("shelter", "2"), Err(RegisterError::OtherOrganisation { .. })));
    assert_eq!(r.search("", "1").unwrap().len(), 1);
    assert_eq!(r.cases(&Filter::default()).unwrap().found, 2);
    let foreign = Filter { organisation: "shelter".into(), ..Filter::default() };
    assert_eq!(r.cases(&foreign).unwrap().found, 0);
    log_in(&mut r, "none", Role::Registrar, "border");
    assert!(r.cases(&Filter::default()).unwrap().rows.is_empty());
}

fn what_waits_is_counted_within_reach(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    let find = |r: &mut ijsberg_register::Register, organisation: &str, key: &str| {
        let found = r.search(organisation, key).unwrap().remove(0);
        ijsberg_register::register::id(&found.id).unwrap()
    };
    let [one, two, three] =
        [("police", "1"), ("shelter", "2"), ("police", "3")].map(|(o, k)| find(&mut r, o, k));
    r.decide(&one, &two, "undecided").unwrap();
    r.decide(&one, &three, "undecided").unwrap();
    r.decide(&two, &three, "different").unwrap();
    assert_eq!(r.waiting().unwrap().pairs, Some(2));
    log_in(&mut r, "own", Role::Linker, "police");
    assert_eq!(r.waiting().unwrap(), WaitingCounts { pairs: Some(1), ..WaitingCounts::default() });
    log_in(&mut r, "reads", Role::Registrar, "police");
    assert_eq!(r.waiting().unwrap(), WaitingCounts::default());
    r.logout();
    assert!(matches!(r.waiting(), Err(RegisterError::NoSession)));
}

/// One field in many cases: all or none, an entry for each, and back.
fn many_cases_are_corrected_at_once_or_none(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    let shown = |r: &mut Register| r.cases(&Filter { ascending: true, ..Filter::default() }).unwrap().rows;
    let before = shown(&mut r);
    let to = |x: &Registration, value: &str| Correction {
        registration: register::id(&x.id).unwrap(),
        base: x.version,
        value: value.to_owned(),
    };
    let all: Vec<_> = before.iter().map(|x| to(x, "SEX_OTHER")).collect();
    let entries = r.verify_audit().unwrap().entries;
    let back = r.correct_many("form", &all).unwrap();
    assert_eq!(back.len(), 3);
    assert!(shown(&mut r).iter().all(|x| x.form == "SEX_OTHER" && x.version == 2));
    // One entry for each, and one for all together.
    let log = r.audit_entries(entries + 1, 100).unwrap();
    let of_one = |x: &Registration| log.iter().filter(|e| e.subject.contains(&x.id)).count();
    assert!(before.iter().all(|x| of_one(x) == 1), "{log:?}");
    // A user who read them before somebody corrected them corrects none, though only one has another version.
    let mixed = [to(&before[0], "LABOUR"), to(&shown(&mut r)[1], "LABOUR")];
    assert!(matches!(r.correct_many("form", &mixed), Err(RegisterError::Conflict { .. })));
    let wrong = [to(&shown(&mut r)[0], "SEX_OTHER"), to(&shown(&mut r)[1], "NOTHING")];
    assert!(matches!(r.correct_many("form", &wrong), Err(RegisterError::Invalid { .. })));
    assert!(shown(&mut r).iter().all(|x| x.form == "SEX_OTHER" && x.version == 2));
    // What has the value already is not corrected, and comes back from nowhere.
    let again: Vec<_> = shown(&mut r).iter().map(|x| to(x, "SEX_OTHER")).collect();
    assert!(r.correct_many("form", &again).unwrap().is_empty());
    assert_eq!(r.correct_many("form", &back).unwrap().len(), 3);
    let forms = |all: &[Registration]| all.iter().map(|x| x.form.clone()).collect::<Vec<_>>();
    assert_eq!(forms(&shown(&mut r)), forms(&before));
    // They are as they were: putting them back once more corrects none.
    assert!(r.correct_many("form", &back).unwrap().is_empty());
    // Fields that another could contradict, none at all, and more than anybody ticks.
    for (field, how_many) in [("minor", 1), ("form", 0), ("form", MOST_CORRECTED + 1)] {
        let all = vec![to(&before[0], "UNKNOWN"); how_many];
        assert!(
            matches!(r.correct_many(field, &all), Err(RegisterError::Invalid { .. })),
            "{field} {how_many}"
        );
    }
    r.verify_audit().unwrap();
}

/// What somebody should look at, as far as they reach.
fn what_needs_attention_is_a_list(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    let attention = Filter { view: View::Attention, ..Filter::default() };
    let found = |r: &mut Register| {
        let mut keys: Vec<String> = r.cases(&attention).unwrap().rows.into_iter().map(|x| x.id).collect();
        keys.sort();
        keys
    };
    let id =
        |r: &mut Register, organisation: &str, key: &str| r.search(organisation, key).unwrap().remove(0).id;
    assert_eq!(found(&mut r), [""; 0]);
    let [one, two, three] =
        [("police", "1"), ("shelter", "2"), ("police", "3")].map(|(o, k)| id(&mut r, o, k));
    let sorted = |mut all: Vec<&String>| {
        all.sort();
        all.into_iter().cloned().collect::<Vec<_>>()
    };
    // A pair that nobody could decide on; not one that somebody decided.
    let [a, b, c] = [&one, &two, &three].map(|x| register::id(x).unwrap());
    r.decide(&a, &c, "different").unwrap();
    assert_eq!(found(&mut r), [""; 0]);
    r.decide(&a, &b, "undecided").unwrap();
    assert_eq!(found(&mut r), sorted(vec![&one, &two]));
    // A person who is listed for erasing.
    let person = person_of(&mut r, &c);
    r.list_person_for_erasing(&person, DELAY).unwrap();
    assert_eq!(found(&mut r), sorted(vec![&one, &two, &three]));
    // An emergency that nobody looked at yet.
    let ids = r.notify(&[helped("shelter", "4", "Ana")]).unwrap().registrations;
    let four = ijsberg_crypto::hex(&ids[0].unwrap());
    let person = person_of(&mut r, &ids[0].unwrap());
    log_in(&mut r, "worker", Role::CaseWorker, "shelter");
    assert_eq!(found(&mut r), [""; 0]);
    r.break_glass(&person, "somebody is in danger", 5, "keeper").unwrap();
    assert_eq!(found(&mut r), [four.as_str()]);
    // The other half of a pair is beyond reach, so the pair is not theirs to look at.
    log_in(&mut r, "own", Role::Registrar, "police");
    assert_eq!(found(&mut r), [three.as_str()]);
    r.login("keeper", crate::common::PASSWORD, None).unwrap();
    assert_eq!(found(&mut r), sorted(vec![&one, &two, &three, &four]));
    let event = register::id(&r.broken_glass().unwrap()[0].id).unwrap();
    r.review_broken_glass(&event).unwrap();
    r.decide(&a, &b, "same").unwrap();
    assert_eq!(found(&mut r), [three.as_str()]);
    // What is not known is asked for after a month.
    let unknown = Notification { form: "UNKNOWN".into(), ..notification("police", "5") };
    let five = ijsberg_crypto::hex(&r.notify(&[unknown]).unwrap().registrations[0].unwrap());
    assert_eq!(found(&mut r), [three.as_str()]);
    r.now += jiff::SignedDuration::from_hours(31 * 24);
    assert_eq!(found(&mut r), sorted(vec![&three, &five]));
}

/// Lists of one's own, each under a name; nobody else has them.
fn a_list_is_kept_under_a_name(backend: Backend) {
    let place = Place::new(backend);
    let mut r = furnished(&place);
    let filter = Filter {
        view: View::Minors,
        organisation: "police".to_owned(),
        form: "LABOUR".to_owned(),
        year: "2015".to_owned(),
        until: "2016".to_owned(),
        by: Column::Form,
        ascending: true,
        page: 3,
        ..Filter::default()
    };
    r.save_view(" Arbeid in 2015 ", &filter).unwrap();
    r.save_view("Alles", &Filter::default()).unwrap();
    let first = Filter { page: 0, ..filter.clone() };
    let saved = r.saved_views().unwrap();
    assert_eq!(saved.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["Alles", "Arbeid in 2015"]);
    assert_eq!((&saved[0].filter, &saved[1].filter), (&Filter::default(), &first));
    // The same name again is the same list.
    r.save_view("Alles", &first).unwrap();
    assert_eq!(r.saved_views().unwrap()[0].filter, first);
    for name in ["", "  ", "two\nlines", &"long".repeat(16)] {
        assert!(matches!(r.save_view(name, &first), Err(RegisterError::Invalid { .. })), "{name}");
    }
    let nothing = || "Ana from Brazil".to_owned();
    for wrong in [
        Filter { form: nothing(), ..Filter::default() },
        Filter { lane: nothing(), ..Filter::default() },
        Filter { organisation: nothing(), ..Filter::default() },
        Filter { year: nothing(), ..Filter::default() },
    ] {
        assert!(matches!(r.save_view("wrong", &wrong), Err(RegisterError::Invalid { .. })), "{wrong:?}");
    }
    for n in 2..MOST_VIEWS {
        r.save_view(&format!("list {n}"), &first).unwrap();
    }
    assert!(matches!(r.save_view("one more", &first), Err(RegisterError::Invalid { .. })));
    r.save_view("list 2", &Filter::default()).unwrap();
    r.remove_view("list 2").unwrap();
    assert!(matches!(r.remove_view("list 2"), Err(RegisterError::NotFound(_))));
    log_in(&mut r, "worker", Role::CaseWorker, "shelter");
    assert!(r.saved_views().unwrap().is_empty());
    assert!(r.remove_view("Alles").is_err());
    r.verify_audit().unwrap();
}
