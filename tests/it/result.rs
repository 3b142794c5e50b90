//! The result of an assessment as somebody in a hurry has it: what matters on one phone screen, the rest folded, one or two pages on
//! paper. Measured on every case of the bank.

use fantoccini::wd::{PrintConfigurationBuilder, PrintSize};
use serde_json::json;

use crate::server::Server;
use crate::visitor::{Visitor, keep};

/// A phone.
const PHONE: (u32, u32) = (390, 844);

/// Shows the result of a case in place of the one on the page.
const SHOW: &str = "const show = async ({ answers, day }) => {
    const { assess } = await import('/assets/weigh.js'), { speaker, sections, render } = await import('/assets/say.js');
    window.kept ??= await (await fetch('/assess/instruments.json')).json();
    const speak = speaker(kept), a = assess(kept.rules, answers, day);
    document.querySelector('.result').replaceWith(render(speak, sections(speak, kept.rules, a, [])));
    return a;
};";

/// How long the page is, folded, and where the numbers to call end; for each case.
const MEASURE: &str = "const [cases, done] = arguments;
    (async () => {
        const found = [];
        for (const of of cases) {
            const a = await show(of);
            scrollTo(0, 0);
            found.push([of.id, document.documentElement.scrollHeight, Math.round(document.querySelector('.calls').getBoundingClientRect().bottom),
                document.querySelectorAll('.why li').length, a.wording]);
        }
        done(found);
    })().catch((e) => done(String(e)));";

fn cases() -> serde_json::Value {
    let rules = ijsberg_signals::rules::Rules::shipped();
    let of = |k: &ijsberg_signals::bank::BankCase| {
        let case = k.case(&rules);
        json!({ "id": k.id, "answers": case.answers, "day": k.facts_on.to_string() })
    };
    ijsberg_signals::bank::cases().iter().map(of).collect()
}

async fn at_a_result(v: &mut Visitor<'_>, language: &str) {
    v.language(language).await;
    v.go("/assess/all").await;
    v.click("input[name='q.high_debt'][value=yes]").await;
    v.click("button[value=result]").await;
    v.has("button[value=begin]").await;
}

fn middle(mut of: Vec<i64>) -> i64 {
    of.sort_unstable();
    of[of.len() / 2]
}

#[tokio::test]
async fn what_matters_fits_on_one_phone_screen() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    let patient =
        fantoccini::wd::TimeoutConfiguration::new(Some(std::time::Duration::from_mins(10)), None, None);
    v.browser.client.update_timeouts(patient).await.unwrap();
    for language in ["en", "nl"] {
        at_a_result(&mut v, language).await;
        v.browser.phone(PHONE).await;
        let found = v.browser.client.execute_async(&format!("{SHOW}{MEASURE}"), vec![cases()]).await.unwrap();
        let found: Vec<(String, i64, i64, i64, String)> = serde_json::from_value(found).unwrap();
        assert!(found.len() > 200);
        let of =
            |pick: fn(&(String, i64, i64, i64, String)) -> i64| found.iter().map(pick).collect::<Vec<_>>();
        println!(
            "{language}: page {} (median), {} (longest); numbers to call end at {} (median), {} (lowest)",
            middle(of(|f| f.1)),
            of(|f| f.1).into_iter().max().unwrap(),
            middle(of(|f| f.2)),
            of(|f| f.2).into_iter().max().unwrap(),
        );
        let long: Vec<_> = found.iter().filter(|f| f.1 > 3400 || f.3 > 3).collect();
        assert!(long.is_empty(), "{language}: {long:?}");
        let below: Vec<_> = found.iter().filter(|f| f.2 > i64::from(PHONE.1)).map(|f| (&f.0, f.2)).collect();
        // Only where a child is presumed or answers contradict each other is there more to say first.
        assert!(below.len() * 20 <= found.len(), "{language}: {} {below:?}", below.len());
        assert!(below.iter().all(|b| b.1 <= 1100), "{language}: {below:?}");
    }
    v.close().await;
}

#[tokio::test]
async fn a_result_prints_on_one_or_two_pages() {
    let server = Server::open();
    let mut v = Visitor::new(&server, true).await;
    for language in ["en", "nl"] {
        at_a_result(&mut v, language).await;
        for id in ["sexual-01", "tried-28", "tried-47", "tried-55"] {
            let of = cases().as_array().unwrap().iter().find(|c| c["id"] == id).unwrap().clone();
            let shown =
                "const [of, done] = arguments; show(of).then(() => done(true), (e) => done(String(e)));";
            let shown = v.browser.client.execute_async(&format!("{SHOW}{shown}"), vec![of]).await.unwrap();
            assert_eq!(shown, true);
            keep(&v.browser, &format!("result-{language}-{id}")).await;
            let paper = PrintConfigurationBuilder::default().size(PrintSize::default()).build().unwrap();
            let pdf = v.browser.client.print(paper).await.unwrap();
            if let Some(dir) = std::env::var_os("IJSBERG_SCREENSHOTS") {
                std::fs::write(std::path::Path::new(&dir).join(format!("result-{language}-{id}.pdf")), &pdf)
                    .unwrap();
            }
            let pages = pdf.windows(12).filter(|w| w.starts_with(b"/Type /Page") && w[11] != b's').count();
            assert!((1..=2).contains(&pages), "{language} {id}: {pages} pages");
        }
    }
    v.close().await;
}
