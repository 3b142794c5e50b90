//! How long it is kept, and what is past its time.

use std::collections::{BTreeMap, HashSet};

use ijsberg_outside::Line;
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

/// Purposes of registrations: their time is that of the person.
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
            let sql = "INSERT INTO retention (purpose, months) VALUES ($1, $2) ON CONFLICT (purpose) DO UPDATE SET months = $2";
            r.driver.execute(sql, &[purpose.into(), i64::from(months).into()])?;
            Ok(((), format!("{months} months")))
        })
    }

    /// Holds a person's data back from erasing until a day; somebody answers for it. A hold in force ends on the new day; the log
    /// says which day it was.
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
            let before = "SELECT until_day FROM legal_hold WHERE person = $1";
            let before = r.driver.first(before, &[person.as_slice().into()])?;
            let before = before.map_or_else(String::new, |row| format!(", before until {}", row.text(0)));
            let sql = "INSERT INTO legal_hold (person, owner, until_day) VALUES ($1, $2, $3) \
                       ON CONFLICT (person) DO UPDATE SET owner = $2, until_day = $3";
            r.driver.execute(sql, &[person.as_slice().into(), owner.into(), until.to_string().into()])?;
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
        let rows = self.driver.query("SELECT purpose, months FROM retention", &[])?;
        let before =
            |months: i64| today.checked_sub(Span::new().months(months)).unwrap_or(Date::MIN).to_string();
        Ok(rows.iter().map(|r| (r.text(0).to_owned(), before(r.int(1)))).collect())
    }

    /// Persons within reach whose time is over, and the day from which it counted: every registration of theirs is past the retention
    /// of its purpose, and nothing holds them.
    pub(crate) fn due(&mut self, reach: &Reach) -> Result<BTreeMap<Id, String>, RegisterError> {
        let (limits, held) = (self.limits()?, self.held()?);
        let mut due: BTreeMap<Vec<u8>, (bool, String)> = BTreeMap::new();
        let mut values = Vec::new();
        let sql = format!(
            "SELECT r.person, r.purpose, r.happened_on, r.recorded_at FROM registration r JOIN person p ON p.id = r.person \
             WHERE p.erased_at IS NULL AND {}",
            reach.of_person("r.person", &mut values)
        );
        self.driver.each(&sql, &values, &mut |row| {
            // A month or a year lasts until its last day, and nothing is kept for a shorter time than since it was received: a slip
            // in a date erases nobody.
            let happened = PartialDay::parse(row.text(2)).map_or(Date::MAX, PartialDay::last).to_string();
            let received = row.text(3).get(..10).unwrap_or_default();
            let last = happened.as_str().max(received);
            let past =
                limits.iter().any(|(purpose, before)| purpose == row.text(1) && last < before.as_str());
            let (all_past, since) = due.entry(row.bytes(0).to_vec()).or_insert_with(|| (true, String::new()));
            *all_past &= past;
            if last > since.as_str() {
                last.clone_into(since);
            }
        })?;
        let past = due.into_iter().filter(|(person, (past, _))| *past && !held.contains(person));
        Ok(past.filter_map(|(person, (_, since))| Some((person.try_into().ok()?, since))).collect())
    }

    /// Persons whom somebody holds back today.
    pub(crate) fn held(&mut self) -> Result<HashSet<Vec<u8>>, RegisterError> {
        let today = self.today().to_string();
        let rows =
            self.driver.query("SELECT person FROM legal_hold WHERE until_day >= $1", &[today.into()])?;
        Ok(rows.iter().map(|r| r.bytes(0).to_vec()).collect())
    }

    /// Records within reach whose purpose has a time of its own, such as residence, and when they were last written; those of persons
    /// who are held stay.
    pub(crate) fn due_records(
        &mut self,
        reach: &Reach,
    ) -> Result<BTreeMap<(String, Id), String>, RegisterError> {
        let today = self.today().to_string();
        let mut due = BTreeMap::new();
        let limits = self.limits()?;
        for (purpose, before) in limits.into_iter().filter(|l| !OF_REGISTRATIONS.contains(&l.0.as_str())) {
            let mut values = vec![purpose.into(), before.into(), today.as_str().into()];
            let sql = format!(
                "SELECT kind, id, recorded_at FROM record WHERE purpose = $1 AND recorded_at < $2 AND {} \
                 AND (person IS NULL OR person NOT IN (SELECT person FROM legal_hold WHERE until_day >= $3))",
                reach.condition("organisation", &mut values)
            );
            for row in self.driver.query(&sql, &values)? {
                if let Ok(id) = row.bytes(1).try_into() {
                    due.insert((row.text(0).to_owned(), id), row.text(2).to_owned());
                }
            }
        }
        Ok(due)
    }

    /// Purposes with the months for which they are kept.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn retention_periods(&mut self) -> Result<Vec<(String, i64)>, RegisterError> {
        self.read_within(Operation::Retain, "retention", |r, _| {
            let rows = r.driver.query("SELECT purpose, months FROM retention ORDER BY purpose", &[])?;
            Ok((rows.iter().map(|row| (row.text(0).to_owned(), row.int(1))).collect(), String::new()))
        })
    }

    /// How many persons' time is over, of those within reach.
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
