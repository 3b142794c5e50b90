//! How many bits a row of bits has in common with each of many others.
//!
//! This is nearly all that comparing lists in codes costs, and processors of the last ten years do it five to thirty times
//! faster by instructions that a program for all processors may not assume. Which there are is asked when it runs. To call a
//! function that is compiled for more than the program assumes is `unsafe` in Rust; it is sound where the processor was asked
//! before. Those calls, and a load and a store below, are all of the `unsafe` in ijsberg, beside the borders of its packages for other
//! languages: to C in that for R, and to the frames of other packages in that for Python.
//!
//! Rows to compare with lie side by side, eight in a block: word by word, the eight rows' words next to each other. So eight
//! counts grow at once, and no sum over the parts of a register is ever taken.

/// Rows in a block.
pub const LANES: usize = 8;

/// Rows of the same length, in blocks.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    words: Vec<[u64; LANES]>,
    width: usize,
    count: usize,
}

impl Rows {
    /// Puts rows of `width` words side by side; what is left of the last block is empty.
    ///
    /// # Panics
    /// When a row is not of `width` words.
    pub fn new<'a>(width: usize, rows: impl Iterator<Item = &'a [u64]>) -> Self {
        let mut all = Self { words: Vec::new(), width, count: 0 };
        for row in rows {
            assert_eq!(row.len(), width, "rows have one length");
            let lane = all.count % LANES;
            if lane == 0 {
                all.words.resize(all.words.len() + width, [0; LANES]);
            }
            let start = all.words.len() - width;
            row.iter().zip(&mut all.words[start..]).for_each(|(word, place)| place[lane] = *word);
            all.count += 1;
        }
        all
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Word by word, row `i`.
    pub fn row(&self, i: usize) -> impl Iterator<Item = u64> + '_ {
        let start = i / LANES * self.width;
        self.words[start..start + self.width].iter().map(move |words| words[i % LANES])
    }

    /// Bits that `row` has in common with the rows of the blocks `from..to`: eight counts a block.
    ///
    /// # Panics
    /// When the row is not as long as these, there are no such blocks, or `out` is not eight times as long as they are many.
    pub fn shared(&self, row: &[u64], from: usize, to: usize, out: &mut [u32]) {
        assert_eq!(row.len(), self.width, "rows have one length");
        assert_eq!(out.len(), LANES * (to - from), "eight counts a block");
        let blocks = &self.words[from * self.width..to * self.width];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vpopcntdq") {
                // SAFETY: the processor has just said that it has what the function is compiled for.
                #[allow(unsafe_code, reason = "see the documentation of the crate")]
                return unsafe { x86::with_avx512(row, blocks, out) };
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt") {
                // SAFETY: as above.
                #[allow(unsafe_code, reason = "see the documentation of the crate")]
                return unsafe { x86::with_avx2(row, blocks, out) };
            }
        }
        count(row, blocks, out);
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use core::arch::x86_64::{
        _mm256_storeu_si256, _mm512_add_epi64, _mm512_and_si512, _mm512_cvtepi64_epi32, _mm512_loadu_epi64,
        _mm512_popcnt_epi64, _mm512_set1_epi64, _mm512_setzero_si512,
    };

    use super::{LANES, count};

    /// Left to itself the compiler takes words instead of rows together here, which is four times slower.
    #[target_feature(enable = "avx512f,avx512vpopcntdq")]
    pub(crate) fn with_avx512(row: &[u64], blocks: &[[u64; LANES]], out: &mut [u32]) {
        if row.is_empty() {
            return out.fill(0);
        }
        for (block, out) in blocks.chunks_exact(row.len()).zip(out.chunks_exact_mut(LANES)) {
            let mut sums = _mm512_setzero_si512();
            for (words, word) in block.iter().zip(row) {
                // SAFETY: eight words of 64 bits are what is loaded, and their place need not be aligned.
                #[allow(unsafe_code, reason = "see the documentation of the crate")]
                let words = unsafe { _mm512_loadu_epi64(words.as_ptr().cast()) };
                let both = _mm512_and_si512(words, _mm512_set1_epi64(word.cast_signed()));
                sums = _mm512_add_epi64(sums, _mm512_popcnt_epi64(both));
            }
            // SAFETY: `out` is a piece of exactly eight numbers of 32 bits, and its place need not be aligned.
            #[allow(unsafe_code, reason = "see the documentation of the crate")]
            unsafe {
                _mm256_storeu_si256(out.as_mut_ptr().cast(), _mm512_cvtepi64_epi32(sums));
            }
        }
    }

    #[target_feature(enable = "avx2,popcnt")]
    pub(crate) fn with_avx2(row: &[u64], blocks: &[[u64; LANES]], out: &mut [u32]) {
        count(row, blocks, out);
    }
}

/// The same text for every processor; the compiler makes of it what each can do.
#[inline(always)]
#[allow(clippy::inline_always, reason = "it must be compiled anew within each of its callers")]
fn count(row: &[u64], blocks: &[[u64; LANES]], out: &mut [u32]) {
    if row.is_empty() {
        return out.fill(0);
    }
    for (block, out) in blocks.chunks_exact(row.len()).zip(out.chunks_exact_mut(LANES)) {
        let mut sums = [0_u64; LANES];
        for (words, word) in block.iter().zip(row) {
            for lane in 0..LANES {
                sums[lane] += u64::from((words[lane] & word).count_ones());
            }
        }
        // Rows have far fewer than 2^32 bits.
        #[allow(clippy::cast_possible_truncation)]
        out.iter_mut().zip(sums).for_each(|(out, sum)| *out = sum as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random (splitmix64).
    fn numbers(mut seed: u64) -> impl FnMut() -> u64 {
        move || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = seed;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }
    }

    #[test]
    fn counts_are_those_of_one_pair_at_a_time_by_every_instruction() {
        let mut next = numbers(7);
        for width in [1, 3, 16] {
            let plain: Vec<Vec<u64>> = (0..37).map(|_| (0..width).map(|_| next()).collect()).collect();
            let rows = Rows::new(width, plain.iter().map(Vec::as_slice));
            assert_eq!((rows.len(), rows.is_empty()), (37, false));
            assert!((0..37).all(|i| rows.row(i).eq(plain[i].iter().copied())));
            let mut out = vec![0; 5 * LANES];
            let mut slow = vec![0; 5 * LANES];
            for row in &plain {
                rows.shared(row, 0, 5, &mut out);
                count(row, &rows.words, &mut slow);
                assert_eq!(out, slow);
                for (other, shared) in plain.iter().zip(&out) {
                    let one: u32 = row.iter().zip(other).map(|(a, b)| (a & b).count_ones()).sum();
                    assert_eq!(one, *shared);
                }
                assert!(out[37..].iter().all(|c| *c == 0));
            }
            rows.shared(&plain[0], 2, 3, &mut out[..LANES]);
            assert_eq!(out[..LANES], slow_of(&rows, &plain[0])[2 * LANES..3 * LANES]);
        }
        assert!(Rows::new(4, std::iter::empty()).is_empty());
    }

    fn slow_of(rows: &Rows, row: &[u64]) -> Vec<u32> {
        let mut out = vec![0; rows.words.len() / rows.width * LANES];
        count(row, &rows.words, &mut out);
        out
    }
}
