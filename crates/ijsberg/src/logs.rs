//! Which release log a key belongs to. All that is released with a key is checked together, so a key has one log of each name, wherever
//! the folder is: beside the key stand the prints of its logs, and a log that fits none of them is refused. Tables of `ijsberg protect` have
//! theirs beside the key until the first is published with reports: then it goes on in the log of these, and there is none beside it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use ijsberg_crypto::{hex, unhex};
use ijsberg_publication::ledger::{Ledger, Release};
use ijsberg_report::text::Text;

use crate::files::kept;
use crate::noise_key::{KEY_DIGITS, Key, beside};
use crate::output::write_whole;

/// The log of tables of `ijsberg protect` without reports; all others are of reports.
pub(crate) const TABLES: &str = "tables.json";

/// By name of a log, its valid fingerprints: as last written and, while it is being written, as before.
type Fingerprints = BTreeMap<String, Vec<String>>;

/// Nobody else takes this lock until what is returned is dropped.
pub(crate) fn locked(path: &Path) -> anyhow::Result<File> {
    let lock = File::create(path).and_then(|lock| lock.lock().map(|()| lock));
    lock.with_context(|| path.display().to_string())
}

/// The logs of a key.
pub(crate) struct Logs {
    key_file: PathBuf,
    key: ijsberg_crypto::Key,
}

impl Logs {
    pub(crate) fn from_key(text: &Text, key_file: &Path, key: &Key) -> anyhow::Result<Self> {
        let bytes: Option<[u8; 32]> =
            std::str::from_utf8(&key.bytes).ok().and_then(unhex).and_then(|b| b.try_into().ok());
        let bytes = bytes.ok_or_else(|| {
            let parts = [("path", key_file.display().to_string()), ("digits", KEY_DIGITS.to_string())];
            anyhow!(text.fill("protect-no-key", &parts))
        })?;
        let key = ijsberg_crypto::Key::from_bytes(bytes).derive("release logs");
        Ok(Self { key_file: key_file.to_owned(), key })
    }

    /// Nobody else publishes with the key until what is returned is dropped.
    pub(crate) fn locked(&self) -> anyhow::Result<LockedLogs<'_>> {
        // A link to the key stands for the key.
        let key_file = std::fs::canonicalize(&self.key_file).unwrap_or_else(|_| self.key_file.clone());
        let lock = locked(&beside(&key_file, "logs.lock"))?;
        Ok(LockedLogs { logs: self, prints: beside(&key_file, "logs.json"), key_file, _lock: lock })
    }
}

/// The logs of a key while one command publishes with it.
pub(crate) struct LockedLogs<'a> {
    logs: &'a Logs,
    key_file: PathBuf,
    prints: PathBuf,
    _lock: File,
}

impl LockedLogs<'_> {
    /// The releases identify the log; the persons in it are sealed anew each time.
    fn print(&self, name: &str, releases: &[Release]) -> anyhow::Result<String> {
        Ok(hex(&self.logs.key.mac(&[name.as_bytes(), &serde_json::to_vec(releases)?])))
    }

    fn known(&self, text: &Text) -> anyhow::Result<Fingerprints> {
        kept(text, &self.prints, "publish-ledger")
    }

    /// Whether a log is the one whose print is known, or goes on from it: then nothing that was released is missing from it.
    fn goes_on(&self, name: &str, known: &[String], log: &Ledger) -> anyhow::Result<bool> {
        let from = usize::from(!log.releases.is_empty());
        for end in from..=log.releases.len() {
            if known.contains(&self.print(name, &log.releases[..end])?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the log in `at` is that of the key: as it was read, or as it would be, for a release that is made again elsewhere.
    ///
    /// # Errors
    /// If something else was released with the key.
    pub(crate) fn check(
        &self,
        text: &Text,
        (name, at): (&str, &Path),
        before: &Ledger,
        after: &Ledger,
    ) -> anyhow::Result<()> {
        let known = self.known(text)?;
        let of_tables = |n: &str| n == TABLES;
        // Earlier versions kept the log of tables and no print of it.
        let tables = beside(&self.key_file, TABLES).exists();
        if tables && !of_tables(name) || known.keys().any(|n| of_tables(n) != of_tables(name)) {
            let why = if of_tables(name) { "publish-key-of-reports" } else { "publish-key-of-tables" };
            bail!(text.fill(why, &[("key", self.logs.key_file.display().to_string())]));
        }
        self.fits(text, (name, at), before, after)
    }

    /// The same, whether the key has a log of tables or none.
    ///
    /// # Errors
    /// If something else was released with the key under that name.
    pub(crate) fn fits(
        &self,
        text: &Text,
        (name, at): (&str, &Path),
        before: &Ledger,
        after: &Ledger,
    ) -> anyhow::Result<()> {
        let known = self.known(text)?;
        let Some(known) = known.get(name) else { return Ok(()) };
        let again = known.contains(&self.print(name, &after.releases)?);
        ensure!(again || self.goes_on(name, known, before)?, self.other_log(text, at));
        Ok(())
    }

    fn other_log(&self, text: &Text, at: &Path) -> String {
        let key = ("key", self.logs.key_file.display().to_string());
        text.fill("publish-other-log", &[key, ("path", at.display().to_string())])
    }

    /// The log of reports in `at`, which a table is published with: that of the tables of the key goes on in it.
    ///
    /// # Errors
    /// If the tables have another log than the one beside the key, or reports were published since that do not know of them.
    pub(crate) fn of_both(&self, text: &Text, at: &Path, reports: &Ledger) -> anyhow::Result<Ledger> {
        let path = beside(&self.key_file, TABLES);
        let tables: Ledger = kept(text, &path, "publish-ledger")?;
        if let Some(known) = self.known(text)?.get(TABLES) {
            ensure!(self.goes_on(TABLES, known, &tables)?, self.other_log(text, &path));
        }
        let tables = tables.marked_as_tables();
        if reports.releases.is_empty() {
            return Ok(tables);
        }
        // They are in it already where moving was interrupted.
        let all = tables.releases.iter().all(|r| reports.releases.contains(r));
        ensure!(all, self.other_log(text, at));
        Ok(reports.clone())
    }

    /// Writes the log of reports with a table in it, and takes that of tables away, which went on in it.
    ///
    /// # Errors
    /// If a file cannot be written or taken away.
    pub(crate) fn write_both(
        &self,
        text: &Text,
        (name, path): (&str, &Path),
        before: &Ledger,
        after: &Ledger,
    ) -> anyhow::Result<()> {
        self.write(text, (name, path), before, after)?;
        let mut known = self.known(text)?;
        if known.remove(TABLES).is_some() {
            write_at(&self.prints, &ijsberg_outside::json(&known)?)?;
        }
        let tables = beside(&self.key_file, TABLES);
        if tables.exists() {
            std::fs::remove_file(&tables).with_context(|| tables.display().to_string())?;
        }
        Ok(())
    }

    /// Writes a log and its print. Comes before what is released is put in place: a log of something that was never published does no
    /// harm, the other way round it does.
    pub(crate) fn write(
        &self,
        text: &Text,
        (name, path): (&str, &Path),
        before: &Ledger,
        after: &Ledger,
    ) -> anyhow::Result<()> {
        let mut known = self.known(text)?;
        let new = self.print(name, &after.releases)?;
        // Whatever is interrupted, the log that is there fits; a log that did not fit before does not begin to.
        let mut either = vec![new.clone()];
        match known.get(name) {
            Some(prints) => either.extend(prints.iter().cloned()),
            None => either.push(self.print(name, &before.releases)?),
        }
        known.insert(name.to_owned(), either);
        write_at(&self.prints, &ijsberg_outside::json(&known)?)?;
        write_at(path, &after.write())?;
        known.insert(name.to_owned(), vec![new]);
        write_at(&self.prints, &ijsberg_outside::json(&known)?)
    }
}

fn write_at(path: &Path, content: &str) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_whole(dir, &path.file_name().unwrap_or_default().to_string_lossy(), content)
}
