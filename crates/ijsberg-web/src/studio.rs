//! The estimate studio: a table goes in, diagnostics and estimates come out.

use std::borrow::Cow;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::{Input, Outcome, Request, sha256};
use ijsberg_report::text::Text;
use ijsberg_report::{charts, html, machine};

use crate::app::App;
use crate::ask::{
    FormPart, SettingTexts, fields, first_error, form_parts, label, request, unfit, usual, with_new_names,
};
use crate::compare::{compare, others};
use crate::elsewhere;
use crate::error::WebError;
use crate::estimates::{Estimates, Job};
use crate::jobs::{self, job};
use crate::link::{link, made_for};
use crate::queue::JobOrder;
use crate::run::Steps;
use crate::shell::{CSV, Shell, Upload, Visitor, attachment, in_language, page, uploads, with_language};
use crate::wrong::FieldErrors;

/// Public tables that are in the program.
pub(crate) const TABLES: [(&str, &str); 4] = [
    ("netherlands-2010-2015", include_str!("../../../data/netherlands-2010-2015.csv")),
    ("netherlands-synthetic", include_str!("../../../data/netherlands-synthetic.csv")),
    ("united-kingdom-2013", include_str!("../../../data/united-kingdom-2013.csv")),
    ("new-orleans-2016", include_str!("../../../data/new-orleans-2016.csv")),
];

/// Bytes of a table of inhabitants, which waits with its run.
const MOST_INHABITANTS: usize = 1 << 20;

/// Its cells: empty ones take a byte each in the file, and much more when it is taken apart.
const MOST_CELLS: usize = 100_000;

#[derive(Template)]
#[template(path = "estimate.html")]
struct Form<'a> {
    s: Shell<'a>,
    tables: Vec<(&'static str, bool)>,
    asked: SettingTexts,
    sha256: String,
    histories: bool,
    /// Settings that are shown first.
    first: FormPart,
    /// Settings that are folded away.
    more: FormPart,
    /// Estimates from elsewhere, a row for each that can be entered.
    elsewhere: Vec<elsewhere::Row>,
    wrong: FieldErrors,
}

impl Form<'_> {
    /// Whether the form has an estimate from elsewhere.
    fn is_beside(&self) -> bool {
        self.elsewhere.iter().any(|row| row.entries.iter().any(|entry| !entry.value.is_empty()))
    }

    fn value(&self, field: &str) -> String {
        self.asked.get(field).cloned().unwrap_or_else(|| usual(field))
    }

    fn is_ticked(&self, field: &str) -> bool {
        matches!(self.value(field).trim(), "yes" | "true" | "on" | "1")
    }

    /// Whether a setting that is folded away is set, or does not fit.
    fn has_more(&self) -> bool {
        let all = self.more.entered.iter().chain(&self.more.ticked);
        all.copied().any(|field| self.value(field) != usual(field) || self.wrong.error(field).is_some())
    }
}

#[derive(Template)]
#[template(path = "job.html")]
pub(crate) struct ProgressPage<'a> {
    pub(crate) s: Shell<'a>,
    /// The address of the form, below which the run has its own.
    pub(crate) form: &'static str,
    pub(crate) id: &'a str,
    pub(crate) input: &'a str,
    pub(crate) link: &'a str,
    /// The hash of the table that the link was made for, where this is another one.
    pub(crate) made_for: Option<&'a str>,
    pub(crate) steps: Option<Steps>,
    pub(crate) failed: Option<String>,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage<'a> {
    s: Shell<'a>,
    job: &'a Job,
    name: String,
    body: String,
    warned: &'a [String],
    counted: bool,
    /// Other runs that it can be compared with: their names and what they are called.
    others: Vec<(String, String)>,
}

impl ResultPage<'_> {
    /// How long the run stays, and how many may stay longer.
    fn stays(&self) -> String {
        crate::runs::stays(self.s.text, self.job.is_kept())
    }

    /// Characters that its name may have.
    fn longest() -> usize {
        crate::runs::LONGEST_NAME
    }
}

/// The form, with the settings of a link.
pub(crate) async fn form(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<SettingTexts>,
) -> Result<Response, WebError> {
    filled(&app, &visitor, with_new_names(asked), FieldErrors::default())
}

fn filled(
    app: &App,
    visitor: &Visitor,
    asked: SettingTexts,
    wrong: FieldErrors,
) -> Result<Response, WebError> {
    let chosen = asked.get("table").map(String::as_str);
    let tables = TABLES.iter().map(|t| (t.0, Some(t.0) == chosen)).collect();
    let sha256 = asked.get("sha256").cloned().unwrap_or_default();
    let histories = visitor.may(ijsberg_register::policy::Operation::ExportHistories);
    let s = Shell::new(app, visitor, "web-estimate-title").with_form("estimate");
    let elsewhere = elsewhere::rows(s.text, &asked);
    let [first, more] = form_parts();
    page(&Form { s, tables, asked, sha256, histories, first, more, elsewhere, wrong })
}

/// The form again, with what does not fit in it.
fn refused(
    app: &App,
    visitor: &Visitor,
    asked: SettingTexts,
    wrong: FieldErrors,
) -> Result<Response, WebError> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, filled(app, visitor, asked, wrong)?).into_response())
}

/// A table was dropped, or one of the program chosen.
pub(crate) async fn start(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let (sent, mut files) = uploads(text, sent).await?;
    if let Some((visitor, cookie)) = in_language(&visitor, &sent) {
        // A page cannot put a file back into a form; all else stays.
        return Ok(with_language(cookie, filled(&app, &visitor, sent, FieldErrors::default())?));
    }
    let (mut asked, (input, bytes)) = table(text, (with_new_names(sent), files.remove("file")))?;
    asked.remove("population");
    let (mut population, mut too_large) = (None, None);
    if let Some((_, bytes)) = files.remove("population") {
        let hash = sha256(&bytes);
        match inhabitants(&app, text, bytes).await? {
            Ok(read) => {
                // The link contains the hash of the table.
                asked.insert("population".to_owned(), hash);
                population = Some(read);
            }
            Err(why) => too_large = Some(why),
        }
    }
    let (request, mut wrong) = match request(text, &asked) {
        Ok(request) => {
            let wrong = unfit(&app, text, &request, &bytes).await?;
            (Some(request), wrong)
        }
        Err(wrong) => (None, wrong),
    };
    if let Some(why) = too_large {
        wrong.add("population", label(text, "population"), why);
    }
    let Some(mut request) = request.filter(|_| wrong.is_empty()) else {
        return refused(&app, &visitor, asked, wrong);
    };
    request.covariates.population = population;
    let job = begin_request(&app, &visitor, (input, bytes), &asked, request)?;
    Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response())
}

/// A table of inhabitants that was sent, taken apart like any other, or what is expected of one where it is too large; the run reports
/// what else is wrong with it.
pub(crate) async fn inhabitants(
    app: &Arc<App>,
    text: &Text,
    bytes: Vec<u8>,
) -> Result<Result<Input<'static>, String>, WebError> {
    if bytes.len() > MOST_INHABITANTS {
        return Ok(Err(text.say("web-population-large")));
    }
    let read = app.apart(bytes, |cells| (cells.size() <= MOST_CELLS).then_some(cells)).await?;
    Ok(match read {
        Ok(Some(cells)) => Ok(Input::Cells(Cow::Owned(cells))),
        Ok(None) => {
            let most = text.number(MOST_CELLS as f64);
            Err(text.fill("web-population-cells", &[("most", most)]))
        }
        Err(why) => Ok(Input::Unread(why)),
    })
}

/// The settings that were sent, and the table: a file, or one of the program.
pub(crate) fn table(
    text: &Text,
    (mut asked, file): Upload,
) -> Result<(SettingTexts, (String, Vec<u8>)), WebError> {
    asked.retain(|name, _| name == "sha256" || fields().any(|field| field == name));
    let table = match file {
        Some(file) => {
            asked.remove("table");
            file
        }
        None => shipped(asked.get("table").map(String::as_str))
            .ok_or_else(|| WebError::Sent(text.say("web-estimate-no-table")))?,
    };
    Ok((asked, table))
}

/// A table of the program.
pub(crate) fn shipped(name: Option<&str>) -> Option<(String, Vec<u8>)> {
    TABLES.iter().find(|t| Some(t.0) == name).map(|t| (format!("{}.csv", t.0), t.1.as_bytes().to_vec()))
}

/// Begins a run for a visitor.
pub(crate) fn begin(
    app: &Arc<App>,
    visitor: &Visitor,
    input: String,
    bytes: Vec<u8>,
    asked: &SettingTexts,
) -> Result<Arc<Job>, WebError> {
    let request = request(visitor.text(app), asked).map_err(|wrong| first_error(&wrong))?;
    begin_request(app, visitor, (input, bytes), asked, request)
}

/// The same with a request that was read before; the settings are for the link of the run.
pub(crate) fn begin_request(
    app: &Arc<App>,
    visitor: &Visitor,
    (input, bytes): (String, Vec<u8>),
    asked: &SettingTexts,
    request: Request,
) -> Result<Arc<Job>, WebError> {
    let (link, made_for) = (link(asked, fields(), &bytes), made_for(asked, &bytes));
    let owner = visitor.session().map(|s| s.user.clone());
    let language = visitor.language;
    let asked = JobOrder { owner, language, input, bytes, request, link, made_for };
    jobs::begin::<Estimates>(app, asked)
}

/// A run: how far it is, or what came out.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<SettingTexts>,
) -> Result<Response, WebError> {
    let job = job::<Estimates>(&app, &visitor, &id)?;
    let mut s = Shell::new(&app, &visitor, "web-estimate-title");
    if let Some(other) = asked.get("with").map(|with| with.trim()).filter(|with| !with.is_empty()) {
        return compare(&app, &visitor, s, &job, other);
    }
    let steps = job.run.steps(&format!("/estimate/{}/progress", job.id), s.text);
    if let Some(done) = job.run.result() {
        return finished(s, &job, others(&app, &visitor, &job), &done.0, &done.1);
    }
    let failed = job.run.failed(s.text);
    s.again = steps.is_some().then_some(2);
    let (id, input, link, made_for) = (&job.id, &job.input, &job.link, job.made_for.as_deref());
    page(&ProgressPage { s, form: "/estimate", id, input, link, made_for, steps, failed })
}

fn finished(
    mut s: Shell<'_>,
    job: &Job,
    others: Vec<(String, String)>,
    outcome: &Outcome,
    warned: &[String],
) -> Result<Response, WebError> {
    let (name, files) = (job.name(), format!("/estimate/{}", job.id));
    let (body, counted) = match outcome {
        Outcome::Histories(a) => (html::named_body(s.text, a, Some(&files), &name), false),
        Outcome::Counts(c) => (html::counts(s.text, c, job.request.settings.level), true),
    };
    s.title = format!("{}: {}", s.title, job.called());
    page(&ResultPage { s, job, name, body, warned, counted, others })
}

/// A file of what came out.
pub(crate) async fn download(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let job = job::<Estimates>(&app, &visitor, &id)?;
    let done = job.run.result().ok_or(WebError::NotFound)?;
    let text = app.text(job.language);
    let (kind, content) = file(text, &done.0, &name)?;
    Ok(attachment(kind, &name, content))
}

fn file(text: &Text, outcome: &Outcome, name: &str) -> Result<(&'static str, String), WebError> {
    let pretty = |v: &serde_json::Value| ijsberg_outside::json(v).map_err(|_| WebError::Internal);
    match (outcome, name) {
        (Outcome::Histories(a), "report.html") => Ok(("text/html; charset=utf-8", html::page(text, a))),
        (Outcome::Histories(a), "estimates.json") => Ok(("application/json", pretty(&machine::to_json(a))?)),
        (Outcome::Histories(a), "estimates.csv") => Ok((CSV, machine::to_csv(&a.estimates))),
        (Outcome::Histories(a), "breakdown.csv") if a.covariates.is_some() => {
            Ok((CSV, a.covariates.as_ref().map(|c| c.csv(a.diagnostics.verdict)).unwrap_or_default()))
        }
        (Outcome::Histories(a), name) => {
            let (name, kind) = name.rsplit_once('.').ok_or(WebError::NotFound)?;
            let draw = charts::OF_ANALYSIS.iter().find(|c| c.0 == name);
            let chart = draw.and_then(|c| c.1(text, a)).ok_or(WebError::NotFound)?;
            match kind {
                "svg" => Ok(("image/svg+xml", chart.wide)),
                "csv" => Ok((CSV, chart.data.csv())),
                _ => Err(WebError::NotFound),
            }
        }
        (Outcome::Counts(c), "estimates.csv") => Ok((CSV, machine::to_csv(&c.estimates))),
        (Outcome::Counts(c), "estimates.json") => Ok(("application/json", pretty(&c.json())?)),
        _ => Err(WebError::NotFound),
    }
}
