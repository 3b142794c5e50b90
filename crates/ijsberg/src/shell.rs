//! What a shell and `man` know of the program.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Command};
use clap_complete::Shell;

use crate::output::{print, write_bytes};

/// Write completions for a shell. Example: ijsberg completions bash
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

/// Write man pages. Example: ijsberg man --out man
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Directory to write to.
    #[arg(long)]
    out: PathBuf,
}

impl Completions {
    pub(crate) fn run(&self, mut program: Command) -> anyhow::Result<()> {
        let mut out = Vec::new();
        clap_complete::generate(self.shell, &mut program, "ijsberg", &mut out);
        print(&String::from_utf8(out)?)
    }
}

impl Man {
    pub(crate) fn run(&self, mut program: Command) -> anyhow::Result<()> {
        std::fs::create_dir_all(&self.out).with_context(|| self.out.display().to_string())?;
        program.build();
        page(&self.out, &program, "ijsberg")
    }
}

/// A page for a command and each below it.
fn page(out: &Path, command: &Command, name: &str) -> anyhow::Result<()> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(command.clone()).title(name).render(&mut bytes)?;
    write_bytes(out, &format!("{name}.1"), &bytes)?;
    for below in command.get_subcommands().filter(|c| c.get_name() != "help" && !c.is_hide_set()) {
        page(out, below, &format!("{name}-{}", below.get_name()))?;
    }
    Ok(())
}
