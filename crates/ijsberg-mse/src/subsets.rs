//! Fast sums over subsets and supersets of capture histories (zeta transforms).
//!
//! Arrays are indexed by mask and have length `2^t`. Each transform takes `t 2^(t-1)` operations, so a log-linear
//! fit needs no design matrix: with `M` the superset sums of the fitted cells, the score of term `a` is
//! `n(a) - M[a]` and the information of terms `a` and `b` is `M[a | b]`.

#![allow(clippy::inline_always, reason = "only what is inlined into `wide` has its registers")]

mod counted;

pub(crate) use counted::SumsByCount;

/// Longer arrays are worked on in parts that stay near the processor. The order of operations on each number is the same.
const NEAR: usize = 4096;

/// The first three rounds of a transform, on eight numbers at a time: pairs whose masks differ in the lowest bit, then in the
/// next. Rounds of one or two numbers would cost more than all others together.
const ROUNDS: [(usize, usize); 12] =
    [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7)];

/// Shorter arrays are done before the machine could be asked for wide registers.
const WIDE: usize = 256;

/// Runs `f` with the widest vector registers that the machine has. Each number is worked on in the same order whatever their width, so
/// that results are the same on every machine.
#[inline]
pub(crate) fn wide<R>(f: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(f)
}

/// Replaces `x[a]` by the sum of `x[b]` over all `b` that contain `a`.
pub(crate) fn superset_sums(x: &mut [f64]) {
    if x.len() > NEAR {
        let (without, with) = x.split_at_mut(x.len() / 2);
        superset_sums(without);
        superset_sums(with);
        wide(|| add(without, with));
    } else if x.len() >= WIDE {
        wide(|| near_sums(x));
    } else {
        near_sums(x);
    }
}

/// As [`superset_sums`] of `x`, written into `sums`, which has the same length.
pub(crate) fn superset_sums_of(x: &[f64], sums: &mut [f64]) {
    if x.len() > NEAR {
        let half = x.len() / 2;
        let (without, with) = sums.split_at_mut(half);
        superset_sums_of(&x[..half], without);
        superset_sums_of(&x[half..], with);
        wide(|| add(without, with));
    } else {
        sums.copy_from_slice(x);
        superset_sums(sums);
    }
}

#[inline(always)]
fn add(to: &mut [f64], x: &[f64]) {
    for (lo, hi) in to.iter_mut().zip(x) {
        *lo += *hi;
    }
}

#[inline(always)]
fn near_sums(x: &mut [f64]) {
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
            add(without, with);
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
        wide(|| multiply(with, without));
    } else if x.len() >= WIDE {
        wide(|| near_products(x));
    } else {
        near_products(x);
    }
}

#[inline(always)]
fn multiply(to: &mut [f64], x: &[f64]) {
    for (hi, lo) in to.iter_mut().zip(x) {
        *hi *= *lo;
    }
}

#[inline(always)]
fn near_products(x: &mut [f64]) {
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
            multiply(with, without);
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
    if x.len() >= WIDE { wide(|| all_butterflies(x, f)) } else { all_butterflies(x, f) }
}

#[inline(always)]
fn all_butterflies(x: &mut [f64], f: impl Fn(f64, f64) -> (f64, f64)) {
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

    /// Arrays that are worked on in parts and with wide registers give what small ones do, bit by bit.
    #[test]
    fn long_arrays_are_summed_in_the_same_order() {
        for t in [5, 8, 12, 14] {
            let x: Vec<f64> = (0..1_u32 << t)
                .map(|i| 1.0 + f64::from(i.wrapping_mul(2_654_435_761) >> 12).sqrt())
                .collect();
            let (mut plain, mut sums, mut into) = (x.clone(), x.clone(), vec![0.0; x.len()]);
            for j in 0..t {
                for a in (0..x.len()).filter(|a| a >> j & 1 == 0) {
                    plain[a] += plain[a | 1 << j];
                }
            }
            superset_sums(&mut sums);
            superset_sums_of(&x, &mut into);
            assert!(plain == sums && plain == into, "{t}");
            let (mut plain, mut products): (Vec<f64>, Vec<f64>) =
                x.iter().map(|x| (1.0 + x / 1e6, 1.0 + x / 1e6)).unzip();
            for j in 0..t {
                for a in (0..x.len()).filter(|a| a >> j & 1 == 1) {
                    plain[a] *= plain[a ^ 1 << j];
                }
            }
            subset_products(&mut products);
            assert!(plain == products, "{t}");
        }
    }

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
