//! The page without a server: it fits as the program does, asks for nothing, and can be read by everybody.

use std::path::Path;

use fantoccini::Locator;
use ijsberg_mse::bounds::{Simple, chao_corrected, chapman, lincoln_petersen};
use ijsberg_mse::histories::{Histories, Mask};
use ijsberg_mse::loglinear::existence::Existence;
use ijsberg_mse::loglinear::{Criterion, Engine};
use ijsberg_mse::model::Model;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::program::{ijsberg, root};
use crate::visitor::{DESK, PHONE, axe, barriers, keep};

/// Tables that are fitted by the program and by the page, and how many go into one question.
const TABLES: usize = 2000;
const AT_ONCE: usize = 100;

/// What differs between the program's results and those of the page. Numbers of people, likelihoods and criteria may differ by 1e-9 of
/// their size, limits by 1e-6 and, where they are huge, by what is left of the likelihood's digits.
const COMPARED: &str = r"
    const wrong = [], far = (ours, theirs, most) => !(Math.abs(ours - theirs) <= most * Math.max(Math.abs(theirs), 1));
    const limit = (x) => (x === null ? Infinity : x);
    const same = (ours, theirs, most, what) => {
        const open = limit(theirs) === Infinity;
        if (open ? ours !== Infinity : far(ours, theirs, most)) wrong.push([...what, ours, theirs].join(' '));
    };
    const simple = (ours, theirs, what) => {
        if ((ours === null) !== (theirs === null)) wrong.push([...what, ours, theirs].join(' '));
        if (ours && theirs) [ours.total, ours.lower, ours.upper].forEach((x, i) => same(x, theirs[i], 1e-9, what));
    };
    for (const t of arguments[0]) {
        for (const theirs of t.fits) {
            const ours = fitting.fitModel(t.cells, theirs.terms), what = [t.cells, '/', theirs.terms];
            if (ours.existence !== theirs.existence) wrong.push([...what, ours.existence, theirs.existence].join(' '));
            if (theirs.existence !== 'exists') continue;
            for (const name of ['total', 'logLikelihood', 'deviance', 'aic', 'bic'])
                same(ours[name], theirs[name], 1e-9, [...what, name]);
            if (theirs.limits) fitting.profile(t.cells, theirs.terms)
                .forEach((x, i) => same(x, theirs.limits[i], 1e-6 + 1e-13 * limit(theirs.limits[i]), [...what, 'limit', i]));
        }
        simple(fitting.chao(t.cells), t.chao, [t.cells, 'chao']);
        if (t.two) {
            simple(fitting.lincolnPetersen(...t.two), t.petersen, [t.cells, 'petersen']);
            simple(fitting.chapman(...t.two), t.chapman, [t.cells, 'chapman']);
        }
        if (!t.all) continue;
        const there = fitting.allModels(t.cells).filter((m) => m.existence === 'exists'), what = [t.cells, 'best'];
        const best = Math.min(...there.map((m) => m.bic));
        if (t.best === null) { if (there.length) wrong.push([...what, there.length].join(' ')); continue; }
        const chosen = there.find((m) => m.terms.join() === t.best.terms.join());
        same(best, t.best.bic, 1e-9, what);
        same(chosen ? chosen.total : NaN, t.best.total, 1e-9, what);
    }
    return wrong;";

/// Whole numbers that look random, the same in every run (Steele, Lea and Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// One of the numbers below a limit.
    fn below(&mut self, limit: u64) -> u64 {
        self.draw() % limit
    }

    /// A table of so many lists, from a full one to one that is nearly empty; none where a list has nobody.
    fn table(&mut self, t: usize) -> Option<Histories> {
        let (empty, largest) = (self.below(70), [4, 30, 300, 5000][self.below(4) as usize]);
        let cells: Vec<(Mask, u64)> = (1..1 << t)
            .map(|mask: Mask| {
                let count = if self.below(100) < empty { 0 } else { 1 + self.below(largest) };
                (mask, count / u64::from(mask.count_ones()))
            })
            .collect();
        let names = (0..t).map(|j| format!("list {j}")).collect();
        Histories::new(names, cells).ok()
    }

    /// A model that is not saturated.
    fn model(&mut self, t: usize) -> Model {
        let generators: Vec<Mask> =
            (0..self.below(5)).map(|_| 1 + self.below((1 << t) - 2) as Mask).collect();
        Model::from_generators(t, &generators)
    }
}

fn simple(s: &Simple) -> Value {
    json!([s.n_hat, s.lower, s.upper])
}

/// What the program says of a table, for the page to compare.
fn said(h: &Histories, drawn: &Model, every: bool, place: usize) -> Value {
    let (engine, t) = (Engine::new(h), h.t());
    let models = [Model::independence(t), Model::all_pairs(t), drawn.clone()];
    let fits: Vec<Value> = models
        .iter()
        .enumerate()
        .map(|(at, model)| {
            let fit = engine.fit(model);
            let limits = (at == place % 3 && fit.existence == Existence::Exists).then(|| {
                let (lower, upper) = engine.profile(model, 0.95);
                [lower, upper]
            });
            json!({
                "terms": model.terms(), "existence": fit.existence, "total": h.n() as f64 + fit.dark_figure,
                "logLikelihood": fit.log_likelihood, "deviance": fit.deviance, "aic": fit.aic, "bic": fit.bic,
                "limits": limits,
            })
        })
        .collect();
    let best =
        every.then(|| engine.near_best(Criterion::Bic, 0.0).into_iter().next()).flatten().map(|best| {
            let fit = engine.fit(&best.model);
            json!({ "terms": best.model.terms(), "bic": fit.bic, "total": h.n() as f64 + fit.dark_figure })
        });
    let two = (t == 2).then(|| [h.list_size(0), h.list_size(1), h.on_all(3)]);
    json!({
        "cells": h.dense(), "fits": fits, "all": every, "best": best, "two": two,
        "chao": simple(&chao_corrected(h, 0.95)),
        "petersen": two.and_then(|[a, b, m]| lincoln_petersen(a, b, m, 0.95)).map(|s| simple(&s)),
        "chapman": two.map(|[a, b, m]| simple(&chapman(a, b, m, 0.95))),
    })
}

/// The page in a folder, in a language, opened in a browser.
async fn opened(browser: &Browser, dir: &Path, language: &str) -> String {
    let file = dir.join(format!("ijsberg-{language}.html"));
    let made = ijsberg().args(["page", "--lang", language, "--out"]).arg(&file).status().unwrap();
    assert!(made.success());
    let url = format!("file://{}", file.display());
    browser.client.goto(&url).await.unwrap();
    url
}

#[tokio::test]
async fn the_page_fits_thousands_of_tables_as_the_program_does() {
    let (browser, dir) = (Browser::start().await, tempfile::tempdir().unwrap());
    opened(&browser, dir.path(), "en").await;
    let mut numbers = Numbers(20_160_531);
    let (mut tables, mut existing) = (Vec::new(), [0_usize; 2]);
    while tables.len() < TABLES {
        let place = tables.len();
        let t = 2 + place % 4;
        let Some(h) = numbers.table(t) else { continue };
        let drawn = numbers.model(t);
        // All models on five lists take the page half a second.
        let every = t < 5 || place % 100 == 3;
        let table = said(&h, &drawn, every, place / 4);
        for fit in table["fits"].as_array().unwrap() {
            existing[usize::from(fit["existence"] == "exists")] += 1;
        }
        tables.push(table);
    }
    // Both happen often: an estimate, and none.
    assert!(existing[0] > 500 && existing[1] > 2000, "{existing:?}");
    for some in tables.chunks(AT_ONCE) {
        let wrong = browser.client.execute(COMPARED, vec![json!(some)]).await.unwrap();
        assert_eq!(wrong, json!([]));
    }
    browser.client.clone().close().await.unwrap();
}

/// Puts a table into the field and estimates.
async fn estimate(browser: &Browser, table: &str) {
    let table = serde_json::to_string(table).unwrap();
    browser
        .ask(&format!(
            "const field = document.getElementById('table'); field.value = {table};
             field.dispatchEvent(new Event('input')); document.getElementById('estimate').click(); return 1"
        ))
        .await;
}

async fn text(browser: &Browser, css: &str) -> String {
    let words = format!("return document.querySelector('{css}').innerText");
    browser.ask(&words).await.as_str().unwrap().to_owned()
}

/// Nothing is wider than the page, no rule of accessibility is broken, by day and by night, and no word leaves its picture.
async fn can_be_read(browser: &Browser, axe: &str, what: &str) {
    let outside = r"return [...document.querySelectorAll('svg text')].filter((t) => {
        const b = t.getBBox(), box = t.ownerSVGElement.viewBox.baseVal;
        return b.x < 0 || b.y < 0 || b.x + b.width > box.width || b.y + b.height > box.height;
    }).map((t) => t.textContent)";
    for theme in ["light", "dark"] {
        browser.ask(&format!("document.documentElement.dataset.theme = '{theme}'; return 1")).await;
        for size in [PHONE, DESK] {
            browser.phone(size).await;
            let wider = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
            assert!(browser.ask(wider).await.as_i64().unwrap() <= 0, "{what} at {}", size.0);
            assert_eq!(browser.ask(outside).await, json!([]), "{what} at {}", size.0);
            assert_eq!(barriers(browser, axe).await, json!([]), "{what} at {}, {theme}", size.0);
            keep(browser, &format!("page-{what}-{}-{theme}", size.0)).await;
        }
    }
    browser.ask("delete document.documentElement.dataset.theme; return 1").await;
}

#[tokio::test]
async fn the_page_is_whole_in_both_languages_and_asks_for_nothing() {
    let (browser, axe, dir) = (Browser::start().await, axe(), tempfile::tempdir().unwrap());
    let table = std::fs::read_to_string(root().join("data/united-kingdom-2013-five-lists.csv")).unwrap();
    for (language, total, sends, none) in [
        ("en", "25,311", "This page never sends anything.", "which is neither 0 nor 1"),
        ("nl", "25.311", "Deze pagina verstuurt nooit iets.", "dat is geen 0 of 1"),
    ] {
        opened(&browser, dir.path(), language).await;
        assert_eq!(browser.ask("return document.documentElement.lang").await, language);
        assert!(text(&browser, "main").await.contains(sends));
        can_be_read(&browser, &axe, &format!("{language}-empty")).await;
        estimate(&browser, &table).await;
        assert_eq!(text(&browser, "#headline .number").await, total);
        assert!(text(&browser, "#headline").await.contains("[LA:NG:PFNCA, NG:GP, PFNCA:GO]"));
        can_be_read(&browser, &axe, &format!("{language}-estimated")).await;
        // A result is of the table in the field only.
        estimate(&browser, "A,B,count\n1,0,3\n0,maybe,4\n").await;
        assert!(text(&browser, "#wrong").await.contains(none));
        assert!(text(&browser, "#wrong").await.contains('3'), "the line");
        assert_eq!(browser.ask("return document.getElementById('result').hidden").await, true);
        // Lists that do not overlap: nothing but a lower bound.
        estimate(&browser, "A;B;aantal\n1;0;3\n0;1;4\n").await;
        assert_eq!(browser.ask("return document.querySelectorAll('#headline .number').length").await, 0);
        can_be_read(&browser, &axe, &format!("{language}-none")).await;
        // The other language, and back.
        browser.client.find(Locator::Css("[data-language=en]")).await.unwrap().click().await.unwrap();
        assert!(text(&browser, "main").await.contains("This page never sends anything."));
        let asked = browser.ask("return performance.getEntriesByType('resource').length").await;
        assert_eq!(asked, 0, "{language}");
    }
    // A script that is not the page's own gets no connection either.
    let connects = r"
        const done = arguments[arguments.length - 1];
        let refused = '';
        document.addEventListener('securitypolicyviolation', (e) => { refused = e.effectiveDirective; });
        fetch('https://example.org/').then(() => done('it got through'), () => setTimeout(() => done(refused), 200));";
    assert_eq!(browser.client.execute_async(connects, Vec::new()).await.unwrap(), "connect-src");
    browser.client.clone().close().await.unwrap();
}

/// Every table that cannot be read for certain is refused for its own reason, with its line.
#[tokio::test]
async fn a_table_that_is_not_understood_is_refused_with_its_line() {
    let (browser, dir) = (Browser::start().await, tempfile::tempdir().unwrap());
    opened(&browser, dir.path(), "en").await;
    for (table, key, line) in [
        ("", "alone-wrong-empty", json!(null)),
        ("A B n\n1 0 3", "alone-wrong-separator", json!(null)),
        ("A,B,C\n1,0,1", "alone-wrong-no-count", json!(null)),
        ("A,n,B,count\n1,0,1,3", "alone-wrong-two-counts", json!(null)),
        ("A,,count\n1,0,3", "alone-wrong-name", json!(null)),
        ("A,a,count\n1,0,3", "alone-wrong-name-twice", json!(null)),
        ("A,count\n1,3", "alone-wrong-few-lists", json!(null)),
        ("A,B,C,D,E,F,count\n1,1,1,1,1,1,3", "alone-wrong-many-lists", json!(null)),
        ("A,B,count\n\n1,0,3,4", "alone-wrong-cells", json!(3)),
        ("A,B,count\n1,2,3", "alone-wrong-value", json!(2)),
        ("A,B,count\n1,,3", "alone-wrong-value", json!(2)),
        ("A;B;count\n1;0;1.234", "alone-wrong-number", json!(2)),
        ("A,B,count\n1,0,3\n1,0,4", "alone-wrong-twice", json!(3)),
        ("A,B,count\n1,0,3\n0,0,4", "alone-wrong-on-none", json!(3)),
        ("A,B,count\n1,0,3\n1,1,0", "alone-wrong-nobody", json!(null)),
        ("\"A,B,count\n1,0,3", "alone-wrong-quote", json!(1)),
    ] {
        let read = "const t = reading.table(arguments[0]); return [t.wrong ?? null, t.values?.line ?? null]";
        let said = browser.client.execute(read, vec![json!(table)]).await.unwrap();
        assert_eq!(said, json!([key, line]), "{table}");
    }
    let read = "return reading.table(arguments[0])";
    let table = "\u{feff}\"A, north\";B;aantal\r\n1;nee;3\r\nja;1;2\r\n0;0;0\r\n\r\n0;1;5";
    let said = browser.client.execute(read, vec![json!(table)]).await.unwrap();
    assert_eq!(said, json!({ "lists": ["A, north", "B"], "cells": [0, 3, 5, 2], "people": 10 }));
    browser.client.clone().close().await.unwrap();
}
