//! `ijsberg open`: people who come, stay for some years and go.

use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::{Args, ValueEnum};
use ijsberg_analysis::{OpenError, OpenRequest, Source, open_population, sha256};
use ijsberg_apart::Kind;
use ijsberg_mse::open::{OpenSettings, YearVariation};
use ijsberg_report::errors;
use ijsberg_report::open::{report, to_json};
use ijsberg_report::text::Text;

use crate::estimate::{LanguageArgument, colour, read_input};
use crate::files::take_apart;
use crate::output::{Bar, print_coloured, tell};

/// Estimate how many people there are in each year and how many different ones in all years, from lists over several years.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg open data/open-synthetic.csv")]
pub(crate) struct Arguments {
    /// Table with columns person, list and year, or with a column of 0 and 1 for each list and year, such as `K.2015` (CSV, Parquet,
    /// Excel); `-` reads standard input.
    file: PathBuf,
    /// Whether the chance of staying differs between years.
    #[arg(long, value_enum, default_value_t = StayingArgument::ByYear)]
    staying: StayingArgument,
    /// A hierarchical model, such as "[12,23,4]" or "[PZ,PR,O]" [default: the best by BIC of all years]
    #[arg(long)]
    model: Option<String>,
    /// Populations to simulate; 0 for no intervals.
    #[arg(long, default_value_t = OpenSettings::default().replicates)]
    replicates: usize,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Seed of every random draw.
    #[arg(long, default_value_t = OpenSettings::default().seed)]
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

/// Whether the chance of staying differs between years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StayingArgument {
    /// One chance for each step between years.
    ByYear,
    /// One chance for all years.
    Same,
}

impl From<StayingArgument> for YearVariation {
    fn from(staying: StayingArgument) -> Self {
        match staying {
            StayingArgument::ByYear => Self::ByYear,
            StayingArgument::Same => Self::Same,
        }
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let wanted = wanted(arguments, &text)?;
    let (bytes, input) = read_input(&arguments.file, &text)?;
    let sha256 = sha256(&bytes);
    let wrong = |e| anyhow!("{input}: {}", errors::read_error(&text, &e));
    let source = Source { cells: take_apart(bytes, Kind::Own).map_err(wrong)?, sha256 };
    if arguments.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    }
    let bar = Bar::new(&text);
    let mut warn = |said: String| tell(&format!("ijsberg: {said}"));
    let found = open_population(&source, &input, &wanted, &text, &bar, &mut warn);
    bar.finish();
    match found {
        Ok(found) if arguments.json => print_coloured(&ijsberg_outside::json(&to_json(&found))?),
        Ok(found) => print_coloured(&report(&text, &found, colour())),
        Err(e @ OpenError::Table(_)) => bail!("{input}: {}", e.in_words(&text)),
        Err(e) => bail!(e.in_words(&text)),
    }
}

/// What is asked, or which argument cannot be.
fn wanted(arguments: &Arguments, text: &Text) -> anyhow::Result<OpenRequest> {
    let Arguments { replicates, level, seed, staying, .. } = *arguments;
    let model = arguments.model.clone();
    let wanted = OpenRequest { staying: staying.into(), model, replicates, level, seed };
    match wanted.outside(text) {
        Some((_, why)) => bail!(why),
        None => Ok(wanted),
    }
}
