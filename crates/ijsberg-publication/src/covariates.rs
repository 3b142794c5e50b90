//! The estimate that takes covariates into account, from protected margins.
//!
//! Counts of persons by history and all covariates together are so small that noise would drown them. Models of them are compared and
//! estimated by their margins only ([`ijsberg_mse::strata::margins`]), so the margins of every model that may be chosen are protected
//! instead: persons by stratum, and on each list or pair of lists by level. The model is chosen by these, so that its choice says no more
//! than they do, and the intervals come from doing all of it again: drawing persons, adding noise, choosing. The same persons on
//! the same lists have the same noise as wherever else they are counted.

use std::collections::{BTreeMap, BTreeSet};

use ijsberg_disclosure::perturbation::Perturbation;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::strata::breakdown::{BreakdownSettings, Part, Size};
use ijsberg_mse::strata::margins::{Cell, CountNoise, Margins};
use ijsberg_mse::strata::missing::complete;
use ijsberg_mse::strata::model::{Order, StratifiedModel};
use ijsberg_mse::strata::search::SearchRule;
use ijsberg_mse::strata::table::{Covariate, StratifiedError, StratifiedTable};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::draws::{Counted, Drawn, Part as Named};
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
    /// The table is none that a model with covariates takes.
    Estimate,
    /// The protected margins determine none, or no interval was asked for.
    Margins,
    /// Some draws of a linkage determine none.
    Draws,
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
            Self::Draws => "draws",
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
    /// The model that the protected margins chose.
    pub model: String,
    /// Everybody, then each level, then pairs of levels.
    pub parts: Vec<Explained>,
    /// Standard deviation of the logarithm of the unseen that the noise brings, for everybody.
    pub noise_sd: f64,
    /// The same of draws of a linkage; none where there is one table.
    pub linked_sd: Option<f64>,
}

impl WithCovariates {
    /// The estimate of a part, by covariates and levels.
    pub fn estimate_of(&self, part: &[(&str, &str)]) -> Option<&Explained> {
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

/// Chooses a model by protected margins and estimates from them. `shown` tells whether the count of a level may be seen; where it may
/// not there is no estimate of it either.
///
/// # Errors
/// See [`Without`].
pub fn with_covariates(
    (source, drawn): (&Source, Option<&Drawn>),
    noise: &Perturbation,
    settings: &Settings,
    shown: impl Fn(&str, &str) -> bool,
    progress: &dyn Progress,
) -> Result<WithCovariates, Without> {
    ready(source, noise)?.estimate(drawn, noise, settings, shown, progress)
}

/// Protected margins of every model that may be chosen: all that choice and estimate know of the persons.
pub(crate) struct Ready {
    covariates: Vec<Covariate>,
    lists: Vec<String>,
    left_out: Vec<String>,
    margins: Margins,
}

/// Protects the margins of some persons.
///
/// # Errors
/// See [`Without`].
pub(crate) fn ready(source: &Source, noise: &Perturbation) -> Result<Ready, Without> {
    let (used, left_out) = used(source, noise);
    if used.iter().all(Option::is_none) {
        return Err(if left_out.is_empty() { Without::Covariates } else { Without::Levels });
    }
    let table = table(source, &used).map_err(|error| match error {
        StratifiedError::TooManyLists { .. } => Without::Lists,
        _ => Without::Estimate,
    })?;
    // Persons of whom a level is not known are shared out by the levels of the others at first, then by the model that this chooses: by
    // nothing that a person more or less decides unprotected.
    let bare = complete(&table, &StratifiedModel::default());
    let mut margins = protected(source, noise, &used, &bare);
    if !table.is_complete() {
        let first = margins.chosen(RULE, variance(noise));
        margins = protected(source, noise, &used, &complete(&table, first.model()));
    }
    Ok(Ready {
        covariates: table.covariates().to_vec(),
        lists: table.lists().to_vec(),
        left_out: left_out.into_iter().map(|c| source.covariates[c].clone()).collect(),
        margins,
    })
}

/// Variance of the noise of a count that is not small; that of a small one is the same.
fn variance(noise: &Perturbation) -> f64 {
    noise.distribution(u64::MAX).iter().map(|(d, p)| (d * d) as f64 * p).sum()
}

impl Ready {
    /// Chooses a model and estimates.
    ///
    /// # Errors
    /// See [`Without`].
    pub(crate) fn estimate(
        &self,
        drawn: Option<&Drawn>,
        noise: &Perturbation,
        settings: &Settings,
        shown: impl Fn(&str, &str) -> bool,
        progress: &dyn Progress,
    ) -> Result<WithCovariates, Without> {
        let variance = variance(noise);
        let margins = self.margins.chosen(RULE, variance);
        if margins.model().terms.iter().all(|t| t.covariate.is_none()) {
            return Err(Without::Terms);
        }
        let wanted = BreakdownSettings {
            rule: RULE,
            replicates: settings.replicates.min(REPLICATES),
            level: LEVEL,
            seed: settings.seed,
        };
        progress.stage("covariates", wanted.replicates as u64);
        let noisy = |count: u64, key: f64| count.saturating_add_signed(noise.noise(count, key));
        let again = CountNoise { variance, noisy: &noisy };
        let found =
            margins.breakdown_with_noise(&wanted, again, &|| progress.tick()).ok_or(Without::Margins)?;
        found.sizes[0].limits.ok_or(Without::Margins)?;
        let by_draw = drawn.map(|d| d.by_part(|s| sizes(s, noise)));
        let linked = |part: &[(String, String)]| by_draw.as_ref().map_or(0.0, |d| d.sd(part));
        let linked_sd = drawn.map(|_| linked(&[]));
        if linked_sd.is_some_and(f64::is_infinite) {
            return Err(Without::Draws);
        }
        let part = |s: &Size| {
            let part = named(&self.covariates, &s.part);
            let (doubt, limits) = (linked(&part), s.limits?);
            let limits = if doubt > 0.0 { widened(s.observed, s.n_hat, limits, doubt) } else { limits };
            // Of a part that has no estimate in some draws nothing is told.
            doubt.is_finite().then_some(Explained { part, n_hat: s.n_hat, limits })
        };
        Ok(WithCovariates {
            left_out: self.left_out.clone(),
            used: self.covariates.iter().map(|c| c.name.clone()).collect(),
            model: margins.model().formula(&self.lists, &self.covariates),
            noise_sd: noise_sd(&margins, noise, settings.seed),
            linked_sd,
            parts: self.told(&found.sizes, &shown).into_iter().filter_map(part).collect(),
        })
    }

    /// The parts that may be told of. Estimates add up: where one level alone would not be told, what is missing to everybody would be
    /// its own, so the level with the fewest persons is not told either, and of two covariates all pairs are told or none.
    fn told<'a>(&self, sizes: &'a [Size], shown: &impl Fn(&str, &str) -> bool) -> Vec<&'a Size> {
        let mut hidden: BTreeSet<&Part> =
            sizes.iter().filter(|s| !self.is_told(s, shown)).map(|s| &s.part).collect();
        for c in 0..self.covariates.len() {
            let levels: Vec<&Size> = sizes.iter().filter(|s| s.part.len() == 1 && s.part[0].0 == c).collect();
            let told = || levels.iter().filter(|s| !hidden.contains(&s.part));
            let fewest = told().min_by(|a, b| a.observed.total_cmp(&b.observed));
            if let (1, Some(fewest)) = (levels.len() - told().count(), fewest) {
                hidden.insert(&fewest.part);
            }
        }
        let of = |part: &Part| part.iter().map(|p| p.0).collect::<Vec<_>>();
        let whole: BTreeSet<Vec<usize>> = hidden.iter().filter(|p| p.len() > 1).map(|p| of(p)).collect();
        let is_of_hidden = |part: &Part| {
            part.len() > 1 && (whole.contains(&of(part)) || part.iter().any(|p| hidden.contains(&vec![*p])))
        };
        let told = |s: &&Size| !hidden.contains(&s.part) && !is_of_hidden(&s.part);
        sizes.iter().filter(told).collect()
    }

    /// Whether a part may be told of, by itself.
    fn is_told(&self, size: &Size, shown: &impl Fn(&str, &str) -> bool) -> bool {
        let part: &Part = &size.part;
        let covariate = |c: usize| &self.covariates[c];
        let seen = part.iter().all(|(c, l)| shown(&covariate(*c).name, &covariate(*c).levels[*l]));
        let few =
            |(c, _): &(usize, usize)| covariate(*c).name != "year" && covariate(*c).levels.len() <= PAIRED;
        seen && (part.len() < 2 || part.iter().all(few) && size.observed >= LEAST)
    }
}

/// A part by the names of its covariates and levels.
fn named(covariates: &[Covariate], part: &[(usize, usize)]) -> Named {
    let name = |(c, l): &(usize, usize)| (covariates[*c].name.clone(), covariates[*c].levels[*l].clone());
    part.iter().map(name).collect()
}

/// Persons of each part in a draw of a linkage, from its protected margins: those seen, and all.
fn sizes(source: &Source, noise: &Perturbation) -> Option<BTreeMap<Named, Counted>> {
    let of = ready(source, noise).ok()?;
    let margins = of.margins.chosen(RULE, variance(noise));
    let bare = BreakdownSettings { rule: RULE, replicates: 0, level: LEVEL, seed: 0 };
    let found = margins.breakdown(&bare, &|| ())?;
    let part = |s: &Size| (named(&of.covariates, &s.part), (s.observed, s.n_hat));
    Some(found.sizes.iter().map(part).collect())
}

/// Where a covariate of the table stands in the source; none for the year.
type Used = Vec<Option<usize>>;

/// The year and the covariates, as long as there are not too many strata, and which were left out for that.
fn used(source: &Source, noise: &Perturbation) -> (Used, Vec<usize>) {
    let mut used: Used = std::iter::once(None).chain((0..source.covariates.len()).map(Some)).collect();
    let known = |c: usize| source.levels(c).iter().filter(|l| *l != UNKNOWN).count();
    // A year with nobody is a level of none.
    let years = source.years.iter().filter(|year| source.has_year(year)).count();
    let levels = |c: &Option<usize>| c.map_or(years, known);
    used.retain(|c| levels(c) >= 2);
    // Counted as they could be given out, so that no person more or less decides what is left out.
    let strata = |used: &Used| source.groups(noise, |a| levels_of(a, used).collect::<Vec<_>>());
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

/// Whether a person is in a cell, where `at` says whether they are at a level of a covariate.
fn is_in(cell: Cell<'_>, a: &Alike, at: impl Fn(usize, usize) -> bool) -> bool {
    match cell {
        Cell::Stratum(levels) => levels.iter().enumerate().all(|(c, l)| at(c, *l)),
        Cell::On(term, level) => {
            a.history & term.lists == term.lists && term.covariate.is_none_or(|c| at(c, level))
        }
    }
}

/// The margins of every model that may be chosen, protected. Persons of whom a level is not known count by their shares, so the noise of
/// a count is that of everybody who may be in it; where all are known who are on lists together, it is the noise that they have wherever
/// they are counted.
fn protected(source: &Source, noise: &Perturbation, used: &Used, table: &StratifiedTable) -> Margins {
    let (covariates, lists) = (table.covariates(), table.lists());
    let is =
        |a: &Alike, c: usize, l: usize| levels_of(a, used).nth(c) == Some(covariates[c].levels[l].as_str());
    let is_unknown = |a: &Alike, c: usize| levels_of(a, used).nth(c) == Some(UNKNOWN);
    let level =
        |c: usize, l: usize| format!("{}={}", folded(&covariates[c].name), folded(&covariates[c].levels[l]));
    let on = |mask: u32| (0..lists.len()).filter(move |j| mask >> j & 1 == 1);
    let what = |cell: Cell<'_>| match cell {
        Cell::Stratum(levels) => {
            let mut all: Vec<String> = levels.iter().enumerate().map(|(c, l)| level(c, *l)).collect();
            all.sort();
            all.join(" ")
        }
        Cell::On(term, l) => {
            let mut names: Vec<String> = on(term.lists).map(|j| folded(&lists[j]) + " ").collect();
            names.sort();
            names.concat() + &term.covariate.map_or(String::new(), |c| level(c, l))
        }
    };
    Margins::of_all(table, RULE.order).map(|cell, n| {
        let sure = |a: &Alike| is_in(cell, a, |c, l| is(a, c, l));
        let may_be = |a: &Alike| is_in(cell, a, |c, l| is(a, c, l) || is_unknown(a, c));
        let is_on_lists = matches!(cell, Cell::On(..));
        let value = if is_on_lists && source.count(may_be) == source.count(sure) {
            source.protected(noise, sure)
        } else {
            source.protected_as(noise, n.round() as u64, &what(cell), may_be)
        };
        value.get() as f64
    })
}

/// How far noise moves the logarithm of the unseen: the protected margins are given noise again, many times, and the model stays.
fn noise_sd(margins: &Margins, noise: &Perturbation, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut all = Vec::with_capacity(RENOISED);
    for _ in 0..RENOISED {
        let again = margins.map(|_, n| {
            let n = n as u64;
            n.saturating_add_signed(noise.noise(n, random.random::<f64>())) as f64
        });
        let everybody = again.sizes().and_then(|sizes| sizes.first().copied());
        all.extend(everybody.map(|(observed, n_hat)| (n_hat - observed).ln()).filter(|x| x.is_finite()));
    }
    spread(&all)
}

#[cfg(test)]
mod tests;
