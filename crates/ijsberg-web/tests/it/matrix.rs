//! Every route for every role.

use axum::http::StatusCode;
use ijsberg_register::policy::Role;
use ijsberg_web::{Method, entries};

use crate::common::Site;

/// As a person would read it: nobody logged in, logged in without a role, then the roles. A change of who may come is a change of
/// this.
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

async fn every_route_for_every_role(site: &Site, backend: &str) {
    let mut cookies = vec![String::new(), site.log_in("nobody").await];
    for role in Role::ALL {
        cookies.push(site.log_in(&role.name()).await);
    }
    let short: Vec<String> = Role::ALL.iter().map(|r| r.name()[..3].to_owned()).collect();
    let mut table = format!("{:<46} --- non {}\n", "route", short.join(" "));
    for entry in entries() {
        let path = filled(site, entry.path);
        let verb = if entry.method == Method::Get { "GET " } else { "POST" };
        let mut row = format!("{:<46}", format!("{verb} {}", entry.path));
        for (k, cookie) in cookies.iter().enumerate() {
            // Leaving would end the session that the next row needs.
            let cookie = if ["/exit", "/logout", "/login"].contains(&entry.path) { "" } else { cookie };
            let answer = match entry.method {
                Method::Get => site.get(&path, cookie).await,
                Method::Post => {
                    site.post(
                        &path,
                        cookie,
                        &format!("organisation=police&local_key=1&person={}", site.person),
                    )
                    .await
                }
            };
            let status = answer.status();
            assert_ne!(status, StatusCode::TOO_MANY_REQUESTS);
            assert!(!status.is_server_error(), "{} {path}: {status}", entry.path);
            let to_log_in = answer.headers().get("location").is_some_and(|l| l == "/login");
            // A login with nothing in it is refused by the form, not at the gate.
            let refused = status == StatusCode::FORBIDDEN
                || (status == StatusCode::UNAUTHORIZED && entry.path != "/login")
                || to_log_in;
            assert!(k > 0 || !to_log_in || entry.method == Method::Get);
            row += if refused { "  . " } else { "  x " };
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
