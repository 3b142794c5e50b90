//! Files in, with a preview, and files out.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_crypto::{hex, random};
use ijsberg_outside::Csv;
use ijsberg_register::RegisterError;
use ijsberg_register::already::RowDiffers;
use ijsberg_register::exchange::{Loss, Table, notifications};
use ijsberg_register::expected::Expected;
use ijsberg_register::histories::HistoryTable;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::{Imported, Notification, RowError};
use ijsberg_register::policy::Operation;
use ijsberg_register::worklist::Organisation;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;
use ijsberg_tables::written::Roles;

use super::{Sent, of, own};
use crate::app::{App, Desk};
use crate::error::WebError;
use crate::shell::{CSV, Shell, Visitor, attachment, page, upload};

/// Files that wait for a second look, rows of all of them, and for how long.
const WAITING: usize = 20;
const MOST_ROWS: usize = 500_000;
const WAIT: Duration = Duration::from_mins(15);

/// What each column of a file is.
type Columns = Vec<Option<&'static str>>;

/// A file as it came.
struct File {
    grid: Grid,
    organisation: Option<String>,
    lane: Lane,
    /// In a register for practice nobody exists, whichever way they come in; one real person would end what holds for practice only.
    synthetic: bool,
}

impl File {
    fn read(&self, columns: &Columns) -> Result<Vec<Notification>, RegisterError> {
        let rows = self.grid.rows.iter().cloned();
        let mut read = notifications::read_as(columns, rows, self.organisation.as_deref(), self.lane)?;
        read.iter_mut().for_each(|n| n.synthetic |= self.synthetic);
        Ok(read)
    }
}

#[derive(Clone)]
struct Upload {
    user: String,
    at: Instant,
    file: Arc<File>,
    columns: Columns,
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

    fn keep(&self, user: &str, file: File, text: &Text) -> Result<String, WebError> {
        if file.grid.rows.len() > MOST_ROWS {
            // It never fits, whoever waits.
            let expected = Expected::Rows { most: MOST_ROWS, there: file.grid.rows.len() };
            return Err(WebError::Sent(errors::register::expected(text, &expected)));
        }
        let name = hex(&random::<16>()?);
        let mut all = self.all();
        all.retain(|_, u| u.at.elapsed() < WAIT && u.user != user);
        let kept: usize = all.values().map(|u| u.file.grid.rows.len()).sum();
        if all.len() >= WAITING || kept + file.grid.rows.len() > MOST_ROWS {
            return Err(WebError::Busy);
        }
        let columns = notifications::proposed(&file.grid.header);
        let upload = Upload { user: user.to_owned(), at: Instant::now(), file: Arc::new(file), columns };
        all.insert(name.clone(), upload);
        Ok(name)
    }

    /// A file of this user; what its columns are may be said anew.
    fn of(&self, name: &str, user: &str, columns: Option<Columns>) -> Option<Upload> {
        let mut all = self.all();
        all.retain(|_, u| u.at.elapsed() < WAIT);
        let upload = all.get_mut(name).filter(|u| u.user == user)?;
        if let Some(columns) = columns {
            upload.columns = columns;
        }
        Some(upload.clone())
    }

    /// Forgets those that nobody took.
    pub(crate) fn tidy(&self) {
        self.all().retain(|_, u| u.at.elapsed() < WAIT);
    }

    fn forget(&self, name: &str) {
        self.all().remove(name);
    }
}

#[derive(Template)]
#[template(path = "import.html")]
struct Import<'a> {
    s: Shell<'a>,
    organisations: Vec<Organisation>,
    /// Lanes that are open, with their words.
    lanes: Vec<(String, String)>,
    /// What a column may be, with its word.
    fields: Vec<(&'static str, String)>,
    preview: Option<Preview>,
    done: Option<Imported>,
}

/// Errors that are shown; the others are in the file.
const SHOWN: usize = 50;

impl Import<'_> {
    fn counted(&self, key: &str, d: &Imported) -> String {
        let parts =
            [("new", self.s.text.number(d.new as f64)), ("already", self.s.text.number(d.already as f64))];
        self.s.text.fill(key, &parts)
    }

    fn differs(&self, row: &RowDiffers) -> String {
        errors::register::differs(self.s.text, row)
    }

    fn wrong(&self, e: &RowError) -> String {
        let parts = [
            ("line", e.line.to_string()),
            ("field", errors::register::field(self.s.text, e.field)),
            ("expected", errors::register::expected(self.s.text, &e.expected)),
        ];
        self.s.text.fill("register-row-error", &parts)
    }
}

/// A column of a file, and what it is.
struct Column {
    name: String,
    place: usize,
    is: &'static str,
}

struct Preview {
    name: String,
    rows: usize,
    identities: usize,
    columns: Vec<Column>,
    /// Why the rows cannot be read as the columns are.
    fault: Option<String>,
    found: Imported,
}

impl Preview {
    /// Whether somebody should look at what the columns are.
    fn is_in_doubt(&self) -> bool {
        self.fault.is_some() || self.columns.iter().any(|c| c.is.is_empty())
    }

    fn left_out(&self) -> String {
        let names = self.columns.iter().filter(|c| c.is.is_empty()).map(|c| c.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    fn may_be_taken(&self) -> bool {
        self.fault.is_none() && self.found.errors.is_empty() && self.found.new > 0
    }
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
    let fields = notifications::fields().map(|f| (f, s.t(&format!("field-{f}")))).collect();
    Ok(Import { lanes: lanes.collect(), s, organisations, fields, preview, done })
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
    let organisation = Some(of(&fields, "organisation")).filter(|o| !o.is_empty()).map(str::to_owned);
    let file = File { grid, organisation, lane, synthetic: app.config.synthetic };
    let name = app.uploads.keep(&user_of(&visitor), file, visitor.text(&app))?;
    look(&app, &visitor, &name, None).await
}

fn user_of(visitor: &Visitor) -> String {
    visitor.session().map(|s| s.user.clone()).unwrap_or_default()
}

fn kept(app: &App, visitor: &Visitor, name: &str, columns: Option<Columns>) -> Result<Upload, WebError> {
    let gone = || WebError::Sent(visitor.text(app).say("web-import-gone"));
    app.uploads.of(name, &user_of(visitor), columns).ok_or_else(gone)
}

/// Shows what would come of a file.
async fn look(
    app: &Arc<App>,
    visitor: &Visitor,
    name: &str,
    columns: Option<Columns>,
) -> Result<Response, WebError> {
    let upload = kept(app, visitor, name, columns)?;
    let read = upload.file.read(&upload.columns);
    let (fault, rows) = match read {
        Ok(rows) => (None, rows),
        Err(e @ RegisterError::Invalid { .. }) => {
            (Some(errors::register::register_error(visitor.text(app), &e)), Vec::new())
        }
        Err(e) => return Err(e.into()),
    };
    let (count, identities) =
        (upload.file.grid.rows.len(), rows.iter().filter(|n| !n.identity.is_empty()).count());
    let found = if fault.is_none() {
        Desk::run(app, visitor.by(), move |r| r.notify_dry(&rows)).await?
    } else {
        Imported::default()
    };
    let header = upload.file.grid.header.iter().zip(&upload.columns).enumerate();
    let columns =
        header.map(|(place, (name, is))| Column { name: name.clone(), place, is: is.unwrap_or_default() });
    let columns = columns.collect();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let preview = Preview { name: name.to_owned(), rows: count, identities, columns, fault, found };
    Ok((status, page(&with(app, visitor, Some(preview), None).await?)?).into_response())
}

/// Takes what somebody says that the columns are, and shows what would come of it.
pub(crate) async fn columns(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let name = of(&sent, "upload");
    let upload = kept(&app, &visitor, name, None)?;
    let is = |c: usize| {
        let chosen = of(&sent, &format!("column.{c}"));
        notifications::fields().find(|f| *f == chosen)
    };
    let columns = (0..upload.columns.len()).map(is).collect();
    look(&app, &visitor, name, Some(columns)).await
}

/// Every field that does not fit as a file: the line, the field and what was expected, and nothing of what stood there.
pub(crate) async fn faults(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let upload = kept(&app, &visitor, of(&sent, "upload"), None)?;
    let rows = upload.file.read(&upload.columns)?;
    let found = Desk::run(&app, visitor.by(), move |r| r.notify_dry(&rows)).await?;
    let mut out = Csv::new();
    out.row(["web-faults-line", "web-faults-field", "web-faults-expected"].map(|key| text.say(key)));
    for e in &found.errors {
        let field = errors::register::field(text, e.field);
        out.row([e.line.to_string(), field, errors::register::expected(text, &e.expected)]);
    }
    Ok(attachment(CSV, "faults.csv", out.finish().into_bytes()))
}

/// Takes what was looked at.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<Sent>,
) -> Result<Response, WebError> {
    let name = of(&sent, "upload");
    let upload = kept(&app, &visitor, name, None)?;
    let rows = upload.file.read(&upload.columns)?;
    let done = Desk::run(&app, visitor.by(), move |r| r.notify(&rows)).await?;
    app.uploads.forget(name);
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
    Ok(attachment(CSV, &name, content))
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
        return Ok(attachment(CSV, &format!("{name}-lost.csv"), csv(&(head, rows))));
    }
    Ok(attachment(CSV, &format!("{name}.csv"), csv(&table)))
}
