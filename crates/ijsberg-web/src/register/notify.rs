//! A notification, by track.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::citizenships;
use ijsberg_register::expected::Thing;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::{ImportResult, Notification, RowError};
use ijsberg_register::policy::Operation;
use ijsberg_register::registrations::{CaseKeyMatch, Registration};
use ijsberg_register::vault::FIELDS;
use ijsberg_register::worklist::{OpenLane, Organisation};
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;

use super::alike::{Fragment, Notice, alike};
use super::{Choice, FormData, choices, countries, field_value, joined, own, parts, regions};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::{FieldErrors, expected};

#[derive(Template)]
#[template(path = "notify.html")]
struct NotificationPage<'a> {
    s: Shell<'a>,
    sent: FormData,
    lanes: Vec<OpenLane>,
    organisations: Vec<Organisation>,
    radios: [(&'static str, Vec<Choice>); 2],
    selects: [(&'static str, Vec<Choice>); 2],
    identity: Vec<(&'static str, String, String)>,
    /// Fields that do not fit, with what is expected.
    wrong: FieldErrors,
    already: Option<ExistingCase>,
    /// People who may already be registered, if the user asked for a check.
    notice: Option<Notice>,
    /// Whether the visitor may ask that.
    checks: bool,
    countries: Vec<String>,
    regions: Vec<&'static str>,
    synthetic: bool,
}

/// The case number is in use: the registration under it is not changed.
struct ExistingCase {
    words: String,
    /// Field by field, what is registered and what was entered.
    differs: Vec<String>,
    /// The case, for users who may read it.
    case: Option<String>,
    /// The page where it is corrected, for users who may.
    correct: Option<String>,
}

impl NotificationPage<'_> {
    fn value(&self, field: &str) -> &str {
        field_value(&self.sent, field)
    }

    /// An input for each citizenship.
    fn nationalities(&self) -> Vec<String> {
        countries::inputs(self.value("nationality"))
    }

    /// Something about who it is does not fit, which is not to be folded away.
    fn identity_is_wrong(&self) -> bool {
        self.wrong.all().iter().any(|w| w.field.starts_with("identity."))
    }

    /// The chosen track; the one without names where none was chosen.
    fn lane(&self) -> &str {
        let lane = field_value(&self.sent, "lane");
        if lane.is_empty() { self.lanes.last().map_or("", |l| &l.name) } else { lane }
    }
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&filled(&app, &visitor, FormData::new(), FieldErrors::default()).await?)
}

async fn filled<'a>(
    app: &'a Arc<App>,
    visitor: &Visitor,
    sent: FormData,
    wrong: FieldErrors,
) -> Result<NotificationPage<'a>, WebError> {
    let (organisations, lanes) =
        RegisterPool::glance(app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell::new(app, visitor, "web-notify").with_form("notification").begun(!sent.is_empty());
    let or = |field: &str, usual: &str| {
        let value = field_value(&sent, field).to_owned();
        if value.is_empty() { usual.to_owned() } else { value }
    };
    Ok(NotificationPage {
        organisations: own(visitor, organisations, Operation::Notify),
        radios: [
            ("sex", choices(&s, "sex", &or("sex", "UNKNOWN"))),
            ("minor", choices(&s, "answer", &or("minor", "not_asked"))),
        ],
        selects: [
            ("form", choices(&s, "form", &or("form", "UNKNOWN"))),
            ("sector", choices(&s, "sector", &or("sector", "UNKNOWN"))),
        ],
        identity: FIELDS
            .iter()
            .map(|f| {
                (*f, s.t(&format!("field-{f}")), field_value(&sent, &format!("identity.{f}")).to_owned())
            })
            .collect(),
        synthetic: app.config.synthetic,
        already: None,
        notice: None,
        checks: visitor.may(Operation::ReadRegistration),
        countries: countries::names(&s),
        regions: regions::names(&s),
        lanes,
        sent,
        wrong,
        s,
    })
}

/// The notice alone, for the page to put in its place.
pub(crate) async fn look(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let sent = joined(sent);
    if !visitor.may(Operation::Notify) {
        return Err(WebError::NotFound);
    }
    if !field_value(&sent, "whole").is_empty() {
        return looked(&app, &visitor, sent).await;
    }
    let Some(notice) = alike(&app, &visitor, &sent).await? else { return Err(WebError::NotFound) };
    let s = Shell::new(&app, &visitor, "web-notify");
    Ok(Html(Fragment { s, notice }.render()?).into_response())
}

/// The form again, with who may be registered already; nothing is taken.
async fn looked(app: &Arc<App>, visitor: &Visitor, sent: FormData) -> Result<Response, WebError> {
    let notice = alike(app, visitor, &sent).await?;
    page(&NotificationPage { notice, ..filled(app, visitor, sent, FieldErrors::default()).await? })
}

/// The case that was notified; a case that was there and whose data are only stored is said to be there, and no more.
fn found(
    found: Result<CaseKeyMatch, RegisterError>,
    done: &ImportResult,
) -> Result<Option<CaseKeyMatch>, RegisterError> {
    match found {
        Err(RegisterError::NotFound(Thing::Case)) if done.already > 0 => Ok(None),
        other => other.map(Some),
    }
}

/// Takes it, or says what does not fit beside what was filled in.
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let sent = joined(sent);
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = page(&filled(&app, &visitor, sent, FieldErrors::default()).await?)?;
        return Ok(with_language(cookie, same));
    }
    let text = visitor.text(&app);
    let year = field_value(&sent, "birth_year");
    let birth_year = if year.is_empty() { Ok(None) } else { year.parse::<i64>().map(Some) };
    let lane = Lane::parse(field_value(&sent, "lane"));
    // What the form itself sees is said together with what the register finds.
    let mut unfit = FieldErrors::default();
    if lane.is_none() {
        unfit.add("lane", text.say("field-lane"), text.say("web-choose-one"));
    }
    if birth_year.is_err() {
        unfit.add("birth_year", text.say("field-birth_year"), text.say("web-year-expected"));
    }
    let identity = FIELDS.iter().map(|f| (*f, field_value(&sent, &format!("identity.{f}")).to_owned()));
    let text_of = |field: &str| field_value(&sent, field).to_owned();
    let notification = Notification {
        line: 1,
        organisation: text_of("organisation"),
        local_key: text_of("local_key"),
        happened_on: ijsberg_register::days::typed(field_value(&sent, "happened_on")),
        lane: lane.unwrap_or(Lane::Statistics),
        basis: text_of("basis"),
        sex: text_of("sex"),
        birth_year: birth_year.unwrap_or_default(),
        minor: text_of("minor"),
        nationality: countries::kept(&app, field_value(&sent, "nationality")),
        form: text_of("form"),
        sector: text_of("sector"),
        region: regions::code(field_value(&sent, "region")),
        article_part: ijsberg_register::parts::typed(field_value(&sent, "article_part")),
        synthetic: app.config.synthetic,
        identity: identity.filter(|f| !f.1.is_empty()).collect(),
        tokens: Vec::new(),
        records: Vec::new(),
        unread: Vec::new(),
    };
    let (organisation, key) = (notification.organisation.clone(), notification.local_key.clone());
    let reads = visitor.session().is_some_and(|s| s.may_for(Operation::ReadRegistration, &organisation));
    let only_check = !unfit.is_empty();
    let done = RegisterPool::run(&app, visitor.by(), move |r| {
        if only_check {
            return Ok((r.notify_dry(&[notification])?, None, None));
        }
        let done = r.notify(&[notification])?;
        let find = |r: &mut Register| found(r.find(&organisation, &key), &done);
        let found = if reads && done.errors.is_empty() { find(r)? } else { None };
        // Of several organisations one may not be this user's to read: then the case number is all that is said.
        let before = found.filter(|_| done.already > 0).and_then(|f| {
            let id = ijsberg_crypto::hex(&f.registration);
            r.registrations(&f.person).ok()?.into_iter().find(|r| r.id == id)
        });
        Ok((done, found, before))
    });
    let (done, found, before) = done.await?;
    done.errors.iter().for_each(|e| add(&mut unfit, text, e));
    if !unfit.is_empty() {
        return again(&app, &visitor, sent, unfit).await;
    }
    let case = found.map(|f| format!("/person/{}", ijsberg_crypto::hex(&f.person)));
    if done.already > 0 {
        let s = Shell::new(&app, &visitor, "web-notify");
        let mut already = already(&app, &s, before.as_ref(), &sent, case);
        already.correct = before.filter(|r| corrects(&visitor, r)).map(|r| correction(&r));
        let mut again = filled(&app, &visitor, sent, FieldErrors::default()).await?;
        // The link in the notice is the next step, so leaving the form for it is not asked about.
        again.s.begun = false;
        again.already = Some(already);
        return Ok((StatusCode::CONFLICT, Html(again.render()?)).into_response());
    }
    Ok(Redirect::to(case.as_deref().unwrap_or("/notify/thanks")).into_response())
}

/// A field that the register found not to fit; who it is stands in fields of its own.
fn add(all: &mut FieldErrors, text: &Text, e: &RowError) {
    if FIELDS.contains(&e.field) {
        let label = text.say(&format!("field-{}", e.field));
        all.add(&format!("identity.{}", e.field), label, expected(text, &e.expected));
    } else {
        all.found(text, e.field, &e.expected);
    }
}

fn corrects(visitor: &Visitor, r: &Registration) -> bool {
    visitor.session().is_some_and(|s| s.may_for(Operation::Correct, &r.organisation))
}

/// Where a registration is corrected.
fn correction(r: &Registration) -> String {
    format!("/person/{}/correct/{}", r.person, r.id)
}

/// What to say of a case number that is in use.
fn already(
    app: &App,
    s: &Shell<'_>,
    before: Option<&Registration>,
    sent: &FormData,
    case: Option<String>,
) -> ExistingCase {
    let Some(before) = before else {
        return ExistingCase { words: s.t("web-already"), differs: Vec::new(), case, correct: None };
    };
    let year = before.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let nationality = citizenships::kept(citizenships::codes(&before.nationality));
    let fields = [
        ("happened_on", "day", before.happened_on.as_str()),
        ("lane", "lane", &before.lane),
        ("sex", "sex", &before.sex),
        ("birth_year", "", &year),
        ("minor", "answer", &before.minor),
        ("nationality", "country", &nationality),
        ("form", "form", &before.form),
        ("sector", "sector", &before.sector),
        ("region", "region", &before.region),
        ("article_part", "article_part", &before.article_part),
        ("basis", "", &before.basis),
    ];
    let word = |list: &str, value: &str| match (list, value) {
        (_, "") => s.t("web-nothing-entered"),
        ("", value) => value.to_owned(),
        ("day", value) => s.text.day(value),
        ("country", value) => countries::all(s.text, value),
        ("region", value) => regions::name(s.text, value),
        ("article_part", value) => parts::name(s.text, value),
        (list, value) => s.code(list, value),
    };
    let differ = |(field, list, was): &(&str, &str, &str)| {
        let now = field_value(sent, field).trim();
        let typed = match *field {
            "happened_on" => ijsberg_register::days::typed(now),
            "nationality" => countries::kept(app, now),
            "region" => regions::code(now),
            "article_part" => ijsberg_register::parts::typed(now),
            _ => now.to_owned(),
        };
        let now = typed.as_str();
        // An empty basis is that of the track.
        let same = now.eq_ignore_ascii_case(was) || (*field == "basis" && now.is_empty());
        let label = s.t(&format!("field-{field}"));
        let parts = [("field", label), ("was", word(list, was)), ("now", word(list, now))];
        (!same).then(|| s.text.fill("web-already-differs", &parts))
    };
    let words = s.f("web-already-on", "day", s.text.day(&before.happened_on));
    ExistingCase { words, differs: fields.iter().filter_map(differ).collect(), case, correct: None }
}

async fn again(
    app: &Arc<App>,
    visitor: &Visitor,
    sent: FormData,
    wrong: FieldErrors,
) -> Result<Response, WebError> {
    let html = filled(app, visitor, sent, wrong).await?.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

#[derive(Template)]
#[template(path = "thanks.html")]
struct ThanksPage<'a> {
    s: Shell<'a>,
}

/// The notification was received; a user who may not read registrations learns nothing more.
pub(crate) async fn thanks(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&ThanksPage { s: Shell::new(&app, &visitor, "web-notify") })
}
