//! Without scripts: files taken in, records, a report looked at, runs beside one another, and erasing, which takes two people and days.

use std::path::Path;

use fantoccini::Locator;
use ijsberg_crypto::{Cost, hex};
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::register::id;
use ijsberg_register::{Register, RegisterError};
use ijsberg_sqlite::Sqlite;
use ijsberg_store::Driver;
use ijsberg_web::{App, Config, RegisterPool, router};

use crate::server::Server;
use crate::visitor::Visitor;

const PASSWORD: &str = "a password for tests";

/// Passwords are cheap to try here.
const CHEAP: Cost = Cost { memory: 8, passes: 1 };

/// Tracks that the form of an import offers.
async fn offered(v: &mut Visitor<'_>) -> serde_json::Value {
    v.go("/import").await;
    v.browser.ask("return [...document.querySelectorAll('#lane option')].map((o) => o.value)").await
}

/// Uploads a file for preview.
async fn import(v: &mut Visitor<'_>, file: &Path, rows: &str) {
    std::fs::write(file, format!("zaaknummer,datum,geslacht\n{rows}")).unwrap();
    v.go("/import").await;
    let input = v.browser.client.find(Locator::Css("#file")).await.unwrap();
    input.send_keys(&file.display().to_string()).await.unwrap();
    v.choose("#organisation", "shelter").await;
    v.choose("#lane", "help").await;
    v.click("main form[enctype] button").await;
}

#[tokio::test]
async fn a_file_is_taken_in_on_open_tracks_alone() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, false).await;
    v.language("nl").await;
    v.log_in("keeper").await;
    assert_eq!(offered(&mut v).await, serde_json::json!(["help"]));
    let file = server.dir.path().join("meldingen.csv");
    import(&mut v, &file, "z1,2061,m\n").await;
    v.has("form[action='/import/faults'] button").await;
    assert!(v.browser.client.find(Locator::Css("form[action='/import/take']")).await.is_err());
    v.look().await;
    import(&mut v, &file, "z1,2016-01-02,v\nz2,2016,m\n").await;
    v.has("form[action='/import/take'] button").await;
    v.look().await;
    v.click("form[action='/import/take'] button").await;
    v.has(".note.good[role=status]").await;
    v.look().await;
    // A track that is opened is offered from then on.
    v.go("/organisations").await;
    v.choose("#lane", "statistics").await;
    v.fill("#basis", "nobody exists").await;
    v.browser.ask("document.querySelector('#assessed').value = '2026-01-01'; return 1").await;
    v.click("button[value=lane]").await;
    v.has("main ul li:nth-child(2)").await;
    assert_eq!(offered(&mut v).await.as_array().unwrap().len(), 2);
    v.close().await;
}

#[tokio::test]
async fn a_record_is_written_and_changed() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, false).await;
    v.language("en").await;
    v.log_in("keeper").await;
    v.click("table.cases tbody th a").await;
    v.has("ol.line li").await;
    let case = v.browser.client.current_url().await.unwrap().path().to_owned();
    v.go(&format!("{case}/record/status")).await;
    v.choose("#status", "PRESUMED").await;
    v.choose("#deciding_organisation", "NGO").await;
    v.fill("#reasons", "Plainly written.").await;
    v.fill("#decided_on", "no day").await;
    v.fill("#basis", "consent").await;
    v.click("main form button:not([type])").await;
    // What was typed is still there, with what is wrong.
    v.has(".note.bad[role=alert]").await;
    v.look().await;
    let typed = v.browser.client.find(Locator::Css("#reasons")).await.unwrap();
    assert_eq!(typed.prop("value").await.unwrap().as_deref(), Some("Plainly written."));
    v.fill("#decided_on", "2016-06-01").await;
    v.fill("#basis", "consent").await;
    v.click("main form button:not([type])").await;
    v.says("Plainly written.").await;
    v.has("ol.line li").await;
    v.look().await;
    // It opens from the time line.
    v.click("ol.line a[href^='/record/status/']").await;
    v.has("#reasons").await;
    v.look().await;
    v.close().await;
}

#[tokio::test]
async fn a_report_is_looked_at_and_released() {
    let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
    let mut v = Visitor::new(&server, false).await;
    v.language("nl").await;
    v.log_in("keeper").await;
    v.go("/publish").await;
    v.fill("#year", "2015").await;
    v.fill("#years", "6").await;
    v.choose("#counts", "suppressed").await;
    v.click("form[action='/publish'] button").await;
    // The page asks again by itself until it is there.
    v.has("form[action='/publish/release'] button").await;
    v.look().await;
    v.click("form[action='/publish/release'] button").await;
    v.has(".note.good[role=status]").await;
    assert!(server.dir.path().join("demo/reports/2015/nl.html").exists());
    v.close().await;
}

#[tokio::test]
async fn two_runs_are_compared() {
    let server = Server::open();
    let mut v = Visitor::new(&server, false).await;
    v.language("en").await;
    let mut runs = Vec::new();
    for asked in ["", "&methods=chao"] {
        v.go(&format!("/estimate?replicates=20&by=none{asked}")).await;
        v.choose("#table", "new-orleans-2016").await;
        v.click("main form button").await;
        v.estimated().await;
        runs.push(v.browser.client.current_url().await.unwrap());
    }
    // Without scripts the address of the other run is typed.
    v.fill("#with", runs[0].as_str()).await;
    v.click("form[method=get] button").await;
    v.has(".versus > :nth-child(2) .verdict").await;
    v.look().await;
    v.close().await;
}

/// An application over a register in which somebody was put up for erasing ten days ago, by `keeper`; who it was.
fn ten_days_ago(at: &Path) -> (axum::Router, String) {
    let path = at.join("register.db");
    let (work, vault) = (WorkKeys::random().unwrap(), VaultKeys::random().unwrap());
    let open = move || -> Result<Register, RegisterError> {
        let driver: Box<dyn Driver> = Box::new(Sqlite::open(&path, work.database.bytes())?);
        let now = jiff::Timestamp::now();
        Ok(Register::open(driver, work.clone(), Some(vault.clone()), now)?.at_console())
    };
    let mut r = open().unwrap();
    r.now -= jiff::SignedDuration::from_hours(10 * 24);
    let all: Vec<Grant> =
        Role::ALL.iter().map(|role| Grant { role: *role, organisation: "*".into() }).collect();
    r.first_user("keeper", PASSWORD, &all, CHEAP).unwrap();
    r.login("keeper", PASSWORD, None).unwrap();
    r.add_user("second", PASSWORD, CHEAP).unwrap();
    r.set_grant("second", &Grant { role: Role::RecordsManager, organisation: "*".into() }, true).unwrap();
    r.open_lane(Lane::Help, "nobody exists", "2026-01-01").unwrap();
    r.add_organisation("shelter", "Shelter", "OPVANG", "Z", true).unwrap();
    let notified = Notification {
        organisation: "shelter".into(),
        local_key: "1".into(),
        happened_on: "2016-05-31".into(),
        lane: Lane::Help,
        sex: "F".into(),
        minor: "no".into(),
        form: "LABOUR".into(),
        sector: "A".into(),
        synthetic: true,
        identity: vec![("given_name", "Synthia".into())],
        ..Notification::default()
    };
    r.notify(&[notified]).unwrap();
    let person = hex(&r.find("shelter", "1").unwrap().person);
    r.list_person_for_erasing(&id(&person).unwrap(), 7).unwrap();
    drop(r);
    let config = Config { synthetic: true, a_second: 10_000, ..Config::default() };
    (router(App::new(config, Some(RegisterPool::new(Box::new(open), 2).unwrap()), None)), person)
}

#[tokio::test]
async fn erasing_asks_whether_one_is_sure_and_says_what_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let (app, person) = ten_days_ago(dir.path());
    let server = Server::serve_app(app, PASSWORD).await;
    let mut v = Visitor::new(&server, false).await;
    v.language("en").await;
    let listed = format!("return document.querySelector('main').innerText.includes('{person}')");
    // The user who listed it cannot confirm it.
    v.log_in("keeper").await;
    v.go("/retention").await;
    v.comes_to(&listed, true).await;
    assert!(v.browser.client.find(Locator::Css("button[value=erase]")).await.is_err());
    v.log_in("second").await;
    v.go("/retention").await;
    v.click("button[value=erase]").await;
    // What is to go, and a way back, after which it is there still.
    v.has("input[name=sure]").await;
    v.comes_to(&listed, true).await;
    v.has(".note.warn").await;
    v.look().await;
    v.click("main a[href='/retention']").await;
    v.has("#erasing").await;
    v.comes_to(&listed, true).await;
    v.click("button[value=erase]").await;
    v.has("input[name=sure]").await;
    v.click("button[value=erase]").await;
    v.has(".note.good[role=status]").await;
    v.comes_to(&listed, false).await;
    v.look().await;
    v.close().await;
}
