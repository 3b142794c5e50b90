//! Tasks of the studio other than an estimate: each has a form with a table and few settings, a run, and a page with the result.

pub(crate) mod delayed;
pub(crate) mod late;
pub(crate) mod open;

use std::str::FromStr;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_report::charts::Chart;
use ijsberg_report::text::Text;
use ijsberg_tables::Cells;

use crate::app::App;
use crate::ask::{Columns, SettingTexts};
use crate::error::WebError;
use crate::jobs::{Kind, begin, job};
use crate::link::{link, made_for};
use crate::queue::JobOrder;
use crate::shell::{CSV, Shell, Visitor, attachment, in_language, page, upload, with_language};
use crate::studio::ProgressPage;
use crate::wrong::FieldErrors;

/// Tables that may be simulated here; the command line allows more.
const MOST_SIMULATED: usize = 5000;

/// The table that comes with the program, and what its settings are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    name: &'static str,
    content: &'static str,
    settings: &'static [(&'static str, &'static str)],
}

/// How a result is shown.
pub(crate) struct Renderers<R> {
    /// As a part of a page.
    body: fn(&Text, &R) -> String,
    /// As a file.
    document: fn(&Text, &R) -> String,
    /// For programs.
    json: fn(&R) -> serde_json::Value,
    /// As a chart, where there is something to draw.
    chart: fn(&Text, &R) -> Option<Chart>,
}

/// A task: its words begin with its name, and so do its files.
pub(crate) trait Task: Kind {
    /// Its name.
    const NAME: &'static str;
    /// Settings that everybody sees.
    const SHOWN: &'static [&'static str];
    /// Settings that are unfolded.
    const FOLDED: &'static [&'static str];
    /// Those that say how the table is read, which follow.
    const READING: &'static [&'static str] = &[];
    /// A table to try it with.
    const EXAMPLE: Example;

    /// The default of a setting.
    fn usual(field: &str) -> String;
    /// What is asked; what does not fit is noted at its field.
    fn request(sent: &mut SentForm<'_>) -> Result<Self::Request, WebError>;
    /// The columns that settings name; nothing where they name none.
    fn columns(_: &Self::Request, _: Cells) -> Option<Columns> {
        None
    }
    /// Notes settings that name no column.
    fn named(_: &Self::Request, _: &Columns, _: &mut SentForm<'_>) {}
    /// How what came out is shown.
    const RENDERED: Renderers<Self::Result>;
}

/// A form as it was sent, with its fields that do not fit.
pub(crate) struct SentForm<'a> {
    text: &'a Text,
    asked: &'a SettingTexts,
    wrong: FieldErrors,
}

impl SentForm<'_> {
    /// The value of a field, if it has one.
    fn value(&self, field: &str) -> Option<String> {
        self.asked.get(field).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
    }

    /// Notes that a field does not fit.
    fn wrong(&mut self, field: &str, expected: String) {
        let label = self.text.say(&format!("web-field-{}", field.replace('_', "-")));
        if self.wrong.error(field).is_none() {
            self.wrong.add(field, label, expected);
        }
    }

    /// The same, where its hint says what is expected.
    fn unfit(&mut self, field: &str) {
        let hint = self.text.say(&format!("web-hint-{}", field.replace('_', "-")));
        self.wrong(field, hint);
    }

    /// A field that has to be filled in.
    fn needed(&mut self, field: &str) -> String {
        let said = self.value(field);
        if said.is_none() {
            self.unfit(field);
        }
        said.unwrap_or_default()
    }

    /// A number, or the usual one.
    fn number<N: FromStr>(&mut self, field: &str, usual: N) -> N {
        let Some(said) = self.value(field) else { return usual };
        if let Ok(number) = said.replace(',', ".").parse() {
            return number;
        }
        self.unfit(field);
        usual
    }

    /// A number of tables that are simulated.
    fn simulated(&mut self, field: &str, usual: usize) -> usize {
        let number = self.number(field, usual);
        if number > MOST_SIMULATED {
            self.unfit(field);
        }
        number
    }
}

#[derive(Template)]
#[template(path = "task.html")]
struct Form<'a> {
    s: Shell<'a>,
    task: &'static str,
    at: &'static str,
    example: &'static str,
    /// Whether the example is chosen.
    chosen: bool,
    shown: &'static [&'static str],
    folded: Vec<&'static str>,
    usual: fn(&str) -> String,
    asked: SettingTexts,
    sha256: String,
    wrong: FieldErrors,
}

impl Form<'_> {
    fn value(&self, field: &str) -> String {
        self.asked.get(field).cloned().unwrap_or_else(|| (self.usual)(field))
    }

    /// What the example is called.
    fn called(&self) -> String {
        self.s.t(&format!("web-table-{}", self.example))
    }

    /// Words of this task.
    fn word(&self, what: &str) -> String {
        self.s.t(&format!("web-{}-{what}", self.task))
    }

    /// Whether one of the settings that are folded away is set, or does not fit.
    fn unfolded(&self) -> bool {
        self.folded.iter().any(|field| self.asked.contains_key(*field) || self.wrong.error(field).is_some())
    }
}

#[derive(Template)]
#[template(path = "task_result.html")]
struct ResultPage<'a> {
    s: Shell<'a>,
    task: &'static str,
    at: &'static str,
    id: &'a str,
    link: &'a str,
    made_for: Option<&'a str>,
    body: String,
    warned: &'a [String],
    charted: bool,
}

/// All settings that are unfolded.
fn folded<T: Task>() -> impl Iterator<Item = &'static str> {
    T::FOLDED.iter().chain(T::READING).copied()
}

/// The fields of a link, in their order.
fn fields<T: Task>() -> impl Iterator<Item = &'static str> {
    std::iter::once("table").chain(T::SHOWN.iter().copied()).chain(folded::<T>())
}

fn title<T: Task>() -> String {
    format!("web-{}-title", T::NAME)
}

/// The form, with the settings of a link.
pub(crate) async fn form<T: Task>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<SettingTexts>,
) -> Result<Response, WebError> {
    filled::<T>(&app, &visitor, asked, FieldErrors::default())
}

fn filled<T: Task>(
    app: &App,
    visitor: &Visitor,
    asked: SettingTexts,
    wrong: FieldErrors,
) -> Result<Response, WebError> {
    let (example, sha256) = (T::EXAMPLE.name, asked.get("sha256").cloned().unwrap_or_default());
    let chosen = asked.get("table").is_some_and(|table| table == example);
    let s = Shell::new(app, visitor, &title::<T>()).with_form(T::NAME);
    let (shown, folded, usual) = (T::SHOWN, folded::<T>().collect(), T::usual as fn(&str) -> String);
    page(&Form { s, task: T::NAME, at: T::AT, example, chosen, shown, folded, usual, asked, sha256, wrong })
}

/// The example, where it was chosen; what was left empty is as it fits.
fn example<T: Task>(asked: &mut SettingTexts) -> Option<(String, Vec<u8>)> {
    let Example { name, content, settings } = T::EXAMPLE;
    asked.get("table").filter(|table| *table == name)?;
    for (field, value) in settings {
        let entered = asked.entry((*field).to_owned()).or_default();
        if entered.trim().is_empty() {
            (*value).clone_into(entered);
        }
    }
    Some((format!("{name}.csv"), content.as_bytes().to_vec()))
}

/// A table was dropped, or the example chosen.
pub(crate) async fn start<T: Task>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let (mut asked, file) = upload(text, sent).await?;
    if let Some((visitor, cookie)) = in_language(&visitor, &asked) {
        // A page cannot put a file back into a form; all else stays.
        return Ok(with_language(cookie, filled::<T>(&app, &visitor, asked, FieldErrors::default())?));
    }
    asked.retain(|name, _| name == "sha256" || fields::<T>().any(|field| field == name));
    let (input, bytes) = if let Some(file) = file {
        asked.remove("table");
        file
    } else {
        example::<T>(&mut asked).ok_or_else(|| WebError::Sent(text.say("web-task-no-table")))?
    };
    let mut sent = SentForm { text, asked: &asked, wrong: FieldErrors::default() };
    let request = T::request(&mut sent)?;
    if sent.wrong.is_empty() {
        let wanted = request.clone();
        let read = app.apart(bytes.clone(), move |cells| T::columns(&wanted, cells)).await?;
        // The run reports a table that cannot be read.
        if let Some(columns) = read.ok().flatten() {
            T::named(&request, &columns, &mut sent);
        }
    }
    let wrong = sent.wrong;
    if !wrong.is_empty() {
        let form = filled::<T>(&app, &visitor, asked, wrong)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form).into_response());
    }
    let asked = JobOrder {
        owner: visitor.session().map(|s| s.user.clone()),
        language: visitor.language,
        link: link(&asked, fields::<T>(), &bytes),
        made_for: made_for(&asked, &bytes),
        input,
        bytes,
        request,
    };
    let job = begin::<T>(&app, asked)?;
    Ok(Redirect::to(&format!("{}/{}", T::AT, job.id)).into_response())
}

/// A run: how far it is, or what came out.
pub(crate) async fn show<T: Task>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let job = job::<T>(&app, &visitor, &id)?;
    let mut s = Shell::new(&app, &visitor, &title::<T>());
    let (id, input, link, made_for) = (&job.id, &job.input, &job.link, job.made_for.as_deref());
    if let Some(done) = job.run.result() {
        let Renderers { body, chart, .. } = T::RENDERED;
        let (body, charted) = (body(s.text, &done.0), chart(s.text, &done.0).is_some());
        let (task, at, warned) = (T::NAME, T::AT, done.1.as_slice());
        return page(&ResultPage { s, task, at, id, link, made_for, body, warned, charted });
    }
    let steps = job.run.steps(&format!("{}/{id}/progress", T::AT), s.text);
    let failed = job.run.failed(s.text);
    s.again = steps.is_some().then_some(2);
    page(&ProgressPage { s, form: T::AT, id, input, link, made_for, steps, failed })
}

/// A file of what came out.
pub(crate) async fn download<T: Task>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let job = job::<T>(&app, &visitor, &id)?;
    let done = job.run.result().ok_or(WebError::NotFound)?;
    let text = app.text(job.language);
    let Renderers { document, json, chart, .. } = T::RENDERED;
    let chart = || chart(text, &done.0).ok_or(WebError::NotFound);
    let kind = name.strip_prefix(T::NAME).ok_or(WebError::NotFound)?;
    let (kind, content) = match kind {
        ".html" => ("text/html; charset=utf-8", document(text, &done.0)),
        ".svg" => ("image/svg+xml", chart()?.wide),
        ".csv" => (CSV, chart()?.data.csv()),
        ".json" => {
            let json = ijsberg_outside::json(&json(&done.0)).map_err(|_| WebError::Internal)?;
            ("application/json", json)
        }
        _ => return Err(WebError::NotFound),
    };
    Ok(attachment(kind, &name, content))
}
