//! A name planted in every field is found nowhere but where it is asked for.

use std::fmt::Write;
use std::path::Path;

use ijsberg_register::entities::{Holds, KINDS};
use ijsberg_register::merge::Fields;
use ijsberg_register::notify::Notification;
use ijsberg_register::records::Ground;
use ijsberg_register::vault::FIELDS;

use crate::common::{Backend, Place, helped, person_of};

const CANARY: &str = "Kanarievogel";

/// Plants it and returns everything that was said meanwhile.
fn plant(place: &Place) -> String {
    let mut r = place.furnished();
    let mut said = String::new();
    // In every field of a notification: the identity keeps it, the case key becomes a code, all others refuse it.
    let mut named = helped("shelter", CANARY, CANARY);
    let refused =
        r.notify(&[Notification { identity: vec![("birth_date", CANARY.to_owned())], ..named.clone() }]);
    let _ = write!(said, "{refused:?}");
    let texts = FIELDS.iter().filter(|f| **f != "birth_date");
    named.identity = texts.map(|f| (*f, CANARY.to_owned())).collect();
    named.tokens = vec![("clk".into(), vec![1, 2, 3])];
    let done = r.notify(std::slice::from_ref(&named)).unwrap();
    let person = person_of(&mut r, &done.registrations[0].unwrap());
    let spoil: [fn(&mut Notification, String); 9] = [
        |n, v| n.organisation = v,
        |n, v| n.happened_on = v,
        |n, v| n.sex = v,
        |n, v| n.minor = v,
        |n, v| n.nationality = v,
        |n, v| n.form = v,
        |n, v| n.sector = v,
        |n, v| n.region = v,
        |n, v| n.article_part = v,
    ];
    for spoil in spoil {
        let mut wrong = helped("shelter", "other", CANARY);
        spoil(&mut wrong, CANARY.to_owned());
        match r.notify(&[wrong]) {
            Ok(told) => {
                assert_eq!(told.errors.len(), 1);
                let _ = write!(said, "{told:?}");
            }
            Err(error) => drop(write!(said, "{error} {error:?}")),
        }
    }
    // In every text of every kind of record, and wrongly in every coded field.
    let ground = Ground { organisation: "shelter", purpose: "help", basis: "consent" };
    for kind in KINDS {
        let mut fields = Fields::new();
        for (name, holds) in kind.fields {
            let value = match holds {
                Holds::Text if *name == "decided_by" => "keeper".into(),
                Holds::Text if *name == "suspect_number" => "S-1".into(),
                Holds::Text => CANARY.into(),
                Holds::Day => "2026".into(),
                Holds::Number if kind.name == "residence" => 90.into(),
                Holds::Number if *name == "birth_year" => 1990.into(),
                Holds::Number => 1.into(),
                Holds::Flag => true.into(),
                Holds::Code(list) => ijsberg_register::codes::code_list(list).unwrap().codes[0].into(),
                Holds::Codes(list) => vec![ijsberg_register::codes::code_list(list).unwrap().codes[0]].into(),
                Holds::Countries => vec!["NL"].into(),
                Holds::Ids => vec!["00"].into(),
            };
            fields.insert((*name).to_owned(), value);
        }
        r.add_record(kind.name, Some(&person), &ground, &fields)
            .unwrap_or_else(|e| panic!("{}: {e}", kind.name));
        for (name, holds) in kind.fields {
            if *holds != Holds::Text || *name == "suspect_number" {
                let mut wrong = fields.clone();
                wrong.insert((*name).to_owned(), CANARY.into());
                said += &r.add_record(kind.name, Some(&person), &ground, &wrong).unwrap_err().to_string();
            }
        }
    }
    r.break_glass(&person, &format!("{CANARY} is in danger"), 5, "keeper").unwrap_err();
    let _ = write!(said, "{r:?}");
    let _ = write!(said, "{:?}", r.counts());
    said += &serde_json::to_string(&r.audit_entries(1, 100_000).unwrap()).unwrap();
    let _ = write!(said, "{:?}", r.histories(2010, 2026).unwrap());
    let _ = write!(said, "{:?}", r.histories_by_year(2010, 2026).unwrap());
    let _ = write!(said, "{:?}", r.histories_for_report(2010, 2026, &["high_debt".to_owned()]).unwrap());
    let _ = write!(said, "{:?}", r.proceedings_for_report(2026).unwrap());
    // It is there for who asks: the test would see it.
    assert!(r.records_of(&person).unwrap().len() > 10);
    assert_eq!(r.identity(&person).unwrap()["alias"], CANARY);
    said
}

fn nowhere(bytes: &[u8], what: &str) {
    let found = [CANARY.as_bytes(), &CANARY.bytes().flat_map(|b| [b, 0]).collect::<Vec<u8>>()]
        .into_iter()
        .any(|c| bytes.windows(c.len()).any(|w| w == c));
    assert!(!found, "{what}");
    // Nor in hexadecimal, as a dump would show it.
    let hex = ijsberg_crypto::hex(CANARY.as_bytes());
    assert!(!bytes.windows(hex.len()).any(|w| w == hex.as_bytes()), "{what}");
}

fn files(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        nowhere(&std::fs::read(&path).unwrap(), &path.display().to_string());
    }
}

#[test]
fn a_planted_name_is_in_no_file_of_sqlite_and_in_nothing_said() {
    let place = Place::new(Backend::Sqlite);
    let said = plant(&place);
    nowhere(said.as_bytes(), "what was said");
    // While it is open, journal and all, and after.
    let open = place.open();
    files(place.dir.path());
    drop(open);
    files(place.dir.path());
}

#[test]
fn a_planted_name_is_in_no_table_of_postgres() {
    let place = Place::new(Backend::Postgres);
    let said = plant(&place);
    nowhere(said.as_bytes(), "what was said");
    let mut driver = place.driver();
    let tables = driver
        .query("SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'", &[])
        .unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let table: String = table.get(0).unwrap();
        let sql = format!("SELECT t::text FROM {table} t");
        for row in driver.query(&sql, &[]).unwrap() {
            nowhere(row.get::<String>(0).unwrap().as_bytes(), &table);
        }
    }
}
