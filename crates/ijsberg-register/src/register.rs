//! The choke point: every use case asks the policy, acts and writes the audit entry in one transaction.

use std::collections::{BTreeMap, HashMap};

use ijsberg_crypto::{CryptoError, Key, hex, random};
use ijsberg_store::{Driver, migrate};
use jiff::Timestamp;

use crate::audit::{self, End, Entry, New, Outcome};
use crate::epoch::{Domain, Epoch};
use crate::error::RegisterError;
use crate::guarded::Guarded;
use crate::keeper::KeyFiles;
use crate::keys::{VaultKeys, WorkKeys};
use crate::policy::{self, Answer, Extent, Grant, Operation};
use crate::scope::{Reach, Scope};
use crate::witness::Witness;

/// A pseudonym: 16 random bytes.
pub type Id = [u8; 16];

/// Who is at work.
#[derive(Debug, Clone)]
pub struct Session {
    /// The user.
    pub user: String,
    /// What they may.
    pub grants: Vec<Grant>,
    /// Of that, what a token allows; everything for a person who logged in.
    pub only: Option<Vec<Operation>>,
    /// The session that they came back to, if they did.
    pub id: Option<Id>,
    /// What they must do before they may do anything else.
    pub must: Option<Must>,
}

/// What somebody must do before they may do anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// Choose a password that nobody else knows.
    ChangePassword,
    /// Turn on a second factor.
    SecondFactor,
}

/// By which way somebody comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// To a server that others reach too.
    #[default]
    Server,
    /// At the machine, with the keys in hand: whoever has them needs no second factor that the keys would open, and is not held up by
    /// somebody who guesses at their name. Also where nobody in the register exists.
    Console,
}

impl Session {
    /// What the policy says of an operation, within what a token allows.
    pub fn ask(&self, operation: Operation, scope: &Scope) -> Answer {
        if self.must.is_some() {
            return Answer::Denied;
        }
        if self.only.as_ref().is_some_and(|only| !only.contains(&operation)) {
            return Answer::Denied;
        }
        policy::ask(&self.grants, operation, scope)
    }

    /// Whether it may be done for an organisation.
    pub fn may_for(&self, operation: Operation, organisation: &str) -> bool {
        self.ask(operation, &Scope::of(organisation)) == Answer::Allowed
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
        Reach::of(&self.grants, operation)
    }
}

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
    /// When the tables that say who may do what were counted last.
    pub(crate) counted: Option<std::time::Instant>,
    pub(crate) session: Option<Session>,
    pub(crate) way: Way,
    /// The clock, set by whoever calls.
    pub now: Timestamp,
    /// Which day it is, as somebody says who looked: where the clock is right though the log is much older, or was written by a wrong one.
    pub day_said: Option<jiff::civil::Date>,
    pub(crate) record_keys: HashMap<String, Key>,
    /// The moment that was told last, and how many times.
    told: (Timestamp, i64),
}

impl std::fmt::Debug for Register {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Register")
            .field("user", &self.session.as_ref().map(|s| &s.user))
            .finish_non_exhaustive()
    }
}

/// What a use case did, for the audit log: counts and names of fields, no values.
pub(crate) type Done<T> = Result<(T, String), RegisterError>;

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
            counted: None,
            session: None,
            way: Way::default(),
            now,
            day_said: None,
            record_keys: HashMap::new(),
            told: (Timestamp::UNIX_EPOCH, 0),
        }
    }

    /// The same for who sits at the keys, and not at a server.
    #[must_use]
    pub fn at_console(mut self) -> Self {
        self.way = Way::Console;
        self
    }

    /// Whoever is logged in, and has nothing to do first.
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

    /// Asks, acts, writes it down. The scope holds every organisation whose data are touched.
    pub(crate) fn act<T>(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
        f: impl FnOnce(&mut Self) -> Done<T>,
    ) -> Result<T, RegisterError> {
        let session = self.ready()?;
        let answer = session.ask(operation, scope);
        self.when(answer, &session.user, operation, scope, subject, f)
    }

    /// The same for what touches whatever the user reaches: the use case gets their reach and filters its queries by it.
    pub(crate) fn within<T>(
        &mut self,
        operation: Operation,
        subject: &str,
        f: impl FnOnce(&mut Self, &Reach) -> Done<T>,
    ) -> Result<T, RegisterError> {
        let session = self.ready()?;
        let (answer, reach) = match session.reach(operation) {
            Some(reach) if operation.extent() == Extent::Own => (Answer::Allowed, reach),
            // What is of all organisations has no part that is of one.
            Some(_) => (Answer::NotEverywhere, Reach::nowhere()),
            None => (Answer::Denied, Reach::nowhere()),
        };
        let scope = match &reach {
            Reach::Everywhere => Scope::Everywhere,
            Reach::Only(only) => Scope::Of(only.clone()),
        };
        self.when(answer, &session.user, operation, &scope, subject, |r| f(r, &reach))
    }

    fn when<T>(
        &mut self,
        answer: Answer,
        user: &str,
        operation: Operation,
        scope: &Scope,
        subject: &str,
        f: impl FnOnce(&mut Self) -> Done<T>,
    ) -> Result<T, RegisterError> {
        let refused = match answer {
            Answer::Allowed => None,
            Answer::OtherOrganisation => Some(RegisterError::OtherOrganisation { user: user.to_owned() }),
            Answer::NotEverywhere => Some(RegisterError::NotEverywhere { user: user.to_owned() }),
            Answer::Denied => {
                let roles: Vec<String> = policy::roles(operation).iter().map(|r| r.name()).collect();
                Some(RegisterError::Denied { user: user.to_owned(), operation, roles: roles.join(", ") })
            }
        };
        let name = operation.name();
        if let Some(refused) = refused {
            self.transaction(|r| r.append_of(scope, user, &name, subject, Outcome::Denied, ""))?;
            return Err(refused);
        }
        let result = self.transaction(|r| {
            let (value, detail) = f(r)?;
            r.append_of(scope, user, &name, subject, Outcome::Done, &detail)?;
            Ok(value)
        });
        if result.is_err() {
            // What failed was taken back, so it is written down apart.
            self.transaction(|r| r.append_of(scope, user, &name, subject, Outcome::Failed, ""))?;
        }
        result
    }

    pub(crate) fn transaction<T>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        self.driver.begin()?;
        // Nobody changes the keys while this goes on, so that what holds now holds until the end.
        let done =
            self.current_keys().and_then(|()| self.follow()).and_then(|()| f(self)).and_then(|value| {
                if self.driver.unkept {
                    return Err(RegisterError::Unwritten);
                }
                self.driver.commit()?;
                Ok(value)
            });
        if done.is_err() {
            // What went wrong first is told.
            let _ = self.driver.rollback();
            self.epochs.clear();
            self.record_keys.clear();
            self.end = None;
        }
        let value = done?;
        self.witnessed()?;
        Ok(value)
    }

    /// An entry in a transaction of its own.
    pub(crate) fn note(
        &mut self,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        self.transaction(|r| r.append(user, operation, subject, outcome, detail))
    }

    pub(crate) fn append(
        &mut self,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        self.append_of(&Scope::Everywhere, user, operation, subject, outcome, detail)
    }

    /// An entry, and of which organisations it is, so that their auditors find it.
    pub(crate) fn append_of(
        &mut self,
        scope: &Scope,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        let seq = self.end.as_ref().map_or(0, |end| end.seq) + 1;
        // Before the entry, which vouches for them.
        audit::append_organisations(self.driver.as_mut(), seq, scope.organisations())?;
        let new = New { at: self.stamp(), actor: user, operation, subject, outcome, detail };
        self.log(&new).map(|_| ())
    }

    /// Whether what is stored is as it was written, as far as the storage can tell.
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
        let row = self.driver.first("SELECT hash FROM audit WHERE seq = $1", &[entry.into()])?;
        Ok(row.map(|r| hex(r.bytes(0))))
    }

    /// At most so many entries from one on, of organisations within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn audit_entries(&mut self, from: i64, most: u32) -> Result<Vec<Entry>, RegisterError> {
        self.within(Operation::ReadAudit, "audit", |r, reach| {
            let entries = audit::entries(r.driver.as_mut(), reach, audit::Part::From(from), most)?;
            let detail = format!("{} entries", entries.len());
            Ok((entries, detail))
        })
    }

    /// At most so many of the entries before one, or of the last ones, oldest first, of organisations within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn audit_entries_before(&mut self, end: Option<i64>, most: u32) -> Result<Vec<Entry>, RegisterError> {
        self.within(Operation::ReadAudit, "audit", |r, reach| {
            let part = audit::Part::Before(end.unwrap_or(i64::MAX));
            let entries = audit::entries(r.driver.as_mut(), reach, part, most)?;
            let detail = format!("{} entries", entries.len());
            Ok((entries, detail))
        })
    }

    /// A pseudonym: 128 random bits, which tell neither when nor in which order it was made.
    #[expect(clippy::unused_self, reason = "made where the register is at hand, and nowhere else")]
    pub(crate) fn next_id(&mut self) -> Result<Id, CryptoError> {
        random()
    }

    /// The moment, later than any that was told before: what is recorded at once keeps its order, which pseudonyms do not tell. All are
    /// as long, so that texts are in the order of time.
    pub(crate) fn stamp(&mut self) -> String {
        self.told = match self.told {
            (now, times) if now == self.now => (now, times + 1),
            _ => (self.now, 0),
        };
        format!("{:.9}", self.now + jiff::SignedDuration::from_nanos(self.told.1))
    }

    /// Notes that a copy is being made; whoever calls copies the storage.
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
        let mut all = Vec::new();
        for table in [
            "organisation",
            "person",
            "registration",
            "link_token",
            "link_decision",
            "record",
            "identity",
            "audit",
        ] {
            let row = self.driver.first(&format!("SELECT count(*) FROM {table}"), &[])?;
            all.push((table, row.map_or(0, |r| r.int(0))));
        }
        Ok(all)
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
    bytes.ok_or_else(|| RegisterError::invalid("id", "32 hexadecimal digits"))
}
