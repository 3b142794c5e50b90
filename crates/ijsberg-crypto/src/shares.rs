//! A key split between several people: each has a share; enough shares give the key, and fewer give nothing (Shamir 1979).

use blahaj::{Share, Sharks};
use zeroize::Zeroizing;

use crate::{CryptoError, KEY, Key, hex, unhex};

/// What every share begins with.
const PREFIX: &str = "ijsberg-share";

/// Characters of a hash at the end of a share, which show a slip of the pen.
const CHECK: usize = 8;

fn check(text: &str) -> String {
    hex(&Key::from_bytes([0; KEY]).mac(&[b"share", text.as_bytes()]))[..CHECK].to_owned()
}

/// Splits a key into shares, as texts to print; `needed` of them give it back.
///
/// # Errors
/// [`CryptoError::Shares`] if none or more than all would be needed.
pub fn split(key: &Key, needed: u8, shares: u8) -> Result<Vec<Zeroizing<String>>, CryptoError> {
    if needed < 2 || needed > shares {
        return Err(CryptoError::Shares);
    }
    let text = |share: Share| {
        let bytes = Zeroizing::new(Vec::from(&share));
        let text = Zeroizing::new(format!("{PREFIX}-{needed}-{}", hex(&bytes)));
        Zeroizing::new(format!("{}-{}", text.as_str(), check(&text)))
    };
    Ok(Sharks(needed).dealer(key.bytes()).take(usize::from(shares)).map(text).collect())
}

/// The key of which these are shares.
///
/// # Errors
/// [`CryptoError::Shares`] if one was written down wrongly, or they are too few, or of different keys.
pub fn join(texts: &[Zeroizing<String>]) -> Result<Key, CryptoError> {
    let mut needed = None;
    let mut shares = Vec::with_capacity(texts.len());
    for text in texts {
        let (text, told) = text.trim().rsplit_once('-').ok_or(CryptoError::Shares)?;
        let (number, bytes) = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix('-')?.split_once('-'))
            .ok_or(CryptoError::Shares)?;
        let number: u8 = number.parse().map_err(|_| CryptoError::Shares)?;
        if check(text) != told || *needed.get_or_insert(number) != number {
            return Err(CryptoError::Shares);
        }
        let bytes = Zeroizing::new(unhex(bytes).ok_or(CryptoError::Shares)?);
        shares.push(Share::try_from(bytes.as_slice()).map_err(|_| CryptoError::Shares)?);
    }
    let needed = needed.ok_or(CryptoError::Shares)?;
    let key = Zeroizing::new(Sharks(needed).recover(&shares).map_err(|_| CryptoError::Shares)?);
    key.as_slice().try_into().map(Key::from_bytes).map_err(|_| CryptoError::Shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enough_shares_give_the_key_and_fewer_give_nothing() {
        let key = Key::random().unwrap();
        let shares = split(&key, 3, 5).unwrap();
        assert_eq!(shares.len(), 5);
        for chosen in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            assert!(join(&chosen.map(|i: usize| shares[i].clone())).unwrap() == key);
        }
        assert_eq!(join(&shares[..2]).err(), Some(CryptoError::Shares));
        // One twice is one.
        let twice = [shares[0].clone(), shares[0].clone(), shares[1].clone()];
        assert_eq!(join(&twice).err(), Some(CryptoError::Shares));
        assert!(split(&key, 1, 5).is_err() && split(&key, 4, 3).is_err());
    }

    #[test]
    fn a_share_that_was_written_down_wrongly_is_detected() {
        let shares = split(&Key::random().unwrap(), 2, 2).unwrap();
        for wrong in
            [shares[0].replace("share-2", "share-3"), shares[0][..40].to_owned(), "something".to_owned()]
        {
            assert_eq!(join(&[Zeroizing::new(wrong), shares[1].clone()]).err(), Some(CryptoError::Shares));
        }
        // White space around it is not part of it.
        let spaced = Zeroizing::new(format!("  {}\r\n", shares[0].as_str()));
        assert!(join(&[spaced, shares[1].clone()]).is_ok());
    }
}
