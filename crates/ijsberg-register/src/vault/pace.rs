//! Limits reading to the pace of a person: the number of identities that a user can open in a minute and in an hour.

use ijsberg_store::pace;
use jiff::{SignedDuration, Timestamp};

use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::{EVERYWHERE, Scope};

/// How many persons somebody can look up within which time.
const PACE: [(SignedDuration, usize); 2] =
    [(SignedDuration::from_mins(1), 20), (SignedDuration::from_hours(1), 120)];

/// How many entries of the log are looked at: more than the most that somebody can look up.
const LOOKED_AT: i64 = 200;

/// The name in the audit log, beside those of operations.
pub(crate) const UNUSUAL: &str = "unusual_reading";

/// The time in which somebody can ask for so many comparisons by name.
pub(crate) const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How the log ends of a comparison by name.
const NAMES_COMPARED: &str = " names compared";

/// The same where there were none to compare, or none may be compared for now.
pub(crate) const NONE_COMPARED: &str = "no names compared";

/// How the log ends of a look at a pair of which names were opened.
pub(crate) const NAMES_SEEN: &str = " fields of identity opened";

impl Register {
    /// Refuses a pace at which nobody reads: identities of more persons, or pairs with names, in a minute or an hour than one can view. The
    /// refusal has an operation of its own in the audit log, for its auditors.
    pub(crate) fn at_a_persons_pace(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
    ) -> Result<(), RegisterError> {
        let user = self.session.as_ref().ok_or(RegisterError::NoSession)?.user.clone();
        if let Some((span, most)) = self.too_fast(&user)? {
            let detail = format!("{most} read within {} minutes", span.as_mins());
            // It is shown to the auditors of the user's organisation, whomever the user tried to look up.
            let scope = self.own_organisations().unwrap_or_else(|| scope.clone());
            let denied = crate::audit::Outcome::Denied;
            self.transaction(|r| r.append_of(&scope, &user, UNUSUAL, subject, denied, &detail))?;
            return Err(RegisterError::Pace { operation, until: (self.now + span).to_string() });
        }
        Ok(())
    }

    /// Within the transaction that records a reading: many at once get no further than one after another.
    pub(crate) fn keeps_pace(
        &mut self,
        operation: Operation,
        user: &str,
        detail: &str,
    ) -> Result<(), RegisterError> {
        if operation == Operation::ReadRegistration
            && detail.ends_with(NAMES_COMPARED)
            && !detail.ends_with(NONE_COMPARED)
            && self.compared_too_often()?
        {
            return Err(RegisterError::Pace { operation, until: (self.now + HOUR).to_string() });
        }
        let names = match operation {
            Operation::ReadIdentity | Operation::BreakGlass => true,
            Operation::Link => detail.ends_with(NAMES_SEEN),
            _ => false,
        };
        match if names { self.too_fast(user)? } else { None } {
            Some((span, _)) => Err(RegisterError::Pace { operation, until: (self.now + span).to_string() }),
            None => Ok(()),
        }
    }

    /// The time within which a user has read as many as anybody can, if they have.
    fn too_fast(&mut self, user: &str) -> Result<Option<(SignedDuration, usize)>, RegisterError> {
        // Of all entries, however many others were written since: users cannot push their own reading out of sight.
        let mut times = pace::identities_opened(self.driver.as_mut(), user, LOOKED_AT)?;
        times.extend(pace::pairs_opened(self.driver.as_mut(), user, NAMES_SEEN, LOOKED_AT)?);
        let times: Vec<Timestamp> = times.iter().filter_map(|time| time.parse().ok()).collect();
        let since =
            |span: SignedDuration| times.iter().filter(|t| self.now.duration_since(**t) < span).count();
        Ok(PACE.into_iter().find(|(span, most)| since(*span) >= *most))
    }

    /// The organisations of the logged-in user; nothing for a user of all.
    pub(crate) fn own_organisations(&self) -> Option<Scope> {
        let grants = &self.session.as_ref()?.grants;
        let everywhere = grants.iter().any(|g| g.organisation == EVERYWHERE);
        (!everywhere).then(|| Scope::all(grants.iter().map(|g| g.organisation.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_asked_for_operations_by_their_names() {
        let names = [Operation::ReadIdentity, Operation::BreakGlass].map(Operation::name);
        assert_eq!(names, pace::OPENS_IDENTITIES);
        assert_eq!(Operation::Link.name(), pace::OPENS_PAIRS);
    }
}
