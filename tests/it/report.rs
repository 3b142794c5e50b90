//! The HTML report as Chromium shows it.

use serde_json::json;

use crate::browser::Browser;
use crate::program::{ijsberg, root};
use crate::visitor::{axe, barriers};

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

/// Words of a chart that is shown that stick out of its picture or are too small to be read, or charts without a title, without marks that
/// say what they are, or without their figures. Of the two pictures of a chart one is shown.
pub(crate) const FAULTS_OF_CHARTS: &str = r"
    const faults = [];
    for (const figure of document.querySelectorAll('figure')) {
        if ([...figure.querySelectorAll('svg')].filter((s) => s.getClientRects().length).length !== 1) faults.push('not one picture');
        if (!figure.querySelector('details.figures tbody th[scope=row]')) faults.push('no figures');
    }
    for (const svg of document.querySelectorAll('svg')) {
        if (!svg.getClientRects().length) continue;
        const title = svg.querySelector('title')?.textContent ?? '';
        if (svg.getAttribute('role') !== 'group' || !title) faults.push('no title');
        const marks = [...svg.querySelectorAll('g.datum')], words = (m) => m.tabIndex === 0 && m.querySelector('title').textContent;
        if (!marks.length || !marks.every(words)) faults.push(title + ': no marks');
        const box = svg.viewBox.baseVal;
        for (const text of svg.querySelectorAll('text')) {
            const b = text.getBBox();
            if (b.x < -1 || b.y < -1 || b.x + b.width > box.width + 1 || b.y + b.height > box.height + 1)
                faults.push(title + ': ' + text.textContent);
            const size = text.getAttribute('font-size') * svg.getBoundingClientRect().width / box.width;
            if (size < 8.5) faults.push(title + ': ' + text.textContent + ' in ' + size + ' pixels');
        }
    }
    return faults;";

/// What holds of a page that stands by itself, on a desk and on a phone.
async fn is_whole(browser: &Browser, axe: &str, url: &str, language: &str) {
    browser.client.goto(url).await.unwrap();
    assert_eq!(browser.ask("return document.documentElement.lang").await, language);
    let fetched = browser.ask("return performance.getEntriesByType('resource').length").await;
    assert_eq!(fetched, 0, "{url} fetches something");
    for width in [1280, 390] {
        browser.client.set_window_size(width, 900).await.unwrap();
        let wider = "return document.documentElement.scrollWidth - window.innerWidth";
        let wider = browser.ask(wider).await.as_i64().unwrap();
        assert!(wider <= 0, "{url} at {width}: {wider} pixels too wide");
        assert_eq!(browser.ask(FAULTS_OF_CHARTS).await.to_string(), "[]", "{url} at {width}");
    }
    assert_eq!(barriers(browser, axe).await, json!([]), "{url}");
}

#[tokio::test]
async fn the_report_is_whole_in_both_languages_on_a_desk_and_on_a_phone() {
    let (browser, axe) = (Browser::start().await, axe());
    for (table, language, heading) in [
        ("netherlands-2010-2015.csv", "nl", "Oordeel: Publiceer alleen een minimum"),
        ("kosovo-1999.csv", "en", "Verdict: Publish a range"),
        ("netherlands-synthetic.csv", "en", "Verdict: "),
    ] {
        let dir = report(table, language);
        let url = format!("file://{}", dir.path().join("report.html").display());
        is_whole(&browser, &axe, &url, language).await;
        let verdict = browser.ask("return document.querySelector('h2').textContent").await;
        assert!(verdict.as_str().unwrap().starts_with(heading), "{verdict}");
        assert!(browser.ask("return document.querySelectorAll('svg').length").await.as_u64() >= Some(5));
    }
    browser.client.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_yearly_report_is_whole_in_both_languages_on_a_desk_and_on_a_phone() {
    let (browser, axe) = (Browser::start().await, axe());
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(
        dir.path().join("key"),
        "9d66f1dcfcd7141f887cfc66c050ed4c538306abdbb32495fbfdb7ae1c0006d1",
    )
    .unwrap();
    let yearly = |year: &str| {
        let status = ijsberg()
            .current_dir(dir.path())
            .args(["report", "--year", year, "--years", "5", "--key-file", "key", "--replicates", "40"])
            .args(["--synthetic", "--from"])
            .arg(root().join("data/netherlands-synthetic.csv"))
            .status()
            .unwrap();
        assert!(status.success());
    };
    // Two, so that there is something to revise and to compare.
    yearly("2014");
    yearly("2015");
    let reports = dir.path().join("reports");
    for (file, language) in [
        ("2014/nl.html", "nl"),
        ("2015/nl.html", "nl"),
        ("2015/en.html", "en"),
        ("index.html", "nl"),
        ("index.en.html", "en"),
    ] {
        let url = format!("file://{}", reports.join(file).display());
        is_whole(&browser, &axe, &url, language).await;
        // It brings its typeface, with which its text is set.
        let fonts = "return document.fonts.ready.then(() => [...document.fonts].map((f) => `${f.family}: ${f.status}`))";
        assert_eq!(browser.ask(fonts).await, json!(["Public Sans: loaded"]), "{url}");
        if file != "2014/nl.html" {
            // Every link leads to a file that is there, or to a place on the page.
            let links = "return [...document.querySelectorAll('a[href]')].map((a) => a.href)";
            let links: Vec<String> = serde_json::from_value(browser.ask(links).await).unwrap();
            let there = |link: &String| {
                let path = link.split('#').next().and_then(|l| l.strip_prefix("file://"));
                path.is_none_or(|path| std::path::Path::new(path).exists())
            };
            assert!(!links.is_empty() && links.iter().all(there), "{links:?}");
        }
        crate::visitor::keep(&browser, &file.replace(['/', '.'], "-")).await;
    }
    browser.client.clone().close().await.unwrap();
}
