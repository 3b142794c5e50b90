//! The frame of every page, and who looks at it in which language.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts, Multipart};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use ijsberg_register::policy::Operation as O;
use ijsberg_report::text::{Language, Text};

use crate::app::App;
use crate::back::back;
use crate::error::WebError;
use crate::visitor::Person;
pub(crate) use crate::visitor::Visitor;

/// The cookie of the language.
pub(crate) const LANGUAGE: &str = "lang";

impl Visitor {
    pub(crate) fn text<'a>(&self, app: &'a App) -> &'a Text {
        app.text(self.language)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor
where
    Arc<App>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let app = Arc::<App>::from_ref(state);
        let chosen = CookieJar::from_headers(&parts.headers).get(LANGUAGE).map(|c| c.value().to_owned());
        let asked = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let language =
            chosen.as_deref().and_then(language).or_else(|| preferred(asked?)).unwrap_or(app.config.language);
        Ok(Self {
            language,
            person: parts.extensions.get::<Person>().cloned(),
            path: parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }
}

/// A change of language that was sent with a form: the visitor in that language, and the cookie that keeps it.
pub(crate) fn in_language(
    visitor: &Visitor,
    sent: &BTreeMap<String, String>,
) -> Option<(Visitor, Cookie<'static>)> {
    let language = language(sent.get("lang")?)?;
    Some((Visitor { language, ..visitor.clone() }, language_cookie(language)))
}

/// The same page in another language, with the cookie that keeps it.
pub(crate) fn with_language(cookie: Cookie<'static>, same: Response) -> Response {
    (CookieJar::default().add(cookie), same).into_response()
}

/// Keeps the language.
pub(crate) fn language_cookie(language: Language) -> Cookie<'static> {
    Cookie::build((LANGUAGE, language.code())).path("/").same_site(SameSite::Lax).permanent().build()
}

/// The language of a code.
pub(crate) fn language(code: &str) -> Option<Language> {
    match code.get(..2)?.to_lowercase().as_str() {
        "nl" => Some(Language::Dutch),
        "en" => Some(Language::English),
        _ => None,
    }
}

/// The first language of a browser's list that there is; browsers list them in order.
fn preferred(list: &str) -> Option<Language> {
    list.split(',').find_map(|part| language(part.trim()))
}

/// A link in the frame.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) href: &'static str,
    pub(crate) name: String,
    pub(crate) here: bool,
}

/// The tasks of the studio: their addresses and what they are called.
const TASKS: [(&str, &str); 5] = [
    ("/estimate", "web-task-estimate"),
    ("/nowcast", "web-task-nowcast"),
    ("/open", "web-task-open"),
    ("/delays", "web-task-delays"),
    ("/design", "web-task-design"),
];

/// Whether an address is that of a page or below it.
fn is_at(path: &str, page: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.strip_prefix(page).is_some_and(|below| below.is_empty() || below.starts_with('/'))
}

/// The frame.
#[derive(Debug)]
pub(crate) struct Shell<'a> {
    pub(crate) text: &'a Text,
    pub(crate) title: String,
    pub(crate) user: Option<String>,
    pub(crate) links: Vec<Link>,
    pub(crate) synthetic: bool,
    pub(crate) path: String,
    /// The form that a change of language is sent with, so that what was filled in stays.
    pub(crate) form: Option<&'static str>,
    /// That form already has input that is saved nowhere.
    pub(crate) begun: bool,
    /// Seconds after which the page asks again, for pages that wait.
    pub(crate) again: Option<u32>,
}

impl<'a> Shell<'a> {
    pub(crate) fn new(app: &'a App, visitor: &Visitor, title: &str) -> Self {
        let text = visitor.text(app);
        let mut hrefs = vec![("/assess", "web-assess")];
        if app.pool.is_some() {
            hrefs.push(("/register", "web-register"));
        }
        if visitor.may(O::Link) {
            hrefs.push(("/review", "web-review"));
        }
        hrefs.push(("/estimate", "web-estimate"));
        hrefs.push(("/help", "web-help"));
        let studio = TASKS.iter().any(|(page, _)| is_at(&visitor.path, page));
        let here = |href: &str| {
            let path = visitor.path.split('?').next();
            path.is_some_and(|p| p.starts_with(href)) || href == "/estimate" && studio
        };
        let links = hrefs.into_iter().map(|(href, key)| Link { href, name: text.say(key), here: here(href) });
        Self {
            text,
            title: text.say(title),
            user: visitor.session().map(|s| s.user.clone()),
            links: links.collect(),
            synthetic: app.config.synthetic,
            path: back(app.pages(), &visitor.path),
            form: None,
            begun: false,
            again: None,
        }
    }

    /// The same, on a page with a form that is long to fill in; its element has this identifier.
    pub(crate) fn with_form(self, id: &'static str) -> Self {
        Self { form: Some(id), ..self }
    }

    /// The tasks of the studio, of which this page is one.
    pub(crate) fn tasks(&self) -> Vec<Link> {
        let link = |(href, key): (&'static str, &str)| {
            let (name, here) = (self.text.say(key), is_at(&self.path, href));
            Link { href, name, here }
        };
        TASKS.into_iter().map(link).collect()
    }

    /// The same, where the form already has input.
    pub(crate) fn begun(self, begun: bool) -> Self {
        Self { begun, ..self }
    }

    /// A message.
    pub(crate) fn t(&self, key: &str) -> String {
        self.text.say(key)
    }

    /// A message with one argument.
    pub(crate) fn f(&self, key: &str, name: &str, value: impl ToString) -> String {
        self.text.fill(key, &[(name, value.to_string())])
    }

    /// The word for a code, such as `form-LABOUR`; the code itself where there is none.
    pub(crate) fn code(&self, list: &str, code: &str) -> String {
        let key = format!("code-{list}-{code}");
        let said = self.text.say(&key);
        if said == key { code.to_owned() } else { said }
    }

    pub(crate) fn lang(&self) -> &'static str {
        self.text.language().code()
    }

    pub(crate) fn other_lang(&self) -> &'static str {
        if self.lang() == "nl" { "en" } else { "nl" }
    }
}

/// What a form with a file sends: its fields, and the name and the bytes of the file.
pub(crate) type Upload = (BTreeMap<String, String>, Option<(String, Vec<u8>)>);

/// What a form with several files sends: its fields, and the name and the bytes of each file by its field.
pub(crate) type Uploads = (BTreeMap<String, String>, BTreeMap<String, (String, Vec<u8>)>);

/// Reads a form with a file.
pub(crate) async fn upload(text: &Text, sent: Multipart) -> Result<Upload, WebError> {
    let (fields, mut files) = uploads(text, sent).await?;
    Ok((fields, files.remove("file")))
}

/// Reads a form with files.
pub(crate) async fn uploads(text: &Text, mut sent: Multipart) -> Result<Uploads, WebError> {
    let unreadable = |_| WebError::Sent(text.say("web-upload-unreadable"));
    let (mut fields, mut files) = (BTreeMap::new(), BTreeMap::new());
    while let Some(field) = sent.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" && field.file_name().is_none() {
            fields.insert(name, field.text().await.map_err(unreadable)?);
            continue;
        }
        // A browser sends a file name; the folder before it is none of our business.
        let called = field.file_name().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
        let called: String = called.chars().take(80).collect();
        let called = if called.is_empty() { called } else { ijsberg_outside::file_name(&called) };
        let bytes = field.bytes().await.map_err(unreadable)?;
        if !bytes.is_empty() {
            files.insert(name, (called, bytes.to_vec()));
        }
    }
    Ok((fields, files))
}

/// A page as an answer.
pub(crate) fn page(template: &impl Template) -> Result<Response, WebError> {
    Ok(Html(template.render()?).into_response())
}

/// The media type of a file of rows.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// A file to be saved. This program chose the name, so a header takes it unchanged.
pub(crate) fn attachment<B>(kind: &str, name: &str, content: B) -> Response
where
    B: Into<axum::body::Body>,
{
    let disposition = format!("attachment; filename=\"{name}\"");
    let head = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (head, content.into()).into_response()
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message<'a> {
    s: Shell<'a>,
    words: &'a str,
    log_in: bool,
}

/// A page with a message.
pub(crate) fn message(app: &App, visitor: &Visitor, status: StatusCode, words: &str) -> Response {
    let s = Shell::new(app, visitor, "web-error");
    match (Message { s, words, log_in: status == StatusCode::UNAUTHORIZED }).render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => words.to_owned().into_response(),
    }
}
