//! Recovery codes, and an import on a closed track, on the command line.

use crate::custody::{Place, database, out};

fn code(secret: &str, at: u64) -> String {
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .build()
        .unwrap();
    totp.generate(at).to_string()
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

/// The codes in the output.
fn codes(said: &str) -> Vec<String> {
    said.lines().filter(|l| l.len() == 14 && l.matches('-').count() == 2).map(str::to_owned).collect()
}

#[test]
fn a_recovery_code_works_once_in_place_of_the_phone() {
    for url in [None, Some(database())] {
        let place = Place::new(url);
        place.works(&["user", "grant", "keeper", "auditor"]);
        let said = place.works(&["user", "second-factor"]);
        let secret = said.split("secret=").nth(1).unwrap().split('&').next().unwrap();
        let said = place.works(&["user", "second-factor", "--confirm", &code(secret, now())]);
        let first = codes(&said);
        assert!(first.len() == 10 && said.contains("ten recovery codes"), "{said}");
        place.fails(&["status"], "is not correct");
        let said = place.works(&["status", "--code", &first[0]]);
        assert!(said.contains("A recovery code was used for this, and 9 are left"), "{said}");
        place.fails(&["status", "--code", &first[0]], "is not correct");
        // In Dutch too; a new phone is set up with the next one.
        let said = place.works(&["user", "second-factor", "--code", &first[1], "--lang", "nl"]);
        assert!(said.contains("er zijn er nog 8") && said.contains("otpauth://"), "{said}");
        let secret = said.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let confirm = ["user", "second-factor", "--code", &first[2], "--confirm", &code(&secret, now())];
        let second = codes(&place.works(&confirm));
        place.fails(&["status", "--code", &first[3]], "is not correct");
        // Codes are made anew, and the ones before are good for nothing.
        let third = codes(&place.works(&["user", "recovery-codes", "--code", &second[0]]));
        assert_eq!(third.len(), 10);
        place.fails(&["status", "--code", &second[1]], "is not correct");
        let said = place.works(&["status", "--code", &code(&secret, now() + 30)]);
        assert!(!said.contains("recovery code"), "{said}");
        // Another administrator sets the phone and the codes of somebody aside, not their own.
        let with = |arguments: &[&str], code: &str| place.run(&[arguments, &["--code", code]].concat());
        let refused = with(&["user", "reset-second-factor", "keeper"], &third[0]);
        assert!(out(&refused).contains("another administrator"), "{}", out(&refused));
        let log = out(&with(&["audit", "show"], &third[1]));
        assert!(log.contains("by a recovery code, 9 left"), "{log}");
        assert!(first.iter().chain(&second).chain(&third).all(|code| !log.contains(code.as_str())));
    }
}

#[test]
fn an_import_does_not_begin_on_a_closed_track() {
    let place = Place::new(None);
    let closed = "the track statistics is not open";
    place.fails(&["import", "file.csv"], closed);
    place.fails(&["import", "file.csv", "--dry-run"], closed);
    // Rows that name it themselves, among others.
    let mixed = "organisation,case,date,lane\nshelter,8,2016,help\nshelter,9,2016,statistics\n";
    std::fs::write(place.path("mixed.csv"), mixed).unwrap();
    place.fails(&["import", "mixed.csv", "--lane", "help"], closed);
    assert!(place.works(&["status"]).contains("1 registration"));
}
