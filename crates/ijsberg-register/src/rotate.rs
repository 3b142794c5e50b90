//! Changes keys so that nothing is lost, whatever others do meanwhile and whenever it is interrupted.
//!
//! In one transaction, while every other writer waits: the key file gets the new key beside the old one and reaches the disk; everything
//! sealed under the old one is sealed under the new one; the register says which is in use. In a second transaction everything is opened
//! under the new key, and only then is the old one removed from the file. If it is interrupted at any point, the file has both keys or the
//! transaction does not exist, and running it again completes the change.

use ijsberg_crypto::{Cost, KEY, Key, hash_password};
use ijsberg_store::keys::{Coded, Factor};
use ijsberg_store::vault::PersonKey;
use ijsberg_store::{Driver, keys, vault};

use crate::audit::Outcome;
use crate::domain::{Domain, Epoch};
use crate::error::RegisterError;
use crate::guarded::tables::TABLES;
use crate::keeper::KeyFiles;
use crate::keys::{Ring, WorkKeys};
use crate::policy::{Grant, Operation, Role};
use crate::register::{Id, Register};
use crate::scope::{EVERYWHERE, Scope};
use crate::vault::context;

/// Rows that are read and written at once.
const AT_ONCE: i64 = 1000;

impl Register {
    fn files(&self) -> Result<KeyFiles, RegisterError> {
        self.files.clone().ok_or(RegisterError::NoKeyFiles)
    }

    /// The key to which a domain changes: one that an earlier attempt left in the file, or a new one.
    fn next_epoch(&self, domain: Domain, ring: &mut Ring) -> Result<Epoch, RegisterError> {
        let now = self.epochs.get(&domain).ok_or(RegisterError::StaleKeys)?;
        let key = match ring.after(&now.key) {
            Some(begun) => begun.to_owned(),
            None => ring.add()?,
        };
        Ok(Epoch { number: now.number + 1, key })
    }

    /// Changes the key of the vault: the key of every person is wrapped anew.
    ///
    /// # Errors
    /// If the policy does not allow it, or the key file cannot be written; then the old key is in use.
    pub fn rotate_vault(&mut self) -> Result<(), RegisterError> {
        if self.vault.is_none() {
            self.session.as_ref().ok_or(RegisterError::NoSession)?;
        }
        self.act(Operation::RotateKeys, &Scope::Everywhere, "vault", |r| {
            let files = r.files()?;
            let mut keys = files.vault()?.ok_or(RegisterError::VaultClosed)?;
            let old = keys.ring.clone();
            let next = r.next_epoch(Domain::Vault, &mut keys.ring)?;
            files.keep_vault(&keys)?;
            let new = keys.ring.get(&next.key).cloned().ok_or(RegisterError::VaultClosed)?;
            r.vault = Some(keys);
            r.counts_right("person_key")?;
            let count = each_person_key(r.driver.raw(), |driver, person, row| {
                let key = old
                    .get(&row.under)
                    .ok_or(RegisterError::VaultClosed)?
                    .open(&row.wrapped, &context(person, "key"))?;
                let wrapped = new.seal(&key, &context(person, "key"))?;
                vault::rewrap(driver, person, wrapped, &next.key)?;
                Ok(())
            })?;
            r.hash_anew("person_key")?;
            r.set_epoch(Domain::Vault, &next)?;
            Ok(((), format!("{count} keys wrapped anew")))
        })?;
        self.retire_vault()
    }

    /// Forgets keys of the vault that are no longer in use, once every person's key has been opened under the one that is.
    ///
    /// # Errors
    /// If one does not open; then none is forgotten.
    pub fn retire_vault(&mut self) -> Result<(), RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "vault", |r| {
            let files = r.files()?;
            let mut keys = files.vault()?.ok_or(RegisterError::VaultClosed)?;
            let name = r.key_name(Domain::Vault)?.to_owned();
            let key = keys.ring.get(&name).cloned().ok_or(RegisterError::StaleKeys)?;
            let count = each_person_key(r.driver.raw(), |_, person, row| {
                if row.under != name {
                    return Err(RegisterError::StaleKeys);
                }
                key.open(&row.wrapped, &context(person, "key"))?;
                Ok(())
            })?;
            keys.ring.keep_only(&name);
            files.keep_vault(&keys)?;
            r.vault = Some(keys);
            Ok(((), format!("{count} keys open under the new one, the old one forgotten")))
        })
    }

    /// Changes the keys for the work: those that wrap the keys of records, of keyed codes and tokens, of the log and of rows. Records
    /// are sealed under a new key of their own. Earlier entries of the log are followed with the keys of their time, which are kept;
    /// the first entry under the new key holds the hash of the last under the old one.
    ///
    /// # Errors
    /// If the policy does not allow it, or the key file cannot be written; then the old keys are in use.
    pub fn rotate_work(&mut self) -> Result<(), RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "work", |r| {
            let files = r.files()?;
            let mut keys = files.work()?;
            let records = r.next_epoch(Domain::Records, &mut keys.records)?;
            let tokens = r.next_epoch(Domain::Tokens, &mut keys.tokens)?;
            let audit = r.next_epoch(Domain::Audit, &mut keys.audit)?;
            let rows = r.next_epoch(Domain::Rows, &mut keys.rows)?;
            files.keep_work(&keys)?;
            // A change made outside of the register must not become valid by being hashed anew.
            TABLES.iter().try_for_each(|t| r.counts_right(t.name))?;
            let old = r.key(Domain::Records)?.clone();
            r.work = keys;
            r.reseal_second_factors(&old, &records)?;
            r.recode(&tokens)?;
            r.set_epoch(Domain::Records, &records)?;
            r.set_epoch(Domain::Tokens, &tokens)?;
            r.set_epoch(Domain::Audit, &audit)?;
            r.set_epoch(Domain::Rows, &rows)?;
            let count = r.reseal_records(&old)?;
            TABLES.iter().try_for_each(|t| r.hash_anew(t.name))?;
            Ok(((), format!("{count} sealed anew")))
        })?;
        self.retire_work()
    }

    /// Forgets keys for the work that are no longer in use, once everything has been opened under those that are.
    ///
    /// # Errors
    /// If something does not open; then none is forgotten.
    pub fn retire_work(&mut self) -> Result<(), RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "work", |r| {
            let files = r.files()?;
            let mut keys = files.work()?;
            let key = r.key(Domain::Records)?.clone();
            for row in keys::all_wrapped(r.driver.as_mut())? {
                key.open(&row.wrapped, format!("records:{}", row.id).as_bytes())?;
            }
            r.open_second_factors()?;
            r.open_all_records()?;
            TABLES.iter().try_for_each(|t| r.counts_right(t.name))?;
            keys.records.keep_only(r.key_name(Domain::Records)?);
            keys.rows.keep_only(r.key_name(Domain::Rows)?);
            files.keep_work(&keys)?;
            r.work = keys;
            Ok(((), "everything opens under the new ones, the old ones forgotten".to_owned()))
        })
    }

    /// Puts the key files under other passphrases; none leaves that of a file as it is. The keys stay the same: a person who knew the old
    /// passphrase may have kept them, so that they are changed as well when somebody leaves.
    ///
    /// # Errors
    /// If the policy does not allow it, a passphrase is short, or a file cannot be written.
    pub fn change_passphrases(
        &mut self,
        work: Option<&str>,
        vault: Option<&str>,
        cost: Cost,
    ) -> Result<(), RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "passphrase", |r| {
            let mut files = r.files()?;
            if let Some(passphrase) = work {
                let keys = files.work()?;
                files.change_work(&keys, passphrase, cost)?;
                r.files = Some(files.clone());
            }
            if let Some(passphrase) = vault {
                files.change_vault(passphrase, cost)?;
                r.files = Some(files);
            }
            let of = |which: Option<&str>, name| which.map(|_| name);
            let changed: Vec<&str> = of(work, "work").into_iter().chain(of(vault, "vault")).collect();
            Ok(((), changed.join(" and ")))
        })
    }

    /// Makes a new recovery key, of which the shares are handed out; shares of the one before it open nothing any more.
    ///
    /// # Errors
    /// If the policy does not allow it, or the files cannot be written.
    pub fn new_recovery(&mut self, work: &str, vault: &str, cost: Cost) -> Result<Key, RegisterError> {
        self.act(Operation::RotateKeys, &Scope::Everywhere, "recovery", |r| {
            let mut files = r.files()?;
            let recovery = Key::random()?;
            let keys = WorkKeys { recovery: Some(recovery.clone()), ..files.work()? };
            files.change_work(&keys, work, cost)?;
            files.change_vault(vault, cost)?;
            r.work = keys;
            r.files = Some(files);
            Ok((recovery, "new shares".to_owned()))
        })
    }

    /// Gives the register back to an administrator, on behalf of the people whose shares made the recovery key: their account is opened,
    /// with a new password, without a second factor, as administrator for all organisations. The log records it.
    ///
    /// # Errors
    /// If the recovery key is another one, or the password is short.
    pub fn recover_administrator(
        &mut self,
        recovery: &Key,
        name: &str,
        password: &str,
        cost: Cost,
    ) -> Result<(), RegisterError> {
        if self.work.recovery.as_ref() != Some(recovery) {
            return Err(RegisterError::Login);
        }
        let hash = hash_password(password, cost)?;
        self.transaction(|r| {
            if keys::give_account_back(r.driver.as_mut(), name, &hash)? == 0 {
                r.insert_user(name, &hash, EVERYWHERE)?;
            }
            r.insert_grant(name, &Grant { role: Role::Administrator, organisation: EVERYWHERE.to_owned() })?;
            r.drop_recovery_codes(name)?;
            r.end_access(name, None)?;
            r.forget_attempts(name)?;
            r.append(name, "recover", "user", Outcome::Done, "given back by shares of the recovery key")
        })
    }

    fn reseal_second_factors(&mut self, old: &Key, next: &Epoch) -> Result<(), RegisterError> {
        let new = self.work.records.get(&next.key).cloned().ok_or(RegisterError::StaleKeys)?;
        for which in Factor::ALL {
            for row in keys::second_factors(self.driver.raw(), which)? {
                let about = format!("second factor:{}", row.account);
                let sealed = new.seal(&old.open(&row.factor, about.as_bytes())?, about.as_bytes())?;
                keys::reseal_second_factor(self.driver.raw(), which, &row.account, sealed)?;
            }
        }
        Ok(())
    }

    /// Opens every second factor, those that were not confirmed too.
    pub(crate) fn open_second_factors(&mut self) -> Result<(), RegisterError> {
        let key = self.key(Domain::Records)?.clone();
        for which in Factor::ALL {
            for row in keys::second_factors(self.driver.raw(), which)? {
                key.open(&row.factor, format!("second factor:{}", row.account).as_bytes())?;
            }
        }
        Ok(())
    }

    /// The code made with the keys so far is the text from which the next key makes the code.
    fn recode(&mut self, next: &Epoch) -> Result<(), RegisterError> {
        let key = self.work.tokens.get(&next.key).cloned().ok_or(RegisterError::StaleKeys)?;
        // Attempts to log in are counted by a code of the name, which is not kept; they are counted anew.
        keys::delete_attempts(self.driver.raw())?;
        for of in Coded::ALL {
            let mut last: Vec<u8> = Vec::new();
            loop {
                let rows = keys::codes_after(self.driver.raw(), of, &last, AT_ONCE)?;
                let Some(end) = rows.last() else { break };
                last = end.id.to_vec();
                for row in &rows {
                    let code = key.mac(&[AGAIN, &row.code]);
                    keys::set_code(self.driver.raw(), of, &row.id, &code)?;
                }
            }
        }
        Ok(())
    }

    /// A keyed code, made with all keys of codes up to the one in use, one after another.
    pub(crate) fn code(&self, parts: &[&[u8]]) -> Result<[u8; KEY], RegisterError> {
        let mut keys = self.work.tokens.until(self.key_name(Domain::Tokens)?);
        let first = keys.next().ok_or(RegisterError::StaleKeys)?.mac(parts);
        Ok(keys.fold(first, |code, key| key.mac(&[AGAIN, &code])))
    }
}

/// Before a code of which a code is made.
const AGAIN: &[u8] = b"code of a code";

/// Every person's key, a number of them at a time.
pub(crate) fn each_person_key(
    driver: &mut dyn Driver,
    mut f: impl FnMut(&mut dyn Driver, &Id, &PersonKey) -> Result<(), RegisterError>,
) -> Result<u64, RegisterError> {
    let (mut last, mut count): (Vec<u8>, u64) = (Vec::new(), 0);
    loop {
        let rows = vault::keys_after(driver, &last, AT_ONCE)?;
        let Some(end) = rows.last() else { return Ok(count) };
        last = end.person.to_vec();
        for row in &rows {
            f(driver, &row.person, row)?;
            count += 1;
        }
    }
}
