//! Erasing in a browser: one puts up, somebody else confirms.

use axum::http::StatusCode;

use crate::common::{Site, body};

#[tokio::test]
async fn nobody_erases_alone_or_at_once_in_a_browser() {
    let site = Site::new();
    let (keeper, other) = (site.log_in("keeper").await, site.log_in("records_manager-of-all").await);
    let foreign = site.log_in("records_manager-of-shelter").await;
    let page = body(site.get("/retention", &foreign).await).await;
    assert!(!page.contains(&site.person) && page.contains("Nothing is put up"), "{page}");
    // Whoever put it up sees that it waits for somebody else, and is told so.
    let page = body(site.get("/retention", &keeper).await).await;
    assert!(page.contains(&site.person) && page.contains("you put it up yourself"), "{page}");
    assert!(!page.contains("value=\"erase\""));
    let refused = site.post("/retention", &keeper, "go=erase").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(body(refused).await.contains("somebody else"));
    let refused = site.post("/retention", &other, "go=list&days=6").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    // Somebody else confirms what was put up a while ago, and nothing else.
    let second = site.post("/find", &other, "organisation=police&local_key=2").await;
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    let page = body(site.get("/retention", &other).await).await;
    assert!(page.contains("Can be erased") && page.contains("value=\"erase\""), "{page}");
    let done = site.post("/retention", &other, "go=erase").await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);
    assert!(!body(site.get("/retention", &other).await).await.contains(&site.person));
    let gone = site.post(&format!("/person/{}/identity", site.person), &keeper, "").await;
    assert_eq!(gone.status(), StatusCode::CONFLICT);
    let log = body(site.get("/audit", &site.log_in("auditor").await).await).await;
    assert!(log.contains("put up by keeper"), "{log}");
}
