//! What all requests share.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use ijsberg_analysis::linkage::ListLinkage;
use ijsberg_analysis::{OpenRequest, Outcome, Request};
use ijsberg_apart::Reader;
use ijsberg_register::audit::Checkpoint;
use ijsberg_register::glance::Glance;
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::delays::DelayReport;
use ijsberg_report::design::Design;
use ijsberg_report::late::NowcastReport;
use ijsberg_report::open::OpenPopulationReport;
use ijsberg_report::text::{Language, Text};
use ijsberg_signals::rules::Rules;
use ijsberg_tables::{Cells, Grid, ReadError};
use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::back::Pages;
use crate::error::WebError;
use crate::last_change::LastNotices;
use crate::limits::Limits;
use crate::log::internal;
use crate::previews::{EditionPreview, KEPT, PreparedDelivery};
use crate::publisher::Publisher;
use crate::queue::{Jobs, Places};
use crate::requests::{CompletionRequest, NowcastRequest, PlanRequest};
use crate::run::{LONGEST, LastRuns};
use crate::told::PageNotices;
use crate::tools::Tools;
use crate::uploads::Uploads;
use crate::visitor::Actor;

/// Files that are taken apart at a time for pages that wait for them.
const READERS: usize = 2;

/// MiB of what is sent at the same time: four files of the largest kind.
const ROOM: usize = 128;

/// When a reviewer of pairs sees the result of the linkage, and the decisions of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Probabilities {
    /// Once they have judged the pair themselves, so that nothing leads them.
    After,
    /// From the start.
    Always,
}

/// What can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Names under which the pages are reached, without a port. A request for another name is turned away, so that no page from
    /// elsewhere can reach a server on this machine by a name of its own.
    pub hosts: Vec<String>,
    /// Served over TLS, by this program or by a proxy before it: cookies are for TLS alone.
    pub secure: bool,
    /// A proxy on this machine is in front of the server and passes on the address of each request.
    pub behind_proxy: bool,
    /// Anyone who reaches the server may estimate; otherwise only users who are logged in.
    pub open_studio: bool,
    /// The register contains synthetic people; every page says so.
    pub synthetic: bool,
    /// Forms that one address may send in a second, and calls that it may make.
    pub a_second: u32,
    /// When the reviewer of a pair sees the result of the linkage.
    pub probabilities: Probabilities,
    /// The language of visitors who have not chosen one.
    pub language: Language,
    /// Reads uploaded files in a separate process. None is for tests: a broken file would end the server.
    pub reader: Option<Reader>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            hosts: ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
            secure: false,
            behind_proxy: false,
            open_studio: true,
            synthetic: false,
            a_second: 50,
            probabilities: Probabilities::After,
            language: Language::English,
            reader: None,
        }
    }
}

/// Opens a register.
pub type Opener = Box<dyn Fn() -> Result<Register, RegisterError> + Send + Sync>;

/// Registers that are open, for requests that come at the same time.
pub struct RegisterPool {
    open: Opener,
    free: Mutex<Vec<Register>>,
    places: Arc<Semaphore>,
    /// Reads that wait for no writer have places of their own, so that they do not wait for writers here either.
    glances: Arc<Semaphore>,
    /// Checking a password takes long, so it has places of its own and delays no other request.
    logins: Arc<Semaphore>,
    /// When the storage was last checked, and whether it answered.
    health: tokio::sync::Mutex<Option<(Instant, bool)>>,
}

/// Passwords that are checked at a time; each takes 64 MiB.
const LOGINS: usize = 2;

/// Reads at a time that wait for no writer.
const GLANCES: usize = 4;

/// How long a check of the storage may take, and how long its result is valid.
const HEALTH: Duration = Duration::from_secs(2);

impl std::fmt::Debug for RegisterPool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RegisterPool").finish_non_exhaustive()
    }
}

impl RegisterPool {
    /// A pool with so many places. The first register is opened now, so that a wrong key is an error before the first request.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn new(open: Opener, places: usize) -> Result<Self, RegisterError> {
        let first = open()?;
        Ok(Self {
            open,
            free: Mutex::new(vec![first]),
            places: Arc::new(Semaphore::new(places.max(1))),
            glances: Arc::new(Semaphore::new(GLANCES)),
            logins: Arc::new(Semaphore::new(LOGINS)),
            health: tokio::sync::Mutex::default(),
        })
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Register>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one use case as an actor. A register whose storage failed is opened again next time.
    pub(crate) async fn run<T: Send + 'static>(
        app: &Arc<App>,
        who: Actor,
        f: impl FnOnce(&mut Register) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, WebError> {
        let pool = app.pool.as_ref().ok_or(WebError::NoRegister)?;
        Self::at(app, Arc::clone(&pool.places), who, f).await
    }

    /// Runs a read as an actor, without waiting for writers.
    pub(crate) async fn glance<T: Send + 'static>(
        app: &Arc<App>,
        who: Actor,
        f: impl FnOnce(Glance<'_>) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, WebError> {
        let pool = app.pool.as_ref().ok_or(WebError::NoRegister)?;
        Self::at(app, Arc::clone(&pool.glances), who, |r| f(r.glance())).await
    }

    /// Runs what checks a password.
    pub(crate) async fn log_in<T: Send + 'static>(
        app: &Arc<App>,
        who: Actor,
        f: impl FnOnce(&mut Register) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, WebError> {
        let pool = app.pool.as_ref().ok_or(WebError::NoRegister)?;
        Self::at(app, Arc::clone(&pool.logins), who, f).await
    }

    /// Whether the storage answers. One looks at a time, and what it found is good for a moment.
    pub(crate) async fn answers(app: &Arc<App>) -> bool {
        let Some(pool) = &app.pool else { return true };
        let look = async {
            let mut last = pool.health.lock().await;
            if let Some((at, well)) = *last
                && at.elapsed() < HEALTH
            {
                return well;
            }
            let looked = Self::glance(app, Actor::Nobody, |mut r| r.answers());
            let well = matches!(tokio::time::timeout(HEALTH, looked).await, Ok(Ok(())));
            *last = Some((Instant::now(), well));
            well
        };
        tokio::time::timeout(HEALTH * 2, look).await.unwrap_or(false)
    }

    async fn at<T: Send + 'static>(
        app: &Arc<App>,
        places: Arc<Semaphore>,
        who: Actor,
        f: impl FnOnce(&mut Register) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, WebError> {
        let place = places.acquire_owned().await.map_err(internal)?;
        let app = Arc::clone(app);
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, even if the request was dropped, so that there are never more registers than places.
            let _place = place;
            let pool = app.pool.as_ref().ok_or(WebError::NoRegister)?;
            let known = pool.free().pop();
            let mut register = match known {
                Some(register) => register,
                None => (pool.open)()?,
            };
            register.now = Timestamp::now();
            let came = match who {
                Actor::Nobody => Ok(()),
                Actor::Session(secret) => register.resume_session(&secret),
                Actor::Token(token) => register.resume_token(&token),
            };
            let result = came.and_then(|()| f(&mut register));
            register.logout();
            if !matches!(result, Err(RegisterError::Store(_))) {
                pool.free().push(register);
            }
            result.map_err(WebError::from)
        });
        done.await.map_err(internal)?
    }
}

impl Drop for RegisterPool {
    /// A connection waits until it is closed, which a thread that serves requests may not.
    fn drop(&mut self) {
        let free = std::mem::take(&mut *self.free());
        let closed = std::thread::spawn(move || drop(free));
        let _ = closed.join();
    }
}

/// The application.
#[derive(Debug)]
pub struct App {
    pub(crate) config: Config,
    pub(crate) pool: Option<RegisterPool>,
    pub(crate) rules: Rules,
    pub(crate) jobs: Jobs<Request, Outcome>,
    /// What would give a better answer about a table.
    pub(crate) plans: Jobs<PlanRequest, Design>,
    /// The figure of a year before its late list is in.
    pub(crate) nowcasts: Jobs<NowcastRequest, NowcastReport>,
    /// People over several years.
    pub(crate) opens: Jobs<OpenRequest, OpenPopulationReport>,
    /// Counts that are not complete yet.
    pub(crate) delays: Jobs<CompletionRequest, DelayReport>,
    pub(crate) limits: Limits,
    pub(crate) uploads: Uploads,
    /// Linkages of the register's lists; the kept results identify registrations, not people.
    pub(crate) linkages: LastRuns<ListLinkage>,
    /// The last notice to each user about the list of cases.
    pub(crate) said: LastNotices,
    /// Notices of actions, for the pages that the actions lead to.
    pub(crate) told: PageNotices<String>,
    /// Results of verifying the log.
    pub(crate) verified: PageNotices<Checkpoint>,
    pub(crate) publisher: Option<Publisher>,
    /// Editions in preview, until they are released or forgotten.
    pub(crate) previews: LastRuns<EditionPreview>,
    /// Deliveries in preview, likewise.
    pub(crate) deliveries: LastRuns<PreparedDelivery>,
    /// The people whose data were restricted at the last check.
    restricted: Mutex<String>,
    /// Files that are taken apart at the same time.
    readers: Arc<Semaphore>,
    /// MiB of requests received at the same time.
    room: Arc<Semaphore>,
    /// Tools for background runs.
    pub(crate) tools: Arc<Tools>,
    /// The pattern of each route, and whether it is a page; known once they are served.
    pub(crate) pages: OnceLock<Vec<(&'static str, bool)>>,
}

impl App {
    /// An application, with a register or without, and with reports to release or without.
    pub fn new(config: Config, pool: Option<RegisterPool>, publisher: Option<Publisher>) -> Arc<Self> {
        let places = Places::default();
        Arc::new(Self {
            pool,
            publisher,
            previews: LastRuns::new(KEPT),
            deliveries: LastRuns::new(KEPT),
            restricted: Mutex::default(),
            rules: Rules::shipped(),
            jobs: Jobs::new(places.clone()),
            plans: Jobs::new(places.clone()),
            nowcasts: Jobs::new(places.clone()),
            opens: Jobs::new(places.clone()),
            delays: Jobs::new(places),
            limits: Limits::new(config.a_second),
            uploads: Uploads::default(),
            linkages: LastRuns::new(LONGEST),
            said: LastNotices::default(),
            told: PageNotices::default(),
            verified: PageNotices::default(),
            tools: Arc::new(Tools::new(config.reader.clone())),
            config,
            readers: Arc::new(Semaphore::new(READERS)),
            room: Arc::new(Semaphore::new(ROOM)),
            pages: OnceLock::new(),
        })
    }

    /// The pattern of each route, and whether it is a page; nothing before they are served.
    pub(crate) fn pages(&self) -> &Pages {
        self.pages.get().map_or(&[], Vec::as_slice)
    }

    /// Reads an uploaded file in the background, a few at a time; `of` selects the result from its cells.
    pub(crate) async fn apart<T: Send + 'static>(
        self: &Arc<Self>,
        bytes: Vec<u8>,
        of: impl FnOnce(Cells) -> T + Send + 'static,
    ) -> Result<Result<T, ReadError>, WebError> {
        let place = Arc::clone(&self.readers).acquire_owned().await.map_err(internal)?;
        let tools = Arc::clone(&self.tools);
        let read = tokio::task::spawn_blocking(move || {
            let _place = place;
            tools.take_apart(bytes, &|| false).map(of)
        });
        read.await.map_err(internal)
    }

    /// Drops results computed before a person's data were restricted, here or elsewhere: they may include those data. Call this before the
    /// register is read for such a run, and before its result is shown.
    pub(crate) async fn without_the_restricted(self: &Arc<Self>, who: Actor) -> Result<(), WebError> {
        let now = RegisterPool::glance(self, who, |mut r| r.restricted()).await?;
        let mut known = self.restricted.lock().unwrap_or_else(PoisonError::into_inner);
        if *known != now {
            self.linkages.forget_all();
            self.previews.forget_all();
            self.deliveries.forget_all();
            *known = now;
        }
        Ok(())
    }

    /// The cells of a file.
    pub(crate) async fn grid(self: &Arc<Self>, bytes: Vec<u8>) -> Result<Result<Grid, ReadError>, WebError> {
        self.apart(bytes, Cells::grid).await
    }

    /// Runs of the studio that wait or are at work.
    pub(crate) fn at_work(&self) -> usize {
        let figures = self.nowcasts.at_work() + self.opens.at_work() + self.delays.at_work();
        self.jobs.at_work() + self.plans.at_work() + figures
    }

    /// Ends every run of the studio.
    pub(crate) fn cancel_all(&self) {
        self.jobs.cancel_all();
        self.plans.cancel_all();
        self.nowcasts.cancel_all();
        self.opens.cancel_all();
        self.delays.cancel_all();
    }

    /// Drops old runs of the studio that no user keeps.
    pub(crate) fn tidy_runs(&self) {
        self.jobs.tidy();
        self.plans.tidy();
        self.nowcasts.tidy();
        self.opens.tidy();
        self.delays.tidy();
    }

    /// Reserves memory for a request of this many bytes, as long as it is held; none where too much is in use.
    pub(crate) fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        let mib = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).try_acquire_many_owned(mib).ok()
    }

    pub(crate) fn text(&self, language: Language) -> &Text {
        self.tools.text(language)
    }
}
