//! A person: registrations, the time line, what is to be done.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use ijsberg_register::RegisterError;
use ijsberg_register::cases::short;
use ijsberg_register::entities::KINDS;
use ijsberg_register::policy::Operation;
use ijsberg_register::records::Record;
use ijsberg_register::register::id;
use ijsberg_register::registrations::Registration;
use ijsberg_register::tasks::Tasks;

use super::in_words::{LabelledValue, shown};
use super::{Choice, countries, restricted};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// What happened to a person: a notification, or a record of the case.
struct Event {
    /// As it is stored: a day, a month, a year or nothing.
    day: String,
    /// As it is read.
    shown: String,
    title: String,
    /// Its page; empty where it has none.
    href: String,
    fields: Vec<LabelledValue>,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Page<'a> {
    s: Shell<'a>,
    person: String,
    minor: bool,
    /// What is known of the person, in one line.
    summary: Vec<LabelledValue>,
    registrations: Vec<(Registration, Vec<LabelledValue>)>,
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
    /// Why processing may be restricted.
    causes: Vec<Choice>,
}

/// The case page.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    let of = id(&person)?;
    let reads_records = visitor.may(Operation::ReadRecord);
    let reads_suspects = visitor.may(Operation::ReadSuspect);
    let read = RegisterPool::run(&app, visitor.by(), move |r| {
        let registrations = r.registrations(&of)?;
        let mut records = if reads_records { r.records_of(&of)? } else { Vec::new() };
        if reads_suspects {
            records.extend(r.suspects_of(&of)?);
        }
        Ok((registrations, records, r.tasks_of(&of)?))
    })
    .await;
    let (registrations, records, tasks) = match read {
        Err(WebError::Register(RegisterError::Restricted)) => {
            return restricted::notice(&app, &visitor, person);
        }
        other => other?,
    };
    let mut s = Shell::new(&app, &visitor, "web-person");
    s.title = format!("{} {}", s.title, short(&person));
    let notified = registrations.iter().map(|r| notification(&s, r));
    let mut events: Vec<Event> = notified.chain(records.iter().map(|r| event(&s, r))).collect();
    events.sort_by(|a, b| b.day.cmp(&a.day));
    let kinds = KINDS.iter().filter(|k| k.needs_person && k.name != "assessment" || k.is_about_suspects());
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
        causes: restricted::causes(&s),
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

/// The details of a person in all registrations: each answer once, and side by side where they differ.
fn summary(s: &Shell<'_>, all: &[Registration]) -> Vec<LabelledValue> {
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
        each("nationality", &|r| countries::all(s.text, &r.nationality)),
        each("organisation", &|r| r.organisation.clone()),
    ];
    known.retain(|(_, value)| !value.is_empty());
    let first = all.iter().map(|r| r.happened_on.as_str()).filter(|d| !d.is_empty()).min();
    known.extend(first.map(|day| (s.t("web-first-seen"), s.text.day(day))));
    known
}

/// A notification on the timeline; its fields are next to it.
fn notification(s: &Shell<'_>, r: &Registration) -> Event {
    Event {
        day: r.happened_on.clone(),
        shown: s.text.day(&r.happened_on),
        title: s.f("web-event-notified", "organisation", &r.organisation),
        href: String::new(),
        fields: Vec::new(),
    }
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
