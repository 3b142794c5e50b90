//! The key ring of a register, kept apart from it, in two compartments: one for the work, one for the vault.

use std::collections::BTreeMap;

use ijsberg_crypto::{Cost, CryptoError, KEY, Key, hex, open, random, seal, unhex};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Keys for the work.
#[derive(Debug, Clone)]
pub struct WorkKeys {
    /// Of the file as a whole.
    pub database: Key,
    /// Wraps the keys of records.
    pub records: Key,
    /// For keyed codes of an organisation's own case keys.
    pub tokens: Key,
    /// For the audit chain.
    pub audit: Key,
}

/// Keys of the vault: several while they are being changed.
#[derive(Debug, Clone)]
pub struct VaultKeys {
    /// The key in use.
    pub current: String,
    /// All keys by name.
    pub keys: BTreeMap<String, Key>,
}

const WORK: &[u8] = b"work keys";
const VAULT: &[u8] = b"vault keys";

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(default)]
    current: String,
    keys: BTreeMap<String, String>,
}

fn sealed(stored: &Stored, passphrase: &str, context: &[u8], cost: Cost) -> Result<Vec<u8>, CryptoError> {
    let json = Zeroizing::new(serde_json::to_vec(stored).map_err(|_| CryptoError::NotSealed)?);
    seal(passphrase, &json, context, cost)
}

fn opened(
    bytes: &[u8],
    passphrase: &str,
    context: &[u8],
) -> Result<(String, BTreeMap<String, Key>), CryptoError> {
    let plain = open(passphrase, bytes, context)?;
    let stored: Stored = serde_json::from_slice(&plain).map_err(|_| CryptoError::NotSealed)?;
    let mut keys = BTreeMap::new();
    for (name, text) in &stored.keys {
        let bytes = Zeroizing::new(unhex(text).ok_or(CryptoError::NotSealed)?);
        let bytes: [u8; KEY] = bytes.as_slice().try_into().map_err(|_| CryptoError::NotSealed)?;
        keys.insert(name.clone(), Key::from_bytes(bytes));
    }
    Ok((stored.current, keys))
}

impl WorkKeys {
    /// New ones.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        Ok(Self {
            database: Key::random()?,
            records: Key::random()?,
            tokens: Key::random()?,
            audit: Key::random()?,
        })
    }

    /// Seals them under a passphrase.
    ///
    /// # Errors
    /// If the passphrase is short.
    pub fn seal(&self, passphrase: &str, cost: Cost) -> Result<Vec<u8>, CryptoError> {
        let all = [
            ("database", &self.database),
            ("records", &self.records),
            ("tokens", &self.tokens),
            ("audit", &self.audit),
        ];
        let keys = all.into_iter().map(|(n, k)| (n.to_owned(), hex(k.bytes()))).collect();
        sealed(&Stored { current: String::new(), keys }, passphrase, WORK, cost)
    }

    /// Opens them.
    ///
    /// # Errors
    /// If the passphrase is another one.
    pub fn open(bytes: &[u8], passphrase: &str) -> Result<Self, CryptoError> {
        let (_, mut keys) = opened(bytes, passphrase, WORK)?;
        let mut take = |name: &str| keys.remove(name).ok_or(CryptoError::NotSealed);
        Ok(Self {
            database: take("database")?,
            records: take("records")?,
            tokens: take("tokens")?,
            audit: take("audit")?,
        })
    }
}

impl VaultKeys {
    /// New ones.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        let mut keys = Self { current: String::new(), keys: BTreeMap::new() };
        keys.add()?;
        Ok(keys)
    }

    /// Adds a key and makes it the one in use.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn add(&mut self) -> Result<(), CryptoError> {
        let name = hex(&random::<8>()?);
        self.keys.insert(name.clone(), Key::random()?);
        self.current = name;
        Ok(())
    }

    /// Forgets all keys but the one in use.
    pub fn keep_current(&mut self) {
        let current = self.current.clone();
        self.keys.retain(|name, _| *name == current);
    }

    /// Seals them under a passphrase.
    ///
    /// # Errors
    /// If the passphrase is short.
    pub fn seal(&self, passphrase: &str, cost: Cost) -> Result<Vec<u8>, CryptoError> {
        let keys = self.keys.iter().map(|(n, k)| (n.clone(), hex(k.bytes()))).collect();
        sealed(&Stored { current: self.current.clone(), keys }, passphrase, VAULT, cost)
    }

    /// Opens them.
    ///
    /// # Errors
    /// If the passphrase is another one.
    pub fn open(bytes: &[u8], passphrase: &str) -> Result<Self, CryptoError> {
        let (current, keys) = opened(bytes, passphrase, VAULT)?;
        if !keys.contains_key(&current) {
            return Err(CryptoError::NotSealed);
        }
        Ok(Self { current, keys })
    }
}
