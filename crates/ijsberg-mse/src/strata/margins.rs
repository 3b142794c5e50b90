//! An estimate from margins alone.
//!
//! The estimate of a log-linear model depends on its table only through the margins of its terms, its sufficient statistics (Bishop,
//! Fienberg and Holland 1975, section 2.4; here: persons by stratum, and for each term the persons on all its lists by level of its
//! covariate). So a table can be protected by adding noise to those few large counts instead of to thousands of small cells, and the
//! estimate is affected much less. Margins with noise agree with no table, but the likelihood equations have one solution all the same
//! where they lie inside the margins of all tables; where they do not there is no estimate.
//!
//! A search compares models by their likelihoods, and these too depend on margins only. So with the margins of every term that it may
//! choose, the model is chosen without the table, and protecting the margins protects the choice ([`Margins::of_all`],
//! [`Margins::chosen`]).

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::breakdown::{Breakdown, BreakdownSettings, DrawEstimator, parts, resampled, searched, sums};
use super::fit::{Fitter, StratifiedFit};
use super::model::{Order, StratifiedModel, Term, candidates};
use super::search::{SearchRule, Step, search};
use super::table::{Row, StratifiedTable};
use crate::histories::Mask;

/// The margins of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    /// Lists and covariates; no rows.
    table: StratifiedTable,
    model: StratifiedModel,
    /// Persons by stratum.
    strata: Vec<(Vec<usize>, f64)>,
    /// For each term, main effects of lists included, persons on all its lists: by level of its covariate, or one number.
    terms: Vec<(Term, Vec<f64>)>,
}

/// The persons that a count of margins is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The persons of a stratum: a level of each covariate.
    Stratum(&'a [usize]),
    /// The persons on all lists of a term, at that level of its covariate where it has one.
    On(Term, usize),
}

/// The noise that the counts of margins are given.
#[derive(Clone, Copy)]
pub struct CountNoise<'a> {
    /// Its variance.
    pub variance: f64,
    /// A count with noise, by a number between 0 and 1.
    pub noisy: &'a (dyn Fn(u64, f64) -> u64 + Sync),
}

impl Margins {
    /// Those of a table; rows with missing levels are left out.
    pub fn for_model(table: &StratifiedTable, model: &StratifiedModel) -> Self {
        let fitter = Fitter::new(table);
        let strata = fitter.strata.iter().map(|s| (s.levels.clone(), s.n)).collect();
        let terms = model.with_lists(fitter.t).into_iter().map(|t| (t, fitter.by_level(t))).collect();
        Self { table: table.with_rows(Vec::new()), model: model.clone(), strata, terms }
    }

    /// Those of every term that a search may choose; rows with missing levels are left out.
    pub fn of_all(table: &StratifiedTable, order: Order) -> Self {
        let terms = candidates(table.lists().len(), table.covariates().len(), order);
        Self::for_model(table, &StratifiedModel { terms })
    }

    /// The model.
    pub fn model(&self) -> &StratifiedModel {
        &self.model
    }

    /// The margins of the model that a search chooses by these, which are those of every term that it may choose. `variance` is that of the
    /// noise of each count: with noise a term needs a larger score, so that none is chosen for the noise of its own counts. Models are
    /// not averaged.
    #[must_use]
    pub fn chosen(&self, rule: SearchRule, variance: f64) -> Self {
        let mut fitter = self.fitter();
        fitter.noise = variance;
        let path = search(&fitter, self.table.covariates().len(), rule);
        let model = path.last().map(|s| s.fit.model.clone()).unwrap_or_default();
        let terms = self.terms.iter().filter(|(t, _)| model.contains(*t)).cloned().collect();
        Self { table: self.table.clone(), model, strata: self.strata.clone(), terms }
    }

    /// The same with each count replaced by `count`, which receives the persons that it is about and the count itself.
    #[must_use]
    pub fn map(&self, mut count: impl FnMut(Cell<'_>, f64) -> f64) -> Self {
        let mut other = self.clone();
        for (levels, n) in &mut other.strata {
            *n = count(Cell::Stratum(levels), *n);
        }
        for (term, counts) in &mut other.terms {
            counts.iter_mut().enumerate().for_each(|(l, n)| *n = count(Cell::On(*term, l), *n));
        }
        other
    }

    /// Observed and estimated persons: all, then each level of each covariate, then each pair of levels of two covariates. None where
    /// the margins determine no estimate.
    pub fn sizes(&self) -> Option<Vec<(f64, f64)>> {
        let (fitter, fit) = self.fit()?;
        let (observed, all) = sums(&fitter, Some(&fit.unseen), &parts(&self.table));
        Some(observed.into_iter().zip(all).collect())
    }

    /// The persons whom the model expects on each history, of those seen.
    pub fn expected(&self) -> Option<StratifiedTable> {
        let (fitter, mut fit) = self.fit()?;
        Some(self.drawn_from(&fitter, &mut fit))
    }

    /// The sizes with intervals: tables are drawn from the fitted model, and each is searched again. The path is one step, whose deviance
    /// is not a number. `tick` is called once a replicate.
    pub fn breakdown(&self, settings: &BreakdownSettings, tick: &(dyn Fn() + Sync)) -> Option<Breakdown> {
        let parts = parts(&self.table);
        let again = |drawn: &StratifiedTable, _: &mut ChaCha8Rng| searched(drawn, settings.rule, &parts);
        self.around(settings, &again, tick)
    }

    /// The same where these margins have noise, and their model was chosen by margins with noise ([`Margins::chosen`]): the margins of each
    /// table that is drawn are given noise too, and its model is chosen by those. So the intervals hold what drawing, noise and choice do
    /// together.
    pub fn breakdown_with_noise(
        &self,
        settings: &BreakdownSettings,
        noise: CountNoise<'_>,
        tick: &(dyn Fn() + Sync),
    ) -> Option<Breakdown> {
        let parts = parts(&self.table);
        let again = |drawn: &StratifiedTable, random: &mut ChaCha8Rng| {
            let exact = Self::of_all(drawn, settings.rule.order);
            let noisy = exact.map(|_, n| (noise.noisy)(n as u64, random.random::<f64>()) as f64);
            let found = noisy.chosen(settings.rule, noise.variance);
            let sizes = found.fit().map(|(fitter, fit)| sums(&fitter, Some(&fit.unseen), &parts).1);
            (sizes.unwrap_or_else(|| vec![f64::INFINITY; parts.len()]), found.model)
        };
        self.around(settings, &again, tick)
    }

    /// The sizes, with intervals from tables that are drawn from the fitted model.
    fn around(
        &self,
        settings: &BreakdownSettings,
        again: DrawEstimator<'_>,
        tick: &(dyn Fn() + Sync),
    ) -> Option<Breakdown> {
        let (fitter, mut fit) = self.fit()?;
        let expected = self.drawn_from(&fitter, &mut fit);
        let (observed, n_hat) = sums(&fitter, Some(&fit.unseen), &parts(&self.table));
        let step = Step { change: None, by: settings.rule.criterion, fit };
        Some(resampled(&expected, (vec![step], observed, n_hat), settings, again, tick))
    }

    fn fitter(&self) -> Fitter {
        Fitter::of_margins(&self.table, &self.strata, &self.terms)
    }

    fn fit(&self) -> Option<(Fitter, StratifiedFit)> {
        let fitter = self.fitter();
        let mut fit = fitter.fit(&self.model, None);
        // What a saturated model would reach is not in margins.
        fit.deviance = f64::NAN;
        fit.regular.then_some((fitter, fit))
    }

    fn drawn_from(&self, fitter: &Fitter, fit: &mut StratifiedFit) -> StratifiedTable {
        fitter.fill_relative(fit);
        let rows = fitter.strata.iter().zip(&fit.relative).flat_map(|(s, chances)| {
            let levels: Vec<Option<usize>> = s.levels.iter().copied().map(Some).collect();
            let seen = chances.iter().enumerate().skip(1).filter(|(_, p)| **p > 0.0);
            seen.map(move |(w, p)| Row { history: w as Mask, levels: levels.clone(), count: s.n * p })
        });
        self.table.with_rows(rows.collect())
    }
}
