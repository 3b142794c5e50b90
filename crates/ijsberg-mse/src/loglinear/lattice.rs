//! The lattice of hierarchical models on up to six lists: visiting all of them, or only those that can matter.
//!
//! A model is a 64-bit set of terms. Both traversals use that the likelihood can only rise when terms are added.

mod branch;

pub(crate) use branch::{Guide, Quest};
use rayon::prelude::*;

use super::newton::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};

/// The most lists for which a set of terms fits in 64 bits.
pub const MAX_LATTICE_LISTS: usize = 6;

/// Slack on bounds, far above the error of a fit and far below any difference that matters.
pub(crate) const SLACK: f64 = 1e-6;

/// A set of terms: bit `a` stands for the term with mask `a`.
pub(crate) type TermSet = u64;

/// All hierarchical models on `t` lists that hold every main effect, the saturated one excluded.
#[derive(Debug)]
pub(crate) struct Lattice {
    t: usize,
    /// For each term, the set of terms that contain it.
    up: Vec<TermSet>,
    /// For each term, the set of its subsets, itself included.
    down: Vec<TermSet>,
    /// Interactions below the saturated one, smaller ones first: a linear extension of inclusion.
    order: Vec<Mask>,
    /// Intercept and main effects.
    base: TermSet,
    /// Everything but the saturated interaction.
    top: TermSet,
}

/// A model visited on the lattice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) set: TermSet,
    pub(crate) deviance: f64,
    pub(crate) dark_figure: f64,
    /// Whether the fit itself proves existence; otherwise the exact check must decide.
    pub(crate) regular: bool,
}

impl Visit {
    /// Deviance plus penalty: AIC or BIC up to a constant of the table.
    pub(crate) fn criterion(&self, penalty: f64) -> f64 {
        self.deviance + penalty * f64::from(self.set.count_ones())
    }
}

impl Lattice {
    /// The lattice for `t` lists, or `None` above [`MAX_LATTICE_LISTS`].
    pub(crate) fn new(t: usize) -> Option<Self> {
        if !(2..=MAX_LATTICE_LISTS).contains(&t) {
            return None;
        }
        let all: Vec<Mask> = (0..1 << t).collect();
        let collect =
            |keep: &dyn Fn(Mask) -> bool| all.iter().filter(|a| keep(**a)).fold(0, |set, a| set | 1 << a);
        let full = all.len() as Mask - 1;
        let mut order: Vec<Mask> =
            all.iter().copied().filter(|a| a.count_ones() >= 2 && *a != full).collect();
        order.sort_by_key(|a| (a.count_ones(), *a));
        Some(Self {
            t,
            up: all.iter().map(|a| collect(&|b| b & a == *a)).collect(),
            down: all.iter().map(|a| collect(&|b| b & a == b)).collect(),
            base: collect(&|a| a.count_ones() < 2),
            top: collect(&|a| a != full),
            order,
        })
    }

    /// What decides a model's fit: its terms that are not removed, and the cells that are not.
    pub(crate) fn reduced(&self, counts: &Counts, set: TermSet) -> (TermSet, TermSet) {
        let mut removed = 0;
        let mut finite = set;
        for a in terms_of(set) {
            if counts.sufficient[a as usize] <= 0.0 {
                removed |= self.up[a as usize];
                finite &= !(1 << a);
            }
        }
        (finite, removed)
    }

    pub(crate) fn model(&self, set: TermSet) -> Model {
        Model::from_generators(self.t, &terms_of(set))
    }

    /// Every model with terms of at most `max_order` lists, for callers that fit in their own way.
    pub(crate) fn sets(&self, max_order: u32) -> Vec<TermSet> {
        let mut sets = vec![self.base];
        for a in self.order.iter().filter(|a| a.count_ones() <= max_order) {
            let subsets = self.down[*a as usize] & !(1 << a);
            let with: Vec<TermSet> =
                sets.iter().filter(|s| *s & subsets == subsets).map(|s| s | 1 << a).collect();
            sets.extend(with);
        }
        sets
    }

    /// Visits every model with terms of at most `max_order` lists, each exactly once, on all threads.
    ///
    /// A model's parent is the model without its last term in [`Lattice::order`]; the parent's fit is the child's
    /// start. Subtrees hang off the sets of two-list terms, which are fitted afresh, so that the result does not
    /// depend on the number of threads. `visit` folds into accumulators that come back in a fixed order.
    pub(crate) fn fold<A: Send>(
        &self,
        counts: &Counts,
        max_order: u32,
        make: impl Fn() -> A + Sync,
        visit: impl Fn(&mut A, Visit) + Sync,
    ) -> Vec<A> {
        let pairs: Vec<Mask> = pairs(self.t).filter(|a| self.order.contains(a)).collect();
        let subsets = 1_usize << pairs.len();
        let chunk = (subsets / 256).max(1);
        let first_triple = pairs.len();
        let last = self.order.iter().rposition(|a| a.count_ones() <= max_order).map_or(0, |i| i + 1);
        (0..subsets.div_ceil(chunk))
            .into_par_iter()
            .map(|c| {
                let mut walk = Walk {
                    lattice: self,
                    counts,
                    newton: Newton::default(),
                    terms: Vec::new(),
                    spare: Vec::new(),
                };
                let mut acc = make();
                for subset in c * chunk..((c + 1) * chunk).min(subsets) {
                    let chosen = pairs.iter().enumerate().filter(|(i, _)| subset >> i & 1 == 1);
                    let set = chosen.fold(self.base, |set, (_, a)| set | 1 << a);
                    collect_terms(set, &mut walk.terms);
                    let fit = walk.newton.fit(counts, &walk.terms, None);
                    visit(&mut acc, visited(set, &fit));
                    walk.descend(set, first_triple, last, &fit, &mut |v| visit(&mut acc, v));
                }
                acc
            })
            .collect()
    }
}

fn cells_above(lattice: &Lattice, a: Mask) -> impl Iterator<Item = usize> {
    let up = lattice.up[a as usize];
    (0..64).filter(move |w| up >> w & 1 == 1)
}

/// The terms in a set, by mask.
pub(crate) fn terms_of(set: TermSet) -> Vec<Mask> {
    let mut terms = Vec::new();
    collect_terms(set, &mut terms);
    terms
}

fn collect_terms(mut set: TermSet, terms: &mut Vec<Mask>) {
    terms.clear();
    while set != 0 {
        terms.push(set.trailing_zeros());
        set &= set - 1;
    }
}

fn visited(set: TermSet, fit: &Fit) -> Visit {
    Visit { set, deviance: fit.deviance, dark_figure: fit.dark_figure(), regular: fit.regular }
}

struct Walk<'a> {
    lattice: &'a Lattice,
    counts: &'a Counts,
    newton: Newton,
    terms: Vec<Mask>,
    /// Fits to be overwritten, so that the walk does not allocate.
    spare: Vec<Fit>,
}

impl Walk<'_> {
    fn descend(&mut self, set: TermSet, from: usize, last: usize, fit: &Fit, visit: &mut impl FnMut(Visit)) {
        for i in from..last {
            let a = self.lattice.order[i];
            let subsets = self.lattice.down[a as usize] & !(1 << a);
            if set & subsets != subsets {
                continue;
            }
            let child = set | 1 << a;
            collect_terms(child, &mut self.terms);
            let mut next = self.spare.pop().unwrap_or_else(|| fit.clone());
            next.clone_from(fit);
            // A term that is never seen, and below which every cell is already removed, changes nothing.
            let unseen = self.counts.sufficient[a as usize] <= 0.0;
            if unseen && cells_above(self.lattice, a).all(|w| fit.mu[w] <= 0.0) {
                next.alpha[a as usize] = f64::NEG_INFINITY;
            } else {
                self.newton.refit(self.counts, &self.terms, true, &mut next);
            }
            visit(visited(child, &next));
            self.descend(child, i + 1, last, &next, visit);
            self.spare.push(next);
        }
    }
}
