//! Records of a case, sealed, with all their versions.

mod keys;

use std::collections::HashMap;
use std::sync::Arc;

use ijsberg_store::records::{self, NewVersion, SealedRecord};

use crate::entities::{Kind, about_others, kind_of, read_form};
use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
pub use crate::ground::Ground;
use crate::lanes::Lane;
use crate::merge::{Fields, merge};
use crate::policy::Operation;
use crate::register::{Id, Register, Statuses, named};
use crate::scope::{Reach, Scope};
use crate::sealed::context;

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

impl Register {
    /// A record, opened.
    pub(crate) fn record_of(&mut self, sealed: &SealedRecord) -> Result<Record, RegisterError> {
        let key = self.record_key_by_id(&sealed.key_id)?;
        let person = sealed.person.as_ref().map(<[u8; 16]>::as_slice).unwrap_or_default();
        let about = context(&sealed.kind, &sealed.id, sealed.version, person, &sealed.organisation);
        let (fields, codes) = read_form(&key.open(&sealed.body, &about)?)?;
        Ok(Record {
            kind: sealed.kind.clone(),
            id: ijsberg_crypto::hex(&sealed.id),
            person: sealed.person.map(|person| ijsberg_crypto::hex(&person)),
            organisation: sealed.organisation.clone(),
            lane: sealed.lane.clone(),
            purpose: sealed.purpose.clone(),
            basis: sealed.basis.clone(),
            class: sealed.class.clone(),
            version: sealed.version,
            fields,
            codes,
        })
    }

    /// Writes a record; returns its name. Records of the support track only: the statistics track has registrations.
    ///
    /// # Errors
    /// If the policy does not allow it, the track is closed, or the record does not fit its kind.
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
            // The writing organisation, and each that notified the person. A person of no organisation is not open to all.
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
        if !records::may_be_written(self.driver.as_mut())? {
            return Err(RegisterError::LaneClosed(Lane::Help.name().to_owned()));
        }
        if let Some(person) = person {
            self.not_erased(person)?;
        }
        let sealed = self.sealed_record(kind, id, person, ground, fields)?;
        self.insert_sealed(vec![sealed])
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
        // A user who may not read it does not learn whether it exists.
        let Some(owner) = self.seeing_all(|r| records::owner(r.driver.as_mut(), kind.name, id))? else {
            return Ok(Scope::all([]));
        };
        let scope = Scope::for_organisation(&owner.organisation);
        match owner.person {
            Some(person) => self.unless_restricted(scope, &person),
            None => Ok(scope),
        }
    }

    fn read_record(&mut self, kind: &Kind, id: &Id) -> Result<Record, RegisterError> {
        let sealed = records::record(self.driver.as_mut(), kind.name, id)?;
        self.record_of(&sealed.ok_or(RegisterError::NotFound(Thing::Record))?)
    }

    /// Changes a record that was read at version `base`. Changes that others made meanwhile are kept; if both changed a field to different
    /// values, nothing is written and a person decides.
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
            let old = records::version(r.driver.as_mut(), kind.name, id, base)?;
            let old = old.ok_or(RegisterError::NotFound(Thing::Version))?;
            let key = r.record_key_by_id(&old.key_id)?;
            let person = now.person.as_deref().and_then(ijsberg_crypto::unhex).unwrap_or_default();
            let about = |version| context(kind.name, id, version, &person, &now.organisation);
            let plain = key.open(&old.body, &about(base))?;
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
            let mut new = NewVersion {
                kind: kind.name.to_owned(),
                id: *id,
                version,
                body,
                key_id,
                recorded_by: user,
                recorded_at: r.stamp(),
            };
            records::replace(r.driver.as_mut(), &new, now.version)?;
            new.recorded_at = r.stamp();
            records::insert_versions(r.driver.as_mut(), &mut std::iter::once(new))?;
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
            let rows = records::about_person(r.driver.as_mut(), person, about_others(), reach.within())?;
            let all: Vec<Record> = rows.iter().map(|row| r.record_of(row)).collect::<Result<_, _>>()?;
            let detail = format!("{} records", all.len());
            Ok((all, detail))
        })
    }

    /// Records that were disclosed to an organisation: the only way through the firewall, by a decision on each case.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn disclosed(&mut self, recipient: &str) -> Result<Vec<Record>, RegisterError> {
        self.read(Operation::ReadDisclosed, &Scope::for_organisation(recipient), "disclosures", |r| {
            let rows = records::disclosures(r.driver.as_mut())?;
            let all: Vec<Record> = rows.iter().map(|row| r.record_of(row)).collect::<Result<_, _>>()?;
            let to = |d: &Record| d.fields.get("recipient").and_then(|v| v.as_str()) == Some(recipient);
            let own: Vec<Record> = all.into_iter().filter(to).collect();
            let detail = format!("{} disclosures", own.len());
            Ok((own, detail))
        })
    }

    /// By person, the status given by the last decision within reach. Decisions are added and erased and never changed: while their number
    /// and the last one are the same, those opened before are still valid.
    pub(crate) fn last_statuses(&mut self, reach: &Reach) -> Result<Arc<Statuses>, RegisterError> {
        let now = records::decisions(self.driver.as_mut())?;
        let now = now.map(|decisions| (decisions.count, decisions.last.unwrap_or_default()));
        if let Some((of, at, statuses)) = &self.statuses
            && (of, Some(at)) == (reach, now.as_ref())
        {
            return Ok(statuses.clone());
        }
        let rows = records::statuses(self.driver.as_mut(), reach.within())?;
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
        let rows = records::of_kinds(self.driver.as_mut(), about_others(), reach.within())?;
        rows.iter().map(|row| self.record_of(row)).collect()
    }
}

fn names(fields: &Fields) -> String {
    fields.keys().cloned().collect::<Vec<_>>().join(" ")
}
