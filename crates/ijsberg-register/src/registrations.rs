//! Registrations: read by pseudonym, found by case key.

use std::collections::BTreeSet;

use ijsberg_crypto::hex;
use ijsberg_store::registrations::{self, StoredRegistration};

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

impl From<StoredRegistration> for Registration {
    fn from(stored: StoredRegistration) -> Self {
        Self {
            id: hex(&stored.id),
            person: hex(&stored.person),
            list: stored.list,
            organisation: stored.organisation,
            happened_on: stored.happened_on,
            lane: stored.lane,
            basis: stored.basis,
            sex: stored.sex,
            birth_year: stored.birth_year,
            minor: stored.minor,
            nationality: stored.nationality,
            form: stored.form,
            sector: stored.sector,
            region: stored.region,
            article_part: stored.article_part,
            version: stored.version,
            codes: crate::codes::systems(&stored.codes).to_owned(),
            recorded_at: stored.recorded_at,
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
            let stored = registrations::of_person(r.driver.as_mut(), person)?;
            if stored.is_empty() {
                return Err(RegisterError::NotFound(Thing::Person));
            }
            let all: Vec<Registration> = stored.into_iter().map(Registration::from).collect();
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
            let owner = registrations::owner_of_case_key(r.driver.as_mut(), organisation, &key)?;
            let owner = owner.ok_or(RegisterError::NotFound(Thing::Case))?;
            let found = CaseKeyMatch { person: owner.person, registration: owner.id };
            Ok((found, named("person", &owner.person)))
        })
    }

    /// The scope of a person: every organisation that notified them.
    pub(crate) fn scope_of(&mut self, person: &Id) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let all = self.seeing_all(|r| registrations::notifiers_of(r.driver.as_mut(), person))?;
        self.unless_restricted(Scope::Of(all.into_iter().collect()), person)
    }

    /// The scope of registrations; of no organisation if one of them does not exist.
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
            registrations::each_notifier(self.driver.as_mut(), &mut |of| {
                if missing.remove(&of.id) {
                    all.insert(of.organisation);
                }
            })?;
        } else {
            for id in std::mem::take(&mut missing) {
                match registrations::notifier(self.driver.as_mut(), &id)? {
                    Some(organisation) => all.insert(organisation),
                    None => missing.insert(id),
                };
            }
        }
        Ok(if missing.is_empty() { Scope::Of(all) } else { Scope::all([]) })
    }

    /// The same with every organisation that wrote about them: the scope of erasure and of a hold.
    pub(crate) fn scope_of_all_about(&mut self, person: &Id) -> Result<Scope, RegisterError> {
        self.current_keys()?;
        let all = self.seeing_all(|r| registrations::writers_about(r.driver.as_mut(), person))?;
        self.unless_restricted(Scope::Of(all.into_iter().collect()), person)
    }
}
