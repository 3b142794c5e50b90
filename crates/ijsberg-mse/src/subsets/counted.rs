//! Superset sums apart by the number of bits, for a few masks only.

use super::wide;
use crate::histories::Mask;

/// For each mask `v` asked for and each number `k`: the sum of `x` over the masks with `k` bits that hold `v`.
///
/// Bits are settled one after another from the highest. While `d` of them are settled, what is left is an array over the other bits for each
/// number of bits among those, and only for masks that agree with one asked for; so the work stays near `d 2^(t - d)` for each of
/// few, where transforms of all masks would take `t^2 2^(t - 1)`.
#[derive(Debug)]
pub(crate) struct SumsByCount {
    t: usize,
    /// Ascending, each once.
    asked: Vec<Mask>,
    /// By mask asked for, then by number of bits.
    sums: Vec<f64>,
    work: Vec<f64>,
}

impl SumsByCount {
    pub(crate) fn new(t: usize, mut asked: Vec<Mask>) -> Self {
        asked.sort_unstable();
        asked.dedup();
        let sums = vec![0.0; asked.len() * (t + 1)];
        // At each depth an array for each number of bits settled.
        let work = (1..=t).map(|depth| (depth + 1) << (t - depth)).sum();
        Self { t, asked, sums, work: vec![0.0; work] }
    }

    /// Sums `x`, which has `2^t` numbers.
    pub(crate) fn sum(&mut self, x: &[f64]) {
        let settled = PartialSums { x, bits: self.t, degree: 0, held: 0 };
        self.sums.fill(0.0);
        settled.sum(&self.asked, &mut self.sums, self.t + 1, &mut self.work);
    }

    /// The sums over the masks that hold `v`, by number of bits; empty if `v` was not asked for.
    pub(crate) fn holding(&self, v: Mask) -> &[f64] {
        let width = self.t + 1;
        self.asked.binary_search(&v).map_or(&[], |place| &self.sums[place * width..(place + 1) * width])
    }
}

/// Sums with some of the highest bits settled.
struct PartialSums<'a> {
    /// Arrays over the bits that are left, by number of bits among those settled that may be absent.
    x: &'a [f64],
    /// Bits that are left.
    bits: usize,
    /// Settled bits that may be absent.
    degree: usize,
    /// Settled bits that every mask here holds.
    held: usize,
}

impl PartialSums<'_> {
    fn sum(&self, asked: &[Mask], sums: &mut [f64], width: usize, work: &mut [f64]) {
        let &Self { x, bits, degree, held } = self;
        if bits == 0 {
            sums[held..=held + degree].copy_from_slice(x);
            return;
        }
        let half = 1_usize << (bits - 1);
        let cut = asked.partition_point(|a| *a as usize & half == 0);
        let (free, fixed) = asked.split_at(cut);
        let (free_sums, fixed_sums) = sums.split_at_mut(cut * width);
        if !free.is_empty() {
            let (next, rest) = work.split_at_mut((degree + 2) * half);
            wide(|| either(x, next, half));
            let next = PartialSums { x: next, bits: bits - 1, degree: degree + 1, held };
            next.sum(free, free_sums, width, rest);
        }
        if !fixed.is_empty() {
            let (next, rest) = work.split_at_mut((degree + 1) * half);
            for (to, from) in next.chunks_exact_mut(half).zip(x.chunks_exact(2 * half)) {
                to.copy_from_slice(&from[half..]);
            }
            let next = PartialSums { x: next, bits: bits - 1, degree, held: held + 1 };
            next.sum(fixed, fixed_sums, width, rest);
        }
    }
}

/// Settles a bit that may be absent: who has it counts one more.
#[inline(always)]
fn either(x: &[f64], next: &mut [f64], half: usize) {
    next[..half].copy_from_slice(&x[..half]);
    let (_, more) = next.split_at_mut(half);
    let blocks = x.chunks_exact(2 * half);
    let after = blocks.clone().skip(1).map(Some).chain([None]);
    for ((to, block), after) in more.chunks_exact_mut(half).zip(blocks).zip(after) {
        to.copy_from_slice(&block[half..]);
        if let Some(after) = after {
            to.iter_mut().zip(after).for_each(|(to, x)| *to += x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_their_definition() {
        for t in 0..=7_usize {
            let x: Vec<f64> = (0..1_u32 << t).map(|i| f64::from(i * i % 11 + 1)).collect();
            for every in [1, 3, 5] {
                let asked: Vec<Mask> = (0..1 << t).filter(|v| v % every == 0).collect();
                let mut counted = SumsByCount::new(t, asked.iter().rev().copied().chain([0]).collect());
                // Twice: nothing of the first remains.
                counted.sum(&vec![7.0; x.len()]);
                counted.sum(&x);
                for v in asked {
                    let of = |k: usize| -> f64 {
                        let holds = |w: &usize| *w as Mask & v == v && w.count_ones() as usize == k;
                        (0..x.len()).filter(holds).map(|w| x[w]).sum()
                    };
                    let right: Vec<f64> = (0..=t).map(of).collect();
                    assert_eq!(counted.holding(v), right, "{t} {v}");
                }
                assert!(every == 1 || t == 0 || counted.holding(1).is_empty());
            }
        }
    }
}
