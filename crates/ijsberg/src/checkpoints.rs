//! Sends checkpoints of the audit log to a place that someone with control over this machine cannot reach.

use std::fs::OpenOptions;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use ijsberg_register::{Register, RegisterError};
use ijsberg_report::text::Text;
use jiff::Timestamp;

use crate::estimate::read_file;

/// Where they go.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// A file; on another machine if it is to protect against someone with control over this one.
    pub(crate) file: Option<PathBuf>,
    /// The socket of a system log that sends it on.
    pub(crate) syslog: Option<PathBuf>,
}

impl Places {
    pub(crate) fn are_none(&self) -> bool {
        self.file.is_none() && self.syslog.is_none()
    }

    /// Sends a line to each.
    pub(crate) fn push(&self, text: &Text, line: &str) -> anyhow::Result<()> {
        if let Some(path) = &self.file {
            if let Ok(there) = std::fs::metadata(path) {
                let parts = [("path", path.display().to_string())];
                ensure!(there.is_file(), text.fill("register-checkpoint-no-file", &parts));
            }
            append(path, line).with_context(|| path.display().to_string())?;
        }
        if let Some(path) = &self.syslog {
            say(path, line).map_err(|e| {
                let parts = [("path", path.display().to_string()), ("why", e.to_string())];
                anyhow!(text.fill("register-checkpoint-syslog", &parts))
            })?;
        }
        Ok(())
    }

    /// Checks that the register still agrees with the checkpoints in the file; without a file yet, there is nothing to check.
    fn compared(&self, text: &Text, register: &mut Register) -> anyhow::Result<()> {
        let Some(path) = self.file.as_deref().filter(|p| p.exists()) else { return Ok(()) };
        let lines = read_file(text, path)?;
        register.agrees_with(&String::from_utf8_lossy(&lines))?;
        Ok(())
    }
}

/// Adds a line that is on the disk when this returns. What a crash cut off before it ends its own line.
fn append(path: &Path, line: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    let begin = if last == [b'\n'] { "" } else { "\n" };
    file.write_all(format!("{begin}{line}\n").as_bytes())?;
    file.sync_all()
}

/// Says a line to the system log: authorisation, notice (RFC 5424).
#[cfg(unix)]
fn say(socket: &Path, line: &str) -> std::io::Result<()> {
    let said = format!("<{}>ijsberg: {line}", 10 * 8 + 5);
    std::os::unix::net::UnixDatagram::unbound()?.send_to(said.as_bytes(), socket).map(|_| ())
}

#[cfg(not(unix))]
fn say(_: &Path, _: &str) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// Opens a register.
pub(crate) type RegisterOpener = Box<dyn Fn() -> Result<Register, RegisterError> + Send>;

/// Sends checkpoints while a server runs, and a last one when it ends.
pub(crate) struct CheckpointSender {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl CheckpointSender {
    /// Compares the register with what was sent before, sends the first, and goes on.
    ///
    /// # Errors
    /// If the register is older than it was, or the line cannot be sent: then nobody is served.
    pub(crate) fn begin(
        text: &Text,
        open: RegisterOpener,
        places: Places,
        every: Duration,
    ) -> anyhow::Result<Self> {
        let mut register = open()?;
        places.compared(text, &mut register)?;
        places.push(text, &register.signed_checkpoint()?)?;
        let text = Text::new(text.language());
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            let mut known = Some(register);
            loop {
                let ended = stopped.recv_timeout(every) != Err(RecvTimeoutError::Timeout);
                if let Err(error) = next(&text, &mut known, &open, &places) {
                    tracing::error!(cause = format!("{error:#}"), "no checkpoint of the audit log");
                }
                if ended {
                    return;
                }
            }
        });
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// Sends one; a register whose storage failed is opened anew next time.
fn next(
    text: &Text,
    known: &mut Option<Register>,
    open: &RegisterOpener,
    places: &Places,
) -> anyhow::Result<()> {
    let mut register = match known.take() {
        Some(register) => register,
        None => open()?,
    };
    register.now = Timestamp::now();
    let line = register.signed_checkpoint()?;
    *known = Some(register);
    places.push(text, &line)
}

impl Drop for CheckpointSender {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // If it failed, the log has it.
            let _ = thread.join();
        }
    }
}
