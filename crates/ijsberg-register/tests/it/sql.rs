//! An attacker who may write SQL, and has no key, tries everything. On SQLite that is somebody who has only the key of the file.

use ijsberg_crypto::hash_password;
use ijsberg_register::register::Id;
use ijsberg_register::restricting::Cause;
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::{Row, StoreError, Value};
use serde_json::json;

use crate::common::{
    Backend, CHEAP, GROUND, PASSWORD, Place, erased_at_request, fields, helped, log_in, notification,
    on_both, person_of,
};

on_both!(
    a_user_put_in_by_sql_does_not_get_in,
    a_role_put_in_by_sql_gives_nothing,
    the_second_factor_is_not_taken_off_by_sql,
    what_was_once_right_does_not_become_right_again,
    entries_cut_off_at_the_end_are_found,
    an_older_copy_of_everything_is_found,
    a_record_moved_to_another_person_or_organisation_does_not_open,
    coded_rows_changed_by_sql_are_found,
    rows_taken_out_are_found,
    nobody_is_erased_by_a_date_that_sql_moved,
    every_column_is_under_the_hash,
);

pub(crate) fn changed<T>(result: Result<T, RegisterError>, table: &str) {
    match result {
        Err(RegisterError::Store(StoreError::Changed(name))) => assert_eq!(name, table),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it went unnoticed"),
    }
}

pub(crate) fn furnished(backend: Backend) -> (Place, Register, Id) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let id =
        r.notify(&[helped("shelter", "1", "Ana"), helped("police", "2", "Bo")]).unwrap().registrations[0];
    let ana = person_of(&mut r, &id.unwrap());
    (place, r, ana)
}

/// Opens it as the next command would.
pub(crate) fn opened(place: &Place) -> Result<Register, RegisterError> {
    Register::open_with(place.driver(), place.files.clone(), "2026-11-24T12:00:00Z".parse().unwrap())
}

pub(crate) fn sql(r: &mut Register, statement: &str, values: &[Value]) {
    assert!(r.driver().execute(statement, values).unwrap() > 0, "{statement}");
}

fn a_user_put_in_by_sql_does_not_get_in(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    let hash = hash_password("a password of my own", CHEAP).unwrap();
    // With the hash of another row, since the column must hold something.
    let mac: Vec<u8> = r.driver().first("SELECT mac FROM app_user", &[]).unwrap().unwrap().get(0).unwrap();
    sql(
        &mut r,
        "INSERT INTO app_user (name, password, last_code, failures, locked_until, disabled, mac) \
         VALUES ('eve', $1, 0, 0, '', 0, $2)",
        &[hash.into(), mac.clone().into()],
    );
    sql(
        &mut r,
        "INSERT INTO app_role (user_name, role, organisation, mac) VALUES ('eve', 'vault_keeper', '*', $1)",
        &[mac.into()],
    );
    changed(r.login("eve", "a password of my own", None), "app_user");
    changed(opened(&place), "app_user");
    assert!(r.identity(&ana).is_err());
    changed(r.verify_audit(), "app_user");
}

fn a_role_put_in_by_sql_gives_nothing(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    r.add_user("eve", PASSWORD, CHEAP).unwrap();
    let mac: Vec<u8> = r.driver().first("SELECT mac FROM app_role", &[]).unwrap().unwrap().get(0).unwrap();
    sql(
        &mut r,
        "INSERT INTO app_role (user_name, role, organisation, mac) VALUES ('eve', 'vault_keeper', '*', $1)",
        &[mac.into()],
    );
    changed(r.login("eve", PASSWORD, None), "app_role");
    assert!(matches!(r.identity(&ana), Err(RegisterError::NoSession)));
    // Nor by giving a role of somebody else to oneself, nor by taking over their password.
    sql(&mut r, "DELETE FROM app_role WHERE user_name = 'eve'", &[]);
    drop(opened(&place).unwrap());
    sql(&mut r, "UPDATE app_role SET user_name = 'eve' WHERE role = 'vault_keeper'", &[]);
    changed(opened(&place), "app_role");
    sql(&mut r, "UPDATE app_role SET user_name = 'keeper' WHERE role = 'vault_keeper'", &[]);
    let eve = r.driver().first("SELECT password FROM app_user WHERE name = 'eve'", &[]).unwrap().unwrap();
    sql(&mut r, "UPDATE app_user SET password = $1 WHERE name = 'keeper'", &eve.0);
    changed(opened(&place), "app_user");
}

fn the_second_factor_is_not_taken_off_by_sql(backend: Backend) {
    let (place, mut r, _) = furnished(backend);
    second_factor(&mut r);
    sql(&mut r, "UPDATE app_user SET second_factor = NULL WHERE name = 'keeper'", &[]);
    changed(r.login("keeper", PASSWORD, None), "app_user");
    changed(opened(&place), "app_user");
    // Nor is the duty to choose another password, nor is a session that was ended taken up again, by anybody.
    for (statement, table) in [
        ("UPDATE app_user SET must_change = 0, good_until = 'x'", "app_user"),
        ("UPDATE app_session SET ended_at = NULL", "app_session"),
        ("UPDATE app_session SET user_name = 'keeper'", "app_session"),
    ] {
        let (place, mut r, _) = furnished(backend);
        r.add_user("eve", PASSWORD, CHEAP).unwrap();
        let secret = r.begin_session("eve", PASSWORD, None).unwrap();
        r.leave(&secret).unwrap();
        sql(&mut r, statement, &[]);
        let came = r.resume_session(&secret);
        assert!(came.is_err(), "{statement}");
        changed(r.login("keeper", PASSWORD, None), table);
        changed(opened(&place), table);
    }
}

/// Turns on the second factor of the logged-in user.
fn second_factor(r: &mut Register) {
    let url = r.new_second_factor(PASSWORD, None).unwrap();
    let secret = url.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .build()
        .unwrap();
    let code = totp.generate(u64::try_from(r.now.as_second()).unwrap()).to_string();
    r.confirm_second_factor(&code).unwrap();
}

/// All rows of a table, to put them back.
fn rows(r: &mut Register, table: &str, columns: &str) -> Vec<Row> {
    r.driver().query(&format!("SELECT {columns} FROM {table}"), &[]).unwrap()
}

/// Rows that the register wrote itself, of an earlier day.
fn what_was_once_right_does_not_become_right_again(backend: Backend) {
    let (place, mut r, _) = furnished(backend);
    r.add_user("eve", PASSWORD, CHEAP).unwrap();
    let grant = ijsberg_register::policy::Grant {
        role: ijsberg_register::policy::Role::Auditor,
        organisation: "*".into(),
    };
    r.set_grant("eve", &grant, true).unwrap();
    let columns = "user_name, role, organisation, mac";
    let before = rows(&mut r, "app_role", columns);
    let old = before.iter().find(|row| row.0[0] == Value::from("eve")).unwrap().0.clone();
    r.set_grant("eve", &grant, false).unwrap();
    sql(&mut r, &format!("INSERT INTO app_role ({columns}) VALUES ($1, $2, $3, $4)"), &old);
    changed(r.login("eve", PASSWORD, None), "app_role");
    sql(&mut r, "DELETE FROM app_role WHERE user_name = 'eve'", &[]);
    // The second factor was off once; that row was right then.
    let columns = "password, mac";
    let off = rows(&mut r, "app_user", &format!("{columns}, name"))
        .into_iter()
        .find(|u| u.0[2] == Value::from("keeper"))
        .unwrap();
    let last = rows(&mut r, "app_user", "last_code, failures, locked_until, disabled, name")
        .into_iter()
        .find(|u| u.0[4] == Value::from("keeper"))
        .unwrap();
    r.login("keeper", PASSWORD, None).unwrap();
    second_factor(&mut r);
    let all = [&off.0[1..2], &last.0[..3]].concat();
    sql(
        &mut r,
        "UPDATE app_user SET second_factor = NULL, mac = $1, last_code = $2, failures = $3, locked_until = $4 \
         WHERE name = 'keeper'",
        &all,
    );
    changed(r.login("keeper", PASSWORD, None), "app_user");
    changed(opened(&place), "app_user");
}

fn entries_cut_off_at_the_end_are_found(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    r.identity(&ana).unwrap();
    let last = r.verify_audit().unwrap().entries;
    sql(&mut r, "DELETE FROM audit WHERE seq = $1", &[last.into()]);
    // Found by who was there, and by who comes.
    assert!(matches!(r.identity(&ana), Err(RegisterError::Older { .. })));
    assert!(matches!(r.verify_audit(), Err(RegisterError::Older { .. })));
    assert!(matches!(opened(&place), Err(RegisterError::Older { seen, .. }) if seen == last));
    // Another entry in its place is none.
    sql(
        &mut r,
        "INSERT INTO audit (seq, at_time, actor, operation, subject, outcome, detail, previous, hash, key_name, state) \
         SELECT seq + 1, at_time, actor, operation, subject, outcome, detail, hash, hash, key_name, state \
         FROM audit WHERE seq = $1",
        &[(last - 1).into()],
    );
    assert!(matches!(opened(&place), Err(RegisterError::Older { .. })));
}

/// Tables in the order in which they can be emptied and filled.
fn tables(r: &mut Register) -> Vec<String> {
    let list = match r.driver().dialect() {
        ijsberg_store::Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
        ijsberg_store::Dialect::Postgres => {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        }
    };
    r.driver().query(list, &[]).unwrap().iter().map(|row| row.get(0).unwrap()).collect()
}

fn an_older_copy_of_everything_is_found(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    // A copy of every table, made by SQL.
    let all = tables(&mut r);
    for table in &all {
        r.driver().batch(&format!("CREATE TABLE old_{table} AS SELECT * FROM {table}")).unwrap();
    }
    erased_at_request(&mut r, &ana);
    for table in &all {
        r.driver()
            .batch(&format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM old_{table}"))
            .unwrap();
    }
    assert!(matches!(r.identity(&ana), Err(RegisterError::Older { .. })));
    assert!(matches!(opened(&place), Err(RegisterError::Older { .. })));
    // Everything taken out is an older copy too: that of before the first entry.
    for table in all.iter().filter(|t| *t != "migration") {
        r.driver().batch(&format!("DELETE FROM {table}")).unwrap();
    }
    assert!(matches!(opened(&place), Err(RegisterError::Older { there: 0, .. })));
}

fn a_record_moved_to_another_person_or_organisation_does_not_open(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    let means = fields(&json!({"controls": ["Other"]}));
    let record = r.add_record("means", Some(&ana), &GROUND, &means).unwrap();
    let bo = r.find("police", "2").unwrap().person;
    for (column, value) in [("person", Value::from(bo.as_slice())), ("organisation", "police".into())] {
        let before = r.driver().first(&format!("SELECT {column} FROM record"), &[]).unwrap().unwrap().0;
        sql(&mut r, &format!("UPDATE record SET {column} = $1"), &[value]);
        changed(r.record("means", &record), "record");
        changed(r.records_of(&bo).and(r.records_of(&ana)), "record");
        changed(r.verify_audit(), "record");
        sql(&mut r, &format!("UPDATE record SET {column} = $1"), &before);
        r.verify_audit().unwrap();
    }
    // A field of an identity, and the key of a person.
    sql(
        &mut r,
        "UPDATE identity SET value = (SELECT value FROM identity i WHERE i.person = $1 AND i.field = identity.field) WHERE person = $2",
        &[bo.as_slice().into(), ana.as_slice().into()],
    );
    assert!(r.identity(&ana).is_err());
    changed(r.verify_audit(), "identity");
    drop(place);
}

fn coded_rows_changed_by_sql_are_found(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    let done = r.notify(&[notification("police", "7"), notification("border", "7")]).unwrap();
    let ids: Vec<Id> = done.registrations.iter().map(|i| i.unwrap()).collect();
    r.decide(&ids[0], &ids[1], "same").unwrap();
    // A person is moved to another organisation, to be read there.
    for (column, value) in [
        ("organisation", "police"),
        ("happened_on", "2019"),
        ("form", "OTHER"),
        ("article_part", "sub3"),
        ("lane", "statistics"),
        ("list", "X"),
    ] {
        let select = format!("SELECT {column} FROM registration WHERE person = $1");
        let before = r.driver().first(&select, &[ana.as_slice().into()]).unwrap().unwrap();
        let update = format!("UPDATE registration SET {column} = $1 WHERE person = $2");
        sql(&mut r, &update, &[value.into(), ana.as_slice().into()]);
        changed(r.registrations(&ana), "registration");
        changed(r.identity(&ana), "registration");
        changed(r.verify_audit(), "registration");
        if column != "happened_on" {
            changed(r.histories(2016, 2016), "registration");
            changed(r.histories_by_year(2016, 2016), "registration");
        }
        sql(&mut r, &update, &[before.0[0].clone(), ana.as_slice().into()]);
    }
    r.verify_audit().unwrap();
    sql(&mut r, "UPDATE link_decision SET decision = 'different'", &[]);
    changed(r.decisions(), "link_decision");
    changed(r.verify_audit(), "link_decision");
    sql(&mut r, "UPDATE link_decision SET decision = 'same'", &[]);
    sql(&mut r, "UPDATE organisation SET list = 'X' WHERE id = 'border'", &[]);
    changed(r.organisations(), "organisation");
    changed(opened(&place), "organisation");
}

fn rows_taken_out_are_found(backend: Backend) {
    let (place, mut r, ana) = furnished(backend);
    let done = r.notify(&[notification("police", "7"), notification("border", "7")]).unwrap();
    let ids: Vec<Id> = done.registrations.iter().map(|i| i.unwrap()).collect();
    r.decide(&ids[0], &ids[1], "same").unwrap();
    r.hold(&ana, "court", "2030-01-01".parse().unwrap()).unwrap();
    for table in ["link_decision", "identity", "person_key", "legal_hold", "registration"] {
        let before = r.driver().query(&format!("SELECT * FROM {table}"), &[]).unwrap();
        r.driver().batch(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).unwrap();
        assert!(!before.is_empty());
        sql(&mut r, &format!("DELETE FROM {table}"), &[]);
        changed(r.verify_audit(), table);
        r.driver().batch(&format!("INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept")).unwrap();
        r.verify_audit().unwrap();
    }
    // Nobody's restriction is lifted by taking it out.
    r.restrict(&ana, Cause::Accuracy).unwrap();
    sql(&mut r, "DELETE FROM restriction", &[]);
    changed(opened(&place), "restriction");
    // An account that was closed is not opened by deleting it, nor is a revoked token restored.
    sql(&mut r, "DELETE FROM app_user", &[]);
    changed(opened(&place), "app_user");
}

/// An attacker who writes SQL and waits for two honest users to erase what they believe is due.
fn nobody_is_erased_by_a_date_that_sql_moved(backend: Backend) {
    let (_place, mut r, ana) = furnished(backend);
    r.set_retention("help", 12).unwrap();
    r.list_person_for_erasing(&ana, 7).unwrap();
    r.hold(&ana, "court", "2027-12-31".parse().unwrap()).unwrap();
    let bo = r.find("police", "2").unwrap().person;
    r.list_person_for_erasing(&bo, 30).unwrap();
    r.now += jiff::SignedDuration::from_hours(8 * 24);
    log_in(&mut r, "second", ijsberg_register::policy::Role::RecordsManager, "*");
    for (table, statement) in [
        ("erasing", "UPDATE erasing SET not_before = '2026-11-25'"),
        ("erasing", "UPDATE erasing SET listed_by = 'keeper', not_before = '2026-11-25'"),
        ("registration", "UPDATE registration SET recorded_at = '2016-01-01T00:00:00Z'"),
        ("legal_hold", "DELETE FROM legal_hold"),
        ("retention", "UPDATE retention SET months = 0"),
    ] {
        r.driver().batch(&format!("CREATE TABLE kept AS SELECT * FROM {table}")).unwrap();
        sql(&mut r, statement, &[]);
        changed(r.erase_listed(), table);
        let back = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept");
        r.driver().batch(&back).unwrap();
    }
    assert!(matches!(r.erase_listed(), Err(RegisterError::TooEarly(_))));
    r.login("keeper", PASSWORD, None).unwrap();
    assert!(r.identity(&ana).is_ok() && r.identity(&bo).is_ok());
    r.verify_audit().unwrap();
}

/// A column that came later and is under no hash could be changed by anybody.
fn every_column_is_under_the_hash(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.verify_audit().unwrap();
    let guarded = ijsberg_register::tables();
    for table in tables(&mut r) {
        // What is not guarded holds nothing that is believed: keys and sums are sealed, and the log has hashes of its own. Who may
        // write SQL has the hashes of passwords, and need not guess at the door.
        if ["migration", "audit", "guard", "key_epoch", "wrapped_key", "login_attempt"]
            .contains(&table.as_str())
        {
            continue;
        }
        let columns = match r.driver().dialect() {
            ijsberg_store::Dialect::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            ijsberg_store::Dialect::Postgres => {
                format!(
                    "SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"
                )
            }
        };
        let there: std::collections::BTreeSet<String> =
            r.driver().query(&columns, &[]).unwrap().iter().map(|c| c.get(0).unwrap()).collect();
        let hashed =
            guarded.iter().find(|t| t.0 == table).unwrap_or_else(|| panic!("{table} is under no hash"));
        let hashed: std::collections::BTreeSet<String> =
            hashed.1.iter().chain(&["mac"]).map(|c| (*c).to_owned()).collect();
        let there: std::collections::BTreeSet<String> = there
            .into_iter()
            .filter(|c| (table.as_str(), c.as_str()) != ("app_session", "seen_at"))
            .collect();
        assert_eq!(there, hashed, "{table}");
    }
}
