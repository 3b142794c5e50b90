//! Model search beyond six lists, where the lattice is too large to visit.
//!
//! Steepest descent on the criterion from several starts (independence, the stepwise model, all overlapping pairs).
//! A neighbour has one more term of at most three lists, or one maximal term less. Every model visited is remembered,
//! so the models near the best are known too. The result is a local optimum and is reported as such.

use std::collections::HashMap;

use super::existence::{Existence, VerdictCache};
use super::newton::{Counts, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};

/// Above this many lists only two-list terms are tried, since every fit costs `2^lists`.
const TRIPLES_UP_TO: usize = 8;

/// A model visited by the search.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) model: Model,
    pub(crate) criterion: f64,
    pub(crate) dark_figure: f64,
}

/// Searches and returns the models within `window` of the best, best first.
pub(crate) fn search(
    counts: &Counts,
    penalty: f64,
    window: f64,
    starts: &[Model],
    cache: &VerdictCache,
    newton: &mut Newton,
) -> Vec<Neighbour> {
    let mut seen: HashMap<Model, Option<(f64, f64)>> = HashMap::new();
    let mut rate = |model: &Model, newton: &mut Newton| -> Option<(f64, f64)> {
        *seen.entry(model.clone()).or_insert_with(|| {
            let mut fit = newton.fit(counts, model.terms(), None);
            let exists = cache.settle(counts, model.terms(), newton, &mut fit) == Existence::Exists;
            exists.then(|| (fit.deviance + penalty * model.parameters() as f64, fit.dark_figure()))
        })
    };
    for start in starts {
        let mut current = start.clone();
        let Some((mut best, _)) = rate(&current, newton) else { continue };
        loop {
            let rated = neighbours(&current).into_iter().filter_map(|m| rate(&m, newton).map(|r| (r.0, m)));
            match rated.min_by(|x, y| x.0.total_cmp(&y.0)).filter(|x| x.0 < best - 1e-9) {
                Some((criterion, model)) => (best, current) = (criterion, model),
                None => break,
            }
        }
    }
    let mut found: Vec<Neighbour> = seen
        .into_iter()
        .filter_map(|(model, r)| {
            r.map(|(criterion, dark_figure)| Neighbour { model, criterion, dark_figure })
        })
        .collect();
    found.sort_by(|x, y| {
        x.criterion.total_cmp(&y.criterion).then_with(|| x.model.terms().cmp(y.model.terms()))
    });
    let limit = found.first().map_or(0.0, |f| f.criterion) + window;
    found.retain(|f| f.criterion <= limit);
    found
}

fn neighbours(model: &Model) -> Vec<Model> {
    let t = model.t();
    let has = |a: Mask| model.contains(a);
    let triples =
        (0..if t <= TRIPLES_UP_TO { 1_u32 << t } else { 0 }).filter(|a| a.count_ones() == 3 && t > 3);
    let facets_in = |a: Mask| (0..t).filter(|j| a >> j & 1 == 1).all(|j| has(a & !(1 << j)));
    let added = pairs(t).chain(triples).filter(|a| !has(*a) && facets_in(*a));
    let removed = model.generators().into_iter().filter(|a| a.count_ones() > 1);
    let mut result: Vec<Model> =
        added.map(|a| Model::from_generators(t, &[model.terms(), &[a]].concat())).collect();
    result.extend(removed.map(|a| {
        let kept: Vec<Mask> = model.terms().iter().filter(|b| **b != a).copied().collect();
        Model::from_generators(t, &kept)
    }));
    result
}
