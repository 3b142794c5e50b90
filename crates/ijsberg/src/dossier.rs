//! `ijsberg dossier`: what those who must answer for a register need, from the register as it runs.

mod annex;
mod document;
mod page;
mod record;
mod threats;

use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::Args;
use ijsberg_analysis::sha256;
use ijsberg_register::Register;
use ijsberg_register::audit::Checkpoint;
use ijsberg_register::codes::LISTS;
use ijsberg_register::dossier::RegisterOverview;
use ijsberg_report::text::Text;
use ijsberg_store::MIGRATIONS;
use serde::{Deserialize, Serialize};

use crate::files::read_file;
use crate::output::{StagedFiles, print, write_whole};
use crate::register::Place;
use crate::wrong::in_words;
use document::document;

/// Articles that may serve as a lawful basis, by purpose.
const PURPOSES: &str = include_str!("dossier/purposes.toml");

/// Print the dossier of a register. Example: ijsberg dossier --at register
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg dossier --at register --out dossier")]
pub(crate) struct Arguments {
    /// A file with checkpoints of the audit log kept elsewhere, to compare the log with.
    #[arg(long)]
    checkpoints: Option<PathBuf>,
    /// Write JSON to standard output instead of the document, or beside it with --out.
    #[arg(long)]
    json: bool,
    /// Write dossier.md, and with --json dossier.json, to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Everything that the document says.
#[derive(Debug, Serialize)]
struct Dossier {
    /// The day on which it was made.
    made_on: String,
    versions: Versions,
    /// `file` or `postgresql`.
    storage: &'static str,
    running: RegisterOverview,
    /// The country whose law the articles are of.
    country: String,
    purposes: Vec<Purpose>,
    /// The log as it was verified when this was made.
    verified: Checkpoint,
    compared: Option<CheckpointComparison>,
    /// Whole days since the last copy was begun.
    days_since_backup: Option<i64>,
    threats: Vec<threats::Threat>,
}

/// What made it, and what it rests on.
#[derive(Debug, Serialize)]
struct Versions {
    program: &'static str,
    /// SHA-256 of the program itself; none where its file cannot be read.
    program_sha256: Option<String>,
    /// SHA-256 of the list of threats.
    threats_sha256: String,
    /// How often the tables changed, and what for the last time.
    tables: usize,
    tables_last: &'static str,
    /// Code lists with their systems and versions.
    codes: Vec<String>,
}

/// Checkpoints that were kept elsewhere and agree with the log.
#[derive(Debug, Serialize)]
struct CheckpointComparison {
    checkpoints: usize,
    last_at: String,
    last_entry: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purposes {
    country: String,
    purpose: Vec<Purpose>,
}

/// A purpose with articles that may serve as its lawful basis.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Purpose {
    code: String,
    en: Vec<String>,
    nl: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.place.lang().into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    let dossier = Dossier::collect(text, arguments)?;
    let Some(out) = &arguments.out else {
        let said = if arguments.json { ijsberg_outside::json(&dossier)? } else { document(text, &dossier) };
        return print(&said);
    };
    let staged = StagedFiles::new(out)?;
    write_whole(staged.path(), "dossier.md", &document(text, &dossier))?;
    if arguments.json {
        write_whole(staged.path(), "dossier.json", &ijsberg_outside::json(&dossier)?)?;
    }
    staged.finish()?;
    print(&(text.fill("dossier-written", &[("path", out.display().to_string())]) + "\n"))
}

impl Dossier {
    fn collect(text: &Text, arguments: &Arguments) -> anyhow::Result<Self> {
        let place = &arguments.place;
        let mut register = place.open(text, false)?;
        let running = register.dossier()?;
        // A register that fails verification has no dossier: the error says where it fails.
        register.verify_storage()?;
        let verified = register.verify_audit()?;
        let compared = arguments.checkpoints.as_deref().map(|path| compared(text, &mut register, path));
        let begun = running.last("backup").and_then(|done| done.last.parse::<jiff::Timestamp>().ok());
        let purposes: Purposes = toml::from_str(PURPOSES)?;
        let now = register.now;
        Ok(Self {
            made_on: jiff::tz::TimeZone::UTC.to_datetime(now).date().to_string(),
            versions: Versions::now(),
            storage: if place.is_in_postgres(text)? { "postgresql" } else { "file" },
            running,
            country: purposes.country,
            purposes: purposes.purpose,
            verified,
            compared: compared.transpose()?,
            days_since_backup: begun.map(|at| now.duration_since(at).as_hours() / 24),
            threats: threats::threats(),
        })
    }
}

/// What checkpoints that were kept elsewhere say; none of this register among them is an error.
fn compared(text: &Text, register: &mut Register, path: &Path) -> anyhow::Result<CheckpointComparison> {
    let lines = read_file(text, path)?;
    let agreed = register.agrees_with(&String::from_utf8_lossy(&lines))?;
    let parts = [("path", path.display().to_string())];
    ensure!(agreed.lines > 0, text.fill("register-checkpoint-none", &parts));
    Ok(CheckpointComparison { checkpoints: agreed.lines, last_at: agreed.at, last_entry: agreed.entries })
}

impl Versions {
    fn now() -> Self {
        let program = std::env::current_exe().and_then(std::fs::read).ok();
        let codes = LISTS.iter().map(|l| format!("{}: {} {}", l.name, l.system, l.version));
        Self {
            program: env!("CARGO_PKG_VERSION"),
            program_sha256: program.map(|bytes| sha256(&bytes)),
            threats_sha256: sha256(threats::TEXT.as_bytes()),
            tables: MIGRATIONS.len(),
            tables_last: MIGRATIONS.last().map_or("", |m| m.0),
            codes: codes.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ijsberg_register::codes::code_list;

    use super::*;

    #[test]
    fn every_purpose_has_articles_in_both_languages() {
        let purposes: Purposes = toml::from_str(PURPOSES).unwrap();
        assert_eq!(purposes.country, "NL");
        let of: BTreeSet<&str> = purposes.purpose.iter().map(|p| p.code.as_str()).collect();
        let all: BTreeSet<&str> = code_list("purpose").unwrap().codes.iter().copied().collect();
        assert_eq!(of, all);
        assert!(purposes.purpose.iter().all(|p| !p.en.is_empty() && p.en.len() == p.nl.len()));
    }
}
