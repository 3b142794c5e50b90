//! Recovery codes: if the phone with the second factor is lost, each of ten codes lets its owner log in once, beside the password. The
//! register stores a keyed hash of each. Its owner is notified that a code was used until they confirm it, in a session that began with the
//! second factor itself.

use ijsberg_crypto::random;
use ijsberg_store::recovery_codes::{self, NewCode};
use zeroize::Zeroizing;

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::register::{Id, Register, Session, Way};

/// Codes that are made at once.
pub const CODES: usize = 10;

/// Letters of a code: sixty random bits.
const LENGTH: usize = 12;

/// Letters and digits that are not taken for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// How somebody's recovery codes stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Codes that can still be used.
    pub left: usize,
    /// When codes were used, if their owner has not confirmed that they have seen it.
    pub used: Vec<String>,
    /// The session began with one.
    pub here: bool,
}

/// Random letters in groups.
pub(crate) fn letters(count: usize, group: usize) -> Result<Zeroizing<String>, RegisterError> {
    let bytes = Zeroizing::new(random::<32>()?);
    let letters: Vec<char> =
        bytes.iter().take(count).map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    Ok(Zeroizing::new(letters.chunks(group).map(String::from_iter).collect::<Vec<_>>().join("-")))
}

/// The form in which a code was made, if the typed text may be one: dashes, spaces and capitals make no difference.
pub(crate) fn typed(text: &str) -> Option<Zeroizing<String>> {
    let plain: String =
        text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    let fits = plain.len() == LENGTH && plain.bytes().all(|b| LETTERS.contains(&b));
    fits.then(|| Zeroizing::new(plain))
}

impl Register {
    fn recovery_hash(&self, user: &str, code: &str) -> Result<[u8; 32], RegisterError> {
        self.code(&[b"recovery code", user.as_bytes(), code.as_bytes()])
    }

    /// Within a transaction: the code that somebody typed, if it is one of theirs that was not used.
    pub(crate) fn recovery_code(&mut self, user: &str, code: &str) -> Result<Option<Id>, RegisterError> {
        let Some(code) = typed(code) else { return Ok(None) };
        let hash = self.recovery_hash(user, &code)?;
        Ok(recovery_codes::unused(self.driver.as_mut(), &hash, user)?)
    }

    /// Within that transaction: it is used up; how many are left.
    pub(crate) fn use_up(
        &mut self,
        user: &str,
        code: &Id,
        session: Option<Id>,
    ) -> Result<usize, RegisterError> {
        let now = self.now.to_string();
        if recovery_codes::use_up(self.driver.as_mut(), code, session.as_ref(), &now)? == 0 {
            return Err(RegisterError::Login);
        }
        Ok(recovery_codes::left(self.driver.as_mut(), user)?)
    }

    /// Within a transaction: new codes in place of all that somebody had.
    pub(crate) fn make_recovery_codes(
        &mut self,
        user: &str,
    ) -> Result<Vec<Zeroizing<String>>, RegisterError> {
        self.drop_recovery_codes(user)?;
        let (mut codes, mut kept) = (Vec::with_capacity(CODES), Vec::with_capacity(CODES));
        for _ in 0..CODES {
            let code = letters(LENGTH, 4)?;
            let plain = typed(&code).ok_or(RegisterError::Code)?;
            kept.push(NewCode { id: self.next_id()?, code: self.recovery_hash(user, &plain)? });
            codes.push(code);
        }
        recovery_codes::add(self.driver.as_mut(), user, &self.now.to_string(), &kept)?;
        Ok(codes)
    }

    /// Within a transaction: somebody has no codes any more.
    pub(crate) fn drop_recovery_codes(&mut self, user: &str) -> Result<(), RegisterError> {
        Ok(recovery_codes::drop_all(self.driver.as_mut(), user)?)
    }

    /// Whether a session began with a code, and the second factor was not set up anew since.
    pub(crate) fn began_by_recovery(&mut self, session: &Session) -> Result<bool, RegisterError> {
        let Some(id) = session.id else { return Ok(false) };
        Ok(recovery_codes::began(self.driver.as_mut(), &id)?)
    }

    /// The state of the logged-in user's codes.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn recovery(&mut self) -> Result<Recovery, RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        self.current_keys()?;
        let codes = recovery_codes::uses(self.driver.as_mut(), &session.user)?;
        let unseen = codes.iter().filter(|code| code.seen_at.is_none());
        Ok(Recovery {
            left: codes.iter().filter(|code| code.used_at.is_none()).count(),
            used: unseen.filter_map(|code| code.used_at.clone()).collect(),
            here: self.began_by_recovery(&session)?,
        })
    }

    /// Records that the logged-in user has seen that their codes were used. Not in a session that began with one: an attacker who found the
    /// codes would confirm it.
    ///
    /// # Errors
    /// [`RegisterError::ByRecovery`] in such a session.
    pub fn recovery_seen(&mut self) -> Result<(), RegisterError> {
        let session = self.session.clone().filter(|s| s.only.is_none()).ok_or(RegisterError::NoSession)?;
        self.transaction(|r| {
            if r.began_by_recovery(&session)? {
                return Err(RegisterError::ByRecovery);
            }
            let seen = recovery_codes::note_seen(r.driver.as_mut(), &session.user, &r.now.to_string())?;
            r.append(
                &session.user,
                "recovery_seen",
                "user",
                Outcome::Done,
                &format!("{seen} used codes seen"),
            )
        })
    }

    /// Makes new recovery codes for the logged-in user; their old ones become invalid. Each is shown only once.
    ///
    /// # Errors
    /// If the password or the code does not fit, or no second factor is on.
    pub fn new_recovery_codes(
        &mut self,
        password: &str,
        code: Option<&str>,
    ) -> Result<Vec<Zeroizing<String>>, RegisterError> {
        let (session, _) = self.proven(password)?;
        self.with_code(&session, |r| {
            let account = r.vouched_account(&session.user)?;
            if account.is_none_or(|account| account.second_factor.is_none()) {
                return Err(RegisterError::NotFound(crate::expected::Thing::SecondFactor));
            }
            r.takes_code(&session, code)?;
            let codes = r.make_recovery_codes(&session.user)?;
            r.forget_attempts(&session.user)?;
            r.append(&session.user, "recovery_codes", "user", Outcome::Done, &format!("{CODES} made"))?;
            Ok(codes)
        })
    }

    /// A transaction in which a code is taken; one that does not fit is written down as a failed attempt.
    pub(crate) fn with_code<T>(
        &mut self,
        session: &Session,
        f: impl FnOnce(&mut Self) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        let done = self.transaction(f);
        if matches!(done, Err(RegisterError::Code)) {
            self.note(&session.user, "prove_code", "user", Outcome::Denied, "")?;
        }
        done
    }

    /// Within a transaction: takes a code of the second factor, or a recovery code, if a second factor is on. A user at the console entered
    /// one when logging in.
    pub(crate) fn takes_code(&mut self, session: &Session, code: Option<&str>) -> Result<(), RegisterError> {
        if self.way == Way::Console {
            return Ok(());
        }
        match self.proof(&session.user, code)? {
            Some(proof) => self.use_proof(&session.user, &proof, None).map(|_| ()),
            None => Err(RegisterError::Code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LENGTH, letters, typed};

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = letters(LENGTH, 4).unwrap();
        assert_eq!(code.len(), 14);
        let plain = typed(&code).unwrap();
        for way in
            [code.to_uppercase(), code.replace('-', " "), code.replace('-', ""), format!(" {} ", *code)]
        {
            assert_eq!(typed(&way).as_deref(), Some(&*plain), "{way}");
        }
        for other in ["", "123456", "abcd-efgh", "abcd-efgh-ijkl", "abcd-efgh-ijk1", "abcd-efgh-ijkmn"] {
            assert!(typed(other).is_none(), "{other}");
        }
    }
}
