//! Opening, making, copying and restoring a register.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ijsberg_crypto::Cost;
use ijsberg_postgres::Postgres;
use ijsberg_register::Register;
use ijsberg_register::keeper::{KeyFiles, VAULT, WORK};
use ijsberg_register::keys::{VaultKeys, WorkKeys};
use ijsberg_register::policy::{Grant, Role};
use ijsberg_report::text::Text;
use ijsberg_sqlite::Sqlite;
use ijsberg_store::Driver;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::Place;
use crate::estimate::read_file;
use crate::output::{print, write_bytes};
use crate::passphrase::passphrase;

pub(super) const DATABASE: &str = "register.db";

/// What the first user may: give roles, and see no person.
fn administrator() -> Vec<Grant> {
    vec![Grant { role: Role::Administrator, organisation: "*".into() }]
}

/// All roles but those behind the firewall, for a register of nobody.
pub(super) fn everything() -> Vec<Grant> {
    let all = Role::ALL.into_iter().filter(|r| !r.is_behind_firewall());
    all.map(|role| Grant { role, organisation: "*".into() }).collect()
}

impl Place {
    fn secret(&self, text: &Text, new: bool) -> anyhow::Result<Zeroizing<String>> {
        passphrase(text, self.passphrase_file.as_deref(), new)
    }

    fn password(&self, text: &Text, secret: &Zeroizing<String>) -> anyhow::Result<Zeroizing<String>> {
        match (&self.password_file, std::env::var("IJSBERG_PASSWORD")) {
            (Some(_), _) => passphrase(text, self.password_file.as_deref(), false),
            (None, Ok(set)) => Ok(Zeroizing::new(set)),
            (None, Err(_)) => Ok(secret.clone()),
        }
    }

    fn driver(&self, work: &WorkKeys) -> anyhow::Result<Box<dyn Driver>> {
        Ok(match &self.url {
            Some(url) => Box::new(Postgres::open(url)?),
            None => Box::new(Sqlite::open(&self.at.join(DATABASE), work.database.bytes())?),
        })
    }

    /// Makes a register.
    pub(super) fn init(&self, text: &Text) -> anyhow::Result<()> {
        let secret = self.secret(text, true)?;
        self.make(text, &secret, &administrator())?;
        print(&(text.fill("register-made", &[("path", self.at.display().to_string())]) + "\n"))
    }

    pub(super) fn make(
        &self,
        text: &Text,
        secret: &Zeroizing<String>,
        grants: &[Grant],
    ) -> anyhow::Result<Register> {
        let cost = Cost::default();
        if self.at.join(WORK).exists() {
            bail!(text.fill("register-exists", &[("path", self.at.display().to_string())]));
        }
        std::fs::create_dir_all(&self.at).with_context(|| self.at.display().to_string())?;
        private(&self.at)?;
        let (work, vault) = (WorkKeys::random()?, VaultKeys::random()?);
        let vault_secret = self.vault_secret(text, secret, true)?;
        // The keys first: a register without keys could never be opened.
        let files = KeyFiles::create(&self.at, (&work, secret), (&vault, &vault_secret), cost)?;
        let mut register = Register::open_with(self.driver(&work)?, files, Timestamp::now())?;
        let password = self.password(text, secret)?;
        register.first_user(&self.user, &password, grants, cost)?;
        register.login(&self.user, &password, None)?;
        Ok(register)
    }

    fn vault_secret(
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
        let (secret, files) = self.files(text, vault)?;
        self.log_in(text, &secret, files)
    }

    /// Its language.
    pub(crate) fn lang(&self) -> crate::estimate::LanguageArgument {
        self.lang
    }

    /// Opens the register as often as it is asked to, with keys that were read once; nobody is logged in.
    pub(crate) fn opener(&self, text: &Text, vault: bool) -> anyhow::Result<ijsberg_web::Opener> {
        let (_, files) = self.files(text, vault)?;
        self.is_there(text)?;
        let (at, url) = (self.at.join(DATABASE), self.url.clone());
        Ok(Box::new(move || {
            let driver: Box<dyn Driver> = match &url {
                Some(url) => Box::new(Postgres::open(url)?),
                None => Box::new(Sqlite::open(&at, files.work()?.database.bytes())?),
            };
            Register::open_with(driver, files.clone(), Timestamp::now())
        }))
    }

    /// An empty file in its place would look like a register that nobody may enter.
    fn is_there(&self, text: &Text) -> anyhow::Result<()> {
        if self.url.is_none() && !self.at.join(DATABASE).exists() {
            bail!(
                text.fill("register-no-database", &[("path", self.at.join(DATABASE).display().to_string())])
            );
        }
        Ok(())
    }

    fn log_in(&self, text: &Text, secret: &Zeroizing<String>, files: KeyFiles) -> anyhow::Result<Register> {
        self.is_there(text)?;
        let driver = self.driver(&files.work()?)?;
        let mut register = Register::open_with(driver, files, Timestamp::now())?;
        register.login(&self.user, &self.password(text, secret)?, self.code.as_deref())?;
        Ok(register)
    }

    /// The key files, opened; that of the vault only where it is needed.
    fn files(&self, text: &Text, vault: bool) -> anyhow::Result<(Zeroizing<String>, KeyFiles)> {
        if !self.at.join(WORK).exists() {
            bail!(text.fill("register-none", &[("path", self.at.display().to_string())]));
        }
        let secret = self.secret(text, false)?;
        let vault = if vault { Some(self.vault_secret(text, &secret, false)?) } else { None };
        let files = KeyFiles::open(&self.at, &secret, vault.as_ref().map(|v| v.as_str()))
            .with_context(|| self.at.display().to_string())?;
        Ok((secret, files))
    }

    /// Changes the keys of the vault and of the work.
    pub(super) fn rotate(&self, text: &Text) -> anyhow::Result<()> {
        let (secret, files) = self.files(text, true)?;
        let mut register = self.log_in(text, &secret, files)?;
        register.rotate_vault()?;
        register.rotate_work()?;
        Ok(())
    }

    /// Copies the register and opens the copy.
    pub(super) fn backup(&self, text: &Text, out: &Path) -> anyhow::Result<()> {
        if self.url.is_some() {
            bail!(text.say("register-backup-postgres"));
        }
        if out.exists() {
            bail!(text.fill("register-exists", &[("path", out.display().to_string())]));
        }
        let (secret, files) = self.files(text, false)?;
        let work = files.work()?;
        let mut register = self.log_in(text, &secret, files)?;
        register.backing_up()?;
        let before = (register.counts()?, register.verify_audit()?);
        drop(register);
        std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
        private(out)?;
        Sqlite::open(&self.at.join(DATABASE), work.database.bytes())?.copy_to(&out.join(DATABASE))?;
        for file in [WORK, VAULT] {
            write_bytes(out, file, &read_file(text, &self.at.join(file))?)?;
        }
        // A copy that was not opened is no copy.
        let copy = Sqlite::open(&out.join(DATABASE), work.database.bytes())?;
        let mut copy = Register::open(Box::new(copy), work, None, Timestamp::now())?;
        copy.verify_storage()?;
        let after = (copy.counts()?, copy.verify_audit()?);
        if before != after {
            bail!(text.fill("register-copy-differs", &[("path", out.display().to_string())]));
        }
        let parts = [
            ("path", out.display().to_string()),
            ("entries", after.1.entries.to_string()),
            ("hash", after.1.hash),
        ];
        print(&(text.fill("register-copied", &parts) + "\n"))
    }

    /// Puts a copy in place.
    pub(super) fn restore(&self, text: &Text, from: &Path) -> anyhow::Result<()> {
        if self.at.join(WORK).exists() || self.at.join(DATABASE).exists() {
            bail!(text.fill("register-exists", &[("path", self.at.display().to_string())]));
        }
        std::fs::create_dir_all(&self.at).with_context(|| self.at.display().to_string())?;
        private(&self.at)?;
        for file in [DATABASE, WORK, VAULT] {
            write_bytes(&self.at, file, &read_file(text, &from.join(file))?)?;
        }
        let mut register = self.open(text, false)?;
        register.verify_storage()?;
        let checkpoint = register.verify_audit()?;
        let parts = [
            ("path", self.at.display().to_string()),
            ("entries", checkpoint.entries.to_string()),
            ("hash", checkpoint.hash),
        ];
        print(&(text.fill("register-restored", &parts) + "\n"))
    }
}

/// For nobody else on this machine.
#[cfg(unix)]
fn private(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .with_context(|| dir.display().to_string())
}

#[cfg(not(unix))]
fn private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// A place with nothing set but where it is.
pub(crate) fn bare(at: PathBuf, passphrase_file: PathBuf) -> Place {
    Place {
        at,
        url: None,
        user: "keeper".to_owned(),
        passphrase_file: Some(passphrase_file),
        vault_passphrase_file: None,
        password_file: None,
        code: None,
        lang: crate::estimate::LanguageArgument::En,
    }
}
