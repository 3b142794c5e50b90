//! Tokens: a program acts for a user, for some operations only, until a day. The register keeps a hash; the token is seen once.

use ijsberg_crypto::{hex, random, unhex};
use ijsberg_store::tokens::{self, NewToken};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
use crate::policy::Operation;
use crate::register::{Id, Register, Session, named};

/// A token as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Token {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub label: String,
    /// What it allows.
    pub operations: Vec<Operation>,
    /// Its last day.
    pub expires_on: String,
}

/// What every token begins with, so that one that leaked is found.
const PREFIX: &str = "ijsberg_";

/// Days that a token lasts at most.
const LONGEST: i32 = 366;

impl Register {
    fn hashed(&self, token: &str) -> Result<[u8; 32], RegisterError> {
        let secret = token.strip_prefix(PREFIX).and_then(unhex).ok_or(RegisterError::NoSession)?;
        self.code(&[b"api token", &secret])
    }

    /// Makes a token for the logged-in user; returns it. It is shown only once.
    ///
    /// # Errors
    /// If nobody is logged in, a token asks for one, an operation is not among what the user may do, or the day is past or more
    /// than a year away.
    pub fn issue_token(
        &mut self,
        label: &str,
        operations: &[Operation],
        expires_on: Date,
    ) -> Result<String, RegisterError> {
        let session = self.ready()?;
        let fits = |c: char| c.is_alphanumeric() || "-_. ".contains(c);
        if label.trim().is_empty() || label.chars().count() > 60 || !label.chars().all(fits) {
            return Err(RegisterError::invalid("label", Wanted::Label));
        }
        let today = TimeZone::UTC.to_datetime(self.now).date();
        let days = today.until(expires_on).map_or(0, |span| span.get_days());
        if !(1..=LONGEST).contains(&days) {
            return Err(RegisterError::invalid("expires_on", Wanted::DayWithinAYear));
        }
        let may = |o: &Operation| session.only.is_none() && session.may(*o);
        if operations.is_empty() || !operations.iter().all(may) {
            return Err(RegisterError::invalid("operations", Wanted::OwnOperations));
        }
        let secret = random::<32>()?;
        let token = format!("{PREFIX}{}", hex(&secret));
        let id = self.next_id()?;
        let names: Vec<String> = operations.iter().map(|o| o.name()).collect();
        self.transaction(|r| {
            let hash = r.code(&[b"api token", &secret])?;
            let new = NewToken {
                id: &id,
                secret: &hash,
                user_name: &session.user,
                label: label.trim(),
                operations: &names.join(" "),
                expires_on: &expires_on.to_string(),
                created_at: &r.now.to_string(),
            };
            tokens::add(r.driver.as_mut(), &new)?;
            let detail = format!("for {} until {expires_on}", names.join(" "));
            r.append(&session.user, "issue_token", &named("token", &id), Outcome::Done, &detail)
        })?;
        Ok(token)
    }

    /// Tokens in force of the logged-in user.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn tokens(&mut self) -> Result<Vec<Token>, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let own = |t: tokens::OwnToken| Token {
            id: hex(&t.id),
            label: t.label,
            operations: operations(&t.operations),
            expires_on: t.expires_on,
        };
        Ok(tokens::own(self.driver.as_mut(), &user)?.into_iter().map(own).collect())
    }

    /// Revokes a token of the logged-in user.
    ///
    /// # Errors
    /// If it is not theirs, or was revoked.
    pub fn revoke_token(&mut self, id: &Id) -> Result<(), RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        if session.only.is_some() {
            return Err(RegisterError::NoSession);
        }
        self.transaction(|r| {
            match tokens::revoke(r.driver.as_mut(), id, &session.user, &r.now.to_string())? {
                0 => Err(RegisterError::NotFound(Thing::Token)),
                _ => r.append(&session.user, "revoke_token", &named("token", id), Outcome::Done, ""),
            }
        })
    }

    /// Resumes for the user of a token, with the operations that it allows and the user may perform now.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if it is none, was revoked, is past its day, or the account was closed.
    pub fn resume_token(&mut self, token: &str) -> Result<(), RegisterError> {
        self.session = None;
        let (hash, all) =
            self.looking(|r| Ok((r.hashed(token)?, r.vouched::<tokens::Token>("api_token")?)))?;
        let kept = all.into_iter().find(|t| t.secret == hash && t.revoked_at.is_none());
        let kept = kept.ok_or(RegisterError::NoSession)?;
        let today = TimeZone::UTC.to_datetime(self.now).date();
        if kept.expires_on.parse::<Date>().is_ok_and(|last| last < today) {
            return Err(RegisterError::NoSession);
        }
        let only = operations(&kept.operations);
        self.resume(&kept.user_name)?;
        if let Some(session) = &mut self.session {
            *session = Session { only: Some(only), ..session.clone() };
        }
        Ok(())
    }
}

fn operations(names: &str) -> Vec<Operation> {
    names.split(' ').filter_map(Operation::parse).collect()
}
