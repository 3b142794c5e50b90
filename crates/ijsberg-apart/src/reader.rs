//! The process that takes a file apart, seen from both sides.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use ijsberg_tables::{Cells, Limits, ReadError};

/// The argument that makes the program a reader: its first, before a [`Kind`].
pub const COMMAND: &str = "read-apart";

/// How often it is checked whether anybody still waits.
const LOOK: Duration = Duration::from_millis(20);

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody sent it to a server.
    Sent,
    /// The user of the command line named it.
    Own,
    /// The same, and blanks around its values count.
    AsWritten,
    /// The same as [`Kind::Own`], and all sheets of it are read.
    Form,
}

impl Kind {
    /// Its name as an argument.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Own => "own",
            Self::AsWritten => "as-written",
            Self::Form => "form",
        }
    }

    /// How much is read of it.
    pub fn limits(self) -> Limits {
        match self {
            Self::Sent => Limits::SENT,
            Self::Own | Self::AsWritten => Limits::OWN,
            Self::Form => Limits::FORM,
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Sent, Self::Own, Self::AsWritten, Self::Form].into_iter().find(|k| k.name() == name)
    }

    /// Bytes of memory.
    fn memory(self) -> u64 {
        match self {
            Self::Sent | Self::Form => 2 << 30,
            Self::Own | Self::AsWritten => 16 << 30,
        }
    }

    /// Seconds of processor time and of wall-clock time.
    fn seconds(self) -> (u64, u64) {
        match self {
            Self::Sent | Self::Form => (30, 60),
            Self::Own | Self::AsWritten => (600, 1800),
        }
    }
}

/// Reads files in another process.
#[derive(Debug, Clone)]
pub struct Reader {
    program: PathBuf,
    kind: Kind,
}

impl Reader {
    /// By this program, which answers to [`COMMAND`].
    ///
    /// # Errors
    /// If the program does not know where it lies.
    pub fn of_this_program(kind: Kind) -> std::io::Result<Self> {
        // The file may have been replaced by a newer one since; this name leads to the one that runs.
        let running = PathBuf::from("/proc/self/exe");
        let program = if running.exists() { running } else { std::env::current_exe()? };
        Ok(Self { program, kind })
    }

    #[cfg(test)]
    pub(crate) fn with_program(program: &std::path::Path, kind: Kind) -> Self {
        Self { program: program.to_owned(), kind }
    }

    /// Takes a file apart; `stopped` says whether nobody waits for it any more.
    ///
    /// # Errors
    /// What is wrong with the file; [`ReadError::TooDear`] when the process ended or was ended, [`ReadError::Stopped`] when it was
    /// stopped, [`ReadError::NoReader`] when there is none.
    pub fn read(&self, bytes: Vec<u8>, stopped: &dyn Fn() -> bool) -> Result<Cells, ReadError> {
        let none = |e: std::io::Error| ReadError::NoReader { why: e.to_string() };
        let mut command = Command::new(&self.program);
        command.args([COMMAND, self.kind.name()]).env_clear();
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = ChildGuard(command.spawn().map_err(none)?);
        let (input, output) = (child.0.stdin.take(), child.0.stdout.take());
        std::thread::spawn(move || {
            // A reader that was ended takes no more.
            let _ = input.map(|mut input| input.write_all(&bytes));
        });
        let limits = self.kind.limits();
        let most = limits.unpacked + 16 * limits.cells as u64;
        let (told, answer) = channel();
        std::thread::spawn(move || {
            let mut all = Vec::new();
            let read = output.map(|output| output.take(most).read_to_end(&mut all));
            let _ = told.send(read.is_some_and(|r| r.is_ok()).then_some(all));
        });
        let until = Instant::now() + Duration::from_secs(self.kind.seconds().1);
        let all = loop {
            match answer.recv_timeout(LOOK) {
                Ok(all) => break all,
                Err(RecvTimeoutError::Timeout) if stopped() => return Err(ReadError::Stopped),
                Err(RecvTimeoutError::Timeout) if Instant::now() < until => {}
                Err(_) => return Err(ReadError::TooDear),
            }
        };
        let well = child.0.wait().is_ok_and(|status| status.success());
        let all = all.filter(|_| well).ok_or(ReadError::TooDear)?;
        Cells::handed_over(&all, limits)
    }
}

/// A process that ends when the value is dropped.
struct ChildGuard(Child);

impl Drop for ChildGuard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the process does: takes its limits, takes a file apart and hands the cells over.
pub fn child(kind: Option<&str>) -> ExitCode {
    let Some(kind) = kind.and_then(Kind::parse) else { return ExitCode::from(2) };
    crate::keep_to_oneself();
    if confine(kind).is_err() {
        return ExitCode::from(2);
    }
    let mut bytes = Vec::new();
    if std::io::stdin().read_to_end(&mut bytes).is_err() {
        return ExitCode::from(2);
    }
    let result = match kind {
        Kind::Form => Cells::of_sheets(&bytes, kind.limits()),
        Kind::AsWritten => Cells::as_written(&bytes, kind.limits()),
        Kind::Sent | Kind::Own => Cells::read(&bytes, kind.limits()),
    };
    drop(bytes);
    match std::io::stdout().write_all(&Cells::hand_over(&result)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// From here on: so much memory and time, no file or connection that is not open yet, no file written, no process begun.
#[cfg(unix)]
fn confine(kind: Kind) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let mut limits = vec![
        (Resource::Cpu, kind.seconds().0),
        (Resource::Fsize, 0),
        (Resource::Nofile, 3),
        (Resource::Nproc, 0),
    ];
    // Elsewhere the system counts what is only set aside, or does not count at all.
    if cfg!(target_os = "linux") {
        limits.push((Resource::As, kind.memory()));
    }
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

#[cfg(not(unix))]
fn confine(_: Kind) -> std::io::Result<()> {
    Ok(())
}
