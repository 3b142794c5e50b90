//! Emergency access: who somebody is, read beyond one's own organisation with a reason, for a while, and with somebody else told of it.
//! Whoever was told acknowledges it, and somebody who did not do it reviews it.

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

/// Somebody read an identity in an emergency.
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
    /// Who was told.
    pub notified: String,
}

impl Register {
    /// Reads who somebody is in an emergency, beyond one's own organisation: with a reason, for a while, and with somebody else
    /// told of it.
    ///
    /// # Errors
    /// If the policy does not allow it, the reason is missing, or nobody else is told.
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
            if notified == user || !emergencies::can_be_told(r.driver.as_mut(), notified)? {
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

    /// Emergencies that whoever is logged in was told of and has not acknowledged yet, without who the person is.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn notices(&mut self) -> Result<Vec<BrokenGlass>, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let all = emergencies::unacknowledged_by(self.driver.as_mut(), &user)?;
        self.with_reasons(all)
    }

    /// Acknowledges that one was told.
    ///
    /// # Errors
    /// If nobody is logged in, or was told of no such event.
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

    /// Who broke the glass and nobody has looked at yet, of persons within reach.
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

    /// Notes that somebody looked at it; not whoever did it.
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
