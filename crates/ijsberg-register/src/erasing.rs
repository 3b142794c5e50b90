//! Erasing takes a person's key, identity and records away and keeps the count. It cannot be taken back, so it takes two people and a
//! while: one puts up what is to go, somebody else confirms it days later, and what is not due any more by then stays.

use std::collections::BTreeMap;

use ijsberg_crypto::random;
use ijsberg_store::Row;
use jiff::Span;

use crate::audit::Outcome;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::policy::Operation;
use crate::register::{Id, Register, named};
use crate::scope::{Reach, Scope};

/// The kind of what is put up, where it is a person and no record.
pub(crate) const PERSON: &str = "person";

/// At least so many days lie between putting up and erasing.
pub const DELAY: u16 = 7;

/// At most so many: later it is put up later.
const LONGEST: u16 = 366;

/// Tables that say what is due, counted before anything is erased: whoever may write SQL has nobody erased by moving a date.
const OF_ERASING: [&str; 6] = ["erasing", "person", "registration", "record", "legal_hold", "retention"];

/// Why something was put up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Its time is over.
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

/// Something that was put up for erasing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureProposal {
    /// `person`, or the kind of a record.
    pub kind: String,
    /// Its pseudonym.
    pub id: Id,
    /// Why.
    pub ground: Ground,
    /// The day from which its time counted.
    pub since: String,
    /// Who put it up.
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
    fn from_row(row: &Row, due: &Due, today: &str) -> Option<Self> {
        let (kind, id) = (row.text(0).to_owned(), row.bytes(1).try_into().ok()?);
        let ground = if row.text(2) == Ground::Request.name() { Ground::Request } else { Ground::Time };
        let since = row.text(3).to_owned();
        let due = match ground {
            Ground::Time => due.time.get(&(kind.clone(), id)) == Some(&since),
            Ground::Request => due.asked(&id),
        };
        let [by, at, not_before] = [4, 5, 6].map(|c| row.text(c).to_owned());
        let ripe = not_before.as_str() <= today;
        Some(Self { kind, id, ground, since, by, at, not_before, due, ripe })
    }
}

/// What erasing came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ErasureOutcome {
    /// Persons erased.
    pub persons: usize,
    /// Records erased.
    pub records: usize,
    /// Put up by whoever confirms: somebody else has to.
    pub own: usize,
    /// Put up too short a while ago.
    pub early: usize,
    /// Not due any more; taken off.
    pub stays: usize,
}

/// What may go, of what is within reach.
struct Due {
    time: BTreeMap<(String, Id), String>,
    held: std::collections::HashSet<Vec<u8>>,
    erased: std::collections::HashSet<Vec<u8>>,
}

impl Due {
    /// Whether a person who asked for it can be erased.
    fn asked(&self, person: &Id) -> bool {
        !self.held.contains(person.as_slice()) && !self.erased.contains(person.as_slice())
    }
}

/// The condition that what is listed is within reach.
pub(crate) fn listed_within(reach: &Reach, values: &mut Vec<ijsberg_store::Value>) -> String {
    let (person, own) = (reach.of_person("id", values), reach.condition("organisation", values));
    format!(
        "((kind = '{PERSON}' AND {person}) OR (kind <> '{PERSON}' AND id IN (SELECT id FROM record WHERE {own})))"
    )
}

impl Register {
    fn all_due(&mut self, reach: &Reach) -> Result<Due, RegisterError> {
        let mut time = self.due_records(reach)?;
        time.extend(self.due(reach)?.into_iter().map(|(id, since)| ((PERSON.to_owned(), id), since)));
        let erased = self.driver.query("SELECT id FROM person WHERE erased_at IS NOT NULL", &[])?;
        let erased = erased.iter().map(|r| r.bytes(0).to_vec()).collect();
        Ok(Due { time, held: self.held()?, erased })
    }

    /// What is put up, of what is within reach.
    fn listed(&mut self, reach: &Reach, due: &Due) -> Result<Vec<ErasureProposal>, RegisterError> {
        let mut values = Vec::new();
        let sql = format!(
            "SELECT kind, id, ground, since, listed_by, listed_at, not_before FROM erasing \
             WHERE {} ORDER BY not_before, kind, id",
            listed_within(reach, &mut values)
        );
        let today = self.today().to_string();
        let rows = self.driver.query(&sql, &values)?;
        Ok(rows.iter().filter_map(|row| ErasureProposal::from_row(row, due, &today)).collect())
    }

    fn put_up(
        &mut self,
        kind: &str,
        id: &Id,
        (ground, since): (Ground, &str),
        days: u16,
    ) -> Result<(), RegisterError> {
        let by = self.ready()?.user;
        let not_before = self.first_day(days)?;
        let at = self.now.to_string();
        self.driver.execute(
            "INSERT INTO erasing (kind, id, ground, since, listed_by, listed_at, not_before) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (kind, id) DO UPDATE SET ground = $3, since = $4, \
             listed_by = $5, listed_at = $6, not_before = $7",
            &[
                kind.into(),
                id.as_slice().into(),
                ground.name().into(),
                since.into(),
                by.into(),
                at.into(),
                not_before.into(),
            ],
        )?;
        Ok(())
    }

    /// The day from which what is put up today can be confirmed.
    fn first_day(&self, days: u16) -> Result<String, RegisterError> {
        if !(DELAY..=LONGEST).contains(&days) {
            return Err(RegisterError::ErasingDelay { least: DELAY, most: LONGEST });
        }
        let day = self.today().checked_add(Span::new().days(i64::from(days)));
        Ok(day.unwrap_or(jiff::civil::Date::MAX).to_string())
    }

    pub(crate) fn take_off(&mut self, kind: &str, id: &Id) -> Result<(), RegisterError> {
        let values = [kind.into(), id.as_slice().into()];
        self.driver.execute("DELETE FROM erasing WHERE kind = $1 AND id = $2", &values)?;
        Ok(())
    }

    /// Puts up what is past its time, of what is within reach, to be erased once somebody else confirms it, at least [`DELAY`] days
    /// later. What was put up before stays as it is; what is not due any more is taken off. Returns how much is new, and from which
    /// day on it can be confirmed.
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

    /// Puts up one person who asked to be erased, in the same way; what holds them back is an error. Returns from which day on it can
    /// be confirmed.
    ///
    /// # Errors
    /// If the policy does not allow it, a hold is in force, there is no such person, or the days are too few or too many.
    pub fn list_person_for_erasing(&mut self, person: &Id, days: u16) -> Result<String, RegisterError> {
        let day = self.first_day(days)?;
        let scope = self.scope_of_all_about(person)?;
        self.act(Operation::Retain, &scope, &named(PERSON, person), |r| {
            if r.held()?.contains(person.as_slice()) {
                return Err(RegisterError::Held);
            }
            let sql = "SELECT erased_at FROM person WHERE id = $1";
            let row = r.driver.first(sql, &[person.as_slice().into()])?;
            match row {
                None => return Err(RegisterError::NotFound(Thing::Person)),
                Some(row) if !row.is_null(0) => return Err(RegisterError::Erased),
                Some(_) => {}
            }
            let sql = "SELECT 1 FROM erasing WHERE kind = $1 AND id = $2";
            if r.driver.first(sql, &[PERSON.into(), person.as_slice().into()])?.is_some() {
                return Err(RegisterError::ListedAlready);
            }
            let today = r.today().to_string();
            r.put_up(PERSON, person, (Ground::Request, &today), days)?;
            let detail = format!("listed for erasure from {day} on, at the person's request");
            Ok((day, detail))
        })
    }

    /// Takes one person off again: they are not erased, unless they are put up anew.
    ///
    /// # Errors
    /// If the policy does not allow it, or they were not put up.
    pub fn take_person_off(&mut self, person: &Id) -> Result<(), RegisterError> {
        let scope = self.scope_of_all_about(person)?;
        self.act(Operation::Retain, &scope, &named(PERSON, person), |r| {
            let sql = "SELECT 1 FROM erasing WHERE kind = $1 AND id = $2";
            if r.driver.first(sql, &[PERSON.into(), person.as_slice().into()])?.is_none() {
                return Err(RegisterError::NotListed);
            }
            r.take_off(PERSON, person)?;
            Ok(((), "taken off: not erased".to_owned()))
        })
    }

    /// What is put up, of what is within reach, the first day first.
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

    /// Erases what somebody else put up, of what is within reach, if the while is over and it is still due; what is not due any more
    /// is taken off and stays.
    ///
    /// # Errors
    /// If the policy does not allow it, or nothing can be erased since it takes somebody else or the while is not over; then nothing is
    /// changed.
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

    /// Erases it, with an entry of its own that says who wanted it; false where it went with its person.
    fn erase_one(&mut self, listed: &ErasureProposal, me: &str) -> Result<bool, RegisterError> {
        let scope = if listed.kind == PERSON {
            let scope = self.scope_of_all_about(&listed.id)?;
            self.erase_person(&listed.id)?;
            scope
        } else {
            let record = || [listed.kind.as_str().into(), listed.id.as_slice().into()];
            let sql = "SELECT organisation FROM record WHERE kind = $1 AND id = $2";
            let Some(row) = self.driver.first(sql, &record())? else { return Ok(false) };
            for table in ["record_version", "record"] {
                let sql = format!("DELETE FROM {table} WHERE kind = $1 AND id = $2");
                self.driver.execute(&sql, &record())?;
            }
            Scope::for_organisation(row.text(0))
        };
        let day = listed.at.get(..10).unwrap_or_default();
        let detail = format!("erased ({}); listed by {} on {day}", listed.ground.name(), listed.by);
        let (operation, subject) = (Operation::Retain.name(), named(&listed.kind, &listed.id));
        self.append_of(&scope, me, &operation, &subject, Outcome::Done, &detail)?;
        Ok(true)
    }

    fn erase_person(&mut self, person: &Id) -> Result<(), RegisterError> {
        let who = || [person.as_slice().into()];
        self.driver.execute("DELETE FROM person_key WHERE person = $1", &who())?;
        self.driver.execute("DELETE FROM identity WHERE person = $1", &who())?;
        let records = self.driver.query("SELECT kind, id FROM record WHERE person = $1", &who())?;
        for row in records {
            for table in ["record_version", "erasing"] {
                let sql = format!("DELETE FROM {table} WHERE kind = $1 AND id = $2");
                self.driver.execute(&sql, &[row.text(0).into(), row.bytes(1).into()])?;
            }
        }
        self.driver.execute("DELETE FROM record WHERE person = $1", &who())?;
        let registrations = self.driver.query("SELECT id FROM registration WHERE person = $1", &who())?;
        for row in registrations {
            // The organisation's own key for the case no longer leads here; the count stays.
            let nobody: [u8; 32] = random()?;
            let id: [ijsberg_store::Value; 2] = [nobody.to_vec().into(), row.bytes(0).into()];
            self.driver.execute("UPDATE registration SET local_key = $1 WHERE id = $2", &id)?;
            self.driver.execute("DELETE FROM link_token WHERE registration = $1", &[row.bytes(0).into()])?;
        }
        self.driver.execute(
            "UPDATE person SET erased_at = $1 WHERE id = $2",
            &[self.now.to_string().into(), person.as_slice().into()],
        )?;
        Ok(())
    }
}
