//! Registers to try things on.

use ijsberg_crypto::Cost;
use ijsberg_postgres::Postgres;
use ijsberg_register::erasing::{DELAY, ErasureOutcome};
use ijsberg_register::keeper::KeyFiles;
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::merge::Fields;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::records::Ground;
use ijsberg_register::register::Id;
use ijsberg_register::{Register, RegisterError};
use ijsberg_sqlite::Sqlite;
use ijsberg_store::Driver;

/// Passwords are cheap to try here.
pub(crate) const CHEAP: Cost = Cost { memory: 8, passes: 1 };
pub(crate) const PASSWORD: &str = "a password for tests";

/// A back end.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Backend {
    Sqlite,
    Postgres,
}

/// Where a register lies, to open it again.
pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) url: Option<String>,
    pub(crate) files: KeyFiles,
}

/// The server that the test command started.
pub(crate) fn server() -> String {
    std::env::var("IJSBERG_TEST_POSTGRES")
        .expect("IJSBERG_TEST_POSTGRES is not set: run `cargo xtask test`, or set it to the URL of a server to try things on")
}

impl Place {
    pub(crate) fn new(backend: Backend) -> Self {
        let url = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => {
                let name = format!("r{}", ijsberg_crypto::hex(&ijsberg_crypto::random::<8>().unwrap()));
                let mut admin = Postgres::open(&format!("{}/postgres", server())).unwrap();
                admin.batch(&format!("CREATE DATABASE {name}")).unwrap();
                Some(format!("{}/{name}", server()))
            }
        };
        let dir = tempfile::tempdir().unwrap();
        let (work, vault) = (WorkKeys::random().unwrap(), VaultKeys::random().unwrap());
        let files = KeyFiles::create(dir.path(), (&work, PASSWORD), (&vault, PASSWORD), CHEAP).unwrap();
        Self { dir, url, files }
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.dir.path().join("register.db")
    }

    pub(crate) fn driver(&self) -> Box<dyn Driver> {
        match &self.url {
            Some(url) => Box::new(Postgres::open(url).unwrap()),
            None => {
                Box::new(Sqlite::open(&self.file(), self.files.work().unwrap().database.bytes()).unwrap())
            }
        }
    }

    /// As a user at the console: roles are tried without a second factor.
    pub(crate) fn open(&self) -> Register {
        self.open_at_server().at_console()
    }

    pub(crate) fn open_at_server(&self) -> Register {
        let now = "2026-11-24T12:00:00Z".parse().unwrap();
        Register::open_with(self.driver(), self.files.clone(), now).unwrap()
    }

    /// A register that is tried on data that go back to what they were: with copies of the key files.
    pub(crate) fn tried(&self, driver: Box<dyn Driver>, now: jiff::Timestamp) -> Register {
        let scratch = tempfile::tempdir_in(self.dir.path()).unwrap().keep();
        for name in [ijsberg_register::keeper::WORK, ijsberg_register::keeper::VAULT] {
            std::fs::copy(self.dir.path().join(name), scratch.join(name)).unwrap();
        }
        Register::open_copy(driver, self.files.at(&scratch), now).unwrap()
    }

    /// A register with users, tracks and organisations, `keeper` logged in.
    pub(crate) fn furnished(&self) -> Register {
        let mut r = self.open();
        let all: Vec<Grant> = Role::ALL
            .into_iter()
            .filter(|r| !r.is_behind_firewall())
            .map(|role| Grant { role, organisation: "*".into() })
            .collect();
        r.first_user("keeper", PASSWORD, &all, CHEAP).unwrap();
        r.login("keeper", PASSWORD, None).unwrap();
        r.open_lane(Lane::Statistics, "art. 9(2)(j) GDPR", "2026-01-01").unwrap();
        r.open_lane(Lane::Help, "consent", "2026-01-01").unwrap();
        for (id, kind, list) in [("police", "NP", "P"), ("shelter", "OPVANG", "O"), ("border", "KMAR", "K")] {
            r.add_organisation(id, id, kind, list, true).unwrap();
        }
        r
    }
}

/// A user with one role for one organisation, logged in.
pub(crate) fn log_in(r: &mut Register, name: &str, role: Role, organisation: &str) {
    r.login("keeper", PASSWORD, None).unwrap();
    match r.add_user(name, PASSWORD, CHEAP) {
        Ok(()) | Err(RegisterError::Exists(_)) => {}
        Err(e) => panic!("{e}"),
    }
    r.set_grant(name, &Grant { role, organisation: organisation.into() }, true).unwrap();
    r.login(name, PASSWORD, None).unwrap();
}

pub(crate) fn notification(organisation: &str, key: &str) -> Notification {
    Notification {
        line: 2,
        organisation: organisation.into(),
        local_key: key.into(),
        happened_on: "2016-05-31".into(),
        sex: "F".into(),
        birth_year: Some(1990),
        minor: "no".into(),
        nationality: "RO".into(),
        form: "LABOUR".into(),
        sector: "A".into(),
        region: "NL-ZH".into(),
        synthetic: true,
        ..Notification::default()
    }
}

pub(crate) fn helped(organisation: &str, key: &str, given: &str) -> Notification {
    Notification {
        lane: Lane::Help,
        identity: vec![("given_name", given.into()), ("family_name", format!("{given}escu"))],
        ..notification(organisation, key)
    }
}

/// A week later another user erases what was listed.
pub(crate) fn erased_by_another(r: &mut Register) -> ErasureOutcome {
    r.now += jiff::SignedDuration::from_hours(7 * 24);
    log_in(r, "second", Role::RecordsManager, "*");
    let done = r.erase_listed().unwrap();
    r.login("keeper", PASSWORD, None).unwrap();
    done
}

/// Everything that is due is listed, and erased by another user.
pub(crate) fn erased(r: &mut Register) -> ErasureOutcome {
    r.list_for_erasing(DELAY).unwrap();
    erased_by_another(r)
}

/// One person is erased at their own request.
pub(crate) fn erased_at_request(r: &mut Register, person: &Id) {
    r.list_person_for_erasing(person, DELAY).unwrap();
    assert_eq!(erased_by_another(r).persons, 1);
}

/// The pseudonym of the only person of a registration.
pub(crate) fn person_of(r: &mut Register, registration: &Id) -> Id {
    let row = r
        .driver()
        .first("SELECT person FROM registration WHERE id = $1", &[registration.as_slice().into()])
        .unwrap()
        .unwrap();
    row.get(0).unwrap()
}

/// Runs every test on both back ends.
macro_rules! on_both {
    ($($story:ident),* $(,)?) => {
        mod sqlite { $(#[test] fn $story() { super::$story(crate::common::Backend::Sqlite); })* }
        mod postgres { $(#[test] fn $story() { super::$story(crate::common::Backend::Postgres); })* }
    };
}

pub(crate) use on_both;

pub(crate) fn fields(v: &serde_json::Value) -> Fields {
    v.as_object().unwrap().clone()
}

pub(crate) const GROUND: Ground<'static> =
    Ground { organisation: "shelter", purpose: "help", basis: "consent" };

/// A code by RFC 6238, of a secret in base 32.
pub(crate) fn code(secret: &str, at: i64) -> String {
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .build()
        .unwrap();
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

/// Turns on the second factor of the logged-in user; returns its secret. The current code is used up.
pub(crate) fn enrolled(r: &mut Register, password: &str) -> String {
    enrolled_with_codes(r, password).0
}

/// The same, and the recovery codes.
pub(crate) fn enrolled_with_codes(r: &mut Register, password: &str) -> (String, Vec<String>) {
    let url = r.new_second_factor(password, None).unwrap();
    assert!(url.starts_with("otpauth://totp/"), "{url}");
    let secret = url.split("secret=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let codes = r.confirm_second_factor(&code(&secret, r.now.as_second())).unwrap();
    (secret, codes.iter().map(|c| c.to_string()).collect())
}
