//! The layers around every request: names, headers, limits, and pages for errors.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use ijsberg_report::text::Text;

use crate::app::App;
use crate::error::{PendingError, WebError};
use crate::log::{RequestId, chain};
use crate::shell::{Visitor, message};

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Bytes that a form or a file may have.
pub(crate) const MOST_BYTES: usize = 32 << 20;

/// From where a request came. A proxy before the server adds the address it saw to the end of what others claimed.
fn from(request: &Request, behind_proxy: bool) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let told = request.headers().get_all("x-forwarded-for").iter().next_back();
    let told = told.and_then(|v| v.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    told.filter(|_| behind_proxy && peer.is_loopback()).unwrap_or(peer)
}

/// The name that a request is for, without the port.
fn asked_for(request: &Request) -> &str {
    let host = request.headers().get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_loopback(name: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| own.eq_ignore_ascii_case(name))
}

fn misdirected() -> Response {
    (StatusCode::MISDIRECTED_REQUEST, "this server has another name; see --host\n").into_response()
}

/// Counts are for programs on this machine: a website cannot reach them through a name of its own.
pub(crate) async fn this_machine(request: Request, next: Next) -> Response {
    if is_loopback(asked_for(&request)) { next.run(request).await } else { misdirected() }
}

/// Turns away requests for another name, those from a page that came without TLS where this server has it, and those that come too often.
pub(crate) async fn entrance(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let name = asked_for(&request);
    if !app.config.hosts.iter().any(|h| h.eq_ignore_ascii_case(name)) {
        return misdirected();
    }
    let plain = request.headers().get(header::ORIGIN).is_some_and(|o| o.as_bytes().starts_with(b"http://"));
    if plain && app.config.secure && !is_loopback(name) && !request.method().is_safe() {
        return (StatusCode::FORBIDDEN, "the page that sent this came without TLS\n").into_response();
    }
    let from = from(&request, app.config.behind_proxy);
    if !app.limits.allows(request.method(), request.uri().path(), from) {
        return WebError::TooMany.into_response();
    }
    next.run(request).await
}

/// Headers of every answer.
pub(crate) async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let asset = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("content-security-policy", POLICY);
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    // A page about a person is never cached; content that is the same for everyone may be, but is revalidated.
    set("cache-control", if asset { "no-cache" } else { "no-store" });
    if app.config.secure {
        set("strict-transport-security", "max-age=31536000");
    }
    response
}

/// What goes wrong before a handler is reached.
fn of_the_frame_in_words(text: &Text, status: StatusCode) -> String {
    match status {
        StatusCode::NOT_FOUND => WebError::NotFound.words(text),
        StatusCode::SERVICE_UNAVAILABLE => WebError::Busy.words(text),
        StatusCode::FORBIDDEN => text.say("web-error-elsewhere"),
        StatusCode::PAYLOAD_TOO_LARGE => text.say("web-upload-unreadable"),
        StatusCode::METHOD_NOT_ALLOWED => text.say("web-error-method"),
        s if s.is_client_error() => text.say("web-error-form"),
        _ => WebError::Internal.words(text),
    }
}

/// Makes a page, or JSON for the interface, of an error.
pub(crate) async fn errors(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    let interface = request.uri().path().starts_with("/api/");
    let id = request.extensions().get::<RequestId>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let told = response.extensions().get::<PendingError>().map(|t| Arc::clone(&t.0));
    let plain =
        response.headers().get(header::CONTENT_TYPE).is_none_or(|t| t.as_bytes().starts_with(b"text/plain"));
    let of_the_frame = (status.is_client_error() || status.is_server_error()) && plain;
    if told.is_none() && !of_the_frame {
        return response;
    }
    let words = match &told {
        Some(error) => error.words(visitor.text(&app)),
        None => of_the_frame_in_words(visitor.text(&app), status),
    };
    let mut words = words;
    if status.is_server_error() {
        if let Some(error) = &told {
            tracing::error!(cause = chain(error.as_ref()), "fault");
        }
        if let (StatusCode::INTERNAL_SERVER_ERROR, Some(id)) = (status, &id) {
            let number = visitor.text(&app).fill("web-error-number", &[("id", id.0.to_string())]);
            words = format!("{words} {number}");
        }
    }
    let mut headers = HeaderMap::new();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        headers.insert(header::ALLOW, allow.clone());
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if interface {
        let problem = serde_json::json!({ "status": status.as_u16(), "title": words });
        return (status, headers, Json(problem)).into_response();
    }
    (status, headers, message(&app, &visitor, status, &words)).into_response()
}

/// Answers by the first digit of their status.
pub(crate) static COUNTS: [AtomicU64; 5] = [const { AtomicU64::new(0) }; 5];

/// Counts answers.
pub(crate) async fn counted(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(count) = COUNTS.get(usize::from(response.status().as_u16() / 100).saturating_sub(1)) {
        count.fetch_add(1, Ordering::Relaxed);
    }
    response
}
