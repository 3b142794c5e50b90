//! Which release log a key belongs to. All that is released with a key is checked together, so a key has one log of each name, wherever
//! the folder is: beside the key stand the prints of its logs, and a log that fits none of them is refused.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail, ensure};
use ijsberg_crypto::{hex, unhex};
use ijsberg_publication::ledger::Ledger;
use ijsberg_report::text::Text;

use crate::files::read_file;
use crate::output::write_whole;
use crate::protect::{Key, beside};

/// The log of tables of `ijsberg protect`; all others are of reports.
pub(crate) const TABLES: &str = "tables.json";

/// By name of a log, how it may be: as it was last written and, while it is being written, as it was before.
type Prints = BTreeMap<String, Vec<String>>;

/// The logs of a key.
pub(crate) struct Logs {
    key_file: PathBuf,
    prints: PathBuf,
    key: ijsberg_crypto::Key,
}

impl Logs {
    pub(crate) fn of(text: &Text, key_file: &Path, key: &Key) -> anyhow::Result<Self> {
        let bytes: Option<[u8; 32]> =
            std::str::from_utf8(&key.bytes).ok().and_then(unhex).and_then(|b| b.try_into().ok());
        let bytes = bytes.ok_or_else(|| {
            anyhow!(text.fill(
                "protect-no-key",
                &[("path", key_file.display().to_string()), ("digits", "64".to_owned())]
            ))
        })?;
        Ok(Self {
            key_file: key_file.to_owned(),
            prints: beside(key_file, "logs.json"),
            key: ijsberg_crypto::Key::from_bytes(bytes).derive("release logs"),
        })
    }

    /// What was released tells which log it is; the persons in it are sealed anew each time.
    fn print(&self, name: &str, ledger: &Ledger) -> anyhow::Result<String> {
        let released = serde_json::to_vec(&ledger.releases)?;
        Ok(hex(&self.key.mac(&[name.as_bytes(), &released])))
    }

    fn known(&self, text: &Text) -> anyhow::Result<Prints> {
        if !self.prints.exists() {
            return Ok(Prints::new());
        }
        serde_json::from_slice(&read_file(text, &self.prints)?).map_err(|e| {
            let parts = [
                ("path", self.prints.display().to_string()),
                ("line", e.line().to_string()),
                ("column", e.column().to_string()),
            ];
            anyhow!(text.fill("publish-ledger", &parts))
        })
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
        let key = ("key", self.key_file.display().to_string());
        let of_tables = |n: &str| n == TABLES;
        if known.keys().any(|n| of_tables(n) != of_tables(name)) {
            let why = if of_tables(name) { "publish-key-of-reports" } else { "publish-key-of-tables" };
            bail!(text.fill(why, &[key]));
        }
        let Some(known) = known.get(name) else { return Ok(()) };
        let fits = known.contains(&self.print(name, before)?) || known.contains(&self.print(name, after)?);
        ensure!(fits, text.fill("publish-other-log", &[key, ("path", at.display().to_string())]));
        Ok(())
    }

    /// Writes a log into `dir`, and its print.
    pub(crate) fn write(
        &self,
        text: &Text,
        (name, path): (&str, &Path),
        before: &Ledger,
        after: &Ledger,
    ) -> anyhow::Result<()> {
        // Whatever is interrupted, the log that is there fits.
        self.keep(text, name, vec![self.print(name, before)?, self.print(name, after)?])?;
        write_at(path, &after.write())?;
        self.keep(text, name, vec![self.print(name, after)?])
    }

    fn keep(&self, text: &Text, name: &str, prints: Vec<String>) -> anyhow::Result<()> {
        let mut known = self.known(text)?;
        known.insert(name.to_owned(), prints);
        write_at(&self.prints, &ijsberg_outside::json(&known)?)
    }
}

fn write_at(path: &Path, content: &str) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_whole(dir, &path.file_name().unwrap_or_default().to_string_lossy(), content)
}
