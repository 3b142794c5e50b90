//! Erasing in a browser: one lists, somebody else confirms.

use axum::http::StatusCode;

use crate::common::{Site, body};

#[tokio::test]
async fn nobody_erases_alone_or_at_once_in_a_browser() {
    let site = Site::new();
    let (keeper, other) = (site.log_in("keeper").await, site.log_in("records_manager-of-all").await);
    let foreign = site.log_in("records_manager-of-shelter").await;
    let page = body(site.get("/retention", &foreign).await).await;
    assert!(!page.contains(&site.person) && page.contains("Nothing is listed for erasure"), "{page}");
    // The user who listed it sees that it waits for somebody else, and the page says so.
    let page = body(site.get("/retention", &keeper).await).await;
    assert!(page.contains(&site.person) && page.contains("you listed this yourself"), "{page}");
    assert!(!page.contains("value=\"erase\""));
    let refused = site.post("/retention", &keeper, "go=erase").await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    assert!(body(refused).await.contains("a second records manager"));
    let refused = site.post("/retention", &other, "go=list&days=6").await;
    assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
    // What was done is said.
    let done = site.through("/retention", &keeper, "go=period&purpose=help&months=600").await;
    assert!(done.contains("The retention period was saved"), "{done}");
    // Once: the page is asked for again without doing it again.
    assert!(!body(site.get("/retention", &keeper).await).await.contains("The retention period was saved"));
    let done = site.through("/retention", &keeper, "go=list&days=7").await;
    assert!(done.contains("nothing was listed"), "{done}");
    // Somebody else confirms what was listed a while ago, and nothing else.
    let second = site.post("/find", &other, "organisation=police&local_key=2").await;
    assert_eq!(second.status(), StatusCode::FORBIDDEN);
    let page = body(site.get("/retention", &other).await).await;
    assert!(page.contains("Can be erased") && page.contains("value=\"erase\""), "{page}");
    // Not before they have seen what it is and said that they are sure, of that and of nothing else.
    let asked = site.through("/retention", &other, "go=erase").await;
    assert!(asked.contains("Erase permanently") && asked.contains(&site.person), "{asked}");
    let asked = site.through("/retention", &other, "go=erase&sure=0123").await;
    assert!(asked.contains("has changed since you looked at it"), "{asked}");
    assert!(body(site.get("/retention", &other).await).await.contains(&site.person));
    let sure = asked.split("name=\"sure\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let done = site.through("/retention", &other, &format!("go=erase&sure={sure}")).await;
    assert!(
        done.contains("People erased: 1; single records erased: 0") && !done.contains(&site.person),
        "{done}"
    );
    let gone = site.post(&format!("/person/{}/identity", site.person), &keeper, "").await;
    assert_eq!(gone.status(), StatusCode::CONFLICT);
    let log = body(site.get("/audit", &site.log_in("auditor").await).await).await;
    assert!(log.contains("listed by keeper"), "{log}");
}
