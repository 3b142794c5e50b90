//! Coming in, leaving, and what is to be done today.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use ijsberg_register::RegisterError;
use ijsberg_register::policy::Operation;
use ijsberg_register::registrations::Registration;
use ijsberg_register::vault::BrokenGlass;

use super::{Sent, of};
use crate::access::cookie_name;
use crate::app::{App, As, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};

/// Rows of the work list on one page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    s: Shell<'a>,
    wrong: Option<String>,
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    if app.desk.is_none() {
        return Err(WebError::NoRegister);
    }
    page(&Login { s: Shell::new(&app, &visitor, "web-log-in"), wrong: None })
}

/// A new session each time, whatever cookie came with it.
pub(crate) async fn come(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    jar: CookieJar,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let (name, password) = (of(&sent, "user").to_owned(), sent.get("password").cloned().unwrap_or_default());
    let code = Some(of(&sent, "code").to_owned()).filter(|c| !c.is_empty());
    let done = Desk::log_in(&app, As::Nobody, move |r| {
        let secret = r.begin_session(&name, &password, code.as_deref())?;
        Ok((secret, r.session().is_some_and(|s| s.must.is_some())))
    })
    .await;
    let (secret, first) = match done {
        Ok(done) => done,
        Err(error @ WebError::Register(RegisterError::Login | RegisterError::Locked(_))) => {
            let wrong = Some(error.words(visitor.text(&app)));
            let html = Login { s: Shell::new(&app, &visitor, "web-log-in"), wrong }.render()?;
            return Ok((StatusCode::UNAUTHORIZED, Html(html)).into_response());
        }
        Err(error) => return Err(error),
    };
    leave_session(&app, &jar).await?;
    let to = if first { "/account" } else { "/register" };
    Ok((jar.add(cookie(&app, secret)), Redirect::to(to)).into_response())
}

fn cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build((cookie_name(app.config.secure), secret))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.config.secure)
        .build()
}

async fn leave_session(app: &Arc<App>, jar: &CookieJar) -> Result<(), WebError> {
    let Some(cookie) = jar.get(cookie_name(app.config.secure)) else { return Ok(()) };
    let secret = cookie.value().to_owned();
    match Desk::run(app, As::Nobody, move |r| r.leave(&secret)).await {
        Err(WebError::NoRegister) => Ok(()),
        other => other,
    }
}

/// Leaves; what the browser kept of the pages goes too.
pub(crate) async fn leave(State(app): State<Arc<App>>, jar: CookieJar) -> Result<Response, WebError> {
    leave_session(&app, &jar).await?;
    let jar = jar.remove(Cookie::build((cookie_name(app.config.secure), "")).path("/"));
    let clear = (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\""));
    Ok((jar, [clear], Redirect::to("/")).into_response())
}

#[derive(Template)]
#[template(path = "today.html")]
struct Today<'a> {
    s: Shell<'a>,
    notices: Vec<BrokenGlass>,
    rows: Vec<Registration>,
    more: Option<String>,
    organisations: Vec<String>,
    notify: bool,
    read: bool,
    disclosed: bool,
    identity: bool,
    tasks: Vec<(&'static str, String)>,
}

/// Whoever was told of an emergency has seen it.
pub(crate) async fn acknowledge(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(event): Path<String>,
) -> Result<Response, WebError> {
    let event = ijsberg_register::register::id(&event)?;
    Desk::run(&app, visitor.by(), move |r| r.acknowledge(&event)).await?;
    Ok(Redirect::to("/register").into_response())
}

/// What is new, and where to go.
pub(crate) async fn today(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<Sent>,
) -> Result<Response, WebError> {
    let before = ijsberg_register::register::id(of(&asked, "before")).ok();
    let read = visitor.may(Operation::ReadRegistration);
    let (notices, organisations) =
        Desk::glance(&app, visitor.by(), |mut r| Ok((r.notices()?, r.organisations()?))).await?;
    let rows = if read {
        Desk::run(&app, visitor.by(), move |r| r.newest(before.as_ref(), ROWS)).await?
    } else {
        Vec::new()
    };
    let organisations = super::own(&visitor, organisations, Operation::ReadRegistration);
    let more = (rows.len() == ROWS as usize).then(|| rows.last().map(|r| r.id.clone())).flatten();
    let s = Shell::new(&app, &visitor, "web-register-title");
    let tasks = [
        (Operation::Notify, "/import", "web-import"),
        (Operation::Link, "/review", "web-review"),
        (Operation::ExportLists, "/linkage", "web-linkage-title"),
        (Operation::ExportHistories, "/export", "web-export"),
        (Operation::Publish, "/publish", "web-publish"),
        (Operation::ReviewBreakGlass, "/glass", "web-glass"),
        (Operation::ReadAudit, "/audit", "web-audit"),
        (Operation::Retain, "/retention", "web-retention"),
        (Operation::ManageUsers, "/users", "web-users"),
        (Operation::ManageOrganisations, "/organisations", "web-organisations"),
    ];
    let tasks = tasks
        .into_iter()
        .filter(|t| visitor.may(t.0) && (t.1 != "/publish" || app.publisher.is_some()))
        .map(|t| (t.1, s.t(t.2)))
        .collect();
    page(&Today {
        notices,
        rows,
        more,
        organisations: organisations.into_iter().map(|o| o.id).collect(),
        notify: visitor.may(Operation::Notify),
        read,
        disclosed: visitor.may(Operation::ReadDisclosed),
        identity: visitor.may(Operation::ReadIdentity) && !read,
        tasks,
        s,
    })
}
