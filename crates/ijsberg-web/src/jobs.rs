//! Estimates that run while somebody waits: progress, cancelling, and the result for a while.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_analysis::{AnalysisError, Outcome, Request, run};
use ijsberg_crypto::{hex, random};
use ijsberg_mse::methods::Progress;
use ijsberg_report::text::{Language, Text};
use tokio::sync::Semaphore;

use crate::error::WebError;
use crate::steps::{Steps, was_cancelled};

/// Runs at a time; more would only make each slower.
const AT_ONCE: usize = 1;

/// Runs that wait or are kept.
const MOST: usize = 40;

/// How long a result is kept.
const LONGEST: Duration = Duration::from_hours(1);

/// How far a run is.
#[derive(Debug, Clone)]
pub(crate) enum State {
    /// Waits for its turn.
    Waiting,
    /// Runs.
    Running,
    /// Done, with what was warned of.
    Done(Arc<Outcome>, Vec<String>),
    /// Did not come to an end, in words.
    Failed(String),
    /// Cancelled.
    Cancelled,
}

/// One run.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    /// Whose it is; nobody's where the studio is open.
    pub(crate) owner: Option<String>,
    pub(crate) input: String,
    pub(crate) request: Request,
    /// The settings as a query, to run it again.
    pub(crate) link: String,
    pub(crate) language: Language,
    began: Instant,
    state: Mutex<State>,
    pub(crate) steps: Steps,
}

impl Progress for Job {
    fn stage(&self, name: &'static str, steps: u64) {
        self.steps.stage(name, steps);
    }

    fn tick(&self) {
        self.steps.tick(1);
    }
}

impl Job {
    pub(crate) fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state(), State::Waiting | State::Running)
    }
}

/// Runs by name, and their names from the oldest on.
type Kept = (HashMap<String, Arc<Job>>, VecDeque<String>);

/// What a run is of.
pub(crate) struct Asked {
    /// Whose it is; nobody's where the studio is open.
    pub(crate) owner: Option<String>,
    /// The language of its errors and downloads.
    pub(crate) language: Language,
    /// What the table is called.
    pub(crate) input: String,
    /// The table.
    pub(crate) bytes: Vec<u8>,
    /// The settings.
    pub(crate) request: Request,
    /// The settings as a query.
    pub(crate) link: String,
}

/// All runs.
#[derive(Debug)]
pub(crate) struct Jobs {
    all: Mutex<Kept>,
    turns: Arc<Semaphore>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self { all: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Jobs {
    fn all(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of that name, for whom it belongs to.
    pub(crate) fn get(&self, id: &str, user: Option<&str>) -> Option<Arc<Job>> {
        let job = self.all().0.get(id).cloned()?;
        (job.owner.as_deref() == user).then_some(job)
    }

    /// Begins a run.
    pub(crate) fn begin(&self, app: &Arc<crate::app::App>, asked: Asked) -> Result<Arc<Job>, WebError> {
        let Asked { owner, language, input, bytes, request, link } = asked;
        let id = hex(&random::<16>()?);
        let job = Arc::new(Job {
            id: id.clone(),
            owner,
            input,
            request,
            link,
            language,
            began: Instant::now(),
            state: Mutex::new(State::Waiting),
            steps: Steps::default(),
        });
        {
            let mut all = self.all();
            if all.0.len() >= MOST {
                // The oldest that is over makes room.
                let over = all.1.iter().position(|id| all.0.get(id).is_none_or(|j| j.is_over()));
                let oldest = over.and_then(|k| all.1.remove(k)).ok_or(WebError::Busy)?;
                all.0.remove(&oldest);
            }
            all.0.insert(id.clone(), Arc::clone(&job));
            all.1.push_back(id);
        }
        let (turns, running, app) = (Arc::clone(&self.turns), Arc::clone(&job), Arc::clone(app));
        tokio::spawn(async move {
            let Ok(_turn) = turns.acquire_owned().await else { return };
            let done = tokio::task::spawn_blocking(move || work(&running, &bytes, app.text(language)));
            let _ = done.await;
        });
        Ok(job)
    }

    /// Forgets what was kept for long.
    pub(crate) fn tidy(&self) {
        let mut all = self.all();
        all.0.retain(|_, job| !job.is_over() || job.began.elapsed() < LONGEST);
        let left: Vec<String> = all.0.keys().cloned().collect();
        all.1.retain(|id| left.contains(id));
    }

    /// Ends every run.
    pub(crate) fn cancel_all(&self) {
        self.all().0.values().for_each(|job| job.steps.cancel());
    }

    /// How many wait or run.
    pub(crate) fn at_work(&self) -> usize {
        self.all().0.values().filter(|job| !job.is_over()).count()
    }
}

fn work(job: &Job, bytes: &[u8], text: &Text) {
    if job.steps.is_cancelled() {
        return job.set(State::Cancelled);
    }
    job.set(State::Running);
    let mut warned = Vec::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        run(bytes, &job.input, &job.request, text, job, &mut |said| warned.push(said))
    }));
    job.set(match result {
        Ok(Ok(outcome)) => State::Done(Arc::new(outcome), warned),
        Ok(Err(error)) => State::Failed(said(&error, text)),
        Err(why) if was_cancelled(why.as_ref()) => State::Cancelled,
        Err(_) => State::Failed(text.say("web-error-internal")),
    });
}

fn said(error: &AnalysisError, text: &Text) -> String {
    error.in_words(text)
}
