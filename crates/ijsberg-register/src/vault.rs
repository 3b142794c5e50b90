//! Who somebody is: each field sealed under a key of that person, each such key wrapped under a key that the register does not
//! hold. Taking a person's key away erases the identity, in every copy that does not hold the key either.

use std::collections::BTreeMap;

use ijsberg_crypto::Key;
use ijsberg_outside::{Line, Passage};
use ijsberg_store::Value;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::days::{HAPPENED, happened};
use crate::epoch::Domain;
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::policy::Operation;
use crate::records::context_of_reason;
use crate::register::{Id, Register, named};
use crate::scope::{EVERYWHERE, Scope};

/// Characters of a value of an identity.
const LONGEST_VALUE: usize = 500;

/// How many persons somebody can look up within which time.
const PACE: [(SignedDuration, usize); 2] =
    [(SignedDuration::from_mins(1), 20), (SignedDuration::from_hours(1), 120)];

/// Names in the audit log beside those of operations.
pub(crate) const UNUSUAL: &str = "unusual_reading";

/// How the log ends of a look at a pair of which names were opened.
pub(crate) const NAMES_SEEN: &str = " fields of identity opened";
const ACKNOWLEDGE: &str = "acknowledge";

/// Fields of the vault.
pub const FIELDS: &[&str] = &[
    "given_name",
    "family_name",
    "alias",
    "birth_date",
    "identity_number",
    "email",
    "phone",
    "address",
    "place",
    "safe_contact",
];

/// The field of that name.
pub fn field(name: &str) -> Option<&'static str> {
    FIELDS.iter().find(|f| **f == name).copied()
}

/// Whether a value is one that a field can have; what was expected if not. An empty one takes the field out.
pub(crate) fn fits(field: &str, value: &str, today: Date) -> Result<(), Wanted> {
    if field == "birth_date" && !value.trim().is_empty() && !happened(value.trim(), today) {
        return Err(HAPPENED);
    }
    Ok(())
}

/// An identity by field.
pub type Identity = BTreeMap<String, String>;

/// The longest that broken glass stays open, in minutes.
pub const LONGEST_BREAK: i64 = 180;

pub(crate) fn context(person: &Id, field: &str) -> Vec<u8> {
    [b"identity".as_slice(), person, field.as_bytes()].concat()
}

impl Register {
    /// A key of a person, wrapped, and the fields of the identity under it, as rows of their tables.
    pub(crate) fn sealed_identity(
        &self,
        person: &Id,
        identity: &[(&'static str, String)],
    ) -> Result<(Vec<Value>, Vec<Vec<Value>>), RegisterError> {
        let key = Key::random()?;
        let wrapped = self.key(Domain::Vault)?.seal(key.bytes(), &context(person, "key"))?;
        let mut fields = Vec::new();
        for (name, value) in identity.iter().filter(|f| !f.1.trim().is_empty()) {
            let sealed = key.seal(value.trim().as_bytes(), &context(person, name))?;
            fields.push(vec![person.as_slice().into(), (*name).into(), sealed.into()]);
        }
        let under = self.key_name(Domain::Vault)?;
        Ok((vec![person.as_slice().into(), wrapped.into(), under.into()], fields))
    }

    fn person_key(&mut self, person: &Id) -> Result<Key, RegisterError> {
        let vault = self.vault.as_ref().ok_or(RegisterError::VaultClosed)?;
        let row = self
            .driver
            .first("SELECT wrapped, under FROM person_key WHERE person = $1", &[person.as_slice().into()])?;
        let row = row.ok_or(RegisterError::Erased)?;
        let master = vault.ring.get(row.text(1)).ok_or(RegisterError::VaultClosed)?;
        let bytes = master.open(row.bytes(0), &context(person, "key"))?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RegisterError::Erased)?;
        Ok(Key::from_bytes(bytes))
    }

    /// Empty for who was never named; erased is something else.
    pub(crate) fn open_identity(&mut self, person: &Id) -> Result<Identity, RegisterError> {
        let sql = "SELECT erased_at, (SELECT count(*) FROM person_key k WHERE k.person = p.id) FROM person p WHERE id = $1";
        let row = self.driver.first(sql, &[person.as_slice().into()])?;
        if row.is_some_and(|r| r.is_null(0) && r.int(1) == 0) {
            return Ok(Identity::new());
        }
        let key = self.person_key(person)?;
        let rows = self
            .driver
            .query("SELECT field, value FROM identity WHERE person = $1", &[person.as_slice().into()])?;
        let mut identity = Identity::new();
        for r in rows {
            let plain = key.open(r.bytes(1), &context(person, r.text(0)))?;
            identity.insert(r.text(0).to_owned(), String::from_utf8_lossy(&plain).into_owned());
        }
        Ok(identity)
    }

    /// Who somebody is.
    ///
    /// # Errors
    /// If the policy does not allow it, the vault is closed, or it was erased.
    pub fn identity(&mut self, person: &Id) -> Result<Identity, RegisterError> {
        let scope = self.scope_of(person)?;
        self.at_a_persons_pace(Operation::ReadIdentity, &scope, &named("person", person))?;
        self.read(Operation::ReadIdentity, &scope, &named("person", person), |r| {
            let identity = r.open_identity(person)?;
            let detail = format!("fields {}", identity.keys().cloned().collect::<Vec<_>>().join(" "));
            Ok((identity, detail))
        })
    }

    /// Changes fields of an identity; an empty value takes a field out.
    ///
    /// # Errors
    /// If the policy does not allow it, the vault is closed, a field is not one of the vault, or it was erased.
    pub fn set_identity(&mut self, person: &Id, changes: &Identity) -> Result<(), RegisterError> {
        if changes.keys().any(|k| field(k).is_none()) {
            return Err(RegisterError::invalid("identity", Expected::OneOf(FIELDS.join(", "))));
        }
        if let Some((field, expected)) = changes.iter().find_map(|(f, v)| Some((f, unfit(v)?))) {
            return Err(RegisterError::invalid(field, expected));
        }
        for (name, value) in changes {
            fits(name, value, self.today()).map_err(|expected| RegisterError::invalid(name, expected))?;
        }
        let scope = self.scope_of(person)?;
        self.act(Operation::WriteIdentity, &scope, &named("person", person), |r| {
            let lanes = r.driver.query(
                "SELECT DISTINCT lane FROM registration WHERE person = $1",
                &[person.as_slice().into()],
            )?;
            if !lanes.iter().any(|l| l.text(0) == "help") {
                return Err(RegisterError::invalid("lane", Wanted::HelpLane));
            }
            let there =
                r.driver.first("SELECT 1 FROM person_key WHERE person = $1", &[person.as_slice().into()])?;
            let erased =
                r.driver.first("SELECT erased_at FROM person WHERE id = $1", &[person.as_slice().into()])?;
            if erased.is_none_or(|row| !row.is_null(0)) {
                return Err(RegisterError::Erased);
            }
            if there.is_none() {
                let (row, _) = r.sealed_identity(person, &[])?;
                let columns = ["person", "wrapped", "under"];
                r.driver.insert_new("person_key", &columns, &mut std::iter::once(row))?;
            }
            let key = r.person_key(person)?;
            for (name, value) in changes {
                let values: [Value; 2] = [person.as_slice().into(), name.as_str().into()];
                r.driver.execute("DELETE FROM identity WHERE person = $1 AND field = $2", &values)?;
                if !value.trim().is_empty() {
                    let sealed = key.seal(value.trim().as_bytes(), &context(person, name))?;
                    let row = vec![person.as_slice().into(), name.as_str().into(), sealed.into()];
                    r.driver.insert_new(
                        "identity",
                        &["person", "field", "value"],
                        &mut std::iter::once(row),
                    )?;
                }
            }
            let detail = format!("fields {}", changes.keys().cloned().collect::<Vec<_>>().join(" "));
            Ok(((), detail))
        })
    }

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
            let identity = r.open_identity(person)?;
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

    /// Refuses what nobody reads at: who somebody is, of more persons, or pairs with names, in a minute or an hour than one can look at.
    /// The refusal stands in the audit log under a name of its own, for whoever looks there.
    pub(crate) fn at_a_persons_pace(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
    ) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        // Of all entries, however many others were written since: whoever reads cannot push their own reading out of sight. The names
        // stand in the statement as in the index that finds them.
        let [read, broken] = [Operation::ReadIdentity, Operation::BreakGlass].map(Operation::name);
        let sql = format!(
            "SELECT at_time FROM audit WHERE actor = $1 AND operation IN ('{read}', '{broken}') ORDER BY seq DESC LIMIT 200"
        );
        let mut times = self.driver.query(&sql, &[user.as_str().into()])?;
        let pairs = format!(
            "SELECT at_time FROM audit WHERE actor = $1 AND operation = '{}' AND detail LIKE '%{NAMES_SEEN}' ORDER BY seq DESC LIMIT 200",
            Operation::Link.name()
        );
        times.extend(self.driver.query(&pairs, &[user.as_str().into()])?);
        let times: Vec<Timestamp> = times.iter().filter_map(|r| r.text(0).parse().ok()).collect();
        let since =
            |span: SignedDuration| times.iter().filter(|t| self.now.duration_since(**t) < span).count();
        for (span, most) in PACE {
            if since(span) >= most {
                let detail = format!("{most} read within {} minutes", span.as_mins());
                // Whoever answers for a user is told, whomever the user tried to look up.
                let scope = self.own_organisations().unwrap_or_else(|| scope.clone());
                let denied = crate::audit::Outcome::Denied;
                self.transaction(|r| r.append_of(&scope, &user, UNUSUAL, subject, denied, &detail))?;
                return Err(RegisterError::Pace { operation, until: (self.now + span).to_string() });
            }
        }
        Ok(())
    }

    /// The organisations that whoever is logged in works for; nothing for who works for all.
    fn own_organisations(&self) -> Option<Scope> {
        let grants = &self.session.as_ref()?.grants;
        let everywhere = grants.iter().any(|g| g.organisation == EVERYWHERE);
        (!everywhere).then(|| Scope::all(grants.iter().map(|g| g.organisation.as_str())))
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
            let all = r.glass(&which, &values)?;
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
            Some(person) => self.scope_of(&person)?,
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

/// Why a value is none of an identity; `None` if it is one. An address may have several lines.
pub(crate) fn unfit(value: &str) -> Option<Wanted> {
    let fits = value.trim().is_empty() || Line::new(&value.replace(['\n', '\r'], " "), LONGEST_VALUE).is_ok();
    (!fits).then_some(Wanted::Identity)
}

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
