//! Cholesky factors of small symmetric matrices, stored by rows.

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

/// Solves `L x = x` in place.
pub(crate) fn forward(factor: &[f64], p: usize, x: &mut [f64]) {
    for i in 0..p {
        let dot: f64 = (0..i).map(|k| factor[i * p + k] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i * p + i];
    }
}

/// Solves `L L' x = x` in place.
pub(crate) fn solve(factor: &[f64], p: usize, x: &mut [f64]) {
    forward(factor, p, x);
    for i in (0..p).rev() {
        let dot: f64 = (i + 1..p).map(|k| factor[k * p + i] * x[k]).sum();
        x[i] = (x[i] - dot) / factor[i * p + i];
    }
}
