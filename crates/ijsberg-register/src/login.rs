//! Logging in: Argon2id, a second factor (RFC 6238), and a pause that grows with each failure.
//!
//! An attempt is counted before the password is looked at, so that many at once try no more passwords than one after another.
//! Names that nobody has are counted, held up and looked at like any other.

use ijsberg_crypto::{hex, random, verify_password};
use jiff::{SignedDuration, Timestamp};

use crate::audit::Outcome;
use crate::credentials::step_of;
use crate::domain::Domain;
use crate::error::RegisterError;
use crate::register::{Id, Register, Way};
use crate::scope::Scope;

/// What the audit log calls logging in; nobody needs a role for it.
const LOG_IN: &str = "log_in";

/// Failures before a pause.
const FREE_FAILURES: i64 = 5;

/// The longest pause, in minutes.
const LONGEST_PAUSE: i64 = 60;

/// Failures of a name are forgotten after so many hours without one.
const REMEMBERED: i64 = 24;

/// A password that nobody knows, as costly to look at as one that was hashed at [`ijsberg_crypto::Cost::default`].
const NOBODY: &str = if cfg!(debug_assertions) {
    "$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
} else {
    "$argon2id$v=19$m=65536,t=3,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
};

/// What proves who somebody is, beside their password.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof {
    /// No second factor is on.
    Bare,
    /// A code of the second factor: its step of time.
    Code(i64),
    /// A recovery code.
    Recovery(Id),
}

impl Register {
    /// Logs in. `code` is that of the second factor, where one is on, or a recovery code.
    ///
    /// # Errors
    /// [`RegisterError::Login`] without saying what does not fit, or [`RegisterError::Locked`].
    pub fn login(&mut self, name: &str, password: &str, code: Option<&str>) -> Result<(), RegisterError> {
        self.come_in(name, password, code, false).map(|_| ())
    }

    /// Logs in and begins a session, to come back to by [`Register::resume_session`]; returns its secret.
    ///
    /// # Errors
    /// As for [`Register::login`].
    pub fn begin_session(
        &mut self,
        name: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<String, RegisterError> {
        self.come_in(name, password, code, true)
    }

    fn come_in(
        &mut self,
        name: &str,
        password: &str,
        code: Option<&str>,
        stays: bool,
    ) -> Result<String, RegisterError> {
        self.session = None;
        self.check_access(true)?;
        let attempt = self.attempt(name)?;
        let row = self.looking(|r| r.vouched_user(name, &["password"]))?;
        let kept = row.as_ref().map_or(NOBODY, |r| r.text(0)).to_owned();
        let fits = verify_password(password, &kept);
        let secret = hex(&random::<32>()?);
        // The code, the count and the session are one: of two who come with the same code one comes in.
        let came = self.transaction(|r| {
            let proof = if fits { r.settled(name, &kept, code)? } else { None };
            let Some(proof) = proof else {
                // The name may be anything, a password typed in the wrong place too.
                let (scope, actor) = match row {
                    Some(_) => (r.scope_of_user(name)?, name),
                    None => (Scope::Everywhere, "unknown"),
                };
                r.append_of(&scope, actor, LOG_IN, "user", Outcome::Denied, &format!("attempt {attempt}"))?;
                return Ok(false);
            };
            r.forget_attempts(name)?;
            let mut session = r.session_of(name)?;
            if stays {
                session.id = Some(r.keep_session(name, &secret)?);
            }
            let how = r.use_proof(name, &proof, session.id)?;
            r.session = Some(session);
            let scope = r.scope_of_user(name)?;
            r.append_of(&scope, name, LOG_IN, "user", Outcome::Done, &how)?;
            Ok(true)
        });
        match came {
            Ok(true) => Ok(secret),
            Ok(false) => Err(RegisterError::Login),
            Err(error) => {
                self.session = None;
                Err(error)
            }
        }
    }

    /// Within a transaction, for a password that fitted `kept`: what proves it beside that, if the account is open.
    fn settled(
        &mut self,
        name: &str,
        kept: &str,
        code: Option<&str>,
    ) -> Result<Option<Proof>, RegisterError> {
        let Some(row) = self.vouched_user(name, &["password", "disabled", "good_until"])? else {
            return Ok(None);
        };
        let past = row.text(2).parse::<Timestamp>().is_ok_and(|until| until < self.now);
        if row.text(0) != kept || !row.is_zero(1) || past {
            return Ok(None);
        }
        self.proof(name, code)
    }

    /// Within a transaction: what a code proves, which is not used up yet.
    pub(crate) fn proof(&mut self, name: &str, code: Option<&str>) -> Result<Option<Proof>, RegisterError> {
        let Some(row) = self.vouched_user(name, &["second_factor", "last_code"])? else { return Ok(None) };
        if row.is_null(0) {
            return Ok(Some(Proof::Bare));
        }
        if let Some(id) = self.recovery_code(name, code.unwrap_or_default())? {
            return Ok(Some(Proof::Recovery(id)));
        }
        let step = step_of(self.key(Domain::Records)?, name, row.bytes(0), self.now, code)?;
        Ok(step.filter(|step| *step > row.int(1)).map(Proof::Code))
    }

    /// Within that transaction: it is used up. What the log says of it.
    pub(crate) fn use_proof(
        &mut self,
        name: &str,
        proof: &Proof,
        session: Option<Id>,
    ) -> Result<String, RegisterError> {
        match proof {
            Proof::Bare => Ok(String::new()),
            Proof::Code(step) => {
                let sql = "UPDATE app_user SET last_code = $1 WHERE name = $2";
                self.driver.execute(sql, &[(*step).into(), name.into()])?;
                Ok(String::new())
            }
            Proof::Recovery(id) => {
                let left = self.use_up(name, id, session)?;
                Ok(format!("by a recovery code, {left} left"))
            }
        }
    }

    fn attempts_of(&self, name: &str) -> Result<[u8; 32], RegisterError> {
        self.code(&[b"login attempt", name.as_bytes()])
    }

    /// Counts an attempt before it is made; how many there were. Whoever sits at the keys is not held up.
    pub(crate) fn attempt(&mut self, name: &str) -> Result<i64, RegisterError> {
        let console = self.way == Way::Console;
        let counted = self.transaction(|r| {
            let key = r.attempts_of(name)?;
            let sql = "SELECT failures, locked_until FROM login_attempt WHERE name = $1";
            let row = r.driver.first(sql, &[key.as_slice().into()])?;
            let until = row.as_ref().and_then(|row| row.text(1).parse::<Timestamp>().ok());
            if let Some(until) = until.filter(|u| *u > r.now && !console) {
                return Ok(Err(until));
            }
            let failures = row.map_or(0, |row| row.int(0)) + 1;
            let over = (failures - FREE_FAILURES).clamp(0, 6);
            let pause = if failures < FREE_FAILURES { 0 } else { (1_i64 << over).min(LONGEST_PAUSE) };
            let until = r.now + SignedDuration::from_mins(pause);
            let until = if pause > 0 { until.to_string() } else { String::new() };
            let sql = "INSERT INTO login_attempt (name, failures, locked_until, last_at) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (name) DO UPDATE SET failures = $2, locked_until = $3, last_at = $4";
            let values = [key.as_slice().into(), failures.into(), until.into(), r.now.as_second().into()];
            r.driver.execute(sql, &values)?;
            let old = (r.now - SignedDuration::from_hours(REMEMBERED)).as_second();
            r.driver.execute("DELETE FROM login_attempt WHERE last_at < $1", &[old.into()])?;
            Ok(Ok(failures))
        })?;
        counted.map_err(|until| RegisterError::Locked(until.to_string()))
    }

    /// Within the transaction of what it was tried for.
    pub(crate) fn forget_attempts(&mut self, name: &str) -> Result<(), RegisterError> {
        let key = self.attempts_of(name)?;
        self.driver.execute("DELETE FROM login_attempt WHERE name = $1", &[key.as_slice().into()])?;
        Ok(())
    }

    /// Logs out; a session that was begun stays to come back to.
    pub fn logout(&mut self) {
        self.session = None;
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_crypto::{Cost, hash_password};

    #[test]
    fn a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has() {
        let of = |hash: &str| hash.split('$').nth(3).map(str::to_owned);
        assert_eq!(of(super::NOBODY), of(&hash_password("a password for tests", Cost::default()).unwrap()));
    }
}
