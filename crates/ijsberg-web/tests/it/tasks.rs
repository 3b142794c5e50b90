//! Figures in time, small groups, identifying lists and estimates from elsewhere, in the studio.

use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};

use crate::common::{Site, body};
use crate::posts::with_file;

/// Three lists that overlap well.
const TABLE: &str = "a,b,c,count\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,90\n0,1,1,80\n1,0,1,70\n1,1,1,30\n";

/// Sends a form; the status, where it leads and the text.
async fn sent(
    site: &Site,
    path: &str,
    fields: &[(&str, &str)],
    table: &str,
    cookie: &str,
) -> (StatusCode, String, String) {
    let answer = site.ask(with_file(path, cookie, fields, table)).await;
    let status = answer.status();
    let location = answer.headers().get(header::LOCATION);
    let location = location.map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
    (status, location, body(answer).await)
}

/// The page of a run that is over.
async fn finished(site: &Site, location: &str, cookie: &str) -> String {
    let began = Instant::now();
    loop {
        let page = body(site.get(location, cookie).await).await;
        if !page.contains("/cancel\"") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A run to its end: its address and its page.
async fn ran(site: &Site, path: &str, fields: &[(&str, &str)], table: &str) -> (String, String) {
    let (status, location, said) = sent(site, path, fields, table, "").await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{said}");
    assert!(location.starts_with(&format!("{path}/")), "{location}");
    let page = finished(site, &location, "").await;
    (location, page)
}

async fn json(site: &Site, at: &str) -> serde_json::Value {
    serde_json::from_str(&body(site.get(at, "").await).await).unwrap()
}

#[tokio::test]
async fn each_task_runs_its_example_and_gives_a_page_and_files() {
    let site = Site::bare();
    for (task, table, quick, part) in [
        (
            "nowcast",
            "netherlands-synthetic",
            [("nowcast_tables", "20"), ("ignore", "I,O,R")],
            "Earlier years with Z withheld",
        ),
        (
            "open",
            "open-synthetic",
            [("open_populations", "0"), ("seed", "7")],
            "Different people from 2015 to 2020",
        ),
        (
            "delays",
            "delays-synthetic",
            [("delays_tables", "100"), ("seed", "7")],
            "A month is final after 12 months",
        ),
    ] {
        let at = format!("/{task}");
        let (run, page) = ran(&site, &at, &[("table", table), quick[0], quick[1]], "").await;
        assert!(page.contains(part) && page.contains("<svg") && page.contains("class=\"figures\""), "{page}");
        let again = format!("href=\"{at}?table={table}");
        assert!(page.contains(&again), "{page}");
        let whole = json(&site, &format!("{run}/{task}.json")).await;
        assert_eq!(whole["provenance"]["input"], format!("{table}.csv"), "{whole}");
        assert!(whole[task].is_object(), "{whole}");
        let svg = site.get(&format!("{run}/{task}.svg"), "").await;
        assert_eq!(svg.headers()[header::CONTENT_TYPE], "image/svg+xml");
        assert!(body(site.get(&format!("{run}/{task}.csv"), "").await).await.lines().count() > 4);
        let file = body(site.get(&format!("{run}/{task}.html"), "").await).await;
        assert!(file.contains("<!doctype html>") && file.contains(part), "{file}");
        assert_eq!(site.get(&format!("{run}/secrets.csv"), "").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(site.get(&format!("{at}/none"), "").await.status(), StatusCode::NOT_FOUND);
        // The words are those of the reader.
        let dutch = body(site.get(&run, "lang=nl").await).await;
        assert!(dutch.contains("<html lang=\"nl\">") && !dutch.contains(part), "{dutch}");
    }
}

/// A form that does not fit: its address, what is entered, the table, the field, and what is expected there.
type UnfitForm<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str, &'a str);

#[tokio::test]
async fn what_does_not_fit_in_a_task_is_said_at_its_field_and_the_rest_stays() {
    let site = Site::bare();
    // So many rows that a column of years is no column of counts.
    let rows = "1,0,0,2015\n0,1,0,2016\n1,1,1,2016\n0,0,1,2015\n".repeat(8);
    let years = &*format!("K,P,Z,year\n{rows}");
    let late = "happened,entered\n2016-01,2016-02\n";
    let cases: [UnfitForm<'_>; 7] = [
        ("/nowcast", &[("year", "year")], years, "late", "the list that comes in last"),
        ("/nowcast", &[("late", "Q"), ("year", "year")], years, "late", "The lists are: K, P, Z"),
        ("/nowcast", &[("late", "Z"), ("year", "age")], years, "year", "The columns are: year"),
        ("/nowcast", &[("late", "Z"), ("year", "year"), ("window", "0")], years, "window", "1 to 50"),
        ("/open", &[("open_populations", "7000")], "person\n", "open_populations", "50 to 5000"),
        ("/delays", &[("most", "x")], late, "most", "1 to 60"),
        ("/delays", &[("since", "2016-13")], late, "since", "such as 2016-05"),
    ];
    for (path, fields, table, field, expected) in cases {
        let (status, _, page) = sent(&site, path, fields, table, "").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {field}: {page}");
        let marked = format!("aria-invalid=\"true\" aria-describedby=\"wrong-{field}\"");
        assert!(page.contains(&marked) && page.contains(expected), "{path} {field}: {page}");
        assert!(page.contains("Choose your file again"), "{page}");
        fields.iter().for_each(|(_, value)| assert!(page.contains(&format!("value=\"{value}\"")), "{page}"));
    }
    // A column that is not there is named before anything runs.
    let (status, _, page) = sent(&site, "/delays", &[], late, "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("id=\"wrong-registered\"") && page.contains("happened, entered"), "{page}");
    assert!(!page.contains("id=\"wrong-happened\""), "{page}");
    for path in ["/nowcast", "/open", "/delays"] {
        let (status, _, page) = sent(&site, path, &[], "", "").await;
        assert!(status.is_client_error() && page.contains("choose the example"), "{page}");
    }
}

#[tokio::test]
async fn a_run_that_comes_to_nothing_names_settings_as_the_form_does() {
    let site = Site::bare();
    let late = "happened,registered\n2016-01,2016-02\n";
    let (_, page) = ran(&site, "/delays", &[], late).await;
    assert!(page.contains("role=\"alert\"") && page.contains("“Months until a count is final”"), "{page}");
    assert!(!page.contains("--most"), "{page}");
    let (_, page) = ran(&site, "/open", &[], "a,b\n1,0\n").await;
    assert!(page.contains("role=\"alert\"") && page.contains("person, list and year"), "{page}");
}

#[tokio::test]
async fn a_task_can_be_stopped_and_keeps_what_was_entered_in_another_language() {
    let site = Site::bare();
    let (_, run, _) = sent(&site, "/open", &[("table", "open-synthetic")], "", "").await;
    let stopped = site.post(&format!("{run}/cancel"), "", "").await;
    assert_eq!(stopped.status(), StatusCode::SEE_OTHER);
    assert!(finished(&site, &run, "").await.contains("Cancelled"));
    let fields = [("lang", "nl"), ("late", "Z"), ("year", "jaar"), ("seed", "77")];
    let (status, _, page) = sent(&site, "/nowcast", &fields, TABLE, "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("<html lang=\"nl\">") && page.contains("value=\"jaar\""), "{page}");
    assert!(page.contains("value=\"77\"") && page.contains("Late lijst"), "{page}");
}

#[tokio::test]
async fn the_tasks_lead_to_one_another() {
    let site = Site::bare();
    for at in ["/estimate", "/nowcast", "/open", "/delays", "/design"] {
        let page = body(site.get(at, "").await).await;
        let nav = page.split("<nav class=\"views\"").nth(1).unwrap().split("</nav>").next().unwrap();
        assert_eq!(nav.matches("<a href=").count(), 5, "{nav}");
        assert_eq!(nav.matches("aria-current=\"page\"").count(), 1, "{nav}");
        assert!(nav.contains(&format!("<a href=\"{at}\" aria-current=\"page\">")), "{nav}");
        // Of the frame the studio is marked.
        assert!(page.contains("<a href=\"/estimate\" aria-current=\"page\">Estimates</a>"), "{page}");
    }
}

#[tokio::test]
async fn estimates_from_elsewhere_stand_beside_that_of_the_table() {
    let site = Site::bare();
    let fields = [
        ("methods", "chao"),
        ("replicates", "0"),
        ("evidence_2_name", "A survey"),
        ("evidence_2_kind", "survey"),
        ("evidence_2_year", "2019"),
        ("evidence_2_estimate", "7000"),
        ("evidence_2_lower", "5000"),
        ("evidence_2_upper", "9800"),
        ("evidence_4_kind", "other"),
    ];
    let (run, page) = ran(&site, "/estimate", &fields, TABLE).await;
    assert!(page.contains("<th scope=\"row\">A survey</th>") && page.contains("5,000 – 9,800"), "{page}");
    assert!(page.contains("evidence_2_name=A%20survey"), "{page}");
    let whole = json(&site, &format!("{run}/estimates.json")).await;
    assert!(whole.to_string().contains("A survey"), "{whole}");
    // The form behind the link has the values that were entered.
    let form = body(site.get("/estimate?evidence_2_name=A%20survey&evidence_2_kind=survey", "").await).await;
    assert!(
        form.contains("value=\"A survey\"") && form.contains("<option value=\"survey\" selected>"),
        "{form}"
    );
    // One limit without the other, a method that nobody chose.
    let wrong = [
        ("evidence_1_name", "One"),
        ("evidence_1_kind", "survey"),
        ("evidence_1_estimate", "7000"),
        ("evidence_1_lower", "5000"),
        ("evidence_5_name", "Five"),
        ("evidence_5_estimate", "100"),
    ];
    let (status, _, page) = sent(&site, "/estimate", &wrong, TABLE, "").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["evidence_1_upper", "evidence_5_kind"] {
        assert!(page.contains(&format!("id=\"wrong-{field}\"")), "{field}: {page}");
        assert!(page.contains(&format!("<a href=\"#{field}\">")), "{field}: {page}");
    }
    assert!(page.contains("value=\"Five\"") && !page.contains("id=\"wrong-evidence_1_lower\""), "{page}");
}

#[tokio::test]
async fn identifying_lists_are_lists_of_the_table() {
    let site = Site::bare();
    let quick = [("methods", "chao"), ("replicates", "0")];
    for (lists, expected) in [("a,x", "no list is called x. The lists are: a, b, c"), ("a", "at least two")] {
        let fields = [quick[0], quick[1], ("identifying", lists)];
        let (status, _, page) = sent(&site, "/estimate", &fields, TABLE, "").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains("id=\"wrong-identifying\"") && page.contains(expected), "{page}");
        assert!(page.contains(&format!("value=\"{lists}\"")), "{page}");
    }
    let fields = [quick[0], quick[1], ("identifying", "a, b"), ("learner", "spline")];
    let (run, _) = ran(&site, "/estimate", &fields, TABLE).await;
    let whole = json(&site, &format!("{run}/estimates.json")).await;
    let settings = &whole["provenance"]["settings"]["identifying"];
    assert_eq!(settings["lists"], serde_json::json!(["a", "b"]), "{whole}");
    assert_eq!(settings["learner"], "spline");
}

#[tokio::test]
async fn small_groups_are_ticked() {
    let site = Site::bare();
    let table = "A,B,C,regio,aantal\n0,0,1,N,224\n0,1,0,N,384\n0,1,1,N,96\n1,0,0,N,224\n1,0,1,N,56\n1,1,0,N,96\n\
                 1,1,1,N,24\n0,0,1,O,118\n0,1,0,O,180\n0,1,1,O,51\n1,0,0,O,107\n1,0,1,O,30\n1,1,0,O,45\n1,1,1,O,13\n\
                 1,0,0,Z,3\n0,1,0,Z,4\n";
    let fields = [("methods", "chao"), ("replicates", "0"), ("by", "regio"), ("small", "yes")];
    let (_, page) = ran(&site, "/estimate", &fields, table).await;
    assert!(page.contains("Small groups, estimated with the help of similar ones"), "{page}");
    assert!(page.contains("small_groups=yes"), "{page}");
    // Links from before have another name.
    for link in ["/estimate?small_groups=yes", "/estimate?small=yes"] {
        let form = body(site.get(link, "").await).await;
        assert!(form.contains("name=\"small_groups\" value=\"yes\" checked"), "{form}");
    }
}
