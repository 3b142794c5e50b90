//! The whole set of models: how far the answer depends on which one is believed.

use std::collections::HashMap;

use serde::Serialize;

use super::existence::{self, Existence};
use super::lattice::{Guide, Quest, TermSet, Visit, terms_of};
use super::neighbourhood::{self, Neighbour};
use super::selection::AVERAGING_WINDOW;
use super::{Criterion, Engine, RANKED_ABOVE, ranked, stepwise};
use crate::histories::Mask;
use crate::loglinear::newton::Newton;
use crate::model::Model;

/// A model with its estimate, for display.
#[derive(Debug, Clone, Serialize)]
pub struct MultiverseModel {
    /// The formula in list names.
    pub formula: String,
    /// The estimate, seen and unseen together.
    pub n_hat: f64,
    /// AIC or BIC minus the least one in the set.
    pub delta: f64,
    /// The model itself.
    #[serde(skip)]
    pub model: Model,
}

/// Counts of models by their estimate, in bins of equal width on the log scale from `low`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogBins {
    /// Left edge of the first bin.
    pub low: f64,
    /// Ratio between neighbouring edges.
    pub ratio: f64,
    /// Models per bin; the last bin holds everything beyond.
    pub models: Vec<u64>,
    /// The least BIC difference in each bin, infinite where empty.
    pub least_delta: Vec<f64>,
    /// Models in all bins.
    pub total: u64,
    /// Models without an estimate: it does not exist or is not identifiable.
    pub without_estimate: u64,
    /// The smallest and the largest estimate.
    pub range: (f64, f64),
    /// The model with the smallest AIC: formula, estimate.
    pub best_aic: Option<(String, f64)>,
    /// The model with the smallest BIC: formula, estimate.
    pub best_bic: Option<(String, f64)>,
}

/// What is left of a fit that proves nothing.
#[derive(Debug, Clone, Copy)]
enum FaceFit {
    /// There is no estimate.
    None,
    /// The fit stands.
    AsFitted,
    /// The fit on the face.
    On { deviance: f64, dark_figure: f64 },
}

impl Engine {
    /// Models whose criterion is within `window` of the best, best first.
    ///
    /// Exact over all hierarchical models up to six lists (branch and bound); beyond that the models that a
    /// neighbourhood search met, and beyond eight lists those within [`AVERAGING_WINDOW`] at most.
    pub fn near_best(&self, criterion: Criterion, window: f64) -> Vec<MultiverseModel> {
        self.best_models(criterion, window, usize::MAX)
    }

    /// As [`Engine::near_best`], but no more than the `most` best of them.
    pub(crate) fn best_models(&self, criterion: Criterion, window: f64, most: usize) -> Vec<MultiverseModel> {
        self.good_models(criterion, window, most, None)
    }

    /// As [`Engine::best_models`], from no more than `budget` fits up to six lists: where many models are near, others as good may be
    /// missing.
    pub(crate) fn good_models(
        &self,
        criterion: Criterion,
        window: f64,
        most: usize,
        budget: Option<u64>,
    ) -> Vec<MultiverseModel> {
        let penalty = criterion.penalty(self.counts.n());
        let lists = self.histories.lists();
        let item = |model: Model, value: f64, least: f64, dark: f64| MultiverseModel {
            formula: model.formula(lists),
            n_hat: self.counts.n() + dark,
            delta: value - least,
            model,
        };
        if let Some(lattice) = &self.lattice {
            let quest = Quest { most, budget, ..Quest::within(penalty, window) };
            let found = lattice.best(&self.counts, quest, &self.cache, &Guide::default());
            let least = found.first().map_or(0.0, |v| v.criterion(penalty));
            let build = |v: &Visit| item(lattice.model(v.set), v.criterion(penalty), least, v.dark_figure);
            found.iter().map(build).collect()
        } else {
            let met = self.met(criterion);
            let limit = met.first().map_or(0.0, |m| m.criterion) + window;
            let found: Vec<Neighbour> = met.iter().filter(|m| m.criterion <= limit).cloned().collect();
            let least = found.first().map_or(0.0, |f| f.criterion);
            found.into_iter().take(most).map(|f| item(f.model, f.criterion, least, f.dark_figure)).collect()
        }
    }

    /// The best model with terms of two lists at most, up to six lists; `None` beyond, or where none has an estimate.
    pub(crate) fn best_two_list(&self, criterion: Criterion) -> Option<(Model, f64)> {
        let lattice = self.lattice.as_ref()?;
        let quest = Quest { order: 2, ..Quest::within(criterion.penalty(self.counts.n()), 0.0) };
        let found = lattice.best(&self.counts, quest, &self.cache, &Guide::default());
        found.first().map(|v| (lattice.model(v.set), self.counts.n() + v.dark_figure))
    }

    /// What a search beyond six lists met, best first; beyond eight within [`AVERAGING_WINDOW`] of the best.
    fn met(&self, criterion: Criterion) -> &[Neighbour] {
        let slot = match criterion {
            Criterion::Aic => &self.met[0],
            Criterion::Bic => &self.met[1],
        };
        slot.get_or_init(|| {
            let penalty = criterion.penalty(self.counts.n());
            let newton = &mut Newton::default();
            if self.counts.t <= RANKED_ABOVE {
                let (starts, all) = (self.starts(), f64::INFINITY);
                return neighbourhood::search(&self.counts, penalty, all, &starts, &self.cache, newton);
            }
            let start = self.stepwise(stepwise::STEPWISE_THRESHOLD);
            ranked::search(&self.counts, penalty, AVERAGING_WINDOW, &start, &self.cache, newton)
        })
    }

    /// The best estimate by BIC, for a table that varies on another one: beyond six lists by a short search.
    pub(crate) fn best_in_short(&self) -> Option<f64> {
        if self.lattice.is_some() {
            return Some(self.near_best(Criterion::Bic, 0.0).first()?.n_hat);
        }
        let penalty = Criterion::Bic.penalty(self.counts.n());
        let place = ranked::quick(&self.counts, penalty, &self.cache, &mut Newton::default())?;
        Some(self.counts.n() + place.fit.dark_figure())
    }

    pub(crate) fn starts(&self) -> Vec<Model> {
        let t = self.counts.t;
        let overlapping: Vec<_> =
            crate::model::pairs(t).filter(|a| self.counts.sufficient[*a as usize] > 0.0).collect();
        vec![
            Model::independence(t),
            self.stepwise(stepwise::STEPWISE_THRESHOLD),
            Model::from_generators(t, &overlapping),
        ]
    }

    fn settle_visit(&self, support: &[Mask], terms: &[Mask], newton: &mut Newton) -> FaceFit {
        let face = existence::face(self.counts.t, support, terms);
        if face.existence != Existence::Exists {
            return FaceFit::None;
        }
        if face.outside.is_empty() {
            return FaceFit::AsFitted;
        }
        let fit = newton.fit_on(&self.counts, terms, &face.outside);
        FaceFit::On { deviance: fit.deviance, dark_figure: fit.dark_figure() }
    }

    /// Every hierarchical model with terms of at most `max_order` lists, summed up by estimate.
    ///
    /// `None` above six lists. With six lists and order 5 that is 7,785,061 models.
    // One function: one sum over all models, whose parts within a thread and between threads are of one form.
    pub fn all_models(&self, max_order: u32, bins: usize) -> Option<LogBins> {
        let lattice = self.lattice.as_ref()?;
        let n = self.counts.n();
        let (low, ratio) = (n, 1000_f64.powf(1.0 / bins as f64));
        let (aic, bic) = (Criterion::Aic.penalty(n), Criterion::Bic.penalty(n));
        struct Sum {
            models: Vec<u64>,
            least: Vec<f64>,
            without: u64,
            range: (f64, f64),
            best: [Option<Visit>; 2],
            newton: Newton,
            /// Uncertain models that reduce to the same fit share one verdict.
            settled: HashMap<(TermSet, TermSet), FaceFit>,
        }
        let better = |slot: &mut Option<Visit>, v: Visit, penalty: f64| {
            let key = |v: &Visit| (v.criterion(penalty), v.set);
            if slot.is_none_or(|old| key(&v) < key(&old)) {
                *slot = Some(v);
            }
        };
        let make = || Sum {
            models: vec![0; bins],
            least: vec![f64::INFINITY; bins],
            without: 0,
            range: (f64::INFINITY, 0.0),
            best: [None; 2],
            newton: Newton::default(),
            settled: HashMap::new(),
        };
        let support: Vec<Mask> = self.histories.cells().iter().map(|c| c.0).collect();
        let parts = lattice.fold(&self.counts, max_order, make, |sum, v| {
            let settled = if v.regular {
                FaceFit::AsFitted
            } else {
                *sum.settled
                    .entry(lattice.reduced(&self.counts, v.set))
                    .or_insert_with(|| self.settle_visit(&support, &terms_of(v.set), &mut sum.newton))
            };
            let v = match settled {
                FaceFit::None => {
                    sum.without += 1;
                    return;
                }
                FaceFit::AsFitted => v,
                FaceFit::On { deviance, dark_figure } => Visit { deviance, dark_figure, ..v },
            };
            let n_hat = n + v.dark_figure;
            let bin = ((n_hat / low).ln() / ratio.ln()) as usize;
            let bin = bin.min(bins - 1);
            sum.models[bin] += 1;
            sum.least[bin] = sum.least[bin].min(v.criterion(bic));
            sum.range = (sum.range.0.min(n_hat), sum.range.1.max(n_hat));
            better(&mut sum.best[0], v, aic);
            better(&mut sum.best[1], v, bic);
        });
        let mut all = make();
        for part in parts {
            for i in 0..bins {
                all.models[i] += part.models[i];
                all.least[i] = all.least[i].min(part.least[i]);
            }
            all.without += part.without;
            all.range = (all.range.0.min(part.range.0), all.range.1.max(part.range.1));
            for (slot, (v, penalty)) in all.best.iter_mut().zip(part.best.into_iter().zip([aic, bic])) {
                if let Some(v) = v {
                    better(slot, v, penalty);
                }
            }
        }
        let least = all.best[1].map_or(0.0, |v| v.criterion(bic));
        let name = |v: Option<Visit>| {
            v.map(|v| (lattice.model(v.set).formula(self.histories.lists()), n + v.dark_figure))
        };
        Some(LogBins {
            low,
            ratio,
            total: all.models.iter().sum(),
            models: all.models,
            least_delta: all.least.iter().map(|b| b - least).collect(),
            without_estimate: all.without,
            range: all.range,
            best_aic: name(all.best[0]),
            best_bic: name(all.best[1]),
        })
    }
}
