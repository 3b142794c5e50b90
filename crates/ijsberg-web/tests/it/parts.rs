//! The part of the article that a notification rests on: typed as people write it, said in words, corrected.

use axum::http::StatusCode;

use crate::common::{Site, body};
use crate::entered::has;

const FORM: &str = "lane=help&organisation=police&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A";

#[tokio::test]
async fn the_part_of_the_article_is_typed_by_number_and_shown_in_words() {
    let site = Site::new();
    for (lang, label, shown) in [
        ("en", "Item of article 273f(1)", "sub 3: recruiting"),
        ("nl", "Onderdeel van artikel 273f, lid 1", "sub 3: iemand aanwerven"),
    ] {
        let cookie = format!("{}; lang={lang}", site.log_in("registrar").await);
        let page = body(site.get("/notify", &cookie).await).await;
        has(&page, &[label, "id=\"article_part\" name=\"article_part\""]);
        for (i, typed) in ["3", "sub+3", "sub3"].into_iter().enumerate() {
            let form = format!("{FORM}&local_key={lang}{i}&article_part={typed}");
            let answer = site.post("/notify", &cookie, &form).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{typed}");
            let case = answer.headers()["location"].to_str().unwrap().to_owned();
            has(&body(site.get(&case, &cookie).await).await, &[label, shown]);
        }
        // What is registered already is compared by what it is.
        let again = format!("{FORM}&local_key={lang}0&article_part=6");
        let page = body(site.post("/notify", &cookie, &again).await).await;
        has(&page, &[shown, "sub 6: "]);
        let same = format!("{FORM}&local_key={lang}1&article_part=3");
        let page = body(site.post("/notify", &cookie, &same).await).await;
        assert!(page.contains("role=\"alert\"") && !page.contains(shown), "{page}");
    }
}

#[tokio::test]
async fn a_part_is_corrected_in_the_ticked_cases_and_put_back() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let page = body(site.get("/register", &cookie).await).await;
    has(&page, &["label=\"Item of article 273f(1)\"", "value=\"article_part=sub3\">sub 3: recruiting"]);
    let case = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let form = format!("to=article_part%3Dsub3&case={}:1", site.registrations[0]);
    for (at, form, kept) in [("/register/correct", form.as_str(), "sub3"), ("/register/undo", "", "")] {
        assert_eq!(site.post(at, &cookie, form).await.status(), StatusCode::SEE_OTHER, "{at}");
        let was = format!("name=\"was.article_part\" value=\"{kept}\"");
        has(&body(site.get(&case, &cookie).await).await, &[&was]);
    }
}

#[tokio::test]
async fn a_part_is_corrected_and_what_is_none_is_said_at_the_field() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let new = format!("{FORM}&local_key=p&article_part=12");
    for (form, at) in [(new.as_str(), "/notify"), ("version=1&article_part=12", &path)] {
        let answer = site.post(at, &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        let page = body(answer).await;
        has(&page, &["href=\"#article_part\"", "\"wrong-article_part\">numbers of items", "value=\"12\""]);
    }
    assert_eq!(site.post(&path, &cookie, "version=1&article_part=4,1").await.status(), StatusCode::SEE_OTHER);
    let page = body(site.get(&path, &cookie).await).await;
    has(&page, &["name=\"was.article_part\" value=\"sub1 sub4\"", "value=\"sub 1, sub 4\""]);
    // Somebody else made it another part meanwhile: both are said in words.
    let mine = "version=1&article_part=3&was.article_part=";
    let answer = site.post(&path, &cookie, mine).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    has(&body(answer).await, &["name=\"take.article_part\"", "sub 1: ", "sub 4: ", "sub 3: "]);
}
