//! The form and the interface for programs have every setting of an estimate, and what is set is what is run.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use ijsberg_analysis::{SETTINGS, SettingKind};
use serde_json::{Value, json};

use crate::common::{Site, body};
use crate::posts::with_file;

/// S is a random sample of 200 of 2,000.
const SAMPLED: &str =
    "A,B,S,count\n1,0,0,225\n0,1,0,90\n1,1,0,135\n1,0,1,25\n0,1,1,10\n1,1,1,15\n0,0,1,150\n";

/// Lists with a covariate.
const BY_SEX: &str = "A,B,C,sex,count\n\
                      1,0,0,f,61\n1,0,0,m,40\n0,1,0,f,52\n0,1,0,m,71\n0,0,1,f,44\n0,0,1,m,38\n\
                      1,1,0,f,14\n1,1,0,m,9\n1,0,1,f,11\n1,0,1,m,7\n0,1,1,f,8\n0,1,1,m,12\n\
                      1,1,1,f,4\n1,1,1,m,3\n";

/// What comes of a run at this address.
async fn result(site: &Site, run: &str) -> Value {
    let began = Instant::now();
    while body(site.get(run, "").await).await.contains("/cancel\"") {
        assert!(began.elapsed() < Duration::from_mins(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let json = body(site.get(&format!("{run}/estimates.json"), "").await).await;
    serde_json::from_str(&json).unwrap_or_else(|_| panic!("{json}"))
}

/// A form with a table, of which all settings fit.
async fn ran(site: &Site, request: Request<Body>) -> Value {
    let answer = site.ask(request).await;
    let to = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    let Some(to) = to else { panic!("{}", body(answer).await) };
    result(site, &to).await
}

#[tokio::test]
async fn the_form_has_a_control_for_every_setting() {
    let page = body(Site::bare().get("/estimate", "").await).await;
    for s in SETTINGS {
        let name = if s.kind == SettingKind::Estimates { "evidence_1_name" } else { s.name };
        assert_eq!(page.matches(&format!(" name=\"{name}\"")).count(), 1, "{name}: {page}");
        assert!(page.contains(&format!("for=\"{name}\"")) || s.kind == SettingKind::Flag, "{name}");
    }
    let more = page.split("<summary>More settings").next().unwrap();
    assert!(more.ends_with("<details>") && page.contains("More settings"), "{page}");
    // A setting that is folded away is shown where a link sets it.
    let set = body(Site::bare().get("/estimate?order=three&average=yes", "").await).await;
    assert!(set.contains("<option value=\"three\" selected>") && set.contains("<details open><summary>More"));
    assert!(set.contains("name=\"average\" value=\"yes\" checked"), "{set}");
}

#[tokio::test]
async fn settings_that_are_folded_away_are_run() {
    let site = Site::bare();
    let quick = [("methods", "loglinear.covariates"), ("replicates", "0"), ("breakdown_replicates", "2")];
    let more = [
        ("by", "sex"),
        ("order", "three"),
        ("criterion", "aic"),
        ("average", "yes"),
        ("reselect", "shortlist"),
    ];
    let fields = [&quick[..], &more[..]].concat();
    let found = ran(&site, with_file("/estimate", "", &fields, BY_SEX)).await;
    let rule = json!({ "order": "three", "criterion": "aic", "averaged": true });
    assert_eq!(found["covariates"]["settings"]["rule"], rule);
    assert_eq!(found["covariates"]["settings"]["replicates"], 2);
    assert_eq!(found["provenance"]["settings"]["reselect"], "shortlist");
    let people =
        [("anchor", "S"), ("anchor_people", "10000"), ("anchor_cleared", "800"), ("replicates", "0")];
    let fields = [&people[..], &[("anchor_check", "0,9;0,99")]].concat();
    let found = ran(&site, with_file("/estimate", "", &fields, SAMPLED)).await;
    let check = &found["provenance"]["settings"]["anchor"]["drawn"]["check"];
    assert_eq!(*check, json!({ "sensitivity": 0.9, "specificity": 0.99 }));
}

#[tokio::test]
async fn what_does_not_fit_in_settings_is_said_at_each_field() {
    let site = Site::bare();
    let fields = [("level", "2"), ("anchor_share", "0.1"), ("polynomial", "year=9"), ("replicates", "many")];
    let answer = site.ask(with_file("/estimate", "", &fields, SAMPLED)).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    for (field, value) in fields {
        assert!(page.contains(&format!("id=\"wrong-{field}\"")), "{field}: {page}");
        assert!(page.contains(&format!("value=\"{value}\"")), "{field}: {page}");
    }
    assert!(page.contains("only together with “Random sample”") && !page.contains("--anchor"), "{page}");
    let answer = site.ask(with_file("/estimate", "", &[("anchor", "Q")], SAMPLED)).await;
    let page = body(answer).await;
    assert!(page.contains("id=\"wrong-anchor\"") && page.contains("The lists are: A, B, S"), "{page}");
}

/// A form with a table and one of inhabitants.
fn with_inhabitants(table: &str, inhabitants: &str) -> Request<Body> {
    let mut form = String::new();
    for (name, value) in
        [("methods", "chao"), ("by", "sex"), ("replicates", "0"), ("breakdown_replicates", "2")]
    {
        let _ = write!(form, "--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    for (name, file) in [("file", table), ("population", inhabitants)] {
        let named = format!("content-disposition: form-data; name=\"{name}\"; filename=\"{name}.csv\"");
        let _ = write!(form, "--x\r\n{named}\r\n\r\n{file}\r\n");
    }
    let _ = write!(form, "--x--\r\n");
    Request::post("/estimate")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(form))
        .unwrap()
}

#[tokio::test]
async fn inhabitants_are_uploaded_and_give_rates() {
    let site = Site::bare();
    let inhabitants = "sex,population\nf,100000\nm,200000\n";
    let found = ran(&site, with_inhabitants(BY_SEX, inhabitants)).await;
    let sizes = found["covariates"]["sizes"].as_array().unwrap();
    assert!(sizes.iter().any(|size| size["rate_per_100000"].is_number()), "{sizes:?}");
    // The link tells that there was such a table; without the file there are no rates.
    let hash = ijsberg_analysis::sha256(inhabitants.as_bytes());
    let form = body(site.get(&format!("/estimate?by=sex&population={hash}"), "").await).await;
    assert!(form.contains("The link was made with a table of inhabitants"), "{form}");
    let found = ran(&site, with_inhabitants(BY_SEX, "")).await;
    let sizes = found["covariates"]["sizes"].as_array().unwrap();
    assert!(sizes.iter().all(|size| size["rate_per_100000"].is_null()), "{sizes:?}");
    // What is too large is said at its field, and the rest of the form stays.
    for (rows, said) in [
        ("f,1\n".repeat(1 << 18), "expected a table of at most 1 MiB"),
        ("f,1\n".repeat(50_000), "expected a table of at most 100,000 cells"),
    ] {
        let large = format!("sex,population\n{rows}");
        let answer = site.ask(with_inhabitants(BY_SEX, &large)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{said}");
        let page = body(answer).await;
        assert!(page.contains(&format!("id=\"wrong-population\">{said}")), "{page}");
        assert!(page.contains("name=\"by\" value=\"sex\""), "{page}");
        assert!(!page.contains("The link was made with a table of inhabitants"), "{page}");
    }
    // The run reports what is wrong with it, under the label of the field.
    let answer = site.ask(with_inhabitants(BY_SEX, "sex,population\nf,none\n")).await;
    let to = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let began = Instant::now();
    loop {
        let page = body(site.get(&to, "").await).await;
        if !page.contains("/cancel\"") {
            assert!(page.contains("role=\"alert\"><p>Inhabitants: line 2"), "{page}");
            break;
        }
        assert!(began.elapsed() < Duration::from_mins(2));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The answer of the interface to settings.
async fn asked(site: &Site, settings: Value) -> (StatusCode, Value) {
    let sent = json!({ "csv": BY_SEX, "settings": settings }).to_string();
    let request = Request::post("/api/v1/estimates")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json");
    let answer = site.ask(request.body(Body::from(sent)).unwrap()).await;
    let status = answer.status();
    (status, serde_json::from_str(&body(answer).await).unwrap())
}

#[tokio::test]
async fn a_program_sends_settings_as_they_are() {
    let site = Site::bare();
    let settings = json!({
        "by": ["sex"], "methods": ["chao"], "replicates": 0, "breakdown_replicates": 2, "level": 0.9,
        "population": "sex,population\nf,100000\nm,200000\n",
        "evidence": [{ "name": "Survey", "kind": "survey", "estimate": 2200 }]
    });
    let (status, begun) = asked(&site, settings).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
    let found = result(&site, &format!("/estimate/{}", begun["id"].as_str().unwrap())).await;
    assert_eq!(found["provenance"]["settings"]["level"], 0.9);
    assert!(found["evidence"].is_object() && found["covariates"]["sizes"][0]["rate_per_100000"].is_number());
    let (status, why) = asked(&site, json!({ "level": 2 })).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(why["title"].as_str().unwrap().starts_with("settings.level: "), "{why}");
    let description = body(site.get("/api/openapi.json", "").await).await;
    let description: Value = serde_json::from_str(&description).unwrap();
    let described =
        &description["components"]["schemas"]["NewEstimate"]["properties"]["settings"]["properties"];
    assert!(SETTINGS.iter().all(|s| described[s.name]["description"].is_string()), "{described}");
}
