//! Erasure deletes a person's key, identity and records and keeps the count. It cannot be undone, so it takes two users and a waiting
//! period: one lists what is to be erased, another confirms it days later, and what is no longer due by then is kept.

use std::collections::{BTreeMap, HashSet};

use ijsberg_crypto::random;
use ijsberg_store::erasing;
use jiff::Span;

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::{Reach, Scope};

/// The kind of a listing that is a person, not a record.
pub(crate) const PERSON: &str = "person";

/// The fewest days between listing and erasure.
pub const DELAY: u16 = 7;

/// The most days; for a later day, list it later.
const LONGEST: u16 = 366;

/// Tables that determine what is due, verified before anything is erased: an attacker with SQL access cannot have anyone erased by moving a
/// date.
const OF_ERASING: [&str; 6] = ["erasing", "person", "registration", "record", "legal_hold", "retention"];

/// Why something was listed for erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Its retention period has ended.
    Time,
    /// The person asked for it.
    Request,
}

impl Ground {
    fn name(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Request => "request",
        }
    }
}

/// Something that was listed for erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureProposal {
    /// `person`, or the kind of a record.
    pub kind: String,
    /// Its pseudonym.
    pub id: Id,
    /// Why.
    pub ground: Ground,
    /// The day from which its retention period counted.
    pub since: String,
    /// Who listed it.
    pub by: String,
    /// When.
    pub at: String,
    /// The first day on which somebody else can confirm it.
    pub not_before: String,
    /// Whether it is still due; if not, it stays when the rest is erased.
    pub due: bool,
    /// Whether its days are over.
    pub ripe: bool,
}

impl ErasureProposal {
    fn from_stored(stored: erasing::Proposal, due: &Due, today: &str) -> Self {
        let erasing::Proposal { kind, id, ground, since, listed_by: by, listed_at: at, not_before } = stored;
        let ground = if ground == Ground::Request.name() { Ground::Request } else { Ground::Time };
        let due = match ground {
            Ground::Time => due.time.get(&(kind.clone(), id)) == Some(&since),
            Ground::Request => due.asked(&id),
        };
        let ripe = not_before.as_str() <= today;
        Self { kind, id, ground, since, by, at, not_before, due, ripe }
    }
}

/// The result of an erasure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasureOutcome {
    /// Persons erased.
    pub persons: usize,
    /// Records erased.
    pub records: usize,
    /// Listed by the user who confirms: another user has to.
    pub own: usize,
    /// Listed too recently.
    pub early: usize,
    /// No longer due; removed from the list.
    pub stays: usize,
}

/// What may go, of what is within reach.
struct Due {
    time: BTreeMap<(String, Id), String>,
    held: HashSet<Id>,
    erased: HashSet<Id>,
}

impl Due {
    /// Whether a person who asked for it can be erased.
    fn asked(&self, person: &Id) -> bool {
        !self.held.contains(person) && !self.erased.contains(person)
    }
}

impl Register {
    fn all_due(&mut self, reach: &Reach) -> Result<Due, RegisterError> {
        let mut time = self.due_records(reach)?;
        time.extend(self.due(reach)?.into_iter().map(|(id, since)| ((PERSON.to_owned(), id), since)));
        let erased = erasing::erased_people(self.driver.as_mut())?.into_iter().collect();
        Ok(Due { time, held: self.held()?, erased })
    }

    /// What is listed, within reach.
    fn listed(&mut self, reach: &Reach, due: &Due) -> Result<Vec<ErasureProposal>, RegisterError> {
        let today = self.today().to_string();
        let listed = erasing::listed(self.driver.as_mut(), reach.within())?;
        Ok(listed.into_iter().map(|stored| ErasureProposal::from_stored(stored, due, &today)).collect())
    }

    fn put_up(
        &mut self,
        kind: &str,
        id: &Id,
        (ground, since): (Ground, &str),
        days: u16,
    ) -> Result<(), RegisterError> {
        let proposal = erasing::Proposal {
            kind: kind.to_owned(),
            id: *id,
            ground: ground.name().to_owned(),
            since: since.to_owned(),
            listed_by: self.ready()?.user,
            listed_at: self.now.to_string(),
            not_before: self.first_day(days)?,
        };
        Ok(erasing::put_up(self.driver.as_mut(), &proposal)?)
    }

    /// The first day on which what is listed today can be confirmed.
    fn first_day(&self, days: u16) -> Result<String, RegisterError> {
        if !(DELAY..=LONGEST).contains(&days) {
            return Err(RegisterError::ErasingDelay { least: DELAY, most: LONGEST });
        }
        let day = self.today().checked_add(Span::new().days(i64::from(days)));
        Ok(day.unwrap_or(jiff::civil::Date::MAX).to_string())
    }

    pub(crate) fn take_off(&mut self, kind: &str, id: &Id) -> Result<(), RegisterError> {
        Ok(erasing::take_off(self.driver.as_mut(), kind, id)?)
    }

    /// Checks that the person exists and was not erased.
    pub(crate) fn not_erased(&mut self, person: &Id) -> Result<(), RegisterError> {
        match erasing::person_erasure(self.driver.as_mut(), person)? {
            None => Err(RegisterError::NotFound(Thing::Person)),
            Some(erasure) if erasure.erased_at.is_some() => Err(RegisterError::Erased),
            Some(_) => Ok(()),
        }
    }

    /// Lists what has passed its retention period, within reach, to be erased once another user confirms it, at least [`DELAY`] days later.
    /// Earlier listings stay as they are; what is no longer due is removed. Returns how much is new, and the first day on which it can be
    /// confirmed.
    ///
    /// # Errors
    /// If the policy does not allow it, or the days are too few or too many.
    pub fn list_for_erasing(&mut self, days: u16) -> Result<(usize, String), RegisterError> {
        let day = self.first_day(days)?;
        self.within(Operation::Retain, "erasing", |r, reach| {
            let due = r.all_due(reach)?;
            let (there, gone): (Vec<_>, Vec<_>) = r.listed(reach, &due)?.into_iter().partition(|l| l.due);
            gone.iter().try_for_each(|l| r.take_off(&l.kind, &l.id))?;
            let there: std::collections::BTreeSet<(String, Id)> =
                there.into_iter().map(|l| (l.kind, l.id)).collect();
            let mut new = 0;
            for ((kind, id), since) in due.time.iter().filter(|d| !there.contains(d.0)) {
                r.put_up(kind, id, (Ground::Time, since), days)?;
                new += 1;
            }
            let detail = format!("{new} listed for erasure from {day} on, {} removed", gone.len());
            Ok(((new, day), detail))
        })
    }

    /// Lists one person who asked to be erased, in the same way; a hold in force is an error. Returns the first day on which it can be
    /// confirmed.
    ///
    /// # Errors
    /// If the policy does not allow it, a hold is in force, there is no such person, or the days are too few or too many.
    pub fn list_person_for_erasing(&mut self, person: &Id, days: u16) -> Result<String, RegisterError> {
        let day = self.first_day(days)?;
        let scope = self.scope_of_all_about(person)?;
        self.act(Operation::Retain, &scope, &named(PERSON, person), |r| {
            if r.held()?.contains(person) {
                return Err(RegisterError::Held);
            }
            r.not_erased(person)?;
            if erasing::is_listed(r.driver.as_mut(), PERSON, person)? {
                return Err(RegisterError::ListedAlready);
            }
            let today = r.today().to_string();
            r.put_up(PERSON, person, (Ground::Request, &today), days)?;
            let detail = format!("listed for erasure from {day} on, at the person's request");
            Ok((day, detail))
        })
    }

    /// Removes one person from the list: they are not erased, unless they are listed again.
    ///
    /// # Errors
    /// If the policy does not allow it, or they were not listed.
    pub fn take_person_off(&mut self, person: &Id) -> Result<(), RegisterError> {
        let scope = self.scope_of_all_about(person)?;
        self.act(Operation::Retain, &scope, &named(PERSON, person), |r| {
            if !erasing::is_listed(r.driver.as_mut(), PERSON, person)? {
                return Err(RegisterError::NotListed);
            }
            r.take_off(PERSON, person)?;
            Ok(((), "taken off: not erased".to_owned()))
        })
    }

    /// What is listed, within reach, the first day first.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn listed_for_erasing(&mut self) -> Result<Vec<ErasureProposal>, RegisterError> {
        self.read_within(Operation::Retain, "erasing", |r, reach| {
            let due = r.all_due(reach)?;
            let listed = r.listed(reach, &due)?;
            let detail = format!("{} listed", listed.len());
            Ok((listed, detail))
        })
    }

    /// Erases what another user listed, within reach, if the waiting period is over and it is still due; what is no longer due is removed
    /// from the list and kept.
    ///
    /// # Errors
    /// If the policy does not allow it, or nothing can be erased since it takes another user or the waiting period is not over; then
    /// nothing is changed.
    pub fn erase_listed(&mut self) -> Result<ErasureOutcome, RegisterError> {
        let me = self.ready()?.user;
        self.within(Operation::Retain, "erasing", |r, reach| {
            OF_ERASING.iter().try_for_each(|table| r.counts_right(table))?;
            let due = r.all_due(reach)?;
            let mut done = ErasureOutcome::default();
            let mut first = None;
            for listed in r.listed(reach, &due)? {
                if !listed.due {
                    done.stays += 1;
                } else if listed.by == me {
                    done.own += 1;
                    continue;
                } else if !listed.ripe {
                    done.early += 1;
                    first.get_or_insert(listed.not_before);
                    continue;
                } else if r.erase_one(&listed, &me)? {
                    let n = if listed.kind == PERSON { &mut done.persons } else { &mut done.records };
                    *n += 1;
                }
                r.take_off(&listed.kind, &listed.id)?;
            }
            match (done.persons + done.records, first) {
                (0, _) if done.own > 0 => return Err(RegisterError::SomebodyElse),
                (0, Some(day)) => return Err(RegisterError::TooEarly(day)),
                _ => {}
            }
            let ErasureOutcome { persons, records, own, early, stays } = done;
            let detail = format!(
                "{persons} persons and {records} records erased, {} wait, {stays} not due any more",
                own + early
            );
            Ok((done, detail))
        })
    }

    /// Erases it, with an entry of its own that names the user who listed it; false if it was erased with its person.
    fn erase_one(&mut self, listed: &ErasureProposal, me: &str) -> Result<bool, RegisterError> {
        let scope = if listed.kind == PERSON {
            let scope = self.scope_of_all_about(&listed.id)?;
            self.erase_person(&listed.id)?;
            scope
        } else {
            let driver = self.driver.as_mut();
            let organisation = erasing::record_organisation(driver, &listed.kind, &listed.id)?;
            let Some(organisation) = organisation else { return Ok(false) };
            erasing::erase_record(driver, &listed.kind, &listed.id)?;
            Scope::for_organisation(&organisation)
        };
        let day = listed.at.get(..10).unwrap_or_default();
        let detail = format!("erased ({}); listed by {} on {day}", listed.ground.name(), listed.by);
        let (operation, subject) = (Operation::Retain.name(), named(&listed.kind, &listed.id));
        self.append_of(&scope, me, &operation, &subject, Outcome::Done, &detail)?;
        Ok(true)
    }

    fn erase_person(&mut self, person: &Id) -> Result<(), RegisterError> {
        let (at, driver) = (self.now.to_string(), self.driver.as_mut());
        erasing::erase_identity(driver, person)?;
        erasing::erase_records_of(driver, person)?;
        for registration in erasing::registrations_of(driver, person)? {
            // The organisation's own case reference no longer leads here; the count stays.
            let nobody: [u8; 32] = random()?;
            erasing::forget_case(driver, &registration, &nobody)?;
        }
        Ok(erasing::mark_erased(driver, person, &at)?)
    }
}
