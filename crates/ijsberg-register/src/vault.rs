//! Who somebody is: each field sealed under a key of that person, each such key wrapped under a key that the register does not
//! hold. Taking a person's key away erases the identity, in every copy that does not hold the key either.

mod emergency;
mod pace;

use std::collections::BTreeMap;

use ijsberg_crypto::Key;
use ijsberg_outside::Line;
use ijsberg_store::Value;
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

/// Whether a value is one that a field can have; what was expected if not. An empty one takes the field out.
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
}

/// Why a value is none of an identity; `None` if it is one. An address may have several lines.
pub(crate) fn unfit(value: &str) -> Option<Wanted> {
    let fits = value.trim().is_empty() || Line::new(&value.replace(['\n', '\r'], " "), LONGEST_VALUE).is_ok();
    (!fits).then_some(Wanted::Identity)
}
