//! Writing files whole or not at all, text for a terminal, and progress on it.

mod staged;

use std::fs::{File, OpenOptions};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use ijsberg_mse::methods::Progress;
use ijsberg_outside::{coloured, terminal};
use ijsberg_report::text::Text;
use indicatif::{ProgressBar, ProgressStyle};
use tempfile::NamedTempFile;

pub(crate) use staged::StagedFiles;

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// The owner of the file: keys, logs, drafts, and results from exact counts.
    Owner,
    /// Everyone who may read a new file on this machine, such as a web server.
    Everybody,
}

/// Writes a file by way of a temporary one beside it, so that an interruption leaves no half-written file. Only its owner may read it.
pub(crate) fn write_whole(dir: &Path, name: &str, content: &str) -> anyhow::Result<()> {
    write_bytes(dir, name, content.as_bytes())
}

/// The same for bytes.
pub(crate) fn write_bytes(dir: &Path, name: &str, content: &[u8]) -> anyhow::Result<()> {
    written_for(Readers::Owner, dir, name, content)
}

/// The same for published files, so that a web server can read them; the umask decides.
pub(crate) fn publish(dir: &Path, name: &str, content: &[u8]) -> anyhow::Result<()> {
    written_for(Readers::Everybody, dir, name, content)
}

fn written_for(readers: Readers, dir: &Path, name: &str, content: &[u8]) -> anyhow::Result<()> {
    let path = dir.join(name);
    put(&path, content, readers).with_context(|| format!("cannot write {}", path.display()))
}

/// Replaces a regular file; a pipe or device is written to and not replaced. A link is followed to its target.
fn put(path: &Path, content: &[u8], readers: Readers) -> anyhow::Result<()> {
    if is_open_already(path) {
        let mut through = OpenOptions::new().append(true).open(path)?;
        through.write_all(content)?;
        return Ok(through.flush()?);
    }
    let there = match std::fs::symlink_metadata(path) {
        Ok(there) if there.is_symlink() => return put(&std::fs::canonicalize(path)?, content, readers),
        Ok(there) => Some(there),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
        Err(e) => return Err(e.into()),
    };
    if there.as_ref().is_some_and(std::fs::Metadata::is_dir) {
        bail!("it is a folder");
    }
    if there.is_some_and(|there| !there.is_file()) {
        let mut through = OpenOptions::new().write(true).open(path)?;
        through.write_all(content)?;
        return Ok(through.flush()?);
    }
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary(dir, readers)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    synced(dir)
}

/// A temporary file with the rights that the file will have.
fn temporary(dir: &Path, readers: Readers) -> std::io::Result<NamedTempFile> {
    #[cfg(unix)]
    if readers == Readers::Everybody {
        use std::os::unix::fs::PermissionsExt;
        let usual = std::fs::Permissions::from_mode(0o666);
        return tempfile::Builder::new().permissions(usual).tempfile_in(dir);
    }
    #[cfg(not(unix))]
    let _ = readers;
    NamedTempFile::new_in(dir)
}

/// A path that stands for something that is open already, such as `/dev/stdout`: replacing what lies behind it would lose what others
/// write there.
fn is_open_already(path: &Path) -> bool {
    ["/dev/stdout", "/dev/stderr", "/dev/fd", "/proc/self/fd"].iter().any(|open| path.starts_with(open))
}

/// A folder whose names lie on the disk.
fn synced(dir: &Path) -> anyhow::Result<()> {
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Writes to standard output, whose reader may stop early. External text cannot control the terminal.
pub(crate) fn print(page: &str) -> anyhow::Result<()> {
    written(&terminal(page))
}

/// The same for a page in colours, of which every part from outside was made harmless before.
pub(crate) fn print_coloured(page: &str) -> anyhow::Result<()> {
    written(&coloured(page))
}

fn written(page: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(page.as_bytes()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// The same at once, for a question.
pub(crate) fn ask(page: &str) -> anyhow::Result<()> {
    print(page)?;
    std::io::stdout().flush().context("cannot write to standard output")
}

/// Writes a line to standard error.
pub(crate) fn tell(line: &str) {
    // The reader may have closed the stream.
    let _ = writeln!(std::io::stderr(), "{}", terminal(line));
}

/// A progress bar on the error stream, when that is a terminal.
#[derive(Debug)]
pub(crate) struct Bar<'a>(ProgressBar, &'a Text);

impl<'a> Bar<'a> {
    pub(crate) fn new(text: &'a Text) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        bar.set_style(style(0));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar, text)
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Steps are counted where it is known how many there are.
fn template(steps: u64) -> &'static str {
    if steps == 0 { "{msg} {spinner}" } else { "{msg} {wide_bar} {pos}/{len}" }
}

fn style(steps: u64) -> ProgressStyle {
    // The templates are constants that are known to be valid; the plain style serves otherwise.
    ProgressStyle::with_template(template(steps)).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress for Bar<'_> {
    fn stage(&self, name: &'static str, steps: u64) {
        self.0.set_style(style(steps));
        self.0.set_message(self.1.stage(name));
        self.0.set_length(steps);
        self.0.set_position(0);
    }

    fn tick(&self) {
        self.0.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        write_whole(dir.path(), "a", "one").unwrap();
        write_whole(dir.path(), "a", "two").unwrap();
        assert_eq!(std::fs::read_to_string(dir.path().join("a")).unwrap(), "two");
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink(dir.path().join("a"), &link).unwrap();
            write_whole(dir.path(), "link", "three").unwrap();
            assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(std::fs::read_to_string(dir.path().join("a")).unwrap(), "three");
            std::os::unix::fs::symlink(dir.path().join("nowhere"), dir.path().join("dangling")).unwrap();
            assert!(write_whole(dir.path(), "dangling", "x").is_err());
            assert!(!dir.path().join("nowhere").exists());
        }
        assert!(
            write_whole(
                dir.path().parent().unwrap(),
                &dir.path().file_name().unwrap().to_string_lossy(),
                "x"
            )
            .is_err()
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_no_file_stays_what_it_is() {
        use std::os::unix::fs::FileTypeExt;
        assert!(put(Path::new("/dev/full"), b"x", Readers::Owner).is_err());
        put(Path::new("/dev/null"), b"x", Readers::Owner).unwrap();
        for device in ["/dev/full", "/dev/null"] {
            assert!(std::fs::metadata(device).unwrap().file_type().is_char_device(), "{device}");
        }
        // What is open already is written to, whatever lies behind it.
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("open");
        std::fs::write(&file, "before ").unwrap();
        let open = OpenOptions::new().append(true).open(&file).unwrap();
        let path = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
        put(Path::new(&path), b"within ", Readers::Owner).unwrap();
        (&open).write_all(b"after").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "before within after");
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reads = pipe.clone();
        let reader = std::thread::spawn(move || std::fs::read(reads).unwrap());
        put(&pipe, b"through", Readers::Everybody).unwrap();
        assert_eq!(reader.join().unwrap(), b"through");
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        let staged = StagedFiles::new(dir.path()).unwrap();
        write_whole(staged.path(), "pipe", "again").unwrap();
        let reads = pipe.clone();
        let reader = std::thread::spawn(move || std::fs::read(reads).unwrap());
        staged.finish().unwrap();
        assert_eq!(reader.join().unwrap(), b"again");
    }
}
