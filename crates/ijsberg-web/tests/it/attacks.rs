//! Requests that mean harm.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use ijsberg_postgres::Postgres;
use ijsberg_store::Driver;
use ijsberg_web::{Method, entries};

use crate::common::{PASSWORD, Site, body};

#[tokio::test]
async fn every_answer_says_what_a_browser_must_not_do() {
    let site = Site::new();
    let cookie = site.log_in("case_worker").await;
    let person = format!("/person/{}", site.person);
    for path in
        ["/", "/assess", "/register", &person, "/nothing", "/audit", "/api/v1/questions", "/assets/app.js"]
    {
        let answer = site.get(path, &cookie).await;
        let of = |name: &str| {
            answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let policy = of("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(of("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(of("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            of("cache-control"),
            if path.starts_with("/assets") { "no-cache" } else { "no-store" },
            "{path}"
        );
    }
}

#[tokio::test]
async fn another_site_can_send_nothing_and_another_name_reaches_nothing() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    for entry in entries().into_iter().filter(|e| e.method == Method::Post) {
        let request = Request::post(entry.path.replace(['{', '}'], "0"))
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &cookie)
            .header(header::ORIGIN, "https://elsewhere.example")
            .header("sec-fetch-site", "cross-site");
        let answer = site.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{}", entry.path);
    }
    // Nor wipe what this browser keeps.
    for (site_of, wiped) in [("cross-site", false), ("same-origin", true), ("none", true)] {
        let request =
            Request::get("/exit").header(header::HOST, "localhost").header("sec-fetch-site", site_of);
        let answer = site.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers().contains_key("clear-site-data"), wiped, "{site_of}");
    }
    for host in ["elsewhere.example", "localhost.elsewhere.example", "", "127.0.0.1.elsewhere.example:8217"] {
        let request = Request::get("/estimate").header(header::HOST, host).body(Body::empty()).unwrap();
        assert_eq!(site.ask(request).await.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for host in ["localhost", "127.0.0.1:8217", "[::1]:8217"] {
        let request = Request::get("/estimate").header(header::HOST, host).body(Body::empty()).unwrap();
        assert_eq!(site.ask(request).await.status(), StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn what_is_typed_comes_back_as_text_and_reaches_no_statement() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let evil = "%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%27%3B+DROP+TABLE+registration%3B--";
    let form = format!(
        "lane=help&organisation=police&local_key={evil}&happened_on={evil}&sex=F&minor=no&form=LABOUR&sector=A\
         &nationality={evil}&region={evil}&identity.given_name={evil}"
    );
    let answer = site.post("/notify", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    assert!(!page.contains("<script>alert") && page.contains("&#60;script"), "{page}");
    // Taken this time, and shown to who may see it.
    let form = format!(
        "lane=help&organisation=police&local_key={evil}&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A\
         &identity.given_name={evil}"
    );
    let answer = site.post("/notify", &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let person = answer.headers()["location"].to_str().unwrap().to_owned();
    let worker = site.log_in("case_worker").await;
    let page = body(site.post(&format!("{person}/identity"), &worker, "").await).await;
    assert!(!page.contains("<script>alert") && page.contains("DROP TABLE"), "{page}");
    let page = body(site.get("/register", &worker).await).await;
    assert!(page.contains("31 May 2016"), "{page}");
    // A path that climbs, and a language that leads elsewhere.
    for path in ["/assets/..%2f..%2fetc%2fpasswd", "/record/..%2fx/y", "/estimate/..%2f..%2f"] {
        let status = site.get(path, &worker).await.status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    for back in [
        "%2F%2Felsewhere.example",
        "%2F%09%2Felsewhere.example",
        "%2F%0A%2Felsewhere.example",
        "%2F%5Celsewhere.example",
        "%09%2F%2Fx",
        "%2F%E2%80%AE",
    ] {
        let answer = site.post("/language", "", &format!("lang=nl&back={back}")).await;
        assert_eq!(answer.headers()["location"], "/", "{back}");
    }
    let answer = site.post("/language", "", "lang=nl&back=%2Fassess%3Fa%3Db").await;
    assert_eq!(answer.headers()["location"], "/assess?a=b");
}

#[tokio::test]
async fn the_case_of_another_organisation_is_not_there() {
    let site = Site::new();
    let keeper = site.log_in("keeper").await;
    for form in [
        "go=give&user=nobody&role=case_worker&organisation=shelter",
        "go=give&user=nobody&role=registrar&organisation=shelter",
    ] {
        assert_eq!(site.post("/users", &keeper, form).await.status(), StatusCode::SEE_OTHER);
    }
    let other = site.log_in("nobody").await;
    let (person, registration) = (&site.person, &site.registrations[0]);
    for path in [format!("/person/{person}"), format!("/person/{person}/correct/{registration}")] {
        let answer = site.get(&path, &other).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        let page = body(answer).await;
        assert!(!page.contains("2016-05-31") && !page.contains("31 May 2016"));
    }
    for (path, form) in [
        (format!("/person/{person}/identity"), String::new()),
        (format!("/person/{person}/identity/write"), "given_name=x".to_owned()),
        (format!("/person/{person}/correct/{registration}"), "version=1&sex=M".to_owned()),
        (
            format!("/person/{person}/record/support"),
            "types=Legal&organisation=shelter&purpose=help&basis=consent".to_owned(),
        ),
        ("/find".to_owned(), "organisation=police&local_key=1".to_owned()),
    ] {
        let answer = site.post(&path, &other, &form).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!body(answer).await.contains("Synthia"));
    }
    // The answer to a guessed name is the same.
    let nowhere = format!("/person/{}", "0".repeat(32));
    assert_eq!(site.get(&nowhere, &other).await.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_role_that_is_taken_and_an_account_that_is_closed_count_at_once() {
    let site = Site::new();
    let keeper = site.log_in("keeper").await;
    let auditor = site.log_in("auditor").await;
    assert_eq!(site.get("/audit", &auditor).await.status(), StatusCode::OK);
    site.post("/users", &keeper, "go=take&user=auditor&role=auditor&organisation=police").await;
    assert_eq!(site.get("/audit", &auditor).await.status(), StatusCode::FORBIDDEN);
    site.post("/users", &keeper, "go=close&user=auditor").await;
    assert_eq!(site.get("/register", &auditor).await.headers()["location"], "/login");
    site.post("/logout", &keeper, "").await;
    assert_eq!(site.get("/users", &keeper).await.headers()["location"], "/login");
    // A cookie that somebody else set is not taken over.
    let fixed = "ijsberg=0000";
    let form = format!("user=keeper&password={}", PASSWORD.replace(' ', "+"));
    let answer = site.post("/login", fixed, &form).await;
    assert!(!answer.headers()["set-cookie"].to_str().unwrap().contains("=0000"));
}

#[tokio::test]
async fn a_token_allows_what_it_says_and_no_more() {
    let site = Site::new();
    let cookie = site.log_in("keeper").await;
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30)).to_string();
    let form = format!("go=token&label=test&operation=notify&expires_on={}", &until[..10]);
    let page = body(site.post("/account", &cookie, &form).await).await;
    let token = page.split("ijsberg_").nth(1).map(|t| format!("ijsberg_{}", &t[..64])).unwrap();
    let ask = |method: &str, path: &str, token: &str, json: &str| {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(json.to_owned()))
            .unwrap()
    };
    let new = r#"[{"organisation":"shelter","local_key":"7","happened_on":"2016"}]"#;
    let answer = site.ask(ask("POST", "/api/v1/notifications", &token, new)).await;
    // The statistics track was never opened.
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(answer).await.contains("track is closed"));
    site.post("/organisations", &cookie, "go=lane&lane=statistics&basis=nobody+exists&assessed=2026-01-01")
        .await;
    let answer = site.ask(ask("POST", "/api/v1/notifications", &token, new)).await;
    assert_eq!(body(answer).await, r#"{"new":1,"already":0,"differ":[]}"#);
    let histories = "/api/v1/histories?from=2016&to=2016";
    assert_eq!(site.ask(ask("GET", histories, &token, "")).await.status(), StatusCode::FORBIDDEN);
    let wrong = format!("{}0", &token[..token.len() - 1]);
    let wrong = if wrong == token { format!("{}1", &token[..token.len() - 1]) } else { wrong };
    assert_eq!(
        site.ask(ask("POST", "/api/v1/notifications", &wrong, new)).await.status(),
        StatusCode::UNAUTHORIZED
    );
    // A cookie opens no interface, and a token no page.
    assert_eq!(site.get(histories, &cookie).await.status(), StatusCode::UNAUTHORIZED);
    let answer = site.ask(ask("GET", "/register", &token, "")).await;
    assert_eq!(answer.headers()["location"], "/login");
    // What was sent is not repeated.
    let secret = r#"[{"organisation":"shelter","local_key":"8","happened_on":"Synthia"}]"#;
    let answer = site.ask(ask("POST", "/api/v1/notifications", &token, secret)).await;
    assert!(!body(answer).await.contains("Synthia"));
    // An error in the list names its place.
    let typed = r#"[{"organisation":"shelter","local_key":"8","happened_on":"2016","birth_year":"Synthia"}]"#;
    let answer = site.ask(ask("POST", "/api/v1/notifications", &token, typed)).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let said = body(answer).await;
    assert!(said.contains("Line 1, column") && !said.contains("Synthia"), "{said}");
    let page = body(site.get("/account", &cookie).await).await;
    let id = page.split("name=\"token\" value=\"").nth(1).map(|t| t[..32].to_owned()).unwrap();
    assert_eq!(
        site.post("/account", &cookie, &format!("go=revoke&token={id}")).await.status(),
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        site.ask(ask("POST", "/api/v1/notifications", &token, new)).await.status(),
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn files_that_are_no_tables_and_too_much_of_anything_are_told() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let upload = |lane: &str, content: Vec<u8>| {
        let part = |name: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"");
        let lane = format!("{}\r\n\r\n{lane}\r\n", part("lane"));
        let file = format!("{}; filename=\"../../evil.xlsx\"\r\n\r\n", part("file"));
        let mut bytes = (lane + &file).into_bytes();
        bytes.extend(content);
        bytes.extend(b"\r\n--x--\r\n");
        Request::post("/import")
            .header(header::HOST, "localhost")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(bytes))
            .unwrap()
    };
    for content in [Vec::new(), b"PK\x03\x04 no workbook".to_vec(), vec![0; 1000]] {
        let what = format!("{} bytes", content.len());
        let answer = site.ask(upload("help", content)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(!body(answer).await.contains("is closed"));
    }
    // A table without the columns that are needed has a page, where somebody says what its columns are.
    let answer = site.ask(upload("help", b"a;b\n1;2\n".to_vec())).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = site.led(answer, &cookie).await;
    assert!(page.contains("note bad") && page.contains("id=\"column-1\""), "{page}");
    // A closed track is not offered, and nothing is read for it: not even what is no table.
    assert!(!body(site.get("/import", &cookie).await).await.contains("<option value=\"statistics\""));
    for content in [b"case,date\n1,2016\n".to_vec(), vec![0; 1000]] {
        let answer = site.ask(upload("statistics", content)).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(body(answer).await.contains("The “statistics” track is closed"));
    }
    // Nor for rows of a file that name it themselves.
    let mixed = b"organisation,case,date,lane\npolice,17,2016,statistics\n".to_vec();
    let answer = site.ask(upload("help", mixed)).await;
    let page = site.led(answer, &cookie).await;
    assert!(page.contains("The “statistics” track is closed") && !page.contains("/import/take"), "{page}");
    let answer = site.ask(upload("help", vec![b'x'; 40 << 20])).await;
    assert!(answer.status().is_client_error(), "{}", answer.status());
    // Guessing passwords ends soon.
    let mut last = StatusCode::OK;
    for _ in 0..60 {
        last = site.post("/login", "", "user=auditor&password=guess").await.status();
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn without_a_register_there_is_still_all_that_needs_none() {
    let site = Site::bare();
    for (path, status) in [
        ("/", StatusCode::OK),
        ("/assess", StatusCode::OK),
        ("/estimate", StatusCode::OK),
        ("/health", StatusCode::OK),
        ("/login", StatusCode::NOT_FOUND),
        ("/register", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(site.get(path, "").await.status(), status, "{path}");
    }
}

/// Facts of a day to come are refused on a step, in a result and by programs, with the field and in the reader's language.
#[tokio::test]
async fn facts_of_a_day_to_come_are_refused_on_every_page() {
    let site = Site::bare();
    for form in ["facts_on=2999-05-01&go=result", "facts_on=2999-05-01&step=0", "facts_on=2999-05-01&go=all"]
    {
        for (cookie, words) in [("lang=en", "this date is in the future"), ("lang=nl", "ligt in de toekomst")]
        {
            let answer = site.post("/assess", cookie, &format!("q.form_crime=yes&{form}")).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            assert!(body(answer).await.contains(words), "{form}");
        }
    }
    let request = Request::post("/api/v1/assess")
        .header(header::HOST, "localhost")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from("{\"facts_on\": \"2999-05-01\", \"answers\": {}}"));
    let answer = site.ask(request.unwrap()).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(answer).await.contains("facts_on"));
}

/// Somebody writes for long, and others wait for their entry in the log.
#[tokio::test]
async fn who_looks_at_no_person_waits_for_nobody_who_writes() {
    let site = Site::postgres();
    let cookie = site.log_in("case_worker").await;
    let person = format!("/person/{}", site.person);
    let url = site.url.clone().unwrap();
    let (held, holds) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        let mut writer = Postgres::open(&url).unwrap();
        writer.begin().unwrap();
        held.send(()).unwrap();
        let _ = released.recv();
        writer.rollback().unwrap();
    });
    holds.recv().unwrap();
    let pages = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let began = Instant::now();
        for path in ["/health", "/", "/notify", "/import", "/account", "/assess"] {
            assert_eq!(site.get(path, &cookie).await.status(), StatusCode::OK, "{path}");
        }
        began.elapsed()
    };
    let read = || site.get(&person, &cookie);
    let (took, a, b, c, d, e, f) = tokio::join!(pages, read(), read(), read(), read(), read(), read());
    assert!(took < Duration::from_secs(4), "{took:?}");
    for read in [a, b, c, d, e, f] {
        assert_eq!(read.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
    release.send(()).unwrap();
    holder.join().unwrap();
    assert_eq!(site.get(&person, &cookie).await.status(), StatusCode::OK);
}

/// Somebody holds locks in the database and goes away.
#[tokio::test]
async fn a_lock_that_is_held_keeps_nobody_waiting_for_long() {
    let site = Site::postgres();
    let cookie = site.log_in("case_worker").await;
    let person = format!("/person/{}", site.person);
    assert_eq!(site.get(&person, &cookie).await.status(), StatusCode::OK);
    let url = site.url.clone().unwrap();
    let (held, holds) = std::sync::mpsc::channel();
    let (release, released) = std::sync::mpsc::channel::<()>();
    let holder = std::thread::spawn(move || {
        let mut other = Postgres::open(&url).unwrap();
        other.begin().unwrap();
        other.batch("LOCK TABLE registration IN ACCESS EXCLUSIVE MODE").unwrap();
        held.send(()).unwrap();
        let _ = released.recv();
        other.rollback().unwrap();
    });
    holds.recv().unwrap();
    let began = Instant::now();
    assert_eq!(site.get("/health", "").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(site.get(&person, &cookie).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    // What asks nothing of the register waits for nothing.
    assert_eq!(site.get("/assess", "").await.status(), StatusCode::OK);
    release.send(()).unwrap();
    holder.join().unwrap();
    let began = Instant::now();
    while site.get(&person, &cookie).await.status() != StatusCode::OK {
        assert!(began.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(site.get("/health", "").await.status(), StatusCode::OK);
}
