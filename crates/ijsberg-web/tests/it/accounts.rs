//! Accounts in a browser: first passwords, two-factor login, sessions.

use axum::http::{StatusCode, header};
use ijsberg_web::{Audience, Method, entries};

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
            let anyones =
                matches!(entry.who, Audience::Anyone | Audience::Studio) || entry.path == "/account";
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
    assert!(site.through("/account", &ada, &sent).await.contains("note good"));
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

/// The codes on a page that shows them.
fn recovery_codes(page: &str) -> Vec<String> {
    let codes = page.split("<li class=\"code\">").skip(1);
    codes.map(|c| c.split('<').next().unwrap().to_owned()).collect()
}

/// Turns on the second factor of whoever has the cookie: the page with the address, and the codes.
async fn enrolled(site: &Site, cookie: &str) -> (String, Vec<String>) {
    let page =
        body(site.post("/account", cookie, &form(&[("go", "factor"), ("password", PASSWORD)])).await).await;
    let codes = body(site.post("/account", cookie, &format!("go=confirm&code={}", code(&page))).await).await;
    (page, recovery_codes(&codes))
}

#[tokio::test]
async fn a_second_factor_is_set_up_from_a_picture_or_by_typing() {
    let site = Site::new();
    let linker = site.log_in("linker").await;
    let (page, codes) = enrolled(&site, &linker).await;
    // The drawing has a name and says what it is for; nothing of it is fetched.
    let svg =
        page.split("<svg").find(|svg| svg.contains("qr-title")).unwrap().split("</svg>").next().unwrap();
    for part in [
        "role=\"img\"",
        "<title id=\"qr-title\">QR code",
        "<desc id=\"qr-desc\">",
        "fill=\"#fff\"",
        "fill=\"#000\"",
    ] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
    assert!(!svg.contains("href") && !svg.contains("style="), "{svg}");
    let secret = page.split("secret=").nth(1).unwrap().split(['&', '<', '"']).next().unwrap();
    let typed = page.split("class=\"code secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(typed.split(' ').all(|group| group.len() == 4), "{typed}");
    assert_eq!(typed.replace(' ', ""), secret);
    assert_eq!(codes.len(), 10);
    // Neither is shown again.
    let account = body(site.get("/account", &linker).await).await;
    assert!(!account.contains("otpauth") && codes.iter().all(|code| !account.contains(code)), "{account}");
    assert!(account.contains("10 of 10 recovery codes left"), "{account}");
    assert!(account.contains("name=\"code\""));
}

#[tokio::test]
async fn a_recovery_code_lets_in_and_asks_for_a_new_second_factor() {
    let site = Site::strict();
    let first = site.log_in("administrator").await;
    let (_, codes) = enrolled(&site, &first).await;
    let log_in = async |fields: &[(&str, &str)]| {
        let sent = [&[("user", "administrator"), ("password", PASSWORD)], fields].concat();
        site.post("/login", "", &form(&sent)).await
    };
    // Without a code nobody comes in; a recovery code does as well in the field of codes.
    assert_eq!(log_in(&[]).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(log_in(&[("recovery", "abcd-efgh-jkmn")]).await.status(), StatusCode::UNAUTHORIZED);
    let came = log_in(&[("code", ""), ("recovery", &codes[0].to_uppercase())]).await;
    assert_eq!(came.headers()[header::LOCATION], "/account");
    let cookie = came.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let account = body(site.get("/account", &cookie).await).await;
    assert!(account.contains("You logged in with a recovery code, and have 9 left"), "{account}");
    assert_eq!(site.get("/users", &cookie).await.status(), StatusCode::OK);
    // Used once.
    assert_eq!(log_in(&[("recovery", &codes[0])]).await.status(), StatusCode::UNAUTHORIZED);
    // Whoever found it does not say that its owner has seen it; its owner does.
    let today = body(site.get("/register", &cookie).await).await;
    assert!(
        today.contains("A recovery code of yours was used") && !today.contains("value=\"seen\""),
        "{today}"
    );
    assert_eq!(site.post("/account", &cookie, "go=seen").await.status(), StatusCode::FORBIDDEN);
    let today = body(site.get("/register", &first).await).await;
    assert!(today.contains("You have 9 left") && today.contains("value=\"seen\""), "{today}");
    assert_eq!(site.post("/account", &first, "go=seen").await.status(), StatusCode::SEE_OTHER);
    assert!(!body(site.get("/register", &first).await).await.contains("A recovery code of yours"));
    // A new second factor takes the password there, and a code elsewhere.
    let factor = form(&[("go", "factor"), ("password", PASSWORD)]);
    assert_eq!(site.post("/account", &first, &factor).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let (_, fresh) = enrolled(&site, &cookie).await;
    assert!(fresh.len() == 10 && fresh.iter().all(|code| !codes.contains(code)));
    assert_eq!(log_in(&[("recovery", &codes[1])]).await.status(), StatusCode::UNAUTHORIZED);
    // Codes are made anew with the password and a code.
    let anew = async |code: &str| {
        let sent = form(&[("go", "codes"), ("password", PASSWORD), ("code", code)]);
        site.post("/account", &cookie, &sent).await
    };
    assert_eq!(anew("").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(anew(&fresh[3]).await).await;
    let newest = recovery_codes(&page);
    assert_eq!(newest.len(), 10);
    // As a file, which the browser makes of the page itself.
    let file = page.split("href=\"data:text/plain;charset=utf-8,").nth(1).unwrap().split('"').next().unwrap();
    assert!(newest.iter().all(|code| file.contains(code)) && !file.contains([' ', '<', '#']), "{file}");
}
