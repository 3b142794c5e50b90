//! What would give a better answer about a table: changes of the lists are tried out in the background.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::{Source, design};
use ijsberg_mse::design::PlanSettings as Changes;
use ijsberg_mse::methods::Progress;
use ijsberg_report::charts;
use ijsberg_report::design::{Design, body, page as document, to_json};
use ijsberg_report::text::Text;

use crate::app::App;
use crate::ask::{READING, SettingTexts, first_error, request};
use crate::error::WebError;
use crate::jobs::{Kind, begin, job};
use crate::link::{link, made_for};
use crate::queue::{JobOrder, Jobs, Work};
use crate::requests::PlanRequest as Request;
use crate::shell::{CSV, Shell, Visitor, attachment, in_language, page, upload, with_language};
use crate::studio::{ProgressPage, TABLES, table};
use crate::wrong::FieldErrors;

/// What can be set: how the table is read, the level and the seed. All else is as it is at the command line when nothing is said.
fn fields() -> impl Iterator<Item = &'static str> {
    READING.into_iter().chain(["level", "seed"])
}

type Job = crate::queue::Job<Request, Design>;

/// Runs of plans.
pub(crate) struct Plans;

impl Kind for Plans {
    const AT: &'static str = "/design";
    type Request = Request;
    type Result = Design;
    const WORK: Work<Request, Design> = work;

    fn jobs(app: &App) -> &Jobs<Request, Design> {
        &app.plans
    }
}

/// Works a plan out.
fn work(
    source: &Source,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Design, String> {
    let found = design(source, input, &request.choices, &request.changes, text, progress, warn);
    found.map_err(|e| e.in_words(text))
}

#[derive(Template)]
#[template(path = "plan.html")]
struct Form<'a> {
    s: Shell<'a>,
    tables: Vec<(&'static str, bool)>,
    fields: Vec<&'static str>,
    asked: SettingTexts,
    sha256: String,
    /// Always empty: a value that does not fit has an error page of its own.
    wrong: FieldErrors,
}

impl Form<'_> {
    fn value(&self, field: &str) -> String {
        let of = Changes::default();
        let usual = match field {
            "level" => of.level.to_string(),
            "seed" => of.seed.to_string(),
            _ => String::new(),
        };
        self.asked.get(field).cloned().unwrap_or(usual)
    }
}

#[derive(Template)]
#[template(path = "plan_result.html")]
struct ResultPage<'a> {
    s: Shell<'a>,
    job: &'a Job,
    body: String,
    warned: &'a [String],
}

/// The form, with the settings of a link.
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<SettingTexts>,
) -> Result<Response, WebError> {
    filled(&app, &visitor, asked)
}

fn filled(app: &App, visitor: &Visitor, asked: SettingTexts) -> Result<Response, WebError> {
    let chosen = asked.get("table").map(String::as_str);
    let tables = TABLES.iter().map(|t| (t.0, Some(t.0) == chosen)).collect();
    let sha256 = asked.get("sha256").cloned().unwrap_or_default();
    let s = Shell::new(app, visitor, "web-plan-title").with_form("plan");
    page(&Form { s, tables, fields: fields().collect(), asked, sha256, wrong: FieldErrors::default() })
}

/// A table was dropped, or one of the program chosen.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let sent = upload(text, sent).await?;
    if let Some((visitor, cookie)) = in_language(&visitor, &sent.0) {
        // A page cannot put a file back into a form; all else stays.
        return Ok(with_language(cookie, filled(&app, &visitor, sent.0)?));
    }
    let (mut asked, (input, bytes)) = table(text, sent)?;
    let made_for = made_for(&asked, &bytes);
    asked.retain(|name, _| name == "table" || fields().any(|field| field == name));
    let request = request(text, &asked).map_err(|wrong| first_error(&wrong))?;
    let ijsberg_analysis::Request { choices, settings, .. } = request;
    let changes = Changes { level: settings.level, seed: settings.seed, ..Changes::default() };
    let asked = JobOrder {
        owner: visitor.session().map(|s| s.user.clone()),
        language: visitor.language,
        link: link(&asked, std::iter::once("table").chain(fields()), &bytes),
        made_for,
        input,
        bytes,
        request: Request { choices, changes },
    };
    let job = begin::<Plans>(&app, asked)?;
    Ok(Redirect::to(&format!("/design/{}", job.id)).into_response())
}

/// A run: how far it is, or what came out.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let job = job::<Plans>(&app, &visitor, &id)?;
    let mut s = Shell::new(&app, &visitor, "web-plan-title");
    if let Some(done) = job.run.result() {
        let body = body(s.text, &done.0);
        return page(&ResultPage { s, job: &job, body, warned: &done.1 });
    }
    let steps = job.run.steps(&format!("/design/{}/progress", job.id), s.text);
    let failed = job.run.failed(s.text);
    s.again = steps.is_some().then_some(2);
    let (id, input, link, made_for) = (&job.id, &job.input, &job.link, job.made_for.as_deref());
    page(&ProgressPage { s, form: "/design", id, input, link, made_for, steps, failed })
}

/// A file of what came out.
pub(crate) async fn download(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let job = job::<Plans>(&app, &visitor, &id)?;
    let done = job.run.result().ok_or(WebError::NotFound)?;
    let text = app.text(job.language);
    let chart = || charts::design(text, &done.0).ok_or(WebError::NotFound);
    let (kind, content) = match name.as_str() {
        "design.html" => ("text/html; charset=utf-8", document(text, &done.0)),
        "design.svg" => ("image/svg+xml", chart()?.wide),
        "design.csv" => (CSV, chart()?.data.csv()),
        "design.json" => {
            let json = ijsberg_outside::json(&to_json(&done.0)).map_err(|_| WebError::Internal)?;
            ("application/json", json)
        }
        _ => return Err(WebError::NotFound),
    };
    Ok(attachment(kind, &name, content))
}
