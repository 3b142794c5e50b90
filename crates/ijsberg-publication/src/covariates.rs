//! The estimate with covariates, from protected margins.
//!
//! Counts by history and all covariates are so small that noise would swamp them. Models need only their margins
//! ([`ijsberg_mse::strata::margins`]), so those of every model that may be chosen are protected: persons by stratum, and on each list or
//! pair of lists by level. They choose the model, so its choice discloses no more. Intervals come from repeating all steps: drawing
//! persons, adding noise, choosing the model. The same persons on the same lists have the same noise as elsewhere.

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

use crate::draws::{LinkageDraws, Part as Named, ReportedAndTotal};
use crate::estimate::{LEVEL, spread, widened};
use crate::persons::folded;
use crate::source::{PersonGroup, Source, UNKNOWN};

/// The largest number of replicates; each searches for a model again.
pub(crate) const REPLICATES: usize = 200;

/// The number of margins with new noise that measure the effect of noise on an estimate.
const RENOISED: usize = 200;

/// The largest number of strata. If there are more, the covariate with the most levels is left out, but never the year.
const MOST_STRATA: usize = 2000;

/// The largest number of levels of a covariate.
const MOST_LEVELS: usize = 200;

/// Pairs of levels are published for two covariates with at most this number of levels each.
const PAIRED: usize = 3;

/// A pair of levels with fewer persons than this is not published.
const LEAST: f64 = 10.0;

/// The rule for choosing the model, as in the Dutch studies.
const RULE: SearchRule = SearchRule { order: Order::Two, criterion: Criterion::Bic, averaged: false };

/// The reason why there is no estimate with covariates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEstimateReason {
    /// The table has no covariate with at least two levels.
    Covariates,
    /// There are so many combinations of levels that every covariate is left out.
    Levels,
    /// There are more lists than a model with covariates supports.
    Lists,
    /// The lists overlap too little for any estimate.
    Overlap,
    /// BIC chooses no term with a covariate.
    Terms,
    /// A model with covariates does not support the table.
    Estimate,
    /// The protected margins do not determine an estimate, or no interval was requested.
    Margins,
    /// Some draws of a linkage do not determine an estimate.
    Draws,
}

impl NoEstimateReason {
    /// Its code, which is also the end of the key of its message.
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

/// The estimates with covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct WithCovariates {
    /// The covariates in the model, the year first.
    pub used: Vec<String>,
    /// The covariates left out because there would be too many combinations of levels.
    pub left_out: Vec<String>,
    /// The model chosen by the protected margins.
    pub model: String,
    /// The estimates: the whole population, then each level, then pairs of levels.
    pub parts: Vec<CovariateEstimate>,
    /// The standard deviation due to the noise of the logarithm of the number on no list, for the whole population.
    pub noise_sd: f64,
    /// The same due to draws of a linkage; `None` for a single table.
    pub linked_sd: Option<f64>,
}

impl WithCovariates {
    /// The estimate of a part, given by covariates and levels.
    pub fn estimate_of(&self, part: &[(&str, &str)]) -> Option<&CovariateEstimate> {
        let same = |p: &&CovariateEstimate| {
            p.part.iter().map(|(c, l)| (c.as_str(), l.as_str())).eq(part.iter().copied())
        };
        self.parts.iter().find(same)
    }
}

/// The estimate of a part of the population, from the model with covariates.
#[derive(Debug, Clone, PartialEq)]
pub struct CovariateEstimate {
    /// The covariates and levels of the part; empty for the whole population.
    pub part: Vec<(String, String)>,
    /// The estimated total.
    pub n_hat: f64,
    /// Its limits, including the uncertainty due to the noise.
    pub limits: (f64, f64),
}

/// Chooses a model by protected margins and estimates from them. A level whose count is not `shown` has no published estimate either.
///
/// # Errors
/// See [`NoEstimateReason`].
pub fn with_covariates(
    (source, drawn): (&Source, Option<&LinkageDraws>),
    noise: &Perturbation,
    settings: &Settings,
    shown: impl Fn(&str, &str) -> bool,
    progress: &dyn Progress,
) -> Result<WithCovariates, NoEstimateReason> {
    protected_margins(source, noise)?.estimate(drawn, noise, settings, shown, progress)
}

/// The protected margins of every model that may be chosen: the only data for the choice of the model and the estimate.
pub(crate) struct ProtectedMargins {
    covariates: Vec<Covariate>,
    lists: Vec<String>,
    left_out: Vec<String>,
    margins: Margins,
}

/// Protects the margins of the persons in a source.
///
/// # Errors
/// See [`NoEstimateReason`].
pub(crate) fn protected_margins(
    source: &Source,
    noise: &Perturbation,
) -> Result<ProtectedMargins, NoEstimateReason> {
    let (used, left_out) = used(source, noise);
    if used.iter().all(Option::is_none) {
        return Err(if left_out.is_empty() {
            NoEstimateReason::Covariates
        } else {
            NoEstimateReason::Levels
        });
    }
    let table = table(source, &used).map_err(|error| match error {
        StratifiedError::TooManyLists { .. } => NoEstimateReason::Lists,
        _ => NoEstimateReason::Estimate,
    })?;
    // Persons with an unknown level are distributed by the levels of the others, then by the model: no choice depends on unprotected counts.
    let completed = complete(&table, &StratifiedModel::default());
    let mut margins = protected(source, noise, &used, &completed);
    if !table.is_complete() {
        let first = margins.chosen(RULE, variance(noise));
        margins = protected(source, noise, &used, &complete(&table, first.model()));
    }
    Ok(ProtectedMargins {
        covariates: table.covariates().to_vec(),
        lists: table.lists().to_vec(),
        left_out: left_out.into_iter().map(|c| source.covariates[c].clone()).collect(),
        margins,
    })
}

/// The variance of the noise, which is the same for large and small counts.
fn variance(noise: &Perturbation) -> f64 {
    noise.distribution(u64::MAX).iter().map(|(d, p)| (d * d) as f64 * p).sum()
}

impl ProtectedMargins {
    /// Chooses a model and estimates.
    ///
    /// # Errors
    /// See [`NoEstimateReason`].
    pub(crate) fn estimate(
        &self,
        drawn: Option<&LinkageDraws>,
        noise: &Perturbation,
        settings: &Settings,
        shown: impl Fn(&str, &str) -> bool,
        progress: &dyn Progress,
    ) -> Result<WithCovariates, NoEstimateReason> {
        let variance = variance(noise);
        let margins = self.margins.chosen(RULE, variance);
        if margins.model().terms.iter().all(|t| t.covariate.is_none()) {
            return Err(NoEstimateReason::Terms);
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
        let found = margins.breakdown_with_noise(&wanted, again, &|| progress.tick());
        let found = found.ok_or(NoEstimateReason::Margins)?;
        found.sizes[0].limits.ok_or(NoEstimateReason::Margins)?;
        let by_draw = drawn.map(|d| d.by_part(|s| sizes(s, noise)));
        let linked = |part: &[(String, String)]| by_draw.as_ref().map_or(0.0, |d| d.sd(part));
        let linked_sd = drawn.map(|_| linked(&[]));
        if linked_sd.is_some_and(f64::is_infinite) {
            return Err(NoEstimateReason::Draws);
        }
        let part = |s: &Size| {
            let part = named(&self.covariates, &s.part);
            let (sd, limits) = (linked(&part), s.limits?);
            let limits = if sd > 0.0 { widened(s.observed, s.n_hat, limits, sd) } else { limits };
            // If some draws have no estimate of a part, the part is not published.
            sd.is_finite().then_some(CovariateEstimate { part, n_hat: s.n_hat, limits })
        };
        Ok(WithCovariates {
            left_out: self.left_out.clone(),
            used: self.covariates.iter().map(|c| c.name.clone()).collect(),
            model: margins.model().formula(&self.lists, &self.covariates),
            noise_sd: noise_sd(&margins, noise, settings.seed),
            linked_sd,
            parts: self.published_parts(&found.sizes, &shown).into_iter().filter_map(part).collect(),
        })
    }

    /// The parts to publish. Estimates add up: if a single level were withheld, it would follow from the total and the others, so the level
    /// with the fewest persons is withheld too. For two covariates, either all pairs are published or none.
    fn published_parts<'a>(&self, sizes: &'a [Size], shown: &impl Fn(&str, &str) -> bool) -> Vec<&'a Size> {
        let mut hidden: BTreeSet<&Part> =
            sizes.iter().filter(|s| !self.may_publish(s, shown)).map(|s| &s.part).collect();
        for c in 0..self.covariates.len() {
            let levels: Vec<&Size> = sizes.iter().filter(|s| s.part.len() == 1 && s.part[0].0 == c).collect();
            let visible = || levels.iter().filter(|s| !hidden.contains(&s.part));
            let fewest = visible().min_by(|a, b| a.observed.total_cmp(&b.observed));
            if let (1, Some(fewest)) = (levels.len() - visible().count(), fewest) {
                hidden.insert(&fewest.part);
            }
        }
        let of = |part: &Part| part.iter().map(|p| p.0).collect::<Vec<_>>();
        let whole: BTreeSet<Vec<usize>> = hidden.iter().filter(|p| p.len() > 1).map(|p| of(p)).collect();
        let is_of_hidden = |part: &Part| {
            part.len() > 1 && (whole.contains(&of(part)) || part.iter().any(|p| hidden.contains(&vec![*p])))
        };
        let is_shown = |s: &&Size| !hidden.contains(&s.part) && !is_of_hidden(&s.part);
        sizes.iter().filter(is_shown).collect()
    }

    /// Whether a part may be published, regardless of the others.
    fn may_publish(&self, size: &Size, shown: &impl Fn(&str, &str) -> bool) -> bool {
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

/// The number of persons of each part in a draw of a linkage, reported and in total, from its protected margins.
fn sizes(source: &Source, noise: &Perturbation) -> Option<BTreeMap<Named, ReportedAndTotal>> {
    let of = protected_margins(source, noise).ok()?;
    let margins = of.margins.chosen(RULE, variance(noise));
    let settings = BreakdownSettings { rule: RULE, replicates: 0, level: LEVEL, seed: 0 };
    let found = margins.breakdown(&settings, &|| ())?;
    let part = |s: &Size| (named(&of.covariates, &s.part), (s.observed, s.n_hat));
    Some(found.sizes.iter().map(part).collect())
}

/// The index in the source of each covariate of the table; `None` for the year.
type Used = Vec<Option<usize>>;

/// The year and the covariates that do not make too many strata, and the covariates left out.
fn used(source: &Source, noise: &Perturbation) -> (Used, Vec<usize>) {
    let mut used: Used = std::iter::once(None).chain((0..source.covariates.len()).map(Some)).collect();
    let known = |c: usize| source.levels(c).iter().filter(|l| *l != UNKNOWN).count();
    // A year without persons is not a level.
    let years = source.years.iter().filter(|year| source.has_year(year)).count();
    let levels = |c: &Option<usize>| c.map_or(years, known);
    used.retain(|c| levels(c) >= 2);
    // Protected counts decide, so that one person more or less does not change what is left out.
    let strata = |used: &Used| source.count_groups(noise, |a| levels_of(a, used).collect::<Vec<_>>());
    let mut left_out = Vec::new();
    let many = |used: &Used| used.iter().any(|c| levels(c) > MOST_LEVELS) || strata(used) > MOST_STRATA;
    while many(&used) {
        // The years stay, because the report is about them.
        let others = (0..used.len()).filter(|k| used[*k].is_some());
        let Some(most) = others.max_by_key(|k| levels(&used[*k])) else { break };
        left_out.extend(used.remove(most));
    }
    (used, left_out)
}

fn levels_of<'a>(a: &'a PersonGroup, used: &'a Used) -> impl Iterator<Item = &'a str> {
    used.iter().map(|c| c.map_or(a.year.as_str(), |c| a.levels[c].as_str()))
}

/// The exact table; some levels may be unknown.
fn table(source: &Source, used: &Used) -> Result<StratifiedTable, StratifiedError> {
    let name = |c: &Option<usize>| c.map_or("year", |c| source.covariates[c].as_str());
    let covariates: Vec<Covariate> = used
        .iter()
        .enumerate()
        .map(|(k, c)| {
            let values =
                source.groups.iter().filter_map(|a| levels_of(a, used).nth(k)).filter(|l| *l != UNKNOWN);
            Covariate::from_values(name(c), values)
        })
        .collect();
    let place = |(c, level): (&Covariate, &str)| c.levels.iter().position(|l| l == level);
    let rows: Vec<_> = source
        .groups
        .iter()
        .map(|a| (a.history, covariates.iter().zip(levels_of(a, used)).map(place).collect(), a.count))
        .collect();
    StratifiedTable::new(source.lists.clone(), covariates, rows, Vec::new())
}

/// Whether a group of persons is in a cell; `at` returns whether it is at a level of a covariate.
fn is_in(cell: Cell<'_>, a: &PersonGroup, at: impl Fn(usize, usize) -> bool) -> bool {
    match cell {
        Cell::Stratum(levels) => levels.iter().enumerate().all(|(c, l)| at(c, *l)),
        Cell::On(term, level) => {
            a.history & term.lists == term.lists && term.covariate.is_none_or(|c| at(c, level))
        }
    }
}

/// The protected margins of every model that may be chosen. Persons with an unknown level count by shares, so the noise of a count depends on
/// all persons who may be in it; if the levels of all persons on these lists are known, it is the noise that they have wherever they are
/// counted.
fn protected(source: &Source, noise: &Perturbation, used: &Used, table: &StratifiedTable) -> Margins {
    let (covariates, lists) = (table.covariates(), table.lists());
    let is = |a: &PersonGroup, c: usize, l: usize| {
        levels_of(a, used).nth(c) == Some(covariates[c].levels[l].as_str())
    };
    let is_unknown = |a: &PersonGroup, c: usize| levels_of(a, used).nth(c) == Some(UNKNOWN);
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
        let sure = |a: &PersonGroup| is_in(cell, a, |c, l| is(a, c, l));
        let may_be = |a: &PersonGroup| is_in(cell, a, |c, l| is(a, c, l) || is_unknown(a, c));
        let is_on_lists = matches!(cell, Cell::On(..));
        let value = if is_on_lists && source.count(may_be) == source.count(sure) {
            source.protected(noise, sure)
        } else {
            source.protected_as(noise, n.round() as u64, &what(cell), may_be)
        };
        value.get() as f64
    })
}

/// The standard deviation of the logarithm of the number on no list over margins with new noise and the same model.
fn noise_sd(margins: &Margins, noise: &Perturbation, seed: u64) -> f64 {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut all = Vec::with_capacity(RENOISED);
    for _ in 0..RENOISED {
        let again = margins.map(|_, n| {
            let n = n as u64;
            n.saturating_add_signed(noise.noise(n, random.random::<f64>())) as f64
        });
        let whole = again.sizes().and_then(|sizes| sizes.first().copied());
        all.extend(whole.map(|(observed, n_hat)| (n_hat - observed).ln()).filter(|x| x.is_finite()));
    }
    spread(&all)
}

#[cfg(test)]
mod tests;
