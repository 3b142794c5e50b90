//! The way in, help, and what belongs to no area.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use ijsberg_report::text::Language;
use sha2::{Digest, Sha256};

use crate::app::{App, RegisterPool};
use crate::assess::FormData;
use crate::error::WebError;
use crate::guards::COUNTS;
use crate::shell::{Shell, Visitor, language as language_of, language_cookie, page};

/// Where who must leave in a hurry goes: a page that anybody looks at.
const ELSEWHERE: &str = "https://www.knmi.nl/nederland-nu/weer/verwachtingen";

/// Files that pages need, with what they are.
const ASSETS: [(&str, &str, &[u8]); 11] = [
    ("tokens.css", "text/css; charset=utf-8", ijsberg_report::html::TOKENS.as_bytes()),
    ("analysis.css", "text/css; charset=utf-8", ijsberg_report::html::ANALYSIS.as_bytes()),
    ("work.css", "text/css; charset=utf-8", include_bytes!("../assets/work.css")),
    ("app.css", "text/css; charset=utf-8", include_bytes!("../assets/app.css")),
    ("assess.css", "text/css; charset=utf-8", include_bytes!("../assets/assess.css")),
    ("app.js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js")),
    ("wait.js", "text/javascript; charset=utf-8", include_bytes!("../assets/wait.js")),
    ("weigh.js", "text/javascript; charset=utf-8", include_bytes!("../assets/weigh.js")),
    ("say.js", "text/javascript; charset=utf-8", include_bytes!("../assets/say.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
    ("public-sans.woff2", "font/woff2", ijsberg_publication::write::typeface::PUBLIC_SANS),
];

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    s: Shell<'a>,
    register: bool,
}

/// The four ways in.
pub(crate) async fn home(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&HomePage { s: Shell::new(&app, &visitor, "web-title"), register: app.pool.is_some() })
}

#[derive(Template)]
#[template(path = "facts.html")]
struct Facts<'a> {
    s: Shell<'a>,
}

/// What human trafficking is and what is known of its extent, with sources.
pub(crate) async fn facts(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&Facts { s: Shell::new(&app, &visitor, "facts-title") })
}

#[derive(Template)]
#[template(path = "help.html")]
struct Help<'a> {
    s: Shell<'a>,
    helps: Vec<String>,
}

/// Help, for professionals and for people who need it now.
pub(crate) async fn help(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let s = Shell::new(&app, &visitor, "web-help");
    let words =
        |h: &ijsberg_signals::rules::Help| ijsberg_report::assessment::words(s.text, &h.text).to_owned();
    page(&Help { helps: app.rules.helps.help.iter().map(words).collect(), s })
}

/// Away from here, and nothing of it stays in this browser.
pub(crate) async fn exit(State(app): State<Arc<App>>, jar: CookieJar, headers: HeaderMap) -> Response {
    // A picture on another site must not wipe anybody's drafts.
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site") {
        return Redirect::to("/").into_response();
    }
    if let Some(cookie) = jar.get(crate::access::cookie_name(app.config.secure)) {
        let secret = cookie.value().to_owned();
        // Away from here comes first; a session that could not be ended is over by itself.
        let _ = crate::app::RegisterPool::run(&app, crate::visitor::Actor::Nobody, move |r| r.leave(&secret))
            .await;
    }
    let clear = HeaderValue::from_static("\"cache\", \"cookies\", \"storage\"");
    ([(HeaderName::from_static("clear-site-data"), clear)], Redirect::to(ELSEWHERE)).into_response()
}

/// Another language, and back to where one was.
pub(crate) async fn language(jar: CookieJar, Form(sent): Form<FormData>) -> Response {
    let chosen = sent.get("lang").and_then(|code| language_of(code)).unwrap_or(Language::English);
    let back = sent.get("back").filter(|b| is_path_of_here(b)).map_or("/", String::as_str);
    (jar.add(language_cookie(chosen)), Redirect::to(back)).into_response()
}

/// Whether it is a path of this server and of no other: browsers leave tabs and line ends out of an address, and read a backslash
/// as a slash.
fn is_path_of_here(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain)
}

/// A file that pages need.
pub(crate) async fn asset(Path(name): Path<String>) -> Result<Response, WebError> {
    let (_, kind, content) = ASSETS.iter().find(|a| a.0 == name).ok_or(WebError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, *kind)], *content).into_response())
}

/// What a device needs to install the assessment.
pub(crate) async fn manifest(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let text = visitor.text(&app);
    let manifest = serde_json::json!({
        "name": format!("ijsberg: {}", text.say("web-assess-title")),
        "short_name": "ijsberg",
        "lang": text.language().code(),
        "start_url": "/assess/all",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#12436d",
        "icons": [{ "src": "/assets/icon.svg", "sizes": "any", "type": "image/svg+xml" }],
    });
    ([(header::CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}

/// The worker that keeps the questions for when there is no connection. It names what they rest on, so that a browser fetches
/// everything again when that changes.
pub(crate) async fn offline(State(app): State<Arc<App>>) -> Response {
    let mut digest = Sha256::new_with_prefix(env!("CARGO_PKG_VERSION"));
    app.rules.stamps.iter().for_each(|s| digest.update(&s.sha256));
    ASSETS.iter().for_each(|a| digest.update(a.2));
    let named = ijsberg_crypto::hex(&digest.finalize()[..8]);
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("../assets/offline.js").replace("@version", &named)).into_response()
}

/// Whether it works: the storage answers.
pub(crate) async fn health(State(app): State<Arc<App>>) -> Response {
    if RegisterPool::answers(&app).await {
        return "ok\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, axum::response::Html("storage does not answer\n")).into_response()
}

/// Counts for a monitor; nothing of a person.
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> Response {
    let mut out = String::from("# TYPE ijsberg_responses counter\n");
    for (class, count) in (1..=5).zip(&COUNTS) {
        let _ = writeln!(
            out,
            "ijsberg_responses_total{{status=\"{class}xx\"}} {}",
            count.load(Ordering::Relaxed)
        );
    }
    let open = RegisterPool::glance(&app, crate::visitor::Actor::Nobody, |mut r| r.open_sessions());
    let open = open.await.unwrap_or(0);
    let _ = write!(
        out,
        "# TYPE ijsberg_sessions gauge\nijsberg_sessions {}\n# TYPE ijsberg_estimates_at_work gauge\nijsberg_estimates_at_work {}\n",
        open,
        app.at_work()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response()
}
