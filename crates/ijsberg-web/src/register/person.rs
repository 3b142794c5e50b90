//! A person: registrations, the time line, corrections.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::days::typed;
use ijsberg_register::entities::KINDS;
use ijsberg_register::expected::Thing;
use ijsberg_register::policy::Operation;
use ijsberg_register::records::Record;
use ijsberg_register::register::id;
use ijsberg_register::registrations::Registration;

use super::{Choice, Sent, choices, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

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

struct Event {
    day: String,
    title: String,
    href: String,
    fields: Vec<Shown>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Page<'a> {
    s: Shell<'a>,
    person: String,
    registrations: Vec<(Registration, Vec<Shown>)>,
    events: Vec<Event>,
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
    let (registrations, records) = Desk::run(&app, visitor.by(), move |r| {
        let registrations = r.registrations(&of)?;
        let records = if reads_records { r.records_of(&of)? } else { Vec::new() };
        Ok((registrations, records))
    })
    .await?;
    let s = Shell::new(&app, &visitor, "web-person");
    let mut events: Vec<Event> = records.iter().map(|r| event(&s, r)).collect();
    events.sort_by(|a, b| a.day.cmp(&b.day));
    let kinds = KINDS.iter().filter(|k| k.needs_person && k.name != "assessment" || k.name == "suspect");
    let kinds = kinds.map(|k| (k.name, s.t(&format!("kind-{}", k.name)))).collect();
    page(&Page {
        registrations: registrations.into_iter().map(|r| (r.clone(), shown(&s, &r))).collect(),
        events,
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

/// The coded fields in words; what is not known is said to be so.
pub(crate) fn shown(s: &Shell<'_>, r: &Registration) -> Vec<Shown> {
    let year = r.birth_year.map(|y| y.to_string()).unwrap_or_default();
    let fields = [
        ("list", r.list.clone()),
        ("organisation", r.organisation.clone()),
        ("happened_on", r.happened_on.clone()),
        ("lane", s.code("lane", &r.lane)),
        ("basis", r.basis.clone()),
        ("sex", s.code("sex", &r.sex)),
        ("birth_year", year),
        ("minor", s.code("answer", &r.minor)),
        ("nationality", r.nationality.clone()),
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
        title,
        href: format!("/record/{}/{}", r.kind, r.id),
        fields: super::record::shown(s, r),
    }
}

#[derive(Template)]
#[template(path = "correct.html")]
struct Correct<'a> {
    s: Shell<'a>,
    registration: Registration,
    fields: Vec<(&'static str, String, String, Vec<Choice>)>,
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
    let registration = all.into_iter().find(|r| r.id == registration).ok_or(WebError::NotFound)?;
    let s = Shell::new(&app, &visitor, "web-correct");
    let field = |(name, list): &(&'static str, &str)| {
        let value = value(&registration, name);
        let choices = choices(&s, list, &value);
        (*name, s.t(&format!("field-{name}")), value, choices)
    };
    let fields = CORRECTED.iter().map(field).collect();
    page(&Correct { s, registration, fields })
}

/// Corrects what differs from what was read.
pub(crate) async fn corrected(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, registration)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let (of_person, of_registration) = (id(&person)?, id(&registration)?);
    let base = of(&sent, "version").parse().map_err(|_| WebError::NotFound)?;
    Desk::run(&app, visitor.by(), move |r| {
        let all = r.registrations(&of_person)?;
        let now = all.iter().find(|x| x.id == registration);
        let now = now.ok_or(ijsberg_register::RegisterError::NotFound(Thing::Registration))?;
        let changed = |field: &&str| sent.get(*field).is_some_and(|v| v.trim() != value(now, field));
        let changes: BTreeMap<String, String> = CORRECTED
            .iter()
            .map(|f| f.0)
            .filter(changed)
            .map(|f| {
                (f.to_owned(), if f == "happened_on" { typed(of(&sent, f)) } else { of(&sent, f).to_owned() })
            })
            .collect();
        if changes.is_empty() { Ok(base) } else { r.correct(&of_registration, base, &changes) }
    })
    .await?;
    Ok(Redirect::to(&format!("/person/{person}")).into_response())
}
