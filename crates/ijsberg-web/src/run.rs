//! Work beside the requests that somebody waits for: how far it is, a way to stop it, and what came of it for a while.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_mse::methods::Progress;
use ijsberg_report::text::Language;
use tokio::sync::Semaphore;

use crate::app::App;

/// How long a result is kept.
const LONGEST: Duration = Duration::from_hours(1);

/// How far a run is.
#[derive(Debug)]
pub(crate) enum RunState<T> {
    /// Waits for its turn.
    Waiting,
    /// Runs.
    Running,
    /// Done.
    Done(Arc<T>),
    /// Did not come to an end, in words.
    Failed(String),
    /// Cancelled.
    Cancelled,
}

impl<T> Clone for RunState<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Waiting => Self::Waiting,
            Self::Running => Self::Running,
            Self::Done(result) => Self::Done(Arc::clone(result)),
            Self::Failed(words) => Self::Failed(words.clone()),
            Self::Cancelled => Self::Cancelled,
        }
    }
}

/// A run with a result `T`.
#[derive(Debug)]
pub(crate) struct Run<T> {
    began: Instant,
    state: Mutex<RunState<T>>,
    stage: Mutex<&'static str>,
    steps: AtomicU64,
    done: AtomicU64,
    cancelled: AtomicBool,
}

/// What cancelled work is unwound with. It is no fault, so no hook of panics is told.
struct Stop;

fn was_cancelled(why: &(dyn Any + Send)) -> bool {
    why.is::<Stop>()
}

/// Does not return from a step once the work is cancelled.
impl<T: Send + Sync> Progress for Run<T> {
    fn stage(&self, name: &'static str, steps: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.steps.store(steps, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.stop_if_cancelled();
    }

    fn tick(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.stop_if_cancelled();
    }
}

impl<T> Run<T> {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            state: Mutex::new(RunState::Waiting),
            stage: Mutex::default(),
            steps: AtomicU64::default(),
            done: AtomicU64::default(),
            cancelled: AtomicBool::default(),
        }
    }

    /// How far it is.
    pub(crate) fn state(&self) -> RunState<T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: RunState<T>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// Whether nothing more will come of it.
    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state(), RunState::Waiting | RunState::Running)
    }

    /// Whether it is still worth keeping.
    pub(crate) fn is_kept(&self) -> bool {
        !self.is_over() || self.began.elapsed() < LONGEST
    }

    /// Stage, steps done and steps in all.
    pub(crate) fn progress(&self) -> (&'static str, u64, u64) {
        let steps = self.steps.load(Ordering::Relaxed);
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        (stage, self.done.load(Ordering::Relaxed).min(steps), steps)
    }

    /// As [`Run::progress`], for the script of a page.
    pub(crate) fn told(&self) -> serde_json::Value {
        let (stage, done, of) = self.progress();
        serde_json::json!({ "over": self.is_over(), "stage": stage, "done": done, "of": of })
    }

    /// Stops it at its next step.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    fn stop_if_cancelled(&self) {
        if self.cancelled.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stop));
        }
    }
}

impl<T: Send + Sync + 'static> Run<T> {
    /// Begins when it is its turn. `work` gives a result, or why there is none in words.
    pub(crate) fn begin(
        turns: &Arc<Semaphore>,
        app: &Arc<App>,
        language: Language,
        work: impl FnOnce(&Self) -> Result<T, String> + Send + 'static,
    ) -> Arc<Self> {
        let run = Arc::new(Self::new());
        let (turns, app, running) = (Arc::clone(turns), Arc::clone(app), Arc::clone(&run));
        tokio::spawn(async move {
            let Ok(_turn) = turns.acquire_owned().await else { return };
            let done = tokio::task::spawn_blocking(move || {
                let result = catch_unwind(AssertUnwindSafe(|| {
                    running.stop_if_cancelled();
                    running.set(RunState::Running);
                    work(&running)
                }));
                running.set(match result {
                    Ok(Ok(result)) => RunState::Done(Arc::new(result)),
                    Ok(Err(words)) => RunState::Failed(words),
                    Err(why) if was_cancelled(why.as_ref()) => RunState::Cancelled,
                    Err(_) => RunState::Failed(app.text(language).say("web-error-internal")),
                });
            });
            let _ = done.await;
        });
        run
    }
}
