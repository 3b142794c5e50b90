//! The gate: every use case asks the policy, acts and writes the audit entry in one transaction. A use case that only reads does so in a
//! snapshot, before the transaction of its entry, and returns nothing until that entry is written: so readers and writers do not wait for
//! each other.

use crate::audit::{self, New, Outcome};
use crate::error::RegisterError;
use crate::guarded::Finds;
use crate::policy::{self, Answer, Extent, Operation};
use crate::register::{Register, Session};
use crate::scope::{Reach, Scope};

/// What a use case did, for the audit log: counts and names of fields, no values.
pub(crate) type AuditedResult<T> = Result<(T, String), RegisterError>;

/// A request for access.
struct AccessRequest<'a> {
    user: &'a str,
    operation: Operation,
    scope: &'a Scope,
    subject: &'a str,
}

/// What is touched.
enum TouchedData<'a> {
    /// What the use case states.
    Stated(&'a Scope),
    /// Whatever the user reaches.
    Reached,
}

/// The answer of the policy, the user's reach, and the organisations that it concerns.
fn answered(session: &Session, operation: Operation, touched: &TouchedData<'_>) -> (Answer, Reach, Scope) {
    let (answer, reach) = match (touched, session.reach(operation)) {
        (TouchedData::Stated(scope), _) => {
            return (session.ask(operation, scope), Reach::nowhere(), (*scope).clone());
        }
        (TouchedData::Reached, Some(reach)) if operation.extent() == Extent::Own => (Answer::Allowed, reach),
        // An operation on all organisations together has no part that concerns one.
        (TouchedData::Reached, Some(_)) => (Answer::NotEverywhere, Reach::nowhere()),
        (TouchedData::Reached, None) => (Answer::Denied, Reach::nowhere()),
    };
    let scope = match &reach {
        Reach::Everywhere => Scope::Everywhere,
        Reach::Only(only) => Scope::Of(only.clone()),
    };
    (answer, reach, scope)
}

impl Register {
    /// Asks the policy, acts, and writes the entry. The scope contains every organisation whose data are touched.
    pub(crate) fn act<T>(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
        f: impl FnOnce(&mut Self) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.gated(operation, &TouchedData::Stated(scope), subject, |r, asked, _| r.done_and_noted(asked, f))
    }

    /// The same with a slow preparation, which takes place in a snapshot, before anybody has to wait. What the preparation is based on may
    /// have changed by the time of writing.
    pub(crate) fn act_ready<P, T>(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
        ready: impl FnOnce(&mut Self) -> Result<P, RegisterError>,
        f: impl FnOnce(&mut Self, P) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.gated(operation, &TouchedData::Stated(scope), subject, |r, asked, _| {
            let made = r.looking(ready)?;
            r.done_and_noted(asked, |r| f(r, made))
        })
    }

    /// Asks the policy, reads in a snapshot, writes the entry, and only then returns what was read. Only the entry waits for writers, and
    /// writers wait only for the entry, however long reading takes.
    pub(crate) fn read<T>(
        &mut self,
        operation: Operation,
        scope: &Scope,
        subject: &str,
        f: impl FnOnce(&mut Self) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.gated(operation, &TouchedData::Stated(scope), subject, |r, asked, _| r.read_and_noted(asked, f))
    }

    /// As [`Register::act`] for everything within the user's reach: the use case gets that reach and filters its queries by it.
    pub(crate) fn within<T>(
        &mut self,
        operation: Operation,
        subject: &str,
        f: impl FnOnce(&mut Self, &Reach) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.gated(operation, &TouchedData::Reached, subject, |r, asked, reach| {
            r.done_and_noted(asked, |r| f(r, reach))
        })
    }

    /// The same, reading only: see [`Register::read`].
    pub(crate) fn read_within<T>(
        &mut self,
        operation: Operation,
        subject: &str,
        f: impl FnOnce(&mut Self, &Reach) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.gated(operation, &TouchedData::Reached, subject, |r, asked, reach| {
            r.read_and_noted(asked, |r| f(r, reach))
        })
    }

    /// The gate itself: nothing is done without permission of the policy; refusals and failures are logged too.
    fn gated<T>(
        &mut self,
        operation: Operation,
        touched: &TouchedData<'_>,
        subject: &str,
        f: impl FnOnce(&mut Self, &AccessRequest<'_>, &Reach) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        let session = self.ready()?;
        let (answer, reach, scope) = answered(&session, operation, touched);
        let asked = AccessRequest { user: &session.user, operation, scope: &scope, subject };
        let user = || session.user.clone();
        let refused = match answer {
            Answer::Allowed
                if self.driver.finds == Finds::Unrestricted && matches!(scope, Scope::Restricted(_)) =>
            {
                Some(RegisterError::Restricted)
            }
            Answer::Allowed => None,
            Answer::OtherOrganisation => Some(RegisterError::OtherOrganisation { user: user() }),
            Answer::NotEverywhere => Some(RegisterError::NotEverywhere { user: user() }),
            Answer::Denied => {
                let roles: Vec<String> = policy::roles(operation).iter().map(|r| r.name()).collect();
                Some(RegisterError::Denied { user: user(), operation, roles: roles.join(", ") })
            }
        };
        if let Some(refused) = refused {
            self.transaction(|r| r.entered(&asked, Outcome::Denied, ""))?;
            return Err(refused);
        }
        let result = f(self, &asked, &reach);
        if result.is_err() {
            // A failure was rolled back, so its entry has a transaction of its own.
            self.transaction(|r| r.entered(&asked, Outcome::Failed, ""))?;
        }
        result
    }

    fn done_and_noted<T>(
        &mut self,
        asked: &AccessRequest<'_>,
        f: impl FnOnce(&mut Self) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        self.transaction(|r| {
            let (value, detail) = f(r)?;
            r.keeps_pace(asked.operation, asked.user, &detail)?;
            r.entered(asked, Outcome::Done, &detail)?;
            Ok(value)
        })
    }

    fn read_and_noted<T>(
        &mut self,
        asked: &AccessRequest<'_>,
        f: impl FnOnce(&mut Self) -> AuditedResult<T>,
    ) -> Result<T, RegisterError> {
        let (value, detail) = self.looking(f)?;
        self.transaction(|r| {
            r.keeps_pace(asked.operation, asked.user, &detail)?;
            r.entered(asked, Outcome::Done, &detail)
        })?;
        Ok(value)
    }

    fn entered(
        &mut self,
        asked: &AccessRequest<'_>,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        self.append_of(asked.scope, asked.user, &asked.operation.name(), asked.subject, outcome, detail)
    }

    /// After a failure, everything cached is read again.
    pub(crate) fn forget(&mut self) {
        self.epochs.clear();
        self.record_keys.clear();
        self.statuses = None;
        self.end = None;
    }

    pub(crate) fn transaction<T>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        self.driver.begin()?;
        // Nobody can change the keys meanwhile, so that those checked here are valid until the end.
        let done =
            self.current_keys().and_then(|()| self.follow()).and_then(|()| f(self)).and_then(|value| {
                if self.driver.unkept {
                    return Err(RegisterError::Unwritten);
                }
                self.driver.commit()?;
                Ok(value)
            });
        if done.is_err() {
            // The first error is the one reported.
            let _ = self.driver.rollback();
            self.forget();
        }
        let value = done?;
        self.witnessed()?;
        Ok(value)
    }

    /// An entry in a transaction of its own.
    pub(crate) fn note(
        &mut self,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        self.transaction(|r| r.append(user, operation, subject, outcome, detail))
    }

    pub(crate) fn append(
        &mut self,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        self.append_of(&Scope::Everywhere, user, operation, subject, outcome, detail)
    }

    /// An entry, and the organisations that it concerns, so that their auditors find it.
    pub(crate) fn append_of(
        &mut self,
        scope: &Scope,
        user: &str,
        operation: &str,
        subject: &str,
        outcome: Outcome,
        detail: &str,
    ) -> Result<(), RegisterError> {
        let seq = self.end.as_ref().map_or(0, |end| end.seq) + 1;
        // Before the entry, which vouches for them.
        audit::append_organisations(self.driver.as_mut(), seq, scope.organisations())?;
        let new = New { at: self.stamp(), actor: user, operation, subject, outcome, detail };
        self.log(&new).map(|_| ())
    }
}
