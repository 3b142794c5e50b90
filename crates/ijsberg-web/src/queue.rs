//! Runs of the studio that wait for their turn, are running, or are kept for a while with their results.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_analysis::{Source, sha256};
use ijsberg_crypto::{hex, random};
use ijsberg_mse::methods::Progress;
use ijsberg_report::errors::read_error;
use ijsberg_report::text::{Language, Text};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::error::WebError;
use crate::run::{LONGEST, Run};
use crate::tools::Tools;

/// Runs at a time; more would only make each slower.
const AT_ONCE: usize = 1;

/// Runs that wait or are there for a while, besides those that a user keeps.
const MOST: usize = 40;

/// How long a run is kept at most, and no longer than the server runs.
const KEPT_FOR: Duration = Duration::from_hours(30 * 24);

/// Runs that one user may keep.
pub(crate) const KEPT_BY_ONE: usize = 20;

/// Runs that all users together may keep.
pub(crate) const KEPT_BY_ALL: usize = 40;

/// KiB of tables that wait for their turn.
const ROOM: usize = 128 << 10;

/// The result of a run, with its warnings.
pub(crate) type JobOutput<T> = (T, Vec<String>);

/// Computes a result, or an error in words, from the source, its name, the request and the language; reports progress and warnings.
pub(crate) type Work<R, T> =
    fn(&Source, &str, &R, &Text, &dyn Progress, &mut dyn FnMut(String)) -> Result<T, String>;

/// Takes the part of a request that is kept with its result.
pub(crate) type KeptPart<R> = fn(&mut R) -> R;

/// One run.
#[derive(Debug)]
pub(crate) struct Job<R, T> {
    pub(crate) id: String,
    /// Whose it is; nobody's where the studio is open.
    pub(crate) owner: Option<String>,
    pub(crate) input: String,
    /// What was asked, as far as it is kept.
    pub(crate) request: R,
    /// The settings as a query, to run it again.
    pub(crate) link: String,
    /// The hash of the table that the link was made for, where this is another one.
    pub(crate) made_for: Option<String>,
    pub(crate) language: Language,
    pub(crate) began: Timestamp,
    pub(crate) run: Arc<Run<JobOutput<T>>>,
    given: Mutex<JobLabel>,
}

/// What the owner of a run set.
#[derive(Debug, Default)]
struct JobLabel {
    /// Empty where it has no name.
    name: String,
    /// Since when it is kept.
    kept: Option<Instant>,
}

impl<R, T> Job<R, T> {
    fn given(&self) -> MutexGuard<'_, JobLabel> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its name; empty where it has none.
    pub(crate) fn name(&self) -> String {
        self.given().name.clone()
    }

    /// Gives it another name; an empty one takes the name away.
    pub(crate) fn rename(&self, name: String) {
        self.given().name = name;
    }

    /// What it is called: its name with that of the table, or that of the table.
    pub(crate) fn called(&self) -> String {
        let name = self.name();
        if name.is_empty() { self.input.clone() } else { format!("{name} ({})", self.input) }
    }

    /// Whether it stays longer than others.
    pub(crate) fn is_kept(&self) -> bool {
        self.given().kept.is_some_and(|since| since.elapsed() < KEPT_FOR)
    }
}

/// The reason why a run cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeepRefusal {
    /// Its user keeps as many as one may.
    ByOne,
    /// All users together keep as many as they may.
    ByAll,
    /// It is gone.
    Gone,
}

/// Runs by name, and their names from the oldest on.
type JobIndex<R, T> = (HashMap<String, Arc<Job<R, T>>>, VecDeque<String>);

/// The order for a run.
pub(crate) struct JobOrder<R> {
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
    /// The hash of the table that the link was made for, where this is another one.
    pub(crate) made_for: Option<String>,
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
    all: Mutex<JobIndex<R, T>>,
    places: Places,
}

impl<R, T> Jobs<R, T>
where
    R: Clone + Send + Sync + 'static,
    T: Send + Sync + 'static,
{
    /// None yet.
    pub(crate) fn new(places: Places) -> Self {
        Self { all: Mutex::default(), places }
    }

    fn all(&self) -> MutexGuard<'_, JobIndex<R, T>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run of that name, for whom it belongs to.
    pub(crate) fn get(&self, id: &str, user: Option<&str>) -> Option<Arc<Job<R, T>>> {
        let job = self.all().0.get(id).cloned()?;
        (job.owner.as_deref() == user).then_some(job)
    }

    /// The runs of a user, the newest first.
    pub(crate) fn owned_by(&self, user: &str) -> Vec<Arc<Job<R, T>>> {
        let all = self.all();
        let newest = all.1.iter().rev().filter_map(|id| all.0.get(id));
        newest.filter(|job| job.owner.as_deref() == Some(user)).cloned().collect()
    }

    /// Keeps a run for [`KEPT_FOR`], or no longer than others.
    pub(crate) fn keep(&self, job: &Job<R, T>, keep: bool) -> Result<(), KeepRefusal> {
        let all = self.all();
        if !all.0.contains_key(&job.id) {
            return Err(KeepRefusal::Gone);
        }
        if keep && !job.is_kept() {
            let kept = || all.0.values().filter(|other| other.is_kept());
            if kept().filter(|other| other.owner == job.owner).count() >= KEPT_BY_ONE {
                return Err(KeepRefusal::ByOne);
            }
            if kept().count() >= KEPT_BY_ALL {
                return Err(KeepRefusal::ByAll);
            }
        }
        job.given().kept = keep.then(Instant::now);
        Ok(())
    }

    /// Begins a run of this work; `kept` says what of the request stays with its result.
    pub(crate) fn begin(
        &self,
        tools: &Arc<Tools>,
        (work, kept): (Work<R, T>, KeptPart<R>),
        asked: JobOrder<R>,
    ) -> Result<Arc<Job<R, T>>, WebError> {
        let JobOrder { owner, language, input, bytes, request: mut settings, link, made_for } = asked;
        let id = hex(&random::<16>()?);
        let kib = u32::try_from(bytes.len().div_ceil(1 << 10)).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.places.room).try_acquire_many_owned(kib).map_err(|_| WebError::Busy)?;
        let mut all = self.all();
        if all.0.values().filter(|j| !j.is_kept()).count() >= MOST {
            // The oldest finished run makes room, unless a user keeps it.
            let goes = |j: &Arc<Job<R, T>>| j.run.is_over() && !j.is_kept();
            let over = all.1.iter().position(|id| all.0.get(id).is_none_or(goes));
            let oldest = over.and_then(|k| all.1.remove(k)).ok_or(WebError::Busy)?;
            all.0.remove(&oldest);
        }
        let request = kept(&mut settings);
        let (at_work, named) = (Arc::clone(tools), input.clone());
        let run = Run::begin(&self.places.turns, tools, language, move |steps| {
            let text = at_work.text(language);
            let mut warned = Vec::new();
            let sha256 = sha256(&bytes);
            let cells = at_work.take_apart(bytes, &|| steps.is_cancelled());
            drop(room);
            steps.stop_if_cancelled();
            let cells = cells.map_err(|e| read_error(text, &e))?;
            let source = Source { cells, sha256 };
            let made = work(&source, &named, &settings, text, steps, &mut |said| warned.push(said))?;
            Ok((made, warned))
        });
        let (began, given) = (Timestamp::now(), Mutex::default());
        let job = Job { id: id.clone(), owner, input, request, link, made_for, language, began, run, given };
        let job = Arc::new(job);
        all.0.insert(id.clone(), Arc::clone(&job));
        all.1.push_back(id);
        Ok(job)
    }

    /// Drops old runs that no user keeps.
    pub(crate) fn tidy(&self) {
        self.forget(LONGEST);
    }

    fn forget(&self, longest: Duration) {
        let mut all = self.all();
        all.0.retain(|_, job| job.is_kept() || job.run.is_kept(longest));
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

#[cfg(test)]
mod tests {
    use ijsberg_analysis::{CovariateRequest, Input, Request};
    use ijsberg_mse::method::Method;
    use ijsberg_mse::methods::Settings;

    use super::*;
    use crate::app::{App, Config};
    use crate::estimates::{Estimates, Job as Estimate};
    use crate::jobs::begin;

    /// A finished run of a user.
    async fn done(app: &Arc<App>, owner: Option<&str>) -> Arc<Estimate> {
        over(app, owner, quick()).await
    }

    fn quick() -> Request {
        let settings = Settings { methods: vec![Method::Chao], replicates: 0, ..Settings::default() };
        Request { settings, ..Request::default() }
    }

    /// The same of a request.
    async fn over(app: &Arc<App>, owner: Option<&str>, request: Request) -> Arc<Estimate> {
        let asked = JobOrder {
            owner: owner.map(str::to_owned),
            language: Language::English,
            input: "t.csv".to_owned(),
            bytes: b"a,b,count\n1,0,40\n0,1,30\n1,1,12\n".to_vec(),
            request,
            link: String::new(),
            made_for: None,
        };
        let job = begin::<Estimates>(app, asked).unwrap();
        while !job.run.is_over() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        job
    }

    #[tokio::test]
    async fn a_run_that_is_kept_stays_until_it_is_let_go() {
        let app = App::new(Config::default(), None, None);
        let (kept, other) = (done(&app, Some("a")).await, done(&app, Some("a")).await);
        assert_eq!(app.jobs.keep(&kept, true), Ok(()));
        app.jobs.forget(Duration::ZERO);
        let left: Vec<String> = app.jobs.owned_by("a").iter().map(|job| job.id.clone()).collect();
        assert_eq!(left, std::slice::from_ref(&kept.id));
        assert_eq!(app.jobs.keep(&other, true), Err(KeepRefusal::Gone));
        assert_eq!(app.jobs.keep(&kept, false), Ok(()));
        app.jobs.forget(Duration::ZERO);
        assert!(app.jobs.owned_by("a").is_empty());
    }

    #[tokio::test]
    async fn a_table_of_inhabitants_is_not_kept_with_the_result() {
        let app = App::new(Config::default(), None, None);
        let population = Some(Input::from(b"sex,population\nf,9\n".to_vec()));
        let covariates = CovariateRequest { population, replicates: 7, ..CovariateRequest::default() };
        let job = over(&app, None, Request { covariates, ..quick() }).await;
        assert!(job.request.covariates.population.is_none());
        assert_eq!(job.request.covariates.replicates, 7);
    }

    #[tokio::test]
    async fn new_runs_take_the_place_of_old_ones_that_nobody_keeps() {
        let app = App::new(Config::default(), None, None);
        let (kept, oldest) = (done(&app, None).await, done(&app, None).await);
        assert_eq!(app.jobs.keep(&kept, true), Ok(()));
        for _ in 0..MOST {
            done(&app, Some("a")).await;
        }
        assert!(app.jobs.get(&oldest.id, None).is_none());
        assert!(app.jobs.get(&kept.id, None).is_some());
        assert_eq!(app.jobs.owned_by("a").len(), MOST);
    }

    #[tokio::test]
    async fn one_keeps_twenty_and_all_keep_forty() {
        let app = App::new(Config::default(), None, None);
        for owner in [Some("a"), None] {
            for _ in 0..KEPT_BY_ONE {
                let job = done(&app, owner).await;
                assert_eq!(app.jobs.keep(&job, true), Ok(()));
                // Asking again takes no other place.
                assert_eq!(app.jobs.keep(&job, true), Ok(()));
            }
            let more = done(&app, owner).await;
            assert_eq!(app.jobs.keep(&more, true), Err(KeepRefusal::ByOne));
        }
        let last = done(&app, Some("b")).await;
        assert_eq!(app.jobs.keep(&last, true), Err(KeepRefusal::ByAll));
        let first = app.jobs.owned_by("a").into_iter().find(|job| job.is_kept()).unwrap();
        assert_eq!(app.jobs.keep(&first, false), Ok(()));
        assert_eq!(app.jobs.keep(&last, true), Ok(()));
    }
}
