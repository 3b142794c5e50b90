//! Rules that turn a table into an estimate, so that a bootstrap can apply the whole rule again to every replicate.

use rayon::prelude::*;
use serde::Serialize;

use super::existence::Existence;
use super::lattice::{Guide, Quest, TermSet, Visit};
use super::newton::{Counts, Fit, Newton};
use super::ranked::{self, Place, RANKED_ABOVE};
use super::{Criterion, Engine, stepwise};
use crate::model::Model;
use crate::resample::{multinomial, stream};

/// How far below the best BIC a model may be and still take part in averaging (Madigan and Raftery's window).
pub const AVERAGING_WINDOW: f64 = 10.0;

/// How many models of the data themselves a shortlist holds.
pub const SHORTLIST: usize = 200;

/// Pilot replicates that are searched in full, each of which adds its best few models to the shortlist.
///
/// Without them the shortlist holds only models that look like the best of the data, and intervals come out too
/// narrow: on the Dutch table the upper limit for the best BIC more than doubles when every model may be chosen.
pub const PILOTS: u64 = 60;

/// Fits that a pilot's search may take. A table with much overlap would take a hundred times as many for a proof, which
/// a shortlist does not need.
const PILOT_FITS: u64 = 5_000;

/// Seed of the pilot replicates: part of the rule, not of a run.
const PILOT_SEED: u64 = 1;

/// A rule that chooses a model, or several, and estimates.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// Always this model.
    Fixed(Model),
    /// Forward stepwise with this threshold.
    Stepwise(f64),
    /// The best model by a criterion over all hierarchical models.
    Best(Criterion),
    /// Mean of the estimates within [`AVERAGING_WINDOW`] of the best BIC, weighted by `exp(-BIC / 2)`.
    Averaged,
}

/// Over which models a replicate chooses again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reselect {
    /// Every hierarchical model; up to six lists.
    All,
    /// The [`SHORTLIST`] best models of the data themselves by either criterion (Silverman, Chan and Vincent 2024),
    /// and the best by BIC of [`PILOTS`] replicates that were searched in full. Beyond eight lists: the models to which
    /// a walk leads from the best of the data.
    Shortlist,
}

/// Everything that replicates share: where to search, or the shortlist with fits to start from.
#[derive(Debug)]
pub(crate) struct Replicator<'e> {
    engine: &'e Engine,
    selections: Vec<Selection>,
    reselect: Reselect,
    guides: [Guide; 2],
    shortlist: &'e [(Model, Fit)],
    /// Beyond eight lists: the models from which replicates walk to a better one, by criterion.
    places: [Option<Place>; 2],
}

impl<'e> Replicator<'e> {
    pub(crate) fn new(engine: &'e Engine, selections: &[Selection], reselect: Reselect) -> Self {
        let reselect = if engine.lattice.is_none() { Reselect::Shortlist } else { reselect };
        let searches = selections.iter().any(|s| matches!(s, Selection::Best(_) | Selection::Averaged));
        let mut this = Self {
            engine,
            selections: selections.to_vec(),
            reselect,
            guides: Default::default(),
            shortlist: &[],
            places: [None, None],
        };
        if engine.counts.t > RANKED_ABOVE {
            let wanted = |criterion| {
                selections.iter().any(|s| {
                    *s == Selection::Best(criterion)
                        || *s == Selection::Averaged && criterion == Criterion::Bic
                })
            };
            for (place, criterion) in this.places.iter_mut().zip([Criterion::Aic, Criterion::Bic]) {
                if wanted(criterion) {
                    *place = engine.place(criterion);
                }
            }
        } else if searches
            && reselect == Reselect::All
            && let Some(lattice) = &engine.lattice
        {
            let priority = lattice.priority(&engine.counts);
            for (guide, criterion) in this.guides.iter_mut().zip([Criterion::Aic, Criterion::Bic]) {
                let penalty = criterion.penalty(engine.counts.n());
                let near = lattice.best(
                    &engine.counts,
                    Quest { most: 8, ..Quest::within(penalty, 2.0) },
                    &engine.cache,
                    &Guide::default(),
                );
                guide.priority.clone_from(&priority);
                guide.incumbents = near.iter().take(8).map(|v| v.set).collect::<Vec<TermSet>>();
            }
        } else if searches {
            this.shortlist = engine.shortlist.get_or_init(|| shortlist(engine));
        }
        this
    }

    /// Applies each rule to other counts of the same cells; infinite where no estimate exists.
    pub(crate) fn estimate(&self, counts: &Counts, newton: &mut Newton) -> Vec<f64> {
        let n = counts.n();
        let bic = Criterion::Bic.penalty(n);
        let mut near_bic: Option<Vec<(f64, f64)>> = None;
        let wants_average = self.selections.contains(&Selection::Averaged);
        let estimate = |selection: &Selection| {
            let dark = match selection {
                Selection::Fixed(model) => self.fit(counts, model, newton),
                Selection::Stepwise(threshold) => {
                    let model = stepwise::stepwise(counts, *threshold, &self.engine.cache, newton);
                    self.fit(counts, &model, newton)
                }
                Selection::Best(Criterion::Aic) => {
                    let near = self.near(counts, 2.0, 0.0, 0, newton);
                    near.first().map_or(f64::INFINITY, |m| m.1)
                }
                Selection::Best(Criterion::Bic) | Selection::Averaged => {
                    let window = if wants_average { AVERAGING_WINDOW } else { 0.0 };
                    let near = near_bic.get_or_insert_with(|| self.near(counts, bic, window, 1, newton));
                    if *selection == Selection::Averaged {
                        average(near)
                    } else {
                        near.first().map_or(f64::INFINITY, |m| m.1)
                    }
                }
            };
            n + dark
        };
        self.selections.iter().map(estimate).collect()
    }

    fn fit(&self, counts: &Counts, model: &Model, newton: &mut Newton) -> f64 {
        let mut fit = newton.fit(counts, model.terms(), None);
        let existence = self.engine.cache.settle(counts, model.terms(), newton, &mut fit);
        if existence == Existence::Exists { fit.dark_figure() } else { f64::INFINITY }
    }

    /// `(criterion, dark figure)` of the models within the window, best first.
    fn near(
        &self,
        counts: &Counts,
        penalty: f64,
        window: f64,
        guide: usize,
        newton: &mut Newton,
    ) -> Vec<(f64, f64)> {
        if let (Reselect::All, Some(lattice)) = (self.reselect, &self.engine.lattice) {
            let found =
                lattice.best(counts, Quest::within(penalty, window), &self.engine.cache, &self.guides[guide]);
            return found.iter().map(|v: &Visit| (v.criterion(penalty), v.dark_figure)).collect();
        }
        if let Some(place) = &self.places[guide] {
            return ranked::again(counts, penalty, window, place, &self.engine.cache, newton);
        }
        let mut rated: Vec<(f64, f64)> = Vec::with_capacity(self.shortlist.len());
        let mut scratch: Option<Fit> = None;
        for (model, start) in self.shortlist {
            let fit = scratch.get_or_insert_with(|| start.clone());
            fit.alpha.clone_from(&start.alpha);
            newton.refit(counts, model.terms(), true, fit);
            if self.engine.cache.settle(counts, model.terms(), newton, fit) == Existence::Exists {
                rated.push((fit.deviance + penalty * model.parameters() as f64, fit.dark_figure()));
            }
        }
        rated.sort_by(|a, b| a.0.total_cmp(&b.0));
        let limit = rated.first().map_or(0.0, |r| r.0) + window;
        rated.retain(|r| r.0 <= limit + 1e-9);
        rated
    }
}

impl Engine {
    /// The best model by a criterion with its fit, to walk from.
    fn place(&self, criterion: Criterion) -> Option<Place> {
        let model = self.near_best(criterion, 0.0).first()?.model.clone();
        let fit = Newton::default().fit(&self.counts, model.terms(), None);
        let penalty = criterion.penalty(self.counts.n());
        let value = fit.deviance + penalty * model.parameters() as f64;
        Some(Place { model, fit, criterion: value })
    }
}

/// Weighted mean over models; infinite when there are none.
pub(crate) fn average(near: &[(f64, f64)]) -> f64 {
    let Some((least, _)) = near.first() else { return f64::INFINITY };
    let weights = near.iter().map(|m| (-0.5 * (m.0 - least)).exp());
    let (sum, total) =
        weights.zip(near).fold((0.0, 0.0), |(s, w), (weight, m)| (s + weight * m.1, w + weight));
    sum / total
}

fn shortlist(engine: &Engine) -> Vec<(Model, Fit)> {
    let mut models: Vec<Model> = Vec::new();
    for (criterion, window) in [(Criterion::Bic, 14.0), (Criterion::Aic, 5.0)] {
        for near in engine.best_models(criterion, window, SHORTLIST / 2) {
            if !models.contains(&near.model) {
                models.push(near.model);
            }
        }
    }
    if let Some(lattice) = &engine.lattice {
        let penalty = Criterion::Bic.penalty(engine.counts.n());
        let pilot = Quest { most: 5, budget: Some(PILOT_FITS), ..Quest::within(penalty, 2.0) };
        let guide = Guide { priority: lattice.priority(&engine.counts), ..Guide::default() };
        let cells = engine.histories.cells();
        let weights: Vec<f64> = cells.iter().map(|c| c.1 as f64).collect();
        let pilots: Vec<Vec<Visit>> = (0..PILOTS)
            .into_par_iter()
            .map(|b| {
                let drawn = multinomial(engine.histories.n(), &weights, &mut stream(PILOT_SEED, b));
                let counts = Counts::new(engine.histories.dense_with(&drawn));
                lattice.best(&counts, pilot, &engine.cache, &guide)
            })
            .collect();
        for visit in pilots.iter().flatten() {
            let model = lattice.model(visit.set);
            if !models.contains(&model) {
                models.push(model);
            }
        }
    }
    let mut newton = Newton::default();
    models
        .into_iter()
        .map(|model| {
            let fit = newton.fit(&engine.counts, model.terms(), None);
            (model, fit)
        })
        .collect()
}
