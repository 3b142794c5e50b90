//! Runs of the studio: whose they are, names, keeping, another table than a link was made for, and two runs beside one another.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;

use crate::common::{Site, body};

/// Three lists that overlap well.
const TABLE: &str = "a,b,c,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,90\n0,1,1,80\n1,0,1,70\n1,1,1,30\n";

/// The same with twice as many people.
const TWICE: &str =
    "a,b,c,count\n1,0,0,800\n0,1,0,600\n0,0,1,400\n1,1,0,180\n0,1,1,160\n1,0,1,140\n1,1,1,60\n";

/// Settings that take no time.
const QUICK: [(&str, &str); 2] = [("methods", "chao"), ("replicates", "0")];

/// Sends a table with settings.
async fn sent(site: &Site, to: &str, cookie: &str, fields: &[(&str, &str)], table: &str) -> Response {
    let mut form = String::new();
    for (name, value) in fields {
        let _ = write!(form, "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let file = "content-disposition: form-data; name=\"file\"; filename=\"t.csv\"";
    let _ = write!(form, "--x\r\n{file}\r\n\r\n{table}\r\n--x--\r\n");
    let request = Request::post(to)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    site.ask(request.body(Body::from(form)).unwrap()).await
}

fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

/// Where a run is that is over, and its page.
async fn run(site: &Site, cookie: &str, fields: &[(&str, &str)], table: &str) -> (String, String) {
    let at = location(&sent(site, "/estimate", cookie, fields, table).await);
    let began = Instant::now();
    loop {
        let page = body(site.get(&at, cookie).await).await;
        if !page.contains("/cancel\"") {
            return (at, page);
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn runs_are_listed_for_whose_they_are_under_the_names_they_were_given() {
    let site = Site::new();
    let (own, other) = (site.log_in("registrar").await, site.log_in("case_worker").await);
    let list = async |cookie: &str| body(site.get("/estimate/runs", cookie).await).await;
    assert!(list(&own).await.contains("There are no runs yet"));
    let (at, page) = run(&site, &own, &QUICK, TABLE).await;
    assert!(page.contains("maxlength=\"60\""), "{page}");
    let named = site.post(&format!("{at}/name"), &own, "name=Spring+%3Cb%3E2024%3C%2Fb%3E").await;
    assert_eq!(location(&named), at);
    let page = body(site.get(&at, &own).await).await;
    assert!(page.contains("Spring &lt;b&gt;2024&lt;/b&gt; (t.csv)</h1>"), "{page}");
    assert!(!page.contains("<b>2024"), "{page}");
    let listed = list(&own).await;
    assert!(listed.contains(&format!("href=\"{at}\"")) && listed.contains("Spring "), "{listed}");
    // A second run is offered the first by its name.
    let (second, page) = run(&site, &own, &QUICK, TABLE).await;
    let offered = page.split("<datalist").nth(1).unwrap();
    assert!(offered.contains(&format!("<option value=\"{at}\">Spring ")), "{offered}");
    assert!(!offered.contains(&format!("<option value=\"{second}\">")), "{offered}");
    // Nobody else sees, names, keeps or compares them.
    for cookie in [other.as_str(), ""] {
        assert!(!list(cookie).await.contains(&at));
        assert_eq!(site.get(&at, cookie).await.status(), StatusCode::NOT_FOUND);
        for (what, form) in [("name", "name=x"), ("keep", "keep=yes")] {
            let answer = site.post(&format!("{at}/{what}"), cookie, form).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        }
        let (third, _) = run(&site, cookie, &QUICK, TABLE).await;
        let answer = site.get(&format!("{third}?with={at}"), cookie).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!body(answer).await.contains("Spring"));
    }
    // Who is not logged in has a list that only their own tab knows.
    let open = list("").await;
    assert!(open.contains("data-runs") && !open.contains("<table"), "{open}");
}

#[tokio::test]
async fn a_name_is_one_short_line_and_can_be_taken_away() {
    let site = Site::bare();
    let (at, _) = run(&site, "", &QUICK, TABLE).await;
    let name = async |form: String| site.post(&format!("{at}/name"), "", &form).await;
    for wrong in ["a%0Ab".to_owned(), "x".repeat(61), "a%E2%80%AEb".to_owned()] {
        let answer = name(format!("name={wrong}")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let said = body(answer).await;
        assert!(said.contains("at most 60 characters"), "{said}");
    }
    location(&name(format!("name={}", "y".repeat(60))).await);
    assert!(body(site.get(&at, "").await).await.contains(&format!("{} (t.csv)", "y".repeat(60))));
    location(&name("name=++".to_owned()).await);
    let page = body(site.get(&at, "").await).await;
    assert!(!page.contains("yyy") && page.contains("t.csv</h1>"), "{page}");
}

#[tokio::test]
async fn a_run_is_kept_and_let_go_from_its_page_and_from_the_list() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let (at, page) = run(&site, &cookie, &QUICK, TABLE).await;
    assert!(page.contains("at the latest one hour after the run started"), "{page}");
    assert!(page.contains("Each user can keep 20 runs, all users together 40"), "{page}");
    let keep = async |form: &str| location(&site.post(&format!("{at}/keep"), &cookie, form).await);
    assert_eq!(keep("keep=yes").await, at);
    let page = body(site.get(&at, &cookie).await).await;
    assert!(page.contains("This run is kept.") && page.contains("value=\"no\">Stop keeping"), "{page}");
    let list = body(site.get("/estimate/runs", &cookie).await).await;
    assert!(list.contains("This run is kept.") && list.contains("all users together 40"), "{list}");
    assert_eq!(keep("keep=no&list=yes").await, "/estimate/runs");
    assert!(!body(site.get("/estimate/runs", &cookie).await).await.contains("This run is kept."));
    // What came to nothing is not kept.
    let (failed, _) = run(&site, &cookie, &QUICK, "nothing\n").await;
    let answer = site.post(&format!("{failed}/keep"), &cookie, "keep=yes").await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(site.get("/estimate/runs", &cookie).await).await.contains("No result"));
}

#[tokio::test]
async fn another_table_than_the_link_was_made_for_is_told() {
    let site = Site::bare();
    let hash = ijsberg_analysis::sha256(TABLE.as_bytes());
    for form in ["/estimate", "/design"] {
        let page = body(site.get(&format!("{form}?sha256={hash}"), "").await).await;
        assert!(page.contains(&format!("name=\"sha256\" value=\"{hash}\"")), "{page}");
    }
    let differs = "This is not the table for which the link was made";
    let upper = hash.to_uppercase();
    for (hash, table, told) in [
        (hash.as_str(), TABLE, false),
        (upper.as_str(), TABLE, false),
        (hash.as_str(), TWICE, true),
        ("<script>", TABLE, true),
        ("", TWICE, false),
    ] {
        let (at, page) = run(&site, "", &[QUICK[0], QUICK[1], ("sha256", hash)], table).await;
        assert_eq!(page.contains(differs), told, "{hash}: {page}");
        assert!(!page.contains("<script>"), "{page}");
        let dutch = body(site.get(&at, "lang=nl").await).await;
        assert_eq!(dutch.contains("Dit is niet de tabel waarvoor de link is gemaakt"), told, "{dutch}");
        // The link of the result is of the table that it is of.
        assert!(page.contains(&ijsberg_analysis::sha256(table.as_bytes())), "{page}");
    }
    // A table that cannot be read may be another one too, and so may that of a plan.
    let fields = [QUICK[0], QUICK[1], ("sha256", hash.as_str())];
    assert!(run(&site, "", &fields, "nothing\n").await.1.contains(differs));
    let plan = location(&sent(&site, "/design", "", &[("sha256", &hash)], "nothing\n").await);
    assert!(body(site.get(&plan, "").await).await.contains(differs));
}

#[tokio::test]
async fn two_runs_say_what_differs_and_by_how_much() {
    let site = Site::bare();
    let (first, page) = run(&site, "", &QUICK, TABLE).await;
    assert!(page.contains("<details id=\"methods\">") && page.contains("href=\"#method-chao\""), "{page}");
    let beside = async |a: &str, b: &str| body(site.get(&format!("{a}?with={b}"), "").await).await;
    // The level is as it is without saying so.
    let again = [QUICK[0], QUICK[1], ("level", "0,95")];
    let (same, _) = run(&site, "", &again, TABLE).await;
    let page = beside(&first, &same).await;
    assert!(page.contains("the same table and the same settings") && page.contains("0 (0.0%)"), "{page}");
    let (twice, _) = run(&site, "", &QUICK, TWICE).await;
    let page = beside(&first, &twice).await;
    assert!(page.contains("two different tables, with the same settings"), "{page}");
    assert!(page.contains("Difference, B") && page.contains("<td>+2,295 (+100.0%)</td>"), "{page}");
    assert!(beside(&twice, &first).await.contains("<td>-2,295 (-50.0%)</td>"));
    let more = [("methods", "chao,loglinear.independence"), ("replicates", "0")];
    let (other, _) = run(&site, "", &more, TABLE).await;
    let page = beside(&first, &other).await;
    assert!(page.contains("These settings differ: Methods."), "{page}");
    let (both, _) = run(&site, "", &more, TWICE).await;
    let page = beside(&first, &both).await;
    assert!(page.contains("these settings differ too: Methods."), "{page}");
    assert!(page.contains("href=\"#method-loglinear-independence\"") && page.contains("id=\"method-chao\""));
    // What the verdicts allow is compared too.
    let page = beside(&other, &both).await;
    assert!(page.contains("Verdict: at least</th>"), "{page}");
}
