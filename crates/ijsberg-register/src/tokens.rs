//! Tokens: a program acts for a user, for some operations only, until a day. The register keeps a hash; the token is seen once.

use ijsberg_crypto::{hex, random, unhex};
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

    /// Makes a token for whoever is logged in; returns it. It is told this once.
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
            let row = vec![
                id.as_slice().into(),
                hash.as_slice().into(),
                session.user.as_str().into(),
                label.trim().into(),
                names.join(" ").into(),
                expires_on.to_string().into(),
                r.now.to_string().into(),
            ];
            let columns = ["id", "secret", "user_name", "label", "operations", "expires_on", "created_at"];
            r.driver.insert_new("api_token", &columns, &mut std::iter::once(row))?;
            let detail = format!("for {} until {expires_on}", names.join(" "));
            r.append(&session.user, "issue_token", &named("token", &id), Outcome::Done, &detail)
        })?;
        Ok(token)
    }

    /// Tokens in force of whoever is logged in.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn tokens(&mut self) -> Result<Vec<Token>, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let sql = "SELECT id, label, operations, expires_on FROM api_token \
                   WHERE user_name = $1 AND revoked_at IS NULL ORDER BY created_at, id";
        let of = |r: &ijsberg_store::Row| Token {
            id: hex(r.bytes(0)),
            label: r.text(1).to_owned(),
            operations: operations(r.text(2)),
            expires_on: r.text(3).to_owned(),
        };
        Ok(self.driver.query(sql, &[user.into()])?.iter().map(of).collect())
    }

    /// Takes back a token of whoever is logged in.
    ///
    /// # Errors
    /// If it is not theirs, or was taken back.
    pub fn revoke_token(&mut self, id: &Id) -> Result<(), RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        if session.only.is_some() {
            return Err(RegisterError::NoSession);
        }
        self.transaction(|r| {
            let sql = "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND user_name = $3 AND revoked_at IS NULL";
            let values =
                [r.now.to_string().into(), id.as_slice().into(), session.user.as_str().into()];
            match r.driver.execute(sql, &values)? {
                0 => Err(RegisterError::NotFound(Thing::Token)),
                _ => r.append(&session.user, "revoke_token", &named("token", id), Outcome::Done, ""),
            }
        })
    }

    /// Goes on for the user of a token, within what it allows and the user may now.
    ///
    /// # Errors
    /// [`RegisterError::NoSession`] if it is none, was taken back, is past its day, or the account was closed.
    pub fn resume_token(&mut self, token: &str) -> Result<(), RegisterError> {
        self.session = None;
        let columns = ["user_name", "operations", "expires_on", "revoked_at", "secret"];
        let (hash, rows) = self.looking(|r| Ok((r.hashed(token)?, r.vouched("api_token", &columns)?)))?;
        let row = rows.into_iter().find(|r| r.bytes(4) == hash && r.is_null(3));
        let row = row.ok_or(RegisterError::NoSession)?;
        let today = TimeZone::UTC.to_datetime(self.now).date();
        if row.text(2).parse::<Date>().is_ok_and(|last| last < today) {
            return Err(RegisterError::NoSession);
        }
        let (user, only) = (row.text(0).to_owned(), operations(row.text(1)));
        self.resume(&user)?;
        if let Some(session) = &mut self.session {
            *session = Session { only: Some(only), ..session.clone() };
        }
        Ok(())
    }
}

fn operations(names: &str) -> Vec<Operation> {
    names.split(' ').filter_map(Operation::parse).collect()
}
