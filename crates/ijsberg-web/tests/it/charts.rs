//! The charts of a run in the studio: on its page with their figures, and as files.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::common::{Site, body};

/// Three lists that overlap well.
const TABLE: &str = "a,b,c,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,90\n0,1,1,80\n1,0,1,70\n1,1,1,30\n";

/// Where a run is that is over, and its page.
async fn run(site: &Site) -> (String, String) {
    let form = format!(
        "--x\r\ncontent-disposition: form-data; name=\"replicates\"\r\n\r\n20\r\n\
         --x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"t.csv\"\r\n\r\n{TABLE}\r\n--x--\r\n"
    );
    let request = Request::post("/estimate")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    let answer = site.ask(request.body(Body::from(form)).unwrap()).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let at = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let began = Instant::now();
    loop {
        let page = body(site.get(&at, "").await).await;
        if !page.contains("/cancel\"") {
            return (at, page);
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn each_chart_is_a_picture_a_file_and_a_table() {
    let site = Site::bare();
    let (at, page) = run(&site).await;
    let figures = page.matches("<details class=\"figures\">").count();
    assert!(figures >= 5 && figures == page.matches("<figure>").count(), "{page}");
    let mut charts = 0;
    for link in page.split("href=\"").skip(1).map(|l| l.split('"').next().unwrap()) {
        let Some(chart) = link.strip_suffix(".svg").filter(|c| c.starts_with(&at)) else { continue };
        assert!(page.contains(&format!("href=\"{chart}.csv\"")), "{chart}");
        let marks = body(site.get(link, "").await).await.matches("<g class=\"datum\"").count();
        let csv = site.get(&format!("{chart}.csv"), "").await;
        assert_eq!(csv.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(body(csv).await.lines().count(), 1 + marks, "{chart}");
        charts += 1;
    }
    assert_eq!(charts, figures);
    let forest = body(site.get(&format!("{at}/forest.csv"), "").await).await;
    assert!(forest.starts_with("method,model,n_hat,lower,upper,level\n"), "{forest}");
    assert!(forest.contains("\nloglinear.best-bic,"), "{forest}");
    for name in ["forest.png", "forest", "none.csv", "trend.csv"] {
        let answer = site.get(&format!("{at}/{name}"), "").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn estimates_can_be_sorted_and_are_linked_to_the_charts() {
    let site = Site::bare();
    let (at, page) = run(&site).await;
    let row = page.split("<tr data-of=\"loglinear.best-bic\">").nth(1).unwrap();
    assert!(row.contains("<td data-value=\""), "{row}");
    assert!(page.contains("<table class=\"sortable\">\n<thead>"), "{page}");
    let mark = "<g class=\"datum\" tabindex=\"0\" role=\"img\" data-of=\"loglinear.best-bic\">";
    assert!(page.contains(mark), "{page}");
    // A page that stands by itself has no script to sort with, and its tables of figures say no more than they show.
    let report = body(site.get(&format!("{at}/report.html"), "").await).await;
    let figures = report.split("<details class=\"figures\">").nth(1).unwrap();
    let figures = figures.split("</details>").next().unwrap();
    assert!(figures.contains("<table>") && !figures.contains("data-"), "{figures}");
}
