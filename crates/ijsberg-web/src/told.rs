//! Notices for the page that a request redirects to: each user finds their own there, for a while, and reloading the page repeats no
//! action.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::visitor::Visitor;

/// How long a notice is kept.
const KEPT: Duration = Duration::from_mins(15);

/// Notices by user and page.
type NoticeMap<T> = HashMap<(String, &'static str), (Instant, T)>;

/// Notices that wait for a page, by user and by the page that shows them.
pub(crate) struct PageNotices<T>(Mutex<NoticeMap<T>>);

impl<T> Default for PageNotices<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> std::fmt::Debug for PageNotices<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PageNotices(..)")
    }
}

impl<T: Clone> PageNotices<T> {
    fn all(&self) -> MutexGuard<'_, NoticeMap<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a notice for a page, in place of an earlier one.
    pub(crate) fn leave(&self, visitor: &Visitor, page: &'static str, what: T) {
        if let Some(session) = visitor.session() {
            self.all().insert((session.user.clone(), page), (Instant::now(), what));
        }
    }

    /// The notice for a page; it is kept.
    pub(crate) fn there(&self, visitor: &Visitor, page: &'static str) -> Option<T> {
        let key = (visitor.session()?.user.clone(), page);
        self.all().get(&key).filter(|kept| kept.0.elapsed() < KEPT).map(|kept| kept.1.clone())
    }

    /// The same for a notice that is shown once.
    pub(crate) fn once(&self, visitor: &Visitor, page: &'static str) -> Option<T> {
        let there = self.there(visitor, page)?;
        self.all().remove(&(visitor.session()?.user.clone(), page));
        Some(there)
    }

    /// Drops old notices.
    pub(crate) fn tidy(&self) {
        self.all().retain(|_, kept| kept.0.elapsed() < KEPT);
    }
}
