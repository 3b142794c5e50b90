//! Who enters somebody sees whether they may be registered already, and chooses a country by its name. With and without scripts.

use crate::server::Server;
use crate::visitor::Visitor;

/// What is entered of one person, the name as it is spelled, and the country as it is typed.
async fn enter(v: &mut Visitor<'_>, key: &str, given: &str, country: &str) {
    v.go("/notify").await;
    v.click("input[name=lane][value=help]").await;
    v.choose("#organisation", "police").await;
    v.fill("#local_key", key).await;
    v.fill("#happened_on", "05-2016").await;
    v.click("input[name=sex][value=F]").await;
    v.fill("#birth_year", "1988").await;
    v.fill("#nationality", country).await;
    v.choose("#form", "LABOUR").await;
    // Folded away without scripts.
    if !v.browser.ask("return document.querySelector('#notification details').open").await.as_bool().unwrap()
    {
        v.click("#notification details summary").await;
    }
    v.fill("[name='identity.given_name']", given).await;
    v.fill("[name='identity.family_name']", "van der Testowa").await;
}

#[tokio::test]
async fn who_may_be_registered_already_is_shown_while_somebody_is_entered() {
    let server = Server::start(&[]);
    for (scripts, language, country, other) in
        [(true, "nl", "Roemenië", "RO"), (false, "en", "romania", "Romania")]
    {
        let mut v = Visitor::new(&server, scripts).await;
        v.language(language).await;
        v.log_in("keeper").await;
        let given = if scripts { "Ilona" } else { "Marisol" };
        enter(&mut v, &format!("first {given}"), given, country).await;
        v.has(&format!(
            "datalist#countries option[value='{}']",
            if scripts { "Roemenië" } else { "Romania" }
        ))
        .await;
        v.click("#notification button:not([name])").await;
        v.has("ol.line li").await;
        v.says(if scripts { "Roemenië" } else { "Romania" }).await;
        let case = v.browser.ask("return location.pathname").await;
        // The same person again, spelled otherwise.
        enter(&mut v, &format!("second {given}"), &format!("{given}a"), other).await;
        if scripts {
            v.click("#region").await;
        } else {
            v.click("button[name=whole]").await;
        }
        v.has("#alike .note.warn a").await;
        v.look().await;
        let found = "return [...document.querySelectorAll('#alike a')].map((a) => a.getAttribute('href'))";
        assert!(v.browser.ask(found).await.as_array().unwrap().contains(&case));
        // What was entered is all there, and is sent after all.
        let key = "return document.querySelector('#local_key').value";
        assert_eq!(v.browser.ask(key).await, format!("second {given}"));
        v.click("#notification button:not([name])").await;
        v.has("ol.line li").await;
        assert_ne!(v.browser.ask("return location.pathname").await, case);
        v.close().await;
    }
}
