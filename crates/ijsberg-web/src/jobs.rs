//! Estimates and plans that run while somebody waits: progress, cancelling, and the result for a while.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use ijsberg_analysis::{AnalysisError, Source, sha256};
use ijsberg_crypto::{hex, random};
use ijsberg_mse::methods::Progress;
use ijsberg_report::text::{Language, Text};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::error::WebError;
use crate::run::{LONGEST, Run};
use crate::shell::Visitor;

/// Runs at a time; more would only make each slower.
const AT_ONCE: usize = 1;

/// Runs that wait or are kept.
const MOST: usize = 40;

/// KiB of tables that wait for their turn.
const ROOM: usize = 128 << 10;

/// What came of a run, with what was warned of.
pub(crate) type Made<T> = (T, Vec<String>);

/// Turns a table with a request into a result: what is taken, what it is called, what is asked, the language, and what hears of progress and warnings.
pub(crate) type Work<R, T> =
    fn(&Source, &str, &R, &Text, &dyn Progress, &mut dyn FnMut(String)) -> Result<T, AnalysisError>;

/// One run.
#[derive(Debug)]
pub(crate) struct Job<R, T> {
    pub(crate) id: String,
    /// Whose it is; nobody's where the studio is open.
    pub(crate) owner: Option<String>,
    pub(crate) input: String,
    pub(crate) request: R,
    /// The settings as a query, to run it again.
    pub(crate) link: String,
    pub(crate) language: Language,
    pub(crate) run: Arc<Run<Made<T>>>,
}

/// Runs by name, and their names from the oldest on.
type Kept<R, T> = (HashMap<String, Arc<Job<R, T>>>, VecDeque<String>);

/// A kind of runs that has pages: where they are, and where its runs are kept.
pub(crate) trait Kind: 'static {
    /// The address above those of its runs.
    const AT: &'static str;
    /// What is asked.
    type Request: Clone + Send + Sync + 'static;
    /// What comes of it.
    type Result: Send + Sync + 'static;

    /// All of them.
    fn of(app: &App) -> &Jobs<Self::Request, Self::Result>;
}

/// A run of a kind.
type Of<K> = Job<<K as Kind>::Request, <K as Kind>::Result>;

/// The run of that name, for the visitor whom it belongs to.
pub(crate) fn job<K: Kind>(app: &App, visitor: &Visitor, id: &str) -> Result<Arc<Of<K>>, WebError> {
    K::of(app).get(id, visitor.session().map(|s| s.user.as_str())).ok_or(WebError::NotFound)
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

/// What a run is of.
pub(crate) struct Asked<R> {
    /// Whose it is; nobody's where the studio is open.
    pub(crate) owner: Option<String>,
    /// The language of its errors and downloads.
    pub(crate) language: Language,
    /// What the table is called.
    pub(crate) input: String,
    /// The table.
    pub(crate) bytes: Vec<u8>,
    /// The settings.
    pub(crate) request: R,
    /// The settings as a query.
    pub(crate) link: String,
}

/// What all kinds of runs share.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    turns: Arc<Semaphore>,
    /// KiB of tables that wait for their turn.
    room: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), room: Arc::new(Semaphore::new(ROOM)) }
    }
}

/// All runs of a kind.
#[derive(Debug)]
pub(crate) struct Jobs<R, T> {
    all: Mutex<Kept<R, T>>,
    places: Places,
    work: Work<R, T>,
}

impl<R, T> Jobs<R, T>
where
    R: Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    /// None yet; each will do this work.
    pub(crate) fn new(places: Places, work: Work<R, T>) -> Self {
        Self { all: Mutex::default(), places, work }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, Kept<R, T>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of that name, for whom it belongs to.
    pub(crate) fn get(&self, id: &str, user: Option<&str>) -> Option<Arc<Job<R, T>>> {
        let job = self.all().0.get(id).cloned()?;
        (job.owner.as_deref() == user).then_some(job)
    }

    /// Begins a run.
    pub(crate) fn begin(&self, app: &Arc<App>, asked: Asked<R>) -> Result<Arc<Job<R, T>>, WebError> {
        let Asked { owner, language, input, bytes, request, link } = asked;
        let id = hex(&random::<16>()?);
        let kib = u32::try_from(bytes.len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.places.room).try_acquire_many_owned(kib).map_err(|_| WebError::Busy)?;
        let mut all = self.all();
        if all.0.len() >= MOST {
            // The oldest that is over makes room.
            let over = all.1.iter().position(|id| all.0.get(id).is_none_or(|j| j.run.is_over()));
            let oldest = over.and_then(|k| all.1.remove(k)).ok_or(WebError::Busy)?;
            all.0.remove(&oldest);
        }
        let (at_work, named, settings, work) = (Arc::clone(app), input.clone(), request.clone(), self.work);
        let run = Run::begin(&self.places.turns, app, language, move |steps| {
            let text = at_work.text(language);
            let mut warned = Vec::new();
            let sha256 = sha256(&bytes);
            let cells = at_work.take_apart(bytes, &|| steps.is_cancelled());
            drop(room);
            steps.stop_if_cancelled();
            let analysed = cells.map_err(AnalysisError::from).and_then(|cells| {
                let source = Source { cells, sha256 };
                work(&source, &named, &settings, text, steps, &mut |said| warned.push(said))
            });
            analysed.map(|made| (made, warned)).map_err(|e| e.in_words(text))
        });
        let job = Arc::new(Job { id: id.clone(), owner, input, request, link, language, run });
        all.0.insert(id.clone(), Arc::clone(&job));
        all.1.push_back(id);
        Ok(job)
    }

    /// Forgets what was kept for long.
    pub(crate) fn tidy(&self) {
        let mut all = self.all();
        all.0.retain(|_, job| job.run.is_kept(LONGEST));
        let left: Vec<String> = all.0.keys().cloned().collect();
        all.1.retain(|id| left.contains(id));
    }

    /// Ends every run.
    pub(crate) fn cancel_all(&self) {
        self.all().0.values().for_each(|job| job.run.cancel());
    }

    /// How many wait or run.
    pub(crate) fn at_work(&self) -> usize {
        self.all().0.values().filter(|job| !job.run.is_over()).count()
    }
}
