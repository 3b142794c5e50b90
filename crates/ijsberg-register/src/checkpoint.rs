//! Checkpoints: a line with the end of the log, under a keyed hash, to be kept beyond the reach of an attacker who holds this machine. An
//! older copy of everything, `register.seal` included, or a truncated log is detected by the first line that names an entry that is no
//! longer there.

use ijsberg_crypto::{Key, hex, unhex};
use ijsberg_store::audit::hash_of_entry;

use crate::domain::Domain;
use crate::error::RegisterError;
use crate::expected::Thing;
use crate::integrity::{has_hash, outside};
use crate::register::Register;

/// What such a line begins with. A system log may put its own words before it.
const WORD: &str = "ijsberg-checkpoint";

/// What checkpoints that were kept elsewhere say of the register.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckpointAgreement {
    /// Lines of this register, all of which agree.
    pub lines: usize,
    /// The last entry that they name.
    pub entries: i64,
    /// When that was.
    pub at: String,
}

/// A line, taken apart.
struct Line<'a> {
    register: &'a str,
    entries: i64,
    hash: &'a str,
    at: &'a str,
    sum: &'a str,
}

fn mac(key: &Key, register: &str, entries: i64, hash: &str, at: &str) -> String {
    let parts: [&[u8]; 5] =
        [b"checkpoint", register.as_bytes(), &entries.to_le_bytes(), hash.as_bytes(), at.as_bytes()];
    hex(&key.mac(&parts)[..16])
}

impl<'a> Line<'a> {
    /// None if the line is no checkpoint; an error if it is an incomplete one.
    fn read(line: &'a str) -> Option<Result<Self, ()>> {
        let (_, rest) = line.split_once(WORD)?;
        let mut parts = rest.split_whitespace();
        let mut next = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let mut read = || {
            let (register, entries) = (next("register")?, next("entries")?.parse().ok()?);
            let (hash, at, sum) = (next("hash")?, next("at")?, next("sum")?);
            Some(Self { register, entries, hash, at, sum })
        };
        Some(read().ok_or(()))
    }

    fn is_signed_by(&self, key: &Key) -> bool {
        // Not compared in constant time: the time reveals nothing that the line, which anybody may write, would not.
        mac(key, self.register, self.entries, self.hash, self.at) == self.sum
    }
}

impl Register {
    /// The mark that distinguishes lines of this register from those of others: a part of the hash of its first entry.
    fn mark(&mut self) -> Result<Option<String>, RegisterError> {
        let first = hash_of_entry(self.driver.as_mut(), 1).map_err(|e| outside(e, "audit"))?;
        Ok(first.map(|hash| hex(hash.get(..8).unwrap_or_default())))
    }

    /// A checkpoint of the end of the log, to be kept elsewhere.
    ///
    /// # Errors
    /// If the register is older than it was, or nothing was written in it yet.
    pub fn signed_checkpoint(&mut self) -> Result<String, RegisterError> {
        self.looking(|r| {
            let (mark, end) = (r.mark()?, r.end.clone());
            let (Some(mark), Some(end)) = (mark, end) else {
                return Err(RegisterError::NotFound(Thing::Entry));
            };
            let (hash, at) = (hex(&end.hash), format!("{:.0}", r.now));
            let sum = mac(r.key(Domain::Audit)?, &mark, end.seq, &hash, &at);
            Ok(format!("{WORD} register={mark} entries={} hash={hash} at={at} sum={sum}", end.seq))
        })
    }

    /// Compares the log with lines that were kept elsewhere; lines of other registers, and lines that are no checkpoints, are skipped.
    ///
    /// # Errors
    /// [`RegisterError::Older`] with the first entry that a line names and that is missing or another one; [`RegisterError::Checkpoint`]
    /// for a line of this register that was changed or is incomplete.
    pub fn agrees_with(&mut self, lines: &str) -> Result<CheckpointAgreement, RegisterError> {
        self.looking(|r| {
            let (mark, mut agreed) = (r.mark()?, CheckpointAgreement::default());
            let there = r.end.as_ref().map_or(0, |end| end.seq);
            let whole = lines.ends_with('\n');
            let last = lines.lines().count();
            for (n, line) in lines.lines().enumerate() {
                let broken = || RegisterError::Checkpoint { line: n + 1 };
                let line = match Line::read(line) {
                    None => continue,
                    // Cut off while it was written.
                    Some(Err(())) if n + 1 == last && !whole => continue,
                    Some(Err(())) => return Err(broken()),
                    Some(Ok(line)) => line,
                };
                if !r.work.audit.all().any(|key| line.is_signed_by(key)) {
                    if mark.as_deref() == Some(line.register) {
                        return Err(broken());
                    }
                    continue;
                }
                let hash = unhex(line.hash).unwrap_or_default();
                if !has_hash(r.driver.as_mut(), line.entries, &hash)? {
                    return Err(RegisterError::Older { seen: line.entries, there });
                }
                agreed.lines += 1;
                if line.entries >= agreed.entries {
                    agreed.entries = line.entries;
                    line.at.clone_into(&mut agreed.at);
                }
            }
            Ok(agreed)
        })
    }
}
