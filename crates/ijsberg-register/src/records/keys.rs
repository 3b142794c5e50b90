//! The keys that records, their versions and reasons for emergency access are sealed under, and how all of them change to a new one.

use ijsberg_crypto::Key;
use ijsberg_store::{Row, Value};

use crate::domain::Domain;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::register::Register;
use crate::sealed::{context, context_of_reason};

/// Reasons of broken glass, and what they belong to.
const REASONS: &str = "SELECT id, reason, key_id, person, user_name FROM break_glass";

/// What is sealed in a table of records, and what it belongs to.
fn sealed_in(table: &str) -> String {
    format!(
        "SELECT t.kind, t.id, t.version, t.body, t.key_id, r.person, r.organisation FROM {table} t \
         JOIN record r ON r.kind = t.kind AND r.id = t.id"
    )
}

fn context_of(row: &Row) -> Vec<u8> {
    context(row.text(0), row.bytes(1), row.int(2), row.bytes(5), row.text(6))
}

impl Register {
    /// The key for new records; made at first use.
    pub(crate) fn record_key(&mut self) -> Result<(String, Key), RegisterError> {
        let sql = "SELECT id FROM wrapped_key WHERE purpose = 'records' AND retired_at IS NULL ORDER BY created_at DESC, id LIMIT 1";
        if let Some(row) = self.driver.first(sql, &[])? {
            let id = row.text(0).to_owned();
            let key = self.record_key_by_id(&id)?;
            return Ok((id, key));
        }
        self.new_record_key()
    }

    fn new_record_key(&mut self) -> Result<(String, Key), RegisterError> {
        let key = Key::random()?;
        let id = ijsberg_crypto::hex(&self.next_id()?);
        let wrapped = self.key(Domain::Records)?.seal(key.bytes(), format!("records:{id}").as_bytes())?;
        let row = vec![id.as_str().into(), "records".into(), wrapped.into(), self.now.to_string().into()];
        let columns = ["id", "purpose", "wrapped", "created_at"];
        self.driver.insert_new("wrapped_key", &columns, &mut std::iter::once(row))?;
        // Not cached: the transaction may yet be taken back.
        Ok((id, key))
    }

    pub(crate) fn record_key_by_id(&mut self, id: &str) -> Result<Key, RegisterError> {
        if let Some(key) = self.record_keys.get(id) {
            return Ok(key.clone());
        }
        let row = self.driver.first("SELECT wrapped FROM wrapped_key WHERE id = $1", &[id.into()])?;
        let row = row.ok_or(RegisterError::NotFound(Thing::Key))?;
        let bytes = self.key(Domain::Records)?.open(row.bytes(0), format!("records:{id}").as_bytes())?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RegisterError::NotFound(Thing::Key))?;
        let key = Key::from_bytes(bytes);
        self.record_keys.insert(id.to_owned(), key.clone());
        Ok(key)
    }

    /// Seals all records, all versions and all reasons under a new key, and deletes the keys before it. `old` wraps those.
    pub(crate) fn reseal_records(&mut self, old: &Key) -> Result<u64, RegisterError> {
        let mut keys = std::collections::HashMap::new();
        for row in
            self.driver.raw().query("SELECT id, wrapped FROM wrapped_key WHERE purpose = 'records'", &[])?
        {
            let bytes = old.open(row.bytes(1), format!("records:{}", row.text(0)).as_bytes())?;
            let bytes: [u8; 32] =
                bytes.as_slice().try_into().map_err(|_| RegisterError::NotFound(Thing::Key))?;
            keys.insert(row.text(0).to_owned(), Key::from_bytes(bytes));
        }
        let key_of = |id: &str| keys.get(id).ok_or(RegisterError::NotFound(Thing::Key));
        let (id, new) = self.new_record_key()?;
        let mut count = 0;
        for table in ["record", "record_version"] {
            for row in self.driver.raw().query(&sealed_in(table), &[])? {
                let about = context_of(&row);
                let body = new.seal(&key_of(row.text(4))?.open(row.bytes(3), &about)?, &about)?;
                let sql = format!(
                    "UPDATE {table} SET body = $1, key_id = $2 WHERE kind = $3 AND id = $4 AND version = $5"
                );
                let values: [Value; 5] = [
                    body.into(),
                    id.as_str().into(),
                    row.text(0).into(),
                    row.bytes(1).into(),
                    row.int(2).into(),
                ];
                self.driver.raw().execute(&sql, &values)?;
                count += 1;
            }
        }
        for row in self.driver.raw().query(REASONS, &[])? {
            let about = context_of_reason(row.bytes(0), row.bytes(3), row.text(4));
            let reason = new.seal(&key_of(row.text(2))?.open(row.bytes(1), &about)?, &about)?;
            let sql = "UPDATE break_glass SET reason = $1, key_id = $2 WHERE id = $3";
            self.driver.raw().execute(sql, &[reason.into(), id.as_str().into(), row.bytes(0).into()])?;
        }
        self.driver
            .execute("DELETE FROM wrapped_key WHERE purpose = 'records' AND id <> $1", &[id.into()])?;
        self.record_keys.clear();
        Ok(count)
    }

    /// Opens every record, every version and every reason.
    pub(crate) fn open_all_records(&mut self) -> Result<(), RegisterError> {
        for table in ["record", "record_version"] {
            for row in self.driver.raw().query(&sealed_in(table), &[])? {
                let about = context_of(&row);
                self.record_key_by_id(row.text(4))?.open(row.bytes(3), &about)?;
            }
        }
        for row in self.driver.query(REASONS, &[])? {
            let about = context_of_reason(row.bytes(0), row.bytes(3), row.text(4));
            self.record_key_by_id(row.text(2))?.open(row.bytes(1), &about)?;
        }
        Ok(())
    }
}
