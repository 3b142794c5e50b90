//! The files of one result in a folder of their own until all of them are there.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use tempfile::TempDir;

use super::{Readers, put, synced};

/// Files of one result: all of them get to their place, or none does.
#[derive(Debug)]
pub(crate) struct StagedFiles {
    made: TempDir,
    dir: PathBuf,
    readers: Readers,
}

impl StagedFiles {
    /// To be put into a folder, which need not be there yet.
    pub(crate) fn new(dir: &Path) -> anyhow::Result<Self> {
        Self::for_readers(Readers::Everybody, dir)
    }

    /// The same for a folder that only its owner enters, and nobody else lists: what is in it is for named readers.
    pub(crate) fn for_owner(dir: &Path) -> anyhow::Result<Self> {
        Self::for_readers(Readers::Owner, dir)
    }

    fn for_readers(readers: Readers, dir: &Path) -> anyhow::Result<Self> {
        let above = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let context = || format!("cannot write to {}", dir.display());
        if dir.exists() && !dir.is_dir() {
            bail!(anyhow!("it is no folder").context(context()));
        }
        std::fs::create_dir_all(above).with_context(context)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ijsberg");
        // Incomplete files are visible to no one else.
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o700));
        }
        let made = builder.tempdir_in(above).with_context(context)?;
        Ok(Self { made, dir: dir.to_owned(), readers })
    }

    /// Where the files lie until then.
    pub(crate) fn path(&self) -> &Path {
        self.made.path()
    }

    /// Puts them there.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        let context = || format!("cannot write to {}", self.dir.display());
        let is_closed = self.readers == Readers::Owner;
        let rights: fn(&Path) -> std::io::Result<()> =
            if is_closed { closed_to_others } else { open_to_others };
        rights(self.made.path()).with_context(context)?;
        if !self.dir.exists() {
            let made = self.made.keep();
            return std::fs::rename(&made, &self.dir).with_context(context);
        }
        // Behind a link lies what is meant, and that is what is closed, before anything gets into it.
        let dir = std::fs::canonicalize(&self.dir).with_context(context)?;
        if is_closed {
            closed_to_others(&dir).with_context(context)?;
        }
        moved(self.made.path(), &dir).with_context(context)?;
        if is_closed {
            closed_to_others(&dir).with_context(context)?;
        }
        Ok(())
    }
}

/// A folder that was made for oneself gets the rights that any new folder has.
fn open_to_others(dir: &Path) -> std::io::Result<()> {
    let usual = dir.join("rights");
    std::fs::create_dir(&usual)?;
    std::fs::set_permissions(dir, std::fs::metadata(&usual)?.permissions())?;
    std::fs::remove_dir(&usual)
}

/// A folder gets no reader but its owner, and so do the folders in it, lest one is opened by itself.
fn closed_to_others(dir: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    }
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            closed_to_others(&entry.path())?;
        }
    }
    Ok(())
}

/// Who may read a file as it was written. Where the umask leaves nobody else any right, both are one.
#[cfg(unix)]
fn readers_of(file: &std::fs::Metadata) -> Readers {
    use std::os::unix::fs::PermissionsExt;
    if file.permissions().mode() & 0o077 != 0 { Readers::Everybody } else { Readers::Owner }
}

#[cfg(not(unix))]
fn readers_of(_: &std::fs::Metadata) -> Readers {
    Readers::Everybody
}

/// Moves files of a folder into another, over what was there. What is behind a link has the rights that the file was written with.
fn moved(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            moved(&entry.path(), &target)?;
        } else if std::fs::symlink_metadata(&target).is_ok_and(|t| !t.is_file()) {
            put(&target, &std::fs::read(entry.path())?, readers_of(&entry.metadata()?))?;
        } else {
            std::fs::rename(entry.path(), &target)?;
        }
    }
    synced(to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{publish, write_whole};

    #[cfg(unix)]
    #[test]
    fn what_is_published_has_the_rights_of_any_new_file_and_the_rest_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: PathBuf| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        std::fs::write(dir.path().join("usual"), "x").unwrap();
        let usual = mode(dir.path().join("usual"));
        let out = dir.path().join("out");
        // A published file keeps its rights on the way to its place, also over one that nobody could read.
        for _ in 0..2 {
            let staged = StagedFiles::new(&out).unwrap();
            publish(staged.path(), "table.csv", b"1").unwrap();
            write_whole(staged.path(), "draft.md", "1").unwrap();
            staged.finish().unwrap();
            assert_eq!([mode(out.join("table.csv")), mode(out.join("draft.md"))], [usual, 0o600]);
            write_whole(&out, "table.csv", "2").unwrap();
            assert_eq!(mode(out.join("table.csv")), 0o600);
        }
        publish(&out, "table.csv", b"3").unwrap();
        assert_eq!(mode(out.join("table.csv")), usual);
    }

    /// Publishing into a folder of links, such as one for a web server, publishes the files that they lead to.
    #[cfg(unix)]
    #[test]
    fn what_is_reached_through_a_link_has_the_rights_that_it_was_written_with() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: PathBuf| std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
        std::fs::write(dir.path().join("usual"), "x").unwrap();
        let usual = mode(dir.path().join("usual"));
        let (out, archive) = (dir.path().join("out"), dir.path().join("archive"));
        std::fs::create_dir(&out).unwrap();
        std::fs::create_dir(&archive).unwrap();
        for name in ["table.csv", "draft.md"] {
            write_whole(&archive, name, "0").unwrap();
            symlink(archive.join(name), out.join(name)).unwrap();
        }
        // The second time by way of a link to the folder.
        symlink(&out, dir.path().join("linked")).unwrap();
        for (place, content) in [("out", "1"), ("linked", "2")] {
            let staged = StagedFiles::new(&dir.path().join(place)).unwrap();
            publish(staged.path(), "table.csv", content.as_bytes()).unwrap();
            write_whole(staged.path(), "draft.md", content).unwrap();
            staged.finish().unwrap();
            assert_eq!([mode(archive.join("table.csv")), mode(archive.join("draft.md"))], [usual, 0o600]);
            for name in ["table.csv", "draft.md"] {
                assert_eq!(std::fs::read_to_string(archive.join(name)).unwrap(), content);
                assert!(std::fs::symlink_metadata(out.join(name)).unwrap().is_symlink(), "{name}");
            }
        }
        publish(&out, "table.csv", b"3").unwrap();
        assert_eq!(mode(archive.join("table.csv")), usual);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_for_its_owner_is_closed_on_the_way_and_behind_a_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (out, apart) = (dir.path().join("out"), dir.path().join("apart"));
        // One that was open, such as one made by somebody else, is closed.
        std::fs::create_dir(&apart).unwrap();
        std::fs::create_dir(apart.join("tables")).unwrap();
        std::fs::set_permissions(&apart, std::fs::Permissions::from_mode(0o755)).unwrap();
        symlink(&apart, dir.path().join("linked")).unwrap();
        for place in [out.clone(), out.clone(), apart.clone(), dir.path().join("linked")] {
            let staged = StagedFiles::for_owner(&place).unwrap();
            std::fs::create_dir(staged.path().join("tables")).unwrap();
            write_whole(&staged.path().join("tables"), "a.csv", "1").unwrap();
            assert_eq!(mode(staged.path()), 0o700);
            staged.finish().unwrap();
            assert_eq!([mode(&place), mode(&place.join("tables"))], [0o700, 0o700]);
            assert_eq!(mode(&place.join("tables/a.csv")), 0o600);
        }
        assert!(std::fs::symlink_metadata(dir.path().join("linked")).unwrap().is_symlink());
    }

    #[test]
    fn a_result_gets_to_its_place_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let staged = StagedFiles::new(&out).unwrap();
        write_whole(staged.path(), "a", "one").unwrap();
        drop(staged);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        for content in ["one", "two"] {
            let staged = StagedFiles::new(&out).unwrap();
            std::fs::create_dir(staged.path().join("below")).unwrap();
            write_whole(staged.path(), "a", content).unwrap();
            write_whole(&staged.path().join("below"), "b", content).unwrap();
            staged.finish().unwrap();
            assert_eq!(std::fs::read_to_string(out.join("a")).unwrap(), content);
            assert_eq!(std::fs::read_to_string(out.join("below/b")).unwrap(), content);
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
        }
        assert!(StagedFiles::new(&out.join("a")).is_err());
    }
}
