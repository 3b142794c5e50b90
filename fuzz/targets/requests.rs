//! Any bytes as what is sent to a server: forms of the login with its code, of an assessment and of a table, JSON of the interface. Each
//! is answered, and never by a fault of the program.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, header};
use ijsberg_crypto::Cost;
use ijsberg_register::Register;
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::policy::{Grant, Operation, Role};
use ijsberg_sqlite::Sqlite;
use ijsberg_web::{App, Config, RegisterPool, router};
use tower::ServiceExt;

/// Where it is sent, as what.
const ROUTES: [(&str, &str); 6] = [
    ("/login", "application/x-www-form-urlencoded"),
    ("/assess", "application/x-www-form-urlencoded"),
    ("/assess/live", "application/x-www-form-urlencoded"),
    ("/estimate", "multipart/form-data; boundary=part"),
    ("/api/v1/assess", "application/json"),
    ("/api/v1/notifications", "application/json"),
];

struct Site {
    runtime: tokio::runtime::Runtime,
    app: axum::Router,
    token: String,
}

fn site() -> Site {
    let dir = tempfile::tempdir().expect("a folder").keep();
    let (work, vault) =
        (WorkKeys::random().expect("random numbers"), VaultKeys::random().expect("random numbers"));
    let open = move || {
        let file = Sqlite::open(&dir.join("r.db"), work.database.bytes())?;
        let now = jiff::Timestamp::now();
        Register::open(Box::new(file), work.clone(), Some(vault.clone()), now).map(Register::at_console)
    };
    let mut r = open().expect("a register");
    let all: Vec<Grant> =
        Role::ALL.into_iter().map(|role| Grant { role, organisation: "*".into() }).collect();
    r.first_user("keeper", "a password for tests", &all, Cost { memory: 8, passes: 1 }).expect("no user yet");
    r.login("keeper", "a password for tests", None).expect("the password fits");
    r.open_lane(Lane::Statistics, "synthetic", "2026-01-01").expect("the right to");
    r.add_organisation("police", "Police", "NP", "P", true).expect("the right to");
    let until = jiff::tz::TimeZone::UTC.to_datetime(r.now).date().tomorrow().expect("a day");
    let token = r.issue_token("fuzz", &[Operation::Notify], until).expect("the right to");
    drop(r);
    let pool = RegisterPool::new(Box::new(open), 2).expect("a register");
    let config = Config { a_second: 1_000_000, synthetic: true, open_studio: true, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    Site { runtime: runtime.expect("a runtime"), app: router(App::new(config, Some(pool), None)), token }
}

// It outlives its thread: a server is not closed from within the end of one.
thread_local!(static SITE: &'static Site = Box::leak(Box::new(site())));

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    SITE.with(|site| {
        for (path, kind) in ROUTES {
            let request = Request::post(path)
                .header(header::HOST, "localhost")
                .header(header::CONTENT_TYPE, kind)
                .header(header::CONTENT_LENGTH, bytes.len())
                .header(header::AUTHORIZATION, format!("Bearer {}", site.token))
                .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))))
                .body(Body::from(bytes.to_vec()))
                .expect("a request");
            let answer = site.runtime.block_on(site.app.clone().oneshot(request)).expect("an answer");
            assert!(answer.status().as_u16() != 500, "{path}: {}", answer.status());
        }
    });
}
