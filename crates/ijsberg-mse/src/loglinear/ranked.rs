//! Model search beyond eight lists, where fitting every neighbour of every model on the way takes too long.
//!
//! One evaluation at a fit rates all neighbours: score tests for a term more, Wald tests for a maximal term less. Only
//! the most promising are fitted, and the best of these is the next model. Where nothing promising is better, every
//! neighbour that may be near the best is fitted, so that a model that the tests misjudge is still met. Terms have at
//! most three lists. The result is a local optimum and is reported as such.

use std::collections::HashMap;

use super::existence::{Existence, VerdictCache};
use super::neighbourhood::Neighbour;
use super::newton::moves::Move;
use super::newton::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};

/// Neighbours that are fitted at each step on the table itself, and tried in turn on a replicate of it.
const PROMISING: usize = 6;
const PROMISING_AGAIN: usize = 2;

/// The most steps on a replicate, whose best model is near that of the table.
const STEPS_AGAIN: usize = 10;

/// How much better than its test says a neighbour may turn out, on the scale of the criterion.
const MISJUDGED: f64 = 4.0;

/// The most steps; each lowers the criterion, so this only ends what rounding keeps going.
const MOST_STEPS: usize = 500;

/// A model with its fit, where the search stands.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) model: Model,
    pub(crate) fit: Fit,
    pub(crate) criterion: f64,
}

/// What a search has met: `(criterion, dark figure)` of each model, `None` where no estimate exists.
type FittedModels = HashMap<Model, Option<(f64, f64)>>;

/// A search on one table for one criterion.
struct Search<'a> {
    counts: &'a Counts,
    penalty: f64,
    cache: &'a VerdictCache,
    newton: &'a mut Newton,
    met: FittedModels,
}

impl Search<'_> {
    /// Fits a model from the parameters of a fit nearby; `None` where it has no estimate.
    fn place(&mut self, model: Model, near: Option<&Fit>) -> Option<Place> {
        let start = near.map(|f| {
            let mut start = f.clone();
            // Parameters of terms that the model has not would stay in the means.
            let has: Vec<(usize, f64)> =
                model.terms().iter().map(|a| (*a as usize, f.alpha[*a as usize])).collect();
            start.alpha.fill(0.0);
            has.into_iter().filter(|x| x.1.is_finite()).for_each(|(a, value)| start.alpha[a] = value);
            start
        });
        let mut fit = self.newton.fit(self.counts, model.terms(), start.as_ref());
        if start.is_some() && !fit.settled {
            fit = self.newton.fit(self.counts, model.terms(), None);
        }
        let exists = fit.regular || self.cache.verdict(self.counts, model.terms()) == Existence::Exists;
        let criterion = fit.deviance + self.penalty * model.parameters() as f64;
        self.met.insert(model.clone(), exists.then(|| (criterion, fit.dark_figure())));
        exists.then_some(Place { model, fit, criterion })
    }

    /// What leads to all neighbours of a place, with the change of the criterion that its test promises, the best first.
    fn ranked(&mut self, at: &Place) -> Vec<(f64, Move)> {
        let (more, fewer) = terms_to_move(&at.model);
        let (added, taken) = self.newton.moves(self.counts, at.model.terms(), &at.fit, &more, &fewer);
        let more = added.into_iter().map(|m| (m.deviance + self.penalty, m));
        let fewer = taken.into_iter().map(|m| (m.deviance - self.penalty, m));
        let mut all: Vec<_> = more.chain(fewer).collect();
        all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.term.cmp(&y.1.term)));
        all
    }

    /// The best of the neighbours not met yet that is better than `at`: of the first `promising` whose tests promise a change of the
    /// criterion below `limit`.
    fn best_neighbour(&mut self, at: &Place, limit: f64, promising: usize) -> Option<Place> {
        let ranked = self.ranked(at).into_iter().filter(|n| n.0 < limit).take(promising);
        let mut best: Option<Place> = None;
        for (_, m) in ranked {
            let model = moved(&at.model, &m);
            if self.met.contains_key(&model) {
                continue;
            }
            best = (self.place(model, Some(&at.fit)).into_iter())
                .chain(best)
                .filter(|p| p.criterion < at.criterion - 1e-9)
                .min_by(|x, y| x.criterion.total_cmp(&y.criterion));
        }
        best
    }

    /// Goes from place to place while the criterion falls, fitting the `promising` first neighbours at each.
    fn descend(&mut self, mut at: Place, promising: usize) -> Place {
        for _ in 0..MOST_STEPS {
            match self.best_neighbour(&at, MISJUDGED, promising) {
                Some(place) => at = place,
                None => break,
            }
        }
        at
    }

    /// As [`Search::descend`], but takes the first neighbour that is better, and few steps.
    fn stroll(&mut self, mut at: Place) -> Place {
        for _ in 0..STEPS_AGAIN {
            let ranked = self.ranked(&at);
            let promising = ranked.into_iter().filter(|n| n.0 < 0.0).take(PROMISING_AGAIN);
            let mut better = None;
            for (_, m) in promising {
                let model = moved(&at.model, &m);
                if self.met.contains_key(&model) {
                    continue;
                }
                better = self.place(model, Some(&at.fit)).filter(|p| p.criterion < at.criterion - 1e-9);
                if better.is_some() {
                    break;
                }
            }
            match better {
                Some(place) => at = place,
                None => break,
            }
        }
        at
    }

    /// Fits every neighbour that may be within `window`, and goes on from one that is better.
    fn settle(&mut self, mut at: Place, window: f64) -> Place {
        for _ in 0..MOST_STEPS {
            match self.best_neighbour(&at, window + MISJUDGED, usize::MAX) {
                Some(place) => at = self.descend(place, PROMISING),
                None => break,
            }
        }
        at
    }
}

/// Searches from independence and from `start`, and returns the models within `window` of the best, best first.
pub(crate) fn search(
    counts: &Counts,
    penalty: f64,
    window: f64,
    start: &Model,
    cache: &VerdictCache,
    newton: &mut Newton,
) -> Vec<Neighbour> {
    let mut search = Search { counts, penalty, cache, newton, met: FittedModels::new() };
    let starts = [Model::independence(counts.t), start.clone()];
    let mut ends: Vec<Place> = Vec::new();
    for start in starts {
        if let Some(at) = search.place(start, None) {
            ends.push(search.descend(at, PROMISING));
        }
    }
    ends.sort_by(|x, y| x.criterion.total_cmp(&y.criterion));
    ends.dedup_by(|x, y| x.model == y.model);
    let limit = ends.first().map_or(0.0, |e| e.criterion) + window;
    for end in ends.into_iter().filter(|e| e.criterion <= limit) {
        search.settle(end, window);
    }
    let found = search.met.into_iter().filter_map(|(model, r)| {
        r.map(|(criterion, dark_figure)| Neighbour { model, criterion, dark_figure })
    });
    within(found.collect(), window)
}

/// The best model alone: for a table that varies on another one.
pub(crate) fn quick(
    counts: &Counts,
    penalty: f64,
    cache: &VerdictCache,
    newton: &mut Newton,
) -> Option<Place> {
    let mut search = Search { counts, penalty, cache, newton, met: FittedModels::new() };
    let at = search.place(Model::independence(counts.t), None)?;
    Some(search.descend(at, PROMISING_AGAIN))
}

/// As [`search`] for a replicate of a table, from the model chosen there: a short walk to the best model nearby.
/// Gives `(criterion, dark figure)` within `window`, best first. Neighbours of the best that are not promising enough
/// to be fitted come in by the quadratic approximation, which is at its best for just these.
pub(crate) fn again(
    counts: &Counts,
    penalty: f64,
    window: f64,
    from: &Place,
    cache: &VerdictCache,
    newton: &mut Newton,
) -> Vec<(f64, f64)> {
    let mut search = Search { counts, penalty, cache, newton, met: FittedModels::new() };
    let first = search.place(from.model.clone(), Some(&from.fit));
    // A draw may have no estimate under the model of the table; a smaller one may have.
    let first = first.or_else(|| search.place(Model::independence(counts.t), None));
    let Some(first) = first else { return Vec::new() };
    let best = search.stroll(first);
    let mut all: Vec<(f64, f64)> = Vec::new();
    if window > 0.0 {
        let ranked = search.ranked(&best);
        let new = |m: &Move| !search.met.contains_key(&moved(&best.model, m));
        let near = ranked.into_iter().filter(|n| n.0 < window && new(&n.1));
        all.extend(near.map(|(change, m)| {
            (best.criterion + change.max(0.0), best.fit.dark_figure() * m.log_dark.exp())
        }));
    }
    all.extend(search.met.into_values().flatten());
    all.sort_by(|x, y| x.0.total_cmp(&y.0).then(x.1.total_cmp(&y.1)));
    let limit = best.criterion + window;
    all.retain(|x| x.0 <= limit + 1e-9);
    all
}

/// The model that a move leads to.
fn moved(model: &Model, m: &Move) -> Model {
    let t = model.t();
    if model.contains(m.term) {
        let kept: Vec<Mask> = model.terms().iter().copied().filter(|b| *b != m.term).collect();
        Model::from_generators(t, &kept)
    } else {
        Model::from_generators(t, &[model.terms(), &[m.term]].concat())
    }
}

fn within(mut found: Vec<Neighbour>, window: f64) -> Vec<Neighbour> {
    found.sort_by(|x, y| {
        x.criterion.total_cmp(&y.criterion).then_with(|| x.model.terms().cmp(y.model.terms()))
    });
    let limit = found.first().map_or(0.0, |f| f.criterion) + window;
    found.retain(|f| f.criterion <= limit);
    found
}

/// Terms of two or three lists that can come, all their parts being there, and maximal terms that can go.
fn terms_to_move(model: &Model) -> (Vec<Mask>, Vec<Mask>) {
    let t = model.t();
    let two: Vec<Mask> = pairs(t).filter(|a| model.contains(*a)).collect();
    let mut more: Vec<Mask> = pairs(t).filter(|a| !model.contains(*a)).collect();
    for (i, a) in two.iter().enumerate() {
        for b in &two[..i] {
            let (triple, third) = (a | b, a ^ b);
            // Each triple once, from the two largest of its pairs.
            if triple.count_ones() == 3
                && two.contains(&third)
                && third < *a.min(b)
                && !model.contains(triple)
            {
                more.push(triple);
            }
        }
    }
    let fewer = model.generators().into_iter().filter(|a| a.count_ones() > 1).collect();
    (more, fewer)
}
