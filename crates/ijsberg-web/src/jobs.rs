//! Estimates, plans and other tasks that run in the background: progress, cancelling, and the result for a while.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};

use crate::app::App;
use crate::error::WebError;
use crate::queue::{Job, JobOrder, Jobs, Work};
use crate::shell::Visitor;

/// A kind of runs that has pages: where they are, and where its runs are kept.
pub(crate) trait Kind: 'static {
    /// The address above those of its runs.
    const AT: &'static str;
    /// The request.
    type Request: Clone + Send + Sync + 'static;
    /// The result.
    type Result: Send + Sync + 'static;

    /// Computes the result from the request.
    const WORK: Work<Self::Request, Self::Result>;

    /// All of them.
    fn jobs(app: &App) -> &Jobs<Self::Request, Self::Result>;

    /// The part of the request that is kept as long as the result. The run itself has the whole request.
    fn kept(asked: &mut Self::Request) -> Self::Request {
        asked.clone()
    }
}

/// A run of a kind.
type KindJob<K> = Job<<K as Kind>::Request, <K as Kind>::Result>;

/// The run of that name, for the visitor whom it belongs to.
pub(crate) fn job<K: Kind>(app: &App, visitor: &Visitor, id: &str) -> Result<Arc<KindJob<K>>, WebError> {
    K::jobs(app).get(id, visitor.session().map(|s| s.user.as_str())).ok_or(WebError::NotFound)
}

/// Begins a run of a kind.
pub(crate) fn begin<K: Kind>(app: &App, asked: JobOrder<K::Request>) -> Result<Arc<KindJob<K>>, WebError> {
    K::jobs(app).begin(&app.tools, (K::WORK, K::kept), asked)
}

/// How far a run is, for the script of the page.
pub(crate) async fn progress<K: Kind>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    Ok(Json(job::<K>(&app, &visitor, &id)?.run.told(visitor.text(&app))).into_response())
}

/// Stops a run.
pub(crate) async fn cancel<K: Kind>(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    job::<K>(&app, &visitor, &id)?.run.cancel();
    Ok(Redirect::to(&format!("{}/{id}", K::AT)).into_response())
}
