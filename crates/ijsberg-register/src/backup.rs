//! Verified backups: everything in them has been opened.

use ijsberg_store::Driver;
use jiff::Timestamp;

use crate::audit::Checkpoint;
use crate::error::RegisterError;
use crate::keeper::KeyFiles;
use crate::policy::Operation;
use crate::register::Register;
use crate::rotate::each_person_key;
use crate::scope::Scope;
use crate::vault::context;

impl Register {
    /// Opens a copy with the key files in its own folder. From now on it is checked against the current end of its log.
    ///
    /// # Errors
    /// As for [`Register::open_with`]; also if the keys of the vault are those of another register.
    pub fn open_copy(
        driver: Box<dyn Driver>,
        files: KeyFiles,
        now: Timestamp,
    ) -> Result<Self, RegisterError> {
        let mut copy = Self::open_anew(driver, files, now)?;
        copy.anchor()?;
        Ok(copy)
    }

    /// Keeps outside of the register what its log says last, whatever was kept before.
    fn anchor(&mut self) -> Result<(), RegisterError> {
        self.seen = None;
        self.end = None;
        self.looking(|_| Ok(()))?;
        self.witnessed()
    }

    /// Records the current end of the log, after the file in which it was recorded was lost. The user has compared the log with a
    /// checkpoint that was kept elsewhere.
    ///
    /// # Errors
    /// If the policy does not allow it.
    pub fn anchored(&mut self) -> Result<(), RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "anchor", |_| Ok(((), "begun anew".to_owned())))
    }

    /// Checks everything: the storage, the log, every row, the keys of every domain, every person's key, every record and every second
    /// factor. A copy that passes can replace the register.
    ///
    /// # Errors
    /// If the vault is closed, or with the check that fails.
    pub fn open_everything(&mut self) -> Result<Checkpoint, RegisterError> {
        if self.vault.is_none() {
            return Err(RegisterError::VaultClosed);
        }
        self.verify_storage()?;
        let checkpoint = self.verify_audit()?;
        self.looking(|r| {
            r.open_canaries()?;
            let ring = r.vault.clone().ok_or(RegisterError::VaultClosed)?.ring;
            each_person_key(r.driver.raw(), |_, person, row| {
                let key = ring.get(&row.under).ok_or(RegisterError::OtherRegister("vault".to_owned()))?;
                key.open(&row.wrapped, &context(person, "key"))?;
                Ok(())
            })?;
            r.open_second_factors()?;
            r.open_all_records()
        })?;
        Ok(checkpoint)
    }
}
