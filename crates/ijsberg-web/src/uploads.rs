//! Uploaded files in preview, and the results of those that were imported: for the user who uploaded them, and for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_crypto::{hex, random};
use ijsberg_register::RegisterError;
use ijsberg_register::exchange::notifications;
use ijsberg_register::expected::Expected;
use ijsberg_register::lanes::Lane;
use ijsberg_register::notify::{ImportResult, Notification};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;

use crate::error::WebError;

/// Files that wait for a second look, rows of all of them, and for how long.
const WAITING: usize = 20;
const MOST_ROWS: usize = 500_000;
const WAIT: Duration = Duration::from_mins(15);

/// What each column of a file is.
pub(crate) type Columns = Vec<Option<&'static str>>;

/// A file as it came.
pub(crate) struct File {
    pub(crate) grid: Grid,
    pub(crate) organisation: Option<String>,
    pub(crate) lane: Lane,
    /// In a register for practice all people are synthetic, however they are imported; one real person would end the exceptions that hold for
    /// practice only.
    pub(crate) synthetic: bool,
}

impl File {
    pub(crate) fn read(&self, columns: &Columns) -> Result<Vec<Notification>, RegisterError> {
        let rows = self.grid.rows.iter().cloned();
        let mut read = notifications::read_as(columns, rows, self.organisation.as_deref(), self.lane)?;
        read.iter_mut().for_each(|n| n.synthetic |= self.synthetic);
        Ok(read)
    }
}

/// The findings of a preview of a file.
#[derive(Clone, Default)]
pub(crate) struct FileFindings {
    /// Entries of the register's log before that; looking leaves one.
    pub(crate) entries: i64,
    /// Rows with identities.
    pub(crate) identities: usize,
    pub(crate) found: Arc<ImportResult>,
}

/// How far a file is.
#[derive(Clone)]
pub(crate) enum State {
    /// It waits, with what its columns are.
    Waits(Arc<File>, Columns),
    /// It was taken, and is forgotten.
    Taken(Arc<ImportResult>),
}

struct Upload {
    user: String,
    at: Instant,
    state: State,
    /// The last findings, with the columns as they are.
    looked: Option<FileFindings>,
}

impl Upload {
    fn rows(&self) -> Option<usize> {
        match &self.state {
            State::Waits(file, _) => Some(file.grid.rows.len()),
            State::Taken(_) => None,
        }
    }
}

/// All of them. They hold what persons sent, so they stay in memory and are soon forgotten.
#[derive(Default)]
pub(crate) struct Uploads(Mutex<HashMap<String, Upload>>);

impl std::fmt::Debug for Uploads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Uploads(..)")
    }
}

impl Uploads {
    fn all(&self) -> MutexGuard<'_, HashMap<String, Upload>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, u| u.at.elapsed() < WAIT);
        all
    }

    /// Keeps a file in place of the one of the same user that waits.
    pub(crate) fn keep(&self, user: &str, file: File, text: &Text) -> Result<String, WebError> {
        if file.grid.rows.len() > MOST_ROWS {
            // It never fits, however few files wait.
            let expected = Expected::Rows { most: MOST_ROWS, there: file.grid.rows.len() };
            return Err(WebError::Sent(errors::register::expected(text, &expected)));
        }
        let name = hex(&random::<16>()?);
        let mut all = self.all();
        all.retain(|_, u| u.user != user || u.rows().is_none());
        let waiting: Vec<usize> = all.values().filter_map(Upload::rows).collect();
        if waiting.len() >= WAITING || waiting.iter().sum::<usize>() + file.grid.rows.len() > MOST_ROWS {
            return Err(WebError::Busy);
        }
        let columns = notifications::proposed(&file.grid.header);
        let state = State::Waits(Arc::new(file), columns);
        all.insert(name.clone(), Upload { user: user.to_owned(), at: Instant::now(), state, looked: None });
        Ok(name)
    }

    /// How far a file of this user is.
    pub(crate) fn state(&self, name: &str, user: &str) -> Option<State> {
        self.all().get(name).filter(|u| u.user == user).map(|u| u.state.clone())
    }

    /// Says anew what the columns of a file of this user are, as long as it waits.
    pub(crate) fn say(&self, name: &str, user: &str, columns: Columns) {
        if let Some(upload) = self.all().get_mut(name).filter(|u| u.user == user)
            && let State::Waits(_, said) = &mut upload.state
        {
            *said = columns;
            upload.looked = None;
        }
    }

    /// Keeps the findings in a file of this user, as long as its columns are unchanged.
    pub(crate) fn look(&self, name: &str, user: &str, columns: &Columns, looked: FileFindings) {
        if let Some(upload) = self.all().get_mut(name).filter(|u| u.user == user)
            && matches!(&upload.state, State::Waits(_, said) if said == columns)
        {
            upload.looked = Some(looked);
        }
    }

    /// The findings in a file of this user, if the register was not used since: its log has these entries now, and the only one added is
    /// that of the preview itself.
    pub(crate) fn looked(&self, name: &str, user: &str, entries: i64) -> Option<FileFindings> {
        let looked = self.all().get(name).filter(|u| u.user == user)?.looked.clone();
        looked.filter(|l| l.entries + 1 == entries)
    }

    /// Drops a file of this user that was imported, and the result of the one before it; its own result is kept for a while.
    pub(crate) fn taken(&self, name: &str, user: &str, done: ImportResult) {
        let mut all = self.all();
        // Sent twice, all rows are already registered: their result is on the page of the first time.
        if all.get(name).is_some_and(|u| u.rows().is_none()) {
            return;
        }
        all.retain(|_, u| u.user != user || u.rows().is_some());
        // Pseudonyms of the new rows are nothing to keep.
        let state = State::Taken(Arc::new(ImportResult { registrations: Vec::new(), ..done }));
        all.insert(
            name.to_owned(),
            Upload { user: user.to_owned(), at: Instant::now(), state, looked: None },
        );
    }

    /// Drops files and results that are older than [`WAIT`].
    pub(crate) fn tidy(&self) {
        drop(self.all());
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    fn file(rows: usize) -> File {
        let grid = Grid { header: vec!["case".into()], rows: vec![(2, vec!["1".into()]); rows] };
        File { grid, organisation: None, lane: Lane::Statistics, synthetic: true }
    }

    #[test]
    fn what_was_found_holds_until_somebody_does_something() {
        let (uploads, text) = (Uploads::default(), Text::new(Language::English));
        let name = uploads.keep("ada", file(3), &text).unwrap();
        let Some(State::Waits(_, columns)) = uploads.state(&name, "ada") else { panic!("it does not wait") };
        let looked = |entries| FileFindings { entries, identities: 2, found: Arc::default() };
        uploads.look(&name, "bob", &columns, looked(7));
        assert!(uploads.looked(&name, "ada", 8).is_none());
        uploads.look(&name, "ada", &columns, looked(7));
        assert_eq!(uploads.looked(&name, "ada", 8).map(|l| l.identities), Some(2));
        // Somebody came between, or after; and it is shown to nobody else.
        for (user, entries) in [("ada", 7), ("ada", 9), ("bob", 8)] {
            assert!(uploads.looked(&name, user, entries).is_none(), "{user} {entries}");
        }
        // Other columns are another file.
        uploads.say(&name, "ada", vec![None]);
        assert!(uploads.looked(&name, "ada", 8).is_none());
        uploads.look(&name, "ada", &columns, looked(7));
        assert!(uploads.looked(&name, "ada", 8).is_none());
    }

    #[test]
    fn a_file_is_shown_to_who_sent_it_and_to_nobody_else() {
        let (uploads, text) = (Uploads::default(), Text::new(Language::English));
        let name = uploads.keep("ada", file(3), &text).unwrap();
        assert!(matches!(uploads.state(&name, "ada"), Some(State::Waits(..))));
        assert!(uploads.state(&name, "bob").is_none() && uploads.state("", "ada").is_none());
        uploads.say(&name, "bob", vec![Some("sex")]);
        uploads.say(&name, "ada", vec![None]);
        assert!(matches!(uploads.state(&name, "ada"), Some(State::Waits(_, c)) if c[0].is_none()));
        uploads.taken(&name, "ada", ImportResult { new: 3, ..ImportResult::default() });
        assert!(matches!(uploads.state(&name, "ada"), Some(State::Taken(done)) if done.new == 3));
        assert!(uploads.state(&name, "bob").is_none());
        // Another file takes the place of what waits, and of nothing else.
        let second = uploads.keep("ada", file(1), &text).unwrap();
        let third = uploads.keep("ada", file(1), &text).unwrap();
        assert!(uploads.state(&second, "ada").is_none() && uploads.state(&third, "ada").is_some());
        assert!(uploads.state(&name, "ada").is_some());
        // What came of the last one stays alone.
        uploads.taken(&third, "ada", ImportResult::default());
        assert!(uploads.state(&name, "ada").is_none());
    }
}
