//! Copying a register and putting a copy in its place. A copy counts when it was put in a scratch place and everything in it opened.

use std::path::Path;

use anyhow::{Context, bail};
use ijsberg_postgres::Postgres;
use ijsberg_register::keeper::{KeyFiles, VAULT, WORK, write};
use ijsberg_register::witness::SEAL;
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use ijsberg_sqlite::Sqlite;
use ijsberg_store::{Driver, copy, migrate};
use jiff::Timestamp;

use super::Place;
use super::place::DATABASE;
use super::staged::{StagedDirectory, open_sqlite, private};
use crate::estimate::read_file;
use crate::output::print;

fn told(text: &Text, key: &str, path: &Path, entries: i64, hash: String) -> anyhow::Result<()> {
    let parts = [("path", path.display().to_string()), ("entries", entries.to_string()), ("hash", hash)];
    print(&(text.fill(key, &parts) + "\n"))
}

impl Place {
    /// Copies the register, puts the copy in a scratch place and opens everything in it.
    pub(super) fn backup(&self, text: &Text, out: &Path) -> anyhow::Result<()> {
        let staged = StagedDirectory::beside(text, out)?;
        let files = self.files(text, true)?;
        let mut register = self.log_in(text, files.clone())?;
        register.backing_up()?;
        let before = register.verify_audit()?;
        drop(register);
        let key = files.work()?.database;
        let at = staged.path().join(DATABASE);
        match self.url(text)? {
            Some(url) => {
                let mut from = Postgres::open(&url)?;
                from.as_of_now()?;
                let mut to = Sqlite::open(&at, key.bytes())?;
                migrate(&mut to)?;
                copy::copy(&mut from, &mut to)?;
            }
            None => self.sqlite(&files)?.copy_to(&at)?,
        }
        for name in [WORK, VAULT] {
            write(staged.path(), name, &read_file(text, &files.dir().join(name))?)?;
        }
        let scratch = tempfile::tempdir_in(staged.path()).with_context(|| out.display().to_string())?;
        private(scratch.path())?;
        for name in [DATABASE, WORK, VAULT] {
            write(scratch.path(), name, &read_file(text, &staged.path().join(name))?)?;
        }
        let opened = Sqlite::open(&scratch.path().join(DATABASE), key.bytes())?;
        let mut tried = Register::open_copy(Box::new(opened), files.at(scratch.path()), Timestamp::now())?;
        let after = tried.open_everything()?;
        // Others may have written while it was copied; what was there before is there.
        if tried.checkpoint_at(before.entries)?.as_deref() != Some(before.hash.as_str()) {
            return Err(RegisterError::CopyDiffers.into());
        }
        drop(tried);
        write(staged.path(), SEAL, &read_file(text, &scratch.path().join(SEAL))?)?;
        scratch.close().with_context(|| out.display().to_string())?;
        staged.done()?;
        told(text, "register-copied", out, after.entries, after.hash)
    }

    /// Puts a copy in place: in a directory that is not there, and with a URL in a database without tables.
    pub(super) fn restore(&self, text: &Text, from: &Path) -> anyhow::Result<()> {
        let staged = StagedDirectory::beside(text, &self.at)?;
        for name in [WORK, VAULT, SEAL] {
            write(staged.path(), name, &read_file(text, &from.join(name))?)?;
        }
        let files = self.files_in(text, staged.path(), true)?;
        let key = files.work()?.database;
        let url = self.url(text)?;
        let driver: Box<dyn Driver> = if let Some(url) = &url {
            let mut to = Postgres::open(url)?;
            if !copy::tables(&mut to)?.is_empty() {
                bail!(text.say("register-database-not-empty"));
            }
            // A copy of an earlier version is brought up to date beside it, and stays as it is.
            let scratch = tempfile::tempdir_in(staged.path()).with_context(|| from.display().to_string())?;
            private(scratch.path())?;
            write(scratch.path(), DATABASE, &read_file(text, &from.join(DATABASE))?)?;
            let mut source = Sqlite::open(&scratch.path().join(DATABASE), key.bytes())?;
            migrate(&mut source)?;
            migrate(&mut to)?;
            copy::copy(&mut source, &mut to)?;
            drop(source);
            scratch.close().with_context(|| from.display().to_string())?;
            Box::new(to)
        } else {
            write(staged.path(), DATABASE, &read_file(text, &from.join(DATABASE))?)?;
            Box::new(Sqlite::open(&staged.path().join(DATABASE), key.bytes())?)
        };
        let mut register = Register::open_with(driver, files, Timestamp::now())?;
        let checkpoint = register.open_everything()?;
        drop(register);
        staged.done()?;
        told(text, "register-restored", &self.at, checkpoint.entries, checkpoint.hash)
    }

    /// The file, opened; under its next key where a change of it was cut off.
    pub(super) fn sqlite(&self, files: &KeyFiles) -> anyhow::Result<Sqlite> {
        Ok(open_sqlite(&self.at.join(DATABASE), files)?)
    }
}
