//! The registrar's work list: cases filtered, put in order, turned over and found; and a form that says all that is wrong, where it
//! is wrong. With and without scripts.

use fantoccini::Locator;

use crate::server::Server;
use crate::visitor::Visitor;

/// A column of the list, by its heading's place.
fn column(place: usize) -> String {
    format!(
        "return [...document.querySelectorAll('table.cases tbody td:nth-child({place})')].map((c) => c.textContent)"
    )
}

async fn texts(v: &Visitor<'_>, place: usize) -> Vec<String> {
    let found = v.browser.ask(&column(place)).await;
    found.as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
}

async fn the_list(v: &mut Visitor<'_>, no_match: &str) {
    v.log_in("keeper").await;
    v.has("table.cases tbody tr").await;
    v.look().await;
    assert_eq!(texts(v, 2).await.len(), 25);
    // By when it happened, latest first, then the other way round.
    v.click("table.cases thead a[href*='by=happened_on']").await;
    v.has("th[aria-sort=descending] a[href*='by=happened_on']").await;
    let down = texts(v, 3).await;
    assert!(down.windows(2).all(|w| w[0] >= w[1]), "{down:?}");
    v.click("th[aria-sort=descending] a").await;
    v.has("th[aria-sort=ascending] a").await;
    let up = texts(v, 3).await;
    assert!(up.windows(2).all(|w| w[0] <= w[1]), "{up:?}");
    // The next page is another, and filters stay.
    v.choose("#organisation", "police").await;
    v.click("form[action='/register'] button").await;
    v.comes_to("return location.search.includes('organisation=police')", true).await;
    // The order stays as well.
    v.has("th[aria-sort=ascending] a[href*='by=happened_on']").await;
    v.click("a[rel=next]").await;
    v.has("a[rel=prev]").await;
    let police = texts(v, 4).await;
    assert!(!police.is_empty() && police.iter().all(|o| o == "police"), "{police:?}");
    v.fill("#year", "1950").await;
    v.click("form[action='/register'] button").await;
    v.says(no_match).await;
    v.click(".clear a").await;
    v.has("table.cases tbody tr").await;
    // The short pseudonym of a row finds its person.
    let key = v.browser.ask("return document.querySelector('table.cases tbody th a').innerText").await;
    let href =
        v.browser.ask("return document.querySelector('table.cases tbody th a').getAttribute('href')").await;
    v.fill("#local_key", key.as_str().unwrap()).await;
    v.click("form[action='/find'] button").await;
    v.comes_to("return location.pathname", href).await;
    v.go("/register?view=minors").await;
    v.has("nav.views a[aria-current=page][href*=minors]").await;
}

async fn the_form(v: &mut Visitor<'_>) {
    v.go("/notify").await;
    v.choose("#organisation", "police").await;
    v.fill("#local_key", "dagen").await;
    v.fill("#happened_on", "31-05-2099").await;
    v.fill("#birth_year", "vorig jaar").await;
    v.fill("#nationality", "QQ").await;
    v.click("main form button").await;
    // All that is wrong, each at its place, and what was typed stays.
    for field in ["happened_on", "birth_year", "nationality"] {
        v.has(&format!("#{field}[aria-invalid=true][aria-describedby=wrong-{field}]")).await;
        v.has(&format!("#wrong-{field}")).await;
        v.has(&format!(".note.bad a[href='#{field}']")).await;
    }
    let typed = v.browser.client.find(Locator::Css("#happened_on")).await.unwrap();
    assert_eq!(typed.prop("value").await.unwrap().as_deref(), Some("31-05-2099"));
    v.look().await;
    v.fill("#happened_on", "31-05-2016").await;
    v.fill("#birth_year", "1998").await;
    v.fill("#nationality", "ro").await;
    v.click("main form button").await;
    v.has("ol.line li").await;
    v.says("31 mei 2016").await;
}

#[tokio::test]
async fn a_registrar_finds_a_case_and_is_told_all_that_is_wrong() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    the_list(&mut v, "Geen zaken gevonden").await;
    the_form(&mut v).await;
    v.close().await;
}

#[tokio::test]
async fn the_work_list_needs_no_scripts() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, false).await;
    v.language("en").await;
    v.log_in("keeper").await;
    v.has("table.cases tbody tr").await;
    v.choose("#form", "LABOUR").await;
    v.click("form[action='/register'] button").await;
    v.has("a[href*='form=LABOUR'][aria-current=page]").await;
    v.look().await;
    v.close().await;
}
