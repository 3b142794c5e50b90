//! Recovery codes: a user who lost their phone logs in, each code once, and is notified of it.

use ijsberg_crypto::Key;
use ijsberg_register::keys::WorkKeys;
use ijsberg_register::policy::Role;
use ijsberg_register::recovery::CODES;
use ijsberg_register::register::Obligation;
use ijsberg_register::review::PairFilter;
use ijsberg_register::{Register, RegisterError};
use ijsberg_store::StoreError;

use crate::accounts::at_once;
use crate::common::{Backend, CHEAP, PASSWORD, Place, code, enrolled_with_codes, log_in, on_both};

on_both!(
    a_recovery_code_is_valid_once_and_its_owner_is_notified,
    a_recovery_code_opens_once_also_at_the_same_moment,
    recovery_codes_are_made_anew_with_password_and_code,
    guessing_at_recovery_codes_is_held_up,
    recovery_codes_are_kept_as_keyed_hashes_that_change_with_the_keys,
    a_recovery_code_put_in_or_revived_by_sql_lets_nobody_in,
    resetting_a_second_factor_removes_its_recovery_codes,
);

fn at(minutes: i64) -> jiff::Timestamp {
    "2026-11-24T12:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minutes)
}

/// `ada` with a second factor: its secret, and her codes.
fn ada(r: &mut Register) -> (String, Vec<String>) {
    log_in(r, "ada", Role::Linker, "police");
    enrolled_with_codes(r, PASSWORD)
}

fn a_recovery_code_is_valid_once_and_its_owner_is_notified(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (secret, codes) = ada(&mut r);
    assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), CODES);
    let mut server = place.open_at_server();
    // Not without the password, and not for somebody else.
    assert!(matches!(server.login("ada", "a wrong password", Some(&codes[0])), Err(RegisterError::Login)));
    assert!(matches!(server.login("keeper", "a wrong password", Some(&codes[0])), Err(RegisterError::Login)));
    // However it is typed.
    let typed = codes[0].to_uppercase().replace('-', " ");
    let found = server.begin_session("ada", PASSWORD, Some(&typed)).unwrap();
    assert!(matches!(server.login("ada", PASSWORD, Some(&codes[0])), Err(RegisterError::Login)));
    server.resume_session(&found).unwrap();
    let told = server.recovery().unwrap();
    assert_eq!((told.left, told.used.len(), told.here), (CODES - 1, 1, true));
    // She goes on, but an attacker who found the codes cannot confirm that she has seen it.
    server.to_review(&PairFilter::below(0.9), 10).unwrap();
    assert!(matches!(server.recovery_seen(), Err(RegisterError::ByRecovery)));
    server.now = at(2);
    let own = server.begin_session("ada", PASSWORD, Some(&code(&secret, server.now.as_second()))).unwrap();
    server.resume_session(&own).unwrap();
    let told = server.recovery().unwrap();
    assert_eq!((told.left, told.used, told.here), (CODES - 1, vec![at(0).to_string()], false));
    server.recovery_seen().unwrap();
    assert!(server.recovery().unwrap().used.is_empty());
    // In the session that began with it, the second factor is set up anew with the password alone.
    server.resume_session(&found).unwrap();
    let url = server.new_second_factor(PASSWORD, None).unwrap();
    let new = url.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    assert!(server.recovery().unwrap().here);
    let fresh = server.confirm_second_factor(&code(&new, server.now.as_second())).unwrap();
    let told = server.recovery().unwrap();
    assert_eq!((fresh.len(), told.left, told.used.len(), told.here), (CODES, CODES, 0, false));
    assert!(server.login("ada", PASSWORD, Some(&codes[1])).is_err());
    server.login("ada", PASSWORD, Some(&fresh[0])).unwrap();
    // The log tells which way, and none of the codes.
    r.login("keeper", PASSWORD, None).unwrap();
    let log = r.audit_entries(1, 10_000).unwrap();
    assert!(log.iter().any(|e| e.actor == "ada" && e.detail == "by a recovery code, 9 left"), "{log:?}");
    let all = format!("{log:?}");
    assert!(codes.iter().all(|c| !all.contains(c.as_str()) && !all.contains(&c.replace('-', ""))));
}

fn a_recovery_code_opens_once_also_at_the_same_moment(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (_, codes) = ada(&mut r);
    for (round, each) in codes.iter().take(3).enumerate() {
        let came = at_once(&place, 4, |r| r.begin_session("ada", PASSWORD, Some(each)));
        assert_eq!(came.iter().filter(|c| c.is_ok()).count(), 1, "{came:?}");
        assert!(came.iter().all(|c| matches!(c, Ok(_) | Err(RegisterError::Login))), "{came:?}");
        r.resume("ada").unwrap();
        assert_eq!(r.recovery().unwrap().left, CODES - 1 - 2 * round);
        // With this one what failed beside it is forgotten, so that the next round is not held up.
        r.login("ada", PASSWORD, Some(&codes[9 - round])).unwrap();
        assert_eq!(r.recovery().unwrap().left, CODES - 2 - 2 * round);
    }
}

fn recovery_codes_are_made_anew_with_password_and_code(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (secret, codes) = ada(&mut r);
    let mut server = place.open_at_server();
    server.now = at(2);
    let fits = code(&secret, server.now.as_second());
    server.login("ada", PASSWORD, Some(&fits)).unwrap();
    assert!(matches!(server.new_recovery_codes("a wrong password", None), Err(RegisterError::Login)));
    for wrong in [None, Some("000000"), Some(fits.as_str()), Some("abcd-efgh-jkmn")] {
        let refused = server.new_recovery_codes(PASSWORD, wrong);
        assert!(matches!(refused, Err(RegisterError::Code)), "{wrong:?} {refused:?}");
    }
    assert_eq!(server.recovery().unwrap().left, CODES);
    server.now = at(90);
    let fits = code(&secret, server.now.as_second());
    let fresh = server.new_recovery_codes(PASSWORD, Some(&fits)).unwrap();
    // That code is used up, as are the codes before.
    assert!(server.login("ada", PASSWORD, Some(&fits)).is_err());
    assert!(server.login("ada", PASSWORD, Some(&codes[0])).is_err());
    server.login("ada", PASSWORD, Some(&fresh[0])).unwrap();
    // A recovery code does as well; it is none of those that are made.
    let fresh = server.new_recovery_codes(PASSWORD, Some(&fresh[1])).unwrap();
    assert_eq!(server.recovery().unwrap().left, CODES);
    assert_eq!(fresh.len(), CODES);
    // Without a second factor there is nothing to recover; a token does none of it.
    server.login("keeper", PASSWORD, None).unwrap();
    let refused = server.new_recovery_codes(PASSWORD, None);
    assert!(matches!(refused, Err(RegisterError::NotFound(_))), "{refused:?}");
    r.now = server.now;
    r.login("ada", PASSWORD, Some(&fresh[0])).unwrap();
    let operations = [ijsberg_register::policy::Operation::Link];
    let token = r.issue_token("t", &operations, "2026-12-31".parse().unwrap()).unwrap();
    r.resume_token(&token).unwrap();
    assert!(matches!(r.recovery(), Err(RegisterError::NoSession)));
    assert!(matches!(r.recovery_seen(), Err(RegisterError::NoSession)));
    assert!(matches!(r.new_recovery_codes(PASSWORD, None), Err(RegisterError::NoSession)));
}

fn guessing_at_recovery_codes_is_held_up(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (_, codes) = ada(&mut r);
    let answers = at_once(&place, 12, |r| r.login("ada", PASSWORD, Some("abcd-efgh-jkmn")));
    let held = answers.iter().filter(|a| matches!(a, Err(RegisterError::Locked(_)))).count();
    assert_eq!(held, 7, "{answers:?}");
    let mut server = place.open_at_server();
    assert!(matches!(server.login("ada", PASSWORD, Some(&codes[0])), Err(RegisterError::Locked(_))));
    server.now = at(70);
    server.login("ada", PASSWORD, Some(&codes[0])).unwrap();
}

/// What a table holds, in hexadecimal.
fn hashes(r: &mut Register) -> Vec<String> {
    let rows = r.driver().query("SELECT code FROM recovery_code ORDER BY id", &[]).unwrap();
    rows.iter().map(|row| ijsberg_crypto::hex(&row.get::<Vec<u8>>(0).unwrap())).collect()
}

fn recovery_codes_are_kept_as_keyed_hashes_that_change_with_the_keys(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (_, codes) = ada(&mut r);
    let before = hashes(&mut r);
    assert_eq!(before.len(), CODES);
    for code in &codes {
        let plain = code.replace('-', "");
        let (text, bytes) = (ijsberg_crypto::hex(code.as_bytes()), ijsberg_crypto::hex(plain.as_bytes()));
        assert!(before.iter().all(|h| h.len() == 64 && !h.contains(&text) && !h.contains(&bytes)));
    }
    r.login("keeper", PASSWORD, None).unwrap();
    r.rotate_work().unwrap();
    let after = hashes(&mut r);
    assert!(before.iter().all(|h| !after.contains(h)) && after.len() == CODES);
    let mut server = place.open_at_server();
    server.login("ada", PASSWORD, Some(&codes[3])).unwrap();
    assert_eq!(server.recovery().unwrap().left, CODES - 1);
    r.verify_audit().unwrap();
}

fn changed<T>(result: Result<T, RegisterError>) {
    match result {
        Err(RegisterError::Store(StoreError::Changed(name))) => assert_eq!(name, "recovery_code"),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it went unnoticed"),
    }
}

fn a_recovery_code_put_in_or_revived_by_sql_lets_nobody_in(backend: Backend) {
    for statement in [
        "INSERT INTO recovery_code (id, code, user_name, made_at, mac) \
         SELECT code, id, 'keeper', made_at, mac FROM recovery_code WHERE used_at IS NULL",
        "UPDATE recovery_code SET used_at = NULL, session = NULL",
        "UPDATE recovery_code SET seen_at = 'now' WHERE used_at IS NOT NULL",
        "UPDATE recovery_code SET user_name = 'keeper'",
        "UPDATE recovery_code SET session = NULL WHERE used_at IS NOT NULL",
        "DELETE FROM recovery_code WHERE used_at IS NOT NULL",
    ] {
        let place = Place::new(backend);
        let mut r = place.furnished();
        let (_, codes) = ada(&mut r);
        let mut server = place.open_at_server();
        server.begin_session("ada", PASSWORD, Some(&codes[0])).unwrap();
        r.driver().execute(statement, &[]).unwrap();
        changed(server.login("ada", PASSWORD, Some(&codes[0])));
        changed(server.login("ada", PASSWORD, Some(&codes[1])));
        changed(Register::open_with(place.driver(), place.files.clone(), at(0)));
        changed(r.verify_audit());
    }
}

fn resetting_a_second_factor_removes_its_recovery_codes(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let (_, codes) = ada(&mut r);
    r.login("keeper", PASSWORD, None).unwrap();
    r.reset_second_factor("ada").unwrap();
    assert!(hashes(&mut r).is_empty());
    // The code is none of another second factor either.
    log_in(&mut r, "ada", Role::VaultKeeper, "police");
    assert_eq!(r.recovery().unwrap().left, 0);
    let mut server = place.open_at_server();
    server.login("ada", PASSWORD, None).unwrap();
    assert_eq!(server.session().unwrap().must, Some(Obligation::SecondFactor));
    let (_, fresh) = enrolled_with_codes(&mut server, PASSWORD);
    assert!(server.login("ada", PASSWORD, Some(&codes[0])).is_err());
    server.login("ada", PASSWORD, Some(&fresh[0])).unwrap();
    assert_eq!(server.session().unwrap().must, None);
    // So does giving the register back by shares of the recovery key.
    drop((r, server));
    let recovery = Key::random().unwrap();
    let keys = WorkKeys { recovery: Some(recovery.clone()), ..place.files.work().unwrap() };
    let mut r = Register::open(place.driver(), keys, place.files.vault().unwrap(), at(0)).unwrap();
    r.recover_administrator(&recovery, "ada", "another password", CHEAP).unwrap();
    assert!(hashes(&mut r).is_empty());
}
