//! A notification, by lane.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::citizenships;
use ijsberg_register::expected::Thing;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::{Imported, Notification, RowError};
use ijsberg_register::policy::Operation;
use ijsberg_register::registrations::{Found, Registration};
use ijsberg_register::vault::FIELDS;
use ijsberg_register::worklist::{OpenLane, Organisation};
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;

use super::alike::{Notice, alike};
use super::wrong::{AllWrong, expected};
use super::{Choice, Sent, choices, countries, joined, of, own, parts, regions};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};

#[derive(Template)]
#[template(path = "notify.html")]
struct Notify<'a> {
    s: Shell<'a>,
    sent: Sent,
    lanes: Vec<OpenLane>,
    organisations: Vec<Organisation>,
    radios: [(&'static str, Vec<Choice>); 2],
    selects: [(&'static str, Vec<Choice>); 2],
    identity: Vec<(&'static str, String, String)>,
    /// Fields that do not fit, with what is expected.
    wrong: AllWrong,
    already: Option<Already>,
    /// Who may be registered already, where somebody asked.
    notice: Option<Notice>,
    /// Whether the visitor may ask that.
    checks: bool,
    countries: Vec<String>,
    regions: Vec<&'static str>,
    synthetic: bool,
}

/// The case number is in use: what is registered under it stays as it is.
struct Already {
    words: String,
    /// Field by field, what is registered and what was entered.
    differs: Vec<String>,
    /// The case, for whoever may read it.
    case: Option<String>,
    /// Where it is corrected, for whoever may.
    correct: Option<String>,
}

impl Notify<'_> {
    fn value(&self, field: &str) -> &str {
        of(&self.sent, field)
    }

    /// An input for each citizenship.
    fn nationalities(&self) -> Vec<String> {
        countries::inputs(self.value("nationality"))
    }

    /// Something about who it is does not fit, which is not to be folded away.
    fn identity_is_wrong(&self) -> bool {
        self.wrong.all().iter().any(|w| w.field.starts_with("identity."))
    }

    /// The lane that is chosen: the one without names where nothing was.
    fn lane(&self) -> &str {
        let lane = of(&self.sent, "lane");
        if lane.is_empty() { self.lanes.last().map_or("", |l| &l.name) } else { lane }
    }
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&filled(&app, &visitor, Sent::new(), AllWrong::default()).await?)
}

async fn filled<'a>(
    app: &'a Arc<App>,
    visitor: &Visitor,
    sent: Sent,
    wrong: AllWrong,
) -> Result<Notify<'a>, WebError> {
    let (organisations, lanes) =
        Desk::glance(app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell::new(app, visitor, "web-notify").with_form("notification").begun(!sent.is_empty());
    let or = |field: &str, usual: &str| {
        let value = of(&sent, field).to_owned();
        if value.is_empty() { usual.to_owned() } else { value }
    };
    Ok(Notify {
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
            .map(|f| (*f, s.t(&format!("field-{f}")), of(&sent, &format!("identity.{f}")).to_owned()))
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

/// The form again, with who may be registered already; nothing is taken.
pub(crate) async fn looked(app: &Arc<App>, visitor: &Visitor, sent: Sent) -> Result<Response, WebError> {
    let notice = alike(app, visitor, &sent).await?;
    page(&Notify { notice, ..filled(app, visitor, sent, AllWrong::default()).await? })
}

/// The case that was notified; a case that was there and whose data are only stored is said to be there, and no more.
fn found(found: Result<Found, RegisterError>, done: &Imported) -> Result<Option<Found>, RegisterError> {
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
        let same = page(&filled(&app, &visitor, sent, AllWrong::default()).await?)?;
        return Ok(with_language(cookie, same));
    }
    let text = visitor.text(&app);
    let year = of(&sent, "birth_year");
    let birth_year = if year.is_empty() { Ok(None) } else { year.parse::<i64>().map(Some) };
    let lane = Lane::parse(of(&sent, "lane"));
    // What the form itself sees is said together with what the register finds.
    let mut unfit = AllWrong::default();
    if lane.is_none() {
        unfit.add("lane", text.say("field-lane"), text.say("web-choose-one"));
    }
    if birth_year.is_err() {
        unfit.add("birth_year", text.say("field-birth_year"), text.say("web-year-expected"));
    }
    let identity = FIELDS.iter().map(|f| (*f, of(&sent, &format!("identity.{f}")).to_owned()));
    let text_of = |field: &str| of(&sent, field).to_owned();
    let notification = Notification {
        line: 1,
        organisation: text_of("organisation"),
        local_key: text_of("local_key"),
        happened_on: ijsberg_register::days::typed(of(&sent, "happened_on")),
        lane: lane.unwrap_or(Lane::Statistics),
        basis: text_of("basis"),
        sex: text_of("sex"),
        birth_year: birth_year.unwrap_or_default(),
        minor: text_of("minor"),
        nationality: countries::kept(&app, of(&sent, "nationality")),
        form: text_of("form"),
        sector: text_of("sector"),
        region: regions::code(of(&sent, "region")),
        article_part: ijsberg_register::parts::typed(of(&sent, "article_part")),
        synthetic: app.config.synthetic,
        identity: identity.filter(|f| !f.1.is_empty()).collect(),
        tokens: Vec::new(),
        records: Vec::new(),
        unread: Vec::new(),
    };
    let (organisation, key) = (notification.organisation.clone(), notification.local_key.clone());
    let reads = visitor.session().is_some_and(|s| s.may_for(Operation::ReadRegistration, &organisation));
    let only_check = !unfit.is_empty();
    let done = Desk::run(&app, visitor.by(), move |r| {
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
        let mut again = filled(&app, &visitor, sent, AllWrong::default()).await?;
        // What the notice leads to is what there is to do: leaving for it is not asked about.
        again.s.begun = false;
        again.already = Some(already);
        return Ok((StatusCode::CONFLICT, Html(again.render()?)).into_response());
    }
    Ok(Redirect::to(case.as_deref().unwrap_or("/notify/thanks")).into_response())
}

/// A field that the register found not to fit; who it is stands in fields of its own.
fn add(all: &mut AllWrong, text: &Text, e: &RowError) {
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
    sent: &Sent,
    case: Option<String>,
) -> Already {
    let Some(before) = before else {
        return Already { words: s.t("web-already"), differs: Vec::new(), case, correct: None };
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
        let now = of(sent, field).trim();
        let typed = match *field {
            "happened_on" => ijsberg_register::days::typed(now),
            "nationality" => countries::kept(app, now),
            "region" => regions::code(now),
            "article_part" => ijsberg_register::parts::typed(now),
            _ => now.to_owned(),
        };
        let now = typed.as_str();
        // An empty basis is that of the lane.
        let same = now.eq_ignore_ascii_case(was) || (*field == "basis" && now.is_empty());
        let label = s.t(&format!("field-{field}"));
        let parts = [("field", label), ("was", word(list, was)), ("now", word(list, now))];
        (!same).then(|| s.text.fill("web-already-differs", &parts))
    };
    let words = s.f("web-already-on", "day", s.text.day(&before.happened_on));
    Already { words, differs: fields.iter().filter_map(differ).collect(), case, correct: None }
}

async fn again(app: &Arc<App>, visitor: &Visitor, sent: Sent, wrong: AllWrong) -> Result<Response, WebError> {
    let html = filled(app, visitor, sent, wrong).await?.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

#[derive(Template)]
#[template(path = "thanks.html")]
struct Thanks<'a> {
    s: Shell<'a>,
}

/// Taken; whoever may not read is told no more.
pub(crate) async fn thanks(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&Thanks { s: Shell::new(&app, &visitor, "web-notify") })
}
