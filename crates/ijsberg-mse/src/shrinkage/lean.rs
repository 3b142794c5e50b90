//! How much of an estimate is the group's own.
//!
//! The shrinkage of a cell is the variance of its own effects that is left once its persons have been counted, over the variance before,
//! both in the direction that moves the logarithm of its unseen: `D / (D + A)` of Fay and Herriot (1979), with `D` the variance of an estimate from the cell alone and `A` that between cells.

use super::cells::Cells;
use super::mode::Mode;
use crate::cholesky::{cholesky, forward};

/// Variances of a cell's own effects in the direction of its unseen: left, and before.
pub(super) struct OwnVariance {
    left: f64,
    before: f64,
    /// How the logarithm of its unseen moves with each term.
    slope: Vec<f64>,
}

/// By how much a variance on the logarithm can move the mean, at most: where less is known the mean says nothing any more.
const MOST_LEFT: f64 = 1.0;

impl OwnVariance {
    /// Factor by which the mean of the unseen lies above their mode, as for a log-normal quantity.
    pub(super) fn above_mode(&self) -> f64 {
        (0.5 * self.left.min(MOST_LEFT)).exp()
    }
}

/// The same for every cell.
pub(super) fn own(cells: &Cells, mode: &Mode) -> Vec<OwnVariance> {
    let fit = mode.fit(cells);
    let p = cells.own;
    let mut work = Vec::new();
    let one = |(x, cell): (usize, &super::cells::Cell)| {
        let gamma = fit.terms(&fit.shared_terms(cell, &mode.shared), &mode.own[x]);
        let slope = cells.unseen_slope(cell, &gamma, &mut work);
        let mut turned: Vec<f64> =
            (0..p).map(|k| (k..p).map(|i| mode.own_factor[i * p + k] * slope[i]).sum()).collect();
        let before = turned.iter().map(|x| x * x).sum();
        forward(&mode.pieces[x].factor, p, &mut turned);
        OwnVariance { left: turned.iter().map(|x| x * x).sum(), before, slope }
    };
    cells.all.iter().enumerate().map(one).collect()
}

/// The shrinkage of a sum of cells, whose own effects count by the unseen of each.
pub(super) fn of_cells(own: &[OwnVariance], unseen: &[f64], members: &[usize]) -> f64 {
    let sum = |f: &dyn Fn(&OwnVariance) -> f64| {
        members.iter().map(|x| unseen[*x].powi(2) * f(&own[*x])).sum::<f64>()
    };
    let before = sum(&|o| o.before);
    if before > 0.0 { sum(&|o| o.left) / before } else { 1.0 }
}

/// The shrinkage of a level of a covariate towards the other levels.
pub(super) fn of_level(
    (cells, mode): (&Cells, &Mode),
    own: &[OwnVariance],
    unseen: &[f64],
    members: &[usize],
    covariate: usize,
) -> Option<f64> {
    let (t, p) = (cells.t, cells.terms.len());
    let spread = *mode.spreads.levels.get(covariate)?;
    let mut precision = vec![0.0; t * t];
    let mut slope = vec![0.0; t];
    for x in members {
        slope.iter_mut().zip(&own[*x].slope).for_each(|(s, v)| *s += unseen[*x] * v);
        for i in 0..t {
            for j in 0..t {
                precision[i * t + j] += mode.pieces[*x].left[i * p + j] * spread * spread;
            }
        }
    }
    (0..t).for_each(|i| precision[i * t + i] += 1.0);
    let before: f64 = slope.iter().map(|s| s * s).sum();
    cholesky(&mut precision, t)?;
    forward(&precision, t, &mut slope);
    Some(if before > 0.0 { slope.iter().map(|s| s * s).sum::<f64>() / before } else { 1.0 })
}
