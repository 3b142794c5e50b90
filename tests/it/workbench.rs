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

/// Ticked cases get another value, and get their own back.
async fn many_at_once(v: &mut Visitor<'_>) {
    v.go("/register?form=LABOUR").await;
    let first = "return document.querySelector('input[name=case]').value.split(':')[0]";
    let case = v.browser.ask(first).await;
    let tick = |n: usize| format!("table.cases tbody tr:nth-child({n}) input[name=case]");
    v.choose("#to", "form=DOMESTIC_SERVITUDE").await;
    v.click("form[action='/register/correct'] button").await;
    v.has(".note.bad").await;
    for n in [1, 2] {
        v.click(&tick(n)).await;
    }
    v.choose("#to", "form=DOMESTIC_SERVITUDE").await;
    v.click("form[action='/register/correct'] button").await;
    v.has(".note.good form[action='/register/undo']").await;
    v.look().await;
    // They are on the list of what they are now, and on that of what they were once it is undone.
    v.comes_to("return location.search", "?form=LABOUR").await;
    assert_ne!(v.browser.ask(first).await, case);
    v.click("form[action='/register/undo'] button").await;
    v.comes_to("return document.querySelector('form[action=\"/register/undo\"]') === null", true).await;
    v.has(".note.good").await;
    assert_eq!(v.browser.ask(first).await, case);
}

/// A list under a name of one's own, and gone again.
async fn a_list_of_ones_own(v: &mut Visitor<'_>, name: &str) {
    v.go("/register?form=LABOUR&year=2015").await;
    v.click("details.keep summary").await;
    v.fill("#view-name", name).await;
    v.look().await;
    v.click("details.keep button").await;
    v.has("nav.views a[aria-current=page][href*='year=2015']").await;
    v.go("/register").await;
    v.says(name).await;
    v.click("nav.views a[href*='year=2015']").await;
    v.has("button[name=go][value=remove]").await;
    v.look().await;
    v.click("button[name=go][value=remove]").await;
    v.has("details.keep").await;
    v.comes_to(
        "return document.querySelector('nav.views a[href*=\"year=2015\"][aria-current]') !== null",
        true,
    )
    .await;
    let own = "return [...document.querySelectorAll('nav.views a')].length";
    assert_eq!(v.browser.ask(own).await, 5);
}

#[tokio::test]
async fn many_cases_are_corrected_and_put_back_and_lists_are_kept() {
    let server = Server::start(&[]);
    for (language, scripts) in [("nl", true), ("en", false)] {
        let mut v = Visitor::new(&server, scripts).await;
        v.language(language).await;
        v.log_in("keeper").await;
        many_at_once(&mut v).await;
        a_list_of_ones_own(&mut v, "Arbeid in 2015").await;
        v.close().await;
    }
}
