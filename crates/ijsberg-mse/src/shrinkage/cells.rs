//! Persons by cell, and the likelihood of the terms of one cell.

use crate::histories::Mask;
use crate::model::{bits, pairs};
use crate::strata::table::StratifiedTable;
use crate::subsets::{subset_products, superset_sums};

/// One cell of the partition: a combination of levels in which anybody was seen.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Its levels, by covariate.
    pub(super) levels: Vec<usize>,
    /// Persons seen; a fraction where levels were missing.
    pub(super) n: f64,
    /// Persons on all lists of each term.
    pub(super) on_all: Vec<f64>,
    /// Terms that nobody here can be in.
    barred: Vec<Mask>,
}

/// All cells, with the terms that each has.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Lists.
    pub(super) t: usize,
    /// Every list, then the pairs of lists that were chosen, then the other pairs.
    pub(super) terms: Vec<Mask>,
    /// Lists and chosen pairs, which differ by cell. The other pairs depend on each other everywhere alike.
    pub(super) own: usize,
    /// The cells that hold anybody, by their levels.
    pub(super) all: Vec<Cell>,
    /// Levels of each covariate that has effects of its own on the lists; none where the levels are the cells.
    pub(super) widths: Vec<usize>,
}

/// What a cell says about its terms at a point.
pub(super) struct Slope {
    pub(super) gradient: Vec<f64>,
    /// By rows, whole.
    pub(super) information: Vec<f64>,
    /// Relative means of the histories that can be seen, where that of the unseen is 1.
    pub(super) seen: f64,
}

impl Cells {
    /// The cells of a table without missing levels, with terms for these pairs of lists. A pair that nobody is on has no term: nobody
    /// can be on both lists. `others` adds the pairs that were not chosen.
    pub(super) fn new(table: &StratifiedTable, chosen: &[Mask], others: bool) -> Self {
        let t = table.lists().len();
        let strata = table.strata();
        let on = |mask: Mask, cells: &[(Mask, f64)]| -> f64 {
            cells.iter().filter(|c| c.0 & mask == mask).map(|c| c.1).sum()
        };
        let everywhere = |mask: Mask| -> f64 { strata.iter().map(|s| on(mask, &s.cells)).sum() };
        let (met, apart): (Vec<Mask>, Vec<Mask>) = chosen.iter().partition(|m| everywhere(**m) > 0.0);
        let own = t + met.len();
        let rest = pairs(t).filter(|m| others && !chosen.contains(m));
        let terms: Vec<Mask> = (0..t).map(|j| 1 << j).chain(met).chain(rest).collect();
        let all = (1 << t) - 1;
        let cells = strata
            .iter()
            .map(|s| Cell {
                levels: s.levels.clone(),
                n: s.n,
                on_all: terms.iter().map(|m| on(*m, &s.cells)).collect(),
                barred: bits(all & !s.active).map(|j| 1 << j).chain(apart.iter().copied()).collect(),
            })
            .collect();
        // With one covariate its levels are the cells, and an effect of either would be the same.
        let covariates = table.covariates();
        let widths = if covariates.len() > 1 {
            covariates.iter().map(|c| c.levels.len()).collect()
        } else {
            Vec::new()
        };
        Self { t, terms, own, all: cells, widths }
    }

    /// The pairs that were chosen and somebody is on.
    pub(super) fn pairs(&self) -> &[Mask] {
        &self.terms[self.t..self.own]
    }

    /// Operations of one step of a fit.
    pub(super) fn work(&self) -> usize {
        let effects = self.terms.len() + self.widths.len() * self.t;
        let shared = self.terms.len() + self.widths.iter().sum::<usize>() * self.t;
        self.all.len() * (effects.pow(2) + (self.t << self.t)) + shared.pow(3) / 3
    }

    /// Relative means of the histories of a cell, that of the unseen left out.
    fn means(&self, cell: &Cell, gamma: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.resize(1 << self.t, 1.0);
        for (a, g) in self.terms.iter().zip(gamma) {
            out[*a as usize] = g.exp();
        }
        for a in &cell.barred {
            out[*a as usize] = 0.0;
        }
        subset_products(out);
        out[0] = 0.0;
    }

    /// Log-likelihood of a cell given the number seen, and the relative means of what can be seen. `work` is scratch.
    pub(super) fn value(&self, cell: &Cell, gamma: &[f64], work: &mut Vec<f64>) -> (f64, f64) {
        self.means(cell, gamma, work);
        let seen: f64 = work.iter().sum();
        let on: f64 = cell.on_all.iter().zip(gamma).map(|(n, g)| n * g).sum();
        (on - cell.n * seen.ln(), seen)
    }

    /// The same with its slope and information: `n (M[a|b] / S - M[a] M[b] / S^2)`, see [`crate::strata::fit`].
    pub(super) fn slope(&self, cell: &Cell, gamma: &[f64], work: &mut Vec<f64>) -> Slope {
        self.means(cell, gamma, work);
        superset_sums(work);
        let (p, seen) = (self.terms.len(), work[0]);
        let share = |a: Mask| work[a as usize] / seen;
        let mut information = vec![0.0; p * p];
        for (i, a) in self.terms.iter().enumerate() {
            for (j, b) in self.terms[..=i].iter().enumerate() {
                let value = cell.n * (share(a | b) - share(*a) * share(*b));
                information[i * p + j] = value;
                information[j * p + i] = value;
            }
        }
        Slope {
            gradient: self.terms.iter().zip(&cell.on_all).map(|(a, n)| n - cell.n * share(*a)).collect(),
            information,
            seen,
        }
    }

    /// How the logarithm of the unseen of a cell moves with each term.
    pub(super) fn unseen_slope(&self, cell: &Cell, gamma: &[f64], work: &mut Vec<f64>) -> Vec<f64> {
        self.means(cell, gamma, work);
        superset_sums(work);
        self.terms.iter().map(|a| -work[*a as usize] / work[0]).collect()
    }
}
