//! Two-factor login in a browser: setting it up from a picture, keeping recovery codes, losing the phone.

use std::time::Duration;

use fantoccini::Locator;

use crate::server::Server;
use crate::visitor::{LONGEST, Visitor};

/// What a phone shows, so many steps of time from now.
fn code(secret: &str, steps: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', "")).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).with_account_name("x").build().unwrap();
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    totp.generate(now + 30 * steps).to_string()
}

async fn text_of(v: &Visitor<'_>, css: &str) -> String {
    v.browser.client.find(Locator::Css(css)).await.unwrap().text().await.unwrap()
}

/// From the account: the secret of a new second factor, and the recovery codes.
async fn set_up(v: &mut Visitor<'_>) -> (String, Vec<String>) {
    v.fill("#password", &v.server.password.clone()).await;
    if v.browser.client.find(Locator::Css("#factor-code")).await.is_ok() {
        v.fill("#factor-code", "000000").await;
    }
    v.click("button[value=factor]").await;
    v.has("svg.qr path").await;
    v.look().await;
    // Dark on light, whatever the page around it is.
    let colours = "const [light, dark] = document.querySelectorAll('.qr rect, .qr path');
        return getComputedStyle(light).fill + getComputedStyle(dark).fill";
    v.comes_to(colours, "rgb(255, 255, 255)rgb(0, 0, 0)").await;
    let secret = text_of(v, ".secret").await;
    v.fill("#code", &code(&secret, 0)).await;
    v.click("button[value=confirm]").await;
    v.has("ul.codes li").await;
    v.look().await;
    let list = "return [...document.querySelectorAll('ul.codes li')].map((l) => l.textContent).join(' ')";
    let codes = v.browser.ask(list).await;
    let codes: Vec<String> = codes.as_str().unwrap().split(' ').map(str::to_owned).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

async fn log_in(v: &mut Visitor<'_>, field: &str, code: &str, to: &str) {
    v.click("form[action='/logout'] button").await;
    // The page that logging out leads to is there, or it would come after the next one.
    v.comes_to("return !document.querySelector(\"form[action='/logout']\")", true).await;
    v.go("/login").await;
    v.fill("#user", "keeper").await;
    v.fill("#password", &v.server.password.clone()).await;
    if field == "#recovery" {
        v.click("main details summary").await;
        v.look().await;
    }
    v.fill(field, code).await;
    v.click("main form button").await;
    let to = format!("{}{to}", v.server.address).parse().unwrap();
    v.browser.client.wait().at_most(LONGEST).for_url(&to).await.unwrap();
    v.look().await;
}

async fn loses_a_phone(v: &mut Visitor<'_>, told: [&str; 3]) {
    let [set_up_again, used, kept] = told;
    v.log_in("keeper").await;
    v.go("/account").await;
    let (secret, codes) = set_up(v).await;
    // The file is made in the browser.
    v.click("a[download]").await;
    let file = v.browser.downloads().join("ijsberg-recovery-codes.txt");
    for _ in 0..200 {
        if file.exists() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(text.starts_with(kept) && codes.iter().all(|code| text.contains(code)), "{text}");
    v.click("main a.button:not([download])").await;
    log_in(v, "#recovery", &codes[4], "/account").await;
    v.says(set_up_again).await;
    v.go("/register").await;
    v.says(used).await;
    assert!(v.browser.client.find(Locator::Css("button[value=seen]")).await.is_err());
    // Its owner, who has the phone, hears of it and says so.
    log_in(v, "#code", &code(&secret, 1), "/register").await;
    v.says(used).await;
    v.click("button[value=seen]").await;
    v.comes_to("return !document.querySelector('button[value=seen]')", true).await;
    // A phone that is lost is replaced.
    log_in(v, "#recovery", &codes[5], "/account").await;
    let (_, fresh) = set_up(v).await;
    log_in(v, "#recovery", &fresh[0], "/account").await;
    v.go("/account").await;
}

#[tokio::test]
async fn who_loses_a_phone_comes_in_with_a_recovery_code() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    loses_a_phone(
        &mut v,
        [
            "You logged in with a recovery code, and have 9 left",
            "A recovery code of yours was used",
            "Recovery codes of keeper for ijsberg",
        ],
    )
    .await;
    v.close().await;
}

#[tokio::test]
async fn who_loses_a_phone_comes_in_without_scripts_too() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, false).await;
    v.language("nl").await;
    loses_a_phone(
        &mut v,
        [
            "U hebt ingelogd met een herstelcode en hebt er nog 9",
            "Er is een herstelcode van u gebruikt",
            "Herstelcodes van keeper voor ijsberg",
        ],
    )
    .await;
    v.close().await;
}
