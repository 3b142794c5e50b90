//! `ijsberg nowcast`: the last year before its late list is in.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use ijsberg_analysis::{AnalysisError, LateRequest, nowcast};
use ijsberg_mse::timely::NowcastSettings;
use ijsberg_report::late::{report, to_json};
use ijsberg_report::text::Text;

use crate::estimate::{LanguageArgument, TableInput, colour, open};
use crate::output::{Bar, print_coloured, tell};
use crate::reading::ReadingArguments;

/// Estimate the last year before its late list is in, from how that list overlapped with the others in earlier years.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg nowcast data/netherlands-synthetic.csv --late Z --year year")]
pub(crate) struct Arguments {
    /// Capture-history table (CSV, Parquet, Excel); `-` reads standard input.
    file: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// The list that comes in late. What it already has for the last year is not used.
    #[arg(long)]
    late: String,
    /// Column with the year.
    #[arg(long)]
    year: String,
    /// How many earlier years each year is estimated from.
    #[arg(long, default_value_t = NowcastSettings::about("").window)]
    window: usize,
    /// A hierarchical model, such as "[12,23,4]" or "[PZ,PR,O]" [default: the best by BIC of all earlier years together]
    #[arg(long)]
    model: Option<String>,
    /// Tables that are simulated for each year.
    #[arg(long, default_value_t = NowcastSettings::about("").replicates)]
    replicates: usize,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Seed of every random draw.
    #[arg(long, default_value_t = NowcastSettings::about("").seed)]
    seed: u64,
    /// Threads [default: all cores]; the result does not depend on it.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Write JSON to standard output instead of the report.
    #[arg(long)]
    json: bool,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let wanted = wanted(arguments, &text)?;
    let TableInput { source, input, choices } = open(&text, &arguments.file, &arguments.reading)?;
    if arguments.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    }
    let bar = Bar::new(&text);
    let mut warn = |said: String| tell(&format!("ijsberg: {said}"));
    let found = nowcast(&source, &input, &choices, &wanted, &text, &bar, &mut warn);
    bar.finish();
    match found {
        Ok(found) if arguments.json => print_coloured(&ijsberg_outside::json(&to_json(&found))?),
        Ok(found) => print_coloured(&report(&text, &found, colour())),
        Err(e @ AnalysisError::Read(_)) => bail!("{input}: {}", e.in_words(&text)),
        Err(e) => bail!(e.in_words(&text)),
    }
}

/// What is asked, or which argument cannot be.
fn wanted(arguments: &Arguments, text: &Text) -> anyhow::Result<LateRequest> {
    let wanted = LateRequest {
        late: arguments.late.clone(),
        year: arguments.year.clone(),
        model: arguments.model.clone(),
        window: arguments.window,
        replicates: arguments.replicates,
        level: arguments.level,
        seed: arguments.seed,
    };
    match wanted.outside(text) {
        Some((_, why)) => bail!(why),
        None => Ok(wanted),
    }
}
