//! The keys that records, their versions and reasons for emergency access are sealed under, and how all of them change to a new one.

use ijsberg_crypto::Key;
use ijsberg_store::records::{Bodies, SealedBody};
use ijsberg_store::{emergencies, keys, records};

use crate::domain::Domain;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::register::Register;
use crate::sealed::{context, context_of_reason};

fn context_of(sealed: &SealedBody) -> Vec<u8> {
    let person = sealed.person.as_ref().map(<[u8; 16]>::as_slice).unwrap_or_default();
    context(&sealed.kind, &sealed.id, sealed.version, person, &sealed.organisation)
}

impl Register {
    /// The key for new records; made at first use.
    pub(crate) fn record_key(&mut self) -> Result<(String, Key), RegisterError> {
        if let Some(id) = keys::record_key_in_use(self.driver.as_mut())? {
            let key = self.record_key_by_id(&id)?;
            return Ok((id, key));
        }
        self.new_record_key()
    }

    fn new_record_key(&mut self) -> Result<(String, Key), RegisterError> {
        let key = Key::random()?;
        let id = ijsberg_crypto::hex(&self.next_id()?);
        let wrapped = self.key(Domain::Records)?.seal(key.bytes(), format!("records:{id}").as_bytes())?;
        let at = self.now.to_string();
        keys::insert_record_key(self.driver.as_mut(), &id, wrapped, &at)?;
        // Not cached: the transaction may still be rolled back.
        Ok((id, key))
    }

    pub(crate) fn record_key_by_id(&mut self, id: &str) -> Result<Key, RegisterError> {
        if let Some(key) = self.record_keys.get(id) {
            return Ok(key.clone());
        }
        let wrapped = keys::wrapped(self.driver.as_mut(), id)?;
        let wrapped = wrapped.ok_or(RegisterError::NotFound(Thing::Key))?;
        let bytes = self.key(Domain::Records)?.open(&wrapped, format!("records:{id}").as_bytes())?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RegisterError::NotFound(Thing::Key))?;
        let key = Key::from_bytes(bytes);
        self.record_keys.insert(id.to_owned(), key.clone());
        Ok(key)
    }

    /// Seals all records, all versions and all reasons under a new key, and deletes the keys before it. `old` wraps those.
    pub(crate) fn reseal_records(&mut self, old: &Key) -> Result<u64, RegisterError> {
        let mut before = std::collections::HashMap::new();
        for key in keys::wrapped_record_keys(self.driver.raw())? {
            let bytes = old.open(&key.wrapped, format!("records:{}", key.id).as_bytes())?;
            let bytes: [u8; 32] =
                bytes.as_slice().try_into().map_err(|_| RegisterError::NotFound(Thing::Key))?;
            before.insert(key.id, Key::from_bytes(bytes));
        }
        let key_of = |id: &str| before.get(id).ok_or(RegisterError::NotFound(Thing::Key));
        let (id, new) = self.new_record_key()?;
        let mut count = 0;
        for place in Bodies::ALL {
            for sealed in records::sealed_bodies(self.driver.raw(), place)? {
                let about = context_of(&sealed);
                let body = new.seal(&key_of(&sealed.key_id)?.open(&sealed.body, &about)?, &about)?;
                records::reseal(self.driver.raw(), place, &sealed, body, &id)?;
                count += 1;
            }
        }
        for sealed in emergencies::reasons(self.driver.raw())? {
            let about = context_of_reason(&sealed.id, &sealed.person, &sealed.user_name);
            let reason = new.seal(&key_of(&sealed.key_id)?.open(&sealed.reason, &about)?, &about)?;
            emergencies::reseal(self.driver.raw(), &sealed.id, reason, &id)?;
        }
        keys::delete_record_keys_but(self.driver.as_mut(), &id)?;
        self.record_keys.clear();
        Ok(count)
    }

    /// Opens every record, every version and every reason.
    pub(crate) fn open_all_records(&mut self) -> Result<(), RegisterError> {
        for place in Bodies::ALL {
            for sealed in records::sealed_bodies(self.driver.raw(), place)? {
                let about = context_of(&sealed);
                self.record_key_by_id(&sealed.key_id)?.open(&sealed.body, &about)?;
            }
        }
        for sealed in emergencies::reasons(self.driver.as_mut())? {
            let about = context_of_reason(&sealed.id, &sealed.person, &sealed.user_name);
            self.record_key_by_id(&sealed.key_id)?.open(&sealed.reason, &about)?;
        }
        Ok(())
    }
}
