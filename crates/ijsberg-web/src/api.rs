//! The interface for programs, described in `OpenAPI`. A token allows some operations of one user; what needs no login in a page
//! needs no token here.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ijsberg_analysis::Outcome;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::Notification;
use ijsberg_register::register::id;
use ijsberg_report::machine;
use ijsberg_signals::assess::Case;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::app::{App, RegisterPool};
use crate::error::WebError;
use crate::estimates::Estimates;
use crate::jobs::job;
use crate::program_settings::{self, NewEstimate, ProgramSettings};
use crate::run::RunState;
use crate::shell::{CSV, Visitor};
use crate::studio;

/// Notifications in one call.
const MOST_NOTIFICATIONS: usize = 10_000;

/// A body of JSON. An error names the place that does not fit, and does not repeat the value.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Body<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let visitor = match Visitor::from_request_parts(&mut parts, app).await {
            Ok(visitor) => visitor,
            Err(never) => match never {},
        };
        let text = visitor.text(app);
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Err(WebError::Sent(text.say("web-api-not-json")));
        }
        let request = Request::from_parts(parts, body);
        let bytes = axum::body::Bytes::from_request(request, app).await;
        let bytes = bytes.map_err(|_| WebError::Sent(text.say("web-upload-unreadable")))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|e| {
            let place = [("line", e.line().to_string()), ("column", e.column().to_string())];
            WebError::Sent(text.fill("web-api-does-not-fit", &place))
        })
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "ijsberg", description = "Signals, notifications, capture histories and estimates."),
    paths(questions, assess, estimate, estimated, notify, person, histories),
    components(schemas(Problem, NewNotification, Taken, RowProblem, NewEstimate, Begun)),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        openapi.components.get_or_insert_default().add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description itself.
pub(crate) async fn description() -> Response {
    Json(Description::openapi()).into_response()
}

/// The error, without the data that were sent.
#[derive(Serialize, ToSchema)]
struct Problem {
    /// The HTTP status.
    status: u16,
    /// The message, in the requested language.
    title: String,
    /// Rows that are not valid; nothing was imported.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<RowProblem>,
}

/// The questions with their headings and sources.
#[utoipa::path(get, path = "/api/v1/questions", responses((status = 200, description = "The instrument", body = Object)))]
pub(crate) async fn questions(State(app): State<Arc<App>>) -> Response {
    Json(&app.rules.questions).into_response()
}

/// Assesses answers. Nothing is stored.
#[utoipa::path(
    post,
    path = "/api/v1/assess",
    request_body(content = Object, description = "A case: answers by question, and facts"),
    responses(
        (status = 200, description = "What the answers show; not a finding of fact or law", body = Object),
        (status = 422, description = "Not JSON, or not a case", body = Problem),
        (status = 429, description = "Too many requests", body = Problem)
    )
)]
pub(crate) async fn assess(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body(case): Body<Case>,
) -> Result<Response, WebError> {
    Ok(Json(crate::assess::assessed(&app.rules, visitor.text(&app), &case)?).into_response())
}

/// A run that was started.
#[derive(Serialize, ToSchema)]
pub(crate) struct Begun {
    /// Its name; request it until the run has ended.
    id: String,
}

/// Starts an estimate.
#[utoipa::path(
    post,
    path = "/api/v1/estimates",
    request_body = NewEstimate,
    responses(
        (status = 202, description = "The run was started", body = Begun),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 422, description = "Not JSON, no table, or an invalid setting", body = Problem),
        (status = 429, description = "Too many requests", body = Problem),
        (status = 503, description = "The server is busy", body = Problem)
    ),
    security((), ("token" = []))
)]
pub(crate) async fn estimate(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body(new): Body<NewEstimate>,
) -> Result<Response, WebError> {
    let text = visitor.text(&app);
    let ProgramSettings { mut request, texts, inhabitants } = ProgramSettings::read(text, new.settings)?;
    let (input, bytes) = if new.csv.is_empty() {
        let none = || WebError::Sent(text.say("web-estimate-no-table"));
        studio::shipped(texts.get("table").map(String::as_str)).ok_or_else(none)?
    } else {
        ("table.csv".to_owned(), new.csv.into_bytes())
    };
    if let Some(bytes) = inhabitants {
        let read = studio::inhabitants(&app, text, bytes).await?;
        let read = read.map_err(|why| program_settings::refused("population", &why))?;
        request.covariates.population = Some(read);
    }
    let job = studio::begin_request(&app, &visitor, (input, bytes), &texts, request)?;
    Ok((StatusCode::ACCEPTED, Json(Begun { id: job.id.clone() })).into_response())
}

/// The progress of an estimate, and its result.
#[utoipa::path(
    get,
    path = "/api/v1/estimates/{id}",
    params(("id" = String, Path, description = "The name of the run")),
    responses(
        (status = 200, description = "The state, and the result once it is done", body = Object),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 404, description = "There is no such run", body = Problem),
        (status = 429, description = "Too many requests", body = Problem)
    ),
    security((), ("token" = []))
)]
pub(crate) async fn estimated(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, WebError> {
    let job = job::<Estimates>(&app, &visitor, &name)?;
    let (stage, done, of) = job.run.progress();
    let mut answer = match job.run.state() {
        RunState::Waiting => json!({ "state": "waiting" }),
        RunState::Running => json!({ "state": "running", "stage": stage, "done": done, "of": of }),
        RunState::Cancelled => json!({ "state": "cancelled" }),
        RunState::Failed(words) => json!({ "state": "failed", "why": words }),
        RunState::Done(done) => {
            json!({ "state": "done", "warned": done.1, "result": result(&done.0) })
        }
    };
    answer["input"] = job.input.clone().into();
    Ok(Json(answer).into_response())
}

fn result(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Histories(a) => machine::to_json(a),
        Outcome::Counts(c) => c.json(),
    }
}

/// A notification in the statistics track, without a name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNotification {
    /// The organisation that notifies.
    organisation: String,
    /// Its own case reference; only a code derived from it with a secret key is stored.
    local_key: String,
    /// Day, month or year.
    happened_on: String,
    /// `F`, `M`, `X` or `UNKNOWN`.
    #[serde(default = "unknown")]
    sex: String,
    /// Year of birth.
    birth_year: Option<i64>,
    /// `yes`, `no`, `unknown`, `not_asked` or `refused`.
    #[serde(default = "not_asked")]
    minor: String,
    /// All citizenships, ISO 3166-1 alpha-2, with a semicolon between; `XX` for a stateless person, nothing if not known.
    #[serde(default)]
    nationality: String,
    /// Form of exploitation.
    #[serde(default = "unknown")]
    form: String,
    /// Sector, ISIC section.
    #[serde(default = "unknown")]
    sector: String,
    /// Region code.
    #[serde(default)]
    region: String,
    /// Parts of article 273f(1) that it rests on, `sub1` to `sub9`, with a space between.
    #[serde(default)]
    article_part: String,
}

fn unknown() -> String {
    "UNKNOWN".to_owned()
}

fn not_asked() -> String {
    "not_asked".to_owned()
}

/// What was imported.
#[derive(Serialize, ToSchema)]
pub(crate) struct Taken {
    /// New registrations.
    new: u64,
    /// Registrations that already existed.
    already: u64,
    /// Of those, rows that differ from the registration, which is left unchanged; only for users who may read registrations.
    differ: Vec<RowDiffer>,
}

/// A row that is registered already with other codes.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowDiffer {
    /// The row, the first is 1.
    row: u64,
    /// Fields that differ.
    fields: Vec<&'static str>,
}

/// The error in one row, without the value.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowProblem {
    /// Its place, from 1.
    row: u64,
    /// The field.
    field: &'static str,
    /// What was expected.
    expected: String,
}

/// Imports notifications into the statistics track, all or none.
#[utoipa::path(
    post,
    path = "/api/v1/notifications",
    request_body = [NewNotification],
    responses(
        (status = 200, description = "What was imported", body = Taken),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The token does not allow it", body = Problem),
        (status = 404, description = "There is no register", body = Problem),
        (status = 422, description = "Not JSON, or invalid rows", body = Problem),
        (status = 429, description = "Too many requests", body = Problem)
    ),
    security(("token" = []))
)]
pub(crate) async fn notify(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Body(new): Body<Vec<NewNotification>>,
) -> Result<Response, WebError> {
    if new.is_empty() || new.len() > MOST_NOTIFICATIONS {
        let most = [("most", MOST_NOTIFICATIONS.to_string())];
        return Err(WebError::Sent(visitor.text(&app).fill("web-api-most", &most)));
    }
    let synthetic = app.config.synthetic;
    let row = |(i, n): (usize, NewNotification)| Notification {
        line: i as u64 + 1,
        organisation: n.organisation,
        local_key: n.local_key,
        happened_on: n.happened_on,
        lane: Lane::Statistics,
        sex: n.sex,
        birth_year: n.birth_year,
        minor: n.minor,
        nationality: ijsberg_register::citizenships::typed(&n.nationality),
        form: n.form,
        sector: n.sector,
        region: n.region,
        article_part: n.article_part,
        synthetic,
        ..Notification::default()
    };
    let rows: Vec<Notification> = new.into_iter().enumerate().map(row).collect();
    let done = RegisterPool::run(&app, visitor.by(), move |r| r.notify(&rows)).await?;
    let problem = |e: ijsberg_register::notify::RowError| RowProblem {
        row: e.line,
        field: e.field,
        expected: ijsberg_report::errors::register::expected(visitor.text(&app), &e.expected),
    };
    if done.errors.is_empty() {
        let differ = done.differ.into_iter().map(|d| RowDiffer { row: d.line, fields: d.fields }).collect();
        return Ok(Json(Taken { new: done.new, already: done.already, differ }).into_response());
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let title = visitor.text(&app).fill("register-nothing-taken", &[("n", done.wrong_rows().to_string())]);
    let errors = done.errors.into_iter().map(problem).collect();
    Ok((status, Json(Problem { status: status.as_u16(), title, errors })).into_response())
}

/// The registrations of a pseudonym, coded.
#[utoipa::path(
    get,
    path = "/api/v1/persons/{person}",
    params(("person" = String, Path, description = "The pseudonym, 32 hexadecimal digits")),
    responses(
        (status = 200, description = "The registrations", body = Object),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The token does not allow it", body = Problem),
        (status = 404, description = "There is no such person", body = Problem),
        (status = 422, description = "Not a pseudonym", body = Problem),
        (status = 429, description = "Too many requests", body = Problem)
    ),
    security(("token" = []))
)]
pub(crate) async fn person(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(person): Path<String>,
) -> Result<Response, WebError> {
    let of = id(&person)?;
    let all = RegisterPool::run(&app, visitor.by(), move |r| r.registrations(&of)).await?;
    Ok(Json(json!({ "registrations": all })).into_response())
}

/// Capture histories of the people registered in a period, one row per person, as CSV.
#[utoipa::path(
    get,
    path = "/api/v1/histories",
    params(
        ("from" = i16, Query, description = "The first year", minimum = 1900, maximum = 2100),
        ("to" = i16, Query, description = "The last year", minimum = 1900, maximum = 2100)
    ),
    responses(
        (status = 200, description = "A column for each list and covariate", body = String, content_type = "text/csv"),
        (status = 401, description = "A token is needed", body = Problem),
        (status = 403, description = "The token does not allow it", body = Problem),
        (status = 404, description = "There is no register", body = Problem),
        (status = 422, description = "No years, or invalid years", body = Problem),
        (status = 429, description = "Too many requests", body = Problem)
    ),
    security(("token" = []))
)]
pub(crate) async fn histories(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Result<Response, WebError> {
    let (from, to) = crate::register::exchange::years(&app, &visitor, &asked)?;
    let table = RegisterPool::run(&app, visitor.by(), move |r| r.histories(from, to)).await?;
    let csv = ijsberg_publication::source::of_register(&table).csv().into_bytes();
    Ok(([(header::CONTENT_TYPE, CSV)], csv).into_response())
}
