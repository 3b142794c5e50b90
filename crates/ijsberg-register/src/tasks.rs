//! Tasks for one person, as far as the user may do them.

use ijsberg_crypto::hex;
use ijsberg_store::{registrations, tasks};

use crate::citizenships::codes;
use crate::erasing::PERSON;
use crate::error::RegisterError;
use crate::policy::Operation;
use crate::register::{Id, Register, Session, named};
use crate::registrations::Registration;
use crate::scope::Scope;

/// What is to be done for a person; nothing where it is not for the user to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tasks {
    /// Pairs that were left undecided and of which one registration is this person's, for who links.
    pub pairs: Vec<(String, String)>,
    /// The first day on which the person can be erased, where they are listed for it, for who erases.
    pub erasing: Option<String>,
    /// Registrations of which something is not known, and the names of those fields, for who corrects.
    pub incomplete: Vec<(String, Vec<&'static str>)>,
    /// Nobody decided on status yet, for who decides.
    pub undecided: bool,
}

/// Fields that a registration says nothing of.
fn unknown(r: &Registration) -> Vec<&'static str> {
    let age = r.birth_year.is_none() && !["yes", "no"].contains(&r.minor.as_str());
    let fields = [
        ("sex", r.sex == "UNKNOWN"),
        ("birth_year", age),
        ("nationality", codes(&r.nationality).next().is_none()),
        ("form", r.form == "UNKNOWN"),
    ];
    fields.into_iter().filter(|f| f.1).map(|f| f.0).collect()
}

/// Whether a user may do something with all that there is of somebody.
fn may(session: &Session, operation: Operation, scope: &Scope) -> bool {
    session.reach(operation).is_some_and(|reach| reach.covers(operation, scope))
}

impl Register {
    /// What is to be done for a person, as far as the user may do it.
    ///
    /// # Errors
    /// If the policy does not allow reading the registrations of that person.
    pub fn tasks_of(&mut self, person: &Id) -> Result<Tasks, RegisterError> {
        let scope = self.scope_of(person)?;
        self.read(Operation::ReadRegistration, &scope, &named(PERSON, person), |r| {
            let session = r.session.clone().ok_or(RegisterError::NoSession)?;
            let all_about = r.scope_of_all_about(person)?;
            let stored = registrations::of_person(r.driver.as_mut(), person)?;
            let registrations: Vec<Registration> = stored.into_iter().map(Registration::from).collect();
            let pairs = r.pairs_of(person, &session)?;
            let retains = may(&session, Operation::Retain, &all_about);
            let erasing =
                if retains { tasks::erased_not_before(r.driver.as_mut(), PERSON, person)? } else { None };
            let corrects = session.reach(Operation::Correct);
            let own = |x: &&Registration| corrects.as_ref().is_some_and(|reach| reach.holds(&x.organisation));
            let incomplete: Vec<_> = registrations
                .iter()
                .filter(own)
                .map(|x| (x.id.clone(), unknown(x)))
                .filter(|x| !x.1.is_empty())
                .collect();
            // The statistics track holds no decisions.
            let helped = registrations.iter().any(|x| x.lane == "help");
            let decides = [Operation::ReadRecord, Operation::DecideStatus];
            let decides = decides.into_iter().all(|o| may(&session, o, &all_about));
            let undecided = helped && decides && !tasks::has_status(r.driver.as_mut(), person)?;
            let mut detail = format!("{} pairs, {} incomplete", pairs.len(), incomplete.len());
            detail += if erasing.is_some() { ", listed for erasure" } else { "" };
            detail += if undecided { ", no decision on status" } else { "" };
            Ok((Tasks { pairs, erasing, incomplete, undecided }, detail))
        })
    }

    /// Pairs in force that nobody could decide on, within reach of who links.
    fn pairs_of(&mut self, person: &Id, session: &Session) -> Result<Vec<(String, String)>, RegisterError> {
        let Some(reach) = session.reach(Operation::Link) else { return Ok(Vec::new()) };
        let left = tasks::undecided_pairs(self.driver.as_mut(), person, reach.within())?;
        let mut pairs: Vec<_> = left.iter().map(|pair| (hex(&pair.a), hex(&pair.b))).collect();
        // Several methods may have left the same pair.
        pairs.dedup();
        Ok(pairs)
    }
}
