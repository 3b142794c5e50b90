//! The whole way from the bytes of a table to estimates with their diagnostics, the same for the command line, the pages, the
//! yearly report, Python and R. Pure: bytes and settings go in, an [`Analysis`] comes out.

mod design;
mod hidden;
pub mod linkage;
mod request;

use std::fmt::Write as _;

use ijsberg_mse::diagnostics::diagnose;
use ijsberg_mse::estimate::{Estimate, Note};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::identification::identification;
use ijsberg_mse::linkage::{LinkageShare, average as average_over_linkage};
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::loglinear::lattice::MAX_LATTICE_LISTS;
use ijsberg_mse::loglinear::selection::Reselect;
use ijsberg_mse::method::{Method, UnknownMethod};
use ijsberg_mse::methods::covariates::{run as run_with_covariates, with_numbers as with_measurements};
use ijsberg_mse::methods::{Progress, Settings, run as run_methods};
use ijsberg_mse::model::Model;
use ijsberg_mse::strata::breakdown::breakdown;
use ijsberg_mse::strata::table::StratifiedTable;
pub use ijsberg_report::counts::Counted;
use ijsberg_report::covariates::Covariates;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_report::{Analysis, Provenance};
use ijsberg_tables::{
    Cells, Choices, Contents, CountTable, CovariateChoices, CovariateError, Draws, Limits, Population,
    PopulationError, ReadError, Table, numbers, stratify, with_numbers,
};
use sha2::{Digest, Sha256};

pub use design::design;
pub use request::{CovariateRequest, Request};

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A formula is no model of these lists.
    #[error(transparent)]
    Model(#[from] ijsberg_mse::model::ModelError),
    /// The covariates do not fit.
    #[error(transparent)]
    Covariates(#[from] CovariateError),
    /// The inhabitants do not fit.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// Not a method.
    #[error(transparent)]
    Method(#[from] UnknownMethod),
    /// The level is not between 0.5 and 1.
    #[error("the level {0} is not from 0.5 to below 1")]
    Level(f64),
    /// The threshold is not between 0 and 1.
    #[error("the threshold {0} is not from 0 to 1")]
    Threshold(f64),
    /// Too many lists to choose again among all models.
    #[error("{found} lists, and all models are searched for at most {most}")]
    Lists {
        /// Lists that there are.
        found: usize,
        /// The most.
        most: usize,
    },
    /// No list of the table is called as the random sample is.
    #[error("no list is called {name}; the lists are {lists}")]
    NoAnchor {
        /// The name that was given.
        name: String,
        /// The lists that there are.
        lists: String,
    },
    /// What was said of the random sample cannot be so.
    #[error("what is said of the random sample {name} does not fit the table")]
    Anchor {
        /// Its name.
        name: String,
    },
    /// There is no plan for a better answer.
    #[error(transparent)]
    Design(#[from] ijsberg_mse::design::NoPlan),
    /// Counts of times seen have no lists to change.
    #[error("counts of times seen have no lists to change")]
    DesignOfCounts,
    /// A table of draws has no breakdown.
    #[error("draws of a linkage have no breakdown by covariates")]
    DrawsWithCovariates,
}

impl AnalysisError {
    /// What went wrong in the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Read(e) => errors::read_error(text, e),
            Self::Model(e) => errors::model_error(text, e),
            Self::Covariates(e) => errors::covariate_error(text, e),
            Self::Population(e) => errors::population_error(text, e),
            Self::Method(UnknownMethod(name)) => {
                text.fill("argument-method", &[("value", name.clone()), ("known", Method::known())])
            }
            Self::Level(x) => text.fill("argument-level", &[("value", x.to_string())]),
            Self::Threshold(x) => text.fill("argument-threshold", &[("value", x.to_string())]),
            Self::Lists { found, most } => {
                text.fill("argument-reselect", &[("most", most.to_string()), ("found", found.to_string())])
            }
            Self::NoAnchor { name, lists } => {
                text.fill("argument-anchor-list", &[("value", name.clone()), ("lists", lists.clone())])
            }
            Self::Anchor { name } => text.fill("argument-anchor-fit", &[("value", name.clone())]),
            Self::Design(e) => design::no_plan(text, *e),
            Self::DesignOfCounts => text.say("argument-design-counts"),
            Self::DrawsWithCovariates => text.say("argument-draws-covariates"),
        }
    }
}

/// What a table turned out to be.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Capture histories.
    Histories(Box<Analysis>),
    /// Persons by how often each was seen, without lists to compare.
    Counts(Counted),
}

/// Bootstrap replicates for each draw of a linkage: the draws themselves are many.
const REPLICATES_A_DRAW: usize = 200;

/// A file that was taken apart, and the hash of its bytes.
#[derive(Debug, Clone)]
pub struct Source {
    /// What stands in it.
    pub cells: Cells,
    /// The SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
}

impl Source {
    /// Takes a file apart here, under the limits of a file of one's own.
    ///
    /// # Errors
    /// See [`ReadError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        Ok(Self { cells: Cells::read(bytes, Limits::OWN)?, sha256: sha256(bytes) })
    }
}

/// Analyses a table. `input` is the name that the report gives it; `warn` is told what was left out and why, in words of `text`.
///
/// # Errors
/// See [`AnalysisError`].
pub fn run(
    bytes: &[u8],
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Outcome, AnalysisError> {
    check(&request.settings)?;
    of_source(&Source::read(bytes)?, input, request, text, progress, warn)
}

/// Analyses a table that was taken apart before, perhaps by another process; otherwise as [`run`].
///
/// # Errors
/// See [`AnalysisError`].
pub fn of_source(
    source: &Source,
    input: &str,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Outcome, AnalysisError> {
    check(&request.settings)?;
    let choices = &request.choices;
    if let Some(table) = counts_of(&source.cells, choices)? {
        let counted = Counted::of(table.columns, &table.rows, request.settings.level);
        return Ok(Outcome::Counts(counted));
    }
    let provenance = |settings| Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: source.sha256.clone(),
        settings,
    };
    let analysis = match source.cells.open(choices)? {
        Contents::Draws(draws) => {
            over_draws(draws, Note::AveragedOverLinkage, request, provenance, progress)?
        }
        Contents::Table(table) => of_table(*table, request, text, provenance, progress, warn)?,
        Contents::Hidden(table) => {
            let tables = hidden::complete(&table, request.settings.seed)?;
            let told = [("n", table.hidden().len().to_string()), ("draws", tables.len().to_string())];
            warn(text.fill("note-hidden-drawn", &told));
            // These draws are of counts and not of links, so that no share of the doubt is that of a linkage.
            let draws = Draws { tables, put_back: false };
            let all = over_draws(draws, Note::AveragedOverCounts, request, provenance, progress)?;
            Analysis { linkage: Vec::new(), ..all }
        }
    };
    Ok(Outcome::Histories(Box::new(analysis)))
}

/// Whether a file can be understood in one way only: what is doubted is to be settled before anything is computed.
///
/// # Errors
/// See [`ReadError`].
pub fn settled(cells: &Cells, choices: &Choices) -> Result<(), ReadError> {
    match counts_of(cells, choices)? {
        Some(_) => Ok(()),
        None => cells.open(choices).map(|_| ()),
    }
}

/// A table of times seen, unless lists were named.
fn counts_of(cells: &Cells, choices: &Choices) -> Result<Option<CountTable>, ReadError> {
    if choices.lists.is_empty() { cells.counts(choices) } else { Ok(None) }
}

/// The SHA-256 of a table's bytes in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, b| {
        let _ = write!(hex, "{b:02x}");
        hex
    })
}

fn of_table(
    table: Table,
    request: &Request,
    text: &Text,
    provenance: impl Fn(Settings) -> Provenance,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Analysis, AnalysisError> {
    let settings = &request.settings;
    let lists = table.histories.lists();
    let models = models(settings, lists)?;
    if matches!(settings.reselect, Some(Reselect::All)) && lists.len() > MAX_LATTICE_LISTS {
        return Err(AnalysisError::Lists { found: lists.len(), most: MAX_LATTICE_LISTS });
    }
    anchored(&table.histories, settings)?;
    let engine = Engine::new(&table.histories);
    let mut estimates = run_methods(&engine, &models, settings, progress);
    let covariates = covariates(&table, request, text, progress, warn)?;
    let numbers = measurements(&table, request, text, warn)?;
    if let Some(c) = &covariates {
        let breakdown = Some(&c.breakdown);
        estimates.extend(run_with_covariates(&c.table, numbers.as_ref(), breakdown, settings, progress));
    } else if let Some(numbers) = &numbers {
        estimates.extend(with_measurements(numbers, settings));
    }
    Ok(analysis(
        &engine,
        table,
        estimates,
        covariates,
        Vec::new(),
        request,
        provenance(settings.clone()),
        progress,
    ))
}

/// Tables that are draws of a linkage or of hidden counts, which is what `over` notes: every method on every draw, averaged. The
/// diagnostics are those of the draw with the middle number of persons.
fn over_draws(
    draws: Draws,
    over: Note,
    request: &Request,
    provenance: impl Fn(Settings) -> Provenance,
    progress: &dyn Progress,
) -> Result<Analysis, AnalysisError> {
    if request.covariates.asked() {
        return Err(AnalysisError::DrawsWithCovariates);
    }
    let Draws { tables: mut draws, put_back } = draws;
    let replicates = request.settings.replicates.min(REPLICATES_A_DRAW);
    let settings = Settings { replicates, ..request.settings.clone() };
    let mut all = Vec::with_capacity(draws.len());
    for table in &draws {
        anchored(&table.histories, &settings)?;
        let models = models(&settings, table.histories.lists())?;
        all.push(run_methods(&Engine::new(&table.histories), &models, &settings, progress));
    }
    let (mut estimates, linkage) = average_over_linkage(&all, settings.level, put_back);
    let notes = estimates.iter_mut().flat_map(|e| &mut e.notes);
    notes.filter(|n| **n == Note::AveragedOverLinkage).for_each(|n| *n = over);
    let chosen = middle(&draws, |d| d.histories.n()).ok_or(AnalysisError::Read(ReadError::Nobody))?;
    let table = draws.swap_remove(chosen);
    let engine = Engine::new(&table.histories);
    Ok(analysis(&engine, table, estimates, None, linkage, request, provenance(settings), progress))
}

/// The place of the draw with the middle number of persons.
fn middle<T>(draws: &[T], persons: impl Fn(&T) -> u64) -> Option<usize> {
    let mut order: Vec<usize> = (0..draws.len()).collect();
    order.sort_by_key(|i| persons(&draws[*i]));
    order.get(order.len() / 2).copied()
}

/// Estimates with what to know of them.
#[expect(clippy::too_many_arguments, reason = "the parts of an analysis")]
fn analysis(
    engine: &Engine,
    table: Table,
    estimates: Vec<Estimate>,
    covariates: Option<Covariates>,
    linkage: Vec<LinkageShare>,
    request: &Request,
    provenance: Provenance,
    progress: &dyn Progress,
) -> Analysis {
    let Settings { level, seed, .. } = provenance.settings;
    Analysis {
        diagnostics: diagnose(engine, &estimates, &request.asked(level, seed), progress),
        identification: identification(engine, &estimates, request.over_coverage, level, seed),
        histories: table.histories,
        layout: table.layout,
        estimates,
        covariates,
        linkage,
        provenance,
    }
}

fn check(settings: &Settings) -> Result<(), AnalysisError> {
    if !(0.5..1.0).contains(&settings.level) {
        return Err(AnalysisError::Level(settings.level));
    }
    if !(0.0..=1.0).contains(&settings.threshold) {
        return Err(AnalysisError::Threshold(settings.threshold));
    }
    Ok(())
}

/// Whether what is said of a random sample can be so of a table: nothing is estimated otherwise, since the verdict would rest on something
/// else than was asked.
fn anchored(h: &Histories, settings: &Settings) -> Result<(), AnalysisError> {
    let Some(anchor) = &settings.anchor else { return Ok(()) };
    let name = anchor.list.clone();
    if anchor.place(h).is_none() {
        return Err(AnalysisError::NoAnchor { name, lists: h.lists().join(", ") });
    }
    match anchor.estimate(h, anchor.method(), settings.level, settings.seed) {
        Some(e) if e.n_hat.is_some() => Ok(()),
        _ => Err(AnalysisError::Anchor { name }),
    }
}

/// The models given by formula.
fn models(settings: &Settings, lists: &[String]) -> Result<Vec<Model>, AnalysisError> {
    Ok(settings.formulas.iter().map(|f| Model::parse(f, lists)).collect::<Result<_, _>>()?)
}

/// What is said of the covariates.
fn choices_of(wanted: &CovariateRequest) -> CovariateChoices {
    CovariateChoices {
        use_only: wanted.by.clone(),
        numeric: wanted.numeric.clone(),
        polynomial: wanted.polynomial.clone(),
        inactive: wanted.inactive.clone(),
    }
}

/// Whether covariates are left aside.
fn without_covariates(request: &Request) -> bool {
    let (wanted, settings) = (&request.covariates, &request.settings);
    let by_method = settings.methods.iter().any(|m| m.takes_covariates());
    wanted.by.iter().any(|n| n == "none")
        || !settings.methods.is_empty() && wanted.by.is_empty() && !by_method
}

/// The table with covariates that are numbers; `None` where there are none.
fn measurements(
    table: &Table,
    request: &Request,
    text: &Text,
    warn: &mut dyn FnMut(String),
) -> Result<Option<StratifiedTable>, AnalysisError> {
    let choices = choices_of(&request.covariates);
    let found = numbers(table, &choices);
    if found.is_empty() || without_covariates(request) {
        return Ok(None);
    }
    match with_numbers(table, &choices) {
        Ok(table) => {
            warn(text.fill("argument-numbers", &[("names", found.join(", "))]));
            Ok(Some(table))
        }
        Err(CovariateError::Table(error)) if !request.covariates.asked() => {
            let why = errors::covariate_error(text, &error.into());
            warn(text.fill("argument-no-breakdown", &[("why", why)]));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// The search with covariates; `None` where the table has none or none is wanted.
fn covariates(
    table: &Table,
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Option<Covariates>, AnalysisError> {
    let wanted = &request.covariates;
    if without_covariates(request) {
        return Ok(None);
    }
    let choices = choices_of(wanted);
    // Where all that is asked for are numbers, there is nothing to break the estimate down by.
    let asked = wanted.asked();
    let only_numbers = !numbers(table, &choices).is_empty();
    let table = match stratify(table, &choices) {
        Ok(table) => table,
        Err(CovariateError::None) if !asked || only_numbers => return Ok(None),
        // An identifier that nobody asked about must not stop the estimate of the whole.
        Err(CovariateError::Table(error)) if !asked => {
            let why = errors::covariate_error(text, &error.into());
            warn(text.fill("argument-no-breakdown", &[("why", why)]));
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let population = wanted.population.as_deref().map(|b| Population::read(b, &table)).transpose()?;
    let settings = request.breakdown_settings();
    progress.stage("covariates", settings.replicates as u64);
    let breakdown = breakdown(&table, &settings, &|| progress.tick());
    Ok(Some(Covariates { table, breakdown, settings, population }))
}
