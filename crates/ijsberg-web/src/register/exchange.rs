//! Files in, with a preview, and files out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_crypto::{hex, random};
use ijsberg_outside::Csv;
use ijsberg_register::RegisterError;
use ijsberg_register::exchange::{Loss, Table, notifications};
use ijsberg_register::histories::HistoryTable;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::{Imported, Notification, RowError};
use ijsberg_register::policy::Operation;
use ijsberg_register::worklist::Organisation;
use ijsberg_report::errors;
use ijsberg_tables::written::Roles;

use super::{Sent, of, own};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{Shell, Visitor, page, upload};

/// Files that wait for a second look, rows of all of them, and for how long.
const WAITING: usize = 20;
const MOST_ROWS: usize = 500_000;
const WAIT: Duration = Duration::from_mins(15);

struct Upload {
    user: String,
    at: Instant,
    rows: Vec<Notification>,
}

/// Files that were looked at and not taken yet. They hold what persons sent, so they stay in memory and are soon forgotten.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<HashMap<String, Upload>>);

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Uploads(..)")
    }
}

impl Uploads {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Upload>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, user: &str, rows: Vec<Notification>) -> Result<String, WebError> {
        let name = hex(&random::<16>()?);
        let mut all = self.all();
        all.retain(|_, u| u.at.elapsed() < WAIT && u.user != user);
        let kept: usize = all.values().map(|u| u.rows.len()).sum();
        if all.len() >= WAITING || kept + rows.len() > MOST_ROWS {
            return Err(WebError::Busy);
        }
        all.insert(name.clone(), Upload { user: user.to_owned(), at: Instant::now(), rows });
        Ok(name)
    }

    fn take(&self, name: &str, user: &str) -> Option<Vec<Notification>> {
        let mut all = self.all();
        all.retain(|_, u| u.at.elapsed() < WAIT);
        if all.get(name)?.user != user {
            return None;
        }
        all.remove(name).map(|u| u.rows)
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct Import<'a> {
    s: Shell<'a>,
    organisations: Vec<Organisation>,
    /// Lanes that are open, with their words.
    lanes: Vec<(String, String)>,
    preview: Option<Preview>,
    done: Option<Imported>,
}

impl Import<'_> {
    fn counted(&self, key: &str, d: &Imported) -> String {
        let parts =
            [("new", self.s.text.number(d.new as f64)), ("already", self.s.text.number(d.already as f64))];
        self.s.text.fill(key, &parts)
    }

    fn wrong(&self, e: &RowError) -> String {
        let parts = [
            ("line", e.line.to_string()),
            ("field", e.field.to_owned()),
            ("expected", errors::register::expected(self.s.text, &e.expected)),
        ];
        self.s.text.fill("register-row-error", &parts)
    }
}

struct Preview {
    name: String,
    rows: usize,
    identities: usize,
    left_out: String,
    found: Imported,
}

async fn with<'a>(
    app: &'a Arc<App>,
    visitor: &Visitor,
    preview: Option<Preview>,
    done: Option<Imported>,
) -> Result<Import<'a>, WebError> {
    let (all, lanes) = Desk::glance(app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let organisations = own(visitor, all, Operation::Notify);
    let s = Shell::new(app, visitor, "web-import");
    // The one without names first.
    let lanes = lanes.into_iter().rev().map(|l| (l.name.clone(), s.code("lane", &l.name)));
    Ok(Import { lanes: lanes.collect(), s, organisations, preview, done })
}

/// The form.
pub(crate) async fn import(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&with(&app, &visitor, None, None).await?)
}

/// Looks at a file and takes nothing.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let (fields, file) = upload(text, sent).await?;
    let lane = Lane::parse(of(&fields, "lane")).unwrap_or_default();
    let lanes = Desk::run(&app, visitor.by(), ijsberg_register::Register::lanes).await?;
    // Before anything is read.
    if !lanes.iter().any(|l| l.name == lane.name()) {
        return Err(RegisterError::LaneClosed(lane.name().to_owned()).into());
    }
    let bytes = file.map(|f| f.1).unwrap_or_default();
    let grid = app.grid(bytes).await?.map_err(|e| WebError::Sent(errors::read_error(text, &e)))?;
    let organisation = Some(of(&fields, "organisation")).filter(|o| !o.is_empty());
    let (mut rows, left_out) = notifications::read(&grid.header, grid.rows.into_iter(), organisation, lane)?;
    // In a register for practice nobody exists, whichever way they come in; one real person would end what holds for practice only.
    rows.iter_mut().for_each(|n| n.synthetic |= app.config.synthetic);
    let count = rows.len();
    let identities = rows.iter().filter(|n| !n.identity.is_empty()).count();
    let tried = rows.clone();
    let found = Desk::run(&app, visitor.by(), move |r| r.notify_dry(&tried)).await?;
    let user = visitor.session().map(|s| s.user.clone()).unwrap_or_default();
    let fits = found.errors.is_empty() && found.new > 0;
    let name = if fits { app.uploads.keep(&user, rows)? } else { String::new() };
    let preview = Preview { name, rows: count, identities, left_out: left_out.join(", "), found };
    page(&with(&app, &visitor, Some(preview), None).await?)
}

/// Takes what was looked at.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let user = visitor.session().map(|s| s.user.clone()).unwrap_or_default();
    let gone = || WebError::Sent(visitor.text(&app).say("web-import-gone"));
    let rows = app.uploads.take(of(&sent, "upload"), &user).ok_or_else(gone)?;
    let done = Desk::run(&app, visitor.by(), move |r| r.notify(&rows)).await?;
    page(&with(&app, &visitor, None, Some(done)).await?)
}

#[derive(Template)]
#[template(path = "export.html")]
struct Export<'a> {
    s: Shell<'a>,
    cases: bool,
}

/// What can be taken out.
pub(crate) async fn export(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&Export { cases: visitor.may(Operation::ExportCases), s: Shell::new(&app, &visitor, "web-export") })
}

pub(crate) fn years(app: &App, visitor: &Visitor, sent: &Sent) -> Result<(i16, i16), WebError> {
    let year = |name: &str| of(sent, name).parse::<i16>().ok();
    let wrong = || WebError::Sent(visitor.text(app).say("web-years-wrong"));
    year("from").zip(year("to")).ok_or_else(wrong)
}

/// A table as CSV.
pub(crate) fn csv(table: &Table) -> Vec<u8> {
    filled(Csv::new(), table)
}

fn filled(mut out: Csv, (head, rows): &Table) -> Vec<u8> {
    out.row(head);
    rows.iter().for_each(|row| out.row(row));
    out.finish().into_bytes()
}

/// Histories as CSV with the roles of their columns, so that they come back as they went.
pub(crate) fn histories_csv(histories: &HistoryTable) -> Vec<u8> {
    let roles =
        Roles { lists: histories.lists.clone(), covariates: histories.covariates(), ..Roles::default() };
    filled(Csv::below(&roles.line()), &histories.table())
}

fn attachment(name: &str, content: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, content).into_response()
}

/// Capture histories as a file, or straight to the studio.
pub(crate) async fn histories(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let (from, to) = years(&app, &visitor, &sent)?;
    let table = Desk::run(&app, visitor.by(), move |r| r.histories(from, to)).await?;
    let (name, content) = (format!("histories-{from}-{to}.csv"), histories_csv(&table));
    if of(&sent, "go") == "estimate" {
        let job = crate::studio::begin(&app, &visitor, name, content, &crate::studio::Asked::new())?;
        return Ok(Redirect::to(&format!("/estimate/{}", job.id)).into_response());
    }
    Ok(attachment(&name, content))
}

/// Coded cases in another standard.
pub(crate) async fn cases(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let standard = of(&sent, "standard").to_owned();
    let text = visitor.text(&app);
    let lost = of(&sent, "go") == "lost";
    let (name, (table, losses)): (&str, (Table, Vec<Loss>)) = match standard.as_str() {
        "htcds" => ("htcds", Desk::run(&app, visitor.by(), ijsberg_register::Register::export_htcds).await?),
        "ctdc" => ("ctdc", Desk::run(&app, visitor.by(), |r| r.export_ctdc("register", "NL")).await?),
        _ => return Err(WebError::NotFound),
    };
    if lost {
        let head = ["field", "what", "rows"].map(str::to_owned).to_vec();
        let rows = losses
            .into_iter()
            .map(|l| vec![l.field, errors::register::lost(text, &l.what), l.rows.to_string()])
            .collect();
        return Ok(attachment(&format!("{name}-lost.csv"), csv(&(head, rows))));
    }
    Ok(attachment(&format!("{name}.csv"), csv(&table)))
}
