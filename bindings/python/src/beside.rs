//! Runs a long computation in threads that end with the answer, while Python checks for Ctrl-C and receives the progress.
//!
//! Every run has a pool of threads of its own: a process that forks has no pool whose threads are not there in the child.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_mse::methods::Progress;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::ThreadPoolBuilder;

/// How long Python waits before it checks for Ctrl-C.
const LOOK: Duration = Duration::from_millis(20);

/// The least time between two calls that say how far a run is.
const PAUSE: Duration = Duration::from_millis(100);

/// The stage of a run, the steps done and the total, which is 0 where it is not known.
type State = (&'static str, u64, u64);

/// The progress of a run, and whether it is to stop.
pub(crate) struct RunProgress {
    stopped: AtomicBool,
    /// The stage, and how many steps it takes.
    stage: Mutex<(&'static str, u64)>,
    done: AtomicU64,
}

/// What a stopped run is unwound with; it is no fault, so no panic hook is called.
struct Stop;

impl RunProgress {
    fn new() -> Self {
        Self { stopped: AtomicBool::new(false), stage: Mutex::new(("reading", 0)), done: AtomicU64::new(0) }
    }

    fn open(&self) -> MutexGuard<'_, (&'static str, u64)> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unwind_if_stopped(&self) {
        if self.stopped.load(Ordering::Relaxed) {
            resume_unwind(Box::new(Stop));
        }
    }

    fn state(&self) -> State {
        let stage = self.open();
        let (name, steps) = *stage;
        let done = self.done.load(Ordering::Relaxed);
        // A sampler that goes on until it converges takes more steps than it announced.
        (name, if steps == 0 { done } else { done.min(steps) }, steps)
    }
}

impl Progress for RunProgress {
    fn stage(&self, name: &'static str, steps: u64) {
        self.unwind_if_stopped();
        let mut stage = self.open();
        *stage = (name, steps);
        self.done.store(0, Ordering::Relaxed);
    }

    fn tick(&self) {
        self.unwind_if_stopped();
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// The listener to the progress of a run.
struct Listener<'a, 'py> {
    call: Option<&'a Bound<'py, PyAny>>,
    last: Option<State>,
    at: Option<Instant>,
}

impl Listener<'_, '_> {
    /// Calls with what is new, but not soon after the last call unless there is nothing to come.
    fn tell(&mut self, state: State, is_last: bool) -> PyResult<()> {
        let Some(call) = self.call else { return Ok(()) };
        let is_soon = self.at.is_some_and(|at| at.elapsed() < PAUSE);
        if self.last == Some(state) || is_soon && !is_last {
            return Ok(());
        }
        call.call1(state)?;
        (self.last, self.at) = (Some(state), Some(Instant::now()));
        Ok(())
    }
}

/// Runs something long and returns what it gives. Ctrl-C, or an exception in the function that hears how far the run is, is raised at
/// once; what was computing ends by itself at its next step.
pub(crate) fn beside<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<&Bound<'_, PyAny>>,
    f: impl FnOnce(&RunProgress) -> T + Send + 'static,
) -> PyResult<T> {
    let pool = ThreadPoolBuilder::new()
        .thread_name(|_| "ijsberg".to_owned())
        .build()
        .map_err(|why| PyRuntimeError::new_err(why.to_string()))?;
    let watched = Arc::new(RunProgress::new());
    let seen = Arc::clone(&watched);
    let (sender, mut receiver) = channel();
    pool.spawn(move || {
        let done = catch_unwind(AssertUnwindSafe(|| f(&seen)));
        // The answer of a stopped run is not awaited.
        let _ = sender.send(done);
    });
    let mut listener = Listener { call: progress, last: None, at: None };
    loop {
        let (heard, back) = py.detach(move || {
            let heard = receiver.recv_timeout(LOOK);
            (heard, receiver)
        });
        receiver = back;
        match heard {
            Ok(Ok(value)) => return listener.tell(watched.state(), true).map(|()| value),
            Ok(Err(why)) => resume_unwind(why),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("a run ended without an answer"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        let told = py.check_signals().and_then(|()| listener.tell(watched.state(), false));
        if let Err(why) = told {
            watched.stopped.store(true, Ordering::Relaxed);
            return Err(why);
        }
    }
}
