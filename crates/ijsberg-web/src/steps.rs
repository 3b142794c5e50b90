//! How far work in the background is, and a way to stop it.

use std::any::Any;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Work that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    stage: Mutex<&'static str>,
    steps: AtomicU64,
    done: AtomicU64,
    cancelled: AtomicBool,
}

/// What cancelled work is unwound with. It is no fault, so no hook of panics is told.
struct Stop;

/// Whether work ended because it was cancelled.
pub(crate) fn was_cancelled(why: &(dyn Any + Send)) -> bool {
    why.is::<Stop>()
}

impl Steps {
    pub(crate) fn stage(&self, name: &'static str, steps: u64) {
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) = name;
        self.steps.store(steps, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.tick(0);
    }

    /// So many steps are done. Does not return once the work is cancelled.
    pub(crate) fn tick(&self, steps: u64) {
        self.done.fetch_add(steps, Ordering::Relaxed);
        if self.is_cancelled() {
            resume_unwind(Box::new(Stop));
        }
    }

    /// Stage, steps done and steps in all.
    pub(crate) fn progress(&self) -> (&'static str, u64, u64) {
        let steps = self.steps.load(Ordering::Relaxed);
        let stage = *self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        (stage, self.done.load(Ordering::Relaxed).min(steps), steps)
    }

    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
