//! Cholesky factors whose diagonal is inverted, and solutions with them.

use crate::cholesky::dot;
use crate::histories::Mask;

/// A pivot this small against its diagonal marks a parameter that the data do not determine.
const PIVOT: f64 = 1e-11;

/// Solves `L L' x = x` in place with a factor whose diagonal is inverted; returns the squared length of the half-solved `x`.
pub(super) fn solve(l: &[f64], x: &mut [f64]) -> f64 {
    let p = x.len();
    let mut decrement = 0.0;
    for i in 0..p {
        let row = &l[(i * p)..=(i * p + i)];
        let dot: f64 = row[..i].iter().zip(&x[..i]).map(|(a, b)| a * b).sum();
        x[i] = (x[i] - dot) * row[i];
        decrement += x[i] * x[i];
    }
    for i in (0..p).rev() {
        let row = &l[(i * p)..=(i * p + i)];
        x[i] *= row[i];
        let xi = x[i];
        for (xj, lij) in x[..i].iter_mut().zip(&row[..i]) {
            *xj -= xi * lij;
        }
    }
    decrement
}

/// Writes the Cholesky factor of the information of the terms `finite`, by rows with an inverted diagonal, where `sums` holds the persons on all
/// lists of each mask; a dependent row gets a zero diagonal. Returns whether there is one.
#[allow(clippy::inline_always, reason = "only what is inlined into `wide` has its registers")]
#[inline(always)]
pub(super) fn factored(finite: &[Mask], sums: &[f64], chol: &mut Vec<f64>) -> bool {
    let p = finite.len();
    chol.clear();
    chol.resize(p * p, 0.0);
    let mut deficient = false;
    for i in 0..p {
        let a = finite[i];
        let (above, current) = chol.split_at_mut(i * p);
        let row = &mut current[..=i];
        for (x, b) in row.iter_mut().zip(finite) {
            *x = sums[(a | b) as usize];
        }
        for j in 0..i {
            let other = &above[(j * p)..=(j * p + j)];
            let dot = dot(&row[..j], &other[..j]);
            row[j] = (row[j] - dot) * other[j];
        }
        let full = row[i];
        let pivot = full - dot(&row[..i], &row[..i]);
        row[i] = if pivot > PIVOT * full { 1.0 / pivot.sqrt() } else { 0.0 };
        deficient |= row[i] == 0.0;
    }
    deficient
}
