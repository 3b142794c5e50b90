//! The estimate that takes covariates into account, from protected margins.
//!
//! Counts of persons by history and all covariates together are so small that noise would drown them. The estimate depends on them only
//! through the margins of its model ([`ijsberg_mse::strata::margins`]), so those are protected instead: persons by stratum, and on each
//! list or pair of lists by level. The same persons have the same noise as wherever else they are counted.

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, Part, Size, chosen};
use ijsberg_mse::strata::margins::{Cell, Margins};
use ijsberg_mse::strata::model::{Order, StratifiedModel};
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, StratifiedError, StratifiedTable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::estimate::{LEVEL, spread, widened};
use crate::persons::folded;
use crate::source::{Alike, Source, UNKNOWN};

/// Replicates at most, each of which searches again.
pub(crate) const REPLICATES: usize = 200;

/// Margins with new noise that show how far noise moves an estimate.
const RENOISED: usize = 200;

/// Strata at most; beyond, the covariate with the most levels is left out, but never the year.
const MOST_STRATA: usize = 2000;

/// Levels of a covariate at most.
const MOST_LEVELS: usize = 200;

/// The most levels of each of two covariates whose pairs of levels are told.
const PAIRED: usize = 3;

/// A pair of levels with fewer persons than this is not told.
const LEAST: f64 = 10.0;

/// How the model is chosen: as the Dutch studies do.
const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// Why there is no estimate with covariates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// The table has none that tell persons apart.
    Covariates,
    /// So many combinations of levels that no covariate is left.
    Levels,
    /// There are more lists than a model with covariates takes.
    Lists,
    /// The lists overlap too little for any estimate.
    Overlap,
    /// No list depends on any covariate by so much that BIC would choose a term for it.
    Terms,
    /// The exact table determines none.
    Estimate,
    /// The protected margins determine none, or no interval was asked for.
    Margins,
}

impl Without {
    /// Its name for machines, and the end of the key of its message.
    pub fn key(self) -> &'static str {
        match self {
            Self::Covariates => "covariates",
            Self::Levels => "levels",
            Self::Lists => "lists",
            Self::Overlap => "overlap",
            Self::Terms => "terms",
            Self::Estimate => "estimate",
            Self::Margins => "margins",
        }
    }
}

/// The estimate with covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct WithCovariates {
    /// The covariates taken into account, the year first.
    pub used: Vec<String>,
    /// Covariates left out, since there would be too many combinations of levels.
    pub left_out: Vec<String>,
    /// The model that the exact table chose.
    pub model: String,
    /// Everybody, then each level, then pairs of levels.
    pub parts: Vec<Explained>,
    /// Standard deviation of the logarithm of the unseen that the noise brings, for everybody.
    pub noise_sd: f64,
}

impl WithCovariates {
    /// The estimate of a part, by covariates and levels.
    pub fn of(&self, part: &[(&str, &str)]) -> Option<&Explained> {
        let same =
            |p: &&Explained| p.part.iter().map(|(c, l)| (c.as_str(), l.as_str())).eq(part.iter().copied());
        self.parts.iter().find(same)
    }
}

/// The estimate of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Covariates and levels; none for everybody.
    pub part: Vec<(String, String)>,
    /// Persons, reported and not.
    pub n_hat: f64,
    /// Its limits, with the doubt of the noise.
    pub limits: (f64, f64),
}

/// Chooses the model on the exact table and estimates from its protected margins. `shown` tells whether the count of a level may be
/// seen; where it may not there is no estimate of it either.
///
/// # Errors
/// See [`Without`].
pub fn with_covariates(
    source: &Source,
    noise: &Perturbation,
    settings: &Settings,
    shown: impl Fn(&str, &str) -> bool,
    progress: &dyn Progress,
) -> Result<WithCovariates, Without> {
    let (used, left_out) = used(source);
    if used.iter().all(Option::is_none) {
        return Err(if left_out.is_empty() { Without::Covariates } else { Without::Levels });
    }
    let table = table(source, &used).map_err(|error| match error {
        StratifiedError::TooManyLists { .. } => Without::Lists,
        _ => Without::Estimate,
    })?;
    let (table, path) = chosen(&table, RULE);
    let fit = path.last().map(|step| &step.fit).filter(|fit| fit.regular).ok_or(Without::Estimate)?;
    if fit.model.terms.iter().all(|t| t.covariate.is_none()) {
        return Err(Without::Terms);
    }
    let model = &fit.model;
    let margins = margins(source, noise, &used, &table, model);
    let wanted = BreakdownSettings {
        rule: RULE,
        replicates: settings.replicates.min(REPLICATES),
        level: LEVEL,
        seed: settings.seed,
    };
    progress.stage("covariates", wanted.replicates as u64);
    let found = margins.breakdown(&wanted, &|| progress.tick()).ok_or(Without::Margins)?;
    let sds = noise_sds(&margins, noise, settings.seed);
    let told = |(s, _): &(&Size, f64)| is_told(&table, s, &shown);
    let part = |(s, sd): (&Size, f64)| {
        let limits = widened(s.observed, s.n_hat, s.limits?, sd);
        let name = |(c, l): &(usize, usize)| {
            let c = &table.covariates()[*c];
            (c.name.clone(), c.levels[*l].clone())
        };
        Some(Explained { part: s.part.iter().map(name).collect(), n_hat: s.n_hat, limits })
    };
    let all = &found.sizes[0];
    all.limits.ok_or(Without::Margins)?;
    Ok(WithCovariates {
        left_out: left_out.into_iter().map(|c| source.covariates[c].clone()).collect(),
        used: table.covariates().iter().map(|c| c.name.clone()).collect(),
        model: model.formula(table.lists(), table.covariates()),
        noise_sd: sds[0],
        parts: found.sizes.iter().zip(sds).filter(told).filter_map(part).collect(),
    })
}

/// Where a covariate of the table stands in the source; none for the year.
type Used = Vec<Option<usize>>;

/// The year and the covariates, as long as there are not too many strata, and which were left out for that.
fn used(source: &Source) -> (Used, Vec<usize>) {
    let mut used: Used = std::iter::once(None).chain((0..source.covariates.len()).map(Some)).collect();
    let known = |c: usize| source.levels(c).iter().filter(|l| *l != UNKNOWN).count();
    let levels = |c: &Option<usize>| c.map_or(source.years.len(), known);
    used.retain(|c| levels(c) >= 2);
    let strata = |used: &Used| {
        let mut all: Vec<Vec<&str>> = source.alike.iter().map(|a| levels_of(a, used).collect()).collect();
        all.sort_unstable();
        all.dedup();
        all.len()
    };
    let mut left_out = Vec::new();
    let many = |used: &Used| used.iter().any(|c| levels(c) > MOST_LEVELS) || strata(used) > MOST_STRATA;
    while many(&used) {
        // The years stay: it is their report.
        let others = (0..used.len()).filter(|k| used[*k].is_some());
        let Some(most) = others.max_by_key(|k| levels(&used[*k])) else { break };
        left_out.extend(used.remove(most));
    }
    (used, left_out)
}

fn levels_of<'a>(a: &'a Alike, used: &'a Used) -> impl Iterator<Item = &'a str> {
    used.iter().map(|c| c.map_or(a.year.as_str(), |c| a.levels[c].as_str()))
}

/// The exact table; some levels may be missing.
fn table(source: &Source, used: &Used) -> Result<StratifiedTable, StratifiedError> {
    let name = |c: &Option<usize>| c.map_or("year", |c| source.covariates[c].as_str());
    let covariates: Vec<Covariate> = used
        .iter()
        .enumerate()
        .map(|(k, c)| {
            let values =
                source.alike.iter().filter_map(|a| levels_of(a, used).nth(k)).filter(|l| *l != UNKNOWN);
            Covariate::from_values(name(c), values)
        })
        .collect();
    let place = |(c, level): (&Covariate, &str)| c.levels.iter().position(|l| l == level);
    let rows: Vec<_> = source
        .alike
        .iter()
        .map(|a| (a.history, covariates.iter().zip(levels_of(a, used)).map(place).collect(), a.count))
        .collect();
    StratifiedTable::new(source.lists.clone(), covariates, rows, Vec::new())
}

/// The margins, protected. Persons of whom a level is not known count by their shares, so the noise of a count is that of everybody who
/// may be in it.
fn margins(
    source: &Source,
    noise: &Perturbation,
    used: &Used,
    table: &StratifiedTable,
    model: &StratifiedModel,
) -> Margins {
    let may_be = |a: &Alike, c: usize, l: usize| {
        let level = levels_of(a, used).nth(c);
        level.is_some_and(|level| level == UNKNOWN || level == table.covariates()[c].levels[l])
    };
    let persons = |cell: Cell<'_>, a: &Alike| match cell {
        Cell::Stratum(levels) => levels.iter().enumerate().all(|(c, l)| may_be(a, c, *l)),
        Cell::On(term, level) => {
            a.history & term.lists == term.lists && term.covariate.is_none_or(|c| may_be(a, c, level))
        }
    };
    let level = |c: usize, l: usize| {
        format!("{}={}", folded(&table.covariates()[c].name), folded(&table.covariates()[c].levels[l]))
    };
    let mut names: Vec<String> = table.lists().iter().map(|l| folded(l)).collect();
    names.iter_mut().for_each(|n| n.push(' '));
    let what = |cell: Cell<'_>| match cell {
        Cell::Stratum(levels) => {
            let mut all: Vec<String> = levels.iter().enumerate().map(|(c, l)| level(c, *l)).collect();
            all.sort();
            all.join(" ")
        }
        Cell::On(term, l) => {
            let mut on: Vec<&str> =
                (0..names.len()).filter(|j| term.lists >> j & 1 == 1).map(|j| names[j].as_str()).collect();
            on.sort_unstable();
            on.concat() + &term.covariate.map_or(String::new(), |c| level(c, l))
        }
    };
    Margins::of(table, model).map(|cell, n| {
        source.protected_as(noise, n.round() as u64, &what(cell), |a| persons(cell, a)).get() as f64
    })
}

/// How far noise moves the logarithm of the unseen of each part: the protected margins are given noise again, many times.
fn noise_sds(margins: &Margins, noise: &Perturbation, seed: u64) -> Vec<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut all: Vec<Vec<f64>> = Vec::new();
    for _ in 0..RENOISED {
        let again = margins.map(|_, n| {
            let n = n as u64;
            n.saturating_add_signed(noise.noise(n, random.random::<f64>())) as f64
        });
        let Some(sizes) = again.sizes() else { continue };
        all.resize(sizes.len(), Vec::new());
        for (of, (observed, n_hat)) in all.iter_mut().zip(sizes) {
            of.extend(Some((n_hat - observed).ln()).filter(|x| x.is_finite()));
        }
    }
    all.iter().map(|unseen| spread(unseen)).collect()
}

/// Whether a part may be told of.
fn is_told(table: &StratifiedTable, size: &Size, shown: &impl Fn(&str, &str) -> bool) -> bool {
    let part: &Part = &size.part;
    let covariate = |c: usize| &table.covariates()[c];
    let seen = part.iter().all(|(c, l)| shown(&covariate(*c).name, &covariate(*c).levels[*l]));
    let few = |(c, _): &(usize, usize)| covariate(*c).name != "year" && covariate(*c).levels.len() <= PAIRED;
    seen && (part.len() < 2 || part.iter().all(few) && size.observed >= LEAST)
}
