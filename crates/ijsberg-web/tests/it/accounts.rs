//! Accounts in a browser: first passwords, two-factor login, sessions.

use axum::http::{StatusCode, header};
use ijsberg_web::{Method, Who, entries};

use crate::common::{PASSWORD, Site, body};

fn form(of: &[(&str, &str)]) -> String {
    let typed = |text: &str| text.replace(' ', "+");
    of.iter().map(|(name, value)| format!("{name}={}", typed(value))).collect::<Vec<_>>().join("&")
}

/// A code of the address that a page shows.
fn code(page: &str) -> String {
    let secret = page.split("secret=").nth(1).expect("an address").split(['&', '<']).next().unwrap();
    let totp = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(secret).unwrap())
        .with_account_name("x")
        .build()
        .unwrap();
    totp.generate(u64::try_from(jiff::Timestamp::now().as_second()).unwrap()).to_string()
}

#[tokio::test]
async fn who_needs_a_second_factor_reaches_nothing_before_they_have_it() {
    let site = Site::strict();
    for user in ["administrator", "vault_keeper", "administrator-of-all", "vault_keeper-of-all"] {
        let cookie = site.log_in(user).await;
        for entry in entries() {
            let anyones = matches!(entry.who, Who::Anyone | Who::Studio) || entry.path == "/account";
            if anyones {
                continue;
            }
            let path = entry.path.replace(['{', '}'], "0");
            let answer = match entry.method {
                Method::Get => site.get(&path, &cookie).await,
                Method::Post => site.post(&path, &cookie, "").await,
            };
            let status = answer.status();
            let to_account = answer.headers().get(header::LOCATION).is_some_and(|l| l == "/account");
            let refused = status == StatusCode::FORBIDDEN || status == StatusCode::UNAUTHORIZED;
            assert!(to_account || refused, "{} for {user}: {status}", entry.path);
        }
        // Nor is it turned on without the password, or without a code.
        let answer = site
            .post("/account", &cookie, &form(&[("go", "factor"), ("password", "a wrong password")]))
            .await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page =
            body(site.post("/account", &cookie, &form(&[("go", "factor"), ("password", PASSWORD)])).await)
                .await;
        assert!(page.contains("otpauth://totp/"), "{page}");
        let code = code(&page);
        let answer = site.post("/account", &cookie, "go=confirm&code=12").await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        // The address is shown once.
        assert!(!body(answer).await.contains("otpauth"));
        let to = site.get("/register", &cookie).await;
        assert_eq!(to.headers()[header::LOCATION], "/account");
        let answer = site.post("/account", &cookie, &format!("go=confirm&code={code}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(site.get("/register", &cookie).await.status(), StatusCode::OK);
    }
    // A role that needs none goes on without.
    let cookie = site.log_in("linker").await;
    assert_eq!(site.get("/review", &cookie).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_first_password_is_for_one_time_and_sessions_end() {
    let site = Site::strict();
    let keeper = site.log_in("administrator-of-all").await;
    let page =
        body(site.post("/account", &keeper, &form(&[("go", "factor"), ("password", PASSWORD)])).await).await;
    site.post("/account", &keeper, &format!("go=confirm&code={}", code(&page))).await;
    let page = body(site.post("/users", &keeper, "go=add&user=ada&organisation=police").await).await;
    let once = page.split("class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(!body(site.get("/users", &keeper).await).await.contains(&once));
    site.post("/users", &keeper, "go=give&user=ada&role=linker&organisation=police").await;
    let ada = site.log_in_with("ada", &once, "/account").await;
    assert_eq!(site.get("/review", &ada).await.headers()[header::LOCATION], "/account");
    // What does not fit is said, and nothing changes.
    for (old, new, again) in [
        ("a wrong password", "a password of ada", "a password of ada"),
        (once.as_str(), "a password of ada", "another password"),
        (&once, "short", "short"),
        (&once, &once, &once),
    ] {
        let sent = form(&[("go", "password"), ("password", old), ("new", new), ("again", again)]);
        let answer = site.post("/account", &ada, &sent).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{new}");
        assert!(body(answer).await.contains("note bad"));
    }
    let own = "a password of ada";
    let sent = form(&[("go", "password"), ("password", &once), ("new", own), ("again", own)]);
    assert_eq!(site.post("/account", &ada, &sent).await.status(), StatusCode::OK);
    assert_eq!(site.get("/review", &ada).await.status(), StatusCode::OK);
    // One session ends the other; the one that ends another's is the administrator.
    let elsewhere = site.log_in_with("ada", own, "/register").await;
    let page = body(site.get("/account", &elsewhere).await).await;
    let session =
        page.split("name=\"session\" value=\"").skip(1).find(|p| p.contains("value=\"end\"")).unwrap();
    let sent = format!("go=end&session={}", &session[..32]);
    assert_eq!(site.post("/account", &elsewhere, &sent).await.status(), StatusCode::SEE_OTHER);
    assert_eq!(site.get("/review", &ada).await.headers()[header::LOCATION], "/login");
    site.post("/users", &keeper, "go=end&user=ada").await;
    assert_eq!(site.get("/review", &elsewhere).await.headers()[header::LOCATION], "/login");
    // A password that was reset, not by oneself.
    let again = body(site.post("/users", &keeper, "go=password&user=ada").await).await;
    assert!(again.contains("class=\"code\""));
    let own = site.post("/users", &keeper, "go=password&user=administrator-of-all").await;
    assert_eq!(own.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_account_that_is_opened_again_has_no_sessions() {
    let site = Site::new();
    let (keeper, linker) = (site.log_in("keeper").await, site.log_in("linker").await);
    assert_eq!(site.get("/review", &linker).await.status(), StatusCode::OK);
    site.post("/users", &keeper, "go=close&user=linker").await;
    site.post("/users", &keeper, "go=open&user=linker").await;
    assert_eq!(site.get("/review", &linker).await.headers()[header::LOCATION], "/login");
}
