//! Logging in and out.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use ijsberg_register::RegisterError;

use super::{FormData, field_value};
use crate::access::cookie_name;
use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page};
use crate::visitor::Actor;

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    s: Shell<'a>,
    wrong: Option<String>,
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    if app.pool.is_none() {
        return Err(WebError::NoRegister);
    }
    page(&Login { s: Shell::new(&app, &visitor, "web-log-in"), wrong: None })
}

/// A new session each time, even if the request has a session cookie.
pub(crate) async fn come(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    jar: CookieJar,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let (name, password) =
        (field_value(&sent, "user").to_owned(), sent.get("password").cloned().unwrap_or_default());
    let code = ["recovery", "code"].map(|field| field_value(&sent, field).trim().to_owned());
    let code = code.into_iter().find(|code| !code.is_empty());
    let done = RegisterPool::log_in(&app, Actor::Nobody, move |r| {
        let secret = r.begin_session(&name, &password, code.as_deref())?;
        // Who came by a recovery code is asked to set up the second factor anew.
        Ok((secret, r.session().is_some_and(|s| s.must.is_some()) || r.recovery()?.here))
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
    match RegisterPool::run(app, Actor::Nobody, move |r| r.leave(&secret)).await {
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
