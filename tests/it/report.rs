//! The HTML report as Chromium shows it.

use crate::browser::Browser;
use crate::program::{ijsberg, root};

fn report(table: &str, language: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let status = ijsberg()
        .arg("estimate")
        .arg(root().join("data").join(table))
        .args(["--replicates", "40", "--lang", language, "--out"])
        .arg(dir.path())
        .status()
        .unwrap();
    assert!(status.success());
    dir
}

/// Words of an SVG that stick out of its picture, or charts without a title.
pub(crate) const FAULTS_OF_CHARTS: &str = r"
    const faults = [];
    for (const svg of document.querySelectorAll('svg')) {
        const title = svg.querySelector('title')?.textContent ?? '';
        if (svg.getAttribute('role') !== 'img' || !title) faults.push('no title');
        const box = svg.viewBox.baseVal;
        for (const text of svg.querySelectorAll('text')) {
            const b = text.getBBox();
            if (b.x < -1 || b.y < -1 || b.x + b.width > box.width + 1 || b.y + b.height > box.height + 1)
                faults.push(title + ': ' + text.textContent);
        }
    }
    return faults;";

#[tokio::test]
async fn the_report_is_whole_in_both_languages_on_a_desk_and_on_a_phone() {
    let browser = Browser::start().await;
    for (table, language, heading) in [
        ("netherlands-2010-2015.csv", "nl", "Oordeel: Publiceer alleen een ondergrens."),
        ("kosovo-1999.csv", "en", "Verdict: Publish as a"),
        ("netherlands-synthetic.csv", "en", "Verdict: "),
    ] {
        let dir = report(table, language);
        let url = format!("file://{}", dir.path().join("report.html").display());
        browser.client.goto(&url).await.unwrap();
        assert_eq!(browser.ask("return document.documentElement.lang").await, language);
        let verdict = browser.ask("return document.querySelector('h2').textContent").await;
        assert!(verdict.as_str().unwrap().starts_with(heading), "{verdict}");
        assert_eq!(browser.ask(FAULTS_OF_CHARTS).await.to_string(), "[]");
        assert!(browser.ask("return document.querySelectorAll('svg').length").await.as_u64() >= Some(5));
        let fetched = browser.ask("return performance.getEntriesByType('resource').length").await;
        assert_eq!(fetched, 0, "the page fetches something");
        for width in [1280, 390] {
            browser.client.set_window_size(width, 900).await.unwrap();
            let wider = "return document.documentElement.scrollWidth - window.innerWidth";
            let wider = browser.ask(wider).await.as_i64().unwrap();
            assert!(wider <= 0, "{table} at {width}: {wider} pixels too wide");
        }
    }
    browser.client.clone().close().await.unwrap();
}
