//! Every route with who may come. A route without that cannot be written down here.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use ijsberg_register::policy::Operation as O;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::access::{Audience, gate, recognise};
use crate::app::App;
use crate::estimates::Estimates;
use crate::register::exchange::preview;
use crate::register::{
    account, admin, audit, correct, exchange, identity, linkage, login, many, notify, person, record,
    restricted, retention, review, today,
};
use crate::smaller::{is_smaller, smaller};
use crate::tasks::{self, delayed::DelayRuns, late::Nowcasts, open::OpenPopulationRuns};
use crate::{api, assess, deliveries, guards, jobs, log, pages, plan, publish, runs, studio, style};

/// How a route is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// To look.
    Get,
    /// To send or to change.
    Post,
}

/// A route.
pub struct Entry {
    /// How it is asked.
    pub method: Method,
    /// The path, with names in braces.
    pub path: &'static str,
    /// Who may come.
    pub who: Audience,
    handler: MethodRouter<Arc<App>>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {:?}", self.method, self.path, self.who)
    }
}

/// How long an answer may take. Estimates run beside the requests.
const LONGEST: Duration = Duration::from_mins(1);

/// How long nothing may come of what is sent.
const SILENT: Duration = Duration::from_secs(20);

fn look<H, T>(path: &'static str, who: Audience, handler: H) -> Entry
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    Entry { method: Method::Get, path, who, handler: get(handler) }
}

fn send<H, T>(path: &'static str, who: Audience, handler: H) -> Entry
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    Entry { method: Method::Post, path, who, handler: post(handler) }
}

/// All routes.
// One function: a table of routes and who may use them, read as one.
pub fn entries() -> Vec<Entry> {
    use Audience::{Any, Anyone, LoggedIn, Studio, Token};
    const READ: Audience = Any(&[O::ReadRegistration]);
    const RECORD: Audience = Any(&[O::ReadRecord]);
    const WRITE: Audience = Any(&[O::WriteRecord]);
    const NOTIFY: Audience = Any(&[O::Notify]);
    const LINK: Audience = Any(&[O::Link]);
    const LISTS: Audience = Any(&[O::ExportLists]);
    const PUBLISH: Audience = Any(&[O::Publish]);
    vec![
        look("/", Anyone, pages::home),
        look("/help", Anyone, pages::help),
        look("/facts", Anyone, pages::facts),
        look("/style", Anyone, style::style),
        look("/exit", Anyone, pages::exit),
        send("/language", Anyone, pages::language),
        look("/assets/{name}", Anyone, pages::asset),
        look("/manifest.webmanifest", Anyone, pages::manifest),
        look("/offline.js", Anyone, pages::offline),
        look("/health", Anyone, pages::health),
        look("/assess", Anyone, assess::begin),
        look("/assess/all", Anyone, assess::all),
        look("/assess/instruments.json", Anyone, assess::instruments),
        send("/assess", Anyone, assess::go),
        send("/assess/live", Anyone, assess::live),
        look("/estimate", Studio, studio::form),
        send("/estimate", Studio, studio::start),
        look("/estimate/runs", Studio, runs::list),
        look("/estimate/{id}", Studio, studio::show),
        look("/estimate/{id}/progress", Studio, jobs::progress::<Estimates>),
        send("/estimate/{id}/cancel", Studio, jobs::cancel::<Estimates>),
        send("/estimate/{id}/name", Studio, runs::name),
        send("/estimate/{id}/keep", Studio, runs::keep),
        look("/estimate/{id}/{file}", Studio, studio::download),
        look("/design", Studio, plan::form),
        send("/design", Studio, plan::start),
        look("/design/{id}", Studio, plan::show),
        look("/design/{id}/progress", Studio, jobs::progress::<plan::Plans>),
        send("/design/{id}/cancel", Studio, jobs::cancel::<plan::Plans>),
        look("/design/{id}/{file}", Studio, plan::download),
        look("/nowcast", Studio, tasks::form::<Nowcasts>),
        send("/nowcast", Studio, tasks::start::<Nowcasts>),
        look("/nowcast/{id}", Studio, tasks::show::<Nowcasts>),
        look("/nowcast/{id}/progress", Studio, jobs::progress::<Nowcasts>),
        send("/nowcast/{id}/cancel", Studio, jobs::cancel::<Nowcasts>),
        look("/nowcast/{id}/{file}", Studio, tasks::download::<Nowcasts>),
        look("/open", Studio, tasks::form::<OpenPopulationRuns>),
        send("/open", Studio, tasks::start::<OpenPopulationRuns>),
        look("/open/{id}", Studio, tasks::show::<OpenPopulationRuns>),
        look("/open/{id}/progress", Studio, jobs::progress::<OpenPopulationRuns>),
        send("/open/{id}/cancel", Studio, jobs::cancel::<OpenPopulationRuns>),
        look("/open/{id}/{file}", Studio, tasks::download::<OpenPopulationRuns>),
        look("/delays", Studio, tasks::form::<DelayRuns>),
        send("/delays", Studio, tasks::start::<DelayRuns>),
        look("/delays/{id}", Studio, tasks::show::<DelayRuns>),
        look("/delays/{id}/progress", Studio, jobs::progress::<DelayRuns>),
        send("/delays/{id}/cancel", Studio, jobs::cancel::<DelayRuns>),
        look("/delays/{id}/{file}", Studio, tasks::download::<DelayRuns>),
        look("/login", Anyone, login::form),
        send("/login", Anyone, login::come),
        send("/logout", Anyone, login::leave),
        look("/register", LoggedIn, today::today),
        send("/register/seen/{event}", LoggedIn, today::acknowledge),
        send("/register/correct", Any(&[O::Correct]), many::correct),
        send("/register/undo", Any(&[O::Correct]), many::undo),
        send("/register/views", LoggedIn, many::view),
        look("/account", LoggedIn, account::show),
        send("/account", LoggedIn, account::change),
        look("/notify", NOTIFY, notify::form),
        send("/notify", NOTIFY, notify::send),
        send("/notify/alike", READ, notify::look),
        look("/notify/thanks", NOTIFY, notify::thanks),
        look("/import", NOTIFY, preview::import),
        send("/import", NOTIFY, preview::preview),
        look("/import/{id}", NOTIFY, preview::show),
        send("/import/columns", NOTIFY, preview::columns),
        send("/import/faults", NOTIFY, preview::faults),
        send("/import/take", NOTIFY, preview::take),
        send("/find", READ, today::find),
        look("/person/{person}", READ, person::show),
        look("/person/{person}/correct/{registration}", Any(&[O::Correct]), correct::correct),
        send("/person/{person}/correct/{registration}", Any(&[O::Correct]), correct::corrected),
        send("/person/{person}/identity", Any(&[O::ReadIdentity]), identity::read),
        look("/person/{person}/identity/write", Any(&[O::WriteIdentity]), identity::blank),
        send("/person/{person}/identity/write", Any(&[O::WriteIdentity]), identity::write),
        look("/person/{person}/glass", Any(&[O::BreakGlass]), identity::glass_form),
        send("/person/{person}/glass", Any(&[O::BreakGlass]), identity::break_glass),
        send("/person/{person}/restricted", RECORD, restricted::open),
        look("/person/{person}/record/{kind}", WRITE, record::form),
        send("/person/{person}/record/{kind}", WRITE, record::add),
        send("/person/{person}/assessment", WRITE, record::keep),
        look("/record/{kind}/{record}", RECORD, record::show),
        send("/record/{kind}/{record}", WRITE, record::change),
        look("/disclosed", Any(&[O::ReadDisclosed]), record::disclosed),
        send("/identity", Any(&[O::ReadIdentity]), identity::find),
        look("/glass", Any(&[O::ReviewBreakGlass]), identity::glass),
        send("/glass/{event}", Any(&[O::ReviewBreakGlass]), identity::looked_at),
        look("/linkage", LISTS, linkage::show),
        send("/linkage", LISTS, linkage::start),
        look("/linkage/progress", LISTS, linkage::progress),
        send("/linkage/cancel", LISTS, linkage::cancel),
        send("/linkage/keep", LISTS, linkage::keep),
        send("/linkage/estimate", LISTS, linkage::estimate),
        look("/linkage/histories.csv", LISTS, linkage::histories),
        look("/review", LINK, review::queue),
        look("/review/{a}/{b}", LINK, review::pair),
        send("/review/{a}/{b}", LINK, review::decide),
        send("/undo/{decision}", LINK, review::undo),
        look("/audit", Any(&[O::ReadAudit]), audit::show),
        send("/audit", Any(&[O::ReadAudit]), audit::verify),
        look("/users", Any(&[O::ManageUsers]), admin::users),
        send("/users", Any(&[O::ManageUsers]), admin::change_users),
        look("/organisations", Any(&[O::ManageOrganisations, O::OpenLane]), admin::organisations),
        send("/organisations", Any(&[O::ManageOrganisations, O::OpenLane]), admin::change_organisations),
        look("/retention", Any(&[O::Retain]), retention::show),
        send("/retention", Any(&[O::Retain]), retention::change),
        look("/retention/erase", Any(&[O::Retain]), retention::sure),
        look("/export", Any(&[O::ExportHistories, O::ExportCases]), exchange::export),
        send("/export/histories", Any(&[O::ExportHistories]), exchange::histories),
        send("/export/cases", Any(&[O::ExportCases]), exchange::cases),
        look("/publish", PUBLISH, publish::show),
        send("/publish", PUBLISH, publish::preview),
        look("/publish/progress", PUBLISH, publish::progress),
        send("/publish/cancel", PUBLISH, publish::cancel),
        send("/publish/release", PUBLISH, publish::release),
        look("/deliveries", PUBLISH, deliveries::show),
        send("/deliveries", PUBLISH, deliveries::preview),
        look("/deliveries/progress", PUBLISH, deliveries::progress),
        send("/deliveries/cancel", PUBLISH, deliveries::cancel),
        send("/deliveries/deliver", PUBLISH, deliveries::deliver),
        look("/api/openapi.json", Anyone, api::description),
        look("/api/v1/questions", Anyone, api::questions),
        send("/api/v1/assess", Anyone, api::assess),
        send("/api/v1/estimates", Studio, api::estimate),
        look("/api/v1/estimates/{id}", Studio, api::estimated),
        send("/api/v1/notifications", Token(&[O::Notify]), api::notify),
        look("/api/v1/persons/{person}", Token(&[O::ReadRegistration]), api::person),
        look("/api/v1/histories", Token(&[O::ExportHistories]), api::histories),
    ]
}

/// The pattern of each route, and whether it is a page.
pub(crate) fn patterns(all: &[Entry]) -> Vec<(&'static str, bool)> {
    all.iter().map(|e| (e.path, e.method == Method::Get)).collect()
}

/// The application as a service.
pub fn router(app: Arc<App>) -> Router {
    let (mut router, all) = (Router::new(), entries());
    // Another router of the same application has the same routes.
    let _ = app.pages.set(patterns(&all));
    for entry in all {
        let guard = from_fn_with_state((Arc::clone(&app), entry.who), gate);
        let squeezed = entry.method == Method::Get && is_smaller(entry.path);
        let handler = if squeezed { smaller(entry.handler) } else { entry.handler };
        router = router.route(entry.path, handler.layer(guard));
    }
    // From the inside out.
    router
        .layer(DefaultBodyLimit::max(guards::MOST_BYTES))
        .layer(CsrfLayer::new())
        .layer(RequestBodyTimeoutLayer::new(SILENT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(from_fn_with_state(Arc::clone(&app), crate::room::room))
        .layer(from_fn_with_state(Arc::clone(&app), guards::entrance))
        .layer(from_fn_with_state(Arc::clone(&app), guards::errors))
        .layer(from_fn_with_state(Arc::clone(&app), recognise))
        .layer(from_fn_with_state(Arc::clone(&app), guards::headers))
        .layer(from_fn(log::written_down))
        .layer(from_fn(guards::counted))
        .with_state(app)
}
