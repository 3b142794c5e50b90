//! Registrations: read by pseudonym, found by case key.

use std::collections::BTreeSet;

use crate::error::RegisterError;
use crate::expected::Thing;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::Scope;

/// A registration as it is read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Registration {
    /// Its pseudonym.
    pub id: String,
    /// That of the person.
    pub person: String,
    /// The list.
    pub list: String,
    /// The organisation.
    pub organisation: String,
    /// Day, month or year.
    pub happened_on: String,
    /// Lane.
    pub lane: String,
    /// Basis.
    pub basis: String,
    /// Sex.
    pub sex: String,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Under 18.
    pub minor: String,
    /// All citizenships, see [`crate::citizenships`].
    pub nationality: String,
    /// Form.
    pub form: String,
    /// Sector.
    pub sector: String,
    /// Region.
    pub region: String,
    /// Parts of article 273f(1) that it rests on, with a space between.
    pub article_part: String,
    /// Version, from 1; corrections raise it.
    pub version: i64,
    /// Systems and versions of its codes.
    pub codes: String,
    /// When it was recorded.
    pub recorded_at: String,
}

/// Columns in the order in which they are read.
pub(crate) const COLUMNS: &str = "id, list, organisation, happened_on, lane, basis, sex, birth_year, minor, nationality, form, \
     sector, region, version, codes, person, recorded_at, article_part";

impl Registration {
    pub(crate) fn from_row(r: &ijsberg_store::Row) -> Self {
        let text = |c: usize| r.text(c).to_owned();
        Self {
            id: ijsberg_crypto::hex(r.bytes(0)),
            list: text(1),
            organisation: text(2),
            happened_on: text(3),
            lane: text(4),
            basis: text(5),
            sex: text(6),
            birth_year: (!r.is_null(7)).then(|| r.int(7)),
            minor: text(8),
            nationality: text(9),
            form: text(10),
            sector: text(11),
            region: text(12),
            article_part: text(17),
            version: r.int(13),
            codes: crate::codes::systems(r.text(14)).to_owned(),
            person: ijsberg_crypto::hex(r.bytes(15)),
            recorded_at: text(16),
        }
    }
}

/// What stands under an organisation's own case key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseKeyMatch {
    /// The person.
    pub person: Id,
    /// The registration.
    pub registration: Id,
}

/// So many registrations are looked up one by one; more are found on the way through all of them.
const FEW: usize = 100;

impl Register {
    /// The registration of that pseudonym, and those of the same person.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none.
    pub fn registrations(&mut self, person: &Id) -> Result<Vec<Registration>, RegisterError> {
        let scope = self.scope_of(person)?;
        self.read(Operation::ReadRegistration, &scope, &named("person", person), |r| {
            let sql = format!("SELECT {COLUMNS} FROM registration WHERE person = $1 ORDER BY happened_on");
            let rows = r.driver.query(&sql, &[person.as_slice().into()])?;
            if rows.is_empty() {
                return Err(RegisterError::NotFound(Thing::Person));
            }
            let all: Vec<Registration> = rows.iter().map(Registration::from_row).collect();
            let detail = format!("{} registrations", all.len());
            Ok((all, detail))
        })
    }

    /// What an organisation notified under its own case key.
    ///
    /// # Errors
    /// If the policy does not allow it, or there is none.
    pub fn find(&mut self, organisation: &str, local_key: &str) -> Result<CaseKeyMatch, RegisterError> {
        self.read(Operation::ReadRegistration, &Scope::for_organisation(organisation), "by case key", |r| {
            let key = r.keyed(organisation, local_key)?;
            let sql = "SELECT person, id FROM registration WHERE organisation = $1 AND local_key = $2";
            let row = r.driver.first(sql, &[organisation.into(), key.as_slice().into()])?;
            let ids =
                row.and_then(|row| Some((row.bytes(0).try_into().ok()?, row.bytes(1).try_into().ok()?)));
            let (person, registration) = ids.ok_or(RegisterError::NotFound(Thing::Case))?;
            Ok((CaseKeyMatch { person, registration }, named("person", &person)))
        })
    }

    /// Whose business a person is: that of every organisation that notified them.
    pub(crate) fn scope_of(&mut self, person: &Id) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let sql = "SELECT DISTINCT organisation FROM registration WHERE person = $1";
        let rows = self.seeing_all(|r| r.driver.query(sql, &[person.as_slice().into()]))?;
        self.unless_restricted(Scope::all(rows.iter().map(|r| r.text(0))), person)
    }

    /// Whose business registrations are; nobody's if one of them is not there.
    pub(crate) fn scope_of_registrations(
        &mut self,
        ids: impl IntoIterator<Item = Id>,
    ) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let ids: BTreeSet<Id> = ids.into_iter().collect();
        let restricted = self.restricted_registrations()?.iter().any(|id| ids.contains(id));
        let scope = self.seeing_all(|r| r.organisations_of(ids))?;
        Ok(if restricted { scope.restricted() } else { scope })
    }

    fn organisations_of(&mut self, ids: BTreeSet<Id>) -> Result<Scope, RegisterError> {
        let (mut missing, mut all) = (ids, BTreeSet::new());
        if missing.len() > FEW {
            self.driver.each("SELECT id, organisation FROM registration", &[], &mut |row| {
                let id: Result<Id, _> = row.bytes(0).try_into();
                if id.is_ok_and(|id| missing.remove(&id)) && !all.contains(row.text(1)) {
                    all.insert(row.text(1).to_owned());
                }
            })?;
        } else {
            let sql = "SELECT organisation FROM registration WHERE id = $1";
            for id in std::mem::take(&mut missing) {
                match self.driver.first(sql, &[id.as_slice().into()])? {
                    Some(row) => all.insert(row.text(0).to_owned()),
                    None => missing.insert(id),
                };
            }
        }
        Ok(if missing.is_empty() { Scope::Of(all) } else { Scope::all([]) })
    }

    /// The same and of every organisation that wrote about them: what erasing and holding touch.
    pub(crate) fn scope_of_all_about(&mut self, person: &Id) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let mut rows = Vec::new();
        for table in ["registration", "record"] {
            let sql = format!("SELECT DISTINCT organisation FROM {table} WHERE person = $1");
            rows.extend(self.seeing_all(|r| r.driver.query(&sql, &[person.as_slice().into()]))?);
        }
        self.unless_restricted(Scope::all(rows.iter().map(|r| r.text(0))), person)
    }
}
