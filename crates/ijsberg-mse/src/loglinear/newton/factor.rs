//! Solutions with a Cholesky factor whose diagonal is inverted.

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
