//! Emergency access: an identity is read beyond one's own organisation with a reason, for a limited time, and another user is notified.
//! That user acknowledges it, and a user other than the reader reviews it.

use ijsberg_outside::Passage;
use ijsberg_store::emergencies::{self, Emergency, NewEmergency};
use jiff::SignedDuration;

use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::Scope;
use crate::sealed::context_of_reason;
use crate::vault::Identity;

/// The longest that broken glass stays open, in minutes.
pub const LONGEST_BREAK: i64 = 180;

/// The name in the audit log, beside those of operations.
const ACKNOWLEDGE: &str = "acknowledge";

/// A use of emergency access.
#[derive(Debug, Clone, serde::Serialize)]
pub struct BrokenGlass {
    /// The event.
    pub id: String,
    /// Who.
    pub user: String,
    /// Of whom.
    pub person: String,
    /// Why.
    pub reason: String,
    /// When.
    pub from: String,
    /// The user who was notified.
    pub notified: String,
}

impl Register {
    /// Reads an identity in an emergency, beyond one's own organisation: with a reason, for a limited time, and with notification of
    /// another user.
    ///
    /// # Errors
    /// If the policy does not allow it, the reason is missing, or no other user is notified.
    pub fn break_glass(
        &mut self,
        person: &Id,
        reason: &str,
        minutes: i64,
        notified: &str,
    ) -> Result<Identity, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let reason = Passage::new(reason, 2000).ok().filter(Passage::says_something);
        let reason = reason.ok_or_else(|| RegisterError::invalid("reason", Wanted::Reason))?;
        let reason = reason.as_str();
        if !(1..=LONGEST_BREAK).contains(&minutes) {
            return Err(RegisterError::invalid("minutes", Wanted::Minutes));
        }
        let scope = self.scope_of(person)?;
        self.at_a_persons_pace(Operation::BreakGlass, &scope, &named("person", person))?;
        let scope = Scope::Beyond(scope.organisations().clone());
        self.act(Operation::BreakGlass, &scope, &named("person", person), |r| {
            if notified == user || !emergencies::can_be_notified(r.driver.as_mut(), notified)? {
                return Err(RegisterError::invalid("notified", Wanted::SomebodyTold));
            }
            // It comes with a reason, and two others look at it: what happens in an emergency is in the interest of others too.
            let identity = r.seeing_all(|r| r.open_identity(person))?;
            let id = r.next_id()?;
            let (key_id, key) = r.record_key()?;
            let sealed = key.seal(reason.as_bytes(), &context_of_reason(&id, person, &user))?;
            let until = r.now + SignedDuration::from_mins(minutes);
            let new = NewEmergency {
                id: &id,
                user_name: &user,
                person,
                reason: &sealed,
                key_id: &key_id,
                from_time: &r.now.to_string(),
                until_time: &until.to_string(),
                notified,
            };
            emergencies::insert(r.driver.as_mut(), &new)?;
            Ok((identity, format!("until {until}, {notified} told")))
        })
    }

    /// Emergency access of which the logged-in user was notified and that they have not acknowledged yet, without the identity.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn notices(&mut self) -> Result<Vec<BrokenGlass>, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let all = emergencies::unacknowledged_by(self.driver.as_mut(), &user)?;
        self.with_reasons(all)
    }

    /// Acknowledges a notification.
    ///
    /// # Errors
    /// If nobody is logged in, or the user was not notified of such an event.
    pub fn acknowledge(&mut self, id: &Id) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let subject = named("break glass", id);
        self.transaction(|r| {
            let at = r.now.to_string();
            match emergencies::acknowledge(r.driver.as_mut(), id, &user, &at)? {
                0 => Err(RegisterError::NotFound(Thing::EventToldOf)),
                _ => r.append(&user, ACKNOWLEDGE, &subject, crate::audit::Outcome::Done, ""),
            }
        })
    }

    /// Emergencies with their reasons, opened.
    fn with_reasons(&mut self, all: Vec<Emergency>) -> Result<Vec<BrokenGlass>, RegisterError> {
        let mut opened = Vec::with_capacity(all.len());
        for sealed in all {
            let key = self.record_key_by_id(&sealed.key_id)?;
            let about = context_of_reason(&sealed.id, &sealed.person, &sealed.user_name);
            let reason = key.open(&sealed.reason, &about)?;
            opened.push(BrokenGlass {
                id: ijsberg_crypto::hex(&sealed.id),
                user: sealed.user_name,
                person: ijsberg_crypto::hex(&sealed.person),
                reason: String::from_utf8_lossy(&reason).into_owned(),
                from: sealed.from_time,
                notified: sealed.notified,
            });
        }
        Ok(opened)
    }

    /// Emergency access that nobody has reviewed yet, to persons within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn broken_glass(&mut self) -> Result<Vec<BrokenGlass>, RegisterError> {
        self.read_within(Operation::ReviewBreakGlass, "break glass", |r, reach| {
            let all = r.seeing_all(|r| emergencies::unreviewed(r.driver.as_mut(), reach.within()))?;
            let all = r.with_reasons(all)?;
            let detail = format!("{} open", all.len());
            Ok((all, detail))
        })
    }

    /// Records a review of emergency access; not by the user who used it.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is no such event.
    pub fn review_broken_glass(&mut self, id: &Id) -> Result<(), RegisterError> {
        let scope = match emergencies::person_of(self.driver.as_mut(), id)? {
            Some(person) => self.scope_of(&person)?.though_restricted(),
            None => Scope::Everywhere,
        };
        self.act(Operation::ReviewBreakGlass, &scope, &named("break glass", id), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let at = r.now.to_string();
            match emergencies::review(r.driver.as_mut(), id, &user, &at)? {
                0 => Err(RegisterError::NotFound(Thing::EventOfAnother)),
                _ => Ok(((), String::new())),
            }
        })
    }
}
