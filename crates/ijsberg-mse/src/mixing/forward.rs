//! Pairs of lists that depend on one another beside a column for the number of lists, by forward selection.
//!
//! A search without the column explains with pairs what persons who differ do, and misses the models that have both. Here pairs are
//! rated by their scores with the number of unseen persons held at the last model's best; the most promising are fitted.

use super::ascent::{Ascent, Derivatives, Objective};
use super::hierarchical::WithColumn;
use super::trace::{Member, Sampling};
use super::{Family, trace};
use crate::heterogeneity::Heterogeneity;
use crate::histories::{Histories, Mask};
use crate::model::{Model, pairs};

/// The least gain in log-likelihood of a pair.
const GAIN: f64 = 1.0;
/// Pairs that are fitted at each step.
const FITTED: usize = 3;

/// Independence with one pair more each, as long as the best pair is worth it and no longer than there are lists.
pub(crate) fn forward(h: &Histories, heterogeneity: Heterogeneity, grid: &[f64]) -> Vec<Model> {
    let t = h.t();
    let cells = h.dense();
    let mut found = Vec::new();
    let mut model = Model::independence(t);
    let mut family = Family::Column { by_list: true, heterogeneity };
    while found.len() < t {
        let Ok(trace) = trace(h, &family, grid, Sampling::Multinomial) else { break };
        let unseen = trace.peak.unseen;
        let Some(now) = Fit::with_unseen(&cells, &model, heterogeneity, unseen) else { break };
        let better = now
            .promising(h, &cells, &model, heterogeneity)
            .into_iter()
            .filter_map(|a| {
                let more = Model::from_generators(t, &[model.terms(), &[a]].concat());
                Some((Fit::with_unseen(&cells, &more, heterogeneity, unseen)?.value, more))
            })
            .max_by(|x, y| x.0.total_cmp(&y.0));
        let Some((_, more)) = better.filter(|b| b.0 > now.value + GAIN) else { break };
        model = more;
        found.push(model.clone());
        family = Family::LogLinearWith(model.clone(), heterogeneity);
    }
    found
}

/// A fit to the complete table.
struct Fit {
    unseen: f64,
    value: f64,
    /// By term, then the column's.
    theta: Vec<f64>,
}

impl Fit {
    fn with_unseen(cells: &[f64], model: &Model, heterogeneity: Heterogeneity, unseen: f64) -> Option<Self> {
        let mut member = WithColumn::new(cells, model.terms(), heterogeneity.column());
        let mut theta = member.starts(unseen).pop()?;
        let value = Ascent::default().climb(&mut member, unseen, &mut theta);
        value.is_finite().then_some(Self { unseen, value, theta })
    }

    /// Pairs outside the model by the square of their score over its variance, the best first.
    fn promising(
        &self,
        h: &Histories,
        cells: &[f64],
        model: &Model,
        heterogeneity: Heterogeneity,
    ) -> Vec<Mask> {
        let t = h.t();
        let outside: Vec<Mask> = pairs(t).filter(|a| !model.contains(*a) && h.on_all(*a) > 0).collect();
        let all = Model::from_generators(t, &[model.terms(), &outside].concat());
        let mut member = WithColumn::new(cells, all.terms(), heterogeneity.column());
        let seen = |a: &Mask| *a != 0 && h.on_all(*a) > 0;
        let mut own = self.theta.iter().copied();
        let mut theta: Vec<f64> = (all.terms().iter().filter(|a| seen(a)))
            .map(|a| if model.contains(*a) { own.next().unwrap_or(0.0) } else { 0.0 })
            .collect();
        theta.extend(own);
        let mut d = Derivatives::default();
        member.derivatives(self.unseen, &theta, &mut d);
        let p = theta.len();
        let terms = all.terms().iter().filter(|a| seen(a)).enumerate();
        let mut rated: Vec<(f64, Mask)> = terms
            .filter(|(_, a)| !model.contains(**a))
            .map(|(i, a)| (d.gradient[i].powi(2) / d.observed[i * p + i].max(1e-9), *a))
            .collect();
        rated.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
        rated.into_iter().take(FITTED).map(|r| r.1).collect()
    }
}
