//! Regions by name, where a country has a profile.

use axum::http::StatusCode;

use crate::common::{Site, body};
use crate::entered::has;

const FORM: &str = "lane=help&organisation=police&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A";

#[tokio::test]
async fn regions_are_chosen_and_shown_by_name() {
    let site = Site::new();
    let (english, dutch) = ("South Holland", "Zuid-Holland");
    for (lang, shown, other) in [("en", english, dutch), ("nl", dutch, english)] {
        let cookie = format!("{}; lang={lang}", site.log_in("registrar").await);
        let option = format!("<option value=\"{shown}\">");
        let page = body(site.get("/notify", &cookie).await).await;
        has(&page, &["id=\"region\" name=\"region\" list=\"regions\"", "<datalist id=\"regions\">", &option]);
        assert!(!page.contains(&format!("<option value=\"{other}\">")), "{page}");
        // Names in either language, and codes in capitals or not.
        for (i, typed) in ["Zuid-Holland", "south+holland", "NL-ZH", "nl-zh"].into_iter().enumerate() {
            let form = format!("{FORM}&local_key={lang}{i}&region={typed}");
            let answer = site.post("/notify", &cookie, &form).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{typed}");
            let case = answer.headers()["location"].to_str().unwrap().to_owned();
            let page = body(site.get(&case, &cookie).await).await;
            assert!(page.contains(shown) && !page.contains("NL-ZH"), "{typed}: {page}");
        }
        // What is registered already is compared by what it is, and said by name.
        let again = format!("{FORM}&local_key={lang}0&region=Utrecht");
        let page = body(site.post("/notify", &cookie, &again).await).await;
        has(&page, &[shown, "Utrecht"]);
        let again = format!("{FORM}&local_key={lang}0&region={}", other.replace(' ', "+"));
        let page = body(site.post("/notify", &cookie, &again).await).await;
        let before = body(site.get("/notify", &cookie).await).await;
        let named = |page: &str| page.matches(&format!("{shown},")).count();
        assert!(named(&page) == named(&before) && page.contains("role=\"alert\""), "{page}");
    }
}

#[tokio::test]
async fn codes_of_other_countries_are_taken_and_other_names_are_said_at_the_field() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let new = format!("{FORM}&local_key=r&region=Randstad");
    for (form, at) in [(new.as_str(), "/notify"), ("version=1&region=Randstad", &path)] {
        let answer = site.post(at, &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        let page = body(answer).await;
        has(&page, &["href=\"#region\"", "\"wrong-region\">a region from the list or a code"]);
        has(&page, &["list=\"regions\" aria-invalid=\"true\"", "value=\"Randstad\""]);
    }
    for (version, typed, kept, shown) in [
        (1, "be-van", "BE-VAN", "BE-VAN"),
        (2, "Schotland", "GB-SCT", "Scotland"),
        (3, "NL-99", "NL-99", "NL-99"),
    ] {
        let form = format!("version={version}&region={typed}");
        assert_eq!(site.post(&path, &cookie, &form).await.status(), StatusCode::SEE_OTHER, "{typed}");
        let page = body(site.get(&path, &cookie).await).await;
        has(&page, &[&format!("name=\"was.region\" value=\"{kept}\""), &format!("value=\"{shown}\"")]);
    }
}
