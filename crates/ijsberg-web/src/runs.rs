//! The runs of a user in the studio: listing them, naming them, and keeping them for longer.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::Outcome;
use ijsberg_outside::{Line, TextFault};
use ijsberg_report::headline;
use ijsberg_report::text::Text;

use crate::app::App;
use crate::ask::SettingTexts;
use crate::error::WebError;
use crate::estimates::{Estimates, Job};
use crate::jobs::job;
use crate::moment::minute;
use crate::queue::{KEPT_BY_ALL, KEPT_BY_ONE, KeepRefusal};
use crate::run::RunState;
use crate::shell::{Shell, Visitor, page};

/// Characters that the name of a run may have.
pub(crate) const LONGEST_NAME: usize = 60;

#[derive(Template)]
#[template(path = "runs.html")]
struct Page<'a> {
    s: Shell<'a>,
    /// The runs of a user; none for who is not logged in, whose runs only their own tab knows.
    rows: Option<Vec<Row>>,
}

impl Page<'_> {
    fn limits(&self) -> String {
        limits(self.s.text)
    }
}

/// A run as a row.
struct Row {
    id: String,
    called: String,
    began: String,
    /// The progress or the result.
    state: String,
    /// Whether there is a result, so that it can be kept.
    done: bool,
    kept: bool,
}

impl Row {
    fn from_job(text: &Text, job: &Job) -> Self {
        let (state, done) = match job.run.state() {
            RunState::Waiting => (text.stage("waiting"), false),
            RunState::Running => (text.say("web-running"), false),
            RunState::Failed(_) => (text.say("web-run-failed"), false),
            RunState::Cancelled => (text.say("web-job-cancelled"), false),
            RunState::Done(made) => match &made.0 {
                Outcome::Histories(a) => (headline::verdict(text, a), true),
                Outcome::Counts(c) => (c.card(text).verdict, true),
            },
        };
        let (id, called, began) = (job.id.clone(), job.called(), minute(&job.began.to_string()));
        Self { id, called, began, state, done, kept: job.is_kept() }
    }
}

/// How many runs may be kept, and for how long.
fn limits(text: &Text) -> String {
    let most = [("one", KEPT_BY_ONE.to_string()), ("all", KEPT_BY_ALL.to_string())];
    text.fill("web-run-limits", &most)
}

/// How long a run stays.
pub(crate) fn stays(text: &Text, kept: bool) -> String {
    let key = if kept { "web-run-kept" } else { "web-run-not-kept" };
    format!("{} {}", text.say(key), limits(text))
}

/// The runs of the visitor, the newest first.
pub(crate) async fn list(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    let s = Shell::new(&app, &visitor, "web-runs-title");
    let own = visitor.session().map(|session| app.jobs.owned_by(&session.user));
    let rows = own.map(|own| own.iter().map(|job| Row::from_job(s.text, job)).collect());
    page(&Page { s, rows })
}

/// Gives a run a name; an empty one takes it away.
pub(crate) async fn name(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form<SettingTexts>,
) -> Result<Response, WebError> {
    let job = job::<Estimates>(&app, &visitor, &id)?;
    let text = visitor.text(&app);
    let typed = sent.get("name").map(String::as_str).unwrap_or_default();
    let name = match Line::new(typed, LONGEST_NAME) {
        Ok(line) => line.as_str().to_owned(),
        Err(TextFault::Empty) => String::new(),
        Err(_) => {
            let most = [("n", LONGEST_NAME.to_string())];
            return Err(WebError::Sent(text.fill("web-run-name-wrong", &most)));
        }
    };
    job.rename(name);
    Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response())
}

/// Keeps a run for a month, or no longer; from its page, or from the list.
pub(crate) async fn keep(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(sent): Form<SettingTexts>,
) -> Result<Response, WebError> {
    let job = job::<Estimates>(&app, &visitor, &id)?;
    let text = visitor.text(&app);
    let keep = sent.get("keep").is_some_and(|keep| keep == "yes");
    // A visitor who is not logged in could not come back to it, and it would take another user's place.
    if keep && visitor.session().is_none() {
        return Err(WebError::Sent(text.say("web-run-log-in")));
    }
    if keep && job.run.result().is_none() {
        return Err(WebError::Sent(text.say("web-run-nothing")));
    }
    let full = |key: &str, most: usize| WebError::Sent(text.fill(key, &[("n", most.to_string())]));
    app.jobs.keep(&job, keep).map_err(|why| match why {
        KeepRefusal::ByOne => full("web-run-full-one", KEPT_BY_ONE),
        KeepRefusal::ByAll => full("web-run-full-all", KEPT_BY_ALL),
        KeepRefusal::Gone => WebError::NotFound,
    })?;
    let run = format!("/estimate/{}", job.id);
    let to = if sent.contains_key("list") { "/estimate/runs" } else { run.as_str() };
    Ok(Redirect::to(to).into_response())
}
