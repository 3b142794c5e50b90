//! The whole way from the bytes of a table to estimates with their diagnostics, the same for the command line, the pages, the
//! yearly report, Python and R. Pure: bytes and settings go in, an [`Analysis`] comes out.

mod covariates;
mod delays;
mod design;
mod error;
mod evidence;
mod hidden;
mod input;
mod late;
pub mod linkage;
mod open;
mod request;
mod settings;
mod written;

use ijsberg_mse::diagnostics::diagnose;
use ijsberg_mse::doubly_robust::chosen::NotChosen;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::estimate::{Estimate, Note};
use ijsberg_mse::histories::Histories;
use ijsberg_mse::identification::identification;
use ijsberg_mse::linkage::{LinkageShare, average as average_over_linkage, average_breakdowns};
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::loglinear::lattice::MAX_LATTICE_LISTS;
use ijsberg_mse::loglinear::selection::Reselect;
use ijsberg_mse::methods::covariates::{run as run_with_covariates, with_numbers as with_measurements};
use ijsberg_mse::methods::{Progress, Settings, run as run_methods};
use ijsberg_mse::model::Model;
pub use ijsberg_report::counts::CountAnalysis;
use ijsberg_report::covariates::Covariates;
use ijsberg_report::text::Text;
use ijsberg_report::{Analysis, Provenance};
use ijsberg_tables::{Cells, Choices, Contents, CountTable, Draws, Limits, ReadError, Table};
use sha2::{Digest, Sha256};

use crate::covariates::{bare as without_covariates, covariates, measurements};
use crate::evidence::side_by_side;
use crate::input::hexadecimal;

pub use delays::{COUNT_COLUMNS, DelaysError, DelaysRequest, Lags, completed, lags};
pub use design::design;
pub use error::AnalysisError;
pub use evidence::WrittenEstimate;
pub use input::Input;
pub use late::{LateRequest, nowcast};
pub use open::{OpenError, OpenRequest, open_population};
pub use request::{CovariateRequest, Request};
pub use settings::{
    Bounds, DefaultValue, Kind as SettingKind, SETTINGS, Setting, SettingError, choices_from_json, setting,
    settings_json,
};
pub use written::{NotAWord, staying, words_of};

/// What a table turned out to be.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Capture histories.
    Histories(Box<Analysis>),
    /// Persons by how often each was seen, without lists to compare.
    Counts(CountAnalysis),
}

/// Bootstrap replicates for each draw of a linkage: the draws themselves are many.
const REPLICATES_A_DRAW: usize = 200;

/// The same where each replicate is a search with covariates.
const BREAKDOWNS_A_DRAW: usize = 50;

/// A file that was taken apart, and the hash of its bytes.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its cells.
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

/// Analyses a table. `input` is the name that the report gives it; `warn` receives what was left out and why, in words of `text`.
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
        if !request.evidence.is_empty() {
            warn(text.say("evidence-counts"));
        }
        let counted = CountAnalysis::run(table.columns, &table.rows, request.settings.level);
        return Ok(Outcome::Counts(counted));
    }
    let contents = source.cells.open(choices)?;
    let analysis = of_contents(contents, (input, &source.sha256), request, text, progress, warn)?;
    Ok(Outcome::Histories(Box::new(analysis)))
}

/// Analyses contents that were read before or never came from a file: a table, draws of a linkage, or a table with suppressed counts.
/// `input` is as in [`run`], with the SHA-256 of a file with the same contents.
///
/// # Errors
/// See [`AnalysisError`].
pub fn of_contents(
    contents: Contents,
    (input, sha256): (&str, &str),
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Analysis, AnalysisError> {
    check(&request.settings)?;
    let provenance = |settings| Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: sha256.to_owned(),
        settings,
    };
    match contents {
        Contents::Draws(draws) => {
            let over = if draws.of_codes { Note::AveragedOverCodes } else { Note::AveragedOverLinkage };
            over_draws(draws, over, request, text, provenance, progress, warn)
        }
        Contents::Table(table) => of_table(*table, request, text, provenance, progress, warn),
        Contents::Hidden(table) => {
            let tables = hidden::complete(&table, request.settings.seed)?;
            let told = [("n", table.hidden().len().to_string()), ("draws", tables.len().to_string())];
            warn(text.fill("note-hidden-drawn", &told));
            // These draws are of counts and not of links, so no share of the uncertainty comes from linkage.
            let draws = Draws { tables, put_back: false, of_codes: false };
            let over = Note::AveragedOverCounts;
            let all = over_draws(draws, over, request, text, provenance, progress, warn)?;
            Ok(Analysis { linkage: Vec::new(), ..all })
        }
    }
}

/// Checks that a file can be read in one way only: ambiguities are to be settled before anything is computed.
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
    hexadecimal(Sha256::new_with_prefix(bytes))
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
    identified(lists, settings)?;
    let engine = Engine::new(&table.histories);
    let (estimates, covariates) = estimated((&engine, &table), &models, request, text, progress, warn)?;
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

/// All methods on a table, those with covariates too.
fn estimated(
    (engine, table): (&Engine, &Table),
    models: &[Model],
    request: &Request,
    text: &Text,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<(Vec<Estimate>, Option<Covariates>), AnalysisError> {
    let settings = &request.settings;
    let mut estimates = run_methods(engine, models, settings, progress);
    let covariates = covariates(table, request, text, progress, warn)?;
    let numbers = measurements(table, request, text, warn)?;
    let bends = settings.identifying.as_ref().is_some_and(|c| c.learner == Learner::Spline);
    if bends && numbers.is_none() {
        warn(text.say("argument-spline-no-numbers"));
    }
    if let Some(c) = &covariates {
        let breakdown = Some(&c.breakdown);
        estimates.extend(run_with_covariates(&c.table, numbers.as_ref(), breakdown, settings, progress));
    } else if let Some(numbers) = &numbers {
        estimates.extend(with_measurements(numbers, settings));
    } else if let Some(chosen) = &settings.identifying {
        let bare = without_covariates(&table.histories)?;
        estimates.push(chosen.estimate(&bare, settings.level, settings.seed));
    }
    Ok((estimates, covariates))
}

/// Tables that are draws of a linkage or of hidden counts, which is what `over` notes: every method on every draw, averaged. The
/// diagnostics are those of the draw with the middle number of persons.
fn over_draws(
    draws: Draws,
    over: Note,
    request: &Request,
    text: &Text,
    provenance: impl Fn(Settings) -> Provenance,
    progress: &dyn Progress,
    warn: &mut dyn FnMut(String),
) -> Result<Analysis, AnalysisError> {
    let Draws { tables: mut draws, put_back, .. } = draws;
    let chosen = middle(&draws, |d| d.histories.n()).ok_or(AnalysisError::Read(ReadError::Nobody))?;
    let mut each = request.clone();
    each.settings.replicates = request.settings.replicates.min(REPLICATES_A_DRAW);
    each.covariates.replicates = request.covariates.replicates.min(BREAKDOWNS_A_DRAW);
    // Small groups of one draw would ignore the other draws.
    if std::mem::take(&mut each.covariates.small) {
        warn(text.say("argument-small-groups-draws"));
    }
    let mut all = Vec::with_capacity(draws.len());
    let mut broken_down = Vec::new();
    for (place, table) in draws.iter().enumerate() {
        anchored(&table.histories, &each.settings)?;
        identified(table.histories.lists(), &each.settings)?;
        let models = models(&each.settings, table.histories.lists())?;
        let engine = Engine::new(&table.histories);
        // A warning about one draw holds for all.
        let mut once = |said| {
            if place == chosen {
                warn(said);
            }
        };
        let (estimates, covariates) = estimated((&engine, table), &models, &each, text, progress, &mut once)?;
        all.push(estimates);
        broken_down.extend(covariates.map(|c| (place, c)));
    }
    let Settings { level, .. } = each.settings;
    let (mut estimates, linkage) = average_over_linkage(&all, level, put_back);
    let notes = estimates.iter_mut().flat_map(|e| &mut e.notes);
    notes.filter(|n| **n == Note::AveragedOverLinkage).for_each(|n| *n = over);
    let covariates = averaged_covariates(broken_down, chosen, level);
    let table = draws.swap_remove(chosen);
    let engine = Engine::new(&table.histories);
    let provenance = provenance(each.settings);
    Ok(analysis(&engine, table, estimates, covariates, linkage, request, provenance, progress))
}

/// The sizes by level over all draws, with the table of the middle draw; `None` where that has none.
fn averaged_covariates(draws: Vec<(usize, Covariates)>, chosen: usize, level: f64) -> Option<Covariates> {
    let middle = draws.iter().position(|(place, _)| *place == chosen)?;
    let of = draws[middle].1.clone();
    let each: Vec<_> = draws.into_iter().map(|(_, c)| (c.table, c.breakdown)).collect();
    Some(Covariates { breakdown: average_breakdowns(&each, middle, level), draws: each.len(), ..of })
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
    let diagnostics = diagnose(engine, &estimates, &request.asked(level, seed), progress);
    Analysis {
        evidence: side_by_side(&diagnostics, &provenance.input, &request.evidence, level),
        diagnostics,
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

/// Checks that a stated random sample fits the table. If not, nothing is estimated, since the verdict would not rest on that sample.
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

/// Whether the identifying lists are lists of a table, at least two.
fn identified(lists: &[String], settings: &Settings) -> Result<(), AnalysisError> {
    let Some(chosen) = &settings.identifying else { return Ok(()) };
    let known = lists.join(", ");
    match chosen.places(lists) {
        Ok(_) => Ok(()),
        Err(NotChosen::NoList(name)) => Err(AnalysisError::NoIdentifying { name, lists: known }),
        Err(NotChosen::TooFew) => Err(AnalysisError::FewIdentifying { lists: known }),
    }
}

/// The models given by formula.
fn models(settings: &Settings, lists: &[String]) -> Result<Vec<Model>, AnalysisError> {
    Ok(settings.formulas.iter().map(|f| Model::parse(f, lists)).collect::<Result<_, _>>()?)
}
