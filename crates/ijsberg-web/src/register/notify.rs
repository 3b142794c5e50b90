//! A notification, by lane.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::policy::Operation;
use ijsberg_register::vault::FIELDS;
use ijsberg_register::worklist::{OpenLane, Organisation};

use super::{Choice, Sent, choices, of, own};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

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
    wrong: Vec<String>,
    synthetic: bool,
}

impl Notify<'_> {
    fn value(&self, field: &str) -> &str {
        of(&self.sent, field)
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
    wrong: Vec<String>,
) -> Result<Notify<'a>, WebError> {
    let (organisations, lanes) =
        Desk::run(app, visitor.by(), |r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell::new(app, visitor, "web-notify");
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
    let text = visitor.text(&app);
    let year = of(&sent, "birth_year");
    let birth_year = if year.is_empty() { Ok(None) } else { year.parse::<i64>().map(Some) };
    let lane = Lane::parse(of(&sent, "lane"));
    let (Ok(birth_year), Some(lane)) = (birth_year, lane) else {
        let field = if lane.is_none() { "lane" } else { "birth_year" };
        let label = text.say(&format!("field-{field}"));
        return again(&app, &visitor, sent, vec![text.fill("web-field-wrong", &[("field", label)])]).await;
    };
    let identity = FIELDS.iter().map(|f| (*f, of(&sent, &format!("identity.{f}")).to_owned()));
    let text_of = |field: &str| of(&sent, field).to_owned();
    let notification = Notification {
        line: 1,
        organisation: text_of("organisation"),
        local_key: text_of("local_key"),
        happened_on: text_of("happened_on"),
        lane,
        basis: text_of("basis"),
        sex: text_of("sex"),
        birth_year,
        minor: text_of("minor"),
        nationality: text_of("nationality").to_uppercase(),
        form: text_of("form"),
        sector: text_of("sector"),
        region: text_of("region").to_uppercase(),
        synthetic: app.config.synthetic,
        identity: identity.filter(|f| !f.1.is_empty()).collect(),
        tokens: Vec::new(),
        records: Vec::new(),
    };
    let (organisation, key) = (notification.organisation.clone(), notification.local_key.clone());
    let reads = visitor.session().is_some_and(|s| s.may_for(Operation::ReadRegistration, &organisation));
    let done = Desk::run(&app, visitor.by(), move |r| {
        let done = r.notify(&[notification])?;
        let person = if reads && done.errors.is_empty() { Some(r.find(&organisation, &key)?) } else { None };
        Ok((done, person))
    });
    let (done, person) = done.await?;
    if !done.errors.is_empty() {
        let of = |e: &ijsberg_register::notify::RowError| {
            let label = text.say(&format!("field-{}", e.field));
            format!("{label}: {}", e.expected)
        };
        return again(&app, &visitor, sent, done.errors.iter().map(of).collect()).await;
    }
    Ok(match person {
        Some(person) => Redirect::to(&format!("/person/{}", ijsberg_crypto::hex(&person))).into_response(),
        None => Redirect::to("/notify/thanks").into_response(),
    })
}

async fn again(
    app: &Arc<App>,
    visitor: &Visitor,
    sent: Sent,
    wrong: Vec<String>,
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
