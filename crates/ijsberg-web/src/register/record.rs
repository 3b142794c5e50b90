//! Records of a case: one form for every kind, made of its fields.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::codes::code_list;
use ijsberg_register::entities::{Holds, Kind, kind_of};
use ijsberg_register::merge::Fields;
use ijsberg_register::policy::Operation;
use ijsberg_register::records::{Ground, Record};
use ijsberg_register::register::id;
use ijsberg_register::worklist::Organisation;
use serde_json::Value;

use super::{Choice, Sent, choices, of, own};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// How a field is asked for.
enum Input {
    Line(String),
    Long(String),
    Number(String),
    One(Vec<Choice>),
    Many(Vec<Choice>),
}

struct Field {
    name: &'static str,
    label: String,
    required: bool,
    input: Input,
}

#[derive(Template)]
#[template(path = "record.html")]
struct Form_<'a> {
    s: Shell<'a>,
    title: String,
    to: String,
    person: Option<String>,
    fields: Vec<Field>,
    version: Option<i64>,
    organisations: Vec<Organisation>,
    purposes: Vec<Choice>,
    immutable: bool,
    wrong: Option<String>,
}

impl Form_<'_> {
    /// The record itself has a field of that name.
    fn asks(&self, field: &str) -> bool {
        self.fields.iter().any(|f| f.name == field)
    }
}

/// Fields that take more than a line.
const LONG: [&str; 9] =
    ["narrative", "why", "reason", "reasons", "note", "content", "data", "objectives", "evidence"];

fn value_of(v: Option<&Value>) -> String {
    match v {
        Some(Value::String(s)) => s.clone(),
        Some(Value::Array(all)) => all
            .iter()
            .map(|x| x.as_str().map_or_else(|| x.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

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
            _ if LONG.contains(name) => Input::Long(value),
            Holds::Text | Holds::Day | Holds::Countries | Holds::Ids => Input::Line(value),
        };
        Field { name, label: s.t(&format!("field-{name}")), required: kind.required.contains(name), input }
    };
    kind.fields.iter().filter(|f| f.0 != WHO).map(field).collect()
}

/// Who decides is whoever is logged in.
const WHO: &str = "decided_by";

/// What a form says, by the kind's fields. What is empty is not there.
fn fields(app: &App, visitor: &Visitor, kind: &Kind, sent: &[(String, String)]) -> Result<Fields, WebError> {
    let text = visitor.text(app);
    let mut fields = Fields::new();
    if let Some(session) = visitor.session().filter(|_| kind.fields.iter().any(|f| f.0 == WHO)) {
        fields.insert(WHO.to_owned(), session.user.clone().into());
    }
    for (name, holds) in kind.fields {
        let given: Vec<&str> =
            sent.iter().filter(|f| f.0 == *name).map(|f| f.1.trim()).filter(|v| !v.is_empty()).collect();
        let Some(first) = given.first() else { continue };
        let list = || first.split([',', ' ']).map(str::trim).filter(|c| !c.is_empty());
        let wrong = || {
            let label = text.say(&format!("field-{name}"));
            WebError::Sent(text.fill("web-field-wrong", &[("field", label)]))
        };
        let value = match holds {
            Holds::Codes(_) => given.iter().map(|c| Value::from(*c)).collect(),
            Holds::Countries => list().map(|c| Value::from(c.to_uppercase())).collect(),
            Holds::Ids => list().map(Value::from).collect(),
            Holds::Flag => Value::Bool(*first == "true"),
            Holds::Number => {
                let number: f64 = first.replace(',', ".").parse().map_err(|_| wrong())?;
                serde_json::Number::from_f64(number).map(Value::Number).ok_or_else(wrong)?
            }
            Holds::Day => Value::from(ijsberg_register::days::typed(first)),
            Holds::Text | Holds::Code(_) => Value::from(*first),
        };
        fields.insert((*name).to_owned(), value);
    }
    Ok(fields)
}

/// Where a form goes to, and what it is about.
struct About {
    to: String,
    person: Option<String>,
    version: Option<i64>,
}

/// The form, empty, as it was kept, or as it was sent with what is wrong with it.
async fn filled(
    app: &Arc<App>,
    visitor: &Visitor,
    kind: &Kind,
    about: About,
    now: &Fields,
    wrong: Option<&WebError>,
) -> Result<Response, WebError> {
    let organisations = Desk::glance(app, visitor.by(), |mut r| r.organisations()).await?;
    let s = Shell::new(app, visitor, &format!("kind-{}", kind.name));
    let form = Form_ {
        title: s.title.clone(),
        to: about.to,
        fields: inputs(&s, kind, now),
        version: about.version,
        organisations: own(visitor, organisations, Operation::WriteRecord),
        purposes: choices(&s, "purpose", "help"),
        immutable: kind.immutable,
        person: about.person,
        wrong: wrong.map(|w| w.words(s.text)),
        s,
    };
    match wrong {
        None => page(&form),
        Some(w) => Ok((w.status(), Html(form.render()?)).into_response()),
    }
}

/// Whether somebody can put it right in the form.
fn can_be_put_right(error: &WebError) -> bool {
    let status = error.status();
    status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::CONFLICT
}

/// What was sent, as it was sent.
fn as_sent(sent: &[(String, String)]) -> Fields {
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

fn to_add(person: &str, kind: &Kind) -> About {
    About {
        to: format!("/person/{person}/record/{}", kind.name),
        person: Some(person.to_owned()),
        version: None,
    }
}

/// The form of a new record.
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, kind)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let kind = kind_of(&kind)?;
    id(&person)?;
    filled(&app, &visitor, kind, to_add(&person, kind), &Fields::new(), None).await
}

/// Writes a new record.
pub(crate) async fn add(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((person, kind)): Path<(String, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let kind = kind_of(&kind)?;
    let about = id(&person)?;
    let ground: Sent = sent.iter().cloned().collect();
    let written = match fields(&app, &visitor, kind, &sent) {
        Err(error) => Err(error),
        Ok(fields) => {
            Desk::run(&app, visitor.by(), move |r| {
                let ground = Ground {
                    organisation: of(&ground, "organisation"),
                    purpose: of(&ground, "purpose"),
                    basis: of(&ground, "basis"),
                };
                r.add_record(kind.name, Some(&about), &ground, &fields)
            })
            .await
        }
    };
    match written {
        Ok(_) => Ok(Redirect::to(&format!("/person/{person}")).into_response()),
        Err(e) if can_be_put_right(&e) => {
            filled(&app, &visitor, kind, to_add(&person, kind), &as_sent(&sent), Some(&e)).await
        }
        Err(e) => Err(e),
    }
}

/// A record, to read and to change.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((kind, record)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let kind = kind_of(&kind)?;
    let name = id(&record)?;
    let record = Desk::run(&app, visitor.by(), move |r| r.record(kind.name, &name)).await?;
    let to = format!("/record/{}/{}", kind.name, record.id);
    let about = About { to, person: record.person, version: Some(record.version) };
    filled(&app, &visitor, kind, about, &record.fields, None).await
}

/// Changes a record; what others changed meanwhile is kept.
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((kind, record)): Path<(String, String)>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let kind = kind_of(&kind)?;
    let name = id(&record)?;
    let version = sent.iter().find(|f| f.0 == "version").and_then(|f| f.1.parse().ok());
    let version: i64 = version.ok_or(WebError::NotFound)?;
    let person = Desk::run(&app, visitor.by(), move |r| Ok(r.record(kind.name, &name)?.person)).await?;
    let changed = match fields(&app, &visitor, kind, &sent) {
        Err(error) => Err(error),
        Ok(fields) => {
            Desk::run(&app, visitor.by(), move |r| r.change_record(kind.name, &name, version, &fields)).await
        }
    };
    match changed {
        Ok(_) => {
            let to = person.map_or_else(|| "/register".to_owned(), |p| format!("/person/{p}"));
            Ok(Redirect::to(&to).into_response())
        }
        Err(e) if can_be_put_right(&e) => {
            let about =
                About { to: format!("/record/{}/{record}", kind.name), person, version: Some(version) };
            filled(&app, &visitor, kind, about, &as_sent(&sent), Some(&e)).await
        }
        Err(e) => Err(e),
    }
}

/// Fields of a record in words.
pub(crate) fn shown(s: &Shell<'_>, r: &Record) -> Vec<(String, String)> {
    let labelled = |(name, value): (&str, String)| (s.t(&format!("field-{name}")), value);
    named(s, r).into_iter().map(labelled).collect()
}

/// The same by the names of the fields.
pub(crate) fn named(s: &Shell<'_>, r: &Record) -> Vec<(&'static str, String)> {
    let Ok(kind) = kind_of(&r.kind) else { return Vec::new() };
    let field = |(name, holds): &(&'static str, Holds)| {
        let value = value_of(r.fields.get(*name));
        if value.is_empty() || *name == "result" {
            return None;
        }
        let word = match holds {
            Holds::Code(list) | Holds::Codes(list) if code_list(list).is_some() => {
                value.split(", ").map(|c| s.code(list, c)).collect::<Vec<_>>().join(", ")
            }
            Holds::Flag => s.code("answer", if value == "true" { "yes" } else { "no" }),
            Holds::Day => s.text.day(&value),
            _ => value,
        };
        Some((*name, word))
    };
    kind.fields.iter().filter_map(field).collect()
}

/// What was disclosed to the organisations of a visitor behind the firewall.
pub(crate) async fn disclosed(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let grants = visitor.session().map(|s| s.grants.clone()).unwrap_or_default();
    let mut own: Vec<String> = grants.into_iter().map(|g| g.organisation).filter(|o| o != "*").collect();
    own.dedup();
    let records = Desk::run(&app, visitor.by(), move |r| {
        let mut all = Vec::new();
        for organisation in &own {
            all.extend(r.disclosed(organisation)?);
        }
        Ok(all)
    })
    .await?;
    let s = Shell::new(&app, &visitor, "web-disclosed");
    let records = records.iter().map(|r| shown(&s, r)).collect();
    page(&Disclosed { s, records })
}

#[derive(Template)]
#[template(path = "disclosed.html")]
struct Disclosed<'a> {
    s: Shell<'a>,
    records: Vec<Vec<(String, String)>>,
}

/// Keeps the answers of an assessment as observations, and what it came to as a record that is never changed.
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let text = visitor.text(&app);
    let case = crate::assess::case(text, &sent)?;
    let assessed = crate::assess::assessed(&app.rules, text, &case)?;
    Desk::run(&app, visitor.by(), move |r| {
        let basis = of(&sent, "basis");
        let ground = Ground { organisation: of(&sent, "organisation"), purpose: "help", basis };
        let today: String = r.now.to_string().chars().take(10).collect();
        let mut observations = Vec::new();
        for (question, answer) in &case.answers.0 {
            let answer = serde_json::to_value(answer).unwrap_or_default();
            let fields = serde_json::json!({ "indicator": question, "answer": answer, "on": today });
            let fields = fields.as_object().cloned().unwrap_or_default();
            observations.push(Value::from(ijsberg_crypto::hex(&r.add_record(
                "observation",
                Some(&about),
                &ground,
                &fields,
            )?)));
        }
        let stamps = assessed.rules.iter().chain(assessed.law.as_ref().map(|l| &l.pack));
        let stamps: Vec<String> = stamps.map(|s| format!("{} {} {}", s.id, s.version, s.sha256)).collect();
        let fields = serde_json::json!({
            "rules": stamps.join("; "),
            "observations": observations,
            "result": serde_json::to_string(&assessed).unwrap_or_default(),
            "computed_on": today,
        });
        let fields = fields.as_object().cloned().unwrap_or_default();
        r.add_record("assessment", Some(&about), &ground, &fields)
    })
    .await?;
    Ok(Redirect::to(&format!("/person/{person}")).into_response())
}
