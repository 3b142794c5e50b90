//! Records of a case, sealed, with all their versions.

mod keys;

use std::collections::HashMap;
use std::sync::Arc;

use ijsberg_store::{Row, Value};

use crate::entities::{Kind, about_others, kind_of, read_form};
use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
pub use crate::ground::Ground;
use crate::lanes::Lane;
use crate::merge::{Fields, merge};
use crate::policy::Operation;
use crate::register::{Id, Register, Statuses, named};
use crate::scope::{Reach, Scope};
use crate::sealed::{VERSION, context, version_row};

/// A record as it is read.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Record {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub id: String,
    /// The person it is about.
    pub person: Option<String>,
    /// The organisation that wrote it.
    pub organisation: String,
    /// Lane, purpose and basis.
    pub lane: String,
    /// What for.
    pub purpose: String,
    /// On what basis.
    pub basis: String,
    /// How carefully it is kept.
    pub class: String,
    /// Its version, from 1.
    pub version: i64,
    /// What it says.
    pub fields: Fields,
    /// System and version of the codes, by field.
    pub codes: Fields,
}

fn reading(kind: &Kind) -> Operation {
    if kind.is_about_suspects() { Operation::ReadSuspect } else { Operation::ReadRecord }
}

fn writing(kind: &Kind) -> Operation {
    match kind.name {
        _ if kind.is_about_suspects() => Operation::WriteSuspect,
        "status" => Operation::DecideStatus,
        "disclosure" => Operation::Disclose,
        _ => Operation::WriteRecord,
    }
}

/// All of a record, as [`Register::record_of`] takes it.
pub(crate) const READ: &str =
    "SELECT kind, id, person, organisation, lane, purpose, basis, class, body, key_id, version FROM record";

impl Register {
    pub(crate) fn record_of(&mut self, r: &Row) -> Result<Record, RegisterError> {
        let key = self.record_key_by_id(r.text(9))?;
        let plain =
            key.open(r.bytes(8), &context(r.text(0), r.bytes(1), r.int(10), r.bytes(2), r.text(3)))?;
        let (fields, codes) = read_form(&plain)?;
        let text = |c: usize| r.text(c).to_owned();
        Ok(Record {
            kind: text(0),
            id: ijsberg_crypto::hex(r.bytes(1)),
            person: (!r.is_null(2)).then(|| ijsberg_crypto::hex(r.bytes(2))),
            organisation: text(3),
            lane: text(4),
            purpose: text(5),
            basis: text(6),
            class: text(7),
            version: r.int(10),
            fields,
            codes,
        })
    }

    /// Writes a record; returns its name. Records of the help lane only: the statistics lane has registrations.
    ///
    /// # Errors
    /// If the policy does not allow it, the lane is closed, or the record does not fit its kind.
    pub fn add_record(
        &mut self,
        kind: &str,
        person: Option<&Id>,
        ground: &Ground<'_>,
        fields: &Fields,
    ) -> Result<Id, RegisterError> {
        let kind = kind_of(kind)?;
        kind.check(fields)?;
        if kind.needs_person && person.is_none() {
            return Err(RegisterError::invalid("person", Wanted::WhomItIsAbout));
        }
        if !ground.wrong().is_empty() {
            return Err(RegisterError::invalid("purpose", Wanted::PurposeAndBasis));
        }
        let mut scope = Scope::for_organisation(ground.organisation);
        if let Some(person) = person {
            // That of the organisation that writes, and of each that notified the person. Nobody's is not everybody's.
            scope = match self.scope_of(person)? {
                Scope::Of(all) if !all.is_empty() => {
                    Scope::all(all.iter().map(String::as_str).chain([ground.organisation]))
                }
                restricted @ Scope::Restricted(_) => restricted,
                _ => Scope::all([]),
            };
        }
        let id = self.next_id()?;
        self.act(writing(kind), &scope, &named(kind.name, &id), |r| {
            r.insert_record(kind, &id, person, ground, fields)?;
            Ok((id, format!("fields {}", names(fields))))
        })
    }

    /// Within a transaction.
    pub(crate) fn insert_record(
        &mut self,
        kind: &Kind,
        id: &Id,
        person: Option<&Id>,
        ground: &Ground<'_>,
        fields: &Fields,
    ) -> Result<(), RegisterError> {
        if self.driver.first("SELECT 1 FROM lane WHERE name = 'help'", &[])?.is_none() {
            return Err(RegisterError::LaneClosed(Lane::Help.name().to_owned()));
        }
        if let Some(person) = person {
            let row = self
                .driver
                .first("SELECT erased_at FROM person WHERE id = $1", &[person.as_slice().into()])?;
            match row {
                None => return Err(RegisterError::NotFound(Thing::Person)),
                Some(row) if !row.is_null(0) => return Err(RegisterError::Erased),
                Some(_) => {}
            }
        }
        let sealed = self.sealed_record(kind, id, person, ground, fields)?;
        self.insert_sealed(vec![sealed])
    }

    fn keep_version(
        &mut self,
        kind: &str,
        id: &Id,
        version: i64,
        body: Vec<u8>,
        key: &str,
        user: &str,
    ) -> Result<(), RegisterError> {
        let row = version_row(kind, id, version, body, key, user, self.stamp());
        self.driver.insert_new("record_version", &VERSION, &mut std::iter::once(row))?;
        Ok(())
    }

    /// Reads a record.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none.
    pub fn record(&mut self, kind: &str, id: &Id) -> Result<Record, RegisterError> {
        let kind = kind_of(kind)?;
        let scope = self.scope_of_record(kind, id)?;
        self.read(reading(kind), &scope, &named(kind.name, id), |r| {
            let record = r.read_record(kind, id)?;
            let detail = format!("version {}", record.version);
            Ok((record, detail))
        })
    }

    fn scope_of_record(&mut self, kind: &Kind, id: &Id) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let sql = "SELECT organisation, person FROM record WHERE kind = $1 AND id = $2";
        let values = [kind.name.into(), id.as_slice().into()];
        // Who may not read is not told whether it is there.
        let Some(row) = self.seeing_all(|r| r.driver.first(sql, &values))? else { return Ok(Scope::all([])) };
        let scope = Scope::for_organisation(row.text(0));
        match Id::try_from(row.bytes(1)) {
            Ok(person) => self.unless_restricted(scope, &person),
            Err(_) => Ok(scope),
        }
    }

    fn read_record(&mut self, kind: &Kind, id: &Id) -> Result<Record, RegisterError> {
        let sql = format!("{READ} WHERE kind = $1 AND id = $2");
        let row = self.driver.first(&sql, &[kind.name.into(), id.as_slice().into()])?;
        self.record_of(&row.ok_or(RegisterError::NotFound(Thing::Record))?)
    }

    /// Changes a record that was read at version `base`. What others changed meanwhile is kept; where both changed a field to
    /// different values nothing is written and a person decides.
    ///
    /// # Errors
    /// [`RegisterError::Conflict`] with the fields; or if the policy does not allow it, or the record does not fit its kind.
    pub fn change_record(
        &mut self,
        kind: &str,
        id: &Id,
        base: i64,
        fields: &Fields,
    ) -> Result<i64, RegisterError> {
        let kind = kind_of(kind)?;
        if kind.immutable {
            return Err(RegisterError::Immutable(kind.name));
        }
        let scope = self.scope_of_record(kind, id)?;
        self.act(writing(kind), &scope, &named(kind.name, id), |r| {
            let now = r.read_record(kind, id)?;
            let sql = "SELECT body, key_id FROM record_version WHERE kind = $1 AND id = $2 AND version = $3";
            let row = r.driver.first(sql, &[kind.name.into(), id.as_slice().into(), base.into()])?;
            let row = row.ok_or(RegisterError::NotFound(Thing::Version))?;
            let key = r.record_key_by_id(row.text(1))?;
            let person = now.person.as_deref().and_then(ijsberg_crypto::unhex).unwrap_or_default();
            let about = |version| context(kind.name, id, version, &person, &now.organisation);
            let plain = key.open(row.bytes(0), &about(base))?;
            let (before, _) = read_form(&plain)?;
            let merged = merge(&before, &now.fields, fields)
                .map_err(|fields| RegisterError::Conflict { fields, version: now.version })?;
            kind.check(&merged)?;
            if merged == now.fields {
                return Ok((now.version, "no change".to_owned()));
            }
            let version = now.version + 1;
            let (key_id, key) = r.record_key()?;
            let body = key.seal(&kind.sealed_form(&merged), &about(version))?;
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let sql = "UPDATE record SET body = $1, key_id = $2, version = $3, recorded_by = $4, recorded_at = $5 \
                       WHERE kind = $6 AND id = $7 AND version = $8";
            let values: [Value; 8] = [
                body.clone().into(),
                key_id.as_str().into(),
                version.into(),
                user.as_str().into(),
                r.stamp().into(),
                kind.name.into(),
                id.as_slice().into(),
                now.version.into(),
            ];
            r.driver.execute(sql, &values)?;
            r.keep_version(kind.name, id, version, body, &key_id, &user)?;
            Ok((version, format!("version {version}, fields {}", names(fields))))
        })
    }

    /// All records of a person that the user may read, but for those about suspects. What an organisation out of reach wrote is left out.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn records_of(&mut self, person: &Id) -> Result<Vec<Record>, RegisterError> {
        let scope = self.scope_of(person)?;
        let reach = self.session.as_ref().and_then(|s| s.reach(Operation::ReadRecord));
        let reach = reach.unwrap_or_else(Reach::nowhere);
        self.read(Operation::ReadRecord, &scope, &named("person", person), |r| {
            let mut values = vec![person.as_slice().into()];
            let own = reach.condition("organisation", &mut values);
            let others = about_others();
            let sql = format!("{READ} WHERE person = $1 AND {others} AND {own} ORDER BY recorded_at, kind");
            let rows = r.driver.query(&sql, &values)?;
            let all: Vec<Record> = rows.iter().map(|row| r.record_of(row)).collect::<Result<_, _>>()?;
            let detail = format!("{} records", all.len());
            Ok((all, detail))
        })
    }

    /// What was disclosed to an organisation: the one road through the firewall, a decision on each case.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn disclosed(&mut self, recipient: &str) -> Result<Vec<Record>, RegisterError> {
        self.read(Operation::ReadDisclosed, &Scope::for_organisation(recipient), "disclosures", |r| {
            let rows =
                r.driver.query(&format!("{READ} WHERE kind = 'disclosure' ORDER BY recorded_at"), &[])?;
            let all: Vec<Record> = rows.iter().map(|row| r.record_of(row)).collect::<Result<_, _>>()?;
            let to = |d: &Record| d.fields.get("recipient").and_then(|v| v.as_str()) == Some(recipient);
            let own: Vec<Record> = all.into_iter().filter(to).collect();
            let detail = format!("{} disclosures", own.len());
            Ok((own, detail))
        })
    }

    /// By person, the status that the last decision on it within reach gave. Decisions are added and erased and never changed: as long as
    /// there are as many and the last is the same, what was opened before holds.
    pub(crate) fn last_statuses(&mut self, reach: &Reach) -> Result<Arc<Statuses>, RegisterError> {
        let sql = "SELECT count(*), max(recorded_at) FROM record WHERE kind = 'status'";
        let now = self.driver.first(sql, &[])?.map(|row| (row.int(0), row.text(1).to_owned()));
        if let Some((of, at, statuses)) = &self.statuses
            && (of, Some(at)) == (reach, now.as_ref())
        {
            return Ok(statuses.clone());
        }
        let mut values = Vec::new();
        let own = reach.condition("organisation", &mut values);
        let sql =
            format!("{READ} WHERE kind = 'status' AND person IS NOT NULL AND {own} ORDER BY recorded_at, id");
        let rows = self.driver.query(&sql, &values)?;
        let mut last = HashMap::new();
        for row in &rows {
            let record = self.record_of(row)?;
            let status = record.fields.get("status").and_then(|v| v.as_str());
            last.extend(record.person.clone().zip(status.map(str::to_owned)));
        }
        let last = Arc::new(last);
        self.statuses = now.map(|at| (reach.clone(), at, last.clone()));
        Ok(last)
    }

    /// All records within reach but those about suspects, oldest first.
    pub(crate) fn all_records(&mut self, reach: &Reach) -> Result<Vec<Record>, RegisterError> {
        let mut values = Vec::new();
        let own = reach.condition("organisation", &mut values);
        let others = about_others();
        let sql = format!("{READ} WHERE {others} AND {own} ORDER BY recorded_at, kind, id");
        let rows = self.driver.query(&sql, &values)?;
        rows.iter().map(|row| self.record_of(row)).collect()
    }
}

fn names(fields: &Fields) -> String {
    fields.keys().cloned().collect::<Vec<_>>().join(" ")
}
