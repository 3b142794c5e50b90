//! The models among which replicates of a table choose again, and how they are rated without fitting most of them.

use std::collections::HashMap;

use rayon::prelude::*;

use super::existence::{Existence, VerdictCache};
use super::lattice::{Guide, Quest, SLACK, Visit};
use super::newton::ahead::{Ahead, Outlook};
use super::newton::{Counts, Fit, Newton};
use super::{Criterion, Engine};
use crate::chance::{multinomial, stream};
use crate::model::Model;

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

/// A model of the shortlist with its fit to the table itself.
#[derive(Debug)]
pub(crate) struct ShortlistedModel {
    model: Model,
    fit: Fit,
    ahead: Ahead,
}

/// What the shortlist comes to on other counts: each model is fitted at most once, and only where it may matter.
pub(crate) struct Ratings<'a> {
    listed: &'a [ShortlistedModel],
    counts: &'a Counts,
    /// By model, what a step says of it; empty until it is asked for.
    outlook: Vec<Outlook>,
    /// Of the models that were fitted: deviance and dark figure, `None` where there is no estimate.
    fitted: HashMap<usize, Option<(f64, f64)>>,
    scratch: Option<Fit>,
}

impl<'a> Ratings<'a> {
    pub(crate) fn new(listed: &'a [ShortlistedModel], counts: &'a Counts) -> Self {
        Self { listed, counts, outlook: Vec::new(), fitted: HashMap::new(), scratch: None }
    }

    /// `(criterion, dark figure)` of the models within the window, best first.
    pub(crate) fn near(
        &mut self,
        penalty: f64,
        window: f64,
        cache: &VerdictCache,
        newton: &mut Newton,
    ) -> Vec<(f64, f64)> {
        if self.outlook.is_empty() {
            let ahead = |l: &ShortlistedModel| l.ahead.outlook(self.counts, l.model.terms(), newton);
            self.outlook = self.listed.iter().map(ahead).collect();
        }
        let cost = |i: usize| penalty * self.listed[i].model.parameters() as f64;
        // Those that are likely the best come first and tell how good the others must be.
        let mut order: Vec<(f64, usize)> =
            self.outlook.iter().enumerate().map(|(i, o)| (o.likely + cost(i), i)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut limit = f64::INFINITY;
        let mut rated: Vec<(f64, usize, f64)> = Vec::new();
        for (_, i) in order {
            let cost = penalty * self.listed[i].model.parameters() as f64;
            if self.outlook[i].least + cost > limit + SLACK {
                continue;
            }
            let Some((deviance, dark_figure)) = self.fit(i, limit + SLACK - cost, cache, newton) else {
                continue;
            };
            limit = limit.min(deviance + cost + window);
            rated.push((deviance + cost, i, dark_figure));
        }
        rated.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        rated.retain(|r| r.0 <= limit + 1e-9);
        rated.into_iter().map(|r| (r.0, r.2)).collect()
    }

    /// Deviance and dark figure of a model, fitted from its fit to the table; `None` where it has no estimate, or surely a deviance above
    /// `most`.
    fn fit(&mut self, i: usize, most: f64, cache: &VerdictCache, newton: &mut Newton) -> Option<(f64, f64)> {
        if let Some(known) = self.fitted.get(&i) {
            return *known;
        }
        let ShortlistedModel { model, fit: start, .. } = &self.listed[i];
        let fit = self.scratch.get_or_insert_with(|| start.clone());
        fit.alpha.clone_from(&start.alpha);
        newton.refit_up_to(self.counts, model.terms(), most, fit);
        if fit.deviance > most {
            self.outlook[i].least = fit.deviance;
            return None;
        }
        let exists = cache.settle(self.counts, model.terms(), newton, fit) == Existence::Exists;
        let found = exists.then(|| (fit.deviance, fit.dark_figure()));
        self.fitted.insert(i, found);
        found
    }
}

/// The shortlist of a table.
pub(crate) fn shortlist_models(engine: &Engine) -> Vec<ShortlistedModel> {
    let mut models: Vec<Model> = Vec::new();
    for (criterion, window) in [(Criterion::Bic, 14.0), (Criterion::Aic, 5.0)] {
        for near in engine.best_models(criterion, window, SHORTLIST / 2) {
            if !models.contains(&near.model) {
                models.push(near.model);
            }
        }
    }
    for model in pilots(engine) {
        if !models.contains(&model) {
            models.push(model);
        }
    }
    let mut newton = Newton::default();
    models
        .into_iter()
        .map(|model| {
            let fit = newton.fit(&engine.counts, model.terms(), None);
            let ahead = Ahead::new(&engine.counts, model.terms(), &fit, &mut newton);
            ShortlistedModel { model, fit, ahead }
        })
        .collect()
}

/// The best few models of each pilot replicate, up to six lists.
fn pilots(engine: &Engine) -> Vec<Model> {
    let Some(lattice) = &engine.lattice else { return Vec::new() };
    let penalty = Criterion::Bic.penalty(engine.counts.n());
    let pilot = Quest { most: 5, budget: Some(PILOT_FITS), ..Quest::within(penalty, 2.0) };
    let guide = Guide { priority: lattice.priority(&engine.counts), ..Guide::default() };
    let weights: Vec<f64> = engine.histories.cells().iter().map(|c| c.1 as f64).collect();
    let found: Vec<Vec<Visit>> = (0..PILOTS)
        .into_par_iter()
        .map(|b| {
            let drawn = multinomial(engine.histories.n(), &weights, &mut stream(PILOT_SEED, b));
            let counts = Counts::new(engine.histories.dense_with(&drawn));
            lattice.best(&counts, pilot, &engine.cache, &guide)
        })
        .collect();
    found.iter().flatten().map(|visit| lattice.model(visit.set)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::histories::{Histories, Mask};
    use crate::loglinear::selection::AVERAGING_WINDOW;
    use crate::simulate::worlds::{self, WORLDS};

    /// As [`Ratings::near`], with a fit of every model.
    fn by_fits(
        listed: &[ShortlistedModel],
        counts: &Counts,
        (penalty, window): (f64, f64),
        cache: &VerdictCache,
        newton: &mut Newton,
    ) -> Vec<(f64, f64)> {
        let mut rated: Vec<(f64, f64)> = Vec::new();
        for ShortlistedModel { model, fit: start, .. } in listed {
            let mut fit = start.clone();
            newton.refit(counts, model.terms(), true, &mut fit);
            if cache.settle(counts, model.terms(), newton, &mut fit) == Existence::Exists {
                rated.push((fit.deviance + penalty * model.parameters() as f64, fit.dark_figure()));
            }
        }
        rated.sort_by(|a, b| a.0.total_cmp(&b.0));
        let limit = rated.first().map_or(0.0, |r| r.0) + window;
        rated.retain(|r| r.0 <= limit + 1e-9);
        rated
    }

    /// Compares the two on replicates of a table; returns models rated and models fitted.
    fn compared(h: &Histories, replicates: u64) -> (usize, usize) {
        let engine = Engine::new(h);
        let listed = shortlist_models(&engine);
        let newton = &mut Newton::default();
        let weights: Vec<f64> = h.cells().iter().map(|c| c.1 as f64).collect();
        let (mut rated, mut fitted) = (0, 0);
        for b in 0..replicates {
            let drawn = multinomial(h.n(), &weights, &mut stream(11, b));
            let counts = Counts::new(h.dense_with(&drawn));
            let mut ratings = Ratings::new(&listed, &counts);
            let bic = Criterion::Bic.penalty(counts.n());
            for asked in [(2.0, 0.0), (bic, 0.0), (bic, AVERAGING_WINDOW)] {
                let found = ratings.near(asked.0, asked.1, &engine.cache, newton);
                let right = by_fits(&listed, &counts, asked, &engine.cache, newton);
                assert_eq!(found, right, "{:?} replicate {b} {asked:?}", h.cells());
            }
            rated += listed.len();
            fitted += ratings.fitted.len();
        }
        (rated, fitted)
    }

    #[test]
    fn no_bound_discards_a_model_near_the_best_in_any_kind_of_population() {
        let (mut tables, mut rated, mut fitted) = (0, 0, 0);
        for (seed, world) in WORLDS.iter().enumerate() {
            let drawn = (0..20).filter_map(|d| worlds::draw(world, seed as u64, d));
            for d in drawn.filter(|d| d.histories.t() <= 5).take(2) {
                let (all, few) = compared(&d.histories, 10);
                (tables, rated, fitted) = (tables + 1, rated + all, fitted + few);
            }
        }
        assert!(tables > 40, "{tables}");
        // What the bounds are for.
        assert!(2 * fitted < rated, "{fitted} of {rated}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn no_bound_discards_a_model_near_the_best_on_sparse_tables(
            counts in prop::collection::vec(prop_oneof![Just(0_u64), 0..4_u64, 0..60_u64, 0..2000_u64], 15),
        ) {
            let names = ["a", "b", "c", "d"].map(String::from).to_vec();
            let cells = counts.into_iter().enumerate().map(|(w, n)| (w as Mask + 1, n)).filter(|c| c.1 > 0);
            if let Ok(h) = Histories::new(names, cells) {
                compared(&h, 4);
            }
        }
    }
}
