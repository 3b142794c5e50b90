//! Records about suspects in a browser: forms made of the kinds, with a number in place of a name.

use axum::http::StatusCode;

use crate::common::{Site, body};
use crate::entered::has;

const GROUND: &str = "organisation=police&purpose=prosecution&basis=art.+10+GDPR";

#[tokio::test]
async fn suspects_and_what_became_of_them_are_recorded_from_the_case() {
    let site = Site::new();
    let cookie = format!("{}; lang=en", site.log_in("case_worker").await);
    let case = format!("/person/{}", site.person);
    let page = body(site.get(&case, &cookie).await).await;
    for kind in ["suspect", "suspicion", "prosecution", "judgment"] {
        has(&page, &[&format!("href=\"{case}/record/{kind}\"")]);
    }
    let path = format!("{case}/record/suspicion");
    let page = body(site.get(&path, &cookie).await).await;
    has(
        &page,
        &["name=\"suspect_number\"", "name=\"offence\"", "use of services of a victim", "name=\"minor\""],
    );
    let dutch = body(site.get(&path, &cookie.replace("lang=en", "lang=nl")).await).await;
    has(&dutch, &["Verdachtenummer", "gebruik van diensten van een slachtoffer"]);
    // A name is refused at its field, and so is a suspect of whom nothing is known.
    let named = format!("suspect_number=Kanarie&on=2025&offence=article_2&{GROUND}");
    let answer = site.post(&path, &cookie, &named).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&body(answer).await, &["href=\"#suspect_number\"", "id=\"wrong-suspect_number\""]);
    let answer = site.post(&format!("{case}/record/suspect"), &cookie, &format!("sex=M&{GROUND}")).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(&body(answer).await, &["href=\"#roles\""]);
    for (kind, form) in [
        ("suspect", "suspect_number=S-4711&sex=M&birth_year=1990&citizenships=RO"),
        ("suspicion", "suspect_number=S-4711&on=01-03-2025&offence=article_2&form=LABOUR"),
        ("prosecution", "suspect_number=S-4711&on=2025-06&offence=article_2&decision=charged_other"),
        ("judgment", "suspect_number=S-4711&on=2026&offence=article_2&judgment=conviction&final=false"),
    ] {
        let path = format!("{case}/record/{kind}");
        let answer = site.post(&path, &cookie, &format!("{form}&{GROUND}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{kind}");
    }
    // The case shows them, the newest first, to whoever may read about suspects and to nobody else.
    let page = body(site.get(&case, &cookie).await).await;
    has(&page, &["S-4711", "conviction", "charged with another offence", "labour exploitation", "1990<"]);
    assert!(!page.contains("1990.0"), "{page}");
    let registrar = site.log_in("registrar").await;
    let page = body(site.get(&case, &registrar).await).await;
    assert!(page.contains("<h1>") && !page.contains("S-4711"), "{page}");
}
