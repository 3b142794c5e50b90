//! Records of a case: one form for every kind, made of its fields.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::codes::code_list;
use ijsberg_register::entities::{Holds, Kind, kind_of};
use ijsberg_register::expected::{Expected, Wanted};
use ijsberg_register::merge::Fields;
use ijsberg_register::records::{Ground, Record};
use ijsberg_register::register::id;
use ijsberg_report::text::Text;
use serde_json::Value;

use super::{FormData, countries, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::FieldErrors;

mod form;

use form::{FormTarget, ShowReason, as_sent, filled, value_of};

/// The decision is recorded as made by the user who is logged in.
const WHO: &str = "decided_by";

/// The fields of a form by those of the kind, and fields that cannot be read.
type ReadForm = (Fields, Vec<(&'static str, Expected)>);

/// Reads a form. What is empty is not there.
fn read(app: &App, visitor: &Visitor, kind: &Kind, sent: &[(String, String)]) -> ReadForm {
    let (mut fields, mut unread) = (Fields::new(), Vec::new());
    if let Some(session) = visitor.session().filter(|_| kind.fields.iter().any(|f| f.0 == WHO)) {
        fields.insert(WHO.to_owned(), session.user.clone().into());
    }
    for (name, holds) in kind.fields {
        let given: Vec<&str> =
            sent.iter().filter(|f| f.0 == *name).map(|f| f.1.trim()).filter(|v| !v.is_empty()).collect();
        let Some(first) = given.first() else { continue };
        let list = || first.split([',', ' ']).map(str::trim).filter(|c| !c.is_empty());
        let value = match holds {
            Holds::Codes(_) => given.iter().map(|c| Value::from(*c)).collect(),
            Holds::Countries => {
                given.iter().flat_map(|c| countries::codes(app, c)).map(Value::from).collect()
            }
            Holds::Ids => list().map(Value::from).collect(),
            Holds::Flag => Value::Bool(*first == "true"),
            Holds::Number => {
                let number = first.replace(',', ".").parse::<f64>().ok();
                let Some(number) = number.and_then(serde_json::Number::from_f64) else {
                    unread.push((*name, Wanted::Positive.into()));
                    continue;
                };
                Value::Number(number)
            }
            Holds::Day => Value::from(ijsberg_register::days::typed(first)),
            Holds::Text | Holds::Code(_) => Value::from(*first),
        };
        fields.insert((*name).to_owned(), value);
    }
    (fields, unread)
}

/// The name of a field in the form, of one that the register names with its kind.
fn own_name<'a>(kind: &Kind, field: &'a str) -> &'a str {
    field.strip_prefix(kind.name).and_then(|rest| rest.strip_prefix('.')).unwrap_or(field)
}

/// All that does not fit, in the order of the form: what cannot be read, and what the register expects of the record and of its ground.
fn unfit(text: &Text, kind: &Kind, (fields, unread): &ReadForm, ground: Option<&Ground<'_>>) -> FieldErrors {
    let mut found: Vec<(String, Expected)> =
        unread.iter().map(|(field, expected)| ((*field).to_owned(), expected.clone())).collect();
    let of_kind =
        kind.wrong(fields).into_iter().map(|(field, expected)| (own_name(kind, &field).to_owned(), expected));
    let of_ground = ground.map(Ground::wrong).unwrap_or_default();
    let of_ground = of_ground.into_iter().map(|(field, expected)| (field.to_owned(), expected));
    for (field, expected) in of_kind.chain(of_ground) {
        // A number that cannot be read is there: it is not missing as well.
        if !found.iter().any(|f| f.0 == field) {
            found.push((field, expected));
        }
    }
    let place = |field: &str| kind.fields.iter().position(|f| f.0 == field).unwrap_or(kind.fields.len());
    found.sort_by_key(|(field, _)| (place(field), field == "basis"));
    let mut all = FieldErrors::default();
    found.iter().for_each(|(field, expected)| all.found(text, field, expected));
    all
}

/// Why a form that was refused comes again; nothing where no change of it would help.
fn why(text: &Text, kind: &Kind, error: WebError) -> Result<ShowReason, WebError> {
    match error {
        WebError::Register(RegisterError::Invalid { field, expected })
            if kind.fields.iter().any(|f| f.0 == own_name(kind, &field)) =>
        {
            let mut wrong = FieldErrors::default();
            wrong.found(text, own_name(kind, &field), &expected);
            Ok(ShowReason::Wrong(wrong))
        }
        error if [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::CONFLICT].contains(&error.status()) => {
            Ok(ShowReason::Refused(error))
        }
        error => Err(error),
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
    filled(&app, &visitor, kind, FormTarget::to_add(&person, kind), &Fields::new(), ShowReason::Opened).await
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
    let all: FormData = sent.iter().cloned().collect();
    let to = FormTarget::to_add(&person, kind);
    if let Some((visitor, cookie)) = in_language(&visitor, &all) {
        let same = filled(&app, &visitor, kind, to, &as_sent(&sent), ShowReason::Language).await?;
        return Ok(with_language(cookie, same));
    }
    let (text, said) = (visitor.text(&app), read(&app, &visitor, kind, &sent));
    let wrong = unfit(text, kind, &said, Some(&ground(&all)));
    if !wrong.is_empty() {
        return filled(&app, &visitor, kind, to, &as_sent(&sent), ShowReason::Wrong(wrong)).await;
    }
    let written = RegisterPool::run(&app, visitor.by(), move |r| {
        r.add_record(kind.name, Some(&about), &ground(&all), &said.0)
    });
    match written.await {
        Ok(_) => Ok(Redirect::to(&format!("/person/{person}")).into_response()),
        Err(e) => filled(&app, &visitor, kind, to, &as_sent(&sent), why(text, kind, e)?).await,
    }
}

/// Whose, what for and on what basis, as a form says it.
fn ground(sent: &FormData) -> Ground<'_> {
    Ground {
        organisation: field_value(sent, "organisation"),
        purpose: field_value(sent, "purpose"),
        basis: field_value(sent, "basis"),
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
    let record = RegisterPool::run(&app, visitor.by(), move |r| r.record(kind.name, &name)).await?;
    let to = format!("/record/{}/{}", kind.name, record.id);
    let about = FormTarget { to, person: record.person, version: Some(record.version) };
    filled(&app, &visitor, kind, about, &record.fields, ShowReason::Opened).await
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
    let person =
        RegisterPool::run(&app, visitor.by(), move |r| Ok(r.record(kind.name, &name)?.person)).await?;
    let back = person.as_ref().map_or_else(|| "/register".to_owned(), |p| format!("/person/{p}"));
    let about = FormTarget { to: format!("/record/{}/{record}", kind.name), person, version: Some(version) };
    let all: FormData = sent.iter().cloned().collect();
    if let Some((visitor, cookie)) = in_language(&visitor, &all) {
        let same = filled(&app, &visitor, kind, about, &as_sent(&sent), ShowReason::Language).await?;
        return Ok(with_language(cookie, same));
    }
    let (text, said) = (visitor.text(&app), read(&app, &visitor, kind, &sent));
    let wrong = unfit(text, kind, &said, None);
    if !wrong.is_empty() {
        return filled(&app, &visitor, kind, about, &as_sent(&sent), ShowReason::Wrong(wrong)).await;
    }
    let changed =
        RegisterPool::run(&app, visitor.by(), move |r| r.change_record(kind.name, &name, version, &said.0));
    match changed.await {
        Ok(_) => Ok(Redirect::to(&back).into_response()),
        Err(e) => filled(&app, &visitor, kind, about, &as_sent(&sent), why(text, kind, e)?).await,
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
            Holds::Countries => countries::listed(s.text, &value),
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
    let records = RegisterPool::run(&app, visitor.by(), move |r| {
        let mut all = Vec::new();
        for organisation in &own {
            all.extend(r.disclosed(organisation)?);
        }
        Ok(all)
    })
    .await?;
    let s = Shell::new(&app, &visitor, "web-disclosed");
    let records = records.iter().map(|r| shown(&s, r)).collect();
    page(&DisclosuresPage { s, records })
}

#[derive(Template)]
#[template(path = "disclosed.html")]
struct DisclosuresPage<'a> {
    s: Shell<'a>,
    records: Vec<Vec<(String, String)>>,
}

/// Keeps the answers of an assessment as observations, and what it came to as a record that is never changed.
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let text = visitor.text(&app);
    let case = crate::assess::case(text, &sent)?;
    let assessed = crate::assess::assessed(&app.rules, text, &case)?;
    RegisterPool::run(&app, visitor.by(), move |r| {
        let basis = field_value(&sent, "basis");
        let ground = Ground { organisation: field_value(&sent, "organisation"), purpose: "help", basis };
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
