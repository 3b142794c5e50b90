//! Writing files whole or not at all, and progress on a terminal.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use ijsberg_mse::methods::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Writes a file by way of a temporary one beside it, so that an interruption leaves no half-written file.
pub(crate) fn write_whole(dir: &Path, name: &str, content: &str) -> anyhow::Result<()> {
    write_bytes(dir, name, content.as_bytes())
}

/// The same for what is no text.
pub(crate) fn write_bytes(dir: &Path, name: &str, content: &[u8]) -> anyhow::Result<()> {
    let path = dir.join(name);
    let context = || format!("cannot write {}", path.display());
    let mut file = tempfile::NamedTempFile::new_in(dir).with_context(context)?;
    file.write_all(content).with_context(context)?;
    file.persist(&path).with_context(context)?;
    Ok(())
}

/// Writes to standard output; whoever reads it may stop early.
pub(crate) fn print(page: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(page.as_bytes()) {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("cannot write to standard output"),
    }
}

/// A progress bar on the error stream, when that is a terminal.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    pub(crate) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        // The template is a constant that is known to be valid; the plain style serves otherwise.
        let style = ProgressStyle::with_template("{msg:>10} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&self, name: &'static str, steps: u64) {
        self.0.set_message(name);
        self.0.set_length(steps);
        self.0.set_position(0);
    }

    fn tick(&self) {
        self.0.inc(1);
    }
}
