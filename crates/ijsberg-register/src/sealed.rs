//! Records as rows that only have to be put in.

use ijsberg_store::keys;
use ijsberg_store::records::{self, NewRecord, NewVersion};

use crate::entities::Kind;
use crate::error::RegisterError;
use crate::expected::Wanted;
use crate::ground::Ground;
use crate::lanes::Lane;
use crate::merge::Fields;
use crate::register::{Id, Register};

/// The context of a sealed record: moved to another person or organisation, or to another version, it does not open.
pub(crate) fn context(kind: &str, id: &[u8], version: i64, person: &[u8], organisation: &str) -> Vec<u8> {
    let parts =
        [b"record".as_slice(), kind.as_bytes(), id, &version.to_le_bytes(), person, organisation.as_bytes()];
    parts.iter().flat_map(|p| [&(p.len() as u64).to_le_bytes(), *p].concat()).collect()
}

/// What a sealed reason belongs to.
pub(crate) fn context_of_reason(id: &[u8], person: &[u8], user: &str) -> Vec<u8> {
    [b"break glass".as_slice(), id, person, user.as_bytes()].concat()
}

/// A record and its first version, as rows of their tables.
#[derive(Debug)]
pub(crate) struct Sealed {
    record: NewRecord,
    version: NewVersion,
}

impl Register {
    /// Whether there is a key to seal records under; the first one is made with the first record.
    pub(crate) fn has_record_key(&mut self) -> Result<bool, RegisterError> {
        Ok(keys::has_record_key(self.driver.as_mut())?)
    }

    /// A record and its first version as rows of their tables.
    pub(crate) fn sealed_record(
        &mut self,
        kind: &Kind,
        id: &Id,
        person: Option<&Id>,
        ground: &Ground<'_>,
        fields: &Fields,
    ) -> Result<Sealed, RegisterError> {
        let user = self.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
        // A person decides, and under their own name.
        if kind.name == "status" && fields.get("decided_by").and_then(|v| v.as_str()) != Some(user.as_str()) {
            return Err(RegisterError::invalid("status.decided_by", Wanted::Oneself));
        }
        let (key_id, key) = self.record_key()?;
        let of = person.map(<[u8; 16]>::as_slice).unwrap_or_default();
        let about = context(kind.name, id, 1, of, ground.organisation);
        let body = key.seal(&kind.sealed_form(fields), &about)?;
        let record = NewRecord {
            kind: kind.name.to_owned(),
            id: *id,
            person: person.copied(),
            organisation: ground.organisation.to_owned(),
            lane: Lane::Help.name().to_owned(),
            purpose: ground.purpose.to_owned(),
            basis: ground.basis.to_owned(),
            class: kind.class.name().to_owned(),
            body: body.clone(),
            key_id: key_id.clone(),
            version: 1,
            recorded_by: user.clone(),
            recorded_at: self.stamp(),
        };
        let version = NewVersion {
            kind: kind.name.to_owned(),
            id: *id,
            version: 1,
            body,
            key_id,
            recorded_by: user,
            recorded_at: self.stamp(),
        };
        Ok(Sealed { record, version })
    }

    /// Writes records that were sealed, within a transaction.
    pub(crate) fn insert_sealed(&mut self, all: Vec<Sealed>) -> Result<(), RegisterError> {
        let (rows, versions): (Vec<_>, Vec<_>) = all.into_iter().map(|s| (s.record, s.version)).unzip();
        if !rows.is_empty() {
            records::insert_records(self.driver.as_mut(), &mut rows.into_iter())?;
            records::insert_versions(self.driver.as_mut(), &mut versions.into_iter())?;
        }
        Ok(())
    }
}
