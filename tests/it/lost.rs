//! What somebody filled in is not lost: by going back, by reloading, in another language, in a draft, under a number in use. And
//! what must be lost is: after leaving in a hurry nothing is there.

use std::time::Duration;

use fantoccini::Locator;
use fantoccini::key::Key;

use crate::server::Server;
use crate::visitor::Visitor;

/// How a question is answered, on this step or carried along from another.
fn answered(question: &str) -> String {
    format!("return new FormData(document.querySelector('form[data-live]')).get('q.{question}')")
}

/// The first statement that is shown, by its name.
async fn statement(v: &Visitor<'_>) -> String {
    v.has("fieldset:not([hidden]) input[value=yes]").await;
    let name = "return document.querySelector('fieldset:not([hidden]) input[value=yes]').name.slice(2)";
    v.browser.ask(name).await.as_str().unwrap().to_owned()
}

/// Answers a question of the first step, and goes on to the second.
async fn first_step(v: &mut Visitor<'_>) {
    v.go("/assess").await;
    v.click("input[name='q.minor'][value=no]").await;
    v.click("button[value=next]").await;
    v.has("input[name=step][value='1']").await;
    v.comes_to(&answered("minor"), "no").await;
}

#[tokio::test]
async fn going_back_reloading_and_another_language_lose_no_answer() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    first_step(&mut v).await;
    let second = statement(&v).await;
    v.click(&format!("input[name='q.{second}'][value=yes]")).await;
    v.browser.client.refresh().await.unwrap();
    v.has("input[name=step][value='1']").await;
    v.comes_to(&answered(&second), "yes").await;
    v.browser.client.back().await.unwrap();
    v.has("input[name=step][value='0']").await;
    v.comes_to(&answered("minor"), "no").await;
    v.comes_to(&answered(&second), "yes").await;
    v.browser.client.forward().await.unwrap();
    v.has("input[name=step][value='1']").await;
    v.click("button[name=lang]").await;
    v.has("html[lang=nl]").await;
    v.has("input[name=step][value='1']").await;
    v.comes_to(&answered("minor"), "no").await;
    v.comes_to(&answered(&second), "yes").await;
    v.look().await;
    // From the result back to the questions.
    v.click("button[value=result]").await;
    v.has("button[value=begin]").await;
    v.browser.client.back().await.unwrap();
    v.has("form[data-live]").await;
    v.comes_to(&answered(&second), "yes").await;
    // For another case all of it goes, when somebody says so.
    v.click("[data-anew]").await;
    v.browser.client.accept_alert().await.unwrap();
    v.has("input[name=step][value='0']").await;
    v.comes_to(&answered("minor"), "not_asked").await;
    v.close().await;
}

#[tokio::test]
async fn who_is_faster_than_the_page_loses_no_answer() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    first_step(&mut v).await;
    let second = statement(&v).await;
    // As soon as the button is there, before the page has done anything.
    let fast = r#"
        new MutationObserver((_, seen) => {
            const button = document.querySelector("form[data-live] button[value=result]");
            if (!button) return;
            seen.disconnect();
            document.querySelector("fieldset:not([hidden]) input[value=yes]").checked = true;
            button.click();
        }).observe(document, { childList: true, subtree: true });"#;
    v.browser.before_all_else(fast).await;
    v.browser.client.refresh().await.unwrap();
    v.has("button[value=begin]").await;
    let given =
        |name: &str| format!("return document.querySelector(\"#answers input[name='q.{name}']\")?.value");
    v.comes_to(&given("minor"), "no").await;
    v.comes_to(&given(&second), "yes").await;
    v.close().await;
}

#[tokio::test]
async fn another_language_loses_nothing_without_scripts_either() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, false).await;
    v.language("nl").await;
    v.go("/assess").await;
    v.click("input[name='q.minor'][value=no]").await;
    v.click("button[value=next]").await;
    v.has("input[name=step][value='1']").await;
    v.click("button[name=lang]").await;
    v.has("html[lang=en]").await;
    v.has("input[name=step][value='1']").await;
    v.has("input[name='q.minor'][value=no]").await;
    v.log_in("keeper").await;
    v.go("/notify").await;
    v.fill("#local_key", "zaak 18").await;
    v.click("button[name=lang]").await;
    v.has("html[lang=nl]").await;
    let typed = v.browser.client.find(Locator::Css("#local_key")).await.unwrap();
    assert_eq!(typed.prop("value").await.unwrap().as_deref(), Some("zaak 18"));
    v.close().await;
}

#[tokio::test]
async fn a_draft_comes_back_whole() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    first_step(&mut v).await;
    let passphrase = async |v: &mut Visitor<'_>, button: &str| {
        v.click(&format!("[data-draft={button}]")).await;
        v.fill("#passphrase", "a long passphrase of mine").await;
        v.click("dialog button:not([type])").await;
    };
    passphrase(&mut v, "save").await;
    v.comes_to("return !!localStorage.getItem('ijsberg-draft')", true).await;
    // On another day, with another answer begun: the draft replaces it.
    v.anew().await;
    v.go("/assess?step=2").await;
    let other = statement(&v).await;
    v.click(&format!("input[name='q.{other}'][value=yes]")).await;
    v.comes_to(&answered("minor"), serde_json::Value::Null).await;
    passphrase(&mut v, "open").await;
    v.comes_to(&answered("minor"), "no").await;
    v.comes_to(&answered(&other), "not_asked").await;
    v.close().await;
}

/// Ways to leave in a hurry.
#[derive(Clone, Copy)]
enum Way {
    Button,
    /// Escape, three times.
    Keys,
}

#[tokio::test]
async fn who_leaves_in_a_hurry_leaves_nothing_behind_with_or_without_a_connection() {
    let ways = [(Way::Button, true), (Way::Button, false), (Way::Keys, true), (Way::Keys, false)];
    for (way, connected) in ways {
        let server = Server::open();
        let mut v = Visitor::new(&server, true).await;
        v.language("en").await;
        first_step(&mut v).await;
        v.comes_to("return sessionStorage.length + localStorage.length > 0", true).await;
        v.browser.ask("localStorage.setItem('ijsberg-draft', 'x'); return true").await;
        let before = v.browser.client.current_url().await.unwrap();
        if !connected {
            server.stop();
        }
        match way {
            Way::Button => v.click("header .leave").await,
            Way::Keys => {
                // Once or twice may be anything; a while later it begins anew.
                v.presses([char::from(Key::Escape); 2]).await;
                tokio::time::sleep(Duration::from_millis(2500)).await;
                v.press(Key::Escape).await;
                v.comes_to("return !!localStorage.getItem('ijsberg-draft')", true).await;
                v.has("form[data-live]").await;
                v.presses([char::from(Key::Escape); 3]).await;
            }
        }
        // Elsewhere, or a page of nothing; no page that says that something went wrong.
        v.comes_to(
            "return !location.pathname.startsWith('/assess') && !document.querySelector('form')",
            true,
        )
        .await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        if !connected {
            assert_eq!(v.browser.client.current_url().await.unwrap().as_str(), "about:blank");
            v.close().await;
            continue;
        }
        v.browser.client.goto(before.as_str()).await.unwrap();
        v.has("form[data-live]").await;
        v.comes_to("return localStorage.getItem('ijsberg-draft')", serde_json::Value::Null).await;
        v.comes_to(&answered("minor"), serde_json::Value::Null).await;
        v.close().await;
    }
}

#[tokio::test]
async fn a_number_in_use_says_so_and_keeps_what_was_entered() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    v.log_in("keeper").await;
    for (sex, again) in [("F", false), ("M", true)] {
        v.go("/notify").await;
        v.choose("#organisation", "shelter").await;
        v.fill("#local_key", "zaak 19").await;
        v.fill("#happened_on", "2016-05").await;
        v.click(&format!("input[name=sex][value={sex}]")).await;
        v.click("main form button:not([type])").await;
        if again {
            v.says("Dit zaakkenmerk is al geregistreerd").await;
            v.says("Geslacht: geregistreerd is vrouw, u vulde man in").await;
            v.has("input[name=sex][value=M]:checked").await;
            v.look().await;
            v.click(".note.warn a").await;
        }
        v.has("ol.line li").await;
    }
    v.close().await;
}
