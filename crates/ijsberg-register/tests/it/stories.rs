//! What the register promises of its data, on both back ends.

use ijsberg_register::RegisterError;
use ijsberg_register::lanes::Lane;
use ijsberg_register::links::{Link, RelinkCounts};
use ijsberg_register::notify::RowDiffers;
use ijsberg_register::policy::Role;
use ijsberg_register::records::Ground;
use ijsberg_register::vault::Identity;
use serde_json::json;

use crate::common::{
    Backend, GROUND, PASSWORD, Place, erased, erased_at_request, fields, helped, log_in, notification,
    on_both, person_of,
};

on_both!(
    a_lane_without_a_basis_takes_nothing,
    all_rows_are_taken_or_none_and_a_file_can_be_sent_again,
    links_make_histories_and_can_be_taken_back,
    changes_meet_and_nothing_is_lost,
    time_runs_out_and_the_count_stays,
    wrong_codes_are_corrected_once,
    a_report_counts_codes_and_nothing_else,
    a_later_version_is_refused,
);

fn a_lane_without_a_basis_takes_nothing(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.open();
    let grant = |role| ijsberg_register::policy::Grant { role, organisation: "*".into() };
    r.first_user("a", PASSWORD, &[grant(Role::Administrator), grant(Role::Registrar)], crate::common::CHEAP)
        .unwrap();
    assert!(matches!(r.notify(&[]), Err(RegisterError::NoSession)));
    r.login("a", PASSWORD, None).unwrap();
    r.add_organisation("police", "Police", "NP", "P", true).unwrap();
    let mut mixed = [notification("police", "1"), helped("police", "2", "Ana")];
    for closed in [&mixed[..1], &mixed[1..], &mixed] {
        assert!(matches!(r.notify(closed), Err(RegisterError::LaneClosed(_))));
        assert!(matches!(r.notify_dry(closed), Err(RegisterError::LaneClosed(_))));
    }
    assert!(r.open_lane(Lane::Statistics, " ", "2026-01-01").is_err());
    assert!(r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "soon").is_err());
    r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01").unwrap();
    assert_eq!(r.notify(&[notification("police", "1")]).unwrap().new, 1);
    // A file that has rows for a closed lane too is refused as a whole.
    mixed.reverse();
    assert!(matches!(r.notify(&mixed), Err(RegisterError::LaneClosed(lane)) if lane == "help"));
    // No direct identifiers on the statistics track.
    let mut named = helped("police", "2", "Canary");
    named.lane = Lane::Statistics;
    let wrong = r.notify(&[named]).unwrap();
    assert!(wrong.errors[0].expected.to_string().contains("no direct identifiers"));
}

fn all_rows_are_taken_or_none_and_a_file_can_be_sent_again(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows =
        vec![notification("police", "1"), notification("police", "2"), notification("shelter", "1")];
    rows[1].line = 3;
    rows[1].nationality = "Canary".into();
    let wrong = r.notify(&rows).unwrap();
    assert_eq!((wrong.new, wrong.errors.len()), (0, 1));
    let error = &wrong.errors[0];
    assert_eq!((error.line, error.field), (3, "nationality"));
    assert!(!error.expected.to_string().contains("Canary"));
    rows[1].nationality = "NA".into();
    let dry = r.notify_dry(&rows).unwrap();
    assert_eq!((dry.new, dry.already), (3, 0));
    let done = r.notify(&rows).unwrap();
    assert_eq!((done.new, done.already), (3, 0));
    rows.push(notification("border", "1"));
    assert_eq!(r.notify_dry(&rows).unwrap().already, 3);
    let again = r.notify(&rows).unwrap();
    assert_eq!((again.new, again.already), (1, 3));
    assert_eq!(
        again.registrations.iter().map(Option::is_some).collect::<Vec<_>>(),
        [false, false, false, true]
    );
    assert_eq!(again.differ, []);
    // A row that comes again with another code is not imported, and that is reported: to users who may read the stored row.
    let mut changed = rows.clone();
    (changed[1].sector, changed[3].line, changed[3].birth_year) = ("C".into(), 9, Some(1970));
    let line = |line, fields: &[&'static str]| RowDiffers { line, fields: fields.to_vec() };
    let differ = [line(3, &["sector"]), line(9, &["birth_year"])];
    for found in [r.notify_dry(&changed).unwrap(), r.notify(&changed).unwrap()] {
        assert_eq!((found.new, found.already, &found.differ[..]), (0, 4, &differ[..]));
    }
    // One key twice in a file is one notification.
    let twice = r.notify(&[notification("border", "9"), notification("border", "9")]).unwrap();
    assert_eq!((twice.new, twice.already), (1, 1));
    // With another sex, one of both would be lost.
    let mut other = [notification("border", "10"), notification("border", " 10 ")];
    (other[1].line, other[1].sex) = (7, "M".into());
    for found in [r.notify_dry(&other).unwrap(), r.notify(&other).unwrap()] {
        assert_eq!((found.new, found.errors.len(), found.wrong_rows()), (0, 1, 1));
        let (error, expected) = (&found.errors[0], found.errors[0].expected.to_string());
        assert_eq!((error.line, error.field), (7, "local_key"));
        assert!(expected.contains("line 2") && expected.contains("sex"), "{expected}");
    }
    let counts = r.counts().unwrap();
    assert!(counts.contains(&("registration", 5)) && counts.contains(&("person", 5)), "{counts:?}");
}

fn links_make_histories_and_can_be_taken_back(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows = vec![
        notification("police", "1"),
        notification("shelter", "1"),
        notification("border", "1"),
        notification("police", "2"),
    ];
    rows[0].minor = "unknown".into();
    rows[0].happened_on = "2016".into();
    rows[3].happened_on = "2017-01".into();
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let link = |a: usize, b: usize, decision| Link {
        a: ids[a],
        b: ids[b],
        decision,
        probability: 0.9,
        method: "linkage".into(),
    };
    assert_eq!(r.link(&[link(0, 1, "same"), link(2, 1, "same"), link(0, 3, "different")]).unwrap(), 3);
    let table = r.histories(2016, 2016).unwrap();
    assert_eq!(table.lists, ["K", "O", "P"]);
    assert_eq!(table.persons.len(), 1);
    let p = &table.persons[0];
    assert_eq!((p.lists, p.age, p.nationality, p.year.as_str()), (0b111, "adult", "other", "2016"));
    assert_eq!(r.histories(2016, 2017).unwrap().persons.len(), 2);
    assert_eq!(r.histories(2010, 2015).unwrap().persons.len(), 0);
    let all = r.decisions().unwrap();
    r.undo_link(&all.iter().find(|d| d.1 == ids[2]).unwrap().0).unwrap();
    assert_eq!(r.histories(2016, 2016).unwrap().persons.len(), 2);
    // A new linkage that cannot be taken over leaves the old one in force.
    let broken = Link { b: [7; 16], ..link(0, 1, "same") };
    assert!(r.relink("linkage", &[broken]).is_err());
    assert_eq!(r.decisions().unwrap().len(), 2);
    assert!(r.histories(2017, 2016).is_err() && r.histories(16, 2016).is_err());
    // What linkage finds again stands as it was; what it does not find or is not as sure of is undone.
    let stands = r.decisions().unwrap();
    let again = [Link { probability: 0.905, ..link(1, 0, "same") }, link(0, 3, "different")];
    assert_eq!(r.relink("linkage", &again).unwrap(), RelinkCounts { new: 0, stand: 2, undone: 0 });
    assert_eq!(r.decisions().unwrap(), stands);
    let moved = [Link { probability: 0.8, ..link(0, 1, "same") }, link(2, 1, "same")];
    assert_eq!(r.relink("linkage", &moved).unwrap(), RelinkCounts { new: 2, stand: 0, undone: 2 });
    // Decisions of people are not linkage's to take back.
    r.decide(&ids[0], &ids[3], "same").unwrap();
    assert_eq!(r.relink("linkage", &[]).unwrap(), RelinkCounts { new: 0, stand: 0, undone: 2 });
    assert_eq!(r.decisions().unwrap().len(), 1);
    r.decide(&ids[0], &ids[3], "different").unwrap();
    // Undone step by step: the decision that a person made before is in force again, and then none.
    for before in [Some("same"), None] {
        let last = r.decisions().unwrap()[0].0;
        r.undo_link(&last).unwrap();
        assert_eq!(r.decisions().unwrap().first().map(|d| d.3.as_str()), before);
    }
    assert_eq!(r.histories(2016, 2016).unwrap().persons.len(), 3);
    let lost = Link { b: [7; 16], ..link(0, 1, "same") };
    assert!(matches!(r.link(&[link(0, 1, "same"), lost]), Err(RegisterError::NotFound(_))));
    assert!(r.decisions().unwrap().is_empty());
    // Codes that two notifications share.
    let mut coded =
        vec![notification("police", "7"), notification("border", "7"), notification("border", "8")];
    for (row, token) in coded.iter_mut().zip([b"one", b"one", b"two"]) {
        row.tokens = vec![("clk".into(), token.to_vec())];
    }
    let ids: Vec<_> = r.notify(&coded).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let found = r.duplicates().unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].1.contains(&ids[0]) && found[0].1.contains(&ids[1]) && found[0].1.len() == 2);
}

fn changes_meet_and_nothing_is_lost(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[helped("shelter", "1", "Ana")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    let case = json!({"status": "Active", "opened_on": "2026-11", "owner": "x", "reason": "r"});
    let record = r.add_record("case", Some(&person), &GROUND, &fields(&case)).unwrap();
    // Two people read version 1. One changes the owner, the other the status: both hold.
    let mut mine = fields(&case);
    mine.insert("owner".into(), "y".into());
    assert_eq!(r.change_record("case", &record, 1, &mine).unwrap(), 2);
    let mut theirs = fields(&case);
    theirs.insert("status".into(), "FollowUp".into());
    assert_eq!(r.change_record("case", &record, 1, &theirs).unwrap(), 3);
    let now = r.record("case", &record).unwrap();
    assert_eq!(
        (now.version, &now.fields["owner"], &now.fields["status"]),
        (3, &json!("y"), &json!("FollowUp"))
    );
    assert_eq!(now.codes["status"], "HTCDS 2.0");
    // A third changes the owner as well: that comes before a person, and nothing is written.
    let mut late = fields(&case);
    late.insert("owner".into(), "z".into());
    match r.change_record("case", &record, 1, &late) {
        Err(RegisterError::Conflict { fields, version }) => {
            assert_eq!((fields, version), (vec!["owner".to_owned()], 3));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(r.record("case", &record).unwrap().version, 3);
    assert_eq!(r.change_record("case", &record, 3, &now.fields).unwrap(), 3);
    // All versions open under a new key, and the old key is gone.
    let keys =
        |r: &mut ijsberg_register::Register| r.driver().query("SELECT id FROM wrapped_key", &[]).unwrap();
    let before = keys(&mut r);
    r.rotate_work().unwrap();
    let after = keys(&mut r);
    assert!(after.len() == 1 && before[0] != after[0]);
    assert_eq!(r.change_record("case", &record, 1, &mine).unwrap(), 3);
    assert_eq!(r.records_of(&person).unwrap().len(), 1);
    let canary = json!({"status": "Canary", "opened_on": "2026"});
    let error = r.add_record("case", Some(&person), &GROUND, &fields(&canary)).unwrap_err().to_string();
    assert!(error.contains("case.status") && !error.contains("Canary"));
}

fn time_runs_out_and_the_count_stays(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows =
        [helped("shelter", "1", "Ana"), helped("shelter", "2", "Bo"), helped("shelter", "3", "Cas")];
    rows[2].happened_on = "2031-11".into();
    rows[0].tokens = vec![("clk".into(), b"one".to_vec())];
    let [ana, bo] = [0, 1].map(|i: usize| {
        let id = r.notify(&rows[i..=i]).unwrap().registrations[0].unwrap();
        person_of(&mut r, &id)
    });
    let case = json!({"status": "Active", "opened_on": "2016"});
    let record = r.add_record("case", Some(&ana), &GROUND, &fields(&case)).unwrap();
    // What happened long ago was received today.
    r.set_retention("help", 60).unwrap();
    assert_eq!(r.due_for_erasing().unwrap(), 0);
    at(&mut r, "2031-12-01T00:00:00Z");
    let id = r.notify(&rows[2..]).unwrap().registrations[0].unwrap();
    let cas = person_of(&mut r, &id);
    // Records of another purpose have a time of their own; those of who is held stay.
    let residence = Ground { purpose: "residence", ..GROUND };
    let step = fields(&json!({"step": "reflection_offered", "on": "2026-11-24"}));
    let [of_bo, of_cas] = [bo, cas].map(|p| r.add_record("residence", Some(&p), &residence, &step).unwrap());
    r.set_retention("residence", 6).unwrap();
    // Neither for ever, nor until a day that has been, which would lift what holds.
    for day in ["9999-12-31", "2041-12-02", "2031-12-01", "0001-01-01"] {
        let held = r.hold(&bo, "the court", day.parse().unwrap());
        assert!(matches!(held, Err(RegisterError::Invalid { field, .. }) if field == "until"), "{day}");
    }
    r.hold(&bo, "the court", "2032-01-01".parse().unwrap()).unwrap();
    assert_eq!(r.due_for_erasing().unwrap(), 1);
    assert!(matches!(r.list_person_for_erasing(&bo, 7), Err(RegisterError::Held)));
    assert_eq!(erased(&mut r).persons, 1);
    assert!(matches!(r.identity(&ana), Err(RegisterError::Erased)));
    assert!(r.record("case", &record).is_err() && r.records_of(&ana).unwrap().is_empty());
    assert!(r.add_record("case", Some(&ana), &GROUND, &fields(&case)).is_err());
    assert!(r.set_identity(&ana, &Identity::from([("phone".to_owned(), "06".to_owned())])).is_err());
    assert!(r.identity(&bo).is_ok() && r.identity(&cas).is_ok());
    assert_eq!(r.histories(2010, 2032).unwrap().persons.len(), 3);
    let left = r.driver().first("SELECT count(*) FROM link_token", &[]).unwrap().unwrap();
    assert_eq!(left.get::<i64>(0).unwrap(), 0);
    assert!(r.record("residence", &of_cas).is_ok());
    r.hold(&bo, "the court", "2032-07-01".parse().unwrap()).unwrap();
    r.now = "2032-06-15T00:00:00Z".parse().unwrap();
    let done = erased(&mut r);
    assert_eq!((done.persons, done.records), (0, 1));
    assert!(r.record("residence", &of_cas).is_err() && r.record("residence", &of_bo).is_ok());
    // The hold ends, and so does the time.
    r.now = "2032-08-01T00:00:00Z".parse().unwrap();
    assert_eq!(erased(&mut r).persons, 1);
    assert_eq!(r.histories(2010, 2032).unwrap().persons.len(), 3);
    erased_at_request(&mut r, &cas);
    assert!(r.verify_audit().is_ok());
}

/// The clock is far ahead, and somebody says that it is right.
fn at(r: &mut ijsberg_register::Register, moment: &str) {
    r.now = moment.parse().unwrap();
    r.day_said = Some(moment[..10].parse().unwrap());
}

fn wrong_codes_are_corrected_once(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id = r.notify(&[notification("police", "1")]).unwrap().registrations[0].unwrap();
    let person = person_of(&mut r, &id);
    let change =
        |field: &str, value: &str| std::collections::BTreeMap::from([(field.to_owned(), value.to_owned())]);
    assert_eq!(r.correct(&id, 1, &change("birth_year", "1989")).unwrap(), 2);
    // A user who read the first version has to look again.
    assert!(matches!(
        r.correct(&id, 1, &change("sex", "M")),
        Err(RegisterError::Conflict { version: 2, .. })
    ));
    for (field, value) in [
        ("sex", "Canary"),
        ("nationality", "Canary"),
        ("region", "Canary?"),
        ("happened_on", "Canary"),
        ("birth_year", "Canary"),
        ("list", "P"),
        ("id = id --", "x"),
    ] {
        let error = r.correct(&id, 2, &change(field, value)).unwrap_err().to_string();
        assert!(!error.contains("Canary"), "{error}");
    }
    // Under age on the day of happened_on: both are corrected at once, or neither.
    for (field, value) in [("birth_year", "2010"), ("birth_year", "2016")] {
        let error = r.correct(&id, 2, &change(field, value)).unwrap_err().to_string();
        assert!(
            error.contains("minor") && error.contains("birth_year") && error.contains("happened_on"),
            "{error}"
        );
    }
    assert_eq!(r.correct(&id, 2, &change("birth_year", "")).unwrap(), 3);
    let now = &r.registrations(&person).unwrap()[0];
    assert!(
        now.codes.contains("sector ISIC Rev.4") && now.codes.contains("form ijsberg 2026-11"),
        "{}",
        now.codes
    );
    assert_eq!((now.birth_year, now.version, now.sex.as_str(), now.list.as_str()), (None, 3, "F", "P"));
    log_in(&mut r, "reg", Role::Registrar, "shelter");
    assert!(r.correct(&id, 3, &change("sex", "M")).is_err() && r.find("police", "1").is_err());
    assert!(r.notify_dry(&[notification("police", "1")]).is_err());
    log_in(&mut r, "pim", Role::Registrar, "police");
    assert_eq!(r.find("police", "1").unwrap().person, person);
}

/// Means, signals, support and decisions of a person are counted once, whichever of the linked registrations they hang on.
fn a_report_counts_codes_and_nothing_else(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let rows = [helped("shelter", "1", "Ana"), helped("police", "2", "Ana"), helped("shelter", "3", "Bo")];
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    let link = Link { a: ids[0], b: ids[1], decision: "same", probability: 0.9, method: "linkage".into() };
    r.link(&[link]).unwrap();
    let persons: Vec<_> = ids.iter().map(|i| person_of(&mut r, i)).collect();
    let status = |status: &str, by: &str| json!({"status": status, "deciding_organisation": by, "reasons": "Canary", "decided_on": "2016", "decided_by": "keeper"});
    for (person, kind, record) in [
        (0, "means", json!({"controls": ["DebtBondage", "RestrictsMovement"], "note": "Canary"})),
        (1, "means", json!({"controls": ["DebtBondage"]})),
        (1, "observation", json!({"indicator": "high_debt", "answer": "no"})),
        (1, "observation", json!({"indicator": "high_debt", "answer": "yes"})),
        (2, "observation", json!({"indicator": "ilo.D1.travel", "answer": "yes"})),
        (2, "observation", json!({"indicator": "no_own_papers", "answer": "unknown"})),
        (2, "observation", json!({"indicator": "Canary", "answer": "yes"})),
        (0, "support", json!({"types": ["Legal"]})),
        (0, "status", status("PRESUMED", "NGO")),
        (0, "status", status("PLAUSIBLE", "Police")),
    ] {
        r.add_record(kind, Some(&persons[person]), &GROUND, &fields(&record)).unwrap();
    }
    let plain = r.histories(2016, 2016).unwrap();
    assert!(plain.facts.is_empty());
    // What an observation is of is written by hand: only what is asked for is counted.
    let counted = ["high_debt", "ilo.D1.travel", "no_own_papers"].map(str::to_owned);
    let table = r.histories_for_report(2016, 2016, &counted).unwrap();
    assert_eq!(table.persons.len(), 2);
    let facts = |p: usize| -> Vec<&str> {
        let known = table.persons[p].facts.iter().map(|f| table.facts[*f].as_str());
        known.filter(|f| !f.starts_with("delay.")).collect()
    };
    let of_first = [
        "means.DebtBondage",
        "means.RestrictsMovement",
        "signal.high_debt",
        "status.PLAUSIBLE",
        "support.Legal",
    ];
    let both = [of_first.to_vec(), vec!["signal.ilo.D1.travel"]];
    let (one, other) = (facts(0), facts(1));
    assert!([&one, &other].iter().all(|f| both.contains(f)) && one != other, "{one:?} {other:?}");
    // By whom the last decision was taken; nothing of a person on whom nobody decided.
    let decided: Vec<&str> = table.persons.iter().map(|p| p.decided_by.as_str()).collect();
    let by = |p: usize| if facts(p).contains(&"status.PLAUSIBLE") { "Police" } else { "" };
    assert_eq!(decided, [0, 1].map(by));
    assert!(plain.persons.iter().all(|p| p.decided_by.is_empty()));
    let columns = table.columns();
    assert!(!format!("{columns:?}").contains("Canary") && columns.iter().all(|c| c.1.len() == 2));
    let delay = columns.iter().find(|c| c.0 == "delay.over-a-year").unwrap();
    assert_eq!(delay.1, [Some("yes".to_owned()), Some("yes".to_owned())]);
    log_in(&mut r, "reg", Role::Registrar, "shelter");
    assert!(r.histories_for_report(2016, 2016, &counted).is_err() && r.judged().is_err());
}

fn a_later_version_is_refused(backend: Backend) {
    let place = Place::new(backend);
    drop(place.open());
    place.driver().batch("INSERT INTO migration (number, name) VALUES (99, 'later')").unwrap();
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    let error =
        ijsberg_register::Register::open(place.driver(), place.files.work().unwrap(), None, now).unwrap_err();
    assert!(error.to_string().contains("later version"), "{error}");
}
