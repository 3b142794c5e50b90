//! The form of a record: made of the fields of its kind, empty, as it is kept, or again with what was sent.

use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use ijsberg_register::entities::{Holds, Kind};
use ijsberg_register::merge::Fields;
use ijsberg_register::policy::Operation;
use ijsberg_register::worklist::Organisation;
use serde_json::Value;

use super::WHO;
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::register::{Choice, choices, countries, own};
use crate::shell::{Shell, Visitor, page};
use crate::wrong::FieldErrors;

/// A value as a line of text.
pub(super) fn value_of(v: Option<&Value>) -> String {
    match v {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Array(all)) => all
            .iter()
            .map(|x| x.as_str().map_or_else(|| x.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        // A year of birth is kept as a number, and read without a decimal.
        Some(Value::Number(n)) => n.as_f64().map_or_else(|| n.to_string(), |x| x.to_string()),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// How a field is asked for.
enum Input {
    Line(String),
    Long(String),
    Day(String),
    Number(String),
    One(Vec<Choice>),
    Many(Vec<Choice>),
    /// A country on each line, and room for more.
    Countries(Vec<String>),
}

struct Field {
    name: &'static str,
    label: String,
    required: bool,
    input: Input,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage<'a> {
    s: Shell<'a>,
    title: String,
    to: String,
    person: Option<String>,
    fields: Vec<Field>,
    version: Option<i64>,
    organisations: Vec<Organisation>,
    /// Of the ground: the organisation that is chosen, the purposes, and the basis.
    organisation: String,
    purposes: Vec<Choice>,
    basis: String,
    immutable: bool,
    countries: Vec<String>,
    wrong: FieldErrors,
    /// Why it was not saved, where no field is to blame.
    refused: Option<String>,
}

impl RecordPage<'_> {
    /// The record itself has a field of that name.
    fn asks(&self, field: &str) -> bool {
        self.fields.iter().any(|f| f.name == field)
    }
}

/// Fields that take more than a line.
const LONG: [&str; 9] =
    ["narrative", "why", "reason", "reasons", "note", "content", "data", "objectives", "evidence"];

fn inputs(s: &Shell<'_>, kind: &Kind, now: &Fields) -> Vec<Field> {
    let field = |(name, holds): &(&'static str, Holds)| {
        let value = value_of(now.get(*name));
        let optional = |mut all: Vec<Choice>, chosen: bool| {
            all.insert(0, (String::new(), String::new(), !chosen));
            all
        };
        let input = match holds {
            Holds::Code(list) => Input::One(optional(choices(s, list, &value), !value.is_empty())),
            Holds::Codes(list) => {
                let chosen: Vec<&str> = value.split(", ").collect();
                let all = choices(s, list, "").into_iter();
                Input::Many(
                    all.map(|(c, w, _)| {
                        let there = chosen.contains(&c.as_str());
                        (c, w, there)
                    })
                    .collect(),
                )
            }
            Holds::Flag => {
                let word = |v: &str| {
                    (v.to_owned(), s.code("answer", if v == "true" { "yes" } else { "no" }), v == value)
                };
                Input::One(optional(vec![word("true"), word("false")], !value.is_empty()))
            }
            Holds::Number => Input::Number(value),
            Holds::Day => Input::Day(value),
            _ if LONG.contains(name) => Input::Long(value),
            Holds::Countries => Input::Countries(slots(s, &value)),
            Holds::Text | Holds::Ids => Input::Line(value),
        };
        Field { name, label: s.t(&format!("field-{name}")), required: kind.required.contains(name), input }
    };
    kind.fields.iter().filter(|f| f.0 != WHO).map(field).collect()
}

/// Countries that a form has room for beside those that are there.
const MORE_COUNTRIES: usize = 2;

/// Countries by name, and empty ones to fill in.
fn slots(s: &Shell<'_>, codes: &str) -> Vec<String> {
    let there = codes.split(", ").filter(|c| !c.is_empty()).map(|c| countries::name(s.text, c));
    there.chain(std::iter::repeat_n(String::new(), MORE_COUNTRIES)).collect()
}

/// Where a form goes to, and what it is about.
pub(super) struct FormTarget {
    pub(super) to: String,
    pub(super) person: Option<String>,
    pub(super) version: Option<i64>,
}

impl FormTarget {
    /// A new record of somebody.
    pub(super) fn to_add(person: &str, kind: &Kind) -> Self {
        Self {
            to: format!("/person/{person}/record/{}", kind.name),
            person: Some(person.to_owned()),
            version: None,
        }
    }
}

/// Why a form is shown.
pub(super) enum ShowReason {
    /// Somebody opened it.
    Opened,
    /// It was sent to be shown in another language.
    Language,
    /// Fields do not fit.
    Wrong(FieldErrors),
    /// It was not saved, and no field is to blame.
    Refused(WebError),
}

/// The form with what is kept or was sent.
pub(super) async fn filled(
    app: &Arc<App>,
    visitor: &Visitor,
    kind: &Kind,
    about: FormTarget,
    now: &Fields,
    why: ShowReason,
) -> Result<Response, WebError> {
    let organisations = RegisterPool::glance(app, visitor.by(), |mut r| r.organisations()).await?;
    let s =
        Shell::new(app, visitor, &format!("kind-{}", kind.name)).begun(!matches!(why, ShowReason::Opened));
    // What can only be read is asked for again in the other language.
    let s = if about.version.is_none() || !kind.immutable { s.with_form("record") } else { s };
    let (status, wrong, refused) = match why {
        ShowReason::Opened | ShowReason::Language => (StatusCode::OK, FieldErrors::default(), None),
        ShowReason::Wrong(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong, None),
        ShowReason::Refused(error) => (error.status(), FieldErrors::default(), Some(error.words(s.text))),
    };
    let purpose = value_of(now.get("purpose"));
    let purpose = if purpose.is_empty() { "help" } else { purpose.as_str() };
    let form = RecordPage {
        title: s.title.clone(),
        to: about.to,
        fields: inputs(&s, kind, now),
        version: about.version,
        organisations: own(visitor, organisations, Operation::WriteRecord),
        organisation: value_of(now.get("organisation")),
        purposes: choices(&s, "purpose", purpose),
        basis: value_of(now.get("basis")),
        immutable: kind.immutable,
        countries: if kind.fields.iter().any(|f| matches!(f.1, Holds::Countries)) {
            countries::names(&s)
        } else {
            Vec::new()
        },
        person: about.person,
        wrong,
        refused,
        s,
    };
    if status == StatusCode::OK {
        return page(&form);
    }
    Ok((status, Html(form.render()?)).into_response())
}

/// What was sent, as it was sent.
pub(super) fn as_sent(sent: &[(String, String)]) -> Fields {
    let mut all = Fields::new();
    for (name, value) in sent {
        match all.get_mut(name) {
            Some(Value::Array(values)) => values.push(value.as_str().into()),
            Some(one) => *one = Value::Array(vec![one.clone(), value.as_str().into()]),
            None => {
                all.insert(name.clone(), value.as_str().into());
            }
        }
    }
    all
}
