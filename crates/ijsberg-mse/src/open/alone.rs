//! The size of one year from its own lists.

use std::collections::BTreeSet;

use super::NoOpen;
use super::likelihood::ListEvidence;
use super::people::OverYears;
use crate::bounds::Simple;
use crate::generalised_chapman::constants;
use crate::histories::{Histories, Mask};
use crate::loglinear::existence::{Existence, VerdictCache};
use crate::loglinear::newton::{Counts, Newton};
use crate::loglinear::{Criterion, Engine};
use crate::model::Model;

/// Models of a year within this of its best BIC are tried on all years.
const NEAR: f64 = 10.0;

/// At most so many of each year.
const MOST_TRIED: usize = 20;

/// Coverage is never known better than this, as a variance of its logit.
const LEAST_VARIANCE: f64 = 1e-8;

/// What the fits of one year share.
#[derive(Debug)]
pub(super) struct Setup {
    /// Places of the lists with people on them.
    pub(super) lists: Vec<usize>,
    model: Model,
    constants: Vec<(Mask, f64)>,
}

/// One year from its own lists.
#[derive(Debug, Clone)]
pub(super) struct YearEstimate {
    pub(super) known: ListEvidence,
    pub(super) n_hat: f64,
    pub(super) se: f64,
    /// Fitted numbers by history on the lists of the year; nobody on none.
    pub(super) weights: Vec<f64>,
}

impl Setup {
    /// For each year its lists, with a model of all lists cut down to them.
    pub(super) fn of_years(people: &OverYears, model: &Model) -> Result<Vec<Self>, NoOpen> {
        (0..people.years().len())
            .map(|year| {
                let lists = occupied(people, year)?;
                let model = restricted(model, &lists);
                let constants = constants(&model);
                Ok(Self { lists, model, constants })
            })
            .collect()
    }

    /// People by history on the lists of this year, from those on all lists.
    pub(super) fn cells(&self, all: &[f64]) -> Vec<f64> {
        let mut cells = vec![0.0; 1 << self.lists.len()];
        all.iter().enumerate().for_each(|(mask, n)| cells[moved(mask as Mask, &self.lists) as usize] += n);
        cells[0] = 0.0;
        cells
    }

    /// The generalised Chapman estimate of the year (see [`crate::timely::chapman`]); `None` where there is none.
    pub(super) fn fit(&self, mut cells: Vec<f64>) -> Option<YearEstimate> {
        let newton = &mut Newton::default();
        let n: f64 = cells.iter().sum();
        for (mask, c) in &self.constants {
            cells[*mask as usize] += c;
        }
        let counts = Counts::new(cells);
        let terms = self.model.terms();
        let mut fit = newton.fit(&counts, terms, None);
        let existence = VerdictCache::default().settle(&counts, terms, newton, &mut fit);
        let unseen = fit.dark_figure();
        let variance = newton.intercept_variance(&counts, terms, &fit);
        let usable = existence == Existence::Exists && unseen.is_finite() && variance.is_finite();
        if !usable || unseen <= 0.0 || n <= 0.0 {
            return None;
        }
        // Given the number seen, which has no part in coverage.
        let given = (variance - 1.0 / counts.n()).max(LEAST_VARIANCE);
        let mut weights = fit.mu;
        weights[0] = 0.0;
        Some(YearEstimate {
            known: ListEvidence { logit: (n / unseen).ln(), variance: given },
            n_hat: n + unseen,
            se: (unseen + unseen * unseen * variance).sqrt(),
            weights,
        })
    }
}

impl YearEstimate {
    /// Log-normal limits on those who were not seen.
    pub(super) fn limits(&self, seen: u64, level: f64) -> (f64, f64) {
        let Simple { lower, upper, .. } = Simple::log_normal(seen as f64, self.n_hat, self.se, level);
        (lower, upper)
    }
}

/// The lists of a year with people on them, if they are two or more.
fn occupied(people: &OverYears, year: usize) -> Result<Vec<usize>, NoOpen> {
    let on = people.rows().iter().fold(0, |all: Mask, row| all | row.0[year]);
    let lists: Vec<usize> = (0..people.lists().len()).filter(|j| on >> j & 1 == 1).collect();
    let name = || people.years()[year].clone();
    match lists.len() {
        0 => Err(NoOpen::EmptyYear { year: name() }),
        found @ 1 => Err(NoOpen::OneList { year: name(), found }),
        _ => Ok(lists),
    }
}

/// Moves the bits of these lists to the lowest places.
fn moved(mask: Mask, lists: &[usize]) -> Mask {
    lists.iter().enumerate().fold(0, |acc, (to, from)| acc | (mask >> from & 1) << to)
}

/// Moves the lowest bits to the places of these lists.
fn moved_back(mask: Mask, lists: &[usize]) -> Mask {
    lists.iter().enumerate().fold(0, |acc, (from, to)| acc | (mask >> from & 1) << to)
}

/// A model without the lists that a year does not have.
fn restricted(model: &Model, lists: &[usize]) -> Model {
    let generators: Vec<Mask> = model.generators().iter().map(|g| moved(*g, lists)).collect();
    Model::from_generators(lists.len(), &generators)
}

/// The model with the smallest BIC, summed over years, among those that are near the best of a year; independence where none has an estimate
/// in every year.
pub(super) fn chosen(people: &OverYears) -> Result<Model, NoOpen> {
    let t = people.lists().len();
    let mut years: Vec<(Vec<usize>, Engine)> = Vec::new();
    for year in 0..people.years().len() {
        let lists = occupied(people, year)?;
        let names = lists.iter().map(|j| people.lists()[*j].clone()).collect();
        let cells = people.rows().iter().map(|(history, count)| (moved(history[year], &lists), *count));
        let table = Histories::new(names, cells.filter(|c| c.0 != 0));
        let table = table.map_err(|_| NoOpen::NoYear { year: people.years()[year].clone() })?;
        years.push((lists, Engine::new(&table)));
    }
    let mut tried: BTreeSet<Vec<Mask>> = BTreeSet::from([Model::independence(t).generators()]);
    for (lists, engine) in &years {
        for near in engine.best_models(Criterion::Bic, NEAR, MOST_TRIED) {
            tried.insert(near.model.generators().iter().map(|g| moved_back(*g, lists)).collect());
        }
    }
    let mut best: Option<(f64, Model)> = None;
    for generators in tried {
        let model = Model::from_generators(t, &generators);
        let fits = years.iter().map(|(lists, engine)| engine.fit(&restricted(&model, lists)));
        let bic: Option<f64> = fits.map(|f| (f.existence == Existence::Exists).then_some(f.bic)).sum();
        if let Some(bic) = bic.filter(|b| best.as_ref().is_none_or(|(least, _)| b < least)) {
            best = Some((bic, model));
        }
    }
    Ok(best.map_or_else(|| Model::independence(t), |(_, model)| model))
}
