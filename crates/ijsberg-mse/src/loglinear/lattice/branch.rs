//! Branch and bound over the lattice: the best models without visiting the others.
//!
//! A node fixes terms that are in (`low`) and terms that may be in (`high`). Adding terms can only raise the
//! likelihood, so every model of the node has at least the deviance of `high` and at least the penalty of `low`.
//!
//! On a sparse table that prunes little: most of the terms say nothing, and most of the models have no estimate. So
//! terms that change nothing are left out and put back into what was found, and a node whose `low` has no estimate is
//! dropped, since no larger model has one.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::{Lattice, SLACK, TermSet, Visit, collect_terms, terms_of, visited};
use crate::histories::Mask;
use crate::loglinear::existence::{Existence, VerdictCache};
use crate::loglinear::newton::{Counts, Fit, Newton};

/// Nodes are split among threads while fewer than this many terms are decided.
const SPLIT_DEPTH: usize = 6;

/// What is sought: models near the best by deviance plus a penalty a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quest {
    /// Penalty of one parameter: 2 for AIC, `log n` for BIC.
    pub(crate) penalty: f64,
    /// How far from the best a model may be.
    pub(crate) window: f64,
    /// The most models wanted; the window shrinks to hold no more.
    pub(crate) most: usize,
    /// Fits after which to stop. What has been found by then is good, but no longer proven best.
    pub(crate) budget: Option<u64>,
    /// The most lists in a term.
    pub(crate) order: u32,
}

/// Fits that take as long as working out a face.
const FITS_OF_A_FACE: u64 = 10;

impl Quest {
    /// All models within a window of the best, proven.
    pub(crate) fn within(penalty: f64, window: f64) -> Self {
        Self { penalty, window, most: usize::MAX, budget: None, order: u32::MAX }
    }
}

/// What is known beforehand about a search: where to branch first, and models that are probably good.
///
/// It changes how long a search takes, never what it finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guide {
    pub(crate) priority: Vec<Mask>,
    pub(crate) incumbents: Vec<TermSet>,
}

/// What all threads of one search share.
struct Search<'a> {
    lattice: &'a Lattice,
    counts: &'a Counts,
    cache: &'a VerdictCache,
    quest: Quest,
    priority: Vec<Mask>,
    /// The terms that can be told apart and can be in a model whose estimate exists.
    top: TermSet,
    /// The largest criterion still wanted, as bits of a non-negative number; it only falls.
    limit: AtomicU64,
}

impl Search<'_> {
    /// Whether no model with these terms can have an estimate: where a model has none, no larger one has (see
    /// [`super::super::existence`]).
    fn hopeless(&self, set: TermSet) -> bool {
        let verdict = self.cache.verdict(self.counts, &terms_of(set));
        matches!(verdict, Existence::Infinite | Existence::NotIdentifiable)
    }

    fn limit(&self) -> f64 {
        f64::from_bits(self.limit.load(Ordering::Relaxed))
    }

    fn lower_limit(&self, limit: f64) {
        // Non-negative numbers are ordered as their bits are.
        self.limit.fetch_min(limit.max(0.0).to_bits(), Ordering::Relaxed);
    }
}

impl Lattice {
    /// Finds the model with the least criterion and every model within the window of it, best first.
    ///
    /// Models whose estimate does not exist are passed over. Without a budget the result is exact, and the same for
    /// any number of threads: what is not visited cannot be wanted.
    pub(crate) fn best(
        &self,
        counts: &Counts,
        quest: Quest,
        cache: &VerdictCache,
        guide: &Guide,
    ) -> Vec<Visit> {
        let mut search = Search {
            lattice: self,
            counts,
            cache,
            quest,
            priority: guide.priority.clone(),
            top: self.top,
            limit: AtomicU64::new(f64::INFINITY.to_bits()),
        };
        let small = self
            .order
            .iter()
            .filter(|a| a.count_ones() <= quest.order)
            .fold(self.base, |set, a| set | 1 << a);
        let redundant = self.redundant(counts) & small;
        search.top &= small & !redundant;
        if search.hopeless(self.base) {
            return Vec::new();
        }
        for a in self.order.iter().filter(|a| !redundant >> **a & 1 == 1) {
            if search.top >> a & 1 == 1 && search.hopeless(self.base | self.down[*a as usize]) {
                search.top &= !self.up[*a as usize];
            }
        }
        let mut scout = Branch::new(&search);
        for set in &guide.incumbents {
            scout.consider(*set & !redundant);
        }
        // Without an eligible incumbent nothing could be pruned.
        if scout.found.is_empty() {
            scout.greedy();
        }
        if search.priority.is_empty() {
            search.priority = self.priority(counts);
        }
        let mut root = Branch::new(&search);
        let top = root.fit_afresh(search.top);
        let mut found = if quest.budget.is_some() {
            root.descend(self.base, &top, None);
            root.found
        } else {
            let mut nodes = Vec::new();
            root.descend(self.base, &top, Some(&mut nodes));
            let parts: Vec<Vec<Visit>> = nodes
                .into_par_iter()
                .map_init(
                    || Branch::new(&search),
                    |branch, node| {
                        branch.descend(node.low, &node.high, None);
                        std::mem::take(&mut branch.found)
                    },
                )
                .collect();
            root.found.extend(parts.into_iter().flatten());
            root.found
        };
        let rank = |v: &Visit| v.criterion(quest.penalty);
        let least = found.iter().map(rank).fold(f64::INFINITY, f64::min);
        self.add_redundant(redundant, least + quest.window + SLACK, quest.penalty, &mut found);
        found.sort_by(|a, b| rank(a).total_cmp(&rank(b)).then(a.set.cmp(&b.set)));
        let limit = found.first().map_or(0.0, rank) + quest.window + SLACK;
        found.retain(|v| rank(v) <= limit);
        found.truncate(quest.most);
        found
    }

    /// Terms that are never seen and contain another such term: where they may be, every cell above them is removed
    /// already. They cost a parameter and change nothing.
    fn redundant(&self, counts: &Counts) -> TermSet {
        let unseen = |a: Mask| counts.sufficient[a as usize] <= 0.0;
        let contained = |a: Mask| self.order.iter().any(|b| b & a == *b && *b != a && unseen(*b));
        self.order.iter().filter(|a| unseen(**a) && contained(**a)).fold(0, |set, a| set | 1 << a)
    }

    /// Adds the models that differ from those found in redundant terms only, up to the limit.
    fn add_redundant(&self, redundant: TermSet, limit: f64, penalty: f64, found: &mut Vec<Visit>) {
        for a in self.order.iter().filter(|a| redundant >> **a & 1 == 1) {
            let subsets = self.down[*a as usize] & !(1 << a);
            let with: Vec<Visit> = found
                .iter()
                .filter(|v| v.set & subsets == subsets)
                .map(|v| Visit { set: v.set | 1 << a, ..*v })
                .filter(|v| v.criterion(penalty) <= limit)
                .collect();
            found.extend(with);
        }
    }

    /// Interactions by how much the fit suffers without them, worst first: the order in which to branch.
    pub(crate) fn priority(&self, counts: &Counts) -> Vec<Mask> {
        let mut newton = Newton::default();
        let mut terms = Vec::new();
        let mut ranked: Vec<(f64, Mask)> = self
            .order
            .iter()
            .map(|a| {
                collect_terms(self.top & !self.up[*a as usize], &mut terms);
                (newton.fit(counts, &terms, None).deviance, *a)
            })
            .collect();
        ranked.sort_by(|x, y| y.0.total_cmp(&x.0));
        ranked.into_iter().map(|x| x.1).collect()
    }
}

/// The largest model of a node, fitted.
#[derive(Debug, Clone)]
struct Largest {
    set: TermSet,
    fit: Fit,
}

/// A node set aside for another thread.
struct Node {
    low: TermSet,
    high: Largest,
}

struct Branch<'a> {
    search: &'a Search<'a>,
    newton: Newton,
    terms: Vec<Mask>,
    found: Vec<Visit>,
    fits: u64,
    depth: usize,
    /// Fits to be overwritten, so that the descent does not allocate.
    spare: Vec<Largest>,
}

impl<'a> Branch<'a> {
    fn new(search: &'a Search<'a>) -> Self {
        Self {
            search,
            newton: Newton::default(),
            terms: Vec::new(),
            found: Vec::new(),
            fits: 0,
            depth: 0,
            spare: Vec::new(),
        }
    }

    fn fit_afresh(&mut self, set: TermSet) -> Largest {
        collect_terms(set, &mut self.terms);
        self.fits += 1;
        Largest { set, fit: self.newton.fit(self.search.counts, &self.terms, None) }
    }

    /// Fits `high` without the term `a` and what contains it, from the fit of `high`.
    fn fit_without(&mut self, high: &Largest, a: Mask) -> Largest {
        let lattice = self.search.lattice;
        let mut next = self.spare.pop().unwrap_or_else(|| high.clone());
        next.set = high.set & !lattice.up[a as usize];
        collect_terms(next.set, &mut self.terms);
        self.fits += 1;
        // From a mean that is vanishing, the way back would be long.
        if high.fit.mu.iter().all(|m| *m == 0.0 || *m > 1e-3) {
            next.fit.clone_from(&high.fit);
            let mut gone = high.set & lattice.up[a as usize];
            while gone != 0 {
                next.fit.alpha[gone.trailing_zeros() as usize] = 0.0;
                gone &= gone - 1;
            }
            self.newton.refit(self.search.counts, &self.terms, true, &mut next.fit);
        } else {
            next.fit = self.newton.fit(self.search.counts, &self.terms, None);
        }
        next
    }

    /// Whether a model has an estimate; if so, its numbers become those on its face.
    fn settle(&mut self, v: &mut Visit) -> bool {
        if v.regular {
            return true;
        }
        let (counts, terms) = (self.search.counts, terms_of(v.set));
        let face = self.search.cache.face(counts, &terms);
        if face.existence == Existence::Exists && !face.outside.is_empty() {
            let fit = self.newton.fit_on(counts, &terms, &face.outside);
            *v = Visit { deviance: fit.deviance, dark_figure: fit.dark_figure(), ..*v };
        }
        face.existence == Existence::Exists
    }

    fn keep(&mut self, mut v: Visit) {
        let Quest { penalty, window, most, .. } = self.search.quest;
        let criterion = v.criterion(penalty);
        if criterion > self.search.limit() {
            return;
        }
        if self.settle(&mut v) {
            let criterion = v.criterion(penalty);
            self.search.lower_limit(criterion + window + SLACK);
            self.found.push(v);
            if self.found.len() >= most.saturating_mul(2) {
                self.found.sort_by(|a, b| {
                    a.criterion(penalty).total_cmp(&b.criterion(penalty)).then(a.set.cmp(&b.set))
                });
                self.found.truncate(most);
                self.search.lower_limit(self.found[most - 1].criterion(penalty) + SLACK);
            }
        }
    }

    fn consider(&mut self, set: TermSet) -> f64 {
        self.newton.bound_above = None;
        let v = visited(set, &self.fit_afresh(set).fit);
        self.keep(v);
        v.criterion(self.search.quest.penalty)
    }

    /// Steepest descent from independence by adding or removing one term with what it needs; lowers the limit.
    fn greedy(&mut self) {
        let lattice = self.search.lattice;
        let mut current = (self.consider(lattice.base), lattice.base);
        loop {
            let mut next = current;
            for a in lattice.order.iter().filter(|a| self.search.top >> **a & 1 == 1) {
                let set = if current.1 >> a & 1 == 1 {
                    current.1 & !lattice.up[*a as usize]
                } else {
                    current.1 | lattice.down[*a as usize]
                };
                let criterion = self.consider(set);
                if criterion < next.0 - SLACK {
                    next = (criterion, set);
                }
            }
            if next.1 == current.1 {
                return;
            }
            current = next;
        }
    }

    /// Searches a node, or sets its parts aside in `later` once they are small enough to share out.
    fn descend(&mut self, low: TermSet, high: &Largest, mut later: Option<&mut Vec<Node>>) {
        let quest = self.search.quest;
        let bound = high.fit.deviance + quest.penalty * f64::from(low.count_ones());
        if bound > self.search.limit() || quest.budget.is_some_and(|b| self.fits >= b) {
            return;
        }
        let open = high.set & !low;
        let Some(a) = self.search.priority.iter().find(|a| open >> **a & 1 == 1).copied() else {
            self.consider(high.set);
            return;
        };
        if let Some(nodes) = later.as_deref_mut()
            && self.depth >= SPLIT_DEPTH
        {
            nodes.push(Node { low, high: high.clone() });
            return;
        }
        self.depth += 1;
        let with = low | self.search.lattice.down[a as usize];
        // The question whether anything is left to find there takes as long as many fits.
        if quest.budget.is_some() {
            self.fits += FITS_OF_A_FACE;
        }
        if !self.search.hopeless(with) {
            self.descend(with, high, later.as_deref_mut());
        }
        self.newton.bound_above = Some(self.search.limit() - quest.penalty * f64::from(low.count_ones()));
        let without = self.fit_without(high, a);
        self.descend(low, &without, later);
        self.spare.push(without);
        self.depth -= 1;
    }
}

#[cfg(test)]
mod tests;
