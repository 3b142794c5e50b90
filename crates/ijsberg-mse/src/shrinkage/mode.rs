//! The most likely effects for given spreads, by Newton's method.
//!
//! Effects are written as a spread times a standard normal number, so that spreads of zero and of a thousand are equally well behaved.
//! Given the effects that cells share, those of one cell do not meet those of another: a step costs one small factor a cell and one
//! factor of what is shared, however many cells there are.

use super::cells::{Cell, Cells};
use crate::cholesky::{cholesky, solve};

/// Newton stops when twice what is still to gain is below this.
const DECREMENT: f64 = 1e-9;
const MAX_STEPS: usize = 60;

/// Standard deviations of effects: how much the chances of lists differ between levels and cells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spreads {
    /// Of the effects of each covariate's levels on each list.
    pub(super) levels: Vec<f64>,
    /// Of what a cell has on each list beyond its levels.
    pub(super) lists: f64,
    /// Of what a cell has on all lists alike.
    pub(super) common: f64,
    /// Of what a cell has on each chosen pair of lists.
    pub(super) pairs: f64,
    /// Of how much the other pairs of lists depend on each other, in all cells alike.
    pub(super) others: f64,
}

impl Spreads {
    /// The spreads in their order.
    pub(super) fn values(&self) -> Vec<f64> {
        self.levels.iter().copied().chain([self.lists, self.common, self.pairs, self.others]).collect()
    }

    /// Spreads in the order of [`Spreads::values`].
    pub(super) fn from_values(values: &[f64]) -> Self {
        let (levels, own) = values.split_at(values.len() - 4);
        Self { levels: levels.to_vec(), lists: own[0], common: own[1], pairs: own[2], others: own[3] }
    }

    /// Every variance times a factor.
    pub(super) fn times(&self, variance: f64) -> Self {
        Self::from_values(&self.values().iter().map(|s| s * variance.sqrt()).collect::<Vec<_>>())
    }

    /// The factor `B` of the covariance `B B'` of a cell's own effects: on lists alike and apart, and on pairs.
    fn own(&self, cells: &Cells) -> Vec<f64> {
        let (t, p) = (cells.t, cells.own);
        let mut b = vec![0.0; p * p];
        for j in 0..p {
            for k in 0..t.min(j) {
                if j < t {
                    b[j * p + k] = self.common * self.common;
                }
            }
            let own = if j < t { self.lists.powi(2) + self.common.powi(2) } else { self.pairs.powi(2) };
            b[j * p + j] = own;
        }
        // Compound symmetric, so that its factor exists; a variance of zero has a factor of zero.
        crate::cholesky::cholesky_semidefinite(&mut b, p, 0.0);
        for j in 0..p {
            b[j * p + j + 1..(j + 1) * p].fill(0.0);
        }
        b
    }
}

/// What one cell adds to a step.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Cholesky factor of the precision of the cell's own effects.
    pub(super) factor: Vec<f64>,
    /// How its own effects answer the shared ones: `own = own_hat - cross (terms - terms_hat)`.
    pub(super) cross: Vec<f64>,
    /// Information about shared effects, once the cell's own have adapted.
    pub(super) left: Vec<f64>,
    /// Relative means of what can be seen, where that of the unseen is 1.
    pub(super) seen: f64,
}

/// The effects that fit best, and how sure they are.
#[derive(Debug, Clone)]
pub(super) struct Mode {
    pub(super) spreads: Spreads,
    /// The cells' own covariance factor.
    pub(super) own_factor: Vec<f64>,
    /// Terms everywhere, then for each covariate and level an effect on each list, in units of its spread.
    pub(super) shared: Vec<f64>,
    /// Each cell's own effects in units of their spread.
    pub(super) own: Vec<Vec<f64>>,
    pub(super) pieces: Vec<Piece>,
    /// Cholesky factor of the precision of the shared effects.
    pub(super) shared_factor: Vec<f64>,
    /// Logarithm of the likelihood of the spreads by Laplace's method, up to a constant of the table.
    pub(super) log_marginal: f64,
    /// Whether Newton's method converged.
    pub(super) converged: bool,
}

/// A table of cells with spreads.
pub(super) struct Fit<'a> {
    cells: &'a Cells,
    spreads: &'a Spreads,
    own_factor: Vec<f64>,
    offsets: Vec<usize>,
    width: usize,
}

struct Step {
    pieces: Vec<Piece>,
    factor: Vec<f64>,
    shared: Vec<f64>,
    own: Vec<Vec<f64>>,
    decrement: f64,
    log_determinant: f64,
}

impl<'a> Fit<'a> {
    pub(super) fn new(cells: &'a Cells, spreads: &'a Spreads) -> Self {
        let mut offsets = Vec::new();
        let mut width = cells.terms.len();
        for levels in &cells.widths {
            offsets.push(width);
            width += levels * cells.t;
        }
        Self { cells, spreads, own_factor: spreads.own(cells), offsets, width }
    }

    /// Where the shared effects act on a term in a cell, and how strongly.
    fn entries(&self, cell: &Cell, term: usize) -> impl Iterator<Item = (usize, f64)> {
        let on_list = term < self.cells.t;
        let everywhere = if term < self.cells.own { 1.0 } else { self.spreads.others };
        let levels = self.offsets.iter().zip(&cell.levels).zip(&self.spreads.levels);
        std::iter::once((term, everywhere)).chain(
            levels
                .filter(move |_| on_list)
                .map(move |((offset, level), spread)| (offset + level * self.cells.t + term, *spread)),
        )
    }

    /// What the shared effects make of the terms of a cell.
    pub(super) fn shared_terms(&self, cell: &Cell, shared: &[f64]) -> Vec<f64> {
        let term = |a| self.entries(cell, a).map(|(i, v)| shared[i] * v).sum();
        (0..self.cells.terms.len()).map(term).collect()
    }

    /// The terms of a cell: shared effects and its own.
    pub(super) fn terms(&self, shared: &[f64], own: &[f64]) -> Vec<f64> {
        let p = own.len();
        let mut gamma = shared.to_vec();
        for (i, g) in gamma[..p].iter_mut().enumerate() {
            *g += (0..=i).map(|k| self.own_factor[i * p + k] * own[k]).sum::<f64>();
        }
        gamma
    }

    fn value(&self, shared: &[f64], own: &[Vec<f64>]) -> f64 {
        let mut work = Vec::new();
        let likelihood: f64 = self
            .cells
            .all
            .iter()
            .zip(own)
            .map(|(c, o)| {
                let gamma = self.terms(&self.shared_terms(c, shared), o);
                self.cells.value(c, &gamma, &mut work).0 - 0.5 * o.iter().map(|z| z * z).sum::<f64>()
            })
            .sum();
        likelihood - 0.5 * shared[self.cells.own..].iter().map(|z| z * z).sum::<f64>()
    }

    /// The piece of a cell, its step without the shared ones, its gradient's own part times that step, and what it says of the terms.
    fn piece(&self, cell: &Cell, shared: &[f64], own: &[f64], work: &mut Vec<f64>) -> Option<CellStep> {
        let (p, r) = (self.cells.terms.len(), own.len());
        let slope = self.cells.slope(cell, &self.terms(&self.shared_terms(cell, shared), own), work);
        let b = &self.own_factor;
        // B' I, by rows of own effects.
        let mut turned = vec![0.0; r * p];
        for k in 0..r {
            for i in k..r {
                let factor = b[i * r + k];
                if factor != 0.0 {
                    (0..p).for_each(|j| turned[k * p + j] += factor * slope.information[i * p + j]);
                }
            }
        }
        let mut factor = vec![0.0; r * r];
        for k in 0..r {
            for l in 0..=k {
                let sum: f64 = (l..r).map(|j| turned[k * p + j] * b[j * r + l]).sum();
                factor[k * r + l] = sum + f64::from(k == l);
            }
        }
        cholesky(&mut factor, r)?;
        let mut cross = vec![0.0; r * p];
        for j in 0..p {
            let mut column: Vec<f64> = (0..r).map(|k| turned[k * p + j]).collect();
            solve(&factor, r, &mut column);
            column.iter().enumerate().for_each(|(k, v)| cross[k * p + j] = *v);
        }
        let mut left = slope.information;
        for i in 0..p {
            for j in 0..p {
                left[i * p + j] -= (0..r).map(|k| turned[k * p + i] * cross[k * p + j]).sum::<f64>();
            }
        }
        let gradient: Vec<f64> =
            (0..r).map(|k| (k..r).map(|i| b[i * r + k] * slope.gradient[i]).sum::<f64>() - own[k]).collect();
        let mut step = gradient.clone();
        solve(&factor, r, &mut step);
        let reduced =
            (0..p).map(|i| slope.gradient[i] - (0..r).map(|k| turned[k * p + i] * step[k]).sum::<f64>());
        Some(CellStep {
            reduced: reduced.collect(),
            terms_gradient: slope.gradient.clone(),
            gradient,
            step,
            piece: Piece { factor, cross, left, seen: slope.seen },
        })
    }

    fn step(&self, shared: &[f64], own: &[Vec<f64>]) -> Option<Step> {
        let (p, r, q) = (self.cells.terms.len(), self.cells.own, self.width);
        let mut work = Vec::new();
        let mut factor = vec![0.0; q * q];
        let mut reduced = vec![0.0; q];
        let mut gradient = vec![0.0; q];
        for i in r..q {
            factor[i * q + i] = 1.0;
            reduced[i] = -shared[i];
            gradient[i] = -shared[i];
        }
        let mut found = Vec::with_capacity(own.len());
        let mut log_determinant = 0.0;
        for (cell, o) in self.cells.all.iter().zip(own) {
            let here = self.piece(cell, shared, o, &mut work)?;
            for a in 0..p {
                for (i, v) in self.entries(cell, a) {
                    reduced[i] += v * here.reduced[a];
                    gradient[i] += v * here.terms_gradient[a];
                    for b in 0..p {
                        let info = v * here.piece.left[a * p + b];
                        for (j, u) in self.entries(cell, b).filter(|e| e.0 <= i) {
                            factor[i * q + j] += info * u;
                        }
                    }
                }
            }
            log_determinant += (0..r).map(|k| 2.0 * here.piece.factor[k * r + k].ln()).sum::<f64>();
            found.push(here);
        }
        cholesky(&mut factor, q)?;
        log_determinant += (0..q).map(|k| 2.0 * factor[k * q + k].ln()).sum::<f64>();
        let mut step = reduced;
        solve(&factor, q, &mut step);
        let mut decrement: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
        let mut steps = Vec::with_capacity(found.len());
        for (cell, here) in self.cells.all.iter().zip(&mut found) {
            let moved = self.shared_terms(cell, &step);
            for k in 0..r {
                here.step[k] -= (0..p).map(|a| here.piece.cross[k * p + a] * moved[a]).sum::<f64>();
            }
            decrement += here.step.iter().zip(&here.gradient).map(|(s, g)| s * g).sum::<f64>();
            steps.push(std::mem::take(&mut here.step));
        }
        let pieces = found.into_iter().map(|f| f.piece).collect();
        Some(Step { pieces, factor, shared: step, own: steps, decrement, log_determinant })
    }

    /// To the mode, from another one of the same cells where there is one.
    pub(super) fn mode(&self, start: Option<&Mode>) -> Option<Mode> {
        let (mut shared, mut own) = self.start(start);
        let mut value = self.value(&shared, &own);
        let mut converged = false;
        for _ in 0..MAX_STEPS {
            let step = self.step(&shared, &own)?;
            let mut scale = 1.0;
            let (next, next_own, reached) = loop {
                let next: Vec<f64> = shared.iter().zip(&step.shared).map(|(x, s)| x + scale * s).collect();
                let next_own: Vec<Vec<f64>> = own
                    .iter()
                    .zip(&step.own)
                    .map(|(o, s)| o.iter().zip(s).map(|(x, s)| x + scale * s).collect())
                    .collect();
                let reached = self.value(&next, &next_own);
                if reached >= value - 1e-9 * (1.0 + value.abs()) {
                    break (next, next_own, reached);
                }
                scale *= 0.5;
                if scale < 1e-9 {
                    return None;
                }
            };
            (shared, own, value) = (next, next_own, reached);
            // The last step is taken too: it doubles the digits.
            if step.decrement < DECREMENT {
                converged = true;
                break;
            }
        }
        let end = self.step(&shared, &own)?;
        Some(Mode {
            spreads: self.spreads.clone(),
            own_factor: self.own_factor.clone(),
            log_marginal: value - 0.5 * end.log_determinant,
            converged: converged && end.pieces.iter().all(|p| p.seen.is_finite() && p.seen > 0.0),
            pieces: end.pieces,
            shared_factor: end.factor,
            shared,
            own,
        })
    }

    /// Where to start: at another mode, or at lists that hold a third of their share.
    fn start(&self, from: Option<&Mode>) -> (Vec<f64>, Vec<Vec<f64>>) {
        let (r, t) = (self.cells.own, self.cells.t);
        if let Some(from) = from {
            return (from.shared.clone(), from.own.clone());
        }
        let n: f64 = self.cells.all.iter().map(|c| c.n).sum();
        let mut shared = vec![0.0; self.width];
        for (j, x) in shared[..t].iter_mut().enumerate() {
            let on: f64 = self.cells.all.iter().map(|c| c.on_all[j]).sum();
            *x = (on / (3.0 * n)).ln();
        }
        (shared, vec![vec![0.0; r]; self.cells.all.len()])
    }
}

struct CellStep {
    /// Gradient of the terms, once the cell's own effects have adapted.
    reduced: Vec<f64>,
    terms_gradient: Vec<f64>,
    /// Gradient of the own effects.
    gradient: Vec<f64>,
    /// Step of the own effects.
    step: Vec<f64>,
    piece: Piece,
}

impl Mode {
    /// Unseen persons of each cell at the mode.
    pub(super) fn unseen(&self, cells: &Cells) -> Vec<f64> {
        cells.all.iter().zip(&self.pieces).map(|(c, p)| c.n / p.seen).collect()
    }

    /// The fit whose mode this is.
    pub(super) fn fit<'a>(&'a self, cells: &'a Cells) -> Fit<'a> {
        Fit::new(cells, &self.spreads)
    }
}
