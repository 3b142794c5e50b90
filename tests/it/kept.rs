//! What was entered in a form of the register stays: in another language and back, where something does not fit, and when Enter is
//! pressed. Leaving is asked about, and the pages that forms lead to can be reloaded and gone back to.

use fantoccini::Locator;
use fantoccini::key::Key;

use crate::server::Server;
use crate::visitor::Visitor;

/// Whether the browser would ask before it leaves the page.
const ASKS: &str =
    "const e = new Event('beforeunload', { cancelable: true }); dispatchEvent(e); return e.defaultPrevented";

/// As if the form of the page had been sent, so that the next page can be opened without being asked.
const LET_GO: &str =
    "document.querySelector('form[data-unsaved]').dispatchEvent(new Event('submit')); return true";

/// What a field holds.
async fn holds(v: &Visitor<'_>, css: &str, value: &str) {
    v.comes_to(&format!("return document.querySelector(\"{css}\").value"), value).await;
}

/// Another language by the button at the top.
async fn speak(v: &mut Visitor<'_>, code: &str) {
    v.click("button[name=lang]").await;
    v.has(&format!("html[lang={code}]")).await;
}

/// An address on the page.
async fn address(v: &Visitor<'_>, css: &str) -> String {
    let href = format!("return document.querySelector(\"{css}\").getAttribute('href')");
    v.browser.ask(&href).await.as_str().unwrap().to_owned()
}

/// The first case of the list, and where its registration is corrected.
async fn case(v: &mut Visitor<'_>) -> (String, String) {
    v.open("/register").await;
    let case = address(v, "table.cases tbody th a").await;
    v.open(&case).await;
    let correction = address(v, "a[href*='/correct/']").await;
    (case, correction)
}

#[tokio::test]
async fn another_language_keeps_a_record_and_a_correction_with_and_without_scripts() {
    for scripts in [true, false] {
        let server = Server::start(&[]);
        let mut v = Visitor::new(&server, scripts).await;
        v.language("en").await;
        v.log_in("keeper").await;
        let (case, correction) = case(&mut v).await;
        v.go(&format!("{case}/record/status")).await;
        v.choose("#status", "PRESUMED").await;
        v.fill("#reasons", "Worked 72 hours a week for a debt.").await;
        v.fill("#decided_on", "31-5").await;
        v.choose("#organisation", "shelter").await;
        v.fill("#basis", "consent").await;
        for code in ["nl", "en"] {
            speak(&mut v, code).await;
            for (field, value) in [
                ("#status", "PRESUMED"),
                ("#reasons", "Worked 72 hours a week for a debt."),
                ("#decided_on", "31-5"),
                ("#organisation", "shelter"),
                ("#basis", "consent"),
            ] {
                holds(&v, field, value).await;
            }
            v.look().await;
        }
        // What is entered after that stays too.
        v.fill("#authority", "Openbaar Ministerie").await;
        speak(&mut v, "nl").await;
        holds(&v, "#authority", "Openbaar Ministerie").await;
        v.browser.ask(LET_GO).await;
        v.go(&correction).await;
        v.fill("#region", "NL-99").await;
        v.choose("#sex", "X").await;
        for code in ["en", "nl"] {
            speak(&mut v, code).await;
            holds(&v, "#region", "NL-99").await;
            holds(&v, "#sex", "X").await;
        }
        v.look().await;
        // It is sent as it stands.
        v.click("main form button").await;
        v.has("ol.line li").await;
        v.open(&correction).await;
        holds(&v, "#region", "NL-99").await;
        v.close().await;
    }
}

#[tokio::test]
async fn leaving_a_form_that_was_begun_is_asked_about() {
    let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    let (case, correction) = case(&mut v).await;
    for (path, field) in [
        ("/notify", "#local_key"),
        (&format!("{case}/record/status"), "#reasons"),
        (&correction, "#region"),
        (&format!("{case}/identity/write"), "#given_name"),
        (&format!("{case}/glass"), "#reason"),
        ("/publish", "#year"),
        ("/deliveries", "#year"),
    ] {
        v.open(path).await;
        v.comes_to(ASKS, false).await;
        v.fill(field, "2").await;
        v.comes_to(ASKS, true).await;
        // In another language nothing is sent: it is asked about as before.
        speak(&mut v, "nl").await;
        v.comes_to(ASKS, true).await;
        speak(&mut v, "en").await;
        v.browser.ask(LET_GO).await;
        v.comes_to(ASKS, false).await;
    }
    // Who somebody is, read to be changed.
    v.open(&case).await;
    v.click("form[action$='/identity'] button[value=edit]").await;
    v.has("#given_name").await;
    v.comes_to(ASKS, false).await;
    v.fill("#given_name", "Synthia").await;
    v.comes_to(ASKS, true).await;
    speak(&mut v, "nl").await;
    holds(&v, "#given_name", "Synthia").await;
    v.comes_to(ASKS, true).await;
    v.click("main form button").await;
    v.has("ol.line li").await;
    v.comes_to(ASKS, false).await;
    v.close().await;
}

#[tokio::test]
async fn all_that_does_not_fit_in_a_record_is_at_its_field_and_enter_sends_it() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    let (case, _) = case(&mut v).await;
    v.go(&format!("{case}/record/status")).await;
    v.choose("#status", "PRESUMED").await;
    v.choose("#deciding_organisation", "NGO").await;
    v.fill("#reasons", "Worked 72 hours a week for a debt.").await;
    v.fill("#decided_on", "31-31-2016").await;
    v.fill("#supersedes", "nothing").await;
    v.fill("#basis", "consent").await;
    v.click("main form button").await;
    for field in ["decided_on", "supersedes"] {
        v.has(&format!("#wrong-{field}")).await;
        v.has(&format!("#{field}[aria-invalid=true][aria-describedby=wrong-{field}]")).await;
        v.has(&format!(".note.bad a[href='#{field}']")).await;
    }
    v.says("31-05-2016, 05-2016 or 2016").await;
    v.comes_to("return document.activeElement.id", "decided_on").await;
    holds(&v, "#decided_on", "31-31-2016").await;
    holds(&v, "#reasons", "Worked 72 hours a week for a debt.").await;
    v.comes_to(ASKS, true).await;
    v.look().await;
    let supersedes = v.browser.client.find(Locator::Css("#supersedes")).await.unwrap();
    supersedes.clear().await.unwrap();
    // The first button of the page is that of the language; Enter is not for that one.
    v.fill("#decided_on", "31-5-2016").await;
    v.press(Key::Enter).await;
    v.has("ol.line li").await;
    v.has("html[lang=en]").await;
    v.says("31 May 2016").await;
    v.close().await;
}

#[tokio::test]
async fn the_pages_of_an_import_are_reloaded_and_gone_back_to() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    v.log_in("keeper").await;
    let file = server.dir.path().join("meldingen.csv");
    std::fs::write(&file, "zaaknummer,wanneer gezien,geslacht\nx1,2016-01-02,v\nx2,2016,m\n").unwrap();
    v.open("/import").await;
    let input = v.browser.client.find(Locator::Css("#file")).await.unwrap();
    input.send_keys(&file.display().to_string()).await.unwrap();
    v.choose("#organisation", "shelter").await;
    v.choose("#lane", "help").await;
    v.click("main form[enctype] button").await;
    v.has("details[open] #column-1").await;
    let page = v.browser.client.current_url().await.unwrap();
    assert!(page.path().starts_with("/import/"), "{page}");
    v.browser.client.refresh().await.unwrap();
    v.has("details[open] #column-1").await;
    v.choose("#column-1", "happened_on").await;
    // The language takes along what the columns are.
    speak(&mut v, "en").await;
    assert_eq!(v.browser.client.current_url().await.unwrap(), page);
    holds(&v, "#column-1", "happened_on").await;
    v.has("form[action='/import/take'] button").await;
    v.browser.client.back().await.unwrap();
    v.has("main form[enctype]").await;
    v.browser.client.forward().await.unwrap();
    v.has("form[action='/import/take'] button").await;
    v.browser.client.refresh().await.unwrap();
    v.has("form[action='/import/take'] button").await;
    v.look().await;
    v.click("form[action='/import/take'] button").await;
    v.has(".note.good").await;
    v.says("new: 2;").await;
    for _ in 0..2 {
        v.browser.client.refresh().await.unwrap();
        v.says("new: 2;").await;
    }
    v.look().await;
    v.browser.client.back().await.unwrap();
    v.has("main form[enctype]").await;
    v.go(page.path()).await;
    v.says("new: 2;").await;
    v.close().await;
}

#[tokio::test]
async fn a_year_that_is_none_is_said_beside_what_was_chosen_for_a_report() {
    let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    v.go("/publish").await;
    v.fill("#year", "95").await;
    v.fill("#years", "60").await;
    v.choose("#counts", "rounded").await;
    v.choose("#audience", "named").await;
    v.click("form[action='/publish'] button").await;
    for field in ["year", "years", "embargo"] {
        v.has(&format!("#wrong-{field}")).await;
        v.has(&format!("#{field}[aria-invalid=true][aria-describedby=wrong-{field}]")).await;
    }
    v.says("a year from 1900 to 2100").await;
    v.says("31-01-2027").await;
    v.comes_to("return document.activeElement.id", "year").await;
    v.look().await;
    for code in ["nl", "en"] {
        speak(&mut v, code).await;
        let entered = [("year", "95"), ("years", "60"), ("counts", "rounded"), ("audience", "named")];
        for (field, value) in entered {
            holds(&v, &format!("#{field}"), value).await;
        }
    }
    v.close().await;
}
