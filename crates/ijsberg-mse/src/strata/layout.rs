//! Which parameters a model has, and where each of them enters.

use super::fitter::Fitter;
use super::model::Term;
use super::table::Scale;
use crate::histories::Mask;

/// The parameters of one term in one fit.
pub(super) struct Block {
    pub(super) term: Term,
    pub(super) base: usize,
    /// Place of the first parameter.
    pub(super) start: usize,
    /// Columns with a finite parameter.
    pub(super) live: Vec<usize>,
    /// Levels whose parameter is at minus infinity.
    pub(super) removed: Vec<usize>,
    pub(super) width: usize,
}

/// A stratum's contribution to a parameter: `(parameter, value of its column)`.
pub(super) type Entries = Vec<(usize, f64)>;

/// Which parameters enter where.
pub(super) struct Layout {
    pub(super) masks: Vec<Mask>,
    pub(super) blocks: Vec<Block>,
    pub(super) parameters: usize,
    /// The sufficient statistic of each parameter.
    pub(super) totals: Vec<f64>,
    /// By stratum, then by mask.
    pub(super) entries: Vec<Vec<Entries>>,
    /// By stratum: masks that nobody can have.
    pub(super) impossible: Vec<Vec<Mask>>,
    /// By stratum: further histories off the face. Nothing for a fit that is not known to lie on one.
    pub(super) outside: Vec<Vec<Mask>>,
}

impl Fitter {
    /// Lays out the terms of a model, and others that are only tried.
    pub(super) fn layout(&self, fitted: &[Term], tried: &[Term]) -> Layout {
        let mut masks: Vec<Mask> = fitted.iter().chain(tried).map(|t| t.lists).collect();
        masks.sort_unstable();
        masks.dedup();
        let mut blocks: Vec<Block> = Vec::new();
        let (mut parameters, mut totals) = (0, Vec::new());
        for (i, term) in fitted.iter().chain(tried).enumerate() {
            let sums = self.by_level(*term);
            let base = (0..sums.len()).max_by(|a, b| sums[*a].total_cmp(&sums[*b])).unwrap_or(0);
            let width = self.width(*term);
            let factor = term.covariate.is_none_or(|c| self.scales[c] == Scale::Factor);
            // A term that is only tried has all its parameters finite, at zero.
            let removed: Vec<usize> = if factor && i < fitted.len() {
                (0..sums.len()).filter(|l| sums[*l] <= 0.0).collect()
            } else {
                Vec::new()
            };
            let column = |l: &usize| if *l < base { *l } else { l - 1 };
            let live: Vec<usize> = if term.covariate.is_none() {
                (0..usize::from(removed.is_empty())).collect()
            } else {
                let dead: Vec<usize> = removed.iter().filter(|l| **l != base).map(column).collect();
                (0..width).filter(|k| !dead.contains(k)).collect()
            };
            // Levels at minus infinity have nobody to count.
            let total = |k: &usize| match term.covariate {
                None => sums[0],
                Some(c) => sums.iter().zip(&self.columns[c][base]).map(|(n, row)| n * row[*k]).sum(),
            };
            totals.extend(live.iter().map(total));
            let count = live.len();
            blocks.push(Block { term: *term, base, start: parameters, live, removed, width });
            parameters += count;
        }
        let mut impossible = Vec::with_capacity(self.strata.len());
        let entries = self
            .strata
            .iter()
            .map(|s| {
                let mut gone: Vec<Mask> =
                    (0..self.t).filter(|j| s.active >> j & 1 == 0).map(|j| 1 << j).collect();
                let mut by_mask = vec![Entries::new(); masks.len()];
                for b in &blocks {
                    let level = b.term.covariate.map_or(0, |c| s.levels[c]);
                    if b.removed.contains(&level) {
                        gone.push(b.term.lists);
                        continue;
                    }
                    let at = masks.binary_search(&b.term.lists).unwrap_or(0);
                    match b.term.covariate {
                        None => by_mask[at].extend(b.live.first().map(|_| (b.start, 1.0))),
                        Some(c) => {
                            let row = &self.columns[c][b.base][level];
                            let used = b.live.iter().enumerate().map(|(i, k)| (b.start + i, row[*k]));
                            by_mask[at].extend(used.filter(|e| e.1 != 0.0));
                        }
                    }
                }
                impossible.push(gone);
                by_mask
            })
            .collect();
        Layout { masks, blocks, parameters, totals, entries, impossible, outside: Vec::new() }
    }

    /// How much of the noise of a term's counts the totals of two of its parameters share.
    pub(super) fn shared(&self, b: &Block, i: usize, j: usize) -> f64 {
        let both = |row: &Vec<f64>| row[b.live[i]] * row[b.live[j]];
        b.term.covariate.map_or(1.0, |c| self.columns[c][b.base].iter().map(both).sum())
    }
}
