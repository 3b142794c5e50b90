//! Background work that a user waits for: its progress, a way to stop it, and its result for a while.

use std::any::Any;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_mse::methods::Progress;
use ijsberg_report::text::{Language, Text};
use tokio::sync::Semaphore;

use crate::error::WebError;
use crate::tools::Tools;
use crate::visitor::Visitor;

/// How long a result is kept.
pub(crate) const LONGEST: Duration = Duration::from_hours(1);

/// How far a run is.
#[derive(Debug)]
pub(crate) enum RunState<T> {
    /// Waits for its turn.
    Waiting,
    /// Runs.
    Running,
    /// Done.
    Done(Arc<T>),
    /// Failed, with the reason in words.
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
    /// Whether the result was taken.
    taken: AtomicBool,
}

/// How far a run is, for a page.
#[derive(Debug)]
pub(crate) struct Steps {
    /// Where the script of the page asks again.
    pub(crate) at: String,
    /// What is being done.
    pub(crate) stage: String,
    /// Steps of it that are done.
    pub(crate) done: u64,
    /// Steps of it in all; none if that is not known.
    pub(crate) of: u64,
}

/// What cancelled work is unwound with. It is no fault, so no panic hook is called.
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
            taken: AtomicBool::default(),
        }
    }

    /// How far it is.
    pub(crate) fn state(&self) -> RunState<T> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: RunState<T>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// What came of it.
    pub(crate) fn result(&self) -> Option<Arc<T>> {
        match self.state() {
            RunState::Done(result) => Some(result),
            _ => None,
        }
    }

    /// Whether it is the result of this run.
    fn is_of(&self, result: &Arc<T>) -> bool {
        self.result().is_some_and(|own| Arc::ptr_eq(&own, result))
    }

    /// Why there is no result, in words.
    pub(crate) fn failed(&self, text: &Text) -> Option<String> {
        match self.state() {
            RunState::Failed(words) => Some(words),
            RunState::Cancelled => Some(text.say("web-job-cancelled")),
            RunState::Waiting | RunState::Running | RunState::Done(_) => None,
        }
    }

    /// Whether the run is over.
    pub(crate) fn is_over(&self) -> bool {
        !matches!(self.state(), RunState::Waiting | RunState::Running)
    }

    /// Whether it is still worth keeping.
    pub(crate) fn is_kept(&self, longest: Duration) -> bool {
        !self.is_over() || self.began.elapsed() < longest
    }

    /// Stage, steps done and steps in all.
    pub(crate) fn progress(&self) -> (&'static str, u64, u64) {
        let steps = self.steps.load(Ordering::Relaxed);
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        (stage, self.done.load(Ordering::Relaxed).min(steps), steps)
    }

    /// How far it is in words, until it is over; `at` is where the script of a page asks again.
    pub(crate) fn steps(&self, at: &str, text: &Text) -> Option<Steps> {
        let (stage, done, of) = self.progress();
        let stage = match self.state() {
            RunState::Waiting => text.stage("waiting"),
            RunState::Running if stage.is_empty() => text.stage("reading"),
            RunState::Running => text.stage(stage),
            RunState::Done(_) | RunState::Failed(_) | RunState::Cancelled => return None,
        };
        Some(Steps { at: at.to_owned(), stage, done, of })
    }

    /// The same for the script of a page.
    pub(crate) fn told(&self, text: &Text) -> serde_json::Value {
        match self.steps("", text) {
            None => serde_json::json!({ "over": true }),
            Some(s) => serde_json::json!({ "over": false, "stage": s.stage, "done": s.done, "of": s.of }),
        }
    }

    /// Stops it at its next step.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(crate) fn stop_if_cancelled(&self) {
        if self.is_cancelled() {
            resume_unwind(Box::new(Stop));
        }
    }
}

impl<T: Send + Sync + 'static> Run<T> {
    /// Begins when it is its turn. `work` returns a result, or an error in words.
    pub(crate) fn begin(
        turns: &Arc<Semaphore>,
        tools: &Arc<Tools>,
        language: Language,
        work: impl FnOnce(&Self) -> Result<T, String> + Send + 'static,
    ) -> Arc<Self> {
        let run = Arc::new(Self::new());
        let (turns, tools, running) = (Arc::clone(turns), Arc::clone(tools), Arc::clone(&run));
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
                    Err(_) => RunState::Failed(tools.text(language).say("web-error-internal")),
                });
            });
            let _ = done.await;
        });
        run
    }
}

/// The last run of each user. One is at work at a time; more would only make each slower.
pub(crate) struct LastRuns<T> {
    all: Mutex<HashMap<String, Arc<Run<T>>>>,
    turns: Arc<Semaphore>,
    longest: Duration,
}

impl<T> std::fmt::Debug for LastRuns<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LastRuns").finish_non_exhaustive()
    }
}

impl<T> LastRuns<T> {
    /// Of which each is kept so long.
    pub(crate) fn new(longest: Duration) -> Self {
        Self { all: Mutex::default(), turns: Arc::new(Semaphore::new(1)), longest }
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Run<T>>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the run is available to its user.
    fn is_there(&self, run: &Run<T>) -> bool {
        run.is_kept(self.longest) && !run.taken.load(Ordering::Relaxed)
    }

    /// The last run of the visitor, unless its result was taken.
    pub(crate) fn last_run(&self, visitor: &Visitor) -> Option<Arc<Run<T>>> {
        self.all().get(&visitor.session()?.user).filter(|run| self.is_there(run)).cloned()
    }

    /// Whether it is not over yet.
    pub(crate) fn is_busy(&self, visitor: &Visitor) -> bool {
        self.last_run(visitor).is_some_and(|run| !run.is_over())
    }

    /// What came of it.
    pub(crate) fn result(&self, visitor: &Visitor) -> Result<Arc<T>, WebError> {
        self.last_run(visitor).and_then(|run| run.result()).ok_or(WebError::NotFound)
    }

    /// Stops it at its next step.
    pub(crate) fn cancel(&self, visitor: &Visitor) -> Result<(), WebError> {
        self.last_run(visitor).ok_or(WebError::NotFound)?.cancel();
        Ok(())
    }

    /// Hands the result to one taker, and to no other unless it is put back. It stays in the map until [`Self::let_go`], so that
    /// [`Self::forget_all`] reaches it.
    pub(crate) fn take(&self, visitor: &Visitor, fits: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let all = self.all();
        let run = all.get(&visitor.session()?.user).filter(|run| self.is_there(run))?;
        let result = run.result().filter(|result| fits(result))?;
        run.taken.store(true, Ordering::Relaxed);
        Some(result)
    }

    /// Puts a result back, unless it was dropped meanwhile or another run took its place.
    pub(crate) fn put_back(&self, visitor: &Visitor, result: &Arc<T>) {
        let all = self.all();
        let run = visitor.session().and_then(|s| all.get(&s.user));
        if let Some(run) = run.filter(|run| run.is_of(result)) {
            run.taken.store(false, Ordering::Relaxed);
        }
    }

    /// Drops a result that was taken.
    pub(crate) fn let_go(&self, result: &Arc<T>) {
        self.all().retain(|_, run| !run.is_of(result));
    }

    /// Drops old runs.
    pub(crate) fn tidy(&self) {
        self.all().retain(|_, run| run.is_kept(self.longest));
    }

    /// Ends every run and drops its result.
    pub(crate) fn forget_all(&self) {
        self.all().drain().for_each(|(_, run)| run.cancel());
    }

    /// Ends every run.
    pub(crate) fn cancel_all(&self) {
        self.all().values().for_each(|run| run.cancel());
    }
}

impl<T: Send + Sync + 'static> LastRuns<T> {
    /// Begins a run in place of the last.
    pub(crate) fn begin(
        &self,
        tools: &Arc<Tools>,
        visitor: &Visitor,
        work: impl FnOnce(&Run<T>, &Text) -> Result<T, String> + Send + 'static,
    ) -> Result<(), WebError> {
        let user = visitor.session().map(|s| s.user.clone()).ok_or(WebError::NotFound)?;
        let (at_work, language) = (Arc::clone(tools), visitor.language);
        let work = move |steps: &Run<T>| work(steps, at_work.text(language));
        self.all().insert(user, Run::begin(&self.turns, tools, language, work));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_register::Session;

    use super::*;
    use crate::visitor::{Actor, Person};

    /// Who is there.
    fn visitor() -> Visitor {
        let user = "a".to_owned();
        let session = Session { user, grants: Vec::new(), only: None, id: None, must: None };
        let person = Person { session, by: Actor::Nobody };
        Visitor { language: Language::English, person: Some(person), path: String::new() }
    }

    /// Runs of which one is over, with its result.
    async fn over(tools: &Arc<Tools>, result: u32) -> (LastRuns<u32>, Visitor) {
        let (runs, visitor) = (LastRuns::new(LONGEST), visitor());
        again(&runs, tools, &visitor, result).await;
        (runs, visitor)
    }

    /// Another one in its place.
    async fn again(runs: &LastRuns<u32>, tools: &Arc<Tools>, visitor: &Visitor, result: u32) {
        runs.begin(tools, visitor, move |_, _| Ok(result)).unwrap();
        while runs.is_busy(visitor) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    #[tokio::test]
    async fn what_is_taken_is_nobody_elses_until_it_is_put_back() {
        let tools = Arc::new(Tools::new(None));
        let (runs, visitor) = over(&tools, 7).await;
        assert!(runs.take(&visitor, |n| *n == 8).is_none());
        let taken = runs.take(&visitor, |n| *n == 7).unwrap();
        assert!(runs.take(&visitor, |_| true).is_none() && runs.last_run(&visitor).is_none());
        runs.put_back(&visitor, &taken);
        assert_eq!(runs.take(&visitor, |_| true), Some(taken.clone()));
        runs.let_go(&taken);
        runs.put_back(&visitor, &taken);
        assert!(runs.take(&visitor, |_| true).is_none());
    }

    #[tokio::test]
    async fn what_was_forgotten_or_replaced_meanwhile_is_not_put_back() {
        let tools = Arc::new(Tools::new(None));
        let (runs, visitor) = over(&tools, 7).await;
        let taken = runs.take(&visitor, |_| true).unwrap();
        runs.forget_all();
        runs.put_back(&visitor, &taken);
        assert!(runs.last_run(&visitor).is_none());
        again(&runs, &tools, &visitor, 8).await;
        let other = runs.take(&visitor, |_| true).unwrap();
        runs.put_back(&visitor, &taken);
        runs.let_go(&taken);
        assert!(runs.last_run(&visitor).is_none());
        runs.put_back(&visitor, &other);
        assert_eq!(*runs.result(&visitor).unwrap(), 8);
    }
}
