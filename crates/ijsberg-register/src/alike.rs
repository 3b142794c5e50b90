//! Finds registrations that may be of the person being entered.
//!
//! Codes are compared for every user who may read registrations, names only for organisations of which the user may read identities. No
//! name is returned, and the number of name comparisons is limited, since each answer reveals whether a person of that name is registered.

use std::collections::HashMap;

use ijsberg_crypto::{Key, hex};
use ijsberg_store::Within;
use ijsberg_store::alike::{self, Among, PersonFacts};
use jiff::Timestamp;

use crate::audit::Outcome;
use crate::citizenships::{agree, codes};
use crate::codes::is_country;
use crate::days::PartialDay;
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::{Id, Register, id};
use crate::registrations::Registration;
use crate::scope::{Reach, Scope};
use crate::vault::{HOUR, Identity, NONE_COMPARED, UNUSUAL, context, unfit};

/// The details entered about a person. An empty text means that the detail is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonDetails {
    /// `F`, `M`, `X` or `UNKNOWN`.
    pub sex: String,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// All citizenships, see [`crate::citizenships`].
    pub nationality: String,
    /// Form of exploitation.
    pub form: String,
    /// Names and date of birth, by field of the vault.
    pub identity: Identity,
}

/// What a registration has in common with what is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Common {
    /// The name, and every other compared detail that both have.
    Name,
    /// Year of birth, a nationality, sex and form of exploitation; names are not compared, or not known.
    Codes,
}

/// Registrations that may be of the person being entered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SimilarRegistrations {
    /// The most alike first, at most [`SHOWN`]; one for each person.
    pub rows: Vec<(Registration, Common)>,
    /// How many there are.
    pub found: usize,
    /// Names were not compared: this user has made as many comparisons as anybody needs in an hour.
    pub paused: bool,
    /// Only the latest registrations that codes leave were compared, since there are very many.
    pub cut: bool,
}

/// Registrations that are shown.
pub const SHOWN: usize = 5;

/// The most citizenships used to search by name alone: a user who enters all of them would compare the name with everyone.
const MOST_NATIONS: usize = 3;

/// Registrations that codes leave to compare by name; the latest of them where there are more.
const COMPARED: usize = 1000;

/// Comparisons by name that a user can ask for within an hour: several for each notification that is typed.
const AN_HOUR: usize = 240;

/// The subject in the audit log of a comparison with names, and of one without.
pub(crate) const SUBJECTS: [&str; 2] = [alike::BY_NAME, "alike by codes"];

impl PersonDetails {
    /// The year of birth, as it is entered or by the date of birth.
    fn year(&self) -> Option<i64> {
        let date = self.identity.get("birth_date").and_then(|d| PartialDay::parse(d.trim()));
        self.birth_year.or_else(|| date.map(|d| i64::from(d.first().year())))
    }

    fn named(&self) -> bool {
        ["given_name", "family_name"]
            .iter()
            .all(|f| self.identity.get(*f).is_some_and(|v| !v.trim().is_empty() && unfit(v).is_none()))
    }

    /// Citizenships that are known; what is no code of a country is none.
    fn nations(&self) -> impl Iterator<Item = &str> {
        codes(&self.nationality).filter(|code| is_country(code))
    }

    /// Whether all codes are known and equal; of citizenships one in common is enough. It may then be the same person though no name shows
    /// it.
    fn same_codes(&self, r: &Registration) -> bool {
        let known = |code: &str| !code.is_empty() && code != "UNKNOWN";
        let same = |a: &str, b: &str| known(a) && a == b;
        self.year().is_some()
            && self.year() == r.birth_year
            && agree(&self.nationality, &r.nationality)
            && same(&self.sex, &r.sex)
            && same(&self.form, &r.form)
    }

    /// The conditions of a query for registrations that do not contradict these details; nothing if too little is entered for a comparison.
    fn facts<'a>(&'a self, within: Within<'a>) -> Option<PersonFacts<'a>> {
        let mut nations: Vec<&str> = self.nations().collect();
        let among = match (self.year(), self.named()) {
            (Some(year), true) => Among::BornOrUnknown(year),
            (Some(year), false) => Among::Born(year),
            // A name alone is compared only among people with the same nationality, which must be known.
            (None, true) if !nations.is_empty() => {
                nations.truncate(MOST_NATIONS);
                Among::Helped
            }
            _ => return None,
        };
        let sex = Some(self.sex.as_str()).filter(|sex| !sex.is_empty() && *sex != "UNKNOWN");
        Some(PersonFacts { among, sex, nations, within })
    }
}

impl Register {
    /// Registrations within reach that may be of the person being entered. `same_name` says whether two names, by the fields of the vault,
    /// may be one person's, or nothing if it cannot tell; it is called only for organisations of which the user may read identities.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn alike(
        &mut self,
        entered: &PersonDetails,
        same_name: &dyn Fn(&Identity, &Identity) -> Option<bool>,
    ) -> Result<SimilarRegistrations, RegisterError> {
        let named = entered.named() && self.vault.is_some();
        let identities = self.session.as_ref().and_then(|s| s.reach(Operation::ReadIdentity));
        let identities = identities.filter(|_| named);
        let paused = identities.is_some() && self.comparing_pauses()?;
        let identities = identities.filter(|_| !paused);
        let subject = SUBJECTS[usize::from(identities.is_none())];
        self.read_within(Operation::ReadRegistration, subject, |r, reach| {
            let candidates = r.candidates(entered, reach)?;
            let read = identities.unwrap_or_else(Reach::nowhere);
            let names = r.names_of(candidates.iter().filter(|c| read.holds(&c.organisation)))?;
            let common = |c: &Registration| {
                match names.get(&c.person).and_then(|name| same_name(&entered.identity, name)) {
                    Some(true) => Some(Common::Name),
                    // A different name means a different person, whatever the codes.
                    Some(false) => None,
                    None => entered.same_codes(c).then_some(Common::Codes),
                }
            };
            let mut rows: Vec<(Registration, Common)> =
                candidates.iter().filter_map(|c| Some((c.clone(), common(c)?))).collect();
            rows.sort_by_key(|(_, common)| *common);
            let mut persons = std::collections::HashSet::new();
            rows.retain(|(c, _)| persons.insert(c.person.clone()));
            let found = rows.len();
            rows.truncate(SHOWN);
            let detail = if names.is_empty() {
                format!("{found} persons, {NONE_COMPARED}")
            } else {
                format!("{found} persons, {} names compared", names.len())
            };
            Ok((SimilarRegistrations { rows, found, paused, cut: candidates.len() == COMPARED }, detail))
        })
    }

    fn candidates(
        &mut self,
        entered: &PersonDetails,
        reach: &Reach,
    ) -> Result<Vec<Registration>, RegisterError> {
        let Some(facts) = entered.facts(reach.within()) else { return Ok(Vec::new()) };
        let stored = alike::candidates(self.driver.as_mut(), &facts, COMPARED)?;
        Ok(stored.into_iter().map(Registration::from).collect())
    }

    /// Names by person; none for people who were erased or never named.
    pub(crate) fn names_of<'a>(
        &mut self,
        of: impl Iterator<Item = &'a Registration>,
    ) -> Result<HashMap<String, Identity>, RegisterError> {
        let helped = of.filter(|c| c.lane == "help").map(|c| id(&c.person));
        let mut persons = helped.collect::<Result<Vec<Id>, _>>()?;
        persons.sort_unstable();
        persons.dedup();
        let mut keys = HashMap::new();
        for sealed in alike::keys_of(self.driver.as_mut(), &persons)? {
            let vault = self.vault.as_ref().ok_or(RegisterError::VaultClosed)?;
            let master = vault.ring.get(&sealed.under).ok_or(RegisterError::VaultClosed)?;
            let bytes = master.open(&sealed.wrapped, &context(&sealed.person, "key"))?;
            let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| RegisterError::Erased)?;
            keys.insert(sealed.person, Key::from_bytes(bytes));
        }
        let mut all = HashMap::new();
        for sealed in alike::names_of(self.driver.as_mut(), &persons)? {
            let Some(key) = keys.get(&sealed.person) else { continue };
            let plain = key.open(&sealed.value, &context(&sealed.person, &sealed.field))?;
            let of: &mut Identity = all.entry(hex(&sealed.person)).or_default();
            of.insert(sealed.field, String::from_utf8_lossy(&plain).into_owned());
        }
        Ok(all)
    }

    /// Whether name comparison is paused for now. The audit log records it once an hour.
    pub(crate) fn comparing_pauses(&mut self) -> Result<bool, RegisterError> {
        if !self.compared_too_often()? {
            return Ok(false);
        }
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        let last = alike::last_unusual(self.driver.as_mut(), &user)?;
        let last = last.and_then(|at| at.parse::<Timestamp>().ok());
        if last.is_none_or(|at| self.now.duration_since(at) >= HOUR) {
            let detail = format!("{AN_HOUR} read within {} minutes", HOUR.as_mins());
            let scope = self.own_organisations().unwrap_or(Scope::Everywhere);
            self.transaction(|r| r.append_of(&scope, &user, UNUSUAL, SUBJECTS[0], Outcome::Denied, &detail))?;
        }
        Ok(true)
    }

    /// Whether the logged-in user has made as many name comparisons as anybody needs in an hour.
    pub(crate) fn compared_too_often(&mut self) -> Result<bool, RegisterError> {
        let user = &self.session.as_ref().ok_or(RegisterError::NoSession)?.user;
        let times = alike::comparisons(self.driver.as_mut(), user, AN_HOUR)?;
        let since = |t: Timestamp| self.now.duration_since(t) < HOUR;
        let recent = times.iter().filter_map(|at| at.parse().ok()).filter(|t| since(*t)).count();
        Ok(recent >= AN_HOUR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_log_are_those_by_which_a_query_finds_them() {
        assert_eq!(alike::COMPARES, Operation::ReadRegistration.name());
        assert_eq!(alike::UNUSUAL, UNUSUAL);
    }
}
