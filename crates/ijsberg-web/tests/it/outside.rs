//! The corpus of texts that do harm, typed into every field and sent in every file: on pages, in files and in answers to programs.

#![expect(clippy::disallowed_types, reason = "a file that means harm is written as it is")]

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::common::{Site, body};
use crate::never;

fn coded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |all, b| all + &format!("%{b:02x}"))
}

impl Site {
    /// Asks for a page, and checks whatever comes back by what it says it is.
    async fn harmless(&self, request: Request<Body>) -> (StatusCode, String, String) {
        let answer = self.ask(request).await;
        let status = answer.status();
        assert!(!status.is_server_error(), "{status}");
        let of = |name: &str| {
            answer.headers().get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (kind, location, disposition) = (of("content-type"), of("location"), of("content-disposition"));
        assert!(!location.starts_with("//") && !location.contains("evil"), "{location}");
        if let Some(name) = disposition.split("filename=\"").nth(1) {
            never::file_name(name.split('"').next().unwrap());
        }
        let page = body(answer).await;
        match kind.split(';').next().unwrap() {
            "text/html" => never::html(&page),
            "text/csv" => never::csv(page.as_bytes()),
            "application/json" | "application/problem+json" => never::json(&page),
            "image/svg+xml" => never::xml(&page),
            _ => {}
        }
        (status, location, page)
    }

    async fn typed(&self, path: &str, cookie: &str, form: &str) -> (StatusCode, String, String) {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.harmless(request.body(Body::from(form.to_owned())).unwrap()).await
    }

    async fn seen(&self, path: &str, cookie: &str) -> String {
        let request = Request::get(path).header(header::HOST, "localhost").header(header::COOKIE, cookie);
        self.harmless(request.body(Body::empty()).unwrap()).await.2
    }

    async fn sent(&self, path: &str, cookie: &str, name: &[u8], file: &[u8]) -> (StatusCode, String, String) {
        let part = |name: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"");
        let lane = format!("{}\r\n\r\nhelp\r\n{}\r\n\r\npolice\r\n", part("lane"), part("organisation"));
        let named = [part("file").as_bytes(), b"; filename=\"", name, b".csv\"\r\n\r\n"].concat();
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let bytes = [lane.as_bytes(), &named, file, b"\r\n--x--\r\n"].concat();
        self.harmless(request.body(Body::from(bytes)).unwrap()).await
    }
}

fn rows(rows: &[Vec<Vec<u8>>]) -> Vec<u8> {
    let mut out = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
    rows.iter().for_each(|row| out.write_record(row).unwrap());
    out.into_inner().unwrap()
}

#[tokio::test]
async fn what_is_typed_or_sent_does_no_harm_on_any_page() {
    let site = Site::new();
    let (registrar, worker) = (site.log_in("registrar").await, site.log_in("case_worker").await);
    let (administrator, keeper) = (site.log_in("administrator-of-all").await, site.log_in("keeper").await);
    let texts = never::nasty();
    let mut taken = 0_usize;
    for (i, (name, text)) in texts.iter().enumerate().filter(|(_, (_, t))| t.len() < 5000) {
        let evil = coded(text);
        let form = format!(
            "lane=help&organisation=police&local_key={evil}&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A&basis={evil}\
             &identity.given_name={evil}&identity.alias={evil}&identity.address={evil}"
        );
        let (status, person, _) = site.typed("/notify", &registrar, &form).await;
        if status == StatusCode::SEE_OTHER {
            taken += 1;
            // Nobody reads who somebody is at the pace of a machine.
            if name.starts_with("person") || taken.is_multiple_of(12) {
                site.typed(&format!("{person}/identity"), &worker, "").await;
            }
            site.seen(&person, &worker).await;
            if taken % 12 == 6 {
                let form = format!("reason={evil}&minutes=5&notified={evil}");
                site.typed(&format!("{person}/glass"), &worker, &form).await;
            }
            site.typed(
                &format!("{person}/record/case"),
                &worker,
                &format!("status={evil}&reason={evil}&purpose=help&organisation=police&basis={evil}"),
            )
            .await;
        }
        for (id, other) in [(format!("o{i}"), evil.as_str()), (evil.clone(), "x")] {
            let form = format!("go=add&id={id}&name={other}&kind=NP&list={other}");
            site.typed("/organisations", &administrator, &form).await;
        }
        site.typed("/users", &administrator, &format!("go=add&name={evil}&user={evil}&organisation={evil}"))
            .await;
        site.typed(
            "/account",
            &keeper,
            &format!("go=token&label={evil}&expires_on={evil}&operation={evil}&password={evil}"),
        )
        .await;
        site.typed("/users", &administrator, &format!("lang=nl&user={evil}&organisation={evil}")).await;
        site.typed("/account", &keeper, &format!("lang=nl&label={evil}&expires_on={evil}")).await;
        let registration = &site.registrations[0];
        let correction = format!("/person/{}/correct/{registration}", site.person);
        let form = format!("version=1&happened_on={evil}&region={evil}&sex={evil}");
        for form in [&form, &format!("{form}&lang=nl")] {
            site.typed(&correction, &worker, form).await;
        }
        let form = format!("lang=nl&given_name={evil}&address={evil}&reason={evil}&notified={evil}");
        for path in ["identity/write", "glass", "record/case"] {
            site.typed(&format!("/person/{}/{path}", site.person), &worker, &form).await;
        }
        site.typed("/find", &registrar, &format!("organisation={evil}&local_key={evil}")).await;
        site.typed("/retention", &keeper, &format!("go=list&days={evil}&person={evil}&purpose={evil}")).await;
        // Checking a password takes long on purpose.
        if i.is_multiple_of(20) {
            site.typed("/login", "", &format!("user={evil}&password={evil}")).await;
        }
        site.seen(&format!("/register?q={evil}&sort={evil}&page={evil}&organisation={evil}"), &worker).await;
        site.seen(&format!("/person/{evil}"), &worker).await;
        let line: Vec<u8> = text.iter().copied().filter(|b| !b"\r\n\0\"".contains(b)).collect();
        let notified = [&b"case"[..], b"date", b"first name", text].map(<[u8]>::to_vec).to_vec();
        let row = [&b"f1"[..], b"2016", text, text].map(<[u8]>::to_vec).to_vec();
        let (status, location, _) = site.sent("/import", &registrar, &line, &rows(&[notified, row])).await;
        if status == StatusCode::SEE_OTHER {
            site.seen(&location, &registrar).await;
        }
        let json = serde_json::json!({ "organisation": String::from_utf8_lossy(text), "given_name": String::from_utf8_lossy(text) });
        let request = Request::post("/api/v1/notifications")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {evil}"));
        site.harmless(request.body(Body::from(json.to_string())).unwrap()).await;
    }
    assert!(taken > 40, "{taken}");
}

/// A table with such names is estimated, shown and released, or refused in words.
#[tokio::test]
async fn names_in_a_table_do_no_harm_on_pages_and_in_charts() {
    let site = Site::new();
    let texts: Vec<Vec<u8>> = never::nasty().into_iter().map(|(_, t)| t).filter(|t| !t.is_empty()).collect();
    let mut shown = 0;
    for three in texts.chunks_exact(3) {
        let head = [three, &[b"count".to_vec()]].concat();
        let row = |on: [&str; 4]| on.map(|c| c.as_bytes().to_vec()).to_vec();
        let table = rows(&[
            head,
            row(["1", "0", "0", "40"]),
            row(["0", "1", "0", "30"]),
            row(["0", "0", "1", "20"]),
            row(["1", "1", "0", "9"]),
            row(["0", "1", "1", "8"]),
            row(["1", "0", "1", "7"]),
        ]);
        let name: Vec<u8> = three[0].iter().copied().filter(|b| !b"\r\n\0\"".contains(b)).take(200).collect();
        let (status, location, _) = site.sent("/estimate", "", &name, &table).await;
        if status != StatusCode::SEE_OTHER {
            continue;
        }
        let began = std::time::Instant::now();
        let page = loop {
            let page = site.seen(&location, "").await;
            if !page.contains("/cancel\"") {
                break page;
            }
            assert!(began.elapsed() < std::time::Duration::from_mins(1));
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        };
        for file in page.split(&format!("href=\"{location}/")).skip(1).map(|f| f.split('"').next().unwrap()) {
            site.seen(&format!("{location}/{file}"), "").await;
            shown += 1;
        }
    }
    assert!(shown > 10, "{shown}");
}
