//! Two people who judge the same pair, each in a browser of their own: neither sees what the other decided, nor what linkage makes of
//! it, before they have decided themselves.

use fantoccini::Locator;

use crate::server::Server;
use crate::visitor::Visitor;

const FIRST: &str = "reviewer-1";
const SECOND: &str = "reviewer-2";

/// A linkage specialist for all organisations; their one-time password.
async fn reviewer(v: &mut Visitor<'_>, name: &str) -> String {
    v.open("/users").await;
    v.fill("#user", name).await;
    v.click("button[value=add]").await;
    let of = |css: &str| format!("section[aria-label={name}] {css}");
    v.has(&of("select[name=role]")).await;
    let password = v.browser.client.find(Locator::Css(".note.good .code")).await.unwrap();
    let password = password.text().await.unwrap();
    v.choose(&of("select[name=role]"), "linker").await;
    v.choose(&of("select[name=organisation]"), "*").await;
    v.click(&of("button[value=give]")).await;
    v.has(&of("li")).await;
    password
}

/// What was decided on the pair of the page, as far as it is shown.
async fn shown(v: &Visitor<'_>) -> Vec<String> {
    let decisions = "return [...document.querySelectorAll('main h2 + ul > li')].map((l) => l.textContent)";
    serde_json::from_value(v.browser.ask(decisions).await).unwrap()
}

/// Nothing on the page says what anybody or anything made of the pair.
async fn is_blind(v: &Visitor<'_>) {
    assert_eq!(shown(v).await, Vec::<String>::new());
    let page = v.browser.ask("return document.querySelector('main').innerText").await;
    let page = page.as_str().unwrap();
    assert!(!page.contains(FIRST) && !page.contains('%'), "{page}");
}

/// Judges the pair of the page by a key, and waits for what comes next.
async fn judge(v: &Visitor<'_>, pair: &str, key: char) {
    v.has("form[data-keys]").await;
    v.comes_to("return document.readyState", "complete").await;
    v.press(key).await;
    v.comes_to(&format!("return location.pathname !== '{pair}'"), true).await;
}

#[tokio::test]
async fn a_second_reviewer_is_led_by_nobody_and_a_disagreement_comes_up() {
    let server = Server::start(&[]);
    server.link();
    let mut keeper = Visitor::new(&server, true).await;
    keeper.language("en").await;
    keeper.log_in("keeper").await;
    let passwords = [reviewer(&mut keeper, FIRST).await, reviewer(&mut keeper, SECOND).await];
    keeper.close().await;
    let mut one = Visitor::new(&server, true).await;
    one.language("nl").await;
    one.log_in_with(FIRST, &passwords[0]).await;
    one.go("/review").await;
    one.click("main tbody a[href^='/review/']").await;
    one.has("form[data-keys]").await;
    let pair = one.browser.ask("return location.pathname").await.as_str().unwrap().to_owned();
    is_blind(&one).await;
    // Nor does an address show it.
    for asked in [pair.as_str(), "/review"] {
        one.open(&format!("{asked}?chance=yes")).await;
        is_blind(&one).await;
    }
    one.open(&pair).await;
    judge(&one, &pair, 'j').await;
    // A reviewer who judged it is not asked again.
    let listed = format!("main tbody a[href^='{pair}']");
    let is_listed = format!("return !!document.querySelector(\"{listed}\")");
    one.open("/review?why=second").await;
    assert_eq!(one.browser.ask(&is_listed).await, false);
    let mut other = Visitor::new(&server, true).await;
    other.language("en").await;
    other.log_in_with(SECOND, &passwords[1]).await;
    other.go("/review?why=second").await;
    is_blind(&other).await;
    other.click(&listed).await;
    other.has("form[data-keys]").await;
    other.look().await;
    is_blind(&other).await;
    judge(&other, &pair, 'k').await;
    // Then both see all of it: what linkage found, and what each of them decided.
    for v in [&one, &other] {
        v.open(&pair).await;
        let decisions = shown(v).await;
        assert!(decisions.len() >= 3 && decisions.iter().all(|d| d.contains('%')), "{decisions:?}");
        for name in [FIRST, SECOND] {
            assert!(decisions.iter().any(|d| d.contains(name)), "{name}: {decisions:?}");
        }
        v.open("/review?why=disagreement").await;
        assert_eq!(v.browser.ask(&is_listed).await, true);
    }
    one.close().await;
    other.close().await;
}

#[tokio::test]
async fn where_the_server_says_so_probabilities_are_there_from_the_start() {
    let server = Server::start(&["--probabilities", "always"]);
    server.link();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    v.go("/review").await;
    v.has("main thead th.number").await;
    v.click("main tbody a[href^='/review/']").await;
    v.has("form[data-keys]").await;
    v.look().await;
    let decisions = shown(&v).await;
    assert!(decisions.iter().any(|d| d.contains('%')), "{decisions:?}");
    v.close().await;
}
