//! Keys from the secret, and bits from pieces.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::Blake2bMac;
use blake2::digest::consts::U64;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::codes::schema::{CodeSchema, HashKind, KdfHash};

/// Bytes derived from the secret; `info` sets apart what they are for.
fn derive(schema: &CodeSchema, secret: &[u8], info: &[u8], length: usize) -> Option<Vec<u8>> {
    let kdf = &schema.config.kdf;
    let salt = kdf.salt.as_ref().map(|s| STANDARD.decode(s)).transpose().ok()?;
    let mut out = vec![0; length];
    match kdf.hash {
        KdfHash::Sha256 => Hkdf::<Sha256>::new(salt.as_deref(), secret).expand(info, &mut out).ok()?,
        KdfHash::Sha512 => Hkdf::<Sha512>::new(salt.as_deref(), secret).expand(info, &mut out).ok()?,
    }
    Some(out)
}

/// Two keys a feature, in the order of the features; `None` when the hash cannot give so many.
pub(crate) fn keys(schema: &CodeSchema, secret: &[u8]) -> Option<Vec<[Vec<u8>; 2]>> {
    let info = schema.config.kdf.info.as_ref().map_or(Ok(Vec::new()), |i| STANDARD.decode(i)).ok()?;
    let size = schema.config.kdf.key_size;
    let all = derive(schema, secret, &info, 2 * size * schema.features.len())?;
    Some(all.chunks(2 * size).map(|pair| [pair[..size].to_vec(), pair[size..].to_vec()]).collect())
}

/// A mark that two organisations share when their secrets are the same, and that does not give the secret away.
pub(crate) fn mark(schema: &CodeSchema, secret: &[u8]) -> Option<String> {
    let info = format!("ijsberg check {}", schema.fingerprint());
    Some(STANDARD.encode(derive(schema, secret, info.as_bytes(), 16)?))
}

/// The places that a piece sets among `l` bits, at least `count` of them in the order of the method.
pub(crate) fn places(token: &[u8], keys: &[Vec<u8>; 2], kind: HashKind, count: usize, l: usize) -> Vec<u16> {
    match kind {
        HashKind::BlakeHash => blake(token, &keys[0], count, l),
        HashKind::DoubleHash { prevent_singularity } => double(token, keys, prevent_singularity, count, l),
    }
}

/// 64 bytes of keyed `BLAKE2b` at a time, numbered by the salt, as 16-bit numbers with the low byte first.
fn blake(token: &[u8], key: &[u8], count: usize, l: usize) -> Vec<u16> {
    (0..count.div_ceil(32))
        .flat_map(|i| {
            let mac = Blake2bMac::<U64>::new_with_salt_and_personal(Some(key), i.to_string().as_bytes(), &[]);
            // Keys are 1 to 64 bytes and salts under 16: checked with the schema.
            let digest = mac.map(|m| m.chain_update(token).finalize().into_bytes()).unwrap_or_default();
            let numbers: Vec<u16> = digest
                .chunks(2)
                .map(|b| (usize::from(u16::from_le_bytes([b[0], b[1]])) % l) as u16)
                .collect();
            numbers
        })
        .collect()
}

/// `(sha1 + i * md5) mod l`, both keyed (Kirsch and Mitzenmacher 2006).
fn double(token: &[u8], keys: &[Vec<u8>; 2], never_nothing: bool, count: usize, l: usize) -> Vec<u16> {
    let modulo = |bytes: &[u8]| bytes.iter().fold(0, |x, b| ((x << 8) | usize::from(*b)) % l);
    let md5 = |message: &[u8]| {
        // HMAC takes keys of any length.
        let mac = <Hmac<Md5> as KeyInit>::new_from_slice(&keys[1]);
        mac.map_or(0, |m| modulo(&m.chain_update(message).finalize().into_bytes()))
    };
    let first = <Hmac<Sha1> as KeyInit>::new_from_slice(&keys[0])
        .map_or(0, |m| modulo(&m.chain_update(token).finalize().into_bytes()));
    let mut second = md5(token);
    let mut tries = 0_u32;
    // With one bit everything is nothing.
    while never_nothing && second == 0 && tries < 1000 && l > 1 {
        let suffix = char::from_u32(tries).unwrap_or_default().to_string();
        second = md5(&[token, suffix.as_bytes()].concat());
        tries += 1;
    }
    (0..count).map(|i| ((first + i * second) % l) as u16).collect()
}
