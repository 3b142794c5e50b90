//! `ijsberg report --for`: what the law and international bodies ask for each year.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use ijsberg_disclosure::perturbation::Noise;
use ijsberg_publication::country::{Country, CountryError, FORMS, Wrong as WrongCountry};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::legal::deliver::DeliveryError;
use ijsberg_publication::legal::delivery::Outcome;
use ijsberg_publication::legal::justice::{Justice, JusticeError};
use ijsberg_publication::legal::persons::Persons;
use ijsberg_publication::legal::write::files;
use ijsberg_publication::legal::{Delivery, Kind, Measure, Request, deliver};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::ReadError;

use super::recorded::RegisterSnapshot;
use super::rows::population_of;
use super::{Arguments, LEDGER};
use crate::files::{cells, grid, kept, read_file};
use crate::logs::{LockedLogs, Logs};
use crate::output::{StagedFiles, print, publish, tell};
use crate::reading::read_or_ask;

/// What a report is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Deliverable {
    /// Tables a to g of article 19a of Directive 2011/36/EU.
    #[value(name = "eu-19a")]
    Eu,
    /// Indicator 16.2.2 of the Sustainable Development Goals.
    #[value(name = "sdg-16.2.2")]
    Sdg,
    /// Tables for the questionnaire of the United Nations Office on Drugs and Crime.
    Glotip,
    /// All of these.
    All,
    /// The report in chapters, with the criminal justice chain.
    Monitor,
}

impl Deliverable {
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Eu => &[Kind::Eu19a],
            Self::Sdg => &[Kind::Sdg],
            Self::Glotip => &[Kind::Glotip],
            Self::All => &[Kind::Eu19a, Kind::Sdg, Kind::Glotip],
            Self::Monitor => &[],
        }
    }
}

/// What is asked for instead of the report; none where it is the report itself.
pub(super) fn wanted(text: &Text, a: &Arguments) -> anyhow::Result<Option<Deliverable>> {
    let wanted = a.wanted.filter(|w| *w != Deliverable::Monitor);
    if wanted.is_some() && a.text.is_some() {
        bail!(text.say("monitor-only-text"));
    }
    if wanted.is_some() && a.embargo.is_some() {
        bail!(text.say("monitor-embargo"));
    }
    Ok(wanted)
}

pub(super) fn run(text: &Text, a: &Arguments, wanted: Deliverable) -> anyhow::Result<()> {
    let country = country(text, a)?;
    let justice = a.justice.as_deref().map(|path| justice(text, path)).transpose()?;
    let (persons, recorded) = persons(text, a, &country)?;
    if let (Some(path), "register") = (&a.justice, a.from.as_str()) {
        tell(&text.fill("legal-justice-file", &[("path", path.display().to_string())]));
    }
    let justice = justice.or(recorded);
    let key = crate::noise_key::key(text, &a.key_file)?;
    let asked = Request {
        country,
        year: a.year,
        years: a.years,
        date: a.day(),
        secret: key.bytes.clone(),
        noise: Noise { variance: a.variance, ..Noise::default() },
        plain: a.counts.into(),
        embargo: None,
        synthetic: a.synthetic,
    };
    let made = deliver(asked, &persons, justice.as_ref(), ledgers(text, &a.out)?)
        .map_err(|e| anyhow!(in_words(text, &a.from, &e)))?
        .recorded_for(wanted.kinds());
    let logs = Logs::from_key(text, &a.key_file, &key)?;
    made.remarks(text).iter().for_each(|line| tell(line));
    for (kind, dir, files) in checked(text, &made, &a.out, (wanted.kinds(), &logs), || key.keep(text))? {
        let missing = |s: &&Outcome| matches!(s, Outcome::Missing(_));
        let parts = [
            ("what", kind.code().to_owned()),
            ("year", a.year.to_string()),
            ("files", files.to_string()),
            ("path", dir.display().to_string()),
            ("withheld", made.outcomes.values().filter(missing).count().to_string()),
        ];
        print(&(text.fill("legal-done", &parts) + "\n"))?;
    }
    Ok(())
}

/// The profile of the country.
pub(super) fn country(text: &Text, a: &Arguments) -> anyhow::Result<Country> {
    let mut country = match &a.profile {
        Some(path) => {
            let bytes = read_file(text, path)?;
            let wrong = |e: &CountryError| country_error(text, path, e);
            Country::read(&String::from_utf8_lossy(&bytes), FORMS).map_err(|e| wrong(&e))?
        }
        None => Country::shipped(&a.country)
            .ok_or_else(|| anyhow!(text.fill("legal-country-none", &[("code", a.country.clone())])))?,
    };
    if let Some(path) = &a.population {
        country.population = population_of(text, path)?;
        country.population_source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    }
    Ok(country)
}

fn country_error(text: &Text, path: &Path, e: &CountryError) -> anyhow::Error {
    let what = match &e.what {
        WrongCountry::Form(_) => text.say("country-form"),
        other => text.say(other.key()),
    };
    let parts = [("path", path.display().to_string()), ("line", e.line.to_string()), ("what", what)];
    anyhow!(text.fill("legal-country-wrong", &parts))
}

/// The tables of the prosecution service.
pub(super) fn justice(text: &Text, path: &Path) -> anyhow::Result<Justice> {
    Justice::read(&grid(text, path)?).map_err(|e| justice_error(text, path, &e))
}

fn justice_error(text: &Text, path: &Path, all: &[JusticeError]) -> anyhow::Error {
    let lines = all.iter().map(|e| format!("{}, {}", path.display(), e.in_words(text)));
    anyhow!(lines.chain([text.say("legal-nothing-delivered")]).collect::<Vec<_>>().join("\n"))
}

pub(super) fn in_words(text: &Text, from: &str, error: &DeliveryError) -> String {
    match error {
        DeliveryError::Publish(e) => format!("{from}: {}", e.in_words(text)),
        DeliveryError::Disagree { .. } => error.in_words(text),
    }
}

/// The persons of the register, or of a table; and the numbers from the register's records of suspects, where no file has them.
fn persons(text: &Text, a: &Arguments, country: &Country) -> anyhow::Result<(Persons, Option<Justice>)> {
    if let Some(recorded) = RegisterSnapshot::read(text, a)? {
        return Ok((recorded.persons(country, a.year), recorded.justice(country, a.year)));
    }
    let table = cells(text, Path::new(&a.from))?;
    let choices = a.reading.choices();
    let choices =
        read_or_ask(text, choices.clone(), |c| table.table(c)).map_or(choices, |(_, chosen)| chosen);
    let wrong = |e: &ReadError| anyhow!("{}: {}", a.from, errors::read_error(text, e));
    let table = table.table(&choices).map_err(|e| wrong(&e))?;
    Ok((Persons::of_table(&table, country, a.year), None))
}

/// The release log of a measure; victims share the log of the yearly report.
pub(super) fn ledger_name(measure: Measure) -> String {
    match measure {
        Measure::Registered => LEDGER.to_owned(),
        other => format!("ledger-{}.json", other.code()),
    }
}

pub(super) fn ledgers(text: &Text, out: &Path) -> anyhow::Result<BTreeMap<Measure, Ledger>> {
    let read = |m: Measure| Ok((m, kept(text, &out.join(ledger_name(m)), "publish-ledger")?));
    Measure::ALL.into_iter().map(read).collect()
}

/// The files written: for whom, where, and how many.
type WrittenFiles = Vec<(Kind, PathBuf, usize)>;

/// Writes what is asked for if the logs are those of the key; `keep` keeps the key.
pub(super) fn checked(
    text: &Text,
    made: &Delivery,
    out: &Path,
    (kinds, logs): (&[Kind], &Logs),
    keep: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<WrittenFiles> {
    let logs = logs.locked()?;
    for (measure, after) in made.ledgers() {
        let name = ledger_name(measure);
        logs.check(text, (&name, &out.join(&name)), &made.earlier()[&measure], after)?;
    }
    keep()?;
    release(text, made, out, kinds, &logs)
}

/// Writes what is asked for into the directory of all reports; the logs come first.
fn release(
    text: &Text,
    made: &Delivery,
    out: &Path,
    kinds: &[Kind],
    logs: &LockedLogs<'_>,
) -> anyhow::Result<WrittenFiles> {
    // The disclosure check used the earlier logs, so it did not cover releases that were added since.
    if ledgers(text, out)? != *made.earlier() {
        bail!(text.say("publish-meanwhile"));
    }
    std::fs::create_dir_all(out)?;
    let mut written = Vec::new();
    let mut all = Vec::new();
    for kind in kinds {
        let dir = out.join(format!("{}-{}", made.request.year, kind.code()));
        let staged = StagedFiles::new(&dir)?;
        let files = files(made, *kind)?;
        for (name, content) in &files {
            // Some lie in a folder of their own.
            if let Some(folder) = staged.path().join(name).parent() {
                std::fs::create_dir_all(folder)?;
            }
            publish(staged.path(), name, content)?;
        }
        written.push((*kind, dir, files.len()));
        all.push(staged);
    }
    // An entry in a log without a release does no harm; a release without an entry does.
    for (measure, ledger) in made.ledgers() {
        let name = ledger_name(measure);
        logs.write(text, (&name, &out.join(&name)), &made.earlier()[&measure], ledger)?;
    }
    all.into_iter().try_for_each(StagedFiles::finish)?;
    Ok(written)
}
