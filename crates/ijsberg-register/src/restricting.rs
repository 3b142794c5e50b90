//! Restriction of processing (article 18 GDPR): the data of a restricted person are stored, and not otherwise processed.
//!
//! No use case has to consider this. No query finds a row about them, in any table, and a use case about them alone is refused at the gate,
//! since [`Scope`] says so. What the article still allows is a use case of its own, with its reason in the log.

use ijsberg_store::{erasing, restricting};
use serde::Serialize;

use crate::erasing::PERSON;
use crate::error::RegisterError;
use crate::guarded::Finds;
use crate::policy::Operation;
use crate::records::Record;
use crate::register::{Id, Register, named};
use crate::registrations::Registration;
use crate::scope::{Reach, Scope};
use crate::vault::Identity;

/// Why processing is restricted: article 18(1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The person contests their accuracy, which is being verified.
    Accuracy,
    /// It was not lawful, and the person does not want it erased.
    Unlawful,
    /// It is not needed any more, but for the person's legal claims.
    Claims,
    /// The person objected, and it is being verified whose interests prevail.
    Objection,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Accuracy, Self::Unlawful, Self::Claims, Self::Objection];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Unlawful => "unlawful",
            Self::Claims => "claims",
            Self::Objection => "objection",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name.trim())
    }
}

/// What restricted data may be used for: article 18(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// The person consents to it.
    Consent,
    /// Legal claims.
    Claims,
    /// The rights of somebody else are protected by it.
    Protection,
    /// An important public interest.
    Interest,
}

impl Use {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Consent, Self::Claims, Self::Protection, Self::Interest];

    /// Its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Claims => "claims",
            Self::Protection => "protection",
            Self::Interest => "interest",
        }
    }

    /// The use of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name.trim())
    }
}

/// A person whose data are only stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Restriction {
    /// The pseudonym.
    pub person: String,
    /// Why.
    pub cause: Cause,
    /// Who restricted it.
    pub by: String,
    /// When.
    pub at: String,
}

impl Restriction {
    fn from_stored(stored: restricting::Restriction) -> Option<Self> {
        Some(Self {
            person: ijsberg_crypto::hex(&stored.person),
            cause: Cause::parse(&stored.cause)?,
            by: stored.restricted_by,
            at: stored.restricted_at,
        })
    }
}

/// The data of a restricted person, opened for a use that the article allows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RestrictedCase {
    /// Since when, and why it is restricted.
    pub restriction: Restriction,
    /// Notifications.
    pub registrations: Vec<Registration>,
    /// Records of the case.
    pub records: Vec<Record>,
    /// Who they are; nothing where the vault is not open.
    pub identity: Identity,
}

impl Register {
    /// Does something that finds rows of restricted people too.
    pub(crate) fn seeing_all<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.driver.finds, Finds::Everybody);
        let done = f(self);
        self.driver.finds = before;
        done
    }

    /// Whose business a person is, and that they are restricted where they are.
    pub(crate) fn unless_restricted(&mut self, scope: Scope, person: &Id) -> Result<Scope, RegisterError> {
        let restricted = self.restriction_of(person)?.is_some();
        Ok(if restricted { scope.restricted() } else { scope })
    }

    /// Registrations of restricted people.
    pub(crate) fn restricted_registrations(&mut self) -> Result<Vec<Id>, RegisterError> {
        Ok(self.seeing_all(|r| restricting::registrations(r.driver.as_mut()))?)
    }

    /// The results of a search: users who may lift a restriction find the people whom it is on, other users do not.
    pub(crate) fn found_by(&mut self, reach: &Reach, text: &str) -> Result<Vec<Registration>, RegisterError> {
        let mut all = self.matching(reach, text)?;
        if let Some(lifts) = self.session.as_ref().and_then(|s| s.reach(Operation::Retain)) {
            let more = self.seeing_all(|r| {
                // As for lifting: every organisation that has something about the person.
                let may = restricting::people(r.driver.as_mut(), lifts.within())?;
                let may: Vec<String> = may.iter().map(|person| ijsberg_crypto::hex(person)).collect();
                let mut found = r.matching(&reach.and(&lifts), text)?;
                found.retain(|m| may.contains(&m.person));
                Ok::<_, RegisterError>(found)
            })?;
            all.retain(|found| more.iter().all(|m| m.id != found.id));
            all.extend(more);
            all.sort_by(|a, b| b.recorded_at.cmp(&a.recorded_at).then_with(|| a.id.cmp(&b.id)));
        }
        Ok(all)
    }

    fn restriction_of(&mut self, person: &Id) -> Result<Option<Restriction>, RegisterError> {
        let stored = restricting::restriction(self.driver.as_mut(), person)?;
        Ok(stored.and_then(Restriction::from_stored))
    }

    /// Restricts processing of a person's data: they are stored, and in no list, count, export, linkage or search until the restriction is
    /// lifted. Nothing of theirs is erased meanwhile; they are removed from the list for erasure.
    ///
    /// # Errors
    /// If the policy does not allow it, there is no such person, they were erased, or it is restricted already.
    pub fn restrict(&mut self, person: &Id, cause: Cause) -> Result<(), RegisterError> {
        let scope = self.scope_of_all_about(person)?;
        let restricts = |r: &mut Self| {
            r.not_erased(person)?;
            if r.restriction_of(person)?.is_some() {
                return Err(RegisterError::RestrictedAlready);
            }
            let restriction = restricting::Restriction {
                person: *person,
                cause: cause.name().to_owned(),
                restricted_by: r.ready()?.user,
                restricted_at: r.now.to_string(),
            };
            restricting::restrict(r.driver.as_mut(), &restriction)?;
            r.take_off(PERSON, person)?;
            for record in erasing::records_of(r.driver.as_mut(), person)? {
                r.take_off(&record.kind, &record.id)?;
            }
            r.statuses = None;
            Ok(((), format!("processing restricted: {}", cause.name())))
        };
        self.seeing_all(|r| r.act(Operation::Retain, &scope, &named(PERSON, person), restricts))
    }

    /// Lifts the restriction: the data are used as before. The user has informed the person in advance (article 18(3)).
    ///
    /// # Errors
    /// If the policy does not allow it, or it is not restricted.
    pub fn lift_restriction(&mut self, person: &Id) -> Result<(), RegisterError> {
        let scope = self.scope_of_all_about(person)?;
        let lifts = |r: &mut Self| {
            if !restricting::lift(r.driver.as_mut(), person)? {
                return Err(RegisterError::NotRestricted);
            }
            r.statuses = None;
            Ok(((), "restriction lifted".to_owned()))
        };
        self.seeing_all(|r| r.act(Operation::Retain, &scope, &named(PERSON, person), lifts))
    }

    /// People within reach whose data are only stored, the first one first.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn restricted(&mut self) -> Result<Vec<Restriction>, RegisterError> {
        self.read_within(Operation::Retain, "restricted", |r, reach| {
            let stored = r.seeing_all(|r| restricting::restrictions(r.driver.as_mut(), reach.within()))?;
            let all: Vec<Restriction> = stored.into_iter().filter_map(Restriction::from_stored).collect();
            let detail = format!("{} restricted", all.len());
            Ok((all, detail))
        })
    }

    /// Opens the data of a restricted person for one of the uses that the article allows; the log says for which.
    ///
    /// # Errors
    /// If the policy does not allow it, or their data are not restricted.
    pub fn open_restricted(&mut self, person: &Id, of: Use) -> Result<RestrictedCase, RegisterError> {
        let scope = self.scope_of(person)?;
        self.seeing_all(|r| {
            let restriction = r.read(Operation::ReadRecord, &scope, &named(PERSON, person), |r| {
                let restriction = r.restriction_of(person)?.ok_or(RegisterError::NotRestricted)?;
                Ok((restriction, format!("opened though restricted: {}", of.name())))
            })?;
            let registrations = r.registrations(person)?;
            let records = r.records_of(person)?;
            let identity = match r.identity(person) {
                Err(RegisterError::VaultClosed | RegisterError::Erased) => Identity::new(),
                other => other?,
            };
            Ok(RestrictedCase { restriction, registrations, records, identity })
        })
    }
}
