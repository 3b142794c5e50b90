//! Main tasks by keyboard alone: Tab, Enter, Space, arrows and letters, and of every control on the way one sees that it has the focus.
//! On a desk in English, and in Dutch as wide as a phone, as somebody has it who reads at four times the size.

use fantoccini::key::Key;
use ijsberg_signals::rules::Rules;

use crate::server::Server;
use crate::tasks::{answer, asked, grow_old, of_the_bank, says_what_is_expected};
use crate::visitor::{DESK, PHONE, Visitor};

/// Takes away every rule that needs `:has()`, as a browser does that does not know it.
const WITHOUT_HAS: &str = "const strip = (of) => {
        for (let at = of.cssRules.length - 1; at >= 0; at--) {
            const rule = of.cssRules[at];
            if (rule.conditionText?.includes(':has(') || rule.selectorText?.includes(':has(')) of.deleteRule(at);
            else if (rule.cssRules) strip(rule);
        }
    };
    [...document.styleSheets].forEach(strip);
    const text = (of) => [...of.cssRules].map((r) => r.cssText).join('');
    return [...document.styleSheets].map(text).join('').includes(':has(');";

async fn assess(v: &Visitor<'_>, language: &str) {
    let rules = Rules::shipped();
    let (known, case) = of_the_bank(&rules, "labour-13");
    v.open("/").await;
    v.enter(".hero a.button").await;
    v.has("form[data-live]").await;
    loop {
        match asked(v).await.as_str() {
            "last" => break,
            "next" => {
                grow_old(v).await;
                v.enter("button[value=next]").await;
            }
            question => {
                // In a group of buttons Tab leads to the one that is chosen, and arrows to the others.
                let group = format!("input[name='q.{question}']");
                v.arrow_to(&group, Key::Up, answer(&rules, &case, question)).await;
                v.comes_to("return document.activeElement.checked", true).await;
            }
        }
    }
    v.enter("button[value=result]").await;
    says_what_is_expected(v, &known, language).await;
}

async fn notify(v: &Visitor<'_>, key: &str) {
    v.open("/notify").await;
    v.down_to("#organisation", "shelter").await;
    for (field, text) in [("#local_key", key), ("#happened_on", "31-05-2016")] {
        v.reach(field).await;
        v.types(text).await;
    }
    v.arrow_to("input[name=sex]", Key::Up, "F").await;
    v.down_to("#form", "LABOUR").await;
    v.reach("input[name='identity.given_name']").await;
    v.types("Synthia").await;
    v.enter("main form button:not([type])").await;
    v.has("ol.line li").await;
}

async fn open_a_case(v: &Visitor<'_>) {
    v.open("/register").await;
    v.has("table.cases tbody tr").await;
    // Space ticks, and takes the tick away.
    for ticked in [true, false] {
        v.reach("table.cases tbody input[name=case]").await;
        v.press(Key::Space).await;
        v.comes_to("return document.activeElement.checked", ticked).await;
    }
    v.enter("table.cases tbody th a").await;
    v.comes_to("return location.pathname.startsWith('/person/')", true).await;
    v.has("ol.line li").await;
    // And on to what is known of it.
    v.enter("a[href$='/record/status']").await;
    v.has("#status").await;
}

async fn estimate(v: &Visitor<'_>) {
    v.open("/estimate?replicates=40&by=none").await;
    v.down_to("#table", "netherlands-2010-2015").await;
    v.enter("main form button").await;
    v.has(".analysis .verdict").await;
}

async fn judge_and_undo(v: &Visitor<'_>) {
    v.open("/review").await;
    v.enter("main tbody a[href^='/review/']").await;
    v.has("form[data-keys]").await;
    // Its script is there too, or the key says nothing.
    v.comes_to("return document.readyState", "complete").await;
    let pair = v.browser.ask("return location.pathname").await.as_str().unwrap().to_owned();
    v.press('k').await;
    v.comes_to(&format!("return location.pathname !== '{pair}'"), true).await;
    // Back to it, and undone.
    v.has(".note[role=status] a[data-key=u]").await;
    v.comes_to("return document.readyState", "complete").await;
    v.press('u').await;
    v.comes_to("return location.pathname", pair.as_str()).await;
    v.has("form[action^='/undo'] button[data-key=u]").await;
    v.comes_to("return document.readyState", "complete").await;
    v.press('u').await;
    // It waits again.
    let waits = format!("return !!document.querySelector(\"main tbody a[href^='{pair}']\")");
    v.comes_to(&waits, true).await;
}

async fn all(size: (u32, u32), language: &str) {
    let server = Server::start(&[]);
    server.link();
    let mut v = Visitor::new(&server, true).await;
    v.language(language).await;
    v.browser.phone(size).await;
    assess(&v, language).await;
    // The studio of a server with a register is for who is logged in.
    v.log_in("keeper").await;
    v.browser.phone(size).await;
    estimate(&v).await;
    notify(&v, &format!("toets {language}")).await;
    open_a_case(&v).await;
    judge_and_undo(&v).await;
    v.close().await;
}

#[tokio::test]
async fn main_tasks_need_no_mouse_on_a_desk() {
    all(DESK, "en").await;
}

#[tokio::test]
async fn main_tasks_need_no_mouse_on_a_narrow_page() {
    all(PHONE, "nl").await;
}

/// A browser that does not know `:has()` shows where one is, and a narrow page fits with a name of somebody who is logged in.
#[tokio::test]
async fn without_has_one_sees_where_one_is_and_nothing_sticks_out() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    v.log_in("keeper").await;
    for size in [DESK, PHONE] {
        v.browser.phone(size).await;
        v.open("/").await;
        assert_eq!(v.browser.ask(WITHOUT_HAS).await, false);
        let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(v.browser.ask(wider).await, 0, "{size:?}");
        v.reach(".door:last-child a").await;
    }
    v.close().await;
}
