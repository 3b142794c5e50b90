//! Whether the register is intact: rows are as they were written, none was deleted or reverted, the log is complete to its end, and no
//! older copy is in its place.

use ijsberg_crypto::Key;
use ijsberg_store::{Driver, StoreError, audit as stored};
use jiff::{SignedDuration, Timestamp};

use crate::audit::{self, BEHIND, Checkpoint, End, New};
use crate::domain::Domain;
use crate::error::RegisterError;
use crate::guarded::tables::{TABLES, place};
use crate::guarded::{Guarded, Sums};
use crate::register::Register;

/// Longer than this nobody leaves a register alone.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 400);

fn state(key: &Key, sums: &[u8]) -> Vec<u8> {
    key.mac(&[b"state", sums])[..16].to_vec()
}

pub(crate) fn changed(what: &str) -> RegisterError {
    StoreError::Changed(what.to_owned()).into()
}

/// A value that cannot be read as it was written was changed from outside.
pub(crate) fn outside(error: StoreError, table: &str) -> RegisterError {
    match error {
        StoreError::Unreadable { .. } => changed(table),
        other => other.into(),
    }
}

/// Whether an entry of the log still has this hash. A hash that is not stored as bytes counts as another one.
pub(crate) fn has_hash(driver: &mut dyn Driver, seq: i64, hash: &[u8]) -> Result<bool, RegisterError> {
    match stored::hash_of_entry(driver, seq) {
        Ok(there) => Ok(there.is_some_and(|there| there == hash)),
        Err(StoreError::Unreadable { .. }) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

impl Register {
    /// Catches up with what others wrote: the end of the log, and the sums of the tables that its last entry vouches for. Within a
    /// transaction.
    pub(crate) fn follow(&mut self) -> Result<(), RegisterError> {
        let last = stored::last(self.driver.as_mut()).map_err(|e| outside(e, "audit"))?;
        let now = last.as_ref().map_or_else(End::none, |e| End { seq: e.seq, hash: e.hash.clone() });
        if self.end.as_ref() == Some(&now) {
            return Ok(());
        }
        self.not_older(&now)?;
        let key = self.key(Domain::Rows)?.clone();
        let sealed = stored::sealed_sums(self.driver.as_mut()).map_err(|e| outside(e, "guard"))?;
        let bytes = match (&sealed, &last) {
            (None, None) => Guarded::sums_in_bytes(&Sums::default()),
            (None, Some(_)) => return Err(changed("guard")),
            (Some(sealed), _) => key.open(sealed, b"sums").map_err(|_| changed("guard"))?.to_vec(),
        };
        if last.is_some_and(|e| e.state != Some(state(&key, &bytes))) {
            return Err(changed("guard"));
        }
        self.driver.sums = Guarded::sums_of_bytes(&bytes);
        self.driver.unkept = false;
        self.driver.earlier = Guarded::sums_in_bytes(&self.driver.sums) != bytes;
        self.end = Some(now);
        Ok(())
    }

    /// Whether everything that was once there still is.
    fn not_older(&mut self, now: &End) -> Result<(), RegisterError> {
        let Some(seen) = self.seen.clone().filter(|s| s.seq > 0) else { return Ok(()) };
        let older = RegisterError::Older { seen: seen.seq, there: now.seq };
        if now.seq < seen.seq {
            return Err(older);
        }
        if has_hash(self.driver.as_mut(), seen.seq, &seen.hash)? { Ok(()) } else { Err(older) }
    }

    /// Reads the record of the last entry that is kept outside of the register.
    pub(crate) fn remember(&mut self) -> Result<(), RegisterError> {
        let Some(witness) = &self.witness else { return Ok(()) };
        let mut seen = witness.last(&self.work.audit);
        if let (Err(RegisterError::Witness { .. }), Some(files)) = (&seen, &self.files) {
            // The keys may have changed after the file with them was read.
            self.work = files.work()?;
            seen = witness.last(&self.work.audit);
        }
        self.seen = seen?;
        if self.seen.is_none() && stored::any_entry(self.driver.as_mut())? {
            let path = witness.path().display().to_string();
            return Err(RegisterError::NoWitness { path });
        }
        Ok(())
    }

    /// Keeps outside of the register what was written.
    pub(crate) fn witnessed(&mut self) -> Result<(), RegisterError> {
        if self.end == self.seen {
            return Ok(());
        }
        self.seen.clone_from(&self.end);
        let key = self.key(Domain::Audit)?.clone();
        match (&mut self.witness, &self.end) {
            (Some(witness), Some(end)) => witness.keep(&key, end),
            _ => Ok(()),
        }
    }

    /// Appends an entry to the log, within the transaction that it records; returns its number.
    pub(crate) fn log(&mut self, new: &New<'_>) -> Result<i64, RegisterError> {
        let rows = self.key(Domain::Rows)?.clone();
        let bytes = Guarded::sums_in_bytes(&self.driver.sums);
        if self.driver.unkept || self.driver.earlier {
            let sealed = rows.seal(&bytes, b"sums")?;
            stored::keep_sealed_sums(self.driver.as_mut(), &sealed)?;
            (self.driver.unkept, self.driver.earlier) = (false, false);
        }
        let last = self.end.clone().ok_or(RegisterError::StaleKeys)?;
        self.clock_fits(last.seq)?;
        let name = self.key_name(Domain::Audit)?.to_owned();
        let key = self.key(Domain::Audit)?.clone();
        let end = audit::append(self.driver.as_mut(), (&name, &key), &last, &state(&rows, &bytes), new)?;
        let seq = end.seq;
        self.end = Some(end);
        Ok(seq)
    }

    /// Refuses to write by a clock that is behind the last entry, or so far ahead that the register would have been unused for a year: it
    /// would erase everybody, or nobody.
    fn clock_fits(&mut self, last: i64) -> Result<(), RegisterError> {
        let at = stored::time_of_entry(self.driver.as_mut(), last).map_err(|e| outside(e, "audit"))?;
        let Some(at) = at.and_then(|at| at.parse::<Timestamp>().ok()) else { return Ok(()) };
        let ahead = self.now.duration_since(at);
        let said = self.day_said == Some(self.today());
        if (-BEHIND..=AHEAD).contains(&ahead) || said {
            return Ok(());
        }
        Err(RegisterError::Clock { now: self.now.to_string(), last: at.to_string() })
    }

    /// Hashes all rows of a table anew.
    pub(crate) fn hash_anew(&mut self, name: &str) -> Result<(), RegisterError> {
        place(name).map_or(Ok(()), |at| Ok(self.driver.hash_anew(at)?))
    }

    pub(crate) fn counts_right(&mut self, name: &str) -> Result<(), RegisterError> {
        let Some(at) = place(name) else { return Ok(()) };
        if self.driver.count(at, &mut drop)? == self.driver.sums[at] { Ok(()) } else { Err(changed(name)) }
    }

    /// Reads in a snapshot, which neither waits for writers nor blocks them.
    pub(crate) fn looking<T>(
        &mut self,
        f: impl FnOnce(&mut Self) -> Result<T, RegisterError>,
    ) -> Result<T, RegisterError> {
        if let Err(stale) = self.begin_looking() {
            self.forget();
            return Err(stale);
        }
        let done = self.follow().and_then(|()| f(self));
        let ended = self.driver.rollback();
        // That no user is logged in is no fault.
        if done.as_ref().is_err_and(|e| !matches!(e, RegisterError::NoSession)) {
            self.forget();
        }
        let value = done?;
        ended?;
        Ok(value)
    }

    /// Verifies the log from its beginning, every row of every table, and the sum of each table.
    ///
    /// # Errors
    /// [`RegisterError::Audit`] with the first entry that does not hold, or the table in which something was changed.
    pub fn verify_audit(&mut self) -> Result<Checkpoint, RegisterError> {
        self.begin_looking()?;
        let checkpoint = self.verified();
        self.driver.rollback()?;
        checkpoint
    }

    fn verified(&mut self) -> Result<Checkpoint, RegisterError> {
        // The chain first: it says where it breaks.
        let checkpoint = audit::verify(self.driver.as_mut(), &self.work.audit)?;
        self.end = None;
        self.follow()?;
        TABLES.iter().try_for_each(|t| self.counts_right(t.name))?;
        Ok(checkpoint)
    }
}
