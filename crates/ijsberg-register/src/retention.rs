//! Retention periods, and what has passed them.

use std::collections::{BTreeMap, HashSet};

use ijsberg_outside::Line;
use ijsberg_store::retention;
use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};

use crate::days::PartialDay;
use crate::erasing::PERSON;
use crate::error::RegisterError;
use crate::expected::Wanted;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::{Reach, Scope};

/// A hold lasts so many years at most; it can be renewed.
const LONGEST_HOLD: i64 = 10;

/// Purposes of registrations: their retention period is that of the person.
const OF_REGISTRATIONS: [&str; 2] = ["help", "statistics"];

impl Register {
    /// Keeps what serves a purpose for so many months: for help and statistics persons after their last registration, for other
    /// purposes records after they were last written.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn set_retention(&mut self, purpose: &str, months: u16) -> Result<(), RegisterError> {
        if !crate::codes::has("purpose", purpose) || !(1..=600).contains(&months) {
            return Err(RegisterError::invalid("retention", Wanted::PurposeAndMonths));
        }
        self.act(Operation::SetRetention, &Scope::Everywhere, &format!("retention:{purpose}"), |r| {
            retention::set_period(r.driver.as_mut(), purpose, months)?;
            Ok(((), format!("{months} months")))
        })
    }

    /// Puts erasure of a person's data on hold until a day; an owner is responsible for it. A hold in force gets the new last day; the log
    /// says what it was before.
    ///
    /// # Errors
    /// If the policy does not allow it, or the day is past or more than ten years away.
    pub fn hold(&mut self, person: &Id, owner: &str, until: Date) -> Result<(), RegisterError> {
        if Line::new(owner, 200).is_err() {
            return Err(RegisterError::invalid("owner", Wanted::Owner));
        }
        let today = self.today();
        let furthest = today.checked_add(Span::new().years(LONGEST_HOLD)).unwrap_or(Date::MAX);
        if until <= today || until > furthest {
            return Err(RegisterError::invalid("until", Wanted::HoldUntil));
        }
        let scope = self.scope_of_all_about(person)?;
        self.act(Operation::Retain, &scope, &named("person", person), |r| {
            let before = retention::held_until(r.driver.as_mut(), person)?;
            let before = before.map_or_else(String::new, |day| format!(", before until {day}"));
            retention::hold(r.driver.as_mut(), person, owner, &until.to_string())?;
            r.take_off(PERSON, person)?;
            Ok(((), format!("held until {until}{before}")))
        })
    }

    pub(crate) fn today(&self) -> Date {
        TimeZone::UTC.to_datetime(self.now).date()
    }

    /// Purposes that have a time, and the day before which it is over.
    fn limits(&mut self) -> Result<Vec<(String, String)>, RegisterError> {
        let today = self.today();
        let periods = retention::periods(self.driver.as_mut())?;
        let before =
            |months: i64| today.checked_sub(Span::new().months(months)).unwrap_or(Date::MIN).to_string();
        Ok(periods.into_iter().map(|p| (p.purpose, before(p.months))).collect())
    }

    /// Persons within reach whose retention period has ended, and the day from which it counted: every registration of theirs has passed
    /// the period of its purpose, and no hold is in force.
    pub(crate) fn due(&mut self, reach: &Reach) -> Result<BTreeMap<Id, String>, RegisterError> {
        let (limits, held) = (self.limits()?, self.held()?);
        let mut due: BTreeMap<Id, (bool, String)> = BTreeMap::new();
        retention::each_registration(self.driver.as_mut(), reach.within(), &mut |row| {
            // A month or a year lasts until its last day, and the period counts at least from the day of receipt: a slip in a date erases
            // nobody.
            let happened = PartialDay::parse(&row.happened_on);
            let happened = happened.map_or(Date::MAX, PartialDay::last).to_string();
            let received = row.recorded_at.get(..10).unwrap_or_default();
            let last = happened.as_str().max(received);
            let past =
                limits.iter().any(|(purpose, before)| *purpose == row.purpose && last < before.as_str());
            let (all_past, since) = due.entry(row.person).or_insert_with(|| (true, String::new()));
            *all_past &= past;
            if last > since.as_str() {
                last.clone_into(since);
            }
        })?;
        let past = due.into_iter().filter(|(person, (past, _))| *past && !held.contains(person));
        Ok(past.map(|(person, (_, since))| (person, since)).collect())
    }

    /// Persons whom somebody holds back today.
    pub(crate) fn held(&mut self) -> Result<HashSet<Id>, RegisterError> {
        let today = self.today().to_string();
        Ok(retention::held(self.driver.as_mut(), &today)?.into_iter().collect())
    }

    /// Records within reach whose purpose has a retention period of its own, such as residence, and when they were last written; those of
    /// persons on hold are kept.
    pub(crate) fn due_records(
        &mut self,
        reach: &Reach,
    ) -> Result<BTreeMap<(String, Id), String>, RegisterError> {
        let today = self.today().to_string();
        let mut due = BTreeMap::new();
        let limits = self.limits()?;
        for (purpose, before) in limits.into_iter().filter(|l| !OF_REGISTRATIONS.contains(&l.0.as_str())) {
            let driver = self.driver.as_mut();
            let past = retention::records_before(driver, &purpose, &before, &today, reach.within())?;
            due.extend(past.into_iter().map(|record| ((record.kind, record.id), record.recorded_at)));
        }
        Ok(due)
    }

    /// Purposes with the months for which they are kept.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn retention_periods(&mut self) -> Result<Vec<(String, i64)>, RegisterError> {
        self.read_within(Operation::Retain, "retention", |r, _| {
            let periods = retention::periods(r.driver.as_mut())?;
            Ok((periods.into_iter().map(|p| (p.purpose, p.months)).collect(), String::new()))
        })
    }

    /// How many persons within reach have passed their retention period.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn due_for_erasing(&mut self) -> Result<usize, RegisterError> {
        self.read_within(Operation::Retain, "due", |r, reach| {
            let n = r.due(reach)?.len();
            Ok((n, format!("{n} persons")))
        })
    }
}
