//! Passwords, second factors and sessions: users who guess, who lose something, and who leave.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use ijsberg_crypto::Cost;
use ijsberg_register::RegisterError;
use ijsberg_register::policy::{Grant, Operation, Role};
use ijsberg_register::register::{Obligation, id};
use ijsberg_register::review::PairFilter;

use crate::common::{Backend, CHEAP, PASSWORD, Place, code, enrolled, log_in, notification, on_both};

on_both!(
    many_guesses_at_once_try_no_more_than_a_few_in_turn,
    a_code_opens_once_also_at_the_same_moment,
    a_name_that_nobody_has_is_answered_like_one_that_somebody_has,
    a_name_that_nobody_has_is_answered_in_the_same_time,
    a_second_factor_takes_the_password_and_a_code,
    a_password_is_changed_by_its_owner,
    a_lost_password_or_phone_is_reset_by_another_user,
    sessions_are_listed_and_ended_and_end_by_themselves,
    what_ends_with_an_account_does_not_come_back_with_it,
    administrators_and_vault_keepers_do_nothing_without_a_second_factor,
);

/// So many at once, each with a register of its own.
pub(crate) fn at_once<T: Send>(
    place: &Place,
    many: usize,
    f: impl Fn(&mut ijsberg_register::Register) -> T + Sync,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(many));
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..many)
            .map(|_| {
                let (barrier, f) = (Arc::clone(&barrier), &f);
                scope.spawn(move || {
                    let mut r = place.open_at_server();
                    barrier.wait();
                    f(&mut r)
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    })
}

fn many_guesses_at_once_try_no_more_than_a_few_in_turn(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.add_user("ada", PASSWORD, CHEAP).unwrap();
    for name in ["ada", "nobody-of-that-name"] {
        let answers = at_once(&place, 24, |r| r.login(name, "a wrong password", None));
        let tried = answers.iter().filter(|a| matches!(a, Err(RegisterError::Login))).count();
        let held = answers.iter().filter(|a| matches!(a, Err(RegisterError::Locked(_)))).count();
        assert_eq!((tried, held), (5, 19), "{name}");
    }
    // As many passwords were looked at as the log says.
    let sql = "SELECT count(*) FROM audit WHERE operation = 'log_in' AND outcome = 'denied'";
    assert_eq!(r.driver().first(sql, &[]).unwrap().unwrap().get::<i64>(0).unwrap(), 10);
    // Nor may somebody who has a session guess at the password that goes with it.
    r.resume("ada").unwrap();
    r.now = "2026-11-24T13:00:00Z".parse().unwrap();
    let mut server = place.open_at_server();
    server.now = r.now;
    server.login("ada", PASSWORD, None).unwrap();
    for _ in 0..5 {
        let refused = server.change_password("a wrong password", "another password", CHEAP);
        assert!(matches!(refused, Err(RegisterError::Login)), "{refused:?}");
    }
    let refused = server.new_second_factor(PASSWORD, None);
    assert!(matches!(refused, Err(RegisterError::Locked(_))), "{refused:?}");
}

fn a_code_opens_once_also_at_the_same_moment(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Linker, "police");
    let secret = enrolled(&mut r, PASSWORD);
    let now = "2026-11-24T12:05:00Z".parse().unwrap();
    for _ in 0..3 {
        let fits = code(&secret, "2026-11-24T12:05:00Z".parse::<jiff::Timestamp>().unwrap().as_second());
        let came = at_once(&place, 4, |r| {
            r.now = now;
            r.begin_session("ada", PASSWORD, Some(&fits))
        });
        let known = r.driver().first("SELECT count(*) FROM app_session", &[]).unwrap().unwrap();
        assert_eq!(known.get::<i64>(0).unwrap(), 1);
        assert!(came.iter().filter(|c| c.is_ok()).count() <= 1);
        assert!(
            came.iter().all(|c| matches!(c, Ok(_) | Err(RegisterError::Login | RegisterError::Locked(_))))
        );
    }
    // The session belongs to the user who logged in.
    r.now = "2026-11-24T13:30:00Z".parse().unwrap();
    let fits = code(&secret, r.now.as_second());
    let secret = r.begin_session("ada", PASSWORD, Some(&fits)).unwrap();
    r.resume_session(&secret).unwrap();
    assert_eq!(r.session().unwrap().user, "ada");
}

fn a_name_that_nobody_has_is_answered_like_one_that_somebody_has(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.add_user("ada", PASSWORD, CHEAP).unwrap();
    r.add_user("closed", PASSWORD, CHEAP).unwrap();
    r.set_disabled("closed", true).unwrap();
    let mut server = place.open_at_server();
    let names = ["ada", "nobody-of-that-name", "closed"];
    let minutes = [0, 0, 0, 0, 0, 0, 2, 2, 10, 10, 200, 200];
    let told = minutes.map(|minute| {
        server.now = "2026-11-24T12:00:00Z".parse::<jiff::Timestamp>().unwrap()
            + jiff::SignedDuration::from_mins(minute);
        names.map(|name| format!("{:?}", server.login(name, "a wrong password", None)))
    });
    let answers = [0, 1, 2].map(|name| told.each_ref().map(|t| t[name].clone()));
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert!(answers[0][5].contains("Locked") && answers[0][11].contains("Locked"), "{:?}", answers[0]);
    // What was typed as a name may be a password: it is in no table.
    let rows = r.driver().query("SELECT actor, subject, detail FROM audit", &[]).unwrap();
    assert!(!format!("{rows:?}").contains("nobody-of-that-name"));
    // It is forgotten after a day.
    server.now = "2026-11-27T12:00:00Z".parse().unwrap();
    server.login("ada", PASSWORD, None).unwrap();
    assert!(r.driver().query("SELECT 1 FROM login_attempt", &[]).unwrap().is_empty());
}

fn a_name_that_nobody_has_is_answered_in_the_same_time(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    r.add_user("ada", PASSWORD, Cost::default()).unwrap();
    r.add_user("closed", PASSWORD, Cost::default()).unwrap();
    r.set_disabled("closed", true).unwrap();
    r.add_user("twice", PASSWORD, Cost::default()).unwrap();
    r.login("twice", PASSWORD, None).unwrap();
    enrolled(&mut r, PASSWORD);
    let mut server = place.open_at_server();
    // In time of the processor: what else the machine does is not in it.
    let clock = rustix::time::ClockId::ThreadCPUTime;
    let worked = || Duration::try_from(rustix::time::clock_gettime(clock)).unwrap();
    let tries = [
        ("ada", "a wrong password"),
        ("nobody-of-that-name", "a wrong password"),
        ("closed", PASSWORD),
        ("twice", PASSWORD),
    ];
    let mut least = [Duration::MAX; 4];
    for round in 0..60_i64 {
        // Two hours later nobody is held up.
        server.now = r.now + jiff::SignedDuration::from_hours(2 * round);
        for (least, (name, password)) in least.iter_mut().zip(tries) {
            let began = worked();
            assert!(matches!(server.login(name, password, None), Err(RegisterError::Login)), "{name}");
            *least = worked().saturating_sub(began).min(*least);
        }
    }
    let (quick, slow) = (least.iter().min().unwrap(), least.iter().max().unwrap());
    assert!(slow.as_secs_f64() / quick.as_secs_f64() < 1.5, "{least:?}");
}

fn a_second_factor_takes_the_password_and_a_code(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Linker, "police");
    assert!(matches!(r.new_second_factor("a wrong password", None), Err(RegisterError::Login)));
    assert!(matches!(r.confirm_second_factor("123456"), Err(RegisterError::NotFound(_))));
    let url = r.new_second_factor(PASSWORD, None).unwrap();
    // It does not count before a code of it was seen.
    r.login("ada", PASSWORD, None).unwrap();
    for wrong in ["", "000000", "12345", "abcdef"] {
        assert!(matches!(r.confirm_second_factor(wrong), Err(RegisterError::Code)), "{wrong}");
    }
    assert!(!r.own_account().unwrap().second_factor && r.own_account().unwrap().waits);
    r.login("ada", PASSWORD, None).unwrap();
    let secret = url.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    r.confirm_second_factor(&code(&secret, r.now.as_second())).unwrap();
    assert!(r.login("ada", PASSWORD, None).is_err());
    // Another one replaces it once it is confirmed, and not before.
    r.now = "2026-11-24T12:10:00Z".parse().unwrap();
    r.login("ada", PASSWORD, Some(&code(&secret, r.now.as_second()))).unwrap();
    let url = r.new_second_factor(PASSWORD, None).unwrap();
    r.now = "2026-11-24T12:20:00Z".parse().unwrap();
    r.login("ada", PASSWORD, Some(&code(&secret, r.now.as_second()))).unwrap();
    let other = url.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    r.confirm_second_factor(&code(&other, r.now.as_second())).unwrap();
    r.now = "2026-11-24T12:30:00Z".parse().unwrap();
    assert!(r.login("ada", PASSWORD, Some(&code(&secret, r.now.as_second()))).is_err());
    r.login("ada", PASSWORD, Some(&code(&other, r.now.as_second()))).unwrap();
    // At a server that takes a code of the one before, too, which is used up then.
    let mut server = place.open_at_server();
    server.now = "2026-11-24T12:40:00Z".parse().unwrap();
    let fits = code(&other, server.now.as_second());
    server.login("ada", PASSWORD, Some(&fits)).unwrap();
    for wrong in [None, Some("000000"), Some(fits.as_str())] {
        assert!(matches!(server.new_second_factor(PASSWORD, wrong), Err(RegisterError::Code)), "{wrong:?}");
    }
    assert!(!server.own_account().unwrap().waits);
    server.now = "2026-11-24T12:50:00Z".parse().unwrap();
    let fits = code(&other, server.now.as_second());
    server.new_second_factor(PASSWORD, Some(&fits)).unwrap();
    assert!(server.own_account().unwrap().waits);
    assert!(matches!(server.login("ada", PASSWORD, Some(&fits)), Err(RegisterError::Login)));
}

fn a_password_is_changed_by_its_owner(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Linker, "police");
    let elsewhere = r.begin_session("ada", PASSWORD, None).unwrap();
    let here = r.begin_session("ada", PASSWORD, None).unwrap();
    r.resume_session(&here).unwrap();
    assert!(matches!(
        r.change_password("a wrong password", "a new password", CHEAP),
        Err(RegisterError::Login)
    ));
    assert!(r.change_password(PASSWORD, "short", CHEAP).is_err());
    assert!(r.change_password(PASSWORD, PASSWORD, CHEAP).is_err());
    r.change_password(PASSWORD, "a new password", CHEAP).unwrap();
    // The session in which it was done goes on; every other one ended.
    r.resume_session(&here).unwrap();
    assert!(matches!(r.resume_session(&elsewhere), Err(RegisterError::NoSession)));
    assert!(r.login("ada", PASSWORD, None).is_err());
    r.login("ada", "a new password", None).unwrap();
    // A token cannot.
    let until = "2026-12-31".parse().unwrap();
    let token = r.issue_token("t", &[Operation::Link], until).unwrap();
    r.resume_token(&token).unwrap();
    assert!(r.change_password("a new password", PASSWORD, CHEAP).is_err());
    assert!(r.new_second_factor("a new password", None).is_err());
    // Nor does it go on where the password is changed or set anew, or all sessions are ended.
    r.login("ada", "a new password", None).unwrap();
    r.change_password("a new password", PASSWORD, CHEAP).unwrap();
    assert!(matches!(r.resume_token(&token), Err(RegisterError::NoSession)));
    for end in [
        |r: &mut ijsberg_register::Register| drop(r.reset_password("ada", CHEAP)),
        |r: &mut ijsberg_register::Register| drop(r.end_sessions_of("ada")),
    ] {
        r.login("ada", PASSWORD, None).unwrap();
        let token = r.issue_token("t", &[Operation::Link], until).unwrap();
        r.resume_token(&token).unwrap();
        r.resume("keeper").unwrap();
        end(&mut r);
        assert!(matches!(r.resume_token(&token), Err(RegisterError::NoSession)));
        r.resume("keeper").unwrap();
        let given = r.reset_password("ada", CHEAP).unwrap();
        r.login("ada", &given, None).unwrap();
        r.change_password(&given, PASSWORD, CHEAP).unwrap();
    }
}

fn a_lost_password_or_phone_is_reset_by_another_user(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Linker, "police");
    let before = r.begin_session("ada", PASSWORD, None).unwrap();
    r.resume("keeper").unwrap();
    // Not one's own: that would need nobody else.
    assert!(matches!(r.reset_password("keeper", CHEAP), Err(RegisterError::Oneself)));
    assert!(matches!(r.reset_second_factor("keeper"), Err(RegisterError::Oneself)));
    assert!(matches!(r.reset_password("nobody", CHEAP), Err(RegisterError::NotFound(_))));
    let given = r.reset_password("ada", CHEAP).unwrap();
    let again = r.reset_password("ada", CHEAP).unwrap();
    assert!(given != again && given.len() == 23);
    let mut server = place.open_at_server();
    assert!(server.resume_session(&before).is_err());
    assert!(server.login("ada", PASSWORD, None).is_err() && server.login("ada", &given, None).is_err());
    // It is good for changing it, and for nothing else.
    server.login("ada", &again, None).unwrap();
    assert_eq!(server.session().unwrap().must, Some(Obligation::ChangePassword));
    assert!(matches!(
        server.to_review(&PairFilter::below(0.9), 10),
        Err(RegisterError::First(Obligation::ChangePassword))
    ));
    let until = "2026-12-31".parse().unwrap();
    assert!(server.issue_token("t", &[Operation::Link], until).is_err());
    server.change_password(&again, "a new password", CHEAP).unwrap();
    server.to_review(&PairFilter::below(0.9), 10).unwrap();
    server.login("ada", "a new password", None).unwrap();
    assert_eq!(server.session().unwrap().must, None);
    // A lost phone.
    enrolled(&mut server, "a new password");
    assert!(server.login("ada", "a new password", None).is_err());
    r.reset_second_factor("ada").unwrap();
    server.login("ada", "a new password", None).unwrap();
    // One for a new user, and one that nobody used in time.
    let given = r.invite("bea", "police", CHEAP).unwrap();
    server.now = "2026-11-28T12:00:00Z".parse().unwrap();
    assert!(server.login("bea", &given, None).is_err());
    r.now = server.now;
    r.login("keeper", PASSWORD, None).unwrap();
    let told = r.audit_entries(1, 10_000).unwrap();
    let of = |what: &str| {
        told.iter().any(|e| e.actor == "keeper" && e.subject == "user:ada" && e.detail.contains(what))
    };
    assert!(of("password reset") && of("second factor reset"));
    assert!(!format!("{told:?}").contains(&*given));
}

fn sessions_are_listed_and_ended_and_end_by_themselves(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let at = |minutes: i64| {
        "2026-11-24T12:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minutes)
    };
    log_in(&mut r, "ada", Role::Linker, "police");
    let [one, two] = [0, 1].map(|_| r.begin_session("ada", PASSWORD, None).unwrap());
    r.resume_session(&one).unwrap();
    let listed = r.sessions().unwrap();
    assert_eq!((listed.len(), listed.iter().filter(|s| s.here).count()), (2, 1));
    let other = listed.iter().find(|s| !s.here).unwrap();
    r.end_session(&id(&other.id).unwrap()).unwrap();
    assert!(matches!(r.resume_session(&two), Err(RegisterError::NoSession)));
    // Not somebody else's.
    r.resume_session(&one).unwrap();
    let mine = id(&r.sessions().unwrap()[0].id).unwrap();
    r.resume("keeper").unwrap();
    assert!(matches!(r.end_session(&mine), Err(RegisterError::NotFound(_))));
    assert_eq!(r.end_sessions_of("ada").unwrap(), 1);
    assert!(r.resume_session(&one).is_err());
    // When nobody uses it, when it is old, and when one leaves.
    let idle = r.begin_session("ada", PASSWORD, None).unwrap();
    r.now = at(29);
    r.resume_session(&idle).unwrap();
    r.now = at(58);
    r.resume_session(&idle).unwrap();
    r.now = at(89);
    assert!(r.resume_session(&idle).is_err() && r.open_sessions().unwrap() == 0);
    let old = r.begin_session("ada", PASSWORD, None).unwrap();
    for step in 1..24 {
        r.now = at(89 + 25 * step);
        r.resume_session(&old).unwrap();
    }
    r.now = at(89 + 601);
    assert!(r.resume_session(&old).is_err());
    let left = r.begin_session("ada", PASSWORD, None).unwrap();
    r.leave(&left).unwrap();
    assert!(r.resume_session(&left).is_err());
    for wrong in ["", "0", &"0".repeat(64), &left.to_uppercase()] {
        assert!(matches!(r.resume_session(wrong), Err(RegisterError::NoSession)), "{wrong}");
    }
    // The register keeps no secret of a session.
    let rows = r.driver().query("SELECT secret FROM app_session", &[]).unwrap();
    assert!(rows.iter().all(|row| ijsberg_crypto::hex(&row.get::<Vec<u8>>(0).unwrap()) != left));
}

fn what_ends_with_an_account_does_not_come_back_with_it(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    log_in(&mut r, "ada", Role::Registrar, "police");
    let session = r.begin_session("ada", PASSWORD, None).unwrap();
    let token = r.issue_token("t", &[Operation::Notify], "2026-12-31".parse().unwrap()).unwrap();
    r.resume("keeper").unwrap();
    r.set_disabled("ada", true).unwrap();
    assert!(r.resume_session(&session).is_err() && r.resume_token(&token).is_err());
    r.resume("keeper").unwrap();
    r.set_disabled("ada", false).unwrap();
    assert!(matches!(r.resume_session(&session), Err(RegisterError::NoSession)));
    assert!(matches!(r.resume_token(&token), Err(RegisterError::NoSession)));
    r.login("ada", PASSWORD, None).unwrap();
    r.notify(&[notification("police", "1")]).unwrap();
}

fn administrators_and_vault_keepers_do_nothing_without_a_second_factor(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    for role in Role::ALL {
        let name = role.name();
        r.add_user_of(&name, PASSWORD, "police", CHEAP).unwrap();
        r.set_grant(&name, &Grant { role, organisation: "police".into() }, true).unwrap();
    }
    let mut server = place.open_at_server();
    for role in Role::ALL {
        server.login(&role.name(), PASSWORD, None).unwrap();
        let needs = [Role::Administrator, Role::VaultKeeper].contains(&role);
        assert_eq!(server.session().unwrap().must, needs.then_some(Obligation::SecondFactor), "{role:?}");
    }
    server.login("administrator", PASSWORD, None).unwrap();
    assert!(matches!(server.users(), Err(RegisterError::First(Obligation::SecondFactor))));
    let token = server.issue_token("t", &[Operation::ManageUsers], "2026-12-31".parse().unwrap());
    assert!(matches!(token, Err(RegisterError::First(_))));
    enrolled(&mut server, PASSWORD);
    assert!(server.users().is_ok());
    // Who gets such a role while they are at work stops at once.
    let linker = server.begin_session("linker", PASSWORD, None).unwrap();
    r.set_grant("linker", &Grant { role: Role::VaultKeeper, organisation: "police".into() }, true).unwrap();
    server.resume_session(&linker).unwrap();
    let refused = server.to_review(&PairFilter::below(0.9), 1);
    assert!(matches!(refused, Err(RegisterError::First(Obligation::SecondFactor))));
    // As does a token that was made before.
    r.resume("registrar").unwrap();
    let token = r.issue_token("t", &[Operation::Notify], "2026-12-31".parse().unwrap()).unwrap();
    r.resume("keeper").unwrap();
    r.set_grant("registrar", &Grant { role: Role::VaultKeeper, organisation: "police".into() }, true)
        .unwrap();
    server.resume_token(&token).unwrap();
    assert!(matches!(server.notify(&[notification("police", "1")]), Err(RegisterError::First(_))));
}
