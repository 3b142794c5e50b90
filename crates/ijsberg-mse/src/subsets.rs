//! Fast sums over subsets and supersets of capture histories (zeta transforms).
//!
//! Arrays are indexed by mask and have length `2^t`. Each transform takes `t 2^(t-1)` operations, so a log-linear
//! fit needs no design matrix: with `M` the superset sums of the fitted cells, the score of term `a` is
//! `n(a) - M[a]` and the information of terms `a` and `b` is `M[a | b]`.

/// Longer arrays are worked on in parts that stay near the processor. The order of operations on each number is the same.
const NEAR: usize = 4096;

/// The first three rounds of a transform, on eight numbers at a time: pairs whose masks differ in the lowest bit, then in the
/// next. Rounds of one or two numbers would cost more than all others together.
const ROUNDS: [(usize, usize); 12] =
    [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7)];

/// Replaces `x[a]` by the sum of `x[b]` over all `b` that contain `a`.
pub(crate) fn superset_sums(x: &mut [f64]) {
    if x.len() > NEAR {
        let (without, with) = x.split_at_mut(x.len() / 2);
        superset_sums(without);
        superset_sums(with);
        for (lo, hi) in without.iter_mut().zip(with) {
            *lo += *hi;
        }
        return;
    }
    let (eights, _) = x.as_chunks_mut::<8>();
    for eight in eights.iter_mut() {
        for (lo, hi) in ROUNDS {
            eight[lo] += eight[hi];
        }
    }
    let mut half = if eights.is_empty() { 1 } else { 8 };
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (without, with) = block.split_at_mut(half);
            for (lo, hi) in without.iter_mut().zip(with) {
                *lo += *hi;
            }
        }
        half *= 2;
    }
}

/// Replaces `x[b]` by the product of `x[a]` over all `a` contained in `b`.
pub(crate) fn subset_products(x: &mut [f64]) {
    if x.len() > NEAR {
        let (without, with) = x.split_at_mut(x.len() / 2);
        subset_products(without);
        subset_products(with);
        for (lo, hi) in without.iter().zip(with) {
            *hi *= *lo;
        }
        return;
    }
    let (eights, _) = x.as_chunks_mut::<8>();
    for eight in eights.iter_mut() {
        for (lo, hi) in ROUNDS {
            eight[hi] *= eight[lo];
        }
    }
    let mut half = if eights.is_empty() { 1 } else { 8 };
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (without, with) = block.split_at_mut(half);
            for (lo, hi) in without.iter().zip(with) {
                *hi *= *lo;
            }
        }
        half *= 2;
    }
}

/// Replaces `x[b]` by the sum of `x[a]` over all `a` contained in `b`.
pub(crate) fn subset_sums(x: &mut [f64]) {
    butterflies(x, |lo, hi| (lo, lo + hi));
}

/// Replaces `x[b]` by the sum of `x[a] (-1)^|a without b|` over all `a`.
pub(crate) fn signed_sums(x: &mut [f64]) {
    butterflies(x, |lo, hi| (lo - hi, lo + hi));
}

/// The transpose of [`signed_sums`]: replaces `x[a]` by the sum of `x[b] (-1)^|a without b|` over all `b`.
pub(crate) fn signed_sums_transposed(x: &mut [f64]) {
    butterflies(x, |lo, hi| (lo + hi, hi - lo));
}

fn butterflies(x: &mut [f64], f: impl Fn(f64, f64) -> (f64, f64)) {
    let mut half = 1;
    while half < x.len() {
        for block in x.chunks_exact_mut(2 * half) {
            let (without, with) = block.split_at_mut(half);
            for (lo, hi) in without.iter_mut().zip(with) {
                (*lo, *hi) = f(*lo, *hi);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_agree_with_their_definitions() {
        let x: Vec<f64> = (0..16).map(|i| f64::from(i * i % 7 + 1)).collect();
        let (mut sums, mut products) = (x.clone(), x.clone());
        let (mut below, mut signed, mut transposed) = (x.clone(), x.clone(), x.clone());
        superset_sums(&mut sums);
        subset_products(&mut products);
        subset_sums(&mut below);
        signed_sums(&mut signed);
        signed_sums_transposed(&mut transposed);
        for a in 0..16_usize {
            let sum: f64 = (0..16).filter(|b| b & a == a).map(|b| x[b]).sum();
            let product: f64 = (0..16).filter(|b| b & a == *b).map(|b| x[b]).product();
            assert_eq!((sums[a], products[a]), (sum, product));
            let below_a: f64 = (0..16).filter(|b| b & a == *b).map(|b| x[b]).sum();
            let sign = |a: usize, b: usize| if (a & !b).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
            let signed_a: f64 = (0..16).map(|b| x[b] * sign(b, a)).sum();
            let transposed_a: f64 = (0..16).map(|b| x[b] * sign(a, b)).sum();
            assert_eq!((below[a], signed[a], transposed[a]), (below_a, signed_a, transposed_a));
        }
    }
}
