//! Who somebody is. Reading is written down, so it is asked for with a button, not by following a link.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_register::register::id;
use ijsberg_register::vault::{BrokenGlass, FIELDS, Identity};

use super::{Sent, of};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

#[derive(Template)]
#[template(path = "identity.html")]
struct Page<'a> {
    s: Shell<'a>,
    person: String,
    fields: Vec<(&'static str, String, String)>,
    edit: bool,
}

fn shown<'a>(app: &'a App, visitor: &Visitor, person: String, identity: &Identity, edit: bool) -> Page<'a> {
    let s = Shell::new(app, visitor, "web-identity");
    let field = |f: &&'static str| {
        let value = identity.get(*f).cloned().unwrap_or_default();
        (edit || !value.is_empty()).then(|| (*f, s.t(&format!("field-{f}")), value))
    };
    Page { fields: FIELDS.iter().filter_map(field).collect(), person, edit, s }
}

/// Reads it; `go=edit` to change it.
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let identity = Desk::run(&app, visitor.by(), move |r| r.identity(&about)).await?;
    page(&shown(&app, &visitor, person, &identity, of(&sent, "go") == "edit"))
}

/// The same for whoever has a pseudonym and may read no registration.
pub(crate) async fn find(
    app: State<Arc<App>>,
    visitor: Visitor,
    form: Form<Sent>,
) -> Result<Response, WebError> {
    let person = of(&form.0, "person").to_lowercase();
    read(app, visitor, Path(person), form).await
}

/// Changes what was filled in; who may write and not read fills in an empty form, and what is left empty stays as it is.
pub(crate) async fn write(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let whole = of(&sent, "whole") == "yes";
    let changes: Identity = FIELDS
        .iter()
        .filter_map(|f| Some(((*f).to_owned(), sent.get(*f)?.trim().to_owned())))
        .filter(|(_, value)| whole || !value.is_empty())
        .collect::<BTreeMap<_, _>>();
    Desk::run(&app, visitor.by(), move |r| r.set_identity(&about, &changes)).await?;
    Ok(Redirect::to(&format!("/person/{person}")).into_response())
}

/// The empty form of who may write and not read.
pub(crate) async fn blank(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    id(&person)?;
    let s = Shell::new(&app, &visitor, "web-identity");
    let fields = FIELDS.iter().map(|f| (*f, s.t(&format!("field-{f}")), String::new())).collect();
    page(&Blank { s, person, fields })
}

#[derive(Template)]
#[template(path = "identity_blank.html")]
struct Blank<'a> {
    s: Shell<'a>,
    person: String,
    fields: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "glass_break.html")]
struct Break<'a> {
    s: Shell<'a>,
    person: String,
}

/// What breaking the glass means.
pub(crate) async fn glass_form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    id(&person)?;
    page(&Break { s: Shell::new(&app, &visitor, "web-break-glass"), person })
}

/// Breaks the glass.
pub(crate) async fn break_glass(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let about = id(&person)?;
    let minutes = of(&sent, "minutes").parse().unwrap_or(0);
    let done = Desk::run(&app, visitor.by(), move |r| {
        r.break_glass(&about, of(&sent, "reason"), minutes, of(&sent, "notified"))
    });
    let identity = done.await?;
    page(&shown(&app, &visitor, person, &identity, false))
}

#[derive(Template)]
#[template(path = "glass.html")]
struct Glass<'a> {
    s: Shell<'a>,
    events: Vec<BrokenGlass>,
}

/// Who broke the glass, to be looked at.
pub(crate) async fn glass(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let events = Desk::run(&app, visitor.by(), ijsberg_register::Register::broken_glass).await?;
    page(&Glass { s: Shell::new(&app, &visitor, "web-glass"), events })
}

/// It was looked at.
pub(crate) async fn looked_at(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(event): Path<String>,
) -> Result<Response, WebError> {
    let event = id(&event)?;
    Desk::run(&app, visitor.by(), move |r| r.review_broken_glass(&event)).await?;
    Ok(Redirect::to("/glass").into_response())
}
