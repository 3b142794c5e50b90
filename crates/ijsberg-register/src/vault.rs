//! Identities: each field is sealed under a key of that person, and each such key is wrapped under a key that the register does not hold.
//! Deleting a person's key erases the identity, in every copy that does not contain the key either.

mod emergency;
mod pace;

use std::collections::BTreeMap;

use ijsberg_crypto::Key;
use ijsberg_outside::Line;
use ijsberg_store::new_rows::{self, NewIdentity, NewPersonKey};
use ijsberg_store::{erasing, vault};
use jiff::civil::Date;

use crate::days::happened;
use crate::domain::Domain;
use crate::error::RegisterError;
use crate::expected::{Expected, HAPPENED, Wanted};
use crate::policy::Operation;
use crate::register::{Id, Register, named};

pub use emergency::{BrokenGlass, LONGEST_BREAK};
pub(crate) use pace::{HOUR, NAMES_SEEN, NONE_COMPARED, UNUSUAL};

/// Characters of a value of an identity.
const LONGEST_VALUE: usize = 500;

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

/// Whether a value is valid for a field; what was expected if not. An empty one removes the field.
pub(crate) fn fits(field: &str, value: &str, today: Date) -> Result<(), Wanted> {
    if field == "birth_date" && !value.trim().is_empty() && !happened(value.trim(), today) {
        return Err(HAPPENED);
    }
    Ok(())
}

/// An identity by field.
pub type Identity = BTreeMap<String, String>;

pub(crate) fn context(person: &Id, field: &str) -> Vec<u8> {
    [b"identity".as_slice(), person, field.as_bytes()].concat()
}

impl Register {
    /// A key of a person, wrapped, and the fields of the identity under it, as rows of their tables.
    pub(crate) fn sealed_identity(
        &self,
        person: &Id,
        identity: &[(&'static str, String)],
    ) -> Result<(NewPersonKey, Vec<NewIdentity>), RegisterError> {
        let key = Key::random()?;
        let wrapped = self.key(Domain::Vault)?.seal(key.bytes(), &context(person, "key"))?;
        let mut fields = Vec::new();
        for (name, value) in identity.iter().filter(|f| !f.1.trim().is_empty()) {
            let value = key.seal(value.trim().as_bytes(), &context(person, name))?;
            fields.push(NewIdentity { person: *person, field: (*name).to_owned(), value });
        }
        let under = self.key_name(Domain::Vault)?.to_owned();
        Ok((NewPersonKey { person: *person, wrapped, under }, fields))
    }

    fn person_key(&mut self, person: &Id) -> Result<Key, RegisterError> {
        let ring = &self.vault.as_ref().ok_or(RegisterError::VaultClosed)?.ring;
        let key = vault::key(self.driver.as_mut(), person)?.ok_or(RegisterError::Erased)?;
        let master = ring.get(&key.under).ok_or(RegisterError::VaultClosed)?;
        let bytes = master.open(&key.wrapped, &context(person, "key"))?;
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RegisterError::Erased)?;
        Ok(Key::from_bytes(bytes))
    }

    /// Empty for who was never named; erased is something else.
    pub(crate) fn open_identity(&mut self, person: &Id) -> Result<Identity, RegisterError> {
        let known = vault::named_person(self.driver.as_mut(), person)?;
        if known.is_some_and(|known| known.erased_at.is_none() && known.keys == 0) {
            return Ok(Identity::new());
        }
        let key = self.person_key(person)?;
        let mut identity = Identity::new();
        for sealed in vault::fields(self.driver.as_mut(), person)? {
            let plain = key.open(&sealed.value, &context(person, &sealed.field))?;
            identity.insert(sealed.field, String::from_utf8_lossy(&plain).into_owned());
        }
        Ok(identity)
    }

    /// The identity of a person.
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
            let lanes = vault::lanes_of(r.driver.as_mut(), person)?;
            if !lanes.iter().any(|lane| lane == "help") {
                return Err(RegisterError::invalid("lane", Wanted::HelpLane));
            }
            let there = vault::has_key(r.driver.as_mut(), person)?;
            let erasure = erasing::person_erasure(r.driver.as_mut(), person)?;
            if erasure.is_none_or(|erasure| erasure.erased_at.is_some()) {
                return Err(RegisterError::Erased);
            }
            if !there {
                let (key, _) = r.sealed_identity(person, &[])?;
                new_rows::insert_person_keys(r.driver.as_mut(), &mut std::iter::once(key))?;
            }
            let key = r.person_key(person)?;
            for (name, value) in changes {
                vault::delete_field(r.driver.as_mut(), person, name)?;
                if !value.trim().is_empty() {
                    let value = key.seal(value.trim().as_bytes(), &context(person, name))?;
                    let row = NewIdentity { person: *person, field: name.clone(), value };
                    new_rows::insert_identities(r.driver.as_mut(), &mut std::iter::once(row))?;
                }
            }
            let detail = format!("fields {}", changes.keys().cloned().collect::<Vec<_>>().join(" "));
            Ok(((), detail))
        })
    }
}

/// Why a value is none of an identity; `None` if it is one. An address may have several lines.
pub(crate) fn unfit(value: &str) -> Option<Wanted> {
    let fits = value.trim().is_empty() || Line::new(&value.replace(['\n', '\r'], " "), LONGEST_VALUE).is_ok();
    (!fits).then_some(Wanted::Identity)
}
