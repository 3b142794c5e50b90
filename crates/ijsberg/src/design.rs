//! `ijsberg design`: what would give a better answer.

use std::fmt::{Display, Write as _};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use ijsberg_analysis::{AnalysisError, design};
use ijsberg_mse::design::PlanSettings;
use ijsberg_report::design::{page, report, to_json};
use ijsberg_report::text::Text;
use ijsberg_report::{charts, design::Design};

use crate::estimate::{LanguageArgument, TableInput, colour, open};
use crate::output::{Bar, StagedFiles, print_coloured, tell, write_whole};
use crate::reading::ReadingArguments;

/// Find out what would give a better answer: a random sample, one list more, or other use of the lists.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg design data/netherlands-2010-2015.csv --out plan")]
pub(crate) struct Arguments {
    /// Capture-history table (CSV, Parquet, Excel); `-` reads standard input.
    file: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Numbers of people of the population in a random sample, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = PlanSettings::default().samples)]
    samples: Vec<u64>,
    /// Shares of the population that one independent list more reaches, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = PlanSettings::default().reaches)]
    reaches: Vec<f64>,
    /// What the odds of being on one list more are multiplied by for people on a list, separated by commas: a list of whom many are known already.
    #[arg(long, value_delimiter = ',', default_values_t = PlanSettings::default().known)]
    known: Vec<f64>,
    /// What the odds of being on each list are multiplied by when all lists reach more people, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = PlanSettings::default().odds)]
    wider: Vec<f64>,
    /// Shares of the uncertain links that are resolved by hand, separated by commas; for a table of draws of a linkage.
    #[arg(long, value_delimiter = ',', default_values_t = PlanSettings::default().resolved)]
    resolved: Vec<f64>,
    /// Tables that are simulated for each change.
    #[arg(long, default_value_t = PlanSettings::default().simulations)]
    simulations: u64,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Seed of every random draw.
    #[arg(long, default_value_t = PlanSettings::default().seed)]
    seed: u64,
    /// Threads [default: all cores]; the result does not depend on it.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Write JSON to standard output instead of the report.
    #[arg(long)]
    json: bool,
    /// Also write design.html, design.json, design.svg and design.csv to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let asked = asked(arguments, &text)?;
    let TableInput { source, input, choices } = open(&text, &arguments.file, &arguments.reading)?;
    if arguments.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    }
    let bar = Bar::new(&text);
    let mut warn = |said: String| tell(&format!("ijsberg: {said}"));
    let found = design(&source, &input, &choices, &asked, &text, &bar, &mut warn);
    bar.finish();
    match found {
        Ok(found) => deliver(arguments, &text, &found),
        Err(e @ AnalysisError::Read(_)) => bail!("{input}: {}", e.in_words(&text)),
        Err(e) => bail!(e.in_words(&text)),
    }
}

/// What is asked, or which argument cannot be.
fn asked(arguments: &Arguments, text: &Text) -> anyhow::Result<PlanSettings> {
    if !(0.5..1.0).contains(&arguments.level) {
        bail!(text.fill("argument-level", &[("value", arguments.level.to_string())]));
    }
    if !(10..=1000).contains(&arguments.simulations) {
        let value = ("value", arguments.simulations.to_string());
        bail!(text.fill("argument-design-simulations", &[value]));
    }
    let samples = |n: &u64| (1..=1_000_000).contains(n);
    all(text, "argument-design-number", "--samples", &arguments.samples, samples)?;
    all(text, "argument-design-share", "--reaches", &arguments.reaches, |p| *p > 0.0 && *p < 1.0)?;
    all(text, "argument-design-odds", "--known", &arguments.known, |f| *f >= 0.01 && *f <= 100.0)?;
    all(text, "argument-design-factor", "--wider", &arguments.wider, |f| *f > 1.0 && *f <= 100.0)?;
    all(text, "argument-design-resolved", "--resolved", &arguments.resolved, |p| *p > 0.0 && *p <= 1.0)?;
    Ok(PlanSettings {
        reaches: arguments.reaches.clone(),
        known: arguments.known.clone(),
        odds: arguments.wider.clone(),
        samples: arguments.samples.clone(),
        resolved: arguments.resolved.clone(),
        simulations: arguments.simulations,
        level: arguments.level,
        seed: arguments.seed,
    })
}

/// The first value that is none is named.
fn all<T: Display>(
    text: &Text,
    key: &str,
    name: &str,
    values: &[T],
    good: impl Fn(&T) -> bool,
) -> anyhow::Result<()> {
    match values.iter().find(|v| !good(v)) {
        Some(value) => bail!(text.fill(key, &[("name", name.to_owned()), ("value", value.to_string())])),
        None => Ok(()),
    }
}

fn deliver(arguments: &Arguments, text: &Text, found: &Design) -> anyhow::Result<()> {
    let json = ijsberg_outside::json(&to_json(found))?;
    let mut shown = if arguments.json { json.clone() } else { report(text, found, colour()) };
    if let Some(dir) = &arguments.out {
        let staged = StagedFiles::new(dir)?;
        write_whole(staged.path(), "design.html", &page(text, found))?;
        write_whole(staged.path(), "design.json", &json)?;
        if let Some(chart) = charts::design(text, found) {
            write_whole(staged.path(), "design.svg", &chart.wide)?;
            write_whole(staged.path(), "design.csv", &chart.data.csv())?;
        }
        staged.finish()?;
        if !arguments.json {
            let path = dir.join("design.html").display().to_string();
            let more = text.fill("more-in-html", &[("path", path)]);
            let _ = writeln!(shown, "\n{}", ijsberg_outside::terminal(&more));
        }
    }
    print_coloured(&shown)
}
