//! Every use case by every role, for one's own organisation, for another, for all and for none, against data: what the policy names
//! is done, everything else is refused, written down and changes nothing, and nothing of another organisation comes back.

use std::collections::BTreeSet;

use ijsberg_register::links::Link;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Extent, Grant, MATRIX, Role, roles};
use ijsberg_register::records::Ground;
use ijsberg_register::register::{Id, Obligation};
use ijsberg_register::restricting::Cause;
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::{Driver, Row, Value};
use serde_json::json;

use crate::common::{Backend, CHEAP, PASSWORD, Place, fields, helped, on_both, person_of};
use crate::held::SharedDriver;
use crate::usecases::{Data, OF_NOBODYS_BUSINESS, Shows, USE_CASES, UseCase, UseCaseScope, disclosure};

const ORGANISATIONS: [&str; 2] = ["aurora", "boreal"];

/// A role and for what: an organisation, or all.
pub(crate) fn user(role: Role, organisation: &str) -> String {
    format!("{}-of-{}", role.name(), if organisation == "*" { "all" } else { organisation })
}

/// The same for both organisations, with their names in everything.
fn data(r: &mut Register, organisation: &'static str) -> Data {
    let row = |key: &str| Notification {
        nationality: if organisation == "aurora" { "RO" } else { "BG" }.into(),
        tokens: vec![("scheme".into(), organisation.as_bytes().to_vec())],
        ..helped(organisation, key, &format!("Ana{organisation}"))
    };
    r.login("keeper", PASSWORD, None).unwrap();
    let aside = Notification {
        nationality: "BT".into(),
        tokens: row("4").tokens,
        ..helped(organisation, "4", "Kanarie")
    };
    let done = r.notify(&[row("1"), row("2"), row("3"), aside]).unwrap();
    let registrations: Vec<Id> = done.registrations.iter().map(|x| x.unwrap()).collect();
    let persons: Vec<Id> = registrations.iter().map(|id| person_of(r, id)).collect();
    let ground = Ground { organisation, purpose: "help", basis: "consent" };
    let case = fields(&json!({"status": "Active", "opened_on": "2016", "owner": organisation}));
    let record = r.add_record("case", Some(&persons[0]), &ground, &case).unwrap();
    r.add_record("case", Some(&persons[3]), &ground, &case).unwrap();
    let suspect = fields(&json!({"roles": ["Other"], "note": organisation}));
    let suspect = r.add_record("suspect", None, &ground, &suspect).unwrap();
    let disclosure = fields(&disclosure(organisation));
    let disclosure = r.add_record("disclosure", Some(&persons[0]), &ground, &disclosure).unwrap();
    let link = |a: usize, b: usize, decision, method: &str| Link {
        a: registrations[a],
        b: registrations[b],
        decision,
        probability: 0.6,
        method: method.into(),
    };
    r.link(&[link(0, 1, "undecided", "linkage"), link(1, 2, "different", "by hand")]).unwrap();
    r.link(&[link(3, 0, "undecided", "linkage")]).unwrap();
    for (role, of) in Role::ALL.into_iter().map(|role| (role, organisation)) {
        let name = user(role, of);
        r.add_user_of(&name, PASSWORD, of, CHEAP).unwrap();
        r.set_grant(&name, &Grant { role, organisation: of.into() }, true).unwrap();
    }
    let worker = format!("worker-of-{organisation}");
    r.add_user_of(&worker, PASSWORD, organisation, CHEAP).unwrap();
    r.set_grant(&worker, &Grant { role: Role::CaseWorker, organisation: organisation.into() }, true).unwrap();
    r.resume(&worker).unwrap();
    r.break_glass(&persons[0], &format!("{organisation} cannot wait"), 5, "keeper").unwrap();
    let first = |r: &mut Register, sql: &str, id: &Id| -> Id {
        let row = r.driver().first(sql, &[id.as_slice().into()]).unwrap().unwrap();
        row.get(0).unwrap()
    };
    let event = first(r, "SELECT id FROM break_glass WHERE person = $1", &persons[0]);
    let decision = first(r, "SELECT id FROM link_decision WHERE a = $1", &registrations[0]);
    let other = first(r, "SELECT id FROM link_decision WHERE a = $1", &registrations[1]);
    let mut ids = [registrations.clone(), persons.clone()].concat();
    ids.extend([record, suspect, disclosure, event, decision, other]);
    let nationality = if organisation == "aurora" { "\"RO\"" } else { "\"BG\"" };
    let mut marks = vec![organisation.to_owned(), nationality.to_owned()];
    marks.extend(ids.iter().flat_map(|id| [ijsberg_crypto::hex(id), format!("{id:?}")]));
    Data {
        organisation,
        person: persons[0],
        unlisted: persons[2],
        aside: persons[3],
        registrations,
        record,
        suspect,
        event,
        decision,
        user: worker,
        marks,
    }
}

/// A register with two organisations, and a person who was found on the lists of both.
pub(crate) fn world(place: &Place) -> [Data; 2] {
    let mut r = place.furnished();
    let everything: Vec<Role> = Role::ALL.to_vec();
    for name in ORGANISATIONS {
        r.add_organisation(name, name, "NP", &format!("list-{name}"), true).unwrap();
    }
    let head = Grant { role: Role::Administrator, organisation: "*".into() };
    r.add_user("second-keeper", PASSWORD, CHEAP).unwrap();
    r.set_grant("second-keeper", &head, true).unwrap();
    for role in everything {
        let name = user(role, "*");
        r.add_user(&name, PASSWORD, CHEAP).unwrap();
        r.set_grant(&name, &Grant { role, organisation: "*".into() }, true).unwrap();
    }
    r.add_user("without", PASSWORD, CHEAP).unwrap();
    r.set_retention("help", 1).unwrap();
    let both = ORGANISATIONS.map(|o| data(&mut r, o));
    r.login("keeper", PASSWORD, None).unwrap();
    let (a, b) = (both[0].registrations[2], both[1].registrations[2]);
    r.link(&[Link { a, b, decision: "same", probability: 0.7, method: "linkage".into() }]).unwrap();
    // Two persons of each are listed, long enough ago for somebody else to erase them.
    r.now = "2027-01-01T12:00:00Z".parse().unwrap();
    for d in &both {
        let second = r.find(d.organisation, "2").unwrap().person;
        [d.person, second].iter().for_each(|p| drop(r.list_person_for_erasing(p, 7).unwrap()));
        r.restrict(&d.aside, Cause::Accuracy).unwrap();
    }
    both
}

/// Whether something of an organisation is in a text.
fn is_in(d: &Data, text: &str) -> bool {
    d.marks.iter().any(|mark| text.contains(mark))
}

/// Every table but the log.
const TABLES: [&str; 19] = [
    "lane",
    "organisation",
    "person",
    "registration",
    "link_token",
    "link_decision",
    "record",
    "record_version",
    "person_key",
    "identity",
    "app_user",
    "app_role",
    "break_glass",
    "retention",
    "legal_hold",
    "erasing",
    "api_token",
    "saved_view",
    "restriction",
];

/// What the tables hold.
struct Rows {
    all: Vec<Vec<Row>>,
    /// The rows that name something of each organisation.
    of: [BTreeSet<String>; 2],
}

/// All rows, beside those that were there before: most tries change nothing, and to look for names in every row takes longest.
fn rows_of(driver: &mut dyn Driver, both: &[Data; 2], before: Option<&Rows>) -> Rows {
    let all = TABLES.map(|t| driver.query(&format!("SELECT * FROM {t}"), &[]).unwrap()).to_vec();
    if let Some(same) = before.filter(|b| b.all == all) {
        return Rows { all, of: same.of.clone() };
    }
    let cell = |v: &Value| match v {
        Value::Bytes(b) => ijsberg_crypto::hex(b),
        other => format!("{other:?}"),
    };
    let line = |row: &Row| row.0.iter().map(cell).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = (TABLES.iter().zip(&all))
        .flat_map(|(t, rows)| rows.iter().map(move |row| format!("{t}: {}", line(row))))
        .collect();
    let of = both.each_ref().map(|d| lines.iter().filter(|row| is_in(d, row)).cloned().collect());
    Rows { all, of }
}

/// How a use case should end.
#[derive(Debug, PartialEq)]
enum Ends {
    Done,
    Denied,
    OtherOrganisation,
    NotEverywhere,
}

/// From the tables alone: the role, what it is for, and whose business the use case is, tried on the data of `aurora`.
fn should(role: Option<Role>, organisation: &str, (_, operation, whose, _): &UseCase) -> Ends {
    if role.is_none_or(|r| !roles(*operation).contains(&r)) {
        return Ends::Denied;
    }
    match (organisation, whose) {
        ("*", _) | (_, UseCaseScope::Reach(_) | UseCaseScope::Beyond) | ("aurora", UseCaseScope::Own) => {
            Ends::Done
        }
        (_, UseCaseScope::All) => Ends::NotEverywhere,
        _ => Ends::OtherOrganisation,
    }
}

fn ended(result: &Result<String, RegisterError>) -> Ends {
    match result {
        Ok(_) => Ends::Done,
        Err(RegisterError::Denied { .. }) => Ends::Denied,
        Err(RegisterError::OtherOrganisation { .. }) => Ends::OtherOrganisation,
        Err(RegisterError::NotEverywhere { .. }) => Ends::NotEverywhere,
        Err(other) => panic!("{other:?}"),
    }
}

/// One try of one use case by one user, on data that are as they were after it.
fn try_one(
    place: &Place,
    held: Box<dyn Driver>,
    (role, of): (Option<Role>, &str),
    case: &UseCase,
    both: &[Data; 2],
    before: &Rows,
) {
    let [own, other] = both;
    let now = "2027-01-15T13:00:00Z".parse().unwrap();
    let mut r = place.tried(held, now).at_console();
    let name = role.map_or_else(|| "without".to_owned(), |role| user(role, of));
    r.resume(&name).unwrap();
    let (method, operation, whose, run) = case;
    let what = format!("{method} ({operation:?}, {whose:?}) by {name}");
    let result = run(&mut r, own, other);
    let after = &rows_of(r.driver(), both, Some(before)).of;
    let before = &before.of;
    let told = match &result {
        Ok(text) => text.clone(),
        Err(error) => error.to_string().replace(&name, ""),
    };
    let ends = ended(&result);
    assert_eq!(ends, should(role, of, case), "{what}: {told}");
    let last =
        r.driver().first("SELECT outcome, actor FROM audit ORDER BY seq DESC LIMIT 1", &[]).unwrap().unwrap();
    let (outcome, actor): (String, String) = (last.get(0).unwrap(), last.get(1).unwrap());
    assert_eq!(actor, name, "{what}");
    assert_eq!(outcome, if ends == Ends::Done { "done" } else { "denied" }, "{what}");
    if ends != Ends::Done {
        assert_eq!(before, after, "{what} was refused and changed something");
        assert!(!is_in(own, &told) && !is_in(other, &told), "{what}: {told}");
        return;
    }
    // Whose data may come back or change: of an organisation within reach, and never of another.
    let reached = [own, other].map(|d| of == "*" || of == d.organisation);
    for (k, d) in [own, other].into_iter().enumerate() {
        if *whose != UseCaseScope::Beyond && !reached[k] {
            assert!(!is_in(d, &told), "{what} tells of {}: {told}", d.organisation);
            assert_eq!(before[k], after[k], "{what} changed something of {}", d.organisation);
        }
        if reached[k] && *whose == UseCaseScope::Reach(Shows::Names) {
            assert!(is_in(d, &told), "{what} tells nothing of {}: {told}", d.organisation);
        }
    }
    if let UseCaseScope::Reach(Shows::Number(n)) = whose {
        let n = n * reached.iter().filter(|r| **r).count() as i64;
        assert_eq!(told, n.to_string(), "{what}");
    }
}

fn every_use_case_by_every_role_keeps_to_its_organisation(backend: Backend) {
    let place = Place::new(backend);
    let both = world(&place);
    let held = SharedDriver::new(place.driver());
    let before = rows_of(place.driver().as_mut(), &both, None);
    let users = Role::ALL.into_iter().flat_map(|r| ["aurora", "boreal", "*"].map(|of| (Some(r), of)));
    for who in users.chain([(None, "nothing")]) {
        for case in USE_CASES {
            held.tried(|driver| try_one(&place, driver, who, case, &both, &before));
        }
    }
    // Who has something to do first does nothing else: `keeper` has every role that there is at a server, and no second factor.
    for case in USE_CASES {
        held.tried(|driver| {
            let now = "2027-01-15T13:00:00Z".parse().unwrap();
            let mut r = place.tried(driver, now);
            r.resume("keeper").unwrap();
            let refused = (case.3)(&mut r, &both[0], &both[1]);
            assert!(
                matches!(refused, Err(RegisterError::First(Obligation::SecondFactor))),
                "{}: {refused:?}",
                case.0
            );
            assert_eq!(rows_of(r.driver(), &both, Some(&before)).of, before.of, "{}", case.0);
        });
    }
    // Without anybody logged in nothing is done at all.
    for case in USE_CASES.iter().filter(|c| c.1 != ijsberg_register::policy::Operation::DecideStatus) {
        held.tried(|driver| {
            let now = "2027-01-15T13:00:00Z".parse().unwrap();
            let mut r = place.tried(driver, now);
            let uses_session = case.0 == "set_grant";
            if !uses_session {
                assert!(
                    matches!((case.3)(&mut r, &both[0], &both[1]), Err(RegisterError::NoSession)),
                    "{}",
                    case.0
                );
            }
        });
    }
}

/// What the register offers, from its own source: each is a use case above, or nobody's business with a reason.
#[test]
fn no_use_case_is_left_out() {
    let mut methods = BTreeSet::new();
    let mut files = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for block in source.split("\nimpl Register {").skip(1) {
            let block = block.split("\n}\n").next().unwrap();
            for line in block.lines().filter_map(|l| l.strip_prefix("    pub fn ")) {
                let name: String = line.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(methods.insert(name.clone()), "{name} twice");
            }
        }
    }
    assert!(methods.len() > 50, "{methods:?}");
    let known: BTreeSet<String> = USE_CASES
        .iter()
        .map(|u| u.0)
        .chain(OF_NOBODYS_BUSINESS.iter().map(|n| n.0))
        .map(str::to_owned)
        .collect();
    assert_eq!(methods, known);
    assert!(OF_NOBODYS_BUSINESS.iter().all(|n| n.1.len() > 10 && USE_CASES.iter().all(|u| u.0 != n.0)));
    // Every operation is asked for, and each as far as it goes.
    for (operation, _) in MATRIX {
        let of: Vec<UseCaseScope> = USE_CASES.iter().filter(|u| u.1 == operation).map(|u| u.2).collect();
        let fits = |w: &UseCaseScope| match operation.extent() {
            Extent::Everywhere => *w == UseCaseScope::All,
            Extent::Beyond => *w == UseCaseScope::Beyond,
            Extent::Own => *w != UseCaseScope::Beyond,
        };
        assert!(!of.is_empty() && of.iter().all(fits), "{operation:?}: {of:?}");
    }
}

on_both!(every_use_case_by_every_role_keeps_to_its_organisation);
