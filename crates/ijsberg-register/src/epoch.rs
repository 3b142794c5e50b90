//! The register says which key is in use, not the process that once opened it. Each change of keys raises a number in the register, which
//! every transaction compares with its own. A process with older keys reads the key file again before it writes, or refuses.

use std::collections::BTreeMap;

use ijsberg_crypto::Key;
use ijsberg_store::epochs::{self, KeyEpoch};

use crate::domain::{Domain, Epoch};
use crate::error::RegisterError;
use crate::keys::Ring;
use crate::register::Register;

fn context(domain: Domain, epoch: &Epoch) -> Vec<u8> {
    [b"canary".as_slice(), domain.name().as_bytes(), &epoch.number.to_le_bytes(), epoch.key.as_bytes()]
        .concat()
}

/// The key in use of a domain.
pub(crate) fn key<'a>(
    epochs: &BTreeMap<Domain, Epoch>,
    domain: Domain,
    ring: &'a Ring,
) -> Result<&'a Key, RegisterError> {
    epochs.get(&domain).and_then(|e| ring.get(&e.key)).ok_or(RegisterError::StaleKeys)
}

impl Register {
    /// The keys of a domain; none of the vault where it is not open.
    pub(crate) fn ring(&self, domain: Domain) -> Option<&Ring> {
        match domain {
            Domain::Audit => Some(&self.work.audit),
            Domain::Records => Some(&self.work.records),
            Domain::Rows => Some(&self.work.rows),
            Domain::Tokens => Some(&self.work.tokens),
            Domain::Vault => self.vault.as_ref().map(|v| &v.ring),
        }
    }

    /// The key in use of a domain of the work.
    pub(crate) fn key(&self, domain: Domain) -> Result<&Key, RegisterError> {
        key(&self.epochs, domain, self.ring(domain).ok_or(RegisterError::VaultClosed)?)
    }

    /// The name of the key in use.
    pub(crate) fn key_name(&self, domain: Domain) -> Result<&str, RegisterError> {
        self.epochs.get(&domain).map(|e| e.key.as_str()).ok_or(RegisterError::StaleKeys)
    }

    /// Records the first keys of an empty register, and checks that the keys belong to this register.
    pub(crate) fn found(&mut self) -> Result<(), RegisterError> {
        self.driver.begin_looking()?;
        let known = self.stored_epochs();
        self.driver.rollback()?;
        let known = known?;
        let lacking = |d: &Domain| self.ring(*d).is_some() && !known.iter().any(|k| k.0 == *d);
        if Domain::ALL.iter().any(lacking) {
            self.driver.begin()?;
            let done = self.found_within().and_then(|()| Ok(self.driver.commit()?));
            if done.is_err() {
                let _ = self.driver.rollback();
            }
            done?;
        } else {
            // The case at every start but the first; it waits for no writer.
            match self.begin_looking() {
                Ok(()) => {
                    let fit = self.open_canaries();
                    self.driver.rollback()?;
                    fit?;
                }
                Err(RegisterError::StaleKeys) => return Err(self.other_register(&known)),
                Err(other) => return Err(other),
            }
        }
        self.check_access(true)
    }

    /// The error for keys of another register, with the domain whose key is missing.
    fn other_register(&self, known: &[(Domain, Epoch, Vec<u8>)]) -> RegisterError {
        let lacking =
            |(d, e, _): &&(Domain, Epoch, Vec<u8>)| self.ring(*d).is_some_and(|r| r.get(&e.key).is_none());
        let of = known.iter().find(lacking).map_or("work", |k| k.0.name());
        RegisterError::OtherRegister(of.to_owned())
    }

    /// Begins a snapshot with the keys of its moment. Keys that changed after that moment may already be gone from the files: then it takes
    /// a later snapshot. If two snapshots have the same keys and the files lack them, they are not available.
    ///
    /// # Errors
    /// [`RegisterError::StaleKeys`] if the keys in use are not in the files; then no look has begun.
    pub(crate) fn begin_looking(&mut self) -> Result<(), RegisterError> {
        let mut seen = None;
        loop {
            self.driver.begin_looking()?;
            let now = match self.current_keys() {
                Ok(()) => return Ok(()),
                Err(RegisterError::StaleKeys) => self.epochs_in_use(),
                Err(other) => Err(other),
            };
            self.driver.rollback()?;
            let now = now?;
            if seen.as_ref() == Some(&now) {
                return Err(RegisterError::StaleKeys);
            }
            seen = Some(now);
        }
    }

    fn epochs_in_use(&mut self) -> Result<BTreeMap<Domain, Epoch>, RegisterError> {
        Ok(self.stored_epochs()?.into_iter().map(|(d, e, _)| (d, e)).collect())
    }

    fn found_within(&mut self) -> Result<(), RegisterError> {
        let known = self.stored_epochs()?;
        for domain in Domain::ALL.into_iter().filter(|d| !known.iter().any(|k| k.0 == *d)) {
            let Some((name, _)) = self.ring(domain).and_then(Ring::newest) else { continue };
            let epoch = Epoch { number: 1, key: name.to_owned() };
            // If something is sealed already, a first key would hide that the right one is missing.
            let driver = self.driver.raw();
            let sealed = if domain == Domain::Vault {
                epochs::any_person_key(driver)?
            } else {
                epochs::any_account(driver)?
            };
            if sealed {
                return Err(RegisterError::NoEpoch);
            }
            self.set_epoch(domain, &epoch)?;
        }
        match self.current_keys() {
            Err(RegisterError::StaleKeys) => Err(self.other_register(&known)),
            current => current,
        }?;
        self.open_canaries()
    }

    fn stored_epochs(&mut self) -> Result<Vec<(Domain, Epoch, Vec<u8>)>, RegisterError> {
        let known = |e: KeyEpoch| {
            let domain = Domain::ALL.into_iter().find(|d| d.name() == e.domain)?;
            Some((domain, Epoch { number: e.epoch, key: e.key_name }, e.canary))
        };
        Ok(epochs::epochs(self.driver.as_mut())?.into_iter().filter_map(known).collect())
    }

    /// Compares the keys in use with the known ones; reads the key files again if they differ. Keys that changed between the two readings
    /// are read again.
    ///
    /// # Errors
    /// [`RegisterError::StaleKeys`] if the keys in use are not in the files.
    pub(crate) fn current_keys(&mut self) -> Result<(), RegisterError> {
        let mut stored = self.epochs_in_use()?;
        loop {
            match self.take_keys(&stored) {
                Err(RegisterError::StaleKeys) => {}
                done => return done,
            }
            let now = self.epochs_in_use()?;
            if now == stored {
                return Err(RegisterError::StaleKeys);
            }
            stored = now;
        }
    }

    fn take_keys(&mut self, stored: &BTreeMap<Domain, Epoch>) -> Result<(), RegisterError> {
        if *stored == self.epochs && !stored.is_empty() {
            return Ok(());
        }
        self.record_keys.clear();
        if !self.holds(stored) {
            let files = self.files.as_ref().ok_or(RegisterError::StaleKeys)?;
            let stale = |_| RegisterError::StaleKeys;
            let (work, vault) = (files.work().map_err(stale)?, files.vault().map_err(stale)?);
            (self.work, self.vault) = (work, vault);
        }
        if !self.holds(stored) {
            return Err(RegisterError::StaleKeys);
        }
        self.epochs.clone_from(stored);
        if let Ok(key) = self.key(Domain::Rows) {
            let key = key.clone();
            self.driver.set_key(key);
        }
        Ok(())
    }

    /// Whether the rings contain the keys in use. A vault that is not open is not checked.
    fn holds(&self, stored: &BTreeMap<Domain, Epoch>) -> bool {
        Domain::ALL.into_iter().all(|d| match (self.ring(d), stored.get(&d)) {
            (Some(ring), Some(epoch)) => ring.get(&epoch.key).is_some(),
            (None, _) => true,
            (Some(_), None) => false,
        })
    }

    /// Makes a key the one in use, within a transaction.
    pub(crate) fn set_epoch(&mut self, domain: Domain, epoch: &Epoch) -> Result<(), RegisterError> {
        let ring = self.ring(domain).ok_or(RegisterError::VaultClosed)?;
        let key = ring.get(&epoch.key).ok_or(RegisterError::StaleKeys)?;
        let stored = KeyEpoch {
            domain: domain.name().to_owned(),
            epoch: epoch.number,
            key_name: epoch.key.clone(),
            canary: key.seal(b"ijsberg", &context(domain, epoch))?,
        };
        let rows = (domain == Domain::Rows).then(|| key.clone());
        epochs::set_epoch(self.driver.as_mut(), &stored)?;
        self.epochs.insert(domain, epoch.clone());
        if let Some(key) = rows {
            self.driver.set_key(key);
        }
        Ok(())
    }

    /// Opens the sealed canary of every open domain, which shows whether the keys are those of this register.
    ///
    /// # Errors
    /// [`RegisterError::OtherRegister`] with the domain.
    pub fn open_canaries(&mut self) -> Result<(), RegisterError> {
        for (domain, epoch, canary) in self.stored_epochs()? {
            let Some(ring) = self.ring(domain) else { continue };
            let opened = ring.get(&epoch.key).map(|k| k.open(&canary, &context(domain, &epoch)));
            if !matches!(opened, Some(Ok(_))) {
                return Err(RegisterError::OtherRegister(domain.name().to_owned()));
            }
        }
        Ok(())
    }
}
