//! Passphrases of the key files, passwords of users, shares of the recovery key, and changing all of them.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use clap::Subcommand;
use ijsberg_crypto::shares::{join, split};
use ijsberg_crypto::{Cost, Key, hex, random};
use ijsberg_register::Register;
use ijsberg_register::keeper::KeyFiles;
use ijsberg_report::text::Text;
use ijsberg_store::StoreError;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::Place;
use crate::output::print;
use crate::passphrase::{passphrase, password};

/// How the recovery key is split.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Shares {
    /// People who get a share of the recovery key; 0 for none.
    #[arg(long, default_value_t = 5)]
    shares: u8,
    /// How many of them can open the register together.
    #[arg(long, default_value_t = 3)]
    needed: u8,
}

impl Shares {
    /// A recovery key and its shares, if there are to be any.
    pub(super) fn made(self) -> anyhow::Result<Option<(Key, Vec<Zeroizing<String>>)>> {
        if self.shares == 0 {
            return Ok(None);
        }
        let key = Key::random()?;
        let shares = split(&key, self.needed, self.shares)?;
        Ok(Some((key, shares)))
    }

    /// Prints the shares, once.
    pub(super) fn tell(self, text: &Text, shares: &[Zeroizing<String>]) -> anyhow::Result<()> {
        let parts = [("needed", self.needed.to_string()), ("shares", self.shares.to_string())];
        let mut page = text.fill("register-shares", &parts) + "\n";
        for share in shares {
            page += &["  ", share.as_str(), "\n"].concat();
        }
        print(&page)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// Change every key: of the identity vault, of records, of codes and tokens, of the log and of rows, and of the file as a
    /// whole. Others can go on working; the key of the file changes only if no other program has it open.
    Rotate,
    /// Change the passphrase of the key files.
    Passphrase {
        /// A file with the new one; otherwise the program asks for it.
        #[arg(long)]
        new_passphrase_file: Option<PathBuf>,
        /// A file with the new one of the identity vault, if it has its own.
        #[arg(long)]
        new_vault_passphrase_file: Option<PathBuf>,
    },
    /// Make a new recovery key and show its shares, once; earlier shares no longer open anything.
    Shares(Shares),
    /// With enough shares: give the key files new passphrases and the register an administrator.
    Recover {
        /// A file with a share; once for each.
        #[arg(long = "share", required = true)]
        shares: Vec<PathBuf>,
        /// A file with the new passphrase; otherwise the program asks for it.
        #[arg(long)]
        new_passphrase_file: Option<PathBuf>,
        /// A file with the new one of the identity vault, if it has its own.
        #[arg(long)]
        new_vault_passphrase_file: Option<PathBuf>,
        /// A file with the new password of the administrator (`--user`); otherwise the program asks for it.
        #[arg(long)]
        new_password_file: Option<PathBuf>,
    },
}

fn said(text: &Text, key: &str) -> anyhow::Result<()> {
    print(&(text.say(key) + "\n"))
}

/// A new passphrase of both files: that of the vault is the same unless a file says otherwise.
fn both(text: &Text, work: Option<&Path>, vault: Option<&Path>) -> anyhow::Result<[Zeroizing<String>; 2]> {
    let first = passphrase(text, work, true)?;
    let second = match vault {
        Some(_) => passphrase(text, vault, true)?,
        None => first.clone(),
    };
    Ok([first, second])
}

impl Keys {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let cost = Cost::default();
        match self {
            Self::Rotate => place.rotate(text),
            Self::Passphrase { new_passphrase_file, new_vault_passphrase_file } => {
                let mut register = place.open(text, true)?;
                let [work, vault] =
                    both(text, new_passphrase_file.as_deref(), new_vault_passphrase_file.as_deref())?;
                register.change_passphrases(Some(&work), Some(&vault), cost)?;
                said(text, "register-passphrase-changed")
            }
            Self::Shares(how) => {
                let mut register = place.open(text, true)?;
                let work = place.secret(text, false)?;
                let vault = place.vault_secret(text, &work, false)?;
                let key = register.new_recovery(&work, &vault, cost)?;
                how.tell(text, &split(&key, how.needed, how.shares)?)
            }
            Self::Recover { shares, new_passphrase_file, new_vault_passphrase_file, new_password_file } => {
                let read = |path: &PathBuf| passphrase(text, Some(path), false);
                let recovery = join(&shares.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?)?;
                let mut files = KeyFiles::recover(&place.at, &recovery)?;
                let [work, vault] =
                    both(text, new_passphrase_file.as_deref(), new_vault_passphrase_file.as_deref())?;
                let new = password(text, new_password_file.as_deref(), true)?;
                let mut register =
                    Register::open_with(place.driver(text, &files)?, files.clone(), Timestamp::now())?;
                register.recover_administrator(&recovery, &place.user, &new, cost)?;
                let keys = files.work()?;
                files.change_work(&keys, &work, cost)?;
                files.change_vault(&vault, cost)?;
                print(&(text.fill("register-recovered", &[("user", place.user.clone())]) + "\n"))
            }
        }
    }
}

impl Place {
    /// The password of the first user: another one than the passphrase. Where nobody can be asked, one is generated and printed once.
    pub(super) fn first_password(
        &self,
        text: &Text,
        secret: &Zeroizing<String>,
    ) -> anyhow::Result<(Zeroizing<String>, bool)> {
        let (given, made) = match self.given_password(text, true)? {
            Some(given) => (given, false),
            None => (Zeroizing::new(hex(&random::<12>()?)), true),
        };
        ensure!(given != *secret, text.say("register-same-secret"));
        Ok((given, made))
    }

    /// Changes every key.
    fn rotate(&self, text: &Text) -> anyhow::Result<()> {
        let files = self.files(text, true)?;
        let mut register = self.log_in(text, files.clone())?;
        register.rotate_vault()?;
        register.rotate_work()?;
        drop(register);
        said(text, "register-keys-changed")?;
        if self.url(text)?.is_some() {
            return Ok(());
        }
        // The next key is in the file before anything is under it.
        let mut work = files.work()?;
        let next = match &work.database_next {
            Some(begun) => begun.clone(),
            None => Key::random()?,
        };
        work.database_next = Some(next.clone());
        files.keep_work(&work)?;
        match self.sqlite(&files)?.change_key(next.bytes()) {
            Err(StoreError::Busy) => bail!(text.say("register-file-key-busy")),
            done => done?,
        }
        work = files.work()?;
        work.database = next;
        work.database_next = None;
        files.keep_work(&work)?;
        said(text, "register-file-key-changed")
    }

    /// The password, as far as it was given or can be asked for.
    pub(super) fn given_password(&self, text: &Text, new: bool) -> anyhow::Result<Option<Zeroizing<String>>> {
        use std::io::IsTerminal;
        match (&self.password_file, std::env::var("IJSBERG_PASSWORD")) {
            (Some(path), _) => passphrase(text, Some(path), false).map(Some),
            (None, Ok(set)) => Ok(Some(Zeroizing::new(set))),
            (None, Err(_)) if std::io::stdin().is_terminal() => password(text, None, new).map(Some),
            (None, Err(_)) => Ok(None),
        }
    }
}
