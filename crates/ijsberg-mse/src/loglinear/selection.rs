//! Rules that turn a table into an estimate, so that a bootstrap can apply the whole rule again to every replicate.

use serde::Serialize;

use super::existence::Existence;
use super::lattice::{Guide, Quest, TermSet, Visit};
use super::newton::{Counts, Fit, Newton};
use super::ranked::{self, Place};
use super::shortlist::{self, Ratings, ShortlistedModel};
use super::{Criterion, Engine, RANKED_ABOVE, stepwise};
use crate::model::Model;

pub use super::shortlist::{PILOTS, SHORTLIST};

/// How far above the best a model's criterion may be for it to take part in averaging (the window of Madigan and Raftery 1994).
pub const AVERAGING_WINDOW: f64 = 10.0;

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

impl Reselect {
    /// Reads the name that it has in JSON and on the command line: `all` or `shortlist`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            "shortlist" => Some(Self::Shortlist),
            _ => None,
        }
    }
}

/// Everything that replicates share: where to search, or the shortlist with fits to start from.
#[derive(Debug)]
pub(crate) struct Replicator<'e> {
    engine: &'e Engine,
    selections: Vec<Selection>,
    reselect: Reselect,
    guides: [Guide; 2],
    shortlist: &'e [ShortlistedModel],
    /// Beyond eight lists: the models from which replicates walk to a better one, by criterion.
    places: [Option<Place>; 2],
    /// Beyond eight lists: the fits on the table itself of the models that stay, from which replicates need few steps.
    fixed: Vec<Option<Fit>>,
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
            fixed: vec![None; selections.len()],
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
            for (fixed, rule) in this.fixed.iter_mut().zip(selections) {
                if let Selection::Fixed(model) = rule {
                    *fixed = Some(Newton::default().fit(&engine.counts, model.terms(), None));
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
            this.shortlist = engine.shortlist.get_or_init(|| shortlist::shortlist_models(engine));
        }
        this
    }

    /// Applies each rule to other counts of the same cells; infinite where no estimate exists.
    pub(crate) fn estimate(&self, counts: &Counts, newton: &mut Newton) -> Vec<f64> {
        let n = counts.n();
        let bic = Criterion::Bic.penalty(n);
        let mut near_bic: Option<Vec<(f64, f64)>> = None;
        let mut rated = Ratings::new(self.shortlist, counts);
        let wants_average = self.selections.contains(&Selection::Averaged);
        let estimate = |(selection, fixed): (&Selection, &Option<Fit>)| {
            let dark = match selection {
                Selection::Fixed(model) => self.fit(counts, model, fixed.as_ref(), newton),
                Selection::Stepwise(threshold) => {
                    let model = stepwise::stepwise(counts, *threshold, &self.engine.cache, newton);
                    self.fit(counts, &model, None, newton)
                }
                Selection::Best(Criterion::Aic) => {
                    let near = self.near(counts, 2.0, 0.0, 0, &mut rated, newton);
                    near.first().map_or(f64::INFINITY, |m| m.1)
                }
                Selection::Best(Criterion::Bic) | Selection::Averaged => {
                    let window = if wants_average { AVERAGING_WINDOW } else { 0.0 };
                    let near =
                        near_bic.get_or_insert_with(|| self.near(counts, bic, window, 1, &mut rated, newton));
                    if *selection == Selection::Averaged {
                        average(near)
                    } else {
                        near.first().map_or(f64::INFINITY, |m| m.1)
                    }
                }
            };
            n + dark
        };
        self.selections.iter().zip(&self.fixed).map(estimate).collect()
    }

    /// Persons on no list under a model, fitted from a fit nearby where there is one.
    fn fit(&self, counts: &Counts, model: &Model, near: Option<&Fit>, newton: &mut Newton) -> f64 {
        let mut fit = newton.fit(counts, model.terms(), near);
        if near.is_some() && !fit.settled {
            fit = newton.fit(counts, model.terms(), None);
        }
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
        rated: &mut Ratings<'_>,
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
        rated.near(penalty, window, &self.engine.cache, newton)
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

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;
    use crate::chance::stream;
    use crate::histories::{Histories, Mask};

    /// Persons on nine lists, of which the first lies inside the second.
    fn nested(seed: u64) -> Histories {
        let mut rng = stream(seed, 0);
        let chances = [0.3, 0.5, 0.2, 0.25, 0.15, 0.2, 0.1, 0.15, 0.2];
        let mut persons: Vec<(Mask, u64)> = Vec::new();
        for _ in 0..400 {
            let mut mask: Mask = 0;
            for (list, chance) in chances.iter().enumerate() {
                mask |= Mask::from(rng.random::<f64>() < *chance) << list;
            }
            if mask & 2 == 0 {
                mask &= !1;
            }
            if mask > 0 {
                persons.push((mask, 1));
            }
        }
        let mut counts = vec![0; 512];
        persons.iter().for_each(|(mask, n)| counts[*mask as usize] += n);
        let cells = counts.iter().enumerate().map(|(w, n)| (w as Mask, *n)).filter(|c| c.1 > 0);
        Histories::new((0..9).map(|j| format!("L{j}")).collect(), cells).unwrap()
    }

    /// The fit of a list inside another lies on a face; a person on the first alone leaves it, and a start from there must not hold on to it.
    #[test]
    fn a_start_from_a_face_leads_to_the_same_estimate_as_none() {
        for seed in 0..5 {
            let engine = Engine::new(&nested(seed));
            let model = Model::from_generators(9, &[&[3][..], &[4, 8, 16, 32, 64, 128, 256]].concat());
            let rules = [Selection::Fixed(model.clone())];
            let replicator = Replicator::new(&engine, &rules, Reselect::Shortlist);
            assert!(replicator.fixed[0].is_some());
            let mut dense = engine.histories().dense();
            dense[1] += 1.0;
            let counts = Counts::new(dense);
            let newton = &mut Newton::default();
            let near = replicator.estimate(&counts, newton)[0];
            let alone = counts.n() + newton.fit(&counts, model.terms(), None).dark_figure();
            assert!((near / alone - 1.0).abs() < 1e-6, "{seed}: {near} {alone}");
        }
    }
}
