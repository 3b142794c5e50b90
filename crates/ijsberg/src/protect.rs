//! `ijsberg protect`: a table of capture histories that may be published, and which counts could still be recovered.

mod private;
mod table;

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use ijsberg_disclosure::attack::consistent_overlaps;
use ijsberg_disclosure::geometric::Epsilon;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::bounds;
use ijsberg_mse::methods::Settings;
use ijsberg_publication::estimate::LEAST_OVERLAP;
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::persons::REVISION_THRESHOLD;
use ijsberg_publication::single::protect_table;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;

use crate::estimate::LanguageArgument;
use crate::files::{cells, kept};
use crate::logs::{LockedLogs, Logs, TABLES};
use crate::noise_key::{beside, key};
use crate::output::{StagedFiles, print, publish, tell};
use crate::reading::{ReadingArguments, read_or_ask};
use crate::report::LEDGER;
use crate::wrong::in_words;
use table::csv;

/// Protect a table. Example: ijsberg protect histories.csv --key-file key --out protected
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table: columns of 0 and 1 for lists, and a count.
    table: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// A file with the key, to be kept from release to release so that the same cell gets the same noise; created if it does
    /// not exist.
    #[arg(long)]
    key_file: PathBuf,
    /// Directory to write to.
    #[arg(long)]
    out: PathBuf,
    /// Directory of all reports with this key: the table is checked together with them, and is recorded in their release log.
    #[arg(long, conflicts_with = "epsilon")]
    reports: Option<PathBuf>,
    /// State that the people of this table are in no report, and in no other tables than those with this name; the release log keeps the
    /// statement.
    #[arg(long, conflicts_with = "epsilon", value_parser = name_of_people)]
    other_people: Option<String>,
    /// Differential privacy instead: epsilon, how much the table may reveal about a person, 0.001 to 20; 1 is usual.
    #[arg(long, value_parser = epsilon)]
    epsilon: Option<Epsilon>,
    /// Budget for the total epsilon of all differentially private tables in this folder; the record is kept next to the key.
    #[arg(long, value_parser = epsilon, default_value = "4", requires = "epsilon")]
    budget: Epsilon,
    /// Name of this differentially private release [default: that of the file]: under one name the figures stay as they were first released,
    /// whatever is in the table, and cost nothing more; another name adds its epsilon.
    #[arg(long, requires = "epsilon")]
    release: Option<String>,
    /// Covariates of microdata and all categories that they can have, a table with columns `column` and `level`; other values count as unknown.
    #[arg(long, requires = "epsilon")]
    levels: Option<PathBuf>,
    /// Also write synthetic microdata with the covariates of --levels; each table that is written gets an equal share of epsilon.
    #[arg(long, requires = "levels")]
    microdata: bool,
    /// Also write microdata of covariates in which every combination stands eleven times or more; rare ones lose values or are left out.
    #[arg(long, requires = "levels")]
    k_anonymous: bool,
    /// Seed of the synthetic microdata.
    #[arg(long, default_value_t = Settings::default().seed, requires = "microdata")]
    seed: u64,
    /// Variance of the noise of a cell.
    #[arg(long, default_value_t = Noise::default().variance)]
    variance: f64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

fn epsilon(text: &str) -> Result<Epsilon, String> {
    let number = text.parse().ok().and_then(Epsilon::new);
    number.ok_or_else(|| "expected a number from 0.001 to 20".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    // Without a look at who is in the table.
    if let Some(epsilon) = arguments.epsilon {
        return private::run(text, arguments, epsilon);
    }
    let path = &arguments.table;
    let cells = cells(text, path)?;
    let wrong = |e| crate::files::wrong(text, path, &e);
    let read = read_or_ask(text, arguments.reading.choices(), |c| cells.table(c));
    // Draws of a linkage would be added up.
    if matches!(read, Err(ReadError::Draws)) {
        bail!(text.fill("protect-draws", &[("path", path.display().to_string())]));
    }
    let (table, _) = read.map_err(wrong)?;
    if !table.covariates.is_empty() {
        let names: Vec<&str> = table.covariates.iter().map(|c| c.name.as_str()).collect();
        tell(&text.fill("protect-covariates", &[("columns", names.join(", "))]));
    }
    let noise = Noise { variance: arguments.variance, ..Noise::default() };
    Perturbation::new(noise).map_err(|e| anyhow!(errors::register::noise_error(text, &e)))?;
    let key = key(text, &arguments.key_file)?;
    let logs = Logs::from_key(text, &arguments.key_file, &key)?;
    let logs = logs.locked()?;
    let log = Log::open(text, arguments, &logs)?;
    let date = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
    let of = (date.as_str(), arguments.other_people.as_deref());
    let made = protect_table(&table, noise, &key.bytes, &log.before, of);
    let made = made.map_err(|e| anyhow!(e.in_words(text)))?;
    // As a report decides it: by what would be published, which may be what was published before.
    let overlap = made.protected.iter().filter(|c| c.0.count_ones() > 1).map(|c| c.1).sum::<u64>();
    if overlap < LEAST_OVERLAP {
        bail!(text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]));
    }
    log.check(text, &logs, &made.ledger)?;
    let staged = StagedFiles::new(&arguments.out)?;
    key.keep(text)?;
    publish(staged.path(), "protected.csv", &csv(&made.lists, &made.protected))?;
    publish(staged.path(), "rounded.csv", &csv(&made.lists, &made.rounded))?;
    // The log is written first: an entry without a table does no harm, a table without an entry does.
    log.write(text, &logs, &made.ledger)?;
    staged.finish()?;
    if made.held_back > 0 {
        let parts = [("n", text.number(made.held_back as f64)), ("least", REVISION_THRESHOLD.to_string())];
        tell(&text.fill("protect-held-back", &parts));
    }
    let parts = [
        ("cells", made.protected.len().to_string()),
        ("path", arguments.out.display().to_string()),
        ("variance", text.decimal(noise.variance, 1)),
    ];
    print(&(text.fill("protect-done", &parts) + "\n"))?;
    pairs(text, &made.lists, &made.protected)
}

/// The log in which a table is recorded.
struct Log {
    name: &'static str,
    path: PathBuf,
    /// As it is now.
    there: Ledger,
    /// All that was released with the key before.
    before: Ledger,
}

impl Log {
    /// That of the reports where they are named, otherwise that of tables alone.
    fn open(text: &Text, a: &Arguments, logs: &LockedLogs<'_>) -> anyhow::Result<Self> {
        let (name, path) = match &a.reports {
            Some(dir) => (LEDGER, dir.join(LEDGER)),
            None => (TABLES, beside(&a.key_file, TABLES)),
        };
        let there: Ledger = kept(text, &path, "publish-ledger")?;
        let before = if a.reports.is_some() { logs.of_both(text, &path, &there)? } else { there.clone() };
        Ok(Self { name, path, there, before })
    }

    fn is_of_reports(&self) -> bool {
        self.name == LEDGER
    }

    fn check(&self, text: &Text, logs: &LockedLogs<'_>, after: &Ledger) -> anyhow::Result<()> {
        let of = (self.name, self.path.as_path());
        if self.is_of_reports() {
            logs.fits(text, of, &self.there, after)
        } else {
            logs.check(text, of, &self.there, after)
        }
    }

    fn write(&self, text: &Text, logs: &LockedLogs<'_>, after: &Ledger) -> anyhow::Result<()> {
        let of = (self.name, self.path.as_path());
        if !self.is_of_reports() {
            return logs.write(text, of, &self.there, after);
        }
        if let Some(dir) = self.path.parent() {
            std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        }
        logs.write_both(text, of, &self.there, after)
    }
}

/// A name in a log, without invisible characters.
fn name_of_people(given: &str) -> Result<String, String> {
    let name = ijsberg_outside::seen(given).trim().to_owned();
    if name.is_empty() { Err("expected a name".to_owned()) } else { Ok(name) }
}

/// Pairs of lists whose overlap an estimate of two lists would reveal, even rounded to thousands.
fn pairs(text: &Text, lists: &[String], cells: &[(u32, u64)]) -> anyhow::Result<()> {
    let sum = |mask: u32| cells.iter().filter(|c| c.0 & mask == mask).map(|c| c.1).sum::<u64>();
    let mut telling = Vec::new();
    for a in 0..lists.len() {
        for b in a + 1..lists.len() {
            let (n1, n2, m) = (sum(1 << a), sum(1 << b), sum(1 << a | 1 << b));
            let estimate = bounds::chapman(n1, n2, m, 0.95).n_hat;
            if m > 0 && consistent_overlaps(n1, n2, estimate.round() as u64, 1000).len() == 1 {
                telling.push(format!("{}·{}", lists[a], lists[b]));
            }
        }
    }
    if telling.is_empty() {
        return Ok(());
    }
    print(&(text.fill("protect-telling", &[("pairs", telling.join(", "))]) + "\n"))
}
