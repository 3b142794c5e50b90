//! Records as rows that only have to be put in.

use ijsberg_store::Value;

use crate::entities::Kind;
use crate::error::RegisterError;
use crate::expected::Wanted;
use crate::ground::Ground;
use crate::lanes::Lane;
use crate::merge::Fields;
use crate::register::{Id, Register};

/// What a sealed record belongs to: moved to another person or organisation, or to another version, it does not open.
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
    record: Vec<Value>,
    version: Vec<Value>,
}

/// Columns of a version.
pub(crate) const VERSION: [&str; 7] =
    ["kind", "id", "version", "body", "key_id", "recorded_by", "recorded_at"];

pub(crate) fn version_row(
    kind: &str,
    id: &Id,
    version: i64,
    body: Vec<u8>,
    key: &str,
    user: &str,
    at: String,
) -> Vec<Value> {
    vec![kind.into(), id.as_slice().into(), version.into(), body.into(), key.into(), user.into(), at.into()]
}

impl Register {
    /// Whether there is a key to seal records under; the first one is made by whoever writes the first record.
    pub(crate) fn has_record_key(&mut self) -> Result<bool, RegisterError> {
        let sql = "SELECT 1 FROM wrapped_key WHERE purpose = 'records' AND retired_at IS NULL LIMIT 1";
        Ok(self.driver.first(sql, &[])?.is_some())
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
        let record = vec![
            kind.name.into(),
            id.as_slice().into(),
            person.map(<[u8; 16]>::as_slice).into(),
            ground.organisation.into(),
            Lane::Help.name().into(),
            ground.purpose.into(),
            ground.basis.into(),
            kind.class.name().into(),
            body.clone().into(),
            key_id.as_str().into(),
            1.into(),
            user.as_str().into(),
            self.stamp().into(),
        ];
        Ok(Sealed { record, version: version_row(kind.name, id, 1, body, &key_id, &user, self.stamp()) })
    }

    /// Writes records that were sealed, within a transaction.
    pub(crate) fn insert_sealed(&mut self, all: Vec<Sealed>) -> Result<(), RegisterError> {
        let (records, versions): (Vec<_>, Vec<_>) = all.into_iter().map(|s| (s.record, s.version)).unzip();
        let columns = [
            "kind",
            "id",
            "person",
            "organisation",
            "lane",
            "purpose",
            "basis",
            "class",
            "body",
            "key_id",
            "version",
            "recorded_by",
            "recorded_at",
        ];
        if !records.is_empty() {
            self.driver.insert_new("record", &columns, &mut records.into_iter())?;
            self.driver.insert_new("record_version", &VERSION, &mut versions.into_iter())?;
        }
        Ok(())
    }
}
