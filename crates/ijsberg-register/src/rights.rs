//! Right of access: the data that are registered of one person, as a packet for them. It contains nobody else: fields that name others or
//! lead to them are left out, and free texts, which may mention others, are included only if the user who makes the packet asks for them
//! and reads them.

use ijsberg_store::retention;
use serde::Serialize;

use crate::dossier::Period;
use crate::entities::Holds::{Ids, Text};
use crate::entities::kind_of;
use crate::error::RegisterError;
use crate::merge::Fields;
use crate::policy::Operation;
use crate::records::Record;
use crate::register::{Id, Register, named};
use crate::registrations::Registration;
use crate::scope::Scope;
use crate::vault::Identity;

/// Fields that name others: users who work on a case, and people with control over the person.
const OTHERS: [(&str, &str); 5] = [
    ("case", "owner"),
    ("signal", "triaged_by"),
    ("episode", "controlled_by"),
    ("status", "decided_by"),
    ("status", "second_reader"),
];

/// Texts that normally contain a code of an organisation, a place, a language, a rule or an article; any other content is treated as free
/// text.
const PLAIN: [&str; 9] =
    ["region", "language", "indicator", "rules", "basis", "recipient", "to", "authority", "items"];

/// The field of an identity that says how somebody is safely reached.
const SAFE_CONTACT: &str = "safe_contact";

/// What is registered of a person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Packet {
    /// The pseudonym.
    pub person: String,
    /// Who they are, as it was registered.
    pub identity: Identity,
    /// Notifications of them.
    pub registrations: Vec<Registration>,
    /// Records of their case.
    pub records: Vec<PacketRecord>,
    /// Purposes with the months for which they are kept.
    pub periods: Vec<Period>,
}

/// A record without others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PacketRecord {
    /// Its kind.
    pub kind: String,
    /// The organisation that wrote it.
    pub organisation: String,
    /// What for.
    pub purpose: String,
    /// On what basis.
    pub basis: String,
    /// What it says.
    pub fields: Fields,
    /// Free texts: to be read before they are handed over where they are among the fields, and left out where they are not.
    pub texts: Vec<String>,
    /// Fields that were left out since they name others or lead to them.
    pub others: Vec<String>,
}

impl PacketRecord {
    fn from_record(record: Record, texts: bool) -> Result<Self, RegisterError> {
        let kind = kind_of(&record.kind)?;
        let mut told = Self {
            kind: record.kind,
            organisation: record.organisation,
            purpose: record.purpose,
            basis: record.basis,
            fields: Fields::new(),
            texts: Vec::new(),
            others: Vec::new(),
        };
        for (name, value) in record.fields {
            let holds = kind.fields.iter().find(|f| f.0 == name).map(|f| f.1);
            if holds == Some(Ids) || OTHERS.contains(&(kind.name, name.as_str())) {
                told.others.push(name);
                continue;
            }
            // What is no field of its kind any more is a text that nobody knows.
            let is_code =
                PLAIN.contains(&name.as_str()) && value.as_str().is_some_and(crate::notify::is_code);
            if matches!(holds, Some(Text) | None) && !is_code {
                told.texts.push(name.clone());
                if !texts {
                    continue;
                }
            }
            told.fields.insert(name, value);
        }
        Ok(told)
    }
}

impl Register {
    /// The data that are registered of a person, for them: of every organisation, without others. Records about suspects are not in it. It
    /// is also for people whose processing is restricted.
    ///
    /// # Errors
    /// If the policy does not allow it for every organisation that has something about the person, or the vault is closed.
    pub fn access_packet(&mut self, person: &Id, texts: bool) -> Result<Packet, RegisterError> {
        self.seeing_all(|r| r.packet(person, texts))
    }

    fn packet(&mut self, person: &Id, texts: bool) -> Result<Packet, RegisterError> {
        let scope = self.scope_of_all_about(person)?;
        let of = if matches!(scope, Scope::Restricted(_)) { "of restricted data" } else { "" };
        let periods = self.read(Operation::ReadRecord, &scope, &named("access", person), |r| {
            let periods = retention::periods(r.driver.as_mut())?;
            Ok((periods.into_iter().map(Period::from).collect(), of.to_owned()))
        })?;
        let registrations = self.registrations(person)?;
        let records = self.records_of(person)?;
        let identity = match self.identity(person) {
            Err(RegisterError::Erased) => Identity::new(),
            other => other?,
        };
        // How somebody is reached is often the telephone of somebody else.
        let identity = identity.into_iter().filter(|(field, _)| texts || field != SAFE_CONTACT).collect();
        let records = records.into_iter().map(|record| PacketRecord::from_record(record, texts));
        Ok(Packet {
            person: ijsberg_crypto::hex(person),
            identity,
            registrations,
            records: records.collect::<Result<_, _>>()?,
            periods,
        })
    }
}
