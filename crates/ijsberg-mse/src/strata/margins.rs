//! An estimate from margins alone.
//!
//! The estimate of a log-linear model depends on its table only through the margins of its terms, its sufficient statistics (Bishop,
//! Fienberg and Holland 1975, section 2.4; here: persons by stratum, and for each term the persons on all its lists by level of its
//! covariate). So a table can be protected by adding noise to those few large counts instead of to thousands of small cells, and the
//! estimate feels much less of it. Margins with noise agree with no table, but the likelihood equations have one solution all the same
//! where they lie inside the margins of all tables; where they do not there is no estimate.

use super::breakdown::{Breakdown, BreakdownSettings, parts, resampled, sums};
use super::fit::{Fitter, StratifiedFit};
use super::model::{StratifiedModel, Term};
use super::search::Step;
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

/// Whom a count of margins is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// The persons of a stratum: a level of each covariate.
    Stratum(&'a [usize]),
    /// The persons on all lists of a term, at that level of its covariate where it has one.
    On(Term, usize),
}

impl Margins {
    /// Those of a table; rows with missing levels are left out.
    pub fn of(table: &StratifiedTable, model: &StratifiedModel) -> Self {
        let fitter = Fitter::new(table);
        let strata = fitter.strata.iter().map(|s| (s.levels.clone(), s.n)).collect();
        let terms = model.with_lists(fitter.t).into_iter().map(|t| (t, fitter.by_level(t))).collect();
        Self { table: table.with_rows(Vec::new()), model: model.clone(), strata, terms }
    }

    /// The same with other counts, by whom each is of.
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
        let (fitter, mut fit) = self.fit()?;
        let expected = self.drawn_from(&fitter, &mut fit);
        let (observed, n_hat) = sums(&fitter, Some(&fit.unseen), &parts(&self.table));
        let step = Step { change: None, by: settings.rule.criterion, fit };
        Some(resampled(&expected, (vec![step], observed, n_hat), settings, tick))
    }

    fn fit(&self) -> Option<(Fitter, StratifiedFit)> {
        let fitter = Fitter::of_margins(&self.table, &self.strata, &self.terms);
        let fit = fitter.fit(&self.model, None);
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
