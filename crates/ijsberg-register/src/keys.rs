//! The keys of a register, kept apart from it in two files: one for the work, one for the vault.
//!
//! A file is sealed under a key of its own, and that key under the passphrase and, where there is one, under the recovery key. So a
//! process that opened a file once reads it again when the keys in it change, and a passphrase is changed without touching a key.

use ijsberg_crypto::{Cost, CryptoError, KEY, Key, hex, open, random, seal, unhex};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Keys of one domain, oldest first. Which of them is in use stands in the register; while it changes there are two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ring(Vec<(String, Key)>);

impl Ring {
    /// A ring of one key.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        let mut ring = Self(Vec::new());
        ring.add()?;
        Ok(ring)
    }

    /// Adds a key; returns its name.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn add(&mut self) -> Result<String, CryptoError> {
        let name = hex(&random::<8>()?);
        self.0.push((name.clone(), Key::random()?));
        Ok(name)
    }

    /// The key of that name.
    pub fn get(&self, name: &str) -> Option<&Key> {
        self.0.iter().find(|k| k.0 == name).map(|k| &k.1)
    }

    /// Where a key stands in the ring; later ones are newer.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|k| k.0 == name)
    }

    /// The newest key.
    pub fn newest(&self) -> Option<(&str, &Key)> {
        self.0.last().map(|k| (k.0.as_str(), &k.1))
    }

    /// The key that follows one: that to which a change was begun and not ended.
    pub(crate) fn after(&self, name: &str) -> Option<&str> {
        self.0.get(self.place(name)? + 1).map(|k| k.0.as_str())
    }

    /// The keys up to one and with it, oldest first.
    pub(crate) fn until(&self, name: &str) -> impl Iterator<Item = &Key> {
        let last = self.place(name).map_or(0, |p| p + 1);
        self.0[..last].iter().map(|k| &k.1)
    }

    /// All keys, oldest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Key> {
        self.0.iter().map(|k| &k.1)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Forgets all keys but one.
    pub fn keep_only(&mut self, name: &str) {
        self.0.retain(|k| k.0 == name);
    }
}

/// Keys for the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkKeys {
    /// Of the file as a whole.
    pub database: Key,
    /// Of the file as a whole, while it is being changed.
    pub database_next: Option<Key>,
    /// Wrap the keys of records, and seal second factors.
    pub records: Ring,
    /// For keyed codes of case references and of tokens. None of them is ever deleted: a code is made with all of them in turn, since its
    /// input is not stored.
    pub tokens: Ring,
    /// For the audit chain. Those of earlier entries are kept to follow it from its beginning.
    pub audit: Ring,
    /// For the keyed hashes of rows.
    pub rows: Ring,
    /// Opens both files when the passphrase or the last administrator is lost; several people hold its shares.
    pub recovery: Option<Key>,
}

/// Keys of the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultKeys {
    /// Its keys.
    pub ring: Ring,
}

#[derive(Serialize, Deserialize)]
struct StoredKeys {
    /// Domain, and its keys with their names in hexadecimal.
    rings: Vec<(String, Vec<(String, String)>)>,
    /// Keys that are alone.
    single: Vec<(String, String)>,
}

impl Drop for StoredKeys {
    fn drop(&mut self) {
        use zeroize::Zeroize;
        self.rings.iter_mut().flat_map(|r| &mut r.1).for_each(|k| k.1.zeroize());
        self.single.iter_mut().for_each(|k| k.1.zeroize());
    }
}

fn written(key: &Key) -> String {
    hex(key.bytes())
}

fn read(text: &str) -> Result<Key, CryptoError> {
    let bytes = Zeroizing::new(unhex(text).ok_or(CryptoError::NotSealed)?);
    let bytes: [u8; KEY] = bytes.as_slice().try_into().map_err(|_| CryptoError::NotSealed)?;
    Ok(Key::from_bytes(bytes))
}

impl StoredKeys {
    fn from_keys(rings: &[(&str, &Ring)], single: &[(&str, Option<&Key>)]) -> Self {
        let ring = |r: &Ring| r.0.iter().map(|(name, key)| (name.clone(), written(key))).collect();
        let keys = single.iter().filter_map(|(name, key)| Some(((*name).to_owned(), written((*key)?))));
        Self {
            rings: rings.iter().map(|(name, r)| ((*name).to_owned(), ring(r))).collect(),
            single: keys.collect(),
        }
    }

    fn ring(&self, domain: &str) -> Result<Ring, CryptoError> {
        let (_, keys) = self.rings.iter().find(|r| r.0 == domain).ok_or(CryptoError::NotSealed)?;
        let keys: Vec<_> = keys.iter().map(|(n, k)| Ok((n.clone(), read(k)?))).collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(CryptoError::NotSealed) } else { Ok(Ring(keys)) }
    }

    fn single(&self, name: &str) -> Result<Option<Key>, CryptoError> {
        self.single.iter().find(|k| k.0 == name).map(|k| read(&k.1)).transpose()
    }
}

/// What stands in a key file.
pub trait Keys: Sized {
    /// What the file is for; it opens as nothing else.
    const WHAT: &'static str;

    /// All keys, as they are written down.
    ///
    /// # Errors
    /// None in practice.
    fn plain(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError>;

    /// All keys, as they were written down.
    ///
    /// # Errors
    /// If these are others.
    fn parse(plain: &[u8]) -> Result<Self, CryptoError>;
}

fn to_bytes(stored: &StoredKeys) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    serde_json::to_vec(stored).map(Zeroizing::new).map_err(|_| CryptoError::NotSealed)
}

fn of_bytes(plain: &[u8]) -> Result<StoredKeys, CryptoError> {
    serde_json::from_slice(plain).map_err(|_| CryptoError::NotSealed)
}

impl Keys for WorkKeys {
    const WHAT: &'static str = "work keys";

    fn plain(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let rings = [
            ("records", &self.records),
            ("tokens", &self.tokens),
            ("audit", &self.audit),
            ("rows", &self.rows),
        ];
        let single = [
            ("database", Some(&self.database)),
            ("database next", self.database_next.as_ref()),
            ("recovery", self.recovery.as_ref()),
        ];
        to_bytes(&StoredKeys::from_keys(&rings, &single))
    }

    fn parse(plain: &[u8]) -> Result<Self, CryptoError> {
        let stored = of_bytes(plain)?;
        Ok(Self {
            database: stored.single("database")?.ok_or(CryptoError::NotSealed)?,
            database_next: stored.single("database next")?,
            records: stored.ring("records")?,
            tokens: stored.ring("tokens")?,
            audit: stored.ring("audit")?,
            rows: stored.ring("rows")?,
            recovery: stored.single("recovery")?,
        })
    }
}

impl Keys for VaultKeys {
    const WHAT: &'static str = "vault keys";

    fn plain(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        to_bytes(&StoredKeys::from_keys(&[("vault", &self.ring)], &[]))
    }

    fn parse(plain: &[u8]) -> Result<Self, CryptoError> {
        Ok(Self { ring: of_bytes(plain)?.ring("vault")? })
    }
}

impl WorkKeys {
    /// New ones.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        Ok(Self {
            database: Key::random()?,
            database_next: None,
            records: Ring::random()?,
            tokens: Ring::random()?,
            audit: Ring::random()?,
            rows: Ring::random()?,
            recovery: None,
        })
    }
}

impl VaultKeys {
    /// New ones.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        Ok(Self { ring: Ring::random()? })
    }
}

/// A key file: keys sealed under the key of the file, that under the passphrase, and under the recovery key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyFile {
    version: u32,
    passphrase: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recovery: Option<String>,
    keys: String,
}

impl KeyFile {
    /// Seals keys under a new key of the file; returns that key too.
    ///
    /// # Errors
    /// If the passphrase is short, or the system gives no random numbers.
    pub fn seal<K: Keys>(
        keys: &K,
        passphrase: &str,
        recovery: Option<&Key>,
        cost: Cost,
    ) -> Result<(Self, Key), CryptoError> {
        let own = Key::random()?;
        let slot = format!("{} passphrase", K::WHAT);
        let mut file = Self {
            version: 2,
            passphrase: hex(&seal(passphrase, own.bytes(), slot.as_bytes(), cost)?),
            recovery: None,
            keys: hex(&own.seal(&keys.plain()?, K::WHAT.as_bytes())?),
        };
        if let Some(recovery) = recovery {
            file.open_with_recovery::<K>(recovery, &own)?;
        }
        Ok((file, own))
    }

    fn open_with_recovery<K: Keys>(&mut self, recovery: &Key, own: &Key) -> Result<(), CryptoError> {
        let slot = format!("{} recovery", K::WHAT);
        self.recovery = Some(hex(&recovery.seal(own.bytes(), slot.as_bytes())?));
        Ok(())
    }

    /// A file as it was written.
    ///
    /// # Errors
    /// If it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, CryptoError> {
        let file: Self = serde_json::from_slice(bytes).map_err(|_| CryptoError::NotSealed)?;
        if file.version == 2 { Ok(file) } else { Err(CryptoError::NotSealed) }
    }

    /// A file to be written.
    ///
    /// # Errors
    /// None in practice.
    pub fn bytes(&self) -> Result<Vec<u8>, CryptoError> {
        serde_json::to_vec(self).map_err(|_| CryptoError::NotSealed)
    }

    /// The key of the file, by its passphrase.
    ///
    /// # Errors
    /// If the passphrase is another one.
    pub fn unlock<K: Keys>(&self, passphrase: &str) -> Result<Key, CryptoError> {
        let slot = format!("{} passphrase", K::WHAT);
        let sealed = unhex(&self.passphrase).ok_or(CryptoError::NotSealed)?;
        key_of(&open(passphrase, &sealed, slot.as_bytes())?)
    }

    /// The key of the file, by the recovery key.
    ///
    /// # Errors
    /// If the recovery key is another one, or there is none.
    pub fn recover<K: Keys>(&self, recovery: &Key) -> Result<Key, CryptoError> {
        let slot = format!("{} recovery", K::WHAT);
        let sealed = self.recovery.as_deref().and_then(unhex).ok_or(CryptoError::DoesNotOpen)?;
        key_of(&recovery.open(&sealed, slot.as_bytes())?)
    }

    /// The keys, by the key of the file.
    ///
    /// # Errors
    /// If that is another one.
    pub fn open<K: Keys>(&self, own: &Key) -> Result<K, CryptoError> {
        let sealed = unhex(&self.keys).ok_or(CryptoError::NotSealed)?;
        K::parse(&own.open(&sealed, K::WHAT.as_bytes())?)
    }

    /// Puts other keys in, under the same passphrase.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn replace<K: Keys>(&mut self, own: &Key, keys: &K) -> Result<(), CryptoError> {
        // A caller that cannot open the file must not write it.
        self.open::<K>(own)?;
        self.keys = hex(&own.seal(&keys.plain()?, K::WHAT.as_bytes())?);
        Ok(())
    }
}

fn key_of(bytes: &[u8]) -> Result<Key, CryptoError> {
    bytes.try_into().map(Key::from_bytes).map_err(|_| CryptoError::NotSealed)
}
