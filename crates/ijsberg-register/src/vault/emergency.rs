//! Emergency access: who somebody is, read beyond one's own organisation with a reason, for a while, and with somebody else told of it.
//! Whoever was told acknowledges it, and somebody who did not do it reviews it.

use ijsberg_outside::Passage;
use ijsberg_store::Value;
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
            let sql = "SELECT 1 FROM app_user WHERE name = $1 AND disabled = 0";
            if notified == user || r.driver.first(sql, &[notified.into()])?.is_none() {
                return Err(RegisterError::invalid("notified", Wanted::SomebodyTold));
            }
            // It comes with a reason, and two others look at it: what happens in an emergency is in the interest of others too.
            let identity = r.seeing_all(|r| r.open_identity(person))?;
            let id = r.next_id()?;
            let (key_id, key) = r.record_key()?;
            let sealed = key.seal(reason.as_bytes(), &context_of_reason(&id, person, &user))?;
            let until = r.now + SignedDuration::from_mins(minutes);
            let row = vec![
                id.as_slice().into(),
                user.as_str().into(),
                person.as_slice().into(),
                sealed.into(),
                key_id.into(),
                r.now.to_string().into(),
                until.to_string().into(),
                notified.into(),
                "".into(),
            ];
            let columns = [
                "id",
                "user_name",
                "person",
                "reason",
                "key_id",
                "from_time",
                "until_time",
                "notified",
                "acknowledged_at",
            ];
            r.driver.insert_new("break_glass", &columns, &mut std::iter::once(row))?;
            Ok((identity, format!("until {until}, {notified} told")))
        })
    }

    /// Emergencies that whoever is logged in was told of and has not acknowledged yet, without who the person is.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn notices(&mut self) -> Result<Vec<BrokenGlass>, RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        self.glass("notified = $1 AND acknowledged_at = ''", &[user.as_str().into()])
    }

    /// Acknowledges that one was told.
    ///
    /// # Errors
    /// If nobody is logged in, or was told of no such event.
    pub fn acknowledge(&mut self, id: &Id) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let subject = named("break glass", id);
        self.transaction(|r| {
            let sql = "UPDATE break_glass SET acknowledged_at = $1 WHERE id = $2 AND notified = $3 AND acknowledged_at = ''";
            let values = [r.now.to_string().into(), id.as_slice().into(), user.as_str().into()];
            match r.driver.execute(sql, &values)? {
                0 => Err(RegisterError::NotFound(Thing::EventToldOf)),
                _ => r.append(&user, ACKNOWLEDGE, &subject, crate::audit::Outcome::Done, ""),
            }
        })
    }

    fn glass(&mut self, which: &str, values: &[Value]) -> Result<Vec<BrokenGlass>, RegisterError> {
        let sql = format!(
            "SELECT id, user_name, person, reason, key_id, from_time, notified FROM break_glass WHERE {which} ORDER BY from_time"
        );
        let mut all = Vec::new();
        for row in self.driver.query(&sql, values)? {
            let key = self.record_key_by_id(row.text(4))?;
            let reason =
                key.open(row.bytes(3), &context_of_reason(row.bytes(0), row.bytes(2), row.text(1)))?;
            all.push(BrokenGlass {
                id: ijsberg_crypto::hex(row.bytes(0)),
                user: row.text(1).to_owned(),
                person: ijsberg_crypto::hex(row.bytes(2)),
                reason: String::from_utf8_lossy(&reason).into_owned(),
                from: row.text(5).to_owned(),
                notified: row.text(6).to_owned(),
            });
        }
        Ok(all)
    }

    /// Who broke the glass and nobody has looked at yet, of persons within reach.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn broken_glass(&mut self) -> Result<Vec<BrokenGlass>, RegisterError> {
        self.read_within(Operation::ReviewBreakGlass, "break glass", |r, reach| {
            let mut values = Vec::new();
            let which = format!("reviewed_by IS NULL AND {}", reach.of_person("person", &mut values));
            let all = r.seeing_all(|r| r.glass(&which, &values))?;
            let detail = format!("{} open", all.len());
            Ok((all, detail))
        })
    }

    /// Notes that somebody looked at it; not whoever did it.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is no such event.
    pub fn review_broken_glass(&mut self, id: &Id) -> Result<(), RegisterError> {
        let sql = "SELECT person FROM break_glass WHERE id = $1";
        let row = self.driver.first(sql, &[id.as_slice().into()])?;
        let scope = match row.and_then(|r| Id::try_from(r.bytes(0)).ok()) {
            Some(person) => self.scope_of(&person)?.though_restricted(),
            None => Scope::Everywhere,
        };
        self.act(Operation::ReviewBreakGlass, &scope, &named("break glass", id), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let sql = "UPDATE break_glass SET reviewed_by = $1, reviewed_at = $2 \
                       WHERE id = $3 AND reviewed_by IS NULL AND user_name <> $4";
            let at = r.now.to_string();
            match r.driver.execute(
                sql,
                &[user.as_str().into(), at.into(), id.as_slice().into(), user.as_str().into()],
            )? {
                0 => Err(RegisterError::NotFound(Thing::EventOfAnother)),
                _ => Ok(((), String::new())),
            }
        })
    }
}
