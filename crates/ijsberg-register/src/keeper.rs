//! Key files on a disk: read again when the keys change, and written so that a crash leaves the old file or the new one.

use std::io::Write;
use std::path::{Path, PathBuf};

use ijsberg_crypto::{Cost, Key};

use crate::error::RegisterError;
use crate::keys::{KeyFile, Keys, VaultKeys, WorkKeys};

/// The file with the keys for the work.
pub const WORK: &str = "register.keys";
/// The file with the keys of the vault.
pub const VAULT: &str = "register.vault";

/// The key files of a register that were opened: reads and writes them without their passphrases.
#[derive(Debug, Clone)]
pub struct KeyFiles {
    dir: PathBuf,
    work: Key,
    vault: Option<Key>,
}

impl KeyFiles {
    /// Writes new key files.
    ///
    /// # Errors
    /// If a passphrase is short or the files cannot be written.
    pub fn create(
        dir: &Path,
        (work, passphrase): (&WorkKeys, &str),
        (vault, vault_passphrase): (&VaultKeys, &str),
        cost: Cost,
    ) -> Result<Self, RegisterError> {
        let recovery = work.recovery.as_ref();
        let (work_file, work) = KeyFile::seal(work, passphrase, recovery, cost)?;
        let (vault_file, vault) = KeyFile::seal(vault, vault_passphrase, recovery, cost)?;
        write(dir, VAULT, &vault_file.bytes()?)?;
        write(dir, WORK, &work_file.bytes()?)?;
        Ok(Self { dir: dir.to_owned(), work, vault: Some(vault) })
    }

    /// Opens them by their passphrases, that of the vault only where it is needed.
    ///
    /// # Errors
    /// If a file is not there or a passphrase is another one.
    pub fn open(dir: &Path, passphrase: &str, vault_passphrase: Option<&str>) -> Result<Self, RegisterError> {
        let work = file(dir, WORK)?.unlock::<WorkKeys>(passphrase)?;
        let unlock = |p| Ok::<_, RegisterError>(file(dir, VAULT)?.unlock::<VaultKeys>(p)?);
        Ok(Self { dir: dir.to_owned(), work, vault: vault_passphrase.map(unlock).transpose()? })
    }

    /// Puts the keys for the work under another passphrase, and under a new key of the file: the old file and its passphrase open nothing
    /// that is written from now on.
    ///
    /// # Errors
    /// If the passphrase is short or the file cannot be written; then the old one fits.
    pub fn change_work(
        &mut self,
        keys: &WorkKeys,
        passphrase: &str,
        cost: Cost,
    ) -> Result<(), RegisterError> {
        let (file, own) = KeyFile::seal(keys, passphrase, keys.recovery.as_ref(), cost)?;
        write(&self.dir, WORK, &file.bytes()?)?;
        self.work = own;
        Ok(())
    }

    /// The same for the keys of the vault.
    ///
    /// # Errors
    /// As for [`KeyFiles::change_work`], or if the vault is not open.
    pub fn change_vault(&mut self, passphrase: &str, cost: Cost) -> Result<(), RegisterError> {
        let keys = self.vault()?.ok_or(RegisterError::VaultClosed)?;
        let (file, own) = KeyFile::seal(&keys, passphrase, self.work()?.recovery.as_ref(), cost)?;
        write(&self.dir, VAULT, &file.bytes()?)?;
        self.vault = Some(own);
        Ok(())
    }

    /// Opens both files with the recovery key.
    ///
    /// # Errors
    /// If it is another one, or there is none.
    pub fn recover(dir: &Path, recovery: &Key) -> Result<Self, RegisterError> {
        let work = file(dir, WORK)?.recover::<WorkKeys>(recovery)?;
        let vault = file(dir, VAULT)?.recover::<VaultKeys>(recovery)?;
        Ok(Self { dir: dir.to_owned(), work, vault: Some(vault) })
    }

    /// The same keys, where copies of the files lie elsewhere.
    #[must_use]
    pub fn at(&self, dir: &Path) -> Self {
        Self { dir: dir.to_owned(), ..self.clone() }
    }

    /// Where they lie.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The keys for the work, as they are on the disk now.
    ///
    /// # Errors
    /// If the file is not there, or its passphrase was changed meanwhile.
    pub fn work(&self) -> Result<WorkKeys, RegisterError> {
        Ok(file(&self.dir, WORK)?.open(&self.work)?)
    }

    /// The keys of the vault, as they are on the disk now; none where it was not opened.
    ///
    /// # Errors
    /// If the file is not there, or its passphrase was changed meanwhile.
    pub fn vault(&self) -> Result<Option<VaultKeys>, RegisterError> {
        self.vault.as_ref().map(|own| Ok(file(&self.dir, VAULT)?.open(own)?)).transpose()
    }

    /// Keeps keys for the work in place of those that are there.
    ///
    /// # Errors
    /// If they cannot be written; then the old ones are there.
    pub fn keep_work(&self, keys: &WorkKeys) -> Result<(), RegisterError> {
        keep(&self.dir, WORK, &self.work, keys)
    }

    /// Keeps keys of the vault in place of those that are there.
    ///
    /// # Errors
    /// If they cannot be written; then the old ones are there.
    pub fn keep_vault(&self, keys: &VaultKeys) -> Result<(), RegisterError> {
        keep(&self.dir, VAULT, self.vault.as_ref().ok_or(RegisterError::VaultClosed)?, keys)
    }
}

fn keep<K: Keys>(dir: &Path, name: &str, own: &Key, keys: &K) -> Result<(), RegisterError> {
    let mut kept = file(dir, name)?;
    kept.replace(own, keys)?;
    write(dir, name, &kept.bytes()?)
}

fn file(dir: &Path, name: &str) -> Result<KeyFile, RegisterError> {
    let path = dir.join(name);
    let bytes = std::fs::read(&path).map_err(|e| failed(&path, &e))?;
    Ok(KeyFile::parse(&bytes)?)
}

fn failed(path: &Path, error: &std::io::Error) -> RegisterError {
    RegisterError::KeyFile { path: path.display().to_string(), why: error.to_string() }
}

/// Writes a file for its owner alone, whole or not at all, also when the power fails: the content reaches the disk before the name
/// does, and the name before this returns.
///
/// # Errors
/// If it cannot be written.
pub fn write(dir: &Path, name: &str, content: &[u8]) -> Result<(), RegisterError> {
    let path = dir.join(name);
    let run = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(&path).map_err(|e| e.error)?;
        #[cfg(unix)]
        std::fs::File::open(dir)?.sync_all()?;
        Ok(())
    };
    run().map_err(|e| failed(&path, &e))
}
