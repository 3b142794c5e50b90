//! Several citizenships of one person: entered in a form that needs no scripts, shown by name, corrected, and named where they do not fit.

use axum::http::StatusCode;

use crate::common::{Site, body};
use crate::entered::has;

const FORM: &str = "lane=help&organisation=police&happened_on=2016&sex=F&minor=no&form=LABOUR&sector=A";

/// How an input of the form begins, whichever it is.
const INPUT: &str = "name=\"nationality\" list=\"countries\"";

#[tokio::test]
async fn several_citizenships_are_entered_and_shown_by_name() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    for (key, lang, typed, shown) in [
        ("two", "en", "nationality=Netherlands&nationality=&nationality=MA", "Morocco, Netherlands"),
        ("none", "en", "nationality=Stateless&nationality=&nationality=", "Stateless"),
        ("three", "nl", "nationality=Marokko%3B+nederland&nationality=sy", "Marokko, Nederland, Syrië"),
        ("unknown", "nl", "nationality=Onbekend&nationality=", "niet bekend"),
    ] {
        let label = if lang == "nl" { "Nationaliteit" } else { "Nationality" };
        let cookie = format!("{cookie}; lang={lang}");
        let page = body(site.get("/notify", &cookie).await).await;
        let second = format!("aria-label=\"{label} 2\"");
        has(&page, &[label, "id=\"nationality\" name=\"nationality\"", &second]);
        assert_eq!(page.matches(INPUT).count(), 3, "{page}");
        let form = format!("{FORM}&local_key={key}&{typed}");
        let answer = site.post("/notify", &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{typed}");
        let case = answer.headers()["location"].to_str().unwrap().to_owned();
        has(&body(site.get(&case, &cookie).await).await, &[label, shown]);
    }
    // What is registered already is compared by what it is, in whatever order it was typed.
    let again = async |typed: &str| {
        let form = format!("{FORM}&local_key=two&{typed}");
        let answer = site.post("/notify", &cookie, &form).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        body(answer).await
    };
    let page = again("nationality=MA&nationality=NL").await;
    assert!(page.contains("role=\"alert\"") && !page.contains("Morocco, Netherlands"), "{page}");
    has(&again("nationality=MA").await, &["role=\"alert\"", "Morocco, Netherlands"]);
}

#[tokio::test]
async fn what_is_no_citizenship_is_said_at_the_field_with_all_that_was_typed() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let typed = "nationality=NL&nationality=Stateless&nationality=QQ";
    let (new, correction) = (format!("{FORM}&local_key=p&{typed}"), format!("version=1&{typed}"));
    for (form, at) in [(&new, "/notify"), (&correction, path.as_str())] {
        let answer = site.post(at, &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        let page = body(answer).await;
        let told = ["href=\"#nationality\"", "id=\"wrong-nationality\">countries from the list"];
        has(&page, &told);
        has(&page, &["id=\"nationality\"", "aria-describedby=\"wrong-nationality\"", "value=\"NL\""]);
        has(&page, &["value=\"NL\"", "value=\"Stateless\"", "value=\"QQ\"", INPUT]);
        // One more than was typed, for another.
        assert_eq!(page.matches(INPUT).count(), 4, "{page}");
    }
    // Nobody is stateless and a citizen.
    let both = format!("{FORM}&local_key=p&nationality=NL&nationality=Stateless");
    assert_eq!(site.post("/notify", &cookie, &both).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn citizenships_are_corrected_and_a_choice_between_two_corrections_names_them_all() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let form = "version=1&nationality=Netherlands&nationality=MA&nationality=";
    assert_eq!(site.post(&path, &cookie, form).await.status(), StatusCode::SEE_OTHER);
    let page = body(site.get(&path, &cookie).await).await;
    has(&page, &["name=\"was.nationality\" value=\"MA;NL\"", "value=\"Morocco\"", "value=\"Netherlands\""]);
    assert_eq!(page.matches(INPUT).count(), 3, "{page}");
    // Whoever opened the form before enters something else.
    let mine = "version=1&nationality=SY&nationality=RO&was.nationality=";
    let answer = site.post(&path, &cookie, mine).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = body(answer).await;
    has(&page, &["name=\"nationality\" value=\"SY; RO\"", "Morocco, Netherlands", "Romania, Syria"]);
    let chosen = "version=2&clash=yes&nationality=SY%3B+RO&was.nationality=MA%3BNL&opened.nationality=\
                  &take.nationality=mine";
    assert_eq!(site.post(&path, &cookie, chosen).await.status(), StatusCode::SEE_OTHER);
    let page = body(site.get(&path, &cookie).await).await;
    has(&page, &["name=\"was.nationality\" value=\"RO;SY\""]);
}

#[tokio::test]
async fn citizenships_are_corrected_in_the_ticked_cases_and_put_back() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let page = body(site.get("/register", &cookie).await).await;
    has(&page, &["Or new nationalities", "id=\"nationality\" name=\"nationality\""]);
    let case = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let is = async |kept: &str| {
        let was = format!("name=\"was.nationality\" value=\"{kept}\"");
        has(&body(site.get(&case, &cookie).await).await, &[&was]);
    };
    let ticked = format!("case={}:1", site.registrations[0]);
    let typed = format!("to=&nationality=Netherlands%3B+MA&{ticked}");
    let page = site.through("/register/correct", &cookie, &typed).await;
    has(&page, &["Nationality is now Morocco, Netherlands"]);
    is("MA;NL").await;
    assert_eq!(site.post("/register/undo", &cookie, "").await.status(), StatusCode::SEE_OTHER);
    is("").await;
    // Either is corrected, and what is no country is not.
    let both = format!("to=sex%3DM&nationality=NL&{}", ticked.replace(":1", ":3"));
    let page = site.through("/register/correct", &cookie, &both).await;
    let checked = format!("value=\"{}:3\" form=\"many\" checked", site.registrations[0]);
    has(&page, &["not both", &checked, "<option value=\"sex=M\" selected>"]);
    let wrong = format!("to=&nationality=Nederlnd%3B+MA&{}", ticked.replace(":1", ":3"));
    let page = site.through("/register/correct", &cookie, &wrong).await;
    has(&page, &["class=\"note bad\"", "Nationality: names of countries or their two-letter codes"]);
    // Nothing has to be ticked and typed again.
    has(&page, &[&checked, "name=\"nationality\" value=\"Nederlnd; MA\""]);
    assert_eq!(page.matches("form=\"many\" checked").count(), 1, "{page}");
    // It is filled in once, and of a case that somebody else corrected meanwhile not at all.
    let page = body(site.get("/register", &cookie).await).await;
    assert!(!page.contains("form=\"many\" checked") && !page.contains("Nederlnd"), "{page}");
    let late = site.through("/register/correct", &cookie, &format!("to=&nationality=NL&{ticked}")).await;
    has(&late, &["Tick the cases again", "name=\"nationality\" value=\"NL\""]);
    assert!(!late.contains("form=\"many\" checked"), "{late}");
    is("").await;
}
