//! The lattice of hierarchical models on up to six lists: visiting all of them, or only those that can matter.
//!
//! A model is a 64-bit set of terms. Both traversals use that the likelihood can only rise when terms are added.

use rayon::prelude::*;

use super::existence::{Existence, VerdictCache};
use super::newton::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::model::{Model, pairs};

/// The most lists for which a set of terms fits in 64 bits.
pub const MAX_LATTICE_LISTS: usize = 6;

/// Slack on bounds, far above the error of a fit and far below any difference that matters.
const SLACK: f64 = 1e-6;

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

    /// Finds the model with the least criterion and every model within `window` of it, best first.
    ///
    /// Branch and bound: a node fixes terms that are in and terms that are out. Its criterion is at least the deviance
    /// of the largest model it allows plus the penalty of the terms that are in. Models whose estimate does not exist
    /// are passed over. The result is exact: what is not visited cannot be in the window.
    pub(crate) fn best(
        &self,
        counts: &Counts,
        penalty: f64,
        window: f64,
        cache: &VerdictCache,
        guide: &Guide,
    ) -> Vec<Visit> {
        let mut branch = Branch {
            lattice: self,
            counts,
            cache,
            penalty,
            window,
            newton: Newton::default(),
            terms: Vec::new(),
            best: f64::INFINITY,
            found: Vec::new(),
            priority: guide.priority.clone(),
        };
        for set in &guide.incumbents {
            branch.consider(*set);
        }
        // Without an eligible incumbent nothing could be pruned.
        if branch.best.is_infinite() {
            branch.greedy();
        }
        if branch.priority.is_empty() {
            branch.priority = self.priority(counts);
        }
        branch.found.clear();
        let top = branch.fit(self.top);
        branch.descend(self.base, top);
        let limit = branch.best + window + SLACK;
        let mut found = branch.found;
        found.retain(|v| v.criterion(penalty) <= limit);
        found.sort_by(|a, b| a.criterion(penalty).total_cmp(&b.criterion(penalty)).then(a.set.cmp(&b.set)));
        found
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

fn cells_above(lattice: &Lattice, a: Mask) -> impl Iterator<Item = usize> {
    let up = lattice.up[a as usize];
    (0..64).filter(move |w| up >> w & 1 == 1)
}

/// What is known beforehand about a search: where to branch first, and models that are probably good.
///
/// It changes how long a search takes, never what it finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guide {
    pub(crate) priority: Vec<Mask>,
    pub(crate) incumbents: Vec<TermSet>,
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

struct Branch<'a> {
    lattice: &'a Lattice,
    counts: &'a Counts,
    cache: &'a VerdictCache,
    penalty: f64,
    window: f64,
    newton: Newton,
    terms: Vec<Mask>,
    best: f64,
    found: Vec<Visit>,
    priority: Vec<Mask>,
}

impl Branch<'_> {
    fn fit(&mut self, set: TermSet) -> Visit {
        collect_terms(set, &mut self.terms);
        let fit = self.newton.fit(self.counts, &self.terms, None);
        visited(set, &fit)
    }

    fn eligible(&self, v: Visit) -> bool {
        v.regular || self.cache.verdict(self.counts, &terms_of(v.set)) == Existence::Exists
    }

    fn keep(&mut self, v: Visit) {
        let criterion = v.criterion(self.penalty);
        if criterion <= self.best + self.window + SLACK && self.eligible(v) {
            self.best = self.best.min(criterion);
            self.found.push(v);
        }
    }

    fn consider(&mut self, set: TermSet) -> f64 {
        let v = self.fit(set);
        self.keep(v);
        v.criterion(self.penalty)
    }

    /// Steepest descent from independence by adding or removing one term with what it needs; sets `best`.
    fn greedy(&mut self) {
        let lattice = self.lattice;
        let mut current = (self.consider(lattice.base), lattice.base);
        loop {
            let mut next = current;
            for a in &lattice.order {
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

    fn descend(&mut self, low: TermSet, high: Visit) {
        let bound = high.deviance + self.penalty * f64::from(low.count_ones());
        if bound > self.best + self.window + SLACK {
            return;
        }
        let open = high.set & !low;
        let Some(a) = self.priority.iter().find(|a| open >> **a & 1 == 1).copied() else {
            self.keep(high);
            return;
        };
        self.descend(low | self.lattice.down[a as usize], high);
        let without = self.fit(high.set & !self.lattice.up[a as usize]);
        self.descend(low, without);
    }
}
