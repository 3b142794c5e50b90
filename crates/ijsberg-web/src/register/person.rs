//! A person: registrations, the time line, corrections.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::cases::short;
use ijsberg_register::corrections::wrong;
use ijsberg_register::days::typed;
use ijsberg_register::entities::KINDS;
use ijsberg_register::expected::Thing;
use ijsberg_register::policy::Operation;
use ijsberg_register::records::Record;
use ijsberg_register::register::id;
use ijsberg_register::registrations::Registration;
use ijsberg_register::tasks::Tasks;
use jiff::tz::TimeZone;

use super::wrong::AllWrong;
use super::{Choice, Sent, choices, countries, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};

/// What a correction may change, with its code list where it has one.
const CORRECTED: [(&str, &str); 8] = [
    ("happened_on", ""),
    ("sex", "sex"),
    ("birth_year", ""),
    ("minor", "answer"),
    ("nationality", ""),
    ("form", "form"),
    ("sector", "sector"),
    ("region", ""),
];

/// A field with its label and a value in words.
type Shown = (String, String);

/// What happened to a person: a notification, or a record of the case.
struct Event {
    /// As it is stored: a day, a month, a year or nothing.
    day: String,
    /// As it is read.
    shown: String,
    title: String,
    /// Its page; empty where it has none.
    href: String,
    fields: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Page<'a> {
    s: Shell<'a>,
    person: String,
    minor: bool,
    /// What is known of the person, in one line.
    summary: Vec<Shown>,
    registrations: Vec<(Registration, Vec<Shown>)>,
    /// What is to be done: where it is done, and what it is.
    tasks: Vec<(String, String)>,
    /// The newest first; what has no day comes last.
    events: Vec<Event>,
    no_records: bool,
    kinds: Vec<(&'static str, String)>,
    reads_records: bool,
    corrects: bool,
    identity: bool,
    writes_identity: bool,
    glass: bool,
    hold: bool,
}

/// The case page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    let of = id(&person)?;
    let reads_records = visitor.may(Operation::ReadRecord);
    let (registrations, records, tasks) = Desk::run(&app, visitor.by(), move |r| {
        let registrations = r.registrations(&of)?;
        let records = if reads_records { r.records_of(&of)? } else { Vec::new() };
        Ok((registrations, records, r.tasks_of(&of)?))
    })
    .await?;
    let mut s = Shell::new(&app, &visitor, "web-person");
    s.title = format!("{} {}", s.title, short(&person));
    let notified = registrations.iter().map(|r| notification(&s, r));
    let mut events: Vec<Event> = notified.chain(records.iter().map(|r| event(&s, r))).collect();
    events.sort_by(|a, b| b.day.cmp(&a.day));
    let kinds = KINDS.iter().filter(|k| k.needs_person && k.name != "assessment" || k.name == "suspect");
    let kinds = kinds.map(|k| (k.name, s.t(&format!("kind-{}", k.name)))).collect();
    page(&Page {
        minor: registrations.iter().any(|r| r.minor == "yes"),
        summary: summary(&s, &registrations),
        tasks: to_do(&s, &person, &registrations, &tasks),
        registrations: registrations.into_iter().map(|r| (r.clone(), shown(&s, &r))).collect(),
        events,
        no_records: records.is_empty(),
        kinds,
        reads_records,
        corrects: visitor.may(Operation::Correct),
        identity: visitor.may(Operation::ReadIdentity),
        writes_identity: visitor.may(Operation::WriteIdentity),
        glass: visitor.may(Operation::BreakGlass) && !visitor.may(Operation::ReadIdentity),
        hold: visitor.may(Operation::Retain),
        person,
        s,
    })
}

/// What is to be done, in words, each with the page where it is done: what cannot wait first.
fn to_do(s: &Shell<'_>, person: &str, all: &[Registration], tasks: &Tasks) -> Vec<(String, String)> {
    let erasing = tasks
        .erasing
        .iter()
        .map(|day| ("/retention".to_owned(), s.f("web-todo-erasing", "day", s.text.day(day))));
    let status = tasks.undecided.then(|| (format!("/person/{person}/record/status"), s.t("web-todo-status")));
    let organisation = |id: &str| all.iter().find(|r| r.id == id).map(|r| r.organisation.clone());
    let pairs = tasks.pairs.iter().map(|(a, b)| {
        // A pair is named by the organisation of the registration that is this person's.
        let of = organisation(a).or_else(|| organisation(b)).unwrap_or_default();
        (format!("/review/{a}/{b}"), s.f("web-todo-pair", "organisation", of))
    });
    let incomplete = tasks.incomplete.iter().map(|(registration, fields)| {
        let names: Vec<String> = fields.iter().map(|f| s.t(&format!("field-{f}"))).collect();
        let parts =
            [("organisation", organisation(registration).unwrap_or_default()), ("fields", names.join(", "))];
        (format!("/person/{person}/correct/{registration}"), s.text.fill("web-todo-incomplete", &parts))
    });
    erasing.chain(status).chain(pairs).chain(incomplete).collect()
}

/// What all registrations say of a person: each answer once, where they differ beside one another.
fn summary(s: &Shell<'_>, all: &[Registration]) -> Vec<Shown> {
    let each = |field: &str, of: &dyn Fn(&Registration) -> String| {
        let mut values: Vec<String> = Vec::new();
        for value in all.iter().map(of).filter(|v| !v.is_empty()) {
            if !values.contains(&value) {
                values.push(value);
            }
        }
        (s.t(&format!("field-{field}")), values.join(", "))
    };
    let coded = |list: &str, code: &str| if code.is_empty() { String::new() } else { s.code(list, code) };
    let mut known = vec![
        each("form", &|r| coded("form", &r.form)),
        each("sex", &|r| coded("sex", &r.sex)),
        each("birth_year", &|r| r.birth_year.map(|y| y.to_string()).unwrap_or_default()),
        each("nationality", &|r| countries::name(s.text, &r.nationality)),
        each("organisation", &|r| r.organisation.clone()),
    ];
    known.retain(|(_, value)| !value.is_empty());
    let first = all.iter().map(|r| r.happened_on.as_str()).filter(|d| !d.is_empty()).min();
    known.extend(first.map(|day| (s.t("web-first-seen"), s.text.day(day))));
    known
}

/// A notification on the time line; all it says stands beside it.
fn notification(s: &Shell<'_>, r: &Registration) -> Event {
    Event {
        day: r.happened_on.clone(),
        shown: s.text.day(&r.happened_on),
        title: s.f("web-event-notified", "organisation", &r.organisation),
        href: String::new(),
        fields: Vec::new(),
    }
}

/// The coded fields in words; what is not known is said to be so.
pub(crate) fn shown(s: &Shell<'_>, r: &Registration) -> Vec<Shown> {
    let year = r.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let fields = [
        ("list", r.list.clone()),
        ("organisation", r.organisation.clone()),
        ("happened_on", s.text.day(&r.happened_on)),
        ("lane", s.code("lane", &r.lane)),
        ("basis", r.basis.clone()),
        ("sex", s.code("sex", &r.sex)),
        ("birth_year", year),
        ("minor", s.code("answer", &r.minor)),
        ("nationality", countries::name(s.text, &r.nationality)),
        ("form", s.code("form", &r.form)),
        ("sector", s.code("sector", &r.sector)),
        ("region", r.region.clone()),
    ];
    let known = |v: String| if v.is_empty() { s.t("web-not-known") } else { v };
    fields.into_iter().map(|(name, value)| (s.t(&format!("field-{name}")), known(value))).collect()
}

fn event(s: &Shell<'_>, r: &Record) -> Event {
    let days = [
        "on",
        "decided_on",
        "opened_on",
        "received_on",
        "asked_on",
        "sent_on",
        "from",
        "computed_on",
        "released_on",
    ];
    let day = days.iter().find_map(|d| r.fields.get(*d).and_then(|v| v.as_str())).unwrap_or_default();
    let title = s.t(&format!("kind-{}", r.kind));
    Event {
        day: day.to_owned(),
        shown: s.text.day(day),
        title,
        href: format!("/record/{}/{}", r.kind, r.id),
        // Which version of which rules stands on the page of the record.
        fields: super::record::named(s, r)
            .into_iter()
            .filter(|(name, _)| *name != "rules")
            .map(|(name, value)| (s.t(&format!("field-{name}")), value))
            .collect(),
    }
}

#[derive(Template)]
#[template(path = "correct.html")]
struct Correct<'a> {
    s: Shell<'a>,
    person: String,
    registration: String,
    /// The version that was read: what is corrected is measured by it.
    version: String,
    fields: Vec<(&'static str, String, String, Vec<Choice>)>,
    countries: Vec<String>,
    wrong: AllWrong,
    /// Why it was not corrected, where no field is to blame.
    refused: Option<String>,
}

/// The form of a correction, with the value that each field has in it.
fn correction<'a>(
    s: Shell<'a>,
    (person, registration): (String, String),
    version: String,
    value: &dyn Fn(&str) -> String,
) -> Correct<'a> {
    let s = s.with_form("correction");
    let field = |(name, list): &(&'static str, &str)| {
        let value = value(name);
        let choices = choices(&s, list, &value);
        (*name, s.t(&format!("field-{name}")), value, choices)
    };
    let fields = CORRECTED.iter().map(field).collect();
    let (countries, wrong) = (countries::names(&s), AllWrong::default());
    Correct { s, person, registration, version, fields, countries, wrong, refused: None }
}

fn value(r: &Registration, field: &str) -> String {
    match field {
        "happened_on" => r.happened_on.clone(),
        "sex" => r.sex.clone(),
        "birth_year" => r.birth_year.map(|y| y.to_string()).unwrap_or_default(),
        "minor" => r.minor.clone(),
        "nationality" => r.nationality.clone(),
        "form" => r.form.clone(),
        "sector" => r.sector.clone(),
        "region" => r.region.clone(),
        _ => String::new(),
    }
}

/// The form of a correction.
pub(crate) async fn correct(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, registration)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let of = id(&person)?;
    let all = Desk::run(&app, visitor.by(), move |r| r.registrations(&of)).await?;
    let now = all.into_iter().find(|r| r.id == registration).ok_or(WebError::NotFound)?;
    let s = Shell::new(&app, &visitor, "web-correct");
    let text = s.text;
    let shown = |field: &str| match field {
        "nationality" => countries::name(text, &now.nationality),
        _ => value(&now, field),
    };
    page(&correction(s, (person, registration), now.version.to_string(), &shown))
}

/// What somebody entered to correct.
fn changes(app: &App, now: &Registration, sent: &Sent) -> BTreeMap<String, String> {
    let entered = |(field, _): &(&str, &str)| {
        let value = sent.get(*field)?.trim();
        let kept = match *field {
            "happened_on" => typed(value),
            "nationality" => countries::code(app, value),
            _ => value.to_owned(),
        };
        Some(((*field).to_owned(), kept))
    };
    CORRECTED.iter().filter_map(entered).filter(|(field, entered)| *entered != value(now, field)).collect()
}

/// Corrects what differs from what was read; what does not fit is said beside what was entered.
pub(crate) async fn corrected(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, registration)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let (of_person, of_registration) = (id(&person)?, id(&registration)?);
    let version = of(&sent, "version").to_owned();
    let base = version.parse().map_err(|_| WebError::NotFound)?;
    let again = |visitor: &Visitor, sent: &Sent| {
        let s = Shell::new(&app, visitor, "web-correct").begun(true);
        let whose = (person.clone(), registration.clone());
        correction(s, whose, version.clone(), &|field| of(sent, field).to_owned())
    };
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        return Ok(with_language(cookie, page(&again(&visitor, &sent))?));
    }
    let (named, entered, of_app) = (registration.clone(), sent.clone(), app.clone());
    let done = Desk::run(&app, visitor.by(), move |r| {
        let all = r.registrations(&of_person)?;
        let now = all.iter().find(|x| x.id == named);
        let now = now.ok_or(RegisterError::NotFound(Thing::Registration))?;
        let changes = changes(&of_app, now, &entered);
        let unfit = wrong(now, &changes, TimeZone::UTC.to_datetime(r.now).date());
        if unfit.is_empty() && !changes.is_empty() {
            r.correct(&of_registration, base, &changes)?;
        }
        Ok(unfit)
    });
    let (status, unfit, refused) = match done.await {
        Ok(unfit) if unfit.is_empty() => {
            return Ok(Redirect::to(&format!("/person/{person}")).into_response());
        }
        Ok(unfit) => (StatusCode::UNPROCESSABLE_ENTITY, unfit, None),
        Err(error @ WebError::Register(RegisterError::Conflict { .. })) => {
            (error.status(), Vec::new(), Some(error.words(visitor.text(&app))))
        }
        Err(error) => return Err(error),
    };
    let mut form = Correct { refused, ..again(&visitor, &sent) };
    // In the order of the form.
    for (field, expected) in CORRECTED.iter().filter_map(|c| unfit.iter().find(|u| u.0 == c.0)) {
        form.wrong.found(form.s.text, field, expected);
    }
    Ok((status, Html(form.render()?)).into_response())
}
