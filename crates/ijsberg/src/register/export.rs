//! Lists, histories and cases as files.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use ijsberg_outside::Csv;
use ijsberg_publication::source::of_register;
use ijsberg_register::Register;
use ijsberg_register::exchange::{Loss, Table};
use ijsberg_register::histories::{CODED_COLUMNS, LIST_COLUMNS};
use ijsberg_report::errors;
use ijsberg_report::text::Text;

use super::Place;
use crate::output::{print, write_bytes};

// What is taken out of a register is estimated from, so neither may take more lists than the other.
const _: () = assert!(ijsberg_register::histories::MAX_LISTS == ijsberg_mse::histories::MAX_LISTS);

/// A table as CSV. What a spreadsheet would take for a formula is made harmless.
fn csv(header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = Csv::new();
    out.row(header);
    rows.iter().for_each(|row| out.row(row));
    out.finish().into_bytes()
}

fn to(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    write_bytes(dir, &path.file_name().unwrap_or_default().to_string_lossy(), content)
}

/// Writes a file for each list. The files contain names: they are for the linkage specialist, on the machine where the lists are linked.
pub(super) fn lists(text: &Text, register: &mut Register, codes: bool, out: &Path) -> anyhow::Result<()> {
    let coded = CODED_COLUMNS.iter().filter(|_| codes);
    let header: Vec<String> = LIST_COLUMNS.iter().chain(coded).map(|c| (*c).to_owned()).collect();
    for (list, rows) in register.named_lists(codes)? {
        to(&out.join(format!("{list}.csv")), &csv(&header, &rows))?;
    }
    print(&(text.fill("register-lists", &[("path", out.display().to_string())]) + "\n"))
}

/// One row a person.
pub(super) fn histories(
    text: &Text,
    register: &mut Register,
    from: i16,
    until: i16,
    out: &Path,
) -> anyhow::Result<()> {
    let table = register.histories(from, until)?;
    to(out, of_register(&table).csv().as_bytes())?;
    written(text, table.persons.len() as f64, &table.lists, out)
}

/// One row a combination of lists over the years.
pub(super) fn histories_by_year(
    text: &Text,
    register: &mut Register,
    from: i16,
    until: i16,
    out: &Path,
) -> anyhow::Result<()> {
    let table = register.histories_by_year(from, until)?;
    let (header, rows) = table.table();
    to(out, &csv(&header, &rows))?;
    written(text, table.persons() as f64, &table.lists, out)
}

/// How many people are in a file of histories.
fn written(text: &Text, people: f64, lists: &[String], out: &Path) -> anyhow::Result<()> {
    let parts =
        [("n", text.number(people)), ("lists", lists.join(", ")), ("path", out.display().to_string())];
    print(&(text.fill("register-histories", &parts) + "\n"))
}

#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Human Trafficking Case Data Standard 2.0: all 38 core fields.
    Htcds {
        /// The file to write; a report of what is lost goes next to it.
        #[arg(long)]
        out: PathBuf,
    },
    /// Columns of the Counter-Trafficking Data Collaborative. Coded, not yet safe to publish.
    Ctdc {
        /// The file to write; a report of what is lost goes next to it.
        #[arg(long)]
        out: PathBuf,
        /// Name of the data source.
        #[arg(long, default_value = "register")]
        source: String,
        /// Country of exploitation if nothing else is known.
        #[arg(long, default_value = "NL")]
        country: String,
    },
}

impl Export {
    pub(super) fn run(&self, text: &Text, place: &Place) -> anyhow::Result<()> {
        let mut register = place.open(text, false)?;
        let (out, (table, losses)): (&PathBuf, (Table, Vec<Loss>)) = match self {
            Self::Htcds { out } => (out, register.export_htcds()?),
            Self::Ctdc { out, source, country } => (out, register.export_ctdc(source, country)?),
        };
        to(out, &csv(&table.0, &table.1))?;
        let report = out.with_extension("losses.csv");
        let rows: Vec<Vec<String>> = losses
            .into_iter()
            .map(|l| vec![l.field, errors::register::lost(text, &l.what), l.rows.to_string()])
            .collect();
        to(&report, &csv(&["field", "what", "rows"].map(str::to_owned), &rows))?;
        let parts = [
            ("n", text.number(table.1.len() as f64)),
            ("path", out.display().to_string()),
            ("report", report.display().to_string()),
        ];
        print(&(text.fill("register-exported", &parts) + "\n"))
    }
}
