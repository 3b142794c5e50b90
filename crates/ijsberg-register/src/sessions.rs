//! Sessions: who logged in and comes back. The register keeps a keyed hash of their secret, so that a copy of it opens nothing.

use ijsberg_crypto::hex;
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
        self.driver.execute("DELETE FROM app_session WHERE began_at < $1", &[old.into()])?;
        let sql =
            "INSERT INTO app_session (id, secret, user_name, began_at, seen_at) VALUES ($1, $2, $3, $4, $5)";
        let values = [
            id.as_slice().into(),
            hash.as_slice().into(),
            user.into(),
            now.as_str().into(),
            now.as_str().into(),
        ];
        self.driver.execute(sql, &values)?;
        Ok(id)
    }

    /// Who somebody is now, and what they must do first.
    pub(crate) fn session_of(&mut self, name: &str) -> Result<Session, RegisterError> {
        let row = self.vouched_user(name, &["disabled", "must_change", "second_factor"])?;
        let row = row.filter(|row| row.is_zero(0)).ok_or(RegisterError::NoSession)?;
        let grants = self.grants_of(name)?;
        let bare = row.is_null(2) && grants.iter().any(|g| WITH_SECOND_FACTOR.contains(&g.role));
        let must = match (!row.is_zero(1), bare) {
            _ if self.way == Way::Console => None,
            (true, _) => Some(Obligation::ChangePassword),
            (_, true) => Some(Obligation::SecondFactor),
            _ => None,
        };
        Ok(Session { user: name.to_owned(), grants, only: None, id: None, must })
    }

    /// Goes on for somebody of whom the caller knows that they logged in, with the roles of now. Whose account was closed meanwhile is
    /// out.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if the account was closed.
    pub fn resume(&mut self, name: &str) -> Result<(), RegisterError> {
        self.session = None;
        self.session = Some(self.looking(|r| r.session_of(name))?);
        Ok(())
    }

    /// Goes on for whoever has the secret of a session.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if it is none, was ended, is over, or the account was closed.
    pub fn resume_session(&mut self, secret: &str) -> Result<(), RegisterError> {
        self.session = None;
        let (session, id, seen) = self.looking(|r| r.session_under(secret))?;
        let seen = seen.parse::<Timestamp>().unwrap_or(Timestamp::MIN);
        if self.now.duration_since(seen) >= NOTED {
            let sql = "UPDATE app_session SET seen_at = $1 WHERE id = $2 AND ended_at IS NULL";
            // The next request notes it where somebody is writing; nobody waits for that.
            self.driver.execute_if_free(sql, &[self.now.to_string().into(), id.as_slice().into()])?;
        }
        self.session = Some(session);
        Ok(())
    }

    /// The session of a secret, its name, and when it was seen last.
    fn session_under(&mut self, secret: &str) -> Result<(Session, Id, String), RegisterError> {
        let hash = self.session_hash(secret)?;
        let rows = self.vouched("app_session", &["id", "user_name", "began_at", "ended_at", "secret"])?;
        let row = rows.into_iter().find(|r| r.bytes(4) == hash && r.is_null(3));
        let row = row.ok_or(RegisterError::NoSession)?;
        let id: Id = row.bytes(0).try_into().map_err(|_| RegisterError::NoSession)?;
        // When it was seen is under no hash: it changes when nobody does anything.
        let sql = "SELECT seen_at FROM app_session WHERE id = $1";
        let seen = self.driver.first(sql, &[id.as_slice().into()])?.ok_or(RegisterError::NoSession)?;
        let seen = seen.text(0).to_owned();
        if !alive(row.text(2), &seen, self.now) {
            return Err(RegisterError::NoSession);
        }
        Ok((Session { id: Some(id), ..self.session_of(row.text(1))? }, id, seen))
    }

    /// Ends the session of that secret; whoever has it may.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn leave(&mut self, secret: &str) -> Result<(), RegisterError> {
        self.transaction(|r| {
            let hash = r.session_hash(secret)?;
            let sql = "SELECT user_name FROM app_session WHERE secret = $1 AND ended_at IS NULL";
            let Some(row) = r.driver.first(sql, &[hash.as_slice().into()])? else { return Ok(()) };
            let sql = "UPDATE app_session SET ended_at = $1 WHERE secret = $2 AND ended_at IS NULL";
            r.driver.execute(sql, &[r.now.to_string().into(), hash.as_slice().into()])?;
            r.append(row.text(0), "log_out", "user", Outcome::Done, "")
        })
    }

    /// Sessions of whoever is logged in that are not over, newest first.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn sessions(&mut self) -> Result<Vec<OpenSession>, RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        let sql = "SELECT id, began_at, seen_at FROM app_session WHERE user_name = $1 AND ended_at IS NULL \
                   ORDER BY began_at DESC, id DESC";
        let rows = self.driver.query(sql, &[session.user.as_str().into()])?;
        let rows = rows.iter().filter(|r| alive(r.text(1), r.text(2), self.now));
        let of = |r: &ijsberg_store::Row| OpenSession {
            id: hex(r.bytes(0)),
            began_at: r.text(1).to_owned(),
            seen_at: r.text(2).to_owned(),
            here: session.id.is_some_and(|id| r.bytes(0) == id),
        };
        Ok(rows.map(of).collect())
    }

    /// Ends a session of whoever is logged in.
    ///
    /// # Errors
    /// If it is not theirs, or is over.
    pub fn end_session(&mut self, id: &Id) -> Result<(), RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        self.transaction(|r| {
            let sql =
                "UPDATE app_session SET ended_at = $1 WHERE id = $2 AND user_name = $3 AND ended_at IS NULL";
            let values = [r.now.to_string().into(), id.as_slice().into(), session.user.as_str().into()];
            match r.driver.execute(sql, &values)? {
                0 => Err(RegisterError::NotFound(Thing::Session)),
                _ => r.append(&session.user, "end_session", &named("session", id), Outcome::Done, ""),
            }
        })
    }

    /// Within a transaction: ends the sessions of a user but one, and takes back all tokens: whoever changes what they log in with
    /// expects that nobody goes on with what was had before. What was ended, in words for the log.
    pub(crate) fn end_access(&mut self, user: &str, kept: Option<Id>) -> Result<String, RegisterError> {
        let sessions = self.end_sessions_but(user, kept)?;
        let sql = "UPDATE api_token SET revoked_at = $1 WHERE user_name = $2 AND revoked_at IS NULL";
        let tokens = self.driver.execute(sql, &[self.now.to_string().into(), user.into()])?;
        Ok(format!("{sessions} sessions and {tokens} tokens ended"))
    }

    /// Within a transaction: ends the sessions of a user but one; how many.
    fn end_sessions_but(&mut self, user: &str, kept: Option<Id>) -> Result<u64, RegisterError> {
        let sql =
            "UPDATE app_session SET ended_at = $1 WHERE user_name = $2 AND ended_at IS NULL AND id <> $3";
        let kept = kept.map_or_else(Vec::new, |id| id.to_vec());
        Ok(self.driver.execute(sql, &[self.now.to_string().into(), user.into(), kept.into()])?)
    }

    /// How many sessions are open, of all users together.
    ///
    /// # Errors
    /// If the storage fails.
    pub fn open_sessions(&mut self) -> Result<usize, RegisterError> {
        let rows =
            self.driver.query("SELECT began_at, seen_at FROM app_session WHERE ended_at IS NULL", &[])?;
        Ok(rows.iter().filter(|r| alive(r.text(0), r.text(1), self.now)).count())
    }
}
