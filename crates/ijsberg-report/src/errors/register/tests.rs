use ijsberg_register::expected::{Break, Wanted};
use ijsberg_register::policy::{MATRIX, Operation, Role};
use ijsberg_signals::fault::{Contradiction, Unmatched, Unread};

use super::*;
use crate::text::Language;

#[test]
fn english_is_the_errors_own_words_and_dutch_is_other_words() {
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    let s = |x: &str| x.to_owned();
    let register = [
        RegisterError::NoSession,
        RegisterError::Login,
        RegisterError::Locked(s("t")),
        RegisterError::Pace { operation: Operation::ReadIdentity, until: s("t") },
        RegisterError::OtherOrganisation { user: s("u") },
        RegisterError::NotEverywhere { user: s("u") },
        RegisterError::LastAdministrator,
        RegisterError::Oneself,
        RegisterError::Code,
        RegisterError::SamePassword,
        RegisterError::First(Obligation::ChangePassword),
        RegisterError::First(Obligation::SecondFactor),
        RegisterError::LaneClosed(s("help")),
        RegisterError::NotFound(Thing::Record),
        RegisterError::Exists(Thing::User),
        RegisterError::Conflict { fields: vec![s("a"), s("b")], version: 3 },
        RegisterError::VaultClosed,
        RegisterError::Erased,
        RegisterError::Audit { seq: 3, what: Break::Changed },
        RegisterError::StaleKeys,
        RegisterError::OtherRegister(s("vault")),
        RegisterError::NoKeyFiles,
        RegisterError::NoEpoch,
        RegisterError::Older { seen: 7, there: 5 },
        RegisterError::Witness { path: s("f") },
        RegisterError::NoWitness { path: s("f") },
        RegisterError::Unwritten,
        RegisterError::CopyDiffers,
        RegisterError::Clock { now: s("n"), last: s("l") },
        RegisterError::Checkpoint { line: 3 },
        RegisterError::SomebodyElse,
        RegisterError::TooEarly(s("2026-12-01")),
        RegisterError::NotListed,
        RegisterError::ListedAlready,
        RegisterError::Held,
        RegisterError::Restricted,
        RegisterError::RestrictedAlready,
        RegisterError::NotRestricted,
        RegisterError::ErasingDelay { least: 7, most: 366 },
    ];
    let store = [
        StoreError::Open(Fault::Login),
        StoreError::Open(Fault::Database),
        StoreError::Open(Fault::Connections),
        StoreError::Open(Fault::Starting),
        StoreError::Open(Fault::Path),
        StoreError::Open(Fault::File),
        StoreError::Open(Fault::Full),
        StoreError::Open(Fault::Code(s("SQLite 14"))),
        StoreError::Statement { what: Fault::Silent, statement: s("SELECT") },
        StoreError::Statement { what: Fault::Unfollowed, statement: s("SELECT") },
        StoreError::Statement { what: Fault::OnlyLooking, statement: s("SELECT") },
        StoreError::Statement { what: Fault::Unfitting, statement: s("SELECT") },
        StoreError::Later,
        StoreError::OtherMigration(3),
        StoreError::OtherVersion,
        StoreError::Certificate { host: s("h"), fault: CertificateFault::Other },
        StoreError::Key,
        StoreError::Empty(s("f")),
        StoreError::Url,
        StoreError::NoAnswer,
        StoreError::Unencrypted { host: s("h"), mode: s("prefer") },
        StoreError::Nameless { address: s("a") },
        StoreError::Certificate { host: s("h"), fault: CertificateFault::None },
        StoreError::Certificate { host: s("h"), fault: CertificateFault::Issuer },
        StoreError::Certificate { host: s("h"), fault: CertificateFault::Name },
        StoreError::Certificate { host: s("h"), fault: CertificateFault::Time },
        StoreError::Roots { path: s("f") },
        StoreError::Busy,
        StoreError::Rule(s("r")),
        StoreError::Damaged,
        StoreError::Unreadable { column: s("c") },
        StoreError::Changed(s("t")),
    ];
    let crypto = [
        CryptoError::DoesNotOpen,
        CryptoError::NotSealed,
        CryptoError::NoRandomness,
        CryptoError::ShortPassphrase(3),
        CryptoError::Shares,
        CryptoError::Cost,
        CryptoError::Development,
    ];
    let later = "2031-05-01";
    let case = [
        CaseError::UnknownQuestion(s("q")),
        CaseError::Future(later.parse().unwrap()),
        CaseError::OutOfRange("debt"),
    ];
    let form = [
        FormError::NoSheet("survey"),
        FormError::NoColumn("survey", "name"),
        FormError::Twice { cell: s("c"), name: s("n") },
    ];
    let row = [
        RowError::Answer { line: 2, column: s("c") },
        RowError::Day { line: 2, column: s("c") },
        RowError::Future { line: 2, column: s("c"), day: later.parse().unwrap() },
        RowError::Twice(s("c")),
        RowError::NoQuestion,
    ];
    let content = Contradiction::examples().into_iter();
    let content = content.map(|what| RulesError::Content { file: s("f"), place: s("p"), what });
    let group = Unmatched::examples().into_iter().map(|what| FormError::Group { cell: s("c"), what });
    for what in Unread::examples() {
        let found = Finding { cell: s("c"), what };
        assert_eq!(finding(&en, &found), format!("c: {}", found.what));
        let dutch = finding(&nl, &found);
        assert!(dutch != finding(&en, &found) && !dutch.contains("form-found"), "{dutch}");
    }
    for of in Lost::examples() {
        assert_eq!(lost(&en, &of), of.to_string());
        let dutch = lost(&nl, &of);
        assert!(dutch != of.to_string() && !dutch.contains("lost-") && !dutch.contains(" the "), "{dutch}");
    }
    let missing = RulesError::Missing { file: s("f") };
    let noise = NoiseError::Impossible { count: 1, variance: 0.5 };
    let mut all: Vec<Box<dyn std::error::Error>> = vec![Box::new(missing), Box::new(noise)];
    all.extend(register.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(store.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(crypto.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(case.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(content.map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(group.map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(form.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    all.extend(row.into_iter().map(|e| Box::new(e) as Box<dyn std::error::Error>));
    let other: Vec<(String, String)> = all
        .iter()
        .map(|e| (any(&en, e.as_ref()).unwrap(), e.to_string()))
        .filter(|(said, own)| said != own)
        .collect();
    assert!(other.is_empty(), "{other:#?}");
    for error in &all {
        let dutch = any(&nl, error.as_ref()).unwrap();
        assert!(dutch != error.to_string() && !dutch.contains("-error-"), "{dutch}");
    }
    // What the reader of TOML says is English.
    let toml = RulesError::Toml { file: s("f"), line: 3, message: s("m") };
    assert_eq!(any(&en, &toml).unwrap(), toml.to_string());
    assert!(any(&nl, &toml).unwrap().starts_with("f, regel 3: "));
    assert_eq!(any(&en, &std::fmt::Error), None);
}

/// Every noun and everything that can be expected, within a sentence of each language.
#[test]
fn nothing_that_is_named_stays_english_in_dutch() {
    let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
    let mut all: Vec<RegisterError> = Vec::new();
    all.extend(Thing::ALL.iter().map(|t| RegisterError::NotFound(*t)));
    all.extend(Thing::ALL.iter().map(|t| RegisterError::Exists(*t)));
    all.extend(Break::ALL.iter().map(|what| RegisterError::Audit { seq: 3, what: *what }));
    all.extend(Wanted::ALL.iter().map(|w| RegisterError::invalid("x", *w)));
    for expected in [
        Expected::OneOf("1, 2".into()),
        Expected::Fields("1, 2".into()),
        Expected::Organisations("1, 2".into()),
        Expected::Lists { most: 16, there: 17 },
        Expected::Rows { most: 16, there: 17 },
        Expected::Twice { line: 2, fields: "x".into() },
        Expected::Of("1".into(), Box::new(Wanted::Words.into())),
    ] {
        all.push(RegisterError::invalid("x", expected));
    }
    for error in &all {
        assert_eq!(register_error(&en, error), error.to_string());
    }
    let roles: Vec<String> = Role::ALL.iter().map(|r| r.name()).collect();
    let denied = |operation| RegisterError::Denied { user: "x".into(), operation, roles: roles.join(", ") };
    all.extend(MATRIX.iter().map(|m| denied(m.0)));
    all.extend(ijsberg_register::entities::KINDS.iter().map(|k| RegisterError::Immutable(k.name)));
    // Words that no Dutch sentence has. Names of columns, commands and codes are the same in every language.
    let english = [
        " the ",
        " a ",
        " an ",
        " of the ",
        " and ",
        " or ",
        " one ",
        "day",
        "record",
        "there",
        "nothing",
        "which",
        "role",
        "person ",
        "event",
        "user",
        " key",
        "entry",
        "must",
        "letters, digits",
        "with",
        "_",
    ];
    let names = [
        "decided_by",
        "happened_on",
        "birth_year",
        "article_part",
        "organisation add",
        "recordid",
        "records_manager",
    ];
    for error in &all {
        let mut said = format!(" {} ", register_error(&nl, error));
        names.iter().for_each(|name| said = said.replace(name, ""));
        let left: Vec<&str> = english.into_iter().filter(|word| said.contains(word)).collect();
        assert!(left.is_empty(), "{said:?} {left:?}");
        assert!(
            !["thing-", "wanted-", "break-", "expected-", "kind-", "code-"].iter().any(|k| said.contains(k)),
            "{said}"
        );
        assert!(
            said.trim() != error.to_string() || said.contains("x: 1, 2") || !said.contains(' '),
            "{said}"
        );
    }
}
