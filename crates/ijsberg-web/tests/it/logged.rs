//! The log of the register in a browser.

use crate::common::{Site, body};

#[tokio::test]
async fn the_log_is_in_the_language_of_whoever_reads_it() {
    let site = Site::new();
    let auditor = site.log_in("auditor-of-all").await;
    let dutch = body(site.get("/audit?from=1", &format!("{auditor}; lang=nl")).await).await;
    for said in ["eerste gebruiker", "rol toegewezen: ", "meldingen: 2", "op verzoek van de persoon"] {
        assert!(dutch.contains(said), "{said} not in\n{dutch}");
    }
    for english in ["first user", "police given", "2 notifications", "fields types", "the person's request"] {
        assert!(!dutch.contains(english), "{english} in\n{dutch}");
    }
    let english = body(site.get("/audit?from=1", &format!("{auditor}; lang=en")).await).await;
    assert!(english.contains("role assigned: ") && english.contains("notifications: 2"), "{english}");
}
