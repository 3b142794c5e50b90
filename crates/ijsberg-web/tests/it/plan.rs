//! What would give a better answer, in the studio.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::common::{Site, body};

/// Three lists that overlap well.
const TABLE: &str = "a,b,c,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,90\n0,1,1,80\n1,0,1,70\n1,1,1,30\n";

/// Sends a table with settings; the status, where it leads and the text.
async fn sent(site: &Site, fields: &[(&str, &str)], table: &str) -> (StatusCode, String, String) {
    let mut form = String::new();
    for (name, value) in fields {
        let _ = write!(form, "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    if !table.is_empty() {
        let _ = write!(
            form,
            "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\n\r\n{table}\r\n"
        );
    }
    form += "--x--\r\n";
    let request = Request::post("/design")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(form))
        .unwrap();
    let answer = site.ask(request).await;
    let status = answer.status();
    let location = answer.headers().get(header::LOCATION);
    let location = location.map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
    (status, location, body(answer).await)
}

/// The page of a run that is over.
async fn finished(site: &Site, location: &str) -> String {
    let began = Instant::now();
    loop {
        let page = body(site.get(location, "").await).await;
        if !page.contains("/cancel\"") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_table_gets_a_plan_with_a_picture_and_files() {
    let site = Site::bare();
    let form = body(site.get("/design?table=united-kingdom-2013", "").await).await;
    assert!(form.contains("value=\"united-kingdom-2013\" selected"), "{form}");
    let (status, location, said) = sent(&site, &[("seed", "7")], TABLE).await;
    assert!(status == StatusCode::SEE_OTHER && location.starts_with("/design/"), "{said}");
    let page = finished(&site, &location).await;
    assert!(page.contains("<svg") && page.contains("Random sample of 500"), "{page}");
    assert!(page.contains("seed=7&#38;sha256=") || page.contains("seed=7&amp;sha256="), "{page}");
    let json = body(site.get(&format!("{location}/design.json"), "").await).await;
    let plan: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (plan["provenance"]["settings"]["seed"].as_u64(), plan["plan"]["seen"].as_u64()),
        (Some(7), Some(1170))
    );
    let svg = site.get(&format!("{location}/design.svg"), "").await;
    assert_eq!(svg.headers()[header::CONTENT_TYPE], "image/svg+xml");
    let csv = body(site.get(&format!("{location}/design.csv"), "").await).await;
    assert!(csv.starts_with("change,factor,") && csv.contains("\nRandom sample of 500,"), "{csv}");
    assert!(body(site.get(&format!("{location}/design.html"), "").await).await.contains("<!doctype html>"));
    assert_eq!(site.get(&format!("{location}/secrets.csv"), "").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(site.get("/design/none", "").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_cannot_be_planned_is_said_on_the_page_and_a_run_can_be_stopped() {
    let site = Site::bare();
    let (status, _, said) = sent(&site, &[], "").await;
    assert!(status.is_client_error() && said.contains("Choose a table"), "{said}");
    let (status, _, said) = sent(&site, &[("level", "1.5")], TABLE).await;
    assert!(status.is_client_error() && said.contains("Confidence level: expected a number"), "{said}");
    let apart = "a,b,c,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n";
    let (_, location, _) = sent(&site, &[], apart).await;
    let page = finished(&site, &location).await;
    assert!(page.contains("role=\"alert\"") && page.contains("more than one list"), "{page}");
    // Six lists take long enough to be stopped.
    let (_, location, _) = sent(&site, &[("table", "netherlands-2010-2015")], "").await;
    let stopped = site.post(&format!("{location}/cancel"), "", "").await;
    assert_eq!(stopped.status(), StatusCode::SEE_OTHER);
    let page = finished(&site, &location).await;
    assert!(page.contains("Cancelled"), "{page}");
}

#[tokio::test]
async fn what_is_one_of_a_few_words_is_chosen_in_the_readers_language() {
    let site = Site::bare();
    for path in ["/design?thousands=punt", "/estimate?thousands=punt"] {
        let page = body(site.get(path, "lang=nl").await).await;
        assert!(page.contains("<select id=\"overlaps\"") && page.contains("mensen op precies deze lijsten"));
        assert!(page.contains("<option value=\"point\" selected>een punt, zoals in 1.234"), "{page}");
        assert!(!page.contains("nested:") && !page.contains("above:"), "{page}");
    }
}
