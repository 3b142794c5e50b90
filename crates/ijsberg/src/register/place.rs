//! Opening, making, copying and restoring a register.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use ijsberg_crypto::{Cost, Key};
use ijsberg_postgres::{Postgres, holds_password};
use ijsberg_register::keeper::{KeyFiles, WORK};
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::policy::{Grant, Role};
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use ijsberg_sqlite::Sqlite;
use ijsberg_store::{Driver, copy};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::Place;
use super::secrets::Shares;
use super::staged::{StagedDirectory, open_sqlite};
use crate::estimate::read_file;
use crate::output::{print, tell};
use crate::passphrase::passphrase;

pub(super) const DATABASE: &str = "register.db";

/// Opens a register.
pub(crate) type Opener = Arc<dyn Fn() -> Result<Register, RegisterError> + Send + Sync>;

/// The grants of the first user: assign roles, and see no person.
fn administrator() -> Vec<Grant> {
    vec![Grant { role: Role::Administrator, organisation: "*".into() }]
}

/// All roles but those behind the firewall, for a register of synthetic people.
pub(super) fn everything() -> Vec<Grant> {
    let all = Role::ALL.into_iter().filter(|r| !r.is_behind_firewall());
    all.map(|role| Grant { role, organisation: "*".into() }).collect()
}

impl Place {
    pub(super) fn secret(&self, text: &Text, new: bool) -> anyhow::Result<Zeroizing<String>> {
        passphrase(text, self.passphrase_file.as_deref(), new)
    }

    fn password(&self, text: &Text) -> anyhow::Result<Zeroizing<String>> {
        self.given_password(text, false)?.with_context(|| text.say("register-no-password"))
    }

    /// The password of the current user.
    pub(super) fn own_password(&self, text: &Text) -> anyhow::Result<Zeroizing<String>> {
        self.password(text)
    }

    /// The URL of the database, from a file, the environment or the command line, where it may hold no password: that is read by
    /// everybody on the machine.
    pub(super) fn url(&self, text: &Text) -> anyhow::Result<Option<String>> {
        if let Some(path) = &self.url_file {
            let all = read_file(text, path)?;
            return Ok(Some(String::from_utf8(all)?.trim().to_owned()));
        }
        if let Some(url) = self.url.as_deref().filter(|url| holds_password(url)) {
            let typed = std::env::args().any(|a| a == url || a.strip_prefix("--url=") == Some(url));
            ensure!(!typed, text.say("register-url-password"));
        }
        Ok(self.url.clone())
    }

    /// The same, in the database of another place.
    #[must_use]
    pub(super) fn beside(mut self, other: &Self) -> Self {
        (self.url, self.url_file) = (other.url.clone(), other.url_file.clone());
        self
    }

    pub(super) fn driver(&self, text: &Text, files: &KeyFiles) -> anyhow::Result<Box<dyn Driver>> {
        Ok(match self.url(text)? {
            Some(url) => Box::new(Postgres::open(&url)?),
            None => Box::new(self.sqlite(files)?),
        })
    }

    /// Makes a register.
    pub(super) fn init(&self, text: &Text, how: Shares) -> anyhow::Result<()> {
        let secret = self.secret(text, true)?;
        let (password, made) = self.first_password(text, &secret)?;
        let recovery = how.made()?;
        let key = recovery.as_ref().map(|r| r.0.clone());
        let mut register = self.make(text, &secret, &password, key, &administrator())?;
        print(&(text.fill("register-made", &[("path", self.at.display().to_string())]) + "\n"))?;
        if made {
            register.first_password_is_for_one_time()?;
            let parts = [("user", self.user.clone()), ("password", password.to_string())];
            print(&(text.fill("register-password-made", &parts) + "\n"))?;
        }
        recovery.map_or(Ok(()), |(_, shares)| how.tell(text, &shares))
    }

    /// Makes a register with its keys and its first user, or leaves nothing behind.
    pub(super) fn make(
        &self,
        text: &Text,
        secret: &Zeroizing<String>,
        password: &Zeroizing<String>,
        recovery: Option<Key>,
        grants: &[Grant],
    ) -> anyhow::Result<Register> {
        let staged = StagedDirectory::beside(text, &self.at)?;
        let vault_secret = self.vault_secret(text, secret, true)?;
        let work = WorkKeys { recovery, ..WorkKeys::random()? };
        let vault = VaultKeys::random()?;
        let cost = Cost::default();
        // The keys first: a register without keys could never be opened.
        let files = KeyFiles::create(staged.path(), (&work, secret), (&vault, &vault_secret), cost)?;
        let url = self.url(text)?;
        let made = || -> anyhow::Result<()> {
            let driver: Box<dyn Driver> = match &url {
                Some(url) => Box::new(Postgres::open(url)?),
                None => Box::new(Sqlite::open(&staged.path().join(DATABASE), work.database.bytes())?),
            };
            let mut register = Register::open_with(driver, files.clone(), Timestamp::now())?;
            register.first_user(&self.user, password, grants, cost)?;
            Ok(())
        };
        if let Some(url) = &url {
            let mut database = Postgres::open(url)?;
            if !copy::tables(&mut database)?.is_empty() {
                bail!(text.say("register-database-not-empty"));
            }
            made().inspect_err(|_| {
                // There was none of them before; all at once, since some refer to others. The first error is reported.
                let tables = copy::tables(&mut database).unwrap_or_default();
                let _ = database.batch(&format!("DROP TABLE {}", tables.join(", ")));
            })?;
        } else {
            made()?;
        }
        staged.done()?;
        let files = files.at(&self.at);
        let mut register =
            Register::open_with(self.driver(text, &files)?, files, Timestamp::now())?.at_console();
        register.login(&self.user, password, None)?;
        Ok(register)
    }

    pub(super) fn vault_secret(
        &self,
        text: &Text,
        secret: &Zeroizing<String>,
        new: bool,
    ) -> anyhow::Result<Zeroizing<String>> {
        match &self.vault_passphrase_file {
            Some(_) => passphrase(text, self.vault_passphrase_file.as_deref(), new),
            None => Ok(secret.clone()),
        }
    }

    /// Opens the register and logs in; the vault only where it is needed.
    pub(crate) fn open(&self, text: &Text, vault: bool) -> anyhow::Result<Register> {
        let files = self.files(text, vault)?;
        self.log_in(text, files)
    }

    /// Whether it lies in PostgreSQL, and not in a file.
    pub(crate) fn is_in_postgres(&self, text: &Text) -> anyhow::Result<bool> {
        Ok(self.url(text)?.is_some())
    }

    /// Its language.
    pub(crate) fn lang(&self) -> crate::estimate::LanguageArgument {
        self.lang
    }

    /// Opens the register as often as it is asked to, with keys that were read once; no user is logged in. Where `synthetic` is set and
    /// every person in the register is synthetic, no second factor is needed.
    pub(crate) fn opener(&self, text: &Text, vault: bool, synthetic: bool) -> anyhow::Result<Opener> {
        let files = self.files(text, vault)?;
        self.is_there(text)?;
        let (at, url) = (self.at.join(DATABASE), self.url(text)?);
        Ok(Arc::new(move || {
            let driver: Box<dyn Driver> = match &url {
                Some(url) => Box::new(Postgres::open(url)?),
                None => Box::new(open_sqlite(&at, &files)?),
            };
            let mut register = Register::open_with(driver, files.clone(), Timestamp::now())?;
            Ok(if synthetic && register.nobody_exists()? { register.at_console() } else { register })
        }))
    }

    /// An empty file in its place would look like a register that no user may enter.
    fn is_there(&self, text: &Text) -> anyhow::Result<()> {
        if self.url(text)?.is_none() && !self.at.join(DATABASE).exists() {
            bail!(
                text.fill("register-no-database", &[("path", self.at.join(DATABASE).display().to_string())])
            );
        }
        Ok(())
    }

    pub(super) fn log_in(&self, text: &Text, files: KeyFiles) -> anyhow::Result<Register> {
        self.is_there(text)?;
        let driver = self.driver(text, &files)?;
        let mut register = Register::open_with(driver, files, Timestamp::now())?.at_console();
        register.day_said = self.today;
        register.login(&self.user, &self.password(text)?, self.code.as_deref())?;
        let recovery = register.recovery()?;
        if recovery.used.last().is_some_and(|at| *at == register.now.to_string()) {
            tell(&text.fill("register-recovery-used", &[("n", recovery.left.to_string())]));
        }
        Ok(register)
    }

    /// Holds the register to what its log says now.
    pub(super) fn anchor(&self, text: &Text) -> anyhow::Result<()> {
        let files = self.files(text, false)?;
        self.is_there(text)?;
        let mut register =
            Register::open_copy(self.driver(text, &files)?, files, Timestamp::now())?.at_console();
        register.login(&self.user, &self.password(text)?, self.code.as_deref())?;
        register.anchored()?;
        Ok(())
    }

    /// The key files, opened; that of the vault only where it is needed.
    pub(super) fn files(&self, text: &Text, vault: bool) -> anyhow::Result<KeyFiles> {
        self.files_in(text, &self.at, vault)
    }

    /// Key files that lie elsewhere.
    pub(super) fn files_in(&self, text: &Text, dir: &Path, vault: bool) -> anyhow::Result<KeyFiles> {
        if !dir.join(WORK).exists() {
            bail!(text.fill("register-none", &[("path", dir.display().to_string())]));
        }
        let secret = self.secret(text, false)?;
        let vault = if vault { Some(self.vault_secret(text, &secret, false)?) } else { None };
        KeyFiles::open(dir, &secret, vault.as_ref().map(|v| v.as_str()))
            .with_context(|| dir.display().to_string())
    }
}

/// A place with nothing set but where it is.
pub(crate) fn bare(at: PathBuf, passphrase_file: PathBuf, password_file: PathBuf) -> Place {
    Place {
        at,
        url: None,
        url_file: None,
        user: "keeper".to_owned(),
        passphrase_file: Some(passphrase_file),
        vault_passphrase_file: None,
        password_file: Some(password_file),
        code: None,
        today: None,
        lang: crate::estimate::LanguageArgument::En,
    }
}
