//! Logging in: Argon2id, a second factor (RFC 6238), and a pause that grows with each failure.
//!
//! An attempt is counted before the password is checked, so that many at once try no more passwords than one after another. Names of no
//! account are counted, delayed and checked like any other.

use ijsberg_crypto::{hex, random, verify_password};
use ijsberg_store::attempts::Attempts;
use ijsberg_store::{accounts, attempts};
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

/// A hash without a password, as costly to check as one that was made at [`ijsberg_crypto::Cost::default`].
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
        let account = self.looking(|r| r.vouched_account(name))?;
        let kept = account.as_ref().map_or(NOBODY, |a| a.password.as_str()).to_owned();
        let fits = verify_password(password, &kept);
        let secret = hex(&random::<32>()?);
        // The code, the count and the session are in one transaction: of two attempts with the same code, only one succeeds.
        let came = self.transaction(|r| {
            let proof = if fits { r.settled(name, &kept, code)? } else { None };
            let Some(proof) = proof else {
                // The name may be anything, a password typed in the wrong place too.
                let (scope, actor) = match account {
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
        let Some(account) = self.vouched_account(name)? else { return Ok(None) };
        let past = account.good_until.parse::<Timestamp>().is_ok_and(|until| until < self.now);
        if account.password != kept || account.disabled || past {
            return Ok(None);
        }
        self.proof(name, code)
    }

    /// Within a transaction: what a code proves, which is not used up yet.
    pub(crate) fn proof(&mut self, name: &str, code: Option<&str>) -> Result<Option<Proof>, RegisterError> {
        let Some(account) = self.vouched_account(name)? else { return Ok(None) };
        let Some(sealed) = account.second_factor else { return Ok(Some(Proof::Bare)) };
        if let Some(id) = self.recovery_code(name, code.unwrap_or_default())? {
            return Ok(Some(Proof::Recovery(id)));
        }
        let step = step_of(self.key(Domain::Records)?, name, &sealed, self.now, code)?;
        Ok(step.filter(|step| *step > account.last_code).map(Proof::Code))
    }

    /// Within that transaction: uses it up; returns the text for the log.
    pub(crate) fn use_proof(
        &mut self,
        name: &str,
        proof: &Proof,
        session: Option<Id>,
    ) -> Result<String, RegisterError> {
        match proof {
            Proof::Bare => Ok(String::new()),
            Proof::Code(step) => {
                accounts::set_last_code(self.driver.as_mut(), name, *step)?;
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

    /// Counts an attempt before it is made; returns how many there were. A user at the console is not delayed.
    pub(crate) fn attempt(&mut self, name: &str) -> Result<i64, RegisterError> {
        let console = self.way == Way::Console;
        let counted = self.transaction(|r| {
            let key = r.attempts_of(name)?;
            let before = attempts::by_name(r.driver.as_mut(), &key)?;
            let until = before.as_ref().and_then(|b| b.locked_until.parse::<Timestamp>().ok());
            if let Some(until) = until.filter(|u| *u > r.now && !console) {
                return Ok(Err(until));
            }
            let failures = before.map_or(0, |b| b.failures) + 1;
            let over = (failures - FREE_FAILURES).clamp(0, 6);
            let pause = if failures < FREE_FAILURES { 0 } else { (1_i64 << over).min(LONGEST_PAUSE) };
            let until = r.now + SignedDuration::from_mins(pause);
            let locked_until = if pause > 0 { until.to_string() } else { String::new() };
            let made = Attempts { failures, locked_until };
            attempts::keep(r.driver.as_mut(), &key, &made, r.now.as_second())?;
            let old = (r.now - SignedDuration::from_hours(REMEMBERED)).as_second();
            attempts::forget_before(r.driver.as_mut(), old)?;
            Ok(Ok(failures))
        })?;
        counted.map_err(|until| RegisterError::Locked(until.to_string()))
    }

    /// Within the transaction of what it was tried for.
    pub(crate) fn forget_attempts(&mut self, name: &str) -> Result<(), RegisterError> {
        let key = self.attempts_of(name)?;
        Ok(attempts::forget(self.driver.as_mut(), &key)?)
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
