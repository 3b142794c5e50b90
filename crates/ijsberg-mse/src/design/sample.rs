//! A random sample that is checked against the lists: a list that is independent by design.
//!
//! Of `N` persons `n` are on a list and a random sample of `k` is drawn. `m` of these are on a list, with the hypergeometric
//! distribution, and the estimate is Chapman's with his interval. What the sample costs in width is known before it is drawn: at the expected
//! overlap `k n / N` the limits are those of [`expected_limits`].

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::bounds::{Simple, chapman, chapman_expected};
use crate::chance::{hypergeometric, stream};
use crate::diagnostics::Verdict;
use crate::estimate::{Interval, IntervalKind};
use crate::verdict::Sample;

/// The share of populations in which a sample that is called enough gives the verdict.
pub const CERTAIN: f64 = 0.8;

/// The smallest sample that gives a verdict, or a better one, in [`CERTAIN`] of the populations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RequiredSample {
    /// The verdict.
    pub verdict: Verdict,
    /// Persons in the sample; `None` where no sample up to the number seen is enough.
    pub persons: Option<u64>,
}

/// Limits for a population of `total` persons, `seen` of them on lists, from a random sample of `persons` with the overlap that is
/// expected: the closed form of Chapman (1951) and Seber (1970) with limits that are log-normal on the unseen.
pub fn expected_limits(seen: f64, total: f64, persons: f64, level: f64) -> (f64, f64) {
    let Simple { lower, upper, .. } =
        chapman_expected(seen, persons, (persons * seen / total).min(persons).min(seen), level);
    (lower, upper)
}

/// What one sample said.
#[derive(Debug, Clone, Copy)]
pub(super) struct SampleOutcome {
    pub(super) interval: Interval,
    pub(super) verdict: Verdict,
}

/// Draws a sample from a population and estimates its size.
pub(super) fn sampled(
    (seen, unseen): (u64, u64),
    persons: u64,
    level: f64,
    links_missed: bool,
    rng: &mut ChaCha8Rng,
) -> SampleOutcome {
    let total = seen + unseen;
    let persons = persons.min(total);
    let overlap = hypergeometric(total, seen, persons, rng);
    let found = chapman(seen, persons, overlap, level);
    let on_any = (seen + persons - overlap) as f64;
    let interval = Interval::new(on_any, (found.lower, found.upper), level, IntervalKind::LogNormal);
    let sample = Sample { interval: &interval, overlap, random: None, links_missed, allowed: false };
    let (verdict, _) = sample.judge();
    SampleOutcome { interval, verdict }
}

/// The smallest samples that give a number, and at least a range.
pub(super) fn needed(
    seen: u64,
    unseen: &[u64],
    level: f64,
    links_missed: bool,
    seed: u64,
) -> Vec<RequiredSample> {
    let enough = |persons: u64, wanted: Verdict| {
        let good = |(i, unseen): (usize, &u64)| {
            let found = sampled((seen, *unseen), persons, level, links_missed, &mut stream(seed, i as u64));
            found.verdict <= wanted
        };
        let all = unseen.par_iter().enumerate().filter(|i| good((i.0, i.1))).count();
        all as f64 >= CERTAIN * unseen.len() as f64
    };
    let least = |wanted: Verdict| {
        let (mut low, mut high) = (1, 1);
        while !enough(high, wanted) {
            if high >= seen {
                return None;
            }
            (low, high) = (high, (2 * high).min(seen));
        }
        while high - low > 1 + low / 100 {
            let middle = u64::midpoint(low, high);
            if enough(middle, wanted) { high = middle } else { low = middle }
        }
        Some(high)
    };
    let wanted = [Verdict::RangeOnly, Verdict::FitToPublish];
    wanted.into_iter().map(|verdict| RequiredSample { verdict, persons: least(verdict) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factors(seen: u64, unseen: u64, persons: u64) -> Vec<f64> {
        let mut all: Vec<f64> = (0..4000)
            .map(|d| {
                let i = sampled((seen, unseen), persons, 0.95, false, &mut stream(9, d)).interval;
                (i.upper / i.lower).ln()
            })
            .collect();
        all.sort_by(f64::total_cmp);
        all
    }

    /// Simulated widths lie around the closed form, and the intervals hold the truth as often as they say.
    #[test]
    fn the_width_of_a_sample_is_that_of_the_closed_form() {
        for (seen, unseen, persons) in
            [(2000, 6000, 200), (2000, 6000, 1000), (8000, 40_000, 400), (500, 500, 100)]
        {
            let all = factors(seen, unseen, persons);
            let (low, high) = expected_limits(seen as f64, (seen + unseen) as f64, persons as f64, 0.95);
            let expected = (high / low).ln();
            let median = all[all.len() / 2];
            // The median of 4,000 draws is within two percent of the width at the expected overlap, which is a whole number here or near.
            assert!((median / expected - 1.0).abs() < 0.02, "{seen} {unseen} {persons}: {median} {expected}");
            let held = (0..4000_u64).filter(|d| {
                let i = sampled((seen, unseen), persons, 0.95, false, &mut stream(11, *d)).interval;
                i.lower <= (seen + unseen) as f64 && (seen + unseen) as f64 <= i.upper
            });
            let held = held.count() as f64 / 4000.0;
            assert!((0.935..0.97).contains(&held), "{seen} {unseen} {persons}: {held}");
        }
    }

    /// Few of a small sample from a large population are on a list; how few decides the verdict.
    #[test]
    fn a_small_sample_from_a_large_population_has_the_overlap_that_it_must() {
        let drawn = |persons: u64| {
            let of = |d: u64| sampled((8234, 128_000), persons, 0.95, false, &mut stream(4, d)).verdict;
            (0..4000).filter(|d| of(*d) == Verdict::NoEstimate).count() as f64 / 4000.0
        };
        // Fewer than ten of 50 and of 250, of whom 3 and 15 are expected: Poisson with these means, nearly.
        assert!((drawn(50) - 0.999).abs() < 0.003, "{}", drawn(50));
        assert!((drawn(250) - 0.067).abs() < 0.015, "{}", drawn(250));
    }

    #[test]
    fn a_larger_sample_never_widens_the_interval() {
        let medians: Vec<f64> = [50, 100, 200, 400, 800, 1600].map(|k| factors(2000, 6000, k)[2000]).to_vec();
        assert!(medians.windows(2).all(|w| w[1] < w[0]), "{medians:?}");
    }

    #[test]
    fn the_sample_that_is_needed_is_the_smallest_that_is_enough() {
        let unseen = vec![6000; 2000];
        let [range, number] = needed(2000, &unseen, 0.95, false, 5)[..] else { panic!() };
        let (range, number) = (range.persons.unwrap(), number.persons.unwrap());
        assert!(range < number, "{range} {number}");
        let share = |persons: u64, wanted: Verdict| {
            let good = (0..2000_u64).filter(|d| {
                sampled((2000, 6000), persons, 0.95, false, &mut stream(77, *d)).verdict <= wanted
            });
            good.count() as f64 / 2000.0
        };
        for (persons, wanted) in [(range, Verdict::RangeOnly), (number, Verdict::FitToPublish)] {
            assert!(share(persons, wanted) > CERTAIN - 0.04, "{persons}");
            assert!(share(persons * 9 / 10, wanted) < CERTAIN + 0.02, "{persons}");
        }
        // Nobody counted the links that were missed: no sample helps.
        assert!(needed(2000, &unseen, 0.95, true, 5).iter().all(|n| n.persons.is_none()));
    }
}
