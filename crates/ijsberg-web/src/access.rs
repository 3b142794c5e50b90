//! Who may come to a route. The register asks again; this keeps people from pages that would only refuse them.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use ijsberg_register::Session;
use ijsberg_register::policy::Operation;

use crate::app::{App, RegisterPool};
use crate::error::{PendingError, WebError};
use crate::visitor::{Actor, Person};

/// The visitors that a route admits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody who reaches the server.
    Anyone,
    /// Anyone where the studio is open; otherwise users who are logged in.
    Studio,
    /// Users who are logged in.
    LoggedIn,
    /// Users with a role that allows one of these operations, for any organisation; what concerns all organisations takes a role for all.
    Any(&'static [Operation]),
    /// A program with a token that allows one of these.
    Token(&'static [Operation]),
}

impl Audience {
    /// Whether a visitor, with or without a session, is admitted.
    pub fn admits(self, open_studio: bool, session: Option<&Session>) -> bool {
        let any = |operations: &[Operation]| session.is_some_and(|s| operations.iter().any(|o| s.may(*o)));
        match self {
            Self::Anyone => true,
            Self::Studio => open_studio || session.is_some(),
            Self::LoggedIn => session.is_some(),
            Self::Any(operations) | Self::Token(operations) => any(operations),
        }
    }
}

/// The cookie of a session.
pub(crate) fn cookie_name(secure: bool) -> &'static str {
    // The prefix binds it to this host, this path and TLS.
    if secure { "__Host-ijsberg" } else { "ijsberg" }
}

/// Identifies the visitor. Without a cookie the register is not asked.
pub(crate) async fn recognise(
    State(app): State<Arc<App>>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    // Assets are the same for everyone and need no session.
    if request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let secret = jar.get(cookie_name(app.config.secure)).map(|c| c.value().to_owned());
    // A value that cannot be a session's secret is ignored.
    let secret = secret.filter(|s| s.len() == 64 && s.bytes().all(|b| b.is_ascii_hexdigit()));
    let bearer = request
        .headers()
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .map(str::to_owned);
    // A cookie is for pages, a token for the interface: neither opens the other.
    let by = if request.uri().path().starts_with("/api/") {
        bearer.map(Actor::Token)
    } else {
        secret.map(Actor::Session)
    };
    if let Some(by) = by {
        let session = RegisterPool::glance(&app, by.clone(), |r| Ok(r.session().cloned())).await;
        match session {
            Ok(Some(session)) => {
                request.extensions_mut().insert(Person { session, by });
            }
            Ok(None) | Err(WebError::Register(ijsberg_register::RegisterError::NoSession)) => {}
            // The gate shows it as a page.
            Err(error) => {
                request.extensions_mut().insert(PendingError(Arc::new(error)));
            }
        }
    }
    next.run(request).await
}

/// Lets in who may come.
pub(crate) async fn gate(
    State((app, who)): State<(Arc<App>, Audience)>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(told) = request.extensions().get::<PendingError>() {
        return told.clone().into_response();
    }
    let person = request.extensions().get::<Person>();
    // Who has something to do first is taken to where it is done.
    let first = person.is_some_and(|p| p.session.must.is_some());
    if first && !matches!(who, Audience::Anyone | Audience::Studio) && request.uri().path() != "/account" {
        return match (request.method(), who) {
            (&axum::http::Method::GET, Audience::LoggedIn | Audience::Any(_)) => {
                Redirect::to("/account").into_response()
            }
            _ => WebError::Denied.into_response(),
        };
    }
    if who.admits(app.config.open_studio, person.map(|p| &p.session)) {
        return next.run(request).await;
    }
    let page = request.method() == axum::http::Method::GET && !matches!(who, Audience::Token(_));
    match person {
        Some(_) => WebError::Denied.into_response(),
        None if app.pool.is_none() => WebError::NoRegister.into_response(),
        None if page => Redirect::to("/login").into_response(),
        None => WebError::LogIn.into_response(),
    }
}
