//! An open register, and who is at work in it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ijsberg_crypto::{CryptoError, Key, hex, random};
use ijsberg_store::audit::{Part, hash_of_entry};
use ijsberg_store::{Driver, counts, migrate};
use jiff::Timestamp;

use crate::access_rows::Access;
use crate::audit::{self, End, Entry};
use crate::domain::{Domain, Epoch};
use crate::error::RegisterError;
use crate::expected::Wanted;
use crate::guarded::Guarded;
use crate::keeper::KeyFiles;
use crate::keys::{VaultKeys, WorkKeys};
pub use crate::obligation::Obligation;
use crate::policy::{Answer, Extent, Grant, Operation};
use crate::scope::{self, Reach, Scope};
use crate::witness::Witness;

/// A pseudonym: 16 random bytes.
pub type Id = [u8; 16];

/// The session of a user.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user.
    pub user: String,
    /// What they may.
    pub grants: Vec<Grant>,
    /// The operations to which a token limits them; none for a person who logged in, who has no limit.
    pub only: Option<Vec<Operation>>,
    /// The session that they came back to, if they did.
    pub id: Option<Id>,
    /// What they must do before they may do anything else.
    pub must: Option<Obligation>,
}

/// How a user connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// To a server that others reach too.
    #[default]
    Server,
    /// At the machine, with the keys: a user who has them needs no second factor, since the keys would open it, and is not delayed by
    /// somebody who guesses at their name. Also for a register of synthetic people.
    Console,
}

impl Session {
    /// The answer of the policy for an operation, within the limits of a token.
    pub fn ask(&self, operation: Operation, scope: &Scope) -> Answer {
        if self.must.is_some() {
            return Answer::Denied;
        }
        if self.only.as_ref().is_some_and(|only| !only.contains(&operation)) {
            return Answer::Denied;
        }
        scope::ask(&self.grants, operation, scope)
    }

    /// Whether it may be done for an organisation.
    pub fn may_for(&self, operation: Operation, organisation: &str) -> bool {
        self.ask(operation, &Scope::for_organisation(organisation)) == Answer::Allowed
    }

    /// Whether it may be done for any organisation at all.
    pub fn may(&self, operation: Operation) -> bool {
        match self.reach(operation) {
            None => false,
            Some(reach) => operation.extent() != Extent::Everywhere || reach == Reach::Everywhere,
        }
    }

    /// How far it reaches, within what a token allows.
    pub fn reach(&self, operation: Operation) -> Option<Reach> {
        if self.must.is_some() {
            return None;
        }
        if self.only.as_ref().is_some_and(|only| !only.contains(&operation)) {
            return None;
        }
        Reach::from_grants(&self.grants, operation)
    }
}

/// The last status of each person.
pub(crate) type Statuses = HashMap<String, String>;

/// An open register.
pub struct Register {
    pub(crate) driver: Guarded,
    pub(crate) work: WorkKeys,
    pub(crate) vault: Option<VaultKeys>,
    /// Where the keys are kept, to read them again when they change.
    pub(crate) files: Option<KeyFiles>,
    /// Which key of each domain is in use, as far as it is known here.
    pub(crate) epochs: BTreeMap<Domain, Epoch>,
    /// The last entry of the log, as far as it was followed.
    pub(crate) end: Option<End>,
    /// The last entry that was there at any time.
    pub(crate) seen: Option<End>,
    /// Keeps it outside of the register.
    pub(crate) witness: Option<Witness>,
    /// Who may do what, as it was counted last.
    pub(crate) access: Option<Access>,
    pub(crate) session: Option<Session>,
    pub(crate) way: Way,
    /// The clock, set by the caller.
    pub now: Timestamp,
    /// The date that a user has confirmed: for a clock that is right though the log is much older, or was written by a wrong clock.
    pub day_said: Option<jiff::civil::Date>,
    pub(crate) record_keys: HashMap<String, Key>,
    /// The last status of each person within a reach, with the number of decisions and the time of the last one when it was determined.
    pub(crate) statuses: Option<(Reach, (i64, String), Arc<Statuses>)>,
    /// The time that was issued last, and how many times.
    issued: (Timestamp, i64),
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register")
            .field("user", &self.session.as_ref().map(|s| &s.user))
            .finish_non_exhaustive()
    }
}

impl Register {
    /// Opens a register; its tables are made or brought up to date.
    ///
    /// # Errors
    /// If the storage fails, was made by a later version, or the keys are of another register.
    pub fn open(
        mut driver: Box<dyn Driver>,
        work: WorkKeys,
        vault: Option<VaultKeys>,
        now: Timestamp,
    ) -> Result<Self, RegisterError> {
        migrate(driver.as_mut())?;
        let mut register = Self::new(driver, (work, vault), None, now);
        register.found()?;
        Ok(register)
    }

    /// Opens a register with its key files, which are read again when the keys in them change.
    ///
    /// # Errors
    /// As for [`Register::open`], or if the files cannot be read, or the register is older than it was.
    pub fn open_with(
        driver: Box<dyn Driver>,
        files: KeyFiles,
        now: Timestamp,
    ) -> Result<Self, RegisterError> {
        let mut register = Self::by_files(driver, files, now)?;
        register.remember()?;
        register.found()?;
        Ok(register)
    }

    /// Opens a register without looking whether it is older than it was.
    pub(crate) fn open_anew(
        driver: Box<dyn Driver>,
        files: KeyFiles,
        now: Timestamp,
    ) -> Result<Self, RegisterError> {
        let mut register = Self::by_files(driver, files, now)?;
        register.found()?;
        Ok(register)
    }

    /// With its tables up to date and the keys of its files, before anything was looked at.
    fn by_files(mut driver: Box<dyn Driver>, files: KeyFiles, now: Timestamp) -> Result<Self, RegisterError> {
        migrate(driver.as_mut())?;
        let keys = (files.work()?, files.vault()?);
        Ok(Self::new(driver, keys, Some(files), now))
    }

    fn new(
        driver: Box<dyn Driver>,
        (work, vault): (WorkKeys, Option<VaultKeys>),
        files: Option<KeyFiles>,
        now: Timestamp,
    ) -> Self {
        Self {
            driver: Guarded::new(driver),
            work,
            vault,
            witness: files.as_ref().map(|f| Witness::new(f.dir())),
            files,
            epochs: BTreeMap::new(),
            end: None,
            seen: None,
            access: None,
            session: None,
            way: Way::default(),
            now,
            day_said: None,
            record_keys: HashMap::new(),
            statuses: None,
            issued: (Timestamp::UNIX_EPOCH, 0),
        }
    }

    /// The same for a user at the console, not at a server.
    #[must_use]
    pub fn at_console(mut self) -> Self {
        self.way = Way::Console;
        self
    }

    /// The session of the logged-in user, unless they have to do something else first.
    pub(crate) fn ready(&self) -> Result<Session, RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        match session.must {
            Some(must) => Err(RegisterError::First(must)),
            None => Ok(session),
        }
    }

    /// Who is at work.
    pub fn session(&self) -> Option<&Session> {
        self.session.as_ref()
    }

    /// Checks that the storage is as it was written, as far as it can tell.
    ///
    /// # Errors
    /// If something was changed or lost.
    pub fn verify_storage(&mut self) -> Result<(), RegisterError> {
        Ok(self.driver.check()?)
    }

    /// The hash of an entry, to compare with a checkpoint that was kept elsewhere.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn checkpoint_at(&mut self, entry: i64) -> Result<Option<String>, RegisterError> {
        Ok(hash_of_entry(self.driver.as_mut(), entry)?.map(|hash| hex(&hash)))
    }

    /// At most so many entries from one on, of organisations within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn audit_entries(&mut self, from: i64, most: u32) -> Result<Vec<Entry>, RegisterError> {
        self.read_within(Operation::ReadAudit, "audit", |r, reach| {
            let entries = audit::entries(r.driver.as_mut(), reach, Part::From(from), most)?;
            let detail = r.looked_at(reach, &entries)?;
            Ok((entries, detail))
        })
    }

    /// At most so many of the entries before one, or of the last ones, oldest first, of organisations within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn audit_entries_before(&mut self, end: Option<i64>, most: u32) -> Result<Vec<Entry>, RegisterError> {
        self.read_within(Operation::ReadAudit, "audit", |r, reach| {
            let part = Part::Before(end.unwrap_or(i64::MAX));
            let entries = audit::entries(r.driver.as_mut(), reach, part, most)?;
            let detail = r.looked_at(reach, &entries)?;
            Ok((entries, detail))
        })
    }

    /// A pseudonym: 128 random bits, which tell neither when nor in which order it was made.
    #[expect(clippy::unused_self, reason = "made where the register is at hand, and nowhere else")]
    pub(crate) fn next_id(&mut self) -> Result<Id, CryptoError> {
        random()
    }

    /// The current time, later than any returned before: what is recorded at once keeps its order, which pseudonyms do not show. All have
    /// the same length, so that the order of texts is the order of time.
    pub(crate) fn stamp(&mut self) -> String {
        self.issued = match self.issued {
            (now, times) if now == self.now => (now, times + 1),
            _ => (self.now, 0),
        };
        format!("{:.9}", self.now + jiff::SignedDuration::from_nanos(self.issued.1))
    }

    /// Records that a copy is being made; the caller copies the storage.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn backing_up(&mut self) -> Result<(), RegisterError> {
        self.act(Operation::Backup, &Scope::Everywhere, "register", |_| Ok(((), String::new())))
    }

    /// The storage itself, past policy and audit: for tests and measurements.
    pub fn driver(&mut self) -> &mut dyn Driver {
        self.driver.raw()
    }

    /// How many rows each table has.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn counts(&mut self) -> Result<Vec<(&'static str, i64)>, RegisterError> {
        Ok(counts::rows_of_tables(self.driver.as_mut())?)
    }
}

/// A pseudonym in hexadecimal, with what it is of.
pub(crate) fn named(kind: &str, id: &[u8]) -> String {
    format!("{kind}:{}", hex(id))
}

/// A pseudonym from hexadecimal.
///
/// # Errors
/// If it is none.
pub fn id(text: &str) -> Result<Id, RegisterError> {
    let bytes = ijsberg_crypto::unhex(text).and_then(|b| b.try_into().ok());
    bytes.ok_or_else(|| RegisterError::invalid("id", Wanted::Id))
}
