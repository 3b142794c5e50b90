//! Writing files whole or not at all, and progress on a terminal.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow};
use ijsberg_mse::methods::Progress;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
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

/// An error in the reader's language, as far as it is known there; what stands before it stays.
pub(crate) fn in_words(text: &Text, error: &anyhow::Error) -> anyhow::Error {
    let said = error.chain().map(|e| errors::register::any(text, e));
    let known = said.clone().flatten().next();
    if known.is_none() {
        return anyhow!("{error:#}");
    }
    // What a cause of a known error says is in its message already.
    let before = error.chain().zip(said).take_while(|(_, s)| s.is_none()).map(|(e, _)| e.to_string());
    anyhow!(before.chain(known).collect::<Vec<_>>().join(": "))
}

/// A progress bar on the error stream, when that is a terminal.
#[derive(Debug)]
pub(crate) struct Bar<'a>(ProgressBar, &'a Text);

impl<'a> Bar<'a> {
    pub(crate) fn new(text: &'a Text) -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new(0) } else { ProgressBar::hidden() };
        // The template is a constant that is known to be valid; the plain style serves otherwise.
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar, text)
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Progress for Bar<'_> {
    fn stage(&self, name: &'static str, steps: u64) {
        self.0.set_message(self.1.stage(name));
        self.0.set_length(steps);
        self.0.set_position(0);
    }

    fn tick(&self) {
        self.0.inc(1);
    }
}
