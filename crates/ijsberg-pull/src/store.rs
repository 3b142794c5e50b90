//! The file that is written, and the state of its pull: how far it goes, which records it contains, and the next page.
//!
//! A page is added in three steps: its rows, the hashes that identify its records, and the state. The state is replaced as a whole and says
//! how long the other two are; anything beyond that was half written, and the next pull cuts it off.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::{PullError, Tally};

/// A record's identifier, as a hash: what is stored names nobody.
pub(crate) type Print = [u8; PRINT];

/// Bytes of such a hash.
const PRINT: usize = 32;

/// The version of the state.
const VERSION: u32 = 1;

/// Bytes of a state that are read.
const MOST: u64 = 64 << 20;

/// How far a pull is.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    version: u32,
    /// Which pull it is: its address, what is asked for and the mapping, as a hash.
    of: String,
    /// Bytes of the file that are whole.
    length: u64,
    /// Records in it.
    records: u64,
    /// The query of the page that comes next; none before the first page, and after the last.
    pub(crate) next: Option<String>,
    /// Whether all pages were read.
    pub(crate) done: bool,
    pub(crate) tally: Tally,
}

/// The file and what is remembered of it.
pub(crate) struct Store {
    path: PathBuf,
    rows: File,
    prints: File,
    known: HashSet<Print>,
    pub(crate) state: State,
}

impl Store {
    /// Opens the file of a pull, or begins it with its names of columns.
    pub(crate) fn open(path: &Path, of: &str, header: &str) -> Result<Self, PullError> {
        let [state_at, prints_at] = ["pull.json", "pull.ids"].map(|ending| beside(path, ending));
        if !state_at.exists() && path.symlink_metadata().is_ok() {
            return Err(PullError::Taken { path: path.to_owned() });
        }
        let prints = private(&prints_at).map_err(at(&prints_at))?;
        prints.try_lock().map_err(|_| PullError::Busy { path: path.to_owned() })?;
        let state = match read(&state_at)? {
            Some(state) if state.version == VERSION && state.of == of => state,
            Some(_) => return Err(PullError::Other { path: path.to_owned() }),
            // Hashes without a state are not of a pull that began.
            None if prints.metadata().map_err(at(&prints_at))?.len() > 0 => {
                return Err(PullError::Taken { path: prints_at });
            }
            None => State {
                version: VERSION,
                of: of.to_owned(),
                length: 0,
                records: 0,
                next: None,
                done: false,
                tally: Tally::default(),
            },
        };
        // Before the file itself: one without a state would be somebody else's.
        keep(&state_at, &state)?;
        let rows = private(path).map_err(at(path))?;
        let mut store = Self { path: path.to_owned(), rows, prints, known: HashSet::new(), state };
        let changed = || PullError::Changed { path: path.to_owned() };
        let size = |file: &File, path: &Path| file.metadata().map(|m| m.len()).map_err(at(path));
        let ids = store.state.records.checked_mul(PRINT as u64).ok_or_else(changed)?;
        if size(&store.rows, path)? < store.state.length || size(&store.prints, &prints_at)? < ids {
            return Err(changed());
        }
        store.rows.set_len(store.state.length).map_err(at(path))?;
        store.prints.set_len(ids).map_err(at(&prints_at))?;
        store.known = known(&mut store.prints).map_err(at(&prints_at))?;
        if store.known.len() as u64 != store.state.records {
            return Err(changed());
        }
        if store.state.length == 0 {
            store.add(header, &[])?;
        }
        Ok(store)
    }

    /// Whether a record is in the file.
    pub(crate) fn knows(&self, print: &Print) -> bool {
        self.known.contains(print)
    }

    /// Adds rows, with what their records are known by, and remembers the state as it is now.
    pub(crate) fn add(&mut self, rows: &str, prints: &[Print]) -> Result<(), PullError> {
        let ids = beside(&self.path, "pull.ids");
        appended(&mut self.rows, rows.as_bytes()).map_err(at(&self.path))?;
        appended(&mut self.prints, &prints.concat()).map_err(at(&ids))?;
        self.known.extend(prints);
        self.state.length += rows.len() as u64;
        self.state.records += prints.len() as u64;
        keep(&beside(&self.path, "pull.json"), &self.state)
    }
}

/// What a record of a pull is known by.
pub(crate) fn print(id: &str) -> Print {
    Sha256::digest(id.as_bytes()).into()
}

/// Which pull it is.
pub(crate) fn name<T: Serialize>(of: &T) -> String {
    // What is hashed is a tuple of texts and maps of them, which always is JSON.
    let bytes = serde_json::to_vec(of).unwrap_or_default();
    base16ct::lower::encode_string(&Sha256::digest(&bytes))
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> PullError {
    let path = path.to_owned();
    move |why| PullError::File { path: path.clone(), why }
}

/// A file beside another, with its name and an ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// A file for its owner alone, made where it is not there.
fn private(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (of, at) = (file.metadata()?, path.symlink_metadata()?);
        let same = (of.dev(), of.ino()) == (at.dev(), at.ino());
        // A link to somewhere else, or a file that others may read, is not one that a pull made.
        if !at.is_file() || !same || of.nlink() != 1 || of.mode() & 0o077 != 0 {
            return Err(std::io::ErrorKind::PermissionDenied.into());
        }
    }
    Ok(file)
}

fn appended(file: &mut File, bytes: &[u8]) -> std::io::Result<()> {
    file.seek(SeekFrom::End(0))?;
    file.write_all(bytes)?;
    file.sync_data()
}

fn known(prints: &mut File) -> std::io::Result<HashSet<Print>> {
    let mut bytes = Vec::new();
    prints.seek(SeekFrom::Start(0))?;
    prints.read_to_end(&mut bytes)?;
    let (prints, _) = bytes.as_chunks::<PRINT>();
    Ok(prints.iter().copied().collect())
}

fn read(path: &Path) -> Result<Option<State>, PullError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(at(path)(why)),
    };
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).map_err(at(path))?;
    let state = serde_json::from_slice(&bytes);
    state.map(Some).map_err(|_| PullError::Changed { path: path.to_owned() })
}

/// Replaces the state as a whole; a temporary file is for its owner alone.
fn keep(path: &Path, state: &State) -> Result<(), PullError> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let json = ijsberg_outside::json(state).map_err(|e| at(path)(e.into()))?;
    let write = || -> std::io::Result<()> {
        let mut file = NamedTempFile::new_in(dir)?;
        file.write_all(json.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        if cfg!(unix) {
            File::open(dir)?.sync_all()?;
        }
        Ok(())
    };
    write().map_err(at(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(path: &Path) -> Result<Store, PullError> {
        Store::open(path, "one", "case,sex\n")
    }

    #[test]
    fn what_was_half_written_is_cut_off_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let mut store = open(&path).unwrap();
        assert!(matches!(open(&path), Err(PullError::Busy { .. })));
        store.state.next = Some("page=2".to_owned());
        store.add("a,F\nb,M\n", &[print("a"), print("b")]).unwrap();
        // Rows and hashes of a page that was not finished: the state does not know of them.
        appended(&mut store.rows, b"c,F\nd,").unwrap();
        appended(&mut store.prints, &print("c")[..20]).unwrap();
        drop(store);
        let store = open(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "case,sex\na,F\nb,M\n");
        assert!(store.knows(&print("a")) && store.knows(&print("b")) && !store.knows(&print("c")));
        assert_eq!(store.state.next.as_deref(), Some("page=2"));
        drop(store);
        assert!(matches!(Store::open(&path, "two", ""), Err(PullError::Other { .. })));
        std::fs::write(&path, "case,sex\n").unwrap();
        assert!(matches!(open(&path), Err(PullError::Changed { .. })));
    }

    #[test]
    fn a_file_that_no_pull_made_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        std::fs::write(&path, "mine\n").unwrap();
        assert!(matches!(open(&path), Err(PullError::Taken { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine\n");
        // An end before the first row: the state is there, the file is not.
        let other = dir.path().join("other.csv");
        drop(open(&other).unwrap());
        std::fs::remove_file(&other).unwrap();
        assert!(matches!(open(&other), Err(PullError::Changed { .. })));
    }

    #[test]
    fn hashes_without_a_state_are_not_of_a_pull_and_stay() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.csv");
        let ids = beside(&path, "pull.ids");
        private(&ids).unwrap().write_all(&print("a")).unwrap();
        assert!(matches!(open(&path), Err(PullError::Taken { path }) if path == ids));
        assert_eq!(std::fs::read(&ids).unwrap(), print("a"));
        assert!(!path.exists() && !beside(&path, "pull.json").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        const MINE: &str = "mine, and longer than the names of columns\n";
        let dir = tempfile::tempdir().unwrap();
        let mine = dir.path().join("mine");
        // For its owner alone, so that it is the link that is refused.
        private(&mine).unwrap().write_all(MINE.as_bytes()).unwrap();
        let is_refused = |path: &Path| {
            assert!(matches!(open(path), Err(PullError::File { .. })));
            assert_eq!(std::fs::read_to_string(&mine).unwrap(), MINE);
        };
        // Where the hashes would be.
        let path = dir.path().join("ids.csv");
        std::os::unix::fs::symlink(&mine, beside(&path, "pull.ids")).unwrap();
        is_refused(&path);
        assert!(!path.exists());
        // In place of the file, once its pull began; with another name of the same file it is no other.
        let path = dir.path().join("out.csv");
        drop(open(&path).unwrap());
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&mine, &path).unwrap();
        is_refused(&path);
        std::fs::remove_file(&path).unwrap();
        std::fs::hard_link(&mine, &path).unwrap();
        is_refused(&path);
    }

    #[cfg(unix)]
    #[test]
    fn every_file_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        drop(open(&dir.path().join("out.csv")).unwrap());
        let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 3);
        for file in files {
            let mode = std::fs::metadata(&file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
    }
}
