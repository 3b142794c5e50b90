//! The end of the log, kept outside of the register: the number of its last entry and that entry's hash, under a keyed hash of their own.
//! An older copy of the whole register, or a truncated log, is detected when it is opened.
//!
//! Two slots are written in turn, so that one of them is intact at any moment. A write that has not reached the disk can be lost in a power
//! failure; the other slot then names an earlier entry, which the register also has.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ijsberg_crypto::{Key, hex, unhex};

use crate::audit::End;
use crate::error::RegisterError;
use crate::keys::Ring;

/// The file.
pub const SEAL: &str = "register.seal";

/// Bytes of a place.
const PLACE: u64 = 160;

/// How often the disk is waited for.
const SYNC: Duration = Duration::from_secs(1);

pub(crate) struct Witness {
    path: PathBuf,
    file: Option<File>,
    synced: Instant,
}

fn mac(key: &Key, entries: i64, hash: &str) -> String {
    hex(&key.mac(&[b"witness", &entries.to_le_bytes(), hash.as_bytes()])[..16])
}

impl Witness {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { path: dir.join(SEAL), file: None, synced: Instant::now() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, error: &std::io::Error) -> RegisterError {
        RegisterError::KeyFile { path: self.path.display().to_string(), why: error.to_string() }
    }

    /// What was said last; nothing if the file is not there.
    pub(crate) fn last(&self, ring: &Ring) -> Result<Option<End>, RegisterError> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(self.failed(&e)),
        };
        let read = |line: &str| {
            let mut parts = line.split_whitespace();
            let (entries, hash, told): (i64, &str, &str) =
                (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
            let fits = ring.all().any(|key| mac(key, entries, hash) == told);
            fits.then(|| Some(End { seq: entries, hash: unhex(hash)? }))?
        };
        match text.lines().filter_map(read).max_by_key(|end| end.seq) {
            Some(end) => Ok(Some(end)),
            None => Err(RegisterError::Witness { path: self.path.display().to_string() }),
        }
    }

    /// Keeps what the register says now.
    pub(crate) fn keep(&mut self, key: &Key, end: &End) -> Result<(), RegisterError> {
        let hash = hex(&end.hash);
        let line = format!("{:020} {hash} {}", end.seq, mac(key, end.seq, &hash));
        let line = format!("{line:<width$}\n", width = PLACE as usize - 1);
        let at = end.seq.unsigned_abs() % 2 * PLACE;
        let fresh = self.synced.elapsed() > SYNC;
        let run = |w: &mut Self| -> std::io::Result<()> {
            let mut file = match w.file.take() {
                Some(file) => file,
                None => open(&w.path)?,
            };
            file.seek(SeekFrom::Start(at))?;
            file.write_all(line.as_bytes())?;
            if fresh {
                file.sync_data()?;
                w.synced = Instant::now();
            }
            w.file = Some(file);
            Ok(())
        };
        run(self).map_err(|e| self.failed(&e))
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // On drop there is nobody to report an error to.
            let _ = file.sync_data();
        }
    }
}

/// The file, with both places in it.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut there = Vec::new();
    file.read_to_end(&mut there)?;
    if (there.len() as u64) < 2 * PLACE {
        let empty = format!("{:<width$}\n", "", width = PLACE as usize - 1);
        file.seek(SeekFrom::Start(0))?;
        file.write_all(empty.repeat(2).as_bytes())?;
        file.sync_all()?;
    }
    Ok(file)
}
