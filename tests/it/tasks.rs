//! Each user's main task, on a desk and on a phone, in both languages: what one has to do for it is counted, and is no more than it
//! may be. The counts are in the book, in `application.md`.

use std::collections::HashSet;
use std::time::Instant;

use fantoccini::Locator;
use fantoccini::key::Key;
use ijsberg_report::assessment::wording;
use ijsberg_report::text::{Language, Text};
use ijsberg_signals::answer::Truth;
use ijsberg_signals::assess::Case;
use ijsberg_signals::bank::{BankCase, cases};
use ijsberg_signals::rules::Rules;

use crate::program::root;
use crate::server::Server;
use crate::visitor::{DESK, PHONE, Visitor};

/// What a page asks next: the first statement on it that is open, 'next' where none is, 'last' where no page follows. Nothing while a
/// page comes, or has not yet weighed what it shows.
const ASKED: &str = "const loaded = performance.getEntriesByType('resource');
    const there = (name) => loaded.some((e) => e.name.endsWith(name) && performance.now() - e.responseEnd > 100);
    if (document.body.dataset.old || !document.querySelector('footer')) return null;
    if (!['/assets/weigh.js', '/assets/say.js', '/assess/instruments.json'].every(there)) return null;
    const shown = [...document.querySelectorAll('fieldset.ask:not([hidden])')];
    const more = document.querySelector('button[value=next]');
    if (!shown.length) return more ? null : 'last';
    const open = shown.find((f) => f.querySelector('input[value=not_asked]').checked);
    return open ? open.querySelector('input').name.slice(2) : more ? 'next' : 'last';";

/// Waits until the page has something to ask, and gives it.
pub(crate) async fn asked(v: &Visitor<'_>) -> String {
    v.comes_to(&format!("return (() => {{ {ASKED} }})() !== null"), true).await;
    v.browser.ask(ASKED).await.as_str().unwrap().to_owned()
}

/// Marks the page, so that it is known from the one that comes.
pub(crate) async fn grow_old(v: &Visitor<'_>) {
    v.browser.ask("document.body.dataset.old = 'yes'; return true").await;
}

/// A case of the bank, and its answers.
pub(crate) fn of_the_bank(rules: &Rules, id: &str) -> (BankCase, Case) {
    let known = cases().into_iter().find(|k| k.id == id).unwrap();
    let case = known.case(rules);
    (known, case)
}

/// How a question is answered in a case: as it has it, and that nobody knows where it has nothing.
pub(crate) fn answer(rules: &Rules, case: &Case, question: &str) -> &'static str {
    match case.answers.truth(&rules.questions, question) {
        Truth::Yes => "yes",
        Truth::No => "no",
        Truth::Open => "unknown",
    }
}

/// The result says what is expected of the case.
pub(crate) async fn says_what_is_expected(v: &Visitor<'_>, known: &BankCase, language: &str) {
    v.has(".say h1").await;
    let text = Text::new(if language == "nl" { Language::Dutch } else { Language::English });
    let said = v.browser.ask("return document.querySelector('.say h1').textContent").await;
    assert!(known.expected.iter().any(|w| said == wording(&text, *w)), "{}: {said}", known.id);
}

/// What somebody does, counted.
struct Steps {
    clicks: u32,
    keys: u32,
    fields: u32,
    questions: u32,
    began: Instant,
}

impl Steps {
    fn begin() -> Self {
        Self { clicks: 0, keys: 0, fields: 0, questions: 0, began: Instant::now() }
    }

    async fn click(&mut self, v: &mut Visitor<'_>, css: &str) {
        v.click(css).await;
        self.clicks += 1;
    }

    async fn fill(&mut self, v: &Visitor<'_>, css: &str, value: &str) {
        v.fill(css, value).await;
        self.fields += 1;
    }

    async fn choose(&mut self, v: &Visitor<'_>, css: &str, value: &str) {
        v.choose(css, value).await;
        self.fields += 1;
    }

    /// One of several buttons of which one is chosen: a field that takes a click.
    async fn pick(&mut self, v: &mut Visitor<'_>, css: &str) {
        self.click(v, css).await;
        self.fields += 1;
    }

    async fn press(&mut self, v: &Visitor<'_>, key: impl Into<char>) {
        v.press(key).await;
        self.keys += 1;
    }

    fn tell(&self, task: &str, size: (u32, u32), language: &str) {
        println!(
            "{task}, {} wide, {language}: {} questions, {} fields, {} clicks, {} keys, {:.1} s",
            size.0,
            self.questions,
            self.fields,
            self.clicks,
            self.keys,
            self.began.elapsed().as_secs_f64(),
        );
    }
}

async fn assess(v: &mut Visitor<'_>, rules: &Rules, case: &Case) -> Steps {
    v.open("/").await;
    let mut steps = Steps::begin();
    steps.click(v, ".hero a.button").await;
    v.has("form[data-live]").await;
    loop {
        match asked(v).await.as_str() {
            "last" => break,
            "next" => {
                grow_old(v).await;
                steps.click(v, "button[value=next]").await;
            }
            question => {
                let is = answer(rules, case, question);
                steps.click(v, &format!("input[name='q.{question}'][value={is}]")).await;
                steps.questions += 1;
            }
        }
    }
    steps.click(v, "button[value=result]").await;
    v.has("button[value=begin]").await;
    steps
}

#[tokio::test]
async fn a_typical_case_is_assessed_in_fifteen_questions() {
    let server = Server::open();
    let rules = Rules::shipped();
    // Two of labour exploitation of adults, both bound by a debt. The book has the medians of all cases.
    for (id, size, language) in [("labour-13", DESK, "nl"), ("labour-43", PHONE, "en")] {
        let (known, case) = of_the_bank(&rules, id);
        let mut v = Visitor::new(&server, true).await;
        v.language(language).await;
        v.browser.phone(size).await;
        let steps = assess(&mut v, &rules, &case).await;
        says_what_is_expected(&v, &known, language).await;
        steps.tell(&format!("assess {id}"), size, language);
        assert!(steps.questions <= 15, "{}", steps.questions);
        v.close().await;
    }
}

#[tokio::test]
async fn a_notification_takes_twelve_fields() {
    let server = Server::start(&[]);
    for (size, language) in [(DESK, "en"), (PHONE, "nl")] {
        let mut v = Visitor::new(&server, true).await;
        v.language(language).await;
        v.log_in("keeper").await;
        v.browser.phone(size).await;
        v.open("/notify").await;
        let mut steps = Steps::begin();
        steps.choose(&v, "#organisation", "shelter").await;
        steps.fill(&v, "#local_key", &format!("taak {language}")).await;
        steps.fill(&v, "#happened_on", "31-05-2016").await;
        steps.pick(&mut v, "input[name=sex][value=F]").await;
        steps.fill(&v, "#birth_year", "1991").await;
        steps.fill(&v, "#nationality", "RO").await;
        steps.choose(&v, "#form", "LABOUR").await;
        steps.choose(&v, "#sector", "A").await;
        steps.fill(&v, "#region", "NL-ZH").await;
        steps.fill(&v, "input[name='identity.given_name']", "Synthia").await;
        steps.fill(&v, "input[name='identity.family_name']", &format!("Taakstra {language}")).await;
        steps.click(&mut v, "main form button:not([type])").await;
        v.has("ol.line li").await;
        steps.tell("notify", size, language);
        assert!(steps.fields <= 12, "{}", steps.fields);
        v.close().await;
    }
}

#[tokio::test]
async fn twenty_pairs_are_judged_by_keyboard_alone() {
    for (size, language) in [(DESK, "nl"), (PHONE, "en")] {
        let server = Server::start(&[]);
        server.link();
        let mut v = Visitor::new(&server, true).await;
        v.language(language).await;
        v.log_in("keeper").await;
        v.browser.phone(size).await;
        v.open("/review").await;
        v.has("main tbody a[href^='/review/']").await;
        let mut steps = Steps::begin();
        steps.keys += v.reach("main tbody a[href^='/review/']").await;
        steps.press(&v, Key::Enter).await;
        let (mut judged, before) = (HashSet::new(), steps.keys);
        for n in 1..=20 {
            // Its script is there too, or the key says nothing.
            v.comes_to("return document.readyState", "complete").await;
            v.has("form[data-keys]").await;
            let here = v.browser.ask("return location.pathname").await.as_str().unwrap().to_owned();
            // One that is left undecided is the first that comes again, so it is the last here.
            let key = if n == 20 { 'l' } else { ['j', 'k'][n % 2] };
            steps.press(&v, key).await;
            v.comes_to(&format!("return location.pathname !== '{here}'"), true).await;
            assert!(judged.insert(here), "a pair came twice");
        }
        // More than that are not shown in a minute: nobody reads as fast as this does.
        steps.tell("judge 20 pairs", size, language);
        assert_eq!((steps.keys - before, steps.clicks), (20, 0));
        v.close().await;
    }
}

#[tokio::test]
async fn from_a_table_to_its_verdict_it_is_two_clicks() {
    let server = Server::open();
    let table = root().join("data/netherlands-2010-2015.csv").display().to_string();
    for (size, language) in [(DESK, "en"), (PHONE, "nl")] {
        let mut v = Visitor::new(&server, true).await;
        v.language(language).await;
        v.browser.phone(size).await;
        // As many replicates as a test has time for.
        v.open("/estimate?replicates=40&by=none").await;
        let mut steps = Steps::begin();
        let file = v.browser.client.find(Locator::Css("#file")).await.unwrap();
        file.send_keys(&table).await.unwrap();
        steps.clicks += 1;
        steps.click(&mut v, "main form button").await;
        v.has(".analysis .verdict").await;
        steps.tell("table to verdict", size, language);
        assert_eq!((steps.clicks, steps.fields), (2, 0));
        v.close().await;
    }
}

#[tokio::test]
async fn from_a_report_to_its_release_it_is_three_clicks() {
    // On a desk the same is done in the story of the Rapporteur; a preview takes its time.
    for (size, language) in [(PHONE, "en")] {
        let server = Server::start(&["--reports", "{}/reports", "--key-file", "{}/key"]);
        let mut v = Visitor::new(&server, true).await;
        v.language(language).await;
        v.log_in("keeper").await;
        v.browser.phone(size).await;
        v.open("/publish").await;
        let mut steps = Steps::begin();
        steps.fill(&v, "#year", "2015").await;
        steps.fill(&v, "#years", "6").await;
        steps.choose(&v, "#counts", "suppressed").await;
        steps.click(&mut v, "form[action='/publish'] button").await;
        v.has("form[action='/publish/release'] button").await;
        steps.click(&mut v, "form[action='/publish/release'] button").await;
        // Whether one is sure.
        v.browser.client.accept_alert().await.unwrap();
        steps.clicks += 1;
        v.has(".note.good[role=status]").await;
        steps.tell("report to release", size, language);
        assert_eq!(steps.clicks, 3);
        assert!(server.dir.path().join("demo/reports/2015/nl.pdf").exists());
        v.close().await;
    }
}
