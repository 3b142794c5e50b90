//! What the law asks for each year: who may deliver it, tables that do not fit, and a delivery from its preview to the logs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::http::{StatusCode, header};
use axum::response::Response;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::{Kind, Measure};
use ijsberg_web::Publisher;

use crate::common::{Site, body};
use crate::posts::with_file;

const JUSTICE: &str = "year,measure,by,level,persons\n\
    2016,suspected,total,,150\n2016,suspected,sex,F,30\n2016,suspected,sex,M,120\n";

/// For the Commission and the questionnaire of the United Nations.
const FORM: [(&str, &str); 5] =
    [("for.eu-19a", "yes"), ("for.glotip", "yes"), ("year", "2016"), ("years", "1"), ("counts", "rounded")];

/// The deliveries that were made.
#[derive(Default)]
struct DeliveryLogs {
    logs: BTreeMap<Measure, Ledger>,
    kinds: Vec<Vec<Kind>>,
}

/// A site that delivers into memory.
fn site() -> (Site, Arc<Mutex<DeliveryLogs>>) {
    let delivered = Arc::new(Mutex::new(DeliveryLogs::default()));
    let (reads, writes) = (Arc::clone(&delivered), Arc::clone(&delivered));
    let publisher = Publisher {
        secret: b"a key that is kept from year to year".to_vec(),
        population: BTreeMap::new(),
        others: Vec::new(),
        ledger: Box::new(|| Ok(Ledger::default())),
        published: Box::new(|_| None),
        release: Box::new(|_| Err("no report is released here".to_owned())),
        ledgers: Box::new(move || Ok(reads.lock().unwrap().logs.clone())),
        deliver: Box::new(move |made, kinds| {
            let mut all = writes.lock().unwrap();
            all.logs.extend(made.ledgers().map(|(m, ledger)| (m, ledger.clone())));
            all.kinds.push(kinds.to_vec());
            Ok(())
        }),
    };
    (Site::publishing(publisher), delivered)
}

async fn sent(site: &Site, cookie: &str, fields: &[(&str, &str)], file: &str) -> Response {
    site.ask(with_file("/deliveries", cookie, fields, file)).await
}

/// Where an answer leads.
fn to(answer: &Response) -> &str {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION].to_str().unwrap()
}

/// The page once no preview is being made any more.
async fn looked_at(site: &Site, cookie: &str) -> String {
    let began = Instant::now();
    loop {
        let page = body(site.get("/deliveries", cookie).await).await;
        if !page.contains("action=\"/deliveries/cancel\"") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The form on a page that delivers what it shows.
fn delivers(page: &str) -> String {
    let id = page.split("name=\"id\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    format!("id={}", id.unwrap_or_else(|| panic!("{page}")))
}

/// What is delivered is of all organisations: it takes the role that counts, for all of them.
#[tokio::test]
async fn whoever_counts_for_all_organisations_delivers_and_nobody_else() {
    let (site, delivered) = site();
    let role_for_all = site.log_in("statistician-of-all").await;
    assert_eq!(site.get("/deliveries", &role_for_all).await.status(), StatusCode::OK);
    assert!(body(site.get("/register", &role_for_all).await).await.contains("href=\"/deliveries\""));
    for user in ["statistician", "registrar-of-all", "case_worker-of-all", "auditor-of-all", "nobody"] {
        let cookie = site.log_in(user).await;
        assert_eq!(site.get("/deliveries", &cookie).await.status(), StatusCode::FORBIDDEN, "{user}");
        assert_eq!(sent(&site, &cookie, &FORM, JUSTICE).await.status(), StatusCode::FORBIDDEN, "{user}");
        let refused = site.post("/deliveries/deliver", &cookie, "id=1").await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN, "{user}");
        assert!(!body(site.get("/register", &cookie).await).await.contains("href=\"/deliveries\""), "{user}");
    }
    assert_eq!(site.get("/deliveries", "").await.headers()[header::LOCATION], "/login");
    assert!(delivered.lock().unwrap().kinds.is_empty());
}

#[tokio::test]
async fn tables_that_do_not_fit_are_refused_with_every_line_and_nothing_counts() {
    let (site, delivered) = site();
    let cookie = site.log_in("statistician-of-all").await;
    let rows = JUSTICE.replace("sex,F,30", "sex,V,30").replace("sex,M,120", "sex,M,x");
    let sums = JUSTICE.replace("sex,M,120", "sex,M,121");
    let other = JUSTICE.replace("2016", "2015");
    for (file, wanted) in [
        (rows.as_str(), ["line 3, column level", "line 4, column persons"]),
        (sums.as_str(), ["line 2, column persons", "by sex it adds up to 151"]),
        (other.as_str(), ["this file has no counts of 2016", "href=\"#file\""]),
        ("year,measure,by,level,persons\n", ["href=\"#file\"", "id=\"wrong-file\""]),
    ] {
        let answer = sent(&site, &cookie, &FORM, file).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{file}");
        let page = body(answer).await;
        assert!(wanted.iter().all(|w| page.contains(w)), "{file}: {page}");
        // What was filled in stays, and where it is wrong is said to who cannot see it.
        assert!(page.contains("aria-invalid=\"true\" aria-describedby=\"wrong-file\""), "{page}");
        assert!(page.contains("name=\"for.glotip\" value=\"yes\" checked"), "{page}");
        assert!(page.contains("name=\"for.sdg-16.2.2\" value=\"yes\">"), "{page}");
        assert!(page.contains("value=\"2016\""), "{page}");
    }
    let page = body(sent(&site, &cookie, &[("year", "16"), ("years", "1")], "").await).await;
    for wanted in ["href=\"#for\"", "choose at least one recipient", "href=\"#year\""] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let page = looked_at(&site, &cookie).await;
    assert!(!page.contains("action=\"/deliveries/deliver\""), "{page}");
    let gone = site.post("/deliveries/deliver", &cookie, "id=").await;
    assert_eq!(gone.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(delivered.lock().unwrap().logs.is_empty());
}

#[tokio::test]
async fn what_was_previewed_is_delivered_once_listed_and_in_the_log() {
    let (site, delivered) = site();
    let cookie = site.log_in("statistician-of-all").await;
    let page = looked_at(&site, &cookie).await;
    // The last year that is over is due.
    assert!(page.contains("31 December") && page.contains("not delivered"), "{page}");
    assert_eq!(to(&sent(&site, &cookie, &FORM, JUSTICE).await), "/deliveries");
    let page = looked_at(&site, &cookie).await;
    for wanted in [
        "Nothing has been delivered yet. You see the tables of 2016",
        "file t.csv",
        "<td>120</td>",
        "European Commission (article 19a), UNODC (GLOTIP)",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert!(delivered.lock().unwrap().logs.is_empty(), "a preview counts");
    // Nothing but the previewed delivery.
    for form in ["", "id=", "id=1", "year=2016&for=eu-19a+glotip"] {
        let other = site.post("/deliveries/deliver", &cookie, form).await;
        assert_eq!(other.status(), StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let form = delivers(&page);
    let done = site.post("/deliveries/deliver", &cookie, &form).await;
    assert_eq!(to(&done), "/deliveries?delivered");
    let page = body(site.get(to(&done), &cookie).await).await;
    let recipients = "<td>European Commission (article 19a), UNODC (GLOTIP)</td>";
    for wanted in ["note good", "delivered after 31 December", recipients] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    let again = site.post("/deliveries/deliver", &cookie, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    {
        let all = delivered.lock().unwrap();
        assert_eq!(all.kinds, [[Kind::Eu19a, Kind::Glotip]]);
        let release = &all.logs[&Measure::Suspected].releases[0];
        assert_eq!((release.year, release.delivery.as_deref()), (2016, Some("eu-19a glotip")));
    }
    let auditor = site.log_in("auditor-of-all").await;
    let log = body(site.get("/audit", &auditor).await).await;
    assert!(log.contains("delivery of 2016 to: European Commission (article 19a), UNODC (GLOTIP)"), "{log}");
}

/// A page that was opened before another preview delivers neither of the two.
#[tokio::test]
async fn a_preview_that_another_one_replaced_is_not_delivered() {
    let (site, delivered) = site();
    let cookie = site.log_in("statistician-of-all").await;
    let mut forms = Vec::new();
    for _ in 0..2 {
        assert_eq!(to(&sent(&site, &cookie, &FORM, JUSTICE).await), "/deliveries");
        forms.push(delivers(&looked_at(&site, &cookie).await));
    }
    let stale = site.post("/deliveries/deliver", &cookie, &forms[0]).await;
    assert_eq!(stale.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(delivered.lock().unwrap().kinds.is_empty());
    let done = site.post("/deliveries/deliver", &cookie, &forms[1]).await;
    assert_eq!(to(&done), "/deliveries?delivered");
    assert_eq!(delivered.lock().unwrap().kinds.len(), 1);
}

/// What would not be written is not in the audit log, which nobody can correct.
#[tokio::test]
async fn what_was_not_checked_with_the_last_release_is_refused_before_it_is_noted() {
    let (site, delivered) = site();
    let cookie = site.log_in("statistician-of-all").await;
    assert_eq!(to(&sent(&site, &cookie, &FORM, JUSTICE).await), "/deliveries");
    let form = delivers(&looked_at(&site, &cookie).await);
    delivered.lock().unwrap().logs.insert(Measure::Prosecuted, Ledger::default());
    let late = site.post("/deliveries/deliver", &cookie, &form).await;
    assert_eq!(late.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(body(late).await.contains("Preview it again"));
    let auditor = site.log_in("auditor-of-all").await;
    let log = body(site.get("/audit", &auditor).await).await;
    assert!(!log.contains("delivery of 2016"), "{log}");
    // Nothing was taken away.
    delivered.lock().unwrap().logs.clear();
    assert_eq!(to(&site.post("/deliveries/deliver", &cookie, &form).await), "/deliveries?delivered");
}

#[tokio::test]
async fn without_a_file_and_without_suspects_it_says_so_and_the_form_speaks_dutch() {
    let (site, _) = site();
    let cookie = site.log_in("statistician-of-all").await;
    let dutch = [&FORM[..], &[("lang", "nl")]].concat();
    let answer = sent(&site, &cookie, &dutch, JUSTICE).await;
    assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lang=nl"));
    let page = body(answer).await;
    assert!(page.contains("Wettelijke leveringen") && page.contains("Tabellen van het Openbaar Ministerie"));
    assert!(page.contains("value=\"2016\"") && !page.contains("/deliveries/deliver"), "{page}");
    assert_eq!(to(&sent(&site, &cookie, &FORM, "").await), "/deliveries");
    let page = looked_at(&site, &cookie).await;
    assert!(page.contains("no file, and no records of suspects of this year"), "{page}");
    assert!(page.contains("There is no file of the prosecution service."), "{page}");
}

#[tokio::test]
async fn a_year_with_nobody_is_previewed_where_others_have_somebody() {
    let (site, _) = site();
    let cookie = site.log_in("statistician-of-all").await;
    let form = [("for.eu-19a", "yes"), ("year", "2019"), ("years", "1"), ("counts", "rounded")];
    assert_eq!(to(&sent(&site, &cookie, &form, "").await), "/deliveries");
    let page = looked_at(&site, &cookie).await;
    assert!(page.contains("You see the tables of 2019") && page.contains("/deliveries/deliver"), "{page}");
}
