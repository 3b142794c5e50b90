//! Restriction of processing in a browser: who restricts it, who opens it, and what everybody else sees.

use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::common::{Site, body};

/// A notification, but for whose it is.
const FORM: &str = "lane=help&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A";

/// Given names of people who are on the lists of both organisations.
const ON_BOTH: [&str; 8] = ["Amber", "Brigitte", "Chantal", "Desiree", "Esmee", "Floor", "Gerda", "Hanneke"];

/// Links the lists; the page with the result.
async fn linked(site: &Site, cookie: &str) -> String {
    let answer = site.post("/linkage", cookie, "").await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let began = Instant::now();
    loop {
        let page = body(site.get("/linkage", cookie).await).await;
        if !page.contains("\"/linkage/cancel\"") {
            return page;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn restricted_data_are_opened_for_a_reason_and_come_back() {
    let site = Site::new();
    let (keeper, worker) = (site.log_in("keeper").await, site.log_in("case_worker").await);
    let person = format!("/person/{}", site.person);
    let list = || async { body(site.get("/register", &worker).await).await };
    assert!(list().await.contains(&site.person));
    let page = body(site.get(&person, &keeper).await).await;
    assert!(page.contains("value=\"restrict\""), "{page}");
    assert!(!body(site.get(&person, &worker).await).await.contains("value=\"restrict\""));
    let wrong = format!("go=restrict&cause=none&person={}", site.person);
    let wrong = site.post("/retention", &keeper, &wrong).await;
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let form = format!("go=restrict&cause=accuracy&person={}", site.person);
    let done = site.through("/retention", &keeper, &form).await;
    assert!(done.contains("data is restricted") && done.contains("contests"), "{done}");
    // In no list; its page says so and nothing of the person.
    assert!(!list().await.contains(&site.person));
    let page = body(site.get(&person, &worker).await).await;
    assert!(page.contains("Processing is restricted") && page.contains("name=\"use\""), "{page}");
    assert!(!page.contains(&site.registrations[0]) && !page.contains("value=\"lift\""), "{page}");
    let page = body(site.get(&person, &site.log_in("registrar").await).await).await;
    assert!(page.contains("You cannot open the data") && !page.contains("name=\"use\""), "{page}");
    let name = site.post(&format!("{person}/identity"), &worker, "").await;
    assert_eq!(name.status(), StatusCode::CONFLICT);
    // Opened for one of four reasons, which is in the log.
    let open = format!("{person}/restricted");
    let refused = site.post(&open, &worker, "use=curiosity").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let opened = body(site.post(&open, &worker, "use=claims").await).await;
    assert!(opened.contains("for legal claims") && opened.contains("ynthia"), "{opened}");
    let log = body(site.get("/audit", &site.log_in("auditor").await).await).await;
    assert!(log.contains("opened though restricted: for legal claims"), "{log}");
    // Who may lift it finds it, and it is as it was.
    let found = site.post("/retention", &worker, &format!("go=lift&person={}", site.person)).await;
    assert_eq!(found.status(), StatusCode::FORBIDDEN);
    let done = site.through("/retention", &keeper, &format!("go=lift&person={}", site.person)).await;
    assert!(done.contains("The restriction is lifted") && done.contains("No one’s data"), "{done}");
    assert!(list().await.contains(&site.person));
}

#[tokio::test]
async fn what_was_linked_before_a_restriction_is_forgotten() {
    let site = Site::new();
    let (keeper, linker) = (site.log_in("keeper").await, site.log_in("linker-of-all").await);
    for (i, name) in ON_BOTH.iter().enumerate() {
        for organisation in ["police", "shelter"] {
            let identity = format!(
                "identity.given_name={name}&identity.family_name={name}s&identity.birth_date=1990-03-1{i}"
            );
            let form = format!("{FORM}&organisation={organisation}&local_key=k{i}&{identity}");
            let answer = site.post("/notify", &keeper, &form).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{name}");
        }
    }
    let file = async || site.get("/linkage/histories.csv", &linker).await.status();
    let of_person = async |go: &str| {
        let form = format!("go={go}&cause=accuracy&person={}", site.person);
        assert_eq!(site.post("/retention", &keeper, &form).await.status(), StatusCode::SEE_OTHER);
    };
    let page = linked(&site, &linker).await;
    assert!(page.contains("\"/linkage/keep\""), "{page}");
    assert_eq!(file().await, StatusCode::OK);
    // Neither as a file, nor to estimate from or to save, nor on the page.
    of_person("restrict").await;
    assert_eq!(file().await, StatusCode::NOT_FOUND);
    for path in ["/linkage/keep", "/linkage/estimate"] {
        assert_eq!(site.post(path, &linker, "").await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let page = body(site.get("/linkage", &linker).await).await;
    assert!(!page.contains("\"/linkage/keep\"") && !page.contains("href=\"/review/"), "{page}");
    // What is linked without them is kept until that is over too.
    assert!(linked(&site, &linker).await.contains("\"/linkage/keep\""));
    assert_eq!(file().await, StatusCode::OK);
    of_person("lift").await;
    let page = body(site.get("/linkage", &linker).await).await;
    assert!(!page.contains("\"/linkage/keep\"") && !page.contains("histories.csv"), "{page}");
}

#[tokio::test]
async fn a_restricted_case_that_is_notified_again_is_said_to_be_there_and_no_more() {
    let site = Site::new();
    let (keeper, registrar) = (site.log_in("keeper").await, site.log_in("registrar").await);
    let form = format!("go=restrict&cause=objection&person={}", site.person);
    assert_eq!(site.post("/retention", &keeper, &form).await.status(), StatusCode::SEE_OTHER);
    let form = format!("{FORM}&organisation=police&local_key=1");
    let answer = site.post("/notify", &registrar, &form).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = body(answer).await;
    assert!(page.contains("has already used this case reference"), "{page}");
    for told in [site.person.as_str(), site.registrations[0].as_str(), "ynthia", "Open the existing case"] {
        assert!(!page.contains(told), "{told}: {page}");
    }
}
