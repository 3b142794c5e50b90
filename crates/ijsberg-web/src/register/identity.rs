//! The identity of a person. Viewing it is logged, so it takes a button, not a link.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use ijsberg_register::RegisterError;
use ijsberg_register::policy::Operation;
use ijsberg_register::register::id;
use ijsberg_register::vault::{BrokenGlass, FIELDS, Identity, field};

use super::{FormData, field_value};
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, in_language, page, with_language};
use crate::wrong::FieldErrors;

#[derive(Template)]
#[template(path = "identity.html")]
struct Page<'a> {
    s: Shell<'a>,
    person: String,
    fields: Vec<(&'static str, String, String)>,
    edit: bool,
    wrong: FieldErrors,
}

fn shown<'a>(app: &'a App, visitor: &Visitor, person: String, identity: &Identity, edit: bool) -> Page<'a> {
    let mut s = Shell::new(app, visitor, "web-identity");
    if edit {
        s = s.with_form("identity");
    } else {
        // A change of language does not show, and log, the identity again.
        let reads = visitor.may(Operation::ReadRegistration);
        s.path = if reads { format!("/person/{person}") } else { "/register".to_owned() };
    }
    let field = |f: &&'static str| {
        let value = identity.get(*f).cloned().unwrap_or_default();
        (edit || !value.is_empty()).then(|| (*f, s.t(&format!("field-{f}")), value))
    };
    let fields = FIELDS.iter().filter_map(field).collect();
    Page { fields, person, edit, wrong: FieldErrors::default(), s }
}

/// A form that was sent, with what was entered in it.
fn again(
    app: &App,
    visitor: &Visitor,
    person: String,
    sent: &FormData,
    wrong: FieldErrors,
) -> Result<Response, WebError> {
    let s = Shell::new(app, visitor, "web-identity").with_form("identity").begun(true);
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let field = |f: &&'static str| (*f, s.t(&format!("field-{f}")), field_value(sent, f).to_owned());
    let fields = FIELDS.iter().map(field).collect();
    let html = if field_value(sent, "whole") == "yes" {
        Page { s, person, fields, edit: true, wrong }.render()?
    } else {
        Blank { s, person, fields, wrong }.render()?
    };
    Ok((status, Html(html)).into_response())
}

/// Reads it; `go=edit` to change it.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let identity = RegisterPool::run(&app, visitor.by(), move |r| r.identity(&about)).await?;
    page(&shown(&app, &visitor, person, &identity, field_value(&sent, "go") == "edit"))
}

/// The same for a user who has a pseudonym and may read no registration.
pub(crate) async fn find(
    app: State<Arc<App>>,
    visitor: Visitor,
    form: Form<FormData>,
) -> Result<Response, WebError> {
    let person = field_value(&form.0, "person").to_lowercase();
    read(app, visitor, Path(person), form).await
}

/// Changes the fields that were filled in; users who may write but not read fill in an empty form, and fields left empty are unchanged.
pub(crate) async fn write(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        return Ok(with_language(cookie, again(&app, &visitor, person, &sent, FieldErrors::default())?));
    }
    let whole = field_value(&sent, "whole") == "yes";
    let changes: Identity = FIELDS
        .iter()
        .filter_map(|f| Some(((*f).to_owned(), sent.get(*f)?.trim().to_owned())))
        .filter(|(_, value)| whole || !value.is_empty())
        .collect::<BTreeMap<_, _>>();
    match RegisterPool::run(&app, visitor.by(), move |r| r.set_identity(&about, &changes)).await {
        Ok(()) => Ok(Redirect::to(&format!("/person/{person}")).into_response()),
        Err(WebError::Register(RegisterError::Invalid { field: name, expected }))
            if field(&name).is_some() =>
        {
            let mut wrong = FieldErrors::default();
            wrong.found(visitor.text(&app), &name, &expected);
            again(&app, &visitor, person, &sent, wrong)
        }
        Err(error) => Err(error),
    }
}

/// The empty form of who may write and not read.
pub(crate) async fn blank(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    id(&person)?;
    let s = Shell::new(&app, &visitor, "web-identity").with_form("identity");
    let fields = FIELDS.iter().map(|f| (*f, s.t(&format!("field-{f}")), String::new())).collect();
    page(&Blank { s, person, fields, wrong: FieldErrors::default() })
}

#[derive(Template)]
#[template(path = "identity_blank.html")]
struct Blank<'a> {
    s: Shell<'a>,
    person: String,
    fields: Vec<(&'static str, String, String)>,
    wrong: FieldErrors,
}

#[derive(Template)]
#[template(path = "glass_break.html")]
struct EmergencyAccessPage<'a> {
    s: Shell<'a>,
    person: String,
    /// What was entered.
    sent: FormData,
}

impl EmergencyAccessPage<'_> {
    fn value(&self, field: &str) -> &str {
        field_value(&self.sent, field)
    }

    /// An hour where nothing was entered.
    fn minutes(&self) -> &str {
        let minutes = self.value("minutes");
        if minutes.is_empty() { "60" } else { minutes }
    }
}

/// What breaking the glass means.
pub(crate) async fn glass_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    id(&person)?;
    let s = Shell::new(&app, &visitor, "web-break-glass").with_form("emergency");
    page(&EmergencyAccessPage { s, person, sent: FormData::new() })
}

/// Breaks the glass.
pub(crate) async fn break_glass(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        let s = Shell::new(&app, &visitor, "web-break-glass").with_form("emergency").begun(true);
        return Ok(with_language(cookie, page(&EmergencyAccessPage { s, person, sent })?));
    }
    let minutes = field_value(&sent, "minutes").parse().unwrap_or(0);
    let done = RegisterPool::run(&app, visitor.by(), move |r| {
        r.break_glass(&about, field_value(&sent, "reason"), minutes, field_value(&sent, "notified"))
    });
    let identity = done.await?;
    page(&shown(&app, &visitor, person, &identity, false))
}

#[derive(Template)]
#[template(path = "glass.html")]
struct EmergencyAccessLogPage<'a> {
    s: Shell<'a>,
    events: Vec<BrokenGlass>,
}

/// Emergency accesses that wait for review.
pub(crate) async fn glass(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let events = RegisterPool::run(&app, visitor.by(), ijsberg_register::Register::broken_glass).await?;
    page(&EmergencyAccessLogPage { s: Shell::new(&app, &visitor, "web-glass"), events })
}

/// Marks an emergency access as reviewed.
pub(crate) async fn looked_at(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(event): Path<String>,
) -> Result<Response, WebError> {
    let event = id(&event)?;
    RegisterPool::run(&app, visitor.by(), move |r| r.review_broken_glass(&event)).await?;
    Ok(Redirect::to("/glass").into_response())
}
