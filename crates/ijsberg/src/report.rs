//! `ijsberg report`: the yearly publication.

mod charts;
mod legal;
mod monitor;
mod notices;
mod open;
mod publisher;
mod recorded;
mod rows;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_mse::methods::Settings;
use ijsberg_pdf::Painter;
use ijsberg_publication::country::{Country, HOME};
use ijsberg_publication::document::compose;
use ijsberg_publication::edition::{Bilingual, Other};
use ijsberg_publication::ledger::{Ledger, Release};
use ijsberg_publication::protection::TableProtection;
use ijsberg_publication::write::{csvw, html, json, ods, overview, pictures, sdmx, xlsx};
use ijsberg_publication::{Edition, Options, PublishError, edition_of};
use ijsberg_report::text::{Language, Text};
use jiff::civil::Date;
use serde_json::Value;

use crate::files::{cells, kept, read_file};
use crate::logs::Logs;
use crate::output::{Bar, StagedFiles, print, publish, write_bytes};
use crate::reading::{ReadingArguments, read_or_ask};
use crate::register::Place;
use crate::wrong::in_words;
use monitor::Pages;
use notices::print_notices;
pub(crate) use publisher::publisher;
use recorded::RegisterSnapshot;
pub(crate) use rows::columns;
use rows::{columns_with, population_of, whole};

/// Totals published by Dutch bodies, each with its source.
const OTHERS: &str = include_str!("../../../data/netherlands-published-totals.csv");

/// Languages that every report is written in.
const LANGUAGES: [Language; 2] = [Language::Dutch, Language::English];

/// Write the yearly report. Example: ijsberg report --year 2015 --from histories.csv --key-file key
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The year.
    #[arg(long, value_parser = clap::value_parser!(i16).range(1900..=2100))]
    year: i16,
    /// Years in the period, including that one.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(i16).range(1..=30))]
    years: i16,
    /// `register`, or a table of capture histories with a year and covariates.
    #[arg(long)]
    from: String,
    /// A file with the key of the noise, to be kept from release to release; created if it does not exist.
    #[arg(long)]
    key_file: PathBuf,
    /// Directory of all reports; the release log is there too.
    #[arg(long, default_value = "reports")]
    out: PathBuf,
    /// Date of the edition [default: today].
    #[arg(long)]
    date: Option<Date>,
    /// How counts are protected; capture histories and the estimates from them always have noise.
    #[arg(long, value_enum, default_value_t = Counts::Noise)]
    counts: Counts,
    /// A copy for named recipients only, under embargo until this day; it goes into a separate folder.
    #[arg(long)]
    embargo: Option<Date>,
    /// Totals published by others, a table with columns `year`, `body`, `persons` and `source` [default: those of Dutch
    /// organisations, for the Netherlands].
    #[arg(long)]
    others: Option<PathBuf>,
    /// Variance of the noise of a count.
    #[arg(long, default_value_t = Noise::default().variance)]
    variance: f64,
    /// Bootstrap replicates [default: 1000, fewer with more than eight lists]
    #[arg(long)]
    replicates: Option<usize>,
    /// Seed of every random draw.
    #[arg(long, default_value_t = Settings::default().seed)]
    seed: u64,
    /// Inhabitants by year, a table with columns `year` and `population` [default: those of the country profile].
    #[arg(long)]
    population: Option<PathBuf>,
    /// The country, by its United Nations number.
    #[arg(long, default_value = HOME, value_parser = country)]
    country: String,
    /// All people are synthetic, and the report says so.
    #[arg(long)]
    synthetic: bool,
    /// Instead of the report, write what the law or an international body asks for.
    #[arg(long = "for", value_enum)]
    wanted: Option<legal::Deliverable>,
    /// Folder with the text of the report, to edit; written the first time.
    #[arg(long)]
    text: Option<PathBuf>,
    /// Tables of the prosecution service and courts, with columns `year`, `measure`, `by`, `level` and `persons`.
    #[arg(long, requires = "wanted")]
    justice: Option<PathBuf>,
    /// A country profile [default: the one that comes with the program for the country].
    #[arg(long)]
    profile: Option<PathBuf>,
    #[command(flatten)]
    reading: ReadingArguments,
    #[command(flatten)]
    place: Place,
}

/// How plain counts are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Counts {
    /// The noise of the histories.
    Noise,
    /// Rounded to multiples of 5.
    Rounded,
    /// Small counts suppressed, and others so that they cannot be recovered.
    Suppressed,
}

impl From<Counts> for TableProtection {
    fn from(counts: Counts) -> Self {
        match counts {
            Counts::Noise => Self::Noise,
            Counts::Rounded => Self::Rounded,
            Counts::Suppressed => Self::Suppressed,
        }
    }
}

fn country(code: &str) -> Result<String, String> {
    let fits = (1..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_digit());
    fits.then(|| code.to_owned()).ok_or_else(|| "expected up to three digits, such as 528".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.place.lang().into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

impl Arguments {
    /// Whether it is the monitor that is made.
    fn is_for_monitor(&self) -> bool {
        self.wanted == Some(legal::Deliverable::Monitor)
    }

    /// The day of the edition.
    fn day(&self) -> Date {
        self.date.unwrap_or_else(|| jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date())
    }
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    if let Some(wanted) = legal::wanted(text, arguments)? {
        return legal::run(text, arguments, wanted);
    }
    let recorded = RegisterSnapshot::read(text, arguments)?;
    // Ambiguous readings are asked about before anything is computed; errors are reported below, with those of the edition.
    let choices = arguments.reading.choices();
    let contents = if let Some(recorded) = &recorded {
        read_or_ask(text, choices, |c| recorded.study().open(c))
    } else {
        let table = cells(text, Path::new(&arguments.from))?;
        read_or_ask(text, choices, |c| table.open(c))
    };
    let key = crate::noise_key::key(text, &arguments.key_file)?;
    let ledger = ledger(text, &arguments.out)?;
    let read = contents.as_ref().ok().map(|c| &c.0);
    let options = Options {
        country: arguments.country.clone(),
        year: arguments.year,
        years: monitor::years(arguments, read, (&ledger, &key.bytes)),
        date: arguments.day(),
        secret: key.bytes.clone(),
        noise: Noise { variance: arguments.variance, ..Noise::default() },
        settings: Settings {
            replicates: arguments.replicates.unwrap_or(Settings::default().replicates),
            replicates_asked: arguments.replicates.is_some(),
            seed: arguments.seed,
            ..Settings::default()
        },
        plain: arguments.counts.into(),
        embargo: arguments.embargo,
        others: others(text, (arguments.others.as_deref(), &arguments.country, arguments.synthetic))?,
        population: population(text, arguments.population.as_deref(), &arguments.country)?,
        synthetic: arguments.synthetic,
    };
    let bar = Bar::new(text);
    let made = contents.map_err(PublishError::from);
    let made = made.and_then(|(contents, _)| edition_of(&contents, options, ledger, &bar));
    bar.finish();
    let mut made = made.map_err(|e| match &e {
        PublishError::Read(_) => anyhow!("{}: {}", arguments.from, e.in_words(text)),
        e => anyhow!(e.in_words(text)),
    })?;
    print_notices(text, arguments, &made);
    if arguments.profile.is_some() {
        made.profile = Some(legal::country(text, arguments)?);
    }
    made.organisations = recorded.as_ref().map_or_else(Vec::new, |r| r.organisations().to_vec());
    let dir = arguments.out.join(made.folder());
    let logs = Logs::from_key(text, &arguments.key_file, &key)?;
    let pages = Pages::prepare(text, arguments, &made, recorded.as_ref())?;
    let files = release(text, &made, &arguments.out, &logs, &pages, || key.keep(text))?;
    let parts = [
        ("year", arguments.year.to_string()),
        ("path", dir.display().to_string()),
        ("files", files.to_string()),
        ("numbers", text.number(made.passed.counts as f64)),
        ("overview", arguments.out.join("index.html").display().to_string()),
    ];
    print(&(text.fill("publish-done", &parts) + "\n"))
}

/// Writes an edition into the directory of all reports; returns how many files. It is put in place whole and after its entry in the log,
/// so that nothing is published that a later release is not checked with.
fn release(
    text: &Text,
    made: &Edition,
    out: &Path,
    logs: &Logs,
    pages: &Pages,
    keep: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<usize> {
    let logs = logs.locked()?;
    // The disclosure check used the earlier log, so it did not cover releases that were added since.
    if ledger(text, out)? != made.earlier {
        bail!(text.say("publish-meanwhile"));
    }
    let (path, after) = (out.join(LEDGER), pages.ledger(made));
    logs.check(text, (LEDGER, &path), &made.earlier, &after)?;
    pages.check(text, out, &logs)?;
    keep()?;
    // Beside its place until it is whole.
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let place = out.join(made.folder());
    let is_apart = made.options.embargo.is_some();
    let staged = if is_apart { StagedFiles::for_owner(&place)? } else { StagedFiles::new(&place)? };
    let files = write(made, pages, staged.path())?;
    logs.write(text, (LEDGER, &path), &made.earlier, &after)?;
    pages.log(text, out, &logs)?;
    staged.finish()?;
    for language in LANGUAGES {
        let text = Text::new(language);
        let name = if language == Language::Dutch { "index.html" } else { "index.en.html" };
        publish(out, name, overview::page(&text, &after).as_bytes())?;
    }
    Ok(files)
}

/// The name of the release log.
pub(crate) const LEDGER: &str = "ledger.json";

fn ledger(text: &Text, out: &Path) -> anyhow::Result<Ledger> {
    kept(text, &out.join(LEDGER), "publish-ledger")
}

/// An edition that was released to everybody, as it was written for machines; none where its file was taken away.
fn published(text: &Text, out: &Path, of: &Release) -> Option<Value> {
    let file = out.join(of.year.to_string()).join("en.json");
    serde_json::from_slice(&read_file(text, &file).ok()?).ok()
}

/// Writes an edition; returns how many files.
fn write(e: &Edition, pages: &Pages, dir: &Path) -> anyhow::Result<usize> {
    let (data, drawn) = (dir.join("tables"), dir.join(pictures::FOLDER));
    for folder in [&data, &drawn] {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    let painter = Painter::default();
    // A copy under embargo is for named readers, and for no web server.
    let give: fn(&Path, &str, &[u8]) -> anyhow::Result<()> =
        if e.options.embargo.is_some() { write_bytes } else { publish };
    let mut files = 0;
    let mut put = |dir: &Path, name: &str, content: &[u8]| {
        files += 1;
        give(dir, name, content)
    };
    for language in LANGUAGES {
        let text = Text::new(language);
        let (document, front) = pages.document(language).unzip();
        let document = document.unwrap_or_else(|| compose(&text, e));
        let code = language.code();
        // One list for every kind of file.
        let tables = pages.tables(&text, e);
        put(dir, &format!("{code}.html"), html::page(&text, &document).as_bytes())?;
        put(dir, &format!("{code}.pdf"), &ijsberg_pdf::pdf(&text, &document, front.as_ref())?)?;
        put(dir, &format!("{code}.json"), ijsberg_outside::json(&json(&text, e, &tables))?.as_bytes())?;
        for (name, content) in charts::charts(&text, e, &document, &painter)? {
            put(&drawn, &name, &content)?;
        }
        let suffix = if language == Language::Dutch { "" } else { ".en" };
        put(dir, &format!("tables{suffix}.xlsx"), &xlsx::workbook(&text, e, &tables)?)?;
        put(dir, &format!("tables{suffix}.ods"), &ods::workbook(&text, e, &tables)?)?;
        if language == Language::English {
            // Names of columns are the same in every language; headings are in the metadata.
            for t in &tables {
                put(&data, &format!("{}.csv", t.id), csvw::csv(t).as_bytes())?;
                let metadata = ijsberg_outside::json(&csvw::metadata(&text, e, t))?;
                put(&data, &format!("{}.csv-metadata.json", t.id), metadata.as_bytes())?;
            }
        }
    }
    put(dir, "sdg-16-2-2.csv", sdmx::csv(e).as_bytes())?;
    Ok(files + open::beside(e, pages, dir)?)
}

/// Inhabitants by year: those of a file, or of the country profile.
fn population(text: &Text, path: Option<&Path>, country: &str) -> anyhow::Result<BTreeMap<i16, u64>> {
    match path {
        Some(path) => population_of(text, path),
        None => Ok(Country::shipped(country).map(|c| c.population).unwrap_or_default()),
    }
}

/// Totals that others published. Those of Dutch bodies say nothing about synthetic people.
fn others(
    text: &Text,
    (path, country, synthetic): (Option<&Path>, &str, bool),
) -> anyhow::Result<Vec<Other>> {
    if path.is_none() && (country != HOME || synthetic) {
        return Ok(Vec::new());
    }
    let wanted = ["year", "body", "persons", "source", "body_nl", "source_nl"];
    let rows = columns_with(text, path, ("others", OTHERS), wanted, &wanted[4..])?;
    let of = |(at, [year, body, persons, source, body_nl, source_nl]): ([String; 2], [String; 6])| {
        let (year, persons) = (whole(text, &at, "year", &year)?, whole(text, &at, "persons", &persons)?);
        let both = |words, dutch| Bilingual { words, dutch };
        Ok(Other { year, body: both(body, body_nl), persons, source: both(source, source_nl) })
    };
    rows.into_iter().map(of).collect()
}
