//! Restriction of processing in a browser: who restricts it, who opens it, and what everybody else sees.

use axum::http::StatusCode;

use crate::common::{Site, body};

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
