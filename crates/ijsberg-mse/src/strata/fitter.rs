//! A table prepared for fitting: what is counted by stratum or known from margins, and the columns of its covariates.

use std::collections::BTreeMap;

use super::model::Term;
use super::table::{Covariate, Scale, StratifiedTable, Stratum};
use crate::subsets::superset_sums;

/// A table prepared for fitting.
#[derive(Debug)]
pub struct Fitter {
    pub(crate) t: usize,
    pub(crate) n: f64,
    pub(crate) strata: Vec<Stratum>,
    pub(super) scales: Vec<Scale>,
    /// Columns by covariate, base level, level.
    pub(super) columns: Vec<Vec<Vec<Vec<f64>>>>,
    /// Whole numbers by covariate and level, whose powers are what a polynomial's columns combine; `None` where they are none.
    pub(super) whole: Vec<Option<Vec<i128>>>,
    counts: Counts,
    /// Log-likelihood of the saturated model, given the strata; zero where only margins are known, which changes no comparison.
    pub(super) saturated: f64,
    /// Variance of the noise of each count of a term; none in a table.
    pub(super) noise: f64,
}

/// The data on which persons are on which lists.
#[derive(Debug)]
enum Counts {
    /// Persons on all lists of a mask, by stratum.
    Strata(Vec<Vec<f64>>),
    /// Persons on all lists of a term, by level of its covariate.
    Margins(BTreeMap<Term, Vec<f64>>),
}

impl Fitter {
    /// Prepares a table; rows with missing levels are left out (see [`super::missing`]).
    pub fn new(table: &StratifiedTable) -> Self {
        let t = table.lists().len();
        let strata = table.strata();
        let on_all = strata
            .iter()
            .map(|s| {
                let mut x = vec![0.0; 1 << t];
                s.cells.iter().for_each(|(w, c)| x[*w as usize] += c);
                superset_sums(&mut x);
                x
            })
            .collect();
        let saturated = strata.iter().flat_map(|s| s.cells.iter().map(|(_, c)| c * (c / s.n).ln())).sum();
        Self::from_counts(table, strata, Counts::Strata(on_all), saturated)
    }

    /// For models of these terms, and no others. Deviances are known up to a number that they share.
    pub(crate) fn of_margins(
        table: &StratifiedTable,
        strata: &[(Vec<usize>, f64)],
        terms: &[(Term, Vec<f64>)],
    ) -> Self {
        let strata = strata.iter().filter(|s| s.1 > 0.0).map(|(levels, n)| Stratum {
            levels: levels.clone(),
            n: *n,
            cells: Vec::new(),
            active: table.active(levels),
        });
        let counts = Counts::Margins(terms.iter().cloned().collect());
        Self::from_counts(table, strata.collect(), counts, 0.0)
    }

    fn from_counts(table: &StratifiedTable, strata: Vec<Stratum>, counts: Counts, saturated: f64) -> Self {
        let columns = table
            .covariates()
            .iter()
            .map(|c| (0..c.levels.len()).map(|base| c.columns(base)).collect())
            .collect();
        Self {
            t: table.lists().len(),
            n: strata.iter().map(|s| s.n).sum(),
            strata,
            scales: table.covariates().iter().map(|c| c.scale).collect(),
            columns,
            whole: table.covariates().iter().map(Covariate::whole).collect(),
            counts,
            saturated,
            noise: 0.0,
        }
    }

    /// The levels of each stratum that holds anybody, in the order of [`super::fit::StratifiedFit::unseen`].
    pub fn levels(&self) -> impl Iterator<Item = &[usize]> {
        self.strata.iter().map(|s| s.levels.as_slice())
    }

    /// Persons on all lists of `mask` by level of a covariate, or in all as a single level.
    pub(crate) fn by_level(&self, term: Term) -> Vec<f64> {
        let levels = term.covariate.map_or(1, |c| self.columns[c].len());
        let mut sums = vec![0.0; levels];
        match &self.counts {
            Counts::Margins(margins) => margins.get(&term).cloned().unwrap_or(sums),
            Counts::Strata(on_all) => {
                for (s, x) in self.strata.iter().zip(on_all) {
                    sums[term.covariate.map_or(0, |c| s.levels[c])] += x[term.lists as usize];
                }
                sums
            }
        }
    }

    /// Parameters of a term, those at minus infinity included.
    pub(crate) fn width(&self, term: Term) -> usize {
        term.covariate.map_or(1, |c| self.columns[c][0].first().map_or(0, Vec::len))
    }
}
