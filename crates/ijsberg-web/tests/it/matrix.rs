//! Every route for every role.

use axum::http::StatusCode;
use ijsberg_register::policy::Role;
use ijsberg_web::{Entry, Method, entries};

use crate::common::{Site, body};

/// As a person would read it: nobody logged in, logged in without a role, then the roles; `x` for one's own organisation, `*` with a
/// role for all alone. A change of who may come is a change of this.
const EXPECTED: &str = include_str!("routes.txt");

/// The path of a route with something in it.
fn filled(site: &Site, path: &str) -> String {
    let [a, b] = &site.registrations;
    path.replace("{name}", "app.css")
        .replace("{id}/{file}", "0/report.html")
        .replace("{person}", &site.person)
        .replace("{registration}", a)
        .replace("{kind}/{record}", &format!("support/{}", site.record))
        .replace("{kind}", "support")
        .replace("{a}", a)
        .replace("{b}", b)
        .replace("{event}", "00000000000000000000000000000000")
        .replace("{decision}", "00000000000000000000000000000000")
        .replace("{id}", "0")
}

#[tokio::test]
async fn every_route_for_every_role_is_as_written() {
    every_route_for_every_role(&Site::new(), "sqlite").await;
}

#[tokio::test]
async fn every_route_for_every_role_is_as_written_on_postgresql() {
    every_route_for_every_role(&Site::postgres(), "postgresql").await;
}

/// What is sent to a route.
async fn asked(site: &Site, entry: &Entry, cookie: &str) -> (StatusCode, bool, String) {
    let path = filled(site, entry.path);
    if entry.path == "/login" && entry.method == Method::Post && !cookie.is_empty() {
        // An address may log in thirty times at once; who has logged in already is answered as anybody is.
        return (StatusCode::UNAUTHORIZED, false, String::new());
    }
    // Leaving would end the session that the next row needs.
    let cookie = if ["/exit", "/logout", "/login"].contains(&entry.path) { "" } else { cookie };
    let form = format!("organisation=police&local_key=1&person={}", site.person);
    let answer = match entry.method {
        Method::Get => site.get(&path, cookie).await,
        Method::Post => site.post(&path, cookie, &form).await,
    };
    let status = answer.status();
    assert_ne!(status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!status.is_server_error(), "{} {path}: {status}", entry.path);
    let to_log_in = answer.headers().get("location").is_some_and(|l| l == "/login");
    // A login with nothing in it is refused by the form, not at the gate.
    let refused = status == StatusCode::FORBIDDEN
        || (status == StatusCode::UNAUTHORIZED && entry.path != "/login")
        || to_log_in;
    let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
    (status, refused, location.unwrap_or_default() + &body(answer).await)
}

/// What is of the police must not reach who is of the shelter, but for what they sent themselves.
fn tells(site: &Site, entry: &Entry, page: &str) -> bool {
    let sent = filled(site, entry.path) + if entry.method == Method::Post { &site.person } else { "" };
    let ids = site.registrations.iter().chain([&site.person, &site.record]);
    ids.filter(|id| !sent.contains(*id)).any(|id| page.contains(id)) || page.contains("ynthia")
}

async fn every_route_for_every_role(site: &Site, backend: &str) {
    let (nobody, without) = (String::new(), site.log_in("nobody").await);
    let mut cookies = Vec::new();
    for role in Role::ALL {
        let name = role.name();
        let [own, all, foreign] = [name.clone(), format!("{name}-of-all"), format!("{name}-of-shelter")];
        cookies.push([site.log_in(&own).await, site.log_in(&all).await, site.log_in(&foreign).await]);
    }
    let short: Vec<String> = Role::ALL.iter().map(|r| r.name()[..3].to_owned()).collect();
    let mut table = format!("{:<46} --- non {}\n", "route", short.join(" "));
    for entry in entries() {
        let path = filled(site, entry.path);
        let verb = if entry.method == Method::Get { "GET " } else { "POST" };
        let mut row = format!("{:<46}", format!("{verb} {}", entry.path));
        for cookie in [&nobody, &without] {
            row += if asked(site, &entry, cookie).await.1 { "  . " } else { "  x " };
        }
        for [own, all, foreign] in &cookies {
            let (_, not_own, _) = asked(site, &entry, own).await;
            let (_, not_all, _) = asked(site, &entry, all).await;
            assert!(not_own || !not_all, "{path}: a role for all does less than one for the police");
            let (_, _, page) = asked(site, &entry, foreign).await;
            assert!(!tells(site, &entry, &page), "{verb} {path} for the shelter: {page}");
            row += match (not_own, not_all) {
                (false, _) => "  x ",
                (true, false) => "  * ",
                (true, true) => "  . ",
            };
        }
        table += row.trim_end();
        table.push('\n');
    }
    if table != EXPECTED {
        let found = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("routes-{backend}.txt"));
        std::fs::write(&found, &table).unwrap();
        panic!(
            "who may come where on {backend} has changed; compare tests/it/routes.txt with {}\n{table}",
            found.display()
        );
    }
}
