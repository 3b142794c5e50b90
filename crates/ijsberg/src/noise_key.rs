//! The key of the noise in published figures, and the files next to it.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use ijsberg_report::text::Text;

use crate::files::read_file;
use crate::output::{tell, write_bytes};

/// Hexadecimal digits of a key.
pub(crate) const KEY_DIGITS: usize = 64;

/// A file next to that of the key, for the releases made with it, or for the persons of its folder.
pub(crate) fn beside(key_file: &Path, what: &str) -> PathBuf {
    let name = key_file.file_name().unwrap_or_default().to_string_lossy();
    key_file.with_file_name(format!("{name}.{what}"))
}

/// The key of the noise: that of a file, or a new one, which is not on disk until something was made with it.
pub(crate) struct Key {
    pub(crate) bytes: Vec<u8>,
    new: Option<PathBuf>,
}

/// Reads the key, or makes one where there is no file.
pub(crate) fn key(text: &Text, path: &Path) -> anyhow::Result<Key> {
    if !path.exists() {
        let new = ijsberg_crypto::hex(&ijsberg_crypto::random::<32>()?);
        return Ok(Key { bytes: new.into_bytes(), new: Some(path.to_owned()) });
    }
    let bytes = read_file(text, path)?;
    // Any other file would also give noise, but anyone with that file could remove the noise.
    let own = bytes.trim_ascii_end();
    let parts = [("path", path.display().to_string()), ("digits", KEY_DIGITS.to_string())];
    let fits = own.len() == KEY_DIGITS && own.iter().all(u8::is_ascii_hexdigit);
    ensure!(fits, text.fill("protect-no-key", &parts));
    Ok(Key { bytes: own.to_vec(), new: None })
}

impl Key {
    /// Writes a new key to its file. Comes before anything that was made with it is written.
    pub(crate) fn keep(&self, text: &Text) -> anyhow::Result<()> {
        let Some(path) = &self.new else { return Ok(()) };
        let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        write_bytes(dir, &path.file_name().unwrap_or_default().to_string_lossy(), &self.bytes)?;
        tell(&text.fill("protect-key", &[("path", path.display().to_string())]));
        Ok(())
    }
}
