//! Sealed files and fields.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) seals: without the key nothing can be read, and every changed byte is detected. What a
//! sealed text belongs to (its *context*) is authenticated with it, so that one cannot stand in for another. Keys are random or, by
//! Argon2id (RFC 9106), derived from a passphrase. Key and plain text are wiped from memory when dropped.

pub mod shares;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Length of a key.
pub const KEY: usize = 32;
const NONCE: usize = 24;
const SALT: usize = 16;
/// First bytes of a text sealed under a passphrase; the last is the version.
const MAGIC: &[u8; 8] = b"ijsberg\x01";

/// Why nothing was opened or sealed. It never says more than it must.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CryptoError {
    /// The key or the passphrase is another, or the text was changed.
    #[error("cannot open: wrong passphrase or key, or the file has been changed or is incomplete")]
    DoesNotOpen,
    /// Not sealed by this program.
    #[error("this was not encrypted by ijsberg, or by a later version of it")]
    NotSealed,
    /// No randomness.
    #[error("the system gives no random numbers")]
    NoRandomness,
    /// A passphrase that is guessed too fast.
    #[error("the passphrase has {0} characters; at least 12 are needed")]
    ShortPassphrase(usize),
    /// Shares of a key.
    #[error(
        "these shares do not give a key: one was copied wrongly, there are too few, or they belong to different keys"
    )]
    Shares,
    /// The cost is out of range.
    #[error("the cost of the passphrase is out of range")]
    Cost,
    /// Sealed by a development build, whose passphrases are guessed fast.
    #[error(
        "this was encrypted by a development build, which protects a passphrase too weakly; make it again with a release"
    )]
    Development,
}

/// A secret key.
#[derive(Clone, Zeroize, ZeroizeOnDrop, PartialEq, Eq)]
pub struct Key([u8; KEY]);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Random bytes from the system.
///
/// # Errors
/// If the system gives none.
pub fn random<const N: usize>() -> Result<[u8; N], CryptoError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| CryptoError::NoRandomness)?;
    Ok(bytes)
}

/// The cost of trying a passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for Cost {
    /// [`Cost::RELEASE`]. A build with debug assertions takes a small part of it, so that tests do not spend their time on passphrases; a
    /// release refuses what such a build has sealed ([`CryptoError::Development`]).
    fn default() -> Self {
        if cfg!(debug_assertions) { Self { memory: 8 * 1024, passes: 1 } } else { Self::RELEASE }
    }
}

impl Cost {
    /// 64 MiB and three passes, the second recommendation of RFC 9106.
    pub const RELEASE: Self = Self { memory: 64 * 1024, passes: 3 };

    /// Whether a build takes what was sealed at this cost.
    fn enough(self, development: bool) -> bool {
        development || (self.memory >= Self::RELEASE.memory && self.passes >= Self::RELEASE.passes)
    }
}

impl Key {
    /// A random key.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn random() -> Result<Self, CryptoError> {
        random().map(Self)
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; KEY]) -> Self {
        Self(bytes)
    }

    /// Its bytes, to seal it under another key.
    pub fn bytes(&self) -> &[u8; KEY] {
        &self.0
    }

    /// The key of a passphrase, by Argon2id.
    ///
    /// # Errors
    /// If the cost is out of range.
    pub fn from_passphrase(passphrase: &str, salt: &[u8], cost: Cost) -> Result<Self, CryptoError> {
        let params = Params::new(cost.memory, cost.passes, 1, Some(KEY)).map_err(|_| CryptoError::Cost)?;
        let mut key = Self([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, &mut key.0)
            .map_err(|_| CryptoError::Cost)?;
        Ok(key)
    }

    /// Another key for one purpose: HMAC-SHA-256 of its name.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Self {
        Self(self.mac(&[b"derive", purpose.as_bytes()]))
    }

    /// A keyed hash of parts, HMAC-SHA-256; parts are told apart by their lengths.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; KEY] {
        let mut mac =
            <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Seals a text for a context.
    ///
    /// # Errors
    /// If the system gives no random numbers.
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let nonce: [u8; NONCE] = random()?;
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let payload = Payload { msg: plain, aad: context };
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| CryptoError::DoesNotOpen)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Seals a text for a context so that the same text gives the same bytes: the nonce is a keyed hash of both (as in a synthetic
    /// initialisation vector, Rogaway and Shrimpton 2006). Two sealed texts reveal whether they are equal, and no more.
    pub fn seal_same(&self, plain: &[u8], context: &[u8]) -> Vec<u8> {
        let hash = self.derive("nonce").mac(&[context, plain]);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&hash[..NONCE]);
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let payload = Payload { msg: plain, aad: context };
        // It fails only beyond 256 GiB.
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload).expect("a text that fits in memory");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for the same context.
    ///
    /// # Errors
    /// If the key or the context is another, or anything was changed.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE>().ok_or(CryptoError::DoesNotOpen)?;
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let payload = Payload { msg: text, aad: context };
        cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| CryptoError::DoesNotOpen)
    }
}

/// The stored form of a password: a PHC string with Argon2id, its cost and a salt.
///
/// # Errors
/// If the password is short, or the system gives no random numbers.
pub fn hash_password(password: &str, cost: Cost) -> Result<String, CryptoError> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(CryptoError::ShortPassphrase(length));
    }
    let params = Params::new(cost.memory, cost.passes, 1, Some(KEY)).map_err(|_| CryptoError::Cost)?;
    let salt: [u8; SALT] = random()?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|_| CryptoError::Cost)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was kept.
pub fn verify_password(password: &str, kept: &str) -> bool {
    PasswordHash::new(kept)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Bytes in hexadecimal, in constant time: keys are written so too.
pub fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

/// Bytes from hexadecimal, in capitals or not.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    base16ct::mixed::decode_vec(text.trim()).ok()
}

/// Characters that a passphrase has at least.
pub const SHORTEST: usize = 12;

/// Seals a text under a passphrase. The cost and the salt stand in front, authenticated.
///
/// # Errors
/// If the passphrase is short, or the system gives no random numbers.
pub fn seal(passphrase: &str, plain: &[u8], context: &[u8], cost: Cost) -> Result<Vec<u8>, CryptoError> {
    let length = passphrase.chars().count();
    if length < SHORTEST {
        return Err(CryptoError::ShortPassphrase(length));
    }
    let salt: [u8; SALT] = random()?;
    let head = [MAGIC.as_slice(), &cost.memory.to_le_bytes(), &cost.passes.to_le_bytes(), &salt].concat();
    let key = Key::from_passphrase(passphrase, &salt, cost)?;
    let sealed = key.seal(plain, &[head.as_slice(), context].concat())?;
    Ok([head, sealed].concat())
}

/// The highest cost that is tried: a changed file must not take all memory.
const DEAREST: Cost = Cost { memory: 256 * 1024, passes: 16 };

/// Opens what was sealed under a passphrase.
///
/// # Errors
/// See [`CryptoError`].
pub fn open(passphrase: &str, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    const HEAD: usize = 8 + 4 + 4 + SALT;
    let (head, text) = sealed.split_at_checked(HEAD).ok_or(CryptoError::NotSealed)?;
    if !head.starts_with(MAGIC) {
        return Err(CryptoError::NotSealed);
    }
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let cost = Cost { memory: number(8), passes: number(12) };
    if cost.memory > DEAREST.memory || cost.passes > DEAREST.passes {
        return Err(CryptoError::DoesNotOpen);
    }
    if !cost.enough(cfg!(debug_assertions)) {
        return Err(CryptoError::Development);
    }
    let key = Key::from_passphrase(passphrase, &head[16..], cost).map_err(|_| CryptoError::DoesNotOpen)?;
    key.open(text, &[head, context].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CHEAP: Cost = Cost { memory: 8, passes: 1 };

    #[test]
    fn what_is_sealed_opens_with_the_same_passphrase_only() {
        let sealed = seal("a long passphrase", b"someone", b"case", CHEAP).unwrap();
        assert!(!sealed.windows(7).any(|w| w == b"someone"));
        assert_eq!(open("a long passphrase", &sealed, b"case").unwrap().as_slice(), b"someone");
        assert_eq!(open("another passphrase", &sealed, b"case"), Err(CryptoError::DoesNotOpen));
        assert_eq!(open("a long passphrase", &sealed, b"backup"), Err(CryptoError::DoesNotOpen));
        assert_eq!(open("a long passphrase", b"key,value", b"case"), Err(CryptoError::NotSealed));
        assert_eq!(seal("short", b"", b"", CHEAP), Err(CryptoError::ShortPassphrase(5)));
        assert_ne!(sealed, seal("a long passphrase", b"someone", b"case", CHEAP).unwrap());
    }

    #[test]
    fn a_release_takes_nothing_that_was_sealed_cheaply() {
        assert!(Cost::RELEASE.enough(false) && CHEAP.enough(true) && Cost::default().enough(true));
        for cost in [CHEAP, Cost { passes: 2, ..Cost::RELEASE }, Cost { memory: 32 * 1024, passes: 16 }] {
            assert!(!cost.enough(false), "{cost:?}");
        }
    }

    #[test]
    fn the_same_text_can_be_sealed_to_the_same_bytes() {
        let key = Key([7; KEY]);
        let sealed = key.seal_same(b"someone", b"case");
        assert_eq!(sealed, key.seal_same(b"someone", b"case"));
        assert_eq!(key.open(&sealed, b"case").unwrap().as_slice(), b"someone");
        assert!(key.open(&sealed, b"backup").is_err() && Key([8; KEY]).open(&sealed, b"case").is_err());
        // Another text or context has another nonce, without which the two could be set against each other.
        for other in [key.seal_same(b"somebody", b"case"), key.seal_same(b"someone", b"backup")] {
            assert_ne!(other[..NONCE], sealed[..NONCE]);
        }
    }

    /// Appendix A.3.1 of draft-irtf-cfrg-xchacha-03.
    #[test]
    fn the_cipher_is_the_one_of_the_draft() {
        let key = Key(std::array::from_fn(|i| 0x80 + i as u8));
        let nonce: [u8; NONCE] = std::array::from_fn(|i| 0x40 + i as u8);
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
        let cipher = XChaCha20Poly1305::new((&key.0).into());
        let sealed = cipher.encrypt(&XNonce::from(nonce), Payload { msg: text, aad: &aad }).unwrap();
        assert_eq!(sealed[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        // Poly1305 tag.
        assert_eq!(sealed[sealed.len() - 16..][..4], [0xc0, 0x87, 0x59, 0x24]);
        assert_eq!(key.open(&[nonce.as_slice(), &sealed].concat(), &aad).unwrap().as_slice(), text);
    }

    #[test]
    fn passwords_are_kept_as_salted_hashes() {
        let kept = hash_password("a long password", CHEAP).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{kept}");
        assert!(verify_password("a long password", &kept) && !verify_password("another password", &kept));
        assert!(!verify_password("a long password", "nothing"));
        assert_ne!(kept, hash_password("a long password", CHEAP).unwrap());
    }

    #[test]
    fn keys_for_different_purposes_differ_and_parts_are_told_apart() {
        let key = Key::from_bytes([7; KEY]);
        assert_ne!(key.derive("audit"), key.derive("vault"));
        assert_ne!(key.mac(&[b"ab", b"c"]), key.mac(&[b"a", b"bc"]));
        assert_eq!(format!("{key:?}"), "Key(..)");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn every_changed_byte_is_found_out(text in proptest::collection::vec(0..=255_u8, 0..60), at in 0..1000_usize, bit in 0..8_u8) {
            let mut sealed = seal("a long passphrase", &text, b"", CHEAP).unwrap();
            let at = at % sealed.len();
            sealed[at] ^= 1 << bit;
            prop_assert!(open("a long passphrase", &sealed, b"").is_err());
            prop_assert!(open("a long passphrase", &sealed[..at], b"").is_err());
        }
    }
}
