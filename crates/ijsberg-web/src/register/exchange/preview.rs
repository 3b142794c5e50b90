//! A file that is imported: the preview, the meaning of its columns, and the result. Each of these is a page with an address, so that it
//! can be reloaded and revisited.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_outside::Csv;
use ijsberg_register::RegisterError;
use ijsberg_register::exchange::notifications;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::RowDiffers;
use ijsberg_register::notify::{ImportResult, Notification, RowError};
use ijsberg_register::policy::Operation;
use ijsberg_register::worklist::Organisation;
use ijsberg_report::errors;
use ijsberg_tables::ReadError;

use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::register::{Choice, FormData, field_value, own};
use crate::shell::{CSV, Shell, Visitor, attachment, in_language, page, upload, with_language};
use crate::uploads::{Columns, File, FileFindings, State as UploadState};

#[derive(Template)]
#[template(path = "import.html")]
struct Import<'a> {
    s: Shell<'a>,
    organisations: Vec<Organisation>,
    /// The organisation that was chosen for a file.
    organisation: String,
    /// Lanes that are open, with their words.
    lanes: Vec<Choice>,
    /// What a column may be, with its word.
    fields: Vec<(&'static str, String)>,
    preview: Option<Preview>,
    done: Option<Arc<ImportResult>>,
}

/// Errors that are shown; the others are in the file.
const SHOWN: usize = 50;

impl Import<'_> {
    fn counted(&self, key: &str, d: &ImportResult) -> String {
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
    found: Arc<ImportResult>,
}

impl Preview {
    /// Whether a user should check the meaning of the columns.
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

/// The page, with what was chosen for a file, and the form that a change of language is sent with.
async fn with<'a>(
    app: &'a Arc<App>,
    visitor: &Visitor,
    chosen: &FormData,
    form: Option<&'static str>,
) -> Result<Import<'a>, WebError> {
    let (all, lanes) =
        RegisterPool::glance(app, visitor.by(), |mut r| Ok((r.organisations()?, r.lanes()?))).await?;
    let s = Shell { form, ..Shell::new(app, visitor, "web-import") };
    // The one without names first.
    let lanes = lanes.into_iter().rev().map(|l| {
        let chosen = field_value(chosen, "lane") == l.name;
        (l.name.clone(), s.code("lane", &l.name), chosen)
    });
    let fields = notifications::fields().map(|f| (f, s.t(&format!("field-{f}")))).collect();
    Ok(Import {
        organisations: own(visitor, all, Operation::Notify),
        organisation: field_value(chosen, "organisation").to_owned(),
        lanes: lanes.collect(),
        s,
        fields,
        preview: None,
        done: None,
    })
}

/// The form.
pub(crate) async fn import(State(app): State<Arc<App>>, visitor: Visitor) -> Result<Response, WebError> {
    page(&with(&app, &visitor, &FormData::new(), Some("upload")).await?)
}

/// The page of a file.
fn at(name: &str) -> Response {
    Redirect::to(&format!("/import/{name}")).into_response()
}

/// Takes a file to look at, and leads to its page. Nothing of it is in the register.
pub(crate) async fn preview(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    sent: Multipart,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let (fields, file) = upload(text, sent).await?;
    if let Some((visitor, cookie)) = in_language(&visitor, &fields) {
        // A page cannot put a file back into a form; all else stays.
        let same = page(&with(&app, &visitor, &fields, Some("upload")).await?)?;
        return Ok(with_language(cookie, same));
    }
    let lane = Lane::parse(field_value(&fields, "lane")).unwrap_or_default();
    let lanes = RegisterPool::run(&app, visitor.by(), ijsberg_register::Register::lanes).await?;
    // Before anything is read.
    if !lanes.iter().any(|l| l.name == lane.name()) {
        return Err(RegisterError::LaneClosed(lane.name().to_owned()).into());
    }
    let bytes = file.map(|f| f.1).unwrap_or_default();
    let unread = |e: &ReadError| WebError::Sent(errors::read_error(text, e));
    let grid = app.grid(bytes).await?.map_err(|e| unread(&e))?;
    // Without a row there is nothing of which somebody could say what it is.
    if grid.rows.is_empty() {
        return Err(unread(&ReadError::Empty));
    }
    let organisation =
        Some(field_value(&fields, "organisation")).filter(|o| !o.is_empty()).map(str::to_owned);
    let file = File { grid, organisation, lane, synthetic: app.config.synthetic };
    Ok(at(&app.uploads.keep(&user_of(&visitor), file, text)?))
}

fn user_of(visitor: &Visitor) -> String {
    visitor.session().map(|s| s.user.clone()).unwrap_or_default()
}

/// How far a file of the visitor is.
fn kept(app: &App, visitor: &Visitor, name: &str) -> Result<UploadState, WebError> {
    let gone = || WebError::Sent(visitor.text(app).say("web-import-gone"));
    app.uploads.state(name, &user_of(visitor)).ok_or_else(gone)
}

/// A file: its preview or its result.
pub(crate) async fn show(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, WebError> {
    let (preview, done) = match kept(&app, &visitor, &name)? {
        UploadState::Waits(file, columns) => (Some(look(&app, &visitor, name, &file, &columns).await?), None),
        UploadState::Taken(done) => (None, Some(done)),
    };
    let form = preview.is_some().then_some("columns");
    page(&Import { preview, done, ..with(&app, &visitor, &FormData::new(), form).await? })
}

/// The earlier findings in a file, where nothing happened in the register since; and how many entries its log has.
async fn known(
    app: &Arc<App>,
    visitor: &Visitor,
    name: &str,
) -> Result<(Option<FileFindings>, i64), WebError> {
    let entries = RegisterPool::glance(app, visitor.by(), |mut r| r.entries()).await?;
    Ok((app.uploads.looked(name, &user_of(visitor), entries), entries))
}

/// Errors that are kept beside a file.
const MOST_KEPT: usize = 10_000;

/// Previews the import of rows, and keeps the result with their file.
async fn check(
    app: &Arc<App>,
    visitor: &Visitor,
    (name, columns): (&str, &Columns),
    rows: Vec<Notification>,
    entries: i64,
) -> Result<FileFindings, WebError> {
    let identities = rows.iter().filter(|n| !n.identity.is_empty()).count();
    let found = RegisterPool::run(app, visitor.by(), move |r| r.notify_dry(&rows)).await?;
    let looked = FileFindings { entries, identities, found: Arc::new(found) };
    // A file in which nearly all is wrong would take much room for long.
    if looked.found.errors.len() <= MOST_KEPT {
        app.uploads.look(name, &user_of(visitor), columns, looked.clone());
    }
    Ok(looked)
}

/// The preview of a file.
async fn look(
    app: &Arc<App>,
    visitor: &Visitor,
    name: String,
    file: &File,
    columns: &Columns,
) -> Result<Preview, WebError> {
    let (known, entries) = known(app, visitor, &name).await?;
    let (fault, looked) = match known {
        Some(looked) => (None, looked),
        None => match file.read(columns) {
            Ok(rows) => (None, check(app, visitor, (&name, columns), rows, entries).await?),
            Err(e @ RegisterError::Invalid { .. }) => {
                (Some(errors::register::register_error(visitor.text(app), &e)), FileFindings::default())
            }
            Err(e) => return Err(e.into()),
        },
    };
    let FileFindings { identities, found, .. } = looked;
    let header = file.grid.header.iter().zip(columns).enumerate();
    let columns =
        header.map(|(place, (name, is))| Column { name: name.clone(), place, is: is.unwrap_or_default() });
    Ok(Preview { name, rows: file.grid.rows.len(), identities, columns: columns.collect(), fault, found })
}

/// Takes the user's assignment of columns, and redirects to the preview.
pub(crate) async fn columns(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let name = field_value(&sent, "upload");
    if let UploadState::Waits(_, before) = kept(&app, &visitor, name)? {
        let is = |c: usize| {
            let chosen = field_value(&sent, &format!("column.{c}"));
            notifications::fields().find(|f| *f == chosen)
        };
        app.uploads.say(name, &user_of(&visitor), (0..before.len()).map(is).collect());
    }
    Ok(match in_language(&visitor, &sent) {
        Some((_, cookie)) => with_language(cookie, at(name)),
        None => at(name),
    })
}

/// A file that waits, with what its columns are; nothing where it was taken.
fn waits(app: &App, visitor: &Visitor, name: &str) -> Result<Option<(Arc<File>, Columns)>, WebError> {
    Ok(match kept(app, visitor, name)? {
        UploadState::Waits(file, columns) => Some((file, columns)),
        UploadState::Taken(_) => None,
    })
}

/// Every invalid field as a file: the line, the field and what was expected, without the value.
pub(crate) async fn faults(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let name = field_value(&sent, "upload");
    let Some((file, columns)) = waits(&app, &visitor, name)? else { return Ok(at(name)) };
    let found = match known(&app, &visitor, name).await? {
        (Some(looked), _) => looked.found,
        (None, entries) => {
            let rows = file.read(&columns)?;
            check(&app, &visitor, (name, &columns), rows, entries).await?.found
        }
    };
    let mut out = Csv::new();
    out.row(["web-faults-line", "web-faults-field", "web-faults-expected"].map(|key| text.say(key)));
    for e in &found.errors {
        let field = errors::register::field(text, e.field);
        out.row([e.line.to_string(), field, errors::register::expected(text, &e.expected)]);
    }
    Ok(attachment(CSV, "faults.csv", out.finish().into_bytes()))
}

/// Imports the previewed file, once, and leads to the result; where rows no longer fit, to the errors.
pub(crate) async fn take(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Form(sent): Form<FormData>,
) -> Result<Response, WebError> {
    let name = field_value(&sent, "upload");
    if let Some((file, columns)) = waits(&app, &visitor, name)? {
        let rows = file.read(&columns)?;
        let done = RegisterPool::run(&app, visitor.by(), move |r| r.notify(&rows)).await?;
        if done.errors.is_empty() {
            app.uploads.taken(name, &user_of(&visitor), done);
        }
    }
    Ok(at(name))
}
