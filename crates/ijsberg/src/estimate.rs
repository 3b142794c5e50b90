//! `ijsberg estimate`.

use std::fmt::Write as _;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use ijsberg_analysis::{AnalysisError, CountAnalysis, Outcome, Request, Source, of_source, settled, sha256};
use ijsberg_apart::Kind;
use ijsberg_mse::loglinear::selection::Reselect;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{IntervalChoice, Settings};
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{Analysis, errors};
use ijsberg_report::{html, machine};
use ijsberg_tables::Choices;

use crate::anchor::AnchorArguments;
use crate::covariates::CovariateArguments;
use crate::evidence;
pub(crate) use crate::files::read_file;
use crate::files::take_apart;
use crate::output::{Bar, StagedFiles, print, print_coloured, tell, write_whole};
use crate::reading::{ReadingArguments, read_or_ask};

/// Estimate the size of a population from who is on which lists.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  ijsberg estimate data/netherlands-2010-2015.csv --out report --lang nl")]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line are independent")]
pub(crate) struct Arguments {
    /// Capture-history table (CSV, Parquet, Excel); `-` reads standard input.
    file: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// Methods to run, by identifier, separated by commas [default: all that apply].
    #[arg(long, value_delimiter = ',')]
    methods: Vec<String>,
    /// Also run the methods that take long: latent classes, Bayesian and by maximum likelihood.
    #[arg(long)]
    thorough: bool,
    /// Show each method with its interval, its model and its notes, not only the families of methods.
    #[arg(long)]
    all: bool,
    /// A hierarchical model to fit, such as "[12,23,4]" or "[PZ,PR,O]"; may be given several times.
    #[arg(long = "model")]
    models: Vec<String>,
    /// Confidence level.
    #[arg(long, default_value_t = 0.95)]
    level: f64,
    /// Bootstrap replicates; 0 for none [default: 1000, fewer with more than eight lists]
    #[arg(long)]
    replicates: Option<usize>,
    /// Seed of every random draw.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// Threshold of the stepwise rule.
    #[arg(long, default_value_t = 0.02)]
    threshold: f64,
    /// How to make intervals for log-linear methods.
    #[arg(long, value_enum, default_value_t = IntervalArgument::Auto)]
    interval: IntervalArgument,
    /// Among which models a replicate selects again [default: all up to five lists, otherwise a shortlist].
    #[arg(long, value_enum)]
    reselect: Option<ReselectArgument>,
    /// Share of the people on the lists who do not belong to the population, as a range such as 0.02-0.08.
    #[arg(long)]
    over_coverage: Option<String>,
    /// Share of the links between a person's entries that were missed, such as 0.05; the lower bound takes it into account.
    #[arg(long, default_value_t = 0.0)]
    missed_links: f64,
    /// Estimates from elsewhere to put beside this one: a TOML or CSV file with name, kind, source, year, estimate, lower, upper and level.
    #[arg(long)]
    evidence: Option<PathBuf>,
    #[command(flatten)]
    anchor: AnchorArguments,
    #[command(flatten)]
    covariates: CovariateArguments,
    /// Threads [default: all cores]; the result does not depend on it.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Write JSON to standard output instead of the report.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Write the estimates as CSV to standard output instead of the report.
    #[arg(long)]
    csv: bool,
    /// Also write report.html, estimates.json, estimates.csv and the charts to this folder.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LanguageArgument {
    En,
    Nl,
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::En => Self::English,
            LanguageArgument::Nl => Self::Dutch,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum IntervalArgument {
    /// Profile likelihood for given models, `BCa` with re-selection for chosen ones.
    Auto,
    /// Multinomial profile likelihood, conditional on the model.
    Profile,
    /// Normal on the log of the number on no list, conditional on the model.
    Wald,
    /// Bootstrap percentiles with re-selection.
    Percentile,
    /// Bias-corrected and accelerated bootstrap with re-selection.
    Bca,
    /// Percentiles of a parametric bootstrap with re-selection.
    Parametric,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReselectArgument {
    /// Every hierarchical model; up to six lists.
    All,
    /// The 200 best models of the data themselves, and the best of 60 pilot replicates.
    Shortlist,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    let TableInput { source, input, choices } = open(&text, &arguments.file, &arguments.reading)?;
    let request = request(arguments, choices, &text)?;
    if arguments.threads > 0 {
        rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    }
    let bar = Bar::new(&text);
    let mut warn = |said: String| tell(&format!("ijsberg: {said}"));
    let outcome = of_source(&source, &input, &request, &text, &bar, &mut warn);
    bar.finish();
    let of_the_file = |e: &AnalysisError| matches!(e, AnalysisError::Read(_));
    match outcome {
        Ok(Outcome::Counts(counted)) => deliver_counts(arguments, &text, &counted),
        Ok(Outcome::Histories(analysis)) => deliver(arguments, &text, &analysis),
        Err(e) if of_the_file(&e) => bail!("{input}: {}", e.in_words(&text)),
        Err(e) => bail!(e.in_words(&text)),
    }
}

/// What is asked of the analysis.
fn request(arguments: &Arguments, choices: Choices, text: &Text) -> anyhow::Result<Request> {
    Ok(Request {
        choices,
        settings: settings(arguments, text)?,
        over_coverage: over_coverage(arguments, text)?,
        missed_links: missed_links(arguments, text)?,
        covariates: arguments.covariates.request(text)?,
        evidence: match &arguments.evidence {
            Some(path) => evidence::read(text, path)?,
            None => Vec::new(),
        },
    })
}

fn settings(arguments: &Arguments, text: &Text) -> anyhow::Result<Settings> {
    Ok(Settings {
        methods: methods_of(text, &arguments.methods)?,
        formulas: arguments.models.clone(),
        thorough: arguments.thorough,
        level: arguments.level,
        replicates: arguments.replicates.unwrap_or(Settings::default().replicates),
        replicates_asked: arguments.replicates.is_some(),
        seed: arguments.seed,
        threshold: arguments.threshold,
        anchor: arguments.anchor.anchor(text)?,
        identifying: arguments.covariates.identifying(),
        interval: match arguments.interval {
            IntervalArgument::Auto => IntervalChoice::Auto,
            IntervalArgument::Profile => IntervalChoice::Profile,
            IntervalArgument::Wald => IntervalChoice::Wald,
            IntervalArgument::Percentile => IntervalChoice::Percentile,
            IntervalArgument::Bca => IntervalChoice::Bca,
            IntervalArgument::Parametric => IntervalChoice::Parametric,
        },
        reselect: arguments.reselect.map(|r| match r {
            ReselectArgument::All => Reselect::All,
            ReselectArgument::Shortlist => Reselect::Shortlist,
        }),
    })
}

/// The methods named; says which there are when a name is none of them.
pub(crate) fn methods_of(text: &Text, names: &[String]) -> anyhow::Result<Vec<Method>> {
    Method::parse_all(names).map_err(|unknown| anyhow!(AnalysisError::from(unknown).in_words(text)))
}

/// A table of times seen has no lists to compare: the estimates and their verdict are the result.
fn deliver_counts(arguments: &Arguments, text: &Text, table: &CountAnalysis) -> anyhow::Result<()> {
    let estimates = &table.estimates;
    let json = || ijsberg_outside::json(&table.json());
    if let Some(dir) = &arguments.out {
        let staged = StagedFiles::new(dir)?;
        write_whole(staged.path(), "estimates.json", &json()?)?;
        write_whole(staged.path(), "estimates.csv", &machine::to_csv(estimates))?;
        staged.finish()?;
    }
    if arguments.json {
        return print(&json()?);
    }
    if arguments.csv {
        return print(&machine::to_csv(estimates));
    }
    print_coloured(&counts_report(text, &table.title(text), table, arguments.level, colour()))
}

/// Methods that were named are shown one by one; of all that apply, the families.
fn detail(arguments: &Arguments) -> Detail {
    let named = !arguments.methods.is_empty() || !arguments.models.is_empty();
    if arguments.all || named { Detail::Methods } else { Detail::Families }
}

pub(crate) fn colour() -> Colour {
    let terminal = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    if terminal { Colour::On } else { Colour::Off }
}

fn over_coverage(arguments: &Arguments, text: &Text) -> anyhow::Result<Option<(f64, f64)>> {
    let Some(given) = &arguments.over_coverage else { return Ok(None) };
    let (low, high) = given.split_once('-').unwrap_or((given, given));
    let range = low.parse::<f64>().ok().zip(high.parse::<f64>().ok());
    range
        .filter(|(low, high)| 0.0 <= *low && low <= high && *high < 1.0)
        .map(Some)
        .with_context(|| text.fill("argument-over-coverage", &[("value", given.clone())]))
}

fn missed_links(arguments: &Arguments, text: &Text) -> anyhow::Result<f64> {
    let given = arguments.missed_links;
    let value = ("value", given.to_string());
    Some(given)
        .filter(|m| (0.0..1.0).contains(m))
        .with_context(|| text.fill("argument-missed-links", &[value]))
}

/// A parsed table, with a name that reveals no folder, and how to read it.
pub(crate) struct TableInput {
    pub(crate) source: Source,
    pub(crate) input: String,
    pub(crate) choices: Choices,
}

/// Opens a table. Ambiguous readings are asked about before anything is computed; the computation reports errors.
pub(crate) fn open(text: &Text, path: &Path, reading: &ReadingArguments) -> anyhow::Result<TableInput> {
    let (bytes, input) = read_input(path, text)?;
    let sha256 = sha256(&bytes);
    let wrong = |e| anyhow!("{input}: {}", errors::read_error(text, &e));
    let source = Source { cells: take_apart(bytes, Kind::Own).map_err(wrong)?, sha256 };
    let choices = reading.choices();
    let choices = match read_or_ask(text, choices.clone(), |c| settled(&source.cells, c)) {
        Ok(((), choices)) => choices,
        Err(_) => choices,
    };
    Ok(TableInput { source, input, choices })
}

/// The bytes and a name that gives no folder away.
pub(crate) fn read_input(path: &Path, text: &Text) -> anyhow::Result<(Vec<u8>, String)> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok((bytes, "standard input".to_owned()));
    }
    let bytes = read_file(text, path)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((bytes, name))
}

fn deliver(arguments: &Arguments, text: &Text, analysis: &Analysis) -> anyhow::Result<()> {
    let json = || ijsberg_outside::json(&machine::to_json(analysis));
    let mut page = if arguments.json {
        json()?
    } else if arguments.csv {
        machine::to_csv(&analysis.estimates)
    } else {
        report(text, analysis, detail(arguments), colour())
    };
    if let Some(dir) = &arguments.out {
        let staged = StagedFiles::new(dir)?;
        write_whole(staged.path(), "report.html", &html::page(text, analysis))?;
        write_whole(staged.path(), "estimates.json", &json()?)?;
        write_whole(staged.path(), "estimates.csv", &machine::to_csv(&analysis.estimates))?;
        if let Some(c) = &analysis.covariates {
            write_whole(staged.path(), "breakdown.csv", &c.csv(analysis.diagnostics.verdict))?;
        }
        for (name, draw) in ijsberg_report::charts::OF_ANALYSIS {
            if let Some(chart) = draw(text, analysis) {
                write_whole(staged.path(), &format!("{name}.svg"), &chart.wide)?;
                write_whole(staged.path(), &format!("{name}.csv"), &chart.data.csv())?;
            }
        }
        staged.finish()?;
        if !arguments.json && !arguments.csv {
            let path = dir.join("report.html").display().to_string();
            let more = text.fill("more-in-html", &[("path", path)]);
            let _ = writeln!(page, "\n{}", ijsberg_outside::terminal(&more));
        }
    }
    print_coloured(&page)
}

#[cfg(test)]
mod tests;
