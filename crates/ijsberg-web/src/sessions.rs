//! Who is logged in. Kept in memory: when the program ends, so does every session.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use ijsberg_crypto::{CryptoError, hex, random};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// Without a request for so long, it is over.
const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// After so long, it is over in any case.
const LONGEST: SignedDuration = SignedDuration::from_hours(10);

/// Sessions at a time; the oldest go.
const MOST: usize = 10_000;

#[derive(Debug, Clone)]
struct Kept {
    user: String,
    began: Timestamp,
    seen: Timestamp,
}

/// Sessions by the hash of their secret: what a copy of the memory shows opens nothing.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Mutex<HashMap<[u8; 32], Kept>>);

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl Sessions {
    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins one; returns its secret.
    pub(crate) fn begin(&self, user: &str, now: Timestamp) -> Result<String, CryptoError> {
        let secret = hex(&random::<32>()?);
        let mut all = self.all();
        all.retain(|_, s| alive(s, now));
        while all.len() >= MOST {
            let Some(oldest) = all.iter().min_by_key(|s| s.1.seen).map(|s| *s.0) else { break };
            all.remove(&oldest);
        }
        all.insert(hash(&secret), Kept { user: user.to_owned(), began: now, seen: now });
        Ok(secret)
    }

    /// Whose it is, if it is not over.
    pub(crate) fn user(&self, secret: &str, now: Timestamp) -> Option<String> {
        let mut all = self.all();
        let key = hash(secret);
        let session = all.get_mut(&key)?;
        if !alive(session, now) {
            all.remove(&key);
            return None;
        }
        session.seen = now;
        Some(session.user.clone())
    }

    /// Ends one.
    pub(crate) fn end(&self, secret: &str) {
        self.all().remove(&hash(secret));
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all().len()
    }
}

fn alive(s: &Kept, now: Timestamp) -> bool {
    now.duration_since(s.seen) < IDLE && now.duration_since(s.began) < LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_when_idle_when_old_and_when_left() {
        let sessions = Sessions::default();
        let at = |minutes: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let secret = sessions.begin("somebody", at(0)).unwrap();
        assert_eq!(sessions.user(&secret, at(29)).as_deref(), Some("somebody"));
        assert_eq!(sessions.user("another", at(29)), None);
        assert_eq!(sessions.user(&secret, at(59)), None);
        let secret = sessions.begin("somebody", at(100)).unwrap();
        assert!((0..24).all(|k| sessions.user(&secret, at(100 + 25 * k)).is_some()));
        assert_eq!(sessions.user(&secret, at(100 + 600)), None);
        let secret = sessions.begin("somebody", at(1000)).unwrap();
        sessions.end(&secret);
        assert_eq!((sessions.user(&secret, at(1000)), sessions.len()), (None, 0));
    }
}
