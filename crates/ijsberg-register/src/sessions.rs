//! Sessions of users who log in and return. The register stores a keyed hash of their secret, so that a copy of the register opens none.

use ijsberg_crypto::hex;
use ijsberg_store::{sessions, tokens};
use jiff::{SignedDuration, Timestamp};

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::policy::Role;
use crate::register::{Id, Obligation, Register, Session, Way, named};

/// Without a request for so long, it is over.
const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// After so long, it is over in any case.
const LONGEST: SignedDuration = SignedDuration::from_hours(10);

/// A request is noted when the last that was lies so far back.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// Roles that can do nothing without a second factor.
pub const WITH_SECOND_FACTOR: [Role; 2] = [Role::Administrator, Role::VaultKeeper];

/// A session as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OpenSession {
    /// Its name.
    pub id: String,
    /// When it began.
    pub began_at: String,
    /// When it was last used, to the minute.
    pub seen_at: String,
    /// It is the one that asks.
    pub here: bool,
}

fn alive(began: &str, seen: &str, now: Timestamp) -> bool {
    let since = |at: &str, most| at.parse::<Timestamp>().is_ok_and(|at| now.duration_since(at) < most);
    since(began, LONGEST) && since(seen, IDLE)
}

impl Register {
    fn session_hash(&self, secret: &str) -> Result<[u8; 32], RegisterError> {
        self.code(&[b"session", secret.as_bytes()])
    }

    /// Within the transaction of a login.
    pub(crate) fn keep_session(&mut self, user: &str, secret: &str) -> Result<Id, RegisterError> {
        let (id, hash, now) = (self.next_id()?, self.session_hash(secret)?, self.now.to_string());
        // What is over is of no more use.
        let old = (self.now - LONGEST).to_string();
        sessions::forget_before(self.driver.as_mut(), &old)?;
        sessions::begin(self.driver.as_mut(), &id, &hash, user, &now)?;
        Ok(id)
    }

    /// Who somebody is now, and what they must do first.
    pub(crate) fn session_of(&mut self, name: &str) -> Result<Session, RegisterError> {
        let account = self.vouched_account(name)?;
        let account = account.filter(|account| !account.disabled).ok_or(RegisterError::NoSession)?;
        let grants = self.grants_of(name)?;
        let bare =
            account.second_factor.is_none() && grants.iter().any(|g| WITH_SECOND_FACTOR.contains(&g.role));
        let must = match (account.must_change, bare) {
            _ if self.way == Way::Console => None,
            (true, _) => Some(Obligation::ChangePassword),
            (_, true) => Some(Obligation::SecondFactor),
            _ => None,
        };
        Ok(Session { user: name.to_owned(), grants, only: None, id: None, must })
    }

    /// Resumes for a user of whom the caller knows that they logged in, with their current roles. If their account was closed meanwhile,
    /// they are refused.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if the account was closed.
    pub fn resume(&mut self, name: &str) -> Result<(), RegisterError> {
        self.session = None;
        self.session = Some(self.looking(|r| r.session_of(name))?);
        Ok(())
    }

    /// Resumes with the secret of a session.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if it is none, was ended, is over, or the account was closed.
    pub fn resume_session(&mut self, secret: &str) -> Result<(), RegisterError> {
        self.session = None;
        let (session, id, seen) = self.looking(|r| r.session_under(secret))?;
        let seen = seen.parse::<Timestamp>().unwrap_or(Timestamp::MIN);
        if self.now.duration_since(seen) >= NOTED {
            // If somebody is writing, the next request records it; nothing waits for that.
            sessions::note_use(self.driver.as_mut(), &id, &self.now.to_string())?;
        }
        self.session = Some(session);
        Ok(())
    }

    /// The session of a secret, its name, and when it was seen last.
    fn session_under(&mut self, secret: &str) -> Result<(Session, Id, String), RegisterError> {
        let hash = self.session_hash(secret)?;
        let all = self.vouched::<sessions::Session>("app_session")?;
        let kept = all.into_iter().find(|s| s.secret == hash && s.ended_at.is_none());
        let kept = kept.ok_or(RegisterError::NoSession)?;
        // The last use is under no hash: it changes without an action.
        let seen = sessions::seen_at(self.driver.as_mut(), &kept.id)?.and_then(|seen| seen.0);
        let seen = seen.ok_or(RegisterError::NoSession)?;
        if !alive(&kept.began_at, &seen, self.now) {
            return Err(RegisterError::NoSession);
        }
        Ok((Session { id: Some(kept.id), ..self.session_of(&kept.user_name)? }, kept.id, seen))
    }

    /// Ends the session of that secret; the secret is sufficient.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn leave(&mut self, secret: &str) -> Result<(), RegisterError> {
        self.transaction(|r| {
            let hash = r.session_hash(secret)?;
            let Some(user) = sessions::user_of(r.driver.as_mut(), &hash)? else { return Ok(()) };
            sessions::end_by_secret(r.driver.as_mut(), &hash, &r.now.to_string())?;
            r.append(&user, "log_out", "user", Outcome::Done, "")
        })
    }

    /// Sessions of the logged-in user that have not expired, newest first.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn sessions(&mut self) -> Result<Vec<OpenSession>, RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        let open = sessions::open_of(self.driver.as_mut(), &session.user)?;
        let own = |s: sessions::OpenSession| {
            let seen_at = s.seen_at.0.filter(|seen| alive(&s.began_at, seen, self.now))?;
            let here = session.id == Some(s.id);
            Some(OpenSession { id: hex(&s.id), began_at: s.began_at, seen_at, here })
        };
        Ok(open.into_iter().filter_map(own).collect())
    }

    /// Ends a session of the logged-in user.
    ///
    /// # Errors
    /// If it is not theirs, or is over.
    pub fn end_session(&mut self, id: &Id) -> Result<(), RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        self.transaction(|r| match sessions::end(r.driver.as_mut(), id, &session.user, &r.now.to_string())? {
            0 => Err(RegisterError::NotFound(Thing::Session)),
            _ => r.append(&session.user, "end_session", &named("session", id), Outcome::Done, ""),
        })
    }

    /// Within a transaction: ends the sessions of a user but one, and revokes all tokens: a user who changes their credentials expects that
    /// earlier access ends. Returns what was ended, in words for the log.
    pub(crate) fn end_access(&mut self, user: &str, kept: Option<Id>) -> Result<String, RegisterError> {
        let now = self.now.to_string();
        let sessions = sessions::end_all_but(self.driver.as_mut(), user, kept.as_ref(), &now)?;
        let tokens = tokens::revoke_all(self.driver.as_mut(), user, &now)?;
        Ok(format!("{sessions} sessions and {tokens} tokens ended"))
    }

    /// How many sessions are open, of all users together.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn open_sessions(&mut self) -> Result<usize, RegisterError> {
        let open = sessions::times_of_open(self.driver.as_mut())?;
        let is_alive = |s: &&sessions::Times| {
            s.seen_at.0.as_ref().is_some_and(|seen| alive(&s.began_at, seen, self.now))
        };
        Ok(open.iter().filter(is_alive).count())
    }
}
