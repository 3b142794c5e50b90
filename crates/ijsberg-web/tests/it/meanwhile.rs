//! Somebody else comes between: a correction that meets another one, and a preview of an import while nothing or something happens.

use axum::http::{StatusCode, header};

use crate::common::{Site, body};
use crate::entered::has;
use crate::posts::with_file;

/// The hidden fields of the correction form of a page, as they would be sent.
fn carried(page: &str) -> String {
    let form = page.split_once("<form id=\"correction\"").unwrap().1;
    let fields = form.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        format!("{name}={}", rest.split_once('"').unwrap().0.replace(' ', "+"))
    });
    fields.collect::<Vec<_>>().join("&")
}

/// A choice of a field, as it is on the page.
fn choice(field: &str, take: &str, chosen: bool) -> String {
    let checked = if chosen { " checked" } else { "" };
    format!("name=\"take.{field}\" value=\"{take}\"{checked} required")
}

const MINE: &str = "happened_on=31-5-2016&sex=F&birth_year=&minor=no&nationality=Romania&form=BEGGING&sector=A\
                    &region=South+Holland";

#[tokio::test]
async fn a_correction_that_meets_another_is_chosen_field_by_field() {
    let site = Site::new();
    let (cookie, other) = (site.log_in("registrar").await, site.log_in("keeper").await);
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let opened = carried(&body(site.get(&path, &cookie).await).await);
    assert!(opened.starts_with("version=1&was.happened_on=2016-05-31&was.sex=F&"), "{opened}");
    let theirs = "version=1&happened_on=1-6-2016&birth_year=1990&form=SEX_OTHER";
    let done = site.post(&path, &other, theirs).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER);

    // What only one of the two changed is chosen, what both did is not; who changed nothing there is not asked.
    let answer = site.post(&path, &cookie, &format!("{opened}&{MINE}")).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = body(answer).await;
    let chosen = [
        ("happened_on", true, false),
        ("birth_year", true, false),
        ("nationality", false, true),
        ("form", false, false),
        ("region", false, true),
    ];
    for (field, theirs, mine) in chosen {
        has(&page, &[&choice(field, "theirs", theirs), &choice(field, "mine", mine)]);
    }
    for field in ["sex", "minor", "sector"] {
        assert!(!page.contains(&format!("take.{field}")), "{page}");
    }
    has(
        &page,
        &[
            "role=\"alert\"",
            "name=\"version\" value=\"2\"",
            "When you opened the form: 31 May 2016",
            "The other person entered: 1 June 2016",
            "When you opened the form: not known",
            "The other person entered: 1990",
            "You entered: Romania",
            "When you opened the form: labour exploitation",
            "You entered: South Holland",
        ],
    );

    // Without a choice nothing is saved, it is said at the field, and the other choices stay; also in another language.
    let form = format!(
        "{}&take.happened_on=theirs&take.birth_year=theirs&take.nationality=mine&take.region=theirs",
        carried(&page)
    );
    let answer = site.post(&path, &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    let at_field = ["href=\"#form\"", "id=\"form\"", "id=\"wrong-form\"", "\"wrong-form\" autofocus"];
    has(&page, &at_field);
    has(&page, &[&choice("nationality", "mine", true), &choice("region", "theirs", true)]);
    assert!(carried(&page).contains("region=South+Holland"), "{page}");
    let answer = site.post(&path, &cookie, &format!("{form}&lang=nl")).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = body(answer).await;
    has(&page, &["<html lang=\"nl\">", &choice("happened_on", "theirs", true), "Zuid-Holland"]);

    // It is saved against the new version.
    let form = form.replace("take.region=theirs", "take.region=mine") + "&take.form=mine";
    let answer = site.post(&path, &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = body(site.get(&path, &cookie).await).await;
    has(
        &page,
        &[
            "name=\"version\" value=\"3\"",
            "name=\"was.happened_on\" value=\"2016-06-01\"",
            "name=\"was.birth_year\" value=\"1990\"",
            "name=\"was.nationality\" value=\"RO\"",
            "name=\"was.form\" value=\"BEGGING\"",
            "name=\"was.region\" value=\"NL-ZH\"",
            "value=\"South Holland\"",
        ],
    );
}

#[tokio::test]
async fn choices_that_meet_a_third_correction_are_asked_for_again_where_it_matters() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let opened = carried(&body(site.get(&path, &cookie).await).await);
    let correct = async |form: &str| site.post(&path, &cookie, form).await.status();
    assert_eq!(correct("version=1&form=SEX_OTHER").await, StatusCode::SEE_OTHER);
    let page = body(site.post(&path, &cookie, &format!("{opened}&{MINE}")).await).await;
    let choices = "&take.form=mine&take.nationality=mine&take.region=mine";
    let form = carried(&page) + choices;
    assert_eq!(correct("version=2&form=BEGGING&sex=M&region=NL-UT").await, StatusCode::SEE_OTHER);
    let answer = site.post(&path, &cookie, &form).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = body(answer).await;
    // Both made the same of the form; the region is asked for, and what only the other changed is theirs.
    has(&page, &["name=\"version\" value=\"3\"", &choice("sex", "theirs", true)]);
    has(&page, &[&choice("nationality", "mine", true)]);
    has(&page, &[&choice("region", "theirs", false), &choice("region", "mine", false)]);
    assert!(!page.contains("take.form"), "{page}");

    // Who changed nothing, or the same, overwrites nothing and is asked nothing.
    let same = format!("{opened}&sex=M&form=LABOUR&region=");
    assert_eq!(correct(&same).await, StatusCode::SEE_OTHER);
    let page = body(site.get(&path, &cookie).await).await;
    has(&page, &["name=\"version\" value=\"3\"", "name=\"was.form\" value=\"BEGGING\""]);

    // What does not fit is said first, beside all that was entered.
    let answer = site.post(&path, &cookie, &format!("{opened}&region=Holland&sex=X")).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    has(&page, &["value=\"1\"", "\"X\" selected", "id=\"wrong-region\"", "value=\"Holland\""]);
}

/// Looks of an import that the log has.
async fn looks(site: &Site, cookie: &str) -> usize {
    body(site.get("/audit", cookie).await).await.matches("<td class=\"code\">dry run</td>").count()
}

#[tokio::test]
async fn a_preview_that_is_opened_again_is_checked_again_only_where_something_happened() {
    let site = Site::new();
    let cookie = site.log_in("keeper").await;
    let fields = [("organisation", "police"), ("lane", "help")];
    let file = "case,date,first name\nCanary,2016,Canary\nx,2061,Canary\n";
    let answer = site.ask(with_file("/import", &cookie, &fields, file)).await;
    let at = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let id = at.strip_prefix("/import/").unwrap();
    let first = body(site.get(&at, &cookie).await).await;
    let again = body(site.get(&at, &cookie).await).await;
    assert!(first.contains("/import/faults") && first == again, "{again}");
    let faults = site.post("/import/faults", &cookie, &format!("upload={id}")).await;
    assert_eq!(faults.status(), StatusCode::OK);
    assert!(body(faults).await.lines().count() > 1);
    assert_eq!(looks(&site, &cookie).await, 1);
    // Reading the log is in the log as well.
    site.get(&at, &cookie).await;
    assert_eq!(looks(&site, &cookie).await, 2);
    // Other columns are checked at once.
    site.get(&at, &cookie).await;
    let columns = format!("upload={id}&column.0=local_key&column.1=happened_on");
    site.post("/import/columns", &cookie, &columns).await;
    let page = body(site.get(&at, &cookie).await).await;
    assert!(page.contains("/import/faults"), "{page}");
    assert_eq!(looks(&site, &cookie).await, 4);
}
