//! Sums of products, and Cholesky factors of small symmetric matrices, stored by rows.

/// Dot product in four lanes, so that the compiler may use vector registers without changing the sum's order.
#[inline]
pub(crate) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut lanes = [0.0; 4];
    let (xs, ys) = (x.chunks_exact(4), y.chunks_exact(4));
    let tail: f64 = xs.remainder().iter().zip(ys.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in xs.zip(ys) {
        for k in 0..4 {
            lanes[k] += a[k] * b[k];
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + tail
}

/// Lower Cholesky factor in place, by rows; `None` when the matrix is not positive definite.
pub(crate) fn cholesky(a: &mut [f64], p: usize) -> Option<()> {
    for i in 0..p {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i * p + k] * a[j * p + k]).sum();
            let value = a[i * p + j] - dot;
            if i == j {
                if value.is_nan() || value <= 1e-13 * a[i * p + i].abs() {
                    return None;
                }
                a[i * p + i] = value.sqrt();
            } else {
                a[i * p + j] = value / a[j * p + j];
            }
        }
    }
    Some(())
}

/// As [`cholesky`] for a matrix that may be singular: a row that depends on those before it, or holds less than `least`, gets
/// a zero on the diagonal, and [`solve`] leaves its unknown at zero.
pub(crate) fn cholesky_semidefinite(a: &mut [f64], p: usize, least: f64) {
    for i in 0..p {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i * p + k] * a[j * p + k]).sum();
            let value = a[i * p + j] - dot;
            if i == j {
                let determined = value > least && value > 1e-10 * a[i * p + i];
                a[i * p + i] = if determined { value.sqrt() } else { 0.0 };
            } else {
                a[i * p + j] = over(value, a[j * p + j]);
            }
        }
    }
}

/// The quotient, or zero for a row without a pivot.
fn over(value: f64, pivot: f64) -> f64 {
    if pivot == 0.0 { 0.0 } else { value / pivot }
}

/// Solves `L x = x` in place.
pub(crate) fn forward(factor: &[f64], p: usize, x: &mut [f64]) {
    for i in 0..p {
        let dot: f64 = (0..i).map(|k| factor[i * p + k] * x[k]).sum();
        x[i] = over(x[i] - dot, factor[i * p + i]);
    }
}

/// Solves `L L' x = x` in place.
pub(crate) fn solve(factor: &[f64], p: usize, x: &mut [f64]) {
    forward(factor, p, x);
    for i in (0..p).rev() {
        let dot: f64 = (i + 1..p).map(|k| factor[k * p + i] * x[k]).sum();
        x[i] = over(x[i] - dot, factor[i * p + i]);
    }
}
