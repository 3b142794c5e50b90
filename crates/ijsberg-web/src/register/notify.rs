//! A notification, by lane.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::Operation;
use ijsberg_register::registrations::Registration;
use ijsberg_register::vault::FIELDS;
use ijsberg_register::worklist::{OpenLane, Organisation};

use super::{Choice, Sent, choices, of, own};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page};

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
    wrong: Vec<Wrong>,
    already: Option<Already>,
    synthetic: bool,
}

/// A field that does not fit, its label, and what is expected.
struct Wrong {
    field: String,
    label: String,
    expected: String,
}

/// The case number is in use: what is registered under it stays as it is.
struct Already {
    words: String,
    /// Field by field, what is registered and what was entered.
    differs: Vec<String>,
    /// The case, for whoever may read it.
    case: Option<String>,
}

impl Notify<'_> {
    fn value(&self, field: &str) -> &str {
        of(&self.sent, field)
    }

    /// What is wrong with a field.
    fn error(&self, field: &str) -> Option<&str> {
        self.wrong.iter().find(|w| w.field == field).map(|w| w.expected.as_str())
    }

    /// Attributes of a field: what is wrong with it, for who cannot see it, and the place to begin at the first that is.
    fn marks(&self, field: &str) -> String {
        let first = self.wrong.first().is_some_and(|w| w.field == field);
        match self.error(field) {
            None => String::new(),
            Some(_) => format!(
                " aria-invalid=\"true\" aria-describedby=\"wrong-{field}\"{}",
                if first { " autofocus" } else { "" }
            ),
        }
    }

    /// The lane that is chosen: the one without names where nothing was.
    fn lane(&self) -> &str {
        let lane = of(&self.sent, "lane");
        if lane.is_empty() { self.lanes.last().map_or("", |l| &l.name) } else { lane }
    }
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&filled(&app, &visitor, Sent::new(), Vec::new()).await?)
}

async fn filled<'a>(
    app: &'a Arc<App>,
    visitor: &Visitor,
    sent: Sent,
    wrong: Vec<Wrong>,
) -> Result<Notify<'a>, WebError> {
    let (organisations, lanes) =
        Desk::glance(app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell::new(app, visitor, "web-notify").with_form("notification");
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
        lanes,
        sent,
        wrong,
        s,
    })
}

/// Takes it, or says what does not fit beside what was filled in.
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let same = page(&filled(&app, &visitor, sent, Vec::new()).await?)?;
        return Ok((CookieJar::default().add(cookie), same).into_response());
    }
    let text = visitor.text(&app);
    let wrong = |field: &str, expected: &str| Wrong {
        field: field.to_owned(),
        label: text.say(&format!("field-{field}")),
        expected: expected.to_owned(),
    };
    let year = of(&sent, "birth_year");
    let birth_year = if year.is_empty() { Ok(None) } else { year.parse::<i64>().map(Some) };
    let lane = Lane::parse(of(&sent, "lane"));
    // What the form itself sees is said together with what the register finds.
    let mut unfit = Vec::new();
    if lane.is_none() {
        unfit.push(wrong("lane", &text.say("web-choose-one")));
    }
    if birth_year.is_err() {
        unfit.push(wrong("birth_year", &text.say("web-year-expected")));
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
        nationality: text_of("nationality").to_uppercase(),
        form: text_of("form"),
        sector: text_of("sector"),
        region: text_of("region").to_uppercase(),
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
        let found = if reads && done.errors.is_empty() { Some(r.find(&organisation, &key)?) } else { None };
        // Of several organisations one may not be this user's to read: then the case number is all that is said.
        let before = found.filter(|_| done.already > 0).and_then(|f| {
            let id = ijsberg_crypto::hex(&f.registration);
            r.registrations(&f.person).ok()?.into_iter().find(|r| r.id == id)
        });
        Ok((done, found, before))
    });
    let (done, found, before) = done.await?;
    let words = |e: &ijsberg_register::notify::RowError| {
        wrong(e.field, &ijsberg_report::errors::register::expected(text, &e.expected))
    };
    unfit.extend(done.errors.iter().map(words));
    if !unfit.is_empty() {
        return again(&app, &visitor, sent, unfit).await;
    }
    let case = found.map(|f| format!("/person/{}", ijsberg_crypto::hex(&f.person)));
    if done.already > 0 {
        let already = already(&Shell::new(&app, &visitor, "web-notify"), before.as_ref(), &sent, case);
        let again = Notify { already: Some(already), ..filled(&app, &visitor, sent, Vec::new()).await? };
        return Ok((StatusCode::CONFLICT, Html(again.render()?)).into_response());
    }
    Ok(Redirect::to(case.as_deref().unwrap_or("/notify/thanks")).into_response())
}

/// What to say of a case number that is in use.
fn already(s: &Shell<'_>, before: Option<&Registration>, sent: &Sent, case: Option<String>) -> Already {
    let Some(before) = before else {
        return Already { words: s.t("web-already"), differs: Vec::new(), case };
    };
    let year = before.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let fields = [
        ("happened_on", "", before.happened_on.as_str()),
        ("lane", "lane", &before.lane),
        ("sex", "sex", &before.sex),
        ("birth_year", "", &year),
        ("minor", "answer", &before.minor),
        ("nationality", "", &before.nationality),
        ("form", "form", &before.form),
        ("sector", "sector", &before.sector),
        ("region", "", &before.region),
        ("basis", "", &before.basis),
    ];
    let word = |list: &str, value: &str| match (list, value) {
        (_, "") => s.t("web-nothing-entered"),
        ("", value) => value.to_owned(),
        (list, value) => s.code(list, value),
    };
    let differ = |(field, list, was): &(&str, &str, &str)| {
        let now = of(sent, field).trim();
        let typed = if *field == "happened_on" { ijsberg_register::days::typed(now) } else { now.to_owned() };
        let now = typed.as_str();
        // An empty basis is that of the lane.
        let same = now.eq_ignore_ascii_case(was) || (*field == "basis" && now.is_empty());
        let label = s.t(&format!("field-{field}"));
        let parts = [("field", label), ("was", word(list, was)), ("now", word(list, now))];
        (!same).then(|| s.text.fill("web-already-differs", &parts))
    };
    let words = s.f("web-already-on", "day", &before.happened_on);
    Already { words, differs: fields.iter().filter_map(differ).collect(), case }
}

async fn again(
    app: &Arc<App>,
    visitor: &Visitor,
    sent: Sent,
    wrong: Vec<Wrong>,
) -> Result<Response, WebError> {
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
