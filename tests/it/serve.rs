//! The application as its users see it: each role's main task, in both languages, with and without scripts.

use std::path::Path;

use fantoccini::Locator;

use crate::server::Server;
use crate::visitor::Visitor;

/// The administrator's task: a user, whose password for one time this is, with a role.
async fn users(v: &mut Visitor<'_>) -> String {
    v.log_in("keeper").await;
    v.go("/users").await;
    v.fill("#user", "worker").await;
    v.click("button[value=add]").await;
    v.has("section[aria-label=worker]").await;
    let one_time = v.browser.client.find(Locator::Css(".note.good .code")).await.unwrap();
    let one_time = one_time.text().await.unwrap();
    v.choose("section[aria-label=worker] select[name=role]", "case_worker").await;
    v.choose("section[aria-label=worker] select[name=organisation]", "shelter").await;
    v.click("section[aria-label=worker] button[value=give]").await;
    v.has("section[aria-label=worker] li").await;
    v.look().await;
    v.go("/organisations").await;
    v.go("/account").await;
    one_time
}

/// The front-line worker's task, without logging in.
async fn assess(v: &mut Visitor<'_>) {
    v.go("/assess").await;
    v.click("input[name='q.minor'][value=no]").await;
    let true_of_them = [
        "conditions",
        "money",
        "promises",
        "papers",
        "excessive_hours",
        "high_debt",
        "told_other_pay",
        "no_own_papers",
    ];
    for _ in 0..60 {
        for question in true_of_them {
            let yes = format!("fieldset:not([hidden]) > .options input[name='q.{question}'][value=yes]");
            if v.browser.client.find(Locator::Css(&yes)).await.is_ok() {
                v.click(&yes).await;
            }
        }
        if v.browser.client.find(Locator::Css("button[value=next]")).await.is_err() {
            break;
        }
        // The page that was asked for, not the one before it, which looks much the same.
        v.browser.ask("document.body.dataset.old = 'yes'; return true").await;
        v.click("button[value=next]").await;
        v.comes_to(
            "return document.body?.dataset.old === undefined && !!document.querySelector('footer')",
            true,
        )
        .await;
    }
    v.look().await;
    v.fill("#hours_a_week", "72").await;
    v.click("button[value=result]").await;
    v.has("button[value=begin]").await;
    v.look().await;
}

#[test]
fn it_ends_cleanly_on_a_signal_to_stop() {
    let server = Server::open();
    assert!(server.end().success());
}

#[tokio::test]
async fn a_case_is_notified_and_decided_and_an_auditor_finds_it_in_the_log() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    assess(&mut v).await;
    v.says("is geen vaststelling").await;
    // Reasons while one answers, and a draft that opens with its passphrase alone.
    v.go("/assess/all").await;
    v.click("input[name='q.high_debt'][value=yes]").await;
    v.has("#live ul li").await;
    v.click("[data-draft=save]").await;
    v.fill("#passphrase", "een lange wachtzin").await;
    v.click("dialog button:not([type])").await;
    let sealed = "const d = localStorage.getItem('ijsberg-draft'); return !!d && !d.includes('high_debt')";
    v.comes_to(sealed, true).await;
    v.go("/assess/all").await;
    v.click("[data-draft=open]").await;
    v.fill("#passphrase", "een lange wachtzin").await;
    v.click("dialog button:not([type])").await;
    v.has("input[name='q.high_debt'][value=yes]:checked").await;

    let one_time = users(&mut v).await;
    v.says("hulpverlener").await;

    // The registrar's: a notification, and a file.
    v.go("/notify").await;
    v.choose("#organisation", "shelter").await;
    v.fill("#local_key", "zaak 17").await;
    // Not sent without the day on which it happened.
    v.click("main form button").await;
    v.fill("#happened_on", "2016-05").await;
    v.choose("#form", "LABOUR").await;
    v.fill("input[name='identity.given_name']", "Synthia").await;
    v.click("main form button").await;
    v.has("ol.line li").await;
    v.look().await;
    v.says("arbeid").await;
    let file = Path::new(server.dir.path()).join("meldingen.csv");
    std::fs::write(&file, "zaaknummer,wanneer gezien,geslacht\nx1,2016-01-02,v\nx2,2061,m\n").unwrap();
    v.go("/import").await;
    let input = v.browser.client.find(Locator::Css("#file")).await.unwrap();
    input.send_keys(&file.display().to_string()).await.unwrap();
    v.choose("#organisation", "shelter").await;
    v.choose("#lane", "help").await;
    v.click("main form[enctype] button").await;
    // A column with an unknown name gets its meaning here; a row dated in the future is listed, and is in a file too.
    v.has("details[open] #column-1").await;
    v.look().await;
    v.choose("#column-1", "happened_on").await;
    v.click("form[action='/import/columns'] button").await;
    v.says("regel 3, Wanneer").await;
    v.has("form[action='/import/faults'] button").await;
    v.look().await;
    std::fs::write(&file, "zaaknummer,datum,geslacht\nx1,2016-01-02,v\nx2,2016,m\n").unwrap();
    v.go("/import").await;
    let input = v.browser.client.find(Locator::Css("#file")).await.unwrap();
    input.send_keys(&file.display().to_string()).await.unwrap();
    v.choose("#organisation", "shelter").await;
    v.choose("#lane", "help").await;
    v.click("main form[enctype] button").await;
    v.has("form[action='/import/take'] button").await;
    v.click("form[action='/import/take'] button").await;
    v.has(".note.good").await;
    v.look().await;

    // The case worker's: who it is, a decision with reasons, signals kept as observations.
    v.language("en").await;
    v.log_in_with("worker", &one_time).await;
    v.fill("#local_key", "zaak 17").await;
    v.click("form[action='/find'] button").await;
    v.has("ol.line li").await;
    let case = v.browser.client.current_url().await.unwrap().path().to_owned();
    v.click("form[action$='/identity'] button").await;
    v.says("Synthia").await;
    v.look().await;
    v.go(&format!("{case}/record/status")).await;
    v.choose("#status", "PRESUMED").await;
    v.choose("#deciding_organisation", "NGO").await;
    v.fill("#reasons", "Worked 72 hours a week for a debt.").await;
    v.fill("#decided_on", "no day").await;
    v.fill("#basis", "consent").await;
    v.click("main form button").await;
    // What was typed is still there.
    v.has(".note.bad").await;
    v.look().await;
    v.fill("#decided_on", "2016-06-01").await;
    v.fill("#basis", "consent").await;
    v.click("main form button").await;
    v.has("ol.line li:nth-child(2)").await;
    v.says("presumed victim").await;
    v.says("72 hours").await;
    v.click("form[action='/assess'] button").await;
    v.has("input[name='q.minor']").await;
    v.click("input[name='q.minor'][value=no]").await;
    v.click("button[value=result]").await;
    v.has("form[action$='/assessment']").await;
    v.look().await;
    v.fill("#basis", "consent").await;
    v.click("form[action$='/assessment'] button").await;
    v.has("ol.line li:nth-child(4)").await;
    v.look().await;

    v.log_in("keeper").await;
    // The auditor's and the records manager's.
    v.go("/audit").await;
    v.says("view identity").await;
    v.click("main form button").await;
    v.has(".note.good").await;
    v.go("/retention").await;
    v.choose("#purpose", "help").await;
    v.fill("#months", "60").await;
    v.click("button[value=period]").await;
    v.has("main ul li").await;
    v.says("60 months").await;
    v.close().await;
}

#[tokio::test]
async fn a_linker_and_a_statistician_do_their_task() {
    let server = Server::start(&[]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    // The linkage specialist's: the lists linked, the result kept, a pair side by side, a decision, and its undo.
    v.log_in("keeper").await;
    v.go("/linkage").await;
    v.click("input[name=by][value=year]").await;
    v.click("input[name=by][value=sex]").await;
    v.look().await;
    v.click("form[action='/linkage'] button").await;
    v.has("form[action='/linkage/keep'] button").await;
    v.look().await;
    let header =
        "return fetch('/linkage/histories.csv').then((r) => r.text()).then((t) => t.split('\\n')[1])";
    assert_eq!(v.browser.ask(header).await, "draw,I,K,O,P,R,Z,year,sex,count");
    v.says("I + K").await;
    v.browser.ask("window.confirm = () => true; return 1").await;
    v.click("form[action='/linkage/keep'] button").await;
    v.has("main tbody a[href^='/review/']").await;
    v.look().await;
    v.click("main tbody a").await;
    v.has(".mark").await;
    v.look().await;
    // What linkage found leads nobody: it is shown after the judgement.
    v.comes_to("return document.querySelector(\"form[action^='/undo']\") === null", true).await;
    let pair = v.browser.client.current_url().await.unwrap();
    v.browser.client.find(Locator::Css("body")).await.unwrap().send_keys("k").await.unwrap();
    v.comes_to(&format!("return location.href !== '{pair}'"), true).await;
    v.has(".note[role=status] a[href^='/review/']").await;
    v.go(pair.path()).await;
    v.says("by a reviewer").await;
    v.click("form[action^='/undo'] button").await;
    v.has("main tbody a[href^='/review/']").await;
    v.go(pair.path()).await;
    v.says("undone").await;

    // The statistician's: from the register, and a public table with a picture.
    v.go("/export").await;
    v.go("/estimate?replicates=40&by=none").await;
    v.choose("#table", "netherlands-2010-2015").await;
    v.click("main form button").await;
    v.estimated().await;
    v.says("Verdict:").await;
    let fetched = "return Promise.all([...document.querySelectorAll('main a[href]')].map((a) => fetch(a.href).then((r) => r.status)))";
    let fetched = v.browser.ask(fetched).await;
    assert!(fetched.as_array().unwrap().iter().all(|s| s == 200), "{fetched}");
    // Beside another one.
    let first = v.browser.client.current_url().await.unwrap();
    // What a method assumes is folded away until somebody asks.
    v.click(".family a[href^='#method-']").await;
    v.has("#methods[open] dt:target").await;
    v.look().await;
    v.fill("#name", "Voorjaar").await;
    v.click("form[action$='/name'] button").await;
    v.says("Voorjaar (netherlands-2010-2015.csv)").await;
    v.click("form[action$='/keep'] button").await;
    v.says("This run is kept.").await;
    v.go("/estimate/runs").await;
    v.says("Voorjaar").await;
    v.go("/estimate?replicates=40&by=none&methods=chao").await;
    v.choose("#table", "netherlands-2010-2015").await;
    v.click("main form button").await;
    v.estimated().await;
    v.has(&format!("#runs option[value='{}']", first.path())).await;
    v.fill("#with", first.as_str()).await;
    v.click("form[method=get] button").await;
    v.has(".versus > :nth-child(2) .verdict").await;
    v.says("Methods: chao").await;
    v.says("These settings differ: Methods.").await;
    v.look().await;
    // One that would take long is stopped.
    v.go("/estimate?replicates=5000&thorough=yes").await;
    v.choose("#table", "netherlands-synthetic").await;
    v.click("main form button").await;
    v.has("form[action$='/cancel'] button").await;
    v.click("form[action$='/cancel'] button").await;
    v.has(".note.bad").await;
    v.look().await;
    v.close().await;
}

#[tokio::test]
async fn the_rapporteur_looks_at_a_report_and_publishes_it() {
    let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.log_in("keeper").await;
    // The Rapporteur's: a preview, stopped and made again, and the previewed report is released.
    let preview = async |v: &mut Visitor<'_>| {
        v.go("/publish").await;
        v.fill("#year", "2015").await;
        v.fill("#years", "6").await;
        v.choose("#counts", "suppressed").await;
        v.click("form[action='/publish'] button").await;
    };
    v.go("/publish").await;
    v.says("This step publishes nothing.").await;
    let over = "return new Date().getUTCFullYear() - Number(document.querySelector('#year').value)";
    assert_eq!(v.browser.ask(over).await, 1);
    preview(&mut v).await;
    v.has("form[action='/publish/cancel'] button").await;
    v.look().await;
    v.click("form[action='/publish/cancel'] button").await;
    v.has(".note.bad").await;
    preview(&mut v).await;
    v.has("form[action='/publish/release'] button").await;
    v.says("No edition has been released to everyone yet").await;
    v.look().await;
    v.browser.ask("window.confirm = () => true; return 1").await;
    v.click("form[action='/publish/release'] button").await;
    v.has(".note.good[role=status]").await;
    v.look().await;
    // The next one is beside what was released.
    preview(&mut v).await;
    v.has("table.before").await;
    v.says("Last edition (2010–2015").await;
    v.look().await;
    let reports = server.dir.path().join("demo/reports");
    for file in
        ["index.html", "ledger.json", "2015/nl.pdf", "2015/tables.ods", "2015/tables/capture-histories.csv"]
    {
        assert!(reports.join(file).exists(), "{file}");
    }
    v.go("/deliveries").await;
    v.go("/glass").await;
    v.go("/style").await;
    v.go("/help").await;
    let wrong = v.browser.ask("return window.performance.getEntriesByType('resource').filter((e) => !e.name.startsWith(location.origin)).length").await;
    assert_eq!(wrong, 0);
    v.close().await;
}

#[tokio::test]
async fn without_scripts_everything_that_matters_works() {
    let server = Server::start(&[]);
    server.link();
    let mut v = Visitor::new(&server, false).await;
    for (code, no_finding) in [("en", "is not a finding"), ("nl", "is geen vaststelling")] {
        v.language(code).await;
        assess(&mut v).await;
        v.says(no_finding).await;
    }
    v.log_in("keeper").await;
    v.go("/notify").await;
    v.choose("#organisation", "police").await;
    v.fill("#local_key", "zonder script").await;
    v.fill("#happened_on", "2016").await;
    v.click("main form button").await;
    v.has("ol.line li").await;
    v.click("form[action$='/identity'] button").await;
    v.has(".note.warn").await;
    v.go("/estimate?replicates=20&by=none").await;
    v.choose("#table", "new-orleans-2016").await;
    v.click("main form button").await;
    v.estimated().await;
    v.go("/review").await;
    v.click("main tbody a").await;
    v.has(".mark").await;
    v.click("button[value=undecided]").await;
    v.go("/").await;
    v.click("header .leave").await;
    v.close().await;
}
