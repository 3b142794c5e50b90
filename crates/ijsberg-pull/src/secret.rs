//! A token, or a name and a password, from a file of its own.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::PullError;

/// Bytes of a file with a token.
const MOST: u64 = 8 << 10;

/// The secret that identifies a user to the server. It is never shown, and wiped from memory when it is no longer needed.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Reads a file that only its owner can read: a token, or a name and a password with a colon between them, on one line.
    ///
    /// # Errors
    /// If it cannot be read, if others can read it, or if it holds something else.
    pub fn read(path: &Path) -> Result<Self, PullError> {
        let wrong = |why| PullError::File { path: path.to_owned(), why };
        let file = File::open(path).map_err(wrong)?;
        if others_read(&file).map_err(wrong)? {
            return Err(PullError::Open { path: path.to_owned() });
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(wrong)?;
        let none = || PullError::Secret { path: path.to_owned() };
        let text = std::str::from_utf8(&bytes).map_err(|_| none())?.trim();
        let is_token = text.contains(':') || text.bytes().all(|b| b.is_ascii_graphic());
        if text.is_empty() || bytes.len() as u64 > MOST || text.contains(char::is_control) || !is_token {
            return Err(none());
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// As it is.
    pub(crate) fn token(&self) -> &str {
        &self.0
    }

    /// A name and a password, where it is these.
    pub(crate) fn user(&self) -> Option<(&str, &str)> {
        self.0.split_once(':')
    }
}

#[cfg(unix)]
fn others_read(file: &File) -> std::io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere the folder of the user decides.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on other systems")]
fn others_read(_: &File) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_is_read_from_a_file_of_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        let with = |content: &str, mode: u32| {
            std::fs::write(&path, content).unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            Secret::read(&path)
        };
        assert_eq!(with("d2pat_x\n", 0o600).unwrap().token(), "d2pat_x");
        assert_eq!(with("ann:a b:c\n", 0o400).unwrap().user(), Some(("ann", "a b:c")));
        for mode in [0o640, 0o604, 0o666] {
            assert!(matches!(with("d2pat_x", mode), Err(PullError::Open { .. })), "{mode:o}");
        }
        for content in ["", "\n", "two\nlines", "two words", &"x".repeat(9000)] {
            assert!(matches!(with(content, 0o600), Err(PullError::Secret { .. })), "{}", content.len());
        }
        assert!(matches!(Secret::read(&dir.path().join("none")), Err(PullError::File { .. })));
    }
}
