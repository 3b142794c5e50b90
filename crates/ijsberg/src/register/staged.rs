//! Directories that nobody else on the machine reads and that take their place whole, and the file of a register.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ijsberg_register::RegisterError;
use ijsberg_register::keeper::KeyFiles;
use ijsberg_report::text::Text;
use ijsberg_sqlite::Sqlite;

/// A directory beside another, which takes its place when everything in it is done, and is gone if not.
pub(super) struct StagedDirectory {
    dir: tempfile::TempDir,
    target: PathBuf,
}

impl StagedDirectory {
    /// # Errors
    /// If something is there already.
    pub(super) fn beside(text: &Text, target: &Path) -> anyhow::Result<Self> {
        let empty = std::fs::read_dir(target).map(|mut d| d.next().is_none());
        if target.exists() && !empty.unwrap_or(false) {
            bail!(text.fill("register-exists", &[("path", target.display().to_string())]));
        }
        let parent = match target.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        std::fs::create_dir_all(&parent).with_context(|| parent.display().to_string())?;
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let dir = tempfile::Builder::new().prefix(&format!(".{name}.")).tempdir_in(&parent);
        let dir = dir.with_context(|| parent.display().to_string())?;
        private(dir.path())?;
        Ok(Self { dir, target: target.to_owned() })
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Puts it in its place.
    pub(super) fn done(self) -> anyhow::Result<()> {
        let context = || self.target.display().to_string();
        if self.target.exists() {
            // It is empty; that was checked.
            std::fs::remove_dir(&self.target).with_context(context)?;
        }
        std::fs::rename(self.dir.path(), &self.target).with_context(context)?;
        if let Some(parent) = self.target.parent().filter(|p| *p != Path::new("")) {
            std::fs::File::open(parent).and_then(|dir| dir.sync_all()).with_context(context)?;
        }
        // What was renamed is not there to be removed.
        let _ = self.dir.keep();
        Ok(())
    }
}

/// For nobody else on this machine.
#[cfg(unix)]
pub(super) fn private(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))
        .with_context(|| dir.display().to_string())
}

#[cfg(not(unix))]
pub(super) fn private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}

/// The file, opened; under its next key where a change of it was cut off.
pub(super) fn open_sqlite(path: &Path, files: &KeyFiles) -> Result<Sqlite, RegisterError> {
    let work = files.work()?;
    match (Sqlite::open(path, work.database.bytes()), &work.database_next) {
        (Err(ijsberg_store::StoreError::Key), Some(next)) => Ok(Sqlite::open(path, next.bytes())?),
        (opened, _) => Ok(opened?),
    }
}
