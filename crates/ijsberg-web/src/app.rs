//! What all requests share.

use std::sync::{Arc, Mutex, PoisonError};

use ijsberg_analysis::linkage::Found;
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::{Language, Text};
use ijsberg_signals::rules::Rules;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::error::WebError;
use crate::guards::Limits;
use crate::jobs::Jobs;
use crate::publish::{self, Previewed, Publisher};
use crate::register::exchange::Uploads;
use crate::run::{LONGEST, Latest};

/// What can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Names under which the pages are reached, without a port. A request for another name is turned away, so that no page from
    /// elsewhere can reach a server on this machine by a name of its own.
    pub hosts: Vec<String>,
    /// Served over TLS: cookies are for TLS alone.
    pub secure: bool,
    /// Anybody who reaches the server may estimate; else only who is logged in.
    pub open_studio: bool,
    /// The register holds persons who do not exist; every page says so.
    pub synthetic: bool,
    /// Forms that one address may send in a second, and calls that it may make.
    pub a_second: u32,
    /// The language of who has not chosen.
    pub language: Language,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            hosts: ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
            secure: false,
            open_studio: true,
            synthetic: false,
            a_second: 50,
            language: Language::English,
        }
    }
}

/// Opens a register.
pub type Opener = Box<dyn Fn() -> Result<Register, RegisterError> + Send + Sync>;

/// Registers that are open, for requests that come at the same time.
pub struct Desk {
    open: Opener,
    free: Mutex<Vec<Register>>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// As whom a register is asked.
#[derive(Debug, Clone)]
pub(crate) enum As {
    /// Nobody yet: to log in.
    Nobody,
    /// Who logged in before and has the secret of a session.
    Session(String),
    /// Whose token it is.
    Token(String),
}

impl Desk {
    /// A desk with so many places. The first register is opened now, so that a wrong key is told before anybody comes.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn new(open: Opener, places: usize) -> Result<Self, RegisterError> {
        let first = open()?;
        Ok(Self { open, free: Mutex::new(vec![first]), places: Arc::new(Semaphore::new(places.max(1))) })
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Vec<Register>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one use case as somebody. A register whose storage failed is opened anew next time.
    pub(crate) async fn run<T: Send + 'static>(
        app: &Arc<App>,
        who: As,
        f: impl FnOnce(&mut Register) -> Result<T, RegisterError> + Send + 'static,
    ) -> Result<T, WebError> {
        let desk = app.desk.as_ref().ok_or(WebError::NoRegister)?;
        let place = Arc::clone(&desk.places).acquire_owned().await.map_err(|_| WebError::Internal)?;
        let app = Arc::clone(app);
        let done = tokio::task::spawn_blocking(move || {
            // Held until the work is done, also where nobody waits for it any more: so there are never more registers than places.
            let _place = place;
            let desk = app.desk.as_ref().ok_or(WebError::NoRegister)?;
            let known = desk.free().pop();
            let mut register = match known {
                Some(register) => register,
                None => (desk.open)()?,
            };
            register.now = Timestamp::now();
            let came = match who {
                As::Nobody => Ok(()),
                As::Session(secret) => register.resume_session(&secret),
                As::Token(token) => register.resume_token(&token),
            };
            let result = came.and_then(|()| f(&mut register));
            register.logout();
            if !matches!(result, Err(RegisterError::Store(_))) {
                desk.free().push(register);
            }
            result.map_err(WebError::from)
        });
        done.await.map_err(|_| WebError::Internal)?
    }
}

impl Drop for Desk {
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
    pub(crate) desk: Option<Desk>,
    pub(crate) rules: Rules,
    pub(crate) jobs: Jobs,
    pub(crate) limits: Limits,
    pub(crate) uploads: Uploads,
    /// Linkages of the register's lists; what is kept names registrations and nobody.
    pub(crate) linkages: Latest<Found>,
    pub(crate) publisher: Option<Publisher>,
    /// Editions that are being looked at, until they are released or forgotten.
    pub(crate) previews: Latest<Previewed>,
    texts: [Text; 2],
}

impl App {
    /// An application, with a register or without, and with reports to release or without.
    pub fn new(config: Config, desk: Option<Desk>, publisher: Option<Publisher>) -> Arc<Self> {
        Arc::new(Self {
            desk,
            publisher,
            previews: Latest::new(publish::KEPT),
            rules: Rules::shipped(),
            jobs: Jobs::default(),
            limits: Limits::new(config.a_second),
            uploads: Uploads::default(),
            linkages: Latest::new(LONGEST),
            config,
            texts: [Text::new(Language::English), Text::new(Language::Dutch)],
        })
    }

    pub(crate) fn text(&self, language: Language) -> &Text {
        &self.texts[usize::from(language == Language::Dutch)]
    }
}
