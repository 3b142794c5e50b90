//! What was entered is not lost: another language shows it again, and what does not fit is said beside it, all at once. A password is
//! never shown again.

use axum::http::{StatusCode, header};

use crate::common::{Site, body};
use crate::posts::with_file;

/// Pieces of a page, in this order.
pub(crate) fn has(page: &str, pieces: &[&str]) {
    let mut rest = page;
    for piece in pieces {
        let found = rest.split_once(piece);
        rest = found.unwrap_or_else(|| panic!("{piece} is not there, or not in order: {page}")).1;
    }
}

#[tokio::test]
async fn another_language_keeps_what_was_entered() {
    let site = Site::new();
    let cookie = site.log_in("keeper").await;
    let person = format!("/person/{}", site.person);
    let record = format!("/record/support/{}", site.record);
    let correction = format!("{person}/correct/{}", site.registrations[0]);
    let story = "Een lang verhaal</textarea>";
    let forms: [(&str, &str, &[&str]); 8] = [
        (
            &format!("{person}/record/status"),
            "reasons=Een+lang+verhaal&decided_on=31-5&status=PRESUMED&organisation=shelter&basis=akkoord",
            &["PRESUMED\" selected", story, "value=\"31-5\"", "shelter\" selected", "value=\"akkoord\""],
        ),
        (
            &record,
            "version=1&types=Legal&types=Health&objectives=Een+lang+verhaal",
            &["name=\"version\" value=\"1\"", "\"Health\" checked", "\"Legal\" checked", story],
        ),
        (
            &correction,
            "version=7&happened_on=5-2016&sex=M&region=ZH",
            &["name=\"version\" value=\"7\"", "value=\"5-2016\"", "\"M\" selected", "value=\"ZH\""],
        ),
        (
            &format!("{person}/identity/write"),
            "whole=yes&given_name=Anna&birth_date=1990",
            &["name=\"whole\" value=\"yes\"", "value=\"Anna\"", "value=\"1990\""],
        ),
        (&format!("{person}/identity/write"), "alias=Anna", &["value=\"Anna\""]),
        (
            &format!("{person}/glass"),
            "reason=Een+lang+verhaal&minutes=15&notified=linker",
            &[story, "value=\"15\"", "value=\"linker\""],
        ),
        (
            "/account",
            "go=token&label=mijn-token&operation=notify&expires_on=2027-01-31&password=Geheim1&code=Geheim2",
            &["value=\"mijn-token\"", "\"notify\" checked", "value=\"2027-01-31\""],
        ),
        ("/users", "go=add&user=ada&organisation=shelter", &["value=\"ada\"", "shelter\" selected"]),
    ];
    for (path, form, kept) in forms {
        for (lang, other) in [("nl", "English"), ("en", "Nederlands")] {
            let answer = site.post(path, &cookie, &format!("{form}&lang={lang}")).await;
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let set = answer.headers()[header::SET_COOKIE].to_str().unwrap();
            assert!(set.starts_with(&format!("lang={lang};")), "{path}: {set}");
            let page = body(answer).await;
            has(&page, &[&format!("<html lang=\"{lang}\">"), other]);
            has(&page, kept);
            assert!(!page.contains("Geheim"), "{page}");
            // What is sent by pressing Enter is the form, not another language.
            let form = page.split(" name=\"lang\"").next().unwrap().rsplit(" form=\"").next().unwrap();
            let form = form.split('"').next().unwrap();
            let first = page.find(&format!("form=\"{form}\" tabindex=\"-1\""));
            assert!(first.is_some() && first < page.find(other), "{page}");
            assert!(page.contains(&format!("<form id=\"{form}\"")), "{page}");
        }
    }
    // Nothing of it was done.
    assert!(!body(site.get("/users", &cookie).await).await.contains("aria-label=\"ada\""));
    let page = body(site.post(&format!("{person}/identity"), &cookie, "").await).await;
    assert!(page.contains("Synthia") && !page.contains("Anna"), "{page}");
}

/// A form: its address, what is entered, and what the page then holds.
type FormCase<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

#[tokio::test]
async fn another_language_keeps_what_was_chosen_beside_a_file() {
    let site = Site::new();
    let cookie = site.log_in("keeper").await;
    let lang = ("lang", "nl");
    let forms: [FormCase<'_>; 3] = [
        (
            "/estimate",
            &[lang, ("lists", "a,b"), ("level", "0.9"), ("thorough", "yes")],
            &["value=\"a,b\"", "value=\"0.9\"", "value=\"yes\" checked"],
        ),
        ("/design", &[lang, ("lists", "a,b"), ("seed", "77")], &["value=\"a,b\"", "value=\"77\""]),
        ("/import", &[lang, ("organisation", "police"), ("lane", "help")], &["police\" selected"]),
    ];
    for (path, fields, kept) in forms {
        let answer = site.ask(with_file(path, &cookie, fields, "a,b\n1,0\n")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let page = body(answer).await;
        has(&page, &["<html lang=\"nl\">"]);
        has(&page, kept);
    }
    // What the columns of a file are is taken, and shown in the other language.
    let fields = [("organisation", "police"), ("lane", "help")];
    let answer = site.ask(with_file("/import", &cookie, &fields, "case,when\nx1,2016\n")).await;
    let at = answer.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let id = at.strip_prefix("/import/").unwrap();
    let form = format!("upload={id}&column.0=local_key&column.1=happened_on&lang=nl");
    let answer = site.post("/import/columns", &cookie, &form).await;
    assert_eq!(answer.headers()[header::LOCATION], *at);
    assert!(answer.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("lang=nl;"));
    assert!(body(site.get(&at, &cookie).await).await.contains("/import/take"));
}

#[tokio::test]
async fn all_that_does_not_fit_in_a_record_is_said_at_its_field() {
    let site = Site::new();
    let cookie = site.log_in("case_worker").await;
    let path = format!("/person/{}/record/status", site.person);
    let form =
        "status=PRESUMED&decided_on=31-31-2016&supersedes=none&organisation=police&purpose=help&basis=";
    let answer = site.post(&path, &cookie, form).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    has(
        &page,
        &[
            "href=\"#deciding_organisation\"",
            "href=\"#reasons\"",
            "href=\"#decided_on\"",
            "href=\"#supersedes\"",
            "href=\"#basis\"",
            "<form id=\"record\"",
            "data-unsaved=\"begun\"",
        ],
    );
    for field in ["deciding_organisation", "reasons", "decided_on", "supersedes", "basis"] {
        has(
            &page,
            &[
                &format!("id=\"wrong-{field}\""),
                &format!("id=\"{field}\""),
                &format!("aria-invalid=\"true\" aria-describedby=\"wrong-{field}\""),
            ],
        );
    }
    // One begins at the first, what was entered is there, and a day is named as it is typed.
    has(&page, &["aria-describedby=\"wrong-deciding_organisation\" autofocus"]);
    assert_eq!(page.matches("autofocus").count(), 1);
    has(&page, &["PRESUMED\" selected", "value=\"31-31-2016\"", "value=\"none\""]);
    assert!(page.contains("31-05-2016") && !page.contains("2016-05-31"), "{page}");
    let form = form.replace("purpose=help", "purpose=none") + "&lang=";
    let page = body(site.post(&path, &format!("{cookie}; lang=nl"), &form).await).await;
    has(&page, &["href=\"#purpose\"", "href=\"#basis\"", "dit is verplicht"]);
    // Numbers that are none, beside a field that is missing.
    let path = format!("/person/{}/record/episode", site.person);
    let form = "debt=many&hours_a_week=-3&organisation=police&purpose=help&basis=consent";
    let page = body(site.post(&path, &cookie, form).await).await;
    has(&page, &["href=\"#form\"", "href=\"#hours_a_week\"", "href=\"#debt\""]);
    has(&page, &["value=\"-3\"", "value=\"many\""]);
    // Boxes that must be ticked.
    let path = format!("/person/{}/record/support", site.person);
    let form = "plan=x&organisation=police&purpose=help&basis=consent";
    let page = body(site.post(&path, &cookie, form).await).await;
    has(&page, &["href=\"#types\"", "id=\"types\"", "id=\"wrong-types\"", "describedby=\"wrong-types\""]);
}

#[tokio::test]
async fn all_that_does_not_fit_in_a_correction_is_said_at_its_field() {
    let site = Site::new();
    let cookie = site.log_in("registrar").await;
    let path = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    let form = "version=1&happened_on=31-31-2016&birth_year=99&region=a+b&form=SEX_OTHER";
    let answer = site.post(&path, &cookie, form).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = body(answer).await;
    has(
        &page,
        &[
            "href=\"#happened_on\"",
            "href=\"#birth_year\"",
            "href=\"#region\"",
            "id=\"wrong-happened_on\"",
            "aria-describedby=\"wrong-happened_on\" autofocus",
            "value=\"31-31-2016\"",
            "id=\"wrong-birth_year\"",
            "value=\"99\"",
            "SEX_OTHER\" selected",
            "id=\"wrong-region\"",
            "value=\"a b\"",
        ],
    );
    assert!(page.contains("31-05-2016") && !page.contains("2016-05-31"), "{page}");
    // What cannot be so together is said where each field fits by itself, also in Dutch.
    let form = "version=1&birth_year=2010&minor=no";
    let page = body(site.post(&path, &format!("{cookie}; lang=nl"), form).await).await;
    has(&page, &["href=\"#minor\"", "jonger dan 18", "value=\"2010\"", "id=\"wrong-minor\""]);
    // Nothing was corrected so far.
    let page = body(site.get(&path, &cookie).await).await;
    has(&page, &["name=\"version\" value=\"1\""]);
}

#[tokio::test]
async fn a_case_number_in_use_names_the_day_and_leads_to_the_correction() {
    let site = Site::new();
    let form =
        "lane=help&organisation=police&local_key=1&happened_on=2016-06&sex=F&minor=no&form=LABOUR&sector=A";
    let correction = format!("/person/{}/correct/{}", site.person, site.registrations[0]);
    for (lang, day, was) in [("en", "31 May 2016", "June 2016"), ("nl", "31 mei 2016", "juni 2016")] {
        let cookie = format!("{}; lang={lang}", site.log_in("registrar").await);
        let answer = site.post("/notify", &cookie, form).await;
        assert_eq!(answer.status(), StatusCode::CONFLICT);
        let page = body(answer).await;
        has(&page, &[day, was, &correction]);
        assert!(!page.contains("2016-05-31"), "{page}");
    }
    // Who may notify and not correct is shown nothing to do.
    let page = body(site.post("/notify", &site.log_in("police_liaison").await, form).await).await;
    assert!(page.contains("role=\"alert\"") && !page.contains("/correct/"), "{page}");
    // Who it is: said at its field, and not folded away.
    let form = form.replace("local_key=1", "local_key=5") + "&identity.birth_date=31-31-1990";
    let page = body(site.post("/notify", &site.log_in("registrar").await, &form).await).await;
    has(&page, &["href=\"#identity.birth_date\"", "<details open>", "id=\"wrong-identity.birth_date\""]);
}

#[tokio::test]
async fn days_that_are_no_days_are_answered_as_they_are_typed() {
    let site = Site::new();
    let keeper = site.log_in("keeper").await;
    let hold = |until: &str| format!("go=hold&owner=Ada&until={until}&person={}", site.person);
    let words = [("en", "Until: a date, such as 31-01-2027"), ("nl", "Tot: een datum, zoals 31-01-2027")];
    for (lang, words) in words {
        let answer = site.post("/retention", &format!("{keeper}; lang={lang}"), &hold("tomorrow")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = body(answer).await;
        assert!(page.contains(words), "{page}");
        let token = "go=token&label=x&operation=notify&expires_on=tomorrow";
        let page = body(site.post("/account", &format!("{keeper}; lang={lang}"), token).await).await;
        assert!(page.contains("31-01-2027") && page.contains("value=\"tomorrow\""), "{page}");
    }
    // A day as people type it is one.
    let now = jiff::Timestamp::now().to_string();
    let year = now[..4].parse::<i32>().unwrap() + 1;
    let done = site.through("/retention", &keeper, &hold(&format!("31-01-{year}"))).await;
    assert!(done.contains(&format!("31 January {year}")), "{done}");
}
