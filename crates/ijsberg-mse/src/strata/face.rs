//! The face on which a table with covariates lies.
//!
//! Given the stratum, a direction of the parameters makes the likelihood rise without end, or leaves it as it is, where the
//! occupied histories of each stratum have the most of it. So rows are taken from one occupied history of their own
//! stratum, and the rest is as without covariates ([`crate::facial`]). The unseen of a stratum are determined where their
//! row is a combination of the rows of the face; they are nobody's history, a row of zeros.

use std::collections::BTreeSet;

use super::fitter::Fitter;
use super::layout::{Block, Layout};
use super::table::{Scale, Stratum};
use crate::facial::{Cone, null_space};
use crate::histories::Mask;

/// Parameters with the whole numbers by which they count, by mask of a stratum.
type Coefficients = Vec<Vec<(usize, i128)>>;

/// An empty history with what each direction adds on it.
type EmptyHistory = (Mask, Vec<i128>);

/// A face on which a table with covariates lies.
pub(super) struct StrataFace {
    /// Histories off it, by stratum.
    pub(super) outside: Vec<Vec<Mask>>,
    /// Parameters that it determines.
    pub(super) determined: usize,
}

impl Fitter {
    /// The face, where the model lies on one that determines the unseen of every stratum, though not
    /// all parameters. `None` where all parameters are finite and determined, or the unseen are not, or where only margins are
    /// known, or where exact arithmetic would overflow.
    pub(super) fn face(&self, layout: &Layout) -> Option<StrataFace> {
        if self.strata.iter().any(|s| s.cells.is_empty()) {
            return None;
        }
        let p = layout.parameters;
        let entries = self.whole_entries(layout)?;
        let rows = self.occupied(layout, &entries);
        let rows: Vec<Vec<i128>> = rows.into_iter().collect();
        let null = null_space(&rows, p)?;
        if null.is_empty() {
            return None;
        }
        // By stratum and history: what each direction adds beyond a history that somebody has.
        let mut empty: Vec<Vec<EmptyHistory>> = Vec::new();
        let mut unseen: BTreeSet<Vec<i128>> = BTreeSet::new();
        for (x, s) in self.strata.iter().enumerate() {
            let (cells, none) = self.added(layout, &entries[x], &null, x, s)?;
            empty.push(cells);
            unseen.insert(none);
        }
        let columns: BTreeSet<&Vec<i128>> = empty.iter().flatten().map(|c| &c.1).collect();
        let cone = Cone::new(columns.into_iter().cloned().collect(), null.len())?;
        for function in &unseen {
            if !cone.determines(function)? {
                return None;
            }
        }
        let off =
            |cells: Vec<EmptyHistory>| cells.into_iter().filter(|c| !cone.holds(&c.1)).map(|c| c.0).collect();
        Some(StrataFace { outside: empty.into_iter().map(off).collect(), determined: p - cone.free() })
    }

    /// The entries of the layout in whole numbers, with powers for polynomials: they span the same, since the lists of a
    /// term are a term of their own.
    fn whole_entries(&self, layout: &Layout) -> Option<Vec<Coefficients>> {
        let value = |b: &Block, c: usize, level: usize, k: usize| match self.scales[c] {
            Scale::Factor => Some(self.columns[c][b.base][level][k] as i128),
            Scale::Polynomial(_) => self.whole[c].as_ref()?[level].checked_pow(k as u32 + 1),
            // Measured numbers enter no log-linear model.
            Scale::Number => None,
        };
        let alone = |b: &Block| {
            layout.blocks.iter().any(|o| o.term.lists == b.term.lists && o.term.covariate.is_none())
        };
        if !layout.blocks.iter().all(alone) {
            return None;
        }
        let mut all = vec![vec![Vec::new(); layout.masks.len()]; self.strata.len()];
        for (s, by_mask) in self.strata.iter().zip(&mut all) {
            for b in &layout.blocks {
                let level = b.term.covariate.map_or(0, |c| s.levels[c]);
                if b.removed.contains(&level) {
                    continue;
                }
                let here = &mut by_mask[layout.masks.binary_search(&b.term.lists).ok()?];
                for (i, k) in b.live.iter().enumerate() {
                    let v = b.term.covariate.map_or(Some(1), |c| value(b, c, level, *k))?;
                    here.push((b.start + i, v));
                }
            }
        }
        Some(all)
    }

    /// Rows of occupied histories less that of the first one in their stratum.
    fn occupied(&self, layout: &Layout, entries: &[Coefficients]) -> BTreeSet<Vec<i128>> {
        let mut rows = BTreeSet::new();
        for (s, entries) in self.strata.iter().zip(entries) {
            let row = |w: Mask| {
                let mut row = vec![0; layout.parameters];
                for (_, here) in layout.masks.iter().zip(entries).filter(|(a, _)| w & **a == **a) {
                    here.iter().for_each(|(q, v)| row[*q] += v);
                }
                row
            };
            let first = row(s.cells[0].0);
            for (w, _) in &s.cells[1..] {
                rows.insert(row(*w).iter().zip(&first).map(|(v, f)| v - f).collect());
            }
        }
        rows
    }

    /// What directions add on the empty histories of a stratum that somebody could have, and on that of the unseen, beyond
    /// what they add on an occupied one.
    fn added(
        &self,
        layout: &Layout,
        entries: &[Vec<(usize, i128)>],
        null: &[Vec<i128>],
        x: usize,
        s: &Stratum,
    ) -> Option<(Vec<EmptyHistory>, Vec<i128>)> {
        let mut possible = vec![true; 1 << self.t];
        possible[0] = false;
        for a in &layout.impossible[x] {
            (0..1 << self.t as Mask).filter(|w| w & a == *a).for_each(|w| possible[w as usize] = false);
        }
        s.cells.iter().for_each(|c| possible[c.0 as usize] = false);
        let directions: Option<Vec<Vec<i128>>> = null
            .iter()
            .map(|z| {
                let mut sums = vec![0_i128; 1 << self.t];
                for (a, here) in layout.masks.iter().zip(entries) {
                    for (q, v) in here {
                        let more = z[*q].checked_mul(*v)?;
                        sums[*a as usize] = sums[*a as usize].checked_add(more)?;
                    }
                }
                // Sums over subsets, one list at a time.
                for j in 0..self.t {
                    for w in (0..1_usize << self.t).filter(|w| w >> j & 1 == 1) {
                        sums[w] = sums[w].checked_add(sums[w ^ 1 << j])?;
                    }
                }
                let reference = sums[s.cells[0].0 as usize];
                sums.iter_mut().try_for_each(|v| {
                    *v = v.checked_sub(reference)?;
                    Some(())
                })?;
                Some(sums)
            })
            .collect();
        let directions = directions?;
        let column = |w: usize| directions.iter().map(|d| d[w]).collect::<Vec<i128>>();
        let empty = (1..1 << self.t).filter(|w| possible[*w]).map(|w| (w as Mask, column(w))).collect();
        Some((empty, column(0)))
    }
}
