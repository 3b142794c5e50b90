//! Signals where there is no connection: the page weighs them as the program does.

use serde_json::json;

use crate::server::Server;
use crate::visitor::Visitor;

/// The panel next to the questions: the proposed wording, the reasons, what to ask next.
async fn beside(v: &Visitor<'_>) -> Vec<String> {
    let asked =
        "return [...document.querySelectorAll('#live strong, #live h3, #live li')].map((e) => e.textContent)";
    serde_json::from_value(v.browser.ask(asked).await).unwrap()
}

/// The result as it is shown: every element of it with its class, its own words and where it leads.
const SHOWN: &str = "const shown = (root) => [...root.querySelectorAll('.result *')].map((e) => [e.tagName, e.className,
    e.getAttribute('href') ?? '', [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join('')].join(' '));";

/// Cases of every kind, by a generator with a seed, each weighed by the program and by the page. Gives those that differ, and how often
/// each wording came up.
const COMPARED: &str = r"
    const done = arguments[arguments.length - 1];
    let seed = 20160531;
    const random = () => {
        seed = (seed + 0x6D2B79F5) | 0;
        let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const one = (of) => of[Math.floor(random() * of.length)];
    (async () => {
        const { assess, facts } = await import('/assets/weigh.js');
        const { speaker, sections, render } = await import('/assets/say.js');
        const kept = await (await fetch('/assess/instruments.json')).json(), { rules } = kept, speak = speaker(kept);
        const questions = rules.questions.question.map((q) => q.id);
        const indicators = rules.operational.indicator.map((i) => 'ilo.' + i.id);
        const means = rules.laws.flatMap((l) => l.element).filter((e) => e.group === 'means')
            .flatMap((e) => [...e.by, ...e.points, ...e.when_yes, ...(e.criteria[0] ?? []), ...(e.when_all[0] ?? [])])
            .filter((id) => questions.includes(id));
        const found = { differ: [], wordings: {}, loaded: 0, cases: 0 };
        for (let at = 0; at < 240; at++) {
            const yes = one([0, 0.05, 0.2, 0.6, 1]), no = one([0, 0.1, 0.4, 1]), sent = {};
            for (const id of [...questions, ...indicators.filter(() => random() < 0.2)]) {
                sent['q.' + id] = random() < yes ? 'yes' : random() < no ? 'no' : one(['unknown', 'not_asked', 'refused']);
            }
            if (at % 4 === 0) means.forEach((id) => { sent['q.' + id] = 'no'; });
            sent['q.minor'] = one(['yes', 'no', 'unknown']);
            if (random() < 0.7) sent['q.form_sexual'] = 'no';
            if (random() < 0.8) sent.facts_on = one(['1999-01-01', '2010-06-30', '2013-11-15', '2016-05-31', '2026-01-01']);
            const some = { months: ['7', '2.5'], hours_a_week: ['72', '38,5'], pay_an_hour: ['3', '4,75'],
                share_handed_over: ['5', '80'], debt: ['900', '1234567'] };
            for (const [name, of] of Object.entries(some)) if (random() < 0.3) sent[name] = one(of);
            const ask = { method: 'POST', body: new URLSearchParams({ ...sent, go: 'result' }) };
            const page = new DOMParser().parseFromString(await (await fetch('/assess', ask)).text(), 'text/html');
            const theirs = shown(page);
            const given = new Map(Object.entries(sent));
            const answers = Object.fromEntries(Object.entries(sent).filter(([n]) => n.startsWith('q.')).map(([n, a]) => [n.slice(2), a]));
            const a = assess(rules, answers, sent.facts_on), { known, wrong } = facts(given);
            const box = document.createElement('div');
            box.append(render(speak, sections(speak, rules, a, known)));
            const ours = shown(box);
            const first = theirs.findIndex((line, at) => line !== ours[at]);
            if (theirs.length < 30 || first >= 0 || ours.length !== theirs.length || wrong.length) {
                found.differ.push([JSON.stringify(sent), theirs[first], ours[first], ours.length - theirs.length, wrong]);
            }
            found.wordings[a.wording] = (found.wordings[a.wording] ?? 0) + 1;
            found.cases++;
        }
        done(found);
    })().catch((e) => done(String(e)));";

#[tokio::test]
async fn the_page_weighs_as_the_program_does() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    // Hundreds of cases take their time on a busy machine.
    let patient =
        fantoccini::wd::TimeoutConfiguration::new(Some(std::time::Duration::from_mins(10)), None, None);
    v.browser.client.update_timeouts(patient).await.unwrap();
    for language in ["en", "nl"] {
        v.language(language).await;
        let found = v.browser.client.execute_async(&format!("{SHOWN}{COMPARED}"), Vec::new()).await.unwrap();
        let differ = found["differ"].as_array().unwrap_or_else(|| panic!("{found}"));
        assert!(differ.is_empty(), "{} differ, the first: {}", differ.len(), differ[0]);
        assert_eq!(found["cases"], 240);
        // Every wording came up, so every rule was tried.
        assert_eq!(found["wordings"].as_object().unwrap().len(), 6, "{found}");
    }
    v.close().await;
}

#[tokio::test]
async fn signals_are_weighed_without_a_connection() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("nl").await;
    v.go("/assess/all").await;
    let kept = "return navigator.serviceWorker.ready.then(async () => (await caches.keys()).length > 0)";
    v.comes_to(kept, true).await;
    // In the language of the browser: what is kept is the page of nobody in particular.
    v.language("en").await;
    let answers = ["high_debt", "excessive_hours", "no_own_papers", "told_other_pay", "threats_here"];
    let answer = async |v: &mut Visitor<'_>| {
        for question in answers {
            v.click(&format!("input[name='q.{question}'][value=yes]")).await;
        }
    };
    v.go("/assess/all").await;
    answer(&mut v).await;
    v.says("Questions answered: 5").await;
    let online = beside(&v).await;
    v.click("button[value=result]").await;
    v.has("button[value=begin]").await;
    let shown = format!("{SHOWN} return shown(document.querySelector('main'))");
    let result = v.browser.ask(&shown).await;

    // One step at a time, and then there is no connection: the rest of the questions come at once, with the answers kept.
    v.anew().await;
    v.go("/assess").await;
    v.click("input[name='q.minor'][value=no]").await;
    server.stop();
    v.click("button[value=next]").await;
    v.has("input[name='q.threats_here']").await;
    v.comes_to("return document.querySelector(\"input[name='q.minor']:checked\")?.value", "no").await;

    // The page comes from the device, says what the program said, and gives the whole result.
    v.anew().await;
    v.go("/assess/all").await;
    answer(&mut v).await;
    v.says("Questions answered: 5").await;
    v.says("You are offline").await;
    assert_eq!(beside(&v).await, online);
    v.look().await;
    v.fill("#debt", "much").await;
    v.click("button[value=result]").await;
    let refused = "return document.querySelector('#debt').validationMessage.includes('number')";
    v.comes_to(refused, true).await;
    v.fill("#debt", "").await;
    v.click("button[value=result]").await;
    v.has("#alone:not([hidden]) h1").await;
    assert_eq!(
        v.browser.ask(&format!("{SHOWN} return shown(document.querySelector('#alone'))")).await,
        result
    );
    v.look().await;
    v.click("#alone [data-back]").await;
    let checked = "return document.querySelectorAll('input[value=yes]:checked').length";
    v.comes_to(checked, 5).await;
    v.close().await;
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.go("/assess/all").await;
    server.fall_silent();
    v.click("input[name='q.high_debt'][value=yes]").await;
    v.click("button[value=result]").await;
    v.has("#alone:not([hidden]) h1").await;
    v.says("Is paying off a fairly large debt").await;
    v.close().await;
}

#[tokio::test]
async fn what_cannot_be_weighed_is_said_and_stays() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    v.language("en").await;
    v.go("/assess/all").await;
    // The device kept the page and not what it weighs by.
    let forgotten =
        "return navigator.serviceWorker.ready.then(async () => (await Promise.all((await caches.keys())
        .map(async (name) => (await caches.open(name)).delete('/assess/instruments.json')))).every(Boolean))";
    assert_eq!(v.browser.ask(forgotten).await, json!(true));
    server.stop();
    v.go("/assess/all").await;
    v.click("input[name='q.minor'][value=no]").await;
    v.says("does not have what it needs").await;
    // Said again of the result.
    v.browser.ask("document.querySelector('#live').replaceChildren()").await;
    v.click("button[value=result]").await;
    v.says("does not have what it needs").await;
    v.look().await;
    let kept = "return document.querySelector(\"input[name='q.minor']:checked\").value";
    v.comes_to(kept, "no").await;
    v.close().await;
}
