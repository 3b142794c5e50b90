//! People by name, for users who may both see their cases and read their identities.
//!
//! Names are compared here and never returned; a comparison counts towards the same limit as those made while a notification is entered.

use std::collections::HashSet;

use ijsberg_store::alike::latest_helped;

use crate::alike::SUBJECTS;
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::Register;
use crate::registrations::Registration;
use crate::vault::Identity;

/// Registrations whose names are compared: the latest.
pub const MOST_COMPARED: usize = 5000;

/// People that a search by name shows.
pub const MOST_NAMED: usize = 25;

/// Characters of a name that is looked for.
const LONGEST: usize = 100;

/// People whose name may be the one that was looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameMatches {
    /// The latest registration of each, the latest first; at most [`MOST_NAMED`].
    pub rows: Vec<Registration>,
    /// There are more than are shown, or registrations whose names were not compared.
    pub more: bool,
    /// Names were not compared: this user has made as many comparisons as anybody needs in an hour.
    pub paused: bool,
}

impl Register {
    /// People with this name, on the support track and of organisations of which the user may both read registrations and identities.
    /// `same_name` says whether a text may be the name of a person, by the fields of the vault.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn named(
        &mut self,
        text: &str,
        same_name: &dyn Fn(&str, &Identity) -> bool,
    ) -> Result<NameMatches, RegisterError> {
        let fits = !text.trim().is_empty() && text.chars().count() <= LONGEST && self.vault.is_some();
        let identities = self.session.as_ref().and_then(|s| s.reach(Operation::ReadIdentity));
        let identities = identities.filter(|_| fits);
        let paused = identities.is_some() && self.comparing_pauses()?;
        let identities = identities.filter(|_| !paused);
        let subject = SUBJECTS[usize::from(identities.is_none())];
        self.read_within(Operation::ReadRegistration, subject, |r, reach| {
            let Some(read) = identities else {
                return Ok((
                    NameMatches { paused, ..NameMatches::default() },
                    "no names compared".to_owned(),
                ));
            };
            let (one, other) = (reach.within(), read.within());
            let stored = latest_helped(r.driver.as_mut(), one, other, MOST_COMPARED + 1)?;
            let mut candidates: Vec<Registration> = stored.into_iter().map(Registration::from).collect();
            let left = candidates.len() > MOST_COMPARED;
            candidates.truncate(MOST_COMPARED);
            let names = r.names_of(candidates.iter())?;
            let mut persons = HashSet::new();
            candidates.retain(|c| {
                let same = names.get(&c.person).is_some_and(|name| same_name(text, name));
                same && persons.insert(c.person.clone())
            });
            let found = candidates.len();
            candidates.truncate(MOST_NAMED);
            let detail = format!("{found} persons, {} names compared", names.len());
            Ok((NameMatches { rows: candidates, more: left || found > MOST_NAMED, paused }, detail))
        })
    }
}
