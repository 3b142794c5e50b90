//! `ijsberg delays`: preliminary and final counts by month.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Args;
use ijsberg_analysis::{DelaysError, DelaysRequest, Lags, lags, sha256};
use ijsberg_apart::Kind;
use ijsberg_mse::delays::{DelaySettings, Month, delays};
use ijsberg_report::delays::{DelayReport, report, to_json};
use ijsberg_report::errors;
use ijsberg_report::text::Text;

use crate::estimate::colour;
use crate::files::{read_file, take_apart};
use crate::output::{Bar, print_coloured};
use crate::register::Place;
use crate::wrong::in_words;

/// Complete counts by month with the registrations that are still to come, and measure the error of such figures.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg delays registrations.csv --happened date --registered entered")]
pub(crate) struct Arguments {
    /// Registrations with two dates each (CSV, Parquet, Excel), or counts in columns `month`, `delay` and `count`.
    #[arg(required_unless_present = "from")]
    file: Option<PathBuf>,
    /// `register`, instead of a file.
    #[arg(long, value_enum, conflicts_with = "file")]
    from: Option<LagOrigin>,
    /// Column with the day something happened.
    #[arg(long, default_value = "happened")]
    happened: String,
    /// Column with the day it was registered.
    #[arg(long, default_value = "registered")]
    registered: String,
    /// Months after which a count is final.
    #[arg(long, default_value_t = DelaySettings::default().most)]
    most: usize,
    /// First month [default: that of the first registration]
    #[arg(long)]
    since: Option<String>,
    /// Last month with all its registrations [default: that of the last registration; of a register the month before this one]
    #[arg(long)]
    until: Option<String>,
    /// Tables to simulate.
    #[arg(long, default_value_t = DelaySettings::default().replicates)]
    replicates: usize,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Seed of every random draw.
    #[arg(long, default_value_t = DelaySettings::default().seed)]
    seed: u64,
    /// Write JSON to standard output instead of the report.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// The source that is read instead of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LagOrigin {
    /// The register.
    Register,
}

/// Delays of registrations with their source.
struct LagInput {
    lags: Lags,
    input: String,
    sha256: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.place.lang().into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    let mut asked = asked(text, arguments)?;
    let read = if arguments.from == Some(LagOrigin::Register) {
        // This month is not over: more of it will be registered.
        asked.until = asked.until.or_else(|| Month::read(&today()).map(Month::before));
        of_register(text, arguments)?
    } else {
        of_file(text, arguments)?
    };
    let bar = Bar::new(text);
    let found = delays(&read.lags.lags, &asked, &bar);
    bar.finish();
    let found = found.map_err(|e| anyhow!("{}: {}", read.input, DelaysError::from(e).in_words(text)))?;
    let completed = DelayReport {
        delays: found,
        asked,
        without_month: read.lags.without_month,
        backwards: read.lags.backwards,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: read.input,
        sha256: read.sha256,
    };
    if arguments.json {
        print_coloured(&ijsberg_outside::json(&to_json(&completed))?)
    } else {
        print_coloured(&report(text, &completed, colour()))
    }
}

fn today() -> String {
    jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string()
}

/// What is asked, or which argument cannot be.
fn asked(text: &Text, arguments: &Arguments) -> anyhow::Result<DelaySettings> {
    let wanted = DelaysRequest {
        happened: arguments.happened.clone(),
        registered: arguments.registered.clone(),
        most: arguments.most,
        since: arguments.since.clone(),
        until: arguments.until.clone(),
        replicates: arguments.replicates,
        level: arguments.level,
        seed: arguments.seed,
    };
    wanted.asked(text).map_err(|(_, why)| anyhow!(why))
}

fn of_file(text: &Text, arguments: &Arguments) -> anyhow::Result<LagInput> {
    let path = arguments.file.clone().unwrap_or_default();
    let bytes = read_file(text, &path)?;
    let sha256 = sha256(&bytes);
    let input = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let cells =
        take_apart(bytes, Kind::Own).map_err(|e| anyhow!("{input}: {}", errors::read_error(text, &e)))?;
    let lags = lags(&cells.grid(), &arguments.happened, &arguments.registered)
        .map_err(|e| anyhow!("{input}: {}", e.in_words(text)))?;
    Ok(LagInput { lags, input, sha256: Some(sha256) })
}

fn of_register(text: &Text, arguments: &Arguments) -> anyhow::Result<LagInput> {
    let mut register = arguments.place.open(text, false)?;
    let kept = register.lags()?;
    let mut lags = Lags { without_month: kept.without_month, ..Lags::default() };
    for ((happened, recorded), count) in &kept.counts {
        lags.add(Month::read(happened), Month::read(recorded), *count);
    }
    Ok(LagInput { lags, input: "register".to_owned(), sha256: None })
}
