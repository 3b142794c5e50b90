//! A user's own password and second factor. Each change requires the password again, so that an unattended screen gives no access beyond
//! the time that it is open.

use ijsberg_crypto::{Cost, Key, hash_password, random, verify_password};
use ijsberg_store::accounts;
use jiff::Timestamp;
use totp_rs::{Builder, Totp};
use zeroize::Zeroizing;

use crate::audit::Outcome;
use crate::domain::Domain;
use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
use crate::register::{Register, Session};

/// The state of a user's own account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAccount {
    /// A second factor is on.
    pub second_factor: bool,
    /// One was made and waits for a code of it.
    pub waits: bool,
}

impl Register {
    /// The state of the logged-in user's account.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn own_account(&mut self) -> Result<OwnAccount, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let factors = accounts::factors(self.driver.as_mut(), &user)?.ok_or(RegisterError::NoSession)?;
        Ok(OwnAccount { second_factor: factors.second_factor.is_some(), waits: factors.new_factor.is_some() })
    }

    /// The logged-in user, verified by password, which counts as an attempt to log in; and the hash that the password matched.
    pub(crate) fn proven(&mut self, password: &str) -> Result<(Session, String), RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        self.attempt(&session.user)?;
        let account = self.looking(|r| r.vouched_account(&session.user))?;
        let account = account.ok_or(RegisterError::NoSession)?;
        if !verify_password(password, &account.password) {
            self.note(&session.user, "prove_password", "user", Outcome::Denied, "")?;
            return Err(RegisterError::Login);
        }
        Ok((session, account.password))
    }

    /// Changes the password of the logged-in user. All their other sessions end.
    ///
    /// # Errors
    /// If the old one does not fit, or the new one is short or the same.
    pub fn change_password(&mut self, old: &str, new: &str, cost: Cost) -> Result<(), RegisterError> {
        if old == new {
            return Err(RegisterError::SamePassword);
        }
        let hash = hash_password(new, cost)?;
        let (session, kept) = self.proven(old)?;
        self.transaction(|r| {
            if accounts::set_own_password(r.driver.as_mut(), &session.user, &hash, &kept)? == 0 {
                return Err(RegisterError::Login);
            }
            r.forget_attempts(&session.user)?;
            let detail = r.end_access(&session.user, session.id)?;
            r.append(&session.user, "change_password", "user", Outcome::Done, &detail)
        })?;
        self.session = Some(Session { id: session.id, ..self.looking(|r| r.session_of(&session.user))? });
        Ok(())
    }

    /// Makes a second factor for the logged-in user; returns the `otpauth` URL for their app. It takes effect once
    /// [`Register::confirm_second_factor`] receives a code from it; until then the old one does. If one is on, a code from it or a recovery
    /// code is required, except in a session that began with a recovery code.
    ///
    /// # Errors
    /// If the password or the code does not fit.
    pub fn new_second_factor(&mut self, password: &str, code: Option<&str>) -> Result<String, RegisterError> {
        let (session, _) = self.proven(password)?;
        let secret: [u8; 20] = random()?;
        let totp = totp(&session.user, &secret)?;
        self.with_code(&session, |r| {
            if !r.began_by_recovery(&session)? {
                r.takes_code(&session, code)?;
            }
            let sealed = r.key(Domain::Records)?.seal(&secret, &context(&session.user))?;
            accounts::set_new_factor(r.driver.as_mut(), &session.user, &sealed)?;
            r.forget_attempts(&session.user)?;
            r.append(&session.user, "second_factor", "user", Outcome::Done, "made, not confirmed")
        })?;
        totp.to_url().map_err(|_| RegisterError::invalid("user", Wanted::NoColon))
    }

    /// Turns on the new second factor with a code from it, which is then used up. All other sessions end. Returns new recovery codes, each
    /// of which is shown only once.
    ///
    /// # Errors
    /// If none was made, or the code does not fit.
    pub fn confirm_second_factor(&mut self, code: &str) -> Result<Vec<Zeroizing<String>>, RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        let codes = self.transaction(|r| {
            let sealed = accounts::new_factor(r.driver.as_mut(), &session.user)?;
            let sealed = sealed.ok_or(RegisterError::NotFound(Thing::SecondFactor))?;
            let step = step_of(r.key(Domain::Records)?, &session.user, &sealed, r.now, Some(code))?;
            let step = step.ok_or(RegisterError::Code)?;
            accounts::turn_on_new_factor(r.driver.as_mut(), &session.user, step)?;
            let ended = r.end_access(&session.user, session.id)?;
            let codes = r.make_recovery_codes(&session.user)?;
            let detail = format!("on, {ended}, {} recovery codes made", codes.len());
            r.append(&session.user, "second_factor", "user", Outcome::Done, &detail)?;
            Ok(codes)
        })?;
        self.session = Some(Session { id: session.id, ..self.looking(|r| r.session_of(&session.user))? });
        Ok(codes)
    }
}

fn context(user: &str) -> Vec<u8> {
    format!("second factor:{user}").into_bytes()
}

/// The step of time of a code that fits a sealed secret.
pub(crate) fn step_of(
    key: &Key,
    user: &str,
    sealed: &[u8],
    now: Timestamp,
    code: Option<&str>,
) -> Result<Option<i64>, RegisterError> {
    let secret = key.open(sealed, &context(user))?;
    let secret: [u8; 20] = secret.as_slice().try_into().map_err(|_| RegisterError::Login)?;
    let now = u64::try_from(now.as_second()).unwrap_or(0);
    let step = code.and_then(|c| totp(user, &secret).ok()?.check(c.trim(), now));
    Ok(step.and_then(|s| i64::try_from(s).ok()))
}

fn totp(user: &str, secret: &[u8; 20]) -> Result<Totp, RegisterError> {
    let built = Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(user)
        .with_issuer(Some("ijsberg"))
        .build();
    built.map_err(|_| RegisterError::invalid("user", Wanted::NoColon))
}
