//! An application over a register of nobody, asked without a network.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use ijsberg_crypto::Cost;
use ijsberg_postgres::Postgres;
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::records::Ground;
use ijsberg_register::{Register, RegisterError};
use ijsberg_sqlite::Sqlite;
use ijsberg_store::Driver;
use ijsberg_web::{App, Config, Publisher, RegisterPool, router};
use tower::ServiceExt;

/// Passwords are cheap to try here.
const CHEAP: Cost = Cost { memory: 8, passes: 1 };
pub(crate) const PASSWORD: &str = "a password for tests";

pub(crate) struct Site {
    _dir: tempfile::TempDir,
    /// Of the database, where it is PostgreSQL.
    pub(crate) url: Option<String>,
    app: Router,
    pub(crate) person: String,
    pub(crate) registrations: [String; 2],
    pub(crate) record: String,
}

fn helped(key: &str, name: &str) -> Notification {
    Notification {
        organisation: "police".into(),
        local_key: key.into(),
        happened_on: "2016-05-31".into(),
        lane: Lane::Help,
        sex: "F".into(),
        minor: "no".into(),
        form: "LABOUR".into(),
        sector: "A".into(),
        synthetic: true,
        identity: vec![("given_name", name.into())],
        ..Notification::default()
    }
}

impl Site {
    /// A user named after each role, for the police, for the shelter (`ROLE-of-shelter`) and for all (`ROLE-of-all`); `nobody` has no
    /// role. All data are of the police.
    pub(crate) fn new() -> Self {
        Self::on(None, false, None)
    }

    /// The same where reports and deliveries are released.
    pub(crate) fn publishing(publisher: Publisher) -> Self {
        Self::on(None, false, Some(publisher))
    }

    /// The same where administrators and custodians of the identity vault need a second factor.
    pub(crate) fn strict() -> Self {
        Self::on(None, true, None)
    }

    /// The same on the PostgreSQL server that the test command started.
    pub(crate) fn postgres() -> Self {
        let server = std::env::var("IJSBERG_TEST_POSTGRES").expect(
            "IJSBERG_TEST_POSTGRES is not set: run `cargo xtask test`, or set it to the URL of a server to try things on",
        );
        let name = format!("w{}", ijsberg_crypto::hex(&ijsberg_crypto::random::<8>().unwrap()));
        // The driver waits, which a thread that serves requests may not.
        let made = std::thread::spawn(move || {
            let mut admin = Postgres::open(&format!("{server}/postgres")).unwrap();
            admin.batch(&format!("CREATE DATABASE {name}")).unwrap();
            drop(admin);
            Self::on(Some(format!("{server}/{name}")), false, None)
        });
        made.join().unwrap()
    }

    fn on(url: Option<String>, strict: bool, publisher: Option<Publisher>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("register.db");
        let (work, vault) = (WorkKeys::random().unwrap(), VaultKeys::random().unwrap());
        let database = url.clone();
        let open = move || -> Result<Register, RegisterError> {
            let driver: Box<dyn Driver> = match &url {
                Some(url) => Box::new(Postgres::open(url)?),
                None => Box::new(Sqlite::open(&path, work.database.bytes())?),
            };
            let register = Register::open(driver, work.clone(), Some(vault.clone()), jiff::Timestamp::now())?;
            // Roles are tried without a second factor, but where that is what is tried.
            Ok(if strict { register } else { register.at_console() })
        };
        let mut r = open().unwrap().at_console();
        // All of it was some time ago, so that what was put up for erasing then can be confirmed.
        r.now -= jiff::SignedDuration::from_hours(10 * 24);
        let all: Vec<Grant> =
            Role::ALL.iter().map(|role| Grant { role: *role, organisation: "*".into() }).collect();
        r.first_user("keeper", PASSWORD, &all, CHEAP).unwrap();
        r.login("keeper", PASSWORD, None).unwrap();
        r.open_lane(Lane::Help, "nobody exists", "2026-01-01").unwrap();
        r.add_organisation("police", "Police", "NP", "P", true).unwrap();
        r.add_organisation("shelter", "Shelter", "OPVANG", "Z", true).unwrap();
        for role in Role::ALL {
            r.add_user(&role.name(), PASSWORD, CHEAP).unwrap();
            r.set_grant(&role.name(), &Grant { role, organisation: "police".into() }, true).unwrap();
            for (of, organisation) in [("shelter", "shelter"), ("all", "*")] {
                let name = format!("{}-of-{of}", role.name());
                r.add_user_of(&name, PASSWORD, organisation, CHEAP).unwrap();
                r.set_grant(&name, &Grant { role, organisation: organisation.into() }, true).unwrap();
            }
        }
        r.add_user("nobody", PASSWORD, CHEAP).unwrap();
        let done = r.notify(&[helped("1", "Synthia"), helped("2", "Cynthia")]).unwrap();
        let registrations = [0, 1].map(|i| ijsberg_crypto::hex(&done.registrations[i].unwrap()));
        let person = ijsberg_crypto::hex(&r.find("police", "1").unwrap().person);
        let ground = Ground { organisation: "police", purpose: "help", basis: "consent" };
        let fields = serde_json::json!({ "types": ["Legal"] }).as_object().cloned().unwrap();
        let about = ijsberg_register::register::id(&person).unwrap();
        let record = ijsberg_crypto::hex(&r.add_record("support", Some(&about), &ground, &fields).unwrap());
        r.list_person_for_erasing(&about, 7).unwrap();
        drop(r);
        let config = Config { synthetic: true, a_second: 100_000, ..Config::default() };
        let app = router(App::new(config, Some(RegisterPool::new(Box::new(open), 2).unwrap()), publisher));
        Self { _dir: dir, url: database, app, person, registrations, record }
    }

    /// Without a register.
    pub(crate) fn bare() -> Self {
        let app = router(App::new(Config::default(), None, None));
        let dir = tempfile::tempdir().unwrap();
        Self {
            _dir: dir,
            url: None,
            app,
            person: String::new(),
            registrations: [String::new(), String::new()],
            record: String::new(),
        }
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Response {
        self.app.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Response {
        let request = Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, cookie);
        self.ask(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, cookie: &str, form: &str) -> Response {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.ask(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    /// Sends a form and goes to where that leads; the page.
    pub(crate) async fn through(&self, path: &str, cookie: &str, form: &str) -> String {
        let answer = self.post(path, cookie, form).await;
        self.led(answer, cookie).await
    }

    /// Where an answer leads, or the page that it is.
    pub(crate) async fn led(&self, answer: Response, cookie: &str) -> String {
        let to = answer.headers().get(header::LOCATION).map(|l| l.to_str().unwrap().to_owned());
        let answer = match to {
            Some(to) => self.get(&to, cookie).await,
            None => answer,
        };
        body(answer).await
    }

    /// Logs in; the cookie.
    pub(crate) async fn log_in(&self, user: &str) -> String {
        self.log_in_with(user, PASSWORD, "/").await
    }

    /// The same with a password, and where it leads.
    pub(crate) async fn log_in_with(&self, user: &str, password: &str, to: &str) -> String {
        let form = format!("user={user}&password={}", password.replace(' ', "+"));
        // Each from a place of its own, since those who come from one may not come too often.
        let from: [u8; 4] = ijsberg_crypto::random().unwrap();
        let mut request = Request::post("/login")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((from, 1))));
        let answer = self.ask(request).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert!(answer.headers()[header::LOCATION].to_str().unwrap().starts_with(to));
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }
}

pub(crate) async fn body(answer: Response) -> String {
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
