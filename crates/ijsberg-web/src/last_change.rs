//! The last change of the list of cases: its outcome, and what undoes it, for who made it and for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_register::corrections::Correction;

use crate::visitor::Visitor;

/// How long a correction can be undone.
const KEPT: Duration = Duration::from_mins(10);

/// Corrections that put cases back, and what they were corrected to.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    pub(crate) field: String,
    pub(crate) value: String,
    pub(crate) back: Vec<Correction>,
}

/// The form of a change that was not done, to be shown as it was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct SentChange {
    /// What the tick boxes sent, as in [`crate::register::many::ticked`].
    pub(crate) cases: Vec<String>,
    /// The value that was chosen.
    pub(crate) to: String,
    /// The citizenships that were typed.
    pub(crate) nationality: String,
}

/// The outcome of a change on the list; it is shown once.
#[derive(Debug, Clone)]
pub(crate) enum ChangeNotice {
    /// Every case was so already.
    Same,
    /// So many were put back.
    PutBack(usize),
    /// It was not done, and why, in words; with the form, to be sent again.
    Refused(String, SentChange),
}

/// By user, the notice and the undoable change; one does not replace the other.
#[derive(Debug, Default)]
pub(crate) struct LastNotices {
    said: Mutex<HashMap<String, (Instant, ChangeNotice)>>,
    undo: Mutex<HashMap<String, (Instant, Undo)>>,
}

/// What was kept, without what was kept for long.
fn kept<T>(all: &Mutex<HashMap<String, (Instant, T)>>) -> MutexGuard<'_, HashMap<String, (Instant, T)>> {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, (since, _)| since.elapsed() < KEPT);
    all
}

impl LastNotices {
    /// The notice, which is shown once.
    pub(crate) fn once(&self, visitor: &Visitor) -> Option<ChangeNotice> {
        kept(&self.said).remove(&visitor.session()?.user).map(|said| said.1)
    }

    /// Leaves a notice.
    pub(crate) fn say(&self, visitor: &Visitor, said: ChangeNotice) {
        if let Some(session) = visitor.session() {
            kept(&self.said).insert(session.user.clone(), (Instant::now(), said));
        }
    }

    /// Keeps what undoes a change.
    pub(crate) fn can_undo(&self, visitor: &Visitor, undo: Undo) {
        if let Some(session) = visitor.session() {
            kept(&self.undo).insert(session.user.clone(), (Instant::now(), undo));
        }
    }

    /// What undoes the last change.
    pub(crate) fn undo(&self, visitor: &Visitor) -> Option<Undo> {
        kept(&self.undo).get(&visitor.session()?.user).map(|kept| kept.1.clone())
    }

    /// It was undone.
    pub(crate) fn is_undone(&self, visitor: &Visitor) {
        if let Some(session) = visitor.session() {
            kept(&self.undo).remove(&session.user);
        }
    }
}
