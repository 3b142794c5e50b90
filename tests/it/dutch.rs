//! No English reaches a Dutch page: every page is opened in Dutch with all its details, and what it says, shows when pointed at and
//! tells a screen reader is looked through for English words.

use fantoccini::Locator;
use ijsberg_report::words::english;

use crate::server::Server;
use crate::visitor::Visitor;

/// All that the page says, opened, without code, without what is marked as English and without what a register holds of people.
const SAID: &str = "document.querySelectorAll('details').forEach((d) => { d.open = true; });
    const gone = '[lang=en], code, kbd, pre, .code, script, style, table.pair td:not(.mark)';
    const kept = (of) => of && !of.closest(gone), said = [document.title];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) if (kept(texts.currentNode.parentElement)) said.push(texts.currentNode.data);
    const told = ['aria-label', 'aria-description', 'title', 'alt', 'placeholder', 'data-confirm', 'data-lost'];
    const all = [...document.body.querySelectorAll('*')].filter(kept);
    for (const name of told) for (const of of all) if (of.hasAttribute(name)) said.push(of.getAttribute(name));
    return said.map((t) => t.replace(/\\s+/g, ' ').trim()).filter((t) => t);";

/// The text typed in when the register was made.
const TYPED_IN: &str = "none needed: nobody in this register exists";

/// English in what the page says, with where it is.
async fn look(v: &Visitor<'_>, found: &mut Vec<String>) {
    v.has("html[lang=nl] footer").await;
    v.comes_to("return document.readyState", "complete").await;
    let path = v.browser.ask("return location.pathname").await.as_str().unwrap().to_owned();
    let said: Vec<String> = serde_json::from_value(v.browser.ask(SAID).await).unwrap();
    assert!(said.len() > 5, "{path}: {said:?}");
    for text in said {
        if let Some(word) = english(&text.replace(TYPED_IN, "")) {
            found.push(format!("{path}: “{word}” in “{text}”"));
        }
    }
}

async fn look_at(v: &Visitor<'_>, path: &str, css: &str, found: &mut Vec<String>) {
    v.open(path).await;
    v.has(css).await;
    look(v, found).await;
}

async fn address_of(v: &Visitor<'_>, css: &str) -> String {
    v.has(css).await;
    let link = v.browser.client.find(Locator::Css(css)).await.unwrap();
    link.attr("href").await.unwrap().unwrap()
}

/// Cases, pairs, and what looks after the register.
async fn register(v: &Visitor<'_>, found: &mut Vec<String>) {
    for (path, css) in [
        ("/register", "table.cases tbody tr"),
        ("/notify", "#local_key"),
        ("/import", "#file"),
        ("/review", "main tbody a[href^='/review/']"),
        ("/linkage", "form[action='/linkage']"),
        ("/export", "form[action='/export/histories']"),
        ("/retention", "#erasing"),
        ("/users", "#user"),
        ("/organisations", "#basis"),
        ("/account", "#old"),
        ("/glass", "main h1"),
        ("/audit", "main tbody tr"),
        ("/nothing-here", ".note.bad"),
    ] {
        look_at(v, path, css, found).await;
    }
    v.open("/register").await;
    let person = address_of(v, "table.cases tbody th a").await;
    look_at(v, &person, "ol.line li", found).await;
    for kind in ["status", "means", "support"] {
        look_at(v, &format!("{person}/record/{kind}"), "#record", found).await;
    }
    v.open("/review").await;
    let pair = address_of(v, "main tbody a[href^='/review/']").await;
    look_at(v, &pair, "form[data-keys]", found).await;
}

/// The studio: the forms, an estimate with all its parts, and runs.
async fn studio(v: &mut Visitor<'_>, found: &mut Vec<String>) {
    look_at(v, "/estimate", "#table", found).await;
    for path in ["/design", "/nowcast", "/open", "/delays"] {
        look_at(v, path, "#table", found).await;
    }
    v.open("/estimate?replicates=40&by=none").await;
    v.choose("#table", "netherlands-2010-2015").await;
    v.click("main form button").await;
    v.has(".analysis .verdict").await;
    look(v, found).await;
    look_at(v, "/estimate/runs", "main tbody tr", found).await;
}

/// The questions and what comes of them. Last: from then on a worker of the page stands between it and the server.
async fn assessment(v: &mut Visitor<'_>, found: &mut Vec<String>) {
    look_at(v, "/assess", "form[data-live]", found).await;
    look_at(v, "/assess/all", "form[data-live]", found).await;
    v.click("input[name='q.high_debt'][value=yes]").await;
    v.click("button[value=result]").await;
    v.has("button[value=begin]").await;
    look(v, found).await;
}

#[tokio::test]
async fn no_english_reaches_a_dutch_page() {
    let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
    server.link();
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    let mut found = Vec::new();
    for path in ["/", "/help", "/facts", "/login", "/style"] {
        look_at(&v, path, "main h1, main h2", &mut found).await;
    }
    v.log_in("keeper").await;
    register(&v, &mut found).await;
    look_at(&v, "/publish", "#year", &mut found).await;
    look_at(&v, "/deliveries", "#year", &mut found).await;
    studio(&mut v, &mut found).await;
    assessment(&mut v, &mut found).await;
    v.close().await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}
